//! The middleware before all handlers: HEAD as GET, pages from memory, validators, compression.

use std::sync::Arc;

use actix_web::body::{BoxBody, MessageBody, to_bytes};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{
    ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, ETAG, HeaderMap, HeaderName, HeaderValue,
    IF_MODIFIED_SINCE, IF_NONE_MATCH, LAST_MODIFIED, VARY,
};
use actix_web::http::{Method, StatusCode};
use actix_web::middleware::Next;
use actix_web::web::{Bytes, Data};
use actix_web::{Error, HttpRequest, HttpResponse};

use super::encoding::{Effort, Encoding, SHORTEST, encode};
use super::flight::{Boarding, Landing, Lead};
use super::{Entry, Keep, Key, Made, PageCache};
use crate::base::time::{SECOND, UtcTime};
use crate::infra::telemetry::PAGES;
use crate::web::forms::put_away;
use crate::web::state::Web;
use crate::web::urls;

/// `X-Robots-Tag`.
const ROBOTS: &str = "x-robots-tag";

/// Who asks for what, as far as this middleware minds.
struct Asked {
    /// Nobody is signed in and it is a page.
    plain: bool,
    key: Key,
    encoding: Encoding,
    none_match: Option<String>,
    modified_since: Option<String>,
}

fn asked(req: &HttpRequest, web: &Web) -> Asked {
    let header = |name: HeaderName| req.headers().get(name).and_then(|v| v.to_str().ok()).map(str::to_owned);
    let cookie = |name: &str| req.cookie(name).map(|c| c.value().to_owned());
    let path = req.path();
    let page = !urls::is_api(path) && !path.starts_with("/assets/") && req.method() == Method::GET;
    Asked {
        plain: page
            && cookie(web.config.session_cookie()).is_none()
            && cookie(web.config.guest_cookie()).is_none(),
        key: Key {
            target: req.uri().path_and_query().map_or_else(|| path.to_owned(), ToString::to_string),
            locale: cookie("locale").filter(|l| l.len() < 10),
            theme: cookie("theme").filter(|t| t.len() < 10),
            put_away: put_away(req),
        },
        encoding: Encoding::negotiate(header(ACCEPT_ENCODING).as_deref()),
        none_match: header(IF_NONE_MATCH),
        modified_since: header(IF_MODIFIED_SINCE),
    }
}

/// Serves from memory what can be; keeps what says of itself that it may be kept; compresses the rest.
pub async fn serve<B: MessageBody + 'static>(
    mut req: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let head = req.method() == Method::HEAD;
    if head {
        // The protocol layer leaves the body out by itself.
        req.head_mut().method = Method::GET;
    }
    let app = req.app_data::<Data<Web>>().cloned().zip(req.app_data::<Data<PageCache>>().cloned());
    let Some((web, cache)) = app else { return Ok(next.call(req).await?.map_into_boxed_body()) };
    let asked = asked(req.request(), &web);
    let lead = match ready(&web, &cache, &asked).await {
        Ready::Here(entry, from) => {
            if let Some(told) = entry.keep.on_hit.as_ref().filter(|_| !head) {
                told(req.request());
            }
            metrics::counter!(PAGES, "from" => from).increment(1);
            let response = answer(&entry, &asked, web.house.clock.now());
            return Ok(req.into_response(response));
        }
        Ready::Draw(lead) => lead,
    };
    let response = match next.call(req).await {
        Ok(response) => response,
        Err(error) => {
            land(lead, Landing::Unkept);
            return Err(error);
        }
    };
    let keep = response.response().extensions().get::<Keep>().cloned();
    match keep {
        Some(keep) if asked.plain && response.status() == StatusCode::OK => {
            metrics::counter!(PAGES, "from" => "drawn").increment(1);
            kept(response, keep, lead, &asked, &web, &cache).await
        }
        _ => {
            land(lead, Landing::Unkept);
            compressed(response, asked.encoding).await
        }
    }
}

/// How a request is answered.
enum Ready {
    /// With this page, which comes from there.
    Here(Arc<Entry>, &'static str),
    /// By drawing it; where the page can be kept, also for those who wait.
    Draw(Option<Lead>),
}

/// Looks for a finished page, or waits for one that is being drawn.
async fn ready(web: &Web, cache: &PageCache, asked: &Asked) -> Ready {
    // Each round but the last ends with a request that went away while it drew.
    loop {
        let now = web.house.clock.now();
        if !asked.plain || !cache.is_current(web.house.db.news(), now) {
            return Ready::Draw(None);
        }
        let tick = cache.tick();
        if let Some(entry) = cache.find(&asked.key, now) {
            return Ready::Here(entry, "memory");
        }
        match cache.flights.board(&asked.key, tick) {
            Boarding::Leads(lead) => return Ready::Draw(Some(lead)),
            Boarding::Waits(wait) => match wait.landing().await {
                Some(Landing::Kept(entry)) => return Ready::Here(entry, "another's drawing"),
                Some(Landing::Unkept) => return Ready::Draw(None),
                None => {}
            },
        }
    }
}

fn land(lead: Option<Lead>, landing: Landing) {
    if let Some(lead) = lead {
        lead.land(landing);
    }
}

async fn kept<B: MessageBody + 'static>(
    response: ServiceResponse<B>,
    keep: Keep,
    lead: Option<Lead>,
    asked: &Asked,
    web: &Web,
    cache: &PageCache,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let (request, response) = response.into_parts();
    let text = |name: &str| response.headers().get(name).and_then(|v| v.to_str().ok()).map(str::to_owned);
    let (content_type, robots) = (text("content-type").unwrap_or_default(), text(ROBOTS));
    let body = to_bytes(response.into_body()).await.map_err(Into::into)?;
    let now = web.house.clock.now();
    // What was drawn without a lead is not kept, so its tick is of no account.
    let (key, tick) = lead.as_ref().map_or((None, 0), |lead| (Some(asked.key.clone()), lead.tick));
    let entry = cache.put(key, Made { body, content_type, robots, keep }, tick, now);
    land(lead, Landing::Kept(entry.clone()));
    Ok(ServiceResponse::new(request, answer(&entry, asked, now)))
}

/// The answer from a finished page: 304 when the reader has it, otherwise in the encoding they like best.
fn answer(entry: &Entry, asked: &Asked, now: UtcTime) -> HttpResponse {
    let encoding = if entry.body.len() < SHORTEST { Encoding::Identity } else { asked.encoding };
    // A reader with choices of their own has another page under the same address.
    let own = asked.key.locale.is_some() || asked.key.theme.is_some() || asked.key.put_away.is_some();
    let settled = now.since(entry.modified) >= SECOND;
    let fresh = match (&asked.none_match, &asked.modified_since) {
        (Some(tags), _) => matches(tags, &entry.tag),
        (None, Some(date)) => !own && settled && not_since(date, entry.modified),
        (None, None) => false,
    };
    let mut response = HttpResponse::build(if fresh { StatusCode::NOT_MODIFIED } else { StatusCode::OK });
    response.insert_header((ETAG, format!("\"{}{}\"", entry.tag, encoding.suffix())));
    response.insert_header((VARY, "Accept-Encoding, Cookie"));
    let keep = if own { "private, no-cache" } else { "public, max-age=0, must-revalidate" };
    response.insert_header((CACHE_CONTROL, keep));
    if !own && settled {
        response.insert_header((LAST_MODIFIED, entry.modified.http_date()));
    }
    if let Some(robots) = &entry.robots {
        response.insert_header((ROBOTS, robots.as_str()));
    }
    if fresh {
        return response.finish();
    }
    response.content_type(entry.content_type.as_str());
    if let Some(name) = encoding.name() {
        response.insert_header((CONTENT_ENCODING, name));
    }
    response.body(entry.encoded(encoding))
}

impl Entry {
    /// The bytes in `encoding`, made when first asked for.
    fn encoded(&self, encoding: Encoding) -> Bytes {
        let packed = |cell: &std::sync::OnceLock<Bytes>| {
            cell.get_or_init(|| encode(&self.body, encoding, Effort::Kept)).clone()
        };
        match encoding {
            Encoding::Identity => self.body.clone(),
            Encoding::Gzip => packed(&self.gzip),
            Encoding::Brotli => packed(&self.brotli),
        }
    }
}

/// True when `If-None-Match: tags` names this content in any encoding.
fn matches(tags: &str, tag: &str) -> bool {
    tags.split(',').map(|t| t.trim().trim_start_matches("W/").trim_matches('"')).any(|given| {
        let bare = given.strip_suffix("-gz").or_else(|| given.strip_suffix("-br")).unwrap_or(given);
        given == "*" || bare == tag
    })
}

/// True when nothing changed after `date`, in whole seconds.
fn not_since(date: &str, modified: UtcTime) -> bool {
    UtcTime::parse_http(date).is_some_and(|at| modified.0 / SECOND <= at.0 / SECOND)
}

/// True for types that become shorter.
fn is_text(headers: &HeaderMap) -> bool {
    let of = headers.get(CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or_default();
    ["text/", "application/json", "application/xml", "application/atom+xml"].iter().any(|t| of.starts_with(t))
}

/// Compresses an answer that is sent once. Forms carry tokens that are written differently each time, so that
/// its length tells nothing about them.
async fn compressed<B: MessageBody + 'static>(
    response: ServiceResponse<B>,
    encoding: Encoding,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let fits = is_text(response.headers()) && !response.headers().contains_key(CONTENT_ENCODING);
    let Some(name) = encoding.name().filter(|_| fits) else { return Ok(response.map_into_boxed_body()) };
    let (request, response) = response.into_parts();
    let (mut response, body) = response.into_parts();
    let body = to_bytes(body).await.map_err(Into::into)?;
    if body.len() < SHORTEST {
        return Ok(ServiceResponse::new(request, response.set_body(body).map_into_boxed_body()));
    }
    let headers = response.headers_mut();
    headers.insert(CONTENT_ENCODING, HeaderValue::from_static(name));
    if !headers.contains_key(VARY) {
        headers.insert(VARY, HeaderValue::from_static("Accept-Encoding"));
    }
    let packed = encode(&body, encoding, Effort::Once);
    Ok(ServiceResponse::new(request, response.set_body(packed).map_into_boxed_body()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_matches_in_any_encoding() {
        assert!(
            matches("\"abc\"", "abc")
                && matches("W/\"abc-br\"", "abc")
                && matches("\"x\", \"abc-gz\"", "abc")
        );
        assert!(matches("*", "abc"));
        assert!(!matches("\"abcd\"", "abc") && !matches("W/\"nope\"", "abc"));
    }

    #[test]
    fn dates_are_compared_in_seconds() {
        let at = UtcTime(1_700_000_000_900_000);
        assert!(not_since(&at.http_date(), at));
        assert!(!not_since(&at.plus(-SECOND).http_date(), at));
        assert!(!not_since("nonsense", at));
    }
}
