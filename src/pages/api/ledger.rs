//! Points over the API: one's own ledger; giving, revoking and auditing for operators.

use actix_web::web::{Data, Path, Query};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::threads::answer;
use crate::base::actor::{Role, SignedIn};
use crate::base::ids::PostId;
use crate::base::locale::Locale;
use crate::base::time::UtcTime;
use crate::engage::ledger::service::{self, Adjustment};
use crate::engage::ledger::{self, Entry};
use crate::engage::rules::Kind;
use crate::infra::db::DbError;
use crate::pages::points::{begin, cursor, reason, subjects};
use crate::web::api::{Answered, Body, Caller, ListQuery, json};
use crate::web::error::HttpFault;
use crate::web::idempotency::once;
use crate::web::{AppError, Web};

/// One entry of the ledger.
#[derive(Debug, Serialize, ToSchema)]
pub struct EntryView {
    /// Number.
    pub id: i64,
    /// Points; below zero when taken.
    pub delta: i64,
    /// thread, reply, like, accepted, first-of-day, adjusted or spent.
    pub kind: String,
    /// Why, in words of the member's language.
    pub reason: String,
    /// What it is for: `post:7`, `day:2026-11-20`, or null.
    #[serde(rename = "ref")]
    pub reference: Option<String>,
    /// The entry that it takes back.
    pub reverses: Option<i64>,
    /// Address of the post, while the member may read it.
    pub url: Option<String>,
    /// When it happened.
    #[schema(value_type = String, format = DateTime)]
    pub occurred_at: UtcTime,
    /// When it was booked.
    #[schema(value_type = String, format = DateTime)]
    pub recorded_at: UtcTime,
}

/// A member's own ledger, newest first, and what follows from it.
#[derive(Debug, Serialize, ToSchema)]
pub struct LedgerView {
    /// The entries.
    pub items: Vec<EntryView>,
    /// Pass it as `cursor` for the next page; null on the last.
    pub next_cursor: Option<String>,
    /// Points that can be spent.
    pub balance: i64,
    /// Points ever earned and not taken back.
    pub growth: i64,
    /// Points that were spent and then taken back; later awards pay them first.
    pub debt: i64,
}

fn reference(entry: &Entry) -> Option<String> {
    match entry.kind()? {
        Kind::Adjusted | Kind::Spent => None,
        Kind::FirstOfDay => {
            let day = UtcTime(entry.subject.saturating_mul(crate::base::time::DAY));
            Some(format!("day:{}", day.calendar().strftime("%Y-%m-%d")))
        }
        _ => Some(format!("post:{}", PostId(entry.subject))),
    }
}

/// The caller's ledger.
#[utoipa::path(get, path = "/api/v1/ledger", tag = "points", params(ListQuery),
    responses((status = 200, body = LedgerView), (status = 400), (status = 401), (status = 403)))]
pub async fn list(web: Data<Web>, caller: Caller, query: Query<ListQuery>) -> Answered {
    let member = caller.member("read")?.clone();
    let limit = query.limit()?;
    let before = match query.keys(2)? {
        Some(keys) => Some(begin(&keys).ok_or(HttpFault::Malformed)?),
        None => None,
    };
    let actor = caller.actor.clone();
    let view = web
        .house
        .db
        .read(move |conn| {
            let mut entries = ledger::store::page(conn, member.id, before, limit + 1)?;
            let account = service::account(conn, member.id)?;
            let subjects = subjects(conn, &actor, &entries)?;
            let more = entries.len() > usize::try_from(limit).unwrap_or(100);
            entries.truncate(usize::try_from(limit).unwrap_or(100));
            let locale = member.locale.unwrap_or(Locale::En);
            let next_cursor = entries.last().filter(|_| more).map(cursor);
            let items = entries.iter().map(|e| EntryView {
                id: e.id,
                delta: e.delta,
                kind: e.kind().map_or("other", Kind::name).to_owned(),
                reason: reason(locale, e),
                reference: reference(e),
                reverses: e.reverses,
                url: e.post_id.and_then(|p| subjects.get(&p)).map(|s| s.url.clone()),
                occurred_at: e.occurred_at,
                recorded_at: e.recorded_at,
            });
            Ok::<_, AppError>(LedgerView {
                items: items.collect(),
                next_cursor,
                balance: account.balance,
                growth: account.growth.max(0),
                debt: account.debt,
            })
        })
        .await?;
    Ok(json(200, &view))
}

/// Points to give or to take.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Adjust {
    /// Username.
    pub member: String,
    /// How many; below zero takes.
    pub delta: i64,
    /// Why, 1 to 200 characters; the member reads it.
    pub reason: String,
}

/// What was booked, and the account after it.
#[derive(Debug, Serialize, ToSchema)]
pub struct Booked {
    /// The entry.
    pub id: i64,
    /// Username.
    pub member: String,
    /// Points.
    pub delta: i64,
    /// The member's balance now.
    pub balance: i64,
    /// The member's growth now.
    pub growth: i64,
    /// The member's debt now.
    pub debt: i64,
}

/// The caller, when they are an operator or above.
fn operator(caller: &Caller) -> Result<&SignedIn, AppError> {
    let member = caller.member("admin")?;
    if member.role < Role::Operator { Err(HttpFault::Forbidden.into()) } else { Ok(member) }
}

/// Gives points to a member, or takes them. Operators and above.
#[utoipa::path(post, path = "/api/v1/admin/points", tag = "points", request_body = Adjust,
    responses((status = 201, body = Booked), (status = 401), (status = 403), (status = 404), (status = 422)))]
pub async fn adjust(web: Data<Web>, caller: Caller, body: Body<Adjust>) -> Answered {
    let actor = operator(&caller)?.clone();
    let wanted = body.read()?;
    let key = caller.key("POST /admin/points", &wanted);
    let adjustment = Adjustment::parse(wanted.delta, &wanted.reason)?;
    let house = web.house.clone();
    let done = web
        .house
        .db
        .write(move |conn| {
            once(conn, key.as_ref(), house.clock.now(), |conn| {
                let (id, account) = service::adjust(conn, &house, &actor, &wanted.member, &adjustment)?;
                let view = Booked {
                    id,
                    member: wanted.member.clone(),
                    delta: wanted.delta,
                    balance: account.balance,
                    growth: account.growth,
                    debt: account.debt,
                };
                let text = serde_json::to_string(&view).unwrap_or_default();
                Ok((view, 201, text))
            })
        })
        .await?;
    Ok(answer(201, done))
}

/// The entry that takes another one back.
#[derive(Debug, Serialize, ToSchema)]
pub struct Revoked {
    /// The reversal.
    pub id: i64,
    /// The entry that it takes back.
    pub reverses: i64,
}

/// Takes an entry back, once and for good. Operators and above.
#[utoipa::path(post, path = "/api/v1/admin/ledger/{entry_id}/revoke", tag = "points",
    params(("entry_id" = i64, Path)),
    responses((status = 201, body = Revoked), (status = 401), (status = 403), (status = 404), (status = 409)))]
pub async fn revoke(web: Data<Web>, caller: Caller, id: Path<i64>) -> Answered {
    let actor = operator(&caller)?.clone();
    let (house, id) = (web.house.clone(), id.into_inner());
    let key = caller.key(&format!("POST /admin/ledger/{id}/revoke"), &id);
    let done = web
        .house
        .db
        .write(move |conn| {
            once(conn, key.as_ref(), house.clock.now(), |conn| {
                let view = Revoked { id: service::revoke(conn, &house, &actor, id)?, reverses: id };
                let text = serde_json::to_string(&view).unwrap_or_default();
                Ok((view, 201, text))
            })
        })
        .await?;
    Ok(answer(201, done))
}

/// One thing that does not add up.
#[derive(Debug, Serialize, ToSchema)]
pub struct FindingView {
    /// What is wrong.
    pub what: String,
    /// In how many places.
    pub count: i64,
}

/// Whether the ledger adds up.
#[derive(Debug, Serialize, ToSchema)]
pub struct AuditView {
    /// True when everything does.
    pub sound: bool,
    /// Entries looked at.
    pub entries: i64,
    /// The sum of all entries; 0 when sound.
    pub sum: i64,
    /// What is wrong.
    pub findings: Vec<FindingView>,
}

/// Adds everything up. Operators and above.
#[utoipa::path(get, path = "/api/v1/admin/ledger/audit", tag = "points",
    responses((status = 200, body = AuditView), (status = 401), (status = 403)))]
pub async fn audit(web: Data<Web>, caller: Caller) -> Answered {
    operator(&caller)?;
    let audit = web.house.db.read(|conn| ledger::audit::run(conn).map_err(DbError::from)).await?;
    let view = AuditView {
        sound: audit.sound(),
        entries: audit.entries,
        sum: audit.sum,
        findings: audit
            .findings
            .iter()
            .map(|f| FindingView { what: f.what.to_owned(), count: f.count })
            .collect(),
    };
    Ok(json(200, &view))
}
