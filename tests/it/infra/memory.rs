//! What a process remembers of its database: sound beside its own commits and those of other processes.

use hearth::base::actor::Actor;
use hearth::base::time::{SECOND, UtcTime};
use hearth::content::categories::service::{public, recall};
use hearth::infra::clock::Clock;
use hearth::infra::db::memory::BLIND;
use hearth::infra::db::{Db, DbError, DbOptions};
use hearth::site::settings::{self, Settings};
use hearth::web::cache::PageCache;
use hearth::web::cache::follow::Follow;

use crate::on_both;
use crate::support::databases::TestDb;

/// A process that follows the log.
struct Process {
    db: Db,
    clock: Clock,
    follow: Follow,
    pages: PageCache,
}

impl Process {
    fn on(db: &TestDb, clock: &Clock) -> Self {
        let options = DbOptions { readers: 2, writers: 2, ..DbOptions::new(db.url().clone()) };
        let db = Db::open(&options).unwrap();
        db.memory().begin(clock.clone());
        Self { db, clock: clock.clone(), follow: Follow::default(), pages: PageCache::default() }
    }

    fn look(&mut self) {
        while self.follow.step(&self.db, &self.clock, &self.pages).unwrap() > 0 {}
    }

    fn name(&self) -> String {
        self.db.read_now(|c| settings::recall(c).map_err(DbError::from)).unwrap().name.clone()
    }

    fn rename(&self, name: &str) {
        let (clock, wanted) = (self.clock.clone(), Settings { name: name.into(), ..Settings::default() });
        self.db.write_now(move |c| settings::save(c, &clock, &wanted)).unwrap();
    }

    /// Changes the name so that nobody hears of it.
    fn rename_behind_the_back(&self, name: &str) {
        let sql = format!("UPDATE settings SET value = '{name}' WHERE name = 'name'");
        self.db
            .write_now(move |c| {
                diesel::connection::SimpleConnection::batch_execute(c, &sql).map_err(DbError::from)
            })
            .unwrap();
    }
}

fn clock() -> Clock {
    Clock::manual(UtcTime(1_800_000_000 * SECOND))
}

on_both! {
    fn what_is_remembered_costs_no_read_and_follows_own_commits_at_once(db) {
        let mut one = Process::on(db, &clock());
        one.rename("First");
        assert_eq!(one.name(), "First", "nothing is remembered before the log was looked at");
        one.rename_behind_the_back("Silent");
        assert_eq!(one.name(), "Silent");
        one.look();
        assert_eq!(one.name(), "Silent");
        one.rename_behind_the_back("Unheard");
        assert_eq!(one.name(), "Silent", "from memory");
        one.rename("Second");
        assert_eq!(one.name(), "Second", "without a look at the log");
        one.rename_behind_the_back("Unheard");
        assert_eq!(one.name(), "Second", "and remembered again");
    }
}

on_both! {
    fn what_another_process_does_is_known_after_a_look_and_a_blind_one_remembers_nothing(db) {
        let clock = clock();
        let (mut one, mut other) = (Process::on(db, &clock), Process::on(db, &clock));
        one.look();
        other.look();
        one.rename("Both");
        other.look();
        assert_eq!((one.name(), other.name()), ("Both".into(), "Both".into()));
        one.rename("Elsewhere");
        assert_eq!(other.name(), "Both", "not looked yet");
        other.look();
        assert_eq!(other.name(), "Elsewhere");
        one.rename("Later");
        clock.advance(BLIND - 1);
        assert_eq!(other.name(), "Elsewhere");
        clock.advance(1);
        assert_eq!(other.name(), "Later", "too long without a look");
        other.look();
        assert_eq!(other.name(), "Later");
    }
}

on_both! {
    fn a_refused_write_changes_nothing_and_writes_read_the_database(db) {
        let mut one = Process::on(db, &clock());
        one.rename("Kept");
        one.look();
        assert_eq!(one.name(), "Kept");
        let (clock, wanted) = (one.clock.clone(), Settings { name: "Refused".into(), ..Settings::default() });
        let refused: Result<(), settings::Error> = one.db.write_now(move |c| {
            settings::save(c, &clock, &wanted)?;
            Err(settings::Error::NameMissing)
        });
        assert!(refused.is_err());
        assert_eq!(one.name(), "Kept");
        one.rename_behind_the_back("True");
        assert_eq!(one.name(), "Kept");
        let seen = one.db.write_now(|c| settings::recall(c).map_err(DbError::from)).unwrap();
        assert_eq!(seen.name, "True", "what a write decides on is read");
    }
}

on_both! {
    fn categories_are_remembered_as_they_are(db) {
        let mut one = Process::on(db, &clock());
        one.look();
        let slugs = |db: &Db| -> (Vec<String>, Vec<String>) {
            db.read_now(|c| {
                let names = |r: hearth::content::categories::Readable| r.categories().iter().map(|c| c.slug.clone()).collect();
                Ok::<_, DbError>((names(recall(c, &Actor::Visitor)?), names(public(c)?)))
            })
            .unwrap()
        };
        assert_eq!(slugs(&one.db), (vec![], vec![]));
        let sql = "INSERT INTO categories (slug, name, description, colour, position, private, post_role, threads, created_at) \
                   VALUES ('new', 'New', '', '#000000', 0, FALSE, 1, 0, 0)";
        one.db.write_now(move |c| diesel::connection::SimpleConnection::batch_execute(c, sql).map_err(DbError::from)).unwrap();
        assert_eq!(slugs(&one.db), (vec![], vec!["new".into()]), "remembered for showing, read for deciding");
        one.rename("Anything that changes the frame");
        assert_eq!(slugs(&one.db), (vec!["new".into()], vec!["new".into()]));
    }
}
