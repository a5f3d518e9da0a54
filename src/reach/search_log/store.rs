//! Reading and writing `search_queries`.

use std::collections::{BTreeMap, HashSet};

use diesel::prelude::*;

use super::model::{Noted, oldest, period};
use crate::base::fold::fold;
use crate::base::time::UtcTime;
use crate::infra::db::Conn;
use crate::infra::db::among::OneOf as _;
use crate::infra::db::schema::search_queries as queries;
use crate::infra::random::Random;
use crate::on;
use crate::site::settings;

/// Names of the keys of askers begin so; the rest is the period.
const KEYS: &str = "searchers.";
/// Rows of one statement.
const CHUNK: usize = 500;

#[derive(Debug, Clone, Insertable)]
#[diesel(table_name = queries)]
struct Row {
    public_id: String,
    at: UtcTime,
    folded: String,
    shown: String,
    locale: &'static str,
    total: i64,
    complete: i64,
    period: i64,
    asker: i64,
}

/// Writes searches whose text is masked; each has its public id.
pub(super) fn insert(conn: &mut Conn, random: &Random, noted: &[(String, Noted)]) -> QueryResult<()> {
    let mut keys: BTreeMap<i64, [u8; 32]> = BTreeMap::new();
    let mut rows = Vec::with_capacity(noted.len());
    for (public_id, search) in noted {
        let period = period(search.at);
        let key = match keys.get(&period) {
            Some(key) => *key,
            None => settings::secret(conn, random, &format!("{KEYS}{period}"))?,
        };
        keys.insert(period, key);
        rows.push(Row {
            public_id: public_id.clone(),
            at: search.at,
            folded: fold(&search.text),
            shown: search.text.clone(),
            locale: search.locale.code(),
            total: search.total,
            complete: search.complete,
            period,
            asker: search.asker.hash(&key),
        });
    }
    for chunk in rows.chunks(CHUNK) {
        on!(conn, |c| diesel::insert_into(queries::table).values(chunk.to_vec()).execute(c))?;
    }
    Ok(())
}

/// Notes which result of a search was opened, unless one was before; tells which of the searches exist.
pub(super) fn click(conn: &mut Conn, clicks: &BTreeMap<String, i16>) -> QueryResult<HashSet<String>> {
    let ids: Vec<&String> = clicks.keys().collect();
    let mut known = HashSet::new();
    for chunk in ids.chunks(CHUNK) {
        let found: Vec<String> = queries::table
            .filter(queries::public_id.among(chunk.iter().copied()))
            .select(queries::public_id)
            .load(conn)?;
        known.extend(found);
    }
    for (id, position) in clicks.iter().filter(|(id, _)| known.contains(*id)) {
        diesel::update(queries::table.filter(queries::public_id.eq(id)).filter(queries::clicked.is_null()))
            .set(queries::clicked.eq(*position))
            .execute(conn)?;
    }
    Ok(known)
}

/// Forgets what is older than 90 days, and the keys of periods that are over.
pub fn forget(conn: &mut Conn, now: UtcTime) -> QueryResult<()> {
    diesel::delete(queries::table.filter(queries::at.lt(oldest(now)))).execute(conn)?;
    settings::forget_secrets(conn, KEYS, &[format!("{KEYS}{}", period(now))]).map(drop)
}
