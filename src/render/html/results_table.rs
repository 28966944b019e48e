//! Tables of reported numbers: a column for each group of participants, a row for each thing that was counted or measured.

use rustc_hash::FxHashSet;
use serde_json::Value;

use crate::render::html::escape::Html;
use crate::render::html::piece::Line;
use crate::render::html::prose::mark;
use crate::schema::Element;

/// Rows of one table that are shown. Adverse events of large trials have thousands.
const MOST_ROWS: usize = 200;

/// Columns of one table that are shown. A few trials have dozens of cohorts.
const MOST_COLUMNS: usize = 30;

/// A table of numbers.
#[derive(Clone, Debug)]
pub struct Table {
    /// What it shows.
    pub caption: Html,
    /// The groups.
    pub columns: Vec<Html>,
    /// The rows.
    pub rows: Vec<TableRow>,
    /// Rows that are not shown.
    pub rows_left_out: usize,
    /// Columns that are not shown.
    pub columns_left_out: usize,
}

/// A row of a table.
#[derive(Clone, Debug)]
pub struct TableRow {
    /// What it shows.
    pub name: Html,
    /// How deep it is set in.
    pub level: u8,
    /// A cell for each group; none for the heading of the rows below it.
    pub cells: Vec<Html>,
}

/// The groups of a table, as far as they are shown.
pub(super) struct Groups {
    groups: Vec<(String, String, Option<String>)>,
    left_out: usize,
}

/// Descriptions of groups that stand on the page already: most parts of the results have the same groups.
#[derive(Default)]
pub(super) struct Told(FxHashSet<String>);

/// A value of the record as text, if it is there and says anything.
pub(super) fn said(value: &Value, name: &str) -> Option<String> {
    let text = match &value[name] {
        Value::String(text) => text.trim().to_owned(),
        Value::Number(number) => number.to_string(),
        _ => String::new(),
    };
    (!text.is_empty()).then_some(text)
}

/// The values of a list; none if it is none.
pub(super) fn values(list: &Value) -> &[Value] {
    list.as_array().map(Vec::as_slice).unwrap_or_default()
}

/// A text of the record without its Markdown escapes.
pub(super) fn html(text: &str) -> Html {
    mark(None, text, Element::OutcomeDescription)
}

impl Groups {
    /// The groups of a list.
    pub(super) fn of(list: &Value) -> Groups {
        let all = values(list);
        let groups = all.iter().take(MOST_COLUMNS).map(|group| {
            (
                said(group, "id").unwrap_or_default(),
                said(group, "title").unwrap_or_else(|| "(no name)".to_owned()),
                said(group, "description"),
            )
        });
        Groups {
            groups: groups.collect(),
            left_out: all.len().saturating_sub(MOST_COLUMNS),
        }
    }

    /// How many are shown.
    pub(super) fn len(&self) -> usize {
        self.groups.len()
    }

    /// What each group is, as a list; what was told before on the page is not told again.
    pub(super) fn describe(&self, told: &mut Told, lines: &mut Vec<Line>) {
        for (_, title, description) in &self.groups {
            let new = description.as_ref().filter(|text| {
                *text != title
                    && *text != "Total of all reporting groups"
                    && told.0.insert((*text).clone())
            });
            if let Some(description) = new {
                let one_line = description.split_whitespace().collect::<Vec<_>>().join(" ");
                lines.push(Line::bullet(html(&format!("{title}: {one_line}"))));
            }
        }
    }

    /// A cell for each group, by `groupId`.
    pub(super) fn cells(&self, list: &Value, cell: impl Fn(&Value) -> String) -> Vec<String> {
        let of_group = |id: &str| {
            let mut found = values(list).iter();
            found.find(|value| value["groupId"].as_str() == Some(id))
        };
        let ids = self.groups.iter().map(|(id, ..)| id);
        ids.map(|id| of_group(id).map(&cell).unwrap_or_default())
            .collect()
    }

    /// The names of some groups, by a list of their ids.
    pub(super) fn titles(&self, ids: &Value) -> Vec<String> {
        let ids = values(ids).iter().filter_map(Value::as_str);
        let named = ids.filter_map(|id| self.groups.iter().find(|(known, ..)| known == id));
        named.map(|(_, title, _)| title.clone()).collect()
    }
}

impl Table {
    pub(super) fn new(caption: &str, groups: &Groups) -> Table {
        let titles = groups.groups.iter().map(|(_, title, _)| html(title));
        Table {
            caption: html(caption),
            columns: titles.collect(),
            rows: Vec::new(),
            rows_left_out: 0,
            columns_left_out: groups.left_out,
        }
    }

    /// Whether the record has more than is shown.
    pub(super) fn is_cut(&self) -> bool {
        self.rows_left_out + self.columns_left_out > 0
    }

    /// The table, if it has rows and columns.
    pub(super) fn full(mut self) -> Option<Table> {
        // A heading with nothing below it says nothing.
        while self.rows.last().is_some_and(|row| row.cells.is_empty()) {
            self.rows.pop();
        }
        (!self.rows.is_empty() && !self.columns.is_empty()).then_some(self)
    }

    pub(super) fn row(&mut self, name: &str, level: u8, cells: &[String]) {
        if self.rows.len() >= MOST_ROWS {
            self.rows_left_out += 1;
            return;
        }
        self.rows.push(TableRow {
            name: html(name),
            level,
            cells: cells.iter().map(|cell| html(cell)).collect(),
        });
    }

    /// What the rows below have in common.
    pub(super) fn heading(&mut self, name: &str) {
        if self.rows.len() < MOST_ROWS {
            self.rows.push(TableRow {
                name: html(name),
                level: 0,
                cells: Vec::new(),
            });
        }
    }

    /// Rows of how many were counted in each group.
    pub(super) fn counts(&mut self, denominators: &Value, label: &str, groups: &Groups) {
        for denominator in values(denominators) {
            let units = said(denominator, "units").unwrap_or_else(|| "Participants".to_owned());
            let cells = groups.cells(&denominator["counts"], |count| {
                said(count, "value").unwrap_or_default()
            });
            self.row(&format!("{label}: {}", units.to_lowercase()), 0, &cells);
        }
    }
}

/// The classes and categories of a measure as rows.
pub(super) fn measure_table(table: &mut Table, measure: &Value, groups: &Groups) {
    for class in values(&measure["classes"]) {
        let class_title = said(class, "title");
        let categories = values(&class["categories"]);
        let has_names = categories.iter().any(|of| said(of, "title").is_some());
        let mut level = 1;
        if let (Some(title), true) = (&class_title, has_names) {
            table.row(title, 1, &groups.cells(&Value::Null, |_| String::new()));
            level = 2;
        }
        for category in categories {
            let name = said(category, "title")
                .or_else(|| class_title.clone())
                .or_else(|| said(measure, "paramType").map(|kind| in_words(&kind)))
                .unwrap_or_else(|| "Value".to_owned());
            table.row(
                &name,
                level,
                &groups.cells(&category["measurements"], measured),
            );
        }
    }
}

/// A measurement as it is read: `5.2 ± 1.1`, `5.2 (4.1 to 6.3)`.
fn measured(value: &Value) -> String {
    let mut cell = said(value, "value").unwrap_or_default();
    if let Some(spread) = said(value, "spread") {
        cell.push_str(&format!(" ± {spread}"));
    }
    if let (Some(low), Some(high)) = (said(value, "lowerLimit"), said(value, "upperLimit")) {
        cell.push_str(&format!(" ({low} to {high})"));
    }
    if let Some(comment) = said(value, "comment") {
        cell.push_str(&format!(" – {comment}"));
    }
    cell
}

/// `NOT COMPLETED` and `COUNT_OF_PARTICIPANTS` as words; what is written in small letters stays.
pub(super) fn in_words(value: &str) -> String {
    if value.chars().any(char::is_lowercase) {
        return value.to_owned();
    }
    let lower = value.replace('_', " ").to_lowercase();
    let mut letters = lower.chars();
    match letters.next() {
        Some(first) => first.to_uppercase().chain(letters).collect(),
        None => lower,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn measurements_are_read_as_reported() {
        for (value, expect) in [
            (json!({"value": "5.2", "spread": "1.1"}), "5.2 ± 1.1"),
            (
                json!({"value": "5.2", "lowerLimit": "4", "upperLimit": "6"}),
                "5.2 (4 to 6)",
            ),
            (
                json!({"value": "NA", "comment": "not reached"}),
                "NA – not reached",
            ),
            (json!({"value": 7}), "7"),
            (json!([]), ""),
        ] {
            assert_eq!(measured(&value), expect);
        }
    }

    #[test]
    fn long_tables_are_cut_and_say_so() {
        let groups = Groups::of(&json!([{"id": "A", "title": "Arm A"}, {"id": "B"}]));
        let mut table = Table::new("Events", &groups);
        for number in 0..MOST_ROWS + 7 {
            let stats = json!([{"groupId": "B", "value": number}]);
            let cells = groups.cells(&stats, |value| said(value, "value").unwrap_or_default());
            table.row("event", 0, &cells);
        }
        assert!(table.is_cut());
        assert_eq!((table.rows.len(), table.rows_left_out), (MOST_ROWS, 7));
        let table = table.full().unwrap();
        assert_eq!(table.rows[3].cells, [Html::text(""), Html::text("3")]);
        let mut only_headings = Table::new("Nothing", &groups);
        only_headings.heading("Blood");
        assert!(only_headings.full().is_none());
    }
}
