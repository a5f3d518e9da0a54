//! Pages over HTTP.

mod access;
mod api;
mod talking;
