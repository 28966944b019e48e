//! A hit as a RIS record, for reference managers.
//!
//! RIS has no type for the registration of a trial. `RPRT` (report) is what EndNote, Zotero and Mendeley all keep with title,
//! institution, number, date, link and abstract; `GEN` loses the publisher in some, `DBASE` is not known to others. `M3` says
//! what kind of report it is.

use crate::render::source::url;
use crate::render::text::clean;
use crate::search::Hit;
use crate::trial::{PartialDate, Registry, TrialId};

/// The RIS record of a hit, with the line breaks that the format wants (CR LF) and an empty line behind it.
pub fn ris_record(hit: &Hit) -> String {
    let mut record = Record::default();
    record.add("TY", "RPRT");
    record.add("M3", "Clinical trial registration");
    record.add("TI", &hit.title.text);
    record.add_if("ST", hit.acronym.as_deref());
    record.add_if("AU", hit.sponsor.as_deref().map(whole_name).as_deref());
    let start = hit.status.start.as_deref().and_then(PartialDate::parse);
    if let Some(start) = start {
        record.add("PY", &start.year().to_string());
        record.add("DA", &start.to_string().replace('-', "/"));
    }
    if TrialId::parse(&hit.id).is_some_and(|id| id.registry() == Registry::ClinicalTrialsGov) {
        record.add("PB", "U.S. National Library of Medicine");
        record.add("DB", "ClinicalTrials.gov");
        record.add("DP", "ClinicalTrials.gov");
    }
    record.add("AN", &hit.id);
    for condition in &hit.conditions {
        record.add("KW", &condition.text);
    }
    for intervention in &hit.interventions {
        record.add("KW", &intervention.name.text);
    }
    let said = [
        ("Status", &hit.status.overall),
        ("Last known status", &hit.status.last_known),
        ("Verified", &hit.status.verified),
        ("Updated", &hit.status.updated),
        ("Snapshot", &hit.source.snapshot),
    ];
    for (name, value) in said {
        if let Some(value) = value {
            record.add("N1", &format!("{name}: {value}"));
        }
    }
    if !hit.phases.is_empty() {
        record.add("N1", &format!("Phase: {}", hit.phases.join(", ")));
    }
    record.add_if("UR", url(&hit.id).as_deref());
    record.add("ER", "");
    record.text.push_str("\r\n");
    record.text
}

/// Commas in an author's name part family from given names; an organisation has none.
fn whole_name(name: &str) -> String {
    format!("{},", name.replace(',', ""))
}

#[derive(Default)]
struct Record {
    text: String,
}

impl Record {
    fn add(&mut self, tag: &str, value: &str) {
        let value = clean(value);
        self.text
            .push_str(&format!("{tag}  - {}\r\n", value.trim()));
    }

    fn add_if(&mut self, tag: &str, value: Option<&str>) {
        if let Some(value) = value.filter(|value| !value.trim().is_empty()) {
            self.add(tag, value);
        }
    }
}
