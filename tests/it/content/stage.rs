//! A bare forum to act on: a house with a clock of its own, actors as values, and short ways to say what they
//! do. Every short way is one use-case in one transaction.

use hearth::base::actor::{Actor, Credential, Role, SignedIn};
use hearth::base::ids::{CategoryId, MemberId, PostId, ThreadId};
use hearth::base::time::UtcTime;
use hearth::content::categories::{self, Readable};
use hearth::content::posts::service::{OpenThread, Opened, Replied, Reply};
use hearth::content::posts::{self, Body, Post, Prepared};
use hearth::content::tags::TagNames;
use hearth::content::threads::{self, Thread, ThreadKind, Title};
use hearth::content::{curation, reactions};
use hearth::infra::activity::Verb;
use hearth::infra::clock::Clock;
use hearth::infra::db::dialect::Count;
use hearth::infra::db::{Conn, Db, DbError};
use hearth::infra::house::House;
use hearth::infra::random::Random;
use hearth::people::{accounts, sessions};

/// The present, until the clock is moved.
pub const NOW: UtcTime = UtcTime(1_700_000_000_000_000);

/// A house on an empty database.
pub fn house(db: &Db) -> House {
    House {
        db: db.clone(),
        clock: Clock::manual(NOW),
        random: Random::system(),
        base_url: "https://forum.example".into(),
    }
}

/// The forum.
pub struct Stage {
    pub house: House,
}

impl Stage {
    pub fn new(db: &Db) -> Self {
        Self { house: house(db) }
    }

    /// One write, in one transaction.
    pub fn write<T, E>(
        &self,
        work: impl Fn(&mut Conn, &House) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: std::error::Error + From<DbError> + Send + 'static,
    {
        let house = self.house.clone();
        self.house.db.write_now(move |c| work(c, &house))
    }

    pub fn read<T>(&self, work: impl FnOnce(&mut Conn) -> diesel::QueryResult<T>) -> T {
        self.house.db.read_now(|c| work(c).map_err(DbError::from)).unwrap()
    }

    /// SQL that no use-case would run.
    pub fn sql(&self, sql: &str) {
        let sql = sql.to_owned();
        self.house
            .db
            .write_now(move |c| {
                diesel::connection::SimpleConnection::batch_execute(c, &sql).map_err(DbError::from)
            })
            .unwrap();
    }

    /// `SELECT COUNT(*) FROM` what follows.
    pub fn count(&self, of: &str) -> i64 {
        self.number(&format!("SELECT COUNT(*) AS n FROM {of}"))
    }

    /// One number, selected as `n`.
    pub fn number(&self, sql: &str) -> i64 {
        self.read(|c| diesel::RunQueryDsl::get_result::<Count>(diesel::sql_query(sql), c)).n
    }

    /// Facts of a kind in the log.
    pub fn told(&self, verb: Verb) -> i64 {
        self.count(&format!("activities WHERE verb = '{}'", verb.as_str()))
    }

    pub fn advance(&self, micros: i64) {
        self.house.clock.advance(micros);
    }

    pub fn member(&self, handle: &str) -> SignedIn {
        self.with_role(handle, Role::Member)
    }

    pub fn with_role(&self, handle: &str, role: Role) -> SignedIn {
        let name = handle.to_owned();
        let id = self
            .write(move |c, house| {
                accounts::service::create_by_house(c, house, &name, None, role, None, house.clock.now())
            })
            .unwrap();
        self.signed_in(id)
    }

    /// The member as the next request would find them.
    pub fn signed_in(&self, id: MemberId) -> SignedIn {
        let now = self.house.clock.now();
        let actor =
            self.house.db.read_now(|c| sessions::source::signed_in(c, id, Credential::House, now)).unwrap();
        actor.member().unwrap().clone()
    }

    pub fn suspend(&self, by: &SignedIn, who: &SignedIn, until: UtcTime) -> SignedIn {
        let (by, handle) = (by.clone(), who.handle.clone());
        self.write(move |c, house| {
            let wanted = accounts::standing::Suspension { until, reason: "spam".into() };
            accounts::standing::suspend(c, house, &by, &handle, &wanted)
        })
        .unwrap();
        self.signed_in(who.id)
    }

    pub fn category(&self, slug: &str) -> CategoryId {
        self.category_with(slug, false, None)
    }

    pub fn category_with(&self, slug: &str, private: bool, parent: Option<CategoryId>) -> CategoryId {
        let columns = categories::store::Columns {
            parent,
            slug: slug.into(),
            name: slug.into(),
            description: String::new(),
            colour: "#123abc".into(),
            position: 0,
            private,
            post_role: Role::Member,
        };
        self.write(move |c, house| {
            categories::store::insert(c, None, &columns, house.clock.now()).map_err(DbError::from)
        })
        .unwrap()
    }

    pub fn admit(&self, category: CategoryId, members: &[MemberId], roles: &[Role]) {
        let (members, roles) = (members.to_vec(), roles.to_vec());
        self.write(move |c, _| {
            categories::store::admit(c, category, &members, &roles).map_err(DbError::from)
        })
        .unwrap();
    }

    pub fn readable(&self, who: Option<&SignedIn>) -> Readable {
        let actor = who.map_or(Actor::Visitor, |m| Actor::Member(Box::new(m.clone())));
        self.read(|c| categories::service::readable(c, &actor))
    }

    pub fn text(&self, body: &str) -> Prepared {
        let body = Body::parse(body).unwrap();
        self.read(|c| Prepared::new(c, &self.house, &body))
    }

    /// What [`Stage::open`] would open.
    pub fn wanted(&self, category: CategoryId, title: &str) -> OpenThread {
        OpenThread {
            category,
            kind: ThreadKind::Discussion,
            title: Title::parse(title).unwrap(),
            tags: TagNames::default(),
            text: self.text("Hello."),
        }
    }

    pub fn open(&self, who: &SignedIn, category: CategoryId, title: &str) -> Opened {
        self.open_as(who, self.wanted(category, title)).unwrap()
    }

    pub fn ask(&self, who: &SignedIn, category: CategoryId, title: &str) -> Opened {
        let wanted = OpenThread { kind: ThreadKind::Question, ..self.wanted(category, title) };
        self.open_as(who, wanted).unwrap()
    }

    pub fn open_as(&self, who: &SignedIn, wanted: OpenThread) -> Result<Opened, posts::Error> {
        let who = who.clone();
        self.write(move |c, house| posts::service::open(c, house, &who, &wanted))
    }

    pub fn reply(&self, who: &SignedIn, thread: ThreadId) -> Replied {
        self.try_reply(who, thread).unwrap()
    }

    pub fn try_reply(&self, who: &SignedIn, thread: ThreadId) -> Result<Replied, posts::Error> {
        let wanted = Reply { thread, to: None, text: self.text("I agree.") };
        let who = who.clone();
        self.write(move |c, house| posts::service::reply(c, house, &who, &wanted))
    }

    pub fn like(&self, who: &SignedIn, post: PostId, on: bool) -> Result<i64, reactions::Error> {
        let who = who.clone();
        self.write(move |c, house| reactions::set(c, house, &who, post, on))
    }

    pub fn edit(&self, who: &SignedIn, post: PostId, body: &str) -> Result<(Thread, Post), posts::Error> {
        let (who, text) = (who.clone(), self.text(body));
        self.write(move |c, house| {
            let wanted = posts::edit::Edit { post, text: text.clone(), title: None, seen: None };
            posts::edit::edit(c, house, &who, &wanted)
        })
    }

    pub fn delete(&self, who: &SignedIn, post: PostId) -> Result<Thread, posts::Error> {
        let who = who.clone();
        self.write(move |c, house| posts::removal::delete(c, house, &who, post))
    }

    pub fn restore(&self, who: &SignedIn, post: PostId) -> Result<Thread, posts::Error> {
        let who = who.clone();
        self.write(move |c, house| posts::removal::restore(c, house, &who, post))
    }

    pub fn accept(
        &self,
        who: &SignedIn,
        thread: ThreadId,
        post: Option<PostId>,
    ) -> Result<Thread, posts::Error> {
        let who = who.clone();
        self.write(move |c, house| posts::answers::accept(c, house, &who, thread, post))
    }

    pub fn change(
        &self,
        who: &SignedIn,
        thread: ThreadId,
        wanted: threads::service::Change,
    ) -> Result<Thread, threads::Error> {
        let who = who.clone();
        self.write(move |c, house| threads::service::change(c, house, &who, thread, &wanted))
    }

    pub fn close(&self, who: &SignedIn, thread: ThreadId, closed: bool) -> Result<Thread, threads::Error> {
        let who = who.clone();
        self.write(move |c, house| threads::service::set_closed(c, house, &who, thread, closed))
    }

    pub fn feature(&self, who: &SignedIn, thread: ThreadId, on: bool) -> Result<Thread, threads::Error> {
        let who = who.clone();
        self.write(move |c, house| threads::service::set_featured(c, house, &who, thread, on))
    }

    pub fn pin(
        &self,
        who: &SignedIn,
        thread: ThreadId,
        wanted: curation::Wanted,
    ) -> Result<(), curation::Error> {
        let who = who.clone();
        self.write(move |c, house| curation::pin(c, house, &who, thread, wanted))
    }

    pub fn thread(&self, id: ThreadId) -> Thread {
        self.read(|c| threads::store::find(c, id)).unwrap()
    }

    pub fn post(&self, id: PostId) -> Post {
        self.read(|c| posts::store::find(c, id)).unwrap()
    }

    /// Compares every counter, every heat and every engagement with what the tables say.
    pub fn check(&self) {
        let scale = self.read(threads::service::scale);
        for id in self.read(|c| threads::store::ids_after(c, ThreadId(0), 10_000)) {
            let thread = self.thread(id);
            let total = self.read(|c| hearth::content::heat::store::total(c, scale, id));
            assert!((thread.heat - total).abs() < 1e-9, "heat of {}: {} {total}", thread.title, thread.heat);
            assert_eq!(thread.unanswered, threads::service::waits(&thread), "unanswered of {}", thread.title);
            if let Some(answer) = thread.accepted_post_id {
                let answer = self.post(answer);
                assert_eq!((answer.thread_id, answer.state), (id, 0), "answer of {}", thread.title);
                assert_eq!(thread.kind(), ThreadKind::Question);
            }
        }
        // Each names what must not exist.
        for wrong in [
            "threads t WHERE posts <> (SELECT COUNT(*) FROM posts p WHERE p.thread_id = t.id AND p.state = 0)",
            "threads t WHERE likes <> (SELECT COALESCE(SUM(p.likes), 0) FROM posts p WHERE p.thread_id = t.id AND p.state = 0)",
            "threads t WHERE last_post_at <> (SELECT MAX(p.created_at) FROM posts p WHERE p.thread_id = t.id AND p.state = 0)",
            "threads t WHERE next_number <> 1 + (SELECT MAX(p.number) FROM posts p WHERE p.thread_id = t.id)",
            "posts p WHERE likes <> anonymous_likes + (SELECT COUNT(*) FROM reactions r WHERE r.post_id = p.id AND r.active)",
            "posts p WHERE revisions <> (SELECT COUNT(*) FROM revisions r WHERE r.post_id = p.id)",
            "categories c WHERE threads <> (SELECT COUNT(*) FROM threads t WHERE t.category_id = c.id AND t.state = 0)",
            "tags g WHERE threads <> (SELECT COUNT(*) FROM thread_tags tt JOIN threads t ON t.id = tt.thread_id WHERE tt.tag_id = g.id AND t.state = 0)",
            "posts p WHERE state = 0 AND number > 1 AND NOT EXISTS (SELECT 1 FROM engagements e WHERE e.thread_id = p.thread_id AND e.kind = 2 AND e.source_id = p.id AND e.member_id = p.author_id AND e.at = p.created_at)",
            "reactions r JOIN posts p ON p.id = r.post_id WHERE r.active AND p.state = 0 AND NOT EXISTS (SELECT 1 FROM engagements e WHERE e.thread_id = p.thread_id AND e.kind = 3 AND e.source_id = p.id AND e.member_id = r.member_id AND e.at = r.reacted_at)",
            "engagements e WHERE kind IN (1, 2, 3, 4) AND NOT EXISTS (SELECT 1 FROM posts p WHERE p.id = e.source_id AND p.thread_id = e.thread_id AND p.state = 0)",
            "engagements e WHERE kind = 3 AND member_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM reactions r WHERE r.post_id = e.source_id AND r.member_id = e.member_id AND r.active)",
            "engagements e WHERE kind = 4 AND NOT EXISTS (SELECT 1 FROM threads t WHERE t.id = e.thread_id AND t.accepted_post_id = e.source_id)",
            "threads t WHERE accepted_post_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM engagements e WHERE e.thread_id = t.id AND e.kind = 4 AND e.source_id = t.accepted_post_id)",
        ] {
            assert_eq!(self.count(wrong), 0, "{wrong}");
        }
    }
}
