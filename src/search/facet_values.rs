//! The facets that a request names, and the values that are typed for them.

use std::collections::BTreeSet;

use crate::place::{country_called, country_names};
use crate::query::{nearest_of, some_of};
use crate::schema::{FacetElement, NOT_STATED, UNRECOGNISED};
use crate::search::countries::{countries_meant, is_country};
use crate::search::finder::{Finder, SearchError};
use crate::search::request::Request;

/// Digits of a year.
const YEAR_DIGITS: usize = 4;

impl Finder {
    fn facet_place(&self, name: &str) -> Result<usize, SearchError> {
        let fields = self.index.fields();
        let place = fields.facet(name).map(|(place, _)| place);
        place.ok_or_else(|| {
            let known: Vec<String> = fields
                .facets
                .iter()
                .map(|facet| facet.name.clone())
                .collect();
            SearchError::UnknownFacet {
                name: name.to_owned(),
                known: some_of(&known),
            }
        })
    }

    /// For each facet the values that are chosen.
    pub(super) fn chosen(&self, request: &Request) -> Result<Vec<Vec<String>>, SearchError> {
        let mut chosen = vec![Vec::new(); self.index.fields().facets.len()];
        for filter in &request.filters {
            let place = self.facet_place(&filter.facet)?;
            let values = filter.values.iter();
            match self.index.fields().facets[place].element {
                // As a record writes it, in a search that was kept.
                FacetElement::LocationCountry => {
                    chosen[place].extend(values.map(|value| country_called(value).to_owned()));
                }
                _ => chosen[place].extend(values.cloned()),
            }
        }
        for filter in request
            .patient
            .iter()
            .flat_map(|patient| &patient.sex_filter)
        {
            // What was asked for outright goes before what the story says.
            let values = &mut chosen[self.facet_place(&filter.facet)?];
            if values.is_empty() {
                values.extend(filter.values.iter().cloned());
            }
        }
        Ok(chosen)
    }

    /// No facet.
    pub(super) fn uncounted(&self) -> Vec<bool> {
        vec![false; self.index.fields().facets.len()]
    }

    /// For each facet whether it is to be counted.
    pub(super) fn counted(&self, request: &Request) -> Result<Vec<bool>, SearchError> {
        let mut counted = self.uncounted();
        for name in &request.facets {
            counted[self.facet_place(name)?] = true;
        }
        Ok(counted)
    }

    /// The value of a facet that a spelling means: by the vocabulary, else among the values in the index, without case. A spelling of
    /// two values (`2/3`) gives both.
    pub fn facet_values(&self, facet: &str, spelling: &str) -> Result<Vec<String>, SearchError> {
        let place = self.facet_place(facet)?;
        let config = &self.index.fields().facets[place];
        let lower = spelling.trim().to_lowercase();
        let special = lower.replace(['-', ' '], "_");
        if special == NOT_STATED || special == UNRECOGNISED {
            return Ok(vec![special]);
        }
        if let Some(element) = &config.vocabulary
            && let Some(values) = self.index.vocabulary().canonical_values(element, spelling)
        {
            return Ok(values.to_vec());
        }
        let view = self.view()?;
        let names = view
            .columns
            .iter()
            .flat_map(|columns| columns.facets[place].names());
        if config.element == FacetElement::LocationCountry {
            let countries = countries_meant(spelling, names.clone());
            if !countries.is_empty() {
                return Ok(countries);
            }
        }
        if let Some(name) = names.clone().find(|name| name.to_lowercase() == lower) {
            return Ok(vec![name.clone()]);
        }
        let mut meant = None;
        let known: Vec<String> = match &config.vocabulary {
            Some(element) => {
                let vocabulary = self.index.vocabulary();
                meant = nearest_of(spelling.trim(), vocabulary.spellings(element).into_iter());
                vocabulary.typed(element)
            }
            None => {
                let like =
                    |name: &&String| !lower.is_empty() && name.to_lowercase().contains(&lower);
                let known: BTreeSet<String> = names.clone().filter(like).cloned().collect();
                known.into_iter().collect()
            }
        };
        let mut hint = meant.map(did_you_mean);
        if config.vocabulary.is_none() && known.is_empty() {
            // A well-formed value that no trial has is an empty filter, not an error.
            match well_formed(config.element, spelling.trim(), names) {
                Ok(()) => return Ok(vec![spelling.trim().to_owned()]),
                Err(better) => hint = Some(better),
            }
        }
        Err(SearchError::UnknownValue {
            facet: config.label.to_lowercase(),
            value: spelling.to_owned(),
            known: some_of(&known),
            hint,
        })
    }

    /// The words for people for a value of a facet.
    pub(crate) fn label(&self, vocabulary: Option<&str>, value: &str) -> String {
        match value {
            NOT_STATED => "not stated".to_owned(),
            UNRECOGNISED => "unrecognised".to_owned(),
            value => vocabulary
                .and_then(|element| self.index.vocabulary().label(element, value))
                .unwrap_or(value)
                .to_owned(),
        }
    }
}

/// Whether a trial could have a value of a facet without a vocabulary; if not, what may have been meant. `there` are the values that
/// trials have.
fn well_formed<'n>(
    element: FacetElement,
    spelling: &str,
    there: impl Iterator<Item = &'n String>,
) -> Result<(), String> {
    match element {
        FacetElement::StartYear => match is_year(spelling) {
            true => Ok(()),
            false => Err("a year is four digits, as in 2024".to_owned()),
        },
        FacetElement::LocationCountry if !is_country(spelling) => {
            let larger = Some(country_called(spelling)).filter(|country| *country != spelling);
            let mut names: Vec<&str> = there.map(String::as_str).collect();
            names.extend(country_names());
            let meant = larger.or_else(|| nearest_of(spelling, names.into_iter()));
            Err(meant.map_or_else(
                || "look at the facets of a search for what there is".to_owned(),
                did_you_mean,
            ))
        }
        _ => Ok(()),
    }
}

fn is_year(spelling: &str) -> bool {
    spelling.len() == YEAR_DIGITS && spelling.bytes().all(|byte| byte.is_ascii_digit())
}

fn did_you_mean(meant: &str) -> String {
    format!("did you mean `{meant}`?")
}
