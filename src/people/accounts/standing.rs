//! What staff decide about accounts: roles, suspensions, claiming imported ones.

use super::model::{Email, Member};
use super::{Error, store};
use crate::base::actor::{Role, SignedIn};
use crate::base::ids::MemberId;
use crate::base::time::{DAY, UtcTime};
use crate::infra::activity::{self, NewActivity, Verb};
use crate::infra::db::{Conn, unique_violation};
use crate::infra::house::House;
use crate::site::audit;

/// A suspension asked for.
#[derive(Debug, Clone)]
pub struct Suspension {
    /// When it ends.
    pub until: UtcTime,
    /// Why, told to the member.
    pub reason: String,
}

impl Suspension {
    /// Ends within ten years, with a reason of 1 to 500 characters.
    pub fn parse(until: UtcTime, reason: &str, now: UtcTime) -> Result<Self, Error> {
        let reason = reason.trim();
        if reason.is_empty() || reason.chars().count() > 500 {
            return Err(Error::ReasonInvalid);
        }
        if until <= now || until > now.plus(3_660 * DAY) {
            return Err(Error::UntilInvalid);
        }
        Ok(Self { until, reason: reason.to_owned() })
    }
}

/// The suspended decide nothing about others.
fn may_act(actor: &SignedIn) -> Result<(), Error> {
    if actor.suspended_until.is_some() { Err(Error::Suspended) } else { Ok(()) }
}

/// Nobody acts on their equals or betters.
fn outranks(actor: &SignedIn, target: &Member) -> Result<(), Error> {
    if actor.role > target.role() && actor.id != target.id { Ok(()) } else { Err(Error::Forbidden) }
}

/// Suspends a member: they can read and sign in, and write nothing.
pub fn suspend(
    conn: &mut Conn,
    house: &House,
    actor: &SignedIn,
    handle: &str,
    wanted: &Suspension,
) -> Result<Member, Error> {
    may_act(actor)?;
    if actor.role < Role::Moderator {
        return Err(Error::Forbidden);
    }
    let target = store::by_handle(conn, handle)?.ok_or(Error::Absent)?;
    outranks(actor, &target)?;
    store::set_suspension(conn, target.id, Some(wanted.until), Some(&wanted.reason))?;
    let subject = format!("member:{}", target.id);
    audit::note(conn, &house.clock, Some(actor.id), "member.suspended", &subject, &wanted.reason)?;
    let fact = NewActivity::new(Verb::MemberSuspended, house.clock.now()).by(actor.id).to(target.id);
    activity::record(conn, &house.clock, &fact)?;
    Ok(target)
}

/// Ends a suspension early.
pub fn unsuspend(conn: &mut Conn, house: &House, actor: &SignedIn, handle: &str) -> Result<Member, Error> {
    may_act(actor)?;
    if actor.role < Role::Moderator {
        return Err(Error::Forbidden);
    }
    let target = store::by_handle(conn, handle)?.ok_or(Error::Absent)?;
    outranks(actor, &target)?;
    store::set_suspension(conn, target.id, None, None)?;
    audit::note(
        conn,
        &house.clock,
        Some(actor.id),
        "member.unsuspended",
        &format!("member:{}", target.id),
        "",
    )?;
    let fact = NewActivity::new(Verb::MemberUnsuspended, house.clock.now()).by(actor.id).to(target.id);
    activity::record(conn, &house.clock, &fact)?;
    Ok(target)
}

/// Gives a role. `actor` is nobody for the command on the server.
pub fn set_role(
    conn: &mut Conn,
    house: &House,
    actor: Option<&SignedIn>,
    handle: &str,
    role: Role,
) -> Result<Member, Error> {
    if let Some(actor) = actor {
        may_act(actor)?;
        if actor.role < Role::Administrator {
            return Err(Error::Forbidden);
        }
    }
    let administrators = store::administrators(conn, house.clock.now())?;
    let target = store::by_handle(conn, handle)?.ok_or(Error::Absent)?;
    if role < Role::Administrator && administrators == [target.id] {
        return Err(Error::LastAdministrator);
    }
    store::set_role(conn, target.id, role)?;
    let detail = format!("{} → {}", target.role().name(), role.name());
    audit::note(
        conn,
        &house.clock,
        actor.map(|a| a.id),
        "member.role",
        &format!("member:{}", target.id),
        &detail,
    )?;
    let mut fact = NewActivity::new(Verb::MemberChanged, house.clock.now())
        .to(target.id)
        .with(serde_json::json!({ "role": role.code() }));
    fact.actor = actor.map(|a| a.id);
    activity::record(conn, &house.clock, &fact)?;
    Ok(target)
}

/// Hands an imported account to its owner: sets the address that an administrator has checked. The owner
/// then gets a one-time password link.
pub fn claim(
    conn: &mut Conn,
    house: &House,
    actor: &SignedIn,
    handle: &str,
    email: &str,
) -> Result<MemberId, Error> {
    may_act(actor)?;
    if actor.role < Role::Administrator {
        return Err(Error::Forbidden);
    }
    let email = if email.trim().is_empty() { None } else { Some(Email::parse(email)?) };
    let target = store::by_handle(conn, handle)?.ok_or(Error::Absent)?;
    // Nobody's address is overwritten: only accounts that came in without an owner are handed over.
    if !target.imported {
        return Err(Error::Forbidden);
    }
    store::set_claimed(conn, target.id, email.as_ref()).map_err(|e| match unique_violation(&e) {
        Some(_) => Error::EmailTaken,
        None => Error::from(e),
    })?;
    audit::note(conn, &house.clock, Some(actor.id), "member.claimed", &format!("member:{}", target.id), "")?;
    Ok(target.id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn suspensions_have_an_end_and_a_reason() {
        let now = UtcTime(1_000 * DAY);
        assert!(Suspension::parse(now.plus(DAY), "spam", now).is_ok());
        assert!(matches!(Suspension::parse(now, "spam", now), Err(Error::UntilInvalid)));
        assert!(matches!(Suspension::parse(now.plus(4_000 * DAY), "spam", now), Err(Error::UntilInvalid)));
        assert!(matches!(Suspension::parse(now.plus(DAY), " ", now), Err(Error::ReasonInvalid)));
    }
}
