//! The ledger of points: append-only entries that always add up, and what follows from them.
//!
//! Every entry of a member is balanced by one on the system account of its kind, in the same transaction.
//! [`reader`] follows the activity log and books what the rules give; what an entry was given for is kept as a
//! *source* ([`book`]), which stands or falls with its thread, its post and its like. A source is granted
//! points once, under the cap of its day; while it does not stand they are reversed, and when it stands again
//! the same points come back. So after any sequence a member has what stands, apart from used-up caps.

pub mod audit;
pub mod book;
pub mod error;
pub mod model;
pub mod reader;
pub mod rebuild;
pub mod service;
pub mod store;

pub use error::Error;
pub use model::{Account, Entry};
