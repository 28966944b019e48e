//! How far two spellings are apart. Which of them is meant is not its business.

/// Letters to insert, delete, replace or swap with their neighbour (optimal string alignment). Takes time by the product of the
/// two lengths.
pub(crate) fn letters_apart(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=b.len()).collect();
    for i in 1..=a.len() {
        let mut row = vec![i];
        for j in 1..=b.len() {
            let replaced = last[j - 1] + usize::from(a[i - 1] != b[j - 1]);
            let mut least = replaced.min(last[j] + 1).min(row[j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                least = least.min(before[j - 2] + 1);
            }
            row.push(least);
        }
        before = std::mem::replace(&mut last, row);
    }
    last[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances() {
        let check = |a: &str, b: &str, expect: usize| {
            assert_eq!(letters_apart(a, b), expect, "{a} {b}");
        };
        check("melanoma", "melanoma", 0);
        check("melonoma", "melanoma", 1);
        check("mealnoma", "melanoma", 1);
        check("melanomas", "melanoma", 1);
        check("", "abc", 3);
        check("\u{3b2}", "b", 1);
    }
}
