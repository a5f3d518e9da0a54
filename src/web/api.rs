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
use crate::base::ids::MemberId;
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

    /// [`Caller::key`] for somebody who has no account yet: they are known by the `network` they call from. What is
    /// compared of the body must hold no secrets, since a fast hash of it is stored.
    pub fn key_of_newcomer(&self, route: &str, network: &str, body: &impl Serialize) -> Option<Key> {
        let key = format!("{network} {}", self.idempotency.as_ref()?);
        let body = serde_json::to_vec(body).unwrap_or_default();
        let hash = Sha256::digest(&body).to_vec();
        Some(Key { member: MemberId(0), route: route.to_owned(), key, hash })
    }
}

/// A JSON body: at most 256 KiB, unknown members refused by the target type, errors told apart. Whether the
/// caller may ask at all is answered before what is wrong with the asking.
#[derive(Debug)]
pub struct Body<T>(Result<T, AppError>);

impl<T> Body<T> {
    /// What was sent.
    pub fn read(self) -> Result<T, AppError> {
        self.0
    }
}

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

/// A field of a JSON body, or a parameter of an address, that is missing or not of its kind.
#[derive(Debug, thiserror::Error)]
#[error("{field}: {detail}")]
pub struct BadField {
    kind: Kind,
    field: String,
    detail: String,
}

impl BadField {
    /// A field whose value is none of those known.
    pub fn unknown(field: &str) -> Self {
        Self { kind: Kind::Invalid, field: field.into(), detail: "unknown value".into() }
    }

    /// A parameter of the address.
    pub fn parameter(name: &str) -> Self {
        Self { kind: Kind::Malformed, field: name.into(), detail: "not understood".into() }
    }
}

impl Fault for BadField {
    fn kind(&self) -> Kind {
        self.kind
    }
    fn code(&self) -> &'static str {
        if self.kind == Kind::Invalid { "field_invalid" } else { "parameter_invalid" }
    }
    fn field(&self) -> Option<&str> {
        Some(&self.field)
    }
    fn args(&self) -> Vec<(&'static str, String)> {
        vec![("field", self.field.clone()), ("detail", self.detail.clone())]
    }
}

/// Reads JSON into `T`, naming the field at fault.
fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, AppError> {
    let value: Value = serde_json::from_slice(bytes).map_err(|e| BadJson(e.to_string()))?;
    if holds_nul(&value) {
        return Err(BadJson("a text holds a NUL character".into()).into());
    }
    if !value.is_object() {
        return Err(BadJson("expected an object".into()).into());
    }
    serde_path_to_error::deserialize(value).map_err(|e| {
        let (path, detail) = (e.path().to_string(), without_type_names(&e.inner().to_string()));
        let missing = detail.strip_prefix("missing field `").and_then(|rest| rest.strip_suffix('`'));
        let field = match missing {
            Some(name) => name.to_owned(),
            None if path != "." && !detail.starts_with("unknown field") => path,
            None => return BadJson(detail).into(),
        };
        BadField { kind: Kind::Invalid, field, detail }.into()
    })
}

/// What serde says of a mismatch, in JSON's words: how our types are called is nothing to a caller.
fn without_type_names(detail: &str) -> String {
    for (ours, theirs) in [
        ("expected struct ", "expected an object"),
        ("expected enum ", "expected one of the values known"),
        ("expected a sequence", "expected an array"),
        ("expected a map", "expected an object"),
    ] {
        if let Some((before, _)) = detail.split_once(ours) {
            return format!("{before}{theirs}").replace("invalid type: sequence", "invalid type: array");
        }
    }
    detail
        .replace("invalid type: map", "invalid type: object")
        .replace("invalid type: sequence", "invalid type: array")
}

impl<T: DeserializeOwned + 'static> FromRequest for Body<T> {
    type Error = AppError;
    type Future = Pin<Box<dyn Future<Output = Result<Self, AppError>>>>;

    fn from_request(req: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let bytes = Bytes::from_request(req, payload);
        Box::pin(async move {
            let read = match bytes.await {
                Ok(bytes) if bytes.len() <= JSON_LIMIT => parse(&bytes),
                _ => Err(HttpFault::TooLarge.into()),
            };
            Ok(Self(read))
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
    pub limit: Option<String>,
    /// Where the page before ended.
    pub cursor: Option<String>,
}

impl ListQuery {
    /// The number of items to give.
    pub fn limit(&self) -> Result<i64, AppError> {
        let Some(text) = &self.limit else { return Ok(paging::THREADS) };
        let limit = text.parse().ok().filter(|n| (1..=paging::API_LIMIT).contains(n));
        limit.ok_or_else(|| BadField::parameter("limit").into())
    }

    /// The keys of the cursor, `n` of them.
    pub fn keys(&self, n: usize) -> Result<Option<Vec<String>>, AppError> {
        match &self.cursor {
            None => Ok(None),
            Some(text) => {
                paging::cursor_keys(text, n).map(Some).ok_or_else(|| BadField::parameter("cursor").into())
            }
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
