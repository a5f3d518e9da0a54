//! Custom pages: what the owner of the site says about it, in Markdown, at an address that can stand in the menu and
//! the footer. Only administrators write them; a draft is absent for everybody else.

pub mod error;
pub mod model;
pub mod service;
pub mod store;

pub use error::Error;
pub use model::{CustomPage, Prepared, State, Wanted};
