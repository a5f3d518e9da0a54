//! What members write, how it is kept, ranked and found by address. Rooms import only earlier ones:
//! markup, uploads, custom pages, categories, tags, heat, threads, posts, reactions, curation.

pub mod categories;
pub mod curation;
pub mod custom_pages;
pub mod heat;
pub mod markup;
pub mod posts;
pub mod reactions;
pub mod tags;
pub mod threads;
pub mod uploads;
