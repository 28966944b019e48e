//! From the stretches of a story to weighted concepts.
//!
//! A concept weighs more if it is named as a diagnosis, and if the index knows it as a name. How often it is said does not
//! count: a story names what is sought once, and repeats the part of the body that is examined. A name of several words is
//! searched as a phrase beside its words, so that a trial that has the words apart still matches, only less.

use std::borrow::Cow;
use std::sync::Arc;

use rustc_hash::FxHashMap;
use tantivy::{Searcher, Term};

use super::{LeftOut, NameUse, PatientConcept, Reason};
use crate::analysis::is_stop_word;
use crate::narrative::{Bearing, Narrative, Stretch, is_boilerplate};
use crate::schema::{Element, Fields, NameKind};
use crate::search::concept::Concept;
use crate::search::finder::Finder;
use crate::search::lower::{Planner, StandIns};
use crate::search::names::{Name, NameCount, Names};
use crate::search::weights::idf;

// How much what is said counts by the way in which it is said. Chosen by cross-validation over judged topics (85 narratives of the
// TREC clinical trials tracks); the figures change little around it. Measured and left out, because they helped one set of
// topics and harmed the other, or neither: more for the opening sentence, for conditions than for interventions, for rare words,
// for what is said again, for words that stand in titles and conditions mostly; less for each word of a longer name.

/// What earlier and other diseases count.
const BACKGROUND: f32 = 0.5;

/// What is feared, looked for or prevented.
const POSSIBLE: f32 = 0.5;

/// What is named as found ("diagnosed with").
const DIAGNOSIS: f32 = 2.0;

/// A name of several words as a phrase, beside each of its words.
const PHRASE: f32 = 0.5;

/// A word that stands in no name.
const PLAIN: f32 = 0.8;

/// Concepts searched at most; each costs about a tenth of a millisecond with 15,000 records.
const MOST_CONCEPTS: usize = 40;

/// The fields that a story is searched in: those of plain words but who runs a trial, where, under which number, and why it
/// stopped. "General Hospital" in a story is no wish to be treated there.
pub(crate) fn searched_fields(fields: &Fields) -> Vec<usize> {
    const NOT_ABOUT_PATIENTS: [Element; 5] = [
        Element::LeadSponsorName,
        Element::OverallOfficialName,
        Element::LocationFacility,
        Element::RegistryId,
        Element::WhyStopped,
    ];
    let mut searched = fields.default_fields();
    searched.retain(|&field| {
        let elements = &fields.text[field].elements;
        !NOT_ABOUT_PATIENTS
            .iter()
            .any(|element| elements.contains(element))
    });
    searched
}

/// What was made of a story.
pub(super) struct Read {
    pub(super) concepts: Vec<PatientConcept>,
    pub(super) left_out: Vec<LeftOut>,
}

/// What is gathered of one concept while the story is read.
struct Gathered {
    found: PatientConcept,
    /// The most that one of its mentions counts.
    place: f32,
    /// What it counts as a name, a part of one or a plain word.
    share: f32,
    order: usize,
}

#[derive(Default)]
struct Gathering {
    by_terms: FxHashMap<String, Gathered>,
    left_out: Vec<LeftOut>,
}

impl Gathering {
    fn leave_out(&mut self, text: &str, reason: Reason) {
        let known = |left: &LeftOut| {
            left.reason == reason && left.text.to_lowercase() == text.to_lowercase()
        };
        if !self.left_out.iter().any(known) {
            self.left_out.push(LeftOut {
                text: text.split_whitespace().collect::<Vec<_>>().join(" "),
                reason,
            });
        }
    }

    fn add(
        &mut self,
        text: &str,
        known_as: Option<&Name>,
        concept: Concept,
        share: f32,
        place: f32,
        bearing: Bearing,
    ) {
        let key = concept.alternatives[0].to_text();
        let order = self.by_terms.len();
        let gathered = self.by_terms.entry(key).or_insert_with(|| Gathered {
            found: PatientConcept {
                text: text.to_owned(),
                known_as: known_as.and_then(name_use),
                times: 0,
                weight: 0.0,
                bearing,
                uses: uses(known_as),
                concept: Arc::new(concept),
            },
            place,
            share,
            order,
        });
        gathered.found.times += 1;
        if place > gathered.place {
            gathered.place = place;
            gathered.found.bearing = bearing;
        }
        if share > gathered.share {
            gathered.share = share;
            if gathered.found.known_as.is_none() {
                gathered.found.known_as = known_as.and_then(name_use);
                gathered.found.uses = uses(known_as);
            }
        }
    }
}

/// Reads a story's stretches.
pub(super) fn read(
    finder: &Finder,
    searcher: &Searcher,
    story: &str,
    narrative: &Narrative,
) -> tantivy::Result<Read> {
    let fields = finder.index().fields();
    let searched = searched_fields(fields);
    let names = Names::open(searcher, finder.index().layout().names)?;
    let mut gathering = Gathering::default();
    finder.with_analyzer(|analyzer| -> tantivy::Result<()> {
        let mut planner = Planner {
            fields,
            analyzer,
            knows: &|_, _| false,
            filters: None,
            stand_ins: StandIns::default(),
        };
        for stretch in &narrative.stretches {
            let Some(text) = story.get(stretch.bytes.clone()) else {
                continue;
            };
            match stretch.bearing {
                Bearing::Absent => gathering.leave_out(text, Reason::Absent),
                Bearing::Other => gathering.leave_out(text, Reason::Other),
                Bearing::Measured => gathering.leave_out(text, Reason::Measured),
                Bearing::Present | Bearing::Background | Bearing::Possible => {
                    read_stretch(
                        story,
                        stretch,
                        &searched,
                        &mut planner,
                        &names,
                        &mut gathering,
                    )?;
                }
            }
        }
        Ok(())
    })?;
    weigh(finder, searcher, gathering)
}

/// What a mention counts by where it stands.
fn place(stretch: &Stretch) -> f32 {
    let by_bearing = match stretch.bearing {
        Bearing::Background => BACKGROUND,
        Bearing::Possible => POSSIBLE,
        _ => 1.0,
    };
    match stretch.diagnosis {
        true => by_bearing.max(1.0) * DIAGNOSIS,
        false => by_bearing,
    }
}

/// Labels of a form or a note, which tell nothing of the patient before their colon: "Sex: F. Dx: lupus". Without a colon they
/// may be words ("sex") or abbreviations of diseases ("CC").
const LABELS: [&str; 19] = [
    "age",
    "sex",
    "gender",
    "race",
    "ethnicity",
    "dob",
    "name",
    "dx",
    "ddx",
    "hx",
    "sx",
    "tx",
    "rx",
    "cc",
    "hpi",
    "pmh",
    "pmhx",
    "psh",
    "meds",
];

fn is_label(written: &str, behind: &str) -> bool {
    behind.trim_start().starts_with(':') && LABELS.contains(&written.to_lowercase().as_str())
}

fn read_stretch(
    story: &str,
    stretch: &Stretch,
    searched: &[usize],
    planner: &mut Planner<'_>,
    names: &Names,
    gathering: &mut Gathering,
) -> tantivy::Result<()> {
    let Some(text) = story.get(stretch.bytes.clone()) else {
        return Ok(());
    };
    let place = place(stretch);
    let mut names = names.longest_names(&planner.analyzer.analyze(text))?;
    names.retain(|name| name_use(&name.name).is_some());
    for (positions, bytes, concept) in planner.placed(text, searched) {
        let name = names.iter().find(|name| {
            name.positions.start <= positions.start && positions.end <= name.positions.end
        });
        let share = match name {
            Some(_) => 1.0,
            None => PLAIN,
        };
        let whole = name.filter(|name| name.positions == positions);
        let known_as = whole.map(|name| &name.name);
        let behind = story.get(stretch.bytes.start + bytes.end..);
        if let Some(written) = text.get(bytes) {
            if is_label(written, behind.unwrap_or_default()) {
                gathering.leave_out(written, Reason::Common);
                continue;
            }
            add_word(
                written,
                concept,
                known_as,
                share,
                place,
                stretch.bearing,
                gathering,
            );
        }
    }
    for name in &names {
        let Some(written) = text.get(name.bytes.clone()) else {
            continue;
        };
        if name.name.key.contains(' ')
            && let Some(mut phrase) = planner.phrase(written, searched.to_vec())
        {
            // Its abbreviations and other names stand for it too.
            phrase.literal = false;
            let known_as = Some(&name.name);
            let behind = story.get(stretch.bytes.start + name.bytes.end..);
            let shown = closed(written, behind.unwrap_or_default());
            gathering.add(&shown, known_as, phrase, PHRASE, place, stretch.bearing);
        }
    }
    Ok(())
}

/// A name as it is shown: with the parenthesis that closes behind it, or without one that goes on.
fn closed<'t>(written: &'t str, behind: &str) -> Cow<'t, str> {
    let count = |sign: char| written.matches(sign).count();
    match count('(') > count(')') {
        true if behind.starts_with(')') => format!("{written})").into(),
        true => written.replace('(', "").into(),
        false => written.into(),
    }
}

/// What trials use a name for most; none for a sponsor's and for a common word that somebody gave as a keyword.
fn name_use(name: &Name) -> Option<NameUse> {
    let common = |term: &str| is_stop_word(term) || is_boilerplate(term) || term.len() < 2;
    if name.key.split(' ').all(common) {
        return None;
    }
    name.kinds.iter().find_map(|count| use_of(count.kind))
}

/// What a name of a kind may say of a patient; nothing if it is a sponsor's or a title.
pub(super) fn use_of(kind: NameKind) -> Option<NameUse> {
    match kind {
        NameKind::Condition | NameKind::ConditionMesh => Some(NameUse::Condition),
        NameKind::Intervention | NameKind::InterventionMesh | NameKind::OtherName => {
            Some(NameUse::Intervention)
        }
        NameKind::Keyword => Some(NameUse::Keyword),
        NameKind::Sponsor | NameKind::Title => None,
    }
}

fn uses(name: Option<&Name>) -> Vec<NameCount> {
    name.map(|name| name.kinds.clone()).unwrap_or_default()
}

fn add_word(
    written: &str,
    concept: Concept,
    known_as: Option<&Name>,
    share: f32,
    place: f32,
    bearing: Bearing,
    gathering: &mut Gathering,
) {
    let terms = &concept.alternatives[0].terms;
    let number = |term: &str| term.chars().all(|c| c.is_ascii_digit());
    let common = |term: &str| {
        is_stop_word(term) || is_boilerplate(term) || term.chars().nth(1).is_none() || number(term)
    };
    // The last word of "I am a" stands for both.
    if terms.iter().all(|placed| common(&placed.term)) {
        let measured = terms.iter().all(|placed| number(&placed.term));
        let reason = match measured {
            true => Reason::Measured,
            false => Reason::Common,
        };
        gathering.leave_out(written, reason);
        return;
    }
    gathering.add(written, known_as, concept, share, place, bearing);
}

/// Weighs what was gathered and keeps what counts most.
fn weigh(finder: &Finder, searcher: &Searcher, gathering: Gathering) -> tantivy::Result<Read> {
    let Gathering {
        by_terms,
        mut left_out,
    } = gathering;
    let documents = searcher.num_docs();
    let mut all = Vec::with_capacity(by_terms.len());
    for gathered in by_terms.into_values() {
        let mut known = true;
        let terms = &gathered.found.concept.alternatives[0].terms;
        let mut sum = 0.0;
        for placed in terms {
            let frequency = frequency(
                finder,
                searcher,
                &gathered.found.concept.fields,
                &placed.term,
            )?;
            known &= frequency > 0;
            sum += idf(frequency, documents);
        }
        if !known && gathered.found.concept.alternatives.len() == 1 {
            left_out.push(LeftOut {
                text: gathered.found.text,
                reason: Reason::Unknown,
            });
            continue;
        }
        let idf = sum / terms.len().max(1) as f32;
        let mut found = gathered.found;
        found.weight = gathered.place * gathered.share;
        all.push((found.weight * idf, gathered.order, found));
    }
    all.sort_by(|(worth, order, _), (other_worth, other_order, _)| {
        other_worth.total_cmp(worth).then(order.cmp(other_order))
    });
    let rest = all.split_off(MOST_CONCEPTS.min(all.len()));
    left_out.extend(rest.into_iter().map(|(.., found)| LeftOut {
        text: found.text,
        reason: Reason::Least,
    }));
    let concepts = all
        .into_iter()
        .map(|(.., mut found)| {
            let mut concept = Concept::clone(&found.concept);
            concept.boost = found.weight;
            found.concept = Arc::new(concept);
            found
        })
        .collect();
    Ok(Read { concepts, left_out })
}

/// In how many trials a term stands, in the field that has most.
fn frequency(
    finder: &Finder,
    searcher: &Searcher,
    fields: &[usize],
    term: &str,
) -> tantivy::Result<u64> {
    let mut most = 0;
    for &field in fields {
        most = most.max(searcher.doc_freq(&Term::from_field_text(
            finder.index.layout().text[field],
            term,
        ))?);
    }
    Ok(most)
}
