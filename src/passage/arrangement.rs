//! What must stand where: phrases with slop, words near each other, words in one value. Judged from positions alone, so that
//! the search (on postings) and the highlighting (on a text) judge alike.
//!
//! Every term takes one place, whatever it covers: the index knows where a compound begins and not how far it reaches.

use serde::{Deserialize, Serialize};

use super::placing::{Match, near, phrase, within_reach};

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
                let offsets: Vec<u32> = terms.iter().map(|(_, offset)| *offset).collect();
                phrase(&offsets, *slop, first, positions, every)
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
