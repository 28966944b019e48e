//! Numbers in figures or in words, as ages are said. It knows no units.

const ONES: [&str; 20] = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
];

const TENS: [&str; 8] = [
    "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety",
];

/// A number in figures or in words up to ninety-nine.
pub(super) fn number(text: &str) -> Option<f64> {
    if text.starts_with(|c: char| c.is_ascii_digit()) {
        return text.parse().ok();
    }
    let one = |text: &str| ONES.iter().position(|one| *one == text);
    let ten = |text: &str| {
        TENS.iter()
            .position(|ten| *ten == text)
            .map(|at| (at + 2) * 10)
    };
    let whole = match text.split_once('-') {
        Some((tens, ones)) => ten(tens)? + one(ones).filter(|one| (1..10).contains(one))?,
        None => one(text).or_else(|| ten(text))?,
    };
    Some(whole as f64)
}
