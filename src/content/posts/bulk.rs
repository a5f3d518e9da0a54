//! Taking in whole threads of another community: each enters with all its posts, its heat and its facts in
//! the log, as if it had always been here. Nobody is told; the log's origin is `import`.

use std::collections::BTreeMap;

use diesel::prelude::*;

use super::model::{Post, Prepared};
use super::store::{self, NewPost};
use super::{Error, service};
use crate::base::ids::{CategoryId, MemberId, PostId, TagId, ThreadId};
use crate::base::time::UtcTime;
use crate::content::heat::{self, Engagement, Kind, Scale};
use crate::content::markup::slugify;
use crate::content::tags::{self, TagNames};
use crate::content::threads::store::NewThread;
use crate::content::threads::{self, State, Thread, ThreadKind, Title};
use crate::content::{categories, markup};
use crate::infra::activity::{self, NewActivity, Origin, Verb};
use crate::infra::db::Conn;
use crate::infra::db::schema::posts;
use crate::infra::house::House;

/// In place of the renderer's version: links or mentions in this post wait for the rest of its community.
pub const UNFINISHED: i32 = -1;

/// A thread to take in. All times lie in the past.
#[derive(Debug, Clone)]
pub struct ThreadImport {
    /// The id to keep; must be free.
    pub id: Option<ThreadId>,
    /// Where.
    pub category: CategoryId,
    /// Who opened it.
    pub author: MemberId,
    /// What for.
    pub kind: ThreadKind,
    /// Its title.
    pub title: Title,
    /// Its tags.
    pub tags: TagNames,
    /// State of the whole thread.
    pub state: State,
    /// Opened then.
    pub created_at: UtcTime,
    /// Times it was read before; moves no heat.
    pub views: i64,
    /// Takes no more replies.
    pub closed: bool,
    /// Marked as lasting.
    pub featured: bool,
    /// Number of the accepted answer.
    pub accepted: Option<i32>,
    /// Its posts by ascending number; not empty.
    pub posts: Vec<PostImport>,
}

/// A post to take in.
#[derive(Debug, Clone)]
pub struct PostImport {
    /// The id to keep; must be free.
    pub id: Option<PostId>,
    /// Its place.
    pub number: i32,
    /// Who wrote it.
    pub author: MemberId,
    /// Its text.
    pub text: Prepared,
    /// Its state; the first post is listed and stands or falls with its thread.
    pub state: State,
    /// The number it answers.
    pub reply_to: Option<i32>,
    /// Likes without names.
    pub likes: i64,
    /// A word of staff about the thread: stands in it, and heats nothing.
    pub staff_note: bool,
    /// Written then.
    pub created_at: UtcTime,
    /// Last edited then.
    pub edited_at: Option<UtcTime>,
}

/// A thread that was taken in.
#[derive(Debug, Clone)]
pub struct Imported {
    /// Its id here.
    pub thread: ThreadId,
    /// The ids of its posts, in order.
    pub posts: Vec<PostId>,
}

/// Takes in threads, in one transaction. Counters of categories and tags move at the end, in ascending order.
pub fn import(conn: &mut Conn, house: &House, wanted: &[ThreadImport]) -> Result<Vec<Imported>, Error> {
    let scale = threads::service::scale(conn)?;
    let mut categories: BTreeMap<CategoryId, i64> = BTreeMap::new();
    let mut tagged: BTreeMap<TagId, i64> = BTreeMap::new();
    let mut facts = Vec::new();
    let mut done = Vec::with_capacity(wanted.len());
    for each in wanted {
        let tag_ids = tags::ensure(conn, &each.tags, each.created_at)?;
        done.push(one(conn, scale, each, &tag_ids, &mut facts)?);
        if each.state == State::Listed {
            *categories.entry(each.category).or_default() += 1;
            for tag in tag_ids {
                *tagged.entry(tag).or_default() += 1;
            }
        }
    }
    for (id, change) in categories {
        categories::store::count(conn, id, change)?;
    }
    for (id, change) in tagged {
        tags::count_one(conn, id, change)?;
    }
    for fact in facts {
        activity::record(conn, &house.clock, &fact.from(Origin::Import))?;
    }
    Ok(done)
}

fn one(
    conn: &mut Conn,
    scale: Scale,
    wanted: &ThreadImport,
    tag_ids: &[TagId],
    facts: &mut Vec<NewActivity>,
) -> Result<Imported, Error> {
    let new = NewThread {
        id: wanted.id,
        category: wanted.category,
        author: wanted.author,
        kind: wanted.kind,
        title: wanted.title.as_str(),
        slug: &slugify(wanted.title.as_str()),
        lang: wanted.posts.first().map_or("en", |p| p.text.lang),
        state: wanted.state,
        created_at: wanted.created_at,
    };
    let id = threads::store::insert(conn, &new)?;
    tags::set(conn, id, tag_ids)?;
    let ids = place(conn, id, &wanted.posts)?;
    let mut thread = threads::store::find(conn, id)?.ok_or(Error::Absent)?;
    thread.views = wanted.views;
    thread.closed = wanted.closed;
    thread.featured_at = wanted.featured.then_some(wanted.created_at);
    summarise(&mut thread, wanted, &ids);
    for row in engagements(&thread, wanted, &ids) {
        heat::store::insert_row(conn, &row, row.at.day())?;
    }
    thread.heat = heat::store::total(conn, scale, id)?;
    threads::store::save(conn, &thread)?;
    tell(&thread, wanted, &ids, facts);
    Ok(Imported { thread: id, posts: ids })
}

fn place(conn: &mut Conn, thread: ThreadId, wanted: &[PostImport]) -> QueryResult<Vec<PostId>> {
    let mut ids: Vec<PostId> = Vec::with_capacity(wanted.len());
    let mut numbers: BTreeMap<i32, PostId> = BTreeMap::new();
    for post in wanted {
        let new = NewPost {
            id: post.id,
            thread,
            number: post.number,
            author: post.author,
            text: &post.text,
            state: post.state,
            reply_to: post.reply_to.and_then(|number| numbers.get(&number).copied()),
            anonymous_likes: post.likes,
            created_at: post.created_at,
            edited_at: post.edited_at,
        };
        let id = store::insert(conn, &new)?;
        numbers.insert(post.number, id);
        ids.push(id);
    }
    Ok(ids)
}

/// What the thread's row says about its posts.
fn summarise(thread: &mut Thread, wanted: &ThreadImport, ids: &[PostId]) {
    let listed = || wanted.posts.iter().filter(|p| p.state == State::Listed);
    thread.posts = listed().count() as i64;
    thread.likes = listed().map(|p| p.likes).sum();
    if let Some(last) = listed().next_back() {
        thread.last_post_at = last.created_at;
        thread.last_poster_id = last.author;
    }
    thread.next_number = wanted.posts.last().map_or(1, |p| p.number.saturating_add(1));
    let times = wanted.posts.iter().flat_map(|p| [Some(p.created_at), p.edited_at]).flatten();
    thread.changed_at = times.max().unwrap_or(thread.created_at).max(thread.created_at);
    thread.accepted_post_id = answer(wanted, ids).map(|(_, id)| id);
    thread.unanswered = threads::service::waits(thread);
}

/// The accepted answer: a listed reply of a question.
fn answer<'a>(wanted: &'a ThreadImport, ids: &[PostId]) -> Option<(&'a PostImport, PostId)> {
    let number = wanted.accepted.filter(|_| wanted.kind == ThreadKind::Question)?;
    let replies = wanted.posts.iter().zip(ids.iter().copied()).skip(1);
    replies.into_iter().find(|(p, _)| p.number == number && p.state == State::Listed)
}

fn engagements(thread: &Thread, wanted: &ThreadImport, ids: &[PostId]) -> Vec<Engagement> {
    let mut rows = Vec::with_capacity(ids.len() + 2);
    let row = |kind, source: PostId, member, at, factor| Engagement {
        thread: thread.id,
        kind,
        source: source.0,
        member,
        at,
        factor,
    };
    for (place, (post, id)) in wanted.posts.iter().zip(ids.iter().copied()).enumerate() {
        if place == 0 {
            rows.push(row(Kind::Opened, id, Some(thread.author_id), thread.created_at, 1.0));
        } else if post.state == State::Listed && !post.staff_note {
            rows.push(service::reply_engagement(thread, id, post.author, post.created_at));
        }
        if post.state == State::Listed && post.likes > 0 {
            rows.push(row(Kind::Like, id, None, post.created_at, post.likes as f64));
        }
    }
    if let Some((post, id)) = answer(wanted, ids) {
        // When it was accepted is not told; not before it was written.
        rows.push(row(Kind::Accepted, id, Some(thread.author_id), post.created_at, 1.0));
    }
    rows
}

/// The facts, so that the readers of the log arrive at the same counters as if all had happened here.
fn tell(thread: &Thread, wanted: &ThreadImport, ids: &[PostId], facts: &mut Vec<NewActivity>) {
    let fact =
        |verb, at, author: MemberId| NewActivity::new(verb, at).to(author).on(thread.id, thread.category_id);
    for (place, (post, id)) in wanted.posts.iter().zip(ids.iter().copied()).enumerate() {
        if place == 0 {
            let created = fact(Verb::ThreadCreated, thread.created_at, thread.author_id);
            facts.push(created.by(thread.author_id).post(id));
        } else if post.state == State::Listed {
            facts.push(fact(Verb::PostCreated, post.created_at, post.author).by(post.author).post(id));
        }
        if post.state == State::Listed && post.likes > 0 {
            let liked = fact(Verb::PostLiked, post.created_at, post.author).post(id);
            facts.push(liked.with(serde_json::json!({ "n": post.likes })));
        }
    }
    if let Some((post, id)) = answer(wanted, ids) {
        let accepted = fact(Verb::AnswerAccepted, post.created_at, post.author);
        facts.push(accepted.by(thread.author_id).post(id));
    }
    if thread.featured_at.is_some() {
        facts.push(fact(Verb::ThreadFeatured, thread.created_at, thread.author_id));
    }
    if wanted.state != State::Listed {
        // Opened once, standing no more: its posts keep their own standing.
        facts.push(fact(Verb::ThreadDeleted, thread.created_at, thread.author_id));
    }
}

/// Posts with ids after `after` that an import has not finished, ascending.
pub fn unfinished(conn: &mut Conn, after: PostId, limit: i64) -> QueryResult<Vec<Post>> {
    posts::table
        .filter(posts::renderer.eq(UNFINISHED))
        .filter(posts::id.gt(after.0))
        .order(posts::id.asc())
        .limit(limit)
        .select(Post::as_select())
        .load(conn)
}

/// Replaces the text of an unfinished post by its finished one: no edit, so no revision.
pub fn finish(conn: &mut Conn, id: PostId, text: &Prepared) -> QueryResult<usize> {
    diesel::update(posts::table.find(id.0).filter(posts::renderer.eq(UNFINISHED)))
        .set((
            posts::body.eq(&text.body),
            posts::html.eq(&text.html),
            posts::renderer.eq(markup::RENDERER_VERSION),
        ))
        .execute(conn)
}

/// Says that finished posts changed what is shown of their threads, so that no cached page stays behind.
pub fn finished(conn: &mut Conn, house: &House, ids: &[ThreadId]) -> QueryResult<()> {
    for id in ids {
        threads::store::touch(conn, *id)?;
        if let Some(thread) = threads::store::find(conn, *id)? {
            let fact = NewActivity::new(Verb::ThreadChanged, house.clock.now())
                .to(thread.author_id)
                .on(*id, thread.category_id)
                .from(Origin::Import);
            activity::record(conn, &house.clock, &fact)?;
        }
    }
    Ok(())
}
