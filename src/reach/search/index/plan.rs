//! From what was typed to what is scored and needed.

use super::weights as w;
use crate::reach::search::analysis::{ASKS, Analysis, Lexicon, MAX_NEEDS, Question, Unit, Way};
use crate::reach::search::query::{Clause, ParsedQuery};

/// Units beyond these are left out.
const MAX_UNITS: usize = 160;

/// What must not be there: in quotes as it stands, otherwise also in the forms in which it would have been found.
fn excluded(analysis: &Analysis, clause: &Clause) -> Option<Way> {
    if clause.exact { analysis.phrase(&clause.text) } else { analysis.word_way(&clause.text) }
}

/// A query ready to be run.
pub(super) struct Plan {
    /// What scores, as typed or the rarest first.
    pub units: Vec<Unit>,
    /// Needs that a thread should meet, a bit each.
    pub needs: u32,
    /// Those among them that it must meet: phrases in quotes.
    pub musts: u32,
    /// What must not stand in a post or a title.
    pub excluded: Vec<Way>,
    /// Words that only ask, which nothing needs.
    asks: u32,
    /// Whether words were typed at all, even such as give no terms.
    pub typed: bool,
}

impl Plan {
    /// Analyses what was typed.
    pub fn new(analysis: &Analysis, lexicon: &Lexicon, parsed: &ParsedQuery) -> Self {
        let negated = parsed.clauses.iter().filter(|clause| clause.negated);
        let Question { units, needs, asks } = analysis.question(&parsed.words(), lexicon);
        let mut plan = Self {
            units,
            needs: if needs == 0 { 0 } else { u32::MAX >> (32 - needs) },
            musts: 0,
            excluded: negated.filter_map(|clause| excluded(analysis, clause)).collect(),
            asks: u32::try_from(asks).unwrap_or(u32::MAX),
            typed: parsed.clauses.iter().any(|clause| !clause.negated),
        };
        let mut used = needs;
        for group in parsed.groups() {
            let plain = matches!(group, [only] if !only.exact);
            if plain || group.iter().any(|clause| clause.negated) || used >= MAX_NEEDS {
                continue;
            }
            let bit = 1 << used;
            let ways: Vec<(f32, Way)> = group
                .iter()
                .flat_map(|clause| analysis.alternative(&clause.text, clause.exact, lexicon))
                .collect();
            if !ways.is_empty() {
                let spaced = group.iter().all(|clause| clause.text.is_ascii());
                let either = group.len() > 1;
                plan.units.push(Unit { ways, weight: 1.0, spaced, meets: bit, either });
                used += 1;
                plan.needs |= bit;
                plan.musts |= bit;
            }
        }
        plan.units.truncate(MAX_UNITS);
        plan
    }

    /// Leaves out what tells nothing beside the rest, rarest first; `cost` gives the public postings of a unit.
    ///
    /// # Errors
    /// What `cost` gives.
    pub fn trim<E>(&mut self, posts: u64, cost: impl Fn(&Unit) -> Result<u64, E>) -> Result<(), E> {
        let mut priced = Vec::with_capacity(self.units.len());
        for mut unit in self.units.drain(..) {
            let cost = cost(&unit)?;
            // Letters that stand here and there are most likely parts of codes.
            if cost >= w::WRITTEN {
                unit.ways.retain(|(_, way)| !matches!(way, Way::Initials(_)));
            }
            priced.push((cost, unit));
        }
        let common = |cost: u64| posts >= w::ENOUGH_POSTS && cost * w::COMMON > posts;
        let telling = priced.iter().any(|(cost, unit)| !common(*cost) && unit.meets & !ASKS != 0);
        priced.sort_by_key(|(cost, _)| *cost);
        let abundant = self.is_abundant(&priced);
        let mut kept = 0;
        let (mut spent, mut helped) = (0, 0);
        for (cost, unit) in priced {
            let must = unit.meets & self.musts != 0;
            let helps = unit.meets & (self.needs | ASKS) == 0;
            let first = self.units.is_empty();
            let idle = abundant && helps;
            let dear = idle || spent + cost > w::POSTINGS || helps && helped + cost > w::HELPERS;
            if !must && !first && (telling && common(cost) || dear) {
                continue;
            }
            spent += cost;
            helped += if helps { cost } else { 0 };
            kept |= unit.meets;
            self.units.push(unit);
        }
        self.needs &= kept;
        Ok(())
    }

    /// Whether so many posts hold each thing that is needed that its parts find nothing that will be shown.
    fn is_abundant(&self, priced: &[(u64, Unit)]) -> bool {
        let most = |bit: u32| {
            let meeting = priced.iter().filter(|(_, unit)| unit.meets & 1 << bit != 0);
            meeting.map(|(cost, _)| *cost).max().unwrap_or(0)
        };
        (0..32).filter(|bit| self.needs & 1 << bit != 0).all(|bit| most(bit) >= w::ABUNDANT)
    }

    /// Whether a thread that meets `meets` holds everything.
    pub fn is_complete(&self, meets: u32) -> bool {
        meets & self.needs == self.needs
    }

    /// Whether the query is so short that threads with all of it come first.
    pub fn is_short(&self) -> bool {
        self.needs.count_ones().saturating_add(self.asks) <= w::SHORT
    }
}
