//! What each kind of job does. Jobs run inside the server that holds the data; a command that finds a server
//! running asks for one and watches it.

use crate::app::Node;
use crate::base::ids::{MemberId, ThreadId};
use crate::content::threads;
use crate::content::{categories, tags};
use crate::engage::ledger;
use crate::infra::db::{Db, DbError};
use crate::infra::house::House;
use crate::infra::jobs::{self, Job};
use crate::people::accounts;
use crate::reach::search::follow;
use crate::transfer::discourse::{self, DiscourseReader};
use crate::transfer::import;
use crate::transfer::records::Report;

/// Threads or members that are computed in one transaction.
const BATCH: i64 = 200;

/// Computes the heat of every thread from its engagements; the site stays up.
pub fn rebuild_heat(db: &Db, mut progress: impl FnMut(i64, i64)) -> Result<i64, DbError> {
    let total = db.read_now(|c| threads::store::count_listed(c).map_err(DbError::from))?;
    let (mut after, mut done) = (ThreadId(0), 0);
    loop {
        let (last, count) =
            db.write_now(move |c| threads::service::rebuild_heat(c, after, BATCH).map_err(DbError::from))?;
        if count == 0 {
            return Ok(done);
        }
        after = last;
        done += i64::try_from(count).unwrap_or(0);
        progress(done, total.max(done));
    }
}

/// Computes balances, growth, debts and levels of every member from the ledger; the site stays up and nothing is
/// awarded anew.
pub fn rebuild_points(db: &Db, mut progress: impl FnMut(i64, i64)) -> Result<i64, ledger::Error> {
    let total = db.read_now(|c| accounts::store::count(c).map_err(DbError::from))?;
    let (mut after, mut done) = (MemberId(0), 0);
    loop {
        let (last, count) = db.write_now(move |c| ledger::rebuild::batch(c, after, BATCH))?;
        if count == 0 {
            return Ok(done);
        }
        after = last;
        done += i64::try_from(count).unwrap_or(0);
        progress(done, total.max(done));
    }
}

/// Counts threads of categories and tags anew.
pub fn recount(db: &Db) -> Result<(), DbError> {
    db.write_now(|c| {
        categories::store::recount(c)?;
        tags::recount(c)?;
        Ok(())
    })
}

/// Builds the search index anew; the old one serves until the new one is ready.
pub fn reindex(node: &Node, mut progress: impl FnMut(i64, i64)) -> Result<i64, String> {
    let go_on = |done, total| {
        progress(done, total);
        true
    };
    follow::rebuild(&node.house.db, &node.search.index, go_on).map_err(|e| e.to_string())
}

/// What `import` is asked for, as the command and the job know it.
#[derive(Debug, Clone, serde::Serialize, serde::Deserialize)]
pub struct ImportArgs {
    /// Absolute path of what is to be imported.
    pub path: std::path::PathBuf,
    /// Names the community; the same name means the same one.
    pub source: String,
    /// Threads at the most.
    pub limit: Option<u64>,
    /// Reads, converts and counts only.
    pub dry_run: bool,
}

/// Tells a closure how far an import is.
struct Told<F>(std::sync::Mutex<F>);

impl<F: FnMut(i64, i64) + Send> import::Progress for Told<F> {
    fn step(&self, _: import::Stage, done: u64, total: Option<u64>) {
        let mut tell = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        tell(i64::try_from(done).unwrap_or(i64::MAX), total.and_then(|t| i64::try_from(t).ok()).unwrap_or(0));
    }
}

/// Imports a Discourse community; returns what was done and read, for people. `holder` names the process where
/// a name outlives it.
pub fn import_discourse(
    house: &House,
    args: &ImportArgs,
    holder: Option<String>,
    progress: impl FnMut(i64, i64) + Send,
) -> Result<String, String> {
    let mut reader =
        DiscourseReader::open(&args.path, &discourse::Options::default()).map_err(|e| chain(&e))?;
    let options = import::Options {
        limit: args.limit,
        dry_run: args.dry_run,
        total: reader.total(),
        home: reader.home(),
        holder,
    };
    let told = Told(std::sync::Mutex::new(progress));
    let done = import::run(house, &args.source, &mut reader, &options, &told).map_err(|e| chain(&e))?;
    Ok(report(&done, &reader.report(), args.dry_run))
}

fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        text = format!("{text}: {cause}");
        next = cause.source();
    }
    text
}

fn report(done: &import::Summary, read: &Report, dry_run: bool) -> String {
    let mut lines = vec![
        format!(
            "{}: {} categories, {} members, {} threads, {} posts, {} likes; {} threads were here already, \
             {} of them got posts that came later; {} posts stand in other threads here and stay there",
            if dry_run { "would be taken in" } else { "taken in" },
            done.categories,
            done.members,
            done.threads,
            done.posts,
            done.likes,
            done.known_threads,
            done.grown_threads,
            done.moved_posts
        ),
        format!(
            "read: {} threads, {} posts; left out: {} notices, {} deleted, {} private; hidden: {}",
            read.threads,
            read.posts,
            read.notices_skipped,
            read.deleted_skipped,
            read.private_skipped,
            read.hidden
        ),
        format!(
            "{} remote images became links, {} links inside the forum rewritten or finished in {} posts, {} handles changed",
            read.remote_images, read.internal_links, done.finished, done.renamed
        ),
        format!(
            "ids of threads {} {}",
            if dry_run { "would be" } else { "were" },
            if done.kept_ids { "kept" } else { "given anew" }
        ),
    ];
    if done.shelved > 0 {
        lines.push(format!(
            "attention: {} threads {} in the private category “{}”, which only administrators see, because \
             the data does not say who may read the categories they come from (categories.json is missing or does not \
             name them); make it public under /admin/categories, or file the threads elsewhere",
            done.shelved,
            if dry_run { "would be" } else { "are" },
            import::UNKNOWN_CATEGORY,
        ));
    }
    if done.limited {
        lines.push(
            "stopped at --limit: the source has more; run again without it, or with a greater one".into(),
        );
    }
    lines.extend(read.bad.iter().map(|b| format!("bad record: {b}")));
    lines.extend(done.problems.iter().map(|p| format!("problem: {p}")));
    lines.join("\n")
}

fn import(node: &Node, args: &str, progress: impl FnMut(i64, i64) + Send) -> Result<String, String> {
    let args: ImportArgs = serde_json::from_str(args).map_err(|e| e.to_string())?;
    // A node does one job at a time, so its name is free again as soon as it is back.
    import_discourse(&node.house, &args, Some(format!("{} jobs", node.name)), progress)
}

/// Runs one job that was taken.
fn run(node: &Node, job: &Job) -> Result<String, String> {
    let id = job.id;
    let db = node.house.db.clone();
    let mut last = std::time::Instant::now();
    let note = move |done: i64, total: i64| {
        if last.elapsed() >= std::time::Duration::from_millis(500) {
            last = std::time::Instant::now();
            if let Err(error) = jobs::progress(&db, id, done, total, String::new()) {
                tracing::warn!(%error, "a job's progress could not be noted");
            }
        }
    };
    match job.kind.as_str() {
        "rebuild_heat" => {
            rebuild_heat(&node.house.db, note).map(|n| format!("{n} threads")).map_err(|e| e.to_string())
        }
        "rebuild_points" => {
            rebuild_points(&node.house.db, note).map(|n| format!("{n} members")).map_err(|e| e.to_string())
        }
        "reindex" => reindex(node, note).map(|n| format!("{n} posts")),
        "import" => import(node, &job.args, note),
        "recount" => recount(&node.house.db).map(|()| String::new()).map_err(|e| e.to_string()),
        other => Err(format!("this release knows no job {other}")),
    }
}

/// Takes the next waiting job and runs it to its end.
pub fn take_up(node: &Node) -> Result<(), String> {
    let now = node.house.clock.now();
    let waiting = node
        .house
        .db
        .read_now(|c| jobs::has_waiting(c, &node.name).map_err(DbError::from))
        .map_err(|e: DbError| e.to_string())?;
    if !waiting {
        return Ok(());
    }
    let name = node.name.clone();
    let taken = node.house.db.write_now(move |c| jobs::take(c, &name, now).map_err(DbError::from));
    let Some(job) = taken.map_err(|e| e.to_string())? else { return Ok(()) };
    tracing::info!(id = job.id, kind = job.kind, "a job begins");
    let outcome = run(node, &job);
    if let Err(error) = &outcome {
        tracing::error!(id = job.id, kind = job.kind, error, "a job failed");
    }
    jobs::finish(&node.house.db, job.id, outcome, node.house.clock.now()).map_err(|e| e.to_string())
}
