//! Pages that are being drawn right now: whoever asks for the same page meanwhile waits for that drawing instead
//! of drawing it again.
//!
//! A drawing is shared only between requests of one tick of the cache: nothing at all has moved between its
//! beginning and the arrival of those who wait, so what it shows is as new as what they would draw.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::watch;

use super::{Entry, Key};

/// What became of a drawing.
#[derive(Clone)]
pub enum Landing {
    /// A page that is kept.
    Kept(Arc<Entry>),
    /// Nothing that others may have: an error, a redirect, a page of one's own.
    Unkept,
}

type Told = Option<Landing>;

struct Flight {
    tick: u64,
    landing: watch::Receiver<Told>,
}

/// The drawings under way.
#[derive(Clone, Default)]
pub struct Flights(Arc<Mutex<HashMap<Key, Flight>>>);

/// The part of one request.
pub enum Boarding {
    /// It draws, for others too.
    Leads(Lead),
    /// It waits for another.
    Waits(Wait),
}

impl Flights {
    /// Joins the drawing of `key` that began at `tick`, or begins one.
    pub fn board(&self, key: &Key, tick: u64) -> Boarding {
        let mut flights = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(flight) = flights.get(key).filter(|f| f.tick == tick) {
            return Boarding::Waits(Wait(flight.landing.clone()));
        }
        let (told, landing) = watch::channel(None);
        flights.insert(key.clone(), Flight { tick, landing });
        Boarding::Leads(Lead { flights: self.clone(), key: key.clone(), tick, told })
    }

    /// How many are under way.
    pub fn len(&self) -> usize {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).len()
    }

    /// True when none is.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// Draws for all who wait. Dropped without a word (its reader went away), it lets the next of them draw.
pub struct Lead {
    flights: Flights,
    key: Key,
    /// The tick at which it began.
    pub tick: u64,
    told: watch::Sender<Told>,
}

impl Lead {
    /// Says what became of it.
    pub fn land(self, landing: Landing) {
        // Nobody may be waiting.
        let _ = self.told.send(Some(landing));
    }
}

impl Drop for Lead {
    fn drop(&mut self) {
        let mut flights = self.flights.0.lock().unwrap_or_else(PoisonError::into_inner);
        // A later drawing of the same page may have taken the place.
        if flights.get(&self.key).is_some_and(|f| f.tick == self.tick) {
            flights.remove(&self.key);
        }
    }
}

/// Waits for somebody else's drawing.
pub struct Wait(watch::Receiver<Told>);

impl Wait {
    /// What became of it; nothing when whoever drew went away.
    pub async fn landing(mut self) -> Option<Landing> {
        let told = self.0.wait_for(Option::is_some).await.ok()?;
        told.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(target: &str) -> Key {
        Key { target: target.into(), locale: None, theme: None, put_away: None }
    }

    fn lead(boarding: Boarding) -> Lead {
        match boarding {
            Boarding::Leads(lead) => lead,
            Boarding::Waits(_) => panic!("waits"),
        }
    }

    fn wait(boarding: Boarding) -> Wait {
        match boarding {
            Boarding::Waits(wait) => wait,
            Boarding::Leads(_) => panic!("leads"),
        }
    }

    #[tokio::test]
    async fn those_of_one_tick_share_a_drawing() {
        let flights = Flights::default();
        let first = lead(flights.board(&key("/a"), 1));
        let second = wait(flights.board(&key("/a"), 1));
        drop(lead(flights.board(&key("/b"), 1)));
        let later = lead(flights.board(&key("/a"), 2));
        let third = wait(flights.board(&key("/a"), 2));
        first.land(Landing::Unkept);
        assert!(matches!(second.landing().await, Some(Landing::Unkept)));
        assert_eq!(flights.len(), 1, "the later drawing keeps its place");
        drop(later);
        assert!(third.landing().await.is_none());
        assert!(flights.is_empty());
    }

    #[tokio::test]
    async fn who_gives_up_lets_the_next_draw() {
        let flights = Flights::default();
        let first = lead(flights.board(&key("/a"), 1));
        let waiting = wait(flights.board(&key("/a"), 1));
        drop(first);
        assert!(waiting.landing().await.is_none());
        lead(flights.board(&key("/a"), 1)).land(Landing::Unkept);
    }
}
