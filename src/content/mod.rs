//! What members write, how it is kept, ranked and found by address. Rooms import only earlier ones:
//! markup, uploads, categories, tags, heat, threads, posts, reactions, curation.

pub mod categories;
pub mod curation;
pub mod heat;
pub mod markup;
pub mod posts;
pub mod reactions;
pub mod tags;
pub mod threads;
pub mod uploads;
