//! What can go wrong with a post.

use crate::base::fault::{Fault, Kind};
use crate::content::markup::MarkupError;
use crate::content::{categories, threads};
use crate::infra::db::DbError;
use crate::room_error;

/// A refusal of this room.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Nothing was written.
    #[error("a post needs text")]
    BodyMissing,
    /// Too long, or too many links, mentions or images.
    #[error(transparent)]
    Markup(#[from] MarkupError),
    /// Absent, or not for this reader.
    #[error("no such post")]
    Absent,
    /// The role does not allow it.
    #[error("not allowed")]
    Forbidden,
    /// A question's own text cannot be its answer.
    #[error("only a reply of a question can be accepted")]
    NotAnAnswer,
    /// The post that a reply answers is not in the thread.
    #[error("no listed post of the thread has that number")]
    ReplyToInvalid,
    /// Somebody edited the post in between.
    #[error("the post was edited in the meantime")]
    EditedMeanwhile,
    /// The thread refuses.
    #[error(transparent)]
    Thread(#[from] threads::Error),
    /// The category refuses.
    #[error(transparent)]
    Category(#[from] categories::Error),
    /// The database failed.
    #[error(transparent)]
    Db(#[from] DbError),
}
room_error!(Error);

impl Fault for Error {
    fn kind(&self) -> Kind {
        match self {
            Self::Db(e) => e.kind(),
            Self::Thread(e) => e.kind(),
            Self::Category(e) => e.kind(),
            Self::Absent => Kind::Absent,
            Self::Forbidden => Kind::Forbidden,
            Self::NotAnAnswer | Self::EditedMeanwhile => Kind::Conflict,
            Self::BodyMissing | Self::Markup(_) | Self::ReplyToInvalid => Kind::Invalid,
        }
    }
    fn code(&self) -> &'static str {
        match self {
            Self::BodyMissing => "body_missing",
            Self::Markup(MarkupError::TooLong(_)) => "body_too_long",
            Self::Markup(e) => e.code(),
            Self::Absent => "not_found",
            Self::Forbidden => "forbidden",
            Self::NotAnAnswer => "not_an_answer",
            Self::ReplyToInvalid => "reply_to_invalid",
            Self::EditedMeanwhile => "edited_meanwhile",
            Self::Thread(e) => e.code(),
            Self::Category(e) => e.code(),
            Self::Db(e) => e.code(),
        }
    }
    fn field(&self) -> Option<&str> {
        match self {
            Self::BodyMissing | Self::Markup(_) => Some("body"),
            Self::ReplyToInvalid => Some("reply_to"),
            Self::Thread(e) => e.field(),
            Self::Category(e) => e.field(),
            _ => None,
        }
    }
    fn args(&self) -> Vec<(&'static str, String)> {
        match self {
            Self::Markup(e) => {
                let (found, limit) = e.counts();
                vec![("found", found.to_string()), ("limit", limit.to_string())]
            }
            Self::Thread(e) => e.args(),
            Self::Category(e) => e.args(),
            _ => Vec::new(),
        }
    }
    fn retry_after(&self) -> Option<u64> {
        match self {
            Self::Db(e) => e.retry_after(),
            Self::Thread(e) => e.retry_after(),
            _ => None,
        }
    }
}
