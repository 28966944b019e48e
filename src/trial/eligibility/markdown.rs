//! Markdown as the registry writes it, to plain text: backslash escapes, character references, strong emphasis.
//!
//! Knows nothing of lists or headings, and never drops a letter or a digit.

use std::borrow::Cow;

use memchr::{memchr3, memmem};

/// How often `&amp;` may wrap another reference: `\&amp;gt;` is met in real records, deeper nesting is an attack.
const REFERENCE_DEPTH: usize = 4;

/// Longest name or number between `&` and `;`, in bytes: `&thetasym;` is the longest in the table, rounded up.
const REFERENCE_LENGTH: usize = 10;

/// Markdown (the CommonMark subset of the registry) to plain text.
///
/// `\<` becomes `<` (any ASCII punctuation after a backslash), `&ge;` becomes `≥`, also when escaped twice
/// (`&amp;lt;`, `\&gt;`), and `**strong**` loses its asterisks. A backslash before anything else, an unknown
/// reference and an unpaired `**` stay as they are. Borrowed when there is nothing to change.
///
/// ```
/// use trialfind::trial::eligibility::unescape_markdown;
/// assert_eq!(unescape_markdown(r"platelets \> 100 x 10\^9/L"), "platelets > 100 x 10^9/L");
/// ```
#[must_use]
pub fn unescape_markdown(text: &str) -> Cow<'_, str> {
    let bytes = text.as_bytes();
    let Some(first) = next_special(bytes, 0) else {
        return Cow::Borrowed(text);
    };
    let mut plain = String::with_capacity(text.len());
    plain.push_str(&text[..first]);
    let mut at = first;
    let mut strong_close = None;
    let mut no_more_strong = false;
    while at < bytes.len() {
        match bytes[at] {
            b'\\' if bytes.get(at + 1) == Some(&b'&') => {
                at = push_reference(text, at + 1, &mut plain);
            }
            b'\\' if bytes.get(at + 1).is_some_and(u8::is_ascii_punctuation) => {
                plain.push(bytes[at + 1] as char);
                at += 2;
            }
            b'&' => at = push_reference(text, at, &mut plain),
            b'*' if strong_close == Some(at) => {
                strong_close = None;
                at += 2;
            }
            b'*' if strong_close.is_none() && !no_more_strong && opens_strong(bytes, at) => {
                strong_close = closing_strong(bytes, at + 2);
                no_more_strong = strong_close.is_none();
                if no_more_strong {
                    plain.push_str("**");
                }
                at += 2;
            }
            byte => {
                plain.push(byte as char);
                at += 1;
            }
        }
        let next = next_special(bytes, at).unwrap_or(bytes.len());
        plain.push_str(&text[at..next]);
        at = next;
    }
    Cow::Owned(plain)
}

/// Whether there is a letter or digit in a text as it is shown: `&nbsp;` alone has none.
pub(super) fn says_something(text: &str) -> bool {
    text.contains(char::is_alphanumeric)
        && (!text.contains('&') || unescape_markdown(text).contains(char::is_alphanumeric))
}

/// Text as it is shown: Markdown undone, one space between words, none at the ends.
pub(super) fn readable(text: &str) -> Cow<'_, str> {
    let plain = unescape_markdown(text);
    let bytes = plain.as_bytes();
    let spaced = bytes.first() != Some(&b' ')
        && bytes.last() != Some(&b' ')
        && !bytes.windows(2).any(|pair| pair[1] < b' ' || pair == b"  ")
        && (plain.is_ascii()
            || !plain.contains(|character: char| character != ' ' && character.is_whitespace()));
    if spaced {
        return plain;
    }
    let mut single = String::with_capacity(plain.len());
    for word in plain.split_whitespace() {
        if !single.is_empty() {
            single.push(' ');
        }
        single.push_str(word);
    }
    Cow::Owned(single)
}

/// The next backslash, ampersand or double asterisk.
fn next_special(bytes: &[u8], mut from: usize) -> Option<usize> {
    loop {
        let at = from + memchr3(b'\\', b'&', b'*', bytes.get(from..)?)?;
        if bytes[at] != b'*' || bytes.get(at + 1) == Some(&b'*') {
            return Some(at);
        }
        from = at + 1;
    }
}

/// Whether the `**` at `at` can open strong emphasis: text follows at once, none goes before.
fn opens_strong(bytes: &[u8], at: usize) -> bool {
    bytes
        .get(at + 2)
        .is_some_and(|next| !next.is_ascii_whitespace() && *next != b'*')
        && (at == 0 || !bytes[at - 1].is_ascii_alphanumeric())
}

/// Where the `**` that closes strong emphasis stands: right after text.
fn closing_strong(bytes: &[u8], from: usize) -> Option<usize> {
    memmem::find_iter(&bytes[from..], b"**")
        .map(|offset| from + offset)
        .find(|at| *at > from && !bytes[at - 1].is_ascii_whitespace() && bytes[at - 1] != b'\\')
}

/// Writes what the reference at `at` (an ampersand) stands for; gives back where to go on.
fn push_reference(text: &str, at: usize, plain: &mut String) -> usize {
    let mut end = at + 1;
    for _ in 0..REFERENCE_DEPTH {
        let Some((character, length)) = reference(&text[end..]) else {
            break;
        };
        end += length;
        if character != '&' {
            plain.push(character);
            return end;
        }
    }
    plain.push('&');
    end
}

/// The character that `name;` stands for (the ampersand is already read), and the bytes read.
fn reference(text: &str) -> Option<(char, usize)> {
    let window = &text.as_bytes()[..text.len().min(REFERENCE_LENGTH + 1)];
    let end = memchr::memchr(b';', window)?;
    let name = text.get(..end)?;
    let character = if let Some(number) = name.strip_prefix('#') {
        let code = match number.strip_prefix(['x', 'X']) {
            Some(hexadecimal) => u32::from_str_radix(hexadecimal, 16).ok()?,
            None => number.parse().ok()?,
        };
        match char::from_u32(code)? {
            '\n' | '\r' | '\t' => ' ',
            control if control.is_control() => return None,
            character => character,
        }
    } else {
        NAMED.iter().find(|(known, _)| *known == name)?.1
    };
    Some((character, end + 1))
}

/// Named character references that clinical text uses, HTML's names; `lte` and `gte` are not HTML but are typed.
const NAMED: &[(&str, char)] = &[
    ("lt", '<'),
    ("gt", '>'),
    ("amp", '&'),
    ("quot", '"'),
    ("apos", '\''),
    ("nbsp", ' '),
    ("ge", '≥'),
    ("le", '≤'),
    ("gte", '≥'),
    ("lte", '≤'),
    ("ne", '≠'),
    ("plusmn", '±'),
    ("times", '×'),
    ("divide", '÷'),
    ("minus", '−'),
    ("deg", '°'),
    ("micro", 'µ'),
    ("mu", 'μ'),
    ("alpha", 'α'),
    ("beta", 'β'),
    ("gamma", 'γ'),
    ("delta", 'δ'),
    ("epsilon", 'ε'),
    ("kappa", 'κ'),
    ("lambda", 'λ'),
    ("theta", 'θ'),
    ("omega", 'ω'),
    ("bull", '•'),
    ("middot", '·'),
    ("hellip", '…'),
    ("ndash", '–'),
    ("mdash", '—'),
    ("lsquo", '‘'),
    ("rsquo", '’'),
    ("ldquo", '“'),
    ("rdquo", '”'),
    ("sup1", '¹'),
    ("sup2", '²'),
    ("sup3", '³'),
    ("frac12", '½'),
    ("frac14", '¼'),
    ("reg", '®'),
    ("trade", '™'),
    ("copy", '©'),
    ("sect", '§'),
    ("rarr", '→'),
    ("asymp", '≈'),
    ("agrave", 'à'),
    ("aacute", 'á'),
    ("acirc", 'â'),
    ("auml", 'ä'),
    ("aring", 'å'),
    ("aelig", 'æ'),
    ("ccedil", 'ç'),
    ("egrave", 'è'),
    ("eacute", 'é'),
    ("ecirc", 'ê'),
    ("euml", 'ë'),
    ("iacute", 'í'),
    ("iuml", 'ï'),
    ("ntilde", 'ñ'),
    ("oacute", 'ó'),
    ("ocirc", 'ô'),
    ("ouml", 'ö'),
    ("oslash", 'ø'),
    ("szlig", 'ß'),
    ("uacute", 'ú'),
    ("uuml", 'ü'),
    ("Auml", 'Ä'),
    ("Ouml", 'Ö'),
    ("Uuml", 'Ü'),
    ("Delta", 'Δ'),
];

#[cfg(test)]
mod tests {
    use super::*;

    fn check(markdown: &str, plain: &str) {
        assert_eq!(unescape_markdown(markdown), plain);
    }

    #[test]
    fn escapes_and_references() {
        check("nothing to do", "nothing to do");
        check(r"a \< b \*c\* 10\^9 \[d\] \\", r"a < b *c* 10^9 [d] \");
        check(r"kg\m2 and\or", r"kg\m2 and\or");
        check("BMI &gt; 30, T &lt; 38 &deg;C", "BMI > 30, T < 38 °C");
        check(
            "AST &amp;lt; 3, ALT \\&amp;gt; 2, QTc \\&gt; 450",
            "AST < 3, ALT > 2, QTc > 450",
        );
        check(
            "R&D; A&amp;E &unknown; &#8805;5 &#x2264;6 &#0;",
            "R&D; A&E &unknown; ≥5 ≤6 &#0;",
        );
        check(
            "**Donors** aged ** over 18, HLA-A*02",
            "Donors aged ** over 18, HLA-A*02",
        );
        check("**open, and no end", "**open, and no end");
        check("trailing \\", "trailing \\");
        check("é\\≥ &é; **é**", "é\\≥ &é; é");
    }
}
