//! A light tree of the elements of one XML record: names, attributes and text, borrowed from the record where possible.
//!
//! It knows XML only. It must not know what an element means.

use std::borrow::Cow;

use quick_xml::Reader;
use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::{BytesRef, Event};

use super::legacy_text;
use crate::source::ReadError;

/// Most records have an element every 50 to 150 bytes.
const BYTES_AN_ELEMENT: usize = 64;

/// No such element.
const NONE: u32 = u32::MAX;

/// All elements of a document, in the order of their start tags.
pub(super) struct Tree<'a> {
    nodes: Vec<Node<'a>>,
}

struct Node<'a> {
    name: &'a str,
    /// The start tag's content after the name.
    attributes: &'a str,
    /// The text directly inside, character references resolved.
    text: Cow<'a, str>,
    first_child: u32,
    last_child: u32,
    next: u32,
}

impl<'a> Tree<'a> {
    /// Reads a document of exactly one root element. Dangling ampersands and unknown entities stay in the text as they are.
    pub(super) fn parse(text: &'a str) -> Result<Tree<'a>, ReadError> {
        let mut reader = Reader::from_str(text);
        reader.config_mut().allow_dangling_amp = true;
        let mut tree = Tree {
            nodes: Vec::with_capacity(text.len() / BYTES_AN_ELEMENT),
        };
        let mut open: Vec<u32> = Vec::new();
        loop {
            let from = position(reader.buffer_position());
            let event = match reader.read_event() {
                Ok(event) => event,
                Err(error) => {
                    let place = reader.error_position();
                    return Err(ReadError::Xml(format!("{error} (at byte {place})")));
                }
            };
            let to = position(reader.buffer_position());
            match event {
                Event::Start(tag) => {
                    let node = tree.add(text, from..to, tag.name().as_ref().len(), &open)?;
                    open.push(node);
                }
                Event::Empty(tag) => {
                    tree.add(text, from..to, tag.name().as_ref().len(), &open)?;
                }
                Event::End(_) => {
                    open.pop();
                }
                Event::Text(piece) => tree.append(&open, piece.into_inner())?,
                Event::CData(piece) => tree.append(&open, piece.into_inner())?,
                Event::GeneralRef(reference) => tree.append(&open, resolved(&reference))?,
                Event::Eof => break,
                Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::DocType(_) => {}
            }
        }
        if let Some(node) = open.last() {
            let name = tree.nodes[*node as usize].name;
            return Err(ReadError::Xml(format!("the record ends inside `<{name}>`")));
        }
        if tree.nodes.is_empty() {
            return Err(ReadError::Xml("no element at all".to_owned()));
        }
        Ok(tree)
    }

    /// The outermost element.
    pub(super) fn root(&self) -> Element<'_> {
        Element {
            tree: self,
            node: &self.nodes[0],
        }
    }

    /// Adds the element whose start tag is the given stretch of the text.
    fn add(
        &mut self,
        text: &'a str,
        tag: std::ops::Range<usize>,
        name_length: usize,
        open: &[u32],
    ) -> Result<u32, ReadError> {
        let index = u32::try_from(self.nodes.len())
            .ok()
            .filter(|index| *index != NONE)
            .ok_or_else(|| ReadError::Xml("too many elements".to_owned()))?;
        if open.is_empty() && index > 0 {
            return Err(ReadError::Xml(format!(
                "a second record begins at byte {}",
                tag.start
            )));
        }
        let content = text
            .get(tag)
            .and_then(|tag| tag.strip_prefix('<')?.strip_suffix('>'))
            .unwrap_or_default();
        let (name, attributes) = content
            .split_at_checked(name_length)
            .unwrap_or((content, ""));
        self.nodes.push(Node {
            name,
            attributes,
            text: Cow::Borrowed(""),
            first_child: NONE,
            last_child: NONE,
            next: NONE,
        });
        if let Some(parent) = open.last() {
            let parent = &mut self.nodes[*parent as usize];
            let elder = std::mem::replace(&mut parent.last_child, index);
            if elder == NONE {
                parent.first_child = index;
            } else {
                self.nodes[elder as usize].next = index;
            }
        }
        Ok(index)
    }

    fn append(&mut self, open: &[u32], piece: Cow<'a, str>) -> Result<(), ReadError> {
        let Some(node) = open.last() else {
            if piece
                .trim_matches([' ', '\t', '\r', '\n', '\u{feff}'])
                .is_empty()
            {
                return Ok(());
            }
            return Err(ReadError::Xml("text outside of any element".to_owned()));
        };
        let node = &mut self.nodes[*node as usize];
        if node.text.is_empty() {
            node.text = piece;
        } else if node.first_child == NONE || !piece.trim().is_empty() {
            node.text.to_mut().push_str(&piece);
        }
        Ok(())
    }
}

fn position(offset: u64) -> usize {
    usize::try_from(offset).unwrap_or(usize::MAX)
}

fn resolved(reference: &BytesRef<'_>) -> Cow<'static, str> {
    match reference.resolve_char_ref() {
        Ok(Some('\r')) => Cow::Borrowed("\r"),
        Ok(Some(character)) => Cow::Owned(character.to_string()),
        Err(_) => Cow::Borrowed("\u{fffd}"),
        Ok(None) => match resolve_predefined_entity(reference) {
            Some(text) => Cow::Borrowed(text),
            None => Cow::Owned(format!("&{};", &**reference)),
        },
    }
}

/// One element of a tree.
#[derive(Clone, Copy)]
pub(super) struct Element<'t> {
    tree: &'t Tree<'t>,
    node: &'t Node<'t>,
}

impl<'t> Element<'t> {
    /// The tag's name.
    pub(super) fn name(self) -> &'t str {
        self.node.name
    }

    /// The elements directly inside.
    pub(super) fn children(self) -> impl Iterator<Item = Element<'t>> {
        let at = |index: u32| self.tree.nodes.get(index as usize);
        std::iter::successors(at(self.node.first_child), move |node| at(node.next)).map(
            move |node| Element {
                tree: self.tree,
                node,
            },
        )
    }

    /// The first element of that name directly inside.
    pub(super) fn child(self, name: &str) -> Option<Element<'t>> {
        self.children().find(|child| child.name() == name)
    }

    /// All elements of that name directly inside.
    pub(super) fn all<'n>(self, name: &'n str) -> impl Iterator<Item = Element<'t>> + use<'t, 'n> {
        let tree = self.tree;
        let at = move |index: u32| tree.nodes.get(index as usize);
        std::iter::successors(at(self.node.first_child), move |node| at(node.next))
            .filter(move |node| node.name == name)
            .map(move |node| Element { tree, node })
    }

    /// The text directly inside, as it stands.
    pub(super) fn raw(self) -> &'t str {
        &self.node.text
    }

    /// The text on one line; nothing if blank.
    pub(super) fn line(self) -> Option<String> {
        legacy_text::line(self.raw()).map(Cow::into_owned)
    }

    /// The text of an element that is not hard-wrapped, as Markdown; nothing if blank.
    pub(super) fn lines(self) -> Option<String> {
        legacy_text::from_lines(self.raw())
    }

    /// The hard-wrapped `<textblock>` inside (else the text itself), as Markdown; nothing if blank.
    pub(super) fn block(self) -> Option<String> {
        legacy_text::from_wrapped(self.child("textblock").unwrap_or(self).raw())
    }

    /// The text on one line of the first element of that name directly inside.
    pub(super) fn child_line(self, name: &str) -> Option<String> {
        self.child(name)?.line()
    }

    /// The Markdown of the first element of that name directly inside.
    pub(super) fn child_lines(self, name: &str) -> Option<String> {
        self.child(name)?.lines()
    }

    /// An attribute's value on one line; nothing if absent or blank.
    pub(super) fn attribute(self, name: &str) -> Option<Cow<'t, str>> {
        let mut rest = self.node.attributes;
        loop {
            let (key, after) = split_at_byte(rest, |byte| byte == b'=')?;
            let after = after.trim_start();
            let quote = *after.as_bytes().first()?;
            if !matches!(quote, b'"' | b'\'') {
                return None;
            }
            let (value, tail) = split_at_byte(&after[1..], |byte| byte == quote)?;
            if key.trim() == name {
                return legacy_text::line(value);
            }
            rest = tail;
        }
    }
}

/// What stands before and behind the first such byte, which must be ASCII. Attributes are a few letters long, where looking at one
/// after the other is quicker than a search made for long texts.
fn split_at_byte(text: &str, is_wanted: impl Fn(u8) -> bool) -> Option<(&str, &str)> {
    let place = text.bytes().position(is_wanted)?;
    Some((&text[..place], &text[place + 1..]))
}
