//! List markers as people type them: bullets, numbers, letters. Reads one marker at the start of a line; whether it
//! opens a nested list is decided elsewhere.

/// What a marker looks like; items of one list share it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Class {
    /// `*`, `-`, `•` ...
    Bullet(char),
    /// Digits, and what closes them: `1.`, `1)`, `(1)`.
    Number(char),
    /// `1.2`, `1.2.3`.
    Section,
    /// A letter or a roman number, and what closes it; upper case or not.
    Letter(char, bool),
}

/// A marker at the start of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Marker<'a> {
    /// Its kind of list.
    pub class: Class,
    /// Its number, where it has one.
    pub number: Option<u32>,
    /// As typed, without the space after it.
    pub text: &'a str,
    /// Byte offset of the text after marker and space.
    pub end: usize,
}

/// Reads the marker of `line`, doubled ones (`* •`, `* 1)`) as one. `last` is the number of the item before: it tells
/// `2-Age` from `6-Minute walk`.
pub(super) fn marker(line: &str, last: Option<u32>) -> Option<Marker<'_>> {
    let mut found = single(line, last)?;
    // Three in a row is more than anybody types; a million is an attack.
    for _ in 0..2 {
        let rest = &line[found.end..];
        let Some(next) = single(rest, last) else {
            break;
        };
        let outer_bullet = matches!(found.class, Class::Bullet(_));
        if !outer_bullet && !matches!(next.class, Class::Bullet(_)) || rest[next.end..].is_empty() {
            break;
        }
        let end = found.end + next.end;
        found = if outer_bullet {
            Marker { end, ..next }
        } else {
            Marker { end, ..found }
        };
    }
    Some(found)
}

fn single(line: &str, last: Option<u32>) -> Option<Marker<'_>> {
    let unescaped = line.strip_prefix('\\').unwrap_or(line);
    let first = unescaped.chars().next()?;
    if let Some(closer) = closer_of(first) {
        return bracketed(line, unescaped, first, closer);
    }
    if first.is_ascii_digit() {
        return numbered(line, last);
    }
    if let Some(width) = bullet(unescaped, first) {
        let start = line.len() - unescaped.len() + width;
        return Some(built(line, Class::Bullet(first), None, start));
    }
    if is_circled(first) {
        let number = (u32::from(first) - 0x245F).min(20);
        return Some(built(
            line,
            Class::Number('①'),
            Some(number),
            line.len() - unescaped.len() + first.len_utf8(),
        ));
    }
    first.is_ascii_alphabetic().then(|| lettered(line))?
}

fn built(line: &str, class: Class, number: Option<u32>, marker_end: usize) -> Marker<'_> {
    let rest = &line[marker_end..];
    let end = marker_end + rest.len() - rest.trim_start().len();
    Marker {
        class,
        number,
        text: &line[..marker_end],
        end,
    }
}

/// Width of a bullet at the start of `line` in bytes.
fn bullet(line: &str, first: char) -> Option<usize> {
    let after = &line[first.len_utf8()..];
    match first {
        '-' | '–' | '—' | '−' => {
            // "---" is a bullet drawn long; "-5 dioptres" is a number.
            let run = line.len() - line.trim_start_matches(['-', '–', '—', '−']).len();
            let after = &line[run..];
            // "--Disease Characteristics-- ..." is a heading.
            let dashed = run == 2
                && after.starts_with(char::is_uppercase)
                && after
                    .bytes()
                    .take(48)
                    .collect::<Vec<_>>()
                    .windows(2)
                    .any(|pair| pair == b"--");
            (run <= 16
                && !dashed
                && !after.starts_with(|next: char| {
                    next.is_ascii_digit() || matches!(next, '>' | '.' | '\\')
                }))
            .then_some(run)
        }
        '*' => (!after.starts_with('*')
            && after.starts_with(|next: char| next.is_whitespace() || next.is_alphanumeric()))
        .then_some(1),
        '+' => after.starts_with(char::is_whitespace).then_some(1),
        'o' => {
            let text = after.trim_start();
            (after.len() > text.len() && text.starts_with(char::is_uppercase)).then_some(1)
        }
        '•' | '‣' | '·' | '◦' | '▪' | '▫' | '●' | '○' | '■' | '□' | '☐' | '◆' | '◇' | '➢' | '➤'
        | '►' | '▶' | '✓' | '✔' | '★' | '※' | '∙' | '⁃' | '\u{f0b7}' | '\u{f0a7}' | '\u{f0d8}'
        | '・' | '»' => Some(first.len_utf8()),
        _ => None,
    }
}

fn closer_of(opener: char) -> Option<char> {
    match opener {
        '(' => Some(')'),
        '（' => Some('）'),
        '[' => Some(']'),
        _ => None,
    }
}

/// `(1)`, `(iv)`, `（2）`, `[3]`.
fn bracketed<'a>(line: &'a str, unescaped: &str, opener: char, closer: char) -> Option<Marker<'a>> {
    let offset = line.len() - unescaped.len() + opener.len_utf8();
    let inner = &line[offset..];
    let length = inner
        .bytes()
        .take(5)
        .take_while(u8::is_ascii_alphanumeric)
        .count();
    let label = &inner[..length];
    let after = inner[length..]
        .strip_prefix('\\')
        .unwrap_or(&inner[length..]);
    let rest = after.strip_prefix(closer)?;
    let marker_end = line.len() - rest.len();
    if let Ok(number) = label.parse::<u32>() {
        return (number < 1000 && opens_text(rest))
            .then(|| built(line, Class::Number('('), Some(number), marker_end));
    }
    let separate = rest.starts_with(char::is_whitespace);
    (is_letter_label(label) && opener != '[' && separate).then(|| {
        built(
            line,
            Class::Letter(
                '(',
                label.starts_with(|letter: char| letter.is_ascii_uppercase()),
            ),
            None,
            marker_end,
        )
    })
}

/// `1.`, `1)`, `1、`, `1-`, `1.2`.
fn numbered(line: &str, last: Option<u32>) -> Option<Marker<'_>> {
    let length = line.bytes().take(4).take_while(u8::is_ascii_digit).count();
    let number: u32 = line[..length].parse().ok().filter(|_| length <= 3)?;
    let spaced = &line[length..];
    let after = spaced.strip_prefix('\\').unwrap_or(spaced);
    let closer = after.chars().next()?;
    let rest = &after[closer.len_utf8()..];
    let expected = number == 1 || last.is_some_and(|last| last + 1 == number);
    let marker_end = line.len() - rest.len();
    match closer {
        '.' if rest.starts_with(|next: char| next.is_ascii_digit()) => section(line, number, last),
        '.' | ')' | '）' | '．' | '、' => {
            // "18.) Age" closes twice.
            let doubled = if closer == '.' {
                rest.strip_prefix(')')
            } else {
                None
            };
            let (rest, marker_end) =
                doubled.map_or((rest, marker_end), |rest| (rest, marker_end + 1));
            let closer = if doubled.is_some() || closer == '）' {
                ')'
            } else {
                closer
            };
            opens_text(rest).then(|| built(line, Class::Number(closer), Some(number), marker_end))
        }
        '-' | '/' | ':' if expected => {
            let mut letters = rest.chars();
            let spaced = rest.starts_with(char::is_whitespace);
            let capitalised = closer == '-'
                && letters.next().is_some_and(char::is_uppercase)
                && letters.next().is_some_and(char::is_lowercase);
            (spaced || capitalised && last.is_some_and(|last| last + 1 == number))
                .then(|| built(line, Class::Number(closer), Some(number), marker_end))
        }
        ' ' if expected => {
            let rest = rest.strip_prefix(['-', ')', '.'])?;
            rest.starts_with(' ').then(|| {
                built(
                    line,
                    Class::Number('-'),
                    Some(number),
                    line.len() - rest.len(),
                )
            })
        }
        _ => None,
    }
}

/// `3.2 Any ...` below item 3, `3.2. Any ...` anywhere; `2.5 mg` is no marker.
fn section(line: &str, number: u32, last: Option<u32>) -> Option<Marker<'_>> {
    let length = line
        .bytes()
        .take(12)
        .take_while(|byte| byte.is_ascii_digit() || *byte == b'.')
        .count();
    let label = &line[..length];
    let rest = &line[length..];
    let capital = rest
        .strip_prefix(' ')
        .is_some_and(|rest| rest.trim_start().starts_with(char::is_uppercase));
    let closed = label.ends_with('.') || label.matches('.').count() > 1;
    (capital && number > 0 && (closed || last == Some(number)))
        .then(|| built(line, Class::Section, None, length))
}

/// `a.`, `b)`, `iv.`, `A.`; not `E. coli`.
fn lettered(line: &str) -> Option<Marker<'_>> {
    let length = line
        .bytes()
        .take(6)
        .take_while(u8::is_ascii_alphabetic)
        .count();
    let label = &line[..length];
    if !is_letter_label(label) {
        return None;
    }
    let after = line[length..].strip_prefix('\\').unwrap_or(&line[length..]);
    let closer = after
        .chars()
        .next()
        .filter(|closer| matches!(closer, '.' | ')'))?;
    let rest = &after[1..];
    let upper = label.starts_with(|letter: char| letter.is_ascii_uppercase());
    let text = rest.trim_start();
    let separate = rest.len() > text.len();
    let fits = match closer {
        // "i.For controls", not "p.o. dosing".
        '.' if !upper && text.len() > 2 && starts_capitalised(text) => true,
        '.' => separate && (!upper || text.starts_with(|next: char| !next.is_lowercase())),
        _ => separate || text.starts_with(char::is_alphabetic),
    };
    (fits && !text.is_empty()).then(|| {
        built(
            line,
            Class::Letter(closer, upper),
            None,
            line.len() - rest.len(),
        )
    })
}

/// A capital, then a small letter.
fn starts_capitalised(text: &str) -> bool {
    let mut letters = text.chars();
    letters.next().is_some_and(char::is_uppercase) && letters.next().is_some_and(char::is_lowercase)
}

/// One letter, or a roman number up to xviii.
fn is_letter_label(label: &str) -> bool {
    match label.len() {
        1 => label.bytes().all(|byte| byte.is_ascii_alphabetic()),
        2..=5 => {
            label.bytes().all(|byte| matches!(byte, b'i' | b'v' | b'x'))
                || label.bytes().all(|byte| matches!(byte, b'I' | b'V' | b'X'))
        }
        _ => false,
    }
}

/// After a number's `.` or `)`: a space or a letter, not the rest of a number.
fn opens_text(rest: &str) -> bool {
    !rest.starts_with(|next: char| {
        next.is_ascii_digit() || matches!(next, ',' | '.' | ';' | ')' | '-')
    })
}

fn is_circled(character: char) -> bool {
    ('①'..='⑳').contains(&character)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(line: &str, expected: Option<(&str, &str)>) {
        let found = marker(line, Some(1)).map(|marker| (marker.text, &line[marker.end..]));
        assert_eq!(found, expected, "{line}");
    }

    #[test]
    fn markers() {
        for (line, marker, text) in [
            ("* Adults", "*", "Adults"),
            ("-  Adults", "-", "Adults"),
            ("-Adults", "-", "Adults"),
            ("• Adults", "•", "Adults"),
            ("\\- Adults", "\\-", "Adults"),
            ("1. Adults", "1.", "Adults"),
            ("1.Adults", "1.", "Adults"),
            ("1\\. Adults", "1\\.", "Adults"),
            ("12) Adults", "12)", "Adults"),
            ("(3) Adults", "(3)", "Adults"),
            ("（3）成人", "（3）", "成人"),
            ("2、成人", "2、", "成人"),
            ("a. Adults", "a.", "Adults"),
            ("b) adults", "b)", "adults"),
            ("iv) adults", "iv)", "adults"),
            ("2-Adults", "2-", "Adults"),
            ("1- adults", "1-", "adults"),
            ("1.2 Adults", "1.2", "Adults"),
            ("3.4. Adults", "3.4.", "Adults"),
            ("③ adults", "③", "adults"),
            ("o Adults", "o", "Adults"),
        ] {
            check(line, Some((marker, text)));
        }
        check("* • Adults", Some(("•", "Adults")));
        check("* 1) Adults", Some(("1)", "Adults")));
        check("• 2. Adults", Some(("2.", "Adults")));
        for line in [
            "1.5 mg",
            "18-65 years",
            "6-Minute walk",
            "E. coli",
            "-5 dioptres",
            "(CDC) rules",
            "i.e. adults",
            "Adults",
            "2.5 or lower",
            "**Adults**",
            "2015. Then",
            "",
        ] {
            check(line, None);
        }
    }
}
