//! Hearth, a community forum engine. This file is the map: the wings of the house, bottom to top.
//! A wing imports only from wings below it (and a room only from earlier rooms of its wing);
//! `tests/it/guards/layers.rs` holds the law.
//!
//! - [`base`]: words everybody uses, no I/O.
//! - [`infra`]: the machines: databases, the activity log, clock, chance, languages.
//! - [`web`]: how HTTP is spoken: pages, forms, errors, limits, addresses.
//! - [`site`]: settings, secrets, branding, the audit log.
//! - [`people`]: accounts, sessions, moderators, counters.
//! - [`content`]: what members write and how it is kept and ranked.
//! - [`engage`]: what members earn by it: rules, levels, the ledger of points.
//! - [`reach`]: what carries content outward: search.
//! - [`pages`]: pages that compose several wings, and the back office.
//! - [`transfer`]: communities in and out.
//! - [`app`]: the composition root: addresses, readers of the log, periodic work, server.
//! - [`cli`]: one file per command.

pub mod app;
pub mod base;
pub mod cli;
pub mod content;
pub mod engage;
pub mod infra;
pub mod pages;
pub mod people;
pub mod reach;
pub mod site;
pub mod transfer;
pub mod web;
