//! Ranking alone, beside the engine's own query parser over the same texts, and beside Lucene: the ten best and how many match,
//! no facet, record, passage or other spelling.
//!
//! The engine's side is exhaustive too, since it also counts; it requires all words, as we do, and knows neither other writings
//! nor what stands for a word. It is asked once over as many fields as we search and once over five. Lucene's side is a command
//! that takes `search INDEX QUERIES RUN sum WEIGHTS K1 B HITS ROUNDS` and prints a line of JSON with `p50` and `p99` in
//! milliseconds; it asks for any of the words, and for kinds that are plain words only.

use std::path::Path;
use std::process::Command;
use std::time::Instant;

use tantivy::Searcher;
use tantivy::collector::{Count, TopDocs};
use tantivy::query::{AllQuery, Query, QueryParser};

use trialfind::search::Finder;

use crate::queries::{QUERIES, at, request};

/// Rounds over all queries; the first one warms up.
const ROUNDS: usize = 40;

/// Hits that are kept.
const HITS: usize = 10;

/// Fields of the smaller comparison.
const FIVE: [&str; 5] = ["title", "condition", "intervention", "summary", "inclusion"];

/// Lucene as a command, and its index.
pub struct Lucene {
    pub command: String,
    pub index: String,
}

pub fn measure(finder: &Finder, least: &tantivy::Index, lucene: Option<&Lucene>) {
    let fields = finder.index().fields();
    let schema = least.schema();
    let all = fields.default_fields().into_iter();
    let all: Vec<&str> = all.map(|field| fields.text[field].name.as_str()).collect();
    let parser = |names: &[&str]| {
        let handles = names.iter().filter_map(|name| schema.get_field(name).ok());
        let mut parser = QueryParser::for_index(least, handles.collect());
        parser.set_conjunction_by_default();
        parser
    };
    let (same, five) = (parser(&all), parser(&FIVE));
    let searcher = least.reader().unwrap().searcher();
    println!(
        "{:<20} {:>15} {:>15} {:>7} {:>15} {:>7} {:>15}",
        "median, p99 (ms)", "ours", "engine, same", "ratio", "engine, five", "ratio", "Lucene"
    );
    let mut totals = [Vec::new(), Vec::new(), Vec::new()];
    for (kind, queries) in QUERIES {
        let mut times = [Vec::new(), Vec::new(), Vec::new()];
        for round in 0..ROUNDS {
            for text in queries {
                let taken = [
                    timed(|| ours(finder, text)),
                    timed(|| engine(&searcher, &same, text)),
                    timed(|| engine(&searcher, &five, text)),
                ];
                if round > 0 {
                    for (times, taken) in times.iter_mut().zip(taken) {
                        times.push(taken);
                    }
                }
            }
        }
        let other = lucene.filter(|_| is_plain(queries));
        line(
            kind,
            &mut times,
            other.map(|lucene| lucene.times(queries)).as_deref(),
        );
        for (total, times) in totals.iter_mut().zip(times) {
            total.extend(times);
        }
    }
    line("all", &mut totals, None);
}

fn timed<T>(run: impl FnOnce() -> T) -> f64 {
    let started = Instant::now();
    std::hint::black_box(run());
    started.elapsed().as_secs_f64() * 1e3
}

fn ours(finder: &Finder, text: &str) -> usize {
    let mut request = request(finder, text);
    request.limit = HITS;
    // Looking for other spellings of rare words is no part of ranking.
    request.widen = false;
    finder.ranking(&request).unwrap().len()
}

/// A phase has no words: all trials then, as the least program has no facets.
fn engine(searcher: &Searcher, parser: &QueryParser, text: &str) -> usize {
    let parsed: Box<dyn Query> = match text.starts_with('|') {
        true => Box::new(AllQuery),
        false => parser.parse_query(text).unwrap(),
    };
    let best = TopDocs::with_limit(HITS).order_by_score();
    let (hits, _) = searcher.search(&parsed, &(best, Count)).unwrap();
    hits.len()
}

fn is_plain(queries: &[&str]) -> bool {
    let signs = [':', '"', '|'];
    queries
        .iter()
        .all(|text| !text.contains(signs) && !text.contains(" OR "))
}

fn line(kind: &str, times: &mut [Vec<f64>; 3], lucene: Option<&str>) {
    let both = times.each_mut().map(|times| {
        times.sort_by(f64::total_cmp);
        (at(times, 0.5), at(times, 0.99))
    });
    let [ours, same, five] = both.map(|(median, p99)| format!("{median:.2}, {p99:.2}"));
    println!(
        "{kind:<20} {ours:>15} {same:>15} {:>7.2} {five:>15} {:>7.2} {:>15}",
        both[0].0 / both[1].0,
        both[0].0 / both[2].0,
        lucene.unwrap_or("-")
    );
}

impl Lucene {
    fn times(&self, queries: &[&str]) -> String {
        let folder = tempfile::tempdir().unwrap();
        let (asked, run) = (folder.path().join("queries.tsv"), folder.path().join("run"));
        let lines: Vec<String> = (1..)
            .zip(queries)
            .map(|(number, text)| format!("{number}\t{text}\n"))
            .collect();
        std::fs::write(&asked, lines.concat()).unwrap();
        let path = |path: &Path| path.to_str().unwrap().to_owned();
        let output = Command::new(&self.command)
            .args(["search", &self.index, &path(&asked), &path(&run)])
            .args(["sum", "title=2", "1.2", "0.75"])
            .args([HITS.to_string(), ROUNDS.to_string()])
            .env("LUCENE_COUNT", "1")
            .output()
            .unwrap();
        let printed = String::from_utf8_lossy(&output.stdout).into_owned();
        let told: Option<serde_json::Value> = printed
            .lines()
            .find_map(|line| serde_json::from_str(line).ok());
        let Some(told) = told else {
            panic!(
                "no times from `{}`: {}",
                self.command,
                String::from_utf8_lossy(&output.stderr)
            );
        };
        let number = |key: &str| told[key].as_f64().unwrap_or(f64::NAN);
        format!("{:.2}, {:.2}", number("p50"), number("p99"))
    }
}

/// Ours alone, query by query: what a profiler is to look at.
pub fn each_query(finder: &Finder) {
    println!("{:<72} {:>9} {:>9}", "milliseconds", "median", "p99");
    for text in QUERIES.iter().flat_map(|(_, queries)| *queries) {
        let mut times: Vec<f64> = (0..ROUNDS)
            .map(|_| timed(|| ours(finder, text)))
            .skip(1)
            .collect();
        times.sort_by(f64::total_cmp);
        println!(
            "{text:<72} {:>9.3} {:>9.3}",
            at(&times, 0.5),
            at(&times, 0.99)
        );
    }
}
