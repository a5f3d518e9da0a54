//! A member's ledger for operators: every entry with its reason and the sum after it, and a correction with a
//! reason. Looking is noted in the audit log like giving and taking.

use std::collections::HashMap;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path, Query};
use askama::Template;
use serde::Deserialize;

use crate::base::actor::{Actor, Role};
use crate::base::ids::PostId;
use crate::base::time::UtcTime;
use crate::engage::ledger::service::{self, Adjustment};
use crate::engage::ledger::{self, Account, Entry};
use crate::infra::db::{Conn, DbError};
use crate::infra::i18n;
use crate::pages::points::{PointsQuery, Subject, cursor, reason, signed, subjects};
use crate::people::accounts::{self, Member, store};
use crate::site::audit;
use crate::web::filters::When;
use crate::web::idempotency::{Key, once};
use crate::web::page::see_other;
use crate::web::shell::Shell;
use crate::web::{AppError, Page, RawForm, Refused, Web, urls};

/// Entries on one page.
const SHOWN: i64 = 50;

struct Line {
    reason: String,
    subject: Option<Subject>,
    when: When,
    delta: String,
    taken: bool,
    /// What all entries up to this one add up to.
    after: String,
}

/// What is typed into the correction.
#[derive(Debug, Default, Deserialize)]
pub struct CorrectionForm {
    #[serde(default)]
    delta: String,
    #[serde(default)]
    reason: String,
}

#[derive(Template)]
#[template(path = "backoffice/ledger.html")]
struct LedgerPage {
    shell: Shell,
    name: String,
    handle: String,
    /// The address of this page.
    own: String,
    member: String,
    tiles: Vec<(String, String)>,
    lines: Vec<Line>,
    older: Option<String>,
    form: CorrectionForm,
    refused: Refused,
    saved: bool,
}

struct Loaded {
    member: Member,
    account: Account,
    entries: Vec<Entry>,
    subjects: HashMap<PostId, Subject>,
    /// What all entries up to the first shown add up to.
    sum: i64,
}

fn load(
    conn: &mut Conn,
    actor: &Actor,
    handle: &str,
    before: Option<(UtcTime, i64)>,
) -> Result<Loaded, AppError> {
    let member = store::by_handle(conn, handle)?.ok_or(accounts::Error::Absent)?;
    let entries = ledger::store::page(conn, member.id, before, SHOWN + 1)?;
    let sum = match entries.first() {
        Some(first) => ledger::store::sum_to(conn, member.id, first)?,
        None => 0,
    };
    Ok(Loaded {
        account: service::account(conn, member.id)?,
        subjects: subjects(conn, actor, &entries)?,
        sum,
        entries,
        member,
    })
}

fn address(handle: &str) -> String {
    format!("/admin/members/{}/points", urls::component(handle))
}

fn drawn(shell: Shell, loaded: Loaded, form: CorrectionForm, refused: Refused) -> LedgerPage {
    let Loaded { member, account, mut entries, subjects, mut sum } = loaded;
    let shown = usize::try_from(SHOWN).unwrap_or(50);
    let more = entries.len() > shown;
    entries.truncate(shown);
    let mut lines = Vec::with_capacity(entries.len());
    for entry in &entries {
        lines.push(Line {
            reason: reason(shell.locale, entry),
            subject: entry.post_id.and_then(|p| subjects.get(&p)).cloned(),
            when: shell.when(entry.occurred_at),
            delta: signed(entry.delta),
            taken: entry.delta < 0,
            after: i18n::number(sum),
        });
        sum = sum.saturating_sub(entry.delta);
    }
    let own = address(&member.handle);
    LedgerPage {
        tiles: vec![
            (shell.t("points-balance"), i18n::number(account.balance)),
            (shell.t("points-growth"), i18n::number(account.growth)),
            (shell.t("points-owed"), i18n::number(account.debt)),
            (shell.t("levels-one"), i18n::number(i64::from(member.level))),
        ],
        lines,
        older: entries.last().filter(|_| more).map(|e| format!("{own}?before={}", cursor(e))),
        member: format!("/admin/members/{}", urls::component(&member.handle)),
        own,
        name: member.display_name,
        handle: member.handle,
        form,
        refused,
        saved: shell.target.ends_with("?saved"),
        shell,
    }
}

/// `GET /admin/members/{handle}/points`.
pub async fn show(
    web: Data<Web>,
    page: Page,
    handle: Path<String>,
    query: Query<PointsQuery>,
) -> Result<HttpResponse, AppError> {
    let viewer = page.at_least(Role::Operator)?.id;
    let before = query.before()?;
    let actor = page.actor.clone();
    let loaded = web.house.db.read(move |conn| load(conn, &actor, &handle, before)).await?;
    let (house, subject) = (web.house.clone(), format!("member:{}", loaded.member.id));
    web.house
        .db
        .write(move |c| {
            audit::note(c, &house.clock, Some(viewer), "points.viewed", &subject, "").map_err(DbError::from)
        })
        .await?;
    page.ok(&web, &drawn(page.shell.clone(), loaded, CorrectionForm::default(), Refused::default()))
}

/// `POST /admin/members/{handle}/points`: a correction, which the member reads with its reason.
pub async fn correct(
    web: Data<Web>,
    page: Page,
    handle: Path<String>,
    raw: RawForm,
) -> Result<HttpResponse, AppError> {
    let actor = page.at_least(Role::Operator)?.clone();
    let form: CorrectionForm = raw.accept(&web, &page)?;
    let name = handle.into_inner();
    match book(&web, &actor, &name, &form, &raw).await {
        Ok(()) => Ok(see_other(&format!("{}?saved", address(&name)))),
        Err(e) => {
            let refused = Refused::by(&page, e)?;
            let reader = page.actor.clone();
            let loaded = web.house.db.read(move |conn| load(conn, &reader, &name, None)).await?;
            let template = drawn(page.shell.clone(), loaded, form, refused);
            page.answer(&web, StatusCode::UNPROCESSABLE_ENTITY, &template)
        }
    }
}

async fn book(
    web: &Web,
    actor: &crate::base::actor::SignedIn,
    handle: &str,
    form: &CorrectionForm,
    raw: &RawForm,
) -> Result<(), AppError> {
    // People write a minus in more than one way.
    let delta = form.delta.trim().replace('−', "-").parse().map_err(|_| ledger::Error::AmountInvalid)?;
    let wanted = Adjustment::parse(delta, &form.reason)?;
    let key = raw.nonce().map(|nonce| Key {
        member: actor.id,
        route: format!("correct_points {handle}"),
        key: nonce.to_owned(),
        hash: raw.fingerprint(),
    });
    let (house, actor, handle) = (web.house.clone(), actor.clone(), handle.to_owned());
    web.house
        .db
        .write(move |conn| {
            once(conn, key.as_ref(), house.clock.now(), |conn| {
                service::adjust(conn, &house, &actor, &handle, &wanted)?;
                Ok(((), 303, String::new()))
            })
        })
        .await?;
    Ok(())
}
