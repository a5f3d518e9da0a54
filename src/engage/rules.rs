//! What earns how many points, and how many of a kind a day at the most. Without a row in the database the
//! defaults here hold.

use std::collections::HashMap;

use diesel::prelude::*;

use crate::base::fault::{Fault, Kind as FaultKind};
use crate::infra::db::schema::point_rules as rules;
use crate::infra::db::{Conn, DbError};
use crate::{on, room_error};

/// Points that one rule can give, and the highest cap.
pub const MOST: i64 = 1_000_000;

/// What an entry of the ledger is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// A thread was opened.
    Thread,
    /// A reply was written.
    Reply,
    /// A post was liked.
    Like,
    /// A reply was accepted as the answer.
    Accepted,
    /// The first post of a day.
    FirstOfDay,
    /// Staff gave or took, with a reason.
    Adjusted,
    /// Points were spent.
    Spent,
}

impl Kind {
    /// The kinds that rules decide on.
    pub const RULED: [Self; 5] = [Self::Thread, Self::Reply, Self::Like, Self::Accepted, Self::FirstOfDay];

    /// All kinds.
    pub const ALL: [Self; 7] = [
        Self::Thread,
        Self::Reply,
        Self::Like,
        Self::Accepted,
        Self::FirstOfDay,
        Self::Adjusted,
        Self::Spent,
    ];

    /// The number in the database. Below zero it names the system account of the kind.
    pub fn code(self) -> i16 {
        match self {
            Self::Thread => 1,
            Self::Reply => 2,
            Self::Like => 3,
            Self::Accepted => 4,
            Self::FirstOfDay => 5,
            Self::Adjusted => 6,
            Self::Spent => 7,
        }
    }

    /// The kind of a stored number; `None` when a newer release wrote it.
    pub fn from_code(code: i16) -> Option<Self> {
        Self::ALL.into_iter().find(|k| k.code() == code)
    }

    /// The name in forms, the API and locale keys.
    pub fn name(self) -> &'static str {
        match self {
            Self::Thread => "thread",
            Self::Reply => "reply",
            Self::Like => "like",
            Self::Accepted => "accepted",
            Self::FirstOfDay => "first-of-day",
            Self::Adjusted => "adjusted",
            Self::Spent => "spent",
        }
    }

    /// True when entries of this kind move growth. Spending, and what gives spent points back, does not.
    pub fn grows(self) -> bool {
        self != Self::Spent
    }

    /// True when a rule of this kind has a cap. The first post of a day comes once a day by itself.
    pub fn capped(self) -> bool {
        self != Self::FirstOfDay
    }
}

/// What one kind earns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rule {
    /// Points for one; 0 switches the rule off.
    pub points: i64,
    /// Points of this kind a day at the most; nothing for no cap.
    pub per_day: Option<i64>,
}

/// Why rules are refused.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The points of a kind are not a number from 0 to a million.
    #[error("points of {} are a number from 0 to 1,000,000", .0.name())]
    Points(Kind),
    /// The cap of a kind is not a number from 0 to a million.
    #[error("the cap of {} is a number from 0 to 1,000,000, or empty", .0.name())]
    Cap(Kind),
    /// The database failed.
    #[error(transparent)]
    Db(#[from] DbError),
}
room_error!(Error);

impl Fault for Error {
    fn kind(&self) -> FaultKind {
        match self {
            Self::Db(e) => e.kind(),
            _ => FaultKind::Invalid,
        }
    }
    fn code(&self) -> &'static str {
        match self {
            Self::Points(_) => "rule_points",
            Self::Cap(_) => "rule_cap",
            Self::Db(e) => e.code(),
        }
    }
    fn field(&self) -> Option<&str> {
        match self {
            Self::Points(kind) => Some(match kind {
                Kind::Thread => "points-thread",
                Kind::Reply => "points-reply",
                Kind::Like => "points-like",
                Kind::Accepted => "points-accepted",
                _ => "points-first-of-day",
            }),
            Self::Cap(kind) => Some(match kind {
                Kind::Thread => "cap-thread",
                Kind::Reply => "cap-reply",
                Kind::Like => "cap-like",
                _ => "cap-accepted",
            }),
            Self::Db(_) => None,
        }
    }
    fn args(&self) -> Vec<(&'static str, String)> {
        vec![("most", crate::infra::i18n::number(MOST))]
    }
}

/// The site's rules, one for each of [`Kind::RULED`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rules {
    of: HashMap<Kind, Rule>,
}

impl Default for Rules {
    fn default() -> Self {
        let rule = |points, per_day| Rule { points, per_day };
        Self {
            of: HashMap::from([
                (Kind::Thread, rule(5, Some(15))),
                (Kind::Reply, rule(2, Some(20))),
                (Kind::Like, rule(1, Some(20))),
                (Kind::Accepted, rule(10, Some(50))),
                (Kind::FirstOfDay, rule(1, None)),
            ]),
        }
    }
}

impl Rules {
    /// The rule of `kind`; kinds without one earn nothing.
    pub fn of(&self, kind: Kind) -> Rule {
        self.of.get(&kind).copied().unwrap_or(Rule { points: 0, per_day: None })
    }

    /// These rules with another one for `kind`.
    #[must_use]
    pub fn with(mut self, kind: Kind, rule: Rule) -> Self {
        self.of.insert(kind, rule);
        self
    }

    /// What `n` of `kind` earn when `used` points of the day are given already.
    pub fn grant(&self, kind: Kind, n: i64, used: i64) -> i64 {
        let rule = self.of(kind);
        let full = rule.points.saturating_mul(n.max(0));
        match rule.per_day.filter(|_| kind.capped()) {
            Some(cap) => full.min(cap.saturating_sub(used)).max(0),
            None => full,
        }
    }

    /// Checks every rule.
    pub fn check(&self) -> Result<(), Error> {
        for kind in Kind::RULED {
            let rule = self.of(kind);
            if !(0..=MOST).contains(&rule.points) {
                return Err(Error::Points(kind));
            }
            if rule.per_day.is_some_and(|cap| !(0..=MOST).contains(&cap)) {
                return Err(Error::Cap(kind));
            }
        }
        Ok(())
    }
}

/// The rules that hold.
pub fn load(conn: &mut Conn) -> QueryResult<Rules> {
    let rows: Vec<(i16, i64, Option<i64>)> =
        rules::table.select((rules::kind, rules::points, rules::per_day)).load(conn)?;
    let known = rows.into_iter().filter_map(|(code, points, per_day)| {
        Kind::from_code(code).map(|kind| (kind, Rule { points, per_day }))
    });
    Ok(known.fold(Rules::default(), |all, (kind, rule)| all.with(kind, rule)))
}

/// Stores rules. They hold for what happens from now on; what was given stays.
pub fn save(conn: &mut Conn, wanted: &Rules) -> Result<(), Error> {
    wanted.check()?;
    for kind in Kind::RULED {
        let Rule { points, per_day } = wanted.of(kind);
        on!(conn, |c| diesel::insert_into(rules::table)
            .values((rules::kind.eq(kind.code()), rules::points.eq(points), rules::per_day.eq(per_day)))
            .on_conflict(rules::kind)
            .do_update()
            .set((rules::points.eq(points), rules::per_day.eq(per_day)))
            .execute(c))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cap_cuts_what_is_left_of_the_day() {
        let rules = Rules::default().with(Kind::Like, Rule { points: 3, per_day: Some(10) });
        assert_eq!(rules.grant(Kind::Like, 1, 0), 3);
        assert_eq!(rules.grant(Kind::Like, 1, 9), 1);
        assert_eq!(rules.grant(Kind::Like, 1, 10), 0);
        assert_eq!(rules.grant(Kind::Like, 1, 12), 0, "a cap lowered during the day");
        assert_eq!(rules.grant(Kind::Like, 1_000, 0), 10);
        assert_eq!(rules.grant(Kind::Like, i64::MAX, 0), 10);
        let open = rules.with(Kind::Like, Rule { points: 3, per_day: None });
        assert_eq!(open.grant(Kind::Like, 4, 100), 12);
    }

    #[test]
    fn rules_have_bounds() {
        assert!(Rules::default().check().is_ok());
        let rule = |points, per_day| Rules::default().with(Kind::Reply, Rule { points, per_day }).check();
        assert!(matches!(rule(-1, None), Err(Error::Points(Kind::Reply))));
        assert!(matches!(rule(MOST + 1, None), Err(Error::Points(_))));
        assert!(matches!(rule(1, Some(-1)), Err(Error::Cap(Kind::Reply))));
    }

    #[test]
    fn kinds_keep_their_numbers() {
        for kind in Kind::ALL {
            assert_eq!(Kind::from_code(kind.code()), Some(kind));
        }
        assert_eq!(Kind::from_code(99), None);
    }
}
