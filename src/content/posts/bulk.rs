//! Taking in whole threads of another community: each enters with all its posts, its heat and its facts in
//! the log, as if it had always been here. Nobody is told; the log's origin is `import`.

use std::collections::{BTreeMap, BTreeSet};

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
    let ids = place(conn, id, &wanted.posts, BTreeMap::new())?;
    let mut thread = threads::store::find(conn, id)?.ok_or(Error::Absent)?;
    thread.views = wanted.views;
    thread.closed = wanted.closed;
    thread.featured_at = wanted.featured.then_some(wanted.created_at);
    let parts: Vec<Part<'_>> = parts(&wanted.posts, &ids, true);
    let answer = wanted.accepted.and_then(|number| answer(wanted.kind, number, &parts));
    summarise(&mut thread, wanted);
    thread.accepted_post_id = answer.map(|part| part.id);
    thread.unanswered = threads::service::waits(&thread);
    warm(conn, scale, &mut thread, &parts, answer)?;
    threads::store::save(conn, &thread)?;
    tell(&thread, &parts, answer, facts);
    let fact = |verb| {
        NewActivity::new(verb, thread.created_at).to(thread.author_id).on(thread.id, thread.category_id)
    };
    if thread.featured_at.is_some() {
        facts.push(fact(Verb::ThreadFeatured));
    }
    if wanted.state != State::Listed {
        // Opened once, standing no more: its replies keep their own standing.
        let opener = threads::store::opener(conn, id)?;
        facts.push(fact(Verb::ThreadDeleted).with(threads::service::standing(opener, true)));
    }
    Ok(Imported { thread: id, posts: ids })
}

/// Posts that a thread got in the source after it was taken in.
#[derive(Debug, Clone)]
pub struct MoreImport {
    /// The thread here.
    pub thread: ThreadId,
    /// The new posts by ascending number; none opens the thread.
    pub posts: Vec<PostImport>,
    /// Number of the accepted answer; counts when it is one of these and none was accepted before.
    pub accepted: Option<i32>,
}

/// Takes in what came later to threads that are here. A number that somebody here has taken meanwhile is
/// replaced by the thread's next. Empty for a thread that is here no more.
pub fn extend(conn: &mut Conn, house: &House, wanted: &[MoreImport]) -> Result<Vec<Vec<PostId>>, Error> {
    let scale = threads::service::scale(conn)?;
    let mut facts = Vec::new();
    let mut done = Vec::with_capacity(wanted.len());
    for each in wanted {
        done.push(match threads::store::lock(conn, each.thread)? {
            Some(thread) => grow(conn, scale, thread, each, &mut facts)?,
            None => Vec::new(),
        });
    }
    for fact in facts {
        activity::record(conn, &house.clock, &fact.from(Origin::Import))?;
    }
    Ok(done)
}

fn grow(
    conn: &mut Conn,
    scale: Scale,
    mut thread: Thread,
    wanted: &MoreImport,
    facts: &mut Vec<NewActivity>,
) -> Result<Vec<PostId>, Error> {
    let mut posts = wanted.posts.clone();
    let taken = store::numbers(conn, thread.id)?;
    let mut used: BTreeSet<i32> = taken.keys().copied().collect();
    for post in &mut posts {
        if !used.insert(post.number) {
            post.number = thread.next_number;
            used.insert(post.number);
        }
        thread.next_number = thread.next_number.max(post.number.saturating_add(1));
    }
    let accepted = wanted.accepted.and_then(|number| wanted.posts.iter().position(|p| p.number == number));
    let ids = place(conn, thread.id, &posts, taken)?;
    let parts = parts(&posts, &ids, false);
    for post in posts.iter().filter(|p| p.state == State::Listed) {
        thread.posts += 1;
        thread.likes += post.likes;
        if post.created_at >= thread.last_post_at {
            thread.last_post_at = post.created_at;
            thread.last_poster_id = post.author;
        }
    }
    let changed = posts.iter().filter_map(|p| p.edited_at.max(Some(p.created_at))).max();
    thread.changed_at = thread.changed_at.max(changed.unwrap_or(thread.changed_at));
    let answer = accepted
        .filter(|_| thread.accepted_post_id.is_none())
        .and_then(|place| answer(thread.kind(), posts.get(place)?.number, &parts));
    if let Some(part) = answer {
        thread.accepted_post_id = Some(part.id);
    }
    thread.unanswered = threads::service::waits(&thread);
    warm(conn, scale, &mut thread, &parts, answer)?;
    threads::store::save(conn, &thread)?;
    tell(&thread, &parts, answer, facts);
    Ok(ids)
}

/// A post with the id it got.
#[derive(Debug, Clone, Copy)]
struct Part<'a> {
    post: &'a PostImport,
    id: PostId,
    opens: bool,
}

fn parts<'a>(posts: &'a [PostImport], ids: &[PostId], opening: bool) -> Vec<Part<'a>> {
    let pairs = posts.iter().zip(ids.iter().copied()).enumerate();
    pairs.map(|(place, (post, id))| Part { post, id, opens: opening && place == 0 }).collect()
}

/// Writes posts; `numbers` are the posts that stand in the thread already.
fn place(
    conn: &mut Conn,
    thread: ThreadId,
    wanted: &[PostImport],
    mut numbers: BTreeMap<i32, PostId>,
) -> QueryResult<Vec<PostId>> {
    let mut ids: Vec<PostId> = Vec::with_capacity(wanted.len());
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
fn summarise(thread: &mut Thread, wanted: &ThreadImport) {
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
}

/// The accepted answer: a listed reply of a question.
fn answer<'a>(kind: ThreadKind, number: i32, parts: &'a [Part<'a>]) -> Option<&'a Part<'a>> {
    let good =
        |part: &&Part<'_>| !part.opens && part.post.number == number && part.post.state == State::Listed;
    (kind == ThreadKind::Question).then(|| parts.iter().find(good)).flatten()
}

/// Writes the engagements of `parts` and sums the thread's heat anew.
fn warm(
    conn: &mut Conn,
    scale: Scale,
    thread: &mut Thread,
    parts: &[Part<'_>],
    answer: Option<&Part<'_>>,
) -> QueryResult<()> {
    let row = |kind, source: PostId, member, at, factor| Engagement {
        thread: thread.id,
        kind,
        source: source.0,
        member,
        at,
        factor,
    };
    let mut rows = Vec::with_capacity(parts.len() + 2);
    for &Part { post, id, opens } in parts {
        let listed = post.state == State::Listed;
        if opens {
            rows.push(row(Kind::Opened, id, Some(thread.author_id), thread.created_at, 1.0));
        } else if listed && !post.staff_note {
            rows.push(service::reply_engagement(thread, id, post.author, post.created_at));
        }
        if listed && post.likes > 0 {
            rows.push(row(Kind::Like, id, None, post.created_at, post.likes as f64));
        }
    }
    if let Some(part) = answer {
        // When it was accepted is not told; not before it was written.
        rows.push(row(Kind::Accepted, part.id, Some(thread.author_id), part.post.created_at, 1.0));
    }
    for row in rows {
        heat::store::insert_row(conn, &row, row.at.day())?;
    }
    thread.heat = heat::store::total(conn, scale, thread.id)?;
    Ok(())
}

/// The facts, so that the readers of the log arrive at the same counters as if all had happened here.
fn tell(thread: &Thread, parts: &[Part<'_>], answer: Option<&Part<'_>>, facts: &mut Vec<NewActivity>) {
    let fact =
        |verb, at, author: MemberId| NewActivity::new(verb, at).to(author).on(thread.id, thread.category_id);
    for &Part { post, id, opens } in parts {
        let listed = post.state == State::Listed;
        if opens {
            let created = fact(Verb::ThreadCreated, thread.created_at, thread.author_id);
            facts.push(created.by(thread.author_id).post(id));
        } else if listed {
            facts.push(fact(Verb::PostCreated, post.created_at, post.author).by(post.author).post(id));
        }
        if listed && post.likes > 0 {
            let liked = fact(Verb::PostLiked, post.created_at, post.author).post(id);
            facts.push(liked.with(serde_json::json!({ "n": post.likes })));
        }
    }
    if let Some(part) = answer {
        let accepted = fact(Verb::AnswerAccepted, part.post.created_at, part.post.author);
        facts.push(accepted.by(thread.author_id).post(part.id));
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
