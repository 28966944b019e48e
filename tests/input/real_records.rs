//! Real records: every one comes out, none is rejected. Skipped where they are absent.
use std::path::PathBuf;

use trialfind::source::{Format, Limits};

use crate::{items_under, line};

/// The folder of real records, if it is there.
fn shared() -> Option<PathBuf> {
    let folder = std::env::var_os("TRIALFIND_SHARED")
        .map_or_else(|| PathBuf::from("../shared"), PathBuf::from);
    let there = folder.join("data").is_dir();
    if !there {
        println!("skipped: no real records at {}", folder.display());
    }
    there.then_some(folder)
}

#[test]
fn archives_give_all_their_records() {
    let Some(shared) = shared() else { return };
    for (name, format, count) in [
        ("ctgov_v2.zip", Format::ApiJson, 1_795),
        ("ctgov_xml.zip", Format::CtgovXml, 13_211),
        ("ctgov_v2_older_versions.zip", Format::ApiJson, 1_500),
    ] {
        let mut records = 0;
        let paths = [shared.join("data").join(name)];
        trialfind::source::walk(
            &paths,
            &Limits::default(),
            &trialfind::source::Progress::default(),
            &mut |item| {
                match item {
                    Ok(record) => {
                        assert_eq!(
                            (record.format, record.recoded),
                            (format, None),
                            "{}",
                            record.origin
                        );
                        records += 1;
                    }
                    Err(reject) => panic!("{reject}"),
                }
                std::ops::ControlFlow::Continue(())
            },
        );
        assert_eq!(records, count, "{name}");
    }
}

#[test]
fn samples_are_told_apart() {
    let Some(shared) = shared() else { return };
    let (items, _) = items_under(
        &[shared.join("data/samples"), shared.join("seeds")],
        &Limits::default(),
    );
    let count = |format| {
        items
            .iter()
            .flatten()
            .filter(|record| record.format == format)
            .count()
    };
    assert_eq!(
        [
            Format::ApiJson,
            Format::CtgovXml,
            Format::HtmlPage,
            Format::Page
        ]
        .map(count),
        [117, 9, 1, 5]
    );
    let rejects: Vec<_> = items
        .iter()
        .filter(|item| item.is_err())
        .map(line)
        .collect();
    assert_eq!(rejects.len(), 5, "{rejects:?}");
    assert!(
        rejects
            .iter()
            .all(|reject| reject.ends_with("which is not read yet")),
        "{rejects:?}"
    );
}
