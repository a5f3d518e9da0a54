//! Why a brand is refused.

use crate::base::fault::{Fault, Kind};
use crate::infra::db::DbError;
use crate::room_error;
use crate::site::meanwhile::{self, Rows};

/// Why.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The colour is not written as `#rrggbb`.
    #[error("a colour is written as #rrggbb")]
    Colour,
    /// No family of fonts is called that.
    #[error("no such family of fonts")]
    Family,
    /// A name of a font that is none, or one too many.
    #[error("{0:?} is no name of a font")]
    Font(String),
    /// A link's label is missing or too long.
    #[error("a link needs a label of at most {limit} characters")]
    Label {
        /// Characters allowed.
        limit: usize,
    },
    /// A link leads to no address that the site links to.
    #[error("{0:?} is no address of this site or of the web")]
    Address(String),
    /// A link has a label and no address.
    #[error("a link needs an address")]
    AddressMissing,
    /// More links than there is room for.
    #[error("at most {limit} links")]
    TooManyLinks {
        /// Links allowed.
        limit: usize,
    },
    /// Somebody else changed it since the form was shown.
    #[error("{0:?} was changed meanwhile")]
    Meanwhile(Rows),
    /// The database failed.
    #[error(transparent)]
    Db(#[from] DbError),
}
room_error!(Error);

impl Fault for Error {
    fn kind(&self) -> Kind {
        match self {
            Self::Db(e) => e.kind(),
            _ => Kind::Invalid,
        }
    }
    fn code(&self) -> &'static str {
        match self {
            Self::Colour => "brand_colour",
            Self::Family => "choice_unknown",
            Self::Font(_) => "brand_font",
            Self::Label { .. } => "link_label",
            Self::Address(_) => "link_address",
            Self::AddressMissing => "link_address_missing",
            Self::TooManyLinks { .. } => "too_many_links",
            Self::Meanwhile(rows) if meanwhile::is_told(rows) => "changed_meanwhile_to",
            Self::Meanwhile(_) => "changed_meanwhile",
            Self::Db(e) => e.code(),
        }
    }
    fn field(&self) -> Option<&str> {
        match self {
            Self::Colour => Some("colour"),
            Self::Family => Some("family"),
            Self::Font(_) => Some("own_fonts"),
            Self::Label { .. } | Self::Address(_) | Self::AddressMissing | Self::TooManyLinks { .. } => {
                Some("links")
            }
            Self::Meanwhile(rows) => rows.first().map(|(name, _)| *name),
            Self::Db(_) => None,
        }
    }
    fn args(&self) -> Vec<(&'static str, String)> {
        match self {
            Self::Label { limit } | Self::TooManyLinks { limit } => vec![("limit", limit.to_string())],
            Self::Font(name) | Self::Address(name) => vec![("name", name.clone())],
            Self::Meanwhile(rows) => {
                rows.iter().take(1).map(|(_, value)| ("value", meanwhile::in_words(value))).collect()
            }
            _ => Vec::new(),
        }
    }
}
