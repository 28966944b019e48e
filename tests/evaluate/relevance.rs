//! The judged queries of `corpus/`: what people type must go on finding what they mean.
use std::fs;
use std::path::Path;
use std::sync::LazyLock;

use trialfind::evaluate::{Judgements, Measure, Ranked, RunFile, evaluate, read_topics};
use trialfind::index::{BuildOptions, Index, Progress, SchemaChoice};
use trialfind::query::{Query, parse};
use trialfind::search::{Finder, Request};

/// Figures that the sample queries must not fall below, a little under what they are.
const FLOOR: [(Measure, f64); 3] = [
    (Measure::Ndcg10, 0.93),
    (Measure::Recall100, 0.88),
    (Measure::ReciprocalRank, 0.95),
];

/// The sample records, indexed once.
static SAMPLES: LazyLock<Finder> = LazyLock::new(|| {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("evaluate");
    let _ = fs::remove_dir_all(&folder);
    let records = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus/records");
    Index::build(
        &folder,
        SchemaChoice::bundled(),
        &[records],
        &BuildOptions::default(),
        &Progress::default(),
        &|rejected| panic!("{rejected:?}"),
    )
    .unwrap();
    Finder::new(Index::open(&folder, SchemaChoice::bundled()).unwrap())
});

fn corpus(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("corpus")
        .join(name);
    fs::read_to_string(path).unwrap()
}

#[test]
fn sample_queries_find_what_is_meant() {
    let finder = &*SAMPLES;
    let topics = read_topics(&corpus("queries.tsv")).unwrap();
    let judgements = Judgements::parse(&corpus("qrels.txt")).unwrap();
    let figures = |ask: &dyn Fn(Query) -> Request| {
        let mut run = RunFile::default();
        for topic in &topics {
            let query = parse(&topic.text, finder.index().fields()).unwrap();
            let request = Request {
                limit: 1000,
                passages: 0,
                ..ask(query)
            };
            let ranking = finder.ranking(&request).unwrap().into_iter();
            let ranked = ranking.map(|(trial, score)| Ranked {
                trial,
                score: f64::from(score),
            });
            run.add(&topic.id, ranked.collect());
        }
        evaluate(&topics, &judgements, &run).unwrap()
    };
    let plain = figures(&Request::new);
    assert!(plain.not_judged.is_empty(), "{:?}", plain.not_judged);
    for (measure, floor) in FLOOR {
        let mean = plain.means.iter().find(|mean| mean.measure == measure);
        let found = mean.unwrap().mean;
        assert!(
            found >= floor,
            "{}: {found} {:#?}",
            measure.name(),
            plain.topics
        );
    }
    // Any of the words finds at least what all of them do.
    let any = figures(&|query| Request {
        any: true,
        ..Request::new(query)
    });
    for (plain, any) in plain.topics.iter().zip(&any.topics) {
        assert!(any.ranked >= plain.ranked, "{}", plain.topic);
    }
}

/// The collection of ordinary queries: every one is understood, whatever records it is asked of.
#[test]
fn ordinary_queries_are_understood() {
    let finder = &*SAMPLES;
    let topics = read_topics(&corpus("ordinary_queries.tsv")).unwrap();
    assert!(topics.len() >= 30);
    for topic in topics {
        let query = parse(&topic.text, finder.index().fields());
        let query = query.unwrap_or_else(|error| panic!("`{}`: {error}", topic.text));
        finder.search(&Request::new(query)).unwrap();
    }
}
