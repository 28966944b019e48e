//! Ten kinds of query with all facets and passages, top 10, and patients' stories: median and 99th percentile.

use std::time::Instant;

use trialfind::query;
use trialfind::search::{Filter, Finder, Request};

/// Rounds over all queries; the first one warms up.
const ROUNDS: usize = 40;

/// Rounds over all stories; the first one warms up.
const STORY_ROUNDS: usize = 6;

/// Kind and query; `|` separates a phase to filter by.
pub const QUERIES: [(&str, &[&str]); 10] = [
    (
        "one rare word",
        &["intradiscal", "tocilizumab", "phelan", "iSCLife"],
    ),
    (
        "one common word",
        &["cancer", "patients", "treatment", "pain"],
    ),
    (
        "two words",
        &[
            "breast cancer",
            "knee osteoarthritis",
            "stem cells",
            "heart failure",
        ],
    ),
    (
        "four words",
        &[
            "low back pain surgery",
            "non-small cell lung cancer",
            "type 2 diabetes insulin",
        ],
    ),
    (
        "eight words",
        &["randomized placebo controlled trial of insulin in children with diabetes"],
    ),
    (
        "coded words",
        &["BM-MSC", "IL-6", "PD-1/PD-L1", "COVID-19", "HER2-negative"],
    ),
    (
        "phrase",
        &[
            "\"overall survival\"",
            "\"low back pain\"",
            "\"bone marrow transplantation\"",
        ],
    ),
    (
        "field",
        &[
            "title:melanoma",
            "condition:asthma",
            "exclusion:pregnant",
            "location:boston",
        ],
    ),
    ("filter only", &["|PHASE2", "|PHASE3"]),
    (
        "or of common words",
        &[
            "cancer OR diabetes OR pain OR heart",
            "drug OR placebo OR surgery",
        ],
    ),
];

/// What of an answer is asked for, to see what each part costs.
#[derive(Clone, Copy)]
pub struct Parts {
    /// Hits a query; 0 leaves only matching and counting.
    pub hits: usize,
    /// Passages a hit.
    pub passages: usize,
    /// Whether all facets are counted, or none.
    pub facets: bool,
}

/// The request for one of [`QUERIES`].
pub fn request(finder: &Finder, text: &str) -> Request {
    let (words, phase) = text.split_once('|').unwrap_or((text, ""));
    let parsed = query::parse(words, finder.index().fields()).unwrap();
    let mut request = Request::new(parsed);
    if !phase.is_empty() {
        request.filters.push(Filter {
            facet: "phase".into(),
            values: vec![phase.to_owned()],
        });
    }
    request
}

pub fn measure(finder: &Finder, parts: Parts) {
    let facets: Vec<String> = finder
        .index()
        .fields()
        .facets
        .iter()
        .map(|facet| facet.name.clone())
        .collect();
    let mut all = Vec::new();
    println!(
        "{:<20} {:>9} {:>9} {:>9}",
        "milliseconds", "median", "p99", "hits"
    );
    for (kind, queries) in QUERIES {
        let mut times = Vec::new();
        let mut hits = 0;
        for round in 0..ROUNDS {
            for text in queries {
                let started = Instant::now();
                let mut request = request(finder, text);
                if parts.facets {
                    request.facets.clone_from(&facets);
                }
                request.limit = parts.hits;
                request.passages = parts.passages;
                let found = finder.search(&request).unwrap();
                if round > 0 {
                    times.push(started.elapsed().as_secs_f64() * 1e3);
                }
                hits = found.total;
            }
        }
        report(kind, &mut times, &hits.to_string());
        all.extend(times);
    }
    report("all", &mut all, "");
}

/// Completions as somebody types them, by how many letters there are.
pub fn suggest(finder: &Finder) {
    let words = [
        "cancer",
        "diabetes",
        "stem cell",
        "placebo",
        "melanoma",
        "osteoarthritis",
        "a",
        "university of",
    ];
    println!(
        "{:<20} {:>9} {:>9} {:>9}",
        "milliseconds", "median", "p99", "shown"
    );
    for letters in [1, 2, 3, 5] {
        let (mut times, mut shown) = (Vec::new(), 0);
        for round in 0..ROUNDS {
            for word in words {
                let typed: String = word.chars().take(letters).collect();
                let found = finder.suggest(&typed, 10).unwrap();
                if round > 0 {
                    times.push(found.milliseconds);
                }
                shown = found.suggestions.len();
            }
        }
        report(
            &format!("{letters} letters"),
            &mut times,
            &shown.to_string(),
        );
    }
}

/// Patients' stories, each read and searched as `search --patient` does: facets, passages, warnings and feedback.
pub fn measure_stories(finder: &Finder, stories: &[String]) {
    let mut times = Vec::new();
    let facets = finder.index().fields().facets.iter();
    let facets: Vec<String> = facets.map(|facet| facet.name.clone()).collect();
    let words: usize = stories
        .iter()
        .map(|story| story.split_whitespace().count())
        .sum();
    for round in 0..STORY_ROUNDS {
        for story in stories {
            let started = Instant::now();
            let mut request = Request::new(query::parse("", finder.index().fields()).unwrap());
            let patient = finder.read_patient(story).unwrap();
            request.patient = Some(patient);
            request.feedback = true;
            request.facets.clone_from(&facets);
            let found = finder.search(&request).unwrap();
            std::hint::black_box(found.total);
            if round > 0 {
                times.push(started.elapsed().as_secs_f64() * 1e3);
            }
        }
    }
    println!(
        "{} stories of {} words on average, {} trials",
        stories.len(),
        words / stories.len().max(1),
        finder.index().searcher().num_docs()
    );
    println!("{:<20} {:>9} {:>9}", "milliseconds", "median", "p99");
    report("patient's story", &mut times, "");
}

/// The value below which a part of some sorted times lie.
pub fn at(times: &[f64], part: f64) -> f64 {
    times[((times.len() as f64 * part) as usize).min(times.len() - 1)]
}

fn report(kind: &str, times: &mut [f64], hits: &str) {
    times.sort_by(f64::total_cmp);
    println!(
        "{kind:<20} {:>9.2} {:>9.2} {hits:>9}",
        at(times, 0.5),
        at(times, 0.99)
    );
}
