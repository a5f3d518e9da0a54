//! The wing that carries content outward.

mod duplicates;
mod search;
mod search_log;
mod vocabulary;
