//! Headings in the middle of running text, where the line breaks got lost. Finds where they start; what they open is
//! read by `heading`.

use std::sync::LazyLock;

use memchr::memmem;

use super::heading::{between_dashes, floor};
use super::vocabulary::is_joining;
use super::words::words;

/// Shortest text that can hold a heading after something else, in bytes.
const SHORTEST_WITH_HEADING_INSIDE: usize = 12;

/// Finders of the letters that "Inclusion" and "Exclusion" share, and of a label's dashes; building them costs more than a short block's search.
static FINDERS: LazyLock<[memmem::Finder<'static>; 3]> = LazyLock::new(|| {
    [
        memmem::Finder::new("clusion"),
        memmem::Finder::new("CLUSION"),
        memmem::Finder::new("--"),
    ]
});

/// Where headings stand inside running text ("... to 65 years. Exclusion Criteria: pregnancy"), in order.
pub(super) fn inside(text: &str) -> Vec<usize> {
    if text.len() < SHORTEST_WITH_HEADING_INSIDE {
        return Vec::new();
    }
    let mut found: Vec<usize> = FINDERS[..2]
        .iter()
        .flat_map(|finder| finder.find_iter(text.as_bytes()))
        .filter_map(|at| at.checked_sub(2))
        .filter(|start| is_heading_inside(text, *start))
        .map(|start| before_qualifier(text, start))
        .filter(|start| *start > 0)
        .collect();
    found.extend(FINDERS[2].find_iter(text.as_bytes()).filter(|at| {
        *at > 0 && text[..*at].ends_with(' ') && between_dashes(&text[*at..]).is_some()
    }));
    found.sort_unstable();
    found
}

/// The start of "Key Exclusion Criteria", where its last two words start at `start`.
fn before_qualifier(text: &str, start: usize) -> usize {
    let window = floor(text, start.saturating_sub(16));
    match words(&text[window..start]).last() {
        Some(word)
            if word.typed.starts_with(char::is_uppercase)
                && text[window + word.end()..start].trim().is_empty()
                && matches!(
                    word.lower(),
                    "key"
                        | "main"
                        | "major"
                        | "general"
                        | "additional"
                        | "specific"
                        | "patient"
                        | "subject"
                        | "study"
                ) =>
        {
            window + word.start
        }
        _ => start,
    }
}

fn is_heading_inside(text: &str, start: usize) -> bool {
    let side = &text.as_bytes()[start..start + 2];
    if start == 0 || !matches!(side, b"In" | b"Ex" | b"IN" | b"EX") {
        return false;
    }
    let Some(after_side) = text.get(start + 9..) else {
        return false;
    };
    let after_side = after_side.trim_start_matches(['s', 'S']);
    let trimmed = after_side.trim_start();
    let criteria = trimmed
        .get(..8)
        .is_some_and(|word| word.eq_ignore_ascii_case("criteria"));
    let after = if criteria {
        trimmed[8..].trim_start()
    } else {
        after_side
    };
    if !(after.starts_with([':', '：']) || criteria && after.is_empty()) {
        return false;
    }
    let before = text[..start].trim_end();
    // "Inclusion/Exclusion criteria", "(Exclusion criteria: ...)" stay in one piece.
    if before.ends_with(['/', '&', '"', '-', '(', '“', '\\']) {
        return false;
    }
    if before.ends_with(['.', ';', ':', ')', '!', '?', '。', '；']) {
        return true;
    }
    let window = &before[floor(before, before.len().saturating_sub(24))..];
    let joined = words(window)
        .last()
        .is_some_and(|word| is_joining(word.lower()));
    !joined && !before.ends_with(',') && (criteria || side.starts_with(b"E"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn running_text() {
        assert_eq!(inside("Adults. Exclusion Criteria: pain"), vec![8]);
        assert_eq!(inside("Adults Exclusion criteria"), vec![7]);
        assert_eq!(inside("Adults. Key Exclusion Criteria: pain"), vec![8]);
        assert_eq!(inside("Key Exclusion Criteria"), Vec::<usize>::new());
        assert_eq!(
            inside("meets all Inclusion Criteria: yes"),
            Vec::<usize>::new()
        );
        assert_eq!(inside("Inclusion Criteria: pain"), Vec::<usize>::new());
    }
}
