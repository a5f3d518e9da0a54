//! One run: reads, makes ready and hands over to the thread that writes.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::thread::ScopedJoinHandle;
use std::time::Duration;

use super::batch::{self, Known, Ready};
use super::{Error, Options, Progress, Stage, Summary, finish, map, people};
use crate::base::ids::{MemberId, ThreadId};
use crate::base::time::UtcTime;
use crate::infra::activity::lease::{self, Lease};
use crate::infra::db::Conn;
use crate::infra::house::House;
use crate::people::accounts;
use crate::transfer::addresses::Kind;
use crate::transfer::records::{CategoryRecord, ForeignId, MemberRecord, Record, ThreadRecord};

/// Posts that are made ready and written together.
const BATCH_POSTS: usize = 200;
/// How often the lease is renewed while nothing is written.
const RENEW: Duration = Duration::from_secs(3);

/// Takes everything `reader` gives into the database of `house`. `source` names the community: the same name
/// means the same one. Blocks; call it from a thread that may.
pub fn run(
    house: &House,
    source: &str,
    reader: &mut dyn Iterator<Item = Record>,
    options: &Options,
    progress: &dyn Progress,
) -> Result<Summary, Error> {
    let held = if options.dry_run { None } else { Some(Held::take(house, source, options)?) };
    run_alone(house, source, reader, options, progress, held.as_ref().map(|held| &held.lease))
}

/// The lease on a source, let go with the value. Two runs at once would both bring what neither has seen the
/// other bring.
struct Held<'a> {
    house: &'a House,
    lease: Lease,
}

impl<'a> Held<'a> {
    fn take(house: &'a House, source: &str, options: &Options) -> Result<Self, Error> {
        let name = format!("import:{source}");
        let holder = options.holder.clone().unwrap_or_else(|| house.random.public_id());
        let taken =
            house.db.write_now(move |conn| lease::acquire(conn, &name, &holder).map_err(Error::from))?;
        let lease = taken.ok_or_else(|| Error::Running(source.to_owned()))?;
        Ok(Self { house, lease })
    }
}

impl Drop for Held<'_> {
    fn drop(&mut self) {
        let lease = self.lease.clone();
        let freed = self.house.db.write_now(move |conn| lease::release(conn, &lease).map_err(Error::from));
        if let Err(error) = freed {
            tracing::warn!(%error, "the lease of an import lapses by itself");
        }
    }
}

/// Proves inside a write that the source is still ours, and keeps it so.
pub(super) fn prove(conn: &mut Conn, lease: Option<&Lease>) -> Result<(), Error> {
    match lease {
        Some(lease) if !lease::advance(conn, lease, 0)? => Err(Error::Overtaken),
        _ => Ok(()),
    }
}

fn run_alone(
    house: &House,
    source: &str,
    reader: &mut dyn Iterator<Item = Record>,
    options: &Options,
    progress: &dyn Progress,
    lease: Option<&Lease>,
) -> Result<Summary, Error> {
    let mut run = Run::start(house, source, options)?;
    let ended = std::thread::scope(|scope| {
        let (send, receive) = sync_channel::<Batch>(1);
        let writer = scope.spawn(|| write_all(house, source, options, receive, progress, lease));
        let read = run.read(reader, &send);
        drop(send);
        let written = join(writer);
        // A failure of the writer is the cause when both fail.
        let written = written?;
        run.summary.add(&written);
        read
    })?;
    if !options.dry_run {
        run.settle_joined()?;
        let ending = finish::Ending { renamed: &run.renamed, ended, home: options.home.as_deref(), lease };
        finish::run(house, source, &ending, progress, &mut run.summary)?;
    }
    Ok(run.summary)
}

fn join(writer: ScopedJoinHandle<'_, Result<Summary, Error>>) -> Result<Summary, Error> {
    writer.join().unwrap_or(Err(Error::Writer))
}

/// Threads to write, and how many threads of the source that passes.
struct Batch {
    threads: Vec<Ready>,
    seen: u64,
}

fn write_all(
    house: &House,
    source: &str,
    options: &Options,
    batches: Receiver<Batch>,
    progress: &dyn Progress,
    lease: Option<&Lease>,
) -> Result<Summary, Error> {
    let mut sum = Summary::default();
    loop {
        let mine = lease.cloned();
        let Batch { threads, seen } = match batches.recv_timeout(RENEW) {
            Ok(batch) => batch,
            Err(RecvTimeoutError::Timeout) => {
                house.db.write_now(move |conn| prove(conn, mine.as_ref()))?;
                continue;
            }
            Err(RecvTimeoutError::Disconnected) => return Ok(sum),
        };
        if !threads.is_empty() {
            let (cx, source) = (house.clone(), source.to_owned());
            sum.add(&house.db.write_now(move |conn| {
                prove(conn, mine.as_ref())?;
                batch::write(conn, &cx, &source, &threads)
            })?);
        }
        progress.step(Stage::Threads, seen, options.total);
    }
}

impl Summary {
    fn add(&mut self, more: &Self) {
        self.threads += more.threads;
        self.posts += more.posts;
        self.likes += more.likes;
        self.grown_threads += more.grown_threads;
    }
}

struct Run<'a> {
    house: &'a House,
    source: &'a str,
    options: Options,
    known: Known,
    threads: HashMap<String, i64>,
    posts: HashMap<String, i64>,
    categories: Vec<CategoryRecord>,
    members: Vec<MemberRecord>,
    /// Threads to take in, and those that are here with the posts that came later.
    waiting: Vec<(Option<ThreadId>, ThreadRecord)>,
    /// When each member was first seen to write.
    first_seen: HashMap<ForeignId, UtcTime>,
    /// Handles of the source that are others here.
    renamed: HashMap<String, String>,
    seen: u64,
    summary: Summary,
}

impl<'a> Run<'a> {
    fn start(house: &'a House, source: &'a str, options: &Options) -> Result<Self, Error> {
        let name = source.to_owned();
        let keep = if options.dry_run {
            house.db.read_now(|conn| map::foresee(conn, &name).map_err(Error::from))?
        } else {
            house.db.write_now(move |conn| map::decide(conn, &name).map_err(Error::from))?
        };
        let load = |kind| house.db.read_now(|conn| map::load(conn, source, kind).map_err(Error::from));
        let (categories, members) = (load(Kind::Category)?, load(Kind::Member)?);
        let (threads, posts) = (load(Kind::Thread)?, load(Kind::Post)?);
        Ok(Self {
            house,
            source,
            options: options.clone(),
            known: Known { keep, categories, members },
            threads,
            posts,
            categories: Vec::new(),
            members: Vec::new(),
            waiting: Vec::new(),
            first_seen: HashMap::new(),
            renamed: HashMap::new(),
            seen: 0,
            summary: Summary { kept_ids: keep.threads, ..Summary::default() },
        })
    }

    /// True when the source was read to its end.
    fn read(
        &mut self,
        reader: &mut dyn Iterator<Item = Record>,
        send: &SyncSender<Batch>,
    ) -> Result<bool, Error> {
        let mut posts = 0;
        for record in reader {
            match record {
                Record::Category(category) => self.category(category),
                Record::Member(member) => self.member(member)?,
                Record::Thread(thread) => {
                    if self.options.limit.is_some_and(|limit| self.seen >= limit) {
                        self.summary.limited = true;
                        self.hand_over(send)?;
                        return Ok(false);
                    }
                    posts += thread.posts.len();
                    self.thread(thread);
                    if posts >= BATCH_POSTS {
                        posts = 0;
                        self.hand_over(send)?;
                    }
                }
            }
        }
        self.hand_over(send)?;
        Ok(true)
    }

    fn category(&mut self, category: CategoryRecord) {
        if !self.known.categories.contains_key(&category.id.0) {
            self.categories.push(category);
        }
    }

    fn member(&mut self, member: MemberRecord) -> Result<(), Error> {
        let Some(id) = self.known.members.get(&member.id.0).copied() else {
            self.members.push(member);
            return Ok(());
        };
        let here =
            self.house.db.read_now(|conn| accounts::store::find(conn, MemberId(id)).map_err(Error::from))?;
        if let Some(here) = here.filter(|here| here.handle != member.handle) {
            self.renamed.insert(member.handle, here.handle);
        }
        Ok(())
    }

    fn thread(&mut self, thread: ThreadRecord) {
        self.seen += 1;
        for post in &thread.posts {
            let Some(author) = &post.author else { continue };
            let first = self.first_seen.entry(author.clone()).or_insert(post.created_at);
            *first = post.created_at.min(*first);
        }
        let here = self.threads.get(&thread.id.0).copied();
        if here.is_some() {
            self.summary.known_threads += 1;
        } else {
            self.threads.insert(thread.id.0.clone(), 0);
        }
        // A source that gives a thread twice gives it once.
        if here != Some(0) {
            self.sift(here.map(ThreadId), thread);
        }
    }

    /// Leaves the posts of `thread` that are here where they are, and lets the others wait to be written.
    fn sift(&mut self, here: Option<ThreadId>, mut thread: ThreadRecord) {
        thread.posts.sort_by_key(|post| post.number);
        thread.posts.dedup_by_key(|post| post.number);
        let id = thread.id.clone();
        thread.posts.retain(|post| match self.posts.entry(post.id.0.clone()) {
            Entry::Occupied(known) => {
                if here.is_none() {
                    let place = match known.get() {
                        0 => "came with another thread".to_owned(),
                        local => format!("is here already, as /p/{local},"),
                    };
                    self.summary.moved_posts += 1;
                    self.summary.problems.push(format!(
                        "thread {id}, post {} (number {}): {place} and stays there",
                        post.id, post.number
                    ));
                }
                false
            }
            Entry::Vacant(new) => {
                new.insert(0);
                true
            }
        });
        if here.is_none() || !thread.posts.is_empty() {
            self.waiting.push((here, thread));
        }
    }

    fn hand_over(&mut self, send: &SyncSender<Batch>) -> Result<(), Error> {
        let waiting = std::mem::take(&mut self.waiting);
        self.want_stand_ins(&waiting);
        self.count_only_if_dry(&waiting);
        if self.options.dry_run {
            return send.send(Batch { threads: Vec::new(), seen: self.seen }).map_err(|_| Error::Writer);
        }
        self.file_categories()?;
        self.join_members()?;
        let (house, known) = (self.house, &self.known);
        let mut problems = Vec::new();
        let threads = house.db.read_now(|conn| {
            let mut threads = Vec::with_capacity(waiting.len());
            for (here, record) in &waiting {
                match batch::ready(conn, house, known, *here, record)? {
                    Some(ready) => threads.push(ready),
                    None if here.is_some() => {}
                    None => problems.push(format!("thread {}: no post that can be taken in", record.id)),
                }
            }
            Ok::<_, Error>(threads)
        })?;
        self.summary.problems.append(&mut problems);
        send.send(Batch { threads, seen: self.seen }).map_err(|_| Error::Writer)
    }

    /// Stand-ins for authors and categories that the source does not have.
    fn want_stand_ins(&mut self, waiting: &[(Option<ThreadId>, ThreadRecord)]) {
        let coming: std::collections::HashSet<String> = self.members.iter().map(|m| m.id.0.clone()).collect();
        let filed: Vec<String> = self.categories.iter().map(|c| c.id.0.clone()).collect();
        let lost = |author: &Option<ForeignId>| {
            !author.as_ref().is_some_and(|a| self.known.members.contains_key(&a.0) || coming.contains(&a.0))
        };
        let orphans = waiting.iter().flat_map(|(_, t)| &t.posts).filter(|p| lost(&p.author)).count();
        let need_gone = orphans > 0 || waiting.iter().any(|(_, t)| lost(&t.author));
        self.summary.orphans += orphans as u64;
        let mut shelves = Vec::new();
        for (_, thread) in waiting.iter().filter(|(here, _)| here.is_none()) {
            if thread.category.as_ref().is_some_and(|c| filed.contains(&c.0)) {
                continue;
            }
            let shelf = self.known.shelf(thread);
            if shelf == people::NOWHERE || shelf == people::UNKNOWN {
                self.summary.unfiled += 1;
                self.summary.shelved += u64::from(shelf == people::UNKNOWN);
                shelves.push(shelf.to_owned());
            }
        }
        if need_gone && !self.known.members.contains_key(people::GONE) {
            self.members.push(people::gone());
        }
        shelves.sort_unstable();
        shelves.dedup();
        for shelf in shelves {
            if !self.known.categories.contains_key(&shelf) {
                self.categories.push(people::shelf(&shelf));
            }
        }
    }

    /// A dry run pretends that everything was written.
    fn count_only_if_dry(&mut self, waiting: &[(Option<ThreadId>, ThreadRecord)]) {
        if !self.options.dry_run {
            return;
        }
        for category in std::mem::take(&mut self.categories) {
            self.summary.categories += 1;
            self.known.categories.insert(category.id.0, 0);
        }
        for member in std::mem::take(&mut self.members) {
            self.summary.members += 1;
            self.known.members.insert(member.id.0, 0);
        }
        for (here, thread) in waiting {
            match here {
                Some(_) => self.summary.grown_threads += 1,
                None => self.summary.threads += 1,
            }
            self.summary.posts += thread.posts.len() as u64;
            self.summary.likes += thread.posts.iter().map(|p| u64::from(p.likes)).sum::<u64>();
        }
    }

    fn file_categories(&mut self) -> Result<(), Error> {
        let mut wanted = parents_first(std::mem::take(&mut self.categories));
        // Stand-ins come last, so that they take no id which a category of the source keeps.
        wanted.sort_by_key(|category| category.id.0.starts_with('~'));
        if wanted.is_empty() {
            return Ok(());
        }
        self.summary.categories += wanted.len() as u64;
        let (cx, source, keep) = (self.house.clone(), self.source.to_owned(), self.known.keep.categories);
        let known = self.known.categories.clone();
        let made =
            self.house.db.write_now(move |conn| people::file(conn, &cx, &source, keep, &wanted, &known))?;
        self.known.categories.extend(made);
        Ok(())
    }

    fn join_members(&mut self) -> Result<(), Error> {
        let now = self.house.clock.now();
        let mut wanted: Vec<(MemberRecord, UtcTime)> = Vec::new();
        for member in std::mem::take(&mut self.members) {
            let at =
                member.joined_at.or_else(|| self.first_seen.get(&member.id).copied()).unwrap_or(now).min(now);
            if !wanted.iter().any(|(m, _)| m.id == member.id) {
                wanted.push((member, at));
            }
        }
        if wanted.is_empty() {
            return Ok(());
        }
        let (cx, source) = (self.house.clone(), self.source.to_owned());
        let names: HashMap<String, String> =
            wanted.iter().map(|(m, _)| (m.id.0.clone(), m.handle.clone())).collect();
        let joined = self.house.db.write_now(move |conn| people::join(conn, &cx, &source, &wanted))?;
        for (foreign, id, handle) in joined {
            self.summary.members += 1;
            if let Some(old) = names.get(&foreign).filter(|old| **old != handle) {
                self.summary.renamed += 1;
                self.renamed.insert(old.clone(), handle);
            }
            self.known.members.insert(foreign, id.0);
        }
        Ok(())
    }

    /// Members are met in no order of time: they joined no later than their first post says.
    fn settle_joined(&self) -> Result<(), Error> {
        let now = self.house.clock.now();
        let seen: Vec<(MemberId, UtcTime)> = self
            .first_seen
            .iter()
            .filter_map(|(foreign, at)| {
                Some((MemberId(*self.known.members.get(&foreign.0)?), (*at).min(now)))
            })
            .collect();
        self.house.db.write_now(move |conn| {
            for (id, at) in &seen {
                accounts::store::joined_by(conn, *id, *at)?;
            }
            Ok(())
        })
    }
}

/// The same categories, each after its parent.
fn parents_first(mut left: Vec<CategoryRecord>) -> Vec<CategoryRecord> {
    let mut ordered: Vec<CategoryRecord> = Vec::with_capacity(left.len());
    while !left.is_empty() {
        let blocked: Vec<ForeignId> = left.iter().map(|c| c.id.clone()).collect();
        let (later, now): (Vec<_>, Vec<_>) = left
            .into_iter()
            .partition(|c| c.parent.as_ref().is_some_and(|p| *p != c.id && blocked.contains(p)));
        if now.is_empty() {
            // A circle: nobody is above anybody.
            ordered.extend(later);
            break;
        }
        ordered.extend(now);
        left = later;
    }
    ordered
}
