//! A unit to its segments: what stands between hyphens, with the letters and digits of each told apart and folded. By
//! character; what the segments mean together is `dissect`'s business.
use std::ops::Range;

use super::code::{is_counting, is_greek_name, is_measure, is_ordinal, is_unit};
use super::fold::{
    greek_name, is_apostrophe, is_greek, is_hyphen, is_mu, push_folded, recompose, script_digit,
};
use super::stem::is_plural_code;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum RunClass {
    Letters,
    Digits,
    /// Digits of the other height: the 6 of 10⁶.
    Raised,
    Greek,
}

/// A stretch of letters, of digits, or one Greek letter.
struct Run {
    class: RunClass,
    folded: String,
    raw: Range<usize>,
    upper: usize,
    lower: usize,
    decimal: bool,
}

/// How a segment hangs on the one before it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Joint {
    /// They make a whole.
    Soft,
    /// They are words apart.
    Hard,
}

/// What takes one position.
#[derive(Clone)]
pub(super) struct Atom {
    pub folded: String,
    pub raw: Range<usize>,
}

/// What stands between hyphens: an atom, or the letters and the digits of IL6.
pub(super) struct Segment {
    pub joint: Joint,
    pub atoms: Vec<Atom>,
    pub folded: String,
    pub raw: Range<usize>,
    pub code: bool,
    pub number: bool,
    pub upper: usize,
    pub lower: usize,
}

/// The segments of a unit, by character.
pub(super) fn segments(surface: &str) -> Vec<Segment> {
    let mut out = Vec::new();
    let mut runs: Vec<Run> = Vec::new();
    let mut joint = Joint::Hard;
    let mut chars = surface.char_indices().peekable();
    let mut previous: Option<char> = None;
    while let Some((at, c)) = chars.next() {
        let after = at + c.len_utf8();
        if is_hyphen(c) || c == '_' || c == '#' {
            close(surface, &mut out, &mut runs, joint);
            joint = Joint::Soft;
        } else if is_apostrophe(c) {
            let tail = surface[after..]
                .split(|c: char| !c.is_alphanumeric())
                .next()
                .unwrap_or_default();
            if tail.eq_ignore_ascii_case("s") {
                chars.next();
            } else if runs.len() == 1 && is_elided(&runs[0].folded) {
                close(surface, &mut out, &mut runs, joint);
                joint = Joint::Hard;
            }
        } else if c == '.' {
            let digit_next = chars.peek().is_some_and(|(_, n)| n.is_ascii_digit());
            if let Some(run) = runs
                .last_mut()
                .filter(|r| r.class == RunClass::Digits && digit_next)
            {
                run.folded.push('.');
                run.decimal = true;
            }
        } else {
            let next = chars.peek().map(|&(_, n)| n);
            let class = run_class(c, previous, next);
            let last = runs.last().map(|r| r.class);
            // TGFβ1, 17β, αvβ3: a Greek letter begins and, but for digits, ends a segment; so do digits of another height.
            let breaks = match (last, class) {
                (Some(RunClass::Greek), Some(RunClass::Letters))
                | (Some(_), Some(RunClass::Greek)) => Some(Joint::Soft),
                (Some(RunClass::Raised), Some(RunClass::Digits))
                | (Some(RunClass::Digits), Some(RunClass::Raised)) => Some(Joint::Hard),
                _ => None,
            };
            if let Some(next_joint) = breaks {
                close(surface, &mut out, &mut runs, joint);
                joint = next_joint;
            }
            push(&mut runs, c, class, at..after, next);
        }
        previous = Some(c);
    }
    close(surface, &mut out, &mut runs, joint);
    out
}

/// The class of a character; none for what only continues a run.
fn run_class(c: char, previous: Option<char>, next: Option<char>) -> Option<RunClass> {
    if script_digit(c).is_some() {
        return Some(RunClass::Raised);
    }
    if c.is_ascii_digit()
        || c.is_numeric() && {
            let mut s = String::new();
            push_folded(c, &mut s);
            s.bytes().all(|b| b.is_ascii_digit()) && !s.is_empty()
        }
    {
        return Some(RunClass::Digits);
    }
    if is_greek(c) {
        let micro = is_mu(c)
            && next.is_some_and(|n| n.is_ascii_alphabetic())
            && !previous.is_some_and(char::is_alphabetic);
        let in_word = previous.is_some_and(is_greek) || next.is_some_and(is_greek);
        return Some(if micro || in_word {
            RunClass::Letters
        } else {
            RunClass::Greek
        });
    }
    c.is_alphabetic().then_some(RunClass::Letters)
}

fn push(
    runs: &mut Vec<Run>,
    c: char,
    class: Option<RunClass>,
    raw: Range<usize>,
    next: Option<char>,
) {
    let continues = runs
        .last()
        .is_some_and(|r| r.class != RunClass::Greek && class.is_none_or(|class| class == r.class));
    if !continues {
        let class = class.unwrap_or(RunClass::Letters);
        runs.push(Run {
            class,
            folded: String::new(),
            raw: raw.clone(),
            upper: 0,
            lower: 0,
            decimal: false,
        });
    }
    let Some(run) = runs.last_mut() else { return };
    run.upper += usize::from(c.is_uppercase());
    run.lower += usize::from(c.is_lowercase());
    run.raw.end = raw.end;
    match class {
        Some(RunClass::Greek) => run.folded.push_str(greek_name(c).unwrap_or_default()),
        Some(RunClass::Letters) if is_mu(c) && next.is_some_and(|n| n.is_ascii_alphabetic()) => {
            run.folded.push('u');
        }
        _ => push_folded(c, &mut run.folded),
    }
}

/// French and Italian articles and pronouns before an apostrophe: l'hôpital, d'Hebron, dell'Angelo. O'Brien and Xi'an are
/// one word.
fn is_elided(folded: &str) -> bool {
    matches!(
        folded,
        "l" | "d"
            | "j"
            | "m"
            | "n"
            | "s"
            | "t"
            | "c"
            | "qu"
            | "jusqu"
            | "lorsqu"
            | "dell"
            | "all"
            | "dall"
            | "nell"
            | "sull"
            | "coll"
            | "un"
            | "quell"
            | "sant"
    )
}

/// Ends the segment that the runs make.
fn close(surface: &str, out: &mut Vec<Segment>, runs: &mut Vec<Run>, joint: Joint) {
    let mut runs: Vec<Run> = std::mem::take(runs);
    for run in &mut runs {
        run.folded = recompose(std::mem::take(&mut run.folded));
        if is_plural_code(&surface[run.raw.clone()]) {
            run.folded.pop();
            run.lower -= 1;
        }
    }
    runs.retain(|run| !run.folded.is_empty());
    let mut joint = joint;
    let mut add = |runs: &[Run], split: bool| {
        out.push(segment(runs, split, joint));
        joint = Joint::Hard;
    };
    let is_letters = |r: &Run| matches!(r.class, RunClass::Letters | RunClass::Greek);
    match runs.as_slice() {
        [] => {}
        [one] => add(std::slice::from_ref(one), false),
        [letters, digits] if is_letters(letters) && !is_letters(digits) => {
            let apart = digits.decimal || is_counting(&letters.folded);
            let together = letters.folded.chars().count() == 1
                || is_measure(&letters.folded, &digits.folded)
                // Registry numbers: NCT01234567. Nobody looks for their digits alone, every record has some.
                || digits.folded.len() >= 8;
            if apart {
                add(&runs[..1], false);
                add(&runs[1..], false);
            } else {
                add(&runs, !together);
            }
        }
        [digits, letters] if !is_letters(digits) && is_letters(letters) => {
            if digits.decimal || is_unit(&letters.folded) {
                add(&runs[..1], false);
                add(&runs[1..], false);
            } else {
                let together = letters.folded.chars().count() == 1 || is_ordinal(&letters.folded);
                add(&runs, !together);
            }
        }
        // 5x10 of 5x10⁶: a product, as in 5×10.
        [first, x, second] if !is_letters(first) && x.folded == "x" && !is_letters(second) => {
            add(&runs[..1], false);
            add(&runs[2..], false);
        }
        // 1.73m2, 10mm3
        [number, letters, digits]
            if !is_letters(number) && is_measure(&letters.folded, &digits.folded) =>
        {
            add(&runs[..1], false);
            add(&runs[1..], false);
        }
        // HbA1c, H1N1, T2DM: more changes than two, one code.
        _ => add(&runs, false),
    }
}

fn segment(runs: &[Run], split: bool, joint: Joint) -> Segment {
    let atom = |runs: &[Run]| Atom {
        folded: runs.iter().map(|r| r.folded.as_str()).collect(),
        raw: runs[0].raw.start..runs[runs.len() - 1].raw.end,
    };
    let whole = atom(runs);
    let atoms = if split {
        runs.chunks(1).map(atom).collect()
    } else {
        vec![whole.clone()]
    };
    let upper: usize = runs.iter().map(|r| r.upper).sum();
    let lower: usize = runs.iter().map(|r| r.lower).sum();
    let letters = runs
        .iter()
        .any(|r| matches!(r.class, RunClass::Letters | RunClass::Greek));
    let number = !letters;
    let mixed = letters
        && runs
            .iter()
            .any(|r| matches!(r.class, RunClass::Digits | RunClass::Raised));
    let greek =
        runs.len() == 1 && (runs[0].class == RunClass::Greek || is_greek_name(&whole.folded));
    let capital = upper + lower == whole.folded.len() && upper == whole.folded.len();
    let code = number
        || mixed && whole.folded.len() <= 8
        || greek
        || upper >= 2 && upper + lower <= 6
        || capital && upper == 1;
    Segment {
        joint,
        atoms,
        folded: whole.folded,
        raw: whole.raw,
        code,
        number,
        upper,
        lower,
    }
}
