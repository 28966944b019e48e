//! Two runs on the same topics, topic by topic.

use serde::Serialize;

use crate::evaluate::bootstrap::Interval;
use crate::evaluate::measures::Measure;
use crate::evaluate::report::{Evaluation, mean};

/// How another run does beside one.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Comparison {
    /// What the other run is called.
    pub other: String,
    /// Each measure.
    pub measures: Vec<MeasureCompared>,
    /// Topics for which the other run has no trial; they count nought there.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub absent: Vec<String>,
    /// Topics whose NDCG@10 differs, most first.
    pub moved: Vec<Moved>,
}

/// One measure of both runs.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct MeasureCompared {
    /// What is measured.
    pub measure: Measure,
    /// Its mean in this run.
    pub mean: f64,
    /// Its mean in the other one.
    pub other: f64,
    /// The mean of the differences topic by topic; above nought this run is better.
    pub difference: f64,
    /// Where that mean lies with 95 % confidence over draws of topics.
    #[serde(flatten)]
    pub interval: Interval,
    /// Topics on which this run is better.
    pub wins: usize,
    /// Topics on which the other one is.
    pub losses: usize,
}

/// One topic's NDCG@10 in both runs.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Moved {
    /// The topic.
    pub topic: String,
    /// In this run.
    pub ndcg10: f64,
    /// In the other one.
    pub other: f64,
}

impl Comparison {
    /// Sets two evaluations of the same topics side by side.
    pub fn new(this: &Evaluation, other: &Evaluation, name: &str) -> Comparison {
        let pairs = || {
            this.topics.iter().filter_map(|topic| {
                let same = other.topics.iter().find(|other| other.topic == topic.topic);
                same.map(|other| (topic, other))
            })
        };
        let measures = Measure::ALL.map(|measure| {
            let (ours, theirs): (Vec<f64>, Vec<f64>) = pairs()
                .map(|(a, b)| (a.measures.get(measure), b.measures.get(measure)))
                .unzip();
            let differences: Vec<f64> = ours.iter().zip(&theirs).map(|(a, b)| a - b).collect();
            MeasureCompared {
                measure,
                mean: mean(&ours),
                other: mean(&theirs),
                difference: mean(&differences),
                interval: Interval::of_mean(&differences),
                wins: differences.iter().filter(|value| **value > 0.0).count(),
                losses: differences.iter().filter(|value| **value < 0.0).count(),
            }
        });
        let mut moved: Vec<Moved> = pairs()
            .map(|(a, b)| Moved {
                topic: a.topic.clone(),
                ndcg10: a.measures.ndcg10,
                other: b.measures.ndcg10,
            })
            .filter(|moved| moved.ndcg10 != moved.other)
            .collect();
        let by = |moved: &Moved| (moved.ndcg10 - moved.other).abs();
        moved.sort_by(|a, b| by(b).total_cmp(&by(a)));
        let absent = pairs().filter(|(_, other)| other.ranked == 0);
        let absent = absent.map(|(topic, _)| topic.topic.clone()).collect();
        Comparison {
            other: name.to_owned(),
            absent,
            measures: measures.to_vec(),
            moved,
        }
    }
}
