//! What can go wrong, seen from outside: every room's error knows its kind, a stable code and the field
//! it concerns. `web::error` alone turns that into a status and a page or JSON.

/// The families of failure; each has one HTTP status, decided in `web::error`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// The request cannot be read at all.
    Malformed,
    /// Nobody is signed in, or the token is not good.
    Unauthenticated,
    /// Known, but not allowed.
    Forbidden,
    /// Absent or hidden: the two look the same.
    Absent,
    /// Was public once and has been removed.
    Gone,
    /// The state of things does not allow it now.
    Conflict,
    /// A field is wrong.
    Invalid,
    /// Too many requests of this kind.
    TooMany,
    /// The server cannot do it at the moment.
    Busy,
    /// A defect of ours.
    Internal,
}

/// The seam between a room's error and HTTP.
pub trait Fault: std::error::Error + Send + Sync + 'static {
    /// The family of the failure.
    fn kind(&self) -> Kind;
    /// A stable machine-readable code in `snake_case`; the message's locale key is `error-` + the code in
    /// kebab case.
    fn code(&self) -> &'static str;
    /// The form or JSON field at fault, if it is one.
    fn field(&self) -> Option<&str> {
        None
    }
    /// Arguments of the localised message.
    fn args(&self) -> Vec<(&'static str, String)> {
        Vec::new()
    }
    /// Seconds after which to try again, for [`Kind::TooMany`] and [`Kind::Busy`].
    fn retry_after(&self) -> Option<u64> {
        None
    }
}
