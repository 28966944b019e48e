//! `trialfind eval`.

use std::fs;
use std::io::{BufWriter, Write};
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

use clap::Args;

use crate::cli::Outcome;
use crate::cli::arguments::{OutputArguments, RankingArguments, from_one};
use crate::cli::context::Context;
use crate::cli::failure::Failure;
use crate::cli::patient::{LIFTED, StoryArguments};
use crate::cli::search::parse;
use crate::evaluate::{
    Comparison, EvaluateError, Grade, Judgements, Ranked, RunFile, Topic, evaluate, read_topics,
};
use crate::query::Query;
use crate::render::evaluation_text;
use crate::search::{Finder, Request};

/// The name of our runs in run files.
const TAG: &str = "trialfind";

/// What `eval` understands.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  trialfind eval --topics queries.tsv --qrels qrels.txt
  trialfind eval --topics topics.xml --qrels qrels.txt --any --run ours.run
  trialfind eval --topics topics.xml --qrels qrels.txt --any --compare other-engine.run
  trialfind eval --topics topics.xml --qrels qrels.txt --patient --no-age --no-sex

Topics are lines of an id, a tab and a text, or the XML of the TREC clinical trials tracks; judgements and runs are in
TREC form. Trials that are not judged count as not relevant, grades are the gains of NDCG. Without --any a topic is
a query in trialfind's own language and is answered as `search` would; with it every word is only a word. Intervals are
bootstrap intervals of 95 % over topics.")]
pub(crate) struct EvalArguments {
    /// What is asked: lines of id, tab, text; or TREC XML
    #[arg(long, value_name = "FILE")]
    pub(crate) topics: PathBuf,
    /// Which trials are right for which topic
    #[arg(long, value_name = "FILE")]
    pub(crate) qrels: PathBuf,
    /// The lowest grade that is relevant to P@10, R@100, R@1000 and RR; NDCG heeds all
    #[arg(long, value_name = "GRADE", default_value = "1", value_parser = clap::value_parser!(i32).range(1..))]
    pub(crate) relevant: Grade,
    /// A topic's words are alternatives: the more of them a trial has, the better
    #[arg(long, conflicts_with = "patient", conflicts_with_all = LIFTED)]
    pub(crate) any: bool,
    /// Topics are patients' stories, read as `search --patient` does
    #[arg(long, help_heading = "Patients")]
    pub(crate) patient: bool,
    /// Trials ranked for a topic
    #[arg(long, value_name = "N", default_value = "1000", value_parser = from_one)]
    pub(crate) depth: NonZeroUsize,
    /// Write the rankings to a TREC run file
    #[arg(long, value_name = "FILE")]
    pub(crate) run: Option<PathBuf>,
    /// Set another engine's run file beside ours, topic by topic
    #[arg(long, value_name = "FILE")]
    pub(crate) compare: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) output: OutputArguments,
    #[command(flatten)]
    pub(crate) story: StoryArguments,
    #[command(flatten)]
    pub(crate) ranking: RankingArguments,
}

/// Runs the command.
pub(crate) fn run(typed: &EvalArguments, context: &Context<'_>) -> Result<Outcome, Failure> {
    let topics = read(&typed.topics, read_topics)?;
    let judgements = read(&typed.qrels, Judgements::parse)?.relevant_from(typed.relevant);
    let other = match &typed.compare {
        Some(path) => Some((path, read(path, RunFile::parse)?)),
        None => None,
    };
    let finder = context.finder()?;
    let mut rankings = RunFile::default();
    for topic in &topics {
        let ranking = ranking(topic, typed, context, &finder)?;
        rankings.add(&topic.id, ranking);
    }
    if let Some(path) = &typed.run {
        let written = fs::File::create(path).and_then(|file| {
            let mut file = BufWriter::new(file);
            rankings.write(TAG, &mut file)?;
            file.flush()
        });
        written.map_err(|error| {
            Failure::from(error).context(format!("cannot write `{}`", path.display()))
        })?;
    }
    let mut evaluation = evaluate(&topics, &judgements, &rankings)?;
    if let Some((path, other)) = &other {
        let name = path.file_name().unwrap_or(path.as_os_str());
        let others = evaluate(&topics, &judgements, other)?;
        let comparison = Comparison::new(&evaluation, &others, &name.to_string_lossy());
        if comparison.absent.len() == evaluation.topics.len() {
            return Err(nothing_shared(typed, path, &comparison, other));
        }
        evaluation.comparison = Some(comparison);
    }
    context.say(&evaluation, typed.output.format, |look| {
        evaluation_text(&evaluation, look)
    })?;
    Ok(Outcome::Found)
}

/// That the other run has none of the topics.
fn nothing_shared(
    typed: &EvalArguments,
    path: &Path,
    comparison: &Comparison,
    other: &RunFile,
) -> Failure {
    let ours = comparison.absent.first().map_or("", String::as_str);
    let theirs = match other.topics().next() {
        Some(topic) => format!("is of topics such as `{topic}`"),
        None => "is empty".to_owned(),
    };
    let (topics, run) = (typed.topics.display(), path.display());
    Failure::new(
        format!(
            "`{run}` has no topic of `{topics}`: it {theirs}, and topics here are such as `{ours}`"
        ),
        "compare with a run on the same topics, under the same ids",
    )
}

/// A file, read by one of the readers.
fn read<T>(path: &Path, reader: impl Fn(&str) -> Result<T, EvaluateError>) -> Result<T, Failure> {
    let context = || format!("cannot read `{}`", path.display());
    let text = fs::read_to_string(path).map_err(|error| Failure::from(error).context(context()))?;
    reader(&text).map_err(|error| Failure::from(error).context(context()))
}

fn ranking(
    topic: &Topic,
    typed: &EvalArguments,
    context: &Context<'_>,
    finder: &Finder,
) -> Result<Vec<Ranked>, Failure> {
    let patient = match typed.patient {
        true => {
            let mut patient = finder.read_patient(&topic.text)?;
            typed.story.lift(&mut patient);
            Some(patient)
        }
        false => None,
    };
    let query = if typed.patient {
        Query::of_words("")
    } else if typed.any {
        Query::of_words(&topic.text)
    } else {
        parse(&topic.text, &context.schema.fields)
            .map_err(|failure| failure.context(format!("topic `{}`", topic.id)))?
    };
    let request = Request {
        any: typed.any,
        limit: typed.depth.get(),
        passages: 0,
        weights: typed.ranking.weights.clone(),
        k1: typed.ranking.k1,
        b: typed.ranking.b,
        rarity: typed.ranking.rarity,
        feedback: typed.ranking.feedback || (typed.patient && !typed.story.no_feedback),
        patient,
        expand: !typed.ranking.exact,
        today: context.today,
        ..Request::new(query)
    };
    let found = finder.ranking(&request)?.into_iter();
    Ok(found
        .map(|(trial, score)| Ranked {
            trial,
            score: f64::from(score),
        })
        .collect())
}
