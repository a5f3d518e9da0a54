//! Hidden equals absent: who may not read a category gets the answer of what never was.

use hearth::base::actor::{Actor, Role, SignedIn};
use hearth::base::ids::{PostId, ThreadId};
use hearth::content::categories;
use hearth::content::posts;
use hearth::content::reactions;
use hearth::content::threads::service::Change;
use hearth::content::threads::{self, Title};

use super::stage::Stage;
use crate::on_both;

/// What an address answers.
#[derive(Debug, PartialEq, Eq)]
enum Answer {
    Full,
    Gone,
    Absent,
}

fn thread(stage: &Stage, who: Option<&SignedIn>, id: ThreadId) -> Answer {
    let actor = who.map_or(Actor::Visitor, |m| Actor::Member(Box::new(m.clone())));
    let found = stage.house.db.read_now(|c| {
        let readable = categories::service::readable(c, &actor)?;
        threads::service::load_for(c, &actor, &readable, id)
    });
    match found {
        Ok(_) => Answer::Full,
        Err(threads::Error::Gone) => Answer::Gone,
        Err(threads::Error::Absent) => Answer::Absent,
        Err(other) => panic!("{other}"),
    }
}

fn post(stage: &Stage, who: Option<&SignedIn>, id: PostId) -> Answer {
    let actor = who.map_or(Actor::Visitor, |m| Actor::Member(Box::new(m.clone())));
    let found = stage.house.db.read_now(|c| {
        let readable = categories::service::readable(c, &actor)?;
        posts::service::load_for(c, &actor, &readable, id)
    });
    match found {
        Ok(_) => Answer::Full,
        Err(posts::Error::Thread(threads::Error::Gone)) => Answer::Gone,
        Err(posts::Error::Absent) => Answer::Absent,
        Err(other) => panic!("{other}"),
    }
}

on_both! {
    fn outsiders_find_nothing_of_a_private_category(db) {
        let stage = Stage::new(db);
        let (insider, expert) = (stage.member("insider"), stage.with_role("expert1", Role::Expert));
        let (outsider, moderator) = (stage.member("outsider"), stage.with_role("mod1", Role::Moderator));
        let admin = stage.with_role("root1", Role::Administrator);
        let inner = stage.category_with("inner", true, None);
        stage.admit(inner, &[insider.id], &[Role::Expert]);
        let below = stage.category_with("below", false, Some(inner));
        for category in [inner, below] {
            let question = stage.ask(&insider, category, "Secret");
            let (id, reply) = (question.thread, stage.reply(&expert, question.thread));
            for who in [&insider, &expert, &admin] {
                assert_eq!(thread(&stage, Some(who), id), Answer::Full);
                assert_eq!(post(&stage, Some(who), reply.post), Answer::Full);
                assert!(stage.readable(Some(who)).has(category));
            }
            assert_eq!(thread(&stage, None, id), Answer::Absent);
            assert_eq!(post(&stage, None, reply.post), Answer::Absent);
            // A moderator of the site is not let in either, unless named.
            for who in [&outsider, &moderator] {
                assert_eq!(thread(&stage, Some(who), id), Answer::Absent);
                assert_eq!(post(&stage, Some(who), reply.post), Answer::Absent);
                assert!(!stage.readable(Some(who)).has(category));
                let of_thread = [
                    stage.change(who, id, Change { title: Some(Title::parse("x").unwrap()), ..Change::default() }),
                    stage.close(who, id, true),
                    stage.feature(who, id, true),
                ];
                for answer in of_thread {
                    assert!(matches!(answer, Err(threads::Error::Absent)));
                }
                assert!(matches!(
                    stage.open_as(who, stage.wanted(category, "x")),
                    Err(posts::Error::Thread(threads::Error::CategoryInvalid))
                ));
                assert!(matches!(stage.try_reply(who, id), Err(posts::Error::Thread(threads::Error::Absent))));
                assert!(matches!(
                    stage.accept(who, id, Some(reply.post)),
                    Err(posts::Error::Thread(threads::Error::Absent))
                ));
                assert!(matches!(
                    stage.like(who, reply.post, true),
                    Err(reactions::Error::Post(posts::Error::Absent))
                ));
                assert!(matches!(stage.edit(who, reply.post, "x"), Err(posts::Error::Absent)));
                assert!(matches!(stage.delete(who, reply.post), Err(posts::Error::Absent)));
                assert!(matches!(stage.restore(who, reply.post), Err(posts::Error::Absent)));
            }
            // Removed, it still never was.
            stage.delete(&admin, reply.post).unwrap();
            assert_eq!(post(&stage, Some(&outsider), reply.post), Answer::Absent);
            assert_eq!(post(&stage, Some(&insider), reply.post), Answer::Absent, "it was public to nobody");
            stage.delete(&admin, question.post).unwrap();
            for who in [None, Some(&outsider), Some(&insider)] {
                assert_eq!(thread(&stage, who, id), Answer::Absent);
            }
            assert_eq!(thread(&stage, Some(&admin), id), Answer::Full);
        }
        assert!(matches!(stage.try_reply(&outsider, ThreadId(999)), Err(posts::Error::Thread(threads::Error::Absent))));
    }
}

on_both! {
    fn gone_is_only_what_was_public_when_it_was_removed(db) {
        let stage = Stage::new(db);
        let (author, other) = (stage.member("author"), stage.member("other"));
        let admin = stage.with_role("root1", Role::Administrator);
        let (talk, inner) = (stage.category("talk"), stage.category_with("inner", true, None));
        let opened = stage.open(&author, talk, "Public");
        let reply = stage.reply(&other, opened.thread);
        stage.delete(&admin, reply.post).unwrap();
        assert_eq!(post(&stage, None, reply.post), Answer::Gone);
        assert_eq!(post(&stage, Some(&other), reply.post), Answer::Gone, "also to who wrote it");
        stage.delete(&admin, opened.post).unwrap();
        assert_eq!(thread(&stage, None, opened.thread), Answer::Gone);
        assert_eq!(post(&stage, None, opened.post), Answer::Gone);
        // Made private afterwards: it was public all the same.
        stage.sql(&format!("UPDATE categories SET private = TRUE WHERE id = {talk}"));
        assert_eq!(thread(&stage, None, opened.thread), Answer::Gone);
        stage.sql(&format!("UPDATE categories SET private = FALSE WHERE id = {talk}"));
        // Restored, moved behind the door and removed again: it never was.
        stage.restore(&admin, opened.post).unwrap();
        assert_eq!(thread(&stage, None, opened.thread), Answer::Full);
        stage.change(&admin, opened.thread, Change { category: Some(inner), ..Change::default() }).unwrap();
        assert_eq!(thread(&stage, None, opened.thread), Answer::Absent);
        assert_eq!(post(&stage, None, reply.post), Answer::Absent);
        stage.delete(&admin, opened.post).unwrap();
        assert_eq!(thread(&stage, None, opened.thread), Answer::Absent);
        // Hidden, held or scheduled is absent; held and scheduled not for the author.
        let opened = stage.open(&author, talk, "States");
        for (state, own) in [(1, Answer::Full), (2, Answer::Absent), (3, Answer::Full)] {
            stage.sql(&format!("UPDATE threads SET state = {state} WHERE id = {}", opened.thread));
            assert_eq!(thread(&stage, None, opened.thread), Answer::Absent);
            assert_eq!(thread(&stage, Some(&other), opened.thread), Answer::Absent);
            assert_eq!(thread(&stage, Some(&author), opened.thread), own);
            assert_eq!(thread(&stage, Some(&admin), opened.thread), Answer::Full);
        }
        // Removed while it was hidden: nobody outside ever hears of it.
        stage.sql(&format!("UPDATE threads SET state = 2 WHERE id = {}", opened.thread));
        stage.delete(&admin, opened.post).unwrap();
        assert_eq!(thread(&stage, None, opened.thread), Answer::Absent);
    }
}
