//! Two databases, one code. [`Db::read`] and [`Db::write`] are the only doors; both leave the async threads.
//!
//! A write closure is `Fn` and may run again (group commit and serialisation failures): it must have no side
//! effect but the transaction's. On SQLite all writes go through one thread with group commit; on PostgreSQL
//! each runs on a pooled connection and is retried on 40001 and 40P01.

pub mod among;
mod conn;
mod connect;
pub mod dialect;
mod error;
pub mod memory;
pub mod migrate;
pub mod news;
mod pool;
mod queue;
pub mod schema;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use diesel::prelude::*;
use tokio::sync::watch;

pub use conn::Conn;
pub use connect::DatabaseUrl;
pub use error::{DbError, unique_violation};

use connect::Access;
use memory::Memory;
use news::News;
use pool::Pool;
use queue::WriteQueue;

/// What an error must be to pass through the doors.
pub trait Failure: std::error::Error + From<DbError> + Send + 'static {}
impl<E: std::error::Error + From<DbError> + Send + 'static> Failure for E {}

/// How the doors are built.
#[derive(Debug, Clone)]
pub struct DbOptions {
    /// Where the database is.
    pub url: DatabaseUrl,
    /// Connections kept for reading.
    pub readers: u32,
    /// Connections kept for writing on PostgreSQL.
    pub writers: u32,
    /// Writes that may wait on SQLite before the next is refused.
    pub queue: usize,
    /// How long SQLite waits for another process's write, in milliseconds.
    pub busy_ms: u32,
}

impl DbOptions {
    /// The defaults for a server.
    pub fn new(url: DatabaseUrl) -> Self {
        Self { url, readers: 8, writers: 8, queue: 4096, busy_ms: 5_000 }
    }
}

/// The doors to the database. Cheap to clone.
#[derive(Clone)]
pub struct Db(Arc<Inner>);

struct Inner {
    url: DatabaseUrl,
    readers: Pool,
    writer: Writer,
    commits: watch::Sender<u64>,
    news: News,
    memory: Memory,
}

enum Writer {
    Queue(WriteQueue),
    Pool(Pool),
}

/// Lets diesel's `transaction` speak any room's error.
struct Tx<E>(E);

impl<E: From<DbError>> From<diesel::result::Error> for Tx<E> {
    fn from(error: diesel::result::Error) -> Self {
        Self(E::from(DbError::from(error)))
    }
}

/// Runs `work` as a transaction (a savepoint inside an open one); a panic rolls back and becomes an error.
fn attempt<T, E: Failure>(conn: &mut Conn, work: &dyn Fn(&mut Conn) -> Result<T, E>) -> Result<T, E> {
    conn.transaction(|c| match catch_unwind(AssertUnwindSafe(|| work(c))) {
        Ok(done) => done.map_err(Tx),
        Err(_) => Err(Tx(E::from(DbError::Panicked))),
    })
    .map_err(|Tx(e)| e)
}

/// Attempts on PostgreSQL before a serialisation failure is given back.
const PG_ATTEMPTS: usize = 5;

impl Db {
    /// Opens the pools; does not migrate.
    pub fn open(options: &DbOptions) -> Result<Self, DbError> {
        if let DatabaseUrl::Sqlite(path) = &options.url
            && let Some(dir) = path.parent()
        {
            std::fs::create_dir_all(dir).map_err(|e| DbError::Unavailable(e.to_string()))?;
        }
        let (commits, _) = watch::channel(0);
        let memory = Memory::default();
        let news = News::new(memory.clone());
        let writer = match &options.url {
            DatabaseUrl::Sqlite(_) => {
                let mut conn = connect::open(&options.url, Access::Write, options.busy_ms)?;
                connect::check_version(&mut conn)?;
                Writer::Queue(WriteQueue::start(options, conn, commits.clone(), news.clone()))
            }
            DatabaseUrl::Pg(_) => {
                Writer::Pool(pool::build(&options.url, Access::Write, options.writers, options.busy_ms)?)
            }
        };
        let readers = pool::build(&options.url, Access::Read, options.readers, options.busy_ms)?;
        Ok(Self(Arc::new(Inner { url: options.url.clone(), readers, writer, commits, news, memory })))
    }

    /// Where this database is.
    pub fn url(&self) -> &DatabaseUrl {
        &self.0.url
    }

    /// A counter that moves after every commit of this process; log readers wake by it.
    pub fn commits(&self) -> watch::Receiver<u64> {
        self.0.commits.subscribe()
    }

    /// How many commits of this process recorded activities; moves before the writer hears of the commit.
    pub fn news(&self) -> u64 {
        self.0.news.count()
    }

    /// What this process remembers.
    pub fn memory(&self) -> &Memory {
        &self.0.memory
    }

    /// Reads off the async threads. All queries of one closure see one snapshot on SQLite.
    pub async fn read<T, E, F>(&self, work: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: Failure,
        F: FnOnce(&mut Conn) -> Result<T, E> + Send + 'static,
    {
        let db = self.clone();
        tokio::task::spawn_blocking(move || db.read_now(work))
            .await
            .unwrap_or_else(|_| Err(E::from(DbError::Panicked)))
    }

    /// [`Db::read`] for threads that may block.
    pub fn read_now<T, E, F>(&self, work: F) -> Result<T, E>
    where
        E: Failure,
        F: FnOnce(&mut Conn) -> Result<T, E>,
    {
        let mut conn = pool::get(&self.0.readers).map_err(E::from)?;
        let _reading = self.0.memory.reading();
        match &mut *conn {
            Conn::Sqlite(_) => conn.transaction(|c| work(c).map_err(Tx)).map_err(|Tx(e)| e),
            Conn::Pg(_) => work(&mut conn),
        }
    }

    /// Writes in one transaction off the async threads; returns after the commit.
    pub async fn write<T, E, F>(&self, work: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: Failure,
        F: Fn(&mut Conn) -> Result<T, E> + Send + 'static,
    {
        match &self.0.writer {
            Writer::Queue(queue) => queue
                .push(work)
                .map_err(E::from)?
                .await
                .unwrap_or_else(|_| Err(E::from(DbError::CommitFailed))),
            Writer::Pool(_) => {
                let db = self.clone();
                tokio::task::spawn_blocking(move || db.write_now(work))
                    .await
                    .unwrap_or_else(|_| Err(E::from(DbError::Panicked)))
            }
        }
    }

    /// [`Db::write`] for threads that may block.
    pub fn write_now<T, E, F>(&self, work: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: Failure,
        F: Fn(&mut Conn) -> Result<T, E> + Send + 'static,
    {
        match &self.0.writer {
            Writer::Queue(queue) => queue
                .push(work)
                .map_err(E::from)?
                .blocking_recv()
                .unwrap_or_else(|_| Err(E::from(DbError::CommitFailed))),
            Writer::Pool(pool) => {
                let mut conn = pool::get(pool).map_err(E::from)?;
                let mut left = PG_ATTEMPTS;
                loop {
                    left -= 1;
                    News::begin();
                    match attempt(&mut conn, &work) {
                        Err(e) if left > 0 && error::retryable(&e) => {}
                        done => {
                            self.0.news.committed();
                            metrics::counter!(crate::infra::telemetry::COMMITS).increment(1);
                            metrics::counter!(crate::infra::telemetry::WRITES).increment(1);
                            self.0.commits.send_modify(|n| *n += 1);
                            return done;
                        }
                    }
                }
            }
        }
    }

    /// One dedicated connection outside the pools, for migrations, `VACUUM INTO` and the like.
    pub fn dedicated(&self) -> Result<Conn, DbError> {
        connect::open(&self.0.url, Access::Write, 60_000)
    }
}
