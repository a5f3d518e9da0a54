//! The wing that carries content outward.

mod duplicates;
mod search_log;
mod vocabulary;
