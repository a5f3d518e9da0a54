//! Migrations: one directory per dialect with the same names, applied at start under a lock.
//!
//! A schema records the oldest level of binary that may still use it (`schema_info.min_compatible`); an
//! older binary refuses to start. Going down is for development and the up-down-up guard only.

use diesel::connection::SimpleConnection;
use diesel::migration::Migration;
use diesel::prelude::*;
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use super::dialect::Count;
use super::{Conn, Db, DbError};

const SQLITE: EmbeddedMigrations = embed_migrations!("migrations/sqlite");
const POSTGRES: EmbeddedMigrations = embed_migrations!("migrations/postgres");

/// The level of schema that this binary knows; raised by a release that contracts the schema.
pub const SCHEMA_LEVEL: i64 = 1;

/// The key of the PostgreSQL advisory lock that migrations hold ("hearth" in ASCII).
const MIGRATION_LOCK: i64 = 0x6865_6172_7468;

/// Why a database cannot be brought up to this binary.
#[derive(Debug, thiserror::Error)]
pub enum MigrateError {
    /// The database was written by a newer release.
    #[error("this database needs a newer hearth (its level is {needed}, this binary's {SCHEMA_LEVEL})")]
    TooNew {
        /// The level that the database asks for.
        needed: i64,
    },
    /// A migration failed.
    #[error("a migration failed: {0}")]
    Failed(String),
    /// The database cannot be reached.
    #[error(transparent)]
    Db(#[from] DbError),
}

impl From<diesel::result::Error> for MigrateError {
    fn from(error: diesel::result::Error) -> Self {
        Self::Db(error.into())
    }
}

/// The names of migrations that are not applied yet, oldest first.
pub fn pending(db: &Db) -> Result<Vec<String>, MigrateError> {
    pending_on(&mut db.dedicated()?)
}

fn pending_on(conn: &mut Conn) -> Result<Vec<String>, MigrateError> {
    let failed = |e: Box<dyn std::error::Error + Send + Sync>| MigrateError::Failed(e.to_string());
    match conn {
        Conn::Pg(c) => c
            .pending_migrations(POSTGRES)
            .map(|all| all.iter().map(|m| m.name().to_string()).collect())
            .map_err(failed),
        Conn::Sqlite(c) => c
            .pending_migrations(SQLITE)
            .map(|all| all.iter().map(|m| m.name().to_string()).collect())
            .map_err(failed),
    }
}

/// Applies what is pending; returns the names. A copy of a non-empty SQLite database is kept beside it first.
pub fn run(db: &Db) -> Result<Vec<String>, MigrateError> {
    let mut conn = db.dedicated()?;
    if let Conn::Pg(pg) = &mut conn {
        pg.batch_execute(&format!("SELECT pg_advisory_lock({MIGRATION_LOCK})"))?;
    }
    refuse_newer(&mut conn)?;
    let names = pending_on(&mut conn)?;
    if !names.is_empty() {
        keep_copy(&mut conn, db)?;
        for name in &names {
            // A large table may take minutes; whoever waits should know for what.
            tracing::info!(name, "a migration begins");
            next(&mut conn)?;
        }
        refuse_newer(&mut conn)?;
    }
    if let Conn::Pg(pg) = &mut conn {
        pg.batch_execute(&format!("SELECT pg_advisory_unlock({MIGRATION_LOCK})"))?;
    }
    Ok(names)
}

/// Applies the oldest that is pending.
fn next(conn: &mut Conn) -> Result<(), MigrateError> {
    let failed = |e: Box<dyn std::error::Error + Send + Sync>| MigrateError::Failed(e.to_string());
    match conn {
        Conn::Pg(c) => c.run_next_migration(POSTGRES).map(drop).map_err(failed),
        Conn::Sqlite(c) => c.run_next_migration(SQLITE).map(drop).map_err(failed),
    }
}

/// Applies everything on an open connection.
pub fn up(conn: &mut Conn) -> Result<(), MigrateError> {
    let failed = |e: Box<dyn std::error::Error + Send + Sync>| MigrateError::Failed(e.to_string());
    match conn {
        Conn::Pg(c) => c.run_pending_migrations(POSTGRES).map(drop).map_err(failed),
        Conn::Sqlite(c) => c.run_pending_migrations(SQLITE).map(drop).map_err(failed),
    }
}

/// Reverts everything on an open connection. Development and the up-down-up guard only.
pub fn down(conn: &mut Conn) -> Result<(), MigrateError> {
    let failed = |e: Box<dyn std::error::Error + Send + Sync>| MigrateError::Failed(e.to_string());
    match conn {
        Conn::Pg(c) => c.revert_all_migrations(POSTGRES).map(drop).map_err(failed),
        Conn::Sqlite(c) => c.revert_all_migrations(SQLITE).map(drop).map_err(failed),
    }
}

fn table_exists(conn: &mut Conn, name: &str) -> QueryResult<bool> {
    let sql = match conn {
        Conn::Pg(_) => {
            "SELECT COUNT(*) AS n FROM information_schema.tables WHERE table_schema = current_schema() AND table_name = $1"
        }
        Conn::Sqlite(_) => "SELECT COUNT(*) AS n FROM sqlite_master WHERE type = 'table' AND name = $1",
    };
    diesel::sql_query(sql)
        .bind::<diesel::sql_types::Text, _>(name)
        .get_result::<Count>(conn)
        .map(|row| row.n > 0)
}

fn refuse_newer(conn: &mut Conn) -> Result<(), MigrateError> {
    if !table_exists(conn, "schema_info")? {
        return Ok(());
    }
    let needed = diesel::sql_query("SELECT COALESCE(MAX(min_compatible), 0) AS n FROM schema_info")
        .get_result::<Count>(conn)?
        .n;
    if needed > SCHEMA_LEVEL { Err(MigrateError::TooNew { needed }) } else { Ok(()) }
}

fn keep_copy(conn: &mut Conn, db: &Db) -> Result<(), MigrateError> {
    let super::DatabaseUrl::Sqlite(path) = db.url() else { return Ok(()) };
    if !table_exists(conn, "schema_info")? {
        return Ok(());
    }
    let copy = path.with_extension("before-migration.db");
    tracing::info!(copy = %copy.display(), "a copy of the database is made before it is migrated");
    if copy.exists() {
        std::fs::remove_file(&copy).map_err(|e| MigrateError::Failed(e.to_string()))?;
    }
    diesel::sql_query("VACUUM INTO $1")
        .bind::<diesel::sql_types::Text, _>(copy.to_string_lossy().into_owned())
        .execute(conn)?;
    Ok(())
}
