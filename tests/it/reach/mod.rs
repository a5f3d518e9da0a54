//! The wing that carries content outward.

mod search_log;
mod vocabulary;
