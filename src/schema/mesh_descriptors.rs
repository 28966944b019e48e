//! NLM's MeSH descriptor file (desc20XX.xml), read as names that stand for each other. 300 MB are streamed; a descriptor at a
//! time is in memory.
//!
//! Data elements: a `DescriptorRecord` has a `ConceptList` of `Concept`s, of which one has `PreferredConceptYN="Y"`; each has a
//! `TermList` of `Term`s with a `String`. The terms of one concept are synonymous; those of another concept of the record may be
//! narrower or only related.

use std::io::BufRead;

use quick_xml::Reader;
use quick_xml::events::Event;

/// A descriptor by the names of its concepts, the preferred concept first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Descriptor {
    pub(crate) concepts: Vec<Vec<String>>,
}

/// Gives every descriptor of a file to `sink`. The error says what is wrong and at which byte.
pub(crate) fn read_descriptors(
    file: impl BufRead,
    sink: &mut dyn FnMut(&Descriptor),
) -> Result<(), String> {
    let mut reader = Reader::from_reader(file);
    let mut buffer = Vec::new();
    let mut descriptor = Descriptor::default();
    let mut descriptors = 0_usize;
    let mut concept: Option<(bool, Vec<String>)> = None;
    let mut in_term = false;
    let mut name: Option<String> = None;
    loop {
        let at = reader.buffer_position();
        let wrong = |what: &dyn std::fmt::Display| format!("{what} (byte {at})");
        buffer.clear();
        match reader
            .read_event_into(&mut buffer)
            .map_err(|error| wrong(&error))?
        {
            Event::Start(start) => match start.name().as_ref() {
                "DescriptorRecord" => descriptor = Descriptor::default(),
                "Concept" => {
                    let preferred = start
                        .try_get_attribute("PreferredConceptYN")
                        .map_err(|error| wrong(&error))?
                        .is_some_and(|value| value.value.as_ref() == "Y");
                    concept = Some((preferred, Vec::new()));
                }
                "Term" => in_term = true,
                "String" if in_term => name = Some(String::new()),
                _ => {}
            },
            Event::Text(text) => {
                if let Some(name) = &mut name {
                    name.push_str(&text);
                }
            }
            Event::GeneralRef(reference) => {
                if let Some(name) = &mut name {
                    match reference.as_ref() {
                        "amp" => name.push('&'),
                        "lt" => name.push('<'),
                        "gt" => name.push('>'),
                        "apos" => name.push('\''),
                        "quot" => name.push('"'),
                        _ => {
                            let c = reference
                                .resolve_char_ref()
                                .map_err(|error| wrong(&error))?;
                            name.extend(c);
                        }
                    }
                }
            }
            Event::End(end) => match end.name().as_ref() {
                "String" => {
                    if let (Some(name), Some((_, names))) = (name.take(), &mut concept) {
                        names.push(as_spoken(name.trim()));
                    }
                }
                "Term" => in_term = false,
                "Concept" => match concept.take() {
                    Some((true, names)) => descriptor.concepts.insert(0, names),
                    Some((false, names)) => descriptor.concepts.push(names),
                    None => {}
                },
                "DescriptorRecord" => {
                    descriptors += 1;
                    sink(&descriptor);
                }
                _ => {}
            },
            Event::Eof => break,
            _ => {}
        }
    }
    match descriptors {
        0 => Err("no `DescriptorRecord` in it".to_owned()),
        _ => Ok(()),
    }
}

/// "Infarction, Myocardial" as it is said: Myocardial Infarction. Names with several commas are lists and stay.
fn as_spoken(name: &str) -> String {
    match name.split_once(", ") {
        Some((what, which)) if !which.contains(',') => format!("{which} {what}"),
        _ => name.to_owned(),
    }
}

/// One descriptor in the form of the file.
#[cfg(test)]
pub(crate) const SAMPLE: &str = r#"<?xml version="1.0"?>
<!DOCTYPE DescriptorRecordSet SYSTEM "desc.dtd">
<DescriptorRecordSet LanguageCode="eng">
<DescriptorRecord DescriptorClass="1">
  <DescriptorUI>D999999</DescriptorUI>
  <DescriptorName><String>Joint Wear</String></DescriptorName>
  <ConceptList>
    <Concept PreferredConceptYN="N">
      <ConceptName><String>Knee Wear</String></ConceptName>
      <TermList>
        <Term><TermUI>T2</TermUI><String>Knee Wear</String></Term>
        <Term><TermUI>T3</TermUI><String>Wear of Knee Joint</String></Term>
      </TermList>
    </Concept>
    <Concept PreferredConceptYN="Y">
      <ConceptName><String>Joint Wear</String></ConceptName>
      <TermList>
        <Term><TermUI>T1</TermUI><String>Joint Wear</String></Term>
        <Term><TermUI>T4</TermUI><String>Joint Wear, Degenerative</String></Term>
        <Term><TermUI>T5</TermUI><String>Wear &amp; Tear of Joints</String></Term>
      </TermList>
    </Concept>
  </ConceptList>
</DescriptorRecord>
</DescriptorRecordSet>
"#;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_descriptor() {
        let mut found = Vec::new();
        read_descriptors(SAMPLE.as_bytes(), &mut |descriptor| {
            found.push(descriptor.clone());
        })
        .unwrap();
        let concepts = vec![
            vec![
                "Joint Wear".to_owned(),
                "Degenerative Joint Wear".to_owned(),
                "Wear & Tear of Joints".to_owned(),
            ],
            vec!["Knee Wear".to_owned(), "Wear of Knee Joint".to_owned()],
        ];
        assert_eq!(found, [Descriptor { concepts }]);
    }

    #[test]
    fn other_files_are_errors() {
        for text in ["<a/>", "<a>", "<DescriptorRecord><x></y>", ""] {
            assert!(
                read_descriptors(text.as_bytes(), &mut |_| {}).is_err(),
                "{text}"
            );
        }
    }
}
