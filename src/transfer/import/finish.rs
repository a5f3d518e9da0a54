//! The second pass: once everything is here, links between threads get the new addresses and mentions their
//! members. Goes by what is marked unfinished in the database, so that it can be stopped and go on.

use std::cell::RefCell;
use std::collections::{BTreeSet, HashMap, HashSet};

use super::run::prove;
use super::{Error, Progress, Stage, Summary, map};
use crate::base::fold::fold;
use crate::base::ids::{PostId, ThreadId};
use crate::content::categories::{self, Readable};
use crate::content::markup;
use crate::content::posts::{self, Body, Post, Prepared, bulk};
use crate::content::threads::{self, State};
use crate::infra::activity::lease::Lease;
use crate::infra::db::Conn;
use crate::infra::house::House;
use crate::transfer::addresses::Kind;
use crate::transfer::links::{ForeignLink, rewrite_links};
use crate::web::urls;

/// Posts finished in one transaction.
const BATCH: i64 = 200;

/// How a run came to this pass.
pub(super) struct Ending<'a> {
    /// Handles of the source that are others here.
    pub renamed: &'a HashMap<String, String>,
    /// The source was read to its end.
    pub ended: bool,
    /// The old forum's address.
    pub home: Option<&'a str>,
    /// The lease on the source.
    pub lease: Option<&'a Lease>,
}

struct Finish<'a> {
    house: &'a House,
    lease: Option<&'a Lease>,
    threads: HashMap<String, i64>,
    mine: HashSet<i64>,
    renamed: HashMap<String, String>,
    /// Everything is here: what cannot be found now never will.
    ended: bool,
    home: Option<&'a str>,
}

/// Finishes the posts of `source`. Unless the source was read to its end, posts with links to threads that
/// are not here are left for the next run.
pub(super) fn run(
    house: &House,
    source: &str,
    ending: &Ending<'_>,
    progress: &dyn Progress,
    summary: &mut Summary,
) -> Result<(), Error> {
    let any = house.db.read_now(|conn| bulk::unfinished(conn, PostId(i64::MIN), 1).map_err(Error::from))?;
    if any.is_empty() {
        return Ok(());
    }
    let (threads, mine) = house.db.read_now(|conn| {
        let threads = map::load(conn, source, Kind::Thread)?;
        Ok::<_, Error>((threads, map::load(conn, source, Kind::Post)?.into_values().collect()))
    })?;
    let renamed = ending.renamed.iter().map(|(old, new)| (fold(old), new.clone())).collect();
    let finish =
        Finish { house, lease: ending.lease, threads, mine, renamed, ended: ending.ended, home: ending.home };
    let mut after = PostId(i64::MIN);
    loop {
        let (last, done, left) = finish.batch(after)?;
        let Some(last) = last else { return Ok(()) };
        after = last;
        summary.finished += done;
        summary.unfinished += left;
        progress.step(Stage::Links, summary.finished, None);
    }
}

impl Finish<'_> {
    /// Finishes the next posts; returns the last one looked at, how many were finished and how many left.
    fn batch(&self, after: PostId) -> Result<(Option<PostId>, u64, u64), Error> {
        let mut left = 0;
        let (last, ready) = self.house.db.read_now(|conn| {
            let rows = bulk::unfinished(conn, after, BATCH)?;
            let public = categories::service::public(conn)?;
            let mut ready = Vec::with_capacity(rows.len());
            for post in rows.iter().filter(|post| self.mine.contains(&post.id.0)) {
                match self.text(conn, &public, post)? {
                    Some(text) => ready.push((post.id, post.thread_id, text)),
                    None => left += 1,
                }
            }
            Ok::<_, Error>((rows.last().map(|post| post.id), ready))
        })?;
        let done = ready.len() as u64;
        if done > 0 {
            let (cx, lease) = (self.house.clone(), self.lease.cloned());
            self.house.db.write_now(move |conn| {
                prove(conn, lease.as_ref())?;
                write(conn, &cx, &ready)
            })?;
        }
        Ok((last, done, left))
    }

    fn text(&self, conn: &mut Conn, public: &Readable, post: &Post) -> Result<Option<Prepared>, Error> {
        let links = RefCell::new(Vec::new());
        rewrite_links(&post.body, &|link| {
            links.borrow_mut().push(link);
            None
        });
        let mut found: HashMap<ForeignLink, String> = HashMap::new();
        for link in links.into_inner() {
            let id = self.threads.get(&link.topic.to_string()).copied();
            if id.is_none() && !self.ended {
                return Ok(None);
            }
            found.insert(link, address(conn, public, link, id.map(ThreadId), self.home)?);
        }
        let body = rewrite_links(&post.body, &|link| found.get(&link).cloned());
        let body = self.rename(&body);
        Ok(Some(Prepared::new(conn, self.house, &Body::imported(&body))?))
    }

    /// Mentions of members who have another handle here.
    fn rename(&self, body: &str) -> String {
        let renamed = |name: &str| self.renamed.get(&fold(name));
        if !markup::mentions(body).iter().any(|name| renamed(name).is_some()) {
            return body.to_owned();
        }
        let mut out = String::with_capacity(body.len());
        for (place, part) in body.split('@').enumerate() {
            if place == 0 {
                out.push_str(part);
                continue;
            }
            out.push('@');
            let end = part
                .find(|c: char| !c.is_alphanumeric() && !matches!(c, '_' | '-' | '.'))
                .unwrap_or(part.len());
            let (run, rest) = part.split_at(end);
            let name = run.trim_end_matches(['.', '-', '_']);
            match renamed(run).map(|new| (new, run)).or_else(|| renamed(name).map(|new| (new, name))) {
                Some((new, old)) => {
                    out.push_str(new);
                    out.push_str(run.get(old.len()..).unwrap_or_default());
                }
                None => out.push_str(run),
            }
            out.push_str(rest);
        }
        out
    }
}

/// Where `link` leads now. Titles stand in addresses, so one that not everybody may read is named by its old
/// path, which leads on those who may. One that never came stays where it was, if that is known.
fn address(
    conn: &mut Conn,
    public: &Readable,
    link: ForeignLink,
    id: Option<ThreadId>,
    home: Option<&str>,
) -> Result<String, Error> {
    if let (None, Some(home)) = (id, home) {
        return Ok(match link.post_number {
            Some(number) => format!("{home}/t/{}/{number}", link.topic),
            None => format!("{home}/t/{}", link.topic),
        });
    }
    let thread = match id {
        Some(id) => threads::store::find(conn, id)?,
        None => None,
    };
    let open = thread.filter(|t| t.state() == State::Listed && public.has(t.category_id));
    let Some(thread) = open else {
        return Ok(match link.post_number {
            Some(number) => format!("/t/-/{}/{number}", link.topic),
            None => format!("/t/-/{}", link.topic),
        });
    };
    let Some(number) = link.post_number.and_then(|n| i32::try_from(n).ok()).filter(|n| *n > 1) else {
        return Ok(thread.url(1));
    };
    Ok(match posts::store::at(conn, thread.id, number)? {
        Some(post) => urls::post_in_thread(thread.id, &thread.slug, number, post.id),
        None => thread.url(urls::page_of(number)),
    })
}

fn write(conn: &mut Conn, house: &House, ready: &[(PostId, ThreadId, Prepared)]) -> Result<(), Error> {
    let mut touched = BTreeSet::new();
    for (id, thread, text) in ready {
        if bulk::finish(conn, *id, text)? == 1 {
            touched.insert(*thread);
        }
    }
    let touched: Vec<ThreadId> = touched.into_iter().collect();
    Ok(bulk::finished(conn, house, &touched)?)
}
