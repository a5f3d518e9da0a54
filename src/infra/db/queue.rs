//! SQLite's one writer: a thread that commits many waiting writes with one fsync.
//!
//! Each queued closure runs in a savepoint inside one `BEGIN IMMEDIATE … COMMIT`; answers leave only after
//! the commit. When the commit fails, or SQLite gave the whole transaction up, nobody is told yes: each
//! closure runs once more alone, and what fails again is refused.

use std::sync::mpsc::{self, Receiver, SyncSender, TrySendError};
use std::time::{Duration, Instant};

use diesel::connection::{AnsiTransactionManager, SimpleConnection, TransactionManager};
use tokio::sync::{oneshot, watch};

use super::connect::{self, Access};
use super::news::News;
use super::{Conn, DbError, DbOptions, Failure, attempt};
use crate::infra::telemetry::{COMMITS, WRITES};

/// Closures that share one commit at the most.
const BATCH: usize = 256;
/// Work that shares one commit at the most.
const BATCH_AGE: Duration = Duration::from_millis(5);

trait Job: Send {
    fn run(&mut self, conn: &mut Conn);
    fn answer(self: Box<Self>, committed: bool);
}

struct Write<T, E, F> {
    work: F,
    result: Option<Result<T, E>>,
    reply: oneshot::Sender<Result<T, E>>,
}

impl<T, E, F> Job for Write<T, E, F>
where
    T: Send,
    E: Failure,
    F: Fn(&mut Conn) -> Result<T, E> + Send,
{
    fn run(&mut self, conn: &mut Conn) {
        self.result = Some(attempt(conn, &self.work));
    }

    fn answer(self: Box<Self>, committed: bool) {
        let result = match self.result {
            // A refusal wrote nothing, so it stands whatever became of the batch.
            Some(Err(e)) => Err(e),
            Some(Ok(value)) if committed => Ok(value),
            _ => Err(E::from(DbError::CommitFailed)),
        };
        // The asker may have gone away; the write stands all the same.
        drop(self.reply.send(result));
    }
}

/// The sending end.
pub(super) struct WriteQueue(SyncSender<Box<dyn Job>>);

impl WriteQueue {
    pub(super) fn start(options: &DbOptions, conn: Conn, commits: watch::Sender<u64>, news: News) -> Self {
        let (send, receive) = mpsc::sync_channel(options.queue);
        let writer = Thread { options: options.clone(), conn: Some(conn), commits, news };
        // A detached thread: it ends by itself when the last sender is gone.
        std::thread::spawn(move || writer.serve(&receive));
        Self(send)
    }

    pub(super) fn push<T, E, F>(&self, work: F) -> Result<oneshot::Receiver<Result<T, E>>, DbError>
    where
        T: Send + 'static,
        E: Failure,
        F: Fn(&mut Conn) -> Result<T, E> + Send + 'static,
    {
        let (reply, answer) = oneshot::channel();
        match self.0.try_send(Box::new(Write { work, result: None, reply })) {
            Ok(()) => Ok(answer),
            Err(TrySendError::Full(_)) => Err(DbError::QueueFull),
            Err(TrySendError::Disconnected(_)) => Err(DbError::Unavailable("the writer has stopped".into())),
        }
    }
}

struct Thread {
    options: DbOptions,
    conn: Option<Conn>,
    commits: watch::Sender<u64>,
    news: News,
}

impl Thread {
    fn serve(mut self, jobs: &Receiver<Box<dyn Job>>) {
        while let Ok(first) = jobs.recv() {
            let mut batch = Vec::with_capacity(8);
            let committed = self.commit(|conn| {
                let begun = Instant::now();
                let mut next = Some(first);
                while let Some(mut job) = next.take() {
                    job.run(conn);
                    batch.push(job);
                    if batch.len() < BATCH && begun.elapsed() < BATCH_AGE && whole(conn) {
                        next = jobs.try_recv().ok();
                    }
                }
            });
            if committed {
                metrics::counter!(COMMITS).increment(1);
                metrics::counter!(WRITES).increment(batch.len() as u64);
                for job in batch {
                    job.answer(true);
                }
            } else {
                for mut job in batch {
                    let committed = self.commit(|conn| job.run(conn));
                    job.answer(committed);
                }
            }
            self.commits.send_modify(|n| *n += 1);
        }
    }

    /// Runs `fill` inside one transaction; true when it is durable.
    fn commit(&mut self, fill: impl FnOnce(&mut Conn)) -> bool {
        News::begin();
        let Some(conn) = self.connection() else { return false };
        if let Err(error) = begin(conn) {
            tracing::error!(%error, "cannot begin a write");
            self.conn = None;
            return false;
        }
        fill(conn);
        if !whole(conn) {
            tracing::error!("SQLite gave a batch of writes up");
            self.conn = None;
            return false;
        }
        let Conn::Sqlite(sqlite) = conn else { return false };
        match AnsiTransactionManager::commit_transaction(sqlite) {
            Ok(()) => {
                self.news.committed();
                true
            }
            Err(error) => {
                tracing::error!(%error, "a batch of writes could not be committed");
                self.conn = None;
                false
            }
        }
    }

    fn connection(&mut self) -> Option<&mut Conn> {
        if self.conn.is_none() {
            match connect::open(&self.options.url, Access::Write, self.options.busy_ms) {
                Ok(conn) => self.conn = Some(conn),
                Err(error) => tracing::error!(%error, "the writer cannot reopen the database"),
            }
        }
        self.conn.as_mut()
    }
}

fn begin(conn: &mut Conn) -> diesel::QueryResult<()> {
    match conn {
        Conn::Sqlite(sqlite) => AnsiTransactionManager::begin_transaction_sql(sqlite, "BEGIN IMMEDIATE"),
        Conn::Pg(pg) => pg.batch_execute("BEGIN"),
    }
}

/// True while the outer transaction, and nothing deeper, is open and sound.
fn whole(conn: &mut Conn) -> bool {
    let Conn::Sqlite(sqlite) = conn else { return true };
    AnsiTransactionManager::transaction_manager_status_mut(sqlite)
        .transaction_depth()
        .is_ok_and(|depth| depth.is_some_and(|d| d.get() == 1))
}
