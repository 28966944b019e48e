//! What holds for any input: records come out as they went in, every item ends, nothing panics.
use proptest::prelude::*;
use trialfind::source::Limits;

use crate::archives::{gzipped, zipped};
use crate::items_of;

/// Any JSON value, with strings that look like structure.
fn value() -> impl Strategy<Value = serde_json::Value> {
    let leaf = prop_oneof![
        Just(serde_json::Value::Null),
        any::<bool>().prop_map(Into::into),
        any::<i32>().prop_map(Into::into),
        r#"[a-z{}\[\]",:\\\n é]{0,12}"#.prop_map(Into::into),
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Into::into),
            prop::collection::btree_map(r#"[a-z{}\["\\]{0,6}"#, inner, 0..4)
                .prop_map(|map| serde_json::Value::Object(map.into_iter().collect())),
        ]
    })
}

/// A study: its `protocolSection` before, between or behind other sections, printed in one line or several.
fn study() -> impl Strategy<Value = String> {
    (
        prop::collection::vec(("[A-Z][a-z]{0,5}", value()), 0..3),
        value(),
        any::<prop::sample::Index>(),
        any::<bool>(),
    )
        .prop_map(|(mut members, section, place, pretty)| {
            members.insert(
                place.index(members.len() + 1),
                ("protocolSection".to_owned(), section),
            );
            let members: serde_json::Map<_, _> = members.into_iter().collect();
            let print = if pretty {
                serde_json::to_string_pretty
            } else {
                serde_json::to_string
            };
            print(&members).unwrap()
        })
}

fn records(bytes: &[u8], step: usize) -> Vec<String> {
    items_of(bytes, step, &Limits::default())
        .into_iter()
        .map(|item| String::from_utf8(item.expect("a record").bytes).unwrap())
        .collect()
}

proptest! {
    #[test]
    fn studies_come_out_as_they_went_in(studies in prop::collection::vec(study(), 1..6), step in 1_usize..40) {
        let list = studies.join(",");
        let arrangements = [
            format!("[{list}]"),
            format!("[\n{}\n]\n", studies.join(",\n")),
            format!("{{\"studies\":[{list}],\"nextPageToken\":\"x\"}}"),
            format!("{{\"nextPageToken\":\"x\",\"studies\":[{list}]}}"),
            format!("{{\"data\":[{list}]}}"),
            studies.join("\n"),
            studies.concat(),
        ];
        for text in &arrangements {
            prop_assert_eq!(&records(text.as_bytes(), step), &studies);
        }
        prop_assert_eq!(&records(&gzipped(arrangements[5].as_bytes()), step), &studies);
        prop_assert_eq!(&records(&zipped(&[("a", arrangements[2].as_bytes())]), step), &studies);
    }

    #[test]
    fn a_cut_never_loses_a_whole_study(studies in prop::collection::vec(study(), 1..6), cut in any::<prop::sample::Index>()) {
        let text = format!("[{}]", studies.join(","));
        let mut cut = 1 + cut.index(text.len() - 1);
        while !text.is_char_boundary(cut) {
            cut += 1;
        }
        let items = items_of(&text.as_bytes()[..cut], 64, &Limits::default());
        let mut end = 0;
        let whole = studies.iter().take_while(|study| { end += 1 + study.len(); end <= cut }).count();
        for (item, study) in items.iter().zip(&studies[..whole]) {
            let record = item.as_ref().expect("a whole study");
            prop_assert_eq!(&record.bytes, study.as_bytes());
        }
        prop_assert!(items.len() > whole || cut == text.len());
        prop_assert!(cut == text.len() || items.last().is_some_and(Result::is_err));
    }

    #[test]
    fn broken_lines_cost_only_those_lines(
        studies in prop::collection::vec((study(), prop::option::weighted(0.3, any::<prop::sample::Index>())), 3..7),
    ) {
        // One line each; some of them lose their ends.
        let mut lines = Vec::new();
        let mut whole = Vec::new();
        for (study, cut) in &studies {
            let mut line = serde_json::from_str::<serde_json::Value>(study).unwrap().to_string();
            if let Some(cut) = cut {
                let mut at = 1 + cut.index(line.len() - 1);
                while !line.is_char_boundary(at) {
                    at -= 1;
                }
                line.truncate(at);
            } else {
                whole.push(line.clone());
            }
            lines.push(line);
        }
        prop_assume!(!whole.is_empty());
        let items = items_of(lines.join("\n").as_bytes(), 64, &Limits::default());
        let read: Vec<_> = items.iter().flatten().map(|record| String::from_utf8(record.bytes.clone()).unwrap()).collect();
        // What is left of a broken line may hold whole objects; the other lines are all there, in their order.
        let mut found = read.iter();
        for line in &whole {
            prop_assert!(found.any(|record| record == line), "{:?} lost from {:?}", line, lines);
        }
        prop_assert_eq!(items.iter().any(Result::is_err), whole.len() < lines.len());
    }

    #[test]
    fn every_input_ends_in_an_item(bytes in prop::collection::vec(any::<u8>(), 0..300), step in 1_usize..50) {
        prop_assert!(!items_of(&bytes, step, &Limits::default()).is_empty());
    }

    #[test]
    fn structure_without_sense_ends_in_an_item(text in r#"([{}\[\],:"\\]|\n|<clinical_study>|</clinical_study>|<!--|-->|<!\[CDATA\[|\]\]>|"protocolSection"|"studies"|"a"| |1){1,60}"#, step in 1_usize..50) {
        let whole = items_of(text.as_bytes(), usize::MAX, &Limits::default());
        let trickled = items_of(text.as_bytes(), step, &Limits::default());
        prop_assert!(!whole.is_empty());
        // However it is read, it is cut in the same places.
        prop_assert_eq!(whole.iter().map(crate::line).collect::<Vec<_>>(), trickled.iter().map(crate::line).collect::<Vec<_>>());
    }

    #[test]
    fn damaged_archives_end_in_an_item(changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8), cut in any::<prop::sample::Index>(), gzip in any::<bool>()) {
        let study = r#"{"protocolSection":{"a":"some text of a study that is long enough to be packed"}}"#;
        let inner = zipped(&[("x", study.as_bytes())]);
        let mut bytes = zipped(&[("a", study.as_bytes()), ("b", b"[{},{}]"), ("inner.zip", &inner)]);
        if gzip {
            bytes = gzipped(&bytes);
        }
        for (at, byte) in &changes {
            let at = at.index(bytes.len());
            bytes[at] = *byte;
        }
        bytes.truncate(1 + cut.index(bytes.len() * 2).min(bytes.len() - 1));
        prop_assert!(!items_of(&bytes, 1000, &Limits::default()).is_empty());
    }
}
