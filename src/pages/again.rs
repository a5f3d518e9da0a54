//! A page that is for members leads through the login, and so does the form of somebody who is not signed in any
//! more: they sign in and it comes back filled, or, when nothing was typed in it, the page that it stood on.

use actix_web::body::{BoxBody, EitherBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::{Method, StatusCode};
use actix_web::middleware::Next;
use actix_web::web::Data;
use actix_web::{FromRequest, HttpMessage, HttpRequest, HttpResponse};
use askama::Template;

use super::access::login_page;
use super::compose;
use crate::base::fault::Kind;
use crate::base::ids::{PostId, ThreadId};
use crate::content::{categories, posts, threads};
use crate::web::error::{HttpFault, code_of};
use crate::web::forms::local_path;
use crate::web::page::{cookie, see_other};
use crate::web::shell::Shell;
use crate::web::{AppError, Page, RawForm, Web, urls};

/// Fields that people type in: name, label, several lines.
const TYPED: [(&str, &str, bool); 12] = [
    ("title", "title-label", false),
    ("tags", "tags-label", false),
    ("body", "body-label", true),
    ("display_name", "display-name", false),
    ("bio", "bio", true),
    ("reason", "reason", true),
    ("until", "until", false),
    ("email", "email", false),
    ("name", "category-name", false),
    ("tagline", "site-tagline", false),
    ("description", "category-description", true),
    ("notice", "site-notice", true),
];

/// Never kept in a page: passwords; and what belongs to the sending only.
const DROPPED: [&str; 3] = ["current", "password", "action"];

/// Catches forms that were refused because nobody is signed in.
pub async fn sign_in_first<B: MessageBody + 'static>(
    req: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B>>, actix_web::Error> {
    let (form, page) = (req.method() == Method::POST, matches!(*req.method(), Method::GET | Method::HEAD));
    let api = urls::is_api(req.path());
    let response = next.call(req).await?;
    if api || code_of(&response) != Some("unauthenticated") {
        return Ok(response.map_into_left_body());
    }
    let http = response.request().clone();
    let answer = match () {
        () if form => offer(&http).await,
        () if page => Some(see_other(&login_url(&http))),
        () => None,
    };
    match answer {
        Some(page) => Ok(response.into_response(page).map_into_right_body()),
        None => Ok(response.map_into_left_body()),
    }
}

/// The way through the login to the page that was asked for.
fn login_url(http: &HttpRequest) -> String {
    let target = http.uri().path_and_query().map_or("/", |target| target.as_str());
    format!("/login?next={}", urls::component(local_path(Some(target))))
}

async fn offer(http: &HttpRequest) -> Option<HttpResponse<BoxBody>> {
    let raw = http.extensions().get::<RawForm>().cloned()?;
    let web = http.app_data::<Data<Web>>().cloned()?;
    let page = Page::from_request(http, &mut actix_web::dev::Payload::None).await.ok()?;
    sign_in_again(&web, page, &raw, http).ok()
}

fn kept(raw: &RawForm) -> Vec<(String, String)> {
    raw.kept().into_iter().filter(|(name, _)| !DROPPED.contains(&name.as_str())).collect()
}

fn typed(fields: &[(String, String)]) -> bool {
    fields.iter().any(|(name, value)| !value.trim().is_empty() && TYPED.iter().any(|(n, ..)| n == name))
}

fn sign_in_again(
    web: &Web,
    mut page: Page,
    raw: &RawForm,
    http: &HttpRequest,
) -> Result<HttpResponse, AppError> {
    if raw.is_cross_site() {
        return Err(HttpFault::StaleForm.into());
    }
    page.follow_browser(http);
    page.binding.clear();
    page.shell.csrf.clear();
    page.with_form(web);
    let fields = kept(raw);
    // What nobody has signed for could be shown to anybody.
    let template = if let Some(writer) = raw.writer().filter(|_| typed(&fields)) {
        let mut login = login_page(&page, &page.shell.path, "");
        writer.clone_into(&mut login.writer);
        login.saved = fields;
        login.notice = Some(page.shell.t("session-ended"));
        login
    } else {
        let mut login = login_page(&page, &stood_on(http, raw, &page.shell.path), "");
        login.notice = Some(page.shell.t("session-ended-again"));
        login
    };
    page.answer(web, StatusCode::UNAUTHORIZED, &template)
}

/// The page that a form stood on: as it says itself, as the browser says, or as its address suggests.
fn stood_on(http: &HttpRequest, raw: &RawForm, path: &str) -> String {
    let header = |name: &str| http.headers().get(name).and_then(|v| v.to_str().ok());
    let referer = header("referer").and_then(|url| {
        let (host, rest) = url.split_once("://")?.1.split_once('/')?;
        (Some(host) == header("host")).then(|| format!("/{rest}"))
    });
    let said = raw.get("next").map(str::to_owned).or(referer).unwrap_or_else(|| page_of(path));
    local_path(Some(&said)).to_owned()
}

/// The page whose form is sent to `path`.
pub(super) fn page_of(path: &str) -> String {
    let mut parts = path.trim_start_matches('/').split('/');
    match (parts.next().unwrap_or_default(), parts.next()) {
        ("thread", Some(id)) => format!("/t/{id}"),
        ("post", Some(id)) => format!("/p/{id}"),
        ("u", Some(handle)) => format!("/u/{handle}"),
        ("admin", Some(office)) => format!("/admin/{office}"),
        (page @ ("settings" | "admin" | "compose"), _) => format!("/{page}"),
        _ => "/".to_owned(),
    }
}

struct Field {
    name: &'static str,
    label: String,
    value: String,
    long: bool,
}

#[derive(Template)]
#[template(path = "pages/resume.html")]
struct ResumePage {
    shell: Shell,
    /// The thread it is about: title, address, and whether it is answered.
    about: Option<(String, String, bool)>,
    action: String,
    hidden: Vec<(String, String)>,
    fields: Vec<Field>,
}

/// The filled form again, after signing in with the session `token`.
pub(super) async fn resume(
    web: &Web,
    page: &Page,
    token: &str,
    action: String,
    saved: Vec<(String, String)>,
) -> Result<HttpResponse, AppError> {
    if action == "/compose" {
        return Ok(with_session(web, compose::resumed(web, page, saved).await?, token.to_owned()));
    }
    let fields = TYPED.iter().filter_map(|(name, label, long)| {
        let value = saved.iter().find(|(n, _)| n == name).map(|(_, v)| v.clone())?;
        Some(Field { name, label: page.shell.t(label), value, long: *long })
    });
    let template = ResumePage {
        about: about(web, page, &action).await?,
        fields: fields.collect(),
        hidden: saved
            .into_iter()
            .filter(|(n, _)| n != "action" && !TYPED.iter().any(|(name, ..)| name == n))
            .collect(),
        action,
        shell: page.shell.clone(),
    };
    let response = page.answer(web, StatusCode::OK, &template)?;
    Ok(with_session(web, response, token.to_owned()))
}

/// The thread that a form sent to `action` is about, if the reader may see it.
async fn about(web: &Web, page: &Page, action: &str) -> Result<Option<(String, String, bool)>, AppError> {
    let mut parts = action.trim_start_matches('/').split('/');
    let (of, id, act) = (parts.next(), parts.next().and_then(|id| id.parse::<i64>().ok()), parts.next());
    let (Some(of), Some(id)) = (of.map(str::to_owned), id) else { return Ok(None) };
    let (actor, replies) = (page.actor.clone(), act == Some("reply"));
    let found = web.house.db.read(move |conn| {
        let readable = categories::service::recall(conn, &actor)?;
        Ok::<_, AppError>(match of.as_str() {
            "thread" => {
                let thread = threads::service::load_for(conn, &actor, &readable, ThreadId(id))?;
                let url = thread.url(1);
                Some((thread.title, url, replies))
            }
            "post" => {
                let (thread, post) = posts::service::load_for(conn, &actor, &readable, PostId(id))?;
                let url = urls::post_in_thread(thread.id, &thread.slug, post.number, post.id);
                Some((thread.title, url, replies))
            }
            _ => None,
        })
    });
    match found.await {
        Ok(about) => Ok(about),
        // It went away meanwhile: sending the form says so.
        Err(e) if matches!(e.0.kind(), Kind::Absent | Kind::Gone) => Ok(None),
        Err(e) => Err(e),
    }
}

/// `response` with the cookie of a new session in place of the guest's.
pub(super) fn with_session(web: &Web, mut response: HttpResponse, token: String) -> HttpResponse {
    let session = cookie(web, web.config.session_cookie(), token, Some(90 * 86_400));
    let mut guest = cookie(web, web.config.guest_cookie(), String::new(), Some(0));
    guest.make_removal();
    if response.add_cookie(&session).and_then(|()| response.add_cookie(&guest)).is_err() {
        tracing::error!("a session cookie could not be set");
    }
    response
}
