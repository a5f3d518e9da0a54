//! Whether the transaction at work on this thread recorded an activity, so that what follows the log on this
//! node knows of this node's own commits the moment they are made.

use std::cell::Cell;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::memory::Memory;

/// What a transaction has recorded so far.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Told {
    Nothing,
    /// Activities.
    Something,
    /// Among them one that changes what is remembered.
    Frame,
}

thread_local! {
    static TOLD: Cell<Told> = const { Cell::new(Told::Nothing) };
}

/// Says that the open transaction has recorded an activity; `frame`: it changes what every page is framed by.
pub fn tell(frame: bool) {
    TOLD.set(TOLD.get().max(if frame { Told::Frame } else { Told::Something }));
}

/// Counts the commits of this process that recorded activities.
#[derive(Clone, Default)]
pub(super) struct News {
    count: Arc<AtomicU64>,
    memory: Memory,
}

impl News {
    /// Says to `memory` what changes what it holds.
    pub(super) fn new(memory: Memory) -> Self {
        Self { count: Arc::default(), memory }
    }

    /// Before a transaction begins on this thread.
    pub(super) fn begin() {
        TOLD.set(Told::Nothing);
    }

    /// After it was committed, and before anybody hears of that.
    pub(super) fn committed(&self) {
        let told = TOLD.replace(Told::Nothing);
        if told == Told::Frame {
            self.memory.moved();
        }
        if told != Told::Nothing {
            self.count.fetch_add(1, Ordering::AcqRel);
        }
    }

    pub(super) fn count(&self) -> u64 {
        self.count.load(Ordering::Acquire)
    }
}
