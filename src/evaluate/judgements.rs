//! Judgements: which trials are right for which topic, and how much.

use std::collections::BTreeMap;

use crate::evaluate::errors::EvaluateError;

/// How right a trial is for a topic; 0 and below is not relevant.
pub type Grade = i32;

/// The trials that are judged for one topic.
#[derive(Clone, Copy, Debug)]
pub struct Judged<'j> {
    grades: &'j BTreeMap<String, Grade>,
    relevant_from: Grade,
}

impl Judged<'_> {
    /// The grade of a trial; `None` if it was not judged.
    pub fn grade(&self, trial: &str) -> Option<Grade> {
        self.grades.get(trial).copied()
    }

    /// All grades.
    pub fn grades(&self) -> impl Iterator<Item = Grade> {
        self.grades.values().copied()
    }

    /// Whether a trial is relevant; one that was not judged is not.
    pub fn is_relevant(&self, trial: &str) -> bool {
        self.grade(trial)
            .is_some_and(|grade| grade >= self.relevant_from)
    }

    /// How many trials are relevant.
    pub fn relevant(&self) -> usize {
        self.grades()
            .filter(|grade| *grade >= self.relevant_from)
            .count()
    }
}

/// The judged trials of each topic (a "qrels" file).
#[derive(Clone, Debug)]
pub struct Judgements {
    topics: BTreeMap<String, BTreeMap<String, Grade>>,
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

    /// The lowest grade that counts as relevant instead of 1, never less, as `-l` says to trec_eval: the TREC clinical trials tracks
    /// give 2 to trials that take the patient, 1 to those that are about what the patient has but exclude them. The gains of NDCG
    /// stay.
    pub fn relevant_from(self, grade: Grade) -> Judgements {
        Judgements {
            relevant_from: grade.max(1),
            ..self
        }
    }

    /// The trials that are judged for a topic; `None` if it was not judged.
    pub fn of(&self, topic: &str) -> Option<Judged<'_>> {
        self.topics.get(topic).map(|grades| Judged {
            grades,
            relevant_from: self.relevant_from,
        })
    }

    /// The ids of the judged topics.
    pub fn topics(&self) -> impl Iterator<Item = &str> {
        self.topics.keys().map(String::as_str)
    }
}
