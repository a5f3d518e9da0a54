//! How the JSON API is spoken: who calls, bodies, lists, idempotency keys.

use std::future::Future;
use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::web::{Bytes, Data};
use actix_web::{FromRequest, HttpRequest, HttpResponse};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::base::actor::{Actor, Credential, SignedIn};
use crate::base::fault::{Fault, Kind};
use crate::infra::db::DbError;
use crate::web::error::{AppError, HttpFault};
use crate::web::idempotency::{Answer, Key};
use crate::web::page::presented;
use crate::web::paging;
use crate::web::state::{Presented, Web, client_address};

/// Bytes of a JSON body at the most.
pub const JSON_LIMIT: usize = 256 * 1024;

/// Whoever calls the API. A token that names nobody is refused, unlike no token at all.
#[derive(Debug, Clone)]
pub struct Caller {
    /// Who calls.
    pub actor: Actor,
    /// The network address that calls.
    pub address: Option<std::net::IpAddr>,
    idempotency: Option<String>,
}

/// The caller's token lacks a scope.
#[derive(Debug, thiserror::Error)]
#[error("the token lacks the scope {0}")]
pub struct ScopeMissing(&'static str);

impl Fault for ScopeMissing {
    fn kind(&self) -> Kind {
        Kind::Forbidden
    }
    fn code(&self) -> &'static str {
        "scope_missing"
    }
    fn args(&self) -> Vec<(&'static str, String)> {
        vec![("scope", self.0.to_owned())]
    }
}

impl FromRequest for Caller {
    type Error = AppError;
    type Future = Pin<Box<dyn Future<Output = Result<Self, AppError>>>>;

    fn from_request(req: &HttpRequest, _: &mut Payload) -> Self::Future {
        let req = req.clone();
        Box::pin(async move {
            let web = req.app_data::<Data<Web>>().cloned().ok_or(HttpFault::Absent)?;
            let shown = presented(&req, &web);
            let named = matches!(shown, Presented::Bearer(_)) || req.headers().contains_key("authorization");
            let actors = web.actors.clone();
            let actor = web.house.db.read(move |c| actors.actor(c, &shown)).await?;
            if named && actor.member().is_none() {
                return Err(HttpFault::SignIn.into());
            }
            let header = req.headers().get("idempotency-key").and_then(|v| v.to_str().ok());
            let idempotency = match header {
                Some(key) if key.is_empty() || key.len() > 255 => return Err(HttpFault::Malformed.into()),
                key => key.map(str::to_owned),
            };
            Ok(Self { actor, address: client_address(&req, &web.config), idempotency })
        })
    }
}

impl Caller {
    /// The member, if their token has `scope`.
    pub fn member(&self, scope: &'static str) -> Result<&SignedIn, AppError> {
        let member = self.actor.member().ok_or(HttpFault::SignIn)?;
        match &member.credential {
            Credential::Token(scopes) if !scopes.iter().any(|s| s == scope || s == "all") => {
                Err(ScopeMissing(scope).into())
            }
            _ => Ok(member),
        }
    }

    /// Names this request for [`crate::web::idempotency`], when the caller sent a key.
    pub fn key(&self, route: &str, body: &impl Serialize) -> Option<Key> {
        let member = self.actor.id()?;
        let key = self.idempotency.clone()?;
        let body = serde_json::to_vec(body).unwrap_or_default();
        Some(Key { member, route: route.to_owned(), key, hash: Sha256::digest(&body).to_vec() })
    }
}

/// A JSON body: at most 256 KiB, unknown members refused by the target type, errors told apart.
#[derive(Debug)]
pub struct Body<T>(pub T);

/// A JSON body that cannot be read into what is asked for.
#[derive(Debug, thiserror::Error)]
#[error("the JSON body is not what is asked for: {0}")]
struct BadJson(String);

impl Fault for BadJson {
    fn kind(&self) -> Kind {
        Kind::Malformed
    }
    fn code(&self) -> &'static str {
        "malformed_json"
    }
    fn args(&self) -> Vec<(&'static str, String)> {
        vec![("detail", self.0.clone())]
    }
}

impl<T: DeserializeOwned + 'static> FromRequest for Body<T> {
    type Error = AppError;
    type Future = Pin<Box<dyn Future<Output = Result<Self, AppError>>>>;

    fn from_request(req: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let bytes = Bytes::from_request(req, payload);
        Box::pin(async move {
            let bytes = bytes.await.map_err(|_| HttpFault::TooLarge)?;
            if bytes.len() > JSON_LIMIT {
                return Err(HttpFault::TooLarge.into());
            }
            let value: Value = serde_json::from_slice(&bytes).map_err(|e| BadJson(e.to_string()))?;
            if holds_nul(&value) {
                return Err(BadJson("a text holds a NUL character".into()).into());
            }
            serde_json::from_value(value).map(Self).map_err(|e| BadJson(e.to_string()).into())
        })
    }
}

/// True when a text in `value` holds a NUL, which cannot be stored.
fn holds_nul(value: &Value) -> bool {
    match value {
        Value::String(text) => text.contains('\0'),
        Value::Array(items) => items.iter().any(holds_nul),
        Value::Object(members) => members.iter().any(|(name, v)| name.contains('\0') || holds_nul(v)),
        _ => false,
    }
}

/// One page of a list.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct List<T> {
    /// The items.
    pub items: Vec<T>,
    /// Pass it as `cursor` for the next page; null on the last.
    pub next_cursor: Option<String>,
    /// How many there are in all, where that is cheap.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub total: Option<i64>,
}

/// `?limit=&cursor=`.
#[derive(Debug, Clone, Default, serde::Deserialize, utoipa::IntoParams)]
pub struct ListQuery {
    /// Items wanted, at most 100 (default 30).
    pub limit: Option<i64>,
    /// Where the page before ended.
    pub cursor: Option<String>,
}

impl ListQuery {
    /// The number of items to give.
    pub fn limit(&self) -> Result<i64, AppError> {
        match self.limit {
            None => Ok(paging::THREADS),
            Some(n) if (1..=paging::API_LIMIT).contains(&n) => Ok(n),
            Some(_) => Err(HttpFault::Malformed.into()),
        }
    }

    /// The keys of the cursor, `n` of them.
    pub fn keys(&self, n: usize) -> Result<Option<Vec<String>>, AppError> {
        match &self.cursor {
            None => Ok(None),
            Some(text) => paging::cursor_keys(text, n).map(Some).ok_or_else(|| HttpFault::Malformed.into()),
        }
    }
}

/// A JSON answer.
pub fn json(status: u16, body: &impl Serialize) -> HttpResponse {
    let status = actix_web::http::StatusCode::from_u16(status).unwrap_or_default();
    HttpResponse::build(status).json(body)
}

/// An answer that was given before to the same idempotency key.
pub fn replay(answer: &Answer) -> HttpResponse {
    let status = u16::try_from(answer.status).unwrap_or(200);
    HttpResponse::build(actix_web::http::StatusCode::from_u16(status).unwrap_or_default())
        .content_type("application/json")
        .insert_header(("Idempotent-Replay", "true"))
        .body(answer.answer.clone())
}

/// Runs database work that yields a JSON answer; an alias that keeps handlers short.
pub type Answered = Result<HttpResponse, AppError>;

/// Lets handlers use `?` on plain database errors.
pub fn db(error: diesel::result::Error) -> DbError {
    DbError::from(error)
}
