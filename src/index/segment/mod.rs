//! Segments of an index that is made anew, written without the engine's own writer: its files are the same, through the same
//! serializers, but its tables of terms are not. Where an index is brought up to date, the engine's writer does it all, since it
//! alone can take documents back.
//!
//! A segment is made by one thread. It must not commit: [`crate::index::writing`] does.

mod terms;
#[cfg(test)]
mod tests;
mod tokens;

use std::io::{self, Write};

use tantivy::directory::{TerminatingWrite, WritePtr};
use tantivy::fastfield::FastFieldsWriter;
use tantivy::fieldnorm::{FieldNormReaders, FieldNormsSerializer, FieldNormsWriter};
use tantivy::index::{Segment, SegmentComponent, SegmentMeta};
use tantivy::postings::InvertedIndexSerializer;
use tantivy::schema::{Field, FieldEntry, FieldType, Schema, Value};
use tantivy::store::StoreWriter;
use tantivy::tokenizer::MAX_TOKEN_LEN;
use tantivy::{DocId, TantivyDocument, TantivyError};

use self::terms::Terms;
use self::tokens::{Dealer, PAIR, Tokens};
use crate::analysis::{EXACT_MARK, Token};
use crate::schema::{CLINICAL, VALUE_GAP, exact_of, indexed_tokens, with_thread_analyzer};

/// Positions that the engine leaves between two values of a field.
const ENGINE_GAP: u32 = 1;

/// How the values of a field become terms.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Analysis {
    /// Each value is a term.
    Raw,
    /// By [`indexed_tokens`], with positions.
    Clinical,
}

/// A field whose terms are indexed.
struct Indexed {
    field: Field,
    analysis: Analysis,
    has_norms: bool,
    tokens: Tokens,
    /// The terms of a raw field; those of the others are the segment's.
    terms: Terms,
    /// What the document that is being taken in has given so far.
    document: Given,
}

/// What one document has given to one field.
#[derive(Clone, Copy, Default)]
struct Given {
    values: u32,
    tokens: u32,
    /// Where the next value begins.
    position: u32,
}

/// What tokens come to, by the number of their form.
#[derive(Default)]
struct Forms {
    /// The number of the first one.
    first: u32,
    /// What the tokens of each one are written down as; [`UNKNOWN`] where it has not come yet.
    known: Vec<u32>,
    /// The terms of those that are indexed as written too: see [`Tokens`].
    pairs: Vec<[u32; 2]>,
}

const UNKNOWN: u32 = u32::MAX;

/// A segment that is being made.
pub(crate) struct SegmentBuilder {
    segment: Segment,
    schema: Schema,
    fields: Vec<Indexed>,
    /// The place of each field of the schema among those.
    places: Vec<Option<usize>>,
    /// The terms of all fields but the raw ones.
    terms: Terms,
    forms: Forms,
    norms: FieldNormsWriter,
    columns: FastFieldsWriter,
    store: StoreWriter,
    documents: DocId,
}

impl SegmentBuilder {
    /// Begins a segment of an index, with its file of stored fields.
    ///
    /// # Errors
    /// If that cannot be made, or the schema has a field that this does not know how to index.
    pub(crate) fn new(engine: &tantivy::Index) -> tantivy::Result<SegmentBuilder> {
        let (segment, schema, settings) =
            (engine.new_segment(), engine.schema(), engine.settings());
        let mut places = vec![None; schema.num_fields()];
        let mut fields = Vec::new();
        for (field, entry) in schema.fields().filter(|(_, entry)| entry.is_indexed()) {
            places[field.field_id() as usize] = Some(fields.len());
            fields.push(Indexed {
                field,
                analysis: analysis(entry)?,
                has_norms: entry.has_fieldnorms(),
                tokens: Tokens::default(),
                terms: Terms::default(),
                document: Given::default(),
            });
        }
        let columns = FastFieldsWriter::from_schema_and_tokenizer_manager(
            &schema,
            engine.fast_field_tokenizer().clone(),
        )?;
        let store = StoreWriter::new(
            segment.open_write(SegmentComponent::Store)?,
            settings.docstore_compression,
            settings.docstore_blocksize,
            false,
        )?;
        Ok(SegmentBuilder {
            norms: FieldNormsWriter::for_schema(&schema),
            terms: Terms::default(),
            forms: Forms::default(),
            documents: 0,
            segment,
            schema,
            fields,
            places,
            columns,
            store,
        })
    }

    /// Takes a document in.
    ///
    /// # Errors
    /// If what is stored of it cannot be written.
    pub(crate) fn add(&mut self, document: &TantivyDocument) -> tantivy::Result<()> {
        let number = self.documents;
        for (field, value) in document.field_values() {
            let Some(place) = self.places[field.field_id() as usize] else {
                continue;
            };
            let Some(text) = value.as_str() else {
                continue;
            };
            let field = &mut self.fields[place];
            if field.document.values == 0 {
                field.tokens.begin(number);
            }
            field.document.values += 1;
            match field.analysis {
                Analysis::Raw => field.raw_value(text),
                Analysis::Clinical => {
                    field.clinical_value(text, &mut self.terms, &mut self.forms);
                }
            }
        }
        for field in &mut self.fields {
            let given = std::mem::take(&mut field.document);
            if given.values > 0 && field.has_norms {
                self.norms.record(number, field.field, given.tokens);
            }
        }
        self.columns.add_document(document)?;
        self.store.store(document, &self.schema)?;
        self.documents += 1;
        Ok(())
    }

    /// Bytes of memory that it takes.
    pub(crate) fn memory(&self) -> usize {
        let fields: usize = self
            .fields
            .iter()
            .map(|field| field.tokens.memory() + field.terms.memory())
            .sum();
        fields
            + self.terms.memory()
            + self.forms.known.capacity() * size_of::<u32>()
            + self.forms.pairs.capacity() * size_of::<[u32; 2]>()
            + self.norms.mem_usage()
            + self.columns.mem_usage()
            + self.store.mem_usage()
    }

    /// Writes its files, all but those that a commit is made of.
    ///
    /// # Errors
    /// If they cannot be written.
    pub(crate) fn finish(mut self) -> tantivy::Result<SegmentMeta> {
        self.norms.fill_up_to_max_doc(self.documents);
        let norms = self.segment.open_write(SegmentComponent::FieldNorms)?;
        self.norms
            .serialize(FieldNormsSerializer::from_write(norms)?, None)?;
        let norms = self.segment.open_read(SegmentComponent::FieldNorms)?;
        let norms = FieldNormReaders::open(norms)?;
        let mut serializer = InvertedIndexSerializer::open(&self.segment)?;
        let mut dealer = Dealer::new(&self.terms, &self.forms.pairs);
        for field in self.fields {
            if field.tokens.count() == 0 {
                continue;
            }
            let norms = norms.get_field(field.field)?;
            let mut into = serializer.new_field(field.field, field.tokens.count(), norms)?;
            match field.analysis {
                Analysis::Raw => Dealer::new(&field.terms, &[]).write(&field.tokens, &mut into)?,
                Analysis::Clinical => dealer.write(&field.tokens, &mut into)?,
            }
            into.close()?;
        }
        serializer.close()?;
        let mut columns = self.segment.open_write(SegmentComponent::FastFields)?;
        self.columns.serialize(&mut columns, None)?;
        end(columns)?;
        self.store.close()?;
        Ok(self.segment.with_max_doc(self.documents).meta().clone())
    }
}

fn end(mut file: WritePtr) -> io::Result<()> {
    file.flush()?;
    file.terminate()
}

/// How the values of a field become terms.
fn analysis(entry: &FieldEntry) -> tantivy::Result<Analysis> {
    let options = match entry.field_type() {
        FieldType::Str(options) => options.get_indexing_options(),
        _ => None,
    };
    match options.map(|options| (options.tokenizer(), options.index_option().has_positions())) {
        Some(("raw", false)) => Ok(Analysis::Raw),
        Some((CLINICAL, true)) => Ok(Analysis::Clinical),
        _ => Err(TantivyError::SchemaError(format!(
            "field `{}` is indexed in a way that is not known",
            entry.name()
        ))),
    }
}

impl Indexed {
    fn raw_value(&mut self, value: &str) {
        if value.len() <= MAX_TOKEN_LEN {
            let term = self.terms.number(None, value);
            self.tokens.push(term);
            self.document.tokens += 1;
        }
    }

    fn clinical_value(&mut self, value: &str, terms: &mut Terms, forms: &mut Forms) {
        let Indexed {
            tokens, document, ..
        } = self;
        let start = document.position;
        // As the engine counts what `ClinicalTokenStream` gives it: the gap stands behind the last token, which need not be the one that
        // reaches farthest.
        let (mut end, mut last_end) = (start, start);
        with_thread_analyzer(|analyzer| {
            forms.begin_at(analyzer.first_form());
            indexed_tokens(analyzer, value, &mut |token| {
                let position = start + token.position;
                let taken = match forms.known(&token) {
                    Some(known) => tokens.push_at(known, position),
                    None => forms.take(&token, position, terms, tokens),
                };
                if taken > 0 {
                    document.tokens += taken;
                    end = end.max(position + token.positions);
                    last_end = position + token.positions + VALUE_GAP;
                }
            });
        });
        document.position = end.max(last_end) + ENGINE_GAP;
    }
}

impl Forms {
    /// Begins with the first form that the analyzer remembers, or forgets those that it does not remember any more.
    fn begin_at(&mut self, first: u32) {
        if self.first != first {
            self.first = first;
            self.known.clear();
        }
    }

    /// The place of a token's form.
    fn place(&self, token: &Token<'_>) -> Option<usize> {
        Some(token.form?.checked_sub(self.first)? as usize)
    }

    /// What a token of a form that has come before is written down as.
    fn known(&self, token: &Token<'_>) -> Option<u32> {
        let known = *self.known.get(self.place(token)?)?;
        (known != UNKNOWN).then_some(known)
    }

    /// Writes down a token whose form has not come before, or that has none, and says how many tokens of the index it is.
    fn take(
        &mut self,
        token: &Token<'_>,
        position: u32,
        terms: &mut Terms,
        tokens: &mut Tokens,
    ) -> u32 {
        let mut number = |mark: Option<char>, letters: &str| {
            let length = letters.len() + mark.map_or(0, char::len_utf8);
            (length <= MAX_TOKEN_LEN).then(|| terms.number(mark, letters))
        };
        let term = number(None, token.term());
        let exact = exact_of(token).map(|exact| number(Some(EXACT_MARK), exact));
        let known = match (term, exact) {
            (Some(term), None) => Some(term),
            (Some(term), Some(Some(exact))) if token.form.is_some() => {
                let place = u32::try_from(self.pairs.len()).expect("a segment's memory is bounded");
                self.pairs.push([term, exact]);
                Some(PAIR + place)
            }
            _ => None,
        };
        let Some(known) = known else {
            let each = [term, exact.flatten()].into_iter().flatten();
            return each.map(|term| tokens.push_at(term, position)).sum();
        };
        if let Some(place) = self.place(token) {
            if place >= self.known.len() {
                self.known.resize(place + 1, UNKNOWN);
            }
            self.known[place] = known;
        }
        tokens.push_at(known, position)
    }
}
