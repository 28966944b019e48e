//! The figures of a whole run: each topic's, and their means with intervals.

use serde::Serialize;

use crate::evaluate::bootstrap::Interval;
use crate::evaluate::comparison::Comparison;
use crate::evaluate::errors::EvaluateError;
use crate::evaluate::judgements::Judgements;
use crate::evaluate::measures::{Measure, Measures};
use crate::evaluate::ranking::RunFile;
use crate::evaluate::topics::Topic;

/// How a run does over its topics.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Evaluation {
    /// Means over the judged topics.
    pub means: Vec<Mean>,
    /// Each judged topic.
    pub topics: Vec<TopicFigures>,
    /// Topics that nobody has judged; they count nowhere.
    pub not_judged: Vec<String>,
    /// Another run on the same topics, if one was given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub comparison: Option<Comparison>,
}

/// A measure's mean.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Mean {
    /// What is measured.
    pub measure: Measure,
    /// The mean over topics.
    pub mean: f64,
    /// Where it lies with 95 % confidence over draws of topics.
    #[serde(flatten)]
    pub interval: Interval,
}

/// One topic.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct TopicFigures {
    /// Its id.
    pub topic: String,
    /// Trials that were ranked.
    pub ranked: usize,
    /// Trials that are judged relevant.
    pub relevant: usize,
    /// Trials among the first ten that are judged, whatever the grade.
    pub judged10: usize,
    /// Its figures.
    #[serde(flatten)]
    pub measures: Measures,
}

/// Evaluates a run on the topics that are judged.
///
/// # Errors
/// If no topic is judged.
pub fn evaluate(
    topics: &[Topic],
    judgements: &Judgements,
    run: &RunFile,
) -> Result<Evaluation, EvaluateError> {
    let mut figures = Vec::new();
    let mut not_judged = Vec::new();
    for topic in topics {
        let Some(judged) = judgements.of(&topic.id) else {
            not_judged.push(topic.id.clone());
            continue;
        };
        let ranking = run.of(&topic.id);
        let first = ranking.iter().take(10);
        figures.push(TopicFigures {
            topic: topic.id.clone(),
            ranked: ranking.len(),
            relevant: judged.relevant(),
            judged10: first
                .filter(|ranked| judged.grade(&ranked.trial).is_some())
                .count(),
            measures: Measures::of(ranking, judged),
        });
    }
    if figures.is_empty() {
        return Err(EvaluateError::NothingJudged {
            topic: topics
                .first()
                .map_or_else(String::new, |topic| topic.id.clone()),
            judged: judgements.topics().next().unwrap_or_default().to_owned(),
        });
    }
    let means = Measure::ALL.map(|measure| {
        let values: Vec<f64> = figures
            .iter()
            .map(|topic| topic.measures.get(measure))
            .collect();
        Mean {
            measure,
            mean: mean(&values),
            interval: Interval::of_mean(&values),
        }
    });
    Ok(Evaluation {
        means: means.to_vec(),
        topics: figures,
        not_judged,
        comparison: None,
    })
}

/// The mean of values; nought of none.
pub(super) fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len().max(1) as f64
}
