//! The pieces that a trial's page is made of.

use crate::render::html::escape::Html;
use crate::render::html::results_table::Table;

/// A section of a trial's page.
#[derive(Clone, Debug)]
pub struct Section {
    /// Its name in addresses.
    pub id: &'static str,
    /// Its heading.
    pub title: String,
    /// What stands in it, never empty.
    pub blocks: Vec<Block>,
}

/// A piece of a section.
#[derive(Clone, Debug)]
pub enum Block {
    /// Names and what they stand for.
    Fields(Vec<Field>),
    /// Paragraphs and lists.
    Lines(Vec<Line>),
    /// Lists side by side, each with a heading.
    Lists(Vec<(String, Vec<Line>)>),
    /// Things with a name each: arms, interventions, outcome measures.
    Entries(String, Vec<Entry>),
    /// Sites.
    Sites(Vec<Row>),
    /// Something to know, in a sentence.
    Note(String),
    /// Something that is unfolded when it is wanted.
    Fold(Box<Fold>),
    /// Something to know, and where it leads to: the words of the link, then its address.
    Link(String, String, String),
}

/// A name and what it stands for.
#[derive(Clone, Debug)]
pub struct Field {
    /// The name.
    pub label: String,
    /// The values, one or several.
    pub values: Vec<Html>,
    /// Where it leads to.
    pub address: Option<String>,
}

/// A line of running text or of a list.
#[derive(Clone, Debug)]
pub struct Line {
    /// What it says.
    pub text: Html,
    /// The marker of a list: a number as typed, or nothing for a plain bullet. `None` for a paragraph.
    pub marker: Option<String>,
    /// How deep it is set in.
    pub level: u8,
    /// Whether it only leads in to what follows.
    pub lead: bool,
    /// Where it leads to.
    pub address: Option<String>,
}

/// A thing with a name.
#[derive(Clone, Debug)]
pub struct Entry {
    /// The name.
    pub title: Html,
    /// What it is, in a word.
    pub kind: String,
    /// What else is said, in short.
    pub notes: Vec<Html>,
    /// What is said at length.
    pub lines: Vec<Line>,
}

/// What is unfolded when it is wanted: a part of the results.
#[derive(Clone, Debug)]
pub struct Fold {
    /// What it is.
    pub title: Html,
    /// What kind it is, in a word.
    pub kind: String,
    /// What is said in short.
    pub notes: Vec<Html>,
    /// What is said at length.
    pub lines: Vec<Line>,
    /// The numbers.
    pub tables: Vec<Table>,
    /// How they were compared.
    pub analyses: Vec<Html>,
}

/// A site.
#[derive(Clone, Debug)]
pub struct Row {
    /// Where people go to.
    pub facility: Html,
    /// City, state and country.
    pub place: Html,
    /// Its own status.
    pub status: String,
    /// Whom to ask there.
    pub contacts: Vec<String>,
}

impl Line {
    /// A paragraph.
    pub(super) fn paragraph(text: Html) -> Line {
        Line {
            text,
            marker: None,
            level: 0,
            lead: false,
            address: None,
        }
    }

    /// An item of a plain list.
    pub(super) fn bullet(text: Html) -> Line {
        Line {
            marker: Some(String::new()),
            ..Line::paragraph(text)
        }
    }

    /// Whether it is an item of a list.
    pub fn is_item(&self) -> bool {
        self.marker.is_some()
    }
}

/// Fields under construction; what says nothing is left out.
#[derive(Default)]
pub(super) struct Fields(pub(super) Vec<Field>);

impl Fields {
    pub(super) fn add(&mut self, label: &str, text: impl AsRef<str>) {
        self.html(label, vec![Html::text(text.as_ref().trim())]);
    }

    pub(super) fn add_if(&mut self, label: &str, text: Option<impl AsRef<str>>) {
        if let Some(text) = text {
            self.add(label, text);
        }
    }

    pub(super) fn html(&mut self, label: &str, values: Vec<Html>) {
        let values: Vec<Html> = values
            .into_iter()
            .filter(|value| !value.is_empty())
            .collect();
        if !values.is_empty() {
            self.0.push(Field {
                label: label.to_owned(),
                values,
                address: None,
            });
        }
    }

    pub(super) fn link(&mut self, label: &str, text: &str, address: Option<String>) {
        self.0.push(Field {
            label: label.to_owned(),
            values: vec![Html::text(text)],
            address,
        });
    }
}

/// Puts a section behind others unless it is empty.
pub(super) fn section(
    sections: &mut Vec<Section>,
    id: &'static str,
    title: impl Into<String>,
    blocks: Vec<Block>,
) {
    let full = |block: &Block| match block {
        Block::Fields(fields) => !fields.is_empty(),
        Block::Lines(lines) => !lines.is_empty(),
        Block::Lists(lists) => !lists.is_empty(),
        Block::Entries(_, entries) => !entries.is_empty(),
        Block::Sites(rows) => !rows.is_empty(),
        Block::Note(text) | Block::Link(text, ..) => !text.is_empty(),
        Block::Fold(_) => true,
    };
    let blocks: Vec<Block> = blocks.into_iter().filter(full).collect();
    if !blocks.is_empty() {
        sections.push(Section {
            id,
            title: title.into(),
            blocks,
        });
    }
}
