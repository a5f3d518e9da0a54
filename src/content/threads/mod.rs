//! Threads: the discussions. This room owns the row of a thread with its counters and its heat; posts,
//! reactions and curation change it through [`service`].

pub mod error;
pub mod follow;
pub mod lists;
pub mod model;
pub mod months;
pub mod service;
pub mod store;
pub mod top;
pub mod views;

pub use error::Error;
pub use model::{Access, State, Thread, ThreadKind, Title};
