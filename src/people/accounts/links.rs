//! One-time links: for the first administrator, and for a new password while there is no mail. 256 bits,
//! stored hashed, used once in the transaction of their effect.

use diesel::prelude::*;
use sha2::{Digest, Sha256};

use super::handle::Handle;
use super::model::Email;
use super::store::{self, NewMember};
use super::{Error, service};
use crate::base::actor::{Role, SignedIn};
use crate::base::ids::MemberId;
use crate::base::time::{DAY, UtcTime};
use crate::infra::activity::Origin;
use crate::infra::db::Conn;
use crate::infra::db::schema::one_time_links as links;
use crate::infra::house::House;
use crate::site::audit;

/// How long a link is good.
pub const GOOD_FOR: i64 = DAY;

/// What a link is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// Makes the first administrator.
    FirstAdministrator,
    /// Sets a new password.
    Password,
    /// Makes an account of a role, or gives an account the role.
    Invitation,
}

impl Purpose {
    pub(super) fn code(self) -> i16 {
        match self {
            Self::FirstAdministrator => 1,
            Self::Password => 2,
            Self::Invitation => 3,
        }
    }
}

pub(super) fn hash(token: &str) -> Vec<u8> {
    Sha256::digest(token.as_bytes()).to_vec()
}

/// Makes a link; earlier ones of the same purpose and member are void. Returns the secret part.
pub fn issue(
    conn: &mut Conn,
    house: &House,
    purpose: Purpose,
    member: Option<MemberId>,
    by: Option<MemberId>,
) -> Result<String, Error> {
    let now = house.clock.now();
    let earlier = links::table.filter(links::purpose.eq(purpose.code())).filter(links::used_at.is_null());
    match member {
        Some(member) => diesel::update(earlier.filter(links::member_id.eq(member.0)))
            .set(links::used_at.eq(now))
            .execute(conn)?,
        None => diesel::update(earlier.filter(links::member_id.is_null()))
            .set(links::used_at.eq(now))
            .execute(conn)?,
    };
    let token = house.random.secret();
    diesel::insert_into(links::table)
        .values((
            links::token_hash.eq(hash(&token)),
            links::purpose.eq(purpose.code()),
            links::member_id.eq(member.map(|m| m.0)),
            links::issued_by.eq(by.map(|b| b.0)),
            links::created_at.eq(now),
            links::expires_at.eq(now.plus(GOOD_FOR)),
        ))
        .execute(conn)?;
    Ok(token)
}

/// A link for a member's new password, issued by an administrator or by the command (`actor` is nobody).
pub fn issue_password(
    conn: &mut Conn,
    house: &House,
    actor: Option<&SignedIn>,
    handle: &str,
) -> Result<String, Error> {
    if actor.is_some_and(|a| a.role < Role::Administrator) {
        return Err(Error::Forbidden);
    }
    let target = store::by_handle(conn, handle)?.ok_or(Error::Absent)?;
    let by = actor.map(|a| a.id);
    audit::note(conn, &house.clock, by, "member.password_link", &format!("member:{}", target.id), "")?;
    issue(conn, house, Purpose::Password, Some(target.id), by)
}

/// The link of `token` if it is still good: its id and member.
pub fn peek(
    conn: &mut Conn,
    purpose: Purpose,
    token: &str,
    now: UtcTime,
) -> QueryResult<Option<(i64, Option<MemberId>)>> {
    links::table
        .filter(links::token_hash.eq(hash(token)))
        .filter(links::purpose.eq(purpose.code()))
        .filter(links::used_at.is_null())
        .filter(links::expires_at.gt(now))
        .select((links::id, links::member_id))
        .get_result(conn)
        .optional()
}

/// Uses the link up; only one of two racing requests succeeds.
fn consume(conn: &mut Conn, house: &House, purpose: Purpose, token: &str) -> Result<Option<MemberId>, Error> {
    let now = house.clock.now();
    let (id, member) = peek(conn, purpose, token, now)?.ok_or(Error::LinkInvalid)?;
    let used = diesel::update(links::table.filter(links::id.eq(id)).filter(links::used_at.is_null()))
        .set(links::used_at.eq(now))
        .execute(conn)?;
    if used == 1 { Ok(member) } else { Err(Error::LinkInvalid) }
}

/// Sets a new password by link. Sessions are ended by the caller in the same transaction.
pub fn use_password_link(
    conn: &mut Conn,
    house: &House,
    token: &str,
    password_hash: &str,
) -> Result<MemberId, Error> {
    let member = consume(conn, house, Purpose::Password, token)?.ok_or(Error::LinkInvalid)?;
    store::set_password(conn, member, password_hash)?;
    audit::note(
        conn,
        &house.clock,
        Some(member),
        "member.password_set",
        &format!("member:{member}"),
        "by link",
    )?;
    Ok(member)
}

/// Makes the first administrator by link; void as soon as there is one.
pub fn use_first_link(
    conn: &mut Conn,
    house: &House,
    token: &str,
    handle: &Handle,
    email: &Email,
    password_hash: &str,
) -> Result<MemberId, Error> {
    consume(conn, house, Purpose::FirstAdministrator, token)?;
    if !store::administrators(conn, house.clock.now())?.is_empty() {
        return Err(Error::LinkInvalid);
    }
    let new = NewMember {
        public_id: house.random.public_id(),
        handle,
        display_name: handle.as_str(),
        email: Some(email),
        email_confirmed: true,
        role: Role::Administrator,
        password_hash: Some(password_hash),
        imported: false,
        created_at: house.clock.now(),
    };
    let id = service::create(conn, house, &new, Origin::Live)?;
    audit::note(conn, &house.clock, Some(id), "member.first_administrator", &format!("member:{id}"), "")?;
    Ok(id)
}
