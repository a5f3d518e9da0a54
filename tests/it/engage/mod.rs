//! Points: the ledger against an independent model, and what people see of it.

mod ledger;
mod sequences;
pub mod stage;
