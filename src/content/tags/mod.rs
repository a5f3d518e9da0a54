//! Tags: what a thread is about. A tag comes into being with its first thread.

use diesel::prelude::*;
use diesel::sql_types::BigInt;

use crate::base::fold::fold;
use crate::base::ids::{CategoryId, TagId, ThreadId};
use crate::base::time::UtcTime;
use crate::content::markup::slugify;
use crate::infra::db::Conn;
use crate::infra::db::among::OneOf as _;
use crate::infra::db::schema::{tags, thread_tags, threads};
use crate::on;

/// Tags of one thread at the most.
pub const MAX_TAGS: usize = 5;
/// Characters of a tag at the most.
pub const MAX_CHARS: usize = 40;

/// A tag.
#[derive(Debug, Clone, Queryable, Selectable, PartialEq, Eq)]
#[diesel(table_name = tags)]
pub struct Tag {
    /// Its id.
    pub id: TagId,
    /// The name in its address.
    pub slug: String,
    /// The name shown.
    pub name: String,
    /// Listed threads that carry it.
    pub threads: i64,
}

/// Why a set of tags is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TagError {
    /// More than five.
    #[error("a thread has at most {MAX_TAGS} tags")]
    TooMany,
    /// Longer than forty characters.
    #[error("a tag has at most {MAX_CHARS} characters")]
    TooLong,
}

/// Valid names of tags, without repetition.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TagNames(Vec<(String, String)>);

impl TagNames {
    /// Parses names as typed; blank ones are left out, the same slug counts once.
    pub fn parse<'a>(names: impl IntoIterator<Item = &'a str>) -> Result<Self, TagError> {
        let mut found: Vec<(String, String)> = Vec::new();
        for name in names {
            let name = name.trim().trim_start_matches('#').split_whitespace().collect::<Vec<_>>().join(" ");
            let slug = slugify(&fold(&name));
            if name.is_empty() || slug.chars().all(|c| c == '-') || found.iter().any(|(s, _)| *s == slug) {
                continue;
            }
            if name.chars().count() > MAX_CHARS {
                return Err(TagError::TooLong);
            }
            found.push((slug, name));
        }
        if found.len() > MAX_TAGS { Err(TagError::TooMany) } else { Ok(Self(found)) }
    }

    /// Parses names separated by commas (also Chinese ones) or line ends.
    pub fn parse_line(text: &str) -> Result<Self, TagError> {
        Self::parse(text.split([',', '，', '、', '\n', ';', '；']))
    }

    /// True when there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// Finds or makes the tags.
pub fn ensure(conn: &mut Conn, names: &TagNames, now: UtcTime) -> QueryResult<Vec<TagId>> {
    let mut ids = Vec::with_capacity(names.0.len());
    for (slug, name) in &names.0 {
        on!(conn, |c| diesel::insert_into(tags::table)
            .values((
                tags::slug.eq(slug),
                tags::name.eq(name),
                tags::threads.eq(0_i64),
                tags::created_at.eq(now)
            ))
            .on_conflict(tags::slug)
            .do_nothing()
            .execute(c))?;
        ids.push(tags::table.filter(tags::slug.eq(slug)).select(tags::id).get_result(conn)?);
    }
    ids.sort_unstable();
    Ok(ids)
}

/// Files `thread` under exactly `wanted`; returns true when that changed something. Does not count.
pub fn set(conn: &mut Conn, thread: ThreadId, wanted: &[TagId]) -> QueryResult<bool> {
    let mut had: Vec<TagId> = thread_tags::table
        .filter(thread_tags::thread_id.eq(thread.0))
        .select(thread_tags::tag_id)
        .load(conn)?;
    had.sort_unstable();
    if had == wanted {
        return Ok(false);
    }
    diesel::delete(thread_tags::table.filter(thread_tags::thread_id.eq(thread.0))).execute(conn)?;
    for tag in wanted {
        diesel::insert_into(thread_tags::table)
            .values((thread_tags::thread_id.eq(thread.0), thread_tags::tag_id.eq(tag.0)))
            .execute(conn)?;
    }
    Ok(true)
}

/// Moves the counters of all tags of `thread`, in ascending order.
pub fn count(conn: &mut Conn, thread: ThreadId, change: i64) -> QueryResult<()> {
    for tag in ids_of(conn, thread)? {
        count_one(conn, tag, change)?;
    }
    Ok(())
}

/// Moves the counter of one tag. With several, go in ascending order.
pub fn count_one(conn: &mut Conn, tag: TagId, change: i64) -> QueryResult<()> {
    diesel::sql_query("UPDATE tags SET threads = threads + $1 WHERE id = $2")
        .bind::<BigInt, _>(change)
        .bind::<BigInt, _>(tag)
        .execute(conn)
        .map(drop)
}

fn ids_of(conn: &mut Conn, thread: ThreadId) -> QueryResult<Vec<TagId>> {
    thread_tags::table
        .filter(thread_tags::thread_id.eq(thread.0))
        .order(thread_tags::tag_id.asc())
        .select(thread_tags::tag_id)
        .load(conn)
}

/// The tags of each of `threads`.
pub fn of_threads(conn: &mut Conn, threads: &[ThreadId]) -> QueryResult<Vec<(ThreadId, Tag)>> {
    if threads.is_empty() {
        return Ok(Vec::new());
    }
    thread_tags::table
        .inner_join(tags::table)
        .filter(thread_tags::thread_id.among(threads.iter().map(|t| t.0)))
        .order((thread_tags::thread_id.asc(), tags::name.asc()))
        .select((thread_tags::thread_id, Tag::as_select()))
        .load(conn)
}

/// The tag of an address.
pub fn by_slug(conn: &mut Conn, slug: &str) -> QueryResult<Option<Tag>> {
    tags::table.filter(tags::slug.eq(slug)).select(Tag::as_select()).get_result(conn).optional()
}

/// The most used tags. Only counts of listed threads of public categories would be honest for visitors, so
/// the caller counts again for readers who do not see everything.
pub fn most_used(conn: &mut Conn, limit: i64) -> QueryResult<Vec<Tag>> {
    tags::table
        .filter(tags::threads.gt(0))
        .order((tags::threads.desc(), tags::id.asc()))
        .limit(limit)
        .select(Tag::as_select())
        .load(conn)
}

/// Up to `limit` names of tags that begin with `typed` and stand on a listed thread of the categories `within`
/// (`None` for all), by name: counts of what a reader may not see would show in any other order.
pub fn beginning(
    conn: &mut Conn,
    typed: &str,
    within: Option<&[CategoryId]>,
    limit: usize,
) -> QueryResult<Vec<String>> {
    let from = slugify(&fold(typed.trim_start_matches('#')));
    if from.chars().all(|c| c == '-') || within.is_some_and(<[_]>::is_empty) {
        return Ok(Vec::new());
    }
    let mut end = from.clone();
    end.push(char::MAX);
    let listed = || thread_tags::table.inner_join(threads::table.on(threads::id.eq(thread_tags::thread_id)));
    let of_tag = listed().filter(thread_tags::tag_id.eq(tags::id)).filter(threads::state.eq(0));
    let named = tags::table.filter(tags::slug.ge(from)).filter(tags::slug.lt(end)).order(tags::slug.asc());
    let named = named.limit(i64::try_from(limit).unwrap_or(i64::MAX)).select(tags::name);
    match within {
        None => named.filter(diesel::dsl::exists(of_tag)).load(conn),
        Some(ids) => {
            let ids: Vec<i64> = ids.iter().map(|id| id.0).collect();
            named.filter(diesel::dsl::exists(of_tag.filter(threads::category_id.among(ids)))).load(conn)
        }
    }
}

/// Counts the listed threads of every tag anew.
pub fn recount(conn: &mut Conn) -> QueryResult<usize> {
    diesel::sql_query(
        "UPDATE tags SET threads = (SELECT COUNT(*) FROM thread_tags tt JOIN threads t ON t.id = tt.thread_id \
         WHERE tt.tag_id = tags.id AND t.state = 0)",
    )
    .execute(conn)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_separated_by_any_comma() {
        let names = TagNames::parse_line("#Rust, 網路，NAS、 rust ,,").unwrap();
        let shown: Vec<&str> = names.0.iter().map(|(_, n)| n.as_str()).collect();
        assert_eq!(shown, ["Rust", "網路", "NAS"]);
        assert_eq!(TagNames::parse_line("網路,网路").unwrap().0.len(), 1, "either script is the same tag");
    }

    #[test]
    fn there_are_limits() {
        assert_eq!(TagNames::parse_line("a,b,c,d,e,f"), Err(TagError::TooMany));
        assert_eq!(TagNames::parse_line(&"x".repeat(41)), Err(TagError::TooLong));
        assert!(TagNames::parse_line(" , ").unwrap().is_empty());
    }
}
