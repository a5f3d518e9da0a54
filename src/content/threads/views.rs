//! Views: distinct viewers of a day, told apart by a daily-salted hash that is never stored, gathered in
//! memory and written in batches.

use std::collections::{BTreeMap, HashSet};
use std::sync::Mutex;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use super::store;
use crate::base::ids::ThreadId;
use crate::base::time::UtcTime;
use crate::content::heat;
use crate::infra::db::{Conn, Db, DbError};

/// Viewers remembered per day on one node; beyond that views are not told apart and not counted.
const REMEMBERED: usize = 1_000_000;

/// Parts of agent names that browsers of people do not have.
const MACHINES: [&str; 14] = [
    "bot",
    "crawl",
    "spider",
    "slurp",
    "fetch",
    "curl",
    "wget",
    "python",
    "java/",
    "go-http",
    "headless",
    "lighthouse",
    "preview",
    "monitor",
];

/// True for agents that do not look like a person's browser.
pub fn is_machine(agent: &str) -> bool {
    let agent = agent.to_ascii_lowercase();
    !agent.contains("mozilla") || MACHINES.iter().any(|m| agent.contains(m))
}

#[derive(Default)]
struct Gathered {
    day: i64,
    seen: HashSet<(i64, u64)>,
    counts: BTreeMap<(ThreadId, i64), i64>,
}

/// The views that have not been written yet.
pub struct ViewBuffer {
    key: [u8; 32],
    gathered: Mutex<Gathered>,
}

impl ViewBuffer {
    /// `key` makes the hashes this site's own.
    pub fn new(key: [u8; 32]) -> Self {
        Self { key, gathered: Mutex::new(Gathered::default()) }
    }

    fn fingerprint(&self, day: i64, address: &str, agent: &str) -> u64 {
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(&self.key) else { return 0 };
        for part in [&day.to_le_bytes()[..], address.as_bytes(), &[0], agent.as_bytes()] {
            mac.update(part);
        }
        let bytes = mac.finalize().into_bytes();
        bytes.iter().take(8).fold(0, |sum, b| (sum << 8) | u64::from(*b))
    }

    /// Notes that somebody at `address` with `agent` looks at `thread`.
    pub fn saw(&self, thread: ThreadId, address: &str, agent: &str, now: UtcTime) {
        if is_machine(agent) {
            return;
        }
        let day = now.day();
        let viewer = self.fingerprint(day, address, agent);
        let mut gathered = self.gathered.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if gathered.day != day {
            gathered.day = day;
            gathered.seen.clear();
        }
        if gathered.seen.len() < REMEMBERED && gathered.seen.insert((thread.0, viewer)) {
            *gathered.counts.entry((thread, day)).or_default() += 1;
        }
    }

    /// Writes what was gathered, by ascending thread; what could not be written is kept for the next time.
    pub fn flush(&self, db: &Db) -> Result<usize, DbError> {
        let counts = {
            let mut gathered = self.gathered.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
            std::mem::take(&mut gathered.counts)
        };
        if counts.is_empty() {
            return Ok(0);
        }
        let batch = counts.clone();
        match db.write_now(move |c| write(c, &batch)) {
            Ok(()) => Ok(counts.len()),
            Err(error) => {
                let mut gathered = self.gathered.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
                for (key, n) in counts {
                    *gathered.counts.entry(key).or_default() += n;
                }
                Err(error)
            }
        }
    }
}

/// Adds viewers by (thread, day) to counters and heat.
pub fn write(conn: &mut Conn, counts: &BTreeMap<(ThreadId, i64), i64>) -> Result<(), DbError> {
    let scale = super::service::scale(conn)?;
    for ((id, day), viewers) in counts {
        let Some(mut thread) = store::lock(conn, *id)? else { continue };
        let term = heat::store::add_views(conn, scale, *id, *day, *viewers)?;
        thread.heat = heat::model::add(thread.heat, term);
        thread.views += viewers;
        // Views do not make a new version: they are no change of content.
        thread.version -= 1;
        store::save(conn, &thread)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::time::DAY;

    const BROWSER: &str = "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0";

    #[test]
    fn machines_are_not_viewers() {
        assert!(is_machine("Googlebot/2.1"));
        assert!(is_machine("Mozilla/5.0 (compatible; bingbot/2.0)"));
        assert!(is_machine("curl/8"));
        assert!(!is_machine(BROWSER));
    }

    #[test]
    fn a_viewer_counts_once_a_day() {
        let buffer = ViewBuffer::new([1; 32]);
        let now = UtcTime(100 * DAY);
        for _ in 0..3 {
            buffer.saw(ThreadId(1), "10.0.0.1", BROWSER, now);
        }
        buffer.saw(ThreadId(1), "10.0.0.2", BROWSER, now);
        buffer.saw(ThreadId(1), "10.0.0.1", BROWSER, now.plus(DAY));
        buffer.saw(ThreadId(1), "10.0.0.1", "curl/8", now);
        let gathered = buffer.gathered.lock().unwrap();
        assert_eq!(gathered.counts.get(&(ThreadId(1), 100)), Some(&2));
        assert_eq!(gathered.counts.get(&(ThreadId(1), 101)), Some(&1));
    }
}
