//! What is done with points: booking entries, giving and taking by staff, revoking, spending.

use std::collections::BTreeMap;

use super::model::{Account, Draft, Entry, Link, Sum};
use super::{Error, store};
use crate::base::actor::{Role, SignedIn};
use crate::base::ids::MemberId;
use crate::base::time::UtcTime;
use crate::engage::levels::{self, Ladder};
use crate::engage::rules::Kind;
use crate::infra::db::{Conn, unique_violation};
use crate::infra::house::House;
use crate::people::accounts;
use crate::site::audit;

/// Points that staff can give or take at once.
pub const MOST: i64 = 1_000_000_000;

/// Writes entries with what follows from them: balances, growth, debt, levels. The accounts are locked first, in
/// order, so that sums and rows always agree. Returns the numbers of the entries.
pub fn book(conn: &mut Conn, drafts: &[Draft]) -> Result<Vec<i64>, Error> {
    if drafts.is_empty() {
        return Ok(Vec::new());
    }
    let mut sums: BTreeMap<MemberId, Sum> = BTreeMap::new();
    for draft in drafts {
        let sum = sums.entry(draft.account).or_default();
        *sum = sum.with(draft.kind, draft.delta)?;
    }
    let members: Vec<MemberId> = sums.keys().copied().collect();
    let locked = store::lock_accounts(conn, &members)?;
    let ids = store::insert(conn, drafts)?;
    let moved: Vec<Account> = locked
        .into_iter()
        .map(|a| a.after(sums.get(&a.member_id).copied().unwrap_or_default()))
        .collect::<Result<_, _>>()?;
    store::save_accounts(conn, &moved)?;
    let ladder = levels::load(conn)?;
    place(conn, &ladder, &moved)?;
    Ok(ids)
}

/// Sets the levels that the growth of `accounts` reaches.
pub fn place(conn: &mut Conn, ladder: &Ladder, accounts: &[Account]) -> Result<(), Error> {
    let mut by_level: BTreeMap<i16, Vec<MemberId>> = BTreeMap::new();
    for account in accounts {
        by_level.entry(ladder.reached(account.growth)).or_default().push(account.member_id);
    }
    for (level, members) in by_level {
        accounts::service::reach(conn, &members, level)?;
    }
    Ok(())
}

/// The account of `member`, which may have no entry yet.
pub fn account(conn: &mut Conn, member: MemberId) -> Result<Account, Error> {
    Ok(store::account(conn, member)?.unwrap_or(Account::empty(member)))
}

/// Points that staff give or take.
#[derive(Debug, Clone)]
pub struct Adjustment {
    /// How many; below zero takes.
    pub delta: i64,
    /// Why; the member reads it.
    pub reason: String,
}

impl Adjustment {
    /// Not nothing, not more than [`MOST`], for a reason of 1 to 200 characters.
    pub fn parse(delta: i64, reason: &str) -> Result<Self, Error> {
        if delta == 0 || !(-MOST..=MOST).contains(&delta) {
            return Err(Error::AmountInvalid);
        }
        let reason = reason.split_whitespace().collect::<Vec<_>>().join(" ");
        let shown: String = reason.chars().filter(|c| !c.is_control()).collect();
        if shown.is_empty() || shown.chars().count() > 200 {
            return Err(Error::ReasonInvalid);
        }
        Ok(Self { delta, reason: shown })
    }
}

/// Operators and above who are not suspended.
fn may_act(actor: &SignedIn) -> Result<(), Error> {
    if actor.suspended_until.is_some() {
        return Err(accounts::Error::Suspended.into());
    }
    if actor.role < Role::Operator { Err(Error::Forbidden) } else { Ok(()) }
}

fn act(account: MemberId, kind: Kind, generation: i64, delta: i64, reason: &str, now: UtcTime) -> Draft {
    Draft {
        account,
        kind,
        subject: 0,
        giver: 0,
        generation,
        delta,
        reverses: None,
        reason: reason.to_owned(),
        post: None,
        at: now,
        recorded: now,
    }
}

/// Gives points to a member or takes them, an operator never to themselves; taking more than there is leaves a debt.
pub fn adjust(
    conn: &mut Conn,
    house: &House,
    actor: &SignedIn,
    handle: &str,
    wanted: &Adjustment,
) -> Result<(i64, Account), Error> {
    may_act(actor)?;
    let member = accounts::store::by_handle(conn, handle)?.ok_or(accounts::Error::Absent)?.id;
    if member == actor.id && actor.role < Role::Administrator {
        return Err(Error::OwnPoints);
    }
    store::lock_accounts(conn, &[member])?;
    let generation = store::last_generation(conn, member, Kind::Adjusted.code(), 0)? + 1;
    let draft = act(member, Kind::Adjusted, generation, wanted.delta, &wanted.reason, house.clock.now());
    let id = book(conn, &[draft])?.first().copied().ok_or(Error::Absent)?;
    let detail = format!("{:+} {}", wanted.delta, wanted.reason);
    audit::note(conn, &house.clock, Some(actor.id), "points.adjusted", &format!("member:{member}"), &detail)?;
    Ok((id, account(conn, member)?))
}

/// Takes an award back, once and for good: what it was given for earns nothing any more, also when it is
/// removed and comes back.
pub fn revoke(conn: &mut Conn, house: &House, actor: &SignedIn, id: i64) -> Result<i64, Error> {
    may_act(actor)?;
    // The accounts of kinds are nobody's business.
    let entry = store::find(conn, id)?.filter(|e| e.balances.is_none()).ok_or(Error::Absent)?;
    let kind = entry.kind().filter(|k| k.grows() && entry.reverses.is_none()).ok_or(Error::NotRevocable)?;
    if kind != Kind::Adjusted {
        retire(conn, &entry, kind)?;
    }
    store::lock_accounts(conn, &[entry.account])?;
    if store::reversal_of(conn, id)?.is_some() {
        return Err(Error::AlreadyReversed);
    }
    let now = house.clock.now();
    let reversal = Draft {
        subject: entry.subject,
        giver: entry.giver,
        reverses: Some(Link::Stored(id)),
        post: entry.post_id,
        delta: entry.delta.checked_neg().ok_or(Error::Overflow)?,
        ..act(entry.account, kind, entry.generation, 0, "", now)
    };
    let booked = book(conn, &[reversal]).map_err(|e| match e {
        Error::Db(crate::infra::db::DbError::Query(ref q)) if unique_violation(q).is_some() => {
            Error::AlreadyReversed
        }
        other => other,
    })?;
    audit::note(conn, &house.clock, Some(actor.id), "points.revoked", &format!("entry:{id}"), "")?;
    booked.first().copied().ok_or(Error::Absent)
}

/// The source of a revoked entry is worth nothing from now on.
fn retire(conn: &mut Conn, entry: &Entry, kind: Kind) -> Result<(), Error> {
    let giver = if kind == Kind::FirstOfDay { entry.account.0 } else { entry.giver };
    let condition = format!("kind = {} AND subject = {} AND giver = {giver}", kind.code(), entry.subject);
    let mut sources = store::lock_sources(conn, &condition)?;
    for source in &mut sources {
        // A later award of the same source is another entry's.
        if source.entry_id == Some(entry.id) {
            source.amount = 0;
            source.entry_id = None;
        }
    }
    store::save_sources(conn, &sources)?;
    Ok(())
}

/// Spends `cost` points of `member` on act number `subject` of whoever sells. Never overdraws.
pub fn spend(
    conn: &mut Conn,
    house: &House,
    member: MemberId,
    cost: i64,
    subject: i64,
) -> Result<i64, Error> {
    if !(1..=MOST).contains(&cost) {
        return Err(Error::AmountInvalid);
    }
    let held = store::lock_accounts(conn, &[member])?;
    if held.first().is_none_or(|a| a.balance < cost) {
        return Err(Error::Insufficient);
    }
    let draft = Draft { subject, ..act(member, Kind::Spent, 1, -cost, "", house.clock.now()) };
    book(conn, &[draft])?.first().copied().ok_or(Error::Absent)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn adjustments_are_something_for_a_reason() {
        assert!(Adjustment::parse(-5, " spam  ring ").is_ok_and(|a| a.reason == "spam ring"));
        assert!(matches!(Adjustment::parse(0, "x"), Err(Error::AmountInvalid)));
        assert!(matches!(Adjustment::parse(MOST + 1, "x"), Err(Error::AmountInvalid)));
        assert!(matches!(Adjustment::parse(i64::MIN, "x"), Err(Error::AmountInvalid)));
        assert!(matches!(Adjustment::parse(1, " "), Err(Error::ReasonInvalid)));
        assert!(matches!(Adjustment::parse(1, &"x".repeat(201)), Err(Error::ReasonInvalid)));
    }
}
