//! Archives: whole, nested, cut off, damaged, and made to do harm.
use std::io::{Cursor, Write};

use flate2::Compression;
use flate2::write::GzEncoder;
use trialfind::source::Limits;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use crate::{check, items_of, items_under, line};

pub fn zipped(members: &[(&str, &[u8])]) -> Vec<u8> {
    zipped_as(members, CompressionMethod::Deflated)
}

fn zipped_as(members: &[(&str, &[u8])], method: CompressionMethod) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in members {
        writer
            .start_file(
                *name,
                SimpleFileOptions::default().compression_method(method),
            )
            .unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

pub fn gzipped(bytes: &[u8]) -> Vec<u8> {
    let mut writer = GzEncoder::new(Vec::new(), Compression::default());
    writer.write_all(bytes).unwrap();
    writer.finish().unwrap()
}

fn lines_of_file(bytes: &[u8]) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("file");
    std::fs::write(&path, bytes).unwrap();
    let (items, _) = items_under(std::slice::from_ref(&path), &Limits::default());
    items
        .iter()
        .map(|item| line(item).replace(&path.display().to_string(), "input"))
        .collect()
}

/// As a file and as a stream.
#[track_caller]
fn check_both(bytes: &[u8], expect: &[&str]) {
    assert_eq!(lines_of_file(bytes), expect);
    check(bytes, expect);
}

/// Text that does not pack to nothing, so that it can be cut amid its data.
fn noise(length: usize) -> String {
    let mut state = 1_u32;
    (0..length)
        .map(|_| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            char::from(b'a' + u8::try_from(state >> 24).unwrap() % 26)
        })
        .collect()
}

#[test]
fn zip_members() {
    let bytes = zipped(&[
        ("NCT0001xxxx/a.json", b"{}"),
        ("../../b.xml", b"<clinical_study/>"),
        ("__MACOSX/._a.json", b"x"),
        (".DS_Store", b"x"),
        ("page", b"text"),
        ("empty", b""),
        ("list", b"[{},{}]"),
    ]);
    check_both(
        &bytes,
        &[
            "ok input > NCT0001xxxx/a.json: {}",
            "ok input > ../../b.xml: <clinical_study/>",
            "ok input > page: text",
            "no input > empty: it is empty",
            "ok input > list (record 1, byte 1): {}",
            "ok input > list (record 2, byte 4): {}",
        ],
    );
    check_both(
        &zipped_as(&[("a", b"{}")], CompressionMethod::Stored),
        &["ok input > a: {}"],
    );
    check_both(&zipped(&[]), &["no input: it is empty"]);
}

#[test]
fn two_members_of_one_name_are_both_read() {
    let mut bytes = zipped(&[("a", b"{\"x\":1}"), ("b", b"{\"x\":2}")]);
    for at in 0..bytes.len() - 1 {
        // The names in both headers: a single letter behind the fixed part.
        if bytes[at] == b'b'
            && (bytes[at.saturating_sub(30)..].starts_with(b"PK\x03\x04")
                || bytes[at.saturating_sub(46)..].starts_with(b"PK\x01\x02"))
        {
            bytes[at] = b'a';
        }
    }
    check_both(
        &bytes,
        &["ok input > a: {\"x\":1}", "ok input > a: {\"x\":2}"],
    );
}

#[test]
fn gzip() {
    check_both(&gzipped(b"{}"), &["ok input: {}"]);
    check_both(
        &[gzipped(b"{}\n"), gzipped(b"{\"a\":1}\n")].concat(),
        &[
            "ok input (record 1, byte 0): {}",
            "ok input (record 2, byte 3): {\"a\":1}",
        ],
    );
    check_both(&gzipped(b""), &["no input: it is empty"]);
    check_both(
        &zipped(&[("a.gz", &gzipped(b"{}"))]),
        &["ok input > a.gz: {}"],
    );
    check_both(&gzipped(&zipped(&[("a", b"{}")])), &["ok input > a: {}"]);
}

#[test]
fn nesting_has_an_end() {
    let one = zipped(&[("a", b"{}")]);
    let two = zipped(&[("one.zip", &one), ("b", b"{}")]);
    let three = zipped(&[("two.zip", &two), ("c", b"{}")]);
    let four = zipped(&[("three.zip", &three), ("d", b"{}")]);
    check_both(
        &three,
        &[
            "ok input > two.zip > one.zip > a: {}",
            "ok input > two.zip > b: {}",
            "ok input > c: {}",
        ],
    );
    check_both(
        &four,
        &[
            "no input > three.zip > two.zip > one.zip: archives are nested more than 3 deep",
            "ok input > three.zip > two.zip > b: {}",
            "ok input > three.zip > c: {}",
            "ok input > d: {}",
        ],
    );
}

#[test]
fn a_cut_off_zip_gives_what_is_left() {
    let long = format!("[{{}},{{\"a\":\"{}\"}}]", noise(5000));
    let bytes = zipped(&[("a", b"{}"), ("b", b"text"), ("c", long.as_bytes())]);
    let cut = &bytes[..bytes.len() - 1500];
    check_both(
        cut,
        &[
            "no input: the zip archive is cut off: its directory at the end is missing",
            "ok input > a: {}",
            "ok input > b: text",
            "ok input > c (record 1, byte 1): {}",
            "no input > c (record 2, byte 4): the compressed data is cut off",
        ],
    );
    // Within the directory: all members are there.
    let lines = lines_of_file(&bytes[..bytes.len() - 30]);
    assert_eq!(lines.len(), 5);
    assert_eq!(
        lines.iter().filter(|line| line.starts_with("ok")).count(),
        4
    );
}

/// A member as a program writes it that cannot go back: lengths and checksum behind the data.
fn streamed(name: &str, text: &[u8]) -> Vec<u8> {
    let mut packed = flate2::write::DeflateEncoder::new(Vec::new(), Compression::default());
    packed.write_all(text).unwrap();
    let packed = packed.finish().unwrap();
    let mut crc = flate2::Crc::new();
    crc.update(text);
    let mut bytes = b"PK\x03\x04\x14\0\x08\0\x08\0".to_vec();
    bytes.extend([0; 16]);
    bytes.extend([u8::try_from(name.len()).unwrap(), 0, 0, 0]);
    bytes.extend(name.as_bytes());
    bytes.extend(&packed);
    bytes.extend(b"PK\x07\x08");
    for number in [
        crc.sum(),
        u32::try_from(packed.len()).unwrap(),
        u32::try_from(text.len()).unwrap(),
    ] {
        bytes.extend(number.to_le_bytes());
    }
    bytes
}

#[test]
fn a_cut_off_stream_of_members_without_lengths() {
    let bytes = [streamed("a", b"{\"a\":1}"), streamed("b", b"some text")].concat();
    check_both(
        &bytes,
        &[
            "no input: the zip archive is cut off: its directory at the end is missing",
            "ok input > a: {\"a\":1}",
            "ok input > b: some text",
        ],
    );
}

/// Found by fuzzing: the wrong length made a folder of the whole directory, and nothing was told.
#[test]
fn a_directory_entry_that_swallows_the_others() {
    let mut bytes = zipped(&[("a", b"{}"), ("b", b"text"), ("c/", b"")]);
    swallow_all_entries(&mut bytes);
    let lines = lines_of_file(&bytes);
    let [swallowing, damage, swallowed] = &lines[..] else {
        panic!("{lines:?}");
    };
    assert!(swallowing.starts_with("ok input > aPK") && swallowing.ends_with("c/: {}"));
    assert_eq!(
        damage,
        "no input: the zip archive is damaged: its directory has not the number of entries that its end tells"
    );
    assert_eq!(swallowed, "ok input > b: text");
}

#[test]
fn a_member_with_a_folders_name_is_read() {
    let bytes = zipped(&[("a/", b"{}"), ("b", b"text")]);
    check_both(&bytes, &["ok input > a/: {}", "ok input > b: text"]);
}

/// What is read of an archive, in the order of its names.
fn read_of(bytes: &[u8]) -> (Vec<String>, Vec<String>) {
    let (mut read, told): (Vec<_>, Vec<_>) = lines_of_file(bytes)
        .into_iter()
        .partition(|line| line.starts_with("ok"));
    read.sort();
    read.dedup();
    (read, told)
}

/// Where the entries of its directory stand.
fn entries_of(archive: &[u8]) -> Vec<usize> {
    memchr::memmem::find_iter(archive, b"PK\x01\x02").collect()
}

/// Makes the name of the first entry of a directory so long that it takes in the others.
fn swallow_all_entries(archive: &mut [u8]) {
    let first = entries_of(archive)[0];
    archive[first + 28] = u8::try_from(archive.len() - 22 - first - 46).unwrap();
}

#[test]
fn the_directory_of_an_archive_inside_is_not_taken_for_that_of_a_cut_off_one() {
    let inner = zipped_as(&[("d", b"{}"), ("e", b"text")], CompressionMethod::Stored);
    let outer = [("a", &b"{}"[..]), ("inner.zip", &inner), ("z", b"more")];
    let whole = zipped_as(&outer, CompressionMethod::Stored);
    for cut in [30, 100] {
        let (read, told) = read_of(&whole[..whole.len() - cut]);
        assert_eq!(
            read,
            [
                "ok input > a: {}",
                // By the inner directory, and again in its place.
                "ok input > d: {}",
                "ok input > e: text",
                "ok input > inner.zip > d: {}",
                "ok input > inner.zip > e: text",
                "ok input > z: more"
            ]
        );
        assert_eq!(
            told,
            [
                "no input: the zip archive is damaged: its directory does not list what stands at its head"
            ]
        );
    }
}

#[test]
fn archives_behind_each_other_are_all_read() {
    let first = zipped(&[("a", b"{}"), ("b", b"text")]);
    let (read, told) = read_of(&[first.clone(), zipped(&[("d", b"more")])].concat());
    assert_eq!(
        read,
        [
            "ok input > a: {}",
            "ok input > b: text",
            "ok input > d: more"
        ]
    );
    assert_eq!(told.len(), 1);
    let (read, told) = read_of(&[first, zipped(&[])].concat());
    assert_eq!(read.len(), 2);
    assert_eq!(told.len(), 0, "{told:?}");
}

#[test]
fn a_comment_that_looks_like_the_end_of_an_empty_archive() {
    let mut bytes = zipped(&[("a", b"{}")]);
    let comment = [&b"PK\x05\x06"[..], &[0; 18]].concat();
    let end = bytes.len();
    bytes[end - 2] = u8::try_from(comment.len()).unwrap();
    bytes.extend(comment);
    check_both(&bytes, &["ok input > a: {}"]);
}

#[test]
fn members_that_are_not_where_the_directory_says_are_looked_for() {
    let mut bytes = zipped(&[("a", b"{}"), ("b", b"text")]);
    let central = entries_of(&bytes);
    bytes[central[1] + 42] += 1;
    check_both(
        &bytes,
        &[
            "ok input > a: {}",
            "no input > b: the zip archive is damaged: the member is not where its directory says",
            "no input: the zip archive is damaged: its directory has members in wrong places",
            "ok input > b: text",
        ],
    );
}

#[test]
fn a_hidden_name_that_a_wrong_length_made() {
    let mut bytes = zipped(&[("a", b"{}"), ("b", b"text"), ("c/.x", b"hidden")]);
    swallow_all_entries(&mut bytes);
    let (read, told) = read_of(&bytes);
    assert_eq!(read, ["ok input > a: {}", "ok input > b: text"]);
    assert_eq!(told.len(), 1);
}

#[test]
fn a_folders_name_in_a_cut_off_stream_of_members() {
    // Folders as Java writes them: packed to two bytes.
    let bytes = [
        streamed("f/", b""),
        streamed("f/a", b"{}"),
        streamed("g/", b"text"),
    ]
    .concat();
    check_both(
        &bytes,
        &[
            "no input: the zip archive is cut off: its directory at the end is missing",
            "ok input > f/a: {}",
            "ok input > g/: text",
        ],
    );
}

#[test]
fn a_wrong_checksum_costs_that_member() {
    let mut bytes = zipped_as(
        &[
            ("a", b"{\"x\":1}"),
            ("b", b"{\"x\":2}"),
            ("c", b"{\"x\":3}"),
        ],
        CompressionMethod::Stored,
    );
    let at = bytes
        .windows(7)
        .position(|window| window == b"{\"x\":2}")
        .unwrap();
    bytes[at + 2] = b'y';
    check_both(
        &bytes,
        &[
            "ok input > a: {\"x\":1}",
            "no input > b: the checksum is wrong: the data is damaged",
            "ok input > c: {\"x\":3}",
        ],
    );
    let mut bytes = gzipped(b"{\"x\":1}");
    let at = bytes.len() - 6;
    bytes[at] ^= 1;
    check_both(
        &bytes,
        &["no input: the checksum is wrong: the data is damaged"],
    );
}

#[test]
fn a_cut_off_gzip_keeps_what_came_before() {
    let text = format!(
        "{{\"a\":1}}\n{{\"a\":2}}\n{{\"a\":\"{}\"}}\n",
        noise(20_000)
    );
    let bytes = gzipped(text.as_bytes());
    check_both(
        &bytes[..bytes.len() / 2],
        &[
            "ok input (record 1, byte 0): {\"a\":1}",
            "ok input (record 2, byte 8): {\"a\":2}",
            "no input (record 3, byte 16): the compressed data is cut off",
        ],
    );
    let whole = format!(
        "ok input (record 3, byte 16): {}",
        text.lines().last().unwrap()
    );
    check_both(
        &bytes[..bytes.len() - 4],
        &[
            "ok input (record 1, byte 0): {\"a\":1}",
            "ok input (record 2, byte 8): {\"a\":2}",
            &whole,
            "no input: the compressed data is cut off",
        ],
    );
}

#[test]
fn members_that_cannot_be_unpacked() {
    let mut bytes = zipped(&[("a", b"{}"), ("b", b"{}")]);
    // Flags and method of the first member, in its entry of the directory.
    let entry = bytes
        .windows(4)
        .position(|window| window == b"PK\x01\x02")
        .unwrap();
    bytes[entry + 8] |= 1;
    check_both(
        &bytes,
        &[
            "no input > a: the archive member is encrypted",
            "ok input > b: {}",
        ],
    );
    bytes[entry + 8] &= !1;
    bytes[entry + 10] = 93;
    check_both(
        &bytes,
        &[
            "no input > a: the archive member is compressed with zstd, which is not supported",
            "ok input > b: {}",
        ],
    );
    bytes[entry + 10] = 8;
    bytes[entry + 42] = 7;
    check_both(
        &bytes,
        &[
            "no input > a: the zip archive is damaged: the member is not where its directory says",
            "ok input > b: {}",
            "no input: the zip archive is damaged: its directory has members in wrong places",
            "ok input > a: {}",
        ],
    );
}

#[test]
fn a_damaged_directory_is_reported_and_got_round() {
    let mut bytes = zipped(&[("a", b"{}"), ("b", b"{\"b\":1}")]);
    let second = bytes
        .windows(4)
        .rposition(|window| window == b"PK\x01\x02")
        .unwrap();
    bytes[second] = b'X';
    check_both(
        &bytes,
        &[
            "ok input > a: {}",
            "no input: the zip archive is damaged: an entry of its directory is not one",
            "ok input > b: {\"b\":1}",
        ],
    );
}

#[test]
fn bombs_are_stopped() {
    let limits = Limits {
        ratio_floor: 1 << 20,
        ..Limits::default()
    };
    let blanks = vec![b' '; 8 << 20];
    for bomb in [
        gzipped(&blanks),
        zipped(&[("blanks", &blanks), ("a", b"{}")]),
        gzipped(&gzipped(&blanks)),
    ] {
        let items = items_of(&bomb, usize::MAX, &limits);
        let reason = items[0].as_ref().map_err(ToString::to_string).unwrap_err();
        assert!(
            reason.contains("packed bytes unpack to more than"),
            "{reason}"
        );
    }
    // Each member below the floor, all of them far above it.
    let megabyte = vec![b' '; 1 << 20];
    let names: Vec<_> = (0..20).map(|number| number.to_string()).collect();
    let many: Vec<_> = names
        .iter()
        .map(|name| (name.as_str(), megabyte.as_slice()))
        .collect();
    let items = items_of(&zipped(&many), usize::MAX, &limits);
    assert_eq!(items.len(), 20);
    assert!(
        items[19]
            .as_ref()
            .map_err(ToString::to_string)
            .unwrap_err()
            .contains("unpack to more than")
    );
    // The default leaves a harmless file of blanks alone.
    let items = items_of(&gzipped(&blanks), usize::MAX, &Limits::default());
    assert!(items[0].is_ok(), "{items:?}");
}
