//! Pages over HTTP.

mod access;
mod api;
mod cached;
mod crawlers;
mod nul;
mod talking;
