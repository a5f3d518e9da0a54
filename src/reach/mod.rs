//! What carries content outward: search now; feeds, notifications and webhooks later.

pub mod search;
