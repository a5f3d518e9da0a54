//! The JSON API. Handlers are thin: they read the request, call the same use-cases as the pages, and answer with
//! structs of their own.

pub mod auth;
pub mod categories;
pub mod ledger;
pub mod posts;
pub mod search;
pub mod searches;
pub mod threads;
pub mod views;
pub mod vocabulary;
