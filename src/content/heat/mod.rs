//! Heat: exponential forward decay, kept as one number whose order never needs recomputing.
//!
//! `heat = log2 Σ weight · 2^((at − t0) / half-life)`. This room is the arithmetic ([`model`]) and the table
//! of engagements ([`store`]); the thread's own column belongs to `threads`.

pub mod model;
pub mod store;

pub use model::{FLOOR, Kind, Scale};
pub use store::Engagement;
