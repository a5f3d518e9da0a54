//! Likes. A row survives being taken back and carries a generation, so that a like given, taken and given
//! again can be told apart by what reads the log.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Integer, SmallInt};

use crate::base::actor::SignedIn;
use crate::base::fault::{Fault, Kind as FaultKind};
use crate::base::ids::{MemberId, PostId};
use crate::content::categories;
use crate::content::heat::{Engagement, Kind};
use crate::content::posts::{self, service::lock_for};
use crate::content::threads::{self, State};
use crate::infra::activity::{self, NewActivity, Verb};
use crate::infra::db::among::OneOf as _;
use crate::infra::db::schema::reactions;
use crate::infra::db::{Conn, DbError};
use crate::infra::house::House;
use crate::room_error;

/// The number of the only kind of reaction.
const LIKE: i16 = 1;

/// A refusal of this room.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// One's own post.
    #[error("you cannot like your own post")]
    OwnPost,
    /// Not a kind of reaction.
    #[error("no such reaction")]
    KindInvalid,
    /// The post refuses.
    #[error(transparent)]
    Post(#[from] posts::Error),
    /// The database failed.
    #[error(transparent)]
    Db(#[from] DbError),
}
room_error!(Error);

impl From<threads::Error> for Error {
    fn from(error: threads::Error) -> Self {
        Self::Post(error.into())
    }
}

impl Fault for Error {
    fn kind(&self) -> FaultKind {
        match self {
            Self::OwnPost => FaultKind::Forbidden,
            Self::KindInvalid => FaultKind::Invalid,
            Self::Post(e) => e.kind(),
            Self::Db(e) => e.kind(),
        }
    }
    fn code(&self) -> &'static str {
        match self {
            Self::OwnPost => "own_post",
            Self::KindInvalid => "reaction_invalid",
            Self::Post(e) => e.code(),
            Self::Db(e) => e.code(),
        }
    }
    fn field(&self) -> Option<&str> {
        matches!(self, Self::KindInvalid).then_some("kind")
    }
}

#[derive(QueryableByName)]
struct Turned {
    #[diesel(sql_type = Integer)]
    generation: i32,
}

/// Turns the like of `member` on or off; nothing when it already was so.
fn turn(conn: &mut Conn, post: PostId, member: MemberId, on: bool, now: i64) -> QueryResult<Option<i32>> {
    let sql = if on {
        "INSERT INTO reactions (post_id, member_id, kind, active, generation, reacted_at) VALUES ($1, $2, $3, TRUE, 1, $4) \
         ON CONFLICT (post_id, member_id, kind) DO UPDATE SET active = TRUE, generation = reactions.generation + 1, \
         reacted_at = excluded.reacted_at WHERE NOT reactions.active RETURNING generation"
    } else {
        "UPDATE reactions SET active = FALSE WHERE post_id = $1 AND member_id = $2 AND kind = $3 AND active \
         AND $4 IS NOT NULL RETURNING generation"
    };
    diesel::sql_query(sql)
        .bind::<BigInt, _>(post)
        .bind::<BigInt, _>(member)
        .bind::<SmallInt, _>(LIKE)
        .bind::<BigInt, _>(now)
        .load::<Turned>(conn)
        .map(|rows| rows.into_iter().next().map(|r| r.generation))
}

/// Likes a post, or takes the like back; returns the post's number of likes. Doing it twice changes nothing.
pub fn set(conn: &mut Conn, house: &House, member: &SignedIn, id: PostId, on: bool) -> Result<i64, Error> {
    threads::service::may_write(member)?;
    let actor = member.actor();
    let readable = categories::service::readable(conn, &actor)?;
    let (mut thread, post) = lock_for(conn, &actor, &readable, id)?;
    if post.author_id == member.id {
        return Err(Error::OwnPost);
    }
    if post.state() != State::Listed || thread.state() != State::Listed {
        return Err(posts::Error::Absent.into());
    }
    let now = house.clock.now();
    let Some(generation) = turn(conn, id, member.id, on, now.0)? else { return Ok(post.likes) };
    let change = if on { 1 } else { -1 };
    let likes = posts::store::add_likes(conn, id, change)?;
    thread.likes += change;
    let scale = threads::service::scale(conn)?;
    if on {
        let like = Engagement {
            thread: thread.id,
            kind: Kind::Like,
            source: id.0,
            member: Some(member.id),
            at: now,
            factor: 1.0,
        };
        threads::service::engage(conn, scale, &mut thread, &like)?;
    } else {
        threads::service::disengage(conn, scale, &mut thread, Kind::Like, id.0, Some(member.id))?;
    }
    threads::store::save(conn, &thread)?;
    let verb = if on { Verb::PostLiked } else { Verb::PostUnliked };
    let fact = NewActivity::new(verb, now)
        .by(member.id)
        .to(post.author_id)
        .on(thread.id, thread.category_id)
        .post(id)
        .with(serde_json::json!({ "generation": generation }));
    activity::record(conn, &house.clock, &fact)?;
    Ok(likes)
}

/// Which of `posts` `member` likes.
pub fn liked(conn: &mut Conn, member: MemberId, posts: &[PostId]) -> QueryResult<Vec<PostId>> {
    reactions::table
        .filter(reactions::member_id.eq(member.0))
        .filter(reactions::kind.eq(LIKE))
        .filter(reactions::active.eq(true))
        .filter(reactions::post_id.among(posts.iter().map(|p| p.0)))
        .select(reactions::post_id)
        .load(conn)
}
