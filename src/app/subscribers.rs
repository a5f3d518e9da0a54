//! The one table of who reads the activity log.
//!
//! | reader | what it keeps | where its cursor is |
//! |---|---|---|
//! | `member_counters` | counters of members | its lease row |
//! | `top_scores` | scores of `/top` | its lease row |
//! | the page cache | which pages have changed | in memory, from the head of the log |
//! | `points` | the ledger, balances, levels | its lease row |
//! | `duplicates` | fingerprints of posts, pairs that look the same | its lease row |
//! | the search index | posts in two indexes | the index's own commit payload |

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use crate::app::Node;
use crate::content::threads::top;
use crate::engage::ledger;
use crate::infra::activity;
use crate::infra::activity::lease::Lease;
use crate::infra::activity::reader::Running;
use crate::infra::activity::sequencer;
use crate::infra::db::{Db, DbError};
use crate::infra::priority::give_way;
use crate::people::profiles;
use crate::reach::duplicates;
use crate::reach::search::follow::{self, FollowError};
use crate::reach::search::index::{IndexError, SearchIndex, Standing};

/// How long a reader sleeps at first when nothing wakes it, and the page cache always: what it may serve depends on
/// when it last looked.
const NAP: Duration = Duration::from_millis(50);
/// How long the others sleep after a while without news: with [`INDEX_REST`] the bound on noticing another process's
/// writes, of which two in a row (numbering, then reading) stay within a second.
const LONG_NAP: Duration = Duration::from_millis(250);
/// The shortest time between two commits of the index, so that a burst shares them.
const INDEX_REST: Duration = Duration::from_millis(150);

/// The readers whose effects are rows, and the sequencer that numbers the log for them. Each runs by itself, so that
/// on SQLite their small writes share commits, on PostgreSQL they do not wait for each other, and nowhere does a slow
/// one hold up the rest.
#[derive(Debug)]
pub struct Followers {
    holder: String,
    sequencer: Mutex<Option<Lease>>,
    readers: Vec<Mutex<Running>>,
}

/// The readers of this node; `holder` names it among the nodes.
pub fn followers(holder: &str) -> Followers {
    let readers = [profiles::READER, top::READER, ledger::reader::READER, duplicates::READER]
        .map(|r| Mutex::new(Running::new(r, holder)));
    Followers { holder: holder.to_owned(), sequencer: Mutex::new(None), readers: readers.into() }
}

impl Followers {
    /// One step of each; returns how much was done in all.
    pub fn step(&self, db: &Db) -> Result<usize, DbError> {
        let mut done = self.number(db)?;
        for reader in &self.readers {
            done += held(reader).step(db)?;
        }
        Ok(done)
    }

    fn number(&self, db: &Db) -> Result<usize, DbError> {
        sequencer::step(db, &mut held(&self.sequencer), &self.holder)
    }
}

fn held<T>(of: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    of.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

/// One step of the page cache.
pub fn pages_step(node: &Node) -> Result<usize, DbError> {
    held(&node.pages_follow).step(&node.house.db, &node.house.clock, &node.pages)
}

/// Activities after which reading all tables is quicker than following the log.
const FAR: i64 = 50_000;

/// Whether the index is so far behind that building it from the tables is quicker.
fn is_far(db: &Db, index: &SearchIndex) -> Result<bool, FollowError> {
    let head = db.read_now(|c| activity::head(c).map_err(DbError::from))?;
    Ok(head - index.cursor() > FAR)
}

/// Builds the index from the tables when it is new, damaged, of another analysis, or far behind. It keeps answering
/// meanwhile; `stop` ends it in the middle.
fn build_step(db: &Db, index: &SearchIndex, stop: &AtomicBool) -> Result<usize, FollowError> {
    index.examine()?;
    if index.standing() == Standing::Complete && !is_far(db, index)? {
        return Ok(0);
    }
    tracing::info!("the search index is built from the database");
    match follow::rebuild(db, index, |_, _| !stop.load(Ordering::Relaxed)) {
        // Somebody asked for the same, or the next start begins anew.
        Err(FollowError::Index(IndexError::Rebuilding) | FollowError::GivenUp) => Ok(0),
        built => {
            tracing::info!(posts = built?, "the search index is ready");
            Ok(1)
        }
    }
}

/// One step of an index that has something to follow from; one that is far behind waits for the new one.
fn follow_step(db: &Db, index: &SearchIndex) -> Result<usize, FollowError> {
    if index.standing() == Standing::Empty || is_far(db, index)? {
        return Ok(0);
    }
    match follow::step(db, index) {
        // A new one has taken over in the middle; the next step goes on from where that stands.
        Err(FollowError::Index(IndexError::CursorMoved { .. })) => Ok(1),
        stepped => stepped,
    }
}

/// One step of the index, with building it first when that is called for.
pub fn index_step(db: &Db, index: &SearchIndex) -> Result<usize, FollowError> {
    build_step(db, index, &AtomicBool::new(false))?;
    follow::step(db, index)
}

/// Runs the readers and the index on threads of their own until `stop`.
pub fn start(node: &Node, stop: &Arc<AtomicBool>) -> Vec<std::thread::JoinHandle<()>> {
    let mut threads = vec![
        on_its_own(node, stop, "page cache", PAGES, pages_step),
        on_its_own(node, stop, "search index", INDEX, |node| follow_step(&node.house.db, &node.search.index)),
        on_its_own(node, stop, "search index builder", BUILD, {
            let stop = Arc::clone(stop);
            move |node| build_step(&node.house.db, &node.search.index, &stop)
        }),
    ];
    if !node.house.db.url().is_sqlite() {
        threads
            .push(on_its_own(node, stop, "sequencer", EAGER, |node| node.followers.number(&node.house.db)));
    }
    for (n, reader) in node.followers.readers.iter().enumerate() {
        let name = held(reader).name();
        threads.push(on_its_own(node, stop, name, EAGER, move |node| match node.followers.readers.get(n) {
            Some(reader) => held(reader).step(&node.house.db),
            None => Ok(0),
        }));
    }
    threads
}

fn on_its_own<E: std::fmt::Display>(
    node: &Node,
    stop: &Arc<AtomicBool>,
    name: &'static str,
    pace: Pace,
    step: impl Fn(&Node) -> Result<usize, E> + Send + 'static,
) -> std::thread::JoinHandle<()> {
    let (node, stop) = (node.clone(), stop.clone());
    std::thread::spawn(move || {
        if pace.gives_way {
            give_way();
        }
        run(&node.house.db, &stop, pace, name, || step(&node).map_err(|e| e.to_string()));
    })
}

/// How a reader spends its time.
#[derive(Debug, Clone, Copy)]
struct Pace {
    /// Between two steps that found something.
    rest: Duration,
    /// At the longest, when there is nothing to do.
    nap: Duration,
    /// Whether readers of pages go first.
    gives_way: bool,
}

const EAGER: Pace = Pace { rest: Duration::ZERO, nap: LONG_NAP, gives_way: false };
/// While the page cache is behind, nothing is served from it.
const PAGES: Pace = Pace { nap: NAP, ..EAGER };
/// What was written is to be found within a second, however busy the machine is.
const INDEX: Pace = Pace { rest: INDEX_REST, ..EAGER };
const BUILD: Pace = Pace { gives_way: true, ..EAGER };

/// Steps until nothing is left, then sleeps until a commit of this process or the end of a nap. Naps grow while
/// nothing happens.
fn run(db: &Db, stop: &AtomicBool, pace: Pace, name: &str, mut step: impl FnMut() -> Result<usize, String>) {
    let Ok(runtime) = tokio::runtime::Builder::new_current_thread().enable_time().build() else { return };
    let mut commits = db.commits();
    let mut nap = NAP;
    while !stop.load(Ordering::Relaxed) {
        // A defect in one step must not end the reader for as long as the process lives.
        let stepped = catch_unwind(AssertUnwindSafe(&mut step)).unwrap_or_else(|_| Err("panicked".into()));
        let pause = match stepped {
            Ok(0) => nap,
            Ok(_) => {
                nap = NAP;
                runtime.block_on(async { tokio::time::sleep(pace.rest).await });
                continue;
            }
            Err(error) => {
                tracing::error!(error, name, "a reader of the log failed and will try again");
                Duration::from_secs(1)
            }
        };
        let woken = runtime.block_on(async { tokio::time::timeout(pause, commits.changed()).await.is_ok() });
        nap = if woken { NAP } else { (nap * 2).min(pace.nap) };
    }
}
