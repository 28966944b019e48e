//! Evaluation: files in and out, figures against hand-worked ones, and a floor of relevance on the sample records.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "what the tests share fails by panicking"
)]

mod relevance;

use trialfind::evaluate::{
    Comparison, Evaluation, Grade, Judgements, Measure, Measures, Ranked, RunFile, Topic, evaluate,
    read_topics,
};

fn ranking(trials: &[&str]) -> Vec<Ranked> {
    let ranked = trials.iter().enumerate().map(|(place, trial)| Ranked {
        trial: (*trial).to_owned(),
        score: 100.0 - place as f64,
    });
    ranked.collect()
}

fn topic(id: &str, text: &str) -> Topic {
    Topic {
        id: id.to_owned(),
        text: text.to_owned(),
    }
}

#[test]
fn topics_are_read_from_lines_and_from_xml() {
    let check = |text: &str, expect: &[(&str, &str)]| {
        let expect: Vec<Topic> = expect.iter().map(|(id, text)| topic(id, text)).collect();
        assert_eq!(read_topics(text).unwrap(), expect, "{text}");
    };
    check(
        "1\tknee pain\n\n2\t  back\tpain \n",
        &[("1", "knee pain"), ("2", "back pain")],
    );
    check("\u{feff}a\tb\r\n", &[("a", "b")]);
    check(
        "<topics task=\"t\">\n<topic number=\"7\">\nHb &lt; 9 &amp; tired,\n45&#176;\n</topic><topic number='8'>x</topic></topics>",
        &[("7", "Hb < 9 & tired, 45°"), ("8", "x")],
    );
}

#[test]
fn wrong_files_say_what_is_wrong() {
    let check = |error: String, expect: &str| assert!(error.contains(expect), "{error}");
    let topics = |text: &str| read_topics(text).unwrap_err().to_string();
    check(
        topics("1\tone\n2 two"),
        "line 2 is not an id, a tab and a text: `2 two`",
    );
    check(topics("1\tone\n1\ttwo"), "line 2 repeats the topic `1`");
    check(topics(""), "there are no topics");
    check(topics("<topics><topic>x</topic></topics>"), "no `number`");
    check(
        topics("<topics><topic number=\"1\">x</topics>"),
        "not readable XML",
    );
    check(
        topics("<topics><topic number=\"1\"> </topic></topics>"),
        "no text",
    );
    let judgements = |text: &str| Judgements::parse(text).unwrap_err().to_string();
    check(judgements("1 0 NCT1 two"), "line 1 is not a topic");
    check(
        judgements("1 0 NCT1 1\n1 0 NCT1 2"),
        "line 2 repeats with another grade",
    );
    check(judgements("\n"), "there are no judgements");
    let run = |text: &str| RunFile::parse(text).unwrap_err().to_string();
    check(run("1 Q0 a 1 x tag"), "line 1 is not a topic, Q0");
    check(
        run("1 Q0 a 1 2.0 tag\n1 Q0 a 2 1.0 tag"),
        "line 2 repeats the trial `a`",
    );
    let judged = Judgements::parse("9 0 a 1").unwrap();
    let nothing = evaluate(&[topic("1", "x")], &judged, &RunFile::default());
    check(
        nothing.unwrap_err().to_string(),
        "none of the topics is judged",
    );
}

/// Figures worked by hand: gains 2 and 1, the discount is the logarithm of rank and one to the base two.
#[test]
fn figures_are_those_worked_by_hand() {
    let judged = Judgements::parse("1 0 a 2\n1 0 b 1\n1 0 c 0\n1 0 d 1\n1 0 e -1").unwrap();
    let check_from = |grade: Grade, trials: &[&str], expect: [f64; 5]| {
        let judged = judged.clone().relevant_from(grade);
        let found = Measures::of(&ranking(trials), judged.of("1").unwrap());
        for (measure, expect) in Measure::ALL.into_iter().zip(expect) {
            let found = found.get(measure);
            assert!(
                (found - expect).abs() < 1e-6,
                "{trials:?} {measure:?} {found}"
            );
        }
    };
    let check = |trials: &[&str], expect: [f64; 5]| check_from(1, trials, expect);
    check(&["a", "b", "d"], [1.0, 0.3, 1.0, 1.0, 1.0]);
    check(&[], [0.0; 5]);
    // (1 / log2(3) + 2 / log2(4)) / (2 + 1 / log2(3) + 1 / log2(4))
    check(
        &["x", "b", "a", "e"],
        [0.520_909, 0.2, 2.0 / 3.0, 2.0 / 3.0, 0.5],
    );
    // Only `a` is relevant then, and the gains are the same.
    check_from(2, &["x", "b", "a"], [0.520_909, 0.1, 1.0, 1.0, 1.0 / 3.0]);
    check_from(3, &["a", "b", "d"], [1.0, 0.0, 0.0, 0.0, 0.0]);
    let none = Judgements::parse("1 0 a 0").unwrap();
    assert_eq!(
        Measures::of(&ranking(&["a"]), none.of("1").unwrap()),
        Measures::default()
    );
}

#[test]
fn runs_keep_their_order_through_a_file() {
    let mut run = RunFile::default();
    let tied = ["b", "a", "c"].map(|trial| Ranked {
        trial: trial.to_owned(),
        score: 1.5,
    });
    run.add("2", tied.to_vec());
    run.add("1", ranking(&["x"]));
    let mut file = Vec::new();
    run.write("tag", &mut file).unwrap();
    let text = String::from_utf8(file).unwrap();
    assert!(
        text.starts_with("2 Q0 b 1 1.500000 tag\n2 Q0 a 2 1.499999 tag\n"),
        "{text}"
    );
    let read = RunFile::parse(&text).unwrap();
    let order: Vec<&str> = read
        .of("2")
        .iter()
        .map(|ranked| ranked.trial.as_str())
        .collect();
    assert_eq!(order, ["b", "a", "c"]);
    assert!(read.of("3").is_empty());
    // The score orders, whatever the rank says; equal scores go by id, the last first.
    let read = RunFile::parse("1 Q0 a 1 1 t\n1 Q0 b 2 2 t\n1 Q0 c 3 2 t").unwrap();
    assert_eq!(read.of("1")[0].trial, "c");
}

fn evaluation(rankings: &[&[&str]]) -> Evaluation {
    let judged = Judgements::parse("1 0 a 2\n2 0 a 2\n3 0 a 2\n3 0 b 1").unwrap();
    let topics: Vec<Topic> = ["1", "2", "3", "4"].map(|id| topic(id, "x")).to_vec();
    let mut run = RunFile::default();
    for (topic, trials) in topics.iter().zip(rankings) {
        run.add(&topic.id, ranking(trials));
    }
    evaluate(&topics, &judged, &run).unwrap()
}

#[test]
fn means_come_with_steady_intervals_and_runs_compare_by_topic() {
    let ours = evaluation(&[&["a"], &["b", "a"], &["a", "b"]]);
    let theirs = evaluation(&[&["a"], &["a"], &[]]);
    assert_eq!(ours.not_judged, ["4"]);
    assert_eq!(ours.topics.len(), 3);
    for mean in &ours.means {
        assert!(
            mean.interval.low <= mean.mean && mean.mean <= mean.interval.high,
            "{mean:?}"
        );
    }
    let again = evaluation(&[&["a"], &["b", "a"], &["a", "b"]]);
    assert_eq!(ours.means[0].interval, again.means[0].interval);
    let beside = Comparison::new(&ours, &theirs, "other.run");
    let ndcg = &beside.measures[0];
    assert_eq!((ndcg.wins, ndcg.losses), (1, 1));
    assert!((ndcg.difference - (ndcg.mean - ndcg.other)).abs() < 1e-12);
    let moved: Vec<&str> = beside
        .moved
        .iter()
        .map(|moved| moved.topic.as_str())
        .collect();
    assert_eq!(moved, ["3", "2"]);
    // A topic that the other run has not counted nought with nothing said.
    assert_eq!(beside.absent, ["3"]);
}
