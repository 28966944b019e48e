//! What is written, and how a download that was stopped goes on.

use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use trialfind::fetch::FetchError;
use trialfind::index::{Index, SchemaChoice};

use crate::registry::{Registry, Reply, lines, page, page_of};
use crate::{
    all, choice, corpus, download, download_into, many, quick, raw_studies_of, samples, study,
};

/// The names in a folder.
fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    let mut names: Vec<String> = entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[test]
fn records_are_written_as_they_are_in_either_form() {
    let studies = corpus();
    let served = studies.clone();
    let registry = Registry::new(move |asked| page(&served, asked));
    let folder = tempfile::tempdir().unwrap();
    for (name, packed) in [("all.ndjson", false), ("all.ndjson.gz", true)] {
        registry.forget();
        let path = folder.path().join(name);
        let selection = choice(
            &registry.base_url,
            &[
                ("query.cond", "knee & hip"),
                ("filter.overallStatus", "RECRUITING"),
            ],
        );
        let (report, told) = download(&selection, &path, &quick(4)).unwrap();
        assert_eq!(lines(&path), studies);
        assert_eq!(fs::read(&path).unwrap().starts_with(&[0x1f, 0x8b]), packed);
        let total = studies.len() as u64;
        assert_eq!((report.studies, report.total), (total, Some(total)));
        assert_eq!(report.bytes, Some(fs::metadata(&path).unwrap().len()));
        assert!(told.is_empty(), "{told:?}");
        let asked = registry.asked();
        assert_eq!(asked.len(), studies.len().div_ceil(4));
        for (number, asked) in asked.iter().enumerate() {
            assert_eq!(asked.path, "/api/v2/studies");
            assert_eq!(asked.query["query.cond"], "knee & hip");
            assert_eq!(asked.query["filter.overallStatus"], "RECRUITING");
            assert_eq!(asked.query["pageSize"], "4");
            assert_eq!(asked.query.contains_key("pageToken"), number > 0);
            let agent = &asked.headers["user-agent"];
            assert_eq!(*agent, format!("trialfind/{}", env!("CARGO_PKG_VERSION")));
            assert!(asked.headers["accept-encoding"].contains("gzip"));
        }
    }
    assert_eq!(names(folder.path()), ["all.ndjson", "all.ndjson.gz"]);
}

#[test]
fn real_pages_come_through_whole() {
    let Some(samples) = samples() else { return };
    let first = fs::read_to_string(samples.join("ctgov_v2_page_with_next_token.json")).unwrap();
    let rest = raw_studies_of(&samples.join("ctgov_v2_export_herniated_disc.json"));
    let mut expected = raw_studies_of(&samples.join("ctgov_v2_page_with_next_token.json"));
    expected.extend(rest.iter().cloned());
    let token = first.split('"').nth(3).unwrap().to_owned();
    let registry = Registry::new(move |asked| match asked.query.get("pageToken") {
        None => Reply::Page(first.clone()),
        Some(given) => {
            assert_eq!(*given, token);
            Reply::Packed(page_of(&rest, None, None))
        }
    });
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("real.ndjson.gz");
    let (report, _) = download(&all(&registry.base_url), &path, &quick(10)).unwrap();
    let one_line = |study: &String| study.replace(['\n', '\r'], " ");
    let found = lines(&path);
    let expected: Vec<String> = expected.iter().map(one_line).collect();
    assert_eq!(report.studies + report.repeated, expected.len() as u64);
    for line in &found {
        assert!(expected.contains(line));
    }
    let index = folder.path().join("index");
    let report = download_into(&all(&registry.base_url), None, &index, &quick(10)).unwrap();
    let indexed = report.index.unwrap();
    assert_eq!(indexed.trials, found.len() as u64);
    assert!(indexed.adds_up());
}

#[test]
fn a_trial_that_comes_twice_is_written_once_and_the_newest_wins() {
    let one = study(1, "one", "RECRUITING", "2024-01-01");
    let (two, newer_two) = (
        study(2, "two", "RECRUITING", "2024-01-01"),
        study(2, "two anew", "COMPLETED", "2024-02-01"),
    );
    let (three, older_three) = (
        study(3, "three", "RECRUITING", "2024-03-01"),
        study(3, "three before", "RECRUITING", "2023-01-01"),
    );
    let pages = [
        vec![one.clone(), two.clone()],
        vec![two.clone(), three.clone()],
        vec![],
        vec![newer_two.clone(), older_three, one.clone()],
    ];
    let registry = Registry::new(move |asked| {
        let number: usize = asked
            .query
            .get("pageToken")
            .map_or(0, |token| token.parse().unwrap());
        let next = (number + 1 < pages.len()).then(|| (number + 1).to_string());
        Reply::Page(page_of(&pages[number], next.as_deref(), None))
    });
    let folder = tempfile::tempdir().unwrap();
    for name in ["a.ndjson", "a.ndjson.gz"] {
        let path = folder.path().join(name);
        let (report, _) = download(&all(&registry.base_url), &path, &quick(2)).unwrap();
        assert_eq!(lines(&path), [&*one, &*three, &*newer_two]);
        assert_eq!(
            (
                report.studies,
                report.repeated,
                report.replaced,
                report.total
            ),
            (3, 3, 1, None)
        );
    }
    let index = folder.path().join("index");
    let report = download_into(&all(&registry.base_url), None, &index, &quick(2)).unwrap();
    assert_eq!((report.studies, report.index.unwrap().trials), (3, 3));
}

/// A server that fails from one page on until it is mended.
fn failing_from(studies: Vec<String>, page_number: usize) -> (Registry, Arc<AtomicBool>) {
    let mended = Arc::new(AtomicBool::new(false));
    let whether = mended.clone();
    let from = format!("page{page_number}");
    let registry = Registry::new(move |asked| {
        let token = asked.query.get("pageToken");
        if !whether.load(Ordering::SeqCst) && token == Some(&from) {
            return Reply::Status(503, vec![], "maintenance".to_owned());
        }
        page(&studies, asked)
    });
    (registry, mended)
}

#[test]
fn a_download_goes_on_where_it_was_stopped() {
    for name in ["a.ndjson", "a.ndjson.gz"] {
        let (registry, mended) = failing_from(many(50), 30);
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(name);
        let selection = all(&registry.base_url);
        let error = download(&selection, &path, &quick(10)).unwrap_err();
        assert!(
            error.to_string().contains("503: maintenance"),
            "{error}: {:?}",
            error.hint()
        );
        let part = folder.path().join(format!("{name}.part"));
        assert_eq!(
            names(folder.path()),
            [format!("{name}.part"), format!("{name}.state")]
        );
        assert_eq!(lines(&part).len(), 30);
        // A kill between a page and the state leaves more in the file than the state says.
        let mut written = fs::read(&part).unwrap();
        written.extend_from_slice(b"{\"half\": \"a rec");
        fs::write(&part, written).unwrap();

        let other = choice(&registry.base_url, &[("query.cond", "hip")]);
        let error = download(&other, &path, &quick(10)).unwrap_err();
        assert!(matches!(error, FetchError::OtherDownload { .. }), "{error}");
        assert!(error.to_string().contains("all studies (http"), "{error}");

        mended.store(true, Ordering::SeqCst);
        registry.forget();
        let (report, told) = download(&selection, &path, &quick(10)).unwrap();
        assert_eq!((report.studies, report.resumed), (50, 30));
        assert_eq!(
            told,
            ["going on with an earlier download, behind 30 studies"]
        );
        let asked = registry.asked();
        assert_eq!(asked.len(), 2);
        assert_eq!(asked[0].query["pageToken"], "page30");
        assert_eq!(lines(&path), many(50));
        assert_eq!(names(folder.path()), [name]);

        let whole = folder.path().join(format!("whole-{name}"));
        download(&selection, &whole, &quick(10)).unwrap();
        assert_eq!(fs::read(&whole).unwrap(), fs::read(&path).unwrap());

        let error = download(&selection, &path, &quick(10)).unwrap_err();
        assert!(matches!(error, FetchError::Exists(_)), "{error}");
        let mut anew = quick(10);
        anew.restart = true;
        let (report, _) = download(&other, &path, &anew).unwrap();
        assert_eq!((report.studies, report.resumed), (50, 0));
    }
}

#[test]
fn a_part_that_was_damaged_is_not_gone_on_with() {
    type Damage = fn(&Path);
    let damages: [(&str, Damage, &str); 6] = [
        (
            "a.ndjson",
            |part| fs::write(part, "").unwrap(),
            "shorter than",
        ),
        (
            "a.ndjson",
            |part| {
                let text = fs::read_to_string(part).unwrap();
                fs::write(part, text.replace("}\n{", "  ?")).unwrap();
            },
            "no record",
        ),
        (
            "a.ndjson.gz",
            |part| {
                let mut bytes = fs::read(part).unwrap();
                let middle = bytes.len() / 2;
                for byte in &mut bytes[middle..middle + 8] {
                    *byte ^= 0x55;
                }
                fs::write(part, bytes).unwrap();
            },
            "cannot be gone on with",
        ),
        (
            "a.ndjson",
            |part| fs::write(part.with_extension("state"), "{}").unwrap(),
            "missing field",
        ),
        (
            "a.ndjson",
            |part| fs::remove_file(part).unwrap(),
            "shorter than",
        ),
        (
            "a.ndjson",
            |part| fs::remove_file(part.with_extension("state")).unwrap(),
            "is not there",
        ),
    ];
    for (name, damage, expect) in damages {
        let (registry, mended) = failing_from(many(30), 20);
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(name);
        let selection = all(&registry.base_url);
        download(&selection, &path, &quick(10)).unwrap_err();
        damage(&folder.path().join(format!("{name}.part")));
        mended.store(true, Ordering::SeqCst);
        let error = download(&selection, &path, &quick(10)).unwrap_err();
        assert!(matches!(error, FetchError::Unusable { .. }), "{error}");
        assert!(error.to_string().contains(expect), "{error}");
        let mut anew = quick(10);
        anew.restart = true;
        download(&selection, &path, &anew).unwrap();
        assert_eq!(lines(&path), many(30));
    }
}

#[test]
fn two_downloads_into_one_file_are_kept_apart() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.ndjson");
    let outcome = Arc::new(Mutex::new(None));
    let (inside, second) = (outcome.clone(), path.clone());
    let registry = Registry::new(move |asked| {
        if asked.number == 1 {
            let error = download(&all("http://127.0.0.1:9/api/v2"), &second, &quick(10));
            *inside.lock().unwrap() = Some(error.unwrap_err().to_string());
        }
        page(&many(20), asked)
    });
    download(&all(&registry.base_url), &path, &quick(10)).unwrap();
    let error = outcome.lock().unwrap().take().unwrap();
    assert!(error.contains("another process"), "{error}");
}

#[test]
fn an_index_gets_what_an_earlier_run_has_downloaded() {
    for output in [None, Some("kept.ndjson.gz")] {
        let (registry, mended) = failing_from(many(50), 30);
        let folder = tempfile::tempdir().unwrap();
        let directory = folder.path().join("trials");
        let output = output.map(|name| folder.path().join(name));
        let selection = all(&registry.base_url);
        let run = || download_into(&selection, output.as_deref(), &directory, &quick(10));
        run().unwrap_err();
        let index = Index::open(&directory, SchemaChoice::bundled()).unwrap();
        assert_eq!(index.searcher().num_docs(), 30, "what came is in the index");
        assert!(
            index.fetched().unwrap().is_empty(),
            "but it is not complete"
        );
        // As if it had been killed before its first commit.
        fs::remove_dir_all(&directory).unwrap();
        mended.store(true, Ordering::SeqCst);
        registry.forget();
        let report = run().unwrap();
        assert_eq!(registry.asked().len(), 2);
        let indexed = report.index.unwrap();
        assert_eq!((indexed.trials, indexed.added), (50, 50));
        let index = Index::open(&directory, SchemaChoice::bundled()).unwrap();
        let fetched = index.fetched().unwrap();
        assert_eq!(fetched.len(), 1);
        assert_eq!(fetched[0].selection, selection);
        assert_eq!(fetched[0].updated_through.as_deref(), Some("2024-01-02"));
        let found = index.searcher();
        let address = index.find(&found, "NCT00000007").unwrap()[0];
        let trial = index.trial(&found, address).unwrap();
        let place = format!("{}/studies/NCT00000007", registry.base_url);
        assert_eq!(trial.provenance.file, place);
        assert_eq!(trial.json().unwrap(), many(7)[6].as_bytes());
        let left = names(folder.path());
        match &output {
            Some(path) => {
                assert_eq!(lines(path), many(50));
                assert_eq!(left, ["kept.ndjson.gz", "trials"]);
            }
            None => assert_eq!(left, ["trials"]),
        }
    }
}

#[test]
fn a_selection_that_is_refused_leaves_no_index() {
    let registry = Registry::new(|_| Reply::Status(400, vec![], "no such parameter".to_owned()));
    let folder = tempfile::tempdir().unwrap();
    let directory = folder.path().join("trials");
    let error = download_into(&all(&registry.base_url), None, &directory, &quick(10)).unwrap_err();
    assert!(
        error.to_string().contains("400: no such parameter"),
        "{error}"
    );
    assert!(!directory.exists());
}

#[test]
fn no_studies_are_no_error() {
    let registry = Registry::new(|asked| page(&[], asked));
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("none.ndjson.gz");
    let (report, _) = download(&all(&registry.base_url), &path, &quick(10)).unwrap();
    assert_eq!(report.studies, 0);
    assert!(lines(&path).is_empty());
}

#[test]
fn what_is_no_file_is_no_place_for_a_download() {
    let registry = Registry::new(|asked| page(&many(20), asked));
    let folder = tempfile::tempdir().unwrap();
    let mut anew = quick(10);
    anew.restart = true;
    for path in [Path::new("-"), Path::new("/dev/null"), folder.path()] {
        for options in [&quick(10), &anew] {
            let error = download(&all(&registry.base_url), path, options).unwrap_err();
            assert!(matches!(error, FetchError::NoPlace(_)), "{error}");
        }
    }
    assert!(registry.asked().is_empty());
}

#[test]
fn a_file_of_somebody_else_is_not_written_over() {
    let registry = Registry::new(|asked| page(&many(20), asked));
    let folder = tempfile::tempdir().unwrap();
    let part = folder.path().join("a.ndjson.part");
    fs::write(&part, "precious").unwrap();
    let path = folder.path().join("a.ndjson");
    let error = download(&all(&registry.base_url), &path, &quick(10)).unwrap_err();
    assert!(
        error.to_string().contains("a.ndjson.state` is not there"),
        "{error}"
    );
    assert_eq!(fs::read(&part).unwrap(), b"precious");
}
