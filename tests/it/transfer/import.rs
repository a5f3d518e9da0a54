//! A whole import, looked at from all sides.

use hearth::base::ids::{CategoryId, MemberId, PostId, ThreadId};
use hearth::base::time::DAY;
use hearth::content::heat;
use hearth::content::threads::{State, ThreadKind};
use hearth::content::{categories, curation, posts, threads};
use hearth::people::{accounts, profiles};
use hearth::transfer::addresses::{self, Kind};
use hearth::transfer::import::Options;

use super::fixture::{NOW, at, community, import_all, import_with, local, read, settle};
use crate::on_both;
use crate::support::databases::TestDb;

fn thread_of(db: &TestDb, id: i64) -> threads::Thread {
    read(db, |c| threads::store::find(c, ThreadId(id))).unwrap()
}

fn post_of(db: &TestDb, id: i64) -> posts::Post {
    read(db, |c| posts::store::find(c, PostId(id))).unwrap()
}

on_both! {
    fn a_community_moves_in(db) {
        let sum = import_all(db);
        assert_eq!((sum.categories, sum.members, sum.threads, sum.posts), (4, 7, 7, 38));
        assert_eq!((sum.likes, sum.orphans, sum.unfiled, sum.known_threads), (12, 1, 1, 0));
        assert!(sum.kept_ids && sum.problems.is_empty() && sum.unfinished == 0);

        let solved = thread_of(db, 12);
        assert_eq!((solved.kind(), solved.accepted_post_id), (ThreadKind::Question, Some(PostId(101))));
        assert_eq!((solved.posts, solved.likes, solved.views, solved.next_number), (5, 3, 40, 9));
        assert_eq!((solved.created_at, solved.last_post_at, solved.changed_at), (at(30), at(27), at(20)));
        assert!(!solved.unanswered && !solved.closed && solved.category_id == CategoryId(9));
        assert_eq!(post_of(db, 106).state(), State::Hidden);
        assert_eq!(post_of(db, 105).edited_at, Some(at(20)));
        assert_eq!(post_of(db, 102).reply_to, Some(PostId(101)));
        assert_eq!(post_of(db, 105).number, 6);

        assert!(thread_of(db, 40).closed, "archived is closed");
        let gone = thread_of(db, 41);
        assert_eq!((gone.state(), gone.was_public), (State::Deleted, false));
        assert_eq!(thread_of(db, 42).state(), State::Hidden);
        let future = thread_of(db, 44);
        assert_eq!((future.created_at, future.last_post_at), (NOW, NOW), "clamped to now");
        assert!(future.featured_at.is_some());
    }
}

on_both! {
    fn categories_keep_their_tree_and_their_doors(db) {
        import_all(db);
        let all = read(db, categories::store::all);
        let of = |id| all.iter().find(|c| c.id == CategoryId(id)).unwrap();
        assert_eq!(of(9).parent_id, Some(CategoryId(5)));
        assert_eq!((of(9).threads, of(5).threads, of(7).threads), (1, 2, 1), "listed ones only");
        assert!(of(7).private && !of(5).private);
        assert!(read(db, categories::service::public).get(CategoryId(7)).is_none());
        let shelf = all.iter().find(|c| c.name == "Uncategorized").unwrap();
        assert_eq!((shelf.threads, shelf.private), (1, false));
        let pins = read(db, |c| {
            let public = categories::service::public(c)?;
            curation::pinned(c, &public, None, None, NOW)
        });
        assert_eq!(pins.iter().map(|(_, t)| t.id.0).collect::<Vec<_>>(), [40]);
        assert!(read(db, |c| curation::of_thread(c, ThreadId(43), at(30))).is_empty(), "an expired pin is none");
        let tag = read(db, |c| hearth::content::tags::by_slug(c, "lathe")).unwrap();
        assert_eq!(tag.threads, 5);
    }
}

on_both! {
    fn members_come_without_power_and_with_a_name(db) {
        import_all(db);
        let member = |id: &str| {
            let id = MemberId(local(db, Kind::Member, id));
            read(db, |c| accounts::store::find(c, id)).unwrap()
        };
        let handles: Vec<String> = ["1", "2", "3", "4", "5", "6"].iter().map(|id| member(id).handle).collect();
        assert_eq!(handles, ["ada", "Ada-2", "an_impossibly_long_h", "member-x", "林工", "grace"]);
        assert_eq!(member("2").display_name, "Ada the 2th");
        for id in ["1", "2", "6"] {
            let m = member(id);
            assert!(m.imported && m.email.is_none() && m.role().name() == "member");
        }
        assert_eq!(member("1").created_at, at(30));
        assert_eq!(read(db, |c| accounts::store::credentials(c, "ada")).unwrap().1, None);
    }
}

on_both! {
    fn links_to_what_never_came_lead_where_they_led(db) {
        let options = Options { home: Some("https://old.example".into()), ..Options::default() };
        import_with(db, community(), &options);
        assert!(post_of(db, 482).body.contains("(https://old.example/t/999/4)"), "{}", post_of(db, 482).body);
        assert!(post_of(db, 481).body.contains("(/t/-/43)"), "what is here but private is found here");
    }
}

on_both! {
    fn links_and_mentions_arrive(db) {
        import_all(db);
        let first = post_of(db, 100);
        assert!(first.body.contains("[the other](/t/40/photos-of-benches?page=2#p422)"), "{}", first.body);
        assert!(first.body.contains("[/t/60/late-arrival](/t/60/late-arrival)"), "{}", first.body);
        assert!(first.html.contains("href=\"/t/40/photos-of-benches?page=2#p422\""), "{}", first.html);
        assert!(first.html.contains("/u/grace"), "mentioned before she was met: {}", first.html);
        assert_eq!((first.revisions, first.edited_at), (0, None));
        let secret = post_of(db, 481);
        assert!(secret.body.contains("(/t/-/43)"), "titles of private threads stay private: {}", secret.body);
        assert!(post_of(db, 482).body.contains("(/t/-/999/4)"));
        assert!(read(db, |c| posts::bulk::unfinished(c, PostId(0), 10)).is_empty());
    }
}

on_both! {
    fn old_addresses_lead_on(db) {
        import_all(db);
        let to = |path: &str| read(db, |c| addresses::resolve(c, path));
        assert_eq!(to("/t/spindle-hums-at-400-hz/12"), Some((Kind::Thread, 12)));
        assert_eq!(to("/t/another-title/12/"), Some((Kind::Thread, 12)));
        assert_eq!(to("/t/spindle/12/6?u=ada"), Some((Kind::Post, 105)));
        assert_eq!(to("/t/-/12/1"), Some((Kind::Thread, 12)));
        assert_eq!(to("/t/-/12/77"), Some((Kind::Thread, 12)));
        assert_eq!(to("/t/-/999"), None);
        assert_eq!(to("/c/machines/5"), Some((Kind::Category, 5)));
        for path in ["/c/9", "/c/motors/9", "/c/machines/motors/9", "/c/renamed/since/9/l/latest", "/c/5/9/"] {
            assert_eq!(to(path), Some((Kind::Category, 9)), "{path}");
        }
        let third = Some((Kind::Member, local(db, Kind::Member, "3")));
        for path in ["/users/an_impossibly_long_handle", "/u/an_impossibly_long_handle/summary"] {
            assert_eq!(to(path), third, "{path}");
        }
        assert_eq!(to("/u/an_impossibly_long_handle"), Some((Kind::Member, local(db, Kind::Member, "3"))));
        assert_eq!(to("/u/ada"), None, "our own address");
    }
}

/// Heat as the issue defines it, without the house's own arithmetic.
fn by_hand(terms: &[(f64, hearth::base::time::UtcTime)]) -> f64 {
    let sum: f64 = terms
        .iter()
        .map(|(weight, at)| weight * ((at.0 - 1_577_836_800_000_000) as f64 / (4.0 * DAY as f64)).exp2())
        .sum();
    sum.log2()
}

on_both! {
    fn heat_follows_from_what_was_done(db) {
        import_all(db);
        let scale = heat::Scale::hours(96);
        for id in [12, 40, 41, 42, 43, 44, 60] {
            let total = read(db, |c| heat::store::total(c, scale, ThreadId(id)));
            assert!((thread_of(db, id).heat - total).abs() < 1e-9, "thread {id}");
        }
        // Opened, a reply, one own reply of the two on that day, three likes, accepted; no hidden, no staff note.
        let expected =
            by_hand(&[(4.0, at(30)), (2.0, at(29)), (0.2, at(29)), (3.0, at(29)), (4.0, at(29))]);
        assert!((thread_of(db, 12).heat - expected).abs() < 1e-9);
    }
}

on_both! {
    fn counters_follow_the_log(db) {
        import_all(db);
        settle(db);
        let of = |id: &str| {
            let id = MemberId(local(db, Kind::Member, id));
            read(db, |c| profiles::of(c, id))
        };
        let three = of("3");
        assert_eq!((three.likes_received, three.answers_accepted, three.likes_given), (3, 1, 0));
        // The opening of thread 41 was deleted with its thread, which so counts no more as opened.
        assert_eq!(three.threads, 0);
        let ada = of("1");
        assert_eq!((ada.threads, ada.posts), (2, 3 + 8 + 1 + 1));
        assert_eq!(of("4").posts, 0, "hidden");
    }
}
