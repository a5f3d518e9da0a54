//! Time is injected: services ask a [`Clock`], tests hold a clock that they move themselves.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use crate::base::time::UtcTime;

/// Where "now" comes from.
#[derive(Debug, Clone, Default)]
pub enum Clock {
    /// The machine's clock.
    #[default]
    System,
    /// A clock that stands still until it is moved.
    Manual(Arc<AtomicI64>),
}

impl Clock {
    /// A clock that shows `at` until [`Clock::advance`] moves it.
    pub fn manual(at: UtcTime) -> Self {
        Self::Manual(Arc::new(AtomicI64::new(at.0)))
    }

    /// The present.
    #[expect(clippy::disallowed_methods, reason = "the one place that reads the machine's clock")]
    pub fn now(&self) -> UtcTime {
        match self {
            Self::System => {
                let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
                UtcTime(since.map_or(0, |d| i64::try_from(d.as_micros()).unwrap_or(i64::MAX)))
            }
            Self::Manual(at) => UtcTime(at.load(Ordering::SeqCst)),
        }
    }

    /// Moves a manual clock by `micros`; does nothing to the system clock.
    pub fn advance(&self, micros: i64) {
        if let Self::Manual(at) = self {
            at.fetch_add(micros, Ordering::SeqCst);
        }
    }
}
