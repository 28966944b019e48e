//! `trialfind search`.

use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args, ValueEnum};

use crate::cli::Outcome;
use crate::cli::arguments::{RankingArguments, whole};
use crate::cli::console::Console;
use crate::cli::context::Context;
use crate::cli::documented;
use crate::cli::failure::Failure;
use crate::cli::filters::{FilterArguments, filters};
use crate::cli::patient::{LIFTED, StoryArguments, patient};
use crate::cli::place_arguments::{near, no_place};
use crate::index::Index;
use crate::query::{self, Query};
use crate::render::{
    counted, csv_header, csv_row, expansions_text, hits_text, json_line, notices_text, ris_record,
};
use crate::schema::Fields;
use crate::search::{Finder, Hits, Line, Notice, Request, Sort, counted_facets};

/// Hits of an answer for people or programs.
const USUAL_LIMIT: usize = 10;

/// Passages a trial for people or programs.
pub(crate) const USUAL_SNIPPETS: usize = 3;

/// Hits that an export holds in memory at once: some 10 MB of them.
const PAGE: usize = 5_000;

/// What `search` understands.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  trialfind search intradiscal BM-MSC
  trialfind search '\"low back pain\" (stem OR stromal)' -surgery --phase 1,2 --phase 3
  trialfind search melanoma --status recruiting --country France --sort updated
  trialfind search --country Germany --start-year 2024 --format csv > trials.csv
  trialfind search --patient story.txt --status recruiting
  trialfind search --lines strategy.txt --log search.json
  trialfind search --replay search.json

A trial must have all the words. `-word` leaves trials with it out and needs no quotes if it is no option; behind `--`
everything is a word. Without words all trials that pass the filters are found, last updated first.
Values of one filter are alternatives, filters add up; `not_stated` is a value of each. See `trialfind help query`.

text and json answers may be widened if no trial matches (spelling, then some of the words), and say so. ndjson, csv,
ids and ris never are, nor is anything with --log or --lines; csv, ids and ris hold all trials found unless -n says
otherwise. In csv, several values in a cell are apart by |, and a text that a spreadsheet would run as a formula gets an
apostrophe before it.")]
pub(crate) struct SearchArguments {
    /// The query
    #[arg(value_name = "WORDS")]
    pub(crate) words: Vec<String>,
    /// A patient's story in a file, or - for standard input: ranks by any of what it says
    #[arg(long, value_name = "FILE", help_heading = "Patients")]
    pub(crate) patient: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) story: StoryArguments,
    /// Numbered lines that combine (`#1 AND #2`) from a file: a count for each, the trials of the last; `# ` begins a remark
    #[arg(long, value_name = "FILE", help_heading = "Documented searches", conflicts_with_all = ["words", "patient"], conflicts_with_all = LIFTED)]
    pub(crate) lines: Option<PathBuf>,
    /// Write what was searched and found to a file, so that it can be run again
    #[arg(
        long,
        value_name = "FILE",
        help_heading = "Documented searches",
        conflicts_with = "patient",
        conflicts_with_all = LIFTED
    )]
    pub(crate) log: Option<PathBuf>,
    /// Run a log again as it was and say what differs
    #[arg(long, value_name = "LOG", help_heading = "Documented searches", conflicts_with_all = ["words", "patient", "lines", "log"], conflicts_with_all = LIFTED)]
    pub(crate) replay: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) chosen: FilterArguments,
    /// relevance, start, updated, enrollment, id or distance [default: relevance; without words, updated, or distance with
    /// --near]
    #[arg(long, value_name = "ORDER", hide_possible_values = true, value_parser = order())]
    pub(crate) sort: Option<Sort>,
    /// How many trials [default: 10; in csv, ids and ris all]
    #[arg(short = 'n', long, value_name = "N", value_parser = whole)]
    pub(crate) limit: Option<usize>,
    /// How many trials to pass over first
    #[arg(long, value_name = "N", default_value_t = 0, value_parser = whole)]
    pub(crate) offset: usize,
    /// text, json, ndjson, csv, ids or ris
    #[arg(
        long,
        value_name = "FORMAT",
        default_value = "text",
        hide_possible_values = true
    )]
    pub(crate) format: HitFormat,
    /// Facets to count in text and json: all, none, or names with commas between, as in phase,status
    #[arg(long, value_name = "FACETS")]
    pub(crate) facets: Option<String>,
    /// No passages under the trials
    #[arg(long, conflicts_with = "snippets")]
    pub(crate) no_snippets: bool,
    /// Passages a trial
    #[arg(long, value_name = "N", default_value_t = USUAL_SNIPPETS, value_parser = whole)]
    pub(crate) snippets: usize,
    #[command(flatten)]
    pub(crate) ranking: RankingArguments,
    /// Show how the query was read and how each score comes about
    #[arg(long, help_heading = "Ranking")]
    pub(crate) explain: bool,
    /// Keep to what was typed, even if nothing is found
    #[arg(long)]
    pub(crate) no_widen: bool,
    /// More synonyms: lines `a, b` or `a => b`, TOML like synonyms.toml, or NLM's MeSH descriptors (desc2026.xml)
    #[arg(long, value_name = "FILE")]
    pub(crate) synonyms: Option<PathBuf>,
}

/// What an answer is written as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum HitFormat {
    /// For people.
    Text,
    /// The whole answer as one object.
    Json,
    /// One trial a line.
    Ndjson,
    /// A table.
    Csv,
    /// For reference managers.
    Ris,
    /// One id a line.
    Ids,
}

/// An order of trials by its name.
fn order() -> impl TypedValueParser<Value = Sort> {
    PossibleValuesParser::new(Sort::NAMES.map(|(name, _)| name)).map(|typed| {
        let known = Sort::NAMES.iter().find(|(name, _)| *name == typed);
        known.map_or(Sort::Relevance, |(_, sort)| *sort)
    })
}

/// Runs the command.
pub(crate) fn run(typed: &SearchArguments, context: &Context<'_>) -> Result<Outcome, Failure> {
    if let Some(log) = &typed.replay {
        return documented::replay(log, typed, context);
    }
    if let Some(file) = &typed.lines {
        return documented::lines(file, typed, context);
    }
    run_like(typed, None, context)
}

/// Runs a search, for trials like one if its id is given.
pub(crate) fn run_like(
    typed: &SearchArguments,
    like: Option<&str>,
    context: &Context<'_>,
) -> Result<Outcome, Failure> {
    let text = typed.words.join(" ");
    // A wrong query is told before the index is opened, with the fields of the schema that was chosen.
    let query = parse(&text, &context.schema.fields)?;
    let finder = finder(typed.synonyms.as_deref(), context)?;
    let mut request = request(typed, query, context, &finder)?;
    if let Some(id) = like {
        request.like = Some(id.to_owned());
        if typed.sort.is_none() {
            request.sort = Sort::Relevance;
        }
    }
    if let Some(path) = &typed.log {
        request = request.documented();
        documented::write_log(
            path,
            &[Line::alone(request.query.clone())],
            &request,
            &finder,
        )?;
    }
    run_request(typed, request, context, &finder)
}

/// The index with the synonyms that were asked for.
pub(crate) fn finder(synonyms: Option<&Path>, context: &Context<'_>) -> Result<Finder, Failure> {
    Ok(match synonyms {
        None => context.finder()?,
        Some(file) => {
            let schema = context.schema.clone().with_synonyms(file)?;
            Finder::new(Index::open(&context.index_folder()?, schema)?)
        }
    })
}

/// Answers a request in the format asked for.
pub(crate) fn run_request(
    typed: &SearchArguments,
    request: Request,
    context: &Context<'_>,
    finder: &Finder,
) -> Result<Outcome, Failure> {
    match typed.format {
        HitFormat::Text | HitFormat::Json => answer(typed, &request, context, finder),
        _ => export(typed, request, context, finder),
    }
}

/// The query, or the error with its caret.
pub(crate) fn parse(text: &str, fields: &Fields) -> Result<Query, Failure> {
    query::parse(text, fields).map_err(|error| Failure::query(&error, text))
}

pub(crate) fn request(
    typed: &SearchArguments,
    query: Query,
    context: &Context<'_>,
    finder: &Finder,
) -> Result<Request, Failure> {
    let without_words = query.root.is_without_words() && typed.patient.is_none();
    let for_people = matches!(typed.format, HitFormat::Text | HitFormat::Json);
    let has_passages = for_people || typed.format == HitFormat::Ndjson;
    let filters = filters(&typed.chosen, finder)?;
    let near = near(&typed.chosen.place, &filters, finder)?;
    let has_place = near.is_some() || query.root.is_near_a_place();
    let facets = if for_people {
        counted_facets(typed.facets.as_deref(), &filters, finder)
    } else {
        Vec::new()
    };
    Ok(Request {
        filters,
        facets,
        sort: match typed.sort {
            Some(Sort::Distance) if !has_place => return Err(no_place()),
            Some(sort) => sort,
            None if without_words && has_place => Sort::Distance,
            None if without_words => Sort::Updated,
            None => Sort::Relevance,
        },
        near,
        limit: typed.limit.unwrap_or(USUAL_LIMIT),
        offset: typed.offset,
        weights: typed.ranking.weights.clone(),
        k1: typed.ranking.k1,
        b: typed.ranking.b,
        rarity: typed.ranking.rarity,
        feedback: typed.ranking.feedback || (typed.patient.is_some() && !typed.story.no_feedback),
        patient: patient(typed, finder)?,
        passages: if typed.no_snippets || !has_passages {
            0
        } else {
            typed.snippets
        },
        explain: typed.explain,
        widen: for_people && !typed.no_widen,
        expand: !typed.ranking.exact,
        today: context.today,
        ..Request::new(query)
    })
}

/// One answer with facets and notices.
fn answer(
    typed: &SearchArguments,
    request: &Request,
    context: &Context<'_>,
    finder: &Finder,
) -> Result<Outcome, Failure> {
    let hits = finder.search(request)?;
    let console = context.console;
    tell_of_end(&hits, request, console);
    let text = match typed.format {
        HitFormat::Json => console.json(&hits)?,
        _ => hits_text(&hits, finder.index().vocabulary(), console.look),
    };
    console.print(&text)?;
    Ok(found(&hits))
}

/// Says so if all trials were passed over.
fn tell_of_end(hits: &Hits, request: &Request, console: &Console) {
    if hits.total > 0 && request.offset as u64 >= hits.total {
        console.note(&format!(
            "note: {} found, and `--offset {}` passes over all of it",
            counted(hits.total, "trial", "trials"),
            request.offset
        ));
    }
}

fn found(hits: &Hits) -> Outcome {
    if hits.total > 0 {
        Outcome::Found
    } else {
        Outcome::Nothing
    }
}

/// Hits only, page by page, never widened; notes go to standard error.
fn export(
    typed: &SearchArguments,
    mut request: Request,
    context: &Context<'_>,
    finder: &Finder,
) -> Result<Outcome, Failure> {
    let mut left = match (typed.limit, typed.format) {
        (Some(limit), _) => limit,
        (None, HitFormat::Ndjson) => USUAL_LIMIT,
        (None, _) => usize::MAX,
    };
    if typed.format == HitFormat::Ids {
        request.limit = left;
        for notice in expansions_text(&finder.expansions(&request)?) {
            context.console.note(&format!("note: {notice}"));
        }
        let ids = finder.ids(&request)?;
        if !ids.is_empty() {
            let mut writer = BufWriter::new(io::stdout().lock());
            for id in ids {
                writeln!(writer, "{id}")?;
            }
            writer.flush()?;
            return Ok(Outcome::Found);
        }
    }
    let mut sheet = Sheet::new(typed.format, BufWriter::new(io::stdout().lock()));
    sheet.begin()?;
    let mut outcome = None;
    loop {
        request.limit = left.min(PAGE);
        let page = finder.search(&request)?;
        if outcome.is_none() {
            outcome = Some(found(&page));
            tell_of_end(&page, &request, context.console);
            for notice in notices_text(&page) {
                context.console.note(&format!("note: {notice}"));
            }
            debug_assert!(page.notices.iter().all(|notice| !matches!(
                notice,
                Notice::Respelled { .. } | Notice::PartialMatches { .. }
            )));
        }
        for hit in &page.hits {
            sheet.add(hit)?;
        }
        left -= page.hits.len();
        request.offset += page.hits.len();
        if left == 0 || page.hits.len() < request.limit {
            break;
        }
    }
    sheet.end()?;
    Ok(outcome.unwrap_or(Outcome::Nothing))
}

/// Where an export is written.
enum Sheet<W: Write> {
    Csv(Box<csv::Writer<W>>),
    Lines(HitFormat, W),
}

impl<W: Write> Sheet<W> {
    fn new(format: HitFormat, writer: W) -> Sheet<W> {
        match format {
            HitFormat::Csv => Sheet::Csv(Box::new(csv::Writer::from_writer(writer))),
            format => Sheet::Lines(format, writer),
        }
    }

    fn begin(&mut self) -> Result<(), Failure> {
        if let Sheet::Csv(writer) = self {
            csv_header(writer)?;
        }
        Ok(())
    }

    fn add(&mut self, hit: &crate::search::Hit) -> Result<(), Failure> {
        match self {
            Sheet::Csv(writer) => csv_row(writer, hit)?,
            Sheet::Lines(HitFormat::Ris, writer) => writer.write_all(ris_record(hit).as_bytes())?,
            Sheet::Lines(_, writer) => writeln!(writer, "{}", json_line(hit)?)?,
        }
        Ok(())
    }

    fn end(self) -> Result<(), Failure> {
        match self {
            Sheet::Csv(mut writer) => writer.flush()?,
            Sheet::Lines(_, mut writer) => writer.flush()?,
        }
        Ok(())
    }
}
