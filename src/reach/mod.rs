//! What carries content outward: search, feeds, sitemaps; notifications and webhooks later.

pub mod feeds;
pub mod related;
pub mod search;
pub mod sitemaps;
