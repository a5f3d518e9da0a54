//! The reader of the log that books what the rules give: exactly once, in the order of the log, so that the same
//! log gives the same ledger however it is cut into batches. Imports come with the times of their posts.
//!
//! Days are those of the site's time zone when an entry is booked. A source keeps the number of its day for good,
//! so another zone moves nothing that was booked: what falls on a day of the same number still shares its cap and
//! its first post, once.

use super::book::{Book, Moment, Needs};
use super::{Error, book};
use crate::base::ids::{MemberId, PostId, ThreadId};
use crate::base::time::Zone;
use crate::engage::rules::Kind;
use crate::infra::activity::reader::Reader;
use crate::infra::activity::{Activity, Verb};
use crate::infra::db::{Conn, DbError};
use crate::site::settings;

/// The reader that keeps the ledger.
pub const READER: Reader = Reader { name: "points", apply };

fn apply(conn: &mut Conn, batch: &[Activity]) -> Result<(), DbError> {
    follow(conn, batch).map_err(Error::into_db)
}

fn follow(conn: &mut Conn, batch: &[Activity]) -> Result<(), Error> {
    let zone = settings::load(conn)?.zone();
    let needs = needs(batch, &zone);
    if needs.posts.is_empty() && needs.moving_threads.is_empty() {
        return Ok(());
    }
    let mut book = Book::load(conn, &needs, zone)?;
    for activity in batch {
        enter(&mut book, activity)?;
    }
    book.write(conn)
}

/// Verbs that concern points.
fn concerns(verb: Verb) -> bool {
    matches!(
        verb,
        Verb::ThreadCreated
            | Verb::ThreadDeleted
            | Verb::ThreadRestored
            | Verb::PostCreated
            | Verb::PostDeleted
            | Verb::PostRestored
            | Verb::PostLiked
            | Verb::PostUnliked
            | Verb::AnswerAccepted
            | Verb::AnswerUnaccepted
    )
}

/// The kind whose cap a verb may use.
fn granted(verb: Verb) -> Option<Kind> {
    match verb {
        Verb::ThreadCreated => Some(Kind::Thread),
        Verb::PostCreated | Verb::PostRestored => Some(Kind::Reply),
        Verb::PostLiked => Some(Kind::Like),
        Verb::AnswerAccepted => Some(Kind::Accepted),
        _ => None,
    }
}

/// Who gave a like; 0 for likes that came in without names.
fn giver(activity: &Activity) -> i64 {
    activity.actor.map_or(0, |m| m.0)
}

fn needs(batch: &[Activity], zone: &Zone) -> Needs {
    let mut needs = Needs::default();
    for activity in batch {
        let Some(verb) = activity.verb.filter(|v| concerns(*v)) else { continue };
        needs.threads.extend(activity.thread.map(|t| t.0));
        needs.posts.extend(activity.post.map(|p| p.0));
        match verb {
            Verb::PostLiked | Verb::PostUnliked => {
                needs.givers.insert(giver(activity));
            }
            Verb::PostDeleted | Verb::PostRestored => needs.moving_posts.extend(activity.post.map(|p| p.0)),
            Verb::ThreadDeleted | Verb::ThreadRestored => {
                needs.moving_threads.extend(activity.thread.map(|t| t.0));
            }
            _ => {}
        }
        let day = zone.day(activity.at);
        if let (Some(kind), Some(member)) = (granted(verb), activity.member) {
            needs.caps.insert((member, kind.code(), day));
            if matches!(kind, Kind::Thread | Kind::Reply) {
                needs.days.insert((day, member.0));
            }
        }
    }
    needs
}

fn enter(book: &mut Book, activity: &Activity) -> Result<(), Error> {
    let Some(verb) = activity.verb else { return Ok(()) };
    let now = Moment { at: activity.at, recorded: activity.recorded };
    match (verb, activity.thread, activity.post, activity.member) {
        (Verb::ThreadDeleted | Verb::ThreadRestored, Some(thread), _, _) => {
            book.move_thread(thread, verb == Verb::ThreadRestored, now)
        }
        (_, Some(thread), Some(post), Some(author)) => {
            on_post(book, activity, verb, (thread, post, author), now)
        }
        _ => Ok(()),
    }
}

fn on_post(
    book: &mut Book,
    activity: &Activity,
    verb: Verb,
    (thread, post, author): (ThreadId, PostId, MemberId),
    now: Moment,
) -> Result<(), Error> {
    let key = |kind| -> book::Key { (kind, post.0, 0) };
    let like = (Kind::Like, post.0, giver(activity));
    match verb {
        Verb::ThreadCreated => book.raise(key(Kind::Thread), author, thread, 1, now),
        Verb::PostDeleted => book.move_post(post, false, now),
        Verb::PostRestored if book.knows(post) => book.move_post(post, true, now),
        // A restored post that is not known never stood before: it came in hidden.
        Verb::PostCreated | Verb::PostRestored => book.raise(key(Kind::Reply), author, thread, 1, now),
        Verb::PostLiked => {
            let n = activity.payload.get("n").and_then(serde_json::Value::as_i64).unwrap_or(1);
            book.raise(like, author, thread, n, now)
        }
        Verb::PostUnliked => book.drop(like, now),
        // Nobody earns by answering themselves.
        Verb::AnswerAccepted if book.opener(thread) == Some(author) => Ok(()),
        Verb::AnswerAccepted => book.raise(key(Kind::Accepted), author, thread, 1, now),
        Verb::AnswerUnaccepted => book.drop(key(Kind::Accepted), now),
        _ => Ok(()),
    }
}
