//! Tells what a stream is from its first bytes, never from its name.
//!
//! A guess only decides which framer and parser look at it; whether it is a trial record is theirs to say. What is surely
//! none (pictures, office files) is named here, and so are the exports of registries that have no parser yet.
use memchr::memmem;

use super::item::{Format, RejectReason};

/// A stream that holds other streams.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Container {
    Zip,
    Gzip,
}

/// Magic numbers of data that is no text, for a rejection that says what it is.
const BINARY: &[(&[u8], &str)] = &[
    (b"\x89PNG", "a PNG image"),
    (b"\xFF\xD8\xFF", "a JPEG image"),
    (b"GIF8", "a GIF image"),
    (b"%PDF-", "a PDF document"),
    (b"{\\rtf", "an RTF document"),
    (b"\xD0\xCF\x11\xE0", "an old office document"),
    (b"BZh", "a bzip2 archive; unpack it first"),
    (b"\xFD7zXZ\0", "an xz archive; unpack it first"),
    (b"\x28\xB5\x2F\xFD", "a zstd archive; unpack it first"),
    (b"7z\xBC\xAF\x27\x1C", "a 7z archive; unpack it first"),
    (b"Rar!\x1A\x07", "a RAR archive; unpack it first"),
    (b"\x7FELF", "a program"),
    (b"MZ\x90\0", "a program"),
    (b"SQLite format 3\0", "an SQLite database"),
    (b"\0\0\0\x01Bud1", "a folder's display settings"),
    (b"PAR1", "a Parquet table"),
];

/// The magic of a tar archive, and where in its first header it stands.
const TAR: &[u8] = b"ustar";
const TAR_AT: usize = 257;

/// Beginnings of registries' exports that have no parser yet, behind white space and without regard to case.
const NOT_READ_YET: &[(&[u8], &str)] = &[
    (b"trialid,last refreshed on,", "a WHO ICTRP export as CSV"),
    (
        b"\"trialid\",\"last refreshed on\"",
        "a WHO ICTRP export as CSV",
    ),
    (
        b"nct number,study title,",
        "a ClinicalTrials.gov download as CSV",
    ),
    (
        b"\"nct number\",\"study title\"",
        "a ClinicalTrials.gov download as CSV",
    ),
    (
        b"rank,nct number,title,",
        "a ClinicalTrials.gov download as CSV",
    ),
    (
        b"this file contains full details on each clinical trial",
        "an EU Clinical Trials Register download as text",
    ),
    (
        b"this file contains all the trials",
        "an EU Clinical Trials Register download as text",
    ),
];

/// Names of elements that begin a page rather than data.
const HTML: [&[u8]; 18] = [
    b"html", b"head", b"body", b"title", b"meta", b"link", b"script", b"style", b"div", b"span",
    b"main", b"article", b"section", b"table", b"p", b"h1", b"h2", b"ul",
];

/// Whether a stream is an archive.
pub(crate) fn container(head: &[u8]) -> Option<Container> {
    match head {
        [b'P', b'K', 3, 4, ..] | [b'P', b'K', 5, 6, ..] => Some(Container::Zip),
        // The marker of a zip that was once split over several disks stands before the first member.
        [b'P', b'K', 7, 8, b'P', b'K', 3, 4, ..] => Some(Container::Zip),
        [0x1F, 0x8B, 8, ..] => Some(Container::Gzip),
        _ => None,
    }
}

/// Which framer and parser a text is for; an error is the reason to reject the whole stream. `head` has no byte-order
/// mark; `offset` is where it lies in its stream.
pub(crate) fn text(head: &[u8], offset: u64) -> Result<Format, RejectReason> {
    if let Some((_, name)) = BINARY.iter().find(|(magic, _)| head.starts_with(magic)) {
        return Err(RejectReason::Binary(name));
    }
    if head.get(TAR_AT..).is_some_and(|rest| rest.starts_with(TAR)) {
        return Err(RejectReason::Binary("a tar archive; unpack it first"));
    }
    let start = head.trim_ascii_start();
    if start.is_empty() && head.len() < LOOK_AHEAD {
        return Err(RejectReason::Empty);
    }
    if looks_like_json(start) {
        return match memmem::find(&start[..start.len().min(4096)], b"\"ctNumber\"") {
            Some(_) => Err(RejectReason::NotReadYet("an EU CTIS download as JSON")),
            None => Ok(Format::ApiJson),
        };
    }
    if start.starts_with(b"<")
        && let Some(format) = markup(start)
    {
        return Ok(format);
    }
    if let Some((_, name)) = NOT_READ_YET.iter().find(|(opening, _)| {
        start
            .get(..opening.len())
            .is_some_and(|text| text.eq_ignore_ascii_case(opening))
    }) {
        return Err(RejectReason::NotReadYet(name));
    }
    // Lines of JSON of which the first is damaged; or elements behind some line of a tool's.
    if memmem::find(head, b"\n{\"").is_some()
        && memmem::find(head, b"\"protocolSection\"").is_some()
    {
        return Ok(Format::ApiJson);
    }
    if memmem::find(head, b"\n<clinical_study>").is_some()
        || memmem::find(head, b"\n<clinical_study ").is_some()
    {
        return Ok(Format::CtgovXml);
    }
    let first = &head[..head.len().min(4096)];
    let control = first
        .iter()
        .filter(|byte| matches!(byte, 0..=8 | 14..=26 | 28..=31))
        .count();
    if control * 50 > first.len() {
        return Err(RejectReason::Binary("no text"));
    }
    match memchr::memchr(0, head) {
        Some(at) => Err(RejectReason::NulByte(offset + at as u64)),
        None => Ok(Format::Page),
    }
}

/// The reason to reject XML that holds no `<clinical_study>`, by the name of its root element.
pub(crate) fn foreign_xml(root: &str) -> RejectReason {
    match root {
        "trials" => RejectReason::NotReadYet("a WHO ICTRP export as XML"),
        "allTrials" | "trial" => RejectReason::NotReadYet("an ISRCTN download as XML"),
        _ => RejectReason::ForeignXml(root.to_owned()),
    }
}

/// How many bytes of a stream are looked at: classic pages open with hundreds of blank lines.
pub(crate) const LOOK_AHEAD: usize = 64 << 10;

/// A page may begin with a bracket too (`[Home](...)`), so the byte behind it counts.
fn looks_like_json(start: &[u8]) -> bool {
    // Lists of lists are looked through: only an object says that it is JSON.
    let inside = start
        .iter()
        .position(|byte| *byte != b'[' && !byte.is_ascii_whitespace());
    let rest = &start[inside.unwrap_or(start.len())..];
    match (start.first(), rest.first()) {
        (Some(b'['), None | Some(b'{' | b']')) => true,
        (Some(b'{'), Some(_)) => matches!(
            rest[1..].trim_ascii_start().first(),
            None | Some(b'"' | b'}')
        ),
        _ => false,
    }
}

/// Tells pages from data by the first element; nothing if it is no markup after all.
fn markup(start: &[u8]) -> Option<Format> {
    let mut rest = start;
    let mut declared = false;
    loop {
        rest = rest.trim_ascii_start();
        if let Some(comment) = rest.strip_prefix(b"<!--") {
            rest = &comment[memmem::find(comment, b"-->")? + 3..];
        } else if let Some(instruction) = rest.strip_prefix(b"<?") {
            declared |= instruction.starts_with(b"xml");
            rest = &instruction
                [memmem::find(instruction, b"?>").map_or(instruction.len(), |end| end + 2)..];
        } else if let Some(doctype) = rest
            .get(..9)
            .filter(|opening| opening.eq_ignore_ascii_case(b"<!doctype"))
        {
            let behind = rest[doctype.len()..].trim_ascii_start();
            if behind
                .get(..4)
                .is_some_and(|name| name.eq_ignore_ascii_case(b"html"))
            {
                return Some(Format::HtmlPage);
            }
            declared = true;
            rest = &rest[memchr::memchr(b'>', rest).map_or(rest.len(), |end| end + 1)..];
        } else {
            break;
        }
    }
    let Some(element) = rest.strip_prefix(b"<") else {
        return declared.then_some(Format::CtgovXml);
    };
    let length = element
        .iter()
        .take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.'))
        .count();
    let name = element[..length].to_ascii_lowercase();
    if HTML.contains(&name.as_slice()) {
        return Some(Format::HtmlPage);
    }
    let is_element = length > 0
        && element
            .get(length)
            .is_none_or(|next| matches!(next, b'>' | b'/' | b':' | b' ' | b'\t' | b'\r' | b'\n'));
    // `<https://...>` is how Markdown writes a link.
    let is_link = element[length..].starts_with(b"://");
    (declared || (is_element && !is_link)).then_some(Format::CtgovXml)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(head: &str, expect: Format) {
        assert_eq!(
            text(head.as_bytes(), 0).map_err(|reason| reason.to_string()),
            Ok(expect),
            "{head}"
        );
    }

    fn check_rejected(head: &[u8], expect: &str) {
        assert_eq!(
            text(head, 3).map_err(|reason| reason.to_string()),
            Err(expect.to_owned())
        );
    }

    #[test]
    fn formats() {
        check("{\"protocolSection\":{}}", Format::ApiJson);
        check("\r\n [ {\"a\":1}]", Format::ApiJson);
        check("[]", Format::ApiJson);
        check("{", Format::ApiJson);
        check("Section\":{}}\n{\"protocolSection\":{}}\n", Format::ApiJson);
        check("<clinical_study rank=\"1\">", Format::CtgovXml);
        check(
            "<?xml version=\"1.0\"?>\n<!-- x -->\n<search_results count=\"2\">",
            Format::CtgovXml,
        );
        check("<?xml version=\"1.0\"?>", Format::CtgovXml);
        check("\n\n\n<!DOCTYPE html>\n<html>", Format::HtmlPage);
        check("<!-- saved -->\n<HTML lang=en>", Format::HtmlPage);
        check(
            "<?xml version=\"1.0\"?><!DOCTYPE html PUBLIC \"x\"><html>",
            Format::HtmlPage,
        );
        check("<div class=x>", Format::HtmlPage);
        check("A title\nNCT ID: NCT00000102\n", Format::Page);
        check("[Home](page) of a trial", Format::Page);
        check("[1] Reference", Format::Page);
        check("<https://example.org> a page", Format::Page);
        check("{curly} text", Format::Page);
        check("< 5 patients", Format::Page);
    }

    #[test]
    fn rejections() {
        check_rejected(
            b"\x89PNG\r\n\x1A\n",
            "not a trial record: binary data (a PNG image)",
        );
        check_rejected(
            b"\x01\x02\x03\x04\x05",
            "not a trial record: binary data (no text)",
        );
        let mut tar = [0; 512];
        tar[257..262].copy_from_slice(b"ustar");
        check_rejected(
            &tar,
            "not a trial record: binary data (a tar archive; unpack it first)",
        );
        check_rejected(b" \n\t", "it is empty");
        check_rejected(b"", "it is empty");
        let long = format!("A title of {}\0 text", "x".repeat(200));
        check_rejected(long.as_bytes(), "a NUL byte at byte 214 of its stream");
        check_rejected(
            b"TrialID,Last Refreshed on,Public title",
            "a WHO ICTRP export as CSV, which is not read yet",
        );
    }

    #[test]
    fn containers() {
        assert_eq!(container(b"PK\x03\x04xx"), Some(Container::Zip));
        assert_eq!(container(b"\x1F\x8B\x08\0"), Some(Container::Gzip));
        assert_eq!(container(b"PKWARE is a company"), None);
    }
}
