//! Many at once: numbers stay dense, counters right, and a request sent twice takes effect once.

use std::sync::Barrier;

use hearth::base::actor::Role;
use hearth::base::ids::{PostId, ThreadId};
use hearth::content::posts;
use hearth::content::posts::service::Reply;
use hearth::content::threads::service::Change;
use hearth::web::error::AppError;
use hearth::web::idempotency::{self, Key, KeyReused, Outcome};

use super::stage::Stage;
use crate::on_both;

/// Runs `n` at once and gives their answers.
fn at_once<T: Send>(n: usize, work: impl Fn(usize) -> T + Sync) -> Vec<T> {
    let barrier = Barrier::new(n);
    std::thread::scope(|s| {
        let (work, barrier) = (&work, &barrier);
        let running: Vec<_> = (0..n)
            .map(|k| {
                s.spawn(move || {
                    barrier.wait();
                    work(k)
                })
            })
            .collect();
        running.into_iter().map(|r| r.join().unwrap()).collect()
    })
}

on_both! {
    fn replies_get_dense_and_unique_numbers(db) {
        let stage = Stage::new(db);
        let people: Vec<_> = (0..8).map(|k| stage.member(&format!("person{k}"))).collect();
        let talk = stage.category("talk");
        let threads: Vec<ThreadId> = (0..2).map(|k| stage.open(&people[k], talk, "Busy").thread).collect();
        let mut numbers: Vec<(ThreadId, i32)> = at_once(8, |k| {
            let replies = (0..6).map(|n| {
                let thread = threads[(k + n) % 2];
                (thread, stage.reply(&people[k], thread).number)
            });
            replies.collect::<Vec<_>>()
        }).into_iter().flatten().collect();
        numbers.sort_unstable();
        let wanted: Vec<_> = threads.iter().flat_map(|t| (2..=25).map(|n| (*t, n))).collect();
        assert_eq!(numbers, wanted);
        stage.check();
    }
}

on_both! {
    fn likes_removals_moves_and_replies_may_cross(db) {
        let stage = Stage::new(db);
        let people: Vec<_> = (0..6).map(|k| stage.member(&format!("person{k}"))).collect();
        let moderator = stage.with_role("moderator1", Role::Moderator);
        let (a, b) = (stage.category("a-side"), stage.category("b-side"));
        let threads: Vec<_> = (0..2).map(|k| stage.ask(&people[k], a, "Crossing")).collect();
        let replies: Vec<PostId> = (0..4).map(|k| stage.reply(&people[5], threads[k % 2].thread).post).collect();
        at_once(8, |k| {
            for n in 0..6 {
                let post = replies[(k + n) % 4];
                match k {
                    0..=3 => drop(stage.like(&people[k], post, n % 3 != 2)),
                    4 => drop(stage.reply(&people[4], threads[n % 2].thread)),
                    5 => {
                        drop(stage.delete(&moderator, post));
                        drop(stage.restore(&moderator, post));
                    }
                    6 => drop(stage.accept(&people[n % 2], threads[n % 2].thread, Some(post))),
                    _ => {
                        let category = Some(if n % 2 == 0 { b } else { a });
                        let change = Change { category, ..Change::default() };
                        stage.change(&moderator, threads[n % 2].thread, change).unwrap();
                    }
                }
            }
        });
        stage.check();
    }
}

/// A reply under a key, as a page sends it.
fn reply_once(
    stage: &Stage,
    who: &hearth::base::actor::SignedIn,
    key: Key,
    wanted: &Reply,
) -> Result<Outcome<i32>, AppError> {
    let (who, wanted) = (who.clone(), wanted.clone());
    stage.write(move |c, house| {
        idempotency::once(c, Some(&key), house.clock.now(), |c| {
            let done = posts::service::reply(c, house, &who, &wanted)?;
            Ok((done.number, 201, done.number.to_string()))
        })
    })
}

on_both! {
    fn a_request_sent_twice_takes_effect_once(db) {
        let stage = Stage::new(db);
        let (who, other) = (stage.member("who"), stage.member("other"));
        let thread = stage.open(&other, stage.category("talk"), "Twice").thread;
        let wanted = Reply { thread, to: None, text: stage.text("Once.") };
        let key = |hash: u8| Key { member: who.id, route: "reply".into(), key: "k1".into(), hash: vec![hash] };
        let answers = at_once(4, |_| reply_once(&stage, &who, key(1), &wanted).unwrap());
        let fresh = answers.iter().filter(|a| matches!(a, Outcome::Fresh(2))).count();
        let repeated = answers.iter().filter(|a| matches!(a, Outcome::Repeated(r) if r.status == 201 && r.answer == "2")).count();
        assert_eq!((fresh, repeated), (1, 3));
        assert_eq!(stage.count("posts WHERE number > 1"), 1);
        // The same key for something else.
        let refused = reply_once(&stage, &who, key(2), &wanted).unwrap_err();
        assert_eq!(refused.to_string(), KeyReused { answer: String::new() }.to_string());
        assert_eq!(stage.count("posts WHERE number > 1"), 1);
        // Keys are a member's own, and forgotten after a day.
        let others = Key { member: other.id, ..key(1) };
        assert!(matches!(reply_once(&stage, &other, others, &wanted), Ok(Outcome::Fresh(3))));
        stage.advance(idempotency::KEPT + 1);
        stage.write(|c, house| idempotency::forget(c, house.clock.now()).map_err(hearth::infra::db::DbError::from)).unwrap();
        assert!(matches!(reply_once(&stage, &who, key(2), &wanted), Ok(Outcome::Fresh(4))));
        stage.check();
    }
}

on_both! {
    fn a_refused_request_leaves_its_key_free(db) {
        let stage = Stage::new(db);
        let who = stage.member("who");
        let moderator = stage.with_role("moderator1", Role::Moderator);
        let thread = stage.open(&who, stage.category("talk"), "Refused").thread;
        stage.close(&moderator, thread, true).unwrap();
        let wanted = Reply { thread, to: None, text: stage.text("Late.") };
        let key = Key { member: who.id, route: "reply".into(), key: "k1".into(), hash: vec![1] };
        assert!(reply_once(&stage, &who, key.clone(), &wanted).is_err());
        stage.close(&moderator, thread, false).unwrap();
        assert!(matches!(reply_once(&stage, &who, key, &wanted), Ok(Outcome::Fresh(2))));
    }
}
