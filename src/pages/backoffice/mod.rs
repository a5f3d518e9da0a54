//! The back office: its own calm pages for operators and administrators.

pub mod audit;
pub mod branding;
pub mod categories;
pub mod custom_pages;
pub mod dashboard;
pub mod duplicates;
mod health;
pub mod invitations;
pub mod ledger;
pub mod members;
pub mod overview;
pub mod points;
pub mod search_try;
pub mod searches;
pub mod start;
pub mod style;
pub mod vocabulary;
