//! What can go wrong with the index. Never the reader's query.

use std::io;
use std::path::{Path, PathBuf};

use tantivy::TantivyError;
use tantivy::directory::error::{LockError, OpenReadError};

/// Why the index could not be used.
#[derive(Debug, thiserror::Error)]
pub enum IndexError {
    /// Another process has it open.
    #[error("the search index in {0} is in use by another process")]
    Locked(PathBuf),
    /// Its files are damaged or of an unknown version; discard and rebuild it.
    #[error("the search index is damaged and has to be rebuilt")]
    Corrupt(#[source] TantivyError),
    /// A file or directory could not be read or written.
    #[error("cannot read or write {path}")]
    Io {
        /// Which one.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The changes do not follow on what the index holds, for it was rebuilt meanwhile: read the log again from its
    /// cursor.
    #[error("the search index has moved to position {cursor} of the log")]
    CursorMoved {
        /// Where it stands, 0 when that is not known here.
        cursor: i64,
    },
    /// A rebuild is under way already.
    #[error("the search index is being rebuilt already")]
    Rebuilding,
    /// The engine failed otherwise.
    #[error("the search engine failed")]
    Engine(#[source] TantivyError),
}

impl IndexError {
    /// Wraps an input or output error with the path it happened at.
    pub(super) fn io(path: &Path) -> impl FnOnce(io::Error) -> Self + '_ {
        move |source| Self::Io { path: path.to_owned(), source }
    }
}

impl From<TantivyError> for IndexError {
    fn from(error: TantivyError) -> Self {
        match error {
            TantivyError::LockFailure(LockError::LockBusy, _) => Self::Locked(PathBuf::new()),
            TantivyError::DataCorruption(_)
            | TantivyError::IncompatibleIndex(_)
            | TantivyError::SchemaError(_)
            | TantivyError::DeserializeError(_)
            | TantivyError::OpenReadError(
                OpenReadError::FileDoesNotExist(_) | OpenReadError::IncompatibleIndex(_),
            ) => Self::Corrupt(error),
            _ => Self::Engine(error),
        }
    }
}
