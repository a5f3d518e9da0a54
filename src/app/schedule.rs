//! The one table of periodic work.
//!
//! | work | every |
//! |---|---|
//! | write gathered views, and searches | 5 s |
//! | take up a waiting job | 1 s, on a thread of its own: a job may take hours |
//! | render posts of an older renderer | 1 min |
//! | look for related threads of some that have none | 5 s |
//! | tell the search index of heat that views brought | 10 min |
//! | forget spent limits, sessions, idempotent answers and searches of 90 days ago | 1 h |
//! | expire `/top` scores | 1 h (days end once a day; doing it again changes nothing) |

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use crate::app::{Node, jobs};
use crate::base::time::SECOND;
use crate::content::posts;
use crate::content::threads::top;
use crate::infra::db::{Conn, DbError};
use crate::infra::priority::give_way;
use crate::people::sessions;
use crate::reach::related;
use crate::reach::search::follow;
use crate::reach::search::index::Standing;
use crate::reach::search_log;
use crate::web::{idempotency, limits};

/// Posts rendered anew in one transaction.
const RENDERED: i64 = 50;
/// How long one round of rendering lasts: the other work of this table waits meanwhile.
const RENDERING: Duration = Duration::from_secs(3);

/// How long one round of looking for related threads lasts.
const RELATING: Duration = Duration::from_millis(500);

struct Task {
    name: &'static str,
    every: Duration,
    next: Instant,
    work: fn(&Node) -> Result<(), String>,
}

fn text(error: impl std::fmt::Display) -> String {
    error.to_string()
}

fn write_views(node: &Node) -> Result<(), String> {
    node.views.flush(&node.house.db).map(drop).map_err(text)
}

fn write_searches(node: &Node) -> Result<(), String> {
    node.search_log.flush(&node.house.db).map(drop).map_err(text)
}

/// Small transactions, between which others write; after a while the next round goes on.
fn render(node: &Node) -> Result<(), String> {
    let begun = Instant::now();
    while begun.elapsed() < RENDERING {
        let house = node.house.clone();
        let render = move |c: &mut Conn| posts::service::rerender(c, &house, RENDERED).map_err(DbError::from);
        let done = node.house.db.write_now(render).map_err(text)?;
        if i64::try_from(done).is_ok_and(|n| n < RENDERED) {
            break;
        }
    }
    Ok(())
}

fn relate(node: &Node) -> Result<(), String> {
    let begun = Instant::now();
    while begun.elapsed() < RELATING {
        if related::prepare(&node.house, &node.search, &node.related).map_err(text)? == 0 {
            break;
        }
    }
    Ok(())
}

fn warm(node: &Node) -> Result<(), String> {
    if node.search.index.standing() == Standing::Complete {
        follow::refresh_heat(&node.house.db, &node.search.index).map_err(text)?;
    }
    Ok(())
}

fn forget(node: &Node) -> Result<(), String> {
    let now = node.house.clock.now();
    node.web.soft.forget();
    node.house
        .db
        .write_now(move |c| {
            limits::forget(c, now.0 / SECOND)?;
            idempotency::forget(c, now)?;
            sessions::store::forget(c, now)?;
            search_log::store::forget(c, now)?;
            Ok::<_, DbError>(())
        })
        .map_err(text)
}

fn expire_top(node: &Node) -> Result<(), String> {
    let now = node.house.clock.now();
    node.house.db.write_now(move |c| top::expire(c, now).map_err(DbError::from)).map(drop).map_err(text)
}

/// Runs the table on a thread of its own until `stop`; writes what was gathered a last time then.
pub fn start(node: &Node, stop: &Arc<AtomicBool>) -> std::thread::JoinHandle<()> {
    let (node, stop) = (node.clone(), stop.clone());
    std::thread::spawn(move || {
        give_way();
        let now = Instant::now();
        let task = |name, every, work| Task { name, every: Duration::from_secs(every), next: now, work };
        let mut tasks: [Task; 7] = [
            task("views", 5, write_views),
            task("related", 5, relate),
            task("searches", 5, write_searches),
            task("warm", 600, warm),
            task("render", 60, render),
            task("forget", 3_600, forget),
            task("top", 3_600, expire_top),
        ];
        while !stop.load(Ordering::Relaxed) {
            for task in &mut tasks {
                if Instant::now() >= task.next {
                    task.next = Instant::now() + task.every;
                    if let Err(error) = (task.work)(&node) {
                        tracing::error!(error, task = task.name, "periodic work failed");
                    }
                }
            }
            std::thread::park_timeout(Duration::from_millis(200));
        }
        for (name, write) in [("views", write_views as fn(&Node) -> _), ("searches", write_searches)] {
            if let Err(error) = write(&node) {
                tracing::error!(error, name, "what was gathered last could not be written");
            }
        }
    })
}

/// Takes up jobs, one after the other, until `stop`.
pub fn start_jobs(node: &Node, stop: &Arc<AtomicBool>) -> std::thread::JoinHandle<()> {
    let (node, stop) = (node.clone(), stop.clone());
    std::thread::spawn(move || {
        give_way();
        let mut next = Instant::now();
        while !stop.load(Ordering::Relaxed) {
            if Instant::now() >= next {
                if let Err(error) = jobs::take_up(&node) {
                    tracing::error!(error, "jobs could not be looked for");
                }
                next = Instant::now() + Duration::from_secs(1);
            }
            std::thread::park_timeout(Duration::from_millis(200));
        }
    })
}
