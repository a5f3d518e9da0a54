//! The sources that a batch of activities touches, worked on in memory and written back in a few statements.
//!
//! A source stands while it is held up by itself (its post, like or acceptance is there) and its post and thread
//! are. What it was granted is decided once; every change of standing books an award or its reversal.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::model::{Draft, Link, SourceRow};
use super::{Error, service, store};
use crate::base::ids::{MemberId, PostId, ThreadId};
use crate::base::time::{UtcTime, Zone};
use crate::engage::rules::{self, Kind, Rules};
use crate::infra::db::Conn;

/// Names a source: kind, subject, giver.
pub type Key = (Kind, i64, i64);

/// When something happened, and when that was written down.
#[derive(Debug, Clone, Copy)]
pub struct Moment {
    /// Happened.
    pub at: UtcTime,
    /// Written down.
    pub recorded: UtcTime,
}

/// A source at work.
#[derive(Debug, Clone, Copy)]
struct Source {
    key: Key,
    account: MemberId,
    thread: ThreadId,
    day: i64,
    holds: i64,
    standing: bool,
    amount: i64,
    generation: i64,
    entry: Option<Link>,
    changed: bool,
}

impl Source {
    fn stored(row: SourceRow) -> Option<Self> {
        Some(Self {
            key: (Kind::from_code(row.kind)?, row.subject, row.giver),
            account: row.account,
            thread: row.thread_id,
            day: row.day,
            holds: row.holds,
            standing: row.standing,
            amount: row.amount,
            generation: row.generation,
            entry: row.entry_id.map(Link::Stored),
            changed: false,
        })
    }

    fn fresh(key: Key, account: MemberId, thread: ThreadId, day: i64) -> Self {
        Self {
            key,
            account,
            thread,
            day,
            holds: 0,
            standing: false,
            amount: 0,
            generation: 0,
            entry: None,
            changed: true,
        }
    }

    /// True for posts: they carry other sources, and count towards the day.
    fn is_post(&self) -> bool {
        matches!(self.key.0, Kind::Thread | Kind::Reply)
    }
}

/// What a batch needs to know before it begins.
#[derive(Debug, Default)]
pub struct Needs {
    /// Posts that are told of.
    pub posts: BTreeSet<i64>,
    /// Threads that are told of.
    pub threads: BTreeSet<i64>,
    /// Who gave or took likes.
    pub givers: BTreeSet<i64>,
    /// Posts that fall or rise with all that is on them.
    pub moving_posts: BTreeSet<i64>,
    /// Threads that fall or rise with all that is in them.
    pub moving_threads: BTreeSet<i64>,
    /// Days on which posts may be new: (day, member).
    pub days: BTreeSet<(i64, i64)>,
    /// Caps that may be used.
    pub caps: BTreeSet<(MemberId, i16, i64)>,
}

impl Needs {
    fn condition(&self) -> String {
        let (posts, threads) = (store::list(&self.posts), store::list(&self.threads));
        let (givers, thread, like) = (store::list(&self.givers), Kind::Thread.code(), Kind::Like.code());
        let mut any = vec![
            format!(
                "(kind IN ({thread},{},{}) AND subject IN ({posts}))",
                Kind::Reply.code(),
                Kind::Accepted.code()
            ),
            format!("(kind = {thread} AND thread_id IN ({threads}))"),
        ];
        if !self.givers.is_empty() {
            any.push(format!("(kind = {like} AND subject IN ({posts}) AND giver IN ({givers}))"));
        }
        if !self.moving_posts.is_empty() {
            any.push(format!("(kind = {like} AND subject IN ({}))", store::list(&self.moving_posts)));
        }
        if !self.moving_threads.is_empty() {
            any.push(format!("thread_id IN ({})", store::list(&self.moving_threads)));
        }
        any.join(" OR ")
    }
}

/// The working set.
pub struct Book {
    rules: Rules,
    zone: Zone,
    sources: Vec<Source>,
    places: HashMap<Key, usize>,
    threads: HashMap<ThreadId, usize>,
    in_thread: HashMap<ThreadId, Vec<usize>>,
    on_post: HashMap<i64, Vec<usize>>,
    used: BTreeMap<(MemberId, i16, i64), (i64, bool)>,
    drafts: Vec<Draft>,
}

impl Book {
    /// Reads, and locks, what `needs` names. Days are those of `zone`.
    pub fn load(conn: &mut Conn, needs: &Needs, zone: Zone) -> Result<Self, Error> {
        let caps: Vec<_> = needs.caps.iter().copied().collect();
        let used = store::used(conn, &caps)?;
        let mut book = Self {
            rules: rules::load(conn)?,
            zone,
            sources: Vec::new(),
            places: HashMap::new(),
            threads: HashMap::new(),
            in_thread: HashMap::new(),
            on_post: HashMap::new(),
            used: used.into_iter().map(|u| ((u.account, u.kind, u.day), (u.used, false))).collect(),
            drafts: Vec::new(),
        };
        for row in store::lock_sources(conn, &needs.condition())? {
            book.add(Source::stored(row));
        }
        let moves = |s: &&Source| {
            s.is_post()
                && (needs.moving_posts.contains(&s.key.1) || needs.moving_threads.contains(&s.thread.0))
        };
        let mut days = needs.days.clone();
        days.extend(book.sources.iter().filter(moves).map(|s| (s.day, s.account.0)));
        let days: Vec<_> = days.into_iter().collect();
        for row in store::lock_days(conn, &days)? {
            book.add(Source::stored(row));
        }
        Ok(book)
    }

    fn add(&mut self, source: Option<Source>) -> Option<usize> {
        let source = source?;
        let place = self.sources.len();
        self.places.insert(source.key, place);
        match source.key.0 {
            Kind::Thread => {
                self.threads.insert(source.thread, place);
            }
            Kind::Like | Kind::Accepted => self.on_post.entry(source.key.1).or_default().push(place),
            _ => {}
        }
        if source.key.0 != Kind::FirstOfDay {
            self.in_thread.entry(source.thread).or_default().push(place);
        }
        self.sources.push(source);
        Some(place)
    }

    fn get(&self, place: usize) -> Option<&Source> {
        self.sources.get(place)
    }

    fn post(&self, post: i64) -> Option<usize> {
        [Kind::Thread, Kind::Reply].iter().find_map(|kind| self.places.get(&(*kind, post, 0)).copied())
    }

    /// Who opened `thread`.
    pub fn opener(&self, thread: ThreadId) -> Option<MemberId> {
        self.threads.get(&thread).and_then(|place| self.get(*place)).map(|s| s.account)
    }

    /// True when `post` is known.
    pub fn knows(&self, post: PostId) -> bool {
        self.post(post.0).is_some()
    }

    /// Grants points under the cap of the day, which is used up for good.
    fn grant(&mut self, account: MemberId, kind: Kind, day: i64, n: i64) -> i64 {
        let used = self.used.entry((account, kind.code(), day)).or_default();
        let granted = self.rules.grant(kind, n, used.0);
        if kind.capped() && granted > 0 {
            *used = (used.0.saturating_add(granted), true);
        }
        granted
    }

    /// A post, like or acceptance that is there now: `n` of it. One that is there already changes nothing.
    pub fn raise(
        &mut self,
        key: Key,
        account: MemberId,
        thread: ThreadId,
        n: i64,
        now: Moment,
    ) -> Result<(), Error> {
        let day = self.zone.day(now.at);
        let known = self.places.get(&key).copied();
        let Some(place) = known.or_else(|| self.add(Some(Source::fresh(key, account, thread, day)))) else {
            return Ok(());
        };
        if self.get(place).is_some_and(|s| s.holds > 0) {
            return Ok(());
        }
        let amount = self.grant(account, key.0, day, n);
        if let Some(source) = self.sources.get_mut(place) {
            *source = Source { day, holds: 1, amount, changed: true, ..*source };
        }
        self.settle(place, now)
    }

    /// A like or an acceptance that is there no more.
    pub fn drop(&mut self, key: Key, now: Moment) -> Result<(), Error> {
        match self.places.get(&key).copied() {
            Some(place) => self.hold(place, false, now),
            None => Ok(()),
        }
    }

    fn hold(&mut self, place: usize, up: bool, now: Moment) -> Result<(), Error> {
        if let Some(source) = self.sources.get_mut(place) {
            let holds = i64::from(up);
            source.changed |= source.holds != holds;
            source.holds = holds;
        }
        self.settle(place, now)
    }

    /// A known reply falls or rises, and with it what is on it.
    pub fn move_post(&mut self, post: PostId, up: bool, now: Moment) -> Result<(), Error> {
        let Some(place) = self.post(post.0) else { return Ok(()) };
        self.hold(place, up, now)?;
        self.settle_all(self.on_post.get(&post.0).cloned().unwrap_or_default(), now)
    }

    /// A thread falls or rises, and with it what is in it.
    pub fn move_thread(&mut self, thread: ThreadId, up: bool, now: Moment) -> Result<(), Error> {
        let Some(place) = self.threads.get(&thread).copied() else { return Ok(()) };
        self.hold(place, up, now)?;
        self.settle_all(self.in_thread.get(&thread).cloned().unwrap_or_default(), now)
    }

    /// In the order of the keys, which does not depend on when the sources were read.
    fn settle_all(&mut self, mut places: Vec<usize>, now: Moment) -> Result<(), Error> {
        places.sort_by_key(|place| self.get(*place).map(|s| s.key));
        for place in places {
            self.settle(place, now)?;
        }
        Ok(())
    }

    /// What is not known is taken to stand: it was written before there were points.
    fn stands(&self, source: &Source) -> bool {
        let up = |place: Option<usize>| place.and_then(|p| self.get(p)).is_none_or(|s| s.holds > 0);
        let thread = || up(self.threads.get(&source.thread).copied());
        source.holds > 0
            && match source.key.0 {
                Kind::Reply => thread(),
                Kind::Like | Kind::Accepted => thread() && up(self.post(source.key.1)),
                _ => true,
            }
    }

    /// Books what follows when a source has begun to stand, or ceased to.
    fn settle(&mut self, place: usize, now: Moment) -> Result<(), Error> {
        let Some(source) = self.get(place).copied() else { return Ok(()) };
        let standing = self.stands(&source);
        if standing == source.standing {
            return Ok(());
        }
        let moved = Source { standing, changed: true, ..source };
        let booked = if standing { self.award(moved, now) } else { self.reverse(moved, now)? };
        if let Some(kept) = self.sources.get_mut(place) {
            *kept = booked;
        }
        if source.is_post() {
            self.count_day(&booked, now)?;
        }
        Ok(())
    }

    fn award(&mut self, source: Source, now: Moment) -> Source {
        if source.amount == 0 {
            return source;
        }
        let generation = source.generation + 1;
        let entry = Some(Link::Fresh(self.drafts.len()));
        self.drafts.push(draft(&source, generation, source.amount, None, now));
        Source { generation, entry, ..source }
    }

    fn reverse(&mut self, source: Source, now: Moment) -> Result<Source, Error> {
        if let Some(entry) = source.entry {
            let delta = source.amount.checked_neg().ok_or(Error::Overflow)?;
            self.drafts.push(draft(&source, source.generation, delta, Some(entry), now));
        }
        Ok(Source { entry: None, ..source })
    }

    /// A day has its first post while any post of it stands.
    fn count_day(&mut self, post: &Source, now: Moment) -> Result<(), Error> {
        let key = (Kind::FirstOfDay, post.day, post.account.0);
        let mut place = self.places.get(&key).copied();
        if place.is_none() {
            let amount = self.grant(post.account, Kind::FirstOfDay, post.day, 1);
            place =
                self.add(Some(Source { amount, ..Source::fresh(key, post.account, ThreadId(0), post.day) }));
        }
        let Some(place) = place else { return Ok(()) };
        if let Some(day) = self.sources.get_mut(place) {
            day.holds = (day.holds + if post.standing { 1 } else { -1 }).max(0);
            day.changed = true;
        }
        let before = self.drafts.len();
        self.settle(place, now)?;
        if let Some(written) = self.drafts.get_mut(before) {
            written.post = Some(PostId(post.key.1));
        }
        Ok(())
    }

    /// Writes entries, accounts, levels, sources and used caps.
    pub fn write(self, conn: &mut Conn) -> Result<(), Error> {
        let ids = service::book(conn, &self.drafts)?;
        let entry = |link: Link| match link {
            Link::Stored(id) => Some(id),
            Link::Fresh(place) => ids.get(place).copied(),
        };
        let rows: Vec<SourceRow> = self
            .sources
            .iter()
            .filter(|s| s.changed)
            .map(|s| SourceRow {
                kind: s.key.0.code(),
                subject: s.key.1,
                giver: s.key.2,
                account: s.account,
                thread_id: s.thread,
                day: s.day,
                holds: s.holds,
                standing: s.standing,
                amount: s.amount,
                generation: s.generation,
                entry_id: s.entry.and_then(entry),
            })
            .collect();
        store::save_sources(conn, &rows)?;
        let used: Vec<store::Used> = self
            .used
            .iter()
            .filter(|(_, (_, changed))| *changed)
            .map(|((account, kind, day), (used, _))| store::Used {
                account: *account,
                kind: *kind,
                day: *day,
                used: *used,
            })
            .collect();
        store::save_used(conn, &used)?;
        Ok(())
    }
}

fn draft(source: &Source, generation: i64, delta: i64, reverses: Option<Link>, now: Moment) -> Draft {
    let (kind, subject, giver) = source.key;
    Draft {
        account: source.account,
        kind,
        subject,
        // A day is the member's own.
        giver: if kind == Kind::FirstOfDay { 0 } else { giver },
        generation,
        delta,
        reverses,
        reason: String::new(),
        post: (kind != Kind::FirstOfDay).then_some(PostId(subject)),
        at: now.at,
        recorded: now.recorded,
    }
}
