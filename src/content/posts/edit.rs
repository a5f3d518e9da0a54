//! Editing: the text before is kept.

use super::model::{Post, Prepared};
use super::{Error, service, store};
use crate::base::actor::{Actor, SignedIn};
use crate::base::ids::PostId;
use crate::content::threads::{self, State, Thread, Title};
use crate::content::{categories, markup};
use crate::infra::activity::{self, NewActivity, Verb};
use crate::infra::db::Conn;
use crate::infra::house::House;

/// An edit.
#[derive(Debug, Clone)]
pub struct Edit {
    /// Which post.
    pub post: PostId,
    /// Its new text.
    pub text: Prepared,
    /// A new title, for a post that opens a thread.
    pub title: Option<Title>,
    /// How many earlier versions the post had when the writer began; refused when there are more by now.
    pub seen: Option<i32>,
}

/// True when `actor` may edit `post`: authors their own while the thread is open, moderators any.
pub fn may_edit(actor: &Actor, thread: &Thread, post: &Post) -> bool {
    let suspended = actor.member().is_some_and(|m| m.suspended_until.is_some());
    if actor.moderates(thread.category_id) {
        return !suspended;
    }
    actor.id() == Some(post.author_id)
        && !suspended
        && !thread.closed
        && post.state() == State::Listed
        && thread.state() == State::Listed
}

/// Replaces the text of a post (and the title of its thread). Text that did not change makes no revision.
pub fn edit(
    conn: &mut Conn,
    house: &House,
    member: &SignedIn,
    wanted: &Edit,
) -> Result<(Thread, Post), Error> {
    let actor = member.actor();
    let readable = categories::service::readable(conn, &actor)?;
    let (mut thread, post) = service::lock_for(conn, &actor, &readable, wanted.post)?;
    threads::service::may_write(member)?;
    if !may_edit(&actor, &thread, &post) {
        return Err(Error::Forbidden);
    }
    let title = wanted.title.as_ref().filter(|t| post.opens() && t.as_str() != thread.title);
    if title.is_none() && post.body == wanted.text.body {
        return Ok((thread, post));
    }
    if wanted.seen.is_some_and(|seen| seen != post.revisions) {
        return Err(Error::EditedMeanwhile);
    }
    let now = house.clock.now();
    let former = post.opens().then_some(thread.title.as_str());
    store::revise(conn, &post, former, &wanted.text, member.id, now)?;
    if let Some(title) = title {
        title.as_str().clone_into(&mut thread.title);
        thread.slug = markup::slugify(title.as_str());
    }
    if post.opens() {
        wanted.text.lang.clone_into(&mut thread.lang);
    }
    thread.changed_at = now;
    threads::store::save(conn, &thread)?;
    let fact = NewActivity::new(Verb::PostEdited, now)
        .by(member.id)
        .to(post.author_id)
        .on(thread.id, thread.category_id)
        .post(post.id);
    activity::record(conn, &house.clock, &fact)?;
    if title.is_some() {
        let renamed = NewActivity::new(Verb::ThreadChanged, now)
            .by(member.id)
            .to(thread.author_id)
            .on(thread.id, thread.category_id);
        activity::record(conn, &house.clock, &renamed)?;
    }
    let post = store::find(conn, post.id)?.ok_or(Error::Absent)?;
    Ok((thread, post))
}
