//! Reading and writing the tables of points. Statements about many rows hold numbers only, so that one of them
//! serves a whole batch on both databases.

use std::fmt::{Display, Write as _};

use diesel::prelude::*;
use diesel::sql_types::BigInt;

use super::model::{Account, Draft, Entry, Link, SourceRow};
use crate::base::ids::MemberId;
use crate::base::time::UtcTime;
use crate::engage::rules::Kind;
use crate::infra::db::Conn;
use crate::infra::db::dialect::{Count, for_update, last_id};
use crate::infra::db::schema::{ledger, point_accounts, point_days};
use crate::on;

/// Rows that share one statement at the most.
const AT_ONCE: usize = 500;

/// `1,2,3`, and `-1` for none (no account, post or thread has that number).
pub fn list<T: Display>(numbers: impl IntoIterator<Item = T>) -> String {
    let mut text = String::new();
    for number in numbers {
        let _ = write!(text, "{}{number}", if text.is_empty() { "" } else { "," });
    }
    if text.is_empty() { "-1".into() } else { text }
}

/// Takes `n` numbers for entries.
fn take_ids(conn: &mut Conn, n: usize) -> QueryResult<Vec<i64>> {
    match conn {
        Conn::Pg(_) => diesel::sql_query(
            "SELECT nextval(pg_get_serial_sequence('ledger', 'id')) AS n FROM generate_series(1, $1)",
        )
        .bind::<BigInt, _>(i64::try_from(n).unwrap_or(i64::MAX))
        .load::<Count>(conn)
        .map(|rows| rows.into_iter().map(|r| r.n).collect()),
        // Writes are serial here, and explicit numbers move the table's own count.
        Conn::Sqlite(_) => {
            let last = last_id(conn, "ledger")?;
            Ok((last + 1..).take(n).collect())
        }
    }
}

#[derive(Insertable)]
#[diesel(table_name = ledger, treat_none_as_default_value = false)]
struct NewEntry<'a> {
    id: i64,
    account: i64,
    kind: i16,
    subject: i64,
    giver: i64,
    generation: i64,
    delta: i64,
    reverses: Option<i64>,
    balances: Option<i64>,
    reason: &'a str,
    post_id: Option<i64>,
    occurred_at: UtcTime,
    recorded_at: UtcTime,
}

/// Writes entries, each with the one that balances it; returns the numbers of the members' entries in order.
pub fn insert(conn: &mut Conn, drafts: &[Draft]) -> QueryResult<Vec<i64>> {
    let taken = take_ids(conn, drafts.len() * 2)?;
    let (own, system) = taken.split_at(drafts.len().min(taken.len()));
    let resolve = |link: Link| match link {
        Link::Stored(id) => Some(id),
        Link::Fresh(place) => own.get(place).copied(),
    };
    let mut rows = Vec::with_capacity(drafts.len() * 2);
    for ((draft, id), balance) in drafts.iter().zip(own).zip(system) {
        let row = NewEntry {
            id: *id,
            account: draft.account.0,
            kind: draft.kind.code(),
            subject: draft.subject,
            giver: draft.giver,
            generation: draft.generation,
            delta: draft.delta,
            reverses: draft.reverses.and_then(resolve),
            balances: None,
            reason: &draft.reason,
            post_id: draft.post.map(|p| p.0),
            occurred_at: draft.at,
            recorded_at: draft.recorded,
        };
        rows.push(NewEntry {
            id: *balance,
            account: -i64::from(draft.kind.code()),
            delta: -draft.delta,
            reverses: None,
            balances: Some(*id),
            reason: "",
            ..row
        });
        rows.push(row);
    }
    // What is referred to comes first.
    rows.sort_by_key(|r| (r.balances.is_some(), r.id));
    for part in rows.chunks(AT_ONCE) {
        on!(conn, |c| diesel::insert_into(ledger::table).values(part).execute(c))?;
    }
    Ok(own.to_vec())
}

/// The accounts of `members`, locked in order; made where there are none.
pub fn lock_accounts(conn: &mut Conn, members: &[MemberId]) -> QueryResult<Vec<Account>> {
    let among = list(members);
    let lock = for_update(conn);
    let select = format!(
        "SELECT member_id, balance, growth, debt FROM point_accounts WHERE member_id IN ({among}) ORDER BY member_id{lock}"
    );
    let found: Vec<Account> = diesel::sql_query(&select).load(conn)?;
    if found.len() == members.len() {
        return Ok(found);
    }
    diesel::sql_query(format!(
        "INSERT INTO point_accounts (member_id, balance, growth, debt) SELECT id, 0, 0, 0 FROM members \
         WHERE id IN ({among}) ORDER BY id ON CONFLICT (member_id) DO NOTHING"
    ))
    .execute(conn)?;
    diesel::sql_query(&select).load(conn)
}

/// Replaces what is stored of locked accounts.
pub fn save_accounts(conn: &mut Conn, accounts: &[Account]) -> QueryResult<()> {
    for part in accounts.chunks(AT_ONCE) {
        let mut sql = String::from("INSERT INTO point_accounts (member_id, balance, growth, debt) VALUES ");
        for (i, a) in part.iter().enumerate() {
            let comma = if i > 0 { "," } else { "" };
            let _ = write!(sql, "{comma}({},{},{},{})", a.member_id, a.balance, a.growth, a.debt);
        }
        sql.push_str(
            " ON CONFLICT (member_id) DO UPDATE SET balance = excluded.balance, growth = excluded.growth, debt = excluded.debt",
        );
        diesel::sql_query(sql).execute(conn)?;
    }
    Ok(())
}

/// The account of `member`.
pub fn account(conn: &mut Conn, member: MemberId) -> QueryResult<Option<Account>> {
    point_accounts::table.find(member.0).select(Account::as_select()).get_result(conn).optional()
}

/// Sources that meet `condition`, which is made of numbers, locked in order.
pub fn lock_sources(conn: &mut Conn, condition: &str) -> QueryResult<Vec<SourceRow>> {
    let lock = for_update(conn);
    diesel::sql_query(format!(
        "SELECT kind, subject, giver, account, thread_id, day, holds, standing, amount, generation, entry_id \
         FROM point_sources WHERE {condition} ORDER BY kind, subject, giver{lock}"
    ))
    .load(conn)
}

/// Selects the sources of `(day, member)`. A join in this order walks the index; SQLite would scan for
/// `IN (VALUES …)`.
pub fn days_sql(keys: &[(i64, i64)], lock: &str) -> String {
    let rows = list(keys.iter().map(|(day, member)| format!("({day},{member})")));
    format!(
        "SELECT s.kind, s.subject, s.giver, s.account, s.thread_id, s.day, s.holds, s.standing, s.amount, \
         s.generation, s.entry_id FROM (VALUES {rows}) AS v CROSS JOIN point_sources s WHERE s.kind = {} \
         AND s.subject = v.column1 AND s.giver = v.column2 ORDER BY s.subject, s.giver{lock}",
        Kind::FirstOfDay.code()
    )
}

/// The sources of days `(day, member)`, locked in order.
pub fn lock_days(conn: &mut Conn, keys: &[(i64, i64)]) -> QueryResult<Vec<SourceRow>> {
    let lock = if for_update(conn).is_empty() { "" } else { " FOR UPDATE OF s" };
    let mut found = Vec::new();
    for part in keys.chunks(AT_ONCE) {
        found.extend(diesel::sql_query(days_sql(part, lock)).load::<SourceRow>(conn)?);
    }
    Ok(found)
}

/// Adds sources, or replaces what is stored of them.
pub fn save_sources(conn: &mut Conn, sources: &[SourceRow]) -> QueryResult<()> {
    for part in sources.chunks(AT_ONCE) {
        let mut sql = String::from(
            "INSERT INTO point_sources (kind, subject, giver, account, thread_id, day, holds, standing, amount, generation, entry_id) VALUES ",
        );
        for (i, s) in part.iter().enumerate() {
            let comma = if i > 0 { "," } else { "" };
            let standing = if s.standing { "TRUE" } else { "FALSE" };
            let entry = s.entry_id.map_or_else(|| "CAST(NULL AS BIGINT)".to_owned(), |id| id.to_string());
            let _ = write!(
                sql,
                "{comma}({},{},{},{},{},{},{},{standing},{},{},{entry})",
                s.kind, s.subject, s.giver, s.account, s.thread_id, s.day, s.holds, s.amount, s.generation
            );
        }
        sql.push_str(
            " ON CONFLICT (kind, subject, giver) DO UPDATE SET day = excluded.day, holds = excluded.holds, \
             standing = excluded.standing, amount = excluded.amount, generation = excluded.generation, \
             entry_id = excluded.entry_id",
        );
        diesel::sql_query(sql).execute(conn)?;
    }
    Ok(())
}

/// Points of a kind given on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, QueryableByName)]
#[diesel(table_name = point_days)]
pub struct Used {
    /// To whom.
    pub account: MemberId,
    /// Of which kind, as stored.
    pub kind: i16,
    /// On which day.
    pub day: i64,
    /// How many.
    pub used: i64,
}

/// Selects what is used up of the caps of `(account, kind, day)`, by a walk of the index.
pub fn used_sql(keys: &[(MemberId, i16, i64)]) -> String {
    let rows = list(keys.iter().map(|(account, kind, day)| format!("({account},{kind},{day})")));
    format!(
        "SELECT d.account, d.kind, d.day, d.used FROM (VALUES {rows}) AS v CROSS JOIN point_days d \
         WHERE d.account = v.column1 AND d.kind = v.column2 AND d.day = v.column3"
    )
}

/// What is used up of the caps of `(account, kind, day)`.
pub fn used(conn: &mut Conn, keys: &[(MemberId, i16, i64)]) -> QueryResult<Vec<Used>> {
    let mut found = Vec::new();
    for part in keys.chunks(AT_ONCE) {
        found.extend(diesel::sql_query(used_sql(part)).load::<Used>(conn)?);
    }
    Ok(found)
}

/// Replaces what is stored of used caps.
pub fn save_used(conn: &mut Conn, all: &[Used]) -> QueryResult<()> {
    for part in all.chunks(AT_ONCE) {
        let rows = list(part.iter().map(|u| format!("({},{},{},{})", u.account, u.kind, u.day, u.used)));
        diesel::sql_query(format!(
            "INSERT INTO point_days (account, kind, day, used) VALUES {rows} \
             ON CONFLICT (account, kind, day) DO UPDATE SET used = excluded.used"
        ))
        .execute(conn)?;
    }
    Ok(())
}

/// One entry.
pub fn find(conn: &mut Conn, id: i64) -> QueryResult<Option<Entry>> {
    ledger::table.find(id).select(Entry::as_select()).get_result(conn).optional()
}

/// The entry that takes `id` back.
pub fn reversal_of(conn: &mut Conn, id: i64) -> QueryResult<Option<i64>> {
    ledger::table.filter(ledger::reverses.eq(id)).select(ledger::id).get_result(conn).optional()
}

/// Which of `ids` were taken back.
pub fn reversed(conn: &mut Conn, ids: &[i64]) -> QueryResult<Vec<i64>> {
    let found: Vec<Option<i64>> =
        ledger::table.filter(ledger::reverses.eq_any(ids)).select(ledger::reverses).load(conn)?;
    Ok(found.into_iter().flatten().collect())
}

/// The highest generation of awards of a kind for a subject.
pub fn last_generation(conn: &mut Conn, account: MemberId, kind: i16, subject: i64) -> QueryResult<i64> {
    ledger::table
        .filter(ledger::account.eq(account.0))
        .filter(ledger::kind.eq(kind))
        .filter(ledger::subject.eq(subject))
        .filter(ledger::giver.eq(0))
        .filter(ledger::reverses.is_null())
        .filter(ledger::balances.is_null())
        .select(diesel::dsl::max(ledger::generation))
        .get_result::<Option<i64>>(conn)
        .map(Option::unwrap_or_default)
}

/// Entries of `member`, newest first, after the one that happened at `before.0` with number `before.1`.
pub fn page(
    conn: &mut Conn,
    member: MemberId,
    before: Option<(UtcTime, i64)>,
    limit: i64,
) -> QueryResult<Vec<Entry>> {
    let mut query = ledger::table
        .filter(ledger::account.eq(member.0))
        .order((ledger::occurred_at.desc(), ledger::id.desc()))
        .limit(limit)
        .select(Entry::as_select())
        .into_boxed();
    if let Some((at, id)) = before {
        let earlier = ledger::occurred_at.lt(at).or(ledger::id.lt(id));
        query = query.filter(ledger::occurred_at.le(at)).filter(earlier);
    }
    query.load(conn)
}

/// What the entries of `member` add up to, up to and with `last`.
pub fn sum_to(conn: &mut Conn, member: MemberId, last: &Entry) -> QueryResult<i64> {
    diesel::sql_query(
        "SELECT CAST(COALESCE(SUM(delta), 0) AS BIGINT) AS n FROM ledger WHERE account = $1 \
         AND (occurred_at, id) <= ($2, $3)",
    )
    .bind::<BigInt, _>(member)
    .bind::<BigInt, _>(last.occurred_at)
    .bind::<BigInt, _>(last.id)
    .get_result::<Count>(conn)
    .map(|row| row.n)
}
