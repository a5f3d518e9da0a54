//! Why something is not taught.

use crate::base::fault::{Fault, Kind};
use crate::infra::db::DbError;
use crate::room_error;

/// A refusal of this room.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A term of a group is too long, or holds what separates terms.
    #[error("{term:?}: a term has 1 to {limit} characters on one line, without commas")]
    Term {
        /// As typed.
        term: String,
        /// Characters allowed.
        limit: usize,
    },
    /// Nothing is left to be the same as something else.
    #[error("a group needs at least two terms that differ")]
    TooFew,
    /// More terms than a group holds.
    #[error("a group has at most {limit} terms")]
    TooManyTerms {
        /// Terms allowed.
        limit: usize,
    },
    /// More than one arrow.
    #[error("a group has one arrow at most")]
    Arrows,
    /// Another group says the same.
    #[error("another group says the same")]
    GroupKnown,
    /// There are as many groups as there may be.
    #[error("there are {limit} groups")]
    GroupsFull {
        /// Groups allowed.
        limit: i64,
    },
    /// A word is too short or too long, or holds what separates words.
    #[error("{word:?}: a word has {least} to {limit} characters, without commas")]
    Word {
        /// As typed.
        word: String,
        /// Characters needed.
        least: usize,
        /// Characters allowed.
        limit: usize,
    },
    /// No word was given.
    #[error("no word was given")]
    NoWords,
    /// Every word is there already.
    #[error("every word is there already")]
    WordsKnown,
    /// There are as many words as there may be.
    #[error("there is room for {limit} words")]
    WordsFull {
        /// Words allowed.
        limit: i64,
    },
    /// No such group or word.
    #[error("no such entry")]
    Absent,
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
            Self::Forbidden => Kind::Forbidden,
            Self::GroupKnown | Self::WordsKnown => Kind::Conflict,
            _ => Kind::Invalid,
        }
    }
    fn code(&self) -> &'static str {
        match self {
            Self::Term { .. } => "synonym_term",
            Self::TooFew => "synonyms_too_few",
            Self::TooManyTerms { .. } => "synonyms_too_many_terms",
            Self::Arrows => "synonyms_arrows",
            Self::GroupKnown => "synonyms_known",
            Self::GroupsFull { .. } => "synonyms_full",
            Self::Word { .. } => "search_word",
            Self::NoWords => "search_words_missing",
            Self::WordsKnown => "search_words_known",
            Self::WordsFull { .. } => "search_words_full",
            Self::Absent => "not_found",
            Self::Forbidden => "forbidden",
            Self::Db(e) => e.code(),
        }
    }
    fn field(&self) -> Option<&str> {
        match self {
            Self::Term { .. }
            | Self::TooFew
            | Self::TooManyTerms { .. }
            | Self::Arrows
            | Self::GroupKnown
            | Self::GroupsFull { .. } => Some("terms"),
            Self::Word { .. } | Self::NoWords | Self::WordsKnown | Self::WordsFull { .. } => Some("words"),
            _ => None,
        }
    }
    fn args(&self) -> Vec<(&'static str, String)> {
        match self {
            Self::Term { term, limit } => vec![("term", term.clone()), ("limit", limit.to_string())],
            Self::TooManyTerms { limit } => vec![("limit", limit.to_string())],
            Self::GroupsFull { limit } | Self::WordsFull { limit } => vec![("limit", limit.to_string())],
            Self::Word { word, least, limit } => {
                vec![("word", word.clone()), ("least", least.to_string()), ("limit", limit.to_string())]
            }
            _ => Vec::new(),
        }
    }
}
