//! Does the ledger add up? Each check is one statement, so that it sees one state of the database.

use std::fmt::Write as _;

use diesel::prelude::*;

use crate::engage::levels::{self, Ladder};
use crate::engage::rules::Kind;
use crate::infra::db::Conn;
use crate::infra::db::dialect::Count;

/// Examples named of each kind of failure.
const EXAMPLES: i64 = 5;

/// One thing that does not add up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// What is wrong.
    pub what: &'static str,
    /// In how many places.
    pub count: i64,
    /// Some of them: numbers of members or entries.
    pub examples: Vec<i64>,
}

/// What an audit says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Audit {
    /// Entries looked at, those of system accounts among them.
    pub entries: i64,
    /// The sum of all entries; 0 when sound.
    pub sum: i64,
    /// What is wrong; empty when sound.
    pub findings: Vec<Finding>,
}

impl Audit {
    /// True when everything adds up.
    pub fn sound(&self) -> bool {
        self.sum == 0 && self.findings.is_empty()
    }
}

fn number(conn: &mut Conn, sql: &str) -> QueryResult<i64> {
    diesel::sql_query(sql).get_result::<Count>(conn).map(|c| c.n)
}

/// The level of a member in SQL.
fn reached(ladder: &Ladder) -> String {
    let mut sql = String::from("CASE");
    for level in ladder.levels().iter().rev() {
        let _ = write!(sql, " WHEN COALESCE(a.growth, 0) >= {} THEN {}", level.threshold, level.number);
    }
    sql + " ELSE 1 END"
}

/// Each query yields `n` (a member or an entry) for what is wrong.
fn checks(ladder: &Ladder) -> [(&'static str, String); 6] {
    let (spent, level) = (Kind::Spent.code(), reached(ladder));
    [
        (
            "entries of members without the one that balances them",
            "SELECT e.id AS n FROM ledger e WHERE e.account > 0 AND NOT EXISTS (SELECT 1 FROM ledger b \
             WHERE b.balances = e.id AND b.delta = -e.delta AND b.account = -e.kind AND b.kind = e.kind)"
                .into(),
        ),
        (
            "entries of system accounts that balance none of a member",
            "SELECT b.id AS n FROM ledger b WHERE b.account <= 0 AND NOT EXISTS (SELECT 1 FROM ledger e \
             WHERE e.id = b.balances AND e.account > 0)"
                .into(),
        ),
        (
            "reversals that do not take back what was booked",
            "SELECT r.id AS n FROM ledger r WHERE r.reverses IS NOT NULL AND NOT EXISTS (SELECT 1 FROM ledger e \
             WHERE e.id = r.reverses AND e.delta = -r.delta AND e.account = r.account AND e.kind = r.kind \
             AND e.reverses IS NULL)"
                .into(),
        ),
        (
            "members whose account is not the sum of their entries",
            format!(
                "SELECT m.id AS n FROM members m LEFT JOIN point_accounts a ON a.member_id = m.id LEFT JOIN \
                 (SELECT account, SUM(delta) AS net, SUM(CASE WHEN kind = {spent} THEN 0 ELSE delta END) AS growth \
                 FROM ledger WHERE account > 0 GROUP BY account) s ON s.account = m.id \
                 WHERE COALESCE(a.balance, 0) - COALESCE(a.debt, 0) <> COALESCE(s.net, 0) \
                 OR COALESCE(a.growth, 0) <> COALESCE(s.growth, 0) \
                 OR a.balance < 0 OR a.debt < 0 OR (a.balance > 0 AND a.debt > 0)"
            ),
        ),
        (
            "members whose level is not that of their growth",
            format!(
                "SELECT m.id AS n FROM members m LEFT JOIN point_accounts a ON a.member_id = m.id WHERE m.level <> {level}"
            ),
        ),
        (
            "awards that stand for nothing, or do not stand for what does",
            "SELECT s.account AS n FROM point_sources s LEFT JOIN ledger e ON e.id = s.entry_id \
             LEFT JOIN ledger r ON r.reverses = s.entry_id \
             WHERE (s.standing AND s.amount > 0) <> (s.entry_id IS NOT NULL) \
             OR (s.entry_id IS NOT NULL AND (e.id IS NULL OR r.id IS NOT NULL OR e.delta <> s.amount OR e.account <> s.account))"
                .into(),
        ),
    ]
}

/// Looks at everything.
pub fn run(conn: &mut Conn) -> QueryResult<Audit> {
    let ladder = levels::load(conn)?;
    let entries = number(conn, "SELECT COUNT(*) AS n FROM ledger")?;
    let sum = number(conn, "SELECT CAST(COALESCE(SUM(delta), 0) AS BIGINT) AS n FROM ledger")?;
    let mut findings = Vec::new();
    for (what, sql) in checks(&ladder) {
        let count = number(conn, &format!("SELECT COUNT(*) AS n FROM ({sql}) AS wrong"))?;
        if count > 0 {
            let some: Vec<Count> =
                diesel::sql_query(format!("SELECT n FROM ({sql}) AS wrong ORDER BY n LIMIT {EXAMPLES}"))
                    .load(conn)?;
            findings.push(Finding { what, count, examples: some.into_iter().map(|c| c.n).collect() });
        }
    }
    Ok(Audit { entries, sum, findings })
}
