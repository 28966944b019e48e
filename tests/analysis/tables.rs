//! Equalities and inequalities of written forms.
use std::collections::BTreeSet;

use trialfind::analysis::{Analyzer, TokenKind, is_stop_word, join};

/// Terms of a text.
fn terms(text: &str) -> BTreeSet<String> {
    Analyzer::new()
        .analyze(text)
        .into_iter()
        .map(|t| t.term)
        .collect()
}

/// The terms that stand for all of the text: from the first position to the last.
pub(crate) fn spanning(text: &str) -> BTreeSet<String> {
    let mut analyzer = Analyzer::new();
    let tokens = analyzer.analyze(text);
    let all = analyzer.positions_used();
    tokens
        .into_iter()
        .filter(|t| t.position == 0 && t.positions == all)
        .map(|t| t.term)
        .collect()
}

/// The two are one term, whichever is in the record and whichever in the query.
fn same(a: &str, b: &str) {
    let (x, y) = (spanning(a), spanning(b));
    assert!(
        !x.is_disjoint(&y),
        "`{a}` {x:?} and `{b}` {y:?}: terms {:?} / {:?}",
        terms(a),
        terms(b)
    );
}

/// The two are the same words at the same positions.
fn alike(a: &str, b: &str) {
    let words = |text: &str| {
        Analyzer::new()
            .analyze(text)
            .into_iter()
            .map(|t| (t.term, t.position, t.positions))
            .collect::<Vec<_>>()
    };
    assert_eq!(words(a), words(b), "`{a}` and `{b}`");
}

/// The two have no term in common.
pub(crate) fn apart(a: &str, b: &str) {
    let (x, y) = (terms(a), terms(b));
    assert!(x.is_disjoint(&y), "`{a}` {x:?} and `{b}` {y:?}");
}

/// The tokens of a text, each `term@position` and `+positions` beyond one.
fn check(text: &str, expect: &str) {
    let shown: Vec<String> = Analyzer::new()
        .analyze(text)
        .into_iter()
        .map(|t| {
            if t.positions == 1 {
                format!("{}@{}", t.term, t.position)
            } else {
                format!("{}@{}+{}", t.term, t.position, t.positions)
            }
        })
        .collect();
    assert_eq!(shown.join(" "), expect, "for `{text}`");
}

#[test]
fn codes_however_joined() {
    for other in [
        "BM-MSC",
        "BM-MSCs",
        "BMMSCs",
        "BM MSC",
        "BM MSCs",
        "bm-mscs",
        "bmmscs",
        "BM\u{2011}MSC",
        "BM\u{2013}MSCs",
        "BM_MSC",
    ] {
        same("BMMSC", other);
    }
    same("MSCs", "MSC");
    same("MSCs", "mscs");
    same("hUC-MSCs", "hUC-MSC");
    same("hUC-MSCs", "hUCMSC");
    same("hUC MSCs", "hucmsc");
    same("DCs", "DC");
    same("AIs", "AI");
    same("BM-DCs", "BMDC");
    same("BM DCs", "BMDC");
    alike("NK cells", "NK cell");
    same("IL6", "IL-6");
    same("IL6", "IL 6");
    same("IL6", "il-6");
    same("COVID19", "COVID-19");
    same("COVID19", "COVID 19");
    same("COVID19", "covid-19");
    same("CD34", "CD-34");
    same("CD34", "CD 34");
    same("CD34", "CD34+");
    same("CD34", "CD34\u{207a}");
    same("PD1", "PD-1");
    same("PD1", "PD 1");
    same("PDL1", "PD-L1");
    same("PDL1", "PD L1");
    same("5-FU", "5FU");
    same("5-FU", "5 FU");
    same("HER2", "HER-2");
    same("HbA1c", "HbA1C");
    same("HbA1c", "HBA1C");
    same("HbA1c", "Hb A1c");
    same("H1N1", "h1n1");
    same("p53", "p-53");
    same("SARS-CoV-2", "SARSCoV2");
    same("SARS-CoV-2", "SARS CoV-2");
    same("SARS-CoV-2", "SARS CoV 2");
    same("VSL#3", "VSL3");
    same("CAR-T", "CAR T");
    same("CAR-T", "CART");
    same("HLA-B27", "HLA B27");
    same("NCT01234567", "NCT 01234567");
    same("BAY1163877", "BAY-1163877");
    same("BAY1163877", "BAY 1163877");
    same("post-operative", "postoperative");
    same("follow-up", "followup");
    same("anti-inflammatory", "antiinflammatory");
    assert_eq!(join(&["bm", "msc"]), "bmmsc");
    assert_eq!(join(&["BM", "MSCs"]), "bmmsc");
    assert_eq!(join(&["DCs"]), "dc");
    assert_eq!(join(&["post", "operative"]), join(&["postoperative"]));
}

#[test]
fn codes_take_their_positions() {
    check("BM-MSC therapy", "bmmsc@0+2 bm@0 msc@1 therapi@2");
    check("BM MSC therapy", "bmmsc@0+2 bm@0 msc@1 therapi@2");
    check("IL6 level", "il6@0+2 il@0 6@1 level@2");
    check("IL-6 level", "il6@0+2 il@0 6@1 level@2");
    check("IL 6 level", "il6@0+2 il@0 6@1 level@2");
    check("PD-1/PD-L1", "pd1@0+2 pd@0 1@1 pdl1@2+2 pd@2 l1@3");
    check("anti-PD-L1", "antipdl1@0+3 anti@0 pdl1@1+2 pd@1 l1@2");
    check("anti-CD20", "anticd20@0+3 anti@0 cd20@1+2 cd@1 20@2");
    check(
        "BM-MSC-derived",
        "bmmscderiv@0+3 bmmsc@0+2 bm@0 msc@1 deriv@2",
    );
    check("CAR T-cells", "cart@0+2 car@0 tcell@1+2 t@1 cell@2");
    check("HbA1c", "hba1c@0");
    check("NCT01234567", "nct01234567@0");
    check("19#iSCLife\u{ae}-LDP", "19@0 isclifeldp@1+2 isclif@1 ldp@2");
    check(
        "over-the-counter",
        "overthecount@0+3 over@0 the@1 counter@2",
    );
    check(
        "SARS CoV 2",
        "sarscov2@0+3 sarscov@0+2 sar@0 cov2@1+2 cov@1 2@2"
            .replace("sar@0", &format!("{}@0", join(&["SARS"])))
            .as_str(),
    );
}

#[test]
fn words_that_only_look_like_codes() {
    for text in [
        "Type 2 diabetes",
        "Phase 3",
        "PHASE 3",
        "Grade 4",
        "GRADE 4",
        "Stage III",
        "STAGE III",
        "ECOG 0",
        "Week 12",
        "LOW DOSE BM MSC CELLS",
        "IL. 6 of them",
        "BM, MSC",
        "BM\n\nMSC",
        "J O'Brien S",
        "A McNitt S",
        "ULN OR IL",
    ] {
        let tokens = Analyzer::new().analyze(text);
        assert!(
            tokens.iter().all(|t| t.kind != TokenKind::Joined),
            "`{text}`: {tokens:?}"
        );
    }
}

#[test]
fn negations_are_terms_of_their_own() {
    for other in [
        "non Hodgkin",
        "nonHodgkin",
        "non\u{2013}Hodgkin's",
        "Non-Hodgkin\u{2019}s",
        "Non - Hodgkin".replace(" - ", "- ").as_str(),
        "NON-HODGKIN",
        "nonhodgkins",
    ] {
        same("non-Hodgkin", other);
    }
    apart("non-Hodgkin", "Hodgkin");
    apart("Non Hodgkin's", "Hodgkin's");
    check("non-Hodgkin's lymphoma", "nonhodgkin@0 lymphoma@1");
    check("non Hodgkin lymphoma", "nonhodgkin@0 lymphoma@1");
    check(
        "non-small-cell lung",
        "nonsmallcel@0+2 nonsmal@0 cell@1 lung@2"
            .replace("nonsmallcel", &join(&["nonsmallcell"]))
            .replace("nonsmal@", &format!("{}@", join(&["nonsmall"])))
            .as_str(),
    );
    check(
        "non-small cell",
        format!("{}@0 cell@1", join(&["nonsmall"])).as_str(),
    );
    check(
        "non small cell",
        format!("{}@0 cell@1", join(&["nonsmall"])).as_str(),
    );
    check(
        "non- and late-stage",
        "non@0 and@1 latestag@2+2 late@2 stage@3"
            .replace("latestag", &join(&["latestage"]))
            .replace("stage@3", &format!("{}@3", join(&["stage"])))
            .as_str(),
    );
    check("HER2-negative", "her2negat@0+2 negat@1");
    check("HER2 negative", "her2negat@0+2 negat@1");
    check("HER-2 negative", "her2negat@0+2 negat@1");
    check("HIV-1-negative", "hiv1negat@0+2 negat@1");
    check("PD L1 negative", "pdl1negat@0+2 negat@1");
    assert!(terms("NSCLC AGA negative").contains("nsclc"));
    same("triple-negative", "triple negative");
    same("treatment-naive", "treatment na\u{ef}ve");
    same("treatment-na\u{ef}ve", "Treatment-Naive");
    same("HIV-negative", "HIV negative");
    assert!(!terms("triple-negative").contains("tripl"));
    assert!(terms("treatment naive").contains("treatment"));
    assert!(terms("HR+/HER2- breast cancer").contains("her2negat"));
    apart("HER2- disease", "HER2");
    assert!(terms("HER2- and HER3-expressing").contains("her2"));
    assert!(terms("HIV- and HCV-infected").contains("hiv"));
    // About the thing itself, and so no negations.
    assert!(terms("progression-free").contains("progress"));
    assert!(terms("platinum-resistant").contains("platinum"));
}

#[test]
fn characters() {
    alike("Universit\u{e9}", "Universite");
    alike("Universite\u{301}", "Universite");
    alike("\u{ff29}\u{ff2c}\u{ff0d}\u{ff16}", "IL-6");
    alike("\u{fb01}brosis", "fibrosis");
    alike("Stra\u{df}e", "Strasse");
    alike(
        "\u{d8}resund \u{141}\u{f3}d\u{17a} \u{110}akovo C\u{e6}sar",
        "Oresund Lodz Dakovo Caesar",
    );
    alike("steroid-na\u{131}ve", "steroid-naive");
    same("\u{3b2}", "beta");
    same("\u{3b1}-synuclein", "alpha-synuclein");
    same("TGF\u{3b2}1", "TGF-beta1");
    same("TGF\u{3b2}1", "TGF-beta-1");
    same("TGF\u{3b2}1", "TGF-\u{3b2}1");
    same("TGF\u{3b2}1", "TGF beta 1");
    same("TGF\u{3b2}1", "TGFbeta1");
    same("TNF\u{3b1}", "TNF-alpha");
    same("TNF\u{3b1}", "TNF alpha");
    same("\u{3b1}v\u{3b2}3", "alpha-v-beta-3");
    same("17\u{3b2}", "17-beta");
    alike("\u{3bc}g", "ug");
    alike("\u{b5}g", "ug");
    alike("15\u{3bc}g", "15 ug");
    same("\u{b5}-opioid", "mu-opioid");
    check("10\u{2076}", "10@0 6@1");
    alike("CO\u{2082}", "CO2");
    alike("m\u{b2}", "m2");
    alike("\u{b9}\u{2078}F-FDG", "18F-FDG");
    alike("Hodgkin's Crohn\u{2019}s", "Hodgkin Crohn");
    alike("l'h\u{f4}pital d\u{2019}Hebron", "l hopital d Hebron");
    alike("O'Brien", "OBrien");
    alike("mes\u{ad}enchymal\u{200b} \u{feff}cell", "mesenchymal cell");
    alike("Botox\u{ae} Avastin\u{2122}", "Botox Avastin");
    alike("U.S. i.v. b.i.d.", "US iv bid");
    check(
        "\u{60a3}\u{8005}IL6",
        "\u{60a3}@0 \u{8005}@1 il6@2+2 il@2 6@3",
    );
    alike(
        "\u{41d}\u{438}\u{436}\u{43d}\u{438}\u{439}",
        "\u{43d}\u{438}\u{436}\u{43d}\u{438}\u{438}",
    );
    check("\u{d55c}\u{ad6d}", "\u{d55c}\u{ad6d}@0");
}

#[test]
fn numbers() {
    check("0.9 1.5", "0.9@0 1.5@1");
    alike("100,000", "100000");
    check("2*10^7", "2@0 10@1 7@2");
    alike("5x10\u{2076}", "5 10 6");
    alike("50mg", "50 mg");
    alike("50-mg", "50 mg");
    alike("24h", "24 h");
    alike("24-hour", "24 hour");
    alike("12weeks", "12 weeks");
    alike("0.5mg/kg", "0.5 mg/kg");
    alike("Phase2", "Phase 2");
    alike("PHASE-2", "phase 2");
    alike("RECIST1.1", "RECIST 1.1");
    alike("18-65", "18 65");
    alike("1.73m\u{b2}", "1.73 m2");
    same("3D", "3-D");
    check(
        "T2, L4-L5 2D/3D 2nd",
        "t2@0 l4l5@1+2 l4@1 l5@2 2d@3 3d@4 2nd@5",
    );
    check("T2DM", "t2dm@0");
}

#[test]
fn stems_and_spelling() {
    for [a, b] in [
        ["randomised", "randomized"],
        ["tumour", "tumors"],
        ["oedema", "edema"],
        ["haemorrhage", "hemorrhage"],
        ["leukaemia", "leukemia"],
        ["anaemia", "anemia"],
        ["paediatric", "pediatric"],
        ["oesophageal", "esophageal"],
        ["diarrhoea", "diarrhea"],
        ["foetal", "fetal"],
        ["centre", "center"],
        ["fibre", "fiber"],
        ["behaviour", "behavior"],
        ["labour", "labor"],
        ["hospitalisation", "hospitalization"],
        ["analyse", "analyze"],
        ["gastro-oesophageal", "gastroesophageal"],
        ["metastasis", "metastases"],
        ["diagnosis", "diagnoses"],
        ["bacteria", "bacterium"],
        ["criteria", "criterion"],
        ["vertebrae", "vertebra"],
        ["carcinomata", "carcinoma"],
        ["biopsy", "biopsies"],
        ["thrombus", "thrombi"],
        ["programme", "program"],
        ["neurone", "neurons"],
        ["index", "indices"],
        ["ageing", "aging"],
        ["meniscus", "menisci"],
        ["orthopaedic", "orthopedics"],
    ] {
        same(a, b);
    }
    for [a, b] in [
        ["AIDS", "aid"],
        ["news", "new"],
        ["organ", "organization"],
        ["university", "universal"],
        ["lens", "len"],
        ["general", "generation"],
        ["ALS", "al"],
        ["CRPS", "CRP"],
        ["prostatitis", "prostate"],
        ["hepatitis", "hepatic"],
        ["several", "severe"],
        ["testes", "tests"],
        ["colon", "colonization"],
    ] {
        apart(a, b);
    }
}

#[test]
fn stop_words() {
    for word in ["the", "of", "and", "does", "being", "these"] {
        assert!(is_stop_word(&Analyzer::new().stem(word)), "{word}");
    }
    for word in ["all", "no", "not", "without", "who", "aids", "us", "i"] {
        assert!(!is_stop_word(&Analyzer::new().stem(word)), "{word}");
    }
}

#[test]
fn no_word_is_lost_for_its_length() {
    let name = "pneumonoultramicroscopicsilicovolcanoconiosis";
    assert_eq!(terms(name).len(), 1);
    let long = "x".repeat(5000);
    assert_eq!(terms(&long).into_iter().next().map(|t| t.len()), Some(1000));
}
