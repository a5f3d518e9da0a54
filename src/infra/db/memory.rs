//! What every page needs and what rarely changes, kept in memory while this node knows that it still holds.
//!
//! Three things make a remembered value sound: a commit of this process that changes such things is noted before
//! its writer hears of it ([`super::news`]); the follower of the log notes those of other processes
//! ([`Memory::moved`]); and when the log was not looked at for [`BLIND`], nothing is remembered at all. Only
//! [`super::Db::read`] remembers: what a write decides on comes from the database itself.

use std::any::{Any, TypeId};
use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use diesel::QueryResult;

use super::Conn;
use crate::base::time::{SECOND, UtcTime};
use crate::infra::clock::Clock;

/// After so many microseconds without a look at the log, other processes may have done anything.
pub const BLIND: i64 = SECOND;
/// The longest that a value is remembered, in microseconds.
const LIMIT: i64 = 60 * SECOND;

type Thing = Arc<dyn Any + Send + Sync>;

struct Kept {
    tick: u64,
    since: UtcTime,
    value: Thing,
}

#[derive(Default)]
struct Inner {
    /// None: nobody follows the log for this process, so nothing is remembered.
    clock: OnceLock<Clock>,
    /// Moves with every change of what is remembered.
    tick: AtomicU64,
    /// When the log was last looked at.
    looked: AtomicI64,
    kept: Mutex<HashMap<TypeId, Kept>>,
}

/// What a process remembers of its database. Cheap to clone.
#[derive(Clone, Default)]
pub struct Memory(Arc<Inner>);

/// What was known before a read began.
struct Before {
    memory: Memory,
    tick: u64,
    now: UtcTime,
}

thread_local! {
    static BEFORE: RefCell<Option<Before>> = const { RefCell::new(None) };
}

/// Ends with the read that it was made for.
pub(super) struct Reading(Option<Before>);

impl Drop for Reading {
    fn drop(&mut self) {
        BEFORE.set(self.0.take());
    }
}

impl Memory {
    /// Begins to remember, by `clock`; from now on somebody follows the log.
    pub fn begin(&self, clock: Clock) {
        // A second node on the same doors lives by the same clock.
        let _ = self.0.clock.set(clock);
    }

    /// Something that is remembered has changed, or may have.
    pub fn moved(&self) {
        self.0.tick.fetch_add(1, Ordering::AcqRel);
    }

    /// The log was looked at, and what it told was said to [`Memory::moved`]; `at` is when the look began.
    pub fn looked(&self, at: UtcTime) {
        self.0.looked.store(at.0, Ordering::Release);
    }

    /// Before a read on this thread begins: a snapshot that is taken later holds all that this tick counts.
    pub(super) fn reading(&self) -> Reading {
        let before = self.0.clock.get().map(Clock::now).and_then(|now| {
            let age = now.since(UtcTime(self.0.looked.load(Ordering::Acquire)));
            (0..BLIND).contains(&age).then(|| Before {
                memory: self.clone(),
                tick: self.0.tick.load(Ordering::Acquire),
                now,
            })
        });
        Reading(BEFORE.replace(before))
    }

    fn find<T: Send + Sync + 'static>(&self, tick: u64, now: UtcTime) -> Option<Arc<T>> {
        let kept = self.0.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let held = kept.get(&TypeId::of::<T>())?;
        let sound = held.tick == tick && (0..LIMIT).contains(&now.since(held.since));
        sound.then(|| held.value.clone().downcast().ok()).flatten()
    }

    fn keep<T: Send + Sync + 'static>(&self, tick: u64, since: UtcTime, value: Arc<T>) {
        let mut kept = self.0.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.get(&TypeId::of::<T>()).is_none_or(|held| held.tick <= tick) {
            kept.insert(TypeId::of::<T>(), Kept { tick, since, value });
        }
    }
}

/// What `load` would read: from memory where that is known to hold, otherwise by `load`. The type names the value.
pub fn remembered<T: Send + Sync + 'static>(
    conn: &mut Conn,
    load: impl FnOnce(&mut Conn) -> QueryResult<T>,
) -> QueryResult<Arc<T>> {
    let known = BEFORE.with_borrow(|b| b.as_ref().map(|b| (b.memory.clone(), b.tick, b.now)));
    let Some((memory, tick, now)) = known else { return load(conn).map(Arc::new) };
    if let Some(value) = memory.find(tick, now) {
        return Ok(value);
    }
    let value = Arc::new(load(conn)?);
    memory.keep(tick, now, value.clone());
    Ok(value)
}
