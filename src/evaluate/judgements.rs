//! Judgements: which trials are right for which topic, and how much.

use std::collections::BTreeMap;

use crate::evaluate::errors::EvaluateError;

/// How right a trial is for a topic; 0 and below is not relevant.
pub type Grade = i32;

/// The trials that are judged for one topic.
pub type Judged = BTreeMap<String, Grade>;

/// The judged trials of each topic (a "qrels" file).
#[derive(Clone, Debug)]
pub struct Judgements {
    topics: BTreeMap<String, Judged>,
    relevant_from: Grade,
}

impl Judgements {
    /// Reads lines of topic, iteration (ignored), trial and grade, in the form of the TREC tracks.
    ///
    /// # Errors
    /// A line of another shape, a trial judged twice with different grades, or no line at all.
    pub fn parse(text: &str) -> Result<Judgements, EvaluateError> {
        let mut judgements = Judgements {
            topics: BTreeMap::new(),
            relevant_from: 1,
        };
        for (number, line) in text.trim_start_matches('\u{feff}').lines().enumerate() {
            if line.trim().is_empty() {
                continue;
            }
            let wrong =
                || EvaluateError::line(number + 1, "a topic, a 0, a trial and a grade", line);
            let words: Vec<&str> = line.split_whitespace().collect();
            let [topic, _, trial, grade] = words[..] else {
                return Err(wrong());
            };
            let grade: Grade = grade.parse().map_err(|_| wrong())?;
            let known = judgements
                .topics
                .entry(topic.to_owned())
                .or_default()
                .insert(trial.to_owned(), grade);
            if known.is_some_and(|known| known != grade) {
                return Err(EvaluateError::Repeated {
                    line: number + 1,
                    what: "with another grade the trial",
                    name: trial.to_owned(),
                });
            }
        }
        if judgements.topics.is_empty() {
            return Err(EvaluateError::Empty("judgements"));
        }
        Ok(judgements)
    }

    /// The lowest grade that counts as relevant instead of 1, as `-l` says to trec_eval: the TREC clinical trials tracks give 2 to
    /// trials that take the patient, 1 to those that are about what the patient has but exclude them. The gains of NDCG stay.
    pub fn relevant_from(self, grade: Grade) -> Judgements {
        Judgements {
            relevant_from: grade,
            ..self
        }
    }

    /// Whether a grade is relevant.
    pub fn is_relevant(&self, grade: Grade) -> bool {
        grade >= self.relevant_from
    }

    /// How many of some judged trials are relevant.
    pub fn relevant(&self, judged: &Judged) -> usize {
        let grades = judged.values();
        grades.filter(|grade| self.is_relevant(**grade)).count()
    }

    /// The trials that are judged for a topic; `None` if it was not judged.
    pub fn of(&self, topic: &str) -> Option<&Judged> {
        self.topics.get(topic)
    }

    /// The ids of the judged topics.
    pub fn topics(&self) -> impl Iterator<Item = &str> {
        self.topics.keys().map(String::as_str)
    }
}
