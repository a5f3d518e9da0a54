//! Talking: heat, lists, and the use-cases of threads and posts, called as the pages call them.

mod heat;
pub mod stage;
