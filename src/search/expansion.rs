//! Which terms of one field of one segment stand for what an arrangement asks: one, every one that begins so, all but the other
//! forms of a word. All of them are taken, however many; it must not read what the postings hold.

use rustc_hash::FxHashSet;
use tantivy::postings::TermInfo;
use tantivy::schema::Field;
use tantivy::{InvertedIndexReader, Term};

use crate::analysis::{exact_term, forms_may_begin, term_of_form};
use crate::passage::{Sought, Terms};
use crate::schema::LONG_VALUE;

/// Where the postings of an arrangement's terms lie in one field of one segment.
#[derive(Clone, Debug)]
pub(crate) struct Expansion {
    /// For each of [`Sought::terms`].
    pub(crate) terms: Vec<Expanded>,
    /// Those of the marks of long values, if values must be told apart.
    pub(crate) long_values: Option<[Option<TermInfo>; 2]>,
}

/// Where the postings of [`Terms`] lie.
#[derive(Clone, Debug)]
pub(crate) struct Expanded {
    /// Any of these.
    pub(crate) any: Vec<TermInfo>,
    /// But not where one of these stands.
    pub(crate) but: Vec<TermInfo>,
}

impl Expanded {
    /// An upper bound of the documents.
    pub(crate) fn documents(&self) -> u64 {
        self.any.iter().map(|info| u64::from(info.doc_freq)).sum()
    }
}

impl Expansion {
    pub(crate) fn new(
        sought: &Sought,
        field: Field,
        inverted: &InvertedIndexReader,
    ) -> tantivy::Result<Expansion> {
        let info = |term: &str| inverted.get_term_info(&Term::from_field_text(field, term));
        let mut terms = Vec::new();
        for of in sought.terms() {
            let mut expanded = Expanded {
                any: Vec::new(),
                but: Vec::new(),
            };
            match of {
                Terms::One(term) => expanded.any.extend(info(term)?),
                Terms::Among(words) => {
                    for term in words {
                        expanded.any.extend(info(term)?);
                    }
                }
                Terms::Prefix(prefix) => {
                    beginning_with(inverted, prefix, &mut |_, info| {
                        expanded.any.push(info.clone());
                    })?;
                    // Of the words as written, those whose term does not begin so: "disease", whose term is `diseas`.
                    beginning_with(inverted, &exact_term(prefix), &mut |form, info| {
                        if !term_of_form(written(form)).starts_with(prefix.as_str()) {
                            expanded.any.push(info.clone());
                        }
                    })?;
                }
                Terms::Unvaried(term) => {
                    expanded.any.extend(info(term)?);
                    let mut seen = FxHashSet::default();
                    if !expanded.any.is_empty() {
                        for beginning in forms_may_begin(term) {
                            beginning_with(
                                inverted,
                                &exact_term(&beginning),
                                &mut |form, info| {
                                    let form = written(form);
                                    if term_of_form(form) == *term && seen.insert(form.to_owned()) {
                                        expanded.but.push(info.clone());
                                    }
                                },
                            )?;
                        }
                    }
                }
            }
            terms.push(expanded);
        }
        let long_values = match sought {
            Sought::Anywhere(_) => None,
            Sought::OneValue(_) => Some([info(LONG_VALUE[0])?, info(LONG_VALUE[1])?]),
        };
        Ok(Expansion { terms, long_values })
    }
}

/// A word as written without its mark.
fn written(form: &str) -> &str {
    form.get(1..).unwrap_or_default()
}

/// Every term of a field that begins so.
fn beginning_with(
    inverted: &InvertedIndexReader,
    prefix: &str,
    found: &mut dyn FnMut(&str, &TermInfo),
) -> tantivy::Result<()> {
    // No byte of a term is this one, so all that goes on behind the prefix sorts before.
    let mut after = prefix.as_bytes().to_vec();
    after.push(u8::MAX);
    let range = inverted.terms().range().ge(prefix).lt(&after);
    let mut stream = range.into_stream()?;
    while stream.advance() {
        if let Ok(term) = std::str::from_utf8(stream.key()) {
            found(term, stream.value());
        }
    }
    Ok(())
}
