//! The figures of one ranking.

use serde::Serialize;

use crate::evaluate::judgements::{Grade, Judged};
use crate::evaluate::ranking::Ranked;

/// What is measured; all from 0 to 1, greater is better. A trial that is not judged counts as not relevant, one of grade 1 or
/// more as relevant, or from the grade on that [`crate::evaluate::Judgements::relevant_from`] says.
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
    /// The figures of a ranking, best first, by the trials that are judged for its topic. Without a relevant trial all but NDCG are
    /// nought, and that too if none has a gain.
    pub fn of(ranking: &[Ranked], judged: Judged<'_>) -> Measures {
        let grade = |ranked: &Ranked| judged.grade(&ranked.trial).unwrap_or(0);
        let is_relevant = |ranked: &Ranked| judged.is_relevant(&ranked.trial);
        let relevant = judged.relevant() as f64;
        let found = |first: usize| {
            let first = ranking.iter().take(first);
            first.filter(|ranked| is_relevant(ranked)).count() as f64
        };
        let mut ideal: Vec<Grade> = judged.grades().collect();
        ideal.sort_unstable_by(|a, b| b.cmp(a));
        let first = ranking.iter().position(is_relevant);
        // Of nothing there is no share.
        let share = |part: f64, whole: f64| if whole > 0.0 { part / whole } else { 0.0 };
        Measures {
            ndcg10: share(gain(ranking.iter().map(grade)), gain(ideal.into_iter())),
            precision10: found(10) / 10.0,
            recall100: share(found(100), relevant),
            recall1000: share(found(1000), relevant),
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
    ten.map(|(place, grade)| f64::from(grade.max(0)) / ((place + 2) as f64).log2())
        .fold(0.0, |sum, part| sum + part)
}
