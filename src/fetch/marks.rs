//! What must be known of a record before it is written down: which trial it is of, and whether it is newer than another.

use jiff::civil::Date;
use serde::Deserialize;

use crate::schema::content_hash;
use crate::source::{Format, Origin, RawRecord};
use crate::trial::{PartialDate, TrialId};

/// When a record was last updated, and which snapshot it belongs to. Later is newer.
pub(crate) type Age = (Option<Date>, Option<Date>);

/// What tells a record from others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Marks {
    /// Its trial's own id; `None` if it states none that a registry gives.
    pub(crate) id: Option<String>,
    /// How new it is.
    pub(crate) age: Age,
    /// Its overall status.
    pub(crate) status: Option<String>,
    /// Earlier ids of the trial.
    pub(crate) aliases: Vec<String>,
    /// Tells its bytes.
    pub(crate) hash: u64,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Study {
    protocol_section: Protocol,
    derived_section: Derived,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Protocol {
    identification_module: Identification,
    status_module: Status,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Identification {
    nct_id: Option<String>,
    nct_id_aliases: Vec<String>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Status {
    overall_status: Option<String>,
    last_update_post_date_struct: Posted,
    last_update_submit_date: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Posted {
    date: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Derived {
    misc_info_module: Misc,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Misc {
    version_holder: Option<String>,
}

impl Marks {
    /// Reads what is needed of a record. One that is not of the usual shape has no marks but its hash; it is the index that says
    /// what is wrong with it.
    pub(crate) fn of(json: &[u8]) -> Marks {
        let study: Study = serde_json::from_slice(json).unwrap_or_default();
        let Identification {
            nct_id,
            nct_id_aliases,
        } = study.protocol_section.identification_module;
        let status = study.protocol_section.status_module;
        let day = |text: Option<String>| {
            let date = text.as_deref().and_then(PartialDate::parse);
            date.map(PartialDate::first_day)
        };
        let id = |text: &str| TrialId::parse(text).map(|id| id.as_str().to_owned());
        let updated = day(status.last_update_post_date_struct.date)
            .or_else(|| day(status.last_update_submit_date));
        Marks {
            id: nct_id.as_deref().and_then(id),
            age: (
                updated,
                day(study.derived_section.misc_info_module.version_holder),
            ),
            status: status.overall_status,
            aliases: nct_id_aliases.iter().filter_map(|text| id(text)).collect(),
            hash: content_hash(json),
        }
    }
}

/// A record as the index takes it, with the address that gives it alone.
pub(crate) fn raw_record(base_url: &str, id: Option<&str>, bytes: Vec<u8>) -> RawRecord {
    let path = match id {
        Some(id) => format!("{base_url}/studies/{id}"),
        None => format!("{base_url}/studies"),
    };
    RawRecord {
        origin: Origin::file(path.as_ref()),
        format: Format::ApiJson,
        bytes,
        recoded: None,
        modified: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_found_where_there_are_any() {
        let json = br#"{"protocolSection":{"identificationModule":{"nctId":"NCT00000001","nctIdAliases":["NCT00000009"],"x":[1]},
            "statusModule":{"overallStatus":"COMPLETED","lastUpdatePostDateStruct":{"date":"2024-05-06","type":"ACTUAL"}}},
            "derivedSection":{"miscInfoModule":{"versionHolder":"2025-01-02"}},"hasResults":false}"#;
        let marks = Marks::of(json);
        assert_eq!(marks.id.as_deref(), Some("NCT00000001"));
        assert_eq!(marks.aliases, ["NCT00000009"]);
        assert_eq!(marks.status.as_deref(), Some("COMPLETED"));
        let day = |text: &str| text.parse().ok();
        assert_eq!(marks.age, (day("2024-05-06"), day("2025-01-02")));
        for odd in [
            "{}",
            r#"{"protocolSection":7}"#,
            "[",
            r#"{"protocolSection":{"identificationModule":{"nctId":"NCT12"}}}"#,
        ] {
            let marks = Marks::of(odd.as_bytes());
            assert_eq!((marks.id, marks.age), (None, (None, None)), "{odd}");
        }
    }
}
