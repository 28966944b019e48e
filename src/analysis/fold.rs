//! Characters to their folded form: lower case, without accents, compatibility forms and ligatures resolved, Greek letters
//! by name. Says what class a character is of; does not know words.
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;
use unicode_segmentation::UnicodeSegmentation;

/// Every dash that is written where a hyphen is meant: hyphen-minus, hyphen, non-breaking hyphen, figure, en and em dash,
/// horizontal bar, hyphen bullet, minus sign, small and full-width hyphen.
pub(super) fn is_hyphen(c: char) -> bool {
    matches!(
        c,
        '-' | '\u{2010}'
            ..='\u{2015}' | '\u{2043}' | '\u{2212}' | '\u{FE58}' | '\u{FE63}' | '\u{FF0D}'
    )
}

/// Apostrophes, and the characters typed in their place.
pub(super) fn is_apostrophe(c: char) -> bool {
    matches!(
        c,
        '\'' | '`' | '\u{B4}' | '\u{2BC}' | '\u{2018}' | '\u{2019}' | '\u{201B}' | '\u{FF07}'
    )
}

/// Characters without width that may stand inside a word: soft hyphen, zero-width space and joiners, byte order mark.
pub(super) fn is_invisible(c: char) -> bool {
    matches!(
        c,
        '\u{AD}' | '\u{200B}'..='\u{200D}' | '\u{2060}' | '\u{FEFF}'
    )
}

/// Marks of trade, and the plus of CD34+, that may stand between a word and a hyphen.
pub(super) fn is_trade_mark(c: char) -> bool {
    matches!(c, '®' | '™' | '©' | '℠' | '+' | '⁺')
}

/// Letters, digits and what counts as such in a word.
pub(super) fn is_word(c: char) -> bool {
    if c.is_ascii() {
        return c.is_ascii_alphanumeric();
    }
    // Ordinal signs are used as degree signs, fractions are two numbers and a slash, superscript minus and plus are signs.
    let excluded = matches!(c, 'ª' | 'º' | '¼'..='¾' | '⅐'..='⅟' | '↉' | '℃' | '℉');
    !excluded && (c.is_alphanumeric() || is_increment(c))
}

/// Combining marks, which continue a word.
pub(super) fn is_mark(c: char) -> bool {
    !c.is_ascii() && is_combining_mark(c)
}

/// Whether Unicode segmentation takes the character as a word by itself: ideographs, hiragana, Thai and their like.
pub(super) fn stands_alone(c: char) -> bool {
    // Below U+0E00 all letters and digits join; the superscripts, which segmentation knows as "other", join here too.
    if (c as u32) < 0x0E00
        || script_digit(c).is_some()
        || is_increment(c)
        || c.is_lowercase()
        || c.is_uppercase()
    {
        return false;
    }
    let mut pair = String::with_capacity(8);
    pair.push(c);
    pair.push(c);
    pair.split_word_bounds().count() > 1
}

/// The digit of a superscript or subscript digit.
pub(super) fn script_digit(c: char) -> Option<char> {
    let digit = match c {
        '¹' => 1,
        '²' => 2,
        '³' => 3,
        '\u{2070}' | '\u{2074}'..='\u{2079}' => c as u32 - 0x2070,
        '\u{2080}'..='\u{2089}' => c as u32 - 0x2080,
        _ => return None,
    };
    char::from_digit(digit, 10)
}

/// The mathematical increment sign, written for the letter delta.
fn is_increment(c: char) -> bool {
    c == '\u{2206}'
}

/// Whether it is a Greek letter, micro sign and letter-like symbols included.
pub(super) fn is_greek(c: char) -> bool {
    !c.is_ascii() && greek_base(c).is_some()
}

/// The plain lower-case Greek letter under accents, case and compatibility forms.
fn greek_base(c: char) -> Option<char> {
    if is_increment(c) {
        return Some('δ');
    }
    if !matches!(c, 'µ' | '\u{370}'..='\u{3FF}' | '\u{1F00}'..='\u{1FFF}' | '\u{2126}') {
        return None;
    }
    let base = std::iter::once(c).nfkd().next()?;
    let lower = base.to_lowercase().next()?;
    matches!(lower, 'α'..='ω').then_some(lower)
}

/// The English name of a Greek letter.
pub(super) fn greek_name(c: char) -> Option<&'static str> {
    Some(match greek_base(c)? {
        'α' => "alpha",
        'β' => "beta",
        'γ' => "gamma",
        'δ' => "delta",
        'ε' => "epsilon",
        'ζ' => "zeta",
        'η' => "eta",
        'θ' => "theta",
        'ι' => "iota",
        'κ' => "kappa",
        'λ' => "lambda",
        'μ' => "mu",
        'ν' => "nu",
        'ξ' => "xi",
        'ο' => "omicron",
        'π' => "pi",
        'ρ' => "rho",
        'σ' | 'ς' => "sigma",
        'τ' => "tau",
        'υ' => "upsilon",
        'φ' => "phi",
        'χ' => "chi",
        'ψ' => "psi",
        'ω' => "omega",
        _ => return None,
    })
}

/// Whether it is mu, as a letter or as the micro sign.
pub(super) fn is_mu(c: char) -> bool {
    matches!(c, 'µ' | 'μ')
}

/// Appends the folded form of one character: nothing for an accent, several letters for a ligature.
pub(super) fn push_folded(c: char, out: &mut String) {
    if c.is_ascii() {
        if c.is_ascii_alphanumeric() {
            out.push(c.to_ascii_lowercase());
        }
        return;
    }
    if let Some(digit) = script_digit(c) {
        out.push(digit);
        return;
    }
    for piece in std::iter::once(c).nfkd() {
        for lower in piece.to_lowercase() {
            match lower {
                'ß' => out.push_str("ss"),
                'æ' => out.push_str("ae"),
                'œ' => out.push_str("oe"),
                'þ' => out.push_str("th"),
                'ø' => out.push('o'),
                'đ' | 'ð' => out.push('d'),
                'ł' => out.push('l'),
                'ħ' => out.push('h'),
                'ı' => out.push('i'),
                'ŧ' => out.push('t'),
                'ŋ' => out.push('n'),
                'ς' => out.push('σ'),
                lower if is_accent(lower) => {}
                lower if lower.is_alphanumeric() || is_combining_mark(lower) => out.push(lower),
                _ => {}
            }
        }
    }
}

/// Puts decomposed letters (Hangul syllables, kana, Indic vowels) together again; plain ASCII passes.
pub(super) fn recompose(folded: String) -> String {
    if folded.is_ascii() {
        folded
    } else {
        folded.nfc().collect()
    }
}

/// Diacritics that are dropped: those of Latin, Greek and Cyrillic, and variation selectors. Vowel signs of other scripts
/// are letters to their readers and stay.
fn is_accent(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36F}' | '\u{1AB0}'..='\u{1AFF}' | '\u{1DC0}'..='\u{1DFF}' | '\u{20D0}'..='\u{20FF}'
        | '\u{FE00}'..='\u{FE0F}' | '\u{FE20}'..='\u{FE2F}')
}
