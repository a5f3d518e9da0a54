//! Opening threads and replying.

use std::collections::HashMap;

use diesel::prelude::*;

use super::Error;
use super::model::{Post, Prepared};
use super::store::{self, NewPost};
use crate::base::actor::{Actor, SignedIn};
use crate::base::ids::{CategoryId, MemberId, PostId, ThreadId};
use crate::base::time::SECOND;
use crate::content::categories::{self, Readable};
use crate::content::heat::{Engagement, Kind, model::OWN_REPLY};
use crate::content::markup::slugify;
use crate::content::tags::{self, TagNames};
use crate::content::threads::store::NewThread;
use crate::content::threads::{self, State, Thread, ThreadKind, Title, follow};
use crate::infra::activity::{self, NewActivity, Verb};
use crate::infra::db::Conn;
use crate::infra::house::House;

/// A thread to open.
#[derive(Debug, Clone)]
pub struct OpenThread {
    /// Where.
    pub category: CategoryId,
    /// What for.
    pub kind: ThreadKind,
    /// Its title.
    pub title: Title,
    /// Its tags.
    pub tags: TagNames,
    /// Its first post.
    pub text: Prepared,
}

/// A thread that was opened.
#[derive(Debug, Clone)]
pub struct Opened {
    /// The thread.
    pub thread: ThreadId,
    /// Its first post.
    pub post: PostId,
    /// Its address.
    pub url: String,
}

/// Opens a thread.
pub fn open(conn: &mut Conn, house: &House, member: &SignedIn, wanted: &OpenThread) -> Result<Opened, Error> {
    threads::service::may_write(member)?;
    let actor = member.actor();
    let readable = categories::service::readable(conn, &actor)?;
    let category = readable.get(wanted.category).ok_or(threads::Error::CategoryInvalid)?;
    if !category.may_open(&actor) {
        return Err(threads::Error::CategoryClosed.into());
    }
    let now = house.clock.now();
    let slug = slugify(wanted.title.as_str());
    let id = threads::store::insert(
        conn,
        &NewThread {
            id: None,
            category: wanted.category,
            author: member.id,
            kind: wanted.kind,
            title: wanted.title.as_str(),
            slug: &slug,
            lang: wanted.text.lang,
            state: State::Listed,
            created_at: now,
        },
    )?;
    let tag_ids = tags::ensure(conn, &wanted.tags, now)?;
    tags::set(conn, id, &tag_ids)?;
    let mut thread = threads::store::lock(conn, id)?.ok_or(Error::Absent)?;
    let first = NewPost {
        id: None,
        thread: id,
        number: 1,
        author: member.id,
        text: &wanted.text,
        state: State::Listed,
        reply_to: None,
        anonymous_likes: 0,
        created_at: now,
        edited_at: None,
    };
    let post = store::insert(conn, &first)?;
    thread.next_number = 2;
    thread.posts = 1;
    let opened = Engagement {
        thread: id,
        kind: Kind::Opened,
        source: post.0,
        member: Some(member.id),
        at: now,
        factor: 1.0,
    };
    let scale = threads::service::scale(conn)?;
    threads::service::engage(conn, scale, &mut thread, &opened)?;
    threads::store::save(conn, &thread)?;
    threads::service::count_listing(conn, &thread, 1)?;
    follow::follow(conn, member.id, id, now)?;
    threads::store::mark_read(conn, member.id, id, 1, now)?;
    let fact = NewActivity::new(Verb::ThreadCreated, now)
        .by(member.id)
        .to(member.id)
        .on(id, thread.category_id)
        .post(post);
    activity::record(conn, &house.clock, &fact)?;
    Ok(Opened { thread: id, post, url: thread.url(1) })
}

/// A reply to write.
#[derive(Debug, Clone)]
pub struct Reply {
    /// Where.
    pub thread: ThreadId,
    /// The number of the post it answers.
    pub to: Option<i32>,
    /// Its text.
    pub text: Prepared,
}

/// Posts of a member looked at, and for how long, for one that was sent again.
const LAST: i64 = 5;
const AGAIN: i64 = 600 * SECOND;

/// Where a text was to stand.
#[derive(Debug, Clone, Copy)]
pub enum Place<'a> {
    /// As a reply in a thread, to the post of this number.
    Reply(ThreadId, Option<i32>),
    /// As the opening of a thread with this title.
    Opening(CategoryId, &'a str),
}

impl Place<'_> {
    fn is_of(self, conn: &mut Conn, post: &Post, thread: &Thread) -> QueryResult<bool> {
        Ok(match self {
            Self::Reply(id, to) => {
                thread.id == id && !post.opens() && post.reply_to == numbered(conn, id, to)?
            }
            Self::Opening(category, title) => {
                let listed = thread.state() == State::Listed;
                post.opens() && listed && thread.category_id == category && thread.title == title
            }
        })
    }
}

/// The address of what `author` wrote at `place` a moment ago with the very same text. A form that the browser brought
/// back and that is sent again has a number of its own and would be taken as another.
pub fn said_before(
    conn: &mut Conn,
    house: &House,
    author: MemberId,
    place: Place<'_>,
    body: &str,
) -> QueryResult<Option<String>> {
    let now = house.clock.now();
    for post in store::by_author(conn, author, None, LAST)? {
        if post.body != body || now.since(post.created_at) > AGAIN {
            continue;
        }
        if let Some(thread) = threads::store::find(conn, post.thread_id)?
            && place.is_of(conn, &post, &thread)?
        {
            return Ok(Some(crate::web::urls::post_in_thread(thread.id, &thread.slug, post.number, post.id)));
        }
    }
    Ok(None)
}

/// The post of a number that a reply answers, when it can be read.
fn numbered(conn: &mut Conn, thread: ThreadId, number: Option<i32>) -> QueryResult<Option<PostId>> {
    let Some(number) = number else { return Ok(None) };
    Ok(store::at(conn, thread, number)?.filter(|post| post.state() == State::Listed).map(|post| post.id))
}

/// A reply that was written.
#[derive(Debug, Clone)]
pub struct Replied {
    /// The post.
    pub post: PostId,
    /// Its number.
    pub number: i32,
    /// Its address in the thread.
    pub url: String,
}

/// Writes a reply.
pub fn reply(conn: &mut Conn, house: &House, member: &SignedIn, wanted: &Reply) -> Result<Replied, Error> {
    threads::service::may_write(member)?;
    let actor = member.actor();
    let readable = categories::service::readable(conn, &actor)?;
    let mut thread = threads::service::lock_for(conn, &actor, &readable, wanted.thread)?;
    if thread.state() != State::Listed || (thread.closed && !actor.moderates(thread.category_id)) {
        return Err(threads::Error::Closed.into());
    }
    let reply_to = numbered(conn, thread.id, wanted.to)?;
    let now = house.clock.now();
    let number = thread.next_number;
    let new = NewPost {
        id: None,
        thread: thread.id,
        number,
        author: member.id,
        text: &wanted.text,
        state: State::Listed,
        reply_to,
        anonymous_likes: 0,
        created_at: now,
        edited_at: None,
    };
    let post = store::insert(conn, &new)?;
    thread.next_number += 1;
    thread.posts += 1;
    thread.last_post_at = now;
    thread.last_poster_id = member.id;
    thread.changed_at = now;
    thread.unanswered = threads::service::waits(&thread);
    let scale = threads::service::scale(conn)?;
    let engagement = reply_engagement(&thread, post, member.id, now);
    threads::service::engage(conn, scale, &mut thread, &engagement)?;
    threads::store::save(conn, &thread)?;
    follow::follow(conn, member.id, thread.id, now)?;
    threads::store::mark_read(conn, member.id, thread.id, number, now)?;
    let fact = NewActivity::new(Verb::PostCreated, now)
        .by(member.id)
        .to(member.id)
        .on(thread.id, thread.category_id)
        .post(post);
    activity::record(conn, &house.clock, &fact)?;
    let url = crate::web::urls::post_in_thread(thread.id, &thread.slug, number, post);
    Ok(Replied { post, number, url })
}

/// What a reply weighs: the author's own weigh less.
pub fn reply_engagement(
    thread: &Thread,
    post: PostId,
    author: crate::base::ids::MemberId,
    at: crate::base::time::UtcTime,
) -> Engagement {
    let factor = if author == thread.author_id { OWN_REPLY } else { 1.0 };
    Engagement { thread: thread.id, kind: Kind::Reply, source: post.0, member: Some(author), at, factor }
}

/// Refuses a number that is no listed post of a thread which `actor` may read.
pub fn answerable(conn: &mut Conn, actor: &Actor, thread: ThreadId, number: i32) -> Result<(), Error> {
    let readable = categories::service::readable(conn, actor)?;
    threads::service::load_for(conn, actor, &readable, thread)?;
    let post = store::at(conn, thread, number)?.filter(|p| p.state() == State::Listed);
    post.map(drop).ok_or(Error::ReplyToInvalid)
}

/// The posts that `posts` answer, as far as they are listed in the same thread: what was removed or hidden since
/// is not spoken of.
pub fn answered(conn: &mut Conn, posts: &[Post]) -> QueryResult<HashMap<PostId, Post>> {
    let mut parents: Vec<PostId> = posts.iter().filter_map(|p| p.reply_to).collect();
    parents.sort_unstable();
    parents.dedup();
    if parents.is_empty() {
        return Ok(HashMap::new());
    }
    let found = store::find_many(conn, &parents)?.into_iter().filter(|parent| {
        let same = |p: &&Post| p.reply_to == Some(parent.id) && p.thread_id == parent.thread_id;
        parent.state() == State::Listed && posts.iter().any(|p| same(&p))
    });
    Ok(found.map(|parent| (parent.id, parent)).collect())
}

/// A post with its thread, as far as `actor` may see both.
pub fn load_for(
    conn: &mut Conn,
    actor: &Actor,
    readable: &Readable,
    id: PostId,
) -> Result<(Thread, Post), Error> {
    let post = store::find(conn, id)?.ok_or(Error::Absent)?;
    let thread = match threads::service::load_for(conn, actor, readable, post.thread_id) {
        Err(threads::Error::Absent) => return Err(Error::Absent),
        found => found?,
    };
    visible(actor, &thread, post).map(|post| (thread, post))
}

/// [`load_for`] with both rows locked, thread first.
pub fn lock_for(
    conn: &mut Conn,
    actor: &Actor,
    readable: &Readable,
    id: PostId,
) -> Result<(Thread, Post), Error> {
    let found = store::find(conn, id)?.ok_or(Error::Absent)?;
    let thread = match threads::service::lock_for(conn, actor, readable, found.thread_id) {
        Err(threads::Error::Absent) => return Err(Error::Absent),
        found => found?,
    };
    let post = store::lock(conn, id)?.ok_or(Error::Absent)?;
    visible(actor, &thread, post).map(|post| (thread, post))
}

/// The post half of the visibility rule.
fn visible(actor: &Actor, thread: &Thread, post: Post) -> Result<Post, Error> {
    match post.state() {
        State::Listed => Ok(post),
        _ if actor.moderates(thread.category_id) => Ok(post),
        State::Held | State::Scheduled if actor.id() == Some(post.author_id) => Ok(post),
        State::Deleted if post.was_public => Err(threads::Error::Gone.into()),
        _ => Err(Error::Absent),
    }
}

/// Renders anew what an older renderer made, at most `limit` posts; returns how many were left to do.
pub fn rerender(conn: &mut Conn, house: &House, limit: i64) -> QueryResult<usize> {
    let old = store::outdated(conn, crate::content::markup::RENDERER_VERSION, limit)?;
    for post in &old {
        let body = super::Body::imported(&post.body);
        let text = Prepared::new(conn, house, &body)?;
        store::rerender(conn, post.id, &text)?;
    }
    Ok(old.len())
}
