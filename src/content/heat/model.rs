//! The arithmetic of heat. Forward decay after Cormode, Shkapenyuk, Srivastava and Xu, "Forward Decay: A
//! Practical Time Decay Model for Streaming Systems" (ICDE 2009), kept in the logarithm to base 2.

use crate::base::time::{HOUR, UtcTime};

/// t0: 2020-01-01T00:00:00Z in microseconds.
pub const EPOCH: UtcTime = UtcTime(1_577_836_800_000_000);

/// The heat of a thread without engagements: below any heat a thread can have.
pub const FLOOR: f64 = -1.0e9;

/// Factor of the author's own replies, which so weigh 0.2.
pub const OWN_REPLY: f64 = 0.1;

/// Kinds of engagement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// The thread was opened, once, by its author.
    Opened,
    /// A reply.
    Reply,
    /// A like on any of its posts.
    Like,
    /// An answer was accepted.
    Accepted,
    /// The thread was shared.
    Share,
    /// The thread was bookmarked.
    Bookmark,
    /// Distinct viewers of one day, counted in the factor.
    View,
}

impl Kind {
    /// All kinds.
    pub const ALL: [Self; 7] =
        [Self::Opened, Self::Reply, Self::Like, Self::Accepted, Self::Share, Self::Bookmark, Self::View];

    /// The number in the database.
    pub fn code(self) -> i16 {
        match self {
            Self::Opened => 1,
            Self::Reply => 2,
            Self::Like => 3,
            Self::Accepted => 4,
            Self::Share => 5,
            Self::Bookmark => 6,
            Self::View => 7,
        }
    }

    /// The kind of a stored number.
    pub fn from_code(code: i16) -> Option<Self> {
        Self::ALL.into_iter().find(|k| k.code() == code)
    }

    /// The name in locale keys.
    pub fn name(self) -> &'static str {
        match self {
            Self::Opened => "opened",
            Self::Reply => "reply",
            Self::Like => "like",
            Self::Accepted => "accepted",
            Self::Share => "share",
            Self::Bookmark => "bookmark",
            Self::View => "view",
        }
    }

    /// The weight of one engagement.
    pub fn weight(self) -> f64 {
        match self {
            Self::Opened | Self::Accepted => 4.0,
            Self::Reply | Self::Share => 2.0,
            Self::Like | Self::Bookmark => 1.0,
            Self::View => 0.02,
        }
    }
}

/// How fast heat decays.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Scale {
    half_life: f64,
}

impl Scale {
    /// A half-life in hours, at least six: below that doubles lose the precision that the order needs.
    pub fn hours(hours: i64) -> Self {
        Self { half_life: hours.max(6) as f64 * HOUR as f64 }
    }

    /// Half-lives between t0 and `at`.
    pub fn age(self, at: UtcTime) -> f64 {
        at.since(EPOCH) as f64 / self.half_life
    }

    /// One engagement as a term of the sum, in the logarithm; [`FLOOR`] when it weighs nothing.
    pub fn term(self, kind: Kind, factor: f64, at: UtcTime) -> f64 {
        let weight = kind.weight() * factor;
        if weight > 0.0 { weight.log2() + self.age(at) } else { FLOOR }
    }

    /// What `heat` is worth at `now`: the decayed sum of weights, as shown to people.
    pub fn present(self, heat: f64, now: UtcTime) -> f64 {
        if heat <= FLOOR { 0.0 } else { (heat - self.age(now)).exp2() }
    }
}

/// The sum of two terms: `m + log2(2^(a−m) + 2^(b−m))`.
pub fn add(a: f64, b: f64) -> f64 {
    let (high, low) = if a >= b { (a, b) } else { (b, a) };
    if low <= FLOOR { high } else { high + ((low - high).exp2()).ln_1p() * std::f64::consts::LOG2_E }
}

/// `sum` without `term`, or `None` when the sum would fall below its power of two: then recompute from the
/// rows. What rounding has done to a sum stays as it is when the sum shrinks, so many subtractions one after
/// the other would leave little but that; computing anew at each halving keeps it in the last bits. (That
/// half of the sum remains each time would not do: sixty such steps lose every digit.)
pub fn subtract(sum: f64, term: f64) -> Option<f64> {
    let gone = (term - sum).exp2();
    if gone >= 0.5 {
        return None;
    }
    let left = sum + (-gone).ln_1p() * std::f64::consts::LOG2_E;
    (left.floor() >= sum.floor()).then_some(left)
}

/// The sum of many terms, exact to the last bits whatever their order.
pub fn sum(terms: impl IntoIterator<Item = f64>) -> f64 {
    let terms: Vec<f64> = terms.into_iter().filter(|t| *t > FLOOR).collect();
    let Some(high) = terms.iter().copied().reduce(f64::max) else { return FLOOR };
    high + terms.iter().map(|t| (t - high).exp2()).sum::<f64>().log2()
}

/// Length of the bar beside a thread in a list, in steps 0..=10: each halving below the page's hottest takes
/// one step off, so it does not age in a cached page.
pub fn bar(heat: f64, hottest: f64) -> u8 {
    if heat <= FLOOR { 0 } else { (10.0 - (hottest - heat)).clamp(1.0, 10.0).round() as u8 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::time::DAY;

    #[test]
    fn half_a_life_later_it_is_worth_half() {
        let scale = Scale::hours(96);
        let heat = scale.term(Kind::Opened, 1.0, EPOCH);
        assert!((scale.present(heat, EPOCH) - 4.0).abs() < 1e-12);
        assert!((scale.present(heat, EPOCH.plus(4 * DAY)) - 2.0).abs() < 1e-12);
        assert!(scale.present(FLOOR, EPOCH).abs() < f64::EPSILON);
    }

    #[test]
    fn adding_then_subtracting_gives_back() {
        let scale = Scale::hours(96);
        let big = scale.term(Kind::Opened, 1.0, EPOCH.plus(30 * DAY));
        let small = scale.term(Kind::Like, 1.0, EPOCH.plus(29 * DAY));
        let both = add(big, small);
        assert!((subtract(both, small).unwrap() - big).abs() < 1e-12);
        assert_eq!(subtract(both, big), None, "too little would remain");
        assert!((sum([small, big]) - both).abs() < 1e-12);
        assert!((add(FLOOR, big) - big).abs() < f64::EPSILON);
        assert!((sum([]) - FLOOR).abs() < f64::EPSILON);
    }

    #[test]
    fn the_bar_shrinks_with_each_halving() {
        assert_eq!(bar(100.0, 100.0), 10);
        assert_eq!(bar(97.0, 100.0), 7);
        assert_eq!(bar(0.0, 100.0), 1);
        assert_eq!(bar(FLOOR, 100.0), 0);
    }
}
