//! Talking: heat, lists, and the use-cases of threads and posts, called as the pages call them.

mod crowd;
mod heat;
mod lists;
mod plans;
pub mod stage;
