//! The site itself: its settings and secrets, how it looks, and the audit log of what staff did.

pub mod audit;
pub mod branding;
pub mod meanwhile;
pub mod settings;
