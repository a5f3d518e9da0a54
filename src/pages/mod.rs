//! Pages that compose several wings: lists, thread, compose, profile, back office, and the frame around all.

pub mod access;
pub mod again;
pub mod api;
pub mod archive;
pub mod backoffice;
pub mod compose;
pub mod composing;
pub mod custom_page;
pub mod directory;
pub mod fresh;
pub mod heat;
pub mod home;
pub mod installed;
pub mod keyboard;
pub mod moderation;
pub mod pictures;
pub mod points;
pub mod post;
pub mod profile;
pub mod replying;
pub mod rows;
pub mod settings;
pub mod shell;
pub mod signup;
pub mod structured;
pub mod thread;
mod thread_head;
