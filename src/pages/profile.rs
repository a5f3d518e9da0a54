//! Profiles: for signed-in members, limited in number per hour; those of staff, experts and who opted in also
//! for visitors and search engines.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use askama::Template;

use crate::base::actor::Role;
use crate::content::categories;
use crate::content::markup::{self, SafeHtml};
use crate::content::posts::{self, purge};
use crate::content::threads::lists::{Filter, Listing, Sort, Window, opened_by};
use crate::content::threads::{self, State};
use crate::engage::ledger;
use crate::engage::levels::{self, Ladder};
use crate::pages::points::{Standing, standing};
use crate::pages::rows::{Author, Row, rows};
use crate::pages::structured;
use crate::people::accounts::{self, Member};
use crate::people::profiles;
use crate::web::error::HttpFault;
use crate::web::filters::When;
use crate::web::head::Head;
use crate::web::limits::Soft;
use crate::web::page::moved;
use crate::web::shell::{Shell, initial};
use crate::web::{AppError, Page, Web, urls};

/// A reply on a profile.
struct Said {
    url: String,
    title: String,
    lang: String,
    excerpt: String,
    when: When,
}

#[derive(Template)]
#[template(path = "pages/profile.html")]
struct ProfilePage {
    shell: Shell,
    head: Head,
    handle: String,
    author: Author,
    bio: Option<SafeHtml>,
    joined: When,
    role: String,
    /// The level with its name.
    level: String,
    counters: Vec<(String, String)>,
    rows: Vec<Row>,
    said: Vec<Said>,
    own: bool,
    /// The way to the next level, which is the member's own business.
    standing: Option<Standing>,
    suspended: Option<(String, String)>,
    may_moderate: bool,
    removal: bool,
    suspending: Suspending,
}

struct Loaded {
    member: Member,
    counters: profiles::Counters,
    rows: Vec<Row>,
    said: Vec<Said>,
    removal: bool,
    ladder: Ladder,
    /// Read for oneself only.
    growth: Option<i64>,
}

/// What the form of a suspension holds when the page is shown again.
#[derive(Default)]
pub struct Suspending {
    /// The reason typed.
    pub reason: String,
    /// The date typed; empty for the one proposed.
    pub until: String,
    /// The field at fault, and why.
    pub error: Option<(String, String)>,
}

impl Suspending {
    /// With a week as the time proposed. What was left empty and refused comes back empty.
    fn proposed(mut self, shell: &Shell) -> Self {
        if self.until.is_empty() && self.error.is_none() {
            let week = shell.now.plus(7 * crate::base::time::DAY);
            self.until = shell.zone.calendar(week).strftime("%Y-%m-%d").to_string();
        }
        self
    }
    fn error_of(&self, field: &str) -> Option<&String> {
        self.error.as_ref().filter(|(f, _)| f == field).map(|(_, m)| m)
    }
}

/// `GET /u/{username}`.
pub async fn show(web: Data<Web>, page: Page, handle: Path<String>) -> Result<HttpResponse, AppError> {
    draw(&web, &page, handle.into_inner(), Suspending::default(), StatusCode::OK).await
}

/// Draws a profile with the form of a suspension.
pub async fn draw(
    web: &Web,
    page: &Page,
    asked: String,
    suspending: Suspending,
    status: StatusCode,
) -> Result<HttpResponse, AppError> {
    let reader = page.clone();
    let name = asked.clone();
    let loaded = web.house.db.read(move |conn| load(conn, &reader, &name)).await?;
    let member = &loaded.member;
    if member.handle != asked {
        return Ok(moved(&urls::member(&member.handle)));
    }
    if let Some(id) = page.actor.id()
        && id != member.id
    {
        web.soft.check(Soft::Profile, &id.to_string())?;
    }
    let shell = page.shell.clone();
    let counts = loaded.counters;
    let stat = |key: &str, n: i64| (shell.t(key), crate::infra::i18n::number(n));
    let viewer = page.actor.member();
    let outranked = viewer.is_some_and(|v| v.role >= Role::Moderator && v.role > member.role());
    let suspended = member
        .suspended_until
        .filter(|until| *until > shell.now && (outranked || viewer.is_some_and(|v| v.id == member.id)));
    let head = head(&shell, member, counts);
    let template = ProfilePage {
        head,
        handle: member.handle.clone(),
        author: Author {
            name: member.display_name.clone(),
            handle: member.handle.clone(),
            initial: initial(&member.display_name),
            avatar: member.avatar.clone(),
            url: None,
            badge: None,
            level: Some(member.level),
        },
        bio: (!member.bio.is_empty()).then(|| {
            markup::render(&member.bio, &markup::RenderContext::new(&web.config.base_url, &member.public_id))
        }),
        joined: shell.when(member.created_at),
        role: shell.t(&format!("role-{}", member.role().name())),
        level: level(&shell, &loaded.ladder, member.level),
        counters: vec![
            stat("stat-threads", counts.threads),
            stat("stat-posts", counts.posts),
            stat("stat-likes", counts.likes_received),
            stat("stat-answers", counts.answers_accepted),
        ],
        own: viewer.is_some_and(|v| v.id == member.id),
        standing: loaded.growth.and_then(|growth| standing(&shell, &loaded.ladder, growth)),
        suspended: suspended
            .map(|until| (shell.date(until), member.suspended_reason.clone().unwrap_or_default())),
        may_moderate: outranked,
        removal: loaded.removal && outranked,
        suspending: suspending.proposed(&shell),
        rows: loaded.rows,
        said: loaded.said,
        shell,
    };
    page.answer(web, status, &template)
}

/// What machines read of a profile; only public ones with something on them are theirs to keep.
fn head(shell: &Shell, member: &Member, counts: profiles::Counters) -> Head {
    let name = format!("{} (@{})", member.display_name, member.handle);
    let about = shell.t2("profile-about", "name", &member.display_name, "site", &shell.site);
    let url = urls::member(&member.handle);
    let mut head = Head::new(shell, &name, &about, &url)
        .indexed(member.is_public() && counts.posts > 0)
        .with([structured::profile(
            shell,
            &structured::ProfileFacts {
                name: &member.display_name,
                handle: &member.handle,
                id: &member.public_id,
                about: &about,
                url: &url,
                joined: member.created_at,
                posts: counts.posts,
                likes: counts.likes_received,
            },
        )]);
    if member.is_public() {
        head = head.fed(format!("{name} · {}", shell.site), urls::member_feed(&member.handle));
    }
    head.kind = "profile";
    head
}

fn level(shell: &Shell, ladder: &Ladder, number: i16) -> String {
    let written = shell.t1("level-n", "n", number);
    match ladder.level(number) {
        Some(level) => format!("{written} · {}", level.name(shell.locale)),
        None => written,
    }
}

fn load(conn: &mut crate::infra::db::Conn, page: &Page, handle: &str) -> Result<Loaded, AppError> {
    let member = accounts::service::find_by_handle(conn, handle)?;
    if page.actor.member().is_none() && !member.is_public() {
        return Err(HttpFault::Absent.into());
    }
    let readable = categories::service::recall(conn, &page.actor)?;
    let filter = Filter::Author(member.id, opened_by(conn, member.id)?);
    let opened = Listing::new(Sort::New, &filter, &readable, Window::After(None, 10)).load(conn)?;
    let opened: Vec<_> = opened.into_iter().take(10).collect();
    let rows = rows(conn, &page.actor, &readable, &page.shell, &[], &opened)?;
    let replies = posts::store::by_author(conn, member.id, None, 60)?;
    let ids: Vec<_> = replies.iter().map(|p| p.thread_id).collect();
    let around = threads::store::find_many(conn, &ids)?;
    let said = replies
        .iter()
        .filter(|p| !p.opens())
        .filter_map(|p| {
            let thread = around.iter().find(|t| t.id == p.thread_id)?;
            let seen = thread.state() == State::Listed && readable.has(thread.category_id);
            seen.then(|| Said {
                url: urls::post_in_thread(thread.id, &thread.slug, p.number, p.id),
                title: thread.title.clone(),
                lang: p.lang.clone(),
                excerpt: markup::excerpt(
                    &markup::plain_text(&p.body, markup::Keep::PREVIEW).replace('\n', " "),
                    200,
                ),
                when: page.shell.when(p.created_at),
            })
        })
        .take(10)
        .collect();
    let removal = purge::latest(conn, member.id)?.is_some();
    let (counters, ladder) = (profiles::of(conn, member.id)?, levels::load(conn)?);
    let growth = match page.actor.id() {
        Some(id) if id == member.id => Some(ledger::service::account(conn, id)?.growth),
        _ => None,
    };
    Ok(Loaded { growth, counters, member, rows, said, removal, ladder })
}
