//! Options and progress that `fetch` and `sync` share: how a server is asked, and how far that has come.

use std::time::{Duration, Instant};

use clap::Args;

use crate::fetch::{FetchOptions, Progress};
use crate::render;

/// How a server is asked.
#[derive(Debug, Args)]
#[command(next_help_heading = "Connection")]
pub(crate) struct ConnectionArguments {
    /// Requests a minute at most; 0 for no limit. ClinicalTrials.gov allows about 50
    #[arg(long, value_name = "N", default_value_t = FetchOptions::default().per_minute)]
    pub(crate) rate: u32,
    /// How often one page is asked for before giving up
    #[arg(long, value_name = "N", default_value_t = FetchOptions::default().attempts, value_parser = clap::value_parser!(u32).range(1..=100))]
    pub(crate) attempts: u32,
    /// Seconds until an answer has to begin; it may take five times as long to arrive
    #[arg(long, value_name = "SECONDS", default_value_t = 120, value_parser = clap::value_parser!(u64).range(1..=3600))]
    pub(crate) timeout: u64,
    /// Studies a page
    #[arg(long, value_name = "N", default_value_t = FetchOptions::default().page_size, value_parser = clap::value_parser!(u16).range(1..=1000))]
    pub(crate) page_size: u16,
}

impl ConnectionArguments {
    pub(crate) fn options(&self) -> FetchOptions {
        FetchOptions {
            per_minute: self.rate,
            attempts: self.attempts,
            answer_time: Duration::from_secs(self.timeout),
            body_time: Duration::from_secs(self.timeout.saturating_mul(5)),
            page_size: self.page_size,
            ..FetchOptions::default()
        }
    }
}

/// Says how far a download has come. `doing` is what is being done, as in "fetching".
pub(crate) fn download_line<'p>(
    doing: &'static str,
    progress: &'p Progress,
) -> impl Fn() -> String + Sync + 'p {
    let started = Instant::now();
    move || line(doing, progress, started.elapsed())
}

fn line(doing: &str, progress: &Progress, time: Duration) -> String {
    let studies = progress.studies();
    let seconds = time.as_secs_f64().max(0.001);
    let rate = studies.saturating_sub(progress.earlier()) as f64 / seconds;
    let of = match progress.total() {
        Some(total) => {
            let left = total.saturating_sub(studies);
            let left = match rate {
                rate if rate > 0.0 && left > 0 => {
                    format!(", {} left", in_words(left as f64 / rate))
                }
                _ => String::new(),
            };
            let part = studies.min(total) * 100 / total;
            format!(" of {} ({part} %){left}", render::count(total))
        }
        None => String::new(),
    };
    format!(
        "{doing}: {} studies{of}, {} studies/s, {}",
        render::count(studies),
        render::count(rate.round() as u64),
        render::bytes(progress.bytes())
    )
}

/// A time, to the minute or second.
fn in_words(seconds: f64) -> String {
    let seconds = seconds.round() as u64;
    match seconds {
        0..60 => format!("{seconds} s"),
        60..3600 => format!("{} min", seconds.div_ceil(60)),
        _ => format!("{} h {} min", seconds / 3600, seconds % 3600 / 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_told_as_people_do() {
        for (seconds, expect) in [
            (0.4, "0 s"),
            (59.0, "59 s"),
            (61.0, "2 min"),
            (7_290.0, "2 h 1 min"),
        ] {
            assert_eq!(in_words(seconds), expect);
        }
        let line = line("fetching", &Progress::default(), Duration::from_secs(1));
        assert_eq!(line, "fetching: 0 studies, 0 studies/s, 0 bytes");
    }
}
