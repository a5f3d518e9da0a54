//! Accounts, links, sessions, tokens, and the limits that guard them.

mod accounts;
mod handles;
mod invitations;
mod limits;
mod links;
mod sessions;
mod standing;
