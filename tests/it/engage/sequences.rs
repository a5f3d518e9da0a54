//! Random sequences of everything that gives or takes points, against a model that knows nothing of ledgers: it
//! keeps what was done, what each thing was granted when it first stood, and adds up what stands.

use std::collections::{BTreeSet, HashMap};

use hearth::base::actor::{Role, SignedIn};
use hearth::base::ids::{MemberId, PostId, ThreadId};
use hearth::base::time::{DAY, HOUR};
use hearth::engage::rules::{Kind, Rules};

use super::stage::{account, set, settle, sound, tight};
use crate::content::stage::Stage;
use crate::on_both;

/// Chance that is the same every time.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, below: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % below
    }
}

struct Post {
    id: PostId,
    author: MemberId,
    thread: ThreadId,
    first: bool,
    up: bool,
    day: i64,
    points: i64,
    /// Who likes it, and what that was worth when they did.
    likes: HashMap<MemberId, i64>,
}

struct Thread {
    id: ThreadId,
    author: MemberId,
    up: bool,
    /// The answer, and what it was worth when it was accepted.
    answer: Option<(PostId, i64)>,
}

struct Model {
    rules: Rules,
    posts: Vec<Post>,
    threads: Vec<Thread>,
    used: HashMap<(MemberId, Kind, i64), i64>,
}

impl Model {
    fn grant(&mut self, member: MemberId, kind: Kind, day: i64) -> i64 {
        let rule = self.rules.of(kind);
        let used = self.used.entry((member, kind, day)).or_default();
        let points = rule.points.min(rule.per_day.unwrap() - *used);
        *used += points;
        points
    }

    fn thread(&mut self, id: ThreadId) -> &mut Thread {
        self.threads.iter_mut().find(|t| t.id == id).unwrap()
    }

    fn stands(&self, post: &Post) -> bool {
        post.up && self.threads.iter().any(|t| t.id == post.thread && t.up)
    }

    /// What `member` has: the sum of what stands.
    fn has(&self, member: MemberId) -> i64 {
        let mut sum = 0;
        let mut days = BTreeSet::new();
        for post in self.posts.iter().filter(|p| self.stands(p)) {
            if post.author == member {
                sum += post.points + post.likes.values().sum::<i64>();
                days.insert(post.day);
            }
            let thread = self.threads.iter().find(|t| t.id == post.thread).unwrap();
            if let Some((answer, points)) = thread.answer
                && answer == post.id
                && post.author == member
            {
                sum += points;
            }
        }
        sum + self.rules.of(Kind::FirstOfDay).points * i64::try_from(days.len()).unwrap()
    }
}

struct Play<'s> {
    stage: &'s Stage,
    model: Model,
    people: Vec<SignedIn>,
    staff: SignedIn,
    dice: Dice,
}

impl Play<'_> {
    fn day(&self) -> i64 {
        self.stage.house.clock.now().day()
    }

    fn someone(&mut self) -> SignedIn {
        let n = self.dice.roll(self.people.len());
        self.people[n].clone()
    }

    fn open(&mut self, category: hearth::base::ids::CategoryId) {
        let who = self.someone();
        let opened = self.stage.ask(&who, category, "What hums?");
        let day = self.day();
        let points = self.model.grant(who.id, Kind::Thread, day);
        self.model.threads.push(Thread { id: opened.thread, author: who.id, up: true, answer: None });
        self.model.posts.push(Post {
            id: opened.post,
            author: who.id,
            thread: opened.thread,
            first: true,
            up: true,
            day,
            points,
            likes: HashMap::new(),
        });
    }

    fn reply(&mut self) {
        let n = self.dice.roll(self.model.threads.len());
        let (thread, who) = (self.model.threads[n].id, self.someone());
        let Ok(replied) = self.stage.try_reply(&who, thread) else { return };
        let day = self.day();
        let points = self.model.grant(who.id, Kind::Reply, day);
        self.model.posts.push(Post {
            id: replied.post,
            author: who.id,
            thread,
            first: false,
            up: true,
            day,
            points,
            likes: HashMap::new(),
        });
    }

    fn like(&mut self, on: bool) {
        let (n, who, day) = (self.dice.roll(self.model.posts.len()), self.someone(), self.day());
        let (post, author) = (self.model.posts[n].id, self.model.posts[n].author);
        if self.stage.like(&who, post, on).is_err() || self.model.posts[n].likes.contains_key(&who.id) == on {
            return;
        }
        if on {
            let points = self.model.grant(author, Kind::Like, day);
            self.model.posts[n].likes.insert(who.id, points);
        } else {
            self.model.posts[n].likes.remove(&who.id);
        }
    }

    fn remove(&mut self, down: bool) {
        let n = self.dice.roll(self.model.posts.len());
        let (post, thread, first) =
            (self.model.posts[n].id, self.model.posts[n].thread, self.model.posts[n].first);
        let staff = self.staff.clone();
        if down {
            self.stage.delete(&staff, post).unwrap();
        } else {
            self.stage.restore(&staff, post).unwrap();
        }
        if first {
            self.model.thread(thread).up = !down;
            return;
        }
        self.model.posts[n].up = !down;
        let thread = self.model.thread(thread);
        // A removed answer is one no more, also when it comes back.
        if down && thread.answer.is_some_and(|(answer, _)| answer == post) {
            thread.answer = None;
        }
    }

    fn accept(&mut self, some: bool) {
        let n = self.dice.roll(self.model.posts.len());
        let (post, thread, author) =
            (self.model.posts[n].id, self.model.posts[n].thread, self.model.posts[n].author);
        let (staff, day) = (self.staff.clone(), self.day());
        let before = self.model.thread(thread).answer.map(|(answer, _)| answer);
        if self.stage.accept(&staff, thread, some.then_some(post)).is_err() || before == some.then_some(post)
        {
            return;
        }
        let asker = self.model.thread(thread).author;
        let points = if some && asker != author { self.model.grant(author, Kind::Accepted, day) } else { 0 };
        self.model.thread(thread).answer = some.then_some((post, points));
    }

    fn check(&self) {
        for member in &self.people {
            let (has, account) = (self.model.has(member.id), account(self.stage, member.id));
            assert_eq!((account.balance, account.growth, account.debt), (has, has, 0), "{}", member.handle);
        }
        sound(&self.stage.house.db);
    }
}

/// Plays `turns` turns; the reader follows now and then, or after every turn.
fn play(stage: &Stage, seed: u64, turns: usize, every: bool) {
    set(stage, tight());
    let category = stage.category("general");
    let people = ["ada", "bob", "cyd", "dee"].map(|n| stage.member(n)).to_vec();
    let staff = stage.with_role("mo", Role::Moderator);
    let model = Model { rules: tight(), posts: Vec::new(), threads: Vec::new(), used: HashMap::new() };
    let mut play = Play { stage, model, people, staff, dice: Dice(seed) };
    play.open(category);
    for _ in 0..turns {
        match play.dice.roll(16) {
            0 => play.open(category),
            1..=4 => play.reply(),
            5..=7 => play.like(true),
            8 => play.like(false),
            9..=10 => play.remove(true),
            11..=12 => play.remove(false),
            13 => play.accept(true),
            14 => play.accept(false),
            _ => stage.advance(if play.dice.roll(3) == 0 { DAY } else { HOUR }),
        }
        let now = play.dice.roll(6) == 0;
        if now || every {
            settle(&stage.house.db);
        }
        if now {
            play.check();
        }
    }
    settle(&stage.house.db);
    play.check();
}

on_both! {
    fn members_have_what_stands_after_any_sequence(db) {
        play(&Stage::new(db), 1, 260, false);
    }
}

#[test]
fn and_after_many_others() {
    for seed in 2..9 {
        let db = crate::support::databases::TestDb::sqlite();
        play(&Stage::new(&db), seed, 260, false);
    }
}

#[test]
fn however_the_log_is_cut_the_ledger_is_the_same() {
    let rows = |every: bool| {
        let db = crate::support::databases::TestDb::sqlite();
        let stage = Stage::new(&db);
        play(&stage, 77, 200, every);
        stage.read(|c| {
            use diesel::prelude::*;
            use hearth::infra::db::schema::ledger;
            ledger::table
                .filter(ledger::account.gt(0))
                .order(ledger::id.asc())
                .select((
                    ledger::account,
                    ledger::kind,
                    ledger::subject,
                    ledger::giver,
                    ledger::generation,
                    ledger::delta,
                    ledger::occurred_at,
                ))
                .load::<(i64, i16, i64, i64, i64, i64, i64)>(c)
        })
    };
    let (often, seldom) = (rows(true), rows(false));
    assert!(often.len() > 60, "{}", often.len());
    assert_eq!(often, seldom);
}
