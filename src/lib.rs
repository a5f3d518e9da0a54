//! Hearth, a community forum engine. This file is the map: the wings of the house, top to bottom.
//! A wing imports only from wings below it (and a room only from earlier rooms of its wing);
//! `tests/it/guards/layers.rs` holds the law.
//!
//! - [`base`]: words everybody uses, no I/O.

pub mod base;
pub mod content;
pub mod reach;
pub mod transfer;
