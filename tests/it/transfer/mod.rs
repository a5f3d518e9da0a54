//! Communities in: the importer and the demo, on both databases.

mod addresses;
mod corpus;
mod demo;
pub mod fixture;
mod import;
mod resume;
