//! Whether the transaction at work on this thread recorded an activity, so that what follows the log on this
//! node knows of this node's own commits the moment they are made.

use std::cell::Cell;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

thread_local! {
    static TOLD: Cell<bool> = const { Cell::new(false) };
}

/// Says that the open transaction has recorded an activity.
pub fn tell() {
    TOLD.set(true);
}

/// Counts the commits of this process that recorded activities.
#[derive(Debug, Clone, Default)]
pub(super) struct News(Arc<AtomicU64>);

impl News {
    /// Before a transaction begins on this thread.
    pub(super) fn begin() {
        TOLD.set(false);
    }

    /// After it was committed, and before anybody hears of that.
    pub(super) fn committed(&self) {
        if TOLD.replace(false) {
            self.0.fetch_add(1, Ordering::AcqRel);
        }
    }

    pub(super) fn count(&self) -> u64 {
        self.0.load(Ordering::Acquire)
    }
}
