//! Sessions and API tokens: server-side, stored hashed, listed and revocable.

pub mod agents;
pub mod source;
pub mod store;
pub mod tokens;

pub use source::Sessions;
