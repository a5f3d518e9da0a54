//! Search: what readers type, found in what members wrote.
//!
//! Self-contained: no database and no web. The caller brings posts in and gets ids out; it loads what it shows and
//! checks once more that the reader may see it.

pub mod analysis;
pub mod excerpt;
pub mod index;
pub mod query;
