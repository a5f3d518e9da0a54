//! Lays the script out in time: who does what when, from the oldest thread to a few minutes ago. The same
//! script and now give the same plan.

use super::script::{Person, Scene};
use crate::base::actor::Role;
use crate::base::time::{HOUR, SECOND, UtcTime};
use crate::content::curation::Scope;
use crate::infra::random::Random;

/// Who files categories.
pub const ADMINISTRATOR: &str = "helena";
/// Who pins, features and closes.
const MODERATOR: &str = "oskar";
/// Chance is part of the script.
const SEED: u64 = 20_240_229;
const MINUTE: i64 = 60 * SECOND;

/// What somebody does with a thread.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Deed {
    /// Opens it.
    Open,
    /// Says this line.
    Reply(usize),
    /// Likes this line.
    Like(usize),
    /// Accepts this line.
    Accept(usize),
    /// So many people look at it that day.
    View(i64),
    /// Marks it as lasting.
    Feature,
    /// Closes it.
    Close,
    /// Pins it.
    Pin(Scope),
}

/// A deed of somebody at a time.
#[derive(Debug, Clone)]
pub struct Event {
    /// When.
    pub at: UtcTime,
    /// Place of the thread in the script.
    pub scene: usize,
    /// Handle.
    pub actor: &'static str,
    /// What.
    pub deed: Deed,
}

/// Everything that happens, in order.
pub fn events(scenes: &[Scene], people: &[Person], now: UtcTime) -> Vec<Event> {
    let random = Random::seeded(SEED);
    let mut all = Vec::new();
    for (place, scene) in scenes.iter().enumerate() {
        Plan { scene, place, people, now, random: &random, all: &mut all }.lay_out();
    }
    // Stable: what happens at the same instant keeps the order of cause and effect.
    all.sort_by_key(|event| event.at);
    all
}

struct Plan<'a> {
    scene: &'a Scene,
    place: usize,
    people: &'a [Person],
    now: UtcTime,
    random: &'a Random,
    all: &'a mut Vec<Event>,
}

impl Plan<'_> {
    fn add(&mut self, at: UtcTime, actor: &'static str, deed: Deed) {
        // Nothing happens in the last minute, so that nothing lies in the future of a slow clock.
        let at = at.min(self.now.plus(-MINUTE));
        self.all.push(Event { at, scene: self.place, actor, deed });
    }

    fn below(&self, bound: i64) -> i64 {
        self.random.below(bound.unsigned_abs()) as i64
    }

    fn lay_out(&mut self) {
        let times = self.times();
        let opener = self.scene.lines.first().map_or(ADMINISTRATOR, |line| line.author);
        let mut last = self.now;
        for (number, (line, at)) in self.scene.lines.iter().zip(times).enumerate() {
            self.add(at, line.author, if number == 0 { Deed::Open } else { Deed::Reply(number) });
            self.likes(number, at);
            if line.accepted {
                let later = 20 * MINUTE + self.below(5 * HOUR);
                self.add(at.plus(later), opener, Deed::Accept(number));
            }
            let viewers = 4 + self.below(18);
            self.add(at.plus(MINUTE), opener, Deed::View(viewers));
            last = at;
        }
        for mark in &self.scene.marks {
            let deed = match *mark {
                "featured" => Deed::Feature,
                "closed" => Deed::Close,
                "pin-site" => Deed::Pin(Scope::Site),
                "pin" => Deed::Pin(Scope::Category),
                _ => continue,
            };
            let later = 30 * MINUTE + self.below(20 * HOUR);
            self.add(last.plus(later), MODERATOR, deed);
        }
    }

    /// When each line is said: by day and by night, the last some time before now.
    fn times(&self) -> Vec<UtcTime> {
        let gaps: Vec<i64> =
            self.scene.lines.iter().skip(1).map(|_| 12 * MINUTE + self.below(21 * HOUR)).collect();
        let total: i64 = gaps.iter().sum();
        let room = self.scene.age / 10 * 9;
        let mut at = self.now.plus(-self.scene.age);
        let mut times = vec![at];
        for gap in gaps {
            let gap = if total > room { (gap as f64 * room as f64 / total as f64) as i64 } else { gap };
            at = at.plus(gap);
            times.push(at);
        }
        times
    }

    fn likes(&mut self, number: usize, at: UtcTime) {
        let Some(line) = self.scene.lines.get(number) else { return };
        let inside = self.scene.category == "partners";
        let mut crowd: Vec<&'static str> = self
            .people
            .iter()
            .filter(|p| p.handle != line.author && (!inside || p.role >= Role::Expert))
            .map(|p| p.handle)
            .collect();
        for _ in 0..line.likes.min(crowd.len()) {
            let who = crowd.swap_remove(self.random.below(crowd.len() as u64) as usize);
            let later = 5 * MINUTE + self.below(60 * HOUR);
            self.add(at.plus(later), who, Deed::Like(number));
        }
    }
}
