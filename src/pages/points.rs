//! `/points`: a member's own balance, growth, debt and level, and every entry of the ledger with its reason.
//! What an entry is for is named and linked only as far as it can be read now; the reason always stands.

use std::collections::HashMap;

use actix_web::HttpResponse;
use actix_web::web::{Data, Query};
use askama::Template;
use serde::Deserialize;

use crate::base::actor::Actor;
use crate::base::ids::PostId;
use crate::base::locale::Locale;
use crate::base::time::UtcTime;
use crate::content::threads::State;
use crate::content::{categories, posts, threads};
use crate::engage::ledger::{self, Account, Entry};
use crate::engage::levels::{self, Ladder};
use crate::engage::rules::{self, Kind, Rules};
use crate::infra::db::Conn;
use crate::infra::i18n;
use crate::web::error::HttpFault;
use crate::web::filters::When;
use crate::web::paging::{self, cursor_keys};
use crate::web::shell::Shell;
use crate::web::{AppError, Page, Web, urls};

/// Entries on one page.
const SHOWN: i64 = 30;

/// What an entry is for, where the reader may read it.
#[derive(Debug, Clone)]
pub struct Subject {
    /// The title of the thread.
    pub title: String,
    /// Language of the title.
    pub lang: String,
    /// The post's permanent address.
    pub url: String,
}

/// The posts of `entries` that stand and that `actor` may read, by id. What was removed, or filed where they may
/// not read, is left out: its title is nobody's business any more, not even on one's own page.
pub fn subjects(
    conn: &mut Conn,
    actor: &Actor,
    entries: &[Entry],
) -> Result<HashMap<PostId, Subject>, AppError> {
    let ids: Vec<PostId> = entries.iter().filter_map(|e| e.post_id).collect();
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let readable = categories::service::recall(conn, actor)?;
    let posts = posts::store::find_many(conn, &ids)?;
    let around: Vec<_> = posts.iter().map(|p| p.thread_id).collect();
    let threads: HashMap<_, _> =
        threads::store::find_many(conn, &around)?.into_iter().map(|t| (t.id, t)).collect();
    Ok(posts
        .iter()
        .filter(|p| p.state() == State::Listed)
        .filter_map(|post| {
            let thread = threads.get(&post.thread_id)?;
            let seen = thread.state() == State::Listed && readable.has(thread.category_id);
            seen.then(|| {
                let subject = Subject {
                    title: thread.title.clone(),
                    lang: thread.title_lang().to_owned(),
                    url: urls::post(post.id),
                };
                (post.id, subject)
            })
        })
        .collect())
}

/// Why an entry was booked, in words.
pub fn reason(locale: Locale, entry: &Entry) -> String {
    let why = match entry.kind() {
        Some(Kind::Adjusted) if !entry.reason.is_empty() => entry.reason.clone(),
        Some(kind) => i18n::text(locale, &format!("points-reason-{}", kind.name())),
        None => i18n::text(locale, "points-reason-other"),
    };
    match entry.reverses {
        Some(_) => i18n::format(locale, "points-taken-back", &[("reason", &why)]),
        None => why,
    }
}

/// Points with their sign, as people write it.
pub fn signed(delta: i64) -> String {
    let number = i18n::number(delta).trim_start_matches('-').to_owned();
    if delta < 0 { format!("−{number}") } else { format!("+{number}") }
}

/// The cursor after `entry`.
pub fn cursor(entry: &Entry) -> String {
    paging::cursor(&[entry.occurred_at.0.to_string(), entry.id.to_string()])
}

/// Where a page of the ledger begins.
pub fn begin(keys: &[String]) -> Option<(UtcTime, i64)> {
    match keys {
        [at, id] => Some((UtcTime(at.parse().ok()?), id.parse().ok()?)),
        _ => None,
    }
}

struct Line {
    reason: String,
    subject: Option<Subject>,
    when: When,
    delta: String,
    taken: bool,
}

/// The level and the way to the next.
pub(super) struct Standing {
    pub(super) level: String,
    pub(super) name: String,
    /// Tenths of the way to the next level.
    pub(super) step: u8,
    /// What is missing to it.
    pub(super) next: Option<String>,
}

#[derive(Template)]
#[template(path = "pages/points.html")]
struct PointsPage {
    shell: Shell,
    tiles: Vec<(String, String)>,
    debt: Option<String>,
    standing: Option<Standing>,
    lines: Vec<Line>,
    rules: Vec<(String, String)>,
    older: Option<String>,
}

/// `?before=`.
#[derive(Debug, Default, Deserialize)]
pub struct PointsQuery {
    before: Option<String>,
}

impl PointsQuery {
    /// Where the page begins; a cursor that is none of ours leads nowhere.
    pub fn before(&self) -> Result<Option<(UtcTime, i64)>, AppError> {
        match &self.before {
            Some(text) => Ok(Some(cursor_keys(text, 2).as_deref().and_then(begin).ok_or(HttpFault::Absent)?)),
            None => Ok(None),
        }
    }
}

struct Loaded {
    account: Account,
    entries: Vec<Entry>,
    subjects: HashMap<PostId, Subject>,
    ladder: Ladder,
    rules: Rules,
}

/// Where `growth` stands on the ladder.
pub(super) fn standing(shell: &Shell, ladder: &Ladder, growth: i64) -> Option<Standing> {
    let place = ladder.place(growth)?;
    let name = place.level.name(shell.locale).to_owned();
    Some(Standing {
        level: shell.t1("level-n", "n", place.level.number),
        name,
        step: place.step,
        next: place.next.map(|next| {
            let to = format!("{} · {}", shell.t1("level-n", "n", next.number), next.name(shell.locale));
            shell.t2("level-missing", "growth", i18n::number(place.missing), "level", to)
        }),
    })
}

fn told(shell: &Shell, rules: &Rules) -> Vec<(String, String)> {
    let line = |kind: Kind| {
        let rule = rules.of(kind);
        let points = match rule.per_day.filter(|_| kind.capped()) {
            Some(cap) => {
                shell.t2("points-rule-capped", "points", i18n::number(rule.points), "cap", i18n::number(cap))
            }
            None => shell.t1("points-rule", "points", i18n::number(rule.points)),
        };
        (rule.points > 0).then(|| (shell.t(&format!("points-reason-{}", kind.name())), points))
    };
    Kind::RULED.into_iter().filter_map(line).collect()
}

/// `GET /points`.
pub async fn show(web: Data<Web>, page: Page, query: Query<PointsQuery>) -> Result<HttpResponse, AppError> {
    let member = page.member()?.id;
    let before = query.before()?;
    let actor = page.actor.clone();
    let loaded = web
        .house
        .db
        .read(move |conn| {
            let entries = ledger::store::page(conn, member, before, SHOWN + 1)?;
            Ok::<_, AppError>(Loaded {
                account: ledger::service::account(conn, member)?,
                subjects: subjects(conn, &actor, &entries)?,
                ladder: levels::load(conn)?,
                rules: rules::load(conn)?,
                entries,
            })
        })
        .await?;
    page.ok(&web, &drawn(page.shell.clone(), loaded))
}

fn drawn(shell: Shell, loaded: Loaded) -> PointsPage {
    let Loaded { account, mut entries, subjects, ladder, rules } = loaded;
    let shown = usize::try_from(SHOWN).unwrap_or(30);
    let more = entries.len() > shown;
    entries.truncate(shown);
    let lines = entries.iter().map(|e| Line {
        reason: reason(shell.locale, e),
        subject: e.post_id.and_then(|p| subjects.get(&p)).cloned(),
        when: shell.when(e.occurred_at),
        delta: signed(e.delta),
        taken: e.delta < 0,
    });
    PointsPage {
        tiles: vec![
            (shell.t("points-balance"), i18n::number(account.balance)),
            (shell.t("points-growth"), i18n::number(account.growth.max(0))),
        ],
        debt: (account.debt > 0).then(|| shell.t1("points-debt", "points", i18n::number(account.debt))),
        standing: standing(&shell, &ladder, account.growth),
        lines: lines.collect(),
        rules: told(&shell, &rules),
        older: entries.last().filter(|_| more).map(|e| format!("/points?before={}", cursor(e))),
        shell,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn points_have_a_sign() {
        assert_eq!(signed(5), "+5");
        assert_eq!(signed(-1_200), "−1,200");
    }
}
