//! The index as of one commit, and how the server moves on to the next: a new commit or a rebuilt index is opened and warmed
//! beside the one that answers, and then takes its place. Requests that have begun end on the commit that they began with.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::{Duration, Instant};

use crate::index::{Index, IndexError, SchemaChoice, commit_name};
use crate::query::Query;
use crate::search::{Finder, Request, SearchError};

/// How long a commit is kept for those who are in the middle of its pages.
const KEPT: Duration = Duration::from_secs(15 * 60);

/// Commits that are kept at most: an index that changes every few seconds would keep hundreds.
const MOST_KEPT: usize = 16;

/// The index as of one commit.
pub struct Opened {
    /// Searches it.
    pub finder: Finder,
    /// Names the commit, the same after a restart.
    pub commit: String,
}

impl Opened {
    /// Opens the last commit; what is known of the segments of the one before is kept.
    fn open(
        folder: &Path,
        schema: &SchemaChoice,
        commit: String,
        before: Option<&Opened>,
    ) -> Result<Opened, SearchError> {
        // The name was read first: a commit in between is opened under the name of the one before and found to be new at the
        // next look.
        let index = Index::open(folder, schema.clone())?;
        let finder = match before {
            Some(before) => before.finder.moved_on(index),
            None => Finder::new(index),
        };
        let opened = Opened { finder, commit };
        opened.warm()?;
        Ok(opened)
    }

    /// Reads the columns that every search reads, so that the first one does not wait for them.
    fn warm(&self) -> Result<(), SearchError> {
        let facets = self.finder.index().fields().facets.iter();
        let request = Request {
            facets: facets.map(|facet| facet.name.clone()).collect(),
            limit: 1,
            ..Request::new(Query::of_words(""))
        };
        self.finder.search(&request).map(drop)
    }
}

/// What there is to answer from.
#[derive(Clone)]
pub(super) enum Standing {
    /// An index.
    Open(Arc<Opened>),
    /// None, and why.
    Closed(Arc<IndexError>),
}

/// The commit that answers, and those before it that somebody is in the middle of.
pub(super) struct Commits {
    current: RwLock<Standing>,
    kept: Mutex<Vec<(Instant, Arc<Opened>)>>,
}

/// What a look at the folder came to.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Looked {
    Unchanged,
    Moved,
}

impl Commits {
    /// Opens the index if there is one.
    pub(super) fn open(folder: &Path, schema: &SchemaChoice) -> Commits {
        let commits = Commits {
            current: RwLock::new(Standing::Closed(Arc::new(IndexError::Missing(
                folder.to_path_buf(),
            )))),
            kept: Mutex::default(),
        };
        if let Err(error) = commits.look(folder, schema) {
            tracing::warn!("{error}");
        }
        commits
    }

    /// What answers now.
    pub(super) fn current(&self) -> Standing {
        self.current
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Moves on if the folder has another commit. An index that cannot be opened takes the place of none that can.
    pub(super) fn look(&self, folder: &Path, schema: &SchemaChoice) -> Result<Looked, SearchError> {
        self.forget_old();
        let before = match self.current() {
            Standing::Open(opened) => Some(opened),
            Standing::Closed(_) => None,
        };
        let commit = match commit_name(folder) {
            Ok(Some(commit)) => commit,
            Ok(None) => {
                return self.close(before.as_ref(), IndexError::Missing(folder.to_path_buf()));
            }
            Err(error) => return self.close(before.as_ref(), error),
        };
        if before
            .as_ref()
            .is_some_and(|before| before.commit == commit)
        {
            return Ok(Looked::Unchanged);
        }
        match Opened::open(folder, schema, commit, before.as_deref()) {
            Ok(opened) => {
                self.set(Standing::Open(Arc::new(opened)));
                Ok(Looked::Moved)
            }
            Err(SearchError::Index(error)) => self.close(before.as_ref(), error),
            Err(error) => Err(error),
        }
    }

    fn close(
        &self,
        before: Option<&Arc<Opened>>,
        error: IndexError,
    ) -> Result<Looked, SearchError> {
        if before.is_some() {
            return Err(error.into());
        }
        let Standing::Closed(known) = self.current() else {
            return Err(error.into());
        };
        if known.to_string() == error.to_string() {
            return Ok(Looked::Unchanged);
        }
        let error = Arc::new(error);
        self.set(Standing::Closed(error.clone()));
        tracing::warn!("{error}");
        Ok(Looked::Unchanged)
    }

    fn set(&self, standing: Standing) {
        *self.current.write().unwrap_or_else(PoisonError::into_inner) = standing;
    }

    /// Keeps a commit for a while from now on, for whoever comes back for its next page.
    pub(super) fn keep(&self, opened: &Arc<Opened>) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.retain(|(_, known)| known.commit != opened.commit);
        kept.push((Instant::now(), opened.clone()));
        if kept.len() > MOST_KEPT {
            kept.remove(0);
        }
    }

    /// The commit of a name, if it is the current one or was kept.
    pub(super) fn named(&self, commit: &str) -> Option<Arc<Opened>> {
        if let Standing::Open(opened) = self.current()
            && opened.commit == commit
        {
            return Some(opened);
        }
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let found = kept.iter().find(|(_, known)| known.commit == commit);
        found.map(|(_, known)| known.clone())
    }

    fn forget_old(&self) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.retain(|(since, _)| since.elapsed() < KEPT);
    }
}
