//! Lists of threads, each served by an index at any size: readers who see everything walk one index; readers
//! who see few categories merge walks of theirs; others walk the site's index past what they may not see.
//!
//! The SQL is put together from fixed pieces and integers of ours; whatever a person typed is bound.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Double};

use super::model::Thread;
use crate::base::ids::{CategoryId, MemberId, TagId};
use crate::content::categories::Readable;
use crate::infra::db::Conn;
use crate::infra::db::dialect::Count;
use crate::web::paging::{LAST_LIST_PAGE, THREADS};

/// Categories up to which a list merges one index walk per category.
const MERGE_UP_TO: usize = 12;
/// Threads up to which a tag's list is collected and sorted rather than walked.
const RARE_TAG: i64 = 2_000;

/// The order of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sort {
    /// By heat.
    Hot,
    /// By last post.
    Latest,
    /// By creation.
    New,
    /// Waiting for a reply or an answer, newest first.
    Unanswered,
    /// Featured, last featured first.
    Featured,
    /// By score over a rolling period.
    Top(Period),
}

/// A rolling period of whole UTC days.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Period {
    /// Today and yesterday.
    Day,
    /// Seven days.
    Week,
    /// Thirty days.
    Month,
    /// 365 days.
    Year,
    /// Ever.
    All,
}

impl Period {
    /// All periods, shortest first.
    pub const ALL: [Self; 5] = [Self::Day, Self::Week, Self::Month, Self::Year, Self::All];

    /// The number in the database.
    pub fn code(self) -> i16 {
        match self {
            Self::Day => 1,
            Self::Week => 2,
            Self::Month => 3,
            Self::Year => 4,
            Self::All => 5,
        }
    }

    /// The name in addresses and locale keys.
    pub fn name(self) -> &'static str {
        match self {
            Self::Day => "day",
            Self::Week => "week",
            Self::Month => "month",
            Self::Year => "year",
            Self::All => "all",
        }
    }

    /// The period of a name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|p| p.name() == name)
    }

    /// Days back from today, today included; nothing for ever.
    pub fn days(self) -> Option<i64> {
        match self {
            Self::Day => Some(2),
            Self::Week => Some(7),
            Self::Month => Some(30),
            Self::Year => Some(365),
            Self::All => None,
        }
    }
}

/// What is listed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Filter {
    /// Everything the reader may read.
    Site,
    /// A category with what lies below it.
    Category(CategoryId),
    /// A tag, with the number of threads that carry it.
    Tag(TagId, i64),
    /// Threads that a member opened.
    Author(MemberId),
    /// Threads that a member follows.
    FollowedBy(MemberId),
}

/// Where a list goes on: the key and id of the last thread shown.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Key {
    /// A number of microseconds.
    Time(i64),
    /// Heat or score.
    Number(f64),
}

/// Which part of a list.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Window {
    /// Page `n` of the HTML list, at most [`LAST_LIST_PAGE`].
    Page(i64),
    /// At most so many after a key and id.
    After(Option<(Key, i64)>, i64),
}

/// A list put into SQL.
#[derive(Debug, Clone)]
pub struct Listing {
    /// The text, with `$1…` bound from `keys`.
    pub sql: String,
    keys: Vec<Key>,
}

struct Walk {
    column: &'static str,
    id: &'static str,
    source: &'static str,
    condition: String,
    category: &'static str,
}

fn walk(sort: Sort) -> Walk {
    let threads = |column, condition: &str| Walk {
        column,
        id: "t.id",
        source: "threads t",
        condition: format!("t.state = 0{condition}"),
        category: "t.category_id",
    };
    match sort {
        Sort::Hot => threads("t.heat", ""),
        Sort::Latest => threads("t.last_post_at", ""),
        Sort::New => threads("t.created_at", ""),
        Sort::Unanswered => threads("t.created_at", " AND t.unanswered"),
        Sort::Featured => threads("t.featured_at", " AND t.featured_at IS NOT NULL"),
        Sort::Top(period) => Walk {
            column: "s.score",
            id: "s.thread_id",
            source: "thread_scores s",
            condition: format!("s.period = {}", period.code()),
            category: "s.category_id",
        },
    }
}

fn joined(ids: &[CategoryId]) -> String {
    ids.iter().map(|id| id.0.to_string()).collect::<Vec<_>>().join(",")
}

/// The categories to show, or nothing for all of them.
fn scope(filter: &Filter, readable: &Readable) -> Option<Vec<CategoryId>> {
    match filter {
        Filter::Category(id) => Some(readable.with_children(*id)),
        _ if readable.everything() => None,
        _ => Some(readable.ids()),
    }
}

impl Listing {
    /// The threads of `filter` in the order of `sort`, as far as `readable` allows.
    pub fn new(sort: Sort, filter: &Filter, readable: &Readable, window: Window) -> Self {
        let walk = walk(sort);
        let (skip, take, key) = match window {
            Window::Page(n) => ((n.clamp(1, LAST_LIST_PAGE) - 1) * THREADS, THREADS + 1, None),
            Window::After(key, limit) => (0, limit + 1, key),
        };
        let mut keys = Vec::new();
        let mut seek = String::new();
        if let Some((value, id)) = key {
            keys.push(value);
            seek = format!(" AND ({}, {}) < ($1, {id})", walk.column, walk.id);
        }
        let scope = scope(filter, readable);
        let extra = Self::extra(filter, &walk);
        let order = |column: &str, id: &str| format!("ORDER BY {column} DESC, {id} DESC");
        let inner = match (&scope, filter) {
            (Some(ids), Filter::Site | Filter::Category(_)) if ids.len() <= MERGE_UP_TO => {
                let parts: Vec<String> = ids
                    .iter()
                    .map(|id| {
                        format!(
                            "SELECT * FROM (SELECT {} AS id, {} AS k FROM {} WHERE {} = {id} AND {}{seek} {} LIMIT {}) AS w{id}",
                            walk.id, walk.column, walk.source, walk.category, walk.condition,
                            order(walk.column, walk.id), skip + take,
                        )
                    })
                    .collect();
                if parts.is_empty() {
                    "SELECT 0 AS id, 0 AS k WHERE 1 = 0".to_owned()
                } else {
                    parts.join(" UNION ALL ")
                }
            }
            _ => {
                let allowed = scope.as_deref().map_or_else(String::new, |ids| match ids {
                    [] => " AND 1 = 0".to_owned(),
                    ids => format!(" AND {} IN ({})", walk.category, joined(ids)),
                });
                format!(
                    "SELECT {} AS id, {} AS k FROM {}{} WHERE {}{allowed}{}{seek} {} LIMIT {}",
                    walk.id,
                    walk.column,
                    walk.source,
                    extra.0,
                    walk.condition,
                    extra.1,
                    order(walk.column, walk.id),
                    skip + take,
                )
            }
        };
        let sql = format!(
            "SELECT t.* FROM (SELECT id, k FROM ({inner}) AS walks ORDER BY k DESC, id DESC LIMIT {take} OFFSET {skip}) AS page \
             JOIN threads t ON t.id = page.id ORDER BY page.k DESC, page.id DESC"
        );
        Self { sql, keys }
    }

    /// Joins and conditions for lists that are not of a category: (after the source, in the condition).
    fn extra(filter: &Filter, walk: &Walk) -> (String, String) {
        let id = walk.id;
        match filter {
            Filter::Site | Filter::Category(_) => (String::new(), String::new()),
            Filter::Tag(tag, threads) if *threads <= RARE_TAG => {
                (format!(" JOIN thread_tags g ON g.thread_id = {id} AND g.tag_id = {tag}"), String::new())
            }
            Filter::Tag(tag, _) => (
                String::new(),
                format!(
                    " AND EXISTS (SELECT 1 FROM thread_tags g WHERE g.tag_id = {tag} AND g.thread_id = {id})"
                ),
            ),
            Filter::Author(member) if walk.source == "threads t" => {
                (String::new(), format!(" AND t.author_id = {member}"))
            }
            Filter::Author(member) => {
                (format!(" JOIN threads t ON t.id = {id} AND t.author_id = {member}"), String::new())
            }
            Filter::FollowedBy(member) => {
                (format!(" JOIN follows f ON f.thread_id = {id} AND f.member_id = {member}"), String::new())
            }
        }
    }

    /// The threads: one more than wanted when there is a next page.
    pub fn load(&self, conn: &mut Conn) -> QueryResult<Vec<Thread>> {
        let query = diesel::sql_query(&self.sql);
        match self.keys.as_slice() {
            [] => query.load(conn),
            [Key::Time(at), ..] => query.bind::<BigInt, _>(*at).load(conn),
            [Key::Number(x), ..] => query.bind::<Double, _>(*x).load(conn),
        }
    }
}

/// The key of `thread` in a list sorted by `sort`; `score` comes from [`score`] for top lists.
pub fn key(sort: Sort, thread: &Thread, score: f64) -> Key {
    match sort {
        Sort::Hot => Key::Number(thread.heat),
        Sort::Latest => Key::Time(thread.last_post_at.0),
        Sort::New | Sort::Unanswered => Key::Time(thread.created_at.0),
        Sort::Featured => Key::Time(thread.featured_at.map_or(0, |at| at.0)),
        Sort::Top(_) => Key::Number(score),
    }
}

/// The score of a thread over a period.
pub fn score(conn: &mut Conn, period: Period, thread: &Thread) -> QueryResult<f64> {
    use crate::infra::db::schema::thread_scores;
    thread_scores::table
        .find((period.code(), thread.id.0))
        .select(thread_scores::score)
        .first(conn)
        .optional()
        .map(Option::unwrap_or_default)
}

/// The SQL that counts a list up to the end of its last HTML page.
pub fn count_sql(sort: Sort, filter: &Filter, readable: &Readable) -> String {
    let walk = walk(sort);
    let extra = Listing::extra(filter, &walk);
    let allowed = scope(filter, readable).map_or_else(String::new, |ids| match ids.as_slice() {
        [] => " AND 1 = 0".to_owned(),
        ids => format!(" AND {} IN ({})", walk.category, joined(ids)),
    });
    let most = LAST_LIST_PAGE * THREADS;
    format!(
        "SELECT COUNT(*) AS n FROM (SELECT 1 FROM {}{} WHERE {}{allowed}{} LIMIT {most}) AS counted",
        walk.source, extra.0, walk.condition, extra.1
    )
}

/// The number of HTML pages of a list, at least 1, at most [`LAST_LIST_PAGE`].
pub fn pages(conn: &mut Conn, sort: Sort, filter: &Filter, readable: &Readable) -> QueryResult<i64> {
    let n = diesel::sql_query(count_sql(sort, filter, readable)).get_result::<Count>(conn)?.n;
    Ok(((n + THREADS - 1) / THREADS).max(1))
}
