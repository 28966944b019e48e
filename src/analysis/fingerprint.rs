//! One number that changes when the analyzer does. Stored with an index; an index made by another analyzer is refused.
use std::sync::LazyLock;

use super::analyzer::Analyzer;
use super::stem::EXCEPTIONS_LIST;
use super::token::TokenKind;

/// Every phenomenon that the analyzer treats, and enough ordinary text for the stemmer.
const PROBE: &str = "Autologous BM-MSCs, hUC-MSC, BM MSC and BMMSC; IL6, IL-6, IL 6; PD-1/PD-L1, anti-PD-L1, COVID19; HbA1c, CD34+, \
H1N1, SARS-CoV-2, SARS CoV 2, 5-FU, 5 FU, CAR T, TGF\u{3b2}1, \u{3b1}-synuclein, 17\u{3b2}, \u{3bc}g, 10\u{2076}, CO\u{2082}, m\u{b2}; \
Universit\u{e9}, \u{d8}resund, \u{fb01}brosis, stra\u{df}e, \u{ff29}\u{ff2c}\u{ff0d}\u{ff16}; non-Hodgkin's lymphoma, non Hodgkin, non-small-cell, non-small cell, HER2-negative, \
HER2 negative, HR+/HER2- breast, treatment-naive, treatment na\u{ef}ve; 50mg, 50 mg, 24-hour, 0.9, 100,000, 2*10^7, Phase 2, PHASE3, v4.03; \
l\u{2019}h\u{f4}pital, O'Brien, Crohn\u{2019}s, U.S.A., i.v., 19#iSCLife\u{ae}-LDP, VSL#3; randomised tumours, oedema, leukaemia, paediatric \
diarrhoea, centres, analysed, hospitalisation; metastases, diagnosis, bacteria, vertebrae, criteria, AIDS; \u{60a3}\u{8005}\u{7d30}\u{80de}; THE STUDY OF \
ALL SUBJECTS WITH HIV DISEASE. Patients receiving chemotherapy were previously treated for relapsing conditions, generally \
without significant improvements, according to organizations and university hospitals; exercises, supervised, relationships.";

static FINGERPRINT: LazyLock<u64> = LazyLock::new(compute);

/// The fingerprint of this build's analyzer: FNV-1a over its tokens for a fixed text and over the table of stem exceptions.
/// Equal on every machine and in every run.
pub fn fingerprint() -> u64 {
    *FINGERPRINT
}

fn compute() -> u64 {
    let mut hash = 0xcbf2_9ce4_8422_2325;
    add(&mut hash, EXCEPTIONS_LIST.as_bytes());
    Analyzer::new().tokens(PROBE, &mut |token| {
        add(&mut hash, token.term().as_bytes());
        add(&mut hash, token.exact().as_bytes());
        let kind = match token.kind {
            TokenKind::Word => 1,
            TokenKind::Part => 2,
            TokenKind::Whole => 3,
            TokenKind::Joined => 4,
        };
        for number in [kind, token.position, token.positions] {
            add(&mut hash, &number.to_le_bytes());
        }
    });
    hash
}

/// FNV-1a, 64 bits; a zero byte ends each item so that items cannot run into each other.
fn add(hash: &mut u64, bytes: &[u8]) {
    for &byte in bytes.iter().chain(&[0]) {
        *hash = (*hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
    }
}
