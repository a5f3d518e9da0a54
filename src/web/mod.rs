//! How HTTP is spoken: who asks, in which language, how answers and errors look, forms, limits, addresses.
//! It knows nothing of threads; the rooms above bring their own pages.

pub mod api;
pub mod assets;
pub mod cache;
pub mod error;
pub mod files;
pub mod filters;
pub mod forms;
pub mod head;
pub mod headers;
pub mod idempotency;
pub mod limits;
pub mod page;
pub mod paging;
pub mod refused;
pub mod shell;
pub mod state;
pub mod told;
pub mod urls;

pub use error::AppError;
pub use forms::RawForm;
pub use page::Page;
pub use refused::Refused;
pub use state::Web;
