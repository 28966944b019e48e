//! Searches by place and by id through the library, over records made here: which site counts, how far it is, what is said.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "what the tests share fails by panicking"
)]

mod ids;
mod sites;

use serde_json::{Value, json};
use trialfind::index::{BuildOptions, Index, Progress, SchemaChoice};
use trialfind::query::parse;
use trialfind::search::{Finder, Hits, Request, SiteFilter};

/// An index of some records, and the folder that it lies in.
struct Made {
    finder: Finder,
    _folder: tempfile::TempDir,
}

impl Made {
    fn of(records: &[Value]) -> Made {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("records.json");
        std::fs::write(&file, serde_json::to_vec(records).unwrap()).unwrap();
        let index = folder.path().join("index");
        let options = BuildOptions {
            threads: 2,
            ..BuildOptions::default()
        };
        Index::build(
            &index,
            SchemaChoice::bundled(),
            &[file],
            &options,
            &Progress::default(),
            &|rejected| {
                panic!("{rejected:?}");
            },
        )
        .unwrap();
        Made {
            finder: Finder::new(Index::open(&index, SchemaChoice::bundled()).unwrap()),
            _folder: folder,
        }
    }

    fn request(&self, query: &str) -> Request {
        let mut request = Request::new(parse(query, self.finder.index().fields()).unwrap());
        request.limit = 1_000;
        request.widen = false;
        request
    }

    fn search(&self, request: &Request) -> Hits {
        self.finder.search(request).unwrap()
    }

    /// Any site within 50 km of a place.
    fn near_filter(&self, place: &str) -> Option<SiteFilter> {
        Some(SiteFilter::new(self.finder.place(place).unwrap(), 50.0))
    }

    /// The trials within some kilometres of a place.
    fn near(&self, place: &str, km: f64, statuses: &[&str]) -> Hits {
        let mut request = self.request("");
        let mut filter = SiteFilter::new(self.finder.place(place).unwrap(), km);
        filter.statuses = statuses.iter().map(|&status| status.to_owned()).collect();
        request.near = Some(filter);
        request.sort = trialfind::search::Sort::Distance;
        self.search(&request)
    }
}

fn ids(hits: &Hits) -> Vec<&str> {
    hits.hits.iter().map(|hit| hit.id.as_str()).collect()
}

/// A record with its number, its status and its sites.
fn record(number: u32, status: &str, sites: &[Value]) -> Value {
    json!({"protocolSection": {
        "identificationModule": {"nctId": format!("NCT{number:08}"), "briefTitle": "A trial of something"},
        "statusModule": {"overallStatus": status, "lastUpdatePostDateStruct": {"date": "2025-01-01"}},
        "contactsLocationsModule": {"locations": sites},
    }})
}
