//! The one table from kind of failure to status, and the two faces of an error: page and JSON.

use std::fmt;

use actix_web::body::{BoxBody, EitherBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::StatusCode;
use actix_web::http::header::{CACHE_CONTROL, HeaderValue, RETRY_AFTER};
use actix_web::middleware::Next;
use actix_web::{FromRequest, HttpResponse, ResponseError};
use askama::Template;

use crate::base::fault::{Fault, Kind};
use crate::base::locale::Locale;
use crate::infra::i18n;
use crate::web::page::Page;
use crate::web::shell::Shell;
use crate::web::urls;

/// The status of each kind.
pub fn status(kind: Kind) -> StatusCode {
    match kind {
        Kind::Malformed => StatusCode::BAD_REQUEST,
        Kind::Unauthenticated => StatusCode::UNAUTHORIZED,
        Kind::Forbidden => StatusCode::FORBIDDEN,
        Kind::Absent => StatusCode::NOT_FOUND,
        Kind::Gone => StatusCode::GONE,
        Kind::Conflict => StatusCode::CONFLICT,
        Kind::Invalid => StatusCode::UNPROCESSABLE_ENTITY,
        Kind::TooMany => StatusCode::TOO_MANY_REQUESTS,
        Kind::Busy => StatusCode::SERVICE_UNAVAILABLE,
        Kind::Internal => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

/// Any room's error on its way out.
#[derive(Debug)]
pub struct AppError(pub Box<dyn Fault>);

impl<F: Fault> From<F> for AppError {
    fn from(fault: F) -> Self {
        Self(Box::new(fault))
    }
}

impl fmt::Display for AppError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl std::error::Error for AppError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&*self.0)
    }
}

impl From<diesel::result::Error> for AppError {
    fn from(error: diesel::result::Error) -> Self {
        Self::from(crate::infra::db::DbError::from(error))
    }
}

/// Failures that belong to HTTP itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum HttpFault {
    /// No such page, or not for this reader.
    #[error("not found")]
    Absent,
    /// Was public and has been removed.
    #[error("gone")]
    Gone,
    /// Sign in first.
    #[error("sign in first")]
    SignIn,
    /// Signed in, but not allowed.
    #[error("not allowed")]
    Forbidden,
    /// The token in the form is missing or stale.
    #[error("the form has expired")]
    StaleForm,
    /// The body cannot be read.
    #[error("the request cannot be read")]
    Malformed,
    /// The body is larger than the limit.
    #[error("the request is too large")]
    TooLarge,
}

impl Fault for HttpFault {
    fn kind(&self) -> Kind {
        match self {
            Self::Absent => Kind::Absent,
            Self::Gone => Kind::Gone,
            Self::SignIn => Kind::Unauthenticated,
            Self::Forbidden | Self::StaleForm => Kind::Forbidden,
            Self::Malformed | Self::TooLarge => Kind::Malformed,
        }
    }
    fn code(&self) -> &'static str {
        match self {
            Self::Absent => "not_found",
            Self::Gone => "gone",
            Self::SignIn => "unauthenticated",
            Self::Forbidden => "forbidden",
            Self::StaleForm => "stale_form",
            Self::Malformed => "malformed",
            Self::TooLarge => "too_large",
        }
    }
}

/// What the middleware needs to draw the error.
#[derive(Debug, Clone)]
struct Note {
    kind: Kind,
    code: &'static str,
    field: Option<String>,
    args: Vec<(&'static str, String)>,
}

impl Note {
    fn of(fault: &dyn Fault) -> Self {
        let field = fault.field().map(str::to_owned);
        Self { kind: fault.kind(), code: fault.code(), field, args: fault.args() }
    }
}

/// A NUL in an address: nothing has such a name, and PostgreSQL cannot even look for it.
fn unreadable(req: &ServiceRequest) -> Option<HttpFault> {
    let nul = |text: &str| text.contains("%00") || text.contains('\0');
    if nul(req.uri().path()) || nul(req.path()) {
        return Some(HttpFault::Absent);
    }
    nul(req.query_string()).then_some(HttpFault::Malformed)
}

impl ResponseError for AppError {
    fn status_code(&self) -> StatusCode {
        status(self.0.kind())
    }

    fn error_response(&self) -> HttpResponse<BoxBody> {
        if self.0.kind() == Kind::Internal {
            tracing::error!(error = %self.0, "internal error");
        }
        let mut response = HttpResponse::build(self.status_code());
        if let Some(seconds) = self.0.retry_after() {
            response.insert_header((RETRY_AFTER, seconds.to_string()));
        }
        let response = response.finish();
        let note = Note::of(&*self.0);
        let (head, body) = response.into_parts();
        let mut response = head.set_body(body);
        response.extensions_mut().insert(note);
        response
    }
}

/// The code of the fault that `response` stands for, before it is drawn.
pub fn code_of<B>(response: &ServiceResponse<B>) -> Option<&'static str> {
    response.response().extensions().get::<Note>().map(|note| note.code)
}

/// The localised message of a fault.
pub fn message(locale: Locale, fault: &dyn Fault) -> String {
    say(locale, fault.code(), &fault.args())
}

fn say(locale: Locale, code: &str, args: &[(&'static str, String)]) -> String {
    let args: Vec<(&str, &str)> = args.iter().map(|(k, v)| (*k, v.as_str())).collect();
    i18n::format(locale, &format!("error-{}", code.replace('_', "-")), &args)
}

#[derive(Template)]
#[template(path = "errors/error.html")]
struct ErrorPage {
    shell: Shell,
    status: u16,
    message: String,
    hint: String,
    /// True when the same address may answer in a while.
    again: bool,
}

/// Draws errors: JSON below `/api/`, a page elsewhere. Also catches what actix itself refuses.
pub async fn draw<B: MessageBody + 'static>(
    req: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B>>, actix_web::Error> {
    let api = urls::is_api(req.path());
    if let Some(fault) = unreadable(&req) {
        let (note, code) = (Note::of(&fault), status(fault.kind()));
        let http = req.request().clone();
        let mut drawn = if api { json(&note, code) } else { page_of(&http, &note, code).await };
        drawn.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("private, no-store"));
        return Ok(req.into_response(drawn).map_into_right_body());
    }
    let response = next.call(req).await?;
    let http = response.request().clone();
    let code = response.status();
    let note = response.response().extensions().get::<Note>().cloned();
    let Some(note) = note.or_else(|| bare(&response)) else {
        return Ok(response.map_into_left_body());
    };
    let retry = response.headers().get(RETRY_AFTER).cloned();
    let mut drawn = if api { json(&note, code) } else { page_of(&http, &note, code).await };
    if let Some(retry) = retry {
        drawn.headers_mut().insert(RETRY_AFTER, retry);
    }
    drawn.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("private, no-store"));
    Ok(response.into_response(drawn).map_into_right_body())
}

/// Errors that actix made by itself (a bad path, an unknown method) carry no note and no body of ours.
fn bare<B: MessageBody>(response: &ServiceResponse<B>) -> Option<Note> {
    use actix_web::body::BodySize;
    let status = response.status();
    if !status.is_client_error() && !status.is_server_error() || status == StatusCode::MISDIRECTED_REQUEST {
        return None;
    }
    let ours = response.headers().contains_key("x-hearth-page");
    if ours || matches!(response.response().body().size(), BodySize::Sized(n) if n > 300) {
        return None;
    }
    let (kind, code) = match status.as_u16() {
        404 => (Kind::Absent, "not_found"),
        405 => (Kind::Malformed, "method_not_allowed"),
        403 => (Kind::Forbidden, "forbidden"),
        500..=599 => (Kind::Internal, "internal"),
        _ => (Kind::Malformed, "malformed"),
    };
    Some(Note { kind, code, field: None, args: Vec::new() })
}

fn json(note: &Note, status: StatusCode) -> HttpResponse {
    let message = say(Locale::En, note.code, &note.args);
    let mut error = serde_json::json!({ "code": note.code, "message": message });
    if let (Some(field), Some(map)) = (&note.field, error.as_object_mut()) {
        map.insert("fields".into(), serde_json::json!({ field: message }));
    }
    HttpResponse::build(status).json(serde_json::json!({ "error": error }))
}

/// The key of what somebody can do about a failure. A reader who only opened a page has no form to go back to.
fn hint_of(note: &Note, reading: bool) -> &'static str {
    match note.kind {
        Kind::Unauthenticated => "hint-sign-in",
        Kind::Absent => "hint-search",
        Kind::Gone => "hint-gone",
        Kind::TooMany | Kind::Busy => "hint-wait",
        Kind::Internal => "hint-noted",
        Kind::Forbidden if note.code == HttpFault::Forbidden.code() => "hint-ask",
        Kind::Forbidden if note.code == HttpFault::StaleForm.code() => "hint-stale",
        _ if reading => "hint-home",
        _ => "hint-back",
    }
}

async fn page_of(req: &actix_web::HttpRequest, note: &Note, status: StatusCode) -> HttpResponse {
    let Ok(page) = Page::from_request(req, &mut actix_web::dev::Payload::None).await else {
        return frameless(status, note.code, &note.args, None);
    };
    let shell = page.shell;
    let reading = req.method().is_safe();
    let (message, hint) = (say(shell.locale, note.code, &note.args), shell.t(hint_of(note, reading)));
    let again = reading && (note.kind == Kind::TooMany || status.is_server_error());
    match (ErrorPage { status: status.as_u16(), message, hint, again, shell }).render() {
        Ok(html) => error_page(status).body(html),
        Err(error) => {
            tracing::error!(%error, "the error page cannot be drawn");
            frameless(status, note.code, &note.args, None)
        }
    }
}

fn error_page(status: StatusCode) -> actix_web::HttpResponseBuilder {
    let mut response = HttpResponse::build(status);
    response.content_type("text/html; charset=utf-8").insert_header(("X-Robots-Tag", "noindex"));
    response
}

/// An error without the frame of the site.
#[derive(Template)]
#[template(path = "errors/frameless.html")]
struct Frameless {
    status: u16,
    /// Language and words, in all languages: nobody knows which one is read.
    said: Vec<(&'static str, String)>,
    /// Where the site is, when this is not its address.
    elsewhere: Option<String>,
}

/// The page for when there is no frame to be had: the database does not answer, or the request is for another site
/// (`elsewhere` is then where this one is).
pub fn frameless(
    status: StatusCode,
    code: &str,
    args: &[(&'static str, String)],
    elsewhere: Option<String>,
) -> HttpResponse {
    let said = Locale::ALL.map(|locale| (locale.lang(), say(locale, code, args))).into();
    match (Frameless { status: status.as_u16(), said, elsewhere }).render() {
        Ok(html) => error_page(status).body(html),
        Err(_) => HttpResponse::build(status).body(code.to_owned()),
    }
}
