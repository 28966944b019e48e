//! Where words and compounds begin and end. Gives extents only; what is inside one is `dissect`'s business.
//!
//! A unit is a run of letters and digits with the joints that clinical names are written with: hyphens of every kind,
//! underscores, apostrophes, decimal points, thousands commas, the dots of U.S., the `#` of VSL#3. A slash ends it.
//! Plain ASCII takes a byte loop; anything else takes the careful one, and both must agree (tested).
use super::LONGEST_WORD;
use super::fold::{
    is_apostrophe, is_hyphen, is_invisible, is_mark, is_trade_mark, is_word, stands_alone,
};

/// The extent of one unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Unit {
    /// First byte.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
    /// Where to go on scanning: `end`, or later when the unit was cut.
    pub next: usize,
    /// Only ASCII digits: it needs no dissection.
    pub digits: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Byte {
    Separator,
    Letter,
    Digit,
    Hyphen,
    /// `. , ' _ # +` and the backtick: a joint when the right thing follows.
    Special,
    NotAscii,
}

static BYTES: [Byte; 256] = {
    let mut table = [Byte::Separator; 256];
    let mut b = 0;
    while b < 256 {
        #[expect(clippy::cast_possible_truncation, reason = "b is below 256")]
        let byte = b as u8;
        if byte.is_ascii_alphabetic() {
            table[b] = Byte::Letter;
        } else if byte.is_ascii_digit() {
            table[b] = Byte::Digit;
        } else if !byte.is_ascii() {
            table[b] = Byte::NotAscii;
        } else if byte == b'-' {
            table[b] = Byte::Hyphen;
        } else if matches!(byte, b'.' | b',' | b'\'' | b'`' | b'_' | b'#' | b'+') {
            table[b] = Byte::Special;
        }
        b += 1;
    }
    table
};

/// The next unit at or after byte `from`, which must be a character boundary.
pub(super) fn next_unit(text: &str, from: usize) -> Option<Unit> {
    let bytes = text.as_bytes();
    let class = |i: usize| bytes.get(i).map_or(Byte::Separator, |&b| BYTES[b as usize]);
    let mut at = from;
    while at < bytes.len() {
        match class(at) {
            Byte::Letter | Byte::Digit => break,
            Byte::NotAscii => {
                let c = char_at(text, at)?;
                if is_word(c) {
                    return Some(careful(text, at));
                }
                at += c.len_utf8();
            }
            _ => at += 1,
        }
    }
    if at >= bytes.len() {
        return None;
    }
    let start = at;
    let mut digits = true;
    loop {
        match class(at) {
            Byte::Digit => at += 1,
            Byte::Letter => {
                digits = false;
                at += 1;
            }
            Byte::Separator => break,
            Byte::Hyphen => match class(at + 1) {
                Byte::Letter | Byte::Digit => {
                    digits = false;
                    at += 1;
                }
                Byte::NotAscii => return Some(careful(text, start)),
                _ => break,
            },
            Byte::Special => match class(at + 1) {
                Byte::Separator | Byte::Special => break,
                _ => return Some(careful(text, start)),
            },
            Byte::NotAscii => {
                let c = char_at(text, at)?;
                if is_word(c) || is_mark(c) || is_joint(c) {
                    return Some(careful(text, start));
                }
                break;
            }
        }
    }
    if at - start > LONGEST_WORD {
        return Some(careful(text, start));
    }
    Some(Unit {
        start,
        end: at,
        next: at,
        digits,
    })
}

/// The extent of the unit that begins at `start`, by characters. `start` must hold a word character.
pub(super) fn careful(text: &str, start: usize) -> Unit {
    let mut at = start;
    let mut end = start;
    // The last place where an over-long compound can be parted.
    let mut seam = None;
    // Letters since the last joint, and whether dots were the only joints: U.S.A.
    let mut letters = 0usize;
    let mut dotted = true;
    while let Some(c) = char_at(text, at) {
        if at - start > LONGEST_WORD
            && let Some(seam) = seam
        {
            return Unit {
                start,
                end: seam,
                next: seam,
                digits: false,
            };
        }
        let after = at + c.len_utf8();
        if is_word(c) {
            if stands_alone(c) {
                if end == start {
                    at = after;
                    while let Some(mark) =
                        char_at(text, at).filter(|&m| is_mark(m) || is_invisible(m))
                    {
                        at += mark.len_utf8();
                    }
                    end = at;
                }
                break;
            }
            letters += 1;
            at = after;
            end = at;
        } else if is_mark(c) {
            at = after;
            end = at;
        } else if is_invisible(c) {
            at = after;
        } else if at - start > LONGEST_WORD {
            // A word without a hyphen beyond the limit ends at its first joint.
            break;
        } else if is_hyphen(c) || c == '_' {
            if !joins(text, after) {
                break;
            }
            seam = Some(end);
            letters = 0;
            dotted = false;
            at = after;
        } else if is_trade_mark(c) {
            // ® and + are passed over only on the way to a hyphen: iSCLife®-LDP, CD34+-selected.
            match char_at(text, after) {
                Some(h) if is_hyphen(h) && joins(text, after + h.len_utf8()) => at = after,
                _ => break,
            }
        } else if is_apostrophe(c) {
            let follows = match char_at(text, after) {
                Some(h) if is_hyphen(h) => joins(text, after + h.len_utf8()),
                Some(n) => {
                    n.is_alphabetic()
                        && !stands_alone(n)
                        && before(text, at).is_some_and(char::is_alphabetic)
                }
                None => false,
            };
            if !follows {
                break;
            }
            letters = 0;
            dotted = false;
            at = after;
        } else if c == '.' {
            if let Some(beyond) = decimals(text, at) {
                at = beyond;
                end = at;
                letters = 0;
                dotted = false;
            } else if dotted && letters == 1 && single_letter(text, start, at, after) {
                letters = 0;
                at = after;
            } else {
                break;
            }
        } else if c == ',' {
            let Some(beyond) = thousands(text, at) else {
                break;
            };
            at = beyond;
            end = at;
            dotted = false;
        } else if c == '#' {
            let numbered = char_at(text, after).is_some_and(|n| n.is_ascii_digit());
            if !numbered || !before(text, at).is_some_and(|p| p.is_ascii_alphabetic()) {
                break;
            }
            seam = Some(end);
            letters = 0;
            dotted = false;
            at = after;
        } else {
            break;
        }
    }
    let digits = text.as_bytes()[start..end].iter().all(u8::is_ascii_digit);
    if end - start <= LONGEST_WORD {
        return Unit {
            start,
            end,
            next: end,
            digits,
        };
    }
    let mut cut = start + LONGEST_WORD;
    while !text.is_char_boundary(cut) {
        cut -= 1;
    }
    Unit {
        start,
        end: cut,
        next: end,
        digits,
    }
}

/// The end of the minus in "HER2-" and its like, where it says negative: after a marker, before an end, a slash or a word
/// that is not the second half of "HIV- and HCV-infected".
pub(super) fn marker_minus(text: &str, unit: Unit) -> Option<usize> {
    let minus = char_at(text, unit.end).filter(|&c| is_hyphen(c))?;
    let surface = &text[unit.start..unit.end];
    let (stable, loose) = (
        ["HER2", "HER-2", "ER", "PR", "PgR", "MRD", "Ph"],
        ["HR", "HIV", "HPV", "HBsAg", "HBeAg", "EBV", "CMV"],
    );
    let differentiation = surface
        .strip_prefix("CD")
        .is_some_and(|n| !n.is_empty() && n.bytes().all(|b| b.is_ascii_digit()));
    let is_stable = differentiation || stable.contains(&surface);
    if !is_stable && !loose.contains(&surface) {
        return None;
    }
    let end = unit.end + minus.len_utf8();
    let rest = &text[end..];
    let says_so = match rest.chars().next() {
        None => true,
        Some('/' | ')' | ']') => true,
        Some('.' | ';' | ':' | ',') => is_stable,
        Some(c) if c.is_whitespace() => {
            let word: String = rest
                .trim_start()
                .chars()
                .take_while(|c| c.is_alphabetic())
                .flat_map(char::to_lowercase)
                .collect();
            let half = [
                "and",
                "or",
                "to",
                "versus",
                "vs",
                "positive",
                "infected",
                "exposed",
                "coinfected",
                "overexpressing",
                "expressing",
                "mediated",
            ];
            is_stable && !half.contains(&word.as_str())
        }
        Some(_) => false,
    };
    says_so.then_some(end)
}

/// The character that begins at byte `at`.
fn char_at(text: &str, at: usize) -> Option<char> {
    text.get(at..)?.chars().next()
}

fn before(text: &str, at: usize) -> Option<char> {
    text.get(..at)?.chars().next_back()
}

/// Whether a word character that can be the next part of a compound stands at `at`.
fn joins(text: &str, at: usize) -> bool {
    let rest = text.get(at..).unwrap_or_default();
    rest.chars()
        .find(|&c| !is_invisible(c))
        .is_some_and(|c| is_word(c) && !stands_alone(c))
}

/// Characters beyond ASCII that may continue a unit.
fn is_joint(c: char) -> bool {
    is_hyphen(c) || is_apostrophe(c) || is_invisible(c) || is_trade_mark(c)
}

/// The end of the decimals that begin with the point at `at`: one point between digits, unless it is one of several as in
/// dates and version numbers.
fn decimals(text: &str, at: usize) -> Option<usize> {
    let bytes = text.as_bytes();
    let first = digits_before(bytes, at);
    let last = digits_after(bytes, at + 1);
    let preceded = first > 1 && bytes[first - 1] == b'.' && bytes[first - 2].is_ascii_digit();
    let followed =
        bytes.get(last) == Some(&b'.') && bytes.get(last + 1).is_some_and(u8::is_ascii_digit);
    (first < at && last > at + 1 && !preceded && !followed).then_some(last)
}

/// The end of the groups of three digits that begin with the comma at `at`.
fn thousands(text: &str, at: usize) -> Option<usize> {
    let bytes = text.as_bytes();
    let first = digits_before(bytes, at);
    let leads = (1..=3).contains(&(at - first))
        && (first == 0
            || !(bytes[first - 1].is_ascii_alphanumeric() || b".,".contains(&bytes[first - 1])));
    if !leads {
        return None;
    }
    let mut end = at;
    while bytes.get(end) == Some(&b',') && bytes.get(end + 1).is_some_and(u8::is_ascii_digit) {
        let group = digits_after(bytes, end + 1);
        if group - end != 4 {
            return None;
        }
        end = group;
    }
    (end > at).then_some(end)
}

fn digits_before(bytes: &[u8], at: usize) -> usize {
    // No number is longer than a word may be.
    let floor = at.saturating_sub(LONGEST_WORD);
    (floor..at)
        .rev()
        .take_while(|&i| bytes[i].is_ascii_digit())
        .last()
        .unwrap_or(at)
}

fn digits_after(bytes: &[u8], at: usize) -> usize {
    at + bytes
        .iter()
        .skip(at)
        .take(LONGEST_WORD)
        .take_while(|b| b.is_ascii_digit())
        .count()
}

/// Whether the dot at `at` stands between two single letters, as in U.S., i.v. and b.i.d.
fn single_letter(text: &str, start: usize, at: usize, after: usize) -> bool {
    let previous = text
        .get(start..at)
        .and_then(|t| t.chars().next_back())
        .is_some_and(char::is_alphabetic);
    let mut rest = text.get(after..).unwrap_or_default().chars();
    let next = rest
        .next()
        .is_some_and(|c| c.is_alphabetic() && !stands_alone(c));
    previous && next && !rest.next().is_some_and(|c| is_word(c) || is_mark(c))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn units(text: &str) -> Vec<&str> {
        let (mut found, mut from) = (Vec::new(), 0);
        while let Some(unit) = next_unit(text, from) {
            assert_eq!(
                unit,
                careful(text, unit.start),
                "byte loop and careful scan differ on `{text}`"
            );
            found.push(&text[unit.start..unit.end]);
            from = unit.next;
        }
        found
    }

    fn check(text: &str, expect: &[&str]) {
        assert_eq!(units(text), expect, "in `{text}`");
    }

    #[test]
    fn extents() {
        check(
            "BM-MSC, (IL-6) and PD-1/PD-L1.",
            &["BM-MSC", "IL-6", "and", "PD-1", "PD-L1"],
        );
        check(
            "Hodgkin's 'quoted' patients' l\u{2019}h\u{f4}pital",
            &["Hodgkin's", "quoted", "patients", "l\u{2019}h\u{f4}pital"],
        );
        check(
            "e.g. the U.S.A. i.v. Ph.D. end.Next",
            &["e.g", "the", "U.S.A", "i.v", "Ph", "D", "end", "Next"],
        );
        check(
            "0.9 1.5mg 100,000 1,2,3 12.03.2019 1,000,000.5",
            &[
                "0.9",
                "1.5mg",
                "100,000",
                "1",
                "2",
                "3",
                "12",
                "03",
                "2019",
                "1,000,000.5",
            ],
        );
        check(
            "19#iSCLife\u{ae}-LDP VSL#3 CD34+-selected LABA+ICS",
            &[
                "19",
                "iSCLife\u{ae}-LDP",
                "VSL#3",
                "CD34+-selected",
                "LABA",
                "ICS",
            ],
        );
        check(
            "\u{60a3}\u{8005}IL6\u{7d30}\u{80de}",
            &["\u{60a3}", "\u{8005}", "IL6", "\u{7d30}", "\u{80de}"],
        );
        check("a--b pre- x", &["a", "b", "pre", "x"]);
    }

    #[test]
    fn long_words_are_cut_and_long_compounds_parted() {
        let word = "\u{e9}".repeat(900);
        let text = format!("{word} end");
        let unit = next_unit(&text, 0).unwrap();
        assert_eq!((unit.end, unit.next), (1000, 1800));
        let chain = "abc-".repeat(1000);
        assert_eq!(
            units(&chain)
                .iter()
                .map(|u| u.split('-').count())
                .sum::<usize>(),
            1000
        );
    }

    proptest::proptest! {
        #[test]
        fn both_scans_agree(text in "[a-zA-Z0-9 .,'_#+/\u{e9}\u{2019}\u{2011}\u{ae}\u{ad}\u{2076}\u{3b2}\u{60a3}-]{0,40}") {
            units(&text);
        }
    }
}
