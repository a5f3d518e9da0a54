//! The buttons below posts and threads: likes, removal, pins, features, closing, accepting, following; and what
//! staff do with members. Each is one small form.

use actix_web::HttpResponse;
use actix_web::web::{Data, Path};
use serde::Deserialize;

use crate::base::actor::SignedIn;
use crate::base::fault::{Fault, Kind};
use crate::base::ids::{PostId, ThreadId};
use crate::base::time::Zone;
use crate::content::categories;
use crate::content::curation::{self, Scope};
use crate::content::posts::{self, answers, purge, removal};
use crate::content::reactions;
use crate::content::threads::{self, follow};
use crate::infra::db::Conn;
use crate::infra::house::House;
use crate::pages::confirming::{self, Question};
use crate::pages::pinning::PinBox;
use crate::pages::profile;
use crate::pages::thread::{self as thread_page, ReplyBox};
use crate::people::accounts::{self, standing};
use crate::web::error::{HttpFault, message, status};
use crate::web::forms::local_path;
use crate::web::limits::Soft;
use crate::web::page::see_other;
use crate::web::told::Told;
use crate::web::{AppError, Page, RawForm, Web, urls};

/// Where to go on after something was done, and what to tell there.
struct Next {
    url: String,
    told: Option<Told>,
}

impl From<String> for Next {
    fn from(url: String) -> Self {
        Self { url, told: None }
    }
}

/// On to `url`, where the page tells that this was done.
fn telling(url: String, what: impl Into<String>) -> Next {
    Next { url, told: Some(Told::of(what)) }
}

/// On to the place in the page at `url` where it is told what was done, beside `post`.
fn telling_beside(url: &str, what: &str, post: PostId) -> Next {
    let page = url.split_once('#').map_or(url, |(page, _)| page);
    Next { url: format!("{page}#told"), told: Some(Told::beside(what, post.0)) }
}

/// Checks the form, runs `work` as one transaction and goes on to the address it gives.
async fn act<F, N>(web: &Web, page: &Page, raw: &RawForm, work: F) -> Result<HttpResponse, AppError>
where
    F: Fn(&mut Conn, &House, &SignedIn) -> Result<N, AppError> + Send + 'static,
    N: Into<Next> + Send + 'static,
{
    let member = page.member()?.clone();
    raw.verify(web, page)?;
    let house = web.house.clone();
    let next: Next = web.house.db.write(move |conn| work(conn, &house, &member)).await?.into();
    let wanted = raw.get("next").map(|n| local_path(Some(n)).to_owned());
    let response = see_other(&wanted.unwrap_or(next.url));
    Ok(match next.told {
        Some(told) => told.after(web, response),
        None => response,
    })
}

/// `POST /post/{id}/like` and `/unlike`.
pub async fn like(
    web: Data<Web>,
    page: Page,
    path: Path<(i64, String)>,
    raw: RawForm,
) -> Result<HttpResponse, AppError> {
    let (id, what) = path.into_inner();
    let on = what == "like";
    web.soft.check(Soft::Reaction, &page.member()?.id.to_string())?;
    act(&web, &page, &raw, move |conn, house, member| {
        reactions::set(conn, house, member, PostId(id), on)?;
        place(conn, member, PostId(id))
    })
    .await
}

fn place(conn: &mut Conn, member: &SignedIn, id: PostId) -> Result<String, AppError> {
    let actor = member.actor();
    let readable = categories::service::readable(conn, &actor)?;
    let (thread, post) = posts::service::load_for(conn, &actor, &readable, id)?;
    Ok(urls::post_in_thread(thread.id, &thread.slug, post.number, post.id))
}

/// `POST /post/{id}/delete`.
pub async fn delete_post(
    web: Data<Web>,
    page: Page,
    id: Path<i64>,
    raw: RawForm,
) -> Result<HttpResponse, AppError> {
    let id = PostId(*id);
    page.member()?;
    if confirming::is_unsure(&web, &page, &raw)? {
        return ask_about_post(&web, &page, &raw, id).await;
    }
    act(&web, &page, &raw, move |conn, house, member| {
        let thread = removal::delete(conn, house, member, id)?;
        if thread.state() != threads::State::Listed {
            return Ok(thread_gone(member, &thread));
        }
        // Moderators are shown it; its author goes on with the post before it, and can take it back from there.
        let (beside, back) = if member.actor().moderates(thread.category_id) {
            (posts::store::find(conn, id)?, None)
        } else {
            (posts::store::listed_before(conn, thread.id, id)?, Some(id.0))
        };
        let mut next = match beside {
            Some(post) => {
                let url = urls::post_in_thread(thread.id, &thread.slug, post.number, post.id);
                telling_beside(&url, "post-removed", post.id)
            }
            None => telling(thread.url(1), "post-removed"),
        };
        if let Some(told) = &mut next.told {
            told.back = back;
        }
        Ok(next)
    })
    .await
}

/// Asks whether a post is to go; the first takes its thread along.
async fn ask_about_post(web: &Web, page: &Page, raw: &RawForm, id: PostId) -> Result<HttpResponse, AppError> {
    let actor = page.actor.clone();
    let (thread, post, author) = web
        .house
        .db
        .read(move |conn| {
            let readable = categories::service::readable(conn, &actor)?;
            let (thread, post) = posts::service::load_for(conn, &actor, &readable, id)?;
            if !posts::edit::may_edit(&actor, &thread, &post) {
                return Err(HttpFault::Forbidden.into());
            }
            let author = accounts::store::find(conn, post.author_id)?;
            Ok::<_, AppError>((thread, post, author))
        })
        .await?;
    let back = urls::post_in_thread(thread.id, &thread.slug, post.number, post.id);
    let mut question = if post.opens() {
        Question::of(&page.shell, "delete-thread-confirm", "delete-thread", back)
    } else {
        Question::of(&page.shell, "delete-post-confirm", "delete", back)
    };
    if !post.opens() {
        let name = author.map(|author| author.display_name).unwrap_or_default();
        question.words = page.shell.t1("delete-post-confirm", "name", name);
    }
    confirming::ask(web, page, raw, question)
}

/// Where to go on from a thread that was removed.
fn thread_gone(member: &SignedIn, thread: &threads::Thread) -> Next {
    if member.actor().moderates(thread.category_id) {
        return telling(thread.url(1), "thread-removed");
    }
    Next { url: "/".into(), told: Some(Told::back_to("thread-removed", thread.id.0)) }
}

/// `POST /post/{id}/restore`.
pub async fn restore_post(
    web: Data<Web>,
    page: Page,
    id: Path<i64>,
    raw: RawForm,
) -> Result<HttpResponse, AppError> {
    let id = PostId(*id);
    act(&web, &page, &raw, move |conn, house, member| {
        removal::restore(conn, house, member, id)?;
        Ok(telling_beside(&place(conn, member, id)?, "post-restored", id))
    })
    .await
}

/// `POST /thread/{id}/{close,reopen,feature,unfeature,delete,restore,follow,unfollow}`.
pub async fn thread(
    web: Data<Web>,
    page: Page,
    path: Path<(i64, String)>,
    raw: RawForm,
) -> Result<HttpResponse, AppError> {
    let (id, what) = path.into_inner();
    let id = ThreadId(id);
    if what == "delete" && page.member().is_ok() && confirming::is_unsure(&web, &page, &raw)? {
        let thread = thread_page::thread_for(&web, &page, id).await?;
        if !threads::service::may_delete(&page.actor, &thread) {
            return Err(HttpFault::Forbidden.into());
        }
        let question = Question::of(&page.shell, "delete-thread-confirm", "delete-thread", thread.url(1));
        return confirming::ask(&web, &page, &raw, question);
    }
    act(&web, &page, &raw, move |conn, house, member| {
        let thread = match what.as_str() {
            "close" | "reopen" => threads::service::set_closed(conn, house, member, id, what == "close")?,
            "feature" | "unfeature" => {
                threads::service::set_featured(conn, house, member, id, what == "feature")?
            }
            "restore" => threads::service::restore(conn, house, member, id)?,
            "delete" => {
                let thread = threads::service::delete(conn, house, member, id)?;
                return Ok(thread_gone(member, &thread));
            }
            "follow" | "unfollow" => {
                let actor = member.actor();
                let readable = categories::service::readable(conn, &actor)?;
                let thread = threads::service::load_for(conn, &actor, &readable, id)?;
                if what == "follow" {
                    follow::follow(conn, member.id, id, house.clock.now())?;
                } else {
                    follow::unfollow(conn, member.id, id)?;
                }
                thread
            }
            _ => return Err(HttpFault::Absent.into()),
        };
        Ok(telling(thread.url(1), format!("thread-{what}")))
    })
    .await
}

/// What the form of a pin sends.
#[derive(Debug, Deserialize)]
struct PinForm {
    scope: String,
    #[serde(default)]
    until: String,
    #[serde(default)]
    position: String,
}

impl PinForm {
    fn wanted(&self, zone: &Zone) -> Result<curation::Wanted, curation::Error> {
        let until = match self.until.trim() {
            "" => None,
            text => Some(zone.end_of_day(text).ok_or(curation::Error::UntilInvalid)?),
        };
        let position = match self.position.trim() {
            "" => 0,
            text => text.parse().map_err(|_| curation::Error::PositionInvalid)?,
        };
        Ok(curation::Wanted { scope: Scope::parse(&self.scope)?, until, position })
    }
}

/// `POST /thread/{id}/pin`.
pub async fn pin(web: Data<Web>, page: Page, id: Path<i64>, raw: RawForm) -> Result<HttpResponse, AppError> {
    page.member()?;
    let form: PinForm = raw.accept(&web, &page)?;
    let id = ThreadId(*id);
    let done = match form.wanted(&page.shell.zone) {
        Ok(wanted) => {
            act(&web, &page, &raw, move |conn, house, member| {
                curation::pin(conn, house, member, id, wanted)?;
                Ok(telling(threads::service::lock_moderated(conn, member, id)?.url(1), "thread-pin"))
            })
            .await
        }
        Err(e) => Err(e.into()),
    };
    match done {
        Err(e) if e.0.kind() == Kind::Invalid => {
            let error = e.0.field().map(|field| (field.to_owned(), message(page.shell.locale, &*e.0)));
            let pin = PinBox { scope: form.scope, until: form.until, position: form.position, error };
            let shown = ReplyBox { pin, ..ReplyBox::default() };
            thread_page::draw_first(&web, &page, id, shown, status(e.0.kind())).await
        }
        done => done,
    }
}

/// `POST /thread/{id}/unpin`.
pub async fn unpin(
    web: Data<Web>,
    page: Page,
    id: Path<i64>,
    raw: RawForm,
) -> Result<HttpResponse, AppError> {
    let id = ThreadId(*id);
    let asked = raw.get("scope").map(Scope::parse).transpose()?;
    act(&web, &page, &raw, move |conn, house, member| {
        let all = member.role >= crate::base::actor::Role::Moderator;
        let scope = asked.or(if all { None } else { Some(Scope::Category) });
        curation::unpin(conn, house, member, id, scope)?;
        Ok(telling(threads::service::lock_moderated(conn, member, id)?.url(1), "thread-unpin"))
    })
    .await
}

/// `POST /pin/{id}/dismiss`.
pub async fn dismiss(
    web: Data<Web>,
    page: Page,
    id: Path<i64>,
    raw: RawForm,
) -> Result<HttpResponse, AppError> {
    let id = *id;
    act(&web, &page, &raw, move |conn, _, member| {
        curation::dismiss(conn, member.id, id)?;
        Ok("/".to_owned())
    })
    .await
}

/// `POST /post/{id}/accept` and `/unaccept`.
pub async fn accept(
    web: Data<Web>,
    page: Page,
    path: Path<(i64, String)>,
    raw: RawForm,
) -> Result<HttpResponse, AppError> {
    let (id, what) = path.into_inner();
    let on = what == "accept";
    act(&web, &page, &raw, move |conn, house, member| {
        let actor = member.actor();
        let readable = categories::service::readable(conn, &actor)?;
        let (thread, post) = posts::service::load_for(conn, &actor, &readable, PostId(id))?;
        answers::accept(conn, house, member, thread.id, on.then_some(post.id))?;
        let url = urls::post_in_thread(thread.id, &thread.slug, post.number, post.id);
        Ok(telling_beside(&url, if on { "post-accepted" } else { "post-unaccepted" }, post.id))
    })
    .await
}

/// What the form of a suspension sends.
#[derive(Debug, Deserialize)]
struct SuspendForm {
    #[serde(default)]
    reason: String,
    #[serde(default)]
    until: String,
}

/// `POST /u/{handle}/suspend`.
pub async fn suspend(
    web: Data<Web>,
    page: Page,
    handle: Path<String>,
    raw: RawForm,
) -> Result<HttpResponse, AppError> {
    page.at_least(crate::base::actor::Role::Moderator)?;
    let form: SuspendForm = raw.accept(&web, &page)?;
    let handle = handle.into_inner();
    let wanted = page
        .shell
        .zone
        .end_of_day(&form.until)
        .ok_or(accounts::Error::UntilInvalid)
        .and_then(|until| standing::Suspension::parse(until, &form.reason, page.shell.now));
    let wanted = match wanted {
        Ok(wanted) => wanted,
        Err(e) => {
            let error = e.field().map(|field| (field.to_owned(), message(page.shell.locale, &e)));
            let typed = profile::Suspending { reason: form.reason, until: form.until, error };
            return profile::draw(&web, &page, handle, typed, status(e.kind())).await;
        }
    };
    act(&web, &page, &raw, move |conn, house, member| {
        let target = standing::suspend(conn, house, member, &handle, &wanted)?;
        Ok(telling(urls::member(&target.handle), "member-suspend"))
    })
    .await
}

/// `POST /u/{handle}/{unsuspend,remove-content,undo-removal}`.
pub async fn member(
    web: Data<Web>,
    page: Page,
    path: Path<(String, String)>,
    raw: RawForm,
) -> Result<HttpResponse, AppError> {
    let (handle, what) = path.into_inner();
    page.at_least(crate::base::actor::Role::Moderator)?;
    act(&web, &page, &raw, move |conn, house, member| {
        let target = accounts::service::find_by_handle(conn, &handle)?;
        match what.as_str() {
            "unsuspend" => {
                standing::unsuspend(conn, house, member, &handle)?;
            }
            "remove-content" => {
                purge::remove_all(conn, house, member, target.id)?;
            }
            "undo-removal" => {
                if let Some(act) = purge::latest(conn, target.id)? {
                    purge::undo(conn, house, member, act.id)?;
                }
            }
            _ => return Err(HttpFault::Absent.into()),
        }
        Ok(telling(urls::member(&target.handle), format!("member-{what}")))
    })
    .await
}
