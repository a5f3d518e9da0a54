//! Every test that needs more than pure functions: one binary, the real app, both databases.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "a test may stop where it stands"
)]

mod cli;
mod content;
mod engage;
mod guards;
mod infra;
mod pages;
mod people;
mod reach;
mod support;
mod transfer;
