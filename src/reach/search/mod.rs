//! Search: what readers type, found in what members wrote.
//!
//! The analysis, the question, the index and the excerpt know no database and no web; `follow` keeps the index
//! true to the tables, `service` asks it and checks once more that the reader may see each hit.

pub mod analysis;
pub mod compare;
pub mod excerpt;
pub mod follow;
pub mod help;
pub mod index;
mod meant;
pub mod query;
pub mod service;
pub mod web;

pub use service::Search;
