//! Balances, growth, debts and levels computed anew from the entries. Nothing is awarded anew.

use std::collections::HashMap;

use diesel::prelude::*;
use diesel::sql_types::BigInt;

use super::model::Account;
use super::{Error, service, store};
use crate::base::ids::MemberId;
use crate::engage::levels;
use crate::engage::rules::Kind;
use crate::infra::db::Conn;
use crate::infra::db::schema::members;

#[derive(QueryableByName)]
struct Sums {
    #[diesel(sql_type = BigInt)]
    account: i64,
    #[diesel(sql_type = BigInt)]
    net: i64,
    #[diesel(sql_type = BigInt)]
    growth: i64,
}

/// Computes the accounts of up to `limit` members after `after`, each locked so that nothing is booked
/// meanwhile; returns the last member and how many.
pub fn batch(conn: &mut Conn, after: MemberId, limit: i64) -> Result<(MemberId, usize), Error> {
    let ids: Vec<MemberId> = members::table
        .filter(members::id.gt(after.0))
        .order(members::id.asc())
        .limit(limit)
        .select(members::id)
        .load(conn)?;
    let Some(last) = ids.last().copied() else { return Ok((after, 0)) };
    // The lock comes before the sums: whoever books holds it until the entries can be seen.
    store::lock_accounts(conn, &ids)?;
    let sql = format!(
        "SELECT account, CAST(SUM(delta) AS BIGINT) AS net, \
         CAST(SUM(CASE WHEN kind = {} THEN 0 ELSE delta END) AS BIGINT) AS growth \
         FROM ledger WHERE account IN ({}) GROUP BY account",
        Kind::Spent.code(),
        store::list(&ids)
    );
    let sums: HashMap<i64, Sums> =
        diesel::sql_query(sql).load::<Sums>(conn)?.into_iter().map(|s| (s.account, s)).collect();
    let accounts: Vec<Account> = ids
        .iter()
        .map(|id| match sums.get(&id.0) {
            Some(sum) => Account::of(*id, sum.net, sum.growth),
            None => Ok(Account::empty(*id)),
        })
        .collect::<Result<_, _>>()?;
    store::save_accounts(conn, &accounts)?;
    let ladder = levels::load(conn)?;
    service::place(conn, &ladder, &accounts)?;
    Ok((last, ids.len()))
}
