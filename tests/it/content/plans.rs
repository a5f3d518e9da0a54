//! Every list is a walk of an index, at any size: the plans of both databases say so.

use hearth::content::categories::Readable;
use hearth::content::threads::lists::{Filter, Key, Listing, Period, Sort, Window, count_sql};
use hearth::content::threads::months;
use hearth::infra::db::DatabaseUrl;
use hearth::reach::sitemaps::last_said_sql;

use super::crowd::{COMMON_TAG, Crowd, RARE_TAG};
use super::stage::Stage;
use crate::on_both;

/// Rows that may be collected and sorted: of a rare tag at the most 2,000, and some for the estimate.
const COLLECTED: i64 = 3_000;

pub const SORTS: [Sort; 7] = [
    Sort::Hot,
    Sort::Latest,
    Sort::New,
    Sort::Unanswered,
    Sort::Featured,
    Sort::Top(Period::Week),
    Sort::Top(Period::All),
];

#[derive(diesel::QueryableByName)]
struct PgLine {
    #[diesel(sql_type = diesel::sql_types::Text, column_name = "QUERY PLAN")]
    text: String,
}

#[derive(diesel::QueryableByName)]
struct SqliteLine {
    #[diesel(sql_type = diesel::sql_types::Integer)]
    parent: i32,
    #[diesel(sql_type = diesel::sql_types::Text)]
    detail: String,
}

/// A query whose parameters are written out, since a plan needs no more than their size.
fn with_values(sql: &str, first: &str, second: &str) -> String {
    sql.replace("$1", first).replace("$2", second)
}

/// What is wrong with the plan of `sql`; `bounded` when a set that is small by nature may be sorted.
fn faults(stage: &Stage, sql: &str, bounded: bool) -> Vec<String> {
    match stage.house.db.url() {
        DatabaseUrl::Sqlite(_) => {
            let query = format!("EXPLAIN QUERY PLAN {sql}");
            sqlite_faults(&stage.read(|c| diesel::RunQueryDsl::load(diesel::sql_query(&query), c)), bounded)
        }
        DatabaseUrl::Pg(_) => {
            let query = format!("EXPLAIN (FORMAT TEXT) {sql}");
            postgres_faults(&stage.read(|c| diesel::RunQueryDsl::load(diesel::sql_query(&query), c)), bounded)
        }
    }
}

/// A step over `threads` or `thread_scores` that goes through many rows: not one that looks up a key.
fn goes_through(detail: &str) -> bool {
    let table =
        ["SCAN t", "SEARCH t", "SCAN s", "SEARCH s", "SCAN threads", "SEARCH threads", "SEARCH a", "SCAN a"];
    let step = table.iter().any(|t| detail == *t || detail.starts_with(&format!("{t} ")));
    step && !detail.contains("INTEGER PRIMARY KEY (rowid=?)")
        && !detail.contains("(period=? AND thread_id=?)")
}

fn sqlite_faults(plan: &[SqliteLine], bounded: bool) -> Vec<String> {
    let mut wrong = Vec::new();
    for line in plan {
        if goes_through(&line.detail) && !line.detail.contains("INDEX") {
            wrong.push(line.detail.clone());
        }
        let beside = plan.iter().any(|l| l.parent == line.parent && goes_through(&l.detail));
        if line.detail.contains("TEMP B-TREE") && beside && !bounded {
            wrong.push(format!("{} over a walk", line.detail));
        }
    }
    if !wrong.is_empty() {
        wrong.extend(plan.iter().map(|l| format!("    {} {}", l.parent, l.detail)));
    }
    wrong
}

/// Rows that the planner expects of a step.
fn estimate(step: &str) -> Option<i64> {
    step.split("rows=").nth(1)?.split(' ').next()?.parse().ok()
}

fn postgres_faults(plan: &[PgLine], bounded: bool) -> Vec<String> {
    let mut wrong = Vec::new();
    // Nodes above the current one, as (indentation, text).
    let mut above: Vec<(usize, String)> = Vec::new();
    for line in plan {
        let depth = line.text.len() - line.text.trim_start().len();
        let text = line.text.trim_start().trim_start_matches("->").trim_start();
        if depth > 0 && !line.text.contains("->") {
            continue;
        }
        above.retain(|(d, _)| *d < depth);
        let table = ["on threads", "on thread_scores"].iter().any(|t| text.contains(t));
        if text.starts_with("Seq Scan") && table {
            wrong.push(text.to_owned());
        }
        let lookup = text.contains("threads_pkey") || text.contains("thread_scores_pkey");
        if table && !lookup && !bounded {
            // A sort is bounded by a limit between it and the walk.
            let limit = above.iter().rposition(|(_, t)| t.starts_with("Limit"));
            let sort = above.iter().rposition(|(_, t)| t.starts_with("Sort"));
            // What the planner itself counts as few it may collect.
            let few = estimate(text).is_some_and(|rows| rows <= COLLECTED);
            if !few && sort.is_some_and(|s| limit.is_none_or(|l| l < s)) {
                wrong.push(format!("a sort over: {text}"));
            }
        }
        above.push((depth, text.to_owned()));
    }
    if !wrong.is_empty() {
        wrong.extend(plan.iter().map(|l| format!("    {}", l.text)));
    }
    wrong
}

/// Readers and filters, each with whether its set is small by nature.
fn lists(crowd: &Crowd) -> Vec<(&'static str, Readable, Filter, bool)> {
    use hearth::base::ids::{CategoryId, TagId};
    let all = || crowd.stage.readable(Some(&crowd.admin));
    let most = || crowd.stage.readable(Some(&crowd.insider));
    let few = || crowd.stage.readable(None);
    let common = crowd.stage.number(&format!("SELECT threads AS n FROM tags WHERE id = {COMMON_TAG}"));
    let rare = crowd.stage.number(&format!("SELECT threads AS n FROM tags WHERE id = {RARE_TAG}"));
    let opened = |m: &hearth::base::actor::SignedIn| {
        let n = crowd.stage.read(|c| hearth::content::threads::lists::opened_by(c, m.id));
        Filter::Author(m.id, n)
    };
    assert!(all().everything() && !most().everything() && most().ids().len() > 12 && few().ids().len() <= 12);
    vec![
        ("site, everything", all(), Filter::Site, false),
        ("site, merged", few(), Filter::Site, false),
        ("site, walked", most(), Filter::Site, false),
        ("a category", few(), Filter::Category(CategoryId(2)), false),
        ("a common tag", few(), Filter::Tag(TagId(COMMON_TAG), common), false),
        ("a common tag, everything", all(), Filter::Tag(TagId(COMMON_TAG), common), false),
        ("a rare tag", most(), Filter::Tag(TagId(RARE_TAG), rare), true),
        ("a prolific author", most(), opened(&crowd.prolific), false),
        ("a rare author", all(), opened(&crowd.rare), true),
        ("following", most(), Filter::FollowedBy(crowd.insider.id), true),
    ]
}

fn report(wrong: &mut Vec<String>, what: &str, found: Vec<String>) {
    if !found.is_empty() {
        wrong.push(format!("{what}:\n  {}", found.join("\n  ")));
    }
}

fn check_lists(crowd: &Crowd) -> Vec<String> {
    let mut wrong = Vec::new();
    for (name, readable, filter, bounded) in lists(crowd) {
        for sort in SORTS {
            let key = match sort {
                Sort::Hot => (Key::Number(300.0), "CAST(300 AS DOUBLE PRECISION)"),
                Sort::Top(_) => (Key::Number(20.0), "CAST(20 AS DOUBLE PRECISION)"),
                _ => (Key::Time(1_700_000_000_000_000), "1700000000000000"),
            };
            for window in [Window::Page(1), Window::Page(9), Window::After(Some((key.0, 400)), 30)] {
                let sql = with_values(&Listing::new(sort, &filter, &readable, window).sql, key.1, "0");
                report(
                    &mut wrong,
                    &format!("{name}, {sort:?}, {window:?}"),
                    faults(&crowd.stage, &sql, bounded),
                );
            }
            // Only lists of the site, categories and tags are counted.
            if !matches!(filter, Filter::Author(..) | Filter::FollowedBy(_)) {
                let sql = count_sql(sort, &filter, &readable);
                report(
                    &mut wrong,
                    &format!("count of {name}, {sort:?}"),
                    faults(&crowd.stage, &sql, bounded),
                );
            }
        }
    }
    wrong
}

fn check_months(crowd: &Crowd) -> Vec<String> {
    use hearth::base::ids::CategoryId;
    let mut wrong = Vec::new();
    let (start, end) = ("1650000000000000", "1652592000000000");
    for (name, reader) in [("everything", Some(&crowd.admin)), ("most", Some(&crowd.insider)), ("few", None)]
    {
        let readable = crowd.stage.readable(reader);
        for category in [None, Some(CategoryId(3))] {
            for sql in [
                months::page_sql(&readable, category, 3),
                months::count_sql(&readable, category),
                months::newest_sql(&readable, category),
            ] {
                let sql = with_values(&sql, start, end);
                report(
                    &mut wrong,
                    &format!("months, {name}, {category:?}"),
                    faults(&crowd.stage, &sql, false),
                );
            }
        }
    }
    wrong
}

/// What is wrong with how the last post of each of two members is found.
fn probe_faults(stage: &Stage) -> Vec<String> {
    let public = stage.readable(None);
    let members = [hearth::base::ids::MemberId(1), hearth::base::ids::MemberId(2)];
    let sql = last_said_sql(&public, &members);
    let lines: Vec<String> = match stage.house.db.url() {
        DatabaseUrl::Sqlite(_) => {
            let query = format!("EXPLAIN QUERY PLAN {sql}");
            let plan: Vec<SqliteLine> =
                stage.read(|c| diesel::RunQueryDsl::load(diesel::sql_query(&query), c));
            plan.into_iter().map(|l| l.detail).collect()
        }
        DatabaseUrl::Pg(_) => {
            let query = format!("EXPLAIN (FORMAT TEXT) {sql}");
            let plan: Vec<PgLine> = stage.read(|c| diesel::RunQueryDsl::load(diesel::sql_query(&query), c));
            plan.into_iter().map(|l| l.text).collect()
        }
    };
    let sorts = |l: &&String| {
        l.contains("TEMP B-TREE") || l.contains("Sort") || l.contains("on posts") && l.contains("Seq")
    };
    let wrong: Vec<String> = lines.iter().filter(sorts).cloned().collect();
    if wrong.is_empty() && lines.iter().any(|l| l.contains("posts_author")) { Vec::new() } else { lines }
}

on_both! {
    fn what_a_member_said_last_is_a_probe(db) {
        let crowd = Crowd::new(db, 20_000);
        crowd.stage.sql(
            "INSERT INTO posts (thread_id, number, author_id, body, html, renderer, lang, state, was_public, likes, \
             anonymous_likes, revisions, created_at) SELECT id, 1, author_id, 'x', 'x', 1, 'en', 0, TRUE, 0, 0, 0, created_at \
             FROM threads",
        );
        crowd.stage.sql("ANALYZE");
        assert_eq!(probe_faults(&crowd.stage), [""; 0]);
        crowd.stage.sql("DROP INDEX posts_author");
        assert!(!probe_faults(&crowd.stage).is_empty(), "the check sees what it looks for");
    }
}

on_both! {
    fn every_list_is_a_walk_of_an_index(db) {
        let crowd = Crowd::new(db, if db.url().is_sqlite() { 40_000 } else { 100_000 });
        let mut wrong = Vec::new();
        if db.url().is_sqlite() {
            // As it is on a new forum, without statistics.
            wrong.extend(check_lists(&crowd));
            wrong.extend(check_months(&crowd));
        }
        crowd.stage.sql("ANALYZE");
        wrong.extend(check_lists(&crowd));
        wrong.extend(check_months(&crowd));
        // The check itself sees what it looks for.
        for bad in ["title", "heat + 1", "category_id + 0, heat"] {
            let sql = format!("SELECT * FROM threads t WHERE state = 0 ORDER BY {bad} DESC LIMIT 30");
            assert!(!faults(&crowd.stage, &sql, false).is_empty(), "{bad}");
        }
        assert!(wrong.is_empty(), "{} plans:\n{}", wrong.len(), wrong.join("\n"));
    }
}
