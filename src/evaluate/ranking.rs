//! What an engine answered: rankings, and the run files of the TREC tracks that hold them.

use std::collections::{BTreeMap, HashSet};
use std::io::{self, Write};

use crate::evaluate::errors::EvaluateError;

/// One trial of a ranking.
#[derive(Clone, Debug, PartialEq)]
pub struct Ranked {
    /// The trial's id.
    pub trial: String,
    /// Its score; greater is better.
    pub score: f64,
}

/// Rankings by topic.
#[derive(Clone, Debug, Default)]
pub struct RunFile {
    topics: BTreeMap<String, Vec<Ranked>>,
    /// Topics in the order they were added.
    order: Vec<String>,
}

impl RunFile {
    /// Reads lines of topic, `Q0`, trial, rank, score and tag. As the tracks' own program does it, the score orders and the rank
    /// is ignored; trials of equal score go by their id, the last first.
    ///
    /// # Errors
    /// A line of another shape, a score that is no number, or a trial twice for a topic.
    pub fn parse(text: &str) -> Result<RunFile, EvaluateError> {
        let mut run = RunFile::default();
        let mut seen: HashSet<(&str, &str)> = HashSet::new();
        for (number, line) in text.lines().enumerate() {
            if line.trim().is_empty() {
                continue;
            }
            let wrong = || {
                EvaluateError::line(
                    number + 1,
                    "a topic, Q0, a trial, a rank, a score, a tag",
                    line,
                )
            };
            let words: Vec<&str> = line.split_whitespace().collect();
            let [topic, _, trial, _, score, ..] = words[..] else {
                return Err(wrong());
            };
            let score: f64 = score.parse().map_err(|_| wrong())?;
            if score.is_nan() {
                return Err(wrong());
            }
            if !seen.insert((topic, trial)) {
                return Err(EvaluateError::Repeated {
                    line: number + 1,
                    what: "the trial",
                    name: trial.to_owned(),
                });
            }
            run.ranking(topic).push(Ranked {
                trial: trial.to_owned(),
                score,
            });
        }
        for ranking in run.topics.values_mut() {
            ranking.sort_by(|a, b| b.score.total_cmp(&a.score).then(b.trial.cmp(&a.trial)));
        }
        Ok(run)
    }

    fn ranking(&mut self, topic: &str) -> &mut Vec<Ranked> {
        if !self.topics.contains_key(topic) {
            self.order.push(topic.to_owned());
        }
        self.topics.entry(topic.to_owned()).or_default()
    }

    /// Adds a topic's ranking, best first.
    pub fn add(&mut self, topic: &str, ranking: Vec<Ranked>) {
        *self.ranking(topic) = ranking;
    }

    /// A topic's trials, best first; none if the topic is not in the run.
    pub fn of(&self, topic: &str) -> &[Ranked] {
        self.topics.get(topic).map_or(&[], Vec::as_slice)
    }

    /// The topics in the order they were added.
    pub fn topics(&self) -> impl Iterator<Item = &str> {
        self.order.iter().map(String::as_str)
    }

    /// Writes the run under a tag. Other programs order by score alone, so a score that is not below the one before it is
    /// written a step lower: the order stays ours.
    pub fn write(&self, tag: &str, out: &mut dyn Write) -> io::Result<()> {
        const STEP: f64 = 1e-6;
        for topic in &self.order {
            let mut last = f64::INFINITY;
            for (place, ranked) in self.of(topic).iter().enumerate() {
                let score = ranked.score.min(last - STEP);
                last = score;
                let rank = place + 1;
                writeln!(out, "{topic} Q0 {} {rank} {score:.6} {tag}", ranked.trial)?;
            }
        }
        Ok(())
    }
}
