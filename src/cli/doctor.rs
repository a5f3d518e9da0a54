//! `hearth doctor`: is what is stored sound? Each check can fail; each failure names what and where.

use diesel::prelude::*;
use diesel::sql_types::Text;

use super::Failed;
use super::config::Settled;
use crate::content::heat;
use crate::content::threads;
use crate::engage::ledger::audit;
use crate::infra::db::dialect::Count;
use crate::infra::db::{Conn, DbError, migrate};
use crate::infra::house::House;
use crate::reach::search::compare::{Apart, Compared, Differences, compare};

/// Examples named of each kind of failure.
const EXAMPLES: i64 = 5;

/// A check in SQL: the rows it finds are wrong.
struct Check {
    name: &'static str,
    sql: &'static str,
}

/// Each query yields `n` (an id) for a wrong row.
const CHECKS: [Check; 8] = [
    Check {
        name: "threads whose number of posts is not that of their listed posts",
        sql: "SELECT t.id AS n FROM threads t WHERE t.posts <> (SELECT COUNT(*) FROM posts p WHERE p.thread_id = t.id AND p.state = 0)",
    },
    Check {
        name: "threads whose likes are not those of their listed posts",
        sql: "SELECT t.id AS n FROM threads t WHERE t.likes <> (SELECT COALESCE(SUM(p.likes), 0) FROM posts p WHERE p.thread_id = t.id AND p.state = 0)",
    },
    Check {
        name: "posts whose likes are not their reactions and anonymous likes",
        sql: "SELECT p.id AS n FROM posts p WHERE p.likes <> p.anonymous_likes + (SELECT COUNT(*) FROM reactions r WHERE r.post_id = p.id AND r.active)",
    },
    Check {
        name: "threads whose next number is not beyond their last post",
        sql: "SELECT t.id AS n FROM threads t WHERE t.next_number <= (SELECT COALESCE(MAX(p.number), 0) FROM posts p WHERE p.thread_id = t.id)",
    },
    Check {
        name: "threads without a first post",
        sql: "SELECT t.id AS n FROM threads t WHERE NOT EXISTS (SELECT 1 FROM posts p WHERE p.thread_id = t.id)",
    },
    Check {
        name: "accepted answers that are not listed replies of their question",
        sql: "SELECT t.id AS n FROM threads t WHERE t.accepted_post_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM posts p WHERE p.id = t.accepted_post_id AND p.thread_id = t.id AND p.state = 0)",
    },
    Check {
        name: "categories whose number of threads is wrong",
        sql: "SELECT c.id AS n FROM categories c WHERE c.threads <> (SELECT COUNT(*) FROM threads t WHERE t.category_id = c.id AND t.state = 0)",
    },
    Check {
        name: "tags whose number of threads is wrong",
        sql: "SELECT g.id AS n FROM tags g WHERE g.threads <> (SELECT COUNT(*) FROM thread_tags x JOIN threads t ON t.id = x.thread_id WHERE x.tag_id = g.id AND t.state = 0)",
    },
];

/// Member counters, compared when their reader has caught up.
const COUNTERS: Check = Check {
    name: "members whose counters are wrong",
    sql: "SELECT m.id AS n FROM members m LEFT JOIN member_counters k ON k.member_id = m.id WHERE \
          COALESCE(k.threads, 0) <> (SELECT COUNT(*) FROM threads t WHERE t.author_id = m.id AND t.state = 0) OR \
          COALESCE(k.posts, 0) <> (SELECT COUNT(*) FROM posts p JOIN threads t ON t.id = p.thread_id \
           WHERE p.author_id = m.id AND p.state = 0 AND (t.state = 0 OR p.number > 1))",
};

#[derive(QueryableByName)]
struct Word {
    #[diesel(sql_type = Text)]
    word: String,
}

fn found(conn: &mut Conn, check: &Check) -> QueryResult<Option<String>> {
    let total = diesel::sql_query(format!("SELECT COUNT(*) AS n FROM ({}) AS wrong", check.sql))
        .get_result::<Count>(conn)?
        .n;
    if total == 0 {
        return Ok(None);
    }
    let some: Vec<Count> =
        diesel::sql_query(format!("SELECT n FROM ({}) AS wrong ORDER BY n LIMIT {EXAMPLES}", check.sql))
            .load(conn)?;
    let ids: Vec<String> = some.iter().map(|c| c.n.to_string()).collect();
    Ok(Some(format!("{total} {}: {}", check.name, ids.join(", "))))
}

fn integrity(conn: &mut Conn) -> QueryResult<Option<String>> {
    if matches!(conn, Conn::Pg(_)) {
        return Ok(None);
    }
    let word = diesel::sql_query("SELECT integrity_check AS word FROM pragma_integrity_check LIMIT 1")
        .get_result::<Word>(conn)?
        .word;
    let loose =
        diesel::sql_query("SELECT COUNT(*) AS n FROM pragma_foreign_key_check").get_result::<Count>(conn)?.n;
    Ok(match (word.as_str(), loose) {
        ("ok", 0) => None,
        ("ok", n) => Some(format!("{n} rows refer to rows that are not there")),
        (other, _) => Some(format!("the database file is damaged: {other}")),
    })
}

/// Threads whose heat differs from what their engagements give.
fn wrong_heat(house: &House) -> Result<Option<String>, DbError> {
    let (mut after, mut wrong) = (crate::base::ids::ThreadId(0), Vec::new());
    loop {
        let (ids, bad) = house.db.read_now(move |c| {
            let scale = threads::service::scale(c)?;
            let ids = threads::store::ids_after(c, after, 500)?;
            let mut bad = Vec::new();
            for thread in threads::store::find_many(c, &ids)? {
                let total = heat::store::total(c, scale, thread.id)?;
                if (total - thread.heat).abs() > 1e-6 {
                    bad.push(thread.id.to_string());
                }
            }
            Ok::<_, DbError>((ids, bad))
        })?;
        wrong.extend(bad);
        match ids.last() {
            Some(last) => after = *last,
            None => break,
        }
    }
    let some: Vec<String> = wrong.iter().take(5).cloned().collect();
    Ok((!wrong.is_empty()).then(|| {
        format!("{} threads whose heat is not that of their engagements: {}", wrong.len(), some.join(", "))
    }))
}

/// Compares the index of this node with the database, also beside a running server.
fn index(settled: &Settled, house: &House) -> Result<Option<String>, Failed> {
    let said = match compare(&house.db, &settled.index_dir())? {
        Compared::NoIndex => {
            println!("skipped: there is no complete search index yet; the server builds it when it starts");
            return Ok(None);
        }
        Compared::Damaged => Some(
            "files of the search index are damaged; a server finds out when it starts or a search fails, and \
             builds it anew"
                .into(),
        ),
        Compared::FarBehind => {
            println!("skipped: the search index is far behind; the server brings it up to date");
            return Ok(None);
        }
        Compared::Done(d) if d == Differences::default() => None,
        Compared::Done(Differences { posts, titles }) => {
            let said = |what: &str, Apart { missing, spare, misfiled }: Apart| {
                format!(
                    "of {what} it lacks {missing}, holds {spare} that are not listed, and files {misfiled} on the \
                     wrong side of what is public"
                )
            };
            Some(format!("the search index: {}; {}", said("posts", posts), said("titles", titles)))
        }
    };
    Ok(said)
}

fn counters_ready(conn: &mut Conn) -> QueryResult<bool> {
    use crate::infra::db::schema::{activities, leases};
    let head = crate::infra::activity::head(conn)?;
    let waiting: i64 = activities::table.filter(activities::seq.is_null()).count().get_result(conn)?;
    let cursor: Option<i64> =
        leases::table.find("member_counters").select(leases::cursor).get_result(conn).optional()?;
    Ok(waiting == 0 && cursor.unwrap_or(0) == head)
}

/// Does the ledger of points add up? Entries and accounts move together, so this needs no reader to catch up.
fn points(conn: &mut Conn) -> QueryResult<Vec<String>> {
    let audit = audit::run(conn)?;
    let mut wrong = Vec::new();
    if audit.sum != 0 {
        wrong.push(format!("the ledger of points sums up to {} instead of 0", audit.sum));
    }
    wrong.extend(audit.findings.iter().map(|f| {
        let some: Vec<String> = f.examples.iter().map(ToString::to_string).collect();
        format!("{} {}: {}", f.count, f.what, some.join(", "))
    }));
    Ok(wrong)
}

/// Prints what is wrong; exit code 0 when nothing is.
pub fn run(settled: &Settled) -> Result<i32, Failed> {
    let house = settled.house()?;
    let mut wrong: Vec<String> = Vec::new();
    wrong.extend(house.db.read_now(|c| integrity(c).map_err(DbError::from))?);
    for check in &CHECKS {
        wrong.extend(house.db.read_now(|c| found(c, check).map_err(DbError::from))?);
    }
    if house.db.read_now(|c| counters_ready(c).map_err(DbError::from))? {
        wrong.extend(house.db.read_now(|c| found(c, &COUNTERS).map_err(DbError::from))?);
    } else {
        println!(
            "skipped: member counters have not caught up; the server brings them up to date when it starts"
        );
    }
    wrong.extend(house.db.read_now(|c| points(c).map_err(DbError::from))?);
    wrong.extend(wrong_heat(&house)?);
    wrong.extend(index(settled, &house)?);
    if !migrate::pending(&house.db)?.is_empty() {
        wrong.push("migrations are pending".into());
    }
    if wrong.is_empty() {
        println!("sound");
        return Ok(0);
    }
    for line in &wrong {
        println!("wrong: {line}");
    }
    Ok(1)
}
