//! What must stand where: phrases with slop, words near each other, words in one value. Judged from positions alone, so that
//! the search (on postings) and the highlighting (on a text) judge alike.
//!
//! Every term takes one place, whatever it covers: the index knows where a compound begins and not how far it reaches.

use std::collections::{HashMap, HashSet};

use serde::{Deserialize, Serialize};

/// The terms that may stand at one place.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Terms {
    /// This one. With [`crate::analysis::EXACT_MARK`] before it, a word as written.
    One(String),
    /// Every one that begins so, and every word as written that does.
    Prefix(String),
    /// Any of these.
    Among(Vec<String>),
    /// This one, where the word is written as the term is: the term without its other forms.
    Unvaried(String),
}

/// Terms and how they must stand to each other in one value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Arrangement {
    /// One of some terms.
    Place(Terms),
    /// Terms at positions relative to each other, all of them together at most `slop` positions away from that. A term that is
    /// there twice needs two places.
    Phrase {
        /// Each with its position.
        terms: Vec<(Terms, u32)>,
        /// How far the least and the most displaced may be apart.
        slop: u32,
    },
    /// Any of some arrangements.
    Any(Vec<Arrangement>),
    /// Each at most `within` positions from what stands there of those before it, in any order; none over the other.
    Near {
        /// At least two.
        parts: Vec<Arrangement>,
        /// 1 is side by side.
        within: u32,
    },
}

/// What one value must have.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Item {
    /// An arrangement.
    Has(Arrangement),
    /// All of these.
    All(Vec<Item>),
    /// Any of these.
    Any(Vec<Item>),
    /// Not this.
    Without(Box<Item>),
}

/// What is looked for in a field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sought {
    /// An arrangement, wherever.
    Anywhere(Arrangement),
    /// All of something in one value.
    OneValue(Item),
}

/// An arrangement at its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Match {
    /// The first position.
    pub(crate) start: u32,
    /// One past the last.
    pub(crate) end: u32,
    /// Where its terms stand, each with the number of its [`Terms`] among [`Sought::terms`].
    pub(crate) places: Vec<(usize, u32)>,
}

impl Match {
    fn shares_a_place(&self, other: &Match) -> bool {
        let mut places = self.places.iter();
        places.any(|(_, place)| other.places.iter().any(|(_, same)| place == same))
    }
}

/// Where values lie in a field of a document.
pub(crate) struct Values<'v> {
    /// Two positions that are no more than this apart are of one value.
    pub(crate) gap: u32,
    /// First and last position of each value that takes more.
    pub(crate) long: &'v [(u32, u32)],
}

impl Values<'_> {
    /// A text that is one value.
    pub(crate) const ONE: Values<'static> = Values {
        gap: u32::MAX,
        long: &[],
    };

    /// Whether two positions, the second not before the first, are of one value.
    fn are_one(&self, first: u32, second: u32) -> bool {
        let both = |(start, end): &(u32, u32)| *start <= first && second <= *end;
        second - first <= self.gap || self.long.iter().any(both)
    }
}

impl Sought {
    /// All its terms in order, as often as they are there. A number among them stands for them in positions and matches.
    pub fn terms(&self) -> Vec<&Terms> {
        let mut terms = Vec::new();
        match self {
            Sought::Anywhere(arrangement) => arrangement.terms(&mut terms),
            Sought::OneValue(item) => item.terms(&mut terms),
        }
        terms
    }

    /// Whether every part of it asks for something.
    pub(crate) fn is_sound(&self) -> bool {
        match self {
            Sought::Anywhere(arrangement) => arrangement.is_sound(),
            Sought::OneValue(item) => item.is_sound(),
        }
    }

    /// The single place that is all it is.
    pub(crate) fn single(&self) -> Option<&Terms> {
        match self {
            Sought::Anywhere(Arrangement::Place(terms)) => Some(terms),
            _ => None,
        }
    }

    /// Where it stands. `positions` has those of each of its [`Sought::terms`], ascending, each once.
    pub(crate) fn matches(&self, positions: &[Vec<u32>], values: &Values<'_>) -> Vec<Match> {
        let mut number = 0;
        match self {
            Sought::Anywhere(arrangement) => arrangement.matches(positions, &mut number, false),
            Sought::OneValue(item) => item.matches(positions, values),
        }
    }
}

impl Arrangement {
    fn is_sound(&self) -> bool {
        match self {
            Arrangement::Place(_) => true,
            Arrangement::Phrase { terms, .. } => !terms.is_empty(),
            Arrangement::Any(parts) => !parts.is_empty() && parts.iter().all(Self::is_sound),
            Arrangement::Near { parts, .. } => parts.len() > 1 && parts.iter().all(Self::is_sound),
        }
    }

    fn terms<'a>(&'a self, out: &mut Vec<&'a Terms>) {
        match self {
            Arrangement::Place(terms) => out.push(terms),
            Arrangement::Phrase { terms, .. } => out.extend(terms.iter().map(|(terms, _)| terms)),
            Arrangement::Any(parts) | Arrangement::Near { parts, .. } => {
                parts.iter().for_each(|part| part.terms(out));
            }
        }
    }

    /// Its matches in order of their place. `number` is that of its first terms and is moved on behind its last. `every` gives
    /// every choice of places for a phrase with slop.
    fn matches(&self, positions: &[Vec<u32>], number: &mut usize, every: bool) -> Vec<Match> {
        match self {
            Arrangement::Place(_) => {
                let of = *number;
                *number += 1;
                let here = positions.get(of).map(Vec::as_slice).unwrap_or_default();
                let at = |&position: &u32| Match {
                    start: position,
                    end: position + 1,
                    places: vec![(of, position)],
                };
                here.iter().map(at).collect()
            }
            Arrangement::Phrase { terms, slop } => {
                let first = *number;
                *number += terms.len();
                phrase(terms, *slop, first, positions, every)
            }
            Arrangement::Any(parts) => {
                let mut all: Vec<Match> = Vec::new();
                for part in parts {
                    all.extend(part.matches(positions, number, every));
                }
                all.sort_by_key(|found| (found.start, found.end));
                all
            }
            Arrangement::Near { parts, within } => {
                let parts = parts
                    .iter()
                    .map(|part| part.matches(positions, number, true));
                let mut parts: Vec<Vec<Match>> = parts.collect();
                within_reach(&mut parts, *within);
                let mut parts = parts.into_iter();
                let mut all = parts.next().unwrap_or_default();
                for part in parts {
                    all = near(&all, &part, *within);
                }
                all
            }
        }
    }
}

/// The places where terms stand as a phrase says; no position is used for two of them. `every` gives each choice of places, for
/// what has to be near the phrase may be near one choice only; else no position is used for two matches.
fn phrase(
    terms: &[(Terms, u32)],
    slop: u32,
    first: usize,
    positions: &[Vec<u32>],
    every: bool,
) -> Vec<Match> {
    let of = |number: usize| -> &[u32] {
        positions
            .get(first + number)
            .map(Vec::as_slice)
            .unwrap_or_default()
    };
    if terms.is_empty() || (0..terms.len()).any(|number| of(number).is_empty()) {
        return Vec::new();
    }
    // Where the phrase may begin: where one of its terms is not displaced. Without slop, any one of them will do.
    let rarest = (0..terms.len()).min_by_key(|number| of(*number).len());
    let tried = |number: usize| slop > 0 || Some(number) == rarest;
    let mut starts: Vec<i64> = (0..terms.len())
        .filter(|number| tried(*number))
        .flat_map(|number| {
            let offset = i64::from(terms[number].1);
            of(number)
                .iter()
                .map(move |position| i64::from(*position) - offset)
        })
        .collect();
    starts.sort_unstable();
    starts.dedup();
    let mut used: HashSet<u32> = HashSet::new();
    let mut found: Vec<Match> = Vec::new();
    for start in starts {
        let windows: Vec<&[u32]> = (0..terms.len())
            .map(|number| {
                let least = start + i64::from(terms[number].1);
                let here = of(number);
                let from = here.partition_point(|position| i64::from(*position) < least);
                let most = least + i64::from(slop);
                let to = here.partition_point(|position| i64::from(*position) <= most);
                &here[from..to]
            })
            .collect();
        if windows.iter().any(|window| window.is_empty()) {
            continue;
        }
        let mut choices = Vec::new();
        if slop > 0 && every {
            let mut steps = MOST_STEPS;
            choose_every(&windows, &mut Vec::new(), &mut steps, &mut choices);
        }
        if choices.is_empty() {
            choices.extend(choose(&windows, &used));
        }
        if slop > 0 && !every {
            used.extend(choices.iter().flatten());
        }
        for places in choices {
            let (Some(&start), Some(&last)) = (places.iter().min(), places.iter().max()) else {
                continue;
            };
            let places = places.into_iter().enumerate();
            let places = places.map(|(number, position)| (first + number, position));
            let one = Match {
                start,
                end: last + 1,
                places: places.collect(),
            };
            // Another start may lead to the same places.
            if !(every && found.contains(&one)) {
                found.push(one);
            }
        }
    }
    found.sort_by_key(|found| found.start);
    found
}

/// Steps after which the choices of places at one start are enough: fifty places with three words have fewer.
const MOST_STEPS: usize = 2_000;

/// A position for each window, no two alike and none that is used, the earliest if there is a choice; nothing if there are too
/// few. Windows give way to each other (augmenting paths, Kuhn 1955), so that one that can go elsewhere does.
fn choose(windows: &[&[u32]], used: &HashSet<u32>) -> Option<Vec<u32>> {
    fn find(
        number: usize,
        windows: &[&[u32]],
        used: &HashSet<u32>,
        owners: &mut HashMap<u32, usize>,
        seen: &mut HashSet<u32>,
    ) -> bool {
        for position in windows[number] {
            if used.contains(position) || !seen.insert(*position) {
                continue;
            }
            let owner = owners.get(position).copied();
            if owner.is_none_or(|owner| find(owner, windows, used, owners, seen)) {
                owners.insert(*position, number);
                return true;
            }
        }
        false
    }
    let mut owners = HashMap::new();
    for number in 0..windows.len() {
        if !find(number, windows, used, &mut owners, &mut HashSet::new()) {
            return None;
        }
    }
    let mut places = vec![0; windows.len()];
    for (position, number) in owners {
        places[number] = position;
    }
    Some(places)
}

/// Every choice of positions for the windows, no two alike, as long as steps are left.
fn choose_every(
    windows: &[&[u32]],
    chosen: &mut Vec<u32>,
    steps: &mut usize,
    choices: &mut Vec<Vec<u32>>,
) {
    let Some(window) = windows.get(chosen.len()) else {
        choices.push(chosen.clone());
        return;
    };
    for position in *window {
        if *steps == 0 {
            return;
        }
        *steps -= 1;
        if !chosen.contains(position) {
            chosen.push(*position);
            choose_every(windows, chosen, steps, choices);
            chosen.pop();
        }
    }
}

/// Leaves of each part what can stand near the rarest: the others of a chain are never farther from it than all steps and all
/// parts together.
fn within_reach(parts: &mut [Vec<Match>], within: u32) {
    let widest = |part: &Vec<Match>| part.iter().map(|m| m.end - m.start).max().unwrap_or(0);
    let steps = within.saturating_mul(parts.len() as u32);
    let reach = parts.iter().map(widest).fold(steps, u32::saturating_add);
    let Some(rarest) = (0..parts.len()).min_by_key(|part| parts[*part].len()) else {
        return;
    };
    let anchors: Vec<u32> = parts[rarest].iter().map(|m| m.start).collect();
    for part in parts {
        part.retain(|m| {
            let from = m.start.saturating_sub(reach);
            let first = anchors.partition_point(|anchor| *anchor < from);
            let anchor = anchors.get(first);
            anchor.is_some_and(|anchor| *anchor <= m.start.saturating_add(reach))
        });
    }
}

/// Pairs of matches near each other that one step of a chain tells apart in a document. A document that has more has words so
/// common there that the next one is near some of them.
const MOST_PAIRS: usize = 512;

/// Pairs of matches that share no place and stand within some positions of each other, in any order; one may stand between the
/// words of the other.
fn near(left: &[Match], right: &[Match], within: u32) -> Vec<Match> {
    let mut found: Vec<Match> = Vec::new();
    let widest = right.iter().map(|m| m.end - m.start).max().unwrap_or(0);
    for one in left {
        // Matches come in order of their start.
        let least = one.start.saturating_sub(within.saturating_add(widest));
        let from = right.partition_point(|other| other.start < least);
        if found.len() >= MOST_PAIRS {
            break;
        }
        for other in &right[from..] {
            if other.start >= one.end.saturating_add(within) {
                break;
            }
            // From the last place of the one to the first of the other.
            let (before, after) = if one.start <= other.start {
                (one, other)
            } else {
                (other, one)
            };
            let apart = (after.start + 1).saturating_sub(before.end);
            let overlap = after.start < before.end && one.shares_a_place(other);
            if overlap || apart > within {
                continue;
            }
            let mut places = one.places.clone();
            places.extend(&other.places);
            found.push(Match {
                start: before.start,
                end: after.end.max(before.end),
                places,
            });
        }
    }
    one_of_each(found)
}

/// Choices of places between the same two ends that are told apart. What comes next may have to stand where one of them does.
const MOST_CHOICES: usize = 32;

/// Matches in order of their place, those of the same positions as one.
fn one_of_each(found: Vec<Match>) -> Vec<Match> {
    let mut keyed: Vec<(u32, u32, Vec<u32>, Match)> = found
        .into_iter()
        .map(|found| {
            let mut at: Vec<u32> = found.places.iter().map(|(_, place)| *place).collect();
            at.sort_unstable();
            (found.start, found.end, at, found)
        })
        .collect();
    keyed.sort_by(|a, b| (a.0, a.1, &a.2).cmp(&(b.0, b.1, &b.2)));
    keyed.dedup_by(|later, earlier| {
        let same = (later.0, later.1, &later.2) == (earlier.0, earlier.1, &earlier.2);
        if same {
            let more = later.3.places.iter();
            let more = more.filter(|place| !earlier.3.places.contains(place));
            let more: Vec<_> = more.copied().collect();
            earlier.3.places.extend(more);
        }
        same
    });
    let mut of_span = (0, 0, 0);
    keyed.retain(|(start, end, ..)| {
        of_span = match (of_span.0, of_span.1) == (*start, *end) {
            true => (*start, *end, of_span.2 + 1),
            false => (*start, *end, 1),
        };
        of_span.2 <= MOST_CHOICES
    });
    keyed.into_iter().map(|(.., found)| found).collect()
}

impl Item {
    fn is_sound(&self) -> bool {
        match self {
            Item::Has(arrangement) => arrangement.is_sound(),
            Item::All(parts) | Item::Any(parts) => {
                !parts.is_empty() && parts.iter().all(Self::is_sound)
            }
            Item::Without(part) => part.is_sound(),
        }
    }

    fn terms<'a>(&'a self, out: &mut Vec<&'a Terms>) {
        match self {
            Item::Has(arrangement) => arrangement.terms(out),
            Item::All(parts) | Item::Any(parts) => parts.iter().for_each(|part| part.terms(out)),
            Item::Without(part) => part.terms(out),
        }
    }

    /// For each value that has what is asked, what of it stands there.
    fn matches(&self, positions: &[Vec<u32>], values: &Values<'_>) -> Vec<Match> {
        let mut parts: Vec<Vec<Match>> = Vec::new();
        let mut number = 0;
        self.parts(positions, &mut number, &mut parts);
        let mut all: Vec<(u32, usize, usize)> = Vec::new();
        for (part, matches) in parts.iter().enumerate() {
            all.extend(
                matches
                    .iter()
                    .enumerate()
                    .map(|(place, m)| (m.start, part, place)),
            );
        }
        all.sort_unstable();
        let mut found = Vec::new();
        let mut from = 0;
        while from < all.len() {
            let mut to = from + 1;
            while to < all.len() && values.are_one(all[to - 1].0, all[to].0) {
                to += 1;
            }
            let mut here: Vec<Vec<&Match>> = vec![Vec::new(); parts.len()];
            for &(_, part, place) in &all[from..to] {
                here[part].push(&parts[part][place]);
            }
            let mut next = 0;
            if let Some(matched) = self.in_value(&here, &mut next)
                && let (Some(start), Some(end)) = (
                    matched.iter().map(|m| m.start).min(),
                    matched.iter().map(|m| m.end).max(),
                )
            {
                found.push(Match {
                    start,
                    end,
                    places: matched.iter().flat_map(|m| m.places.clone()).collect(),
                });
            }
            from = to;
        }
        found
    }

    /// The matches of each arrangement, in their order.
    fn parts(&self, positions: &[Vec<u32>], number: &mut usize, out: &mut Vec<Vec<Match>>) {
        match self {
            Item::Has(arrangement) => out.push(arrangement.matches(positions, number, false)),
            Item::All(parts) | Item::Any(parts) => {
                parts
                    .iter()
                    .for_each(|part| part.parts(positions, number, out));
            }
            Item::Without(part) => part.parts(positions, number, out),
        }
    }

    /// What of it stands in one value, if that has what is asked. `here` has the matches of each arrangement in the value.
    fn in_value<'m>(&self, here: &[Vec<&'m Match>], next: &mut usize) -> Option<Vec<&'m Match>> {
        match self {
            Item::Has(_) => {
                let matches = &here[*next];
                *next += 1;
                (!matches.is_empty()).then(|| matches.clone())
            }
            Item::All(parts) => {
                // All are gone through, so that the numbers go on.
                let found: Vec<_> = parts.iter().map(|part| part.in_value(here, next)).collect();
                let found: Option<Vec<_>> = found.into_iter().collect();
                found.map(|found| found.concat())
            }
            Item::Any(parts) => {
                let found: Vec<_> = parts.iter().map(|part| part.in_value(here, next)).collect();
                let found: Vec<_> = found.into_iter().flatten().collect();
                (!found.is_empty()).then(|| found.concat())
            }
            Item::Without(part) => match part.in_value(here, next) {
                None => Some(Vec::new()),
                Some(_) => None,
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(term: &str) -> Terms {
        Terms::One(term.to_owned())
    }

    fn place(term: &str) -> Arrangement {
        Arrangement::Place(one(term))
    }

    /// The matches in a text of one-letter words, `|` ending a value and `.` standing for any other word.
    fn check(sought: &Sought, text: &str, expect: &[(u32, u32)]) {
        let mut at = 0;
        let mut placed: Vec<(char, u32)> = Vec::new();
        let mut long = Vec::new();
        for value in text.split('|') {
            let start = at;
            for letter in value.chars() {
                placed.push((letter, at));
                at += 1;
            }
            if at - start > 5 {
                long.push((start, at - 1));
            }
            at += 5;
        }
        let positions: Vec<Vec<u32>> = sought
            .terms()
            .iter()
            .map(|terms| {
                let is = |letter: &char| match terms {
                    Terms::One(term) => *term == letter.to_string(),
                    Terms::Among(terms) => terms.contains(&letter.to_string()),
                    _ => false,
                };
                placed
                    .iter()
                    .filter(|(letter, _)| is(letter))
                    .map(|(_, at)| *at)
                    .collect()
            })
            .collect();
        let values = Values {
            gap: 5,
            long: &long,
        };
        let found: Vec<(u32, u32)> = sought
            .matches(&positions, &values)
            .iter()
            .map(|m| (m.start, m.end))
            .collect();
        assert_eq!(found, expect, "{text}");
    }

    #[test]
    fn phrases_with_slop() {
        let phrase = |words: &str, slop| {
            let terms = words
                .chars()
                .zip(0..)
                .map(|(c, at)| (one(&c.to_string()), at));
            Sought::Anywhere(Arrangement::Phrase {
                terms: terms.collect(),
                slop,
            })
        };
        check(&phrase("ab", 0), "ab.ab", &[(0, 2), (3, 5)]);
        check(&phrase("ab", 0), "ba", &[]);
        check(&phrase("ab", 1), "a.b", &[(0, 3)]);
        check(&phrase("ab", 1), "a..b", &[]);
        check(&phrase("ab", 1), "ba", &[]);
        check(&phrase("ab", 2), "ba", &[(0, 2)]);
        check(&phrase("abc", 2), "a.b.c", &[(0, 5)]);
        check(&phrase("abc", 1), "a.b.c", &[]);
        check(&phrase("aa", 3), "a", &[]);
        check(&phrase("aa", 1), "a.a", &[(0, 3)]);
        check(&phrase("aba", 2), "a.ba", &[(0, 4)]);
        check(&phrase("ab", 3), "abab", &[(0, 2), (2, 4)]);
        // One position is not two words, however they overlap.
        let either = Terms::Among(vec!["a".to_owned(), "b".to_owned()]);
        let two = Sought::Anywhere(Arrangement::Phrase {
            terms: vec![(either, 0), (one("a"), 1)],
            slop: 3,
        });
        check(&two, "a", &[]);
        check(&two, "ab", &[(0, 2)]);
    }

    #[test]
    fn near_in_any_order() {
        let near = |within| {
            Sought::Anywhere(Arrangement::Near {
                parts: vec![Arrangement::Any(vec![place("a"), place("b")]), place("c")],
                within,
            })
        };
        check(&near(1), "ac", &[(0, 2)]);
        check(&near(1), "a.c", &[]);
        check(&near(2), "c.b", &[(0, 3)]);
        check(&near(4), "a|c", &[]);
        check(&near(2), "a.c.b", &[(0, 3), (2, 5)]);
        // What is near may be near one choice of a phrase's words only.
        let slop = Sought::Anywhere(Arrangement::Near {
            parts: vec![
                place("c"),
                Arrangement::Phrase {
                    terms: vec![(one("a"), 0), (one("b"), 1)],
                    slop: 3,
                },
            ],
            within: 1,
        });
        check(&slop, "abbc", &[(0, 4)]);
        // The third may stand between the first two.
        let three = Sought::Anywhere(Arrangement::Near {
            parts: vec![place("a"), place("b"), place("c")],
            within: 3,
        });
        check(&three, "acb", &[(0, 3)]);
        check(&three, "ab..c", &[(0, 5)]);
        check(&three, "ab...c", &[]);
        let itself = Sought::Anywhere(Arrangement::Near {
            parts: vec![place("a"), place("a")],
            within: 3,
        });
        check(&itself, "a", &[]);
        check(&itself, "a.a", &[(0, 3)]);
    }

    #[test]
    fn one_value() {
        let has = |term: &str| Item::Has(place(term));
        let both = Sought::OneValue(Item::All(vec![has("a"), has("b")]));
        check(&both, "a|b", &[]);
        check(&both, "a..b|b", &[(0, 4)]);
        check(&both, "a.........b|a", &[(0, 11)]);
        check(&both, "a|.........b", &[]);
        check(&both, "......a|b.......", &[]);
        let without = Sought::OneValue(Item::All(vec![
            Item::Any(vec![has("a"), has("b")]),
            Item::Without(Box::new(has("c"))),
        ]));
        check(&without, "ac|b", &[(7, 8)]);
        check(&without, "a......c|c", &[]);
    }
}
