//! Walks the documents of what is asked by its arrangement in one field of one segment: unions of many terms, slop, nearness,
//! words in one value. What matches is judged by [`Sought::matches`], as highlighting does.

use std::sync::Arc;

use rustc_hash::FxHashMap;
use tantivy::postings::{Postings, SegmentPostings, TermInfo};
use tantivy::schema::IndexRecordOption;
use tantivy::{DocId, DocSet, InvertedIndexReader, TERMINATED};

use crate::passage::{Arrangement, Item, Sought, Values};
use crate::schema::VALUE_GAP;
use crate::search::expansion::{Expanded, Expansion};

/// Documents with any of many terms, and how often.
pub(crate) struct UnionList {
    found: Vec<(DocId, u32)>,
}

/// Share of all documents from which on a table of them is filled rather than a list sorted.
const SORTED_SHARE: u64 = 8;

impl UnionList {
    pub(crate) fn new(
        terms: &Expanded,
        inverted: &InvertedIndexReader,
        documents: u32,
    ) -> tantivy::Result<UnionList> {
        let mut found: Vec<(DocId, u32)> = Vec::new();
        let dense = terms.documents() > u64::from(documents) / SORTED_SHARE;
        let mut table: Vec<u32> = vec![0; if dense { documents as usize } else { 0 }];
        for info in &terms.any {
            let mut postings =
                inverted.read_postings_from_terminfo(info, IndexRecordOption::WithFreqs)?;
            let mut doc = postings.doc();
            while doc != TERMINATED {
                let frequency = postings.term_freq();
                match table.get_mut(doc as usize) {
                    Some(count) => *count += frequency,
                    None => found.push((doc, frequency)),
                }
                doc = postings.advance();
            }
        }
        if dense {
            let counted = (0..).zip(table);
            found = counted.filter(|(_, count)| *count > 0).collect();
        } else {
            found.sort_unstable();
            found.dedup_by(|later, earlier| {
                let same = later.0 == earlier.0;
                if same {
                    earlier.1 += later.1;
                }
                same
            });
        }
        Ok(UnionList { found })
    }

    pub(crate) fn each(&self, sink: &mut impl FnMut(DocId, u32)) {
        for &(doc, frequency) in &self.found {
            sink(doc, frequency);
        }
    }

    pub(crate) fn frequency_in(&self, doc: DocId) -> u32 {
        let place = self.found.binary_search_by_key(&doc, |found| found.0);
        place.map_or(0, |place| self.found[place].1)
    }
}

/// Documents in which something stands as it must.
pub(crate) struct PlacedList {
    sought: Arc<Sought>,
    need: Need,
    leaves: Vec<Leaf>,
    long_values: Option<[Leaf; 2]>,
    doc: DocId,
    frequency: u32,
    positions: Vec<Vec<u32>>,
}

/// Which leaves a document must have before it is looked at.
enum Need {
    Leaf(usize),
    All(Vec<Need>),
    Any(Vec<Need>),
}

/// The postings of terms that may stand at one place.
enum Leaf {
    Word(Box<SegmentPostings>),
    Union(Union),
    /// The first without the places of the second.
    But(Box<Leaf>, Box<Leaf>),
}

/// Postings of many terms, of which few are open at a time.
struct Union {
    /// Documents with the number of a term, ascending.
    found: Vec<(DocId, u32)>,
    place: usize,
    terms: Vec<TermInfo>,
    inverted: Arc<InvertedIndexReader>,
    /// Postings of frequent terms, kept so that they need not be read from their beginning for each document.
    open: FxHashMap<u32, SegmentPostings>,
}

/// Documents of a term from which on its postings are kept open.
const FREQUENT: u32 = 16;

impl PlacedList {
    pub(crate) fn new(
        sought: &Arc<Sought>,
        expansion: &Expansion,
        inverted: &Arc<InvertedIndexReader>,
    ) -> tantivy::Result<PlacedList> {
        let mut leaves = Vec::with_capacity(expansion.terms.len());
        for terms in &expansion.terms {
            let any = leaf(&terms.any, inverted)?;
            leaves.push(match terms.but.is_empty() {
                true => any,
                false => Leaf::But(Box::new(any), Box::new(leaf(&terms.but, inverted)?)),
            });
        }
        let long_values = match &expansion.long_values {
            Some([Some(start), Some(end)]) => Some([
                leaf(std::slice::from_ref(start), inverted)?,
                leaf(std::slice::from_ref(end), inverted)?,
            ]),
            _ => None,
        };
        let mut number = 0;
        let need = match &**sought {
            Sought::Anywhere(arrangement) => Some(Need::of(arrangement, &mut number)),
            Sought::OneValue(item) => Need::of_item(item, &mut number),
        };
        let mut list = PlacedList {
            sought: sought.clone(),
            // What asks for nothing is found nowhere; the query language refuses it.
            need: need.unwrap_or(Need::Any(Vec::new())),
            positions: vec![Vec::new(); leaves.len()],
            leaves,
            long_values,
            doc: 0,
            frequency: 0,
        };
        list.find_from(0);
        Ok(list)
    }

    pub(crate) fn doc(&self) -> DocId {
        self.doc
    }

    pub(crate) fn advance(&mut self) -> DocId {
        match self.doc {
            TERMINATED => TERMINATED,
            doc => self.find_from(doc + 1),
        }
    }

    pub(crate) fn seek(&mut self, target: DocId) -> DocId {
        self.find_from(target)
    }

    pub(crate) fn frequency(&self) -> u32 {
        self.frequency
    }

    fn find_from(&mut self, target: DocId) -> DocId {
        let mut target = target;
        while target != TERMINATED {
            target = self.need.seek(&mut self.leaves, target);
            if target == TERMINATED {
                break;
            }
            self.frequency = self.count(target);
            if self.frequency > 0 {
                break;
            }
            target += 1;
        }
        self.doc = target;
        target
    }

    /// How often it stands in a document without overlapping itself.
    fn count(&mut self, doc: DocId) -> u32 {
        for (leaf, positions) in self.leaves.iter_mut().zip(&mut self.positions) {
            positions.clear();
            leaf.positions(doc, positions);
        }
        let mut long = Vec::new();
        if let Some([starts, ends]) = &mut self.long_values {
            let (mut first, mut last) = (Vec::new(), Vec::new());
            starts.positions(doc, &mut first);
            ends.positions(doc, &mut last);
            long.extend(first.into_iter().zip(last));
        }
        let values = Values {
            gap: VALUE_GAP,
            long: &long,
        };
        let mut matches = self.sought.matches(&self.positions, &values);
        matches.sort_unstable_by_key(|found| (found.end, found.start));
        let mut count = 0;
        let mut end = 0;
        for found in matches {
            if count == 0 || found.start >= end {
                count += 1;
                end = found.end;
            }
        }
        count
    }
}

fn leaf(terms: &[TermInfo], inverted: &Arc<InvertedIndexReader>) -> tantivy::Result<Leaf> {
    if let [only] = terms {
        let option = IndexRecordOption::WithFreqsAndPositions;
        let postings = inverted.read_postings_from_terminfo(only, option)?;
        return Ok(Leaf::Word(Box::new(postings)));
    }
    let mut found: Vec<(DocId, u32)> = Vec::new();
    for (number, info) in (0..).zip(terms) {
        let mut postings = inverted.read_postings_from_terminfo(info, IndexRecordOption::Basic)?;
        let mut doc = postings.doc();
        while doc != TERMINATED {
            found.push((doc, number));
            doc = postings.advance();
        }
    }
    found.sort_unstable();
    Ok(Leaf::Union(Union {
        found,
        place: 0,
        terms: terms.to_vec(),
        inverted: inverted.clone(),
        open: FxHashMap::default(),
    }))
}

impl Need {
    /// `number` is that of the next leaf.
    fn of(arrangement: &Arrangement, number: &mut usize) -> Need {
        let mut leaf = || {
            *number += 1;
            Need::Leaf(*number - 1)
        };
        match arrangement {
            Arrangement::Place(_) => leaf(),
            Arrangement::Phrase { terms, .. } => Need::All(terms.iter().map(|_| leaf()).collect()),
            Arrangement::Any(parts) => {
                Need::Any(parts.iter().map(|part| Need::of(part, number)).collect())
            }
            Arrangement::Near { parts, .. } => {
                Need::All(parts.iter().map(|part| Need::of(part, number)).collect())
            }
        }
    }

    /// Nothing if it asks for nothing to be there.
    fn of_item(item: &Item, number: &mut usize) -> Option<Need> {
        match item {
            Item::Has(arrangement) => Some(Need::of(arrangement, number)),
            Item::All(parts) => {
                let needs: Vec<Option<Need>> = parts
                    .iter()
                    .map(|part| Need::of_item(part, number))
                    .collect();
                let needs: Vec<Need> = needs.into_iter().flatten().collect();
                (!needs.is_empty()).then_some(Need::All(needs))
            }
            Item::Any(parts) => {
                let needs: Vec<Option<Need>> = parts
                    .iter()
                    .map(|part| Need::of_item(part, number))
                    .collect();
                let needs: Option<Vec<Need>> = needs.into_iter().collect();
                needs.map(Need::Any)
            }
            Item::Without(part) => {
                Need::of_item(part, number);
                None
            }
        }
    }

    /// The first document from `target` on that has it.
    fn seek(&self, leaves: &mut [Leaf], target: DocId) -> DocId {
        match self {
            Need::Leaf(number) => leaves[*number].seek(target),
            Need::Any(needs) => {
                let docs = needs.iter().map(|need| need.seek(leaves, target));
                docs.min().unwrap_or(TERMINATED)
            }
            Need::All(needs) => {
                let mut target = target;
                'document: loop {
                    for need in needs {
                        let doc = need.seek(leaves, target);
                        if doc > target {
                            if doc == TERMINATED {
                                return TERMINATED;
                            }
                            target = doc;
                            continue 'document;
                        }
                    }
                    return target;
                }
            }
        }
    }
}

impl Leaf {
    /// Moves to the first document from `target` on; stays where it is if it stands there or beyond.
    fn seek(&mut self, target: DocId) -> DocId {
        match self {
            Leaf::Word(postings) => match postings.doc() {
                doc if doc >= target => doc,
                _ => postings.seek(target),
            },
            Leaf::Union(union) => union.seek(target),
            Leaf::But(leaf, _) => leaf.seek(target),
        }
    }

    /// Adds its positions in `doc`, ascending, each once.
    fn positions(&mut self, doc: DocId, out: &mut Vec<u32>) {
        if self.seek(doc) != doc {
            return;
        }
        match self {
            Leaf::Word(postings) => postings.positions(out),
            Leaf::Union(union) => union.positions(out),
            Leaf::But(leaf, but) => {
                leaf.positions(doc, out);
                let mut without = Vec::new();
                but.positions(doc, &mut without);
                out.retain(|position| without.binary_search(position).is_err());
            }
        }
    }
}

impl Union {
    fn doc(&self) -> DocId {
        self.found
            .get(self.place)
            .map_or(TERMINATED, |found| found.0)
    }

    fn seek(&mut self, target: DocId) -> DocId {
        let rest = self.found.get(self.place..).unwrap_or_default();
        self.place += rest.partition_point(|found| found.0 < target);
        self.doc()
    }

    /// The positions of all its terms in the document that it stands at.
    fn positions(&mut self, out: &mut Vec<u32>) {
        let doc = self.doc();
        let here = self.found[self.place..]
            .iter()
            .take_while(|found| found.0 == doc);
        let option = IndexRecordOption::WithFreqsAndPositions;
        let mut positions = Vec::new();
        for (_, number) in here {
            let info = &self.terms[*number as usize];
            let read = || self.inverted.read_postings_from_terminfo(info, option).ok();
            let mut once;
            let postings = if info.doc_freq < FREQUENT {
                once = read();
                once.as_mut()
            } else {
                let open = self.open.remove(number).or_else(read);
                open.map(|postings| self.open.entry(*number).or_insert(postings))
            };
            // The documents were read from the same postings a moment ago.
            if let Some(postings) = postings {
                if postings.doc() < doc {
                    postings.seek(doc);
                }
                if postings.doc() == doc {
                    postings.positions(&mut positions);
                    out.extend(&positions);
                }
            }
        }
        out.sort_unstable();
        out.dedup();
    }
}
