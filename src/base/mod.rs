//! Words everybody uses: identifiers, times, folded text. Nothing here does I/O.

pub mod ids;
pub mod time;
