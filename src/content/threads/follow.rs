//! Following: members follow threads they take part in, or choose to.

use diesel::prelude::*;

use crate::base::ids::{MemberId, ThreadId};
use crate::base::time::UtcTime;
use crate::infra::db::Conn;
use crate::infra::db::schema::follows;
use crate::on;

/// Follows; once is enough.
pub fn follow(conn: &mut Conn, member: MemberId, thread: ThreadId, now: UtcTime) -> QueryResult<()> {
    on!(conn, |c| diesel::insert_into(follows::table)
        .values((
            follows::member_id.eq(member.0),
            follows::thread_id.eq(thread.0),
            follows::followed_at.eq(now)
        ))
        .on_conflict((follows::member_id, follows::thread_id))
        .do_nothing()
        .execute(c))
    .map(drop)
}

/// Stops following.
pub fn unfollow(conn: &mut Conn, member: MemberId, thread: ThreadId) -> QueryResult<usize> {
    diesel::delete(follows::table.find((member.0, thread.0))).execute(conn)
}

/// True when `member` follows `thread`.
pub fn follows(conn: &mut Conn, member: MemberId, thread: ThreadId) -> QueryResult<bool> {
    diesel::select(diesel::dsl::exists(follows::table.find((member.0, thread.0)))).get_result(conn)
}
