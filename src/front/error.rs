//! One type for everything that can go wrong.

use std::fmt;

use crate::library::SyncError;
use crate::model::fetch::FetchError;
use crate::model::{EmbedError, LoadError};
use crate::search::{QueryError, SearchError};
use crate::source::{FindError, ReadError};
use crate::store::StoreError;

/// Why something failed. Its message is that of the part that failed, [`Error::cause`].
///
/// ```
/// use samesay::{ErrorKind, Samesay};
///
/// # fn main() -> Result<(), samesay::Error> {
/// # let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/tiny-bert-mean");
/// let samesay = Samesay::builder().model(folder).build()?;
/// let error = samesay.read(["no/such/folder"]).unwrap_err();
/// assert_eq!(error.kind(), ErrorKind::Documents);
/// assert!(error.to_string().contains("no/such/folder"));
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct Error {
    kind: ErrorKind,
    cause: Box<dyn std::error::Error + Send + Sync>,
}

/// The part that failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The model cannot be fetched, loaded or run.
    Model,
    /// A document does not exist, cannot be read, or has no text.
    Documents,
    /// The store cannot be opened, read or written.
    Store,
    /// A question has no words, or more than the model reads at once.
    Query,
}

impl Error {
    fn new(kind: ErrorKind, cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self { kind, cause: cause.into() }
    }

    /// The part that failed.
    pub fn kind(&self) -> ErrorKind {
        self.kind
    }

    /// The error of the part that failed.
    pub fn cause(&self) -> &(dyn std::error::Error + Send + Sync + 'static) {
        &*self.cause
    }

    pub(super) fn no_text(unread: &[String]) -> Self {
        let why = if unread.is_empty() { String::new() } else { format!(": {}", unread.join("; ")) };
        Self::new(ErrorKind::Documents, format!("no document has any text{why}"))
    }

    pub(super) fn no_cache() -> Self {
        Self::new(
            ErrorKind::Model,
            "there is no home directory to keep the model in; choose a folder with `Builder::cache`",
        )
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.cause.fmt(f)
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.cause.source()
    }
}

impl From<LoadError> for Error {
    fn from(error: LoadError) -> Self {
        Self::new(ErrorKind::Model, error)
    }
}

impl From<FetchError> for Error {
    fn from(error: FetchError) -> Self {
        Self::new(ErrorKind::Model, error)
    }
}

impl From<EmbedError> for Error {
    fn from(error: EmbedError) -> Self {
        Self::new(ErrorKind::Model, error)
    }
}

impl From<FindError> for Error {
    fn from(error: FindError) -> Self {
        Self::new(ErrorKind::Documents, error)
    }
}

impl From<ReadError> for Error {
    fn from(error: ReadError) -> Self {
        Self::new(ErrorKind::Documents, error)
    }
}

impl From<StoreError> for Error {
    fn from(error: StoreError) -> Self {
        Self::new(ErrorKind::Store, error)
    }
}

impl From<QueryError> for Error {
    fn from(error: QueryError) -> Self {
        Self::new(ErrorKind::Query, error)
    }
}

impl From<SearchError> for Error {
    fn from(error: SearchError) -> Self {
        match error {
            SearchError::Embed(error) => error.into(),
            SearchError::Store(error) => error.into(),
            SearchError::Sentences(error) => error.into(),
        }
    }
}

impl From<SyncError> for Error {
    fn from(error: SyncError) -> Self {
        let kind = match &error {
            SyncError::Store(_) => ErrorKind::Store,
            SyncError::Embed(_) | SyncError::Weights(_) => ErrorKind::Model,
            SyncError::Reading { .. } | SyncError::Changing { .. } => ErrorKind::Documents,
        };
        Self::new(kind, error)
    }
}
