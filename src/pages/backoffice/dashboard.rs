//! The dashboard: what needs somebody first, then how many, what was written lately, how the house is, and what staff
//! did last. Every figure is kept anyway or counted over a bounded number of rows.

use std::collections::HashSet;

use actix_web::HttpResponse;
use actix_web::web::Data;
use askama::Template;
use diesel::QueryResult;

use super::audit::{self, Row};
use super::health::{self, Line, Local, State};
use super::start;
use crate::base::actor::{Actor, Role};
use crate::base::time::{DAY, UtcTime, Zone};
use crate::content::categories;
use crate::content::threads;
use crate::infra::activity::{self, Glimpse, Verb};
use crate::infra::db::{Conn, DbError};
use crate::infra::i18n;
use crate::people::accounts;
use crate::reach::search::Search;
use crate::web::cache::PageCache;
use crate::web::shell::Shell;
use crate::web::{AppError, Page, Web};

/// Activities that the figures of the last days are counted from.
const LATELY: i64 = 10_000;
/// Days looked back.
const DAYS: i64 = 7;
/// Lines of the audit log.
const DECISIONS: i64 = 5;
/// Threads without an answer that are counted.
const WAITING: i64 = 1_000;

/// What happened in the last days.
#[derive(Debug, Default, PartialEq, Eq)]
struct Lately {
    /// Posts a day, the oldest first; only days that were counted to their beginning.
    days: Vec<(UtcTime, i64)>,
    members: i64,
    threads: i64,
    posts: i64,
    likes: i64,
    active: i64,
    /// False when more happened than was looked at: then only the days hold.
    whole: bool,
}

/// Counts `latest`, of which there may be more when there are `most` of them.
fn lately(latest: &[Glimpse], most: usize, zone: &Zone, now: UtcTime) -> Lately {
    let today = zone.day(now);
    let first = today - DAYS + 1;
    let oldest = latest.iter().map(|g| g.at).min();
    let cut = latest.len() >= most && oldest.is_some_and(|at| zone.day(at) >= first);
    let from = if cut { oldest.map_or(first, |at| zone.day(at) + 1) } else { first };
    let mut found = Lately { whole: !cut, ..Lately::default() };
    let mut active = HashSet::new();
    let mut days = vec![0_i64; usize::try_from((today - from + 1).max(0)).unwrap_or(0)];
    for glimpse in latest.iter().filter(|g| zone.day(g.at) >= first) {
        active.extend(glimpse.actor);
        match glimpse.verb {
            Some(Verb::MemberJoined) => found.members += 1,
            Some(Verb::PostLiked) => found.likes += 1,
            Some(Verb::ThreadCreated | Verb::PostCreated) => {
                found.posts += 1;
                found.threads += i64::from(glimpse.verb == Some(Verb::ThreadCreated));
                let day = usize::try_from(zone.day(glimpse.at) - from).ok();
                if let Some(n) = day.and_then(|d| days.get_mut(d)) {
                    *n += 1;
                }
            }
            _ => {}
        }
    }
    found.active = i64::try_from(active.len()).unwrap_or(i64::MAX);
    let back = |i: usize| i64::try_from(days.len() - 1 - i).unwrap_or(0);
    found.days = days.iter().enumerate().map(|(i, n)| (now.plus(-back(i) * DAY), *n)).collect();
    found
}

/// One figure.
struct Tile {
    name: String,
    shown: String,
    note: Option<String>,
    url: Option<&'static str>,
}

/// One day, as the heat rule lying down.
struct Day {
    name: String,
    step: i64,
    shown: String,
}

#[derive(Template)]
#[template(path = "backoffice/dashboard.html")]
struct Dashboard {
    shell: Shell,
    /// Steps of the first hour that are settled, of how many, while there is something to settle.
    start: Option<(usize, usize)>,
    tiles: Vec<Tile>,
    days: Vec<Day>,
    health: Vec<Line>,
    decisions: Vec<Row>,
    version: &'static str,
}

impl Dashboard {
    fn wrong(&self) -> Vec<&Line> {
        self.health.iter().filter(|line| line.state == State::Wrong).collect()
    }
}

/// What the database tells.
struct Found {
    members: i64,
    threads: i64,
    unanswered: i64,
    lately: Lately,
    health: health::Facts,
    start: Option<start::Progress>,
    decisions: Option<audit::Found>,
}

fn load(conn: &mut Conn, actor: &Actor, local: Local, zone: &Zone, now: UtcTime) -> QueryResult<Found> {
    let admin = actor.role() == Role::Administrator;
    let latest = activity::latest(conn, LATELY)?;
    Ok(Found {
        members: accounts::store::count(conn)?,
        threads: categories::store::all(conn)?.iter().map(|c| c.threads).sum(),
        unanswered: threads::store::count_unanswered(conn, WAITING)?,
        lately: lately(&latest, usize::try_from(LATELY).unwrap_or(usize::MAX), zone, now),
        health: health::load(conn, local)?,
        start: if admin { Some(start::load(conn)?) } else { None },
        decisions: if admin { Some(audit::acts(conn, actor, DECISIONS)?) } else { None },
    })
}

fn tiles(shell: &Shell, found: &Found) -> Vec<Tile> {
    let lately = &found.lately;
    let new = |n: i64| lately.whole.then(|| shell.t1("dashboard-new", "n", i18n::number(n)));
    let tile = |key: &str, n: i64, note| Tile { name: shell.t(key), shown: i18n::number(n), note, url: None };
    let mut all = vec![
        Tile { url: Some("/admin/members"), ..tile("stat-members", found.members, new(lately.members)) },
        tile("stat-threads", found.threads, new(lately.threads)),
        tile("stat-posts", found.health.indexed, new(lately.posts)),
    ];
    if lately.whole {
        let week = || Some(shell.t("dashboard-week"));
        all.push(tile("dashboard-active", lately.active, week()));
        all.push(tile("dashboard-likes", lately.likes, week()));
    }
    let more = if found.unanswered >= WAITING { "+" } else { "" };
    let shown = format!("{}{more}", i18n::number(found.unanswered));
    all.push(Tile { shown, url: Some("/unanswered"), ..tile("dashboard-unanswered", 0, None) });
    all
}

fn days(shell: &Shell, lately: &Lately) -> Vec<Day> {
    let most = lately.days.iter().map(|(_, n)| *n).max().unwrap_or(0).max(1);
    let day = |(at, n): &(UtcTime, i64)| Day {
        name: i18n::day(shell.locale, &shell.zone, *at),
        // Whatever there was is to be seen.
        step: if *n > 0 { (*n * 10 / most).max(1) } else { 0 },
        shown: i18n::number(*n),
    };
    lately.days.iter().map(day).collect()
}

/// `GET /admin`.
pub async fn show(
    web: Data<Web>,
    search: Data<Search>,
    pages: Data<PageCache>,
    page: Page,
) -> Result<HttpResponse, AppError> {
    page.at_least(Role::Operator)?;
    let (actor, local) = (page.actor.clone(), Local::of(&web, &search, &pages));
    let (zone, now) = (page.shell.zone.clone(), page.shell.now);
    let found =
        web.house.db.read(move |conn| load(conn, &actor, local, &zone, now).map_err(DbError::from)).await?;
    let shell = page.shell.clone();
    let progress = found.start.as_ref().filter(|p| p.is_wanted());
    let template = Dashboard {
        start: progress.map(|p| (p.settled(), start::STEPS)),
        tiles: tiles(&shell, &found),
        days: days(&shell, &found.lately),
        health: health::lines(&shell, &found.health),
        decisions: found.decisions.map(|d| audit::rows(&shell, d)).unwrap_or_default(),
        version: env!("CARGO_PKG_VERSION"),
        shell,
    };
    page.ok(&web, &template)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::ids::MemberId;
    use crate::base::time::HOUR;

    const NOW: UtcTime = UtcTime(100 * DAY + 10 * HOUR);

    fn happened(verb: Verb, actor: i64, age: i64) -> Glimpse {
        Glimpse { verb: Some(verb), actor: Some(MemberId(actor)), at: NOW.plus(-age) }
    }

    #[test]
    fn a_week_is_counted_by_days() {
        let latest = [
            happened(Verb::PostCreated, 1, 0),
            happened(Verb::PostLiked, 2, HOUR),
            happened(Verb::ThreadCreated, 1, DAY),
            happened(Verb::MemberJoined, 3, 6 * DAY),
            happened(Verb::PostCreated, 4, 7 * DAY),
        ];
        let found = lately(&latest, 100, &Zone::default(), NOW);
        let days: Vec<i64> = found.days.iter().map(|(_, n)| *n).collect();
        assert_eq!(days, [0, 0, 0, 0, 0, 1, 1]);
        assert_eq!(found.days.first().map(|(at, _)| at.day()), Some(94));
        assert_eq!((found.members, found.threads, found.posts, found.likes), (1, 1, 2, 1));
        assert_eq!((found.active, found.whole), (3, true));
    }

    #[test]
    fn what_was_not_looked_at_is_not_told() {
        let latest = [
            happened(Verb::PostCreated, 1, 0),
            happened(Verb::PostCreated, 1, DAY),
            happened(Verb::PostCreated, 1, 2 * DAY),
        ];
        let found = lately(&latest, 3, &Zone::default(), NOW);
        let days: Vec<i64> = found.days.iter().map(|(_, n)| *n).collect();
        assert_eq!(days, [1, 1], "the day before was counted in part only");
        assert!(!found.whole);
        let now = [happened(Verb::PostCreated, 1, 0)];
        assert!(lately(&now, 1, &Zone::default(), NOW).days.is_empty());
    }
}
