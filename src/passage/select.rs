//! The best few passages of a trial: each the one that shows most of what the ones before do not show, no two alike. The order
//! is total: score, then the order of the texts.
use rustc_hash::FxHashSet;
use std::hash::{BuildHasher, Hasher};

use super::candidate::{Candidate, candidates, promise};
use super::occurrence::{Stretch, arranged};
use super::pattern::Pattern;
use super::prefilter::bit;
use super::spans::{lay_out, spans};
use super::unit::{Unit, units};
use super::{Limits, Passage, Text};
use crate::analysis::Analyzer;

/// What a second passage of one field counts: another section says more.
const SAME_FIELD: f32 = 0.85;

/// A passage without anything new must hold this share of what the best one holds; else it is noise below it.
const WORTH_REPEATING: f32 = 0.5;

/// Share of common words from which two passages say the same (words of both, of all their words).
const ALIKE: f32 = 0.7;

/// Share of its words from which a passage is said by a longer one; not for so few that they are a name.
const WITHIN: f32 = 0.9;
const FEW_WORDS: usize = 5;

/// A unit that was not analysed yet, or what came out of one.
enum Item {
    Unit(Unit),
    Candidate(Candidate),
}

/// What has been chosen so far.
struct Chosen {
    /// By concept: whether a passage shows it.
    shown: Vec<bool>,
    fields: Vec<usize>,
    /// What the best passage is worth.
    most: f32,
}

/// The passages of a trial that show best what was searched: at most [`Limits::passages`], best first. `texts` are its texts
/// in the order in which they are shown; leave out what is shown anyway, such as the title above the passages.
///
/// Units are analysed in the order of what they promise, and only while one promises more than the best candidate holds.
pub fn passages(
    texts: &[Text<'_>],
    pattern: &Pattern,
    analyzer: &mut Analyzer,
    limits: &Limits,
) -> Vec<Passage> {
    let mut found: Vec<Unit> = Vec::new();
    let mut stretches: Vec<Vec<Stretch>> = Vec::with_capacity(texts.len());
    for (source, text) in texts.iter().enumerate() {
        let here = arranged(text.text, text.field, pattern, analyzer);
        units(source, text, pattern, &here, limits.longest, &mut found);
        stretches.push(here);
    }
    let mut items: Vec<Item> = found.into_iter().map(Item::Unit).collect();
    let mut chosen = Chosen {
        shown: vec![false; pattern.weights().len()],
        fields: Vec::new(),
        most: 0.0,
    };
    let mut sayings: Vec<Vec<u64>> = Vec::new();
    let mut out: Vec<Passage> = Vec::new();
    while out.len() < limits.passages {
        // What an item gives changes only when a passage is chosen.
        let mut gains: Vec<Option<f32>> = items
            .iter()
            .map(|item| chosen.gain(item, texts, pattern, limits))
            .collect();
        let Some(candidate) = best(&mut items, &mut gains, |unit, add| {
            candidates(
                unit,
                &texts[unit.source],
                pattern,
                &stretches[unit.source],
                analyzer,
                limits,
                &mut |candidate| {
                    let item = Item::Candidate(candidate);
                    let gain = chosen.gain(&item, texts, pattern, limits);
                    add(item, gain);
                },
            );
        }) else {
            break;
        };
        let saying = words(&texts[candidate.source].text[candidate.range.clone()]);
        if sayings.iter().any(|other| alike(other, &saying)) {
            continue;
        }
        sayings.push(saying);
        chosen.add(&candidate);
        out.push(passage(texts, &candidate));
    }
    out.sort_by(|a, b| b.score.total_cmp(&a.score).then(a.source.cmp(&b.source)));
    out
}

/// Takes the best candidate out of `items`, analysing units on the way. `gains` stands beside `items`.
fn best(
    items: &mut Vec<Item>,
    gains: &mut Vec<Option<f32>>,
    mut analyse: impl FnMut(&Unit, &mut dyn FnMut(Item, Option<f32>)),
) -> Option<Candidate> {
    loop {
        let order = |i: usize| match &items[i] {
            // A unit first: it may hold an equal candidate that stands before.
            Item::Unit(unit) => (0, unit.source, 0),
            Item::Candidate(candidate) => (1, candidate.source, candidate.range.start),
        };
        let (i, _) = gains
            .iter()
            .enumerate()
            .filter_map(|(i, gain)| gain.map(|gain| (i, gain)))
            .max_by(|(i, a), (j, b)| a.total_cmp(b).then_with(|| order(*j).cmp(&order(*i))))?;
        gains.swap_remove(i);
        match items.swap_remove(i) {
            Item::Candidate(candidate) => return Some(candidate),
            Item::Unit(unit) => analyse(&unit, &mut |item, gain| {
                items.push(item);
                gains.push(gain);
            }),
        }
    }
}

impl Chosen {
    /// What an item adds to what is chosen, at most if it is a unit; none if it is not to be shown.
    fn gain(
        &self,
        item: &Item,
        texts: &[Text<'_>],
        pattern: &Pattern,
        limits: &Limits,
    ) -> Option<f32> {
        let (field, score, worth, news) = match item {
            Item::Unit(unit) => {
                let field = texts[unit.source].field;
                let (score, worth) = promise(unit, field, pattern, &self.shown, limits);
                let news = self
                    .shown
                    .iter()
                    .enumerate()
                    .any(|(concept, shown)| !shown && unit.concepts & bit(concept) != 0);
                (field, score, worth, news)
            }
            Item::Candidate(candidate) => {
                let news = candidate
                    .concepts
                    .iter()
                    .any(|(concept, _)| !self.shown[*concept]);
                (
                    candidate.field,
                    candidate.score(&self.shown),
                    candidate.worth(),
                    news,
                )
            }
        };
        let from_field = self.fields.iter().filter(|other| **other == field).count();
        let noise = !news && worth < WORTH_REPEATING * self.most;
        (from_field < limits.per_field && !noise).then_some(if from_field > 0 {
            SAME_FIELD * score
        } else {
            score
        })
    }

    fn add(&mut self, candidate: &Candidate) {
        self.most = self.most.max(candidate.worth());
        for (concept, _) in &candidate.concepts {
            self.shown[*concept] = true;
        }
        self.fields.push(candidate.field);
    }
}

fn passage(texts: &[Text<'_>], candidate: &Candidate) -> Passage {
    let laid_out = lay_out(
        texts[candidate.source].text,
        candidate.range.clone(),
        &spans(&candidate.occurrences),
    );
    Passage {
        field: candidate.field,
        source: candidate.source,
        score: candidate.score(&[]),
        cut_before: candidate.cut_before,
        cut_after: candidate.cut_after,
        ..laid_out
    }
}

/// The words of a passage as a sorted set of hashes, case aside.
fn words(text: &str) -> Vec<u64> {
    let set: FxHashSet<u64> = text
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(|word| {
            let mut hasher = rustc_hash::FxBuildHasher.build_hasher();
            word.chars()
                .flat_map(char::to_lowercase)
                .for_each(|c| hasher.write_u32(c as u32));
            hasher.finish()
        })
        .collect();
    let mut words: Vec<u64> = set.into_iter().collect();
    words.sort_unstable();
    words
}

/// Whether two passages have nearly the same words, or the longer nearly all of the shorter's.
fn alike(a: &[u64], b: &[u64]) -> bool {
    let common = a
        .iter()
        .filter(|word| b.binary_search(word).is_ok())
        .count();
    let (shorter, all) = (a.len().min(b.len()), a.len() + b.len() - common);
    let within = shorter >= FEW_WORDS && common as f32 >= WITHIN * shorter as f32;
    within || common as f32 >= ALIKE * all as f32
}
