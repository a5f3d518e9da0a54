//! Points: the ledger against an independent model, and what people see of it.

mod ledger;
mod pages;
mod sequences;
pub mod stage;
mod taken_in;
