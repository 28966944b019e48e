//! The words of a search marked in a whole trial: what a hit's passages mark, in any text of its record.

use crate::passage::Pattern;
use crate::schema::Element;
use crate::search::finder::{Finder, SearchError};
use crate::search::hits::Marked;
use crate::search::present::{Presenter, marked};
use crate::search::request::Request;

/// What a search looked for, ready to be found in texts.
pub struct Marker<'f> {
    finder: &'f Finder,
    pattern: Pattern,
}

impl Finder {
    /// What a search looks for, with all that it was widened to. Searches, so that it marks what a hit of the search marks.
    ///
    /// # Errors
    /// As [`Finder::search`].
    pub fn marker(&self, request: &Request) -> Result<Marker<'_>, SearchError> {
        let request = Request {
            limit: 1,
            offset: 0,
            facets: Vec::new(),
            ..request.clone()
        };
        let view = self.view()?;
        let run = self.run(&request, &view, self.uncounted())?;
        let answer = run.find()?;
        let presenter = Presenter::new(&run, &answer.plan, &answer.bonus);
        Ok(Marker {
            finder: self,
            pattern: presenter.pattern()?,
        })
    }
}

impl Marker<'_> {
    /// A text of a record with the places that match where it stands.
    pub fn mark(&self, text: &str, element: Element) -> Marked {
        let field = self.finder.field_of(element);
        self.finder
            .with_analyzer(|analyzer| marked(text, field, &self.pattern, analyzer))
    }
}
