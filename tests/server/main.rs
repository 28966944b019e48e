//! The server asked without a socket (`pages`, `programs`, `guards`) and over one (`sockets`); in a browser by `browser`, where there
//! is one.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "what the tests share fails by panicking"
)]

mod browser;
mod guards;
mod pages;
mod programs;
mod sockets;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request, StatusCode};
use jiff::civil::{Date, date};
use serde_json::Value;
use tower::ServiceExt;
use trialfind::index::{BuildOptions, Index, Progress, SchemaChoice};
use trialfind::server::{App, Limits, Options, router};

/// The day of every request here.
pub(crate) const TODAY: Date = date(2026, 6, 1);

/// What a hostile record says everywhere.
pub(crate) const HOSTILE: &str =
    "</title><script>alert('hostile')</script>\" onmouseover=\"x' \u{202e}turned\u{2066} hostile";

/// An index with the sample records and a hostile one, made once.
static INDEX: LazyLock<PathBuf> = LazyLock::new(|| {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("server");
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    let hostile = folder.join("hostile.json");
    fs::write(&hostile, hostile_record().to_string()).unwrap();
    let records = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus/records");
    build(&folder.join("index"), &[records, hostile]);
    folder.join("index")
});

/// A record whose every text tries to be more than text.
fn hostile_record() -> Value {
    serde_json::json!({
        "protocolSection": {
            "identificationModule": {
                "nctId": "NCT09999999", "briefTitle": HOSTILE, "officialTitle": HOSTILE, "acronym": HOSTILE,
                "orgStudyIdInfo": { "id": HOSTILE }, "secondaryIdInfos": [{ "id": HOSTILE, "type": HOSTILE }],
            },
            "statusModule": {
                "overallStatus": "TERMINATED", "statusVerifiedDate": "2020-01", "whyStopped": HOSTILE,
            },
            "sponsorCollaboratorsModule": { "leadSponsor": { "name": HOSTILE, "class": HOSTILE } },
            "descriptionModule": { "briefSummary": format!("* {HOSTILE}\n\n1. {HOSTILE}"), "detailedDescription": HOSTILE },
            "conditionsModule": { "conditions": [HOSTILE], "keywords": [HOSTILE] },
            "designModule": { "studyType": "INTERVENTIONAL", "phases": [HOSTILE] },
            "armsInterventionsModule": {
                "armGroups": [{ "label": HOSTILE, "type": HOSTILE, "description": HOSTILE, "interventionNames": [HOSTILE] }],
                "interventions": [{ "type": HOSTILE, "name": HOSTILE, "otherNames": [HOSTILE], "description": HOSTILE }],
            },
            "outcomesModule": { "primaryOutcomes": [{ "measure": HOSTILE, "timeFrame": HOSTILE, "description": HOSTILE }] },
            "eligibilityModule": { "eligibilityCriteria": format!("Inclusion Criteria:\n\n* {HOSTILE}\n\nExclusion Criteria:\n\n* {HOSTILE}") },
            "contactsLocationsModule": {
                "centralContacts": [{ "name": HOSTILE, "phone": "555-0100", "email": "ask@example.org" }],
                "locations": [{ "facility": HOSTILE, "city": HOSTILE, "country": HOSTILE }],
            },
            "referencesModule": {
                "references": [{ "pmid": "1\"><script>", "citation": HOSTILE }],
                "seeAlsoLinks": [{ "label": HOSTILE, "url": "javascript:alert(1)" }],
            },
        },
        "hasResults": true,
        "resultsSection": {
            "participantFlowModule": {
                "preAssignmentDetails": HOSTILE,
                "groups": [{ "id": HOSTILE, "title": HOSTILE, "description": HOSTILE }],
                "periods": [{ "title": HOSTILE, "milestones": [{ "type": HOSTILE, "achievements": [{
                    "groupId": HOSTILE, "numSubjects": HOSTILE, "comment": HOSTILE,
                }] }] }],
            },
            // What is not as it is documented leaves only itself out.
            "baselineCharacteristicsModule": { "groups": HOSTILE, "measures": [7, null, { "classes": {} }] },
            "outcomeMeasuresModule": { "outcomeMeasures": [{
                "type": HOSTILE, "title": HOSTILE, "unitOfMeasure": HOSTILE,
                "groups": [{ "id": "A", "title": HOSTILE }],
                "classes": [{ "title": HOSTILE, "categories": [{ "title": HOSTILE, "measurements": [{
                    "groupId": "A", "value": HOSTILE, "comment": HOSTILE,
                }] }] }],
                "analyses": [{ "groupIds": ["A"], "pValue": HOSTILE, "statisticalMethod": HOSTILE }],
            }] },
            "adverseEventsModule": {
                "eventGroups": [{ "id": "A", "title": HOSTILE, "deathsNumAffected": 1 }],
                "seriousEvents": [{ "term": HOSTILE, "organSystem": HOSTILE, "stats": [{ "groupId": "A", "numAffected": 3 }] }],
            },
        },
    })
}

/// Makes or updates an index.
pub(crate) fn build(folder: &Path, paths: &[PathBuf]) {
    let options = BuildOptions::default();
    let report = Index::build(
        folder,
        SchemaChoice::bundled(),
        paths,
        &options,
        &Progress::default(),
        &|rejected| panic!("{rejected:?}"),
    );
    assert!(report.unwrap().adds_up());
}

/// The usual settings over an index, on the day of the tests.
pub(crate) fn options(index: &Path) -> Options {
    Options {
        today: Some(TODAY),
        ..Options::new(index.to_path_buf())
    }
}

/// A server over the sample records.
pub(crate) fn server() -> Server {
    Server::new(options(&INDEX))
}

/// A server over the sample records with other limits.
pub(crate) fn limited(limits: Limits) -> Server {
    Server::new(Options {
        limits,
        ..options(&INDEX)
    })
}

/// A server that is asked without a socket.
pub(crate) struct Server {
    pub(crate) app: App,
    routes: Router,
}

/// An answer, read whole.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) bytes: Vec<u8>,
}

impl Answer {
    pub(crate) fn text(&self) -> String {
        String::from_utf8(self.bytes.clone()).unwrap()
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.bytes).unwrap()
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        let value = self.headers.get(name);
        value.map_or("", |value| value.to_str().unwrap())
    }
}

impl Server {
    pub(crate) fn new(options: Options) -> Server {
        let app = App::new(options);
        Server {
            routes: router(&app),
            app,
        }
    }

    pub(crate) async fn answer(&self, request: Request<Body>) -> Answer {
        let response = self.routes.clone().oneshot(request).await.unwrap();
        let (head, body) = response.into_parts();
        Answer {
            status: head.status,
            headers: head.headers,
            bytes: to_bytes(body, usize::MAX).await.unwrap().to_vec(),
        }
    }

    pub(crate) fn get(&self, uri: &str) -> Answer {
        self.get_with(uri, &[])
    }

    pub(crate) fn get_with(&self, uri: &str, headers: &[(&str, &str)]) -> Answer {
        self.send("GET", uri, headers, "")
    }

    pub(crate) fn post(&self, uri: &str, form: &[(&str, &str)]) -> Answer {
        self.post_with(uri, form, &[])
    }

    pub(crate) fn post_with(
        &self,
        uri: &str,
        form: &[(&str, &str)],
        headers: &[(&str, &str)],
    ) -> Answer {
        let mut body = form_urlencoded::Serializer::new(String::new());
        body.extend_pairs(form);
        self.send("POST", uri, headers, &body.finish())
    }

    pub(crate) fn send(
        &self,
        method: &str,
        uri: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> Answer {
        let mut request = Request::builder().method(method).uri(uri);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(Body::from(body.to_owned())).unwrap();
        runtime().block_on(self.answer(request))
    }
}

/// A runtime for one test.
pub(crate) fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap()
}
