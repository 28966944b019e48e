//! A folded word to its term: exceptions first, then plurals of codes, spelling, Greek plurals and Snowball's English stemmer
//! (rust-stemmers, frozen, so that an index outlives an update). Sees one word; must give the same answer for "MSCS" and
//! "mscs", since case is gone when it is asked.
use std::sync::LazyLock;

use rust_stemmers::{Algorithm, Stemmer};
use rustc_hash::FxHashMap;

use super::spelling::american;
use super::stop_words::lines;

pub(super) const EXCEPTIONS_LIST: &str = include_str!("../../index_schema/stem_exceptions.txt");

static EXCEPTIONS: LazyLock<FxHashMap<&'static str, &'static str>> = LazyLock::new(|| {
    lines(EXCEPTIONS_LIST)
        .filter_map(|line| line.split_once('\t'))
        .map(|(word, stem)| (word.trim(), stem.trim()))
        .collect()
});

static SNOWBALL: LazyLock<Stemmer> = LazyLock::new(|| Stemmer::create(Algorithm::English));

/// Words, folded, whose term the rules do not give, each with that term: mice and `mouse`. For those who look for the words
/// of a term in a text.
pub(crate) fn exceptions() -> impl Iterator<Item = (&'static str, &'static str)> {
    EXCEPTIONS.iter().map(|(word, term)| (*word, *term))
}

/// The term of a folded word or of a compound's parts written as one.
pub(super) fn term_of(folded: &str) -> String {
    if let Some(stem) = EXCEPTIONS.get(folded) {
        return (*stem).to_owned();
    }
    if !folded.is_ascii() {
        return folded.to_owned();
    }
    if let Some(digit) = folded.rfind(|c: char| !c.is_ascii_alphabetic()) {
        // A code: only what follows its last digit can be an English ending (her2 negative, cd34 cells).
        let (code, tail) = folded.split_at(digit + 1);
        return if tail.len() < 4 {
            folded.to_owned()
        } else {
            format!("{code}{}", stem_of_letters(tail))
        };
    }
    stem_of_letters(folded)
}

fn stem_of_letters(word: &str) -> String {
    if !word
        .bytes()
        .any(|b| matches!(b, b'a' | b'e' | b'i' | b'o' | b'u' | b'y'))
    {
        // Without a vowel it is a code, and Snowball leaves its plural alone: bmmscs, mscs. Three letters may be a code of
        // their own (MDS, PBS): see `is_plural_code`.
        let plural = word.len() >= 4 && word.ends_with('s') && !word.ends_with("ss");
        return word[..word.len() - usize::from(plural)].to_owned();
    }
    if let Some(inflammation) = inflammation(word) {
        return inflammation;
    }
    let word = american(word);
    SNOWBALL.stem(&greek_plural(&word)).into_owned()
}

/// Inflammations keep their ending. Snowball takes it off, and prostatitis would be prostate, thyroiditis thyroid, sinusitis
/// sinus, hepatitis hepatic.
fn inflammation(word: &str) -> Option<String> {
    let organ = word
        .strip_suffix("itis")
        .or_else(|| word.strip_suffix("itides"))
        .filter(|organ| organ.len() >= 2)?;
    Some(format!("{}itis", american(organ)))
}

/// metastasis as metastases, carcinomata as carcinoma: the one form that Snowball treats as it
/// treats the rest of the family (metastases and metastasis would be "metastas" and "metastasi").
fn greek_plural(word: &str) -> String {
    if let Some(stem) = word.strip_suffix("omata") {
        return format!("{stem}oma");
    }
    match word.strip_suffix("sis") {
        Some(stem) if stem.len() >= 4 && stem.ends_with(['a', 'e', 'i', 'o', 'u', 'y']) => {
            format!("{stem}ses")
        }
        _ => word.to_owned(),
    }
}

/// Whether it is a code with the small s of the plural: MSCs, DCs, AIs. Only the case tells DCs from MDS and AIs from AIDS. The s
/// of HBs stands for surface: HBs-Ag is HBsAg.
pub(super) fn is_plural_code(raw: &str) -> bool {
    matches!(raw.as_bytes(), [code @ .., b's'] if code.len() >= 2 && code.iter().all(u8::is_ascii_uppercase) && code != b"HB")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn same(words: &[&str]) {
        let terms: Vec<_> = words.iter().map(|w| term_of(w)).collect();
        assert!(
            terms.windows(2).all(|t| t[0] == t[1]),
            "{words:?} give {terms:?}"
        );
    }

    #[test]
    fn families() {
        same(&["metastasis", "metastases"]);
        same(&[
            "analysis", "analyses", "analysed", "analyzed", "analyse", "analyze",
        ]);
        same(&["dialysis", "dialysed"]);
        same(&["carcinoma", "carcinomas", "carcinomata"]);
        same(&["biopsy", "biopsies"]);
        same(&["mscs", "msc"]);
        same(&["bmmscs", "bmmsc"]);
        same(&["hucmscs", "hucmsc"]);
        same(&["labelled", "labeled"]);
        same(&["enrolment", "enrollment", "enrolled"]);
        assert_eq!(term_of("mds"), "mds");
        assert_eq!(term_of("oesophagitis"), "esophagitis");
        assert_eq!(term_of("hepatitides"), term_of("hepatitis"));
        assert_ne!(term_of("prostatitis"), term_of("prostate"));
    }

    #[test]
    fn every_exception_has_two_columns() {
        for line in lines(EXCEPTIONS_LIST) {
            let (word, stem) = line
                .split_once('\t')
                .unwrap_or_else(|| panic!("no tab in `{line}`"));
            assert!(!word.is_empty() && !stem.trim().is_empty(), "`{line}`");
        }
    }
}
