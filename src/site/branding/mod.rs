//! How the site looks: one colour from which a palette follows, fonts, a logo or the mark in its place, links. What a page does with them is
//! the frame's business; a logo's bytes are kept by uploads.

mod colour;
mod error;
pub mod fonts;
pub mod icon;
mod model;
mod palette;
pub mod service;

pub use colour::Colour;
pub use error::Error;
pub use model::{Brand, DEFAULT_COLOUR, LINKS, Link};
pub use service::Wanted;
