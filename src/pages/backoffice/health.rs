//! How the house is: what the dashboard says about database, disk, readers of the log, index and jobs, and which of
//! it asks for somebody's attention. Gathers figures that are kept anyway; probes nothing and mends nothing.

use diesel::QueryResult;

use super::overview::known;
use crate::base::time::{DAY, SECOND, UtcTime};
use crate::infra::activity::{self, lease};
use crate::infra::db::Conn;
use crate::infra::db::dialect::stored_bytes;
use crate::infra::disk::{self, Space};
use crate::infra::i18n;
use crate::infra::jobs::{self, Job, JobState};
use crate::reach::search::Search;
use crate::reach::search::index::{Progress, Standing};
use crate::web::Web;
use crate::web::cache::PageCache;
use crate::web::shell::Shell;

/// Microseconds after which a reader that is behind is stuck rather than busy.
const PATIENCE: i64 = 60 * SECOND;
/// Microseconds for which a failed job is news.
const NEWS: i64 = 7 * DAY;
/// Bytes below which the disk is as good as full.
const TIGHT: u64 = 2_000_000_000;
/// Jobs looked at.
const JOBS: i64 = 50;

/// Whether something is as it should be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// It is.
    Fine,
    /// It is on the way there.
    Busy,
    /// Somebody should look.
    Wrong,
}

impl State {
    /// The key of its word.
    pub fn key(self) -> &'static str {
        match self {
            Self::Fine => "health-fine",
            Self::Busy => "health-busy",
            Self::Wrong => "health-wrong",
        }
    }

    /// The class of its mark.
    pub fn class(self) -> &'static str {
        match self {
            Self::Fine => "ok",
            Self::Busy => "",
            Self::Wrong => "danger",
        }
    }
}

/// Where a reader of the log stands.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Reading {
    name: String,
    behind: i64,
    /// When the oldest activity that it has not applied was recorded.
    since: Option<UtcTime>,
}

impl Reading {
    fn state(&self, now: UtcTime) -> State {
        match self.since {
            _ if self.behind == 0 => State::Fine,
            Some(since) if now.since(since) > PATIENCE => State::Wrong,
            _ => State::Busy,
        }
    }
}

/// What the house says of itself.
pub struct Facts {
    sqlite: bool,
    bytes: u64,
    space: Option<Space>,
    readers: Vec<Reading>,
    standing: Standing,
    progress: Option<Progress>,
    /// Posts in the index.
    pub indexed: i64,
    jobs: Vec<Job>,
    open_air: bool,
}

/// What the node that answers knows without asking the database.
pub struct Local {
    index: i64,
    pages: i64,
    standing: Standing,
    progress: Option<Progress>,
    indexed: i64,
    space: Option<Space>,
    sqlite: bool,
    open_air: bool,
}

impl Local {
    /// Of this node, now.
    pub fn of(web: &Web, search: &Search, pages: &PageCache) -> Self {
        let held = search.index.num_docs();
        Self {
            index: search.index.cursor(),
            pages: pages.place(),
            standing: search.index.standing(),
            progress: search.index.progress(),
            indexed: i64::try_from(held.public + held.restricted).unwrap_or(i64::MAX),
            space: disk::space(&web.files),
            sqlite: web.house.db.url().is_sqlite(),
            open_air: !web.config.https() && !web.config.loopback,
        }
    }
}

/// Reads the rest: a few rows each.
pub fn load(conn: &mut Conn, local: Local) -> QueryResult<Facts> {
    let head = activity::head(conn)?;
    let mut places: Vec<(String, i64)> =
        lease::readers(conn)?.into_iter().map(|l| (l.name, l.cursor)).collect();
    places.push(("search-index".into(), local.index));
    places.push(("page-cache".into(), local.pages));
    let mut readers = Vec::new();
    for (name, place) in places {
        let behind = (head - place).max(0);
        let since = if behind > 0 { activity::behind_since(conn, place)? } else { None };
        readers.push(Reading { name, behind, since });
    }
    Ok(Facts {
        sqlite: local.sqlite,
        bytes: u64::try_from(stored_bytes(conn)?).unwrap_or(0),
        space: local.space,
        readers,
        standing: local.standing,
        progress: local.progress,
        indexed: local.indexed,
        jobs: jobs::latest(conn, JOBS)?,
        open_air: local.open_air,
    })
}

/// One thing, in words.
pub struct Line {
    /// What.
    pub name: String,
    /// How it is.
    pub words: String,
    /// Whether that is well.
    pub state: State,
    /// Where to look further.
    pub url: Option<&'static str>,
}

/// Everything, in words: what serves first, what follows after.
pub fn lines(shell: &Shell, facts: &Facts) -> Vec<Line> {
    let mut all = vec![database(shell, facts)];
    all.extend(facts.space.map(|space| room(shell, space)));
    if facts.open_air {
        let words = shell.t("health-open-air");
        all.push(Line { name: shell.t("health-connection"), words, state: State::Wrong, url: None });
    }
    all.push(index(shell, facts));
    all.extend(facts.readers.iter().filter(|r| r.name != "search-index").map(|r| reader(shell, r)));
    all.push(work(shell, &facts.jobs));
    all
}

fn database(shell: &Shell, facts: &Facts) -> Line {
    let kind = if facts.sqlite { "SQLite" } else { "PostgreSQL" };
    let words = format!("{kind} · {}", i18n::bytes(facts.bytes));
    Line { name: shell.t("health-database"), words, state: State::Fine, url: None }
}

fn room(shell: &Shell, space: Space) -> Line {
    let (free, total) = (i18n::bytes(space.free), i18n::bytes(space.total));
    let state = if space.free < TIGHT { State::Wrong } else { State::Fine };
    Line {
        name: shell.t("health-disk"),
        words: shell.t2("health-free", "free", free, "total", total),
        state,
        url: None,
    }
}

/// What a reader says: that it has read everything, or how much is left and since when.
fn standing(shell: &Shell, reading: &Reading) -> (String, State) {
    let state = reading.state(shell.now);
    let behind = i18n::number(reading.behind);
    let words = match (state, reading.since) {
        (State::Fine, _) => shell.t("health-current"),
        (State::Wrong, Some(since)) => {
            shell.t2("health-behind-since", "n", behind, "at", shell.when(since).full)
        }
        _ => shell.t1("health-behind", "n", behind),
    };
    (words, state)
}

fn reader(shell: &Shell, reading: &Reading) -> Line {
    let (words, state) = standing(shell, reading);
    Line { name: known(shell, "reader", &reading.name), words, state, url: Some("/admin/jobs") }
}

fn index(shell: &Shell, facts: &Facts) -> Line {
    let reading = facts.readers.iter().find(|r| r.name == "search-index");
    let (follows, state) = match (facts.progress, reading) {
        (Some(Progress { done, total }), _) => {
            let key = if facts.standing == Standing::Empty {
                "health-index-building"
            } else {
                "health-index-renewing"
            };
            (shell.t2(key, "done", i18n::number(done), "total", i18n::number(total)), State::Busy)
        }
        (None, Some(reading)) if facts.standing == Standing::Complete => standing(shell, reading),
        _ => (shell.t("health-index-waiting"), State::Busy),
    };
    let words = format!("{} · {follows}", shell.n("posts-count", facts.indexed));
    Line { name: shell.t("reader-search-index"), words, state, url: Some("/admin/jobs") }
}

/// Kinds of jobs of which the last to end failed, not long ago.
fn failed(jobs: &[Job], now: UtcTime) -> Vec<&Job> {
    let mut seen: Vec<&str> = Vec::new();
    let mut found = Vec::new();
    for job in jobs.iter().filter(|j| j.finished_at.is_some()) {
        if seen.contains(&job.kind.as_str()) {
            continue;
        }
        seen.push(&job.kind);
        let recent = job.finished_at.is_some_and(|at| now.since(at) < NEWS);
        if job.state() == JobState::Failed && recent {
            found.push(job);
        }
    }
    found
}

fn work(shell: &Shell, jobs: &[Job]) -> Line {
    let count = |state: JobState| jobs.iter().filter(|j| j.state() == state).count();
    let (waiting, running) = (count(JobState::Waiting), count(JobState::Running));
    let failed = failed(jobs, shell.now);
    let (words, state) = if failed.is_empty() {
        match waiting + running {
            0 => (shell.t("health-no-jobs"), State::Fine),
            _ => (shell.t2("health-jobs", "running", running, "waiting", waiting), State::Busy),
        }
    } else {
        let names: Vec<String> = failed.iter().map(|j| known(shell, "job", &j.kind)).collect();
        (shell.t1("health-jobs-failed", "names", names.join(" · ")), State::Wrong)
    };
    Line { name: shell.t("jobs"), words, state, url: Some("/admin/jobs") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::time::HOUR;

    const NOW: UtcTime = UtcTime(100 * DAY);

    fn job(kind: &str, state: JobState, age: i64) -> Job {
        Job {
            id: 1,
            kind: kind.into(),
            args: String::new(),
            node: None,
            state: state.code(),
            done: 0,
            total: 0,
            message: String::new(),
            created_at: NOW.plus(-age),
            started_at: None,
            finished_at: matches!(state, JobState::Done | JobState::Failed).then(|| NOW.plus(-age)),
        }
    }

    #[test]
    fn a_reader_is_stuck_when_it_leaves_something_for_long() {
        let of = |behind, age: Option<i64>| {
            Reading { name: "points".into(), behind, since: age.map(|a| NOW.plus(-a)) }.state(NOW)
        };
        assert_eq!(of(0, None), State::Fine);
        assert_eq!(of(7, Some(SECOND)), State::Busy);
        assert_eq!(of(7, None), State::Busy, "it was applied between two looks");
        assert_eq!(of(7, Some(PATIENCE + 1)), State::Wrong);
    }

    #[test]
    fn a_failure_is_news_until_it_is_made_good_or_old() {
        let kinds = |jobs: &[Job]| failed(jobs, NOW).iter().map(|j| j.kind.clone()).collect::<Vec<_>>();
        let (fail, done) = (JobState::Failed, JobState::Done);
        assert_eq!(kinds(&[job("reindex", fail, HOUR)]), ["reindex"]);
        assert!(kinds(&[job("reindex", done, HOUR), job("reindex", fail, 2 * HOUR)]).is_empty(), "made good");
        assert!(kinds(&[job("reindex", fail, 8 * DAY)]).is_empty(), "old");
        let again =
            [job("reindex", JobState::Waiting, 0), job("reindex", fail, HOUR), job("recount", done, HOUR)];
        assert_eq!(kinds(&again), ["reindex"], "not made good yet");
    }
}
