//! Again, after an interruption, and where somebody lives already.

use hearth::base::actor::Role;
use hearth::base::ids::{CategoryId, PostId, ThreadId};
use hearth::content::categories::{self, store::Columns};
use hearth::content::{heat, posts, threads};
use hearth::infra::activity::lease;
use hearth::infra::db::DbError;
use hearth::people::{accounts, profiles};
use hearth::transfer::addresses::{self, Kind};
use hearth::transfer::import::{Options, Summary};
use hearth::transfer::records::{PostRecord, Record};

use super::fixture::{
    at, community, dump, house, import_all, import_with, local, post, read, settle, thread,
};
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
        assert_eq!((first.threads, first.unfinished, first.limited), (2, 1, true), "links into the unknown wait");
        let same = import_with(db, community(), &Options { limit: Some(2), ..Options::default() });
        assert_eq!((same.threads, same.known_threads, same.limited), (0, 2, true), "the same threads again");
        let more = import_with(db, community(), &Options { limit: Some(3), ..Options::default() });
        assert_eq!((more.threads, more.known_threads), (1, 2));
        let second = import_all(db);
        assert_eq!((second.threads, second.known_threads, second.unfinished), (4, 3, 0));
        assert!(!second.limited);
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

fn without_members(records: Vec<Record>) -> Vec<Record> {
    records.into_iter().filter(|r| matches!(r, Record::Thread(_))).collect()
}

/// The community some days later: posts of thread 12 moved to a thread of their own, others were added.
fn later() -> Vec<Record> {
    let mut records = community();
    for record in &mut records {
        let Record::Thread(thread) = record else { continue };
        match thread.id.0.as_str() {
            "12" => {
                thread.posts.retain(|p| p.id.0 != "105");
                thread.posts.push(PostRecord {
                    likes: 2,
                    reply_to: Some(2),
                    ..post(901, 10, 1, 5, "Still well. cc @grace")
                });
                thread.posts.push(PostRecord { hidden: true, ..post(902, 11, 4, 4, "Buy watches again") });
            }
            "40" => thread.posts.push(post(903, 26, 2, 3, "One more bench, see <foreign:/t/90>.")),
            _ => {}
        }
    }
    let mut split =
        thread(90, "For the record", vec![post(904, 1, 3, 2, "Split off."), post(105, 2, 1, 29, "x")]);
    split.posts.push(post(905, 3, 2, 1, "Good idea."));
    records.push(Record::Thread(split));
    records.push(Record::Thread(thread(91, "Nothing left", vec![post(101, 1, 3, 29, "moved")])));
    records
}

on_both! {
    fn a_later_state_brings_what_is_new(db) {
        import_all(db);
        let sum = import_with(db, later(), &Options::default());
        assert_eq!((sum.threads, sum.known_threads, sum.grown_threads, sum.moved_posts), (1, 7, 2, 2));
        assert_eq!((sum.posts, sum.likes), (5, 2));
        assert!(sum.problems.iter().any(|p| p == "thread 90, post 105 (number 2): is here already, as /p/105, and stays there"), "{:?}", sum.problems);
        let of = |id| read(db, |c| threads::store::find(c, ThreadId(id))).unwrap();
        let grown = of(12);
        assert_eq!((grown.posts, grown.likes, grown.next_number, grown.last_post_at), (6, 5, 12, at(5)));
        let moved = read(db, |c| posts::store::find(c, PostId(105))).unwrap();
        assert_eq!((moved.thread_id, moved.number), (ThreadId(12), 6));
        let added = read(db, |c| posts::store::find(c, PostId(901))).unwrap();
        assert_eq!((added.number, added.reply_to), (10, Some(PostId(101))));
        assert!(added.html.contains("/u/grace"), "{}", added.html);
        assert_eq!((of(40).posts, of(90).posts, of(90).next_number), (26, 2, 4));
        assert!(read(db, |c| posts::store::find(c, PostId(903))).unwrap().body.contains("/t/90"));
        for id in [12, 40, 90] {
            let total = read(db, |c| heat::store::total(c, heat::Scale::hours(96), ThreadId(id)));
            assert!((of(id).heat - total).abs() < 1e-9, "thread {id}");
        }
        settle(db);
        let one = hearth::base::ids::MemberId(local(db, Kind::Member, "1"));
        let counters = read(db, |c| profiles::of(c, one));
        assert_eq!((counters.posts, counters.likes_received), (3 + 8 + 1 + 1 + 1, 2));
        let before = dump(db);
        let again = import_with(db, later(), &Options::default());
        assert_eq!((again.posts, again.grown_threads, again.known_threads), (0, 0, 8));
        assert_eq!(dump(db), before);
    }
}

on_both! {
    fn a_number_taken_here_is_not_taken_twice(db) {
        import_all(db);
        let own = post(950, 9, 1, 6, "Stands in the place of number nine.");
        let mut records = community();
        for record in &mut records {
            if let Record::Thread(thread) = record && thread.id.0 == "12" {
                thread.posts.push(own.clone());
            }
        }
        // Somebody here has answered meanwhile, with the number that the source gave too.
        db.write_now(|c| {
            diesel::connection::SimpleConnection::batch_execute(c,
                "INSERT INTO posts (thread_id, number, author_id, body, html, renderer, lang, state, was_public, likes, anonymous_likes, revisions, created_at) \
                 SELECT thread_id, 9, author_id, body, html, renderer, lang, state, was_public, 0, 0, 0, created_at FROM posts WHERE id = 105; \
                 UPDATE threads SET next_number = 10, posts = posts + 1 WHERE id = 12").map_err(DbError::from)
        }).unwrap();
        assert_eq!(import_with(db, without_members(records.clone()), &Options::default()).posts, 1);
        let there = PostId(local(db, Kind::Post, "950"));
        assert_eq!(read(db, |c| posts::store::find(c, there)).unwrap().number, 10);
        let before = dump(db);
        import_with(db, without_members(records), &Options::default());
        assert_eq!(dump(db), before);
    }
}

on_both! {
    fn one_source_is_taken_in_by_one_at_a_time(db) {
        let held = db.write_now(|c| lease::acquire(c, "import:old", "another").map_err(DbError::from)).unwrap().unwrap();
        let cx = house(db);
        let refused = hearth::transfer::import::run(&cx, "old", &mut community().into_iter(), &Options::default(), &());
        assert!(refused.unwrap_err().to_string().starts_with("another import of “old” is running"));
        let other = hearth::transfer::import::run(&cx, "other", &mut community().into_iter(), &Options::default(), &());
        assert!(other.is_ok(), "another source is another matter");
        db.write_now(move |c| lease::release(c, &held).map_err(DbError::from)).unwrap();
        import_all(db);
        import_all(db);
    }
}
