//! What an entry, an account and a source are, and the arithmetic of balance and debt.

use diesel::prelude::*;

use super::Error;
use crate::base::ids::{MemberId, PostId, ThreadId};
use crate::base::time::UtcTime;
use crate::engage::rules::Kind;
use crate::infra::db::schema::{ledger, point_accounts, point_sources};

/// One row of the ledger. It never changes.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = ledger)]
pub struct Entry {
    /// Its number.
    pub id: i64,
    /// Whose: a member, or below zero the system account of a kind.
    pub account: MemberId,
    /// What it is about, as stored.
    pub kind: i16,
    /// What it was given for: a post, a day, or the number of an act of staff.
    pub subject: i64,
    /// Who gave it; 0 for nobody or nobody known.
    pub giver: i64,
    /// How many times this has been awarded for the subject.
    pub generation: i64,
    /// Points.
    pub delta: i64,
    /// The entry that it takes back.
    pub reverses: Option<i64>,
    /// The entry of a member that it balances.
    pub balances: Option<i64>,
    /// Why, in the words of staff; empty for what rules give.
    pub reason: String,
    /// The post to show with it.
    pub post_id: Option<PostId>,
    /// When what it is about happened.
    pub occurred_at: UtcTime,
    /// When that was written down.
    pub recorded_at: UtcTime,
}

impl Entry {
    /// What it is about; `None` when a newer release wrote it.
    pub fn kind(&self) -> Option<Kind> {
        Kind::from_code(self.kind)
    }
}

/// What follows from the entries of a member. Balance less debt is the sum of all of them; one of the two is 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Queryable, Selectable, QueryableByName)]
#[diesel(table_name = point_accounts)]
pub struct Account {
    /// Whose.
    pub member_id: MemberId,
    /// Points that can be spent.
    pub balance: i64,
    /// Points ever earned and not taken back. Below zero when staff took more than was ever given.
    pub growth: i64,
    /// Points that were spent and then taken back; later awards pay them first.
    pub debt: i64,
}

impl Account {
    /// The account of `member` without any entry.
    pub fn empty(member: MemberId) -> Self {
        Self { member_id: member, balance: 0, growth: 0, debt: 0 }
    }

    /// The account of `member` whose entries sum up to `net`, those that grow to `growth`.
    pub fn of(member: MemberId, net: i64, growth: i64) -> Result<Self, Error> {
        let debt = if net < 0 { net.checked_neg().ok_or(Error::Overflow)? } else { 0 };
        Ok(Self { member_id: member, balance: net.max(0), growth, debt })
    }

    /// This account after entries that sum up to `sum`.
    pub fn after(self, sum: Sum) -> Result<Self, Error> {
        let net = self.balance.checked_sub(self.debt).and_then(|n| n.checked_add(sum.net));
        let growth = self.growth.checked_add(sum.growth);
        Self::of(self.member_id, net.ok_or(Error::Overflow)?, growth.ok_or(Error::Overflow)?)
    }
}

/// The sum of several entries of one account.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Sum {
    /// Of all.
    pub net: i64,
    /// Of those that move growth.
    pub growth: i64,
}

impl Sum {
    /// With one more entry.
    pub fn with(self, kind: Kind, delta: i64) -> Result<Self, Error> {
        let grown = if kind.grows() { delta } else { 0 };
        Ok(Self {
            net: self.net.checked_add(delta).ok_or(Error::Overflow)?,
            growth: self.growth.checked_add(grown).ok_or(Error::Overflow)?,
        })
    }
}

/// An entry that is named before it may have a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Link {
    /// One that is stored.
    Stored(i64),
    /// The n-th of those about to be written.
    Fresh(usize),
}

/// An entry about to be written.
#[derive(Debug, Clone)]
pub struct Draft {
    /// Whose.
    pub account: MemberId,
    /// What it is about.
    pub kind: Kind,
    /// What it is given for.
    pub subject: i64,
    /// Who gave it; 0 for nobody.
    pub giver: i64,
    /// How many times it has been awarded for the subject.
    pub generation: i64,
    /// Points.
    pub delta: i64,
    /// The entry that it takes back.
    pub reverses: Option<Link>,
    /// Why, in the words of staff.
    pub reason: String,
    /// The post to show with it.
    pub post: Option<PostId>,
    /// When it happened.
    pub at: UtcTime,
    /// When it was written down.
    pub recorded: UtcTime,
}

/// What points are given for, as stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Queryable, Selectable, QueryableByName)]
#[diesel(table_name = point_sources)]
pub struct SourceRow {
    /// What it is, as stored.
    pub kind: i16,
    /// The post, or the day.
    pub subject: i64,
    /// The member who liked; for a day whose day it is; otherwise 0.
    pub giver: i64,
    /// Who earns.
    pub account: MemberId,
    /// The thread of the post; 0 for a day.
    pub thread_id: ThreadId,
    /// The day it counts on.
    pub day: i64,
    /// What holds it up: 1 while the post, like or acceptance itself stands; for a day its standing posts.
    pub holds: i64,
    /// Whether it stands: it is held up, and so are its post and thread.
    pub standing: bool,
    /// Points granted for it, once.
    pub amount: i64,
    /// How many times they were awarded.
    pub generation: i64,
    /// The entry that awards them now.
    pub entry_id: Option<i64>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debts_are_paid_first() {
        let sum = |net| Sum { net, growth: net };
        let member = MemberId(1);
        let earned = Account::empty(member).after(sum(10)).unwrap();
        assert_eq!((earned.balance, earned.growth, earned.debt), (10, 10, 0));
        let spent = earned.after(Sum::default().with(Kind::Spent, -8).unwrap()).unwrap();
        assert_eq!((spent.balance, spent.growth, spent.debt), (2, 10, 0));
        let reversed = spent.after(sum(-10)).unwrap();
        assert_eq!((reversed.balance, reversed.growth, reversed.debt), (0, 0, 8));
        let paid = reversed.after(sum(11)).unwrap();
        assert_eq!((paid.balance, paid.growth, paid.debt), (3, 11, 0));
        assert!(matches!(paid.after(sum(i64::MAX)), Err(Error::Overflow)));
    }
}
