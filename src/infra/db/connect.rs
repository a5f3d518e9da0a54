//! Opening connections: the URL decides the database, every connection gets the same settings.

use std::path::{Path, PathBuf};

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_types::Text;

use super::{Conn, DbError};

/// Where the database is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DatabaseUrl {
    /// A file of the embedded database.
    Sqlite(PathBuf),
    /// A PostgreSQL server, as a `postgres://` URL.
    Pg(String),
}

impl DatabaseUrl {
    /// Understands `postgres://…`, `postgresql://…`, `sqlite` (a file in `data_dir`), `sqlite://PATH` and a file
    /// path. The error is the scheme of any other database.
    pub fn parse(text: &str, data_dir: &Path) -> Result<Self, String> {
        match text.split_once("://") {
            Some(("postgres" | "postgresql", _)) => Ok(Self::Pg(text.to_owned())),
            Some(("sqlite", path)) if !path.is_empty() => Ok(Self::Sqlite(path.into())),
            Some((scheme, _)) => Err(scheme.to_owned()),
            None if text.is_empty() || text == "sqlite" => Ok(Self::Sqlite(data_dir.join("hearth.db"))),
            None => Ok(Self::Sqlite(text.into())),
        }
    }

    /// The file of an embedded database that has not been made yet.
    pub fn missing(&self) -> Option<&Path> {
        match self {
            Self::Sqlite(path) if !path.exists() => Some(path),
            _ => None,
        }
    }

    /// True for the embedded database.
    pub fn is_sqlite(&self) -> bool {
        matches!(self, Self::Sqlite(_))
    }
}

/// The oldest SQLite that is safe here: 3.51.3 mends a corruption in WAL mode.
const OLDEST_SQLITE: [u32; 3] = [3, 51, 3];

/// What a connection is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Access {
    /// Reading only.
    Read,
    /// The one writer.
    Write,
}

#[derive(QueryableByName)]
struct Version {
    #[diesel(sql_type = Text)]
    version: String,
}

/// Opens one connection with the house's settings.
pub(super) fn open(url: &DatabaseUrl, access: Access, busy_ms: u32) -> Result<Conn, DbError> {
    let unavailable = |e: ConnectionError| DbError::Unavailable(e.to_string());
    match url {
        DatabaseUrl::Pg(url) => {
            let mut pg = PgConnection::establish(url).map_err(unavailable)?;
            // Lists walk indexes; the default price of a random page is that of turning disks, and makes the
            // planner sort whole tables instead.
            pg.batch_execute(
                "SET idle_in_transaction_session_timeout = '60s'; SET statement_timeout = '60s'; \
                 SET random_page_cost = 1.1; SET jit = off",
            )?;
            Ok(Conn::Pg(pg))
        }
        DatabaseUrl::Sqlite(path) => {
            let mut sqlite = SqliteConnection::establish(&path.to_string_lossy()).map_err(unavailable)?;
            let query_only = if access == Access::Read { "ON" } else { "OFF" };
            sqlite.batch_execute(&format!(
                "PRAGMA busy_timeout={busy_ms}; PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; \
                 PRAGMA foreign_keys=ON; PRAGMA temp_store=MEMORY; PRAGMA cache_size=-32768; \
                 PRAGMA wal_autocheckpoint=4000; PRAGMA journal_size_limit=67108864; \
                 PRAGMA query_only={query_only};"
            ))?;
            Ok(Conn::Sqlite(sqlite))
        }
    }
}

/// Refuses an SQLite that is too old to be trusted with data.
pub(super) fn check_version(conn: &mut Conn) -> Result<(), DbError> {
    if matches!(conn, Conn::Pg(_)) {
        return Ok(());
    }
    let version =
        diesel::sql_query("SELECT sqlite_version() AS version").get_result::<Version>(conn)?.version;
    if new_enough(&version) {
        Ok(())
    } else {
        Err(DbError::Unavailable(format!("SQLite {version} is older than 3.51.3 and may lose data")))
    }
}

fn new_enough(version: &str) -> bool {
    let found: Vec<u32> = version.split('.').map(|part| part.parse().unwrap_or(0)).collect();
    found.as_slice() >= OLDEST_SQLITE.as_slice()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn old_sqlite_is_refused() {
        assert!(!new_enough("3.51.2"));
        assert!(!new_enough("3.9.9"));
        assert!(new_enough("3.51.3"));
        assert!(new_enough("3.53.0"));
        assert!(new_enough("4.0.0"));
    }

    #[test]
    fn the_url_decides_the_database() {
        let of = |text| DatabaseUrl::parse(text, Path::new("/srv/x"));
        assert_eq!(of("sqlite"), Ok(DatabaseUrl::Sqlite("/srv/x/hearth.db".into())));
        assert_eq!(of(""), Ok(DatabaseUrl::Sqlite("/srv/x/hearth.db".into())));
        assert_eq!(of("sqlite:///srv/y.db"), Ok(DatabaseUrl::Sqlite("/srv/y.db".into())));
        assert_eq!(of("y.db"), Ok(DatabaseUrl::Sqlite("y.db".into())));
        assert!(!of("postgres://h/db").unwrap().is_sqlite());
        assert_eq!(of("mysql://h/db"), Err("mysql".into()));
        assert_eq!(of("Postgres://h/db"), Err("Postgres".into()));
    }
}
