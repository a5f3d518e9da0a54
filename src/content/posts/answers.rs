//! Accepted answers of questions.

use super::{Error, service, store};
use crate::base::actor::{Actor, SignedIn};
use crate::base::ids::{PostId, ThreadId};
use crate::base::time::UtcTime;
use crate::content::categories;
use crate::content::heat::{Engagement, Kind};
use crate::content::threads::{self, State, Thread, ThreadKind};
use crate::infra::activity::{self, NewActivity, Verb};
use crate::infra::db::Conn;
use crate::infra::house::House;

/// True when `actor` may say which answer helped: the asker, and moderators.
pub fn may_accept(actor: &Actor, thread: &Thread) -> bool {
    let writes = actor.member().is_some_and(|m| m.suspended_until.is_none());
    thread.kind() == ThreadKind::Question
        && thread.state() == State::Listed
        && writes
        && (actor.id() == Some(thread.author_id) || actor.moderates(thread.category_id))
}

/// What an acceptance weighs. By the asker, whoever pressed the button: one a day counts.
pub fn acceptance(thread: &Thread, answer: PostId, at: UtcTime) -> Engagement {
    Engagement {
        thread: thread.id,
        kind: Kind::Accepted,
        source: answer.0,
        member: Some(thread.author_id),
        at,
        factor: 1.0,
    }
}

/// Accepts `post` (or with nothing, takes the acceptance back).
pub fn accept(
    conn: &mut Conn,
    house: &House,
    member: &SignedIn,
    id: ThreadId,
    post: Option<PostId>,
) -> Result<Thread, Error> {
    let actor = member.actor();
    let readable = categories::service::readable(conn, &actor)?;
    let mut thread = threads::service::lock_for(conn, &actor, &readable, id)?;
    if thread.kind() != ThreadKind::Question {
        return Err(Error::NotAnAnswer);
    }
    if !may_accept(&actor, &thread) {
        return Err(Error::Forbidden);
    }
    if thread.accepted_post_id == post {
        return Ok(thread);
    }
    let answer = match post {
        Some(post) => {
            let (of, answer) = service::load_for(conn, &actor, &readable, post)?;
            if of.id != thread.id || answer.opens() || answer.state() != State::Listed {
                return Err(Error::NotAnAnswer);
            }
            Some(answer)
        }
        None => None,
    };
    let now = house.clock.now();
    let scale = threads::service::scale(conn)?;
    let asker = thread.author_id;
    let former = thread.accepted_post_id.take();
    if let Some(former) = former {
        threads::service::disengage(conn, scale, &mut thread, Kind::Accepted, former.0, Some(asker))?;
    }
    if let Some(answer) = &answer {
        thread.accepted_post_id = Some(answer.id);
        let accepted = acceptance(&thread, answer.id, now);
        threads::service::engage(conn, scale, &mut thread, &accepted)?;
    }
    thread.unanswered = threads::service::waits(&thread);
    thread.changed_at = now;
    threads::store::save(conn, &thread)?;
    let fact = |verb, author, post| {
        NewActivity::new(verb, now).by(member.id).to(author).on(id, thread.category_id).post(post)
    };
    if let Some(former) = former
        && let Some(post) = store::find(conn, former)?
    {
        activity::record(conn, &house.clock, &fact(Verb::AnswerUnaccepted, post.author_id, former))?;
    }
    if let Some(answer) = answer {
        activity::record(conn, &house.clock, &fact(Verb::AnswerAccepted, answer.author_id, answer.id))?;
    }
    Ok(thread)
}
