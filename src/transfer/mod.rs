//! Communities in and out: each source is read into neutral [`records`], which one importer takes in.
//!
//! Readers do no more than read: they never touch the database, never fetch anything, and never stop
//! at a bad record but report where it is.

pub mod addresses;
pub mod demo;
pub mod discourse;
pub mod import;
pub mod judged;
pub mod links;
pub mod records;
pub mod seed;
pub mod web;
