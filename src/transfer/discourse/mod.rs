//! Reads a Discourse forum from the JSON it serves: `categories.json`, and a topic with its posts as
//! `/t/ID.json` gives it, one a file or one a line.
//!
//! Post texts come from `raw` where the data has it, else from `cooked` HTML.

mod convert;
mod cooked;
mod dump;
mod emoji;
mod raw;
mod reader;
mod shapes;
mod site;

#[cfg(test)]
mod tests;

pub use reader::{DiscourseReader, Options};
