//! Filters of the query tree to what judges trials: values of facets looked up, dates made days.

use jiff::civil::Date;

use std::sync::Arc;

use crate::query::{Day, Ends, Node, Place, QueryError, QueryFault, Test, nearest_of};
use crate::schema::{FacetElement, NOT_STATED};
use crate::search::columns::{Ages, NumberColumn};
use crate::search::filter::{TrialFilter, TrialTest};
use crate::search::finder::{Finder, SearchError, View};
use crate::search::lower::{NearFilter, Plan};
use crate::search::near_words::words_near;
use crate::search::pieces::Patience;
use crate::search::query_names::number_column;
use crate::search::request::Request;
use crate::search::sites::SiteFilter;

/// What only the index knows.
pub(crate) struct Filters<'f> {
    pub(crate) finder: &'f Finder,
    pub(crate) view: &'f View,
    /// The query's text, to point at what is wrong in it.
    pub(crate) query: &'f str,
    pub(crate) today: Date,
    /// For how long records are read for what the index does not hold.
    pub(crate) patience: Arc<Patience>,
}

impl<'f> Filters<'f> {
    /// For the query of a request.
    pub(crate) fn new(finder: &'f Finder, view: &'f View, request: &'f Request) -> Filters<'f> {
        Filters {
            finder,
            view,
            query: &request.query.text,
            today: request.today,
            patience: Arc::default(),
        }
    }
}

impl Filters<'_> {
    /// What is wrong at a place of the query.
    pub(super) fn wrong(&self, error: QueryError) -> SearchError {
        SearchError::Query {
            error,
            query: self.query.to_owned(),
        }
    }

    /// The terms of some fields that are spelt like a word, by the number of letters that differ.
    pub(super) fn words_near(
        &self,
        term: &str,
        exact: &str,
        edits: u8,
        fields: &[usize],
    ) -> Result<Vec<Vec<String>>, SearchError> {
        let handles: Vec<_> = fields
            .iter()
            .map(|&field| self.finder.index.layout().text[field])
            .collect();
        let found = words_near(term, exact, edits, &self.view.searcher, &handles);
        Ok(found.map_err(|error| self.finder.engine_error(error))?)
    }

    /// The plan of a filter. Of one over the sites, one site must have one of each of some statuses.
    pub(super) fn plan(&self, node: &Node, statuses: &[&Node]) -> Result<Plan, SearchError> {
        match node {
            Node::Near { .. } => self.near(node, statuses),
            node => self.trial_filter(node),
        }
    }

    fn trial_filter(&self, node: &Node) -> Result<Plan, SearchError> {
        let Node::Filter {
            name,
            value,
            test,
            span,
        } = node
        else {
            return Ok(Plan::Nothing);
        };
        let at = |fault: QueryFault| self.wrong(QueryError::new(*span, fault));
        let number = |from: Option<i64>, to: Option<i64>| {
            number_column(name).map(|column| TrialTest::Number { column, from, to })
        };
        let day = |date: Date| Some(crate::trial::days_of(date));
        let test = match test {
            Test::Value => Some(self.facet(name, value).map_err(at)?),
            Test::Values(ends) => Some(self.range(name, ends).map_err(at)?),
            Test::Ages { from, before } => Some(TrialTest::Ages(Ages {
                from: *from,
                before: *before,
            })),
            Test::Numbers(Ends { from, to, .. }) => number(*from, *to),
            Test::Days(Ends { from, to, .. }) => {
                let days = |end: &Option<Day>| end.and_then(|Day(date)| day(date));
                number(days(from), days(to))
            }
            Test::Recent(ago) => number(day(ago.before(self.today)), day(self.today)),
            Test::LongAgo(ago) => number(None, ago.last_before(self.today).and_then(day)),
            Test::Given => Some(self.given(value).map_err(at)?),
        };
        // The names of filters and their kinds come from the same table as the columns.
        let Some(test) = test else {
            return Ok(Plan::Nothing);
        };
        let segments = self.view.searcher.segment_readers().iter();
        let ids = segments.map(tantivy::SegmentReader::segment_id);
        Ok(Plan::Filter(Arc::new(TrialFilter {
            typed: node.to_string(),
            test,
            today: self.today,
            columns: ids.zip(self.view.columns.iter().cloned()).collect(),
        })))
    }

    /// Whether a node asks for one or any of some overall statuses.
    pub(super) fn is_status(&self, node: &Node) -> bool {
        match node {
            Node::Filter { name, test, .. } => {
                let facet = self.facet_of(name);
                *test == Test::Value
                    && facet.is_some_and(|(.., element)| element == FacetElement::OverallStatus)
            }
            Node::Or { nodes } => nodes.iter().all(|node| self.is_status(node)),
            _ => false,
        }
    }

    /// The overall statuses that a node asks for.
    fn statuses(&self, node: &Node) -> Result<Vec<String>, SearchError> {
        match node {
            Node::Filter {
                name, value, span, ..
            } => match self.facet(name, value) {
                Ok(TrialTest::Facet { values, .. }) => Ok(values),
                Ok(_) => Ok(Vec::new()),
                Err(fault) => Err(self.wrong(QueryError::new(*span, fault))),
            },
            Node::Or { nodes } => {
                let mut all = Vec::new();
                for node in nodes {
                    all.extend(self.statuses(node)?);
                }
                Ok(all)
            }
            _ => Ok(Vec::new()),
        }
    }

    /// One or any of some statuses, asked of trials.
    fn of_trials(&self, node: &Node) -> Result<Plan, SearchError> {
        match node {
            Node::Or { nodes } => {
                let any: Result<Vec<Plan>, SearchError> =
                    nodes.iter().map(|node| self.of_trials(node)).collect();
                Ok(Plan::Or(any?))
            }
            node => self.trial_filter(node),
        }
    }

    fn near(&self, node: &Node, statuses: &[&Node]) -> Result<Plan, SearchError> {
        let Node::Near {
            place,
            kilometres,
            span,
        } = node
        else {
            return Ok(Plan::Nothing);
        };
        let typed = match place {
            Place::Named(name) => name.clone(),
            Place::Coordinates {
                latitude,
                longitude,
            } => format!("{latitude},{longitude}"),
        };
        let place = match self.finder.place(&typed) {
            Ok(place) => place,
            Err(SearchError::UnknownPlace {
                place,
                reason,
                hint,
            }) => {
                let message = format!("`{place}`: {reason}");
                let fault = QueryFault::UnknownPlace { message, hint };
                return Err(self.wrong(QueryError::new(*span, fault)));
            }
            Err(error) => return Err(error),
        };
        let mut filter = SiteFilter::new(place, kilometres.get());
        for (number, status) in statuses.iter().enumerate() {
            let wanted = self.statuses(status)?;
            if number == 0 {
                filter.statuses = wanted;
            } else {
                filter.statuses.retain(|status| wanted.contains(status));
            }
        }
        if !statuses.is_empty() && filter.statuses.is_empty() {
            // A site has one status.
            return Ok(Plan::Nothing);
        }
        let near = self.finder.near(self.view, &filter)?;
        let statuses: Result<Vec<Plan>, SearchError> =
            statuses.iter().map(|node| self.of_trials(node)).collect();
        Ok(Plan::Near(Arc::new(NearFilter {
            typed: node.to_string(),
            filter,
            near,
            statuses: statuses?,
        })))
    }

    /// The place of a facet, its words for people and its vocabulary.
    fn facet_of(&self, name: &str) -> Option<(usize, &str, Option<&str>, FacetElement)> {
        let (place, facet) = self.finder.index().fields().facet(name)?;
        Some((
            place,
            facet.label.as_str(),
            facet.vocabulary.as_deref(),
            facet.element,
        ))
    }

    fn facet(&self, name: &str, value: &str) -> Result<TrialTest, QueryFault> {
        let Some((place, label, vocabulary, element)) = self.facet_of(name) else {
            return Err(unknown(name, value, &[], &[]));
        };
        let mut values = match self.finder.facet_values(name, value) {
            Ok(values) if vocabulary.is_some() => values,
            // Without a vocabulary any name is well-formed; in a query one that no trial has is a slip.
            found => {
                let there = self.names(place);
                match found {
                    Ok(values) if values.iter().any(|value| there.contains(value)) => values,
                    _ => {
                        let like = named_like(value, &there);
                        if like.is_empty() {
                            let vocabulary =
                                vocabulary.map(|of| (of, self.finder.index().vocabulary()));
                            let label = label.to_lowercase();
                            return Err(match vocabulary {
                                Some((of, vocabulary)) => {
                                    let spellings = vocabulary.spellings(of);
                                    unknown(&label, value, &spellings, &vocabulary.typed(of))
                                }
                                None => {
                                    let names: Vec<&str> =
                                        there.iter().map(String::as_str).collect();
                                    unknown(&label, value, &names, &begin_alike(value, &there))
                                }
                            });
                        }
                        like
                    }
                }
            }
        };
        if values.is_empty() {
            // A spelling of "none" stands for no value at all.
            values.push(NOT_STATED.to_owned());
        }
        if element == FacetElement::Sex
            && values
                .iter()
                .all(|value| value == "FEMALE" || value == "MALE")
        {
            // A trial for all admits them.
            values.push("ALL".to_owned());
        }
        Ok(TrialTest::Facet { place, values })
    }

    /// Values of a facet in the order of its vocabulary, from one to another.
    fn range(&self, name: &str, ends: &Ends<String>) -> Result<TrialTest, QueryFault> {
        let of = |value: &str| unknown(name, value, &[], &[]);
        let Some((place, _, Some(element), _)) = self.facet_of(name) else {
            let value = ends.from.as_ref().or(ends.to.as_ref());
            return Err(of(value.map(String::as_str).unwrap_or_default()));
        };
        // What is not applicable has no place in an order.
        let order: Vec<String> = self
            .vocabulary(element)
            .into_iter()
            .filter(|value| value != "NA")
            .collect();
        let places = |end: &Option<String>| -> Result<Option<(usize, usize)>, QueryFault> {
            let Some(value) = end else { return Ok(None) };
            let TrialTest::Facet { values, .. } = self.facet(name, value)? else {
                return Ok(None);
            };
            let places = values
                .iter()
                .filter_map(|value| order.iter().position(|known| known == value));
            let places: Vec<usize> = places.collect();
            match (places.iter().min(), places.iter().max()) {
                (Some(least), Some(most)) => Ok(Some((*least, *most))),
                _ => Err(of(value)),
            }
        };
        let first = places(&ends.from)?.map_or(0, |(least, most)| match ends.beyond_from {
            true => most + 1,
            false => least,
        });
        let behind = places(&ends.to)?.map_or(order.len(), |(least, most)| match ends.before_to {
            true => least,
            false => most + 1,
        });
        if first >= behind && ends.from.is_some() && ends.to.is_some() {
            return Err(QueryFault::WrongValue {
                filter: name.to_owned(),
                value: format!(
                    "{}..{}",
                    ends.from.as_deref().unwrap_or_default(),
                    ends.to.as_deref().unwrap_or_default()
                ),
                kind: crate::query::FilterKind::OrderedValues,
            });
        }
        let values = order.get(first..behind).unwrap_or_default().to_vec();
        Ok(TrialTest::Facet { place, values })
    }

    /// What a record may have or not.
    fn given(&self, value: &str) -> Result<TrialTest, QueryFault> {
        let fields = self.finder.index().fields();
        let name = value.trim().to_lowercase().replace([' ', '-'], "_");
        if let Some(place) = fields
            .facets
            .iter()
            .position(|facet| facet.element == FacetElement::HasResults)
            .filter(|_| name == "results" || name == "result")
        {
            let values = vec!["POSTED".to_owned()];
            return Ok(TrialTest::Facet { place, values });
        }
        if name == "age" || name == "ages" {
            let columns = vec![NumberColumn::MinimumAge, NumberColumn::MaximumAge];
            return Ok(TrialTest::AnyNumber(columns));
        }
        let filter = crate::query::FieldNames::filter(fields, &name);
        if let Some(column) = filter.and_then(|filter| number_column(&filter.name)) {
            return Ok(TrialTest::AnyNumber(vec![column]));
        }
        let text = fields.resolve(&name);
        if !text.is_empty() {
            let handles = text
                .into_iter()
                .map(|field| self.finder.index.layout().text[field]);
            return Ok(TrialTest::AnyText(handles.collect()));
        }
        if let Some((place, facet)) = fields.facet(&name)
            && facet.element != FacetElement::VerificationState
        {
            return Ok(TrialTest::FacetNot {
                place,
                value: NOT_STATED,
            });
        }
        let mut known = vec!["results".to_owned(), "age".to_owned()];
        known.extend(fields.text.iter().map(|field| field.name.clone()));
        known.extend(fields.facets.iter().map(|facet| facet.name.clone()));
        known.extend(["start", "updated", "completion", "enrollment"].map(str::to_owned));
        known.dedup();
        let names: Vec<&str> = known.iter().map(String::as_str).collect();
        Err(unknown("part of a record", value, &names, &known))
    }

    fn vocabulary(&self, element: &str) -> Vec<String> {
        let vocabulary = self.finder.index().vocabulary();
        vocabulary.values(element).map(str::to_owned).collect()
    }

    /// The values of a facet that the index has.
    fn names(&self, place: usize) -> Vec<String> {
        let mut names: Vec<String> = Vec::new();
        for columns in &self.view.columns {
            for name in columns.facets[place].names() {
                if !names.contains(name) {
                    names.push(name.clone());
                }
            }
        }
        names
    }
}

/// The fault of a value that is not known, among those that are accepted; `known` are shown if none is near.
fn unknown(filter: &str, value: &str, accepted: &[&str], known: &[String]) -> QueryFault {
    QueryFault::UnknownValue {
        filter: filter.to_owned(),
        value: value.to_owned(),
        meant: nearest_of(value.trim(), accepted.iter().copied()).map(as_typed),
        known: known.iter().map(|name| as_typed(name)).collect(),
    }
}

/// A value as it is typed behind the colon of its filter.
fn as_typed(value: &str) -> String {
    match value.contains(|c: char| !(c.is_alphanumeric() || matches!(c, '-' | '_'))) {
        true => format!("\"{value}\""),
        false => value.to_owned(),
    }
}

/// The names that have all words of what was typed: "korea" of "Korea, Republic of".
fn named_like(typed: &str, names: &[String]) -> Vec<String> {
    let words = |text: &str| -> Vec<String> {
        text.split(|c: char| !c.is_alphanumeric())
            .filter(|word| !word.is_empty())
            .map(str::to_lowercase)
            .collect()
    };
    let wanted = words(typed);
    let has_all = |name: &&String| {
        let there = words(name);
        !wanted.is_empty() && wanted.iter().all(|word| there.contains(word))
    };
    names.iter().filter(has_all).cloned().collect()
}

/// The names that begin with the first letters of what was typed.
fn begin_alike(typed: &str, names: &[String]) -> Vec<String> {
    let start: String = typed.to_lowercase().chars().take(2).collect();
    let mut names: Vec<String> = names
        .iter()
        .filter(|name| name.to_lowercase().starts_with(&start))
        .cloned()
        .collect();
    names.sort_unstable();
    names
}
