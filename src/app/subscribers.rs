//! The one table of who reads the activity log.
//!
//! | reader | what it keeps | where its cursor is |
//! |---|---|---|
//! | `member_counters` | counters of members | its lease row |
//! | `top_scores` | scores of `/top` | its lease row |
//! | the page cache | which pages have changed | in memory, from the head of the log |
//! | `points` | the ledger, balances, levels | its lease row |
//! | the search index | posts in two indexes | the index's own commit payload |

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use crate::app::Node;
use crate::content::threads::top;
use crate::engage::ledger;
use crate::infra::activity;
use crate::infra::activity::lease::Lease;
use crate::infra::activity::reader::Running;
use crate::infra::activity::sequencer;
use crate::infra::db::{Db, DbError};
use crate::people::profiles;
use crate::reach::search::follow::{self, FollowError};
use crate::reach::search::index::SearchIndex;

/// How long a reader sleeps when nothing wakes it: the bound on noticing another process's writes.
const NAP: Duration = Duration::from_millis(50);
/// The shortest time between two commits of the index, so that a burst shares them.
const INDEX_REST: Duration = Duration::from_millis(150);

/// The readers whose effects are rows, and the sequencer that numbers the log for them.
#[derive(Debug)]
pub struct Followers {
    holder: String,
    sequencer: Option<Lease>,
    readers: Vec<Running>,
}

/// The readers of this node; `holder` names it among the nodes.
pub fn followers(holder: &str) -> Followers {
    let readers = [profiles::READER, top::READER, ledger::reader::READER].map(|r| Running::new(r, holder));
    Followers { holder: holder.to_owned(), sequencer: None, readers: readers.into() }
}

impl Followers {
    /// One step of each; returns how much was done in all.
    pub fn step(&mut self, db: &Db) -> Result<usize, DbError> {
        let mut done = sequencer::step(db, &mut self.sequencer, &self.holder)?;
        for reader in &mut self.readers {
            done += reader.step(db)?;
        }
        Ok(done)
    }
}

/// One step of the page cache.
pub fn pages_step(node: &Node) -> Result<usize, DbError> {
    let mut follow = node.pages_follow.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    follow.step(&node.house.db, &node.pages)
}

/// Activities after which reading all tables is quicker than following the log.
const FAR: i64 = 50_000;

/// One step of the index; builds it anew first when it is new, of another analysis, or far behind.
pub fn index_step(db: &Db, index: &SearchIndex) -> Result<usize, FollowError> {
    let head = db.read_now(|c| activity::head(c).map_err(DbError::from))?;
    if index.needs_rebuild() || head - index.cursor() > FAR {
        tracing::info!("the search index is built from the database");
        let posts = follow::rebuild(db, index, |_, _| {})?;
        tracing::info!(posts, "the search index is ready");
    }
    follow::step(db, index)
}

/// Runs the readers and the index on threads of their own until `stop`.
pub fn start(node: &Node, stop: &Arc<AtomicBool>) -> Vec<std::thread::JoinHandle<()>> {
    let rows = {
        let (node, stop) = (node.clone(), stop.clone());
        std::thread::spawn(move || {
            run(&node.house.db.clone(), &stop, Duration::ZERO, "readers", || {
                let mut followers = node.followers.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
                followers.step(&node.house.db).map_err(|e| e.to_string())
            });
        })
    };
    let index = {
        let (node, stop) = (node.clone(), stop.clone());
        std::thread::spawn(move || {
            let index = node.search.index.clone();
            run(&node.house.db.clone(), &stop, INDEX_REST, "search index", || {
                index_step(&node.house.db, &index).map_err(|e| e.to_string())
            });
        })
    };
    let pages = {
        let (node, stop) = (node.clone(), stop.clone());
        std::thread::spawn(move || {
            run(&node.house.db.clone(), &stop, Duration::ZERO, "page cache", || {
                pages_step(&node).map_err(|e| e.to_string())
            });
        })
    };
    vec![rows, pages, index]
}

/// Steps until nothing is left, then sleeps until a commit of this process or the end of a nap.
fn run(
    db: &Db,
    stop: &AtomicBool,
    rest: Duration,
    name: &str,
    mut step: impl FnMut() -> Result<usize, String>,
) {
    let Ok(runtime) = tokio::runtime::Builder::new_current_thread().enable_time().build() else { return };
    let mut commits = db.commits();
    while !stop.load(Ordering::Relaxed) {
        // A defect in one step must not end the reader for as long as the process lives.
        let stepped = catch_unwind(AssertUnwindSafe(&mut step)).unwrap_or_else(|_| Err("panicked".into()));
        let pause = match stepped {
            Ok(0) => NAP,
            Ok(_) => {
                runtime.block_on(async { tokio::time::sleep(rest).await });
                continue;
            }
            Err(error) => {
                tracing::error!(error, name, "a reader of the log failed and will try again");
                Duration::from_secs(1)
            }
        };
        runtime.block_on(async {
            let _ = tokio::time::timeout(pause, commits.changed()).await;
        });
    }
}
