//! The audit log: what staff did, with the names of what they did it to.

use std::collections::HashMap;

use actix_web::HttpResponse;
use actix_web::web::{Data, Query};
use askama::Template;
use diesel::QueryResult;
use serde::Deserialize;

use super::overview::known;
use crate::base::actor::{Actor, Role};
use crate::base::fault::{Fault, Kind};
use crate::base::ids::{CategoryId, MemberId, PageId, PostId, ThreadId};
use crate::content::{categories, custom_pages, posts, threads};
use crate::infra::db::{Conn, DbError};
use crate::pages::rows::{Author, authors};
use crate::people::accounts;
use crate::site::audit::{self, By, Entry, Wanted};
use crate::web::filters::When;
use crate::web::shell::Shell;
use crate::web::{AppError, Page, Refused, Web, urls};

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
    next: Option<String>,
    /// Handles and names of those who did something.
    people: Vec<(String, String)>,
    /// What was done, by name and in words.
    actions: Vec<(String, String)>,
    asked: AuditQuery,
    refused: Refused,
}

/// What the address of the log may carry.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct AuditQuery {
    #[serde(default)]
    who: String,
    #[serde(default)]
    what: String,
    #[serde(default)]
    from: String,
    #[serde(default)]
    until: String,
    before: Option<i64>,
}

impl AuditQuery {
    fn is_filtered(&self) -> bool {
        [&self.who, &self.what, &self.from, &self.until].iter().any(|field| !field.is_empty())
    }

    /// The address of what comes before line `id`.
    fn older(&self, id: i64) -> String {
        let fields = [("who", &self.who), ("what", &self.what), ("from", &self.from), ("until", &self.until)];
        let mut url = "/admin/audit?".to_owned();
        for (name, value) in fields.into_iter().filter(|(_, value)| !value.is_empty()) {
            url.extend([name, "=", &urls::component(value), "&"]);
        }
        format!("{url}before={id}")
    }

    /// What is asked for; what is wrong with it joins `refused` and asks for nothing.
    fn wanted(&self, page: &Page, refused: &mut Refused) -> Result<Wanted, AppError> {
        let mut day = |field: &'static str, text: &str| match text {
            "" => Ok(None),
            text => refused.heed(page, field, page.shell.zone.end_of_day(text).ok_or(NoDay(field))),
        };
        Ok(Wanted {
            actor: if self.who == HOUSE { By::House } else { By::Anybody },
            action: Some(self.what.clone()).filter(|what| !what.is_empty()),
            from: day("from", &self.from)?.map(|end| page.shell.zone.start_of_day(end)),
            until: day("until", &self.until)?,
        })
    }
}

/// Stands for commands on the server among the handles, which have no colon.
const HOUSE: &str = ":house";

/// A field holds no day.
#[derive(Debug, thiserror::Error)]
#[error("{0} is no day")]
struct NoDay(&'static str);

impl Fault for NoDay {
    fn kind(&self) -> Kind {
        Kind::Invalid
    }
    fn code(&self) -> &'static str {
        "day_invalid"
    }
    fn field(&self) -> Option<&str> {
        Some(self.0)
    }
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
pub async fn show(web: Data<Web>, page: Page, query: Query<AuditQuery>) -> Result<HttpResponse, AppError> {
    page.at_least(Role::Administrator)?;
    let asked = query.into_inner();
    let mut refused = Refused::default();
    let mut wanted = asked.wanted(&page, &mut refused)?;
    let (actor, who, before) = (page.actor.clone(), asked.who.clone(), asked.before);
    let (mut found, people, actions) = web
        .house
        .db
        .read(move |conn| {
            let (actors, actions) = audit::choices(conn)?;
            let ids: Vec<MemberId> = actors.iter().copied().flatten().collect();
            let people = authors(conn, &ids, &actor)?;
            if let Some((id, _)) = people.iter().find(|(_, person)| person.handle == who) {
                wanted.actor = By::Member(*id);
            }
            let known = who.is_empty() || wanted.actor != By::Anybody;
            let entries = if known { audit::latest(conn, &wanted, before, SHOWN + 1)? } else { Vec::new() };
            let mut people: Vec<_> =
                people.into_values().map(|person| (person.handle, person.name)).collect();
            people.sort_by(|a, b| a.1.cmp(&b.1));
            Ok::<_, DbError>((named(conn, &actor, entries)?, (people, actors.contains(&None)), actions))
        })
        .await?;
    let shown = usize::try_from(SHOWN).unwrap_or(100);
    let next = found.entries.get(shown).and_then(|_| found.entries.get(shown - 1)).map(|e| asked.older(e.id));
    found.entries.truncate(shown);
    let shell = page.shell.clone();
    let (mut people, house) = people;
    people.extend(house.then(|| (HOUSE.to_owned(), shell.t("audit-house"))));
    let mut actions: Vec<_> =
        actions.into_iter().map(|name| (known(&shell, "audit-action", &name), name)).collect();
    actions.sort();
    let template = AuditPage { entries: rows(&shell, found), next, people, actions, asked, refused, shell };
    page.answer(&web, template.refused.status(), &template)
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
