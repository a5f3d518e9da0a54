//! From what was typed to what is scored and needed.

use super::weights as w;
use crate::reach::search::analysis::{ASKS, Analysis, Lexicon, MAX_NEEDS, Question, Unit, Way};
use crate::reach::search::query::{Clause, ParsedQuery};

/// Units beyond these are left out.
const MAX_UNITS: usize = 160;

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
            excluded: negated.filter_map(|clause| analysis.phrase(&clause.text)).collect(),
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
            let before = plan.units.len();
            for clause in group {
                plan.alternative(analysis, lexicon, clause, bit);
            }
            if plan.units.len() > before {
                used += 1;
                plan.needs |= bit;
                plan.musts |= bit;
            }
        }
        plan.units.truncate(MAX_UNITS);
        plan
    }

    /// A phrase in quotes, or one side of an `OR`.
    fn alternative(&mut self, analysis: &Analysis, lexicon: &Lexicon, clause: &Clause, bit: u32) {
        let question =
            if clause.exact { Question::default() } else { analysis.question(&clause.text, lexicon) };
        let single = question.needs == 1;
        self.units.extend(question.units.into_iter().map(|unit| {
            let meets = if single && unit.meets != 0 { bit } else { 0 };
            Unit { meets, ..unit }
        }));
        if !single && let Some(way) = analysis.phrase(&clause.text) {
            let spaced = clause.text.is_ascii();
            let ways = std::iter::once(way).chain(analysis.number(&clause.text)).map(|way| (1.0, way));
            self.units.push(Unit { ways: ways.collect(), weight: 1.0, spaced, meets: bit });
        }
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
                unit.ways.retain(|(_, way)| !way.is_initials());
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
