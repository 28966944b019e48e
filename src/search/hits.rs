//! What a search answers, for programs and for renderers.
//!
//! The JSON form of these types is the documented output of `trialfind search --format json`; fields may be added to it, none are
//! renamed or removed within one value of [`Hits::version`].

use serde::Serialize;

use crate::passage::Highlight;
use crate::query::{Node, Span};
use crate::search::patient::{PatientQuery, Touched};
use crate::search::status::HitStatus;
use crate::trial::Provenance;

/// The answer to a search.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Hits {
    /// Version of this shape.
    pub version: u32,
    /// What was asked.
    pub query: Asked,
    /// The patient's story as it was understood, if one was searched with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub patient: Option<PatientQuery>,
    /// Trials that match the words and the filters.
    pub total: u64,
    /// Trials that match the words, whatever the filters.
    pub total_without_filters: u64,
    /// What was done beyond what was typed, and what could be done.
    pub notices: Vec<Notice>,
    /// The hits, in the order asked for.
    pub hits: Vec<Hit>,
    /// Counts of the facets that were asked for.
    pub facets: Vec<FacetCounts>,
    /// The day of the newest snapshot or update in the index, ISO.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub data_as_of: Option<String>,
    /// Time from the parsed query to this answer, in milliseconds.
    pub milliseconds: f64,
}

/// The value of [`Hits::version`].
pub const HITS_VERSION: u32 = 1;

/// A query as it was understood.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Asked {
    /// What was typed.
    pub text: String,
    /// The tree it was read as.
    pub tree: Node,
    /// Places of the text that say nothing (a lone `&`), in bytes.
    pub ignored: Vec<Span>,
    /// What was searched for: each typed word with its writings.
    pub concepts: Vec<ConceptAsked>,
    /// Terms that the best trials have in common and that others rank higher for, what counts most first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub feedback: Vec<String>,
}

/// One thing that was searched for.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ConceptAsked {
    /// What was typed.
    pub typed: String,
    /// The terms searched, each with how it came about (`typed`, `writing`, `spelling`, `prefix`, `fuzzy`,
    /// `abbreviation`, `synonym`; of bonus concepts in explanations also `side by side` and `feedback`).
    pub alternatives: Vec<AlternativeAsked>,
    /// Names of the fields searched.
    pub fields: Vec<String>,
}

/// One writing of a concept.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AlternativeAsked {
    /// The term, or the terms of a phrase.
    pub terms: String,
    /// How it came about.
    pub origin: &'static str,
}

/// Something that the user should know about the answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase", tag = "kind")]
pub enum Notice {
    /// No trial has a word, or hardly any and none together with the others; another spelling was searched.
    #[serde(rename_all = "camelCase")]
    Respelled {
        /// What was typed.
        typed: String,
        /// What was searched.
        searched: String,
        /// Trials with what was typed.
        typed_trials: u64,
    },
    /// Something that stands for what was typed was searched as well; it counts less.
    #[serde(rename_all = "camelCase")]
    Expanded {
        /// What was typed.
        from: String,
        /// What stands for it.
        to: String,
        /// Who says so.
        source: ExpansionSource,
        /// Trials that say so, if it was learnt from them.
        #[serde(skip_serializing_if = "Option::is_none")]
        trials: Option<u64>,
        /// Whether it has other meanings as well, and this one goes with the rest of the query.
        by_context: bool,
    },
    /// An abbreviation has several meanings and nothing in the query decides: only the abbreviation itself was searched.
    Ambiguous {
        /// What was typed.
        from: String,
        /// What it may mean, the most frequent first.
        choices: Vec<Meaning>,
    },
    /// Few trials have a word, and many one that is nearly the same.
    #[serde(rename_all = "camelCase")]
    DidYouMean {
        /// What was typed.
        typed: String,
        /// What may have been meant.
        suggestion: String,
        /// Trials with what was typed.
        typed_trials: u64,
        /// Trials with what may have been meant.
        trials: u64,
    },
    /// Words were searched as words, and a filter asks for what they name.
    FilterToo {
        /// What was typed.
        typed: String,
        /// The filter.
        filter: String,
    },
    /// No trial has all words; these have some.
    #[serde(rename_all = "camelCase")]
    PartialMatches {
        /// Words that no trial in the index has.
        nowhere: Vec<String>,
    },
    /// Trials match the query without the filters in it, but none with them.
    #[serde(rename_all = "camelCase")]
    QueryFiltersEmpty {
        /// How many trials match without them.
        without_filters: u64,
        /// For each filter whose absence alone lets trials match, how many.
        without: Vec<(String, u64)>,
    },
    /// The query asks for the time up to today, and the newest data are older.
    #[serde(rename_all = "camelCase")]
    DataOlder {
        /// The day of the newest data, ISO.
        data_as_of: String,
        /// Whether they are older than all the time asked for.
        nothing: bool,
    },
    /// Trials match the words, but none the filters too.
    #[serde(rename_all = "camelCase")]
    FiltersEmpty {
        /// How many trials match the words.
        without_filters: u64,
        /// For each facet whose filter alone keeps trials out, how many it keeps out.
        without: Vec<(String, u64)>,
    },
    /// The query is ids: the trials that have them are shown, in the order asked, and nothing else was searched.
    Straight {
        /// How many.
        trials: u64,
    },
    /// No trial in the index has an id that was asked for.
    IdMissing {
        /// The id as typed.
        id: String,
    },
    /// Several trials have an id that was asked for.
    IdShared {
        /// The id as typed.
        id: String,
        /// How many.
        trials: u64,
    },
    /// The query was searched as words, and is also a sponsor's own id.
    IdToo {
        /// What was typed.
        typed: String,
        /// How many trials have it as an id.
        trials: u64,
    },
    /// Filters do not apply to trials that are asked for by id.
    FiltersIgnored,
    /// Several places have the name that was typed; one was taken.
    PlaceTaken {
        /// What was typed.
        typed: String,
        /// What it was taken for.
        taken: String,
        /// What else it may mean.
        others: Vec<String>,
    },
    /// Trials that pass everything but the place, and have sites of which it is not known where they are.
    UnplacedSites {
        /// How many.
        trials: u64,
    },
}

/// Who says that something stands for what was typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ExpansionSource {
    /// Records define the abbreviation.
    Abbreviation,
    /// Records give it as another name of an intervention.
    OtherName,
    /// The list of the schema.
    List,
    /// The user's own file.
    User,
}

/// A meaning of an abbreviation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Meaning {
    /// The long form as most records write it.
    pub to: String,
    /// Trials that define it so.
    pub trials: u64,
}

/// One trial that matches.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Hit {
    /// Place among all hits, from 1.
    pub rank: usize,
    /// The trial's own registry id.
    pub id: String,
    /// Relevance; comparable within one answer only. Absent when hits are in another order.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub score: Option<f32>,
    /// The brief title, or the official one if there is no other.
    pub title: Marked,
    /// Acronym.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub acronym: Option<String>,
    /// What the record says of the trial's status, with its dates.
    pub status: HitStatus,
    /// Study type.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub study_type: Option<String>,
    /// Phases as the record has them; `NA` is not applicable, none is not stated.
    pub phases: Vec<String>,
    /// Conditions.
    pub conditions: Vec<Marked>,
    /// Interventions.
    pub interventions: Vec<HitIntervention>,
    /// Number of participants.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub enrollment: Option<i64>,
    /// `ACTUAL` or `ESTIMATED`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub enrollment_type: Option<String>,
    /// Lead sponsor.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sponsor: Option<String>,
    /// Number of sites, if the record says so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sites: Option<usize>,
    /// The site that is nearest to the place asked for, of those that fit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nearest_site: Option<NearestSite>,
    /// Countries of the sites.
    pub countries: Vec<String>,
    /// Where the record came from.
    pub source: Provenance,
    /// Where other records of the trial came from that add to this one.
    pub other_sources: Vec<Provenance>,
    /// The passages that matched, best first.
    pub passages: Vec<HitPassage>,
    /// Exclusion criteria that name what the patient's story says; a person must judge them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub exclusion_warnings: Vec<Touched>,
    /// How the score comes about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub explanation: Option<Explanation>,
}

/// A site near the place that was asked for.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct NearestSite {
    /// Where people go to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub facility: Option<String>,
    /// City.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub city: Option<String>,
    /// State or province.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<String>,
    /// Country.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub country: Option<String>,
    /// Kilometres from the place, to a tenth. Sites are placed by their town, so a few kilometres are the town's size.
    pub km: f64,
    /// Its status: its own while the trial is open, else the trial's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
}

/// A text with the places that matched.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Marked {
    /// The text.
    pub text: String,
    /// Places in it, in bytes, on character boundaries, in order, none overlapping.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub highlights: Vec<Highlight>,
}

impl Marked {
    /// The text with something before and after each place that matched.
    pub fn with_marks(&self, before: &str, after: &str) -> String {
        let mut marked = String::with_capacity(self.text.len() + self.highlights.len() * 4);
        let mut end = 0;
        for highlight in &self.highlights {
            let pieces = (
                self.text.get(end..highlight.start),
                self.text.get(highlight.start..highlight.end),
            );
            if let (Some(between), Some(matched)) = pieces {
                marked.extend([between, before, matched, after]);
                end = highlight.end;
            }
        }
        marked.push_str(self.text.get(end..).unwrap_or_default());
        marked
    }
}

/// An intervention of a hit.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct HitIntervention {
    /// Its type.
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// Its name.
    pub name: Marked,
}

/// A passage of a hit.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct HitPassage {
    /// Name of the field it stands in.
    pub section: String,
    /// The field's words for people.
    pub label: String,
    /// The passage.
    #[serde(flatten)]
    pub text: Marked,
    /// The same with `**` around each match.
    pub marked: String,
    /// Whether the text goes on before it.
    pub cut_before: bool,
    /// Whether the text goes on behind it.
    pub cut_after: bool,
}

/// Counts of one facet: how many hits there would be if one more of its values were chosen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct FacetCounts {
    /// Its name.
    pub name: String,
    /// Its words for people.
    pub label: String,
    /// Its values, most frequent first; `not_stated` and `unrecognised` last.
    pub buckets: Vec<Bucket>,
}

/// One value of a facet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Bucket {
    /// The value.
    pub value: String,
    /// Its words for people.
    pub label: String,
    /// Trials with it.
    pub count: u64,
    /// Whether it is chosen.
    pub chosen: bool,
}

/// How a score comes about: the sum of the concepts' scores.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Explanation {
    /// The concepts that the trial has.
    pub concepts: Vec<ConceptScore>,
}

/// One concept's part of a score: `boost * idf * f * (k1 + 1) / (f + k1)`, where `f` is the sum of the weighted frequencies.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ConceptScore {
    /// What was typed.
    pub typed: String,
    /// Inverse document frequency, raised to the power that the schema or the request says.
    pub idf: f32,
    /// What it was asked for with; 1 unless typed otherwise.
    pub boost: f32,
    /// Its part of the score.
    pub score: f32,
    /// Where it was found.
    pub found: Vec<FieldScore>,
}

/// One writing of a concept in one field.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct FieldScore {
    /// Name of the field.
    pub field: String,
    /// The terms that were found.
    pub terms: String,
    /// How the terms came about.
    pub origin: &'static str,
    /// How often they stand there.
    pub frequency: u32,
    /// What an occurrence of this writing counts; 1 for what was typed.
    pub weight: f32,
    /// Frequency times that weight and the field's, over its length normalisation.
    pub weighted: f32,
}
