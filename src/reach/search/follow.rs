//! Keeping the index true to the database: following the log, and building anew while serving.
//!
//! The index is derived: what a post is now is read from the tables, the log only says where to look.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use crate::base::actor::Role;
use crate::base::ids::{CategoryId, MemberId, PostId, ThreadId};
use crate::base::time::UtcTime;
use crate::content::categories::model::path;
use crate::content::categories::{self, Readable};
use crate::content::markup::prose_and_code;
use crate::content::posts::{self, Post};
use crate::content::threads::{self, State, Thread, ThreadKind};
use crate::content::{curation, tags};
use crate::infra::activity::{self, Activity, Verb};
use crate::infra::db::{Conn, Db, DbError};
use crate::people::accounts;

use super::index::{Batch, Head, IndexError, PostDocument, Progress, SearchIndex};
use super::query::{Has, Mark};

/// Activities taken in at once.
const ACTIVITIES: i64 = 500;
/// Posts of a thread read at once.
const POSTS: i64 = 200;
/// Threads whose heat is compared, and refreshed, at once.
const HEATS: i64 = 2_000;
const REFRESHED: usize = 500;
/// Difference of logarithmic heat (base 2) that is worth a change: 7 % of the present heat.
const DRIFT: f64 = 0.1;
/// Threads read at once by a rebuild.
const THREADS: i64 = 50;

/// Why the index could not follow.
#[derive(Debug, thiserror::Error)]
pub enum FollowError {
    /// The database failed.
    #[error(transparent)]
    Db(#[from] DbError),
    /// The index failed.
    #[error(transparent)]
    Index(#[from] IndexError),
    /// Building was given up, because the process ends.
    #[error("building the search index was given up")]
    GivenUp,
}

impl From<diesel::result::Error> for FollowError {
    fn from(error: diesel::result::Error) -> Self {
        Self::Db(error.into())
    }
}

/// What a batch of activities touches.
#[derive(Debug, Default)]
pub(super) struct Touched {
    pub(super) posts: BTreeSet<PostId>,
    heads: BTreeSet<ThreadId>,
    threads: BTreeSet<ThreadId>,
    pub(super) categories: BTreeSet<CategoryId>,
    authors: BTreeSet<MemberId>,
}

impl Touched {
    /// Whether a post, or all of its thread, is touched.
    pub(super) fn reaches(&self, post: PostId, thread: ThreadId) -> bool {
        self.posts.contains(&post) || self.threads.contains(&thread)
    }

    /// Whether what is known of a thread besides its posts is touched.
    pub(super) fn reaches_title(&self, thread: ThreadId) -> bool {
        self.heads.contains(&thread) || self.threads.contains(&thread)
    }

    pub(super) fn by(activities: &[Activity]) -> Self {
        let mut touched = Self::default();
        for a in activities {
            match a.verb {
                Some(
                    Verb::PostCreated
                    | Verb::PostEdited
                    | Verb::PostDeleted
                    | Verb::PostRestored
                    | Verb::PostLiked
                    | Verb::PostUnliked
                    | Verb::AnswerAccepted
                    | Verb::AnswerUnaccepted,
                ) => {
                    touched.posts.extend(a.post);
                    touched.heads.extend(a.thread);
                }
                Some(
                    Verb::ThreadPinned | Verb::ThreadUnpinned | Verb::ThreadFeatured | Verb::ThreadUnfeatured,
                ) => {
                    touched.heads.extend(a.thread);
                }
                Some(
                    Verb::ThreadCreated | Verb::ThreadChanged | Verb::ThreadDeleted | Verb::ThreadRestored,
                ) => touched.threads.extend(a.thread),
                Some(Verb::MemberChanged) if a.payload.get("role").is_some() => {
                    touched.authors.extend(a.member);
                }
                Some(Verb::CategoryChanged) => touched.categories.extend(a.category),
                _ => {}
            }
        }
        touched
    }
}

/// Takes in the next activities; returns how many. 0: up to date.
pub fn step(db: &Db, index: &SearchIndex) -> Result<usize, FollowError> {
    let from = index.cursor();
    let activities = db.read_now(|c| activity::after(c, from, ACTIVITIES).map_err(FollowError::from))?;
    let Some(to) = activities.last().map(|a| a.seq) else { return Ok(0) };
    let touched = Touched::by(&activities);
    for category in &touched.categories {
        refile(db, index, *category, from)?;
    }
    for author in &touched.authors {
        sign_anew(db, index, *author, from)?;
    }
    let batch = db.read_now(move |c| gather(c, &touched))?;
    index.apply(&batch, from, to)?;
    Ok(activities.len())
}

fn gather(conn: &mut Conn, touched: &Touched) -> Result<Batch, FollowError> {
    let mut scribe = Scribe::new(conn)?;
    let mut batch = Batch::default();
    let mut put: HashMap<PostId, PostDocument> = HashMap::new();
    let ids: Vec<PostId> = touched.posts.iter().copied().collect();
    let found = posts::store::find_many(conn, &ids)?;
    for id in ids {
        match found.iter().find(|p| p.id == id) {
            Some(post) if !touched.threads.contains(&post.thread_id) => match scribe.document(conn, post)? {
                Some(document) => {
                    put.insert(id, document);
                }
                None => batch.remove_posts.push(id),
            },
            Some(_) => {}
            None => batch.remove_posts.push(id),
        }
    }
    for id in touched.heads.iter().filter(|t| !touched.threads.contains(t)) {
        batch.heads.extend(scribe.head(conn, *id)?);
    }
    for id in &touched.threads {
        batch.remove_threads.push(*id);
        batch.heads.extend(scribe.head(conn, *id)?);
        for document in scribe.thread(conn, *id)? {
            put.insert(document.post, document);
        }
    }
    batch.put = put.into_values().collect();
    Ok(batch)
}

/// Puts every thread of a category, and of those below it, in or out of the public index anew.
fn refile(db: &Db, index: &SearchIndex, category: CategoryId, at: i64) -> Result<(), FollowError> {
    let filed = db.read_now(|conn| {
        let all = categories::store::all(conn)?;
        let below: Vec<CategoryId> =
            all.iter().map(|c| c.id).filter(|id| path(&all, *id).iter().any(|c| c.id == category)).collect();
        threads::store::ids_of_categories(conn, &below).map_err(FollowError::from)
    })?;
    for some in filed.chunks(usize::try_from(THREADS).unwrap_or(50)) {
        let touched = Touched { threads: some.iter().copied().collect(), ..Touched::default() };
        let batch = db.read_now(move |c| gather(c, &touched))?;
        index.apply(&batch, at, at)?;
    }
    Ok(())
}

/// Takes in the posts of an author anew, who may speak with another authority now.
fn sign_anew(db: &Db, index: &SearchIndex, author: MemberId, at: i64) -> Result<(), FollowError> {
    let written = db.read_now(move |c| posts::store::ids_by_author(c, author).map_err(FollowError::from))?;
    for some in written.chunks(usize::try_from(POSTS).unwrap_or(200)) {
        let touched = Touched { posts: some.iter().copied().collect(), ..Touched::default() };
        let batch = db.read_now(move |c| gather(c, &touched))?;
        index.apply(&batch, at, at)?;
    }
    Ok(())
}

/// Brings the heat that the index knows up to that of the tables where they have drifted apart: views warm a thread
/// without an activity. Returns how many threads that were. What happens meanwhile goes before: the rest waits for
/// the next time.
pub fn refresh_heat(db: &Db, index: &SearchIndex) -> Result<usize, FollowError> {
    let (mut after, mut done) = (ThreadId(0), 0);
    let mut heads = BTreeSet::new();
    loop {
        let rows =
            db.read_now(move |c| threads::store::heats_after(c, after, HEATS).map_err(FollowError::from))?;
        let last = rows.last().map(|(id, _)| *id);
        let drifted = |(id, heat): &(ThreadId, f64)| {
            index.heat(*id).is_some_and(|known| (f64::from(known) - heat).abs() > DRIFT)
        };
        heads.extend(rows.into_iter().filter(drifted).map(|(id, _)| id));
        if heads.len() >= REFRESHED || last.is_none() && !heads.is_empty() {
            let touched = Touched { heads: std::mem::take(&mut heads), ..Touched::default() };
            let (at, count) = (index.cursor(), touched.heads.len());
            let batch = db.read_now(move |c| gather(c, &touched))?;
            match index.apply(&batch, at, at) {
                Err(IndexError::CursorMoved { .. }) => {}
                applied => {
                    applied?;
                    done += count;
                }
            }
        }
        let Some(last) = last else { return Ok(done) };
        after = last;
    }
}

/// Builds the index anew from the tables while the old one serves. `progress` hears (threads done, in all) and says
/// whether to go on; otherwise what was built is thrown away.
pub fn rebuild(
    db: &Db,
    index: &SearchIndex,
    mut progress: impl FnMut(i64, i64) -> bool,
) -> Result<i64, FollowError> {
    let (head, total) = db.read_now(|conn| {
        Ok::<_, FollowError>((activity::head(conn)?, threads::store::count_listed(conn)?))
    })?;
    let rebuild = index.start_rebuild()?;
    rebuild.note(Progress { done: 0, total });
    let mut after = ThreadId(0);
    let (mut seen, mut posts) = (0, 0);
    loop {
        let (heads, documents, last, count) = db.read_now(move |conn| {
            let ids = threads::store::ids_after(conn, after, THREADS)?;
            let mut scribe = Scribe::new(conn)?;
            let (mut heads, mut documents) = (Vec::new(), Vec::new());
            for id in &ids {
                heads.extend(scribe.head(conn, *id)?);
                documents.extend(scribe.thread(conn, *id)?);
            }
            Ok::<_, FollowError>((heads, documents, ids.last().copied(), ids.len()))
        })?;
        let Some(last) = last else { break };
        after = last;
        seen += i64::try_from(count).unwrap_or(0);
        posts += i64::try_from(documents.len()).unwrap_or(0);
        rebuild.put(&heads, &documents)?;
        rebuild.note(Progress { done: seen, total });
        if !progress(seen, total) {
            return Err(FollowError::GivenUp);
        }
    }
    rebuild.finish(head)?;
    Ok(posts)
}

/// Turns rows into documents, remembering what posts of one thread share.
struct Scribe {
    public: Readable,
    now: UtcTime,
    threads: HashMap<ThreadId, Option<Arc<Around>>>,
    authorities: HashMap<MemberId, bool>,
}

/// What all posts of a thread share.
struct Around {
    thread: Thread,
    restricted: bool,
    tags: Vec<String>,
    marks: Vec<Mark>,
}

impl Scribe {
    fn new(conn: &mut Conn) -> Result<Self, FollowError> {
        Ok(Self {
            public: categories::service::public(conn)?,
            now: crate::infra::clock::Clock::System.now(),
            threads: HashMap::new(),
            authorities: HashMap::new(),
        })
    }

    /// Nothing when the thread is not listed.
    fn around(&mut self, conn: &mut Conn, id: ThreadId) -> Result<Option<Arc<Around>>, FollowError> {
        if let Some(known) = self.threads.get(&id) {
            return Ok(known.clone());
        }
        let around = match threads::store::find(conn, id)?.filter(|t| t.state() == State::Listed) {
            None => None,
            Some(thread) => {
                let tags = tags::of_threads(conn, &[id])?.into_iter().map(|(_, t)| t.name).collect();
                let pinned = !curation::of_thread(conn, id, self.now)?.is_empty();
                Some(Arc::new(Around {
                    restricted: !self.public.has(thread.category_id),
                    marks: marks(&thread, pinned),
                    tags,
                    thread,
                }))
            }
        };
        self.threads.insert(id, around.clone());
        Ok(around)
    }

    /// Whether a member speaks with authority: an expert or staff.
    fn has_authority(&mut self, conn: &mut Conn, member: MemberId) -> Result<bool, FollowError> {
        if let Some(known) = self.authorities.get(&member) {
            return Ok(*known);
        }
        let card = accounts::store::cards(conn, &[member])?.pop();
        let authority = card.is_some_and(|card| card.role() >= Role::Expert);
        self.authorities.insert(member, authority);
        Ok(authority)
    }

    /// The head of a thread; nothing when the thread is not listed.
    fn head(&mut self, conn: &mut Conn, id: ThreadId) -> Result<Option<Head>, FollowError> {
        let Some(around) = self.around(conn, id)? else { return Ok(None) };
        let thread = &around.thread;
        Ok(Some(Head {
            thread: id,
            category: thread.category_id,
            restricted: around.restricted,
            title: thread.title.clone(),
            tags: around.tags.clone(),
            marks: around.marks.clone(),
            created_at: thread.created_at,
            last_at: thread.last_post_at,
            heat: thread.heat,
        }))
    }

    /// The document of a post; nothing when it is not listed.
    fn document(&mut self, conn: &mut Conn, post: &Post) -> Result<Option<PostDocument>, FollowError> {
        if post.state() != State::Listed {
            return Ok(None);
        }
        let Some(around) = self.around(conn, post.thread_id)? else { return Ok(None) };
        let authority = self.has_authority(conn, post.author_id)?;
        let (body, code) = prose_and_code(&post.body);
        Ok(Some(PostDocument {
            post: post.id,
            thread: post.thread_id,
            author: post.author_id,
            created_at: post.created_at,
            restricted: around.restricted,
            accepted: around.thread.accepted_post_id == Some(post.id),
            authority,
            likes: u64::try_from(post.likes).unwrap_or(0),
            has: has(&post.html),
            body,
            code,
        }))
    }

    /// The documents of all listed posts of a thread.
    fn thread(&mut self, conn: &mut Conn, id: ThreadId) -> Result<Vec<PostDocument>, FollowError> {
        let mut documents = Vec::new();
        if self.around(conn, id)?.is_none() {
            return Ok(documents);
        }
        let mut after = 0;
        loop {
            let some = posts::store::after(conn, id, after, POSTS)?;
            for post in &some {
                documents.extend(self.document(conn, post)?);
                after = post.number;
            }
            if i64::try_from(some.len()).is_ok_and(|count| count < POSTS) {
                break;
            }
        }
        Ok(documents)
    }
}

/// What a rendered post contains besides words; mentions and links within the site's own frame are no links.
fn has(html: &str) -> Vec<Has> {
    let outside = || html.split("<a ").skip(1).any(|link| !link.starts_with("class=\"mention\""));
    [
        (Has::Image, html.contains("<img ") || html.contains("class=\"remote-image\"")),
        (Has::Code, html.contains("<pre") || html.contains("<code")),
        (Has::Link, outside()),
    ]
    .into_iter()
    .filter_map(|(has, there)| there.then_some(has))
    .collect()
}

fn marks(thread: &Thread, pinned: bool) -> Vec<Mark> {
    let question = thread.kind() == ThreadKind::Question;
    [
        (Mark::Question, question),
        (Mark::Solved, question && thread.accepted_post_id.is_some()),
        (Mark::Unsolved, question && thread.accepted_post_id.is_none()),
        (Mark::Pinned, pinned),
        (Mark::Featured, thread.featured_at.is_some()),
        (Mark::Closed, thread.closed),
    ]
    .into_iter()
    .filter_map(|(mark, on)| on.then_some(mark))
    .collect()
}
