//! The signs that are set on a word, a phrase or a group: `=word`, `word*`, `word~1`, `"a b"=`, `"a b"~5`, `(…)^2`.
//!
//! Only what is unmistakable is a sign: `mm^3`, `2*10^7` and `STAR*D` are words of trial records.

use super::caret::brief;
use super::errors::QueryFault;
use super::tree::{Finite, Form, Span};

/// How far words may stand from each other, in places: enough for a long sentence. Values of a field are twice as far apart,
/// so that nothing reaches from one into the next.
pub(super) const WIDEST: u32 = 50;

/// The most letters of a word that may differ: beyond two, nearly every word is near some other.
pub(super) const MOST_EDITS: u8 = 2;

/// The greatest boost; its inverse is the least.
const GREATEST_BOOST: f64 = 100.0;

/// Kilometres in a mile.
const MILE: f64 = 1.609_344;

/// Half the way round the earth, in kilometres.
const FARTHEST: f64 = 20_100.0;

/// What is set on a word or a phrase.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Signs {
    pub form: Form,
    pub within: Option<Within>,
    pub boost: Option<Finite>,
}

/// What stands behind `~`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Within {
    Places(u32),
    Kilometres(Finite),
}

/// A fault and where in the text looked at it is.
pub(super) type Misplaced = Box<(QueryFault, Span)>;

/// The signs of a run that is a word: where in it the word itself is, and what is set on it.
pub(super) fn of_word(run: &str) -> Result<(Span, Signs), Misplaced> {
    let mut signs = Signs::default();
    let mut word = Span::new(0, run.len());
    if let Some((base, weight)) = run.rsplit_once('^') {
        let base = trimmed(base);
        if says_something(base) && is_factor(weight) && !is_power(base) {
            signs.boost = Some(
                boost(weight)
                    .map_err(|fault| Box::new((fault, Span::new(base.len(), run.len()))))?,
            );
            word.end = base.len();
        }
    }
    let text = word.of(run);
    if let Some((base, behind)) = text.rsplit_once('~')
        && base.trim_end_matches('*').ends_with(char::is_alphanumeric)
    {
        let place = Span::new(base.len(), text.len());
        if behind.is_empty() || is_digits(behind) {
            let edits = match behind {
                "" => None,
                behind => Some(
                    behind
                        .parse()
                        .ok()
                        .filter(|edits| *edits <= MOST_EDITS)
                        .ok_or_else(|| {
                            let typed = brief(behind);
                            Box::new((QueryFault::TooManyEdits { typed }, place))
                        })?,
                ),
            };
            signs.form = Form::Fuzzy { edits };
            word.end = base.len();
        } else if let Some(kilometres) = kilometres(behind) {
            let kilometres = kilometres.map_err(|fault| (fault, place))?;
            signs.within = Some(Within::Kilometres(kilometres));
            word.end = base.len();
        }
    }
    let text = word.of(run);
    let open = text.trim_end_matches('*');
    if open.len() < text.len() && open.ends_with(char::is_alphanumeric) {
        if signs.form != Form::Stemmed {
            let place = Span::new(open.len(), run.len());
            return Err(Box::new((two_signs(place.of(run)), place)));
        }
        signs.form = Form::Prefix;
        word.end = open.len();
    }
    if word
        .of(run)
        .strip_prefix('=')
        .is_some_and(|rest| rest.starts_with(char::is_alphabetic))
    {
        if signs.form != Form::Stemmed {
            let place = Span::new(word.end, run.len());
            return Err(Box::new((two_signs(place.of(run)), place)));
        }
        signs.form = Form::Exact;
        word.start = 1;
    }
    Ok((word, signs))
}

/// The signs right behind the closing quote of `phrase` with which `run` begins, and how long they are. The form is
/// [`Form::Exact`] or [`Form::Stemmed`].
pub(super) fn behind_phrase(phrase: &str, run: &str) -> Result<(Signs, usize), Misplaced> {
    let mut signs = Signs::default();
    let mut place = 0;
    let wrong = |place: usize| {
        let typed = brief(&run[place..]);
        Box::new((QueryFault::WrongSign { typed }, Span::new(place, run.len())))
    };
    if run.starts_with('=') {
        if open_words(phrase).next().is_some() {
            return Err(Box::new((two_signs("="), Span::new(0, 1))));
        }
        signs.form = Form::Exact;
        place = 1;
    }
    let run = trimmed(run);
    if let Some(rest) = run.get(place..).and_then(|rest| rest.strip_prefix('~')) {
        let length = rest.find('^').unwrap_or(rest.len());
        let behind = &rest[..length];
        let end = place + 1 + length;
        let at = |fault| Box::new((fault, Span::new(place, end)));
        signs.within = Some(match (is_digits(behind), kilometres(behind)) {
            (true, _) => Within::Places(places(behind).map_err(at)?),
            (false, Some(kilometres)) => Within::Kilometres(kilometres.map_err(at)?),
            (false, None) => return Err(wrong(place)),
        });
        place = end;
    }
    if let Some(weight) = run.get(place..).and_then(|rest| rest.strip_prefix('^')) {
        if !is_weight(weight) {
            return Err(wrong(place));
        }
        signs.boost =
            Some(boost(weight).map_err(|fault| Box::new((fault, Span::new(place, run.len()))))?);
        place = run.len();
    }
    if place < run.len() {
        return Err(wrong(place));
    }
    Ok((signs, place))
}

/// What stands right behind a closing parenthesis or brace: `^2` or `~5`.
pub(super) enum Behind {
    Boost(Finite),
    Within(u32),
}

/// The sign that `run` is, which stands right behind a closing parenthesis or brace or, if it is `~5`, by itself; nothing if
/// it is none.
pub(super) fn behind_group(run: &str) -> Option<Result<Behind, QueryFault>> {
    let run = trimmed(run);
    if let Some(weight) = run.strip_prefix('^') {
        return is_weight(weight).then(|| boost(weight).map(Behind::Boost));
    }
    let behind = run.strip_prefix('~')?;
    is_digits(behind).then(|| places(behind).map(Behind::Within))
}

/// The places in a phrase of the `*` that end a word, each with what it stands behind.
pub(crate) fn open_words(phrase: &str) -> impl Iterator<Item = usize> + '_ {
    phrase.match_indices('*').filter_map(|(place, _)| {
        let before = phrase[..place].ends_with(char::is_alphanumeric);
        let ends = phrase[place + 1..]
            .chars()
            .next()
            .is_none_or(|next| next.is_whitespace() || matches!(next, ',' | ';' | ')' | '*'));
        (before && ends).then_some(place)
    })
}

/// The first word in a phrase that bears a `~`, with the sign.
pub(super) fn fuzzy_word(phrase: &str) -> Option<Span> {
    phrase.match_indices('~').find_map(|(place, _)| {
        let (before, behind) = (&phrase[..place], &phrase[place + 1..]);
        // Two letters at most may differ: "weight~70 kg" is about a weight.
        let rest = behind.strip_prefix(['1', '2']).unwrap_or(behind);
        let ends = rest
            .chars()
            .next()
            .is_none_or(|next| next.is_whitespace() || matches!(next, ',' | ';' | ')'));
        if !ends || !before.ends_with(char::is_alphabetic) {
            return None;
        }
        let word = before.trim_end_matches(char::is_alphanumeric).len();
        Some(Span::new(word, phrase.len() - rest.len()))
    })
}

fn two_signs(typed: &str) -> QueryFault {
    QueryFault::TwoSigns {
        typed: brief(typed),
    }
}

pub(super) fn says_something(text: &str) -> bool {
    text.contains(char::is_alphanumeric)
}

/// Without the punctuation that ends a clause.
fn trimmed(text: &str) -> &str {
    text.trim_end_matches([',', ';', ':', '.', '!', '?', '…'])
}

pub(super) fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_weight(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_digit())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_digit() || byte == b'.')
}

/// A number, also one that is no boost: `^nan`, `^-2`.
fn is_factor(text: &str) -> bool {
    is_weight(text) || text.parse::<f64>().is_ok()
}

/// Whether `^n` behind `base` is a power and no weight. Behind another `^n` it is no weight either: a word bears one.
fn is_power(base: &str) -> bool {
    let signed = base
        .rsplit_once('~')
        .is_some_and(|(_, edits)| edits.is_empty() || is_digits(edits));
    let weighed = base
        .rsplit_once('^')
        .is_some_and(|(_, factor)| is_factor(factor));
    !signed && !base.ends_with('*') && (weighed || is_number(base) || is_unit(base))
}

/// Units that are raised to a power in trial records, with or without a number before them.
fn is_unit(base: &str) -> bool {
    const UNITS: [&str; 16] = [
        "m", "cm", "mm", "dm", "km", "um", "µm", "μm", "nm", "in", "ft", "s", "sec", "min", "h",
        "l",
    ];
    let last = base
        .rsplit(|c: char| !c.is_alphanumeric())
        .next()
        .unwrap_or_default();
    let letters = last.trim_start_matches(|c: char| c.is_ascii_digit());
    UNITS.contains(&letters.to_lowercase().as_str())
}

/// A number, or one times ten: `10`, `2*10`, `2x10`. Behind a slash or a comparison it must end in ten (`n=10`, `cells/10`):
/// `IL-4/13` is a name, as `covid-19` is.
fn is_number(base: &str) -> bool {
    let compared = base.rsplit(['/', '=', '<', '>', '≤', '≥', '~']).next();
    let is_ten = |text: &str| {
        let before = text.strip_suffix("10");
        before.is_some_and(|before| !before.ends_with(char::is_numeric)) && is_count(text)
    };
    is_count(base) || compared.is_some_and(is_ten)
}

/// A number whose only letter is an `x` before ten.
fn is_count(text: &str) -> bool {
    let number = match text.rsplit_once(['x', 'X']) {
        Some((number, "10")) => number,
        Some(_) => return false,
        None if says_something(text) => text,
        None => return false,
    };
    !number.contains(char::is_alphabetic)
}

fn boost(weight: &str) -> Result<Finite, QueryFault> {
    weight
        .parse()
        .ok()
        .filter(|boost: &f64| {
            is_weight(weight) && (1.0 / GREATEST_BOOST..=GREATEST_BOOST).contains(boost)
        })
        .and_then(Finite::new)
        .ok_or_else(|| QueryFault::WrongBoost {
            typed: brief(weight),
        })
}

fn places(digits: &str) -> Result<u32, QueryFault> {
    digits
        .parse()
        .ok()
        .filter(|places| *places <= WIDEST)
        .ok_or_else(|| QueryFault::TooWide {
            typed: brief(digits),
        })
}

/// `50km`, `30mi`; nothing if it is no distance on the map.
fn kilometres(text: &str) -> Option<Result<Finite, QueryFault>> {
    let lower = text.to_lowercase();
    let (number, unit) = match (lower.strip_suffix("km"), lower.strip_suffix("mi")) {
        (Some(number), _) => (number, 1.0),
        (None, Some(number)) => (number, MILE),
        (None, None) => return None,
    };
    if !is_weight(number) {
        return None;
    }
    // To a tenth of a metre, so that it is read back as it is written.
    let kilometres = number
        .parse::<f64>()
        .ok()
        .map(|number| (number * unit * 1e4).round() / 1e4)
        .filter(|kilometres| *kilometres > 0.0 && *kilometres <= FARTHEST)
        .and_then(Finite::new);
    Some(kilometres.ok_or_else(|| QueryFault::WrongDistance { typed: brief(text) }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signs_of_words() {
        let check = |run: &str, expect: &str| {
            let found = match of_word(run) {
                Ok((word, signs)) => {
                    let boost = signs.boost.map_or(1.0, Finite::get);
                    format!("{} {:?} {boost}", word.of(run), signs.form)
                }
                Err(misplaced) => format!("{} at `{}`", misplaced.0, misplaced.1.of(run)),
            };
            assert_eq!(found, expect, "{run}");
        };
        check("osteo*", "osteo Prefix 1");
        check("CD3*", "CD3 Prefix 1");
        check("osteo*^2.5", "osteo Prefix 2.5");
        check("oedema~", "oedema Fuzzy { edits: None } 1");
        check("oedema~1", "oedema Fuzzy { edits: Some(1) } 1");
        check("=cells", "cells Exact 1");
        check("=cells^2", "cells Exact 2");
        check("pain^3", "pain Stemmed 3");
        check("BM-MSC^2", "BM-MSC Stemmed 2");
        check("CD34^2", "CD34 Stemmed 2");
        check("IL-4/13^2", "IL-4/13 Stemmed 2");
        check("HLA-A*02:01^2", "HLA-A*02:01 Stemmed 2");
        for word in [
            "mm^3",
            "kg/m^2",
            "2*10^7",
            "2x10^7",
            "3.5X10^9",
            "2×10^7",
            "x10^6",
            "1-5x10^6",
            "n=10^6",
            "cells/10^6",
            "cells/mm^3",
            "1.73m^2",
            "STAR*D",
            "HLA-A*02:01",
            "pain^x",
            "=5",
        ] {
            check(word, &format!("{word} Stemmed 1"));
        }
        check("oedema~3", "`~3`: two letters at most may differ at `~3`");
        check(
            "=osteo*",
            "`*`: a word bears one of `=`, `*` and `~` at `*`",
        );
        check(
            "osteo*~1",
            "`*~1`: a word bears one of `=`, `*` and `~` at `*~1`",
        );
        for boost in ["^0", "^nan", "^inf", "^-2", "^1e9", "^1e1", "^1.2.3"] {
            check(
                &format!("pain{boost}"),
                &format!("`{boost}` is no boost at `{boost}`"),
            );
        }
    }

    #[test]
    fn words_spelt_nearly_so_in_a_phrase() {
        let check = |phrase: &str, expect: Option<&str>| {
            let found = fuzzy_word(phrase).map(|span| span.of(phrase));
            assert_eq!(found, expect, "{phrase}");
        };
        check("knee~ pain", Some("knee~"));
        check("the oedème~1", Some("oedème~1"));
        check("~5 ml, a ~ b, 5~ 6, a~b, knee~pain", None);
    }

    #[test]
    fn words_left_open_in_a_phrase() {
        let check = |phrase: &str, expect: &[usize]| {
            assert_eq!(open_words(phrase).collect::<Vec<_>>(), expect, "{phrase}");
        };
        check("mesench* stem", &[7]);
        check("stem cell*", &[9]);
        check("STAR*D 2*10 * x", &[]);
    }
}
