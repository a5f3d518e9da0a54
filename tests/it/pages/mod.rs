//! Pages over HTTP.

mod access;
mod api;
mod cached;
mod crawlers;
mod forms;
mod nul;
mod office;
mod talking;
