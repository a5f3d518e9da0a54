//! What members earn by taking part. Rooms import only earlier ones: rules, levels, ledger.

pub mod ledger;
pub mod levels;
pub mod rules;
