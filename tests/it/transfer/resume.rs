//! Again, after an interruption, and where somebody lives already.

use hearth::base::actor::Role;
use hearth::base::ids::{CategoryId, PostId, ThreadId};
use hearth::content::categories::{self, store::Columns};
use hearth::content::{posts, threads};
use hearth::infra::db::DbError;
use hearth::people::accounts;
use hearth::transfer::addresses::{self, Kind};
use hearth::transfer::import::{Options, Summary};
use hearth::transfer::records::Record;

use super::fixture::{community, dump, house, import_all, import_with, local, post, read, thread};
use crate::on_both;
use crate::support::databases::TestDb;

fn occupy(db: &TestDb) -> CategoryId {
    let cx = house(db);
    db.write_now(move |c| {
        let columns = Columns {
            parent: None,
            slug: "machines".into(),
            name: "Machines".into(),
            description: String::new(),
            colour: "#000000".into(),
            position: 0,
            private: false,
            post_role: Role::Member,
        };
        accounts::service::create_by_house(c, &cx, "grace", None, Role::Member, None, cx.clock.now())
            .unwrap();
        categories::store::insert(c, None, &columns, cx.clock.now()).map_err(DbError::from)
    })
    .unwrap()
}

on_both! {
    fn a_second_run_changes_nothing(db) {
        import_all(db);
        let before = dump(db);
        let again = import_all(db);
        assert_eq!(again, Summary { known_threads: 7, kept_ids: true, ..Summary::default() });
        assert_eq!(dump(db), before);
    }
}

on_both! {
    fn an_interrupted_run_goes_on(db) {
        let once = TestDb::sqlite();
        import_all(&once);
        let first = import_with(db, community(), &Options { limit: Some(2), ..Options::default() });
        assert_eq!((first.threads, first.unfinished), (2, 1), "links into the unknown wait");
        let second = import_all(db);
        assert_eq!((second.threads, second.known_threads, second.unfinished), (5, 2, 0));
        // But for the log and the numbers of rows, the same as in one go.
        let rows = |db: &TestDb| -> Vec<String> {
            let unordered = ["activities", "engagements", "tags", "thread_tags"];
            let lines = dump(db).into_iter().filter(|l| !unordered.iter().any(|t| l.starts_with(t)));
            lines.map(|l| l.replace("|true", "|1").replace("|false", "|0")).collect()
        };
        let (mut a, mut b) = (rows(&once), rows(db));
        a.sort();
        b.sort();
        let other: Vec<_> = a.iter().filter(|l| !b.contains(l)).chain(b.iter().filter(|l| !a.contains(l))).collect();
        assert!(other.is_empty(), "{other:#?}");
    }
}

on_both! {
    fn ids_are_never_given_twice(db) {
        import_all(db);
        let more = thread(70, "Native", vec![post(701, 1, 1, 1, "x")]);
        // Another source may not keep ids: there are threads now.
        let cx = house(db);
        let mut records = community();
        records.truncate(8);
        records.push(Record::Thread(more));
        let sum = hearth::transfer::import::run(&cx, "other", &mut records.into_iter(), &Options::default(), &()).unwrap();
        assert!(!sum.kept_ids && sum.renamed >= 4);
        let newest = read(db, |c| threads::store::ids_after(c, ThreadId(60), 10));
        assert_eq!(newest, [ThreadId(61)]);
        let posts = read(db, |c| posts::store::ids_after(c, PostId(601), 10));
        assert_eq!(posts.iter().map(|p| p.id.0).collect::<Vec<_>>(), [602]);
        let slugs: Vec<String> = read(db, categories::store::all).into_iter().map(|c| c.slug).collect();
        assert!(slugs.contains(&"machines-2".to_owned()), "{slugs:?}");
    }
}

on_both! {
    fn who_lives_here_stays_who_they_are(db) {
        let here = occupy(db);
        let sum = import_all(db);
        assert!(!sum.kept_ids && sum.threads == 7);
        let solved = local(db, Kind::Thread, "12");
        assert_ne!(solved, 12);
        assert_eq!(read(db, |c| addresses::resolve(c, "/t/spindle-hums-at-400-hz/12")), Some((Kind::Thread, solved)));
        assert_eq!(read(db, categories::store::all).iter().find(|c| c.id == here).unwrap().threads, 0);
        let first = read(db, |c| posts::store::at(c, ThreadId(solved), 1)).unwrap();
        assert!(first.body.contains("@grace-6"), "not the grace who lives here: {}", first.body);
        assert!(first.html.contains("/u/grace-6"), "{}", first.html);
        let other = local(db, Kind::Thread, "40");
        assert!(first.body.contains(&format!("/t/{other}/photos-of-benches?page=2#p")), "{}", first.body);
        let before = dump(db);
        import_all(db);
        assert_eq!(dump(db), before);
    }
}

on_both! {
    fn a_dry_run_counts_and_writes_nothing(db) {
        let before = dump(db);
        let dry = import_with(db, community(), &Options { dry_run: true, ..Options::default() });
        assert_eq!((dry.categories, dry.members, dry.threads, dry.posts), (4, 7, 7, 38));
        assert_eq!(dump(db), before);
    }
}

on_both! {
    fn an_id_taken_meanwhile_gives_way(db) {
        import_with(db, community(), &Options { limit: Some(1), ..Options::default() });
        // Somebody opened a thread before the rest came.
        let cx = house(db);
        let author = local(db, Kind::Member, "1");
        db.write_now(move |c| {
            let new = threads::store::NewThread {
                id: Some(ThreadId(40)),
                category: CategoryId(5),
                author: hearth::base::ids::MemberId(author),
                kind: threads::ThreadKind::Discussion,
                title: "Mine",
                slug: "mine",
                lang: "en",
                state: threads::State::Listed,
                created_at: cx.clock.now(),
            };
            threads::store::insert(c, &new).map_err(DbError::from)
        })
        .unwrap();
        let sum = import_all(db);
        assert_eq!(sum.threads, 6);
        assert_ne!(local(db, Kind::Thread, "40"), 40);
        assert_eq!(local(db, Kind::Thread, "44"), 44);
    }
}

on_both! {
    fn a_run_that_dies_loses_nothing_and_doubles_nothing(db) {
        let many = || {
            let more = (0..40).map(|n| {
                let posts = (1..=20).map(|m| post(10_000 + n * 20 + m, m, 1, 50 - n, "One of many.")).collect();
                Record::Thread(thread(1_000 + n, "Many", posts))
            });
            community().into_iter().chain(more)
        };
        let mut dying = many().enumerate().map(|(n, record)| {
            assert!(n < 40, "the source dies");
            record
        });
        let cx = house(db);
        let died = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            hearth::transfer::import::run(&cx, "old", &mut dying, &Options::default(), &())
        }));
        assert!(died.is_err());
        let written = read(db, |c| threads::store::ids_after(c, ThreadId(0), 100)).len() as u64;
        assert!((7..47).contains(&written), "{written}");
        let sum = import_with(db, many().collect(), &Options::default());
        assert_eq!((sum.known_threads, sum.threads + written), (written, 47));
        assert_eq!(read(db, posts::store::count_listed), 37 + 800);
        assert_eq!(read(db, |c| posts::store::of_thread(c, ThreadId(1_005), 0, 100)).len(), 20);
    }
}
