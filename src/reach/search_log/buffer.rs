//! Searches and clicks that wait to be written. Bounded: what does not fit is not noted, and nobody waits.

use std::collections::{BTreeMap, HashSet};
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::mask::{MAIL, NUMBER, mask};
use super::model::{Asker, Noted, POSITIONS};
use super::store;
use crate::content::threads::views::is_machine;
use crate::infra::db::{Db, DbError};
use crate::infra::random::Random;

/// Searches, and clicks, that wait at most.
const WAITING: usize = 10_000;
/// How often a click is tried to be written: its search may be waiting on another node.
const TRIES: u8 = 4;
/// Characters of a public id.
const ID: usize = 16;

#[derive(Default)]
struct Waiting {
    searches: Vec<(String, Noted)>,
    /// Position, and how often its search was looked for.
    clicks: BTreeMap<String, (i16, u8)>,
}

/// The log of searches of this node.
pub struct SearchLog {
    random: Random,
    waiting: Mutex<Waiting>,
}

impl SearchLog {
    /// An empty one; `random` names the searches.
    pub fn new(random: Random) -> Self {
        Self { random, waiting: Mutex::default() }
    }

    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes a search and answers with its public id; an empty one when it is not noted: machines ask for
    /// themselves, and nothing may be left of a text once it is masked.
    pub fn note(&self, noted: Noted) -> String {
        let machine = matches!(&noted.asker, Asker::Network { agent, .. } if is_machine(agent));
        let text = mask(&noted.text);
        // A query that was all mail addresses and numbers says nothing once they are masked.
        let says = text.replace(MAIL, "").replace(NUMBER, "").chars().any(char::is_alphanumeric);
        if machine || !says {
            return String::new();
        }
        let mut waiting = self.waiting();
        if waiting.searches.len() >= WAITING {
            return String::new();
        }
        let id = self.random.public_id();
        waiting.searches.push((id.clone(), Noted { text, ..noted }));
        id
    }

    /// Notes that the result at `position` of the search `id` was opened. The first one counts; what is no search
    /// of ours is forgotten.
    pub fn clicked(&self, id: &str, position: i16) {
        let ours = id.len() == ID && id.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
        let mut waiting = self.waiting();
        if ours && POSITIONS.contains(&position) && waiting.clicks.len() < WAITING {
            waiting.clicks.entry(id.to_owned()).or_insert((position, 0));
        }
    }

    /// Writes what waits; what could not be written is kept for the next time.
    pub fn flush(&self, db: &Db) -> Result<usize, DbError> {
        let Waiting { searches, clicks } = std::mem::take(&mut *self.waiting());
        if searches.is_empty() && clicks.is_empty() {
            return Ok(0);
        }
        let (random, batch) = (self.random.clone(), searches.clone());
        let positions: BTreeMap<String, i16> = clicks.iter().map(|(id, (n, _))| (id.clone(), *n)).collect();
        let written = db.write_now(move |c| {
            store::insert(c, &random, &batch)?;
            store::click(c, &positions).map_err(DbError::from)
        });
        match written {
            Ok(known) => {
                self.try_again(Vec::new(), clicks, &known);
                Ok(searches.len())
            }
            Err(error) => {
                self.try_again(searches, clicks, &HashSet::new());
                Err(error)
            }
        }
    }

    /// Puts back what was not written, before what came meanwhile.
    fn try_again(
        &self,
        mut searches: Vec<(String, Noted)>,
        clicks: BTreeMap<String, (i16, u8)>,
        known: &HashSet<String>,
    ) {
        let mut waiting = self.waiting();
        searches.append(&mut waiting.searches);
        searches.truncate(WAITING);
        waiting.searches = searches;
        for (id, (position, tries)) in clicks {
            if !known.contains(&id) && tries + 1 < TRIES && waiting.clicks.len() < WAITING {
                waiting.clicks.insert(id, (position, tries + 1));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::ids::MemberId;
    use crate::base::locale::Locale;
    use crate::base::time::UtcTime;

    fn noted(text: &str, asker: Asker) -> Noted {
        Noted { text: text.into(), locale: Locale::En, total: 1, complete: 1, asker, at: UtcTime(0) }
    }

    fn browser(agent: &str) -> Asker {
        Asker::Network { address: "10.0.0.1".into(), agent: agent.into() }
    }

    #[test]
    fn nothing_personal_waits_in_memory_and_no_machine_is_noted() {
        let log = SearchLog::new(Random::seeded(1));
        let id = log.note(noted("ask anna@mail.example or 0912345678", Asker::Member(MemberId(1))));
        assert_eq!(id.len(), ID);
        assert_eq!(log.waiting().searches[0].1.text, "ask [mail] or [number]");
        assert_eq!(log.note(noted("x", browser("Mozilla/5.0 (compatible; bingbot/2.0)"))), "");
        assert_eq!(log.note(noted(" \u{200b}", Asker::Member(MemberId(1)))), "");
        assert_ne!(log.note(noted("x", browser("Mozilla/5.0 Firefox/140.0"))), "");
        assert_eq!(log.waiting().searches.len(), 2);
    }

    #[test]
    fn what_waits_has_an_end() {
        let log = SearchLog::new(Random::seeded(1));
        for _ in 0..WAITING {
            log.note(noted("x", Asker::Member(MemberId(1))));
        }
        assert_eq!(log.note(noted("x", Asker::Member(MemberId(1)))), "");
        assert_eq!(log.waiting().searches.len(), WAITING);
        for (id, position) in
            [("short", 1), ("ABCDEFGHIJKLMNOP", 1), ("abcdefghijklmnop", 0), ("abcdefghijklmnop", 101)]
        {
            log.clicked(id, position);
        }
        assert!(log.waiting().clicks.is_empty());
        log.clicked("abcdefghijklmnop", 2);
        log.clicked("abcdefghijklmnop", 1);
        assert_eq!(log.waiting().clicks["abcdefghijklmnop"].0, 2, "the first counts");
    }
}
