//! Talking: heat, lists, and the use-cases of threads and posts, called as the pages call them.

mod concurrency;
mod crowd;
mod heat;
mod lists;
mod plans;
mod posts;
mod privacy;
mod purge;
pub mod stage;
