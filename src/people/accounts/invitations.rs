//! Invitations: links that make accounts of a role, also while sign-up is closed. They stand among the one-time
//! links and are hashed like them; each says how often it works. Good only while whoever made it may still invite,
//! so that a demotion closes every door that was left open.

use diesel::prelude::*;

use super::links::{Purpose, hash};
use super::{Error, Member, store};
use crate::base::actor::{Role, SignedIn};
use crate::base::ids::MemberId;
use crate::base::time::{DAY, UtcTime};
use crate::infra::activity::{self, NewActivity, Verb};
use crate::infra::db::Conn;
use crate::infra::db::schema::one_time_links as links;
use crate::infra::house::House;
use crate::site::audit;

/// Uses of one invitation at most.
pub const USES: i32 = 1_000;
/// Days that one lasts at most.
pub const DAYS: i64 = 90;
/// Characters of a note at most.
pub const NOTE: usize = 80;
/// Open invitations at most.
const OPEN: i64 = 100;

/// An invitation asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    role: Role,
    uses: i32,
    days: i64,
    note: String,
}

impl Wanted {
    /// Checks what was typed: a role, numbers of uses and days, a note for the list.
    pub fn parse(role: Role, uses: &str, days: &str, note: &str) -> Result<Self, Error> {
        let uses = uses.trim().parse().ok().filter(|n| (1..=USES).contains(n));
        let uses = uses.ok_or(Error::InvitationUses { most: USES })?;
        if role == Role::Administrator && uses > 1 {
            return Err(Error::InvitationOnce);
        }
        let days = days.trim().parse().ok().filter(|n| (1..=DAYS).contains(n));
        let days = days.ok_or(Error::InvitationDays { most: DAYS })?;
        let note = note.split_whitespace().collect::<Vec<_>>().join(" ");
        if note.chars().count() > NOTE {
            return Err(Error::InvitationNote { limit: NOTE });
        }
        Ok(Self { role, uses, days, note })
    }
}

/// One invitation, without its secret.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = links)]
pub struct Invitation {
    /// Its id.
    pub id: i64,
    /// Who made it.
    pub issued_by: Option<MemberId>,
    /// The role that it gives, as stored.
    pub role: Option<i16>,
    /// What its maker noted.
    pub note: String,
    /// How often it works.
    pub uses: i32,
    /// How often it did.
    pub used: i32,
    /// When it ends.
    pub expires_at: UtcTime,
    /// When it was taken back.
    pub revoked_at: Option<UtcTime>,
}

impl Invitation {
    /// The role that it gives.
    pub fn role(&self) -> Role {
        self.role.map_or(Role::Member, Role::from_code)
    }

    fn check(&self, by: Option<&Member>, now: UtcTime) -> Result<(), Error> {
        let stands = by.is_some_and(|by| {
            by.role() == Role::Administrator && by.suspended_until.is_none_or(|until| until <= now)
        });
        if self.revoked_at.is_some() || !stands {
            return Err(Error::InvitationRevoked);
        }
        if self.used >= self.uses {
            return Err(Error::InvitationUsed);
        }
        if self.expires_at <= now { Err(Error::InvitationExpired) } else { Ok(()) }
    }
}

fn may_invite(actor: &SignedIn) -> Result<(), Error> {
    if actor.suspended_until.is_some() {
        return Err(Error::Suspended);
    }
    if actor.role < Role::Administrator { Err(Error::Forbidden) } else { Ok(()) }
}

/// Notes in the audit log what `member` did with an invitation.
pub(super) fn note(
    conn: &mut Conn,
    house: &House,
    action: &str,
    member: Option<MemberId>,
    of: &Invitation,
) -> QueryResult<()> {
    let words = if of.note.is_empty() { String::new() } else { format!(" · {}", of.note) };
    let detail = format!("{} · {}/{}{words}", of.role().name(), of.used, of.uses);
    audit::note(conn, &house.clock, member, action, &format!("invitation:{}", of.id), &detail)
}

fn by_id(conn: &mut Conn, id: i64) -> QueryResult<Invitation> {
    links::table.find(id).select(Invitation::as_select()).get_result(conn)
}

/// Makes an invitation: its id, and the secret part of its link, which is kept nowhere.
pub fn make(
    conn: &mut Conn,
    house: &House,
    actor: &SignedIn,
    wanted: &Wanted,
) -> Result<(i64, String), Error> {
    may_invite(actor)?;
    let now = house.clock.now();
    let open: i64 = links::table
        .filter(links::purpose.eq(Purpose::Invitation.code()))
        .filter(links::revoked_at.is_null())
        .filter(links::used.lt(links::uses))
        .filter(links::expires_at.gt(now))
        .count()
        .get_result(conn)?;
    if open >= OPEN {
        return Err(Error::InvitationsTooMany { limit: OPEN });
    }
    let token = house.random.secret();
    let id: i64 = diesel::insert_into(links::table)
        .values((
            links::token_hash.eq(hash(&token)),
            links::purpose.eq(Purpose::Invitation.code()),
            links::issued_by.eq(actor.id.0),
            links::created_at.eq(now),
            links::expires_at.eq(now.plus(wanted.days * DAY)),
            links::role.eq(wanted.role.code()),
            links::uses.eq(wanted.uses),
            links::note.eq(&wanted.note),
        ))
        .returning(links::id)
        .get_result(conn)?;
    let made = by_id(conn, id)?;
    note(conn, house, "invitation.made", Some(actor.id), &made)?;
    Ok((id, token))
}

/// The open invitations and who made each, newest first.
pub fn open(conn: &mut Conn, now: UtcTime) -> QueryResult<Vec<(Invitation, Member)>> {
    let all: Vec<Invitation> = links::table
        .filter(links::purpose.eq(Purpose::Invitation.code()))
        .filter(links::revoked_at.is_null())
        .filter(links::used.lt(links::uses))
        .filter(links::expires_at.gt(now))
        .order(links::id.desc())
        .select(Invitation::as_select())
        .load(conn)?;
    let mut found = Vec::with_capacity(all.len());
    for invitation in all {
        let by = invitation.issued_by.map(|id| store::find(conn, id)).transpose()?.flatten();
        if let Some(by) = by.filter(|by| invitation.check(Some(by), now).is_ok()) {
            found.push((invitation, by));
        }
    }
    Ok(found)
}

/// True when somebody was invited. A link that was taken back before anybody came by it invited nobody.
pub fn any(conn: &mut Conn) -> QueryResult<bool> {
    let made = links::table
        .filter(links::purpose.eq(Purpose::Invitation.code()))
        .filter(links::revoked_at.is_null().or(links::used.gt(0)));
    diesel::select(diesel::dsl::exists(made)).get_result(conn)
}

/// Takes an invitation back.
pub fn revoke(conn: &mut Conn, house: &House, actor: &SignedIn, id: i64) -> Result<(), Error> {
    may_invite(actor)?;
    let of = links::table.filter(links::id.eq(id)).filter(links::purpose.eq(Purpose::Invitation.code()));
    let found = diesel::update(of.filter(links::revoked_at.is_null()))
        .set(links::revoked_at.eq(house.clock.now()))
        .execute(conn)?;
    if found == 0 {
        return Err(Error::Absent);
    }
    let revoked = by_id(conn, id)?;
    note(conn, house, "invitation.revoked", Some(actor.id), &revoked)?;
    Ok(())
}

/// The invitation of `token` and who made it, or why it is good for nothing.
pub fn good(conn: &mut Conn, token: &str, now: UtcTime) -> Result<(Invitation, Member), Error> {
    let found: Option<Invitation> = links::table
        .filter(links::token_hash.eq(hash(token)))
        .filter(links::purpose.eq(Purpose::Invitation.code()))
        .select(Invitation::as_select())
        .get_result(conn)
        .optional()?;
    let invitation = found.ok_or(Error::LinkInvalid)?;
    let by = invitation.issued_by.map(|id| store::find(conn, id)).transpose()?.flatten();
    invitation.check(by.as_ref(), now)?;
    Ok((invitation, by.ok_or(Error::InvitationRevoked)?))
}

/// Uses an invitation once; of more requests than it has uses left, only so many succeed.
pub(super) fn take(conn: &mut Conn, house: &House, token: &str) -> Result<Invitation, Error> {
    let (invitation, _) = good(conn, token, house.clock.now())?;
    let of = links::table.filter(links::id.eq(invitation.id)).filter(links::revoked_at.is_null());
    let taken = diesel::update(of.filter(links::used.lt(links::uses)))
        .set(links::used.eq(links::used + 1))
        .execute(conn)?;
    if taken == 0 { Err(Error::InvitationUsed) } else { Ok(by_id(conn, invitation.id)?) }
}

/// Gives the role of an invitation to somebody who has an account; only ever a higher one.
pub fn accept(conn: &mut Conn, house: &House, member: &SignedIn, token: &str) -> Result<Role, Error> {
    if member.suspended_until.is_some() {
        return Err(Error::Suspended);
    }
    let before = store::lock(conn, member.id)?.ok_or(Error::Absent)?.role();
    let role = good(conn, token, house.clock.now())?.0.role();
    if role <= before {
        return Err(Error::InvitationIdle);
    }
    let taken = take(conn, house, token)?;
    store::set_role(conn, member.id, role)?;
    note(conn, house, "invitation.accepted", Some(member.id), &taken)?;
    let fact = NewActivity::new(Verb::MemberChanged, house.clock.now()).by(member.id).to(member.id);
    activity::record(conn, &house.clock, &fact)?;
    Ok(role)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn invitations_have_limits() {
        let parse = |role, uses, days| Wanted::parse(role, uses, days, " the  north ");
        assert_eq!(parse(Role::Member, "50", "14").unwrap().note, "the north");
        for uses in ["0", "", "many", "1001", "-1"] {
            assert!(matches!(parse(Role::Member, uses, "1"), Err(Error::InvitationUses { .. })), "{uses}");
        }
        for days in ["0", "91", "x"] {
            assert!(matches!(parse(Role::Member, "1", days), Err(Error::InvitationDays { .. })), "{days}");
        }
        assert!(matches!(parse(Role::Administrator, "2", "1"), Err(Error::InvitationOnce)));
        assert!(parse(Role::Administrator, "1", "1").is_ok());
        let note = "字".repeat(NOTE + 1);
        assert!(matches!(
            Wanted::parse(Role::Member, "1", "1", &note),
            Err(Error::InvitationNote { limit: NOTE })
        ));
    }
}
