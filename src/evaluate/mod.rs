//! Judged queries to figures: how well a ranking answers topics whose trials people have judged.
//!
//! The way of an evaluation: `topics` and `judgements` read what was asked and what is right, `ranking` reads and writes what
//! an engine answered (run files), `measures` gives one ranking its figures, `report` sums them up over the topics, and
//! `comparison` sets two engines side by side. Nothing here prints, opens a file or searches: who searches hands in rankings.

mod bootstrap;
mod comparison;
mod errors;
mod judgements;
mod measures;
mod ranking;
mod report;
mod topics;

pub use bootstrap::Interval;
pub use comparison::{Comparison, MeasureCompared, Moved};
pub use errors::EvaluateError;
pub use judgements::{Grade, Judged, Judgements};
pub use measures::{Measure, Measures};
pub use ranking::{Ranked, RunFile};
pub use report::{Evaluation, Mean, TopicFigures, evaluate};
pub use topics::{Topic, read_topics};
