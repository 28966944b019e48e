//! A unit of text to the passages that it could give: sentences, neighbours that belong together, values, long ones cut; each
//! with what it shows and how well. Does not choose among them.
use std::ops::Range;

use super::occurrence::{Occurrence, Stretch, occurrences};
use super::pattern::Pattern;
use super::prefilter::bit;
use super::unit::{Unit, characters, goes_with, leads};
use super::window::window;
use super::{Limits, Text};
use crate::analysis::Analyzer;

/// What a concept right beside another adds, as a share of the lesser's weight. Falls with their distance.
const CLOSENESS: f32 = 0.4;

/// Positions between two concepts beyond which they are not near one another.
const NEAR: u32 = 8;

/// What each further concept adds to the worth of all: one sentence that holds two says more than two that hold one each.
const TOGETHER: f32 = 0.25;

/// What further occurrences of a concept add, as a share of its weight, for three of them at most.
const REPEAT: f32 = 0.05;
const REPEATS: f32 = 3.0;

/// Length in characters up to which a passage costs nothing; each doubling beyond it costs a tenth.
const EASY_LENGTH: f32 = 140.0;

/// What a concept counts that an earlier passage shows already.
const KNOWN: f32 = 0.3;

/// A passage that a text could give.
#[derive(Debug, Clone)]
pub(super) struct Candidate {
    /// Index of the text.
    pub source: usize,
    pub field: usize,
    /// Bytes of the text.
    pub range: Range<usize>,
    /// What stands there, ordered by place.
    pub occurrences: Vec<Occurrence>,
    /// Concepts that it shows, each once, with their weights.
    pub concepts: Vec<(usize, f32)>,
    /// What nearness and repeats add.
    bonus: f32,
    /// Field weight, and what its length costs.
    factor: f32,
    pub cut_before: bool,
    pub cut_after: bool,
}

impl Candidate {
    /// How much it shows beside what is `shown` already (by concept).
    pub(super) fn score(&self, shown: &[bool]) -> f32 {
        let sum: f32 = self
            .concepts
            .iter()
            .map(|&(concept, weight)| weight * share(shown, concept))
            .sum();
        let all = self.worth();
        let new = if all > 0.0 { sum / all } else { 0.0 };
        self.factor * (sum * together(self.concepts.len()) + self.bonus * new)
    }

    /// Weights of all concepts that it shows.
    pub(super) fn worth(&self) -> f32 {
        self.concepts.iter().map(|&(_, weight)| weight).sum()
    }
}

/// The most that a candidate of the unit can score and be worth.
pub(super) fn promise(
    unit: &Unit,
    field: usize,
    pattern: &Pattern,
    shown: &[bool],
    limits: &Limits,
) -> (f32, f32) {
    let (mut sum, mut worth, mut count) = (0.0, 0.0, 0);
    for (concept, weight) in pattern
        .weights()
        .iter()
        .enumerate()
        .filter(|(concept, _)| unit.concepts & bit(*concept) != 0)
    {
        sum += weight * share(shown, concept);
        worth += weight;
        count += 1;
    }
    let bonus = REPEATS * REPEAT + if count > 1 { CLOSENESS } else { 0.0 };
    (
        field_weight(field, limits) * sum * (together(count) + bonus),
        worth,
    )
}

fn share(shown: &[bool], concept: usize) -> f32 {
    if shown.get(concept).copied().unwrap_or(false) {
        KNOWN
    } else {
        1.0
    }
}

fn together(concepts: usize) -> f32 {
    1.0 + TOGETHER * concepts.saturating_sub(1) as f32
}

fn field_weight(field: usize, limits: &Limits) -> f32 {
    limits
        .field_weights
        .get(field)
        .copied()
        .filter(|w| w.is_finite() && *w >= 0.0)
        .unwrap_or(1.0)
}

/// Analyses a unit and adds its candidates, in the order of the text.
pub(super) fn candidates(
    unit: &Unit,
    of: &Text<'_>,
    pattern: &Pattern,
    arranged: &[Stretch],
    analyzer: &mut Analyzer,
    limits: &Limits,
    add: &mut dyn FnMut(Candidate),
) {
    let (Some(first), Some(last)) = (unit.sentences.first(), unit.sentences.last()) else {
        return;
    };
    let found = occurrences(
        of.text,
        first.raw.start..last.raw.end,
        of.field,
        pattern,
        arranged,
        analyzer,
    );
    for stretch in stretches(of.text, unit, &found, limits.longest) {
        let (first, last) = (
            &unit.sentences[stretch.start],
            &unit.sentences[stretch.end - 1],
        );
        let from = found.partition_point(|o| o.bytes.start < first.raw.start);
        let count = found[from..].partition_point(|o| o.bytes.start < last.raw.end);
        let inside = &found[from..from + count];
        // A number that is searched may be that of a list item, which is not shown otherwise.
        let start = inside
            .first()
            .map_or(first.shown.start, |o| o.bytes.start.min(first.shown.start));
        let end = inside
            .iter()
            .map(|o| o.bytes.end)
            .fold(last.shown.end, usize::max);
        if let Some(candidate) = candidate(unit.source, of, start..end, inside, limits) {
            add(candidate);
        }
    }
}

/// Sentences with occurrences, those that belong together as one stretch.
fn stretches(text: &str, unit: &Unit, found: &[Occurrence], longest: usize) -> Vec<Range<usize>> {
    let sentences = &unit.sentences;
    let mut out: Vec<Range<usize>> = Vec::new();
    let mut next = 0;
    for (i, sentence) in sentences.iter().enumerate() {
        let begin = next;
        while next < found.len() && found[next].bytes.start < sentence.raw.end {
            next += 1;
        }
        let Some(reach) = found[begin..next].iter().map(|o| o.bytes.end).max() else {
            continue;
        };
        // A phrase may reach into what follows, a lead-in is shown with it.
        let reached = sentences[i..].partition_point(|s| s.raw.start < reach);
        let led_to = sentences
            .get(i + 1)
            .is_some_and(|after| leads(text, sentence, after, longest));
        let end = i + reached.max(1 + usize::from(led_to));
        match out.last_mut() {
            Some(before) if before.end > i => before.end = before.end.max(end),
            Some(before)
                if before.end == i
                    && goes_with(
                        text,
                        sentences[before.start].shown.start..sentences[i - 1].shown.end,
                        sentence,
                        longest,
                    ) =>
            {
                before.end = end;
            }
            _ => out.push(i..end),
        }
    }
    out
}

fn candidate(
    source: usize,
    of: &Text<'_>,
    range: Range<usize>,
    found: &[Occurrence],
    limits: &Limits,
) -> Option<Candidate> {
    let shown = window(of.text, range.clone(), found, limits.longest);
    let occurrences: Vec<Occurrence> = found
        .iter()
        .filter(|o| shown.start <= o.bytes.start && o.bytes.end <= shown.end)
        .cloned()
        .collect();
    if occurrences.is_empty() {
        return None;
    }
    let mut concepts: Vec<(usize, f32)> = Vec::new();
    let mut repeats = 0.0;
    for occurrence in &occurrences {
        match concepts
            .iter_mut()
            .find(|(concept, _)| *concept == occurrence.concept)
        {
            Some((_, weight)) => {
                repeats += REPEAT * occurrence.weight;
                *weight = weight.max(occurrence.weight);
            }
            None => concepts.push((occurrence.concept, occurrence.weight)),
        }
    }
    let worth: f32 = concepts.iter().map(|(_, weight)| weight).sum();
    let length = characters(&of.text[shown.clone()]) as f32;
    Some(Candidate {
        source,
        field: of.field,
        bonus: closeness(&occurrences, &concepts) + repeats.min(REPEATS * REPEAT * worth),
        factor: field_weight(of.field, limits)
            * (1.0 - 0.1 * (length / EASY_LENGTH).log2().clamp(0.0, 5.0)),
        cut_before: shown.start > range.start,
        cut_after: shown.end < range.end,
        range: shown,
        occurrences,
        concepts,
    })
}

/// What nearness adds: for each concept, the nearest other one.
fn closeness(occurrences: &[Occurrence], concepts: &[(usize, f32)]) -> f32 {
    if concepts.len() < 2 {
        return 0.0;
    }
    let nearest = |concept: usize| {
        let mut most = 0.0f32;
        for pair in occurrences
            .windows(2)
            .filter(|pair| pair[0].concept != pair[1].concept)
        {
            let gap = pair[1]
                .positions
                .start
                .saturating_sub(pair[0].positions.end);
            if pair.iter().any(|o| o.concept == concept) && gap <= NEAR {
                most = most.max(pair[0].weight.min(pair[1].weight) / (1.0 + gap as f32));
            }
        }
        most
    };
    concepts
        .iter()
        .map(|&(concept, _)| CLOSENESS * nearest(concept))
        .sum()
}
