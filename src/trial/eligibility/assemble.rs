//! Blocks to items: which block is under which, and how far a heading or a lead-in reaches.
//!
//! Judges no words itself (see `heading`, `negation`). In doubt an exclusion reaches further, an inclusion less far.

use super::heading::{self, Heading};
use super::inside;
use super::lines::Block;
use super::markdown::{readable, says_something};
use super::marker::{Class, Marker};
use super::vocabulary::introduces;
use super::words::words;
use super::{Item, ItemKind, negation, runs};

/// Deepest nesting that is kept; real records have 6. Deeper items become siblings.
const DEEPEST: usize = 24;

/// Columns by which items of one list may differ: right-aligned numbers ("9." above "10.").
const SAME_LEVEL: usize = 1;

/// Longest heading in capitals without a colon, in bytes.
const CAPITALS_LENGTH: usize = 60;

/// Most words of a label ("Prior concurrent therapy:") that says nothing of its own.
const LABEL_WORDS: usize = 5;

/// An item that blocks further right belong to.
struct Open {
    indent: usize,
    class: Class,
    index: usize,
    /// Ends with a colon: a list of another kind at the same indentation is below it.
    leads: bool,
    /// What a heading inside says of the items below.
    scope: Option<ItemKind>,
}

/// A label without marker ("Hepatic:") that the blocks after it belong to.
#[derive(Clone, Copy)]
struct Label {
    index: usize,
    /// Whether its first block carried a marker: then the first one without marker is no longer its own.
    marked: Option<bool>,
}

struct Assembly {
    items: Vec<Item>,
    /// By "Inclusion criteria" and the like.
    section: ItemKind,
    /// By "Excluded:" and the like within a section.
    within: Option<ItemKind>,
    capitals: Option<usize>,
    label: Option<Label>,
    open: Vec<Open>,
    /// Column of a negated lead-in whose list is not indented: its siblings are its children.
    negated_from: Option<usize>,
    /// The block before was a heading of a section.
    after_heading: bool,
}

/// The items of the blocks.
pub(super) fn assemble(blocks: &[Block<'_>]) -> Vec<Item> {
    let mut assembly = Assembly {
        items: Vec::with_capacity(blocks.len()),
        section: ItemKind::Criterion,
        within: None,
        capitals: None,
        label: None,
        open: Vec::new(),
        negated_from: None,
        after_heading: false,
    };
    for (at, block) in blocks.iter().enumerate() {
        let next = blocks.get(at + 1);
        let cuts = inside::inside(&block.text);
        let mut start = 0;
        for end in cuts
            .iter()
            .copied()
            .chain(std::iter::once(block.text.len()))
        {
            let first = start == 0;
            let piece = Piece {
                text: block.text[start..end].trim(),
                indent: block.indent,
                marker: block.marker.filter(|_| first),
                next: next.filter(|_| end == block.text.len()),
                run: !cuts.is_empty() || blocks.len() == 1,
            };
            // A lone bullet or rule carries nothing.
            if says_something(piece.text) {
                assembly.take(&piece);
            }
            start = end;
        }
    }
    mark_lead_ins(&mut assembly.items);
    assembly.items
}

/// A block, or a part of one that opens with its own heading.
#[derive(Clone, Copy)]
struct Piece<'a> {
    text: &'a str,
    indent: usize,
    marker: Option<Marker<'a>>,
    next: Option<&'a Block<'a>>,
    /// Headings and items share a line here.
    run: bool,
}

impl Piece<'_> {
    fn next_is_deeper(&self) -> bool {
        self.next
            .is_some_and(|next| next.indent > self.indent + SAME_LEVEL)
    }

    /// A list of the same level, or of another kind of marker, follows.
    fn next_is_flat(&self) -> bool {
        self.next.is_some_and(|next| {
            next.marker.is_some() && next.indent.abs_diff(self.indent) <= SAME_LEVEL
        })
    }
}

impl Assembly {
    fn take(&mut self, piece: &Piece<'_>) {
        let text = piece.text;
        match &piece.marker {
            Some(marker) => self.settle_marked(piece.indent, marker.class),
            None => self.open.truncate(
                self.open
                    .iter()
                    .take_while(|open| open.indent + SAME_LEVEL < piece.indent)
                    .count(),
            ),
        }
        if self
            .negated_from
            .is_some_and(|from| piece.indent + SAME_LEVEL < from)
        {
            self.negated_from = None;
        }
        let found = heading::heading(text, piece.marker.is_some());
        match (found, &piece.marker) {
            (Some(found), Some(_)) => self.marked_heading(piece, &found),
            // "Exclusion Criteria:" ends every list, however far it is indented.
            (Some(found), None) if self.open.is_empty() || found.strong => {
                self.open.clear();
                self.heading(piece, &found);
            }
            (Some(found), None) if found.opens.is_some() => self.marked_heading(piece, &found),
            (None, None) if self.open.is_empty() => self.paragraph(piece),
            (_, None) => self.further_paragraph(piece),
            (None, Some(_)) => self.marked(piece),
        }
    }

    /// Closes the open items that a marked block at this column is not below.
    fn settle_marked(&mut self, indent: usize, class: Class) {
        while self
            .open
            .last()
            .is_some_and(|open| open.indent > indent + SAME_LEVEL)
        {
            self.open.pop();
        }
        let level = self
            .open
            .iter()
            .take_while(|open| open.indent + SAME_LEVEL < indent)
            .count();
        let sibling = self.open[level..]
            .iter()
            .rposition(|open| open.class == class);
        match sibling {
            Some(offset) => self.open.truncate(level + offset),
            None if self.open.len() > level && self.open.last().is_some_and(|open| open.leads) => {}
            None => self.open.truncate(level),
        }
        self.open.truncate(DEEPEST);
    }

    /// A heading or label at the left edge, without marker.
    fn heading(&mut self, piece: &Piece<'_>, found: &Heading<'_>) {
        self.negated_from = None;
        self.label = None;
        if found.strong {
            self.section = found.opens.unwrap_or(ItemKind::Criterion);
            self.within = None;
            self.capitals = None;
            self.after_heading = true;
            if !found.plain {
                let index = self.push(None, None, found.text, self.section);
                self.items[index].lead_in = true;
                self.capitals = Some(index);
            }
        } else {
            match found.opens {
                Some(ItemKind::Inclusion) if self.section == ItemKind::Exclusion => {}
                Some(kind) => self.within = Some(kind),
                None if found.permits => self.within = None,
                None => {}
            }
            if found.capitals && found.opens.is_none() {
                self.capitals = None;
            }
            let kind = if found.opens == Some(ItemKind::Exclusion) {
                ItemKind::Exclusion
            } else {
                self.effective()
            };
            let index = self.push(self.capitals, None, found.text, kind);
            // What it says beyond a few words ("Proven gout with one of these:") is a criterion.
            self.items[index].lead_in = words(found.text).take(LABEL_WORDS + 1).count()
                <= LABEL_WORDS
                || found.opens.is_some();
            if found.capitals && found.opens.is_none() {
                self.capitals = Some(index);
            } else {
                self.label = Some(Label {
                    index,
                    marked: None,
                });
            }
        }
        if !found.rest.is_empty() {
            self.run(
                &Piece {
                    text: found.rest,
                    marker: None,
                    ..*piece
                },
                found.strong || piece.run,
            );
        }
    }

    /// A heading with a marker, or inside an item.
    fn marked_heading(&mut self, piece: &Piece<'_>, found: &Heading<'_>) {
        let Some(kind) = found.opens else {
            return self.marked(piece);
        };
        if !found.strong {
            let index = self.marked_text(piece, piece.text);
            self.items[index].kind = ItemKind::Exclusion;
            if let Some(open) = self.open.last_mut().filter(|open| open.index == index) {
                open.scope = Some(kind);
            }
            if piece.next_is_flat() {
                self.negated_from = Some(piece.indent);
            }
            return;
        }
        // Indented too far: the items it opens stand left of it.
        if piece
            .next
            .is_some_and(|next| next.indent + SAME_LEVEL < piece.indent)
        {
            self.open.clear();
        }
        let nested = !self.open.is_empty();
        if nested {
            // An exclusion inside an item stays one; "Inclusion:" inside an exclusion does not open the door.
            let kind = if self.effective() == ItemKind::Exclusion
                && self.open.iter().all(|open| open.scope.is_none())
            {
                ItemKind::Exclusion
            } else {
                kind
            };
            if (piece.marker.is_none() || !piece.next_is_deeper())
                && let Some(parent) = self.open.last_mut()
            {
                parent.scope = Some(kind);
            }
        } else {
            self.section = kind;
            self.within = None;
            self.capitals = None;
            self.label = None;
            self.negated_from = None;
            self.after_heading = true;
        }
        if !says_something(found.rest) {
            if piece.marker.is_some() && piece.next_is_deeper() || !found.plain {
                let index = self.marked_text(piece, found.text);
                self.items[index].lead_in = true;
                let parent = self.items[index].parent;
                let out = negation::opens_with_negation(&self.items[index].text)
                    || parent.is_some_and(|parent| self.items[parent].kind == ItemKind::Exclusion);
                self.items[index].section = kind;
                self.items[index].kind = if out { ItemKind::Exclusion } else { kind };
                if let Some(open) = self.open.last_mut().filter(|open| open.index == index) {
                    open.scope = Some(kind);
                }
            }
        } else if nested {
            let index = self.marked_text(piece, found.rest);
            self.items[index].section = kind;
            if kind == ItemKind::Exclusion {
                self.items[index].kind = kind;
            }
        } else {
            self.run(
                &Piece {
                    text: found.rest,
                    ..*piece
                },
                true,
            );
        }
    }

    /// A paragraph at the left edge.
    fn paragraph(&mut self, piece: &Piece<'_>) {
        let text = piece.text;
        let short = text.len() <= CAPITALS_LENGTH && !text.ends_with(['.', ';', ',']);
        if short && piece.next.is_some() && heading::is_capitals(text) {
            self.label = None;
            let kind = self.effective();
            let index = self.push(None, None, text, kind);
            self.items[index].lead_in = true;
            self.capitals = Some(index);
            return;
        }
        match &mut self.label {
            Some(Label {
                marked: Some(true), ..
            }) => self.label = None,
            Some(label) => label.marked = Some(false),
            None => {}
        }
        self.negated_from = None;
        let last = piece.next.is_none_or(|next| {
            heading::heading(&next.text, next.marker.is_some()).is_some_and(|found| found.strong)
        });
        self.run(piece, piece.run || self.after_heading && last);
    }

    /// Text that may be several items.
    fn run(&mut self, piece: &Piece<'_>, alone: bool) {
        self.after_heading = false;
        let labelled = if piece.marker.is_none() {
            runs::labelled(piece.text)
        } else {
            Vec::new()
        };
        if !labelled.is_empty() {
            for text in labelled.into_iter().filter(|text| says_something(text)) {
                self.push(self.parent(), None, text, self.effective());
            }
            return;
        }
        let next_number = piece
            .next
            .and_then(|next| next.marker)
            .and_then(|marker| marker.number);
        let pieces = runs::split(piece.text, piece.marker, alone, next_number);
        for (typed, text) in pieces {
            let text = text.trim();
            if !says_something(text) {
                continue;
            }
            match piece.marker {
                Some(marker) => {
                    self.open_item(piece, marker.class, typed, text);
                }
                None => {
                    self.push(self.parent(), typed, text, self.effective());
                }
            }
        }
    }

    fn marked(&mut self, piece: &Piece<'_>) {
        if let Some(label) = &mut self.label {
            label.marked.get_or_insert(true);
        }
        let before = self.items.len();
        self.run(piece, piece.run);
        let leads = piece.text.ends_with([':', '：']);
        let out = self.items.last().is_some_and(|item| {
            item.kind == ItemKind::Exclusion && item.section != ItemKind::Exclusion
        });
        if leads
            && out
            && self.items.len() == before + 1
            && self.negated_from.is_none()
            && piece.next_is_flat()
        {
            self.negated_from = Some(piece.indent);
        }
    }

    fn marked_text(&mut self, piece: &Piece<'_>, text: &str) -> usize {
        self.after_heading = false;
        match piece.marker {
            Some(marker) => self.open_item(piece, marker.class, Some(marker.text), text),
            None => self.push(self.parent(), None, text, self.effective()),
        }
    }

    fn open_item(
        &mut self,
        piece: &Piece<'_>,
        class: Class,
        typed: Option<&str>,
        text: &str,
    ) -> usize {
        // Items of one run are siblings.
        if self
            .open
            .last()
            .is_some_and(|open| open.indent == piece.indent && open.class == class)
        {
            self.open.pop();
        }
        let index = self.push(self.parent(), typed, text, self.effective());
        let leads = text.ends_with([':', '：']);
        self.open.push(Open {
            indent: piece.indent,
            class,
            index,
            leads,
            scope: None,
        });
        index
    }

    /// A paragraph inside an open item.
    fn further_paragraph(&mut self, piece: &Piece<'_>) {
        let Some(index) = self.open.last().map(|open| open.index) else {
            return self.paragraph(piece);
        };
        if let Some(open) = self.open.last_mut() {
            open.leads = piece.text.ends_with([':', '：']);
        }
        let text = readable(piece.text);
        let out = negation::opens_with_negation(&text) || negation::closes_with_exclusion(&text);
        let has_children = self.items.len() > index + 1;
        if out && self.items[index].kind != ItemKind::Exclusion || has_children {
            let section = self.items[index].section;
            self.push(Some(index), None, piece.text, section);
        } else {
            let item = &mut self.items[index];
            item.text.push('\n');
            item.text.push_str(&text);
        }
    }

    fn parent(&self) -> Option<usize> {
        self.open
            .last()
            .map(|open| open.index)
            .or(self.label.map(|label| label.index))
            .or(self.capitals)
    }

    /// What the headings above say.
    fn effective(&self) -> ItemKind {
        self.open
            .iter()
            .rev()
            .find_map(|open| open.scope)
            .or(self.within)
            .unwrap_or(self.section)
    }

    fn push(
        &mut self,
        parent: Option<usize>,
        typed: Option<&str>,
        text: &str,
        section: ItemKind,
    ) -> usize {
        let text = readable(text).into_owned();
        let above = parent.map(|parent| &self.items[parent]);
        let out = section == ItemKind::Exclusion
            || self.negated_from.is_some()
            || above.is_some_and(|above| above.kind == ItemKind::Exclusion)
            || negation::opens_with_negation(&text)
            || negation::closes_with_exclusion(&text);
        let depth = above.map_or(0, |above| above.depth.saturating_add(1));
        self.items.push(Item {
            kind: if out { ItemKind::Exclusion } else { section },
            section,
            depth,
            parent,
            lead_in: false,
            marker: typed.map(|typed| typed.replace('\\', "")),
            text,
        });
        self.items.len() - 1
    }
}

/// Marks the items that only introduce others.
fn mark_lead_ins(items: &mut [Item]) {
    let mut has_children = vec![false; items.len()];
    for item in items.iter() {
        if let Some(parent) = item.parent {
            has_children[parent] = true;
        }
    }
    for (item, has_children) in items.iter_mut().zip(has_children) {
        if has_children
            && item.text.ends_with([':', '：'])
            && words(&item.text).all(|word| introduces(word.lower()))
        {
            item.lead_in = true;
        }
    }
}
