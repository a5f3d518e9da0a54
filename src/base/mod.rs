//! Words everybody uses: identifiers, times, faults, roles, folded text. Nothing here does I/O.

pub mod actor;
pub mod fault;
pub mod fold;
pub mod ids;
pub mod locale;
pub mod pinyin;
pub mod time;
