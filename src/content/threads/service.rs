//! What happens to a thread as a whole. Posts and reactions change counters and heat through here.

use diesel::prelude::*;

use super::model::{Access, State, Thread, ThreadKind, Title};
use super::{Error, store};
use crate::base::actor::{Actor, SignedIn};
use crate::base::ids::{CategoryId, MemberId, ThreadId};
use crate::base::time::{DAY, UtcTime};
use crate::content::categories::{self, Readable};
use crate::content::heat::{self, Engagement, Kind, Scale};
use crate::content::markup::slugify;
use crate::content::tags::{self, TagNames};
use crate::infra::activity::{self, NewActivity, Verb};
use crate::infra::db::Conn;
use crate::infra::house::House;
use crate::site::{audit, settings};

/// The site's scale of heat.
pub fn scale(conn: &mut Conn) -> QueryResult<Scale> {
    settings::load(conn).map(|s| Scale::hours(s.half_life_hours))
}

/// The thread of an address, as far as `actor` may see it.
pub fn load_for(conn: &mut Conn, actor: &Actor, readable: &Readable, id: ThreadId) -> Result<Thread, Error> {
    let thread = store::find(conn, id)?.ok_or(Error::Absent)?;
    seen(thread, actor, readable)
}

/// [`load_for`], with the row locked.
pub fn lock_for(conn: &mut Conn, actor: &Actor, readable: &Readable, id: ThreadId) -> Result<Thread, Error> {
    let thread = store::lock(conn, id)?.ok_or(Error::Absent)?;
    seen(thread, actor, readable)
}

fn seen(thread: Thread, actor: &Actor, readable: &Readable) -> Result<Thread, Error> {
    match thread.access(actor, readable) {
        Access::Full => Ok(thread),
        Access::Gone => Err(Error::Gone),
        Access::Absent => Err(Error::Absent),
    }
}

/// [`lock_for`] for moderators of the thread's category who may write.
pub fn lock_moderated(conn: &mut Conn, member: &SignedIn, id: ThreadId) -> Result<Thread, Error> {
    may_write(member)?;
    let actor = member.actor();
    let readable = categories::service::readable(conn, &actor)?;
    let thread = lock_for(conn, &actor, &readable, id)?;
    if actor.moderates(thread.category_id) { Ok(thread) } else { Err(Error::Forbidden) }
}

/// Suspended members read, and write nothing.
pub fn may_write(member: &SignedIn) -> Result<(), Error> {
    if member.suspended_until.is_some() { Err(Error::Suspended) } else { Ok(()) }
}

/// Adds `engagement` to the heat of a locked thread.
pub fn engage(
    conn: &mut Conn,
    scale: Scale,
    thread: &mut Thread,
    engagement: &Engagement,
) -> QueryResult<()> {
    let effect = heat::store::insert(conn, scale, engagement)?;
    thread.heat = effect.apply(conn, scale, thread.id, thread.heat)?;
    Ok(())
}

/// Takes an engagement out of the heat of a locked thread.
pub fn disengage(
    conn: &mut Conn,
    scale: Scale,
    thread: &mut Thread,
    kind: Kind,
    source: i64,
    member: Option<MemberId>,
) -> QueryResult<()> {
    let effect = heat::store::remove(conn, scale, thread.id, kind, source, member)?;
    thread.heat = effect.apply(conn, scale, thread.id, thread.heat)?;
    Ok(())
}

/// Whether a thread waits: for a first reply, or as a question for an accepted answer.
pub fn waits(thread: &Thread) -> bool {
    thread.replies() == 0 || (thread.kind() == ThreadKind::Question && thread.accepted_post_id.is_none())
}

/// Moves the counters of the category and tags when a thread enters or leaves the lists.
pub fn count_listing(conn: &mut Conn, thread: &Thread, change: i64) -> QueryResult<()> {
    categories::store::count(conn, thread.category_id, change)?;
    tags::count(conn, thread.id, change)
}

/// Microseconds for which members can bring back what they removed themselves.
pub const REGRET: i64 = DAY;

/// What may be changed about a thread; nothing stays as it is.
#[derive(Debug, Clone, Default)]
pub struct Change {
    /// New title.
    pub title: Option<Title>,
    /// New kind.
    pub kind: Option<ThreadKind>,
    /// New category.
    pub category: Option<CategoryId>,
    /// New set of tags.
    pub tags: Option<TagNames>,
}

/// Authors change title, kind and tags of their own; moderators also the category.
pub fn change(
    conn: &mut Conn,
    house: &House,
    member: &SignedIn,
    id: ThreadId,
    wanted: &Change,
) -> Result<Thread, Error> {
    may_write(member)?;
    let actor = member.actor();
    let readable = categories::service::readable(conn, &actor)?;
    let mut thread = lock_for(conn, &actor, &readable, id)?;
    let moderator = actor.moderates(thread.category_id);
    if !moderator && (thread.author_id != member.id || thread.closed || thread.state() != State::Listed) {
        return Err(Error::Forbidden);
    }
    let now = house.clock.now();
    if let Some(category) = wanted.category.filter(|c| *c != thread.category_id) {
        let from = readable.get(thread.category_id).map(|c| c.slug.as_str()).unwrap_or_default();
        move_to(conn, &actor, &readable, &mut thread, category, moderator)?;
        let to = readable.get(category).map(|c| c.slug.as_str()).unwrap_or_default();
        let (subject, detail) = (format!("thread:{id}"), format!("{from} → {to}"));
        audit::note(conn, &house.clock, Some(member.id), "thread.moved", &subject, &detail)?;
    }
    if let Some(title) = &wanted.title {
        title.as_str().clone_into(&mut thread.title);
        thread.slug = slugify(title.as_str());
    }
    if let Some(kind) = wanted.kind {
        thread.kind = kind.code();
        if kind != ThreadKind::Question {
            forget_answer(conn, house, member.id, &mut thread)?;
        }
    }
    if let Some(names) = &wanted.tags {
        retag(conn, &thread, names, now)?;
    }
    thread.unanswered = waits(&thread);
    thread.changed_at = now;
    store::save(conn, &thread)?;
    record(conn, house, Verb::ThreadChanged, member.id, &thread)?;
    Ok(thread)
}

/// A thread that is no question has no answer.
fn forget_answer(conn: &mut Conn, house: &House, actor: MemberId, thread: &mut Thread) -> Result<(), Error> {
    use crate::infra::db::schema::posts;
    let Some(answer) = thread.accepted_post_id.take() else { return Ok(()) };
    let asker = thread.author_id;
    let scale = scale(conn)?;
    disengage(conn, scale, thread, Kind::Accepted, answer.0, Some(asker))?;
    let author: MemberId = posts::table.find(answer.0).select(posts::author_id).get_result(conn)?;
    let fact = NewActivity::new(Verb::AnswerUnaccepted, house.clock.now())
        .by(actor)
        .to(author)
        .on(thread.id, thread.category_id)
        .post(answer);
    activity::record(conn, &house.clock, &fact)?;
    Ok(())
}

fn move_to(
    conn: &mut Conn,
    actor: &Actor,
    readable: &Readable,
    thread: &mut Thread,
    category: CategoryId,
    moderator: bool,
) -> Result<(), Error> {
    let target = readable.get(category).ok_or(Error::CategoryInvalid)?;
    if !moderator || !target.may_open(actor) {
        return Err(Error::CategoryClosed);
    }
    if thread.state() == State::Listed {
        // In ascending order, so that two moves the other way round wait for each other instead of crossing.
        let mut counters = [(thread.category_id, -1), (category, 1)];
        counters.sort_unstable();
        for (id, change) in counters {
            categories::store::count(conn, id, change)?;
        }
    }
    thread.category_id = category;
    Ok(())
}

fn retag(conn: &mut Conn, thread: &Thread, names: &TagNames, now: UtcTime) -> Result<(), Error> {
    let listed = thread.state() == State::Listed;
    if listed {
        tags::count(conn, thread.id, -1)?;
    }
    let ids = tags::ensure(conn, names, now)?;
    tags::set(conn, thread.id, &ids)?;
    if listed {
        tags::count(conn, thread.id, 1)?;
    }
    Ok(())
}

/// Closes or reopens.
pub fn set_closed(
    conn: &mut Conn,
    house: &House,
    member: &SignedIn,
    id: ThreadId,
    closed: bool,
) -> Result<Thread, Error> {
    let mut thread = lock_moderated(conn, member, id)?;
    if thread.closed != closed {
        thread.closed = closed;
        thread.changed_at = house.clock.now();
        store::save(conn, &thread)?;
        let action = if closed { "thread.closed" } else { "thread.reopened" };
        audit::note(conn, &house.clock, Some(member.id), action, &format!("thread:{id}"), "")?;
        record(conn, house, Verb::ThreadChanged, member.id, &thread)?;
    }
    Ok(thread)
}

/// Marks as featured, or takes the mark off.
pub fn set_featured(
    conn: &mut Conn,
    house: &House,
    member: &SignedIn,
    id: ThreadId,
    featured: bool,
) -> Result<Thread, Error> {
    let mut thread = lock_moderated(conn, member, id)?;
    if thread.featured_at.is_some() != featured {
        thread.featured_at = featured.then(|| house.clock.now());
        store::save(conn, &thread)?;
        let verb = if featured { Verb::ThreadFeatured } else { Verb::ThreadUnfeatured };
        audit::note(conn, &house.clock, Some(member.id), verb.as_str(), &format!("thread:{id}"), "")?;
        record(conn, house, verb, member.id, &thread)?;
    }
    Ok(thread)
}

/// True when `actor` may remove `thread`.
pub fn may_delete(actor: &Actor, thread: &Thread) -> bool {
    let own = actor.id() == Some(thread.author_id) && thread.replies() == 0 && !thread.closed;
    own || actor.moderates(thread.category_id)
}

/// Removes a thread: moderators any, authors their own while nobody has replied.
pub fn delete(conn: &mut Conn, house: &House, member: &SignedIn, id: ThreadId) -> Result<Thread, Error> {
    may_write(member)?;
    let actor = member.actor();
    let readable = categories::service::readable(conn, &actor)?;
    let thread = lock_for(conn, &actor, &readable, id)?;
    if !may_delete(&actor, &thread) {
        return Err(Error::Forbidden);
    }
    remove_locked(conn, house, member, thread)
}

/// Removes a locked thread that the member may remove.
pub fn remove_locked(
    conn: &mut Conn,
    house: &House,
    member: &SignedIn,
    mut thread: Thread,
) -> Result<Thread, Error> {
    if thread.state() == State::Deleted {
        return Ok(thread);
    }
    let now = house.clock.now();
    let public = categories::service::public(conn)?;
    let listed = thread.state() == State::Listed;
    thread.was_public = listed && public.has(thread.category_id);
    if listed {
        count_listing(conn, &thread, -1)?;
    }
    thread.state = State::Deleted.code();
    thread.changed_at = now;
    store::save(conn, &thread)?;
    store::set_removal(conn, thread.id, Some((member.id, now)))?;
    if member.id != thread.author_id {
        audit::note(
            conn,
            &house.clock,
            Some(member.id),
            "thread.deleted",
            &format!("thread:{}", thread.id),
            "",
        )?;
    }
    record_standing(conn, house, Verb::ThreadDeleted, member.id, &thread, listed)?;
    Ok(thread)
}

/// Brings a removed thread back: moderators any, authors their own that nobody else touched since.
pub fn restore(conn: &mut Conn, house: &House, member: &SignedIn, id: ThreadId) -> Result<Thread, Error> {
    may_write(member)?;
    let thread = match own_removed(conn, house, member, id)? {
        Some(thread) => thread,
        None => lock_moderated(conn, member, id)?,
    };
    restore_locked(conn, house, member, thread)
}

/// The thread `id`, locked, when `member` opened and removed it a short while ago and nobody else touched it since.
fn own_removed(
    conn: &mut Conn,
    house: &House,
    member: &SignedIn,
    id: ThreadId,
) -> Result<Option<Thread>, Error> {
    let own = |thread: &Thread| thread.author_id == member.id && thread.state() == State::Deleted;
    let Some(thread) = store::lock(conn, id)?.filter(own) else { return Ok(None) };
    let removal = store::removal(conn, id)?.filter(|(by, _)| *by == member.id);
    let Some((_, at)) = removal.filter(|(_, at)| house.clock.now() < at.plus(REGRET)) else {
        return Ok(None);
    };
    let readable = categories::service::readable(conn, &member.actor())?;
    let stands = !thread.closed && thread.changed_at <= at && readable.has(thread.category_id);
    Ok(stands.then_some(thread))
}

/// Brings back a locked thread that the member may bring back.
pub fn restore_locked(
    conn: &mut Conn,
    house: &House,
    member: &SignedIn,
    mut thread: Thread,
) -> Result<Thread, Error> {
    if thread.state() != State::Deleted {
        return Ok(thread);
    }
    let id = thread.id;
    thread.state = State::Listed.code();
    thread.was_public = false;
    thread.changed_at = house.clock.now();
    store::save(conn, &thread)?;
    store::set_removal(conn, thread.id, None)?;
    count_listing(conn, &thread, 1)?;
    if member.id != thread.author_id {
        audit::note(conn, &house.clock, Some(member.id), "thread.restored", &format!("thread:{id}"), "")?;
    }
    record_standing(conn, house, Verb::ThreadRestored, member.id, &thread, true)?;
    Ok(thread)
}

/// What counters must know of a thread that was removed or came back: who wrote the listed post that opens it, and
/// whether the thread counted.
pub fn standing(opener: Option<MemberId>, counted: bool) -> serde_json::Value {
    serde_json::json!({ "opener": opener.map_or(0, |m| m.0), "counted": i64::from(counted) })
}

fn record(conn: &mut Conn, house: &House, verb: Verb, actor: MemberId, thread: &Thread) -> QueryResult<()> {
    activity::record(conn, &house.clock, &fact(house, verb, actor, thread))
}

/// `counted`: the thread stood in lists before, or stands there now.
fn record_standing(
    conn: &mut Conn,
    house: &House,
    verb: Verb,
    actor: MemberId,
    thread: &Thread,
    counted: bool,
) -> QueryResult<()> {
    let opener = store::opener(conn, thread.id)?;
    activity::record(conn, &house.clock, &fact(house, verb, actor, thread).with(standing(opener, counted)))
}

fn fact(house: &House, verb: Verb, actor: MemberId, thread: &Thread) -> NewActivity {
    NewActivity::new(verb, house.clock.now()).by(actor).to(thread.author_id).on(thread.id, thread.category_id)
}

/// Computes the heat of up to `limit` threads after `after` from their rows, each under its lock; returns the
/// last id and how many, for `rebuild heat`.
pub fn rebuild_heat(conn: &mut Conn, after: ThreadId, limit: i64) -> QueryResult<(ThreadId, usize)> {
    let scale = scale(conn)?;
    let ids = store::ids_after(conn, after, limit)?;
    for id in &ids {
        if store::lock(conn, *id)?.is_some() {
            let heat = heat::store::total(conn, scale, *id)?;
            store::set_heat(conn, *id, heat)?;
        }
    }
    Ok((ids.last().copied().unwrap_or(after), ids.len()))
}

/// Why a thread is hot: each counted engagement with its present weight, heaviest first, and the sum.
pub fn explain_heat(conn: &mut Conn, id: ThreadId, now: UtcTime) -> QueryResult<(Vec<Reason>, f64)> {
    let scale = scale(conn)?;
    let rows = heat::store::counted(heat::store::rows(conn, id)?);
    let mut reasons: Vec<Reason> = rows
        .iter()
        .filter_map(|row| {
            Some(Reason {
                kind: Kind::from_code(row.kind)?,
                member: row.member_id,
                at: row.at,
                factor: row.factor,
                present: scale.present(row.term(scale), now),
            })
        })
        .collect();
    reasons.sort_by(|a, b| b.present.total_cmp(&a.present));
    let total = reasons.iter().map(|r| r.present).sum();
    Ok((reasons, total))
}

/// One engagement and what it is worth now.
#[derive(Debug, Clone)]
pub struct Reason {
    /// What.
    pub kind: Kind,
    /// Who, if a person.
    pub member: Option<MemberId>,
    /// When.
    pub at: UtcTime,
    /// Multiplies the weight.
    pub factor: f64,
    /// Its decayed weight.
    pub present: f64,
}
