//! A request that is sent twice takes effect once: a form's nonce or an `Idempotency-Key` is stored in the
//! transaction of the effect, with the answer. Equal text alone is never taken for a double.

use diesel::prelude::*;

use crate::base::fault::{Fault, Kind};
use crate::base::ids::MemberId;
use crate::base::time::{DAY, UtcTime};
use crate::infra::db::schema::idempotent_answers as answers;
use crate::infra::db::{Conn, DbError};
use crate::on;
use crate::web::error::AppError;
use crate::web::limits::Soft;
use crate::web::state::Web;

/// How long an answer is kept.
pub const KEPT: i64 = DAY;

/// Names one request of one member.
#[derive(Debug, Clone)]
pub struct Key {
    /// Who asks.
    pub member: MemberId,
    /// What is asked: a route.
    pub route: String,
    /// The nonce or `Idempotency-Key`.
    pub key: String,
    /// A fingerprint of what is asked.
    pub hash: Vec<u8>,
}

/// What was answered before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// HTTP status.
    pub status: i16,
    /// A location or a JSON body.
    pub answer: String,
}

/// The same key came with another body.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("this idempotency key was used for another request")]
pub struct KeyReused {
    /// What was answered to the first.
    pub answer: String,
}

impl Fault for KeyReused {
    fn kind(&self) -> Kind {
        Kind::Invalid
    }
    fn code(&self) -> &'static str {
        "idempotency_key_reused"
    }
    fn args(&self) -> Vec<(&'static str, String)> {
        vec![("answer", self.answer.clone())]
    }
}

/// Claims `key`. `Ok(None)`: go on and call [`finish`] in the same transaction. `Ok(Some)`: it was done
/// before. A concurrent request with the same key waits for this transaction to end.
pub fn begin(conn: &mut Conn, key: &Key, now: UtcTime) -> QueryResult<Result<Option<Answer>, KeyReused>> {
    let claimed = on!(conn, |c| diesel::insert_into(answers::table)
        .values((
            answers::member_id.eq(key.member.0),
            answers::route.eq(&key.route),
            answers::request_key.eq(&key.key),
            answers::request_hash.eq(&key.hash),
            answers::status.eq(0_i16),
            answers::answer.eq(""),
            answers::created_at.eq(now.0),
        ))
        .on_conflict((answers::member_id, answers::route, answers::request_key))
        .do_nothing()
        .execute(c))?;
    if claimed == 1 {
        return Ok(Ok(None));
    }
    Ok(answered(conn, key)?.transpose())
}

/// What was answered to `key` before, if anything was.
pub fn answered(conn: &mut Conn, key: &Key) -> QueryResult<Option<Result<Answer, KeyReused>>> {
    let found: Option<(Vec<u8>, i16, String)> = answers::table
        .find((key.member.0, &key.route, &key.key))
        .select((answers::request_hash, answers::status, answers::answer))
        .get_result(conn)
        .optional()?;
    Ok(found.map(
        |(hash, status, answer)| {
            if hash == key.hash { Ok(Answer { status, answer }) } else { Err(KeyReused { answer }) }
        },
    ))
}

/// Counts a request against a soft limit, unless `key` says that it was answered before: a retry costs nothing.
pub async fn charge(web: &Web, key: Option<&Key>, what: Soft, member: MemberId) -> Result<(), AppError> {
    if let Some(key) = key.cloned() {
        let known = web.house.db.read(move |conn| known(conn, &key).map_err(DbError::from)).await?;
        if known {
            return Ok(());
        }
    }
    Ok(web.soft.check(what, &member.to_string())?)
}

fn known(conn: &mut Conn, key: &Key) -> QueryResult<bool> {
    let found = answers::table.find((key.member.0, &key.route, &key.key));
    diesel::select(diesel::dsl::exists(found)).get_result(conn)
}

/// Stores the answer of a claimed key.
pub fn finish(conn: &mut Conn, key: &Key, status: i16, answer: &str) -> QueryResult<()> {
    diesel::update(answers::table.find((key.member.0, &key.route, &key.key)))
        .set((answers::status.eq(status), answers::answer.eq(answer)))
        .execute(conn)
        .map(drop)
}

/// What became of a request that may be a repetition.
#[derive(Debug)]
pub enum Outcome<T> {
    /// It took effect now.
    Fresh(T),
    /// It took effect before; this was answered.
    Repeated(Answer),
}

/// Runs `effect` unless `key` says that it ran before. `effect` gives its result, and the status and text to
/// keep for repetitions; all of it shares the transaction.
pub fn once<T>(
    conn: &mut Conn,
    key: Option<&Key>,
    now: UtcTime,
    effect: impl FnOnce(&mut Conn) -> Result<(T, i16, String), AppError>,
) -> Result<Outcome<T>, AppError> {
    let Some(key) = key else { return effect(conn).map(|(value, _, _)| Outcome::Fresh(value)) };
    if let Some(answer) = begin(conn, key, now)?? {
        return Ok(Outcome::Repeated(answer));
    }
    let (value, status, text) = effect(conn)?;
    finish(conn, key, status, &text)?;
    Ok(Outcome::Fresh(value))
}

/// Forgets answers older than [`KEPT`].
pub fn forget(conn: &mut Conn, now: UtcTime) -> QueryResult<usize> {
    diesel::delete(answers::table.filter(answers::created_at.lt(now.plus(-KEPT).0))).execute(conn)
}
