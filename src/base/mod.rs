//! Words everybody uses: identifiers, times, faults, folded text. Nothing here does I/O.

pub mod fault;
pub mod fold;
pub mod ids;
pub mod time;
