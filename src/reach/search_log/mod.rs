//! What was searched for, so that operators see what is missing: without personal data, shown only when several people
//! asked the same, kept for 90 days.
//!
//! A search is noted in memory and written with others a few seconds later, so that nobody waits for it. Mail addresses
//! and numbers are masked before that; who asked becomes a hash under a key that is thrown away after its 30 days.

mod buffer;
mod mask;
pub mod model;
pub mod report;
pub mod store;
pub mod web;

pub use buffer::SearchLog;
pub use mask::mask;
pub use model::{Asker, Noted};
