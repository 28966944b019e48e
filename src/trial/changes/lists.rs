//! Items of two lists matched by what they are.

use std::collections::VecDeque;
use std::hash::Hash;

use rustc_hash::FxHashMap;
use serde_json::Value;

use crate::trial::changes::elements::Reworded;
use crate::trial::changes::same::settled;
use crate::trial::changes::words::likeness;

/// Pairs that are judged by their words at most: those lists are long where everything changed.
const MOST_JUDGED: usize = 4_000;

/// The part of words in common from which on an item counts as another one reworded.
pub(super) const LEAST_LIKE: f32 = 0.6;

/// What items are known by: sets of elements, from the one that says most.
pub(super) type Keys = &'static [&'static [&'static str]];

/// What became of the items of a list.
#[derive(Debug, PartialEq)]
pub(super) struct Matched<'v> {
    /// Items of both lists that are the same thing but do not say the same.
    pub(super) pairs: Vec<(&'v Value, &'v Value)>,
    pub(super) removed: Vec<&'v Value>,
    pub(super) added: Vec<&'v Value>,
}

/// Matches the items of two lists: those that are equal, then by each set of elements in turn, then those that are worded much
/// alike.
pub(super) fn matched<'v>(
    earlier: &'v [Value],
    later: &'v [Value],
    keys: &[&[&str]],
    reworded: Option<Reworded>,
) -> Matched<'v> {
    let (mut old, mut new): (Vec<&Value>, Vec<&Value>) =
        (earlier.iter().collect(), later.iter().collect());
    let mut pairs = Vec::new();
    pair(
        &mut old,
        &mut new,
        true,
        &|item| Some(settled(item).to_string()),
        &mut |_, _| {},
    );
    for (level, names) in keys.iter().enumerate() {
        if old.is_empty() || new.is_empty() {
            break;
        }
        // By what says most, items of one key are the same in their order (two sites called "Research Site"); by less only if there
        // is no doubt.
        let doubtful = level == 0;
        pair(
            &mut old,
            &mut new,
            doubtful,
            &|item| key(item, names),
            &mut |a, b| {
                pairs.push((a, b));
            },
        );
    }
    if let Some(reworded) = reworded {
        pairs.extend(take_alike(&mut old, &mut new, reworded.least, |item| {
            // An item without the words is like none.
            let words = item.get(reworded.words).and_then(Value::as_str);
            let same = reworded.same.iter().map(|name| item.get(name));
            (words.unwrap_or_default(), same.collect::<Vec<_>>())
        }));
    }
    Matched {
        pairs,
        removed: old,
        added: new,
    }
}

/// The elements of an item that tell what it is; `None` if it has none of them.
fn key(item: &Value, names: &[&str]) -> Option<String> {
    let mut key = String::new();
    let mut any = false;
    for name in names {
        match item.get(name) {
            Some(Value::String(text)) => {
                any = true;
                key.extend(
                    text.split_whitespace()
                        .flat_map(str::chars)
                        .flat_map(char::to_lowercase),
                );
            }
            Some(value) => {
                any = true;
                key.push_str(&value.to_string());
            }
            None => {}
        }
        key.push('\u{1f}');
    }
    any.then_some(key)
}

/// Takes items of the same key out of both lists, in their order.
fn pair<'v>(
    old: &mut Vec<&'v Value>,
    new: &mut Vec<&'v Value>,
    doubtful: bool,
    key: &dyn Fn(&Value) -> Option<String>,
    found: &mut dyn FnMut(&'v Value, &'v Value),
) {
    let mut waiting: FxHashMap<String, VecDeque<usize>> = FxHashMap::default();
    let mut counts: FxHashMap<String, usize> = FxHashMap::default();
    for (place, item) in old.iter().enumerate() {
        if let Some(key) = key(item) {
            waiting.entry(key).or_default().push_back(place);
        }
    }
    let new_keys: Vec<Option<String>> = new.iter().map(|item| key(item)).collect();
    for key in new_keys.iter().flatten() {
        *counts.entry(key.clone()).or_default() += 1;
    }
    let mut left = vec![true; old.len()];
    let mut kept = Vec::with_capacity(new.len());
    for (item, key) in new.iter().zip(&new_keys) {
        let place = key.as_ref().and_then(|key| {
            let places = waiting.get_mut(key)?;
            let sure = places.len() == 1 && counts.get(key) == Some(&1);
            if doubtful || sure {
                places.pop_front()
            } else {
                None
            }
        });
        match place {
            Some(place) => {
                left[place] = false;
                found(old[place], item);
            }
            None => kept.push(*item),
        }
    }
    *new = kept;
    keep(old, &left);
}

/// Takes items that are worded much alike, by their texts and kinds as [`most_alike`] has them, out of both lists, the likest first.
pub(super) fn take_alike<'v, T, K: Eq + Hash>(
    old: &mut Vec<&'v T>,
    new: &mut Vec<&'v T>,
    least: f32,
    worded: impl Fn(&'v T) -> (&'v str, K),
) -> Vec<(&'v T, &'v T)> {
    let all_worded =
        |items: &[&'v T]| -> Vec<(&'v str, K)> { items.iter().map(|item| worded(item)).collect() };
    let found = most_alike(&all_worded(old), &all_worded(new), least);
    let (mut left, mut come) = (vec![true; old.len()], vec![true; new.len()]);
    let pairs = found.into_iter().map(|(a, b)| {
        (left[a], come[b]) = (false, false);
        (old[a], new[b])
    });
    let pairs = pairs.collect();
    keep(old, &left);
    keep(new, &come);
    pairs
}

/// Keeps the items whose flag is set.
pub(super) fn keep<T>(items: &mut Vec<T>, flags: &[bool]) {
    let mut flags = flags.iter();
    items.retain(|_| flags.next().copied().unwrap_or(true));
}

/// Pairs of texts that are worded much alike, by their places, the likest first; each text is in one pair at most. Only texts of
/// the same kind are pairs. Texts that cannot be are not even looked at, so that the time is that of [`MOST_JUDGED`] pairs and of
/// reading the lists, however long they are.
fn most_alike<K: Eq + Hash>(
    old: &[(&str, K)],
    new: &[(&str, K)],
    least: f32,
) -> Vec<(usize, usize)> {
    // The later texts of each kind, the short ones first.
    let mut of_kind: FxHashMap<&K, Vec<(usize, usize)>> = FxHashMap::default();
    for (b, (later, kind)) in new.iter().enumerate() {
        if !later.is_empty() {
            of_kind.entry(kind).or_default().push((later.len(), b));
        }
    }
    for texts in of_kind.values_mut() {
        texts.sort_unstable();
    }
    let mut judged: Vec<(f32, usize, usize)> = Vec::new();
    let mut work = 0;
    for (a, (earlier, kind)) in old.iter().enumerate() {
        let texts = of_kind.get(kind).map_or(&[][..], Vec::as_slice);
        // Texts of more different lengths cannot have enough in common.
        let length = earlier.len();
        let first = texts.partition_point(|&(other, _)| other * 4 < length);
        let texts = texts[first..].iter();
        for &(_, b) in texts.take_while(|&&(other, _)| other <= length * 4) {
            work += 1;
            if work > MOST_JUDGED {
                return Vec::new();
            }
            let like = likeness(earlier, new[b].0);
            if like >= least {
                judged.push((like, a, b));
            }
        }
    }
    judged.sort_by(|x, y| y.0.total_cmp(&x.0).then((x.1, x.2).cmp(&(y.1, y.2))));
    let (mut old_taken, mut new_taken) = (vec![false; old.len()], vec![false; new.len()]);
    let mut taken = Vec::new();
    for (_, a, b) in judged {
        if !old_taken[a] && !new_taken[b] {
            (old_taken[a], new_taken[b]) = (true, true);
            taken.push((a, b));
        }
    }
    taken
}
