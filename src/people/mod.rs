//! People: accounts, category moderators, sessions and tokens, public profiles.

pub mod accounts;
pub mod profiles;
pub mod roles;
pub mod sessions;
