//! What carries content outward: what operators teach the search, search, feeds, sitemaps; notifications and webhooks
//! later.

pub mod feeds;
pub mod related;
pub mod search;
pub mod sitemaps;
pub mod vocabulary;
