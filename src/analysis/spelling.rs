//! British spelling to American, on folded words, before stemming. Both sides of every search pass through it, so what
//! matters is that the two spellings meet and that no two different words do; the result need not be a real word
//! (angioedema, spelt alike on both sides, becomes "angiedema"). Rules were checked against every word of the real records.
use std::borrow::Cow;

/// Letters inside a word, wherever they stand, replaced until none is left (gastroesophageal holds "oesoph" by chance and
/// must meet gastro-oesophageal).
const INFIXES: &[(&str, &str)] = &[
    ("aem", "em"),         // haem-, -aemia, ischaemic
    ("aesthe", "esthe"),   // anaesthesia, paraesthesia
    ("aetiol", "etiol"),   // aetiology
    ("amoeb", "ameb"),     // amoebiasis
    ("caec", "cec"),       // caecum
    ("caesar", "cesar"),   // caesarean
    ("coeliac", "celiac"), //
    ("faec", "fec"),       // faecal
    ("foet", "fet"),       // foetus
    ("gynaec", "gynec"),   //
    ("homoeo", "homeo"),   //
    ("leucocyt", "leukocyt"),
    ("leucopen", "leukopen"),
    ("leucopaen", "leukopen"),
    ("naev", "nev"), // naevus
    ("oedem", "edem"),
    ("oesoph", "esoph"),
    ("oestr", "estr"),
    ("paed", "ped"),   // paediatric, orthopaedic
    ("pnoea", "pnea"), // apnoea
    ("rrhoe", "rrhe"), // diarrhoea, gonorrhoea
    ("sulph", "sulf"),
    ("behaviour", "behavior"),
    ("colour", "color"),
    ("endeavour", "endeavor"),
    ("favour", "favor"),
    ("flavour", "flavor"),
    ("harbour", "harbor"),
    ("honour", "honor"),
    ("humour", "humor"),
    ("labour", "labor"),
    ("neighbour", "neighbor"),
    ("odour", "odor"),
    ("rigour", "rigor"),
    ("tumour", "tumor"),
    ("vapour", "vapor"),
    ("vigour", "vigor"),
    ("manoeuvre", "maneuver"),
    ("enrolment", "enrollment"),
    ("fulfilment", "fulfillment"),
];

/// What stands before "-re" in words that Americans end in "-er".
const RE_STEMS: &[&str] = &[
    "cent", "fib", "lit", "met", "tit", "goit", "calib", "theat", "lust",
];

/// Endings of verbs in -ise and what is derived from them.
const ISE_ENDINGS: &[&str] = &[
    "isation",
    "isations",
    "isational",
    "isable",
    "ise",
    "ised",
    "iser",
    "isers",
    "ises",
    "ising",
];

/// What stands before "-ise" in words that are not spelt with z in America either.
const NOT_IZE: &[&str] = &[
    "adv",
    "inadv",
    "unadv",
    "mala",
    "lia",
    "equipo",
    "unprec",
    "imprec",
    "unexc",
    "uncircumc",
    "anch",
    "apr",
    "ar",
    "bru",
    "cerv",
    "chast",
    "circumc",
    "circumv",
    "comprom",
    "compr",
    "conc",
    "cru",
    "dem",
    "desp",
    "dev",
    "disgu",
    "ef",
    "enterpr",
    "exc",
    "exerc",
    "expert",
    "franch",
    "impr",
    "improv",
    "inc",
    "merchand",
    "mort",
    "no",
    "para",
    "parad",
    "perv",
    "po",
    "porpo",
    "pra",
    "appra",
    "prec",
    "prem",
    "prom",
    "ra",
    "repr",
    "rev",
    "superv",
    "surm",
    "surpr",
    "telev",
    "treat",
    "upra",
    "upr",
];

/// The American spelling of a folded ASCII word.
pub(super) fn american(word: &str) -> Cow<'_, str> {
    if word.len() < 5 {
        return Cow::Borrowed(word);
    }
    let mut word = Cow::Borrowed(word);
    // Nine words in ten hold no British digraph; this runs for every new word.
    let digraph = |pair: &[u8]| matches!(pair, b"ae" | b"oe" | b"ou" | b"uc" | b"lp" | b"lm");
    let british = word.as_bytes().windows(2).any(digraph);
    for (british, american) in INFIXES.iter().filter(|_| british) {
        while word.contains(british) {
            word = Cow::Owned(word.replacen(british, american, 1));
        }
    }
    if let Some(changed) = centre(&word).or_else(|| ise(&word)).or_else(|| lyze(&word)) {
        word = Cow::Owned(changed);
    }
    word
}

/// centre, centred, centres; fibre; litre; metre; titre.
fn centre(word: &str) -> Option<String> {
    let (stem, ending) = ["re", "res", "red"]
        .iter()
        .find_map(|e| word.strip_suffix(e).map(|stem| (stem, *e)))?;
    let known = RE_STEMS.iter().any(|s| match *s {
        // not "admitred", not "cutlitre": the short ones stand alone or after a prefix of measures
        "met" | "lit" => stem.strip_suffix(s).is_some_and(|p| {
            matches!(
                p,
                "" | "milli" | "centi" | "deci" | "kilo" | "micro" | "nano" | "dia" | "peri"
            )
        }),
        _ => stem.ends_with(s),
    });
    known.then(|| format!("{stem}er{}", &ending[2..]))
}

/// randomise, hospitalisation.
fn ise(word: &str) -> Option<String> {
    let stem = ISE_ENDINGS
        .iter()
        .filter_map(|e| word.strip_suffix(e))
        .min_by_key(|s| s.len())?;
    // The longer ones also after a prefix: unsupervised, immunocompromised.
    let exempt = stem.len() < 3
        || stem.ends_with('w')
        || NOT_IZE
            .iter()
            .any(|s| *s == stem || s.len() >= 5 && stem.ends_with(s));
    (!exempt).then(|| format!("{stem}iz{}", &word[stem.len() + 2..]))
}

/// analyze, dialyzed, catalyzing: here the British s is taken, because analysis and analyses have it in both countries.
fn lyze(word: &str) -> Option<String> {
    let stem = ["yze", "yzed", "yzes", "yzer", "yzers", "yzing"]
        .iter()
        .find_map(|e| word.strip_suffix(e))?;
    stem.ends_with('l')
        .then(|| format!("{stem}ys{}", &word[stem.len() + 2..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(british: &str, expect: &str) {
        assert_eq!(american(british), expect);
    }

    #[test]
    fn spellings() {
        check("randomised", "randomized");
        check("exercise", "exercise");
        check("supervised", "supervised");
        check("otherwise", "otherwise");
        check("oesophageal", "esophageal");
        check("gastrooesophageal", &american("gastroesophageal"));
        check("leukaemia", "leukemia");
        check("multicentre", "multicenter");
        check("millimetres", "millimeters");
        check("analyzed", "analysed");
        check("hour", "hour");
        check("leucine", "leucine");
    }
}
