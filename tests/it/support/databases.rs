//! A database per test, copied from a template that is migrated once per run.

use std::ops::Deref;
use std::path::PathBuf;
use std::sync::OnceLock;

use hearth::infra::db::{DatabaseUrl, Db, DbOptions, migrate};

use super::postgres;

/// An open, migrated, empty database that is gone with the value.
pub struct TestDb {
    db: Option<Db>,
    /// Holds the SQLite file; goes with the value.
    dir: tempfile::TempDir,
}

impl Deref for TestDb {
    type Target = Db;
    fn deref(&self) -> &Db {
        self.db.as_ref().expect("open")
    }
}

impl TestDb {
    /// A copy of the SQLite template.
    pub fn sqlite() -> Self {
        Self::with(|url| DbOptions { readers: 4, ..DbOptions::new(url) })
    }

    /// A copy of the SQLite template with other options.
    pub fn with(options: impl FnOnce(DatabaseUrl) -> DbOptions) -> Self {
        let dir = tempfile::tempdir().expect("a temporary directory");
        let file = dir.path().join("hearth.db");
        std::fs::copy(sqlite_template(), &file).expect("the template is copied");
        let db = Db::open(&options(DatabaseUrl::Sqlite(file))).expect("the copy opens");
        Self { db: Some(db), dir }
    }

    /// A copy of the PostgreSQL template.
    pub fn postgres() -> Self {
        let options =
            DbOptions { readers: 4, writers: 4, ..DbOptions::new(DatabaseUrl::Pg(postgres::fresh())) };
        Self {
            db: Some(Db::open(&options).expect("the copy opens")),
            dir: tempfile::tempdir().expect("a temporary directory"),
        }
    }
}

impl TestDb {
    /// A directory of this test's own.
    pub fn dir(&self) -> &std::path::Path {
        self.dir.path()
    }
}

impl Drop for TestDb {
    fn drop(&mut self) {
        if let Some(db) = self.db.take()
            && let DatabaseUrl::Pg(url) = db.url().clone()
        {
            drop(db);
            postgres::drop_database(&url);
        }
    }
}

fn sqlite_template() -> &'static PathBuf {
    static TEMPLATE: OnceLock<PathBuf> = OnceLock::new();
    TEMPLATE.get_or_init(|| {
        let dir = tempfile::Builder::new().prefix("hearth-template-").tempdir().expect("a directory").keep();
        let db = Db::open(&DbOptions::new(DatabaseUrl::Sqlite(dir.join("first.db")))).expect("it opens");
        migrate::run(&db).expect("it migrates");
        let copy = dir.join("template.db");
        let mut conn = db.dedicated().expect("a connection");
        let sql = format!("VACUUM INTO '{}'", copy.display());
        diesel::connection::SimpleConnection::batch_execute(&mut conn, &sql).expect("a copy");
        copy
    })
}
