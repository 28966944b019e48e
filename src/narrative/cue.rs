//! The wordings by which a story says that something is absent, of somebody else, only possible, of earlier days, or found.
//!
//! Tables only, after the idea of NegEx (Chapman et al. 2001) and ConText (Harkema et al. 2009): a wording opens a scope,
//! [`super::scope`] says how far it reaches. The lists were written from case reports as they are worded.

use super::words::Word;

/// Absent is what follows. The second value: whether a list goes on behind a comma without an "or" in it.
pub(super) const ABSENT_AHEAD: &[(&str, bool)] = &[
    ("denies", true),
    ("denied", true),
    ("denying", true),
    ("deny", true),
    ("without", true),
    ("w/o", true),
    ("absence of", true),
    ("negative for", true),
    ("free of", true),
    ("free from", true),
    ("neither", true),
    ("never had", false),
    ("never", false),
    ("ruled out for", false),
    ("rules out", false),
    ("excluded", false),
    ("no", false),
    ("not", false),
    ("nor", false),
    ("doesn't", false),
    ("didn't", false),
    ("don't", false),
    ("hasn't", false),
    ("hadn't", false),
    ("isn't", false),
    ("wasn't", false),
    ("cannot exclude", false),
    ("unremarkable for", true),
    ("fails to show", false),
    ("failed to show", false),
    ("failed to reveal", false),
];

/// What looks like one of the above and says something else: the symptom stays, a change of it is denied.
pub(super) const NOT_ABSENT: &[&str] = &[
    "no change",
    "no changes",
    "no increase",
    "no decrease",
    "no improvement",
    "no relief",
    "no response",
    "no further",
    "no doubt",
    "not only",
    "not yet",
    "not certain",
    "not clear",
    "not sure",
    "not able",
    "not been able",
    "not improve",
    "not improved",
    "not improving",
    "not relieved",
    "not resolve",
    "not resolved",
    "not respond",
    "not responded",
    "not responding",
    "not responsive",
    "not controlled",
    "not tolerate",
    "not tolerated",
    "not compliant",
    "not adequately",
    "not well",
    "not as",
    "not necessarily",
    "without relief",
    "without improvement",
    "without difficulty",
    "without success",
    "without response",
    "doesn't respond",
    "didn't respond",
    "cannot exclude",
];

/// Absent is what stands before.
pub(super) const ABSENT_BEHIND: &[&str] = &[
    "ruled out",
    "is absent",
    "are absent",
    "was absent",
    "were absent",
    "is negative",
    "are negative",
    "was negative",
    "were negative",
    "came back negative",
    "not present",
    "not detected",
    "not seen",
    "not found",
    "not identified",
    "not observed",
    "not noted",
    "not palpable",
    "unlikely",
];

/// Feared, looked for or prevented is what follows.
pub(super) const POSSIBLE_AHEAD: &[&str] = &[
    "rule out",
    "r/o",
    "evaluate for",
    "risk of",
    "risk for",
    "at risk for",
    "prophylaxis for",
    "prevention of",
    "to prevent",
    "screening for",
    "screened for",
    "worried about",
    "cannot exclude",
    "if",
];

/// What was found is what follows.
pub(super) const FOUND_AHEAD: &[&str] = &[
    "diagnosed with",
    "diagnosed as",
    "diagnosed to have",
    "diagnosis of",
    "diagnosis is",
    "diagnosis was",
    "consistent with",
    "compatible with",
    "suggestive of",
    "indicative of",
    "known case of",
    "found to have",
    "found to be",
    "confirmed",
];

/// Openings of a list of earlier and other diseases; it goes on through the next sentences behind a colon.
pub(super) const BACKGROUND: &[&str] = &[
    "past medical history",
    "past surgical history",
    "past medical hx",
    "past history",
    "medical history",
    "surgical history",
    "pmh",
    "pmhx",
    "psh",
    "comorbidities",
    "medical conditions",
    "other medical problems",
    "medical problems",
    "other conditions",
];

/// Openings of other parts of a report, which end such a list.
pub(super) const OTHER_PARTS: &[&str] = &[
    "history of present illness",
    "hpi",
    "chief complaint",
    "physical examination",
    "physical exam",
    "on examination",
    "on physical",
    "examination",
    "exam",
    "vital signs",
    "laboratory",
    "labs",
    "lab",
    "imaging",
    "hospital course",
    "assessment",
    "impression",
    "medications",
    "allergies",
    "social history",
    "mri",
    "ct",
];

/// Ends the reach of a wording.
const ENDS_SCOPE: &[&str] = &[
    "but",
    "however",
    "although",
    "though",
    "except",
    "besides",
    "apart",
    "aside",
    "which",
    "who",
    "whose",
    "because",
    "since",
    "due",
    "secondary",
    "presents",
    "presented",
    "presenting",
    "has",
    "had",
    "have",
    "is",
    "was",
    "are",
    "were",
    "he",
    "she",
    "they",
    "patient",
    "pt",
    "reports",
    "reported",
    "complains",
    "complained",
    "complaining",
    "revealed",
    "reveals",
    "showed",
    "shows",
    "developed",
    "underwent",
    "received",
    "remarkable",
    "while",
    "until",
    "after",
    "when",
];

/// Sets what follows against what is absent, also behind a single word.
const CONTRASTS: &[&str] = &["but", "however", "although", "though"];

/// People who are not the patient.
const RELATIVES: &[&str] = &[
    "mother",
    "father",
    "brother",
    "sister",
    "brothers",
    "sisters",
    "parent",
    "parents",
    "sibling",
    "siblings",
    "aunt",
    "uncle",
    "cousin",
    "cousins",
    "grandmother",
    "grandfather",
    "grandparent",
    "grandparents",
    "son",
    "sons",
    "daughter",
    "daughters",
    "husband",
    "wife",
    "spouse",
    "partner",
    "boyfriend",
    "girlfriend",
    "nephew",
    "niece",
    "twin",
    "fiance",
    "roommate",
    "mom",
    "dad",
    "relative",
    "relatives",
    "mum",
    "grandma",
    "grandpa",
    "grandson",
    "granddaughter",
];

/// Words that say what a relative has; without one the relative only accompanies or reports.
const HAVING: &[&str] = &[
    "has",
    "had",
    "have",
    "having",
    "with",
    "was",
    "is",
    "are",
    "were",
    "died",
    "dies",
    "suffers",
    "suffered",
    "suffering",
    "exhibits",
    "diagnosed",
    "developed",
    "carries",
    "deceased",
];

/// Words that say which relative it is.
const WHICH_RELATIVE: &[&str] = &[
    "identical",
    "fraternal",
    "younger",
    "older",
    "elder",
    "eldest",
    "youngest",
    "maternal",
    "paternal",
];

/// Words by which a report says what brings the patient.
const PRESENTING: &[&str] = &[
    "presents",
    "presented",
    "presenting",
    "complains",
    "complained",
    "complaining",
];

/// Words by which a relative speaks or does something for the patient.
const TELLING: &[&str] = &[
    "reports",
    "reported",
    "reporting",
    "states",
    "stated",
    "says",
    "said",
    "noted",
    "notes",
    "noticed",
    "notices",
    "brought",
    "describes",
    "described",
    "observed",
    "denies",
    "denied",
    "concerned",
    "worried",
    "found",
    "mentions",
    "recalls",
    "called",
    "gave",
    "gives",
];

/// Words for the patient: a finding "in both father and the child" is the child's as well.
const THE_PATIENT: &[&str] = &[
    "patient", "child", "infant", "boy", "girl", "baby", "himself", "herself",
];

/// Whether a wording (words with single spaces) begins at a place; how many words it has.
pub(super) fn wording(words: &[Word], place: usize, wording: &str) -> Option<usize> {
    let mut length = 0;
    for part in wording.split(' ') {
        if words.get(place + length)?.lower != part {
            return None;
        }
        length += 1;
    }
    Some(length)
}

/// The length of the first wording of a list that begins at a place.
pub(super) fn any_wording(words: &[Word], place: usize, wordings: &[&str]) -> Option<usize> {
    wordings.iter().find_map(|text| wording(words, place, text))
}

pub(super) fn is_relative(word: &str) -> bool {
    RELATIVES.contains(&word.strip_suffix("'s").unwrap_or(word))
}

pub(super) fn ends_scope(word: &Word) -> bool {
    word.is(ENDS_SCOPE)
}

pub(super) fn contrasts(word: &Word) -> bool {
    word.is(CONTRASTS)
}

pub(super) fn is_having(word: &Word) -> bool {
    word.is(HAVING)
}

pub(super) fn is_which_relative(word: &Word) -> bool {
    word.is(WHICH_RELATIVE)
}

pub(super) fn is_presenting(word: &Word) -> bool {
    word.is(PRESENTING)
}

pub(super) fn is_telling(word: &Word) -> bool {
    word.is(TELLING)
}

pub(super) fn is_the_patient(word: &Word) -> bool {
    word.is(THE_PATIENT)
}
