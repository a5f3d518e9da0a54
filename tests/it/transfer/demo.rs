//! The demo, as `serve --demo` lays it down.

use hearth::base::actor::Role;
use hearth::base::ids::{PostId, ThreadId};
use hearth::content::categories;
use hearth::content::threads::{State, ThreadKind};
use hearth::content::{curation, heat, posts, threads};
use hearth::infra::db::dialect::Count;
use hearth::people::accounts;
use hearth::people::accounts::password::{Password, verify_now};
use hearth::transfer::demo;

use super::fixture::{NOW, house, read};
use crate::on_both;
use crate::support::databases::TestDb;

fn count(db: &TestDb, sql: &str) -> i64 {
    read(db, |c| {
        diesel::RunQueryDsl::get_result::<Count>(
            diesel::sql_query(format!("SELECT COUNT(*) AS n FROM {sql}")),
            c,
        )
    })
    .n
}

on_both! {
    fn a_small_forum_comes_to_life(db) {
        let logins = demo::fill(&house(db)).unwrap();
        let roles: Vec<Role> = logins.iter().map(|l| l.role).collect();
        assert_eq!(roles, [Role::Administrator, Role::Operator, Role::Moderator, Role::Expert, Role::Member, Role::Member]);
        for login in &logins {
            let hash = read(db, |c| accounts::store::credentials(c, &login.handle)).unwrap().1.unwrap();
            assert!(verify_now(&Password::given(&login.password), &hash));
        }
        assert_eq!(count(db, "members"), 30);
        assert!(count(db, "threads WHERE state = 0") >= 40);
        assert!(count(db, "posts WHERE state = 0") >= 300);
        assert!(count(db, "reactions WHERE active") >= 400);
        assert!(count(db, "threads WHERE featured_at IS NOT NULL") >= 3);
        assert!(count(db, "threads WHERE accepted_post_id IS NOT NULL AND NOT unanswered") >= 15);
        assert!(count(db, "threads WHERE lang = 'zh-Hans'") >= 15);
        assert!(count(db, "posts WHERE lang = 'zh-Hant'") >= 3);
        assert_eq!(count(db, &format!("posts WHERE created_at > {}", NOW.0)), 0);
        assert!(count(db, &format!("posts WHERE created_at > {}", NOW.plus(-hearth::base::time::DAY).0)) >= 5);
        assert_eq!(count(db, &format!("activities WHERE occurred_at > {}", NOW.0)), 0);
    }
}

on_both! {
    fn its_heat_and_doors_are_right(db) {
        demo::fill(&house(db)).unwrap();
        let public = read(db, categories::service::public);
        assert!(read(db, categories::store::all).iter().any(|c| c.private && !public.has(c.id) && c.threads >= 2));
        let site = read(db, |c| curation::pinned(c, &public, None, None, NOW));
        assert_eq!(site.len(), 1);
        let news = public.by_slug("news").unwrap().id;
        assert_eq!(read(db, |c| curation::pinned(c, &public, None, Some(news), NOW)).len(), 1);
        let scale = read(db, threads::service::scale);
        for id in read(db, |c| threads::store::ids_after(c, ThreadId(0), 1_000)) {
            let thread = read(db, |c| threads::store::find(c, id)).unwrap();
            let total = read(db, |c| heat::store::total(c, scale, id));
            assert!((thread.heat - total).abs() < 1e-9, "{}", thread.title);
            let rows = read(db, |c| posts::store::of_thread(c, id, 0, 1_000));
            let listed: Vec<_> = rows.iter().filter(|p| p.state() == State::Listed).collect();
            assert_eq!(thread.posts, listed.len() as i64);
            assert_eq!(thread.likes, listed.iter().map(|p| p.likes).sum::<i64>());
            assert!(thread.views > 0 && thread.state() == State::Listed);
            assert!(thread.kind() == ThreadKind::Question || thread.accepted_post_id.is_none());
        }
        assert!(read(db, |c| posts::bulk::unfinished(c, PostId(0), 1)).is_empty());
    }
}

#[test]
fn the_same_now_gives_the_same_forum() {
    let titles = |db: &TestDb| {
        demo::fill(&house(db)).unwrap();
        let ids = read(db, |c| threads::store::ids_after(c, ThreadId(0), 1_000));
        let mut rows = read(db, |c| threads::store::find_many(c, &ids));
        rows.sort_by_key(|t| t.id);
        rows.into_iter()
            .map(|t| format!("{} {} {} {} {}", t.id, t.title, t.likes, t.last_post_at.0, t.heat))
            .collect::<Vec<_>>()
    };
    assert_eq!(titles(&TestDb::sqlite()), titles(&TestDb::sqlite()));
}

on_both! {
    fn nothing_is_laid_over_somebody_elses(db) {
        demo::fill(&house(db)).unwrap();
        let before = count(db, "posts");
        assert!(matches!(demo::fill(&house(db)), Err(demo::Error::Occupied)));
        assert_eq!(count(db, "posts"), before);
    }
}
