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
/// Threads up to which the list of a tag or an author is collected and sorted rather than walked.
const RARE: i64 = 2_000;

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
    /// Threads that a member opened, with their number as [`opened_by`] counts it.
    Author(MemberId, i64),
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

fn walk(sort: Sort, filter: &Filter) -> Walk {
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
        // Scores follow the log; a thread that has just been removed or moved still has its old one.
        Sort::Top(period) => Walk {
            column: "s.score",
            id: "s.thread_id",
            source: "thread_scores s",
            condition: format!(
                "s.period = {} AND (SELECT t.state FROM threads t WHERE t.id = s.thread_id \
                 AND t.category_id = s.category_id{}) = 0",
                period.code(),
                match filter {
                    Filter::Author(member, _) => format!(" AND t.author_id = {member}"),
                    _ => String::new(),
                },
            ),
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

/// How threads of a tag or an author are found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    /// Along the index of the sort, passing over the others.
    Walk,
    /// All of them, whatever their order.
    Collect,
}

impl Walk {
    /// At most `most` threads of `filter` with their keys, first ones first when walked, as SQL.
    fn select(&self, filter: &Filter, way: Way, condition: &str, most: i64) -> String {
        let (from, matching) = self.matching(filter, way);
        format!(
            "SELECT {id} AS id, {column} AS k FROM {from} WHERE {}{matching}{condition} \
             ORDER BY {column} DESC, {id} DESC LIMIT {most}",
            self.condition,
            id = self.id,
            column = self.column,
        )
    }

    /// Where threads of `filter` come from, and the condition on them. A cross join is one whose order SQLite
    /// keeps, and a column behind a plus is one for which no index is looked for.
    fn matching(&self, filter: &Filter, way: Way) -> (String, String) {
        let (id, source) = (self.id, self.source);
        match filter {
            Filter::Site | Filter::Category(_) => (source.to_owned(), String::new()),
            Filter::Tag(tag, _) if way == Way::Collect => (
                format!("thread_tags g CROSS JOIN {source}"),
                format!(" AND g.tag_id = {tag} AND {id} = g.thread_id"),
            ),
            Filter::Tag(tag, _) => (
                source.to_owned(),
                format!(
                    " AND EXISTS (SELECT 1 FROM thread_tags g WHERE g.tag_id = {tag} AND g.thread_id = {id})"
                ),
            ),
            Filter::Author(member, _) => match (source == "threads t", way) {
                (true, Way::Collect) => (source.to_owned(), format!(" AND t.author_id = {member}")),
                // By creation, the author's own index is the walk.
                (true, Way::Walk) if self.column == "t.created_at" => {
                    (source.to_owned(), format!(" AND t.author_id = {member}"))
                }
                (true, Way::Walk) => (source.to_owned(), format!(" AND +t.author_id = {member}")),
                (false, Way::Collect) => (
                    format!("threads a CROSS JOIN {source}"),
                    format!(" AND a.author_id = {member} AND {id} = a.id"),
                ),
                // The score's own condition asks for the author.
                (false, Way::Walk) => (source.to_owned(), String::new()),
            },
            Filter::FollowedBy(member) => (
                format!("follows f CROSS JOIN {source}"),
                format!(" AND f.member_id = {member} AND {id} = f.thread_id"),
            ),
        }
    }

    /// At most `most` threads of `filter`, first ones first, then any order; `seek` is where to go on.
    fn inner(&self, filter: &Filter, readable: &Readable, way: Way, seek: &str, most: i64) -> String {
        let whole = matches!(filter, Filter::Site | Filter::Category(_));
        match scope(filter, readable) {
            None => self.select(filter, way, seek, most),
            Some(ids) if ids.is_empty() => "SELECT 0 AS id, 0 AS k WHERE 1 = 0".to_owned(),
            Some(ids) if whole && ids.len() <= MERGE_UP_TO => {
                let part = |id: &CategoryId| {
                    let within = format!(" AND {} = {id}{seek}", self.category);
                    format!("SELECT * FROM ({}) AS w{id}", self.select(filter, way, &within, most))
                };
                ids.iter().map(part).collect::<Vec<_>>().join(" UNION ALL ")
            }
            Some(ids) => {
                let within = format!(" AND +{} IN ({}){seek}", self.category, joined(&ids));
                self.select(filter, way, &within, most)
            }
        }
    }
}

fn way(filter: &Filter) -> Way {
    match filter {
        Filter::Tag(_, n) | Filter::Author(_, n) if *n > RARE => Way::Walk,
        _ => Way::Collect,
    }
}

impl Listing {
    /// The threads of `filter` in the order of `sort`, as far as `readable` allows.
    pub fn new(sort: Sort, filter: &Filter, readable: &Readable, window: Window) -> Self {
        let walk = walk(sort, filter);
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
        let inner = walk.inner(filter, readable, way(filter), &seek, skip + take);
        let sql = format!(
            "SELECT t.* FROM (SELECT id, k FROM ({inner}) AS walks ORDER BY k DESC, id DESC LIMIT {take} OFFSET {skip}) AS page \
             JOIN threads t ON t.id = page.id ORDER BY page.k DESC, page.id DESC"
        );
        Self { sql, keys }
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
        .get_result(conn)
        .optional()
        .map(Option::unwrap_or_default)
}

/// The SQL that counts a list up to the end of its last HTML page.
pub fn count_sql(sort: Sort, filter: &Filter, readable: &Readable) -> String {
    let most = LAST_LIST_PAGE * THREADS;
    let inner = walk(sort, filter).inner(filter, readable, way(filter), "", most);
    format!("SELECT COUNT(*) AS n FROM (SELECT id FROM ({inner}) AS walks LIMIT {most}) AS counted")
}

/// How many threads an author has opened, as far as [`Filter::Author`] wants to know.
pub fn opened_by(conn: &mut Conn, author: MemberId) -> QueryResult<i64> {
    let sql = format!(
        "SELECT COUNT(*) AS n FROM (SELECT 1 FROM threads WHERE author_id = $1 LIMIT {}) AS counted",
        RARE + 1
    );
    diesel::sql_query(sql).bind::<BigInt, _>(author).get_result::<Count>(conn).map(|row| row.n)
}

/// The number of HTML pages of a list, at least 1, at most [`LAST_LIST_PAGE`].
pub fn pages(conn: &mut Conn, sort: Sort, filter: &Filter, readable: &Readable) -> QueryResult<i64> {
    let n = diesel::sql_query(count_sql(sort, filter, readable)).get_result::<Count>(conn)?.n;
    Ok(((n + THREADS - 1) / THREADS).max(1))
}
