//! Framing, archives and encodings: bytes to items, whatever they come in.

use std::io::{self, Cursor, Read, Write};
use std::ops::ControlFlow;
use std::path::Path;

use trialfind::source::{Item, Limits, read_stream, read_trial};
use trialfind::trial::vocabulary::Vocabulary;

/// Small enough for inputs of a fuzzer to reach each limit.
const NARROW: Limits = Limits {
    max_record_bytes: 2_000,
    max_nesting: 2,
    max_ratio: 20,
    ratio_floor: 20_000,
};

/// A reader that gives at most `step` bytes at a time.
struct Trickle<'b> {
    rest: &'b [u8],
    step: usize,
}

impl Read for Trickle<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let length = self.step.min(out.len()).min(self.rest.len());
        out[..length].copy_from_slice(&self.rest[..length]);
        self.rest = &self.rest[length..];
        Ok(length)
    }
}

fn items(bytes: &[u8], step: usize, limits: &Limits) -> Vec<Item> {
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
    assert!(flow.is_continue(), "it stopped by itself");
    assert!(!items.is_empty(), "nothing is lost in silence");
    for item in &items {
        sound(item, limits);
    }
    items
}

fn sound(item: &Item, limits: &Limits) {
    match item {
        Ok(record) => {
            let text = std::str::from_utf8(&record.bytes).expect("records are UTF-8");
            assert!(!text.contains('\0') && !text.starts_with('\u{feff}'));
            assert!(!record.bytes.trim_ascii().is_empty());
            // The limit is for bytes as they lie in the stream; in UTF-8 a letter may take three instead of one.
            let longer = if record.recoded.is_some() { 3 } else { 1 };
            assert!(record.bytes.len() as u64 <= longer * limits.max_record_bytes);
            assert!(!record.origin.to_string().contains(char::is_control));
        }
        Err(reject) => {
            let said = reject.to_string();
            assert!(!said.trim().is_empty() && !said.contains('\n'), "{said:?}");
        }
    }
}

/// What is told of an item but where in its stream it stood.
fn told(item: &Item) -> String {
    match item {
        Ok(record) => format!(
            "{} {}",
            record.format,
            String::from_utf8_lossy(&record.bytes)
        ),
        // A place counts bytes, which differ from encoding to encoding.
        Err(reject) => reject
            .reason
            .to_string()
            .replace(|c: char| c.is_ascii_digit(), ""),
    }
}

/// All that is told of an item.
fn told_with_place(item: &Item) -> String {
    let place = match item {
        Ok(record) => record.origin.to_string(),
        Err(reject) => format!("{reject} {}", reject.bytes_seen),
    };
    format!("{place}: {}", told(item))
}

/// A stream of records in any arrangement: however it is read, it is cut in the same places, and what is cut out are its bytes.
pub fn stream(bytes: &[u8]) {
    let step = 1 + bytes.first().map_or(0, |byte| usize::from(byte % 64));
    for limits in [Limits::default(), NARROW] {
        let whole = items(bytes, usize::MAX, &limits);
        let trickled = items(bytes, step, &limits);
        let [whole_told, trickled_told] =
            [&whole, &trickled].map(|items| items.iter().map(told_with_place).collect::<Vec<_>>());
        assert_eq!(whole_told, trickled_told, "read {step} bytes at a time");
        let is_packed =
            bytes.starts_with(&[0x1f, 0x8b]) || memchr::memmem::find(bytes, b"PK").is_some();
        for record in whole.into_iter().flatten() {
            if !is_packed && record.recoded.is_none() {
                assert!(
                    memchr::memmem::find(bytes, &record.bytes).is_some(),
                    "a record that is no part of its stream: {}",
                    String::from_utf8_lossy(&record.bytes)
                );
            }
            let _ = read_trial(record, Vocabulary::bundled());
        }
    }
}

/// Archives: what is packed comes out as it went in; what is damaged ends in an item. The first byte says how the rest is packed,
/// the two behind it where it is damaged.
pub fn archives(bytes: &[u8]) {
    let Some((&[how, place, damage], rest)) = bytes.split_first_chunk::<3>() else {
        return;
    };
    let limits = Limits::default();
    let deeper = Limits {
        max_nesting: limits.max_nesting + 1,
        ..limits
    };
    match how % 8 {
        0 => {
            items(rest, usize::MAX, &NARROW);
        }
        kind @ 1..=4 => {
            let plain = items(rest, usize::MAX, &limits);
            let packed = match kind {
                1 => gzipped(rest),
                2 => zipped(rest, true),
                3 => zipped(rest, false),
                // Two members, as some programs write it.
                _ => {
                    let (first, second) = rest.split_at(rest.len() / 2);
                    [gzipped(first), gzipped(second)].concat()
                }
            };
            let unpacked = items(&packed, 1 + usize::from(place), &deeper);
            let [plain, unpacked] =
                [&plain, &unpacked].map(|items| items.iter().map(told).collect::<Vec<_>>());
            assert_eq!(plain, unpacked, "what was packed comes out otherwise");
        }
        kind => {
            let mut packed = if kind == 5 {
                gzipped(rest)
            } else {
                zipped(rest, kind == 6)
            };
            let at = usize::from(place) * packed.len() / 256;
            packed[at] ^= damage;
            items(&packed, usize::MAX, &limits);
            packed.truncate(at);
            items(&packed, usize::MAX, &NARROW);
        }
    }
}

fn gzipped(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).expect("memory takes it");
    encoder.finish().expect("memory takes it")
}

fn zipped(bytes: &[u8], deflated: bool) -> Vec<u8> {
    let method = match deflated {
        true => zip::CompressionMethod::Deflated,
        false => zip::CompressionMethod::Stored,
    };
    let options = zip::write::SimpleFileOptions::default().compression_method(method);
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for name in ["member", ".hidden", "folder/"] {
        if name.ends_with('/') {
            writer
                .add_directory(name, options)
                .expect("memory takes it");
        } else {
            writer.start_file(name, options).expect("memory takes it");
            writer.write_all(bytes).expect("memory takes it");
        }
    }
    writer.finish().expect("memory takes it").into_inner()
}

/// Encodings: a text gives the same records in UTF-8, in UTF-16 of either order and, where it has its letters, in Windows-1252.
/// The first byte chooses the encoding.
pub fn encodings(bytes: &[u8]) {
    let Some((how, rest)) = bytes.split_first() else {
        return;
    };
    let text = String::from_utf8_lossy(rest).replace(['\0', '\u{feff}', '\u{fffd}'], " ");
    let limits = Limits::default();
    let plain = items(text.as_bytes(), usize::MAX, &limits);
    let mark = if how & 8 == 0 { "" } else { "\u{feff}" };
    let marked = format!("{mark}{text}");
    let encoded: Vec<u8> = match how % 4 {
        0 => format!("\u{feff}{text}").into_bytes(),
        1 => format!("\u{feff}{text}")
            .encode_utf16()
            .flat_map(u16::to_le_bytes)
            .collect(),
        2 => format!("\u{feff}{text}")
            .encode_utf16()
            .flat_map(u16::to_be_bytes)
            .collect(),
        _ => {
            let (encoded, _, unmappable) = encoding_rs::WINDOWS_1252.encode(&text);
            // What is UTF-8 as well is taken for that, and what has control characters but is no UTF-8 for no text.
            let no_text = text.contains(|c: char| c.is_control() && !c.is_whitespace());
            if unmappable || no_text || std::str::from_utf8(&encoded).is_ok() {
                items(marked.as_bytes(), 7, &limits);
                return;
            }
            encoded.into_owned()
        }
    };
    let decoded = items(&encoded, 1 + usize::from(how >> 4), &limits);
    let [plain, decoded] =
        [&plain, &decoded].map(|items| items.iter().map(told).collect::<Vec<_>>());
    assert_eq!(plain, decoded, "another text in another encoding");
}
