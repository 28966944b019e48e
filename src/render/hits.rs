//! An answer to a search, for people.

use crate::render::Look;
use crate::render::document::{Document, Piece, Tone, piece};
use crate::render::explain;
use crate::render::facets::facets;
use crate::render::notices::notices_text;
use crate::render::numbers::{count, counted, stated};
use crate::render::patient;
use crate::render::source::{owner, source_in_words};
use crate::render::status::{date_in_words, label, phase_in_words, status_piece};
use crate::search::{Hit, Hits, Marked, NearestSite};
use crate::trial::vocabulary::Vocabulary;

/// Conditions and interventions of a hit that are named; ones that matched come first.
const MOST_NAMES: usize = 6;

/// Countries of a hit that are named.
const MOST_COUNTRIES: usize = 4;

/// The answer as text: how many trials, notices, the hits with their passages, facet counts, whose data.
pub fn hits_text(hits: &Hits, vocabulary: &Vocabulary, look: Look) -> String {
    let mut document = Document::new(look);
    header(&mut document, hits);
    if let Some(read) = &hits.patient {
        let all = hits.hits.iter().any(|hit| hit.explanation.is_some());
        patient::patient(&mut document, read, all);
    }
    for notice in notices_text(hits) {
        document.line(
            0,
            6,
            &[piece(Tone::Caution, "note: "), piece(Tone::Plain, notice)],
        );
    }
    if hits.hits.iter().any(|hit| hit.explanation.is_some()) {
        explain::query(&mut document, &hits.query);
    }
    for hit in &hits.hits {
        document.gap();
        write_hit(&mut document, hit, vocabulary);
    }
    facets(&mut document, &hits.facets);
    footer(&mut document, hits);
    document.finish()
}

fn header(document: &mut Document, hits: &Hits) {
    let asked = hits.query.text.trim();
    let mut line = match (hits.total, asked) {
        (0, "") => "No trial".to_owned(),
        (0, asked) => format!("No trial matches: {asked}"),
        (total, "") => counted(total, "trial", "trials"),
        (1, asked) => format!("1 trial matches: {asked}"),
        (total, asked) => format!("{} trials match: {asked}", count(total)),
    };
    let mut asides = Vec::new();
    if hits.total_without_filters != hits.total {
        asides.push(format!(
            "of {} without filters",
            count(hits.total_without_filters)
        ));
    }
    if let (Some(first), Some(last)) = (hits.hits.first(), hits.hits.last())
        && (hits.hits.len() as u64) < hits.total
    {
        asides.push(format!("{} to {} shown", first.rank, last.rank));
    }
    if !asides.is_empty() {
        line.push_str(&format!(" ({})", asides.join("; ")));
    }
    document.say(0, Tone::Strong, line);
}

/// Columns before the texts of a hit.
const INDENT: usize = 4;

fn write_hit(document: &mut Document, hit: &Hit, vocabulary: &Vocabulary) {
    let mut title = vec![
        piece(Tone::Plain, format!("{:>2}. ", hit.rank)),
        piece(Tone::Label, &hit.id),
        piece(Tone::Plain, "  "),
    ];
    if hit.title.text.trim().is_empty() {
        title.push(piece(Tone::Faint, "(no title)"));
    }
    title.extend(document.marked(&hit.title, Tone::Strong));
    document.line(0, INDENT, &title);
    let mut facts = vec![status_piece(&hit.status, vocabulary)];
    let mut add = |text: String| facts.push(piece(Tone::Plain, format!(" · {text}")));
    add(phase_in_words(
        &hit.phases,
        hit.study_type.as_deref(),
        vocabulary,
    ));
    if let Some(enrollment) = hit.enrollment {
        let many = if enrollment == 1 { "" } else { "s" };
        let participants = format!("{} participant{many}", stated(enrollment));
        match hit.enrollment_type.as_deref() {
            Some("ESTIMATED") => add(format!("{participants} (estimated)")),
            _ => add(participants),
        }
    }
    if let Some(start) = &hit.status.start {
        add(format!("start {}", date_in_words(start)));
    }
    if hit.status.has_results == Some(true) {
        add("results posted".to_owned());
    }
    document.line(INDENT, INDENT, &facts);
    document.line(INDENT, INDENT, &[piece(Tone::Faint, small_print(hit))]);
    if let Some(site) = &hit.nearest_site {
        named(
            document,
            "Nearest site",
            vec![piece(Tone::Plain, site_in_words(site, vocabulary))],
        );
    }
    if let Some(why) = &hit.status.why_stopped {
        named(document, "Why stopped", vec![piece(Tone::Plain, why)]);
    }
    let conditions: Vec<(String, &Marked)> = hit
        .conditions
        .iter()
        .map(|condition| (String::new(), condition))
        .collect();
    names(document, "Conditions", conditions);
    let interventions: Vec<(String, &Marked)> = hit
        .interventions
        .iter()
        .map(|intervention| {
            let kind = intervention.kind.as_deref();
            let kind =
                kind.map(|kind| format!("{}: ", label(vocabulary, "intervention_type", kind)));
            (kind.unwrap_or_default(), &intervention.name)
        })
        .collect();
    names(document, "Interventions", interventions);
    passages(document, hit);
    patient::warnings(document, hit, INDENT);
    if let Some(explanation) = &hit.explanation {
        explain::score(document, explanation, hit.score);
    }
}

/// Who runs it, where, how fresh the record is.
fn small_print(hit: &Hit) -> String {
    let mut parts: Vec<String> = hit.sponsor.iter().cloned().collect();
    if let Some(sites) = hit.sites {
        let mut text = counted(sites as u64, "site", "sites");
        if !hit.countries.is_empty() {
            let shown = hit.countries.len().min(MOST_COUNTRIES);
            text.push_str(&format!(" in {}", hit.countries[..shown].join(", ")));
            if hit.countries.len() > shown {
                text.push_str(&format!(" and {} more", hit.countries.len() - shown));
            }
        }
        parts.push(text);
    }
    if let Some(updated) = &hit.status.updated {
        parts.push(format!("updated {}", date_in_words(updated)));
    }
    parts.push(source_in_words(&hit.source));
    parts.join(" · ")
}

/// `Hospital, Lyon, France · 2.1 km · recruiting`.
fn site_in_words(site: &NearestSite, vocabulary: &Vocabulary) -> String {
    let place = [&site.facility, &site.city, &site.state, &site.country]
        .into_iter()
        .flatten();
    let place: Vec<&str> = place.map(String::as_str).collect();
    let distance = if site.km < 1.0 {
        "under 1 km".to_owned()
    } else {
        format!("{:.0} km", site.km)
    };
    let mut parts = vec![place.join(", "), distance];
    parts.extend(
        site.status
            .as_deref()
            .map(|status| label(vocabulary, "status", status).to_lowercase()),
    );
    parts.retain(|part| !part.is_empty());
    parts.join(" · ")
}

fn names(document: &mut Document, name: &str, mut all: Vec<(String, &Marked)>) {
    if all.is_empty() {
        return;
    }
    all.sort_by_key(|(_, name)| name.highlights.is_empty());
    let mut pieces: Vec<Piece> = Vec::new();
    for (place, (kind, name)) in all.iter().take(MOST_NAMES).enumerate() {
        if place > 0 {
            pieces.push(piece(Tone::Plain, "; "));
        }
        pieces.push(piece(Tone::Plain, kind));
        pieces.extend(document.marked(name, Tone::Plain));
    }
    if all.len() > MOST_NAMES {
        let more = format!("; and {} more", all.len() - MOST_NAMES);
        pieces.push(piece(Tone::Faint, more));
    }
    named(document, name, pieces);
}

fn named(document: &mut Document, name: &str, pieces: Vec<Piece>) {
    let mut line = vec![piece(Tone::Label, format!("{name}: "))];
    line.extend(pieces);
    document.line(INDENT, INDENT + 2, &line);
}

/// The passages; names that stand in the lists above are not said twice.
fn passages(document: &mut Document, hit: &Hit) {
    let said = |text: &str| {
        let interventions = hit.interventions.iter().map(|known| &known.name);
        let mut names = hit.conditions.iter().chain(interventions);
        names.any(|name| !name.highlights.is_empty() && name.text == text)
    };
    for passage in &hit.passages {
        if said(&passage.text.text) {
            continue;
        }
        let mut pieces = Vec::new();
        if passage.cut_before {
            pieces.push(piece(Tone::Plain, "… "));
        }
        pieces.extend(document.marked(&passage.text, Tone::Plain));
        if passage.cut_after {
            pieces.push(piece(Tone::Plain, " …"));
        }
        named(document, &passage.label, pieces);
    }
}

fn footer(document: &mut Document, hits: &Hits) {
    document.gap();
    let mut owners: Vec<&str> = hits
        .hits
        .iter()
        .map(|hit| owner(hit.source.format))
        .collect();
    owners.sort_unstable();
    owners.dedup();
    let mut line = match owners.is_empty() {
        true => String::new(),
        false => format!(
            "Source: {}. A status is what the record said on its date; the registry's own page may have changed since. ",
            owners.join("; ")
        ),
    };
    if let Some(day) = &hits.data_as_of {
        line.push_str(&format!(
            "Newest record in the index: {}.",
            date_in_words(day)
        ));
    }
    document.say(0, Tone::Faint, line);
}
