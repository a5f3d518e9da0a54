//! What can go wrong with points.

use crate::base::fault::{Fault, Kind};
use crate::infra::db::DbError;
use crate::people::accounts;
use crate::room_error;

/// A refusal of this room.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Nothing, or more than can be given at once.
    #[error("points are a number other than 0, at most 1,000,000,000 either way")]
    AmountInvalid,
    /// The reason is missing or too long.
    #[error("a reason has 1 to 200 characters")]
    ReasonInvalid,
    /// No such entry.
    #[error("no such entry")]
    Absent,
    /// The entry is a reversal, or something that is given back elsewhere.
    #[error("this entry cannot be revoked")]
    NotRevocable,
    /// The entry was reversed before.
    #[error("this entry is reversed already")]
    AlreadyReversed,
    /// The balance does not cover the cost.
    #[error("not enough points")]
    Insufficient,
    /// The role does not allow it.
    #[error("not allowed")]
    Forbidden,
    /// Points for oneself.
    #[error("nobody but an administrator books points to themselves")]
    OwnPoints,
    /// Sums beyond 64 bits.
    #[error("points do not fit into 64 bits")]
    Overflow,
    /// The account refuses.
    #[error(transparent)]
    Account(#[from] accounts::Error),
    /// The database failed.
    #[error(transparent)]
    Db(#[from] DbError),
}
room_error!(Error);

impl Error {
    /// As a failure of the database, for the readers of the log, which know no other.
    pub(super) fn into_db(self) -> DbError {
        match self {
            Self::Db(e) => e,
            other => DbError::Query(diesel::result::Error::QueryBuilderError(Box::new(other))),
        }
    }
}

impl Fault for Error {
    fn kind(&self) -> Kind {
        match self {
            Self::AmountInvalid | Self::ReasonInvalid => Kind::Invalid,
            Self::Absent => Kind::Absent,
            Self::NotRevocable | Self::AlreadyReversed | Self::Insufficient => Kind::Conflict,
            Self::Forbidden | Self::OwnPoints => Kind::Forbidden,
            Self::Overflow => Kind::Internal,
            Self::Account(e) => e.kind(),
            Self::Db(e) => e.kind(),
        }
    }
    fn code(&self) -> &'static str {
        match self {
            Self::AmountInvalid => "points_invalid",
            Self::ReasonInvalid => "points_reason_invalid",
            Self::Absent => "not_found",
            Self::NotRevocable => "not_revocable",
            Self::AlreadyReversed => "already_reversed",
            Self::Insufficient => "insufficient_points",
            Self::Forbidden => "forbidden",
            Self::OwnPoints => "own_points",
            Self::Overflow => "internal",
            Self::Account(e) => e.code(),
            Self::Db(e) => e.code(),
        }
    }
    fn field(&self) -> Option<&str> {
        match self {
            Self::AmountInvalid | Self::OwnPoints => Some("delta"),
            Self::ReasonInvalid => Some("reason"),
            Self::Account(e) => e.field(),
            _ => None,
        }
    }
    fn retry_after(&self) -> Option<u64> {
        match self {
            Self::Db(e) => e.retry_after(),
            _ => None,
        }
    }
}
