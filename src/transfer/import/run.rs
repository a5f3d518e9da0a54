//! One run: reads, makes ready and hands over to the thread that writes.

use std::collections::HashMap;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::ScopedJoinHandle;

use super::batch::{self, Known, Ready};
use super::{Error, Options, Progress, Stage, Summary, finish, map, people};
use crate::base::ids::MemberId;
use crate::base::time::UtcTime;
use crate::infra::house::House;
use crate::people::accounts;
use crate::transfer::addresses::Kind;
use crate::transfer::records::{CategoryRecord, ForeignId, MemberRecord, Record, ThreadRecord};

/// Posts that are made ready and written together.
const BATCH_POSTS: usize = 200;

/// Takes everything `reader` gives into the database of `house`. `source` names the community: the same name
/// means the same one. Blocks; call it from a thread that may.
pub fn run(
    house: &House,
    source: &str,
    reader: &mut dyn Iterator<Item = Record>,
    options: &Options,
    progress: &dyn Progress,
) -> Result<Summary, Error> {
    let mut run = Run::start(house, source, options)?;
    let ended = std::thread::scope(|scope| {
        let (send, receive) = sync_channel::<Batch>(1);
        let writer = scope.spawn(|| write_all(house, source, options, receive, progress));
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
        finish::run(house, source, &run.renamed, ended, progress, &mut run.summary)?;
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
) -> Result<Summary, Error> {
    let mut sum = Summary::default();
    while let Ok(Batch { threads, seen }) = batches.recv() {
        if !threads.is_empty() {
            let (cx, source) = (house.clone(), source.to_owned());
            sum.add(&house.db.write_now(move |conn| batch::write(conn, &cx, &source, &threads))?);
        }
        progress.step(Stage::Threads, seen, options.total);
    }
    Ok(sum)
}

impl Summary {
    fn add(&mut self, more: &Self) {
        self.threads += more.threads;
        self.posts += more.posts;
        self.likes += more.likes;
    }
}

struct Run<'a> {
    house: &'a House,
    source: &'a str,
    options: Options,
    known: Known,
    threads: HashMap<String, i64>,
    categories: Vec<CategoryRecord>,
    members: Vec<MemberRecord>,
    waiting: Vec<ThreadRecord>,
    /// When each member was first seen to write.
    first_seen: HashMap<ForeignId, UtcTime>,
    /// Handles of the source that are others here.
    renamed: HashMap<String, String>,
    seen: u64,
    accepted: u64,
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
        let (categories, members, threads) = house.db.read_now(|conn| {
            let of = |conn: &mut _, kind| map::load(conn, source, kind).map_err(Error::from);
            Ok::<_, Error>((of(conn, Kind::Category)?, of(conn, Kind::Member)?, of(conn, Kind::Thread)?))
        })?;
        Ok(Self {
            house,
            source,
            options: *options,
            known: Known { keep, categories, members },
            threads,
            categories: Vec::new(),
            members: Vec::new(),
            waiting: Vec::new(),
            first_seen: HashMap::new(),
            renamed: HashMap::new(),
            seen: 0,
            accepted: 0,
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
                    if self.options.limit.is_some_and(|limit| self.accepted >= limit) {
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
        if self.threads.contains_key(&thread.id.0) {
            self.summary.known_threads += 1;
            return;
        }
        // A source that gives a thread twice gives it once.
        self.threads.insert(thread.id.0.clone(), 0);
        self.accepted += 1;
        self.waiting.push(thread);
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
            for record in &waiting {
                match batch::ready(conn, house, known, record)? {
                    Some(ready) => threads.push(ready),
                    None => problems.push(format!("thread {}: no post that can be taken in", record.id)),
                }
            }
            Ok::<_, Error>(threads)
        })?;
        self.summary.problems.append(&mut problems);
        send.send(Batch { threads, seen: self.seen }).map_err(|_| Error::Writer)
    }

    /// Stand-ins for authors and categories that the source does not have.
    fn want_stand_ins(&mut self, waiting: &[ThreadRecord]) {
        let coming: std::collections::HashSet<String> = self.members.iter().map(|m| m.id.0.clone()).collect();
        let filed: Vec<String> = self.categories.iter().map(|c| c.id.0.clone()).collect();
        let lost = |author: &Option<ForeignId>| {
            !author.as_ref().is_some_and(|a| self.known.members.contains_key(&a.0) || coming.contains(&a.0))
        };
        let orphans = waiting.iter().flat_map(|t| &t.posts).filter(|p| lost(&p.author)).count();
        let need_gone = orphans > 0 || waiting.iter().any(|t| lost(&t.author));
        self.summary.orphans += orphans as u64;
        let mut shelves = Vec::new();
        for thread in waiting {
            if thread.category.as_ref().is_some_and(|c| filed.contains(&c.0)) {
                continue;
            }
            let shelf = self.known.shelf(thread);
            if shelf == people::NOWHERE || shelf == people::UNKNOWN {
                self.summary.unfiled += 1;
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
    fn count_only_if_dry(&mut self, waiting: &[ThreadRecord]) {
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
        for thread in waiting {
            self.summary.threads += 1;
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
