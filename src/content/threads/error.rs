//! What can go wrong with a thread.

use crate::base::fault::{Fault, Kind};
use crate::content::tags::{MAX_CHARS, MAX_TAGS, TagError};
use crate::infra::db::DbError;
use crate::room_error;

/// A refusal of this room.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Absent, or not for this reader.
    #[error("no such thread")]
    Absent,
    /// Was public and has been removed.
    #[error("the thread has been removed")]
    Gone,
    /// The role does not allow it.
    #[error("not allowed")]
    Forbidden,
    /// The account is suspended.
    #[error("the account is suspended")]
    Suspended,
    /// No more replies.
    #[error("the thread is closed")]
    Closed,
    /// The title is empty.
    #[error("a thread needs a title")]
    TitleMissing,
    /// The title is longer than 200 characters.
    #[error("a title has at most 200 characters")]
    TitleTooLong,
    /// Not a kind of thread.
    #[error("no such kind of thread")]
    KindInvalid,
    /// No category of that name that the member may write in.
    #[error("choose a category")]
    CategoryInvalid,
    /// The category takes new threads from others only.
    #[error("you cannot open threads in this category")]
    CategoryClosed,
    /// The tags are refused.
    #[error(transparent)]
    Tags(#[from] TagError),
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
            Self::Forbidden | Self::Suspended | Self::CategoryClosed => Kind::Forbidden,
            Self::Closed => Kind::Conflict,
            _ => Kind::Invalid,
        }
    }
    fn code(&self) -> &'static str {
        match self {
            Self::Absent => "not_found",
            Self::Gone => "gone",
            Self::Forbidden => "forbidden",
            Self::Suspended => "suspended",
            Self::Closed => "thread_closed",
            Self::TitleMissing => "title_missing",
            Self::TitleTooLong => "title_too_long",
            Self::KindInvalid => "kind_invalid",
            Self::CategoryInvalid => "category_invalid",
            Self::CategoryClosed => "category_closed",
            Self::Tags(TagError::TooMany) => "tags_too_many",
            Self::Tags(TagError::TooLong) => "tag_too_long",
            Self::Db(e) => e.code(),
        }
    }
    fn field(&self) -> Option<&str> {
        match self {
            Self::TitleMissing | Self::TitleTooLong => Some("title"),
            Self::KindInvalid => Some("kind"),
            Self::CategoryInvalid | Self::CategoryClosed => Some("category"),
            Self::Tags(_) => Some("tags"),
            _ => None,
        }
    }
    fn args(&self) -> Vec<(&'static str, String)> {
        match self {
            Self::Tags(TagError::TooMany) => vec![("limit", MAX_TAGS.to_string())],
            Self::Tags(TagError::TooLong) => vec![("limit", MAX_CHARS.to_string())],
            Self::TitleTooLong => vec![("limit", "200".into())],
            _ => Vec::new(),
        }
    }
    fn retry_after(&self) -> Option<u64> {
        match self {
            Self::Db(e) => e.retry_after(),
            _ => None,
        }
    }
}
