//! "phase II" typed as words: it is searched as words, and the filter that was perhaps meant is named. Changes no search.

use crate::query::{Form, Node};
use crate::schema::FacetElement;
use crate::search::finder::Finder;
use crate::search::hits::Notice;

/// The filter that words of a query name, if they name one.
pub(super) fn phase_meant(finder: &Finder, text: &str, root: &Node) -> Option<Notice> {
    let Node::And { nodes } = root else {
        return None;
    };
    let mut facets = finder.index().fields().facets.iter();
    let facet = facets.find(|facet| facet.element == FacetElement::Phase)?;
    let element = facet.vocabulary.as_deref()?;
    let vocabulary = finder.index().vocabulary();
    let plain = |node: &Node| match node {
        Node::Word {
            text,
            form: Form::Stemmed,
            field: None,
            span,
        } => Some((text.clone(), *span)),
        _ => None,
    };
    nodes.windows(2).find_map(|pair| {
        let (word, first) =
            plain(&pair[0]).filter(|(word, _)| word.eq_ignore_ascii_case("phase"))?;
        let (number, last) = plain(&pair[1])?;
        let [value] = vocabulary.canonical_values(element, &format!("{word} {number}"))? else {
            return None;
        };
        let values = vocabulary.values(element).zip(vocabulary.typed(element));
        let (_, typed) = values.into_iter().find(|(known, _)| known == value)?;
        Some(Notice::FilterToo {
            typed: text.get(first.start..last.end)?.to_owned(),
            filter: format!("{}:{typed}", facet.name),
        })
    })
}
