//! What is measured, in the text form that Prometheus reads. Routes are named by their pattern, never by an address: what
//! people ask is no measure.

use std::time::Duration;

use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use prometheus::{
    Encoder, HistogramOpts, HistogramVec, IntCounter, IntCounterVec, IntGauge, Opts, Registry,
    TextEncoder,
};

use crate::server::problem::Problem;
use crate::server::state::App;

/// Upper bounds of the classes of durations, in seconds.
const SECONDS: [f64; 12] = [
    0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0,
];

/// What is counted and measured.
pub(super) struct Metrics {
    registry: Registry,
    requests: IntCounterVec,
    seconds: HistogramVec,
    pub(super) reloads: IntCounter,
    pub(super) reload_failures: IntCounter,
    pub(super) connections: IntGauge,
    working: IntGauge,
    unread: IntGauge,
    trials: IntGauge,
    uptime: IntGauge,
}

impl Metrics {
    pub(super) fn new() -> Metrics {
        const SOUND: &str = "names and labels are constants that the format allows";
        let counter = |name: &str, help: &str| IntCounter::new(name, help).expect(SOUND);
        let gauge = |name: &str, help: &str| IntGauge::new(name, help).expect(SOUND);
        let metrics = Metrics {
            registry: Registry::new(),
            requests: IntCounterVec::new(
                Opts::new("trialfind_requests_total", "Requests answered."),
                &["route", "method", "status"],
            )
            .expect(SOUND),
            seconds: HistogramVec::new(
                HistogramOpts::new(
                    "trialfind_request_seconds",
                    "Time from a request's head to its answer's head.",
                )
                .buckets(SECONDS.to_vec()),
                &["route"],
            )
            .expect(SOUND),
            reloads: counter("trialfind_index_reloads_total", "Commits moved on to."),
            reload_failures: counter(
                "trialfind_index_reload_failures_total",
                "Commits that could not be opened.",
            ),
            connections: gauge("trialfind_connections", "Open connections."),
            working: gauge(
                "trialfind_searches",
                "Searches that run or wait for their turn.",
            ),
            unread: gauge(
                "trialfind_unread_bytes",
                "Bytes of answers that their clients have not read.",
            ),
            trials: gauge(
                "trialfind_index_trials",
                "Trials in the index that answers.",
            ),
            uptime: gauge("trialfind_uptime_seconds", "Time since the server started."),
        };
        let all: [Box<dyn prometheus::core::Collector>; 9] = [
            Box::new(metrics.requests.clone()),
            Box::new(metrics.seconds.clone()),
            Box::new(metrics.reloads.clone()),
            Box::new(metrics.reload_failures.clone()),
            Box::new(metrics.connections.clone()),
            Box::new(metrics.working.clone()),
            Box::new(metrics.unread.clone()),
            Box::new(metrics.trials.clone()),
            Box::new(metrics.uptime.clone()),
        ];
        for collector in all {
            metrics.registry.register(collector).expect(SOUND);
        }
        metrics
    }

    /// Counts an answer. The route is its pattern; what has none is counted as one.
    pub(super) fn answered(&self, route: &str, method: &str, status: u16, took: Duration) {
        let code = status.to_string();
        self.requests
            .with_label_values(&[route, method, &code])
            .inc();
        self.seconds
            .with_label_values(&[route])
            .observe(took.as_secs_f64());
    }
}

/// Answers `/metrics`.
pub(super) async fn text(State(app): State<App>) -> Result<Response, Problem> {
    let metrics = app.metrics();
    let number = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
    metrics.working.set(number(app.working()));
    metrics.unread.set(number(app.unread().bytes()));
    let opened = app.opened().ok();
    metrics.trials.set(opened.map_or(0, |opened| {
        i64::try_from(opened.finder.index().searcher().num_docs()).unwrap_or(i64::MAX)
    }));
    let uptime = i64::try_from(app.uptime().as_secs()).unwrap_or(i64::MAX);
    metrics.uptime.set(uptime);
    let encoder = TextEncoder::new();
    let mut body = Vec::new();
    encoder
        .encode(&metrics.registry.gather(), &mut body)
        .map_err(|error| {
            tracing::error!("cannot write the measures: {error}");
            Problem::fault()
        })?;
    Ok(([(CONTENT_TYPE, encoder.format_type().to_owned())], body).into_response())
}
