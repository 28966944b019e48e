//! Topics: what is asked, from tab-separated lines or from the XML of the TREC tracks.

use quick_xml::Reader;
use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::Event;

use crate::evaluate::errors::EvaluateError;

/// One question with its id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Topic {
    /// The id that judgements name it by.
    pub id: String,
    /// What is asked.
    pub text: String,
}

/// Reads topics: XML if the text begins with `<`, else lines of id, tab and text. White space inside a topic counts as one
/// space. Blank lines are passed over.
///
/// # Errors
/// A line without a tab, a topic without text, an id twice, XML that is not well-formed, or no topic at all.
pub fn read_topics(text: &str) -> Result<Vec<Topic>, EvaluateError> {
    let text = text.trim_start_matches('\u{feff}');
    let topics = if text.trim_start().starts_with('<') {
        from_xml(text)?
    } else {
        from_lines(text)?
    };
    if topics.is_empty() {
        return Err(EvaluateError::Empty("topics"));
    }
    Ok(topics)
}

fn folded(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn from_lines(text: &str) -> Result<Vec<Topic>, EvaluateError> {
    let mut topics: Vec<Topic> = Vec::new();
    for (number, line) in text.lines().enumerate() {
        if line.trim().is_empty() {
            continue;
        }
        let wrong = || EvaluateError::line(number + 1, "an id, a tab and a text", line);
        let (id, text) = line.split_once('\t').ok_or_else(wrong)?;
        let topic = Topic {
            id: id.trim().to_owned(),
            text: folded(text),
        };
        if topic.id.is_empty() || topic.text.is_empty() {
            return Err(wrong());
        }
        if topics.iter().any(|known| known.id == topic.id) {
            return Err(EvaluateError::Repeated {
                line: number + 1,
                what: "the topic",
                name: topic.id,
            });
        }
        topics.push(topic);
    }
    Ok(topics)
}

/// `<topic number="1">text</topic>`, as the TREC clinical trials tracks have it; text of elements inside a topic counts.
fn from_xml(text: &str) -> Result<Vec<Topic>, EvaluateError> {
    let wrong = |error: &dyn std::fmt::Display| EvaluateError::Xml(error.to_string());
    let mut reader = Reader::from_str(text);
    let mut topics: Vec<Topic> = Vec::new();
    let mut open: Option<Topic> = None;
    loop {
        match reader.read_event().map_err(|error| wrong(&error))? {
            Event::Start(start) if start.name().as_ref() == "topic" => {
                let number = start
                    .try_get_attribute("number")
                    .map_err(|error| wrong(&error))?
                    .ok_or_else(|| wrong(&"a topic has no `number`"))?;
                let id = number.value.trim().to_owned();
                open = Some(Topic {
                    id,
                    text: String::new(),
                });
            }
            Event::Text(piece) => append(&mut open, &piece.into_inner()),
            Event::CData(piece) => append(&mut open, &piece.into_inner()),
            Event::GeneralRef(reference) => {
                let meant = match reference.resolve_char_ref() {
                    Ok(Some(character)) => character.to_string(),
                    _ => resolve_predefined_entity(&reference)
                        .ok_or_else(|| wrong(&format!("unknown entity `&{};`", &*reference)))?
                        .to_owned(),
                };
                append(&mut open, &meant);
            }
            Event::End(end) if end.name().as_ref() == "topic" => {
                let Some(topic) = open.take() else { continue };
                let topic = Topic {
                    text: folded(&topic.text),
                    ..topic
                };
                if topic.id.is_empty() || topic.text.is_empty() {
                    return Err(wrong(&format!(
                        "topic `{}` has no number or no text",
                        topic.id
                    )));
                }
                if topics.iter().any(|known| known.id == topic.id) {
                    return Err(wrong(&format!("topic `{}` is there twice", topic.id)));
                }
                topics.push(topic);
            }
            Event::Eof => return Ok(topics),
            _ => {}
        }
    }
}

fn append(open: &mut Option<Topic>, text: &str) {
    if let Some(topic) = open {
        topic.text.push_str(text);
    }
}
