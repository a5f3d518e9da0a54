//! What carries content outward: what operators teach the search, what was searched for, posts that look the same,
//! search, feeds, sitemaps; notifications and webhooks later.

pub mod duplicates;
pub mod feeds;
pub mod related;
pub mod search;
pub mod search_log;
pub mod sitemaps;
pub mod vocabulary;
