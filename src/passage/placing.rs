//! Positions to places: a choice of positions for the words of a phrase, pairs of matches near each other.
//!
//! Bounded in what it tries: a text can hold a word as often as it likes.

use std::collections::{HashMap, HashSet};

/// An arrangement at its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Match {
    /// The first position.
    pub(crate) start: u32,
    /// One past the last.
    pub(crate) end: u32,
    /// Where its terms stand, each with its number among all terms of what is sought.
    pub(crate) places: Vec<(usize, u32)>,
}

impl Match {
    fn shares_a_place(&self, other: &Match) -> bool {
        let mut places = self.places.iter();
        places.any(|(_, place)| other.places.iter().any(|(_, same)| place == same))
    }
}

/// The places where terms stand as a phrase says; no position is used for two of them. `every` gives each choice of places, for
/// what has to be near the phrase may be near one choice only; else no position is used for two matches. `offsets` says how its terms
/// stand to each other; `first` is the number of the first of them in `positions`.
pub(super) fn phrase(
    offsets: &[u32],
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
    if offsets.is_empty() || (0..offsets.len()).any(|number| of(number).is_empty()) {
        return Vec::new();
    }
    // Where the phrase may begin: where one of its terms is not displaced. Without slop, any one of them will do.
    let rarest = (0..offsets.len()).min_by_key(|number| of(*number).len());
    let tried = |number: usize| slop > 0 || Some(number) == rarest;
    let mut starts: Vec<i64> = (0..offsets.len())
        .filter(|number| tried(*number))
        .flat_map(|number| {
            let offset = i64::from(offsets[number]);
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
        let windows: Vec<&[u32]> = (0..offsets.len())
            .map(|number| {
                let least = start + i64::from(offsets[number]);
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
pub(super) fn within_reach(parts: &mut [Vec<Match>], within: u32) {
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
pub(super) fn near(left: &[Match], right: &[Match], within: u32) -> Vec<Match> {
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
