//! Categories: where threads are filed, and who may read and write there. The first half of the visibility
//! rule lives here: [`Readable`].

pub mod error;
pub mod model;
pub mod service;
pub mod store;

pub use error::Error;
pub use model::{Category, Readable};
