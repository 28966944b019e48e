//! The public API over real records: every piece asked for a real value finds what plain reading finds, and a study of the
//! registry's own answers is given back as the registry gave it.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use serde_json::Value;
use trialfind::analysis::Analyzer;
use trialfind::schema::{Piece, PieceKind, Pieces};
use trialfind::trial::eligibility::unescape_markdown;
use trialfind::trial::{Age, PartialDate};

use crate::{folder, ground};

/// A running server; ends with the test.
struct Server {
    child: Child,
    base: String,
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Server {
    fn start(program: &Path, index: &Path) -> Server {
        let mut child = Command::new(program)
            .args(["serve", "--quiet", "--addr", "127.0.0.1:0", "--index"])
            .arg(index)
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let base = lines.by_ref().map_while(Result::ok).find_map(|line| {
            let (_, address) = line.split_once("http://")?;
            let end = address.find('/')?;
            Some(format!("http://{}/api/v2", &address[..end]))
        });
        std::thread::spawn(move || lines.for_each(drop));
        Server {
            child,
            base: base.unwrap(),
        }
    }

    fn text(&self, path: &str, parameters: &[(&str, &str)]) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.extend_pairs(parameters);
        let url = format!("{}{path}?{}", self.base, query.finish());
        let answer = ureq::get(&url).call();
        let mut answer = answer.unwrap_or_else(|error| panic!("{url}: {error}"));
        let body = answer.body_mut().with_config().limit(1 << 30);
        body.read_to_string().unwrap()
    }

    fn json(&self, path: &str, parameters: &[(&str, &str)]) -> Value {
        serde_json::from_str(&self.text(path, parameters)).unwrap()
    }

    /// Gives every study of a search.
    fn studies(&self, parameters: &[(&str, &str)], mut sink: impl FnMut(&Value)) {
        let mut token = String::new();
        loop {
            let mut all = parameters.to_vec();
            all.push(("pageSize", "1000"));
            if !token.is_empty() {
                all.push(("pageToken", &token));
            }
            let page = self.json("/studies", &all);
            page["studies"]
                .as_array()
                .unwrap()
                .iter()
                .for_each(&mut sink);
            match page["nextPageToken"].as_str() {
                Some(next) => token = next.to_owned(),
                None => return,
            }
        }
    }
}

fn id_of(study: &Value) -> String {
    let id = &study["protocolSection"]["identificationModule"]["nctId"];
    id.as_str().unwrap().to_owned()
}

/// The values at a path of a record, lists opened.
fn values_at<'r>(record: &'r Value, path: &str) -> Vec<&'r Value> {
    let mut values = vec![record];
    for name in path.split('.') {
        values = values
            .into_iter()
            .flat_map(|value| match &value[name] {
                Value::Array(items) => items.iter().collect(),
                Value::Null => Vec::new(),
                one => vec![one],
            })
            .collect();
    }
    values
}

/// What a piece is asked for.
enum Wanted {
    /// A word: its beginning as typed, and its term.
    Word(String, String),
    /// A value as it stands.
    Same(Value),
    /// A place in the order of values, from and to.
    Between(i64, i64),
    /// Anything.
    Something,
}

/// An expression and what it asks.
struct Question {
    piece: &'static Piece,
    expression: String,
    wanted: Wanted,
}

fn place(kind: PieceKind, value: &Value) -> Option<(i64, i64)> {
    match kind {
        PieceKind::Age => Age::parse(value.as_str()?).map(|age| (age.minutes(), age.minutes())),
        PieceKind::Integer => value.as_i64().map(|number| (number, number)),
        _ => {
            let date = PartialDate::parse(value.as_str()?.split('T').next()?)?;
            Some((date.days(), date.last_days()))
        }
    }
}

impl Question {
    /// A question that a value of a record answers.
    fn of(piece: &'static Piece, value: &Value, analyzer: &mut Analyzer) -> Option<Question> {
        let name = piece.name;
        let (expression, wanted) = match piece.kind {
            kind if kind.is_text() => {
                let text = value.as_str()?;
                let mut words = text.split(|c: char| !c.is_alphanumeric());
                let word = words.find(|word| {
                    word.len() > 5 && word.bytes().all(|byte| byte.is_ascii_lowercase())
                })?;
                let tokens = analyzer.analyze(word);
                let [token] = tokens.as_slice() else {
                    return None;
                };
                let start = word[..3].to_owned();
                (
                    format!("AREA[{name}]EXPANSION[Term]\"{word}\""),
                    Wanted::Word(start, token.term.clone()),
                )
            }
            PieceKind::Enumeration(_) | PieceKind::Boolean => {
                let text = value.as_str().map(str::to_owned);
                let text = text.unwrap_or_else(|| value.to_string());
                (format!("AREA[{name}]{text}"), Wanted::Same(value.clone()))
            }
            kind if kind.is_ordered() && kind != PieceKind::Count => {
                let (from, to) = place(kind, value)?;
                let text = value.as_str().map(str::to_owned);
                let text = text.unwrap_or_else(|| value.to_string());
                (
                    format!("AREA[{name}]RANGE[{text}, {text}]"),
                    Wanted::Between(from, to),
                )
            }
            PieceKind::Struct => (format!("NOT AREA[{name}]MISSING"), Wanted::Something),
            _ => return None,
        };
        Some(Question {
            piece,
            expression,
            wanted,
        })
    }

    fn admits(&self, value: &Value, analyzer: &mut Analyzer) -> bool {
        match &self.wanted {
            Wanted::Something => !value.as_object().is_some_and(serde_json::Map::is_empty),
            Wanted::Same(wanted) => value == wanted,
            Wanted::Between(from, to) => {
                place(self.piece.kind, value).is_some_and(|(at, _)| *from <= at && at <= *to)
            }
            Wanted::Word(start, term) => value.as_str().is_some_and(|text| {
                // Stems keep how a word begins, and most texts have no such beginning.
                text.to_lowercase().contains(start.as_str())
                    && analyzer
                        .analyze(&unescape_markdown(text))
                        .iter()
                        .any(|token| token.term == *term)
            }),
        }
    }
}

#[test]
fn pieces_are_what_reading_finds() {
    let Some(ground) = ground() else { return };
    let index = folder("pieces");
    ground.index(&index, &["ctgov_v2.zip"]);
    let server = Server::start(&ground.program, &index);
    let mut analyzer = Analyzer::new();
    // One question for each piece, from records spread over all of them.
    let mut questions: BTreeMap<usize, Question> = BTreeMap::new();
    let mut number = 0;
    server.studies(&[], |study| {
        number += 1;
        if number % 9 != 0 {
            return;
        }
        for (place, piece) in Pieces::bundled().pieces.iter().enumerate() {
            // Later ones take the place of earlier ones now and then, so that not all come from the same records.
            if questions.contains_key(&place) && (number + place) % 5 != 0 {
                continue;
            }
            let question = values_at(study, piece.path)
                .into_iter()
                .find_map(|value| Question::of(piece, value, &mut analyzer));
            if let Some(question) = question {
                questions.insert(place, question);
            }
        }
    });
    assert!(questions.len() > 250, "{}", questions.len());
    let mut expect: BTreeMap<usize, BTreeSet<String>> = BTreeMap::new();
    server.studies(&[], |study| {
        for (place, question) in &questions {
            let mut values = values_at(study, question.piece.path).into_iter();
            if values.any(|value| question.admits(value, &mut analyzer)) {
                expect.entry(*place).or_default().insert(id_of(study));
            }
        }
    });
    let mut differ = Vec::new();
    for (place, question) in &questions {
        let mut found = BTreeSet::new();
        let asked = [
            ("filter.advanced", question.expression.as_str()),
            ("fields", "NCTId"),
        ];
        server.studies(&asked, |study| {
            found.insert(id_of(study));
        });
        let expect = expect.remove(place).unwrap_or_default();
        if found != expect {
            let some: Vec<&String> = found.symmetric_difference(&expect).take(3).collect();
            differ.push(format!(
                "{}: {} found, {} by reading, as {some:?}",
                question.expression,
                found.len(),
                expect.len()
            ));
        }
    }
    println!("{} expressions over all records", questions.len());
    assert!(differ.is_empty(), "{}", differ.join("\n"));
}

#[test]
fn studies_are_given_as_the_registry_gives_them() {
    let Some(ground) = ground() else { return };
    let samples = ground.data.join("samples");
    let files: Vec<PathBuf> = [
        "ctgov_v2_page_with_next_token.json",
        "ctgov_v2_export_herniated_disc.json",
    ]
    .iter()
    .map(|name| samples.join(name))
    .collect();
    for file in files.iter().filter(|file| file.is_file()) {
        let index = folder("samples");
        let path = file.display().to_string();
        ground.run(&index, &["index", "--quiet", &path]);
        let server = Server::start(&ground.program, &index);
        let sample: Value = serde_json::from_reader(File::open(file).unwrap()).unwrap();
        let list = sample.as_array().or_else(|| sample["studies"].as_array());
        let list = list.unwrap();
        for study in list {
            let id = id_of(study);
            assert_eq!(server.json(&format!("/studies/{id}"), &[]), *study, "{id}");
        }
        // A page has the names that the registry's page has.
        let page = server.json("/studies", &[("pageSize", "3")]);
        let names: Vec<&String> = page.as_object().unwrap().keys().collect();
        assert_eq!(names, ["nextPageToken", "studies"]);
        let all = server.json("/studies", &[("pageSize", "1000")]);
        assert_eq!(all["studies"].as_array().unwrap().len(), list.len());
        assert!(all["nextPageToken"].is_null());
        println!("{} studies as in {path}", list.len());
        let table = server.text("/studies", &[("format", "csv"), ("pageSize", "1")]);
        let export = File::open(samples.join("ctgov_csv_export.csv")).unwrap();
        let mut titles = String::new();
        BufReader::new(export).read_line(&mut titles).unwrap();
        let titles = titles.trim_start_matches('\u{feff}').trim_end();
        assert_eq!(table.lines().next(), Some(titles));
    }
}
