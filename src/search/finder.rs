//! The way in to searching: what a request names is looked up in the index, the search is run, its answer put together.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::thread;
use std::time::Instant;

use rayon::{ThreadPool, ThreadPoolBuilder};
use rustc_hash::FxHashMap;
use tantivy::index::SegmentId;
use tantivy::{DocAddress, Searcher};

use crate::analysis::Analyzer;
use crate::index::{Index, IndexError, SegmentSites, StoredTrial};
use crate::query::{QueryError, some_of};
use crate::schema::{Element, FacetElement, Ranking, check_weight};
use crate::search::columns::{Ages, SegmentColumns};
use crate::search::concept::Concept;
use crate::search::hits::{AlternativeAsked, Asked, ConceptAsked, HITS_VERSION, Hits, Notice};
use crate::search::lookup::Lookup;
use crate::search::patient::AGE;
use crate::search::pieces::Remembered;
use crate::search::present::Presenter;
use crate::search::request::Request;
use crate::search::run::{Answer, Run};
use crate::search::statistics::Counted;
use crate::search::texts::Texts;
use crate::search::weights::Weights;
use crate::trial::TrialId;

/// Why a search cannot be answered.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SearchError {
    /// No facet of that name.
    #[error("unknown facet `{name}`; known are {known}")]
    UnknownFacet {
        /// The name.
        name: String,
        /// The names there are.
        known: String,
    },
    /// No value of that name in a facet.
    #[error("unknown {facet} `{value}`{}", if known.is_empty() { String::new() } else { format!("; known are {known}") })]
    UnknownValue {
        /// The facet's words for people.
        facet: String,
        /// What was asked for.
        value: String,
        /// The values there are; empty if that would say nothing.
        known: String,
        /// The value that was meant most likely.
        hint: Option<String>,
    },
    /// No place of that name.
    #[error("`{place}`: {reason}")]
    UnknownPlace {
        /// What was asked for.
        place: String,
        /// Why it is no place.
        reason: String,
        /// What to do.
        hint: String,
    },
    /// No text field of that name.
    #[error("unknown field `{name}`; known are {known}")]
    UnknownField {
        /// The name.
        name: String,
        /// The names there are.
        known: String,
    },
    /// A query that asks for what the index does not know, with the place in it.
    #[error("{}", .error.render(.query))]
    Query {
        /// What is wrong, and where.
        error: QueryError,
        /// The text of the query.
        query: String,
    },
    /// No trial of that id.
    #[error("no trial with the id `{id}` in the index")]
    UnknownTrial {
        /// The id.
        id: String,
    },
    /// Several trials of that id, and one was wanted.
    #[error("`{id}` is an id of several trials: {}", some_of(.trials))]
    SharedId {
        /// The id.
        id: String,
        /// Their own ids.
        trials: Vec<String>,
    },
    /// A weight, k1 or b out of its range.
    #[error("{0}")]
    Ranking(String),
    /// What the index does not hold is looked up in the records, and there was no time for all of them.
    #[error(
        "the index does not hold what is asked for, and reading all records for it takes longer than is allowed"
    )]
    OutOfTime,
    /// The index.
    #[error(transparent)]
    Index(#[from] IndexError),
}

impl SearchError {
    /// What to do about it, if the message does not say so.
    pub fn hint(&self) -> Option<&str> {
        match self {
            SearchError::UnknownPlace { hint, .. } => Some(hint),
            SearchError::UnknownValue { hint, .. } => hint.as_deref(),
            SearchError::SharedId { .. } => Some("name one of them"),
            SearchError::OutOfTime => Some(
                "ask again, as it is remembered what has been read, or for something else as well, so that fewer records are read",
            ),
            _ => None,
        }
    }
}

/// Searches one index. Cheap to make; keeps what it has opened of each segment.
pub struct Finder {
    pub(crate) index: Index,
    columns: Mutex<FxHashMap<SegmentId, Arc<SegmentColumns>>>,
    /// The text fields of the last view.
    texts: Mutex<Option<Arc<Texts>>>,
    /// Threads that read records and choose passages, started with the first search that needs them.
    threads: Arc<OnceLock<Option<ThreadPool>>>,
    /// Analyzers that are not in use; each remembers the words that it has met.
    analyzers: Mutex<Vec<Analyzer>>,
    /// The sites of the last view that was asked for them.
    pub(super) sites: Mutex<Option<Arc<Vec<SegmentSites>>>>,
    /// What checks of stored records found.
    pub(crate) remembered: Arc<Remembered>,
    /// What was counted over all records.
    pub(crate) counted: Counted,
}

/// Threads that make the hits of one search, the searching one included; more would wait for each other's memory.
const MOST_THREADS: usize = 4;

/// Arguments from which on waking the threads costs less than it saves.
const LEAST_TO_SHARE: usize = 4;

/// Threads that stay and help the searching one; none without a second processor.
fn start_threads() -> Option<ThreadPool> {
    let processors = thread::available_parallelism().map_or(1, usize::from);
    let helpers = processors.min(MOST_THREADS).checked_sub(1)?;
    if helpers == 0 {
        return None;
    }
    let pool = ThreadPoolBuilder::new()
        .num_threads(helpers)
        .thread_name(|number| format!("hits-{number}"));
    pool.build().ok()
}

/// A view of one commit, with its columns and text fields.
pub(crate) struct View {
    pub(crate) searcher: Searcher,
    pub(crate) columns: Vec<Arc<SegmentColumns>>,
    pub(crate) texts: Arc<Texts>,
}

impl Finder {
    /// Searches an index as of its last commit; [`Index::reload`] on a clone of it moves on.
    pub fn new(index: Index) -> Finder {
        Finder {
            index,
            columns: Mutex::default(),
            texts: Mutex::default(),
            analyzers: Mutex::default(),
            sites: Mutex::default(),
            remembered: Arc::default(),
            counted: Counted::default(),
            threads: Arc::default(),
        }
    }

    /// Searches the index as it was opened anew. What is known of segments that are still there is kept, so that moving on to
    /// a commit costs what is new in it; this finder goes on answering as of its own commit.
    pub fn moved_on(&self, index: Index) -> Finder {
        let columns = self.columns.lock().unwrap_or_else(PoisonError::into_inner);
        Finder {
            index,
            columns: Mutex::new(columns.clone()),
            texts: Mutex::default(),
            analyzers: Mutex::default(),
            sites: Mutex::default(),
            remembered: self.remembered.clone(),
            counted: Counted::default(),
            threads: self.threads.clone(),
        }
    }

    /// The index.
    pub fn index(&self) -> &Index {
        &self.index
    }

    pub(crate) fn view(&self) -> Result<View, IndexError> {
        let searcher = self.index.searcher();
        let mut known = self.columns.lock().unwrap_or_else(PoisonError::into_inner);
        let mut columns = Vec::with_capacity(searcher.segment_readers().len());
        for segment in searcher.segment_readers() {
            let id = segment.segment_id();
            let opened = match known.get(&id) {
                Some(opened) => opened.clone(),
                None => {
                    let opened =
                        SegmentColumns::open(segment, self.index.fields(), self.index.layout());
                    Arc::new(opened.map_err(|error| self.engine_error(error))?)
                }
            };
            columns.push((id, opened));
        }
        known.clear();
        known.extend(columns.iter().cloned());
        Ok(View {
            columns: columns.into_iter().map(|(_, columns)| columns).collect(),
            texts: self.texts(&searcher),
            searcher,
        })
    }

    /// The text fields of a view.
    fn texts(&self, searcher: &Searcher) -> Arc<Texts> {
        let mut known = self.texts.lock().unwrap_or_else(PoisonError::into_inner);
        let same = |texts: &&Arc<Texts>| texts.searcher.generation() == searcher.generation();
        if let Some(texts) = known.as_ref().filter(same) {
            return texts.clone();
        }
        let texts = Arc::new(Texts::new(searcher, &self.index.layout().text));
        *known = Some(texts.clone());
        texts
    }

    pub(crate) fn engine_error(&self, error: tantivy::TantivyError) -> IndexError {
        IndexError::engine(self.index.directory(), error)
    }

    /// What a function gives for each argument, in their order. Threads that stay help the calling one, which does not wait for
    /// them to wake.
    pub(crate) fn share<A: Sync, R: Send>(
        &self,
        arguments: &[A],
        function: impl Fn(&A) -> R + Sync,
    ) -> Vec<R> {
        let threads = self.threads.get_or_init(start_threads);
        let (Some(threads), true) = (threads, arguments.len() >= LEAST_TO_SHARE) else {
            return arguments.iter().map(function).collect();
        };
        let next = AtomicUsize::new(0);
        let results: Vec<Mutex<Option<R>>> = arguments.iter().map(|_| Mutex::new(None)).collect();
        let work = || {
            loop {
                let place = next.fetch_add(1, Ordering::Relaxed);
                let Some(argument) = arguments.get(place) else {
                    break;
                };
                let result = function(argument);
                *results[place]
                    .lock()
                    .unwrap_or_else(PoisonError::into_inner) = Some(result);
            }
        };
        threads.in_place_scope(|scope| {
            for _ in 0..threads.current_num_threads() {
                scope.spawn(|_| work());
            }
            work();
        });
        results
            .into_iter()
            .filter_map(|result| result.into_inner().unwrap_or_else(PoisonError::into_inner))
            .collect()
    }

    /// Runs a function with an analyzer that may remember words from before.
    pub(crate) fn with_analyzer<T>(&self, run: impl FnOnce(&mut Analyzer) -> T) -> T {
        let idle = self
            .analyzers
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .pop();
        let mut analyzer = idle.unwrap_or_default();
        let result = run(&mut analyzer);
        self.analyzers
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(analyzer);
        result
    }

    /// Answers a search.
    pub fn search(&self, request: &Request) -> Result<Hits, SearchError> {
        let started = Instant::now();
        let view = self.view()?;
        let run = self.run(request, &view, self.counted(request)?)?;
        let Answer {
            plan,
            bonus,
            gathered,
            mut notices,
        } = run.find()?;
        let presenter = Presenter::new(&run, &plan, &bonus);
        let hits = presenter.hits(&gathered)?;
        presenter.name_respelled(&hits, &mut notices);
        Ok(Hits {
            version: HITS_VERSION,
            query: Asked {
                text: request.query.text.clone(),
                tree: request.query.root.clone(),
                ignored: request.query.ignored.clone(),
                concepts: plan
                    .concepts()
                    .iter()
                    .map(|concept| self.asked(concept))
                    .collect(),
                feedback: bonus
                    .feedback
                    .iter()
                    .map(|concept| concept.typed.clone())
                    .collect(),
            },
            patient: request.patient.clone().map(|mut patient| {
                // Shown as it was searched: without the age if another was asked for outright.
                patient.age_filter = patient.age_filter.filter(|_| run.ages.is_some());
                patient
            }),
            total: gathered.total,
            total_without_filters: gathered.words,
            notices,
            hits,
            facets: run.facet_counts(gathered.counts),
            data_as_of: self.index.data_as_of()?,
            milliseconds: started.elapsed().as_secs_f64() * 1e3,
        })
    }

    /// The ids of the trials that a search finds, in its order, without reading their records.
    pub fn ids(&self, request: &Request) -> Result<Vec<String>, SearchError> {
        let ranking = self.ranking(request)?.into_iter();
        Ok(ranking.map(|(id, _)| id).collect())
    }

    /// As [`Finder::ids`], each with its score, which is nought in any order but that of relevance.
    pub fn ranking(&self, request: &Request) -> Result<Vec<(String, f32)>, SearchError> {
        let view = self.view()?;
        let run = self.run(request, &view, self.uncounted())?;
        let gathered = run.find()?.gathered;
        let hits = gathered.hits.iter().skip(request.offset);
        Ok(hits
            .map(|ranked| {
                let columns = &view.columns[ranked.address.segment_ord as usize];
                (columns.id_of(ranked.address.doc_id), ranked.score)
            })
            .collect())
    }

    /// What a search would look for beyond what was typed, without searching.
    pub fn expansions(&self, request: &Request) -> Result<Vec<Notice>, SearchError> {
        let view = self.view()?;
        let (_, notices) = self.run(request, &view, Vec::new())?.expanded()?;
        Ok(notices)
    }

    /// A request checked against the schema, ready to be run on a view.
    pub(super) fn run<'r>(
        &'r self,
        request: &'r Request,
        view: &'r View,
        counted: Vec<bool>,
    ) -> Result<Run<'r>, SearchError> {
        Ok(Run {
            finder: self,
            request,
            view,
            lookup: Arc::new(Lookup::new(self.weights(request)?, &view.texts)),
            like: match &request.like {
                Some(id) => Some(self.trial_of(id, view)?),
                None => None,
            },
            chosen: self.chosen(request)?,
            near: match &request.near {
                Some(filter) => Some(self.near(view, filter)?),
                None => None,
            },
            ages: self.ages(request),
            counted,
        })
    }

    /// The ages of the patient's story. What was asked for outright goes before what the story says.
    fn ages(&self, request: &Request) -> Option<Ages> {
        let filter = request.patient.as_ref()?.age_filter.as_ref()?;
        let by_facet = request.filters.iter().any(|filter| {
            let facet = self.index.fields().facet(&filter.facet);
            facet.is_some_and(|(_, facet)| facet.element == FacetElement::StdAge)
        });
        let outright = by_facet || request.query.root.requires_filter(AGE);
        (!outright).then_some(filter.ages)
    }

    /// The text field that an element of the record is in, if it is in one.
    pub(super) fn field_of(&self, element: Element) -> Option<usize> {
        let mut fields = self.index.fields().text.iter();
        fields.position(|field| field.elements.contains(&element))
    }

    fn trial_of(&self, id: &str, view: &View) -> Result<StoredTrial, SearchError> {
        let unknown = || SearchError::UnknownTrial { id: id.to_owned() };
        let found = self.index.find(&view.searcher, id)?;
        let address = *found.first().ok_or_else(unknown)?;
        let own = |address: &DocAddress| self.index.id_of(&view.searcher, *address);
        if found.len() > 1 && TrialId::comparable(&own(&address)?) != TrialId::comparable(id) {
            let trials: Result<Vec<String>, IndexError> = found.iter().map(own).collect();
            return Err(SearchError::SharedId {
                id: id.to_owned(),
                trials: trials?,
            });
        }
        Ok(self.index.trial_without_results(&view.searcher, address)?)
    }

    fn asked(&self, concept: &Concept) -> ConceptAsked {
        let alternatives = (0..concept.writings()).map(|number| {
            let (terms, origin, _) = concept.writing(number);
            AlternativeAsked {
                terms,
                origin: origin.name(),
            }
        });
        ConceptAsked {
            typed: concept.typed.clone(),
            alternatives: alternatives.collect(),
            fields: concept
                .fields
                .iter()
                .map(|&field| self.index.fields().text[field].name.clone())
                .collect(),
        }
    }

    fn weights(&self, request: &Request) -> Result<Weights, SearchError> {
        let fields = self.index.fields();
        let ranking = Ranking {
            k1: request.k1.unwrap_or(fields.ranking.k1),
            b: request.b.unwrap_or(fields.ranking.b),
            rarity: request.rarity.unwrap_or(fields.ranking.rarity),
        };
        ranking.check().map_err(SearchError::Ranking)?;
        let mut weights = Weights {
            k1: ranking.k1,
            b: ranking.b,
            rarity: ranking.rarity,
            fields: fields.text.iter().map(|field| field.weight).collect(),
        };
        for (name, weight) in &request.weights {
            let members = fields.resolve(name);
            if members.is_empty() {
                let known: Vec<String> =
                    fields.text.iter().map(|field| field.name.clone()).collect();
                return Err(SearchError::UnknownField {
                    name: name.clone(),
                    known: some_of(&known),
                });
            }
            check_weight(name, *weight).map_err(SearchError::Ranking)?;
            members
                .into_iter()
                .for_each(|field| weights.fields[field] = *weight);
        }
        Ok(weights)
    }
}
