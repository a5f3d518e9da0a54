//! Communities in: the importer and the demo, on both databases.

mod corpus;
mod fixture;
mod import;
mod resume;
