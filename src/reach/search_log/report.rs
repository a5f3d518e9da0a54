//! What the log tells: how searching goes, what is asked for most, and what is asked for in vain. A query is told only
//! when three different people asked it within one period.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Nullable, SmallInt};

use super::model::ASKERS;
use crate::base::time::UtcTime;
use crate::infra::db::Conn;
use crate::infra::db::among::OneOf as _;
use crate::infra::db::schema::search_queries as queries;

/// Positions told one by one.
pub const TOLD: usize = 10;

/// Which queries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// All of them.
    Top,
    /// Those that led nowhere: nobody opened a result, or there was none.
    Gap,
}

impl Kind {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Top, Self::Gap];

    /// The word in addresses.
    pub fn name(self) -> &'static str {
        match self {
            Self::Top => "top",
            Self::Gap => "gap",
        }
    }

    /// Reads [`Kind::name`].
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

/// How searching goes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, QueryableByName)]
pub struct Summary {
    /// Searches.
    #[diesel(sql_type = BigInt)]
    pub searches: i64,
    /// Those that found nothing.
    #[diesel(sql_type = BigInt)]
    pub empty: i64,
    /// Those of which a result was opened.
    #[diesel(sql_type = BigInt)]
    pub clicked: i64,
}

/// How searching went since `from`.
pub fn summary(conn: &mut Conn, from: UtcTime) -> QueryResult<Summary> {
    diesel::sql_query(
        "SELECT COUNT(*) AS searches, COUNT(clicked) AS clicked, \
         CAST(COALESCE(SUM(CASE WHEN total = 0 THEN 1 ELSE 0 END), 0) AS BIGINT) AS empty \
         FROM search_queries WHERE at >= $1",
    )
    .bind::<BigInt, _>(from)
    .get_result(conn)
}

/// One query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// As it was last typed, masked.
    pub shown: String,
    /// How often it was asked.
    pub searches: i64,
    /// How often nothing was found.
    pub nothing: i64,
    /// How often a result was opened.
    pub clicked: i64,
    /// What was found the last time, and how much of that had everything.
    pub last: (i64, i64),
}

#[derive(QueryableByName)]
struct Grouped {
    #[diesel(sql_type = BigInt)]
    asked: i64,
    #[diesel(sql_type = BigInt)]
    empty: i64,
    #[diesel(sql_type = BigInt)]
    clicked: i64,
    #[diesel(sql_type = BigInt)]
    newest: i64,
}

/// The queries since `from` that several people asked, the most asked first.
pub fn queries(conn: &mut Conn, kind: Kind, from: UtcTime, limit: i64) -> QueryResult<Vec<Line>> {
    let unclicked = if kind == Kind::Gap { "AND SUM(clicks) = 0" } else { "" };
    let groups: Vec<Grouped> = diesel::sql_query(format!(
        "WITH spans AS (SELECT folded, period, COUNT(DISTINCT asker) AS askers, COUNT(*) AS searches, \
         COUNT(clicked) AS clicks, SUM(CASE WHEN total = 0 THEN 1 ELSE 0 END) AS missed, MAX(id) AS latest \
         FROM search_queries WHERE at >= $1 GROUP BY folded, period) \
         SELECT CAST(SUM(searches) AS BIGINT) AS asked, CAST(SUM(missed) AS BIGINT) AS empty, \
         CAST(SUM(clicks) AS BIGINT) AS clicked, MAX(latest) AS newest \
         FROM spans GROUP BY folded HAVING MAX(askers) >= $2 {unclicked} ORDER BY asked DESC, newest DESC LIMIT $3"
    ))
    .bind::<BigInt, _>(from)
    .bind::<BigInt, _>(ASKERS)
    .bind::<BigInt, _>(limit)
    .load(conn)?;
    let mut lines = Vec::with_capacity(groups.len());
    for chunk in groups.chunks(500) {
        let last: Vec<(i64, String, i64, i64)> = queries::table
            .filter(queries::id.among(chunk.iter().map(|g| g.newest)))
            .select((queries::id, queries::shown, queries::total, queries::complete))
            .load(conn)?;
        lines.extend(chunk.iter().filter_map(|g| {
            let (_, shown, total, complete) = last.iter().find(|(id, ..)| *id == g.newest)?;
            let (searches, nothing, clicked) = (g.asked, g.empty, g.clicked);
            Some(Line { shown: shown.clone(), searches, nothing, clicked, last: (*total, *complete) })
        }));
    }
    Ok(lines)
}

#[derive(QueryableByName)]
struct At {
    #[diesel(sql_type = Nullable<SmallInt>)]
    clicked: Option<i16>,
    #[diesel(sql_type = BigInt)]
    shown: i64,
    #[diesel(sql_type = BigInt)]
    n: i64,
}

/// For each of the first positions since `from`: how often a result was shown there, and how often it was the first
/// to be opened.
pub fn positions(conn: &mut Conn, from: UtcTime) -> QueryResult<Vec<(i64, i64)>> {
    let most = i64::try_from(TOLD).unwrap_or(i64::MAX);
    let rows: Vec<At> = diesel::sql_query(
        "SELECT clicked, CASE WHEN total > $1 THEN $1 ELSE total END AS shown, COUNT(*) AS n \
         FROM search_queries WHERE at >= $2 AND total > 0 GROUP BY 1, 2",
    )
    .bind::<BigInt, _>(most)
    .bind::<BigInt, _>(from)
    .load(conn)?;
    let of = |position: i64| {
        let shown: i64 = rows.iter().filter(|r| r.shown >= position).map(|r| r.n).sum();
        let clicks: i64 =
            rows.iter().filter(|r| r.clicked.map(i64::from) == Some(position)).map(|r| r.n).sum();
        (shown, clicks)
    };
    Ok((1..=most).map(of).collect())
}
