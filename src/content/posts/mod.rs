//! Posts: the messages of threads. Opening a thread, replying, editing, removing and accepting answers are
//! use-cases of this room; it changes the thread's row only through `threads::service`.

pub mod answers;
pub mod bulk;
pub mod edit;
pub mod error;
pub mod model;
pub mod purge;
pub mod removal;
pub mod service;
pub mod store;

pub use error::Error;
pub use model::{Body, Post, Prepared};
