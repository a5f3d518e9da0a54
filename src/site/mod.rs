//! The site itself: its settings and secrets, and the audit log of what staff did.

pub mod audit;
pub mod settings;
