//! What operators teach the search: words that mean the same, and words of their own (products, people, slang). It
//! holds from the next search on, on every node; what the search makes of it is the search's business.

pub mod error;
pub mod model;
pub mod service;
mod store;

pub use error::Error;
pub use model::{Synonym, Vocabulary, Wanted, Word, parse_words};
pub use service::recall;
