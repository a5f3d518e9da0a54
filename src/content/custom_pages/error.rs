//! What can go wrong with a custom page.

use crate::base::fault::{Fault, Kind};
use crate::content::markup::MarkupError;
use crate::infra::db::DbError;
use crate::room_error;

/// A refusal of this room.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The title is empty or too long.
    #[error("a page's title has 1 to {limit} characters")]
    TitleInvalid {
        /// Characters allowed.
        limit: usize,
    },
    /// Not lower-case letters, digits and dashes.
    #[error("a page's address has 1 to {limit} lower-case letters, digits and dashes")]
    SlugInvalid {
        /// Characters allowed.
        limit: usize,
    },
    /// Another page has this address, be it a removed one.
    #[error("another page has this address")]
    SlugTaken,
    /// The description is too long.
    #[error("a page's description has at most {limit} characters")]
    DescriptionTooLong {
        /// Characters allowed.
        limit: usize,
    },
    /// Nothing was written.
    #[error("a page needs text")]
    BodyMissing,
    /// Too long, or too many links, mentions or images.
    #[error(transparent)]
    Markup(#[from] MarkupError),
    /// Somebody changed the page in between.
    #[error("the page was changed in the meantime")]
    ChangedMeanwhile,
    /// There are as many as there may be.
    #[error("there are {limit} pages")]
    TooMany {
        /// Pages allowed.
        limit: i64,
    },
    /// Absent, or not for this reader.
    #[error("no such page")]
    Absent,
    /// Was public when it was removed.
    #[error("the page has been removed")]
    Gone,
    /// The role does not allow it.
    #[error("not allowed")]
    Forbidden,
    /// The database failed.
    #[error(transparent)]
    Db(#[from] DbError),
}
room_error!(Error);

impl Fault for Error {
    fn kind(&self) -> Kind {
        match self {
            Self::Db(e) => e.kind(),
            Self::Absent => Kind::Absent,
            Self::Gone => Kind::Gone,
            Self::Forbidden => Kind::Forbidden,
            Self::SlugTaken | Self::ChangedMeanwhile => Kind::Conflict,
            _ => Kind::Invalid,
        }
    }
    fn code(&self) -> &'static str {
        match self {
            Self::TitleInvalid { .. } => "page_title",
            Self::SlugInvalid { .. } => "page_slug",
            Self::SlugTaken => "page_slug_taken",
            Self::DescriptionTooLong { .. } => "page_description",
            Self::BodyMissing => "body_missing",
            Self::Markup(MarkupError::TooLong(_)) => "body_too_long",
            Self::Markup(e) => e.code(),
            Self::ChangedMeanwhile => "page_changed_meanwhile",
            Self::TooMany { .. } => "pages_too_many",
            Self::Absent => "not_found",
            Self::Gone => "gone",
            Self::Forbidden => "forbidden",
            Self::Db(e) => e.code(),
        }
    }
    fn field(&self) -> Option<&str> {
        match self {
            Self::TitleInvalid { .. } | Self::TooMany { .. } => Some("title"),
            Self::SlugInvalid { .. } | Self::SlugTaken => Some("slug"),
            Self::DescriptionTooLong { .. } => Some("description"),
            Self::BodyMissing | Self::Markup(_) | Self::ChangedMeanwhile => Some("body"),
            _ => None,
        }
    }
    fn args(&self) -> Vec<(&'static str, String)> {
        match self {
            Self::TitleInvalid { limit }
            | Self::SlugInvalid { limit }
            | Self::DescriptionTooLong { limit } => vec![("limit", limit.to_string())],
            Self::TooMany { limit } => vec![("limit", limit.to_string())],
            Self::Markup(e) => {
                let (found, limit) = e.counts();
                vec![("found", found.to_string()), ("limit", limit.to_string())]
            }
            _ => Vec::new(),
        }
    }
}
