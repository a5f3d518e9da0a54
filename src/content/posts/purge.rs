//! Removing everything a spammer wrote, in one act that can be undone.

use diesel::prelude::*;

use super::{Error, removal, store};
use crate::base::actor::{Role, SignedIn};
use crate::base::ids::{MemberId, PostId, ThreadId};
use crate::base::time::UtcTime;
use crate::content::heat::{self, Kind};
use crate::content::threads::{self, State};
use crate::infra::db::Conn;
use crate::infra::db::schema::{posts, removals, threads as thread_rows};
use crate::infra::house::House;
use crate::site::audit;

/// Threads and posts removed in one act at the most; a second act takes the rest.
const AT_ONCE: i64 = 500;

/// One act of removing everything.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = removals)]
pub struct Removal {
    /// Its id.
    pub id: i64,
    /// Whose content.
    pub member_id: MemberId,
    /// When.
    pub removed_at: UtcTime,
    /// Undone then.
    pub undone_at: Option<UtcTime>,
    /// Threads, as JSON.
    pub thread_ids: String,
    /// Posts, as JSON.
    pub post_ids: String,
    /// Those of them that were accepted answers, with since when, as JSON.
    pub answers: String,
}

/// Removes the standing threads and posts of `author`; returns the act's id and how many.
pub fn remove_all(
    conn: &mut Conn,
    house: &House,
    member: &SignedIn,
    author: MemberId,
) -> Result<(i64, usize), Error> {
    threads::service::may_write(member)?;
    if member.role < Role::Moderator || member.id == author {
        return Err(Error::Forbidden);
    }
    let target = crate::people::accounts::store::find(conn, author)?.ok_or(Error::Absent)?;
    if target.role() >= member.role {
        return Err(Error::Forbidden);
    }
    let opened: Vec<ThreadId> = thread_rows::table
        .filter(thread_rows::author_id.eq(author.0))
        .filter(thread_rows::state.eq(State::Listed.code()))
        .order(thread_rows::id.asc())
        .limit(AT_ONCE)
        .select(thread_rows::id)
        .load(conn)?;
    for id in &opened {
        if let Some(thread) = threads::store::lock(conn, *id)? {
            threads::service::remove_locked(conn, house, member, thread)?;
        }
    }
    let written: Vec<(PostId, ThreadId)> = posts::table
        .filter(posts::author_id.eq(author.0))
        .filter(posts::state.eq(State::Listed.code()))
        .filter(posts::number.gt(1))
        .order((posts::thread_id.asc(), posts::id.asc()))
        .limit(AT_ONCE)
        .select((posts::id, posts::thread_id))
        .load(conn)?;
    let mut answers: Vec<(i64, i64)> = Vec::new();
    for (id, thread) in &written {
        let thread = threads::store::lock(conn, *thread)?.ok_or(Error::Absent)?;
        if let Some(post) = store::lock(conn, *id)? {
            if thread.accepted_post_id == Some(*id)
                && let Some(at) = heat::store::since(conn, thread.id, Kind::Accepted, id.0)?
            {
                answers.push((id.0, at.0));
            }
            removal::remove_locked(conn, house, member, thread, &post)?;
        }
    }
    // Pressed twice: what can be undone is what the act before took.
    if opened.is_empty()
        && written.is_empty()
        && let Some(before) = latest(conn, author)?
    {
        return Ok((before.id, 0));
    }
    let ids = |list: Vec<i64>| serde_json::Value::from(list).to_string();
    let act: i64 = diesel::insert_into(removals::table)
        .values((
            removals::member_id.eq(author.0),
            removals::removed_by.eq(member.id.0),
            removals::removed_at.eq(house.clock.now()),
            removals::thread_ids.eq(ids(opened.iter().map(|t| t.0).collect())),
            removals::post_ids.eq(ids(written.iter().map(|(p, _)| p.0).collect())),
            removals::answers.eq(serde_json::json!(answers).to_string()),
        ))
        .returning(removals::id)
        .get_result(conn)?;
    let n = opened.len() + written.len();
    let detail = format!("{} threads, {} posts", opened.len(), written.len());
    audit::note(
        conn,
        &house.clock,
        Some(member.id),
        "member.content_removed",
        &format!("member:{author}"),
        &detail,
    )?;
    Ok((act, n))
}

/// Brings back what one act removed, also where the moderator may not read: the act reached there too.
pub fn undo(conn: &mut Conn, house: &House, member: &SignedIn, act: i64) -> Result<MemberId, Error> {
    threads::service::may_write(member)?;
    if member.role < Role::Moderator {
        return Err(Error::Forbidden);
    }
    let row: Removal = removals::table
        .find(act)
        .select(Removal::as_select())
        .get_result(conn)
        .optional()?
        .ok_or(Error::Absent)?;
    let claimed = diesel::update(removals::table.find(act).filter(removals::undone_at.is_null()))
        .set(removals::undone_at.eq(house.clock.now()))
        .execute(conn)?;
    if claimed == 0 {
        return Ok(row.member_id);
    }
    let ids = |text: &str| serde_json::from_str::<Vec<i64>>(text).unwrap_or_default();
    for id in ids(&row.thread_ids) {
        if let Some(thread) = threads::store::lock(conn, ThreadId(id))? {
            threads::service::restore_locked(conn, house, member, thread)?;
        }
    }
    let answers: Vec<(i64, i64)> = serde_json::from_str(&row.answers).unwrap_or_default();
    for id in ids(&row.post_ids) {
        let Some(found) = store::find(conn, PostId(id))? else { continue };
        let thread = threads::store::lock(conn, found.thread_id)?.ok_or(Error::Absent)?;
        if let Some(post) = store::lock(conn, found.id)? {
            let accepted = answers.iter().find(|(answer, _)| *answer == id).map(|(_, at)| UtcTime(*at));
            removal::restore_locked(conn, house, member, thread, &post, accepted)?;
        }
    }
    audit::note(
        conn,
        &house.clock,
        Some(member.id),
        "member.content_restored",
        &format!("member:{}", row.member_id),
        "",
    )?;
    Ok(row.member_id)
}

/// The last act against `author` that has not been undone.
pub fn latest(conn: &mut Conn, author: MemberId) -> QueryResult<Option<Removal>> {
    removals::table
        .filter(removals::member_id.eq(author.0))
        .filter(removals::undone_at.is_null())
        .order(removals::id.desc())
        .select(Removal::as_select())
        .first(conn)
        .optional()
}
