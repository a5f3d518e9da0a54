//! The connection enum, in a file of its own because its derive writes undocumented items.

use diesel::pg::PgConnection;
use diesel::sqlite::SqliteConnection;

/// A connection to either database; diesel queries on it are written once.
#[derive(diesel::MultiConnection)]
pub enum Conn {
    /// PostgreSQL.
    Pg(PgConnection),
    /// The embedded database.
    Sqlite(SqliteConnection),
}
