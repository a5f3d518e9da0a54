//! What can go wrong between a service and its database.

use diesel::result::{DatabaseErrorKind, Error as Diesel};

use crate::base::fault::{Fault, Kind};

/// A failure of the database or of the door to it.
#[derive(Debug, thiserror::Error)]
pub enum DbError {
    /// A query failed.
    #[error("a query failed: {0}")]
    Query(#[source] Diesel),
    /// A text holds a NUL, which PostgreSQL cannot store.
    #[error("a text holds a NUL character")]
    Nul,
    /// No connection could be had.
    #[error("no database connection: {0}")]
    Unavailable(String),
    /// The queue of writes is full.
    #[error("the queue of writes is full")]
    QueueFull,
    /// The commit failed; nothing was written.
    #[error("the transaction could not be committed")]
    CommitFailed,
    /// The use-case panicked; nothing was written.
    #[error("a use-case panicked")]
    Panicked,
}

impl From<Diesel> for DbError {
    fn from(error: Diesel) -> Self {
        if let Diesel::DatabaseError(DatabaseErrorKind::Unknown, info) = &error
            && holds_nul(info.message())
        {
            return Self::Nul;
        }
        Self::Query(error)
    }
}

/// True for PostgreSQL's complaint of a NUL: `invalid byte sequence for encoding "UTF8": 0x00`, in any language.
fn holds_nul(message: &str) -> bool {
    message.contains("UTF8") && message.trim_end().ends_with("0x00")
}

impl Fault for DbError {
    fn kind(&self) -> Kind {
        match self {
            Self::Nul => Kind::Malformed,
            Self::Query(_) | Self::Panicked => Kind::Internal,
            Self::Unavailable(_) | Self::QueueFull | Self::CommitFailed => Kind::Busy,
        }
    }
    fn code(&self) -> &'static str {
        match self.kind() {
            Kind::Busy => "busy",
            Kind::Malformed => "malformed",
            _ => "internal",
        }
    }
    fn retry_after(&self) -> Option<u64> {
        (self.kind() == Kind::Busy).then_some(2)
    }
}

/// Gives a room's error enum (which has a `Db(#[from] DbError)` variant) the conversion from diesel's error.
#[macro_export]
macro_rules! room_error {
    ($error:ty) => {
        impl From<diesel::result::Error> for $error {
            fn from(error: diesel::result::Error) -> Self {
                Self::from($crate::infra::db::DbError::from(error))
            }
        }
    };
}

/// The diesel error at the root of `error`, however many rooms wrapped it.
pub(super) fn root<'a>(error: &'a (dyn std::error::Error + 'static)) -> Option<&'a Diesel> {
    let mut next: Option<&'a (dyn std::error::Error + 'static)> = Some(error);
    while let Some(e) = next {
        if let Some(found) = e.downcast_ref::<Diesel>() {
            return Some(found);
        }
        next = e.source();
    }
    None
}

/// True for the failures of a transaction that another attempt may well survive: PostgreSQL's 40001, and what
/// diesel has no name for. A deadlock (40P01) is among the latter and told apart only by a message in the
/// server's language; what another attempt cannot mend fails again in the same way.
pub(super) fn retryable(error: &(dyn std::error::Error + 'static)) -> bool {
    use DatabaseErrorKind::{SerializationFailure, Unknown};
    matches!(root(error), Some(Diesel::DatabaseError(SerializationFailure | Unknown, _)))
}

/// The name of the unique constraint or `table.column` that `error` violates, if it is that.
pub fn unique_violation(error: &Diesel) -> Option<String> {
    match error {
        Diesel::DatabaseError(DatabaseErrorKind::UniqueViolation, info) => {
            Some(info.constraint_name().map_or_else(|| info.message().to_owned(), str::to_owned))
        }
        _ => None,
    }
}
