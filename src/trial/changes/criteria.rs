//! Two versions of eligibility criteria, item by item.

use std::collections::VecDeque;

use rustc_hash::FxHashMap;
use serde_json::Value;

use crate::trial::changes::lists::{LEAST_LIKE, keep, take_alike};
use crate::trial::changes::walk::Told;
use crate::trial::changes::words::{brief, retold};
use crate::trial::eligibility::{Item, ItemKind, items};

/// What became of the items of two texts; nothing if only their layout differs.
pub(super) fn criteria(earlier: &str, later: &str) -> Vec<Told> {
    let (earlier, later) = (items(earlier), items(later));
    let mut old: Vec<&Item> = earlier.iter().collect();
    let mut new: Vec<&Item> = later.iter().collect();
    let mut told = Vec::new();
    // The same text under the same heading is the same item, wherever it stands; under another it has moved.
    take(
        &mut old,
        &mut new,
        &|item| format!("{:?} {}", item.section, words_of(item)),
        &mut |_, _| {},
    );
    take(&mut old, &mut new, &words_of, &mut |a, b| {
        let from = name(a);
        let text = format!(
            "{from} is now {}: {}",
            with_article(name(b)),
            brief(&b.text)
        );
        told.push(Told::changed(from, &a.text, &b.text, text));
    });
    // All are of one kind: an item may move to another heading while it is reworded.
    let reworded = take_alike(&mut old, &mut new, LEAST_LIKE, |item| (&item.text, ()));
    for (a, b) in reworded {
        let how = retold(&a.text, &b.text).unwrap_or_else(|| brief(&b.text));
        let moved = if a.section == b.section {
            String::new()
        } else {
            format!(" and is now {}", with_article(name(b)))
        };
        let text = format!("{} changed{moved}: {how}", name(a));
        told.push(Told::changed(name(a), &a.text, &b.text, text));
    }
    for item in old {
        let text = Value::from(item.text.as_str());
        told.push(Told::removed(name(item), text, &brief(&item.text)));
    }
    for item in new {
        let text = Value::from(item.text.as_str());
        told.push(Told::added(name(item), text, &brief(&item.text)));
    }
    told
}

/// The words of an item without how they are laid out.
fn words_of(item: &Item) -> String {
    item.text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Takes items of the same key out of both lists, in their order.
fn take(
    old: &mut Vec<&Item>,
    new: &mut Vec<&Item>,
    key: &dyn Fn(&Item) -> String,
    found: &mut dyn FnMut(&Item, &Item),
) {
    let mut waiting: FxHashMap<String, VecDeque<usize>> = FxHashMap::default();
    for (place, item) in old.iter().enumerate() {
        waiting.entry(key(item)).or_default().push_back(place);
    }
    let mut left = vec![true; old.len()];
    new.retain(|later| {
        let Some(place) = waiting.get_mut(&key(later)).and_then(VecDeque::pop_front) else {
            return true;
        };
        left[place] = false;
        found(old[place], later);
        false
    });
    keep(old, &left);
}

/// What an item is called.
fn name(item: &Item) -> &'static str {
    match (item.lead_in, item.section) {
        (true, _) => "heading of criteria",
        (_, ItemKind::Inclusion) => "inclusion criterion",
        (_, ItemKind::Exclusion) => "exclusion criterion",
        (_, ItemKind::Criterion) => "criterion",
    }
}

fn with_article(name: &str) -> String {
    let article = if name.starts_with(['a', 'e', 'i', 'o', 'u']) {
        "an"
    } else {
        "a"
    };
    format!("{article} {name}")
}
