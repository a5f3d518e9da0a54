//! Pages over HTTP.

mod access;
mod api;
mod cached;
mod crawlers;
mod talking;
