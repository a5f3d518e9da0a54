//! What every use-case is handed: the database, the clock and chance.

use std::sync::Arc;

use crate::infra::clock::Clock;
use crate::infra::db::Db;
use crate::infra::random::Random;

/// The injected outside world. Cheap to clone.
#[derive(Clone)]
pub struct House {
    /// The doors to the database.
    pub db: Db,
    /// Where "now" comes from.
    pub clock: Clock,
    /// Where secrets and public ids come from.
    pub random: Random,
    /// The site's own address without a trailing slash; links to it in posts are internal.
    pub base_url: Arc<str>,
}
