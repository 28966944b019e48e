//! The input side at its boundary: bytes, archives and folders in, single records and rejections out.
#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test may panic, and says when it is skipped"
)]

mod archives;
mod encodings;
mod folders;
mod json;
mod laws;
mod real_records;
mod xml;

use std::io::{self, Read};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use trialfind::source::{Item, Limits, Progress, Walked, read_stream, walk};

/// A reader that gives at most `step` bytes at a time.
pub struct Trickle<'b> {
    rest: &'b [u8],
    step: usize,
}

impl Read for Trickle<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let length = self.step.min(out.len());
        self.rest
            .take(length as u64)
            .read(out)
            .inspect(|read| self.rest = &self.rest[*read..])
    }
}

/// All items of a stream.
pub fn items_of(bytes: &[u8], step: usize, limits: &Limits) -> Vec<Item> {
    let mut items = Vec::new();
    let flow = read_stream(
        Path::new("input"),
        &mut Trickle { rest: bytes, step },
        limits,
        &mut |item| {
            items.push(item);
            ControlFlow::Continue(())
        },
    );
    assert!(flow.is_continue());
    items
}

/// All items under paths.
pub fn items_under(paths: &[PathBuf], limits: &Limits) -> (Vec<Item>, Walked) {
    let mut items = Vec::new();
    let progress = Progress::default();
    let walked = walk(paths, limits, &progress, &mut |item| {
        items.push(item);
        ControlFlow::Continue(())
    });
    let measured = trialfind::source::measure(paths);
    assert_eq!(
        progress.bytes(),
        measured.bytes,
        "the progress bar ends at its end"
    );
    (items, walked)
}

/// An item as a line: `ok place: bytes` or `no place: reason`.
pub fn line(item: &Item) -> String {
    match item {
        Ok(record) => {
            let text = String::from_utf8(record.bytes.clone()).expect("records are UTF-8");
            let recoded = record
                .recoded
                .map(|name| format!(" [{name}]"))
                .unwrap_or_default();
            format!("ok {}{recoded}: {text}", record.origin)
        }
        Err(reject) => format!("no {reject}"),
    }
}

/// Checks the items of a stream, read in pieces of several sizes.
#[track_caller]
pub fn check(input: impl AsRef<[u8]>, expect: &[&str]) {
    check_within(input, &Limits::default(), expect);
}

/// Checks them within limits.
#[track_caller]
pub fn check_within(input: impl AsRef<[u8]>, limits: &Limits, expect: &[&str]) {
    for step in [1, 3, 7, 64, usize::MAX] {
        let lines: Vec<_> = items_of(input.as_ref(), step, limits)
            .iter()
            .map(line)
            .collect();
        assert_eq!(lines, expect, "read {step} bytes at a time");
    }
}

/// A short study.
pub fn study(number: u32) -> String {
    format!(
        r#"{{"protocolSection":{{"identificationModule":{{"nctId":"NCT{number:08}","briefTitle":"a \"quoted}}\" title"}}}},"hasResults":false}}"#
    )
}
