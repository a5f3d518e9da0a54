//! The extractor that most page handlers take: who reads, and the frame; and how a page is answered.

use std::future::Future;
use std::pin::Pin;

use actix_web::cookie::{Cookie, SameSite};
use actix_web::dev::Payload;
use actix_web::http::header::{ACCEPT_LANGUAGE, CACHE_CONTROL, LOCATION, VARY};
use actix_web::http::{Method, StatusCode};
use actix_web::web::Data;
use actix_web::{FromRequest, HttpMessage, HttpRequest, HttpResponse};
use askama::Template;

use crate::base::actor::{Actor, Credential, Role, SignedIn};
use crate::base::locale::Locale;
use crate::infra::db::DbError;
use crate::web::cache::Keep;
use crate::web::error::{AppError, HttpFault};
use crate::web::forms;
use crate::web::shell::{Shell, ShellRequest};
use crate::web::state::{Presented, Web, client_address};
use crate::web::told::Told;
use crate::web::urls;

/// The reader and the frame of the page that answers them.
#[derive(Debug, Clone)]
pub struct Page {
    /// Who asks.
    pub actor: Actor,
    /// The frame.
    pub shell: Shell,
    /// The network address that asks, if it is known.
    pub address: Option<std::net::IpAddr>,
    /// The secret that this reader's form tokens are bound to; empty when there is none.
    pub binding: String,
    /// A cookie to set with the answer, for readers without a session who are shown a form.
    pub guest: Option<String>,
}

/// The session token or bearer token of a request.
pub fn presented(req: &HttpRequest, web: &Web) -> Presented {
    if let Some(value) = req.headers().get("authorization").and_then(|v| v.to_str().ok()) {
        return match value.split_once(' ') {
            Some((scheme, token)) if scheme.eq_ignore_ascii_case("bearer") => {
                Presented::Bearer(token.trim().to_owned())
            }
            _ => Presented::Nothing,
        };
    }
    match req.cookie(web.config.session_cookie()) {
        Some(cookie) if !urls::is_api(req.path()) => Presented::Session(cookie.value().to_owned()),
        _ => Presented::Nothing,
    }
}

impl FromRequest for Page {
    type Error = AppError;
    type Future = Pin<Box<dyn Future<Output = Result<Self, AppError>>>>;

    fn from_request(req: &HttpRequest, _: &mut Payload) -> Self::Future {
        let req = req.clone();
        Box::pin(async move {
            if let Some(ready) = req.extensions().get::<Page>() {
                return Ok(ready.clone());
            }
            let page = load(&req).await?;
            req.extensions_mut().insert(page.clone());
            Ok(page)
        })
    }
}

async fn load(req: &HttpRequest) -> Result<Page, AppError> {
    let Some(web) = req.app_data::<Data<Web>>().cloned() else { return Err(HttpFault::Absent.into()) };
    let shown = match presented(req, &web) {
        Presented::Session(token) => Presented::Session(token),
        // Pages know sessions only; bearer tokens are for the API.
        _ => Presented::Nothing,
    };
    load_as(req, &web, shown).await
}

/// The language of a cookie, or of the address, by which copies for times without a network are asked for.
fn wanted(req: &HttpRequest) -> Option<Locale> {
    let cookie = req.cookie("locale").and_then(|c| Locale::parse(c.value()));
    cookie.or_else(|| {
        req.query_string().split('&').find_map(|p| p.strip_prefix("lang=")).and_then(Locale::parse)
    })
}

/// The pages by which people come in. No cache keeps them, so they follow the browser where nobody chose a language.
const ENTRANCES: [&str; 4] = ["/login", "/signup", "/password", "/first-administrator"];

/// The language that the browser asks for.
fn browser(req: &HttpRequest) -> Option<Locale> {
    req.headers().get(ACCEPT_LANGUAGE)?.to_str().ok().and_then(Locale::accepted)
}

async fn load_as(req: &HttpRequest, web: &Web, shown: Presented) -> Result<Page, AppError> {
    let guest = req.cookie(web.config.guest_cookie()).map(|c| c.value().to_owned());
    let binding = match &shown {
        Presented::Session(token) => token.clone(),
        _ => guest.unwrap_or_default(),
    };
    let csrf = if binding.is_empty() {
        String::new()
    } else {
        forms::token(&web.key, &binding, web.house.random.bytes())
    };
    let mut request = ShellRequest {
        locale: wanted(req),
        browser: browser(req).filter(|_| ENTRANCES.contains(&req.path())),
        theme: req.cookie("theme").map(|c| c.value().to_owned()).filter(|t| t == "light" || t == "dark"),
        put_away: forms::put_away(req),
        told: Told::read(req),
        path: req.path().to_owned(),
        answers: !req.method().is_safe(),
        target: match *req.method() {
            Method::GET | Method::HEAD => {
                req.uri().path_and_query().map_or_else(|| req.path().to_owned(), ToString::to_string)
            }
            _ => urls::of_form(req.path()),
        },
        base_url: web.config.base_url.clone(),
        csrf,
        nonce: web.house.random.public_id(),
        now: web.house.clock.now(),
    };
    let address = client_address(req, &web.config);
    let (actors, shells, key) = (web.actors.clone(), web.shells.clone(), web.key);
    let (actor, shell) = web
        .house
        .db
        .read(move |conn| {
            let actor = actors.actor(conn, &shown)?;
            if let Some(member) = actor.id().filter(|_| !request.csrf.is_empty()) {
                request.csrf = forms::signed(&key, &request.csrf, member);
            }
            let shell = shells.shell(conn, &actor, request)?;
            Ok::<_, DbError>((actor, shell))
        })
        .await?;
    // A cookie that names no session any more protects nothing: forms then use the guest cookie.
    Ok(Page { actor, shell, address, binding, guest: None })
}

impl Page {
    /// The page of somebody whose session began with this request.
    pub async fn of_session(req: &HttpRequest, web: &Web, token: &str) -> Result<Self, AppError> {
        load_as(req, web, Presented::Session(token.to_owned())).await
    }

    /// The member, or "sign in first".
    pub fn member(&self) -> Result<&SignedIn, AppError> {
        self.actor.member().ok_or_else(|| HttpFault::SignIn.into())
    }

    /// The member if their role is at least `role`. Others get what a visitor of an absent page gets.
    pub fn at_least(&self, role: Role) -> Result<&SignedIn, AppError> {
        match self.actor.member() {
            Some(member) if member.role >= role => Ok(member),
            Some(_) => Err(HttpFault::Forbidden.into()),
            None => Err(HttpFault::SignIn.into()),
        }
    }

    /// The id of the session, for pages that list sessions.
    pub fn session(&self) -> Option<crate::base::ids::SessionId> {
        match self.actor.member().map(|m| &m.credential) {
            Some(Credential::Session(id)) => Some(*id),
            _ => None,
        }
    }

    /// Lets a page that no cache keeps follow the browser, for who chose no language.
    pub fn follow_browser(&mut self, req: &HttpRequest) {
        if let Some(locale) = browser(req).filter(|_| wanted(req).is_none()) {
            self.shell.locale = locale;
        }
    }

    /// Makes sure that a form on this page has a token, also for a reader without a session.
    pub fn with_form(&mut self, web: &Web) {
        if self.shell.csrf.is_empty() {
            let secret = web.house.random.secret();
            self.shell.csrf = forms::token(&web.key, &secret, web.house.random.bytes());
            self.binding.clone_from(&secret);
            self.guest = Some(secret);
        }
    }

    /// Answers with `template`. Pages without a reader may be kept by caches that ask again each time.
    pub fn answer(
        &self,
        web: &Web,
        status: StatusCode,
        template: &impl Template,
    ) -> Result<HttpResponse, AppError> {
        let html = template.render().map_err(Broken)?;
        let mut response = HttpResponse::build(status);
        response.content_type("text/html; charset=utf-8");
        response.insert_header(("x-hearth-page", "1"));
        let entrance = ENTRANCES.contains(&self.shell.path.as_str());
        let vary =
            if entrance { "Accept-Encoding, Accept-Language, Cookie" } else { "Accept-Encoding, Cookie" };
        response.insert_header((VARY, vary));
        let head = html.split_once("</head>").map_or("", |(head, _)| head);
        if head.contains(NOINDEX) {
            response.insert_header(("x-robots-tag", "noindex"));
        }
        let private =
            entrance || self.actor.member().is_some() || self.guest.is_some() || !status.is_success();
        let keep = if private { "private, no-store" } else { "public, max-age=0, must-revalidate" };
        response.insert_header((CACHE_CONTROL, keep));
        if let Some(secret) = &self.guest {
            response.cookie(cookie(web, web.config.guest_cookie(), secret.clone(), Some(3_600)));
        }
        let mut response = response.body(html);
        if self.shell.told.is_some() {
            Told::forget(web, &mut response);
        }
        Ok(response)
    }

    /// [`Page::ok`] for a page that may be kept for readers without an account.
    pub fn kept(&self, web: &Web, template: &impl Template, keep: Keep) -> Result<HttpResponse, AppError> {
        let mut response = self.ok(web, template)?;
        if self.actor.member().is_none() && self.guest.is_none() {
            response.extensions_mut().insert(keep);
        }
        Ok(response)
    }

    /// [`Page::answer`] with status 200.
    pub fn ok(&self, web: &Web, template: &impl Template) -> Result<HttpResponse, AppError> {
        self.answer(web, StatusCode::OK, template)
    }
}

/// What the head of a page says that search engines shall not keep; the header then says so too.
const NOINDEX: &str = "<meta name=\"robots\" content=\"noindex";

/// A template that failed to render: a defect of ours.
#[derive(Debug, thiserror::Error)]
#[error("a page could not be drawn: {0}")]
pub(super) struct Broken(pub(super) askama::Error);

impl crate::base::fault::Fault for Broken {
    fn kind(&self) -> crate::base::fault::Kind {
        crate::base::fault::Kind::Internal
    }
    fn code(&self) -> &'static str {
        "internal"
    }
}

/// A cookie of ours: not for scripts, same site, secure under https.
pub fn cookie<'a>(web: &Web, name: &'a str, value: String, seconds: Option<i64>) -> Cookie<'a> {
    let mut cookie = Cookie::new(name, value);
    cookie.set_path("/");
    cookie.set_http_only(true);
    cookie.set_same_site(SameSite::Lax);
    cookie.set_secure(web.config.https());
    if let Some(seconds) = seconds {
        cookie.set_max_age(actix_web::cookie::time::Duration::seconds(seconds));
    }
    cookie
}

/// A 303 to `path` after a form.
pub fn see_other(path: &str) -> HttpResponse {
    HttpResponse::SeeOther()
        .insert_header((LOCATION, path))
        .insert_header((CACHE_CONTROL, "private, no-store"))
        .finish()
}

/// A 301 to `path`, in one hop.
pub fn moved(path: &str) -> HttpResponse {
    HttpResponse::MovedPermanently().insert_header((LOCATION, path)).finish()
}
