//! What is typed to a pattern, in the plainest way, and passages to text with marks.
use trialfind::analysis::{Analyzer, OwnedToken};
use trialfind::passage::{Alternative, Concept, Highlight, Passage, Pattern, Term};

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
    Concept {
        alternatives: words
            .split('|')
            .flat_map(|words| alternatives(analyzer, words))
            .collect(),
        arrangements: Vec::new(),
        fields,
        weight: 1.0,
    }
}

/// The whole, if one token covers it, and the phrase of its parts.
fn alternatives(analyzer: &mut Analyzer, words: &str) -> Vec<Alternative> {
    let (words, prefix) = words
        .strip_suffix('*')
        .map_or((words, false), |words| (words, true));
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
    let mut out: Vec<Alternative> = whole
        .map(|t| Alternative {
            terms: vec![term(t)],
            prefix,
            weight: 1.0,
        })
        .collect();
    let parts: Vec<Term> = parts.map(term).collect();
    if parts.len() > 1 {
        out.push(Alternative {
            terms: parts,
            prefix,
            weight: 1.0,
        });
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
