//! What an abbreviation means in this index, and which of its meanings a query wants.
//!
//! Records define abbreviations (`schema/learnt.rs`); long forms that share half their words are one meaning ("mesenchymal stem
//! cells", "mesenchymal stromal cells"). It decides; it changes no query.

use std::io;

use rustc_hash::FxHashSet;

use crate::analysis::letters_apart;
use crate::schema::{Learnt, Relation, SEPARATOR};
use crate::search::names::Dictionary;

/// Trials that have to say so before a pair is believed: two may be one author's.
pub(super) const LEAST_TRIALS: u64 = 3;

/// Part of an abbreviation's definitions that one meaning needs to be taken without asking. In the real records OA, COPD,
/// HIV, NSCLC are above .9; PD (.5), RA (.7), CP (.3) below.
pub(super) const CLEAR: f64 = 0.75;

/// Letters from which two that differ are a matter of writing: shorter, hyper- and hypothyroidism would be one.
const LEAST_LETTERS: usize = 20;

/// A long form as the records write it; or what else they put beside a name.
#[derive(Clone, Debug)]
pub(super) struct Partner {
    pub(super) key: String,
    /// Its most frequent spelling.
    pub(super) written: String,
    pub(super) trials: u64,
    /// The terms of the index that say so.
    pub(super) terms: Vec<String>,
    most: u64,
}

/// Long forms that mean the same, the most frequent first.
#[derive(Clone, Debug)]
pub(super) struct Sense {
    pub(super) forms: Vec<Partner>,
    pub(super) trials: u64,
}

impl Sense {
    /// Whether a long form is one of its own.
    pub(super) fn has(&self, key: &str) -> bool {
        self.forms.iter().any(|form| form.key == key)
    }
}

/// What records put beside a name: of each kind the most frequent first.
#[derive(Default)]
pub(super) struct Partners {
    pub(super) long_forms: Vec<Partner>,
    pub(super) short_forms: Vec<Partner>,
    pub(super) other_names: Vec<Partner>,
}

impl Partners {
    /// Those of the name of a key.
    pub(super) fn of(learnt: &Dictionary, key: &str) -> io::Result<Partners> {
        let mut partners = Partners::default();
        for (entry, trials) in learnt.behind(key)? {
            let Some(read) = Learnt::read(&entry) else {
                continue;
            };
            let term = format!("{key}{SEPARATOR}{entry}");
            let kind = match read.relation {
                Relation::LongForm => &mut partners.long_forms,
                Relation::ShortForm => &mut partners.short_forms,
                Relation::OtherName => &mut partners.other_names,
            };
            match kind.last_mut().filter(|known| known.key == read.key) {
                Some(known) => {
                    known.trials += trials;
                    known.terms.push(term);
                    if trials > known.most {
                        known.most = trials;
                        known.written = read.written.into_owned();
                    }
                }
                None => kind.push(Partner {
                    key: read.key.to_owned(),
                    written: read.written.into_owned(),
                    trials,
                    terms: vec![term],
                    most: trials,
                }),
            }
        }
        for kind in [
            &mut partners.long_forms,
            &mut partners.short_forms,
            &mut partners.other_names,
        ] {
            kind.sort_by(|a, b| b.trials.cmp(&a.trials).then_with(|| a.key.cmp(&b.key)));
        }
        Ok(partners)
    }

    /// The meanings of the name, if it is an abbreviation: the most frequent first.
    pub(super) fn senses(&self) -> Vec<Sense> {
        let mut senses: Vec<Sense> = Vec::new();
        for form in &self.long_forms {
            let mut known = senses.iter_mut();
            match known.find(|sense| are_one(&sense.forms[0].key, &form.key)) {
                Some(sense) => {
                    sense.trials += form.trials;
                    sense.forms.push(form.clone());
                }
                None => senses.push(Sense {
                    trials: form.trials,
                    forms: vec![form.clone()],
                }),
            }
        }
        senses.sort_by_key(|sense| std::cmp::Reverse(sense.trials));
        senses
    }
}

/// What part of all definitions a meaning has.
pub(super) fn share(sense: &Sense, senses: &[Sense]) -> f64 {
    let all: u64 = senses.iter().map(|sense| sense.trials).sum();
    sense.trials as f64 / all.max(1) as f64
}

/// Letters that an ending has at most which a stem loses and a compound keeps: obsessive-compulsive, `obsess`.
const LONGEST_ENDING: usize = 4;

/// Whether two long forms are one: half their words in common, the words of one inside a compound of the other, or nearly the
/// same letters however the words are parted (immunodeficiency, immune deficiency).
fn are_one(a: &str, b: &str) -> bool {
    share_half(a, b) || is_compound_of(a, b) || is_compound_of(b, a) || {
        let (a, b) = (a.replace(' ', ""), b.replace(' ', ""));
        a == b || a.len().min(b.len()) >= LEAST_LETTERS && letters_apart(&a, &b) <= 2
    }
}

/// Whether a long form is the words of another written together, with their endings.
fn is_compound_of(whole: &str, words: &str) -> bool {
    let whole = whole.replace(' ', "");
    let mut rest = whole.as_str();
    let mut longest = 0;
    for word in words.split(' ') {
        // At the end of a compound a stem loses its last letter: progression-free, `progressionfre`.
        let shorter = word.strip_suffix('e').unwrap_or(word);
        let mut found = [word, shorter].into_iter();
        let Some(behind) = found.find_map(|word| match rest.find(word) {
            Some(place) if place <= longest => Some(&rest[place + word.len()..]),
            _ => None,
        }) else {
            return false;
        };
        rest = behind;
        longest = LONGEST_ENDING;
    }
    rest.len() <= LONGEST_ENDING
}

fn share_half(a: &str, b: &str) -> bool {
    let (a, b): (FxHashSet<&str>, FxHashSet<&str>) =
        (a.split(' ').collect(), b.split(' ').collect());
    let common = a.intersection(&b).count();
    common * 2 >= a.union(&b).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_the_words() {
        assert!(share_half("mesenchym stem cell", "mesenchym stromal cell"));
        assert!(!share_half("multipl sclerosi", "mass spectrometri"));
        assert!(!share_half("rheumatoid arthr", "reactiv arthr"));
        let aids = ["acquir immunodefici syndrom", "acquir immun defici syndrom"];
        assert!(are_one(aids[0], aids[1]));
        assert!(are_one("interleukin6", "interleukin 6"));
        assert!(!are_one("hyperthyroid", "hypothyroid"));
        assert!(are_one("obsessivecompuls disord", "obsess compuls disord"));
        assert!(are_one(
            "attent deficit hyperact disord",
            "attentiondeficithyperact disord"
        ));
        assert!(!are_one("radiat therapi", "room temperatur"));
    }

    /// One meaning was offered as two.
    #[test]
    fn progression_free_with_and_without_its_hyphen() {
        assert!(are_one("progressionfre surviv", "progress free surviv"));
        assert!(are_one("relaps free surviv", "relapsefre surviv"));
        assert!(!are_one("eventfre surviv", "progress free surviv"));
    }
}
