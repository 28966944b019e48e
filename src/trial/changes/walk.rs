//! Two studies side by side, element by element.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::trial::changes::criteria::criteria;
use crate::trial::changes::elements::{Element, Form, Items, element, telling};
use crate::trial::changes::lists::matched;
use crate::trial::changes::phrases::{changed, label, said, shortened};
use crate::trial::changes::same::{is_same_part, stated_study};
use crate::trial::changes::{Difference, What};

/// How deep a record is walked; deeper parts are compared whole. The API's own are less than 12 deep.
const DEEPEST: usize = 64;

/// What differs, in the order of telling.
pub(super) fn differences(earlier: &Value, later: &Value) -> Vec<Difference> {
    let mut walk = Walk::default();
    let (earlier, later) = (stated_study(earlier.clone()), stated_study(later.clone()));
    walk.compare(&Place::default(), Some(&earlier), Some(&later));
    let mut found = walk.found;
    // The sort is stable: what has no name stays in the order of the record.
    found.sort_by_key(|(order, _)| *order);
    found
        .into_iter()
        .map(|(_, difference)| difference)
        .collect()
}

/// A difference before it is known where it stands.
pub(super) struct Told {
    name: String,
    what: What,
    before: Option<Value>,
    after: Option<Value>,
    text: String,
}

impl Told {
    pub(super) fn added(name: &str, after: Value, said: &str) -> Told {
        Told {
            name: name.to_owned(),
            what: What::Added,
            before: None,
            after: Some(after),
            text: format!("{name} added: {said}"),
        }
    }

    pub(super) fn removed(name: &str, before: Value, said: &str) -> Told {
        Told {
            name: name.to_owned(),
            what: What::Removed,
            before: Some(before),
            after: None,
            text: format!("{name} removed: {said}"),
        }
    }

    pub(super) fn changed(name: &str, before: &str, after: &str, text: String) -> Told {
        Told {
            name: name.to_owned(),
            what: What::Changed,
            before: Some(before.into()),
            after: Some(after.into()),
            text,
        }
    }
}

/// Where the walk is.
#[derive(Clone, Default)]
struct Place {
    /// With items: `locations[Hospital, Lyon].status`.
    path: String,
    /// Without: `locations.status`.
    pattern: String,
    /// The items that it is in, in words: `site Hospital, Lyon`.
    within: String,
    /// What is called by its own name, beside the items that it is in.
    below: usize,
    /// The place in the order of telling of the list that it is in.
    order: Option<usize>,
    depth: usize,
}

impl Place {
    fn element(&self, name: &str) -> Place {
        let join = |path: &str| {
            if path.is_empty() {
                name.to_owned()
            } else {
                format!("{path}.{name}")
            }
        };
        Place {
            path: join(&self.path),
            pattern: join(&self.pattern),
            depth: self.depth + 1,
            ..self.clone()
        }
    }

    fn item(&self, name: &str, label: &str, order: Option<usize>) -> Place {
        let own = format!("{name} {label}");
        let path = format!("{}[{label}]", self.path);
        Place {
            within: if self.within.is_empty() {
                own
            } else {
                format!("{}: {own}", self.within)
            },
            below: path.len() + 1,
            order: self.order.or(order),
            depth: self.depth + 1,
            pattern: self.pattern.clone(),
            path,
        }
    }

    /// What an element is called: by its name, or without one by its path below the item that it is in.
    fn called(&self, known: Option<Element>) -> String {
        let path = || self.path.get(self.below..).unwrap_or(&self.path);
        known.map_or_else(path, |element| element.name).to_owned()
    }
}

#[derive(Default)]
struct Walk {
    found: Vec<(usize, Difference)>,
}

impl Walk {
    fn compare(&mut self, place: &Place, old: Option<&Value>, new: Option<&Value>) {
        let (old, new) = (
            old.filter(|value| !value.is_null()),
            new.filter(|value| !value.is_null()),
        );
        if old == new {
            return;
        }
        let known = element(&place.pattern);
        let form = known.map_or(Form::Part, |element| element.form);
        match (form, old, new) {
            (Form::Items(items), ..) if is_list(old) && is_list(new) => {
                self.items(place, known, Some(items), list(old), list(new));
            }
            (Form::Part, Some(Value::Object(_)), None)
            | (Form::Part, None, Some(Value::Object(_)))
                if known.is_some() =>
            {
                self.whole(place, known, old, new);
            }
            (Form::Part, ..) if place.depth >= DEEPEST => self.whole(place, known, old, new),
            (Form::Part, ..) if is_object(old) && is_object(new) => {
                self.parts(place, old, new);
            }
            (Form::Part, ..) if is_list(old) && is_list(new) => {
                self.items(place, known, None, list(old), list(new));
            }
            (Form::Criteria, ..) => self.criteria(place, known, old, new),
            (form, ..) => self.value(place, known, form, old, new),
        }
    }

    /// Adds a difference at a place.
    fn tell(&mut self, place: &Place, known: Option<Element>, told: Told) {
        let order = place.order.or(known.map(|element| element.place));
        let text = if place.within.is_empty() {
            told.text
        } else {
            format!("{}: {}", place.within, told.text)
        };
        self.found.push((
            order.unwrap_or(usize::MAX),
            Difference {
                path: place.path.clone(),
                name: told.name,
                what: told.what,
                before: told.before,
                after: told.after,
                text,
            },
        ));
    }

    /// One value that came, went or changed.
    fn value(
        &mut self,
        place: &Place,
        known: Option<Element>,
        form: Form,
        old: Option<&Value>,
        new: Option<&Value>,
    ) {
        if let (Some(old), Some(new)) = (old, new)
            && is_same_part(old, new)
        {
            return;
        }
        let name = place.called(known);
        let said = |value: &Value| said(value, form);
        let told = match (old, new) {
            (Some(old), Some(new)) => Told {
                text: changed(&name, form, old, new),
                name,
                what: What::Changed,
                before: Some(old.clone()),
                after: Some(new.clone()),
            },
            (Some(old), None) => Told::removed(&name, old.clone(), &said(old)),
            (None, Some(new)) => Told::added(&name, new.clone(), &said(new)),
            (None, None) => return,
        };
        self.tell(place, known, told);
    }

    /// A part that came or went, told by its name alone.
    fn whole(
        &mut self,
        place: &Place,
        known: Option<Element>,
        old: Option<&Value>,
        new: Option<&Value>,
    ) {
        let name = place.called(known);
        let what = match (old, new) {
            (None, _) => What::Added,
            (_, None) => What::Removed,
            _ => What::Changed,
        };
        let told = Told {
            text: format!("{name} {}", what.verb()),
            name,
            what,
            before: old.cloned(),
            after: new.cloned(),
        };
        self.tell(place, known, told);
    }

    fn items(
        &mut self,
        place: &Place,
        known: Option<Element>,
        items: Option<Items>,
        old: &[Value],
        new: &[Value],
    ) {
        let told_by = telling(old.iter().chain(new));
        let own_key: Vec<&str> = told_by.into_iter().copied().collect();
        let own_keys = [own_key.as_slice()];
        let keys: &[&[&str]] = items.map_or(&own_keys, |items| items.keys);
        let label_of = |item: &Value| match items {
            Some(items) if !items.label.is_empty() => label(item, items.label),
            _ => label(item, &own_key),
        };
        let reworded = items.and_then(|items| items.reworded);
        let matched = matched(old, new, keys, reworded);
        let name = place.called(known);
        let order = known.map(|element| element.place);
        let aside_of = |item: &Value| match items {
            Some(items) if !items.aside.is_empty() && item.is_object() => label(item, items.aside),
            _ => String::new(),
        };
        let whole = |item: &Value| match aside_of(item) {
            aside if aside.is_empty() => label_of(item),
            aside => format!("{} ({aside})", label_of(item)),
        };
        for (old, new) in matched.pairs {
            // It is called what it was called: that is what people know.
            let within = place.item(&name, &shortened(&label_of(old)), order);
            let (old_item, new_item) = (Some(old), Some(new));
            if !(old.is_object() && new.is_object()) {
                self.value(&within, known, Form::Plain, old_item, new_item);
            } else if within.depth >= DEEPEST {
                self.whole(&within, None, old_item, new_item);
            } else {
                self.parts(&within, old_item, new_item);
            }
        }
        let mut alone = |item: &Value, told: fn(&str, Value, &str) -> Told| {
            let place = Place {
                path: format!("{}[{}]", place.path, label_of(item)),
                ..place.clone()
            };
            self.tell(&place, known, told(&name, item.clone(), &whole(item)));
        };
        for item in matched.removed {
            alone(item, Told::removed);
        }
        for item in matched.added {
            alone(item, Told::added);
        }
    }

    /// The elements of two objects, each with the other's of its name.
    fn parts(&mut self, place: &Place, old: Option<&Value>, new: Option<&Value>) {
        let objects = [old, new].map(|value| value.and_then(Value::as_object));
        let names: BTreeSet<&String> = objects
            .iter()
            .flatten()
            .flat_map(|object| object.keys())
            .collect();
        for name in names {
            let [old, new] = objects.map(|object| object.and_then(|object| object.get(name)));
            self.compare(&place.element(name), old, new);
        }
    }

    fn criteria(
        &mut self,
        place: &Place,
        known: Option<Element>,
        old: Option<&Value>,
        new: Option<&Value>,
    ) {
        let text = |value: Option<&Value>| {
            value.map_or(Some(String::new()), |value| {
                value.as_str().map(str::to_owned)
            })
        };
        let (Some(earlier), Some(later)) = (text(old), text(new)) else {
            return self.value(place, known, Form::Words, old, new);
        };
        let told = criteria(&earlier, &later);
        if told.is_empty() && old.is_some() && new.is_some() {
            let text = "eligibility criteria: only their order or layout changed".to_owned();
            return self.tell(
                place,
                known,
                Told::changed("eligibility criteria", &earlier, &later, text),
            );
        }
        if told.is_empty() {
            return self.value(place, known, Form::Words, old, new);
        }
        for told in told {
            self.tell(place, known, told);
        }
    }
}

fn is_object(value: Option<&Value>) -> bool {
    value.is_none_or(Value::is_object)
}

fn is_list(value: Option<&Value>) -> bool {
    value.is_none_or(Value::is_array)
}

fn list(value: Option<&Value>) -> &[Value] {
    value.and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
