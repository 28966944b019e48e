//! Words near each other, phrases, beginnings, spellings and single items on real records: what is found is what trying everything
//! finds.

use std::cell::RefCell;
use std::collections::HashMap;

use trialfind::analysis::{Analyzer, OwnedToken};
use trialfind::index::{Index, SchemaChoice};
use trialfind::query::parse;
use trialfind::search::{Finder, Request};

use crate::brute::{Reader, Values, fields_of, values_of};
use crate::{folder, ground};

const QUERIES: [&str; 20] = [
    "\"overall survival\"~2",
    "\"bone marrow mesenchymal stem cells\"~3",
    "\"mesench* stem cell*\"",
    "\"knee osteoarth*\"~1",
    "=diseases",
    "=cell ~2 =therapy",
    "stem ~3 knee",
    "(pain OR function) ~5 (knee OR hip)",
    "\"stem cells\" ~8 injection ~8 knee",
    "osteoarth*",
    "non-small ~4 egfr",
    "menisectomy~",
    "mesenchimal~1",
    "exclusion:{bmi 40}",
    "exclusion:{pregnan* (breast OR lactat*)}",
    "inclusion:{age (18 OR eighteen) -65}",
    "criteria:{creatinine ~6 (clearance OR normal)}",
    "condition:{lung cancer}",
    "intervention:{stem cell*}",
    "title:(\"car t\"~1 OR lymphoma~1) -title:hodgkin",
];

#[test]
fn arrangements_are_what_trying_everything_finds() {
    let Some(ground) = ground() else { return };
    let directory = folder("arrangements");
    ground.index(&directory, &["ctgov_v2.zip"]);
    let finder = Finder::new(Index::open(&directory, SchemaChoice::bundled()).unwrap());
    let fields = finder.index().fields();
    let asked = |text: &str| {
        let mut request = Request::new(parse(text, fields).unwrap());
        request.limit = usize::MAX;
        request.widen = false;
        request.expand = false;
        request
    };
    let mut analyzer = Analyzer::new();
    let known: Vec<(String, Values)> = finder
        .ids(&asked(""))
        .unwrap()
        .into_iter()
        .map(|id| {
            let values = values_of(&finder, &id, &mut analyzer);
            (id, values)
        })
        .collect();
    // Asked again for every value of every trial.
    let typed: RefCell<HashMap<String, Vec<OwnedToken>>> = RefCell::default();
    let analyze = |text: &str| {
        let mut typed = typed.borrow_mut();
        let tokens = typed.entry(text.to_owned());
        tokens
            .or_insert_with(|| Analyzer::new().analyze(text))
            .clone()
    };
    let reader = Reader {
        analyze: &analyze,
        fields: &|name| fields_of(fields, name),
        passes: &|node| panic!("no filter is among the queries: {node:?}"),
    };
    for text in QUERIES {
        let request = asked(text);
        let root = request.query.root.clone();
        let mut found = finder.ids(&request).unwrap();
        found.sort_unstable();
        let matches = known
            .iter()
            .filter(|(_, values)| reader.matches(&root, values));
        let mut expect: Vec<String> = matches.map(|(id, _)| id.clone()).collect();
        expect.sort_unstable();
        let differ: Vec<&String> = found
            .iter()
            .filter(|id| !expect.contains(id))
            .chain(expect.iter().filter(|id| !found.contains(id)))
            .take(5)
            .collect();
        assert!(differ.is_empty(), "`{text}`: {differ:?}");
        println!("`{text}`: {} trials", found.len());
    }
}
