//! Why an upload is refused.

use crate::base::fault::{Fault, Kind};
use crate::infra::db::DbError;
use crate::room_error;

/// Why.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Nothing was chosen.
    #[error("choose a picture")]
    Missing,
    /// More bytes than allowed.
    #[error("a picture has at most {megabytes} MB")]
    TooLarge {
        /// Megabytes allowed.
        megabytes: usize,
    },
    /// More pixels than allowed.
    #[error("the picture has too many pixels")]
    TooManyPixels,
    /// No PNG, JPEG, WebP or GIF.
    #[error("the file is no PNG, JPEG, WebP or GIF")]
    Format,
    /// Damaged.
    #[error("the picture cannot be read")]
    Unreadable,
    /// Too many of one member in one day.
    #[error("at most {limit} uploads a day")]
    TooMany {
        /// Uploads allowed.
        limit: i64,
    },
    /// The database failed.
    #[error(transparent)]
    Db(#[from] DbError),
}
room_error!(Error);

impl Error {
    /// A file of more bytes than a picture may have.
    pub fn large() -> Self {
        Self::TooLarge { megabytes: super::BYTES / 1024 / 1024 }
    }
}

impl Fault for Error {
    fn kind(&self) -> Kind {
        match self {
            Self::Db(e) => e.kind(),
            Self::TooMany { .. } => Kind::TooMany,
            _ => Kind::Invalid,
        }
    }
    fn code(&self) -> &'static str {
        match self {
            Self::Missing => "upload_missing",
            Self::TooLarge { .. } => "upload_too_large",
            Self::TooManyPixels => "upload_too_many_pixels",
            Self::Format => "upload_format",
            Self::Unreadable => "upload_unreadable",
            Self::TooMany { .. } => "too_many_uploads",
            Self::Db(e) => e.code(),
        }
    }
    fn field(&self) -> Option<&str> {
        (!matches!(self, Self::Db(_))).then_some("file")
    }
    fn args(&self) -> Vec<(&'static str, String)> {
        match self {
            Self::TooLarge { megabytes } => vec![("limit", megabytes.to_string())],
            Self::TooMany { limit } => vec![("limit", limit.to_string())],
            _ => Vec::new(),
        }
    }
}
