//! The figures of one ranking.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::evaluate::judgements::Grade;
use crate::evaluate::ranking::Ranked;

/// What is measured; all from 0 to 1, greater is better. A trial that is not judged counts as not relevant, one of grade 1 or
/// more as relevant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum Measure {
    /// Normalised discounted cumulative gain of the first ten, the gain being the grade (Järvelin and Kekäläinen 2002).
    #[serde(rename = "nDCG@10")]
    Ndcg10,
    /// Share of the first ten that is relevant.
    #[serde(rename = "P@10")]
    Precision10,
    /// Share of the relevant trials among the first hundred.
    #[serde(rename = "R@100")]
    Recall100,
    /// Share of the relevant trials among the first thousand.
    #[serde(rename = "R@1000")]
    Recall1000,
    /// One over the rank of the first relevant trial.
    #[serde(rename = "RR")]
    ReciprocalRank,
}

impl Measure {
    /// All of them, the leading one first.
    pub const ALL: [Measure; 5] = [
        Measure::Ndcg10,
        Measure::Precision10,
        Measure::Recall100,
        Measure::Recall1000,
        Measure::ReciprocalRank,
    ];

    /// The name that the field uses.
    pub fn name(self) -> &'static str {
        match self {
            Measure::Ndcg10 => "NDCG@10",
            Measure::Precision10 => "P@10",
            Measure::Recall100 => "R@100",
            Measure::Recall1000 => "R@1000",
            Measure::ReciprocalRank => "RR",
        }
    }
}

/// The figures of one ranking.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Measures {
    /// [`Measure::Ndcg10`].
    pub ndcg10: f64,
    /// [`Measure::Precision10`].
    pub precision10: f64,
    /// [`Measure::Recall100`].
    pub recall100: f64,
    /// [`Measure::Recall1000`].
    pub recall1000: f64,
    /// [`Measure::ReciprocalRank`].
    pub reciprocal_rank: f64,
}

impl Measures {
    /// The figures of a ranking, best first, by a topic's judgements. A topic without a relevant trial gets nought.
    pub fn of(ranking: &[Ranked], judged: &BTreeMap<String, Grade>) -> Measures {
        let grade = |ranked: &Ranked| judged.get(&ranked.trial).copied().unwrap_or(0).max(0);
        let relevant = judged.values().filter(|grade| **grade > 0).count();
        if relevant == 0 {
            return Measures::default();
        }
        let found = |first: usize| {
            let first = ranking.iter().take(first);
            first.filter(|ranked| grade(ranked) > 0).count() as f64
        };
        let mut ideal: Vec<Grade> = judged.values().map(|grade| (*grade).max(0)).collect();
        ideal.sort_unstable_by(|a, b| b.cmp(a));
        let first = ranking.iter().position(|ranked| grade(ranked) > 0);
        Measures {
            ndcg10: gain(ranking.iter().map(grade)) / gain(ideal.into_iter()),
            precision10: found(10) / 10.0,
            recall100: found(100) / relevant as f64,
            recall1000: found(1000) / relevant as f64,
            reciprocal_rank: first.map_or(0.0, |place| 1.0 / (place + 1) as f64),
        }
    }

    /// One of them.
    pub fn get(&self, measure: Measure) -> f64 {
        match measure {
            Measure::Ndcg10 => self.ndcg10,
            Measure::Precision10 => self.precision10,
            Measure::Recall100 => self.recall100,
            Measure::Recall1000 => self.recall1000,
            Measure::ReciprocalRank => self.reciprocal_rank,
        }
    }
}

/// Discounted cumulative gain of the first ten.
fn gain(grades: impl Iterator<Item = Grade>) -> f64 {
    let ten = grades.take(10).enumerate();
    // The sum of nothing is -0.
    ten.map(|(place, grade)| f64::from(grade) / ((place + 2) as f64).log2())
        .fold(0.0, |sum, part| sum + part)
}
