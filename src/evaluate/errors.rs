//! Why an evaluation's files cannot be used.

/// What is wrong with topics, judgements or a run file.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EvaluateError {
    /// A line that is not of the expected shape.
    #[error("line {line} is not {expected}: `{text}`")]
    Line {
        /// Its number, from 1.
        line: usize,
        /// What it should be.
        expected: &'static str,
        /// Its first characters.
        text: String,
    },
    /// The same thing twice: two topics of one id, or one trial twice for a topic.
    #[error("line {line} repeats {what} `{name}`")]
    Repeated {
        /// Its number, from 1.
        line: usize,
        /// What is repeated.
        what: &'static str,
        /// Its id.
        name: String,
    },
    /// Topics in XML that cannot be read.
    #[error("the topics are not readable XML: {0}")]
    Xml(String),
    /// Nothing to do.
    #[error("there are no {0}")]
    Empty(&'static str),
    /// No topic has judgements.
    #[error(
        "none of the topics is judged; topics begin with `{topic}`, judgements with `{judged}`"
    )]
    NothingJudged {
        /// The first topic's id.
        topic: String,
        /// The first judged topic's id.
        judged: String,
    },
}

impl EvaluateError {
    /// A line that is not what it should be; only its start is kept, a topic can be long.
    pub(super) fn line(line: usize, expected: &'static str, text: &str) -> EvaluateError {
        EvaluateError::Line {
            line,
            expected,
            text: text.chars().take(60).collect(),
        }
    }
}
