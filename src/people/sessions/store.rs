//! Reading and writing `sessions`.

use diesel::prelude::*;
use sha2::{Digest, Sha256};

use crate::base::ids::{MemberId, SessionId};
use crate::base::time::{DAY, UtcTime};
use crate::infra::db::Conn;
use crate::infra::db::schema::sessions;
use crate::infra::house::House;

/// A session that is not used for this long ends.
pub const IDLE: i64 = 14 * DAY;
/// A session ends this long after signing in, used or not.
pub const ABSOLUTE: i64 = 90 * DAY;

/// The hash under which a token is stored.
pub fn hash(token: &str) -> Vec<u8> {
    Sha256::digest(token.as_bytes()).to_vec()
}

/// A session as its owner sees it.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = sessions)]
pub struct Session {
    /// Its id.
    pub id: SessionId,
    /// Whose.
    pub member_id: MemberId,
    /// Signed in then.
    pub created_at: UtcTime,
    /// Last used then, to the hour.
    pub seen_at: UtcTime,
    /// The browser's name.
    pub agent: String,
    /// The network it came from.
    pub address: String,
}

/// Opens a session; returns the secret for the cookie. `agent` is cut at 200 characters.
pub fn open(
    conn: &mut Conn,
    house: &House,
    member: MemberId,
    agent: &str,
    address: &str,
) -> QueryResult<String> {
    let now = house.clock.now();
    let token = house.random.secret();
    diesel::insert_into(sessions::table)
        .values((
            sessions::token_hash.eq(hash(&token)),
            sessions::member_id.eq(member.0),
            sessions::created_at.eq(now),
            sessions::seen_at.eq(now),
            sessions::expires_at.eq(now.plus(ABSOLUTE)),
            sessions::agent.eq(agent.chars().take(200).collect::<String>()),
            sessions::address.eq(address),
        ))
        .execute(conn)?;
    Ok(token)
}

/// The session of a cookie, if it is alive.
pub fn find(conn: &mut Conn, token: &str, now: UtcTime) -> QueryResult<Option<Session>> {
    sessions::table
        .filter(sessions::token_hash.eq(hash(token)))
        .filter(sessions::expires_at.gt(now))
        .filter(sessions::seen_at.gt(now.plus(-IDLE)))
        .select(Session::as_select())
        .get_result(conn)
        .optional()
}

/// Notes that a session was used.
pub fn touch(conn: &mut Conn, id: SessionId, now: UtcTime) -> QueryResult<usize> {
    diesel::update(sessions::table.find(id.0)).set(sessions::seen_at.eq(now)).execute(conn)
}

/// The living sessions of `member`, last used first.
pub fn list(conn: &mut Conn, member: MemberId, now: UtcTime) -> QueryResult<Vec<Session>> {
    sessions::table
        .filter(sessions::member_id.eq(member.0))
        .filter(sessions::expires_at.gt(now))
        .filter(sessions::seen_at.gt(now.plus(-IDLE)))
        .order(sessions::seen_at.desc())
        .limit(100)
        .select(Session::as_select())
        .load(conn)
}

/// Ends one session of `member`; false when it is not theirs.
pub fn close(conn: &mut Conn, member: MemberId, id: SessionId) -> QueryResult<bool> {
    diesel::delete(sessions::table.filter(sessions::id.eq(id.0)).filter(sessions::member_id.eq(member.0)))
        .execute(conn)
        .map(|n| n == 1)
}

/// Ends all sessions of `member`, but not `except`.
pub fn close_all(conn: &mut Conn, member: MemberId, except: Option<SessionId>) -> QueryResult<usize> {
    let mine = sessions::table.filter(sessions::member_id.eq(member.0));
    match except {
        Some(id) => diesel::delete(mine.filter(sessions::id.ne(id.0))).execute(conn),
        None => diesel::delete(mine).execute(conn),
    }
}

/// Forgets sessions that are over.
pub fn forget(conn: &mut Conn, now: UtcTime) -> QueryResult<usize> {
    diesel::delete(
        sessions::table.filter(sessions::expires_at.le(now).or(sessions::seen_at.le(now.plus(-IDLE)))),
    )
    .execute(conn)
}
