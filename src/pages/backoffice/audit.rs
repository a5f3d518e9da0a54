//! The audit log: what staff did, with the names of what they did it to.

use std::collections::HashMap;

use actix_web::HttpResponse;
use actix_web::web::{Data, Query};
use askama::Template;
use diesel::QueryResult;
use serde::Deserialize;

use super::overview::known;
use crate::base::actor::{Actor, Role};
use crate::base::ids::{CategoryId, MemberId, PageId, PostId, ThreadId};
use crate::content::{categories, custom_pages, posts, threads};
use crate::infra::db::{Conn, DbError};
use crate::pages::rows::{Author, authors};
use crate::people::accounts;
use crate::site::audit::{self, Entry};
use crate::web::filters::When;
use crate::web::shell::Shell;
use crate::web::{AppError, Page, Web, urls};

/// Lines on a page.
const SHOWN: i64 = 100;

/// One line, in words.
pub(super) struct Row {
    pub who: String,
    pub action: String,
    /// What it is called, and where it is while it is there.
    pub subject: (String, Option<String>),
    pub detail: String,
    pub when: When,
}

#[derive(Template)]
#[template(path = "backoffice/audit.html")]
struct AuditPage {
    shell: Shell,
    entries: Vec<Row>,
    next: Option<i64>,
}

/// `?before=`.
#[derive(Debug, Deserialize)]
pub struct BeforeQuery {
    before: Option<i64>,
}

/// Name and address of each subject that still exists.
type Subjects = HashMap<String, (String, String)>;

fn subjects(conn: &mut Conn, entries: &[Entry]) -> QueryResult<Subjects> {
    let ids = |kind: &str| -> Vec<i64> {
        let split = entries.iter().filter_map(|e| e.subject.split_once(':'));
        split.filter(|(k, _)| *k == kind).filter_map(|(_, id)| id.parse().ok()).collect()
    };
    let mut found = Subjects::new();
    let members: Vec<MemberId> = ids("member").into_iter().map(MemberId).collect();
    for card in accounts::store::cards(conn, &members)? {
        found.insert(format!("member:{}", card.id), (card.display_name.clone(), urls::member(&card.handle)));
    }
    let written: Vec<PostId> = ids("post").into_iter().map(PostId).collect();
    let written = posts::store::find_many(conn, &written)?;
    let mut around: Vec<ThreadId> = ids("thread").into_iter().map(ThreadId).collect();
    around.extend(written.iter().map(|p| p.thread_id));
    let around = threads::store::find_many(conn, &around)?;
    for post in &written {
        if let Some(thread) = around.iter().find(|t| t.id == post.thread_id) {
            let name = format!("{} #{}", thread.title, post.number);
            found.insert(format!("post:{}", post.id), (name, urls::post(post.id)));
        }
    }
    for thread in around {
        found.insert(format!("thread:{}", thread.id), (thread.title.clone(), thread.url(1)));
    }
    let written: Vec<PageId> = ids("page").into_iter().map(PageId).collect();
    for page in custom_pages::store::find_many(conn, &written)? {
        found.insert(format!("page:{}", page.id), (page.title.clone(), urls::custom_page(&page.slug)));
    }
    let wanted: Vec<CategoryId> = ids("category").into_iter().map(CategoryId).collect();
    if !wanted.is_empty() {
        for category in categories::store::all(conn)?.into_iter().filter(|c| wanted.contains(&c.id)) {
            found
                .insert(format!("category:{}", category.id), (category.name, urls::category(&category.slug)));
        }
    }
    Ok(found)
}

/// Lines of the log with the names of who and what they are about.
pub(super) struct Found {
    entries: Vec<Entry>,
    names: HashMap<MemberId, Author>,
    subjects: Subjects,
}

/// The newest `limit` lines before line `before`, as `actor` sees people.
fn load(conn: &mut Conn, actor: &Actor, before: Option<i64>, limit: i64) -> QueryResult<Found> {
    let entries = audit::latest(conn, before, limit)?;
    named(conn, actor, entries)
}

/// The newest `limit` acts of staff, as `actor` sees people.
pub(super) fn acts(conn: &mut Conn, actor: &Actor, limit: i64) -> QueryResult<Found> {
    let entries = audit::acts(conn, limit)?;
    named(conn, actor, entries)
}

fn named(conn: &mut Conn, actor: &Actor, entries: Vec<Entry>) -> QueryResult<Found> {
    let people: Vec<MemberId> = entries.iter().filter_map(|e| e.actor_id).collect();
    let subjects = subjects(conn, &entries)?;
    Ok(Found { names: authors(conn, &people, actor)?, subjects, entries })
}

/// The lines in words.
pub(super) fn rows(shell: &Shell, found: Found) -> Vec<Row> {
    let Found { entries, names, subjects } = found;
    let row = |e: Entry| Row {
        who: e
            .actor_id
            .and_then(|id| names.get(&id))
            .map_or_else(|| shell.t("audit-house"), |a| a.name.clone()),
        when: shell.when(e.recorded_at),
        action: known(shell, "audit-action", &e.action),
        subject: match subjects.get(&e.subject) {
            Some((name, url)) => (name.clone(), Some(url.clone())),
            None => (subject(shell, &e.subject), None),
        },
        detail: e.detail,
    };
    entries.into_iter().map(row).collect()
}

/// `GET /admin/audit`.
pub async fn show(web: Data<Web>, page: Page, query: Query<BeforeQuery>) -> Result<HttpResponse, AppError> {
    page.at_least(Role::Administrator)?;
    let (before, actor) = (query.before, page.actor.clone());
    let mut found =
        web.house.db.read(move |conn| load(conn, &actor, before, SHOWN + 1).map_err(DbError::from)).await?;
    let shown = usize::try_from(SHOWN).unwrap_or(100);
    let next = found.entries.get(shown).and_then(|_| found.entries.get(shown - 1)).map(|e| e.id);
    found.entries.truncate(shown);
    let shell = page.shell.clone();
    page.ok(&web, &AuditPage { entries: rows(&shell, found), next, shell })
}

/// Words for a subject that is gone, or is no single thing.
fn subject(shell: &Shell, text: &str) -> String {
    match text.split_once(':') {
        Some((kind, id)) => format!("{} {id}", known(shell, "audit-subject", kind)),
        None if matches!(text, "rebuild_heat" | "rebuild_points" | "reindex" | "recount") => {
            known(shell, "job", text)
        }
        None => known(shell, "audit-subject", text),
    }
}
