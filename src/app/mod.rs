//! The composition root: the only place that knows everyone. State, the one table of addresses, the API
//! document, the readers of the log, the periodic work, the server.

pub mod api_docs;
pub mod health;
pub mod jobs;
pub mod metrics;
pub mod node;
pub mod openapi;
pub mod routes;
pub mod schedule;
pub mod server;
pub mod subscribers;

pub use node::{Node, NodeOptions, StartError};
