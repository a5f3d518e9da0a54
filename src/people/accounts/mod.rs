//! Accounts: who a member is. Every row of `members` is written here; e-mail and password never leave it.

pub mod error;
pub mod handle;
pub mod invitations;
pub mod links;
pub mod model;
pub mod names;
pub mod password;
pub mod renaming;
pub mod service;
pub mod standing;
pub mod store;

pub use error::Error;
pub use model::{Card, Member};
