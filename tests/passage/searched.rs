//! What is typed to a pattern, in the plainest way, and passages to text with marks.
use trialfind::analysis::{Analyzer, OwnedToken};
use trialfind::passage::{
    Alternative, Arranged, Arrangement, Concept, Highlight, Passage, Pattern, Sought, Term, Terms,
};

/// See `check` for what can be typed. All concepts weigh the same.
pub fn pattern(analyzer: &mut Analyzer, typed: &str, fields: usize) -> Pattern {
    Pattern::new(
        split(typed)
            .iter()
            .map(|part| concept(analyzer, part, fields))
            .collect(),
    )
}

/// Parts at spaces outside quotation marks.
fn split(typed: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    let mut quoted = false;
    for c in typed.chars() {
        match c {
            '"' => quoted = !quoted,
            ' ' if !quoted => parts.push(String::new()),
            c => parts.last_mut().expect("never empty").push(c),
        }
    }
    parts.retain(|part| !part.is_empty());
    parts
}

fn concept(analyzer: &mut Analyzer, part: &str, fields: usize) -> Concept {
    let (words, fields) = match part.split_once('@') {
        Some((words, fields)) => (
            words,
            fields
                .split(',')
                .map(|n| n.parse().expect("a number"))
                .collect(),
        ),
        None => (part, (0..fields).collect()),
    };
    let mut concept = Concept {
        alternatives: Vec::new(),
        arrangements: Vec::new(),
        fields,
        weight: 1.0,
    };
    for words in words.split('|') {
        match words.strip_suffix('*') {
            Some(words) => concept
                .arrangements
                .extend(writings(analyzer, words).into_iter().map(open)),
            None => {
                let writings = writings(analyzer, words).into_iter();
                concept
                    .alternatives
                    .extend(writings.map(|terms| Alternative { terms, weight: 1.0 }));
            }
        }
    }
    concept
}

/// Terms of which the last may be the beginning of a longer one.
pub fn open(terms: Vec<Term>) -> Arranged {
    let last = terms.len().saturating_sub(1);
    let mut terms: Vec<(Terms, u32)> = terms
        .into_iter()
        .enumerate()
        .map(|(place, term)| match place == last {
            true => (Terms::Prefix(term.term), term.offset),
            false => (Terms::One(term.term), term.offset),
        })
        .collect();
    let arrangement = match terms.len() {
        1 => Arrangement::Place(terms.remove(0).0),
        _ => Arrangement::Phrase { terms, slop: 0 },
    };
    Arranged {
        sought: Sought::Anywhere(arrangement),
        weight: 1.0,
    }
}

/// The whole, if one token covers it, and the phrase of its parts.
fn writings(analyzer: &mut Analyzer, words: &str) -> Vec<Vec<Term>> {
    let mut tokens = Vec::new();
    analyzer.tokens(words, &mut |token| tokens.push(OwnedToken::from(token)));
    let positions = tokens
        .iter()
        .map(|t| t.position + t.positions)
        .max()
        .unwrap_or(0);
    let whole = tokens.iter().filter(|t| t.positions == positions);
    let parts = tokens.iter().filter(|t| t.positions == 1 && positions > 1);
    let term = |t: &OwnedToken| Term {
        term: t.term.clone(),
        offset: t.position,
    };
    let mut out: Vec<Vec<Term>> = whole.map(|t| vec![term(t)]).collect();
    let parts: Vec<Term> = parts.map(term).collect();
    if parts.len() > 1 {
        out.push(parts);
    }
    out
}

/// Field, text with marks, and what was cut.
pub fn render(passage: &Passage) -> String {
    let before = if passage.cut_before { "… " } else { "" };
    let after = if passage.cut_after { " …" } else { "" };
    format!(
        "{} {before}{}{after}",
        passage.field,
        mark(&passage.text, &passage.highlights)
    )
}

pub fn mark(text: &str, highlights: &[Highlight]) -> String {
    let (mut out, mut at) = (String::new(), 0);
    for highlight in highlights {
        out.push_str(&format!(
            "{}[[{}]]",
            &text[at..highlight.start],
            &text[highlight.start..highlight.end]
        ));
        at = highlight.end;
    }
    out + &text[at..]
}
