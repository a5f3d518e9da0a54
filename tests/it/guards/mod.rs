//! Guards instead of reminders: the laws of the house, held by tests.

mod files;
mod layers;
mod locales;
mod migrations;
mod openapi;
mod roles;
mod tables;
