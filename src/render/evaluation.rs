//! The figures of an evaluation, for people.

use crate::evaluate::{Comparison, Evaluation, Measure};
use crate::render::Look;
use crate::render::document::{Document, Tone};
use crate::render::numbers::counted;
use crate::render::table::{Side, table};

/// Topics that moved most that are shown; the JSON has all.
const MOST_MOVED: usize = 10;

/// The evaluation as text.
pub fn evaluation_text(evaluation: &Evaluation, look: Look) -> String {
    let mut document = Document::new(look);
    let mut rows = vec![vec!["topic".to_owned()]];
    rows[0].extend(Measure::ALL.map(|measure| measure.name().to_owned()));
    rows[0].extend(["ranked", "relevant", "judged of 10"].map(str::to_owned));
    for topic in &evaluation.topics {
        let mut row = vec![topic.topic.clone()];
        row.extend(Measure::ALL.map(|measure| figure(topic.measures.get(measure))));
        row.extend([topic.ranked, topic.relevant, topic.judged10].map(|count| count.to_string()));
        rows.push(row);
    }
    let mut sides = vec![Side::Right; rows[0].len()];
    sides[0] = Side::Left;
    table(&mut document, 0, &sides, &rows);
    document.gap();
    let mut rows = vec![vec![
        format!(
            "mean of {}",
            counted(evaluation.topics.len() as u64, "topic", "topics")
        ),
        String::new(),
        "95 % interval".to_owned(),
    ]];
    for mean in &evaluation.means {
        rows.push(vec![
            mean.measure.name().to_owned(),
            figure(mean.mean),
            format!(
                "{} to {}",
                figure(mean.interval.low),
                figure(mean.interval.high)
            ),
        ]);
    }
    table(
        &mut document,
        0,
        &[Side::Left, Side::Right, Side::Left],
        &rows,
    );
    if !evaluation.not_judged.is_empty() {
        document.gap();
        document.say(
            0,
            Tone::Caution,
            format!(
                "not judged, counted nowhere: {}",
                evaluation.not_judged.join(", ")
            ),
        );
    }
    if let Some(comparison) = &evaluation.comparison {
        document.gap();
        compared(&mut document, comparison);
    }
    document.finish()
}

fn compared(document: &mut Document, comparison: &Comparison) {
    let heading = [
        "beside",
        "this",
        "other",
        "difference",
        "95 % interval",
        "better",
        "worse",
    ];
    let mut rows = vec![heading.map(str::to_owned).to_vec()];
    rows[0][0] = format!("beside {}", comparison.other);
    for measure in &comparison.measures {
        rows.push(vec![
            measure.measure.name().to_owned(),
            figure(measure.mean),
            figure(measure.other),
            signed(measure.difference),
            format!(
                "{} to {}",
                signed(measure.interval.low),
                signed(measure.interval.high)
            ),
            measure.wins.to_string(),
            measure.losses.to_string(),
        ]);
    }
    let sides = [
        Side::Left,
        Side::Right,
        Side::Right,
        Side::Right,
        Side::Left,
        Side::Right,
        Side::Right,
    ];
    table(document, 0, &sides, &rows);
    if !comparison.absent.is_empty() {
        document.gap();
        let absent = comparison.absent.join(", ");
        let said = format!("not in {}, counted 0 there: {absent}", comparison.other);
        document.say(0, Tone::Caution, said);
    }
    if comparison.moved.is_empty() {
        return;
    }
    document.gap();
    let mut rows = vec![
        ["topics that moved most", "this", "other", "difference"]
            .map(str::to_owned)
            .to_vec(),
    ];
    for moved in comparison.moved.iter().take(MOST_MOVED) {
        rows.push(vec![
            moved.topic.clone(),
            figure(moved.ndcg10),
            figure(moved.other),
            signed(moved.ndcg10 - moved.other),
        ]);
    }
    table(document, 0, &sides[..4], &rows);
}

/// A figure to four places, as the tracks' own program gives them.
fn figure(value: f64) -> String {
    format!("{value:.4}")
}

fn signed(value: f64) -> String {
    format!("{value:+.4}")
}
