//! Posts that look the same: the same question asked twice, an answer pasted under many. A reader of the log keeps a
//! fingerprint of each longer post and notes pairs that are nearly equal, for moderators to look at. Nothing happens
//! to a post by itself.

mod fingerprint;
mod reader;
pub mod service;
mod store;

pub use reader::READER;
pub use service::{Error, Pair};
