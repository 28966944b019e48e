//! `trialfind search`.

use std::io::{self, BufWriter, Write};
use std::path::Path;

use crate::cli::Outcome;
use crate::cli::arguments::{HitFormat, SearchArguments};
use crate::cli::context::Context;
use crate::cli::documented;
use crate::cli::failure::Failure;
use crate::cli::filters::filters;
use crate::cli::patient::patient;
use crate::cli::place_arguments::{near, no_place};
use crate::index::Index;
use crate::query::{self, Query};
use crate::render::{
    csv_header, csv_row, expansions_text, hits_text, json_line, json_pretty, notices_text,
    ris_record,
};
use crate::schema::Fields;
use crate::search::{Finder, Hits, Line, Notice, Request, Sort, counted_facets};

/// Hits of an answer for people or programs.
const USUAL_LIMIT: usize = 10;

/// Hits that an export holds in memory at once: some 10 MB of them.
const PAGE: usize = 5_000;

/// Runs the command.
pub(crate) fn run(typed: &SearchArguments, context: &Context<'_>) -> Result<Outcome, Failure> {
    if let Some(log) = &typed.replay {
        return documented::replay(log, typed.format, context);
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
        feedback: typed.ranking.feedback || (typed.patient.is_some() && !typed.no_feedback),
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
    let text = match typed.format {
        HitFormat::Json if console.terminal => json_pretty(&hits)? + "\n",
        HitFormat::Json => json_line(&hits)? + "\n",
        _ => hits_text(&hits, finder.index().vocabulary(), console.look),
    };
    console.print(&text)?;
    Ok(found(&hits))
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
