//! Removing posts and bringing them back. The first post stands and falls with its thread.

use diesel::prelude::*;

use super::model::Post;
use super::{Error, service, store};
use crate::base::actor::SignedIn;
use crate::base::ids::{MemberId, PostId};
use crate::base::time::UtcTime;
use crate::content::categories::{self, Readable};
use crate::content::heat::{self, Engagement, Kind};
use crate::content::threads::{self, State, Thread, ThreadKind};
use crate::infra::activity::{self, NewActivity, Verb};
use crate::infra::db::Conn;
use crate::infra::db::schema::reactions;
use crate::infra::house::House;
use crate::site::audit;

/// Removes a post: moderators any, authors their own.
pub fn delete(conn: &mut Conn, house: &House, member: &SignedIn, id: PostId) -> Result<Thread, Error> {
    let actor = member.actor();
    let readable = categories::service::readable(conn, &actor)?;
    let (thread, post) = service::lock_for(conn, &actor, &readable, id)?;
    if !super::edit::may_edit(&actor, &thread, &post) {
        return Err(Error::Forbidden);
    }
    if post.opens() {
        return Ok(threads::service::delete(conn, house, member, thread.id)?);
    }
    remove_locked(conn, house, member, thread, &post)
}

/// Removes a locked post that is not the first of its locked thread.
pub fn remove_locked(
    conn: &mut Conn,
    house: &House,
    member: &SignedIn,
    mut thread: Thread,
    post: &Post,
) -> Result<Thread, Error> {
    if post.state() == State::Deleted {
        return Ok(thread);
    }
    let now = house.clock.now();
    let listed = post.state() == State::Listed;
    let public = categories::service::public(conn)?;
    let was_public = listed && thread.state() == State::Listed && public.has(thread.category_id);
    store::set_state(conn, post.id, State::Deleted, was_public, Some((member.id, now)))?;
    if listed {
        thread.posts -= 1;
        thread.likes -= post.likes;
    }
    if thread.accepted_post_id == Some(post.id) {
        thread.accepted_post_id = None;
        fact(conn, house, Verb::AnswerUnaccepted, member, &thread, post)?;
    }
    heat::store::remove_of_post(conn, thread.id, post.id.0)?;
    settle(conn, house, &mut thread)?;
    if member.id != post.author_id {
        audit::note(conn, &house.clock, Some(member.id), "post.deleted", &format!("post:{}", post.id), "")?;
    }
    fact(conn, house, Verb::PostDeleted, member, &thread, post)?;
    Ok(thread)
}

/// Brings a removed post back, with its likes: moderators any, authors their own that nobody else touched since.
pub fn restore(conn: &mut Conn, house: &House, member: &SignedIn, id: PostId) -> Result<Thread, Error> {
    threads::service::may_write(member)?;
    let actor = member.actor();
    let readable = categories::service::readable(conn, &actor)?;
    if let Some((thread, post)) = own_removed(conn, house, member, &readable, id)? {
        return restore_locked(conn, house, member, thread, &post, None);
    }
    let (thread, post) = service::lock_for(conn, &actor, &readable, id)?;
    if !actor.moderates(thread.category_id) {
        return Err(Error::Forbidden);
    }
    if post.opens() {
        return Ok(threads::service::restore(conn, house, member, thread.id)?);
    }
    restore_locked(conn, house, member, thread, &post, None)
}

/// The reply `id`, locked with its thread, when `member` wrote and removed it a short while ago in a thread that is still
/// open, and nobody else touched it since.
fn own_removed(
    conn: &mut Conn,
    house: &House,
    member: &SignedIn,
    readable: &Readable,
    id: PostId,
) -> Result<Option<(Thread, Post)>, Error> {
    let Some(found) = store::find(conn, id)?.filter(|post| post.author_id == member.id) else {
        return Ok(None);
    };
    let Some(thread) = threads::store::lock(conn, found.thread_id)? else { return Ok(None) };
    let Some(post) = store::lock(conn, id)?.filter(|post| post.state() == State::Deleted) else {
        return Ok(None);
    };
    let removal = store::removal(conn, id)?.filter(|(by, _)| *by == member.id);
    let Some((_, at)) = removal.filter(|(_, at)| house.clock.now() < at.plus(threads::service::REGRET))
    else {
        return Ok(None);
    };
    let stands = thread.state() == State::Listed && !thread.closed && readable.has(thread.category_id);
    let untouched = post.edited_at.is_none_or(|edited| edited <= at);
    Ok((stands && untouched && !post.opens()).then_some((thread, post)))
}

/// Brings back a locked post that is not the first of its locked thread; as the accepted answer since
/// `accepted`, unless there is another by now.
pub fn restore_locked(
    conn: &mut Conn,
    house: &House,
    member: &SignedIn,
    mut thread: Thread,
    post: &Post,
    accepted: Option<UtcTime>,
) -> Result<Thread, Error> {
    if post.state() != State::Deleted {
        return Ok(thread);
    }
    store::set_state(conn, post.id, State::Listed, false, None)?;
    thread.posts += 1;
    thread.likes += post.likes;
    let mut rows = engagements(conn, &thread, post)?;
    let free = thread.accepted_post_id.is_none() && thread.kind() == ThreadKind::Question;
    let accepted = accepted.filter(|_| free);
    if let Some(at) = accepted {
        thread.accepted_post_id = Some(post.id);
        rows.push(super::answers::acceptance(&thread, post.id, at));
    }
    for row in rows {
        heat::store::insert_row(conn, &row, row.at.day())?;
    }
    settle(conn, house, &mut thread)?;
    if member.id != post.author_id {
        audit::note(conn, &house.clock, Some(member.id), "post.restored", &format!("post:{}", post.id), "")?;
    }
    fact(conn, house, Verb::PostRestored, member, &thread, post)?;
    if accepted.is_some() {
        fact(conn, house, Verb::AnswerAccepted, member, &thread, post)?;
    }
    Ok(thread)
}

/// Every engagement that stands on a reply: itself, and the likes on it.
pub fn engagements(conn: &mut Conn, thread: &Thread, post: &Post) -> QueryResult<Vec<Engagement>> {
    let mut all = vec![service::reply_engagement(thread, post.id, post.author_id, post.created_at)];
    let likes: Vec<(MemberId, UtcTime)> = reactions::table
        .filter(reactions::post_id.eq(post.id.0))
        .filter(reactions::active.eq(true))
        .select((reactions::member_id, reactions::reacted_at))
        .load(conn)?;
    let like = |member, at, factor| Engagement {
        thread: thread.id,
        kind: Kind::Like,
        source: post.id.0,
        member,
        at,
        factor,
    };
    all.extend(likes.into_iter().map(|(member, at)| like(Some(member), at, 1.0)));
    if post.anonymous_likes > 0 {
        all.push(like(None, post.created_at, post.anonymous_likes as f64));
    }
    Ok(all)
}

/// Recomputes what follows from the standing posts, and saves.
fn settle(conn: &mut Conn, house: &House, thread: &mut Thread) -> Result<(), Error> {
    if let Some((at, by)) = store::last_listed(conn, thread.id)? {
        thread.last_post_at = at;
        thread.last_poster_id = by;
    }
    let scale = threads::service::scale(conn)?;
    thread.heat = heat::store::total(conn, scale, thread.id)?;
    thread.unanswered = threads::service::waits(thread);
    thread.changed_at = house.clock.now();
    threads::store::save(conn, thread)?;
    Ok(())
}

fn fact(
    conn: &mut Conn,
    house: &House,
    verb: Verb,
    member: &SignedIn,
    thread: &Thread,
    post: &Post,
) -> QueryResult<()> {
    let fact = NewActivity::new(verb, house.clock.now())
        .by(member.id)
        .to(post.author_id)
        .on(thread.id, thread.category_id)
        .post(post.id);
    activity::record(conn, &house.clock, &fact)
}
