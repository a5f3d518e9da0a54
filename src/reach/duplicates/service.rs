//! What moderators see of the pairs, and saying that two posts are none.

use super::store::{self, Suspect};
use crate::base::actor::{Actor, SignedIn};
use crate::base::fault::{Fault, Kind};
use crate::base::ids::{PostId, SuspectId, ThreadId};
use crate::base::time::UtcTime;
use crate::content::categories::{self, Readable};
use crate::content::posts::{self, Post};
use crate::content::threads::{self, Access, State, Thread};
use crate::infra::db::{Conn, DbError};
use crate::infra::house::House;
use crate::room_error;
use crate::site::audit;

/// A refusal of this room.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// No such pair, or not for this reader.
    #[error("no such pair")]
    Absent,
    /// Not a moderator there.
    #[error("not allowed")]
    Forbidden,
    /// The database failed.
    #[error(transparent)]
    Db(#[from] DbError),
}
room_error!(Error);

impl Fault for Error {
    fn kind(&self) -> Kind {
        match self {
            Self::Absent => Kind::Absent,
            Self::Forbidden => Kind::Forbidden,
            Self::Db(e) => e.kind(),
        }
    }
    fn code(&self) -> &'static str {
        match self {
            Self::Absent => "not_found",
            Self::Forbidden => "forbidden",
            Self::Db(e) => e.code(),
        }
    }
}

/// Two posts that look the same.
#[derive(Debug)]
pub struct Pair {
    /// Its id.
    pub id: SuspectId,
    /// The newer post and its thread.
    pub newer: (Post, Thread),
    /// The older one.
    pub older: (Post, Thread),
    /// When it was noted.
    pub at: UtcTime,
}

/// The pairs that `actor` moderates and may read both sides of, the newest first; at most `limit` of those that stand
/// before `before`. And where to go on, when there may be more.
pub fn open(
    conn: &mut Conn,
    actor: &Actor,
    before: Option<SuspectId>,
    limit: usize,
) -> Result<(Vec<Pair>, Option<SuspectId>), Error> {
    let looked = limit.saturating_mul(4);
    let suspects = store::open(conn, before, i64::try_from(looked).unwrap_or(i64::MAX))?;
    let readable = categories::service::readable(conn, actor)?;
    let more = suspects.len() == looked;
    let mut last = suspects.last().map(|s| s.id).filter(|_| more);
    let mut pairs = pairs(conn, actor, &readable, suspects)?;
    if pairs.len() > limit {
        pairs.truncate(limit);
        last = pairs.last().map(|p| p.id);
    }
    Ok((pairs, last))
}

fn pairs(
    conn: &mut Conn,
    actor: &Actor,
    readable: &Readable,
    suspects: Vec<Suspect>,
) -> Result<Vec<Pair>, Error> {
    let ids: Vec<PostId> = suspects.iter().flat_map(|s| [s.post, s.of]).collect();
    let written = posts::store::find_many(conn, &ids)?;
    let around: Vec<ThreadId> = written.iter().map(|p| p.thread_id).collect();
    let around = threads::store::find_many(conn, &around)?;
    let side = |id: PostId| {
        let post = written.iter().find(|p| p.id == id && p.state() == State::Listed)?;
        let thread = around.iter().find(|t| t.id == post.thread_id && t.state() == State::Listed)?;
        let seen = thread.access(actor, readable) == Access::Full && actor.moderates(thread.category_id);
        seen.then(|| (post.clone(), thread.clone()))
    };
    let pair = |s: Suspect| Some(Pair { id: s.id, newer: side(s.post)?, older: side(s.of)?, at: s.at });
    Ok(suspects.into_iter().filter_map(pair).collect())
}

/// Says that the posts of a pair are no duplicates; they are not noted again.
pub fn dismiss(conn: &mut Conn, house: &House, member: &SignedIn, id: SuspectId) -> Result<(), Error> {
    if member.suspended_until.is_some() {
        return Err(Error::Forbidden);
    }
    let actor = member.actor();
    let readable = categories::service::readable(conn, &actor)?;
    let suspect = store::open_one(conn, id)?.ok_or(Error::Absent)?;
    let found = pairs(conn, &actor, &readable, vec![suspect])?;
    let pair = found.first().ok_or(Error::Absent)?;
    store::dismiss(conn, id)?;
    let subject = format!("post:{}", pair.newer.0.id);
    let detail = format!("#{}", pair.older.0.id);
    audit::note(conn, &house.clock, Some(member.id), "duplicate.dismissed", &subject, &detail)?;
    Ok(())
}
