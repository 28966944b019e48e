//! Opening and creating an index.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tantivy::columnar::StrColumn;
use tantivy::index::IndexSettings;
use tantivy::query::{Query, TermQuery, TermSetQuery};
use tantivy::schema::IndexRecordOption;
use tantivy::store::Compressor;
use tantivy::{DocAddress, DocId, IndexReader, ReloadPolicy, Searcher, Term};

use crate::index::commit::CommitState;
use crate::index::directory::IndexFolder;
use crate::index::errors::IndexError;
use crate::index::generations::{self, WriterLock};
use crate::index::stored::StoredTrial;
use crate::schema::{Fields, FieldsError, Layout, Synonyms, SynonymsError, register_analyzer};
use crate::trial::vocabulary::Vocabulary;
use crate::trial::{TrialId, vocabulary::VocabularyError};

/// The schema that an index is made and read with: bundled, or from a folder.
#[derive(Clone, Debug)]
pub struct SchemaChoice {
    /// What is searchable.
    pub fields: Arc<Fields>,
    /// What spellings mean.
    pub vocabulary: Arc<Vocabulary>,
    /// What words stand for.
    pub synonyms: Arc<Synonyms>,
}

/// Why the files of a schema folder cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum SchemaError {
    /// `fields.toml`.
    #[error(transparent)]
    Fields(#[from] FieldsError),
    /// `vocabulary.toml`.
    #[error(transparent)]
    Vocabulary(#[from] VocabularyError),
    /// `synonyms.toml`, or a file of the user's own.
    #[error(transparent)]
    Synonyms(#[from] SynonymsError),
    /// A file that is there but cannot be read.
    #[error("cannot read `{path}`: {error}")]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system said.
        error: std::io::Error,
    },
}

impl SchemaChoice {
    /// The schema compiled in.
    pub fn bundled() -> SchemaChoice {
        SchemaChoice {
            fields: Arc::new(Fields::bundled().clone()),
            vocabulary: Arc::new(Vocabulary::bundled().clone()),
            synonyms: Arc::new(Synonyms::bundled().clone()),
        }
    }

    /// The schema of a folder; a file that is not in it is as bundled.
    pub fn from_folder(folder: &Path) -> Result<SchemaChoice, SchemaError> {
        let fields = Arc::new(Fields::from_folder(folder)?);
        let path = folder.join("vocabulary.toml");
        let vocabulary = match std::fs::read_to_string(&path) {
            Ok(text) => Vocabulary::from_toml(&text)?,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                Vocabulary::bundled().clone()
            }
            Err(error) => return Err(SchemaError::Read { path, error }),
        };
        Ok(SchemaChoice {
            fields,
            vocabulary: Arc::new(vocabulary),
            synonyms: Arc::new(Synonyms::from_folder(folder)?),
        })
    }

    /// The same schema with the synonyms of a user's own file ([`Synonyms::add_file`]) as well.
    pub fn with_synonyms(mut self, file: &Path) -> Result<SchemaChoice, SchemaError> {
        Arc::make_mut(&mut self.synonyms).add_file(file)?;
        Ok(self)
    }
}

/// The engine's index in one folder of its files.
pub(crate) fn open_engine(folder: IndexFolder) -> tantivy::Result<tantivy::Index> {
    tantivy::Index::open(Box::new(folder) as Box<dyn tantivy::Directory>)
}

/// The first text that a document has in a column, if there is the column and it has one.
pub(crate) fn first_text(column: Option<&StrColumn>, doc: DocId) -> io::Result<Option<String>> {
    let Some(column) = column else {
        return Ok(None);
    };
    let Some(ordinal) = column.term_ords(doc).next() else {
        return Ok(None);
    };
    let mut text = String::new();
    column.ord_to_str(ordinal, &mut text)?;
    Ok(Some(text))
}

/// All texts of a column, by their ordinals. A damaged column may count more than it has: that is an error, and no reason to take
/// memory for so many.
pub(crate) fn all_texts(column: &StrColumn) -> io::Result<Vec<String>> {
    let mut texts = Vec::new();
    let mut stream = column.dictionary().stream()?;
    while stream.advance() {
        texts.push(String::from_utf8_lossy(stream.key()).into_owned());
    }
    if texts.len() != column.num_terms() {
        let what = format!(
            "a column counts {} values and has {}",
            column.num_terms(),
            texts.len()
        );
        return Err(io::Error::new(io::ErrorKind::InvalidData, what));
    }
    Ok(texts)
}

/// An index opened for searching. Cheap to clone; clones share one view of the last commit, which [`Index::reload`] moves on.
#[derive(Clone)]
pub struct Index {
    pub(crate) directory: PathBuf,
    pub(crate) generation: PathBuf,
    folder: IndexFolder,
    pub(crate) engine: tantivy::Index,
    pub(crate) reader: IndexReader,
    pub(crate) layout: Layout,
    pub(crate) schema: SchemaChoice,
}

impl Index {
    /// Opens the index in a folder.
    ///
    /// # Errors
    /// [`IndexError::Missing`] if there is none, [`IndexError::OtherVersion`] if it was made with other fields or analysis.
    #[expect(
        clippy::needless_pass_by_value,
        reason = "an index keeps its schema, and whoever opens one has it to give"
    )]
    pub fn open(directory: &Path, schema: SchemaChoice) -> Result<Index, IndexError> {
        generations::with_current(directory, |generation| {
            Index::open_generation(directory, generation, schema.clone())
        })?
        .ok_or_else(|| IndexError::Missing(directory.to_path_buf()))
    }

    /// Opens one folder of the engine's files, current or not.
    pub(crate) fn open_generation(
        directory: &Path,
        generation: &Path,
        schema: SchemaChoice,
    ) -> Result<Index, IndexError> {
        let failed = |error| IndexError::in_generation(directory, generation, error);
        let folder = IndexFolder::open(generation).map_err(failed)?;
        let engine = open_engine(folder.clone()).map_err(failed)?;
        let state = CommitState::of(&engine).map_err(failed)?;
        let fingerprint = Layout::fingerprint(&schema.fields);
        if state
            .as_ref()
            .is_none_or(|state| state.fingerprint != fingerprint)
        {
            return Err(IndexError::OtherVersion {
                path: directory.to_path_buf(),
                made_by: state
                    .map_or_else(|| "of an unknown version".into(), |state| state.made_by),
            });
        }
        Index::with_engine(directory, generation.to_path_buf(), folder, engine, schema)
    }

    /// Becomes the one writer of an index that is there, with nothing left in its folder of a run that was killed.
    ///
    /// # Errors
    /// As [`Index::open`]; also if another process writes, or this one may not.
    pub(crate) fn open_to_write(
        directory: &Path,
        schema: SchemaChoice,
    ) -> Result<(WriterLock, Index), IndexError> {
        if generations::current(directory)?.is_none() {
            return Err(IndexError::Missing(directory.to_path_buf()));
        }
        let lock = generations::lock(directory)?;
        generations::sweep(directory);
        let index = Index::open(directory, schema)?;
        index.drop_uncommitted();
        Ok((lock, index))
    }

    /// Makes a new generation of the index in a folder; it becomes the current one when [`generations::publish`] says so.
    pub(crate) fn create(directory: &Path, schema: SchemaChoice) -> Result<Index, IndexError> {
        let generation = generations::begin(directory)?;
        let failed = |error| IndexError::in_generation(directory, &generation, error);
        let folder = IndexFolder::open(&generation).map_err(failed)?;
        let layout = Layout::new(&schema.fields);
        let engine = tantivy::Index::builder()
            .schema(layout.schema)
            .settings(IndexSettings {
                // Records are compressed one by one, with a dictionary, so that reading one does not unpack its neighbours.
                docstore_compression: Compressor::None,
                ..IndexSettings::default()
            })
            .open_or_create(Box::new(folder.clone()) as Box<dyn tantivy::Directory>)
            .map_err(failed)?;
        Index::with_engine(directory, generation, folder, engine, schema)
    }

    fn with_engine(
        directory: &Path,
        generation: PathBuf,
        folder: IndexFolder,
        engine: tantivy::Index,
        schema: SchemaChoice,
    ) -> Result<Index, IndexError> {
        register_analyzer(engine.tokenizers());
        let reader = engine
            .reader_builder()
            .reload_policy(ReloadPolicy::Manual)
            .try_into()
            .map_err(|error| IndexError::in_generation(directory, &generation, error))?;
        Ok(Index {
            directory: directory.to_path_buf(),
            generation,
            folder,
            layout: Layout::new(&schema.fields),
            engine,
            reader,
            schema,
        })
    }

    /// The error of a run that writes, with its cause: the engine's threads end without saying why they cannot write.
    pub(crate) fn with_cause<T>(&self, result: Result<T, IndexError>) -> Result<T, IndexError> {
        result.map_err(|error| match (error, self.folder.failure()) {
            (IndexError::Engine { .. }, Some(cause)) => IndexError::io(&self.directory, cause),
            (error, _) => error,
        })
    }

    /// The folder that was opened.
    pub fn directory(&self) -> &Path {
        &self.directory
    }

    /// What is searchable, with its weights.
    pub fn fields(&self) -> &Fields {
        &self.schema.fields
    }

    /// What the canonical values are called.
    pub fn vocabulary(&self) -> &Vocabulary {
        &self.schema.vocabulary
    }

    /// What words stand for, beside what the records say.
    pub fn synonyms(&self) -> &Synonyms {
        &self.schema.synonyms
    }

    /// The engine's fields.
    pub(crate) fn layout(&self) -> &Layout {
        &self.layout
    }

    /// One view of the last commit that was loaded; it does not change under a search.
    pub fn searcher(&self) -> Searcher {
        self.reader.searcher()
    }

    /// Moves on to the last commit.
    ///
    /// # Errors
    /// [`IndexError::MadeAnew`] if a rebuilt index has taken this one's place: this one goes on answering as it did, and
    /// [`Index::open`] gives the new one.
    pub fn reload(&self) -> Result<(), IndexError> {
        self.reader
            .reload()
            .map_err(|error| match generations::current(&self.directory) {
                Ok(Some(now)) if now != self.generation => {
                    IndexError::MadeAnew(self.directory.clone())
                }
                _ => IndexError::engine(&self.directory, error),
            })
    }

    /// The document of a trial's own id.
    pub(crate) fn document_of(
        &self,
        searcher: &Searcher,
        id: &TrialId,
    ) -> Result<Option<DocAddress>, IndexError> {
        Ok(self
            .documents_with(
                searcher,
                vec![Term::from_field_text(self.layout.id, id.as_str())],
            )?
            .pop())
    }

    /// The day of the newest snapshot that a record belongs to, or else of the newest update, ISO.
    pub fn data_as_of(&self) -> Result<Option<String>, IndexError> {
        Ok(match self.newest("snapshot")? {
            Some(day) => Some(day),
            None => self.newest("updated")?,
        })
    }

    /// The documents of all trials that have an id, in any registry's or sponsor's writing; an alias leads to its trial.
    ///
    /// The trial that is named so comes first, then the others by their own ids: where the engine put them differs from build to
    /// build.
    pub fn find(&self, searcher: &Searcher, id: &str) -> Result<Vec<DocAddress>, IndexError> {
        let canonical = TrialId::parse(id);
        let asked = canonical.as_ref().map_or(id, TrialId::as_str);
        let comparable = TrialId::comparable(asked);
        let term = |id: &str| Term::from_field_text(self.layout.ids, id);
        let mut found = self.documents_with(searcher, vec![term(&comparable)])?;
        let version = canonical.as_ref().and_then(TrialId::without_version);
        if let Some(number) = version.filter(|_| found.is_empty()) {
            // All versions of its number are one trial.
            let number = TrialId::comparable(number);
            let versions = (0..100).map(|version| term(&format!("{number}{version:02}")));
            found = self.documents_with(searcher, versions.chain([term(&number)]).collect())?;
        }
        if found.len() > 1 {
            let mut named = Vec::with_capacity(found.len());
            for address in found {
                let own = self.id_of(searcher, address)?;
                named.push((own != asked, own, address));
            }
            named.sort_unstable();
            found = named.into_iter().map(|(_, _, address)| address).collect();
        }
        Ok(found)
    }

    pub(crate) fn id_of(
        &self,
        searcher: &Searcher,
        address: DocAddress,
    ) -> Result<String, IndexError> {
        let columns = searcher.segment_reader(address.segment_ord).fast_fields();
        let read = || -> tantivy::Result<Option<String>> {
            let ids = columns.str(self.layout.schema.get_field_name(self.layout.id))?;
            Ok(first_text(ids.as_ref(), address.doc_id)?)
        };
        let id = read().map_err(|error| IndexError::engine(&self.directory, error))?;
        Ok(id.unwrap_or_default())
    }

    fn documents_with(
        &self,
        searcher: &Searcher,
        terms: Vec<Term>,
    ) -> Result<Vec<DocAddress>, IndexError> {
        // One term is what each record of an update asks for.
        let query: Box<dyn Query> = match <[Term; 1]>::try_from(terms) {
            Ok([term]) => Box::new(TermQuery::new(term, IndexRecordOption::Basic)),
            Err(terms) => Box::new(TermSetQuery::new(terms)),
        };
        let found = searcher
            .search(&query, &tantivy::collector::DocSetCollector)
            .map_err(|error| IndexError::engine(&self.directory, error))?;
        let mut found: Vec<DocAddress> = found.into_iter().collect();
        found.sort_unstable();
        Ok(found)
    }

    /// The hash of a document's record, without reading the record.
    pub(crate) fn record_hash(
        &self,
        searcher: &Searcher,
        address: DocAddress,
    ) -> Result<Option<u64>, IndexError> {
        let columns = searcher.segment_reader(address.segment_ord).fast_fields();
        let hashes = columns.u64(self.layout.schema.get_field_name(self.layout.hash));
        let hashes = hashes.map_err(|error| IndexError::engine(&self.directory, error))?;
        Ok(hashes.first(address.doc_id))
    }

    /// A trial as it is stored.
    pub fn trial(
        &self,
        searcher: &Searcher,
        address: DocAddress,
    ) -> Result<StoredTrial, IndexError> {
        StoredTrial::read::<true>(self, searcher, address)
    }

    /// A trial without its results, which may be a hundred times as long as the rest: what a hit shows.
    pub(crate) fn trial_without_results(
        &self,
        searcher: &Searcher,
        address: DocAddress,
    ) -> Result<StoredTrial, IndexError> {
        StoredTrial::read::<false>(self, searcher, address)
    }
}
