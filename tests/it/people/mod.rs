//! Accounts, links, sessions, tokens, and the limits that guard them.

mod accounts;
mod handles;
mod limits;
mod links;
mod sessions;
mod standing;
