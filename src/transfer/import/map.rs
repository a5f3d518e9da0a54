//! What is here already: (source, kind, foreign id) → id, written in the transaction that makes the thing.
//! That alone makes a second run harmless and lets an interrupted one go on.

use std::collections::HashMap;

use diesel::prelude::*;

use crate::base::ids::{PostId, ThreadId};
use crate::content::{categories, posts, threads};
use crate::infra::db::Conn;
use crate::infra::db::dialect::last_id;
use crate::infra::db::schema::import_map;
use crate::on;
use crate::transfer::addresses::Kind;

/// The kind of the row that remembers [`Keep`] for a source.
const KEEP: i16 = 0;
/// Rows of one statement; SQLite binds 32,766 values at the most.
const ROWS: usize = 500;

/// Which ids of the source are kept. Decided once, at the first run, so that a run that goes on agrees.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Keep {
    /// Categories keep theirs.
    pub categories: bool,
    /// Threads keep theirs.
    pub threads: bool,
    /// Posts keep theirs.
    pub posts: bool,
}

impl Keep {
    fn code(self) -> i64 {
        i64::from(self.categories) | i64::from(self.threads) << 1 | i64::from(self.posts) << 2
    }

    fn from_code(code: i64) -> Self {
        Self { categories: code & 1 != 0, threads: code & 2 != 0, posts: code & 4 != 0 }
    }

    /// True when any are kept.
    pub fn any(self) -> bool {
        self.code() != 0
    }
}

/// Which ids a first run may keep: none unless there is no category, thread or post, and of each kind only
/// while not even a removed row has had an id.
fn may_keep(conn: &mut Conn) -> QueryResult<Keep> {
    let empty = categories::store::all(conn)?.is_empty()
        && threads::store::ids_after(conn, ThreadId(i64::MIN), 1)?.is_empty()
        && posts::store::ids_after(conn, PostId(i64::MIN), 1)?.is_empty();
    if !empty {
        return Ok(Keep::default());
    }
    Ok(Keep {
        categories: last_id(conn, "categories")? == 0,
        threads: last_id(conn, "threads")? == 0,
        posts: last_id(conn, "posts")? == 0,
    })
}

/// What was decided for `source`; `None` before its first run.
pub fn kept(conn: &mut Conn, source: &str) -> QueryResult<Option<Keep>> {
    let found = import_map::table.find((source, KEEP, "")).select(import_map::local_id).get_result(conn);
    Ok(found.optional()?.map(Keep::from_code))
}

/// Decides for `source` at its first run, and remembers.
pub fn decide(conn: &mut Conn, source: &str) -> QueryResult<Keep> {
    if let Some(keep) = kept(conn, source)? {
        return Ok(keep);
    }
    let keep = may_keep(conn)?;
    insert(conn, source, KEEP, &[(String::new(), keep.code())])?;
    Ok(keep)
}

/// What [`decide`] would decide, without writing.
pub fn foresee(conn: &mut Conn, source: &str) -> QueryResult<Keep> {
    match kept(conn, source)? {
        Some(keep) => Ok(keep),
        None => may_keep(conn),
    }
}

/// All things of one kind that came from `source`.
pub fn load(conn: &mut Conn, source: &str, kind: Kind) -> QueryResult<HashMap<String, i64>> {
    import_map::table
        .filter(import_map::source.eq(source))
        .filter(import_map::kind.eq(kind.code()))
        .select((import_map::foreign_id, import_map::local_id))
        .load::<(String, i64)>(conn)
        .map(|rows| rows.into_iter().collect())
}

/// Notes things of `kind` that are here now. Fails when one was there already, so that two imports at once
/// cannot both bring it.
pub fn put(conn: &mut Conn, source: &str, kind: Kind, rows: &[(String, i64)]) -> QueryResult<()> {
    insert(conn, source, kind.code(), rows)
}

fn insert(conn: &mut Conn, source: &str, kind: i16, rows: &[(String, i64)]) -> QueryResult<()> {
    for part in rows.chunks(ROWS) {
        let values: Vec<_> = part
            .iter()
            .map(|(foreign, id)| {
                (
                    import_map::source.eq(source),
                    import_map::kind.eq(kind),
                    import_map::foreign_id.eq(foreign),
                    import_map::local_id.eq(id),
                )
            })
            .collect();
        on!(conn, |c| diesel::insert_into(import_map::table).values(&values).execute(c))?;
    }
    Ok(())
}
