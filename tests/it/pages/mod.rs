//! Pages over HTTP.

mod access;
mod api;
mod branding;
mod cached;
mod composing;
mod crawlers;
mod custom_pages;
mod damaged;
mod dashboard;
mod errors;
mod fields;
mod forms;
mod frame;
mod installed;
mod invitations;
mod meanwhile;
mod notice;
mod nul;
mod office;
mod pictures;
mod replies;
mod signup;
mod start;
mod talking;
mod told;
