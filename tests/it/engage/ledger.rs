//! The ledger by itself: caps, reversals, debts, the append-only rows, the reader, rebuilding, revoking.

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use hearth::app::jobs::rebuild_points;
use hearth::base::actor::Role;
use hearth::base::time::{DAY, HOUR, UtcTime};
use hearth::engage::ledger::{self, Error};
use hearth::engage::levels::{self, Ladder, Level};
use hearth::engage::rules::{Kind, Rule, Rules};
use hearth::infra::activity::reader::Running;
use hearth::infra::activity::{self, NewActivity, Origin, Verb, sequencer};
use hearth::infra::db::DbError;
use hearth::infra::db::schema::leases;
use hearth::site::settings::{self, Settings};

use super::stage::{adjust, audit, entries, points, revoke, set, settle, sound, spend, tight};
use crate::content::stage::{NOW, Stage};
use crate::on_both;

fn deltas(stage: &Stage, who: &hearth::base::actor::SignedIn, kind: Kind) -> Vec<i64> {
    let mut all: Vec<i64> =
        entries(stage, who).iter().filter(|e| e.kind() == Some(kind)).map(|e| e.delta).collect();
    all.reverse();
    all
}

on_both! {
    fn talking_earns(db) {
        let stage = Stage::new(db);
        let category = stage.category("general");
        let (ada, bob) = (stage.member("ada"), stage.member("bob"));
        let asked = stage.ask(&ada, category, "What hums?");
        let reply = stage.reply(&bob, asked.thread).post;
        stage.like(&ada, reply, true).unwrap();
        stage.accept(&ada, asked.thread, Some(reply)).unwrap();
        settle(db);
        let rules = Rules::default();
        let worth = |kind| rules.of(kind).points;
        assert_eq!(points(&stage, &ada).0, worth(Kind::Thread) + worth(Kind::FirstOfDay));
        let earned = worth(Kind::Reply) + worth(Kind::FirstOfDay) + worth(Kind::Like) + worth(Kind::Accepted);
        assert_eq!(points(&stage, &bob), (earned, earned, 0));
        assert_eq!(entries(&stage, &bob).len(), 4);
        assert!(entries(&stage, &bob).iter().all(|e| e.post_id == Some(reply) && e.occurred_at == NOW));
        sound(db);
        // Nobody earns by answering themselves.
        let own = stage.ask(&ada, category, "And this?");
        let answer = stage.reply(&ada, own.thread).post;
        stage.accept(&ada, own.thread, Some(answer)).unwrap();
        settle(db);
        assert!(deltas(&stage, &ada, Kind::Accepted).is_empty());
    }
}

on_both! {
    fn a_like_given_taken_and_given_again_awards_reverses_and_awards(db) {
        let stage = Stage::new(db);
        let category = stage.category("general");
        let (ada, bob) = (stage.member("ada"), stage.member("bob"));
        let post = stage.open(&ada, category, "Hello").post;
        for on in [true, true, false, false, true] {
            stage.like(&bob, post, on).unwrap();
        }
        settle(db);
        assert_eq!(deltas(&stage, &ada, Kind::Like), [1, -1, 1]);
        let likes: Vec<_> = entries(&stage, &ada).into_iter().filter(|e| e.kind() == Some(Kind::Like)).collect();
        assert_eq!(likes.iter().map(|e| e.generation).collect::<Vec<_>>(), [2, 1, 1]);
        assert_eq!(likes[1].reverses, Some(likes[2].id));
        sound(db);
    }
}

on_both! {
    fn caps_hold_for_a_day_and_are_not_refilled(db) {
        let stage = Stage::new(db);
        set(&stage, tight());
        let category = stage.category("general");
        let ada = stage.member("ada");
        let mo = stage.with_role("mo", Role::Moderator);
        let thread = stage.open(&mo, category, "Hello").thread;
        let posts: Vec<_> = (0..4).map(|_| stage.reply(&ada, thread).post).collect();
        settle(db);
        assert_eq!(deltas(&stage, &ada, Kind::Reply), [2, 2, 1], "the cap is 5 a day");
        stage.delete(&mo, posts[0]).unwrap();
        stage.reply(&ada, thread);
        settle(db);
        assert_eq!(deltas(&stage, &ada, Kind::Reply), [2, 2, 1, -2], "what was used up is used up");
        stage.restore(&mo, posts[0]).unwrap();
        settle(db);
        assert_eq!(deltas(&stage, &ada, Kind::Reply), [2, 2, 1, -2, 2], "it gets back what it had");
        stage.advance(DAY);
        stage.reply(&ada, thread);
        settle(db);
        assert_eq!(deltas(&stage, &ada, Kind::Reply).last(), Some(&2), "a new day");
        assert_eq!(deltas(&stage, &ada, Kind::FirstOfDay), [3, 3]);
        sound(db);
    }
}

on_both! {
    fn the_first_post_of_a_day_lasts_as_long_as_any(db) {
        let stage = Stage::new(db);
        let category = stage.category("general");
        let ada = stage.member("ada");
        let mo = stage.with_role("mo", Role::Moderator);
        let thread = stage.open(&mo, category, "Hello").thread;
        let (first, second) = (stage.reply(&ada, thread).post, stage.reply(&ada, thread).post);
        settle(db);
        stage.delete(&mo, first).unwrap();
        settle(db);
        assert_eq!(deltas(&stage, &ada, Kind::FirstOfDay), [1]);
        stage.delete(&mo, second).unwrap();
        settle(db);
        assert_eq!(deltas(&stage, &ada, Kind::FirstOfDay), [1, -1]);
        assert_eq!(points(&stage, &ada), (0, 0, 0));
        stage.restore(&mo, first).unwrap();
        settle(db);
        assert_eq!(deltas(&stage, &ada, Kind::FirstOfDay), [1, -1, 1]);
        sound(db);
    }
}

on_both! {
    fn a_removed_thread_takes_everything_in_it_along(db) {
        let stage = Stage::new(db);
        let category = stage.category("general");
        let (ada, bob, cyd) = (stage.member("ada"), stage.member("bob"), stage.member("cyd"));
        let mo = stage.with_role("mo", Role::Moderator);
        let asked = stage.ask(&ada, category, "What hums?");
        let reply = stage.reply(&bob, asked.thread).post;
        let gone = stage.reply(&cyd, asked.thread).post;
        stage.like(&cyd, reply, true).unwrap();
        stage.like(&cyd, asked.post, true).unwrap();
        stage.accept(&ada, asked.thread, Some(reply)).unwrap();
        settle(db);
        let before = [&ada, &bob].map(|m| points(&stage, m));
        stage.delete(&mo, asked.post).unwrap();
        settle(db);
        assert_eq!([&ada, &bob, &cyd].map(|m| points(&stage, m)), [(0, 0, 0); 3]);
        // Removed while its thread was: it stays away when the thread comes back.
        stage.delete(&mo, gone).unwrap();
        stage.restore(&mo, asked.post).unwrap();
        settle(db);
        assert_eq!([&ada, &bob].map(|m| points(&stage, m)), before);
        assert_eq!(points(&stage, &cyd), (0, 0, 0));
        sound(db);
    }
}

on_both! {
    fn a_day_is_one_of_the_sites_time_zone(db) {
        let stage = Stage::new(db);
        set(&stage, tight());
        let category = stage.category("general");
        let ada = stage.member("ada");
        let zone = |name: &str| {
            let wanted = Settings { time_zone: name.into(), ..Settings::default() };
            stage.write(move |c, house| settings::save(c, &house.clock, &wanted)).unwrap();
        };
        zone("Asia/Shanghai");
        // From 22:13 by UTC: 23:13 of the next day there, and an hour later the day after.
        stage.advance(17 * HOUR);
        stage.open(&ada, category, "Late");
        stage.open(&ada, category, "Later");
        stage.advance(HOUR);
        stage.open(&ada, category, "Early");
        settle(db);
        assert_eq!(deltas(&stage, &ada, Kind::FirstOfDay), [3, 3], "midnight passed there, not by UTC");
        assert_eq!(deltas(&stage, &ada, Kind::Thread), [5, 5, 5], "a cap of 12 holds for each day");
        let before = (points(&stage, &ada), entries(&stage, &ada));
        // Another zone moves nothing that was booked, nor does a rebuild award anything anew.
        zone("UTC");
        rebuild_points(db, |_, _| {}).unwrap();
        settle(db);
        assert_eq!((points(&stage, &ada), entries(&stage, &ada)), before);
        // By UTC it is the day that had the first two threads there: its first post and most of its cap are used.
        stage.open(&ada, category, "The same day again");
        settle(db);
        assert_eq!(deltas(&stage, &ada, Kind::FirstOfDay), [3, 3]);
        assert_eq!(deltas(&stage, &ada, Kind::Thread), [5, 5, 5, 2]);
        sound(db);
    }
}

on_both! {
    fn spent_points_that_are_taken_back_leave_a_debt(db) {
        let stage = Stage::new(db);
        let category = stage.category("general");
        let ada = stage.member("ada");
        let (mo, op) = (stage.with_role("mo", Role::Moderator), stage.with_role("op", Role::Operator));
        let post = stage.open(&ada, category, "Hello").post;
        settle(db);
        assert_eq!(points(&stage, &ada), (6, 6, 0));
        assert!(matches!(spend(&stage, &ada, 7, 1), Err(Error::Insufficient)));
        spend(&stage, &ada, 5, 1).unwrap();
        assert!(spend(&stage, &ada, 1, 1).is_err(), "one act spends once");
        assert_eq!(points(&stage, &ada), (1, 6, 0), "spending leaves growth");
        stage.delete(&mo, post).unwrap();
        settle(db);
        assert_eq!(points(&stage, &ada), (0, 0, 5));
        assert!(matches!(spend(&stage, &ada, 1, 2), Err(Error::Insufficient)));
        adjust(&stage, &op, &ada, 3).unwrap();
        assert_eq!(points(&stage, &ada), (0, 3, 2), "awards pay debts first");
        adjust(&stage, &op, &ada, 3).unwrap();
        assert_eq!(points(&stage, &ada), (1, 6, 0));
        adjust(&stage, &op, &ada, -10).unwrap();
        assert_eq!(points(&stage, &ada), (0, -4, 9));
        sound(db);
    }
}

on_both! {
    fn an_entry_is_revoked_once_and_for_good(db) {
        let stage = Stage::new(db);
        let category = stage.category("general");
        let ada = stage.member("ada");
        let (mo, op) = (stage.with_role("mo", Role::Moderator), stage.with_role("op", Role::Operator));
        let opened = stage.open(&ada, category, "Hello");
        settle(db);
        let award = entries(&stage, &ada).into_iter().find(|e| e.kind() == Some(Kind::Thread)).unwrap();
        assert!(matches!(revoke(&stage, &mo, award.id), Err(Error::Forbidden)));
        let reversal = revoke(&stage, &op, award.id).unwrap();
        assert!(matches!(revoke(&stage, &op, award.id), Err(Error::AlreadyReversed)));
        assert!(matches!(revoke(&stage, &op, reversal), Err(Error::NotRevocable)));
        let system: i64 = stage.number("SELECT MAX(id) AS n FROM ledger WHERE account < 0");
        assert!(matches!(revoke(&stage, &op, system), Err(Error::Absent)));
        assert!(matches!(revoke(&stage, &op, 999_999), Err(Error::Absent)));
        assert_eq!(points(&stage, &ada), (1, 1, 0));
        stage.delete(&mo, opened.post).unwrap();
        stage.restore(&mo, opened.post).unwrap();
        settle(db);
        assert_eq!(points(&stage, &ada), (1, 1, 0), "it does not come back with its thread");
        let given = adjust(&stage, &op, &ada, 50).unwrap();
        revoke(&stage, &op, given).unwrap();
        assert_eq!(points(&stage, &ada), (1, 1, 0));
        sound(db);
    }
}

on_both! {
    fn entries_cannot_be_changed_or_removed(db) {
        let stage = Stage::new(db);
        let (ada, op) = (stage.member("ada"), stage.with_role("op", Role::Operator));
        let id = adjust(&stage, &op, &ada, 5).unwrap();
        let mut conn = db.dedicated().unwrap();
        assert!(conn.batch_execute("UPDATE ledger SET delta = 50").is_err());
        assert!(conn.batch_execute("DELETE FROM ledger").is_err());
        // Neither the same award twice, nor the same reversal.
        let row = |kind: i16, generation: i64, reverses: &str| format!(
            "INSERT INTO ledger (account, kind, subject, giver, generation, delta, reverses, reason, occurred_at, recorded_at) \
             VALUES ({}, {kind}, 0, 0, {generation}, 5, {reverses}, '', 0, 0)", ada.id
        );
        assert!(conn.batch_execute(&row(6, 1, "NULL")).is_err());
        conn.batch_execute(&row(6, 1, &id.to_string())).unwrap();
        assert!(conn.batch_execute(&row(6, 2, &id.to_string())).is_err());
        let audit = audit(db);
        assert_eq!(audit.sum, 5);
        let what: Vec<_> = audit.findings.iter().map(|f| f.what.split(' ').next().unwrap()).collect();
        assert_eq!(what, ["entries", "reversals", "members"], "{audit:?}");
    }
}

on_both! {
    fn a_reader_that_lost_its_lease_books_nothing_twice(db) {
        let stage = Stage::new(db);
        let category = stage.category("general");
        let ada = stage.member("ada");
        stage.open(&ada, category, "Hello");
        let mut held = None;
        sequencer::step(db, &mut held, "test").unwrap();
        let mut paused = Running::new(ledger::reader::READER, "paused");
        let mut other = Running::new(ledger::reader::READER, "other");
        paused.hold(db).unwrap().unwrap();
        db.write_now(|c| {
            diesel::update(leases::table.filter(leases::name.eq("points")))
                .set(leases::expires_at.eq(UtcTime(0)))
                .execute(c)
                .map_err(DbError::from)
        })
        .unwrap();
        assert!(other.step(db).unwrap() > 0);
        assert_eq!(paused.step(db).unwrap(), 0);
        assert_eq!(points(&stage, &ada), (6, 6, 0));
        sound(db);
    }
}

on_both! {
    fn rebuilding_leaves_what_is_right_and_mends_what_is_not(db) {
        let stage = Stage::new(db);
        let category = stage.category("general");
        let (ada, bob) = (stage.member("ada"), stage.member("bob"));
        let op = stage.with_role("op", Role::Operator);
        stage.open(&ada, category, "Hello");
        adjust(&stage, &op, &bob, 700).unwrap();
        spend(&stage, &bob, 650, 1).unwrap();
        settle(db);
        let rows = stage.count("ledger");
        let before = [&ada, &bob].map(|m| points(&stage, m));
        rebuild_points(db, |_, _| {}).unwrap();
        assert_eq!([&ada, &bob].map(|m| points(&stage, m)), before);
        sound(db);
        stage.sql("UPDATE point_accounts SET balance = 1000, growth = 3, debt = 2; UPDATE members SET level = 6");
        assert_eq!(audit(db).findings.len(), 2);
        rebuild_points(db, |_, _| {}).unwrap();
        assert_eq!([&ada, &bob].map(|m| points(&stage, m)), before);
        assert_eq!(stage.count("ledger"), rows, "nothing is awarded anew");
        assert_eq!(stage.number(&format!("SELECT CAST(level AS BIGINT) AS n FROM members WHERE id = {}", bob.id)), 4);
        sound(db);
    }
}

on_both! {
    fn levels_follow_growth(db) {
        let stage = Stage::new(db);
        let (ada, op) = (stage.member("ada"), stage.with_role("op", Role::Operator));
        let level = || stage.number(&format!("SELECT CAST(level AS BIGINT) AS n FROM members WHERE id = {}", ada.id));
        assert_eq!(level(), 1);
        adjust(&stage, &op, &ada, 150).unwrap();
        assert_eq!(level(), 3);
        spend(&stage, &ada, 150, 1).unwrap();
        assert_eq!(level(), 3, "spending costs no level");
        adjust(&stage, &op, &ada, -100).unwrap();
        assert_eq!(level(), 2);
        let steps: Vec<Level> = [0, 1]
            .map(|threshold| Level { threshold, ..Ladder::default().levels()[0].clone() })
            .into();
        stage.write(move |c, _| levels::save(c, &Ladder::parse(steps.clone())?)).unwrap();
        assert_eq!(audit(db).findings.len(), 0, "the second of two levels is right by chance");
        adjust(&stage, &op, &ada, -50).unwrap();
        assert_eq!(level(), 1);
        sound(db);
    }
}

on_both! {
    fn likes_without_names_are_one_award_under_the_cap(db) {
        let stage = Stage::new(db);
        set(&stage, Rules::default().with(Kind::Like, Rule { points: 2, per_day: Some(15) }));
        let category = stage.category("general");
        let ada = stage.member("ada");
        let opened = stage.open(&ada, category, "Hello");
        let at = NOW.plus(-400 * DAY);
        let author = ada.id;
        stage
            .write(move |c, house| {
                let liked = NewActivity::new(Verb::PostLiked, at)
                    .to(author)
                    .on(opened.thread, category)
                    .post(opened.post)
                    .from(Origin::Import)
                    .with(serde_json::json!({ "n": 40 }));
                activity::record(c, &house.clock, &liked).map_err(DbError::from)
            })
            .unwrap();
        settle(db);
        assert_eq!(deltas(&stage, &ada, Kind::Like), [15]);
        let entry = entries(&stage, &ada).into_iter().find(|e| e.kind() == Some(Kind::Like)).unwrap();
        assert_eq!((entry.occurred_at, entry.recorded_at), (at, NOW));
        sound(db);
    }
}

on_both! {
    fn two_who_book_at_once_lose_nothing(db) {
        let stage = Stage::new(db);
        let category = stage.category("general");
        let (ada, bob) = (stage.member("ada"), stage.member("bob"));
        let op = stage.with_role("op", Role::Operator);
        let thread = stage.open(&bob, category, "Hello").thread;
        std::thread::scope(|s| {
            for _ in 0..4 {
                s.spawn(|| {
                    for _ in 0..10 {
                        adjust(&stage, &op, &ada, 1).unwrap();
                        adjust(&stage, &op, &bob, -1).unwrap();
                    }
                });
            }
            s.spawn(|| {
                for _ in 0..10 {
                    stage.reply(&ada, thread);
                    settle(db);
                }
            });
            s.spawn(|| {
                for _ in 0..5 {
                    rebuild_points(db, |_, _| {}).unwrap();
                }
            });
        });
        settle(db);
        sound(db);
        assert_eq!(points(&stage, &ada).0, 40 + 20 + 1);
        assert_eq!(points(&stage, &bob), (0, -34, 34));
    }
}
