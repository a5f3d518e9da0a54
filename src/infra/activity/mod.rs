//! The activity log: append-only, past-tense facts, written in the transaction that made them true.
//!
//! Everything that follows (search index, counters, later points, mail, webhooks) reads the log with a cursor
//! of its own. Readers see only numbered rows (`seq`, dense): on SQLite the number is given at insert, from
//! the database; on PostgreSQL rows commit unnumbered and the leased [`sequencer`] numbers them.

pub mod lease;
pub mod model;
pub mod reader;
pub mod sequencer;
mod store;

pub use model::{Activity, NewActivity, Origin, Verb};
pub use store::{Glimpse, HEAD, after, behind_since, head, latest, record, unnumbered};
