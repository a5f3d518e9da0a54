//! Month archives: the settled way to old threads, ordered by creation, each page within one month's range of
//! an index.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Nullable};

use super::model::Thread;
use crate::base::ids::CategoryId;
use crate::base::time::UtcTime;
use crate::content::categories::Readable;
use crate::infra::db::Conn;
use crate::infra::db::dialect::Count;
use crate::web::paging::THREADS;

/// A calendar month, UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Month {
    /// Year.
    pub year: i16,
    /// 1 to 12.
    pub month: i8,
}

impl Month {
    /// Parses `2026-11`.
    pub fn parse(text: &str) -> Option<Self> {
        let (year, month) = text.split_once('-')?;
        let found = Self { year: year.parse().ok()?, month: month.parse().ok()? };
        let sound = (1970..=9998).contains(&found.year) && (1..=12).contains(&found.month);
        (sound && found.to_string() == text).then_some(found)
    }

    /// The month of a point in time.
    pub fn of(at: UtcTime) -> Self {
        let c = at.calendar();
        Self { year: c.year(), month: c.month() }
    }

    fn start(self) -> UtcTime {
        UtcTime::parse(&format!("{:04}-{:02}-01T00:00:00Z", self.year, self.month)).unwrap_or(UtcTime(0))
    }

    fn next(self) -> Self {
        if self.month == 12 {
            Self { year: self.year + 1, month: 1 }
        } else {
            Self { year: self.year, month: self.month + 1 }
        }
    }
}

impl std::fmt::Display for Month {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:04}-{:02}", self.year, self.month)
    }
}

/// The categories an archive shows: a category's with those below it; nothing for the whole site.
fn shown(readable: &Readable, category: Option<CategoryId>) -> Option<Vec<CategoryId>> {
    match category {
        Some(id) => Some(readable.with_children(id)),
        None if readable.everything() => None,
        None => Some(readable.ids()),
    }
}

/// The categories an archive shows, as SQL.
fn within(readable: &Readable, category: Option<CategoryId>) -> String {
    let Some(ids) = shown(readable, category) else { return String::new() };
    match ids.as_slice() {
        [] => " AND 1 = 0".into(),
        [one] => format!(" AND category_id = {one}"),
        many => {
            let list: Vec<String> = many.iter().map(|id| id.0.to_string()).collect();
            // Behind a plus, so that the walk is along the months of the whole site and nothing is sorted.
            format!(" AND +category_id IN ({})", list.join(","))
        }
    }
}

/// The SQL of one archive page; `$1` and `$2` are the bounds of the month.
pub fn page_sql(readable: &Readable, category: Option<CategoryId>, page: i64) -> String {
    format!(
        "SELECT * FROM threads WHERE state = 0{} AND created_at >= $1 AND created_at < $2 \
         ORDER BY created_at DESC, id DESC LIMIT {THREADS} OFFSET {}",
        within(readable, category),
        (page.max(1) - 1) * THREADS,
    )
}

/// The SQL that counts a month; `$1` and `$2` are its bounds.
pub fn count_sql(readable: &Readable, category: Option<CategoryId>) -> String {
    format!(
        "SELECT COUNT(*) AS n FROM threads WHERE state = 0{} AND created_at >= $1 AND created_at < $2",
        within(readable, category)
    )
}

/// The SQL of when the newest thread before `$1` was opened: one index probe, or one a category.
pub fn newest_sql(readable: &Readable, category: Option<CategoryId>) -> String {
    let probe = |within: &str| {
        format!(
            "SELECT (SELECT created_at FROM threads WHERE state = 0{within} AND created_at < $1 \
             ORDER BY created_at DESC, id DESC LIMIT 1) AS at"
        )
    };
    match shown(readable, category).as_deref() {
        None => probe(""),
        Some([]) => probe(" AND 1 = 0"),
        Some([one]) => probe(&format!(" AND category_id = {one}")),
        Some(many) => {
            let probes: Vec<String> =
                many.iter().map(|id| probe(&format!(" AND category_id = {id}"))).collect();
            format!("SELECT MAX(at) AS at FROM ({}) AS newest", probes.join(" UNION ALL "))
        }
    }
}

/// One page of a month: its threads and the number of pages.
pub fn page(
    conn: &mut Conn,
    readable: &Readable,
    category: Option<CategoryId>,
    month: Month,
    page: i64,
) -> QueryResult<(Vec<Thread>, i64)> {
    let (start, end) = (month.start(), month.next().start());
    let threads = diesel::sql_query(page_sql(readable, category, page))
        .bind::<BigInt, _>(start)
        .bind::<BigInt, _>(end)
        .load(conn)?;
    let total = count(conn, readable, category, month)?;
    Ok((threads, ((total + THREADS - 1) / THREADS).max(1)))
}

fn count(
    conn: &mut Conn,
    readable: &Readable,
    category: Option<CategoryId>,
    month: Month,
) -> QueryResult<i64> {
    diesel::sql_query(count_sql(readable, category))
        .bind::<BigInt, _>(month.start())
        .bind::<BigInt, _>(month.next().start())
        .get_result::<Count>(conn)
        .map(|row| row.n)
}

#[derive(QueryableByName)]
struct Newest {
    #[diesel(sql_type = Nullable<BigInt>)]
    at: Option<UtcTime>,
}

/// Months with threads, newest first, each with how many and when the newest of them was opened: one index probe a
/// month.
pub fn all(
    conn: &mut Conn,
    readable: &Readable,
    category: Option<CategoryId>,
) -> QueryResult<Vec<(Month, i64, UtcTime)>> {
    let sql = newest_sql(readable, category);
    let mut found = Vec::new();
    let mut before = UtcTime(i64::MAX);
    // Nobody's archive has more months than this.
    for _ in 0..1_200 {
        let Some(at) = diesel::sql_query(&sql).bind::<BigInt, _>(before).get_result::<Newest>(conn)?.at
        else {
            break;
        };
        let month = Month::of(at);
        found.push((month, count(conn, readable, category, month)?, at));
        before = month.start();
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn months_are_written_one_way() {
        assert_eq!(Month::parse("2026-11"), Some(Month { year: 2026, month: 11 }));
        for bad in ["2026-1", "2026-13", "2026-00", "26-11", "2026-11-01", "x", "0001-01"] {
            assert_eq!(Month::parse(bad), None, "{bad}");
        }
        assert_eq!(Month { year: 2026, month: 12 }.next().to_string(), "2027-01");
    }
}
