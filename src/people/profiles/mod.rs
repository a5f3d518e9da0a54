//! Counters of members, kept up by a reader of the log.

use std::collections::HashMap;
use std::fmt::Write as _;

use diesel::prelude::*;

use crate::base::ids::MemberId;
use crate::infra::activity::reader::Reader;
use crate::infra::activity::{Activity, Verb};
use crate::infra::db::schema::member_counters as counters;
use crate::infra::db::{Conn, DbError};

/// The reader that keeps the counters.
pub const READER: Reader = Reader { name: "member_counters", apply };

/// What a member has done and received, visible to all who may see the profile.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = counters)]
pub struct Counters {
    /// Threads opened and standing.
    pub threads: i64,
    /// Posts written and standing, first posts included.
    pub posts: i64,
    /// Likes given.
    pub likes_given: i64,
    /// Likes received.
    pub likes_received: i64,
    /// Answers that were accepted.
    pub answers_accepted: i64,
}

/// The counters of `member`; zeros when they never did anything.
pub fn of(conn: &mut Conn, member: MemberId) -> QueryResult<Counters> {
    counters::table
        .find(member.0)
        .select(Counters::as_select())
        .get_result(conn)
        .optional()
        .map(Option::unwrap_or_default)
}

/// What one activity adds: (member, change).
fn changes(activity: &Activity) -> Vec<(MemberId, Counters)> {
    let n = activity.payload.get("n").and_then(serde_json::Value::as_i64).unwrap_or(1);
    let zero = Counters::default;
    let one = |member: Option<MemberId>, change: Counters| member.map(|m| (m, change)).into_iter().collect();
    let (author, actor) = (activity.member, activity.actor);
    match activity.verb {
        Some(Verb::ThreadCreated) => one(author, Counters { threads: 1, posts: 1, ..zero() }),
        Some(Verb::ThreadRestored) => stood(activity, 1),
        Some(Verb::ThreadDeleted) => stood(activity, -1),
        Some(Verb::PostCreated | Verb::PostRestored) => one(author, Counters { posts: 1, ..zero() }),
        Some(Verb::PostDeleted) => one(author, Counters { posts: -1, ..zero() }),
        Some(Verb::PostLiked | Verb::PostUnliked) => {
            let sign = if activity.verb == Some(Verb::PostLiked) { n } else { -n };
            let mut all: Vec<_> = one(author, Counters { likes_received: sign, ..zero() });
            all.extend(actor.map(|a| (a, Counters { likes_given: sign, ..zero() })));
            all
        }
        Some(Verb::AnswerAccepted) => one(author, Counters { answers_accepted: 1, ..zero() }),
        Some(Verb::AnswerUnaccepted) => one(author, Counters { answers_accepted: -1, ..zero() }),
        _ => Vec::new(),
    }
}

/// A thread that was removed or came back, with the post that opens it, which stands and falls with it. Replies keep
/// their own standing.
fn stood(activity: &Activity, sign: i64) -> Vec<(MemberId, Counters)> {
    let number = |name: &str| activity.payload.get(name).and_then(serde_json::Value::as_i64);
    if number("counted") == Some(0) {
        return Vec::new();
    }
    let mut all = Vec::new();
    all.extend(activity.member.map(|m| (m, Counters { threads: sign, ..Counters::default() })));
    let opener = number("opener").filter(|id| *id > 0).map(MemberId);
    all.extend(opener.map(|m| (m, Counters { posts: sign, ..Counters::default() })));
    all
}

fn apply(conn: &mut Conn, batch: &[Activity]) -> Result<(), DbError> {
    let mut sums: HashMap<MemberId, Counters> = HashMap::new();
    for (member, change) in batch.iter().flat_map(changes) {
        let sum = sums.entry(member).or_default();
        sum.threads += change.threads;
        sum.posts += change.posts;
        sum.likes_given += change.likes_given;
        sum.likes_received += change.likes_received;
        sum.answers_accepted += change.answers_accepted;
    }
    // In order, so that no two nodes ever wait for each other.
    let mut ordered: Vec<_> = sums.into_iter().collect();
    ordered.sort_by_key(|(member, _)| *member);
    for part in ordered.chunks(AT_ONCE) {
        add(conn, part)?;
    }
    Ok(())
}

/// Members that share a statement at the most.
const AT_ONCE: usize = 500;

fn add(conn: &mut Conn, sums: &[(MemberId, Counters)]) -> QueryResult<()> {
    let mut sql = String::from(
        "INSERT INTO member_counters (member_id, threads, posts, likes_given, likes_received, answers_accepted) VALUES ",
    );
    for (i, (member, c)) in sums.iter().enumerate() {
        let comma = if i > 0 { "," } else { "" };
        let _ = write!(
            sql,
            "{comma}({member},{},{},{},{},{})",
            c.threads, c.posts, c.likes_given, c.likes_received, c.answers_accepted
        );
    }
    sql.push_str(
        " ON CONFLICT (member_id) DO UPDATE SET \
         threads = member_counters.threads + excluded.threads, posts = member_counters.posts + excluded.posts, \
         likes_given = member_counters.likes_given + excluded.likes_given, \
         likes_received = member_counters.likes_received + excluded.likes_received, \
         answers_accepted = member_counters.answers_accepted + excluded.answers_accepted",
    );
    diesel::sql_query(sql).execute(conn).map(drop)
}
