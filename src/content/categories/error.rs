//! What can go wrong with a category.

use crate::base::fault::{Fault, Kind};
use crate::infra::db::DbError;
use crate::room_error;

/// A refusal of this room.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The name is empty or longer than 60 characters.
    #[error("a category's name has 1 to 60 characters")]
    NameInvalid,
    /// Another category at the same place has this name.
    #[error("another category at the same place has this name")]
    NameTaken,
    /// Not lower-case letters, digits and dashes, or a number.
    #[error("a category's address has 1 to 60 letters, digits and dashes, and is not a number")]
    SlugInvalid,
    /// Another category has this address.
    #[error("another category has this address")]
    SlugTaken,
    /// The description is longer than 500 characters.
    #[error("a description has at most 500 characters")]
    DescriptionTooLong,
    /// Not `#rrggbb`.
    #[error("a colour is written #rrggbb")]
    ColourInvalid,
    /// The parent is missing, is the category itself, or lies below it.
    #[error("a category cannot lie below itself, and no deeper than four levels")]
    ParentInvalid,
    /// No number, or one too large.
    #[error("a position is a whole number between -10000 and 10000")]
    PositionInvalid,
    /// A named member does not exist.
    #[error("there is no member {0}")]
    NoSuchMember(String),
    /// Absent, or not for this reader.
    #[error("no such category")]
    Absent,
    /// The role does not allow it.
    #[error("not allowed")]
    Forbidden,
    /// It still has threads or categories below it.
    #[error("the category is not empty")]
    NotEmpty,
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
            Self::Forbidden => Kind::Forbidden,
            Self::NameTaken | Self::SlugTaken | Self::NotEmpty => Kind::Conflict,
            _ => Kind::Invalid,
        }
    }
    fn code(&self) -> &'static str {
        match self {
            Self::NameInvalid => "category_name",
            Self::NameTaken => "category_name_taken",
            Self::SlugInvalid => "category_slug",
            Self::SlugTaken => "category_slug_taken",
            Self::DescriptionTooLong => "category_description",
            Self::ColourInvalid => "colour_invalid",
            Self::ParentInvalid => "category_parent",
            Self::PositionInvalid => "category_position",
            Self::NoSuchMember(_) => "no_such_member",
            Self::Absent => "not_found",
            Self::Forbidden => "forbidden",
            Self::NotEmpty => "category_not_empty",
            Self::Db(e) => e.code(),
        }
    }
    fn field(&self) -> Option<&str> {
        match self {
            Self::NameInvalid | Self::NameTaken => Some("name"),
            Self::SlugInvalid | Self::SlugTaken => Some("slug"),
            Self::DescriptionTooLong => Some("description"),
            Self::ColourInvalid => Some("colour"),
            Self::ParentInvalid => Some("parent"),
            Self::PositionInvalid => Some("position"),
            Self::NoSuchMember(_) => Some("members"),
            _ => None,
        }
    }
    fn args(&self) -> Vec<(&'static str, String)> {
        match self {
            Self::NoSuchMember(name) => vec![("name", name.clone())],
            _ => Vec::new(),
        }
    }
}
