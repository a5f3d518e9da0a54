//! Opening, replying, editing, removing, answering, liking: what each leaves behind.

use hearth::base::actor::Role;
use hearth::base::time::{DAY, HOUR};
use hearth::content::posts::service::{OpenThread, Reply};
use hearth::content::posts::{self, edit};
use hearth::content::tags::TagNames;
use hearth::content::threads::service::Change;
use hearth::content::threads::{self, State, ThreadKind, Title};
use hearth::content::{curation, reactions};
use hearth::infra::activity::Verb;
use hearth::infra::db::DbError;

use super::stage::Stage;
use crate::on_both;

on_both! {
    fn an_open_thread_has_one_post_and_is_counted(db) {
        let stage = Stage::new(db);
        let (author, talk) = (stage.member("author"), stage.category("talk"));
        let wanted = OpenThread {
            tags: TagNames::parse_line("Motors, 网络").unwrap(),
            ..stage.wanted(talk, "Which motor?")
        };
        let opened = stage.open_as(&author, wanted).unwrap();
        let thread = stage.thread(opened.thread);
        assert_eq!((thread.posts, thread.next_number, thread.replies()), (1, 2, 0));
        assert_eq!((thread.author_id, thread.last_poster_id), (author.id, author.id));
        assert!(thread.unanswered && !thread.closed && thread.accepted_post_id.is_none());
        assert_eq!(opened.url, thread.url(1));
        assert!(stage.post(opened.post).opens());
        assert_eq!(stage.count("tags WHERE threads = 1"), 2);
        assert_eq!(stage.count("follows"), 1);
        assert_eq!(stage.number("SELECT CAST(number AS BIGINT) AS n FROM read_positions"), 1);
        assert_eq!(stage.told(Verb::ThreadCreated), 1);
        stage.check();
    }
}

on_both! {
    fn a_reply_moves_the_thread(db) {
        let stage = Stage::new(db);
        let (author, other) = (stage.member("author"), stage.member("other"));
        let id = stage.open(&author, stage.category("talk"), "Talk").thread;
        stage.advance(HOUR);
        let reply = stage.reply(&other, id);
        let thread = stage.thread(id);
        assert_eq!((reply.number, thread.posts, thread.next_number), (2, 2, 3));
        assert_eq!((thread.last_post_at, thread.last_poster_id), (stage.house.clock.now(), other.id));
        assert!(!thread.unanswered);
        // An answer to an answer, and to a number that is not there.
        let (text, who) = (stage.text("Yes."), author.clone());
        let to = |to| {
            let (wanted, who) = (Reply { thread: id, to: Some(to), text: text.clone() }, who.clone());
            let reply = stage.write(move |c, house| posts::service::reply(c, house, &who, &wanted)).unwrap();
            stage.post(reply.post).reply_to
        };
        assert_eq!(to(2), Some(reply.post));
        assert_eq!(to(99), None);
        stage.check();
    }
}

on_both! {
    fn an_edit_keeps_what_was_there_before(db) {
        let stage = Stage::new(db);
        let (author, other) = (stage.member("author"), stage.member("other"));
        let moderator = stage.with_role("moderator1", Role::Moderator);
        let opened = stage.open(&author, stage.category("talk"), "First title");
        stage.advance(HOUR);
        let (_, post) = stage.edit(&author, opened.post, "Second text.").unwrap();
        assert_eq!((post.body.as_str(), post.revisions), ("Second text.", 1));
        assert!(post.html.contains("Second text."));
        stage.edit(&author, opened.post, "Second text.").unwrap();
        assert_eq!(stage.post(opened.post).revisions, 1, "nothing changed, nothing is kept");
        stage.advance(HOUR);
        let (text, who, id) = (stage.text("Third text."), moderator.clone(), opened.post);
        let (thread, _) = stage
            .write(move |c, house| {
                let title = Some(Title::parse("Second title").unwrap());
                edit::edit(c, house, &who, &edit::Edit { post: id, text: text.clone(), title, seen: None })
            })
            .unwrap();
        assert_eq!((thread.title.as_str(), thread.slug.as_str()), ("Second title", "second-title"));
        let history = stage.read(|c| posts::store::history(c, opened.post));
        let told: Vec<_> = history.iter().map(|r| (r.number, r.body.as_str(), r.title.as_deref())).collect();
        assert_eq!(told, [(2, "Second text.", Some("First title")), (1, "Hello.", Some("First title"))]);
        assert!(history[0].written_at > history[1].written_at);
        assert!(matches!(stage.edit(&other, opened.post, "Mine."), Err(posts::Error::Forbidden)));
        stage.close(&moderator, opened.thread, true).unwrap();
        assert!(matches!(stage.edit(&author, opened.post, "Late."), Err(posts::Error::Forbidden)));
        stage.edit(&moderator, opened.post, "By staff.").unwrap();
        stage.check();
    }
}

on_both! {
    fn removing_and_restoring_keeps_every_number_right(db) {
        let stage = Stage::new(db);
        let (author, other, fan) = (stage.member("author"), stage.member("other"), stage.member("fan"));
        let moderator = stage.with_role("moderator1", Role::Moderator);
        let id = stage.ask(&author, stage.category("talk"), "Question").thread;
        stage.advance(HOUR);
        let answer = stage.reply(&other, id);
        stage.advance(DAY);
        let last = stage.reply(&other, id);
        stage.like(&fan, answer.post, true).unwrap();
        stage.like(&author, answer.post, true).unwrap();
        stage.like(&fan, last.post, true).unwrap();
        stage.accept(&author, id, Some(answer.post)).unwrap();
        stage.check();
        let before = stage.thread(id);
        stage.delete(&moderator, last.post).unwrap();
        stage.check();
        assert!(stage.thread(id).last_post_at < before.last_post_at);
        stage.delete(&other, answer.post).unwrap();
        let thread = stage.thread(id);
        assert_eq!((thread.posts, thread.likes, thread.accepted_post_id), (1, 0, None));
        assert!(thread.unanswered);
        stage.check();
        assert!(matches!(stage.like(&fan, last.post, false), Err(reactions::Error::Post(e)) if e.to_string().contains("removed")));
        assert!(matches!(stage.restore(&author, last.post), Err(posts::Error::Thread(threads::Error::Gone))));
        for post in [last.post, answer.post, answer.post] {
            stage.restore(&moderator, post).unwrap();
            stage.check();
        }
        let after = stage.thread(id);
        assert_eq!((after.posts, after.likes, after.last_post_at), (3, 3, before.last_post_at));
        assert_eq!((after.next_number, after.last_poster_id), (4, other.id));
        stage.accept(&author, id, Some(answer.post)).unwrap();
        stage.check();
        // The number of a removed post is not given again.
        stage.delete(&other, last.post).unwrap();
        assert_eq!(stage.reply(&fan, id).number, 4);
        stage.check();
    }
}

on_both! {
    fn authors_remove_their_own_thread_only_while_nobody_replied(db) {
        let stage = Stage::new(db);
        let (author, other) = (stage.member("author"), stage.member("other"));
        let moderator = stage.with_role("moderator1", Role::Moderator);
        let talk = stage.category("talk");
        let lone = stage.open(&author, talk, "Lone");
        assert!(matches!(stage.delete(&other, lone.post), Err(posts::Error::Forbidden)));
        stage.delete(&author, lone.post).unwrap();
        assert_eq!(stage.thread(lone.thread).state(), State::Deleted);
        assert_eq!(stage.count("categories WHERE threads = 0"), 1);
        let busy = stage.open(&author, talk, "Busy");
        stage.reply(&other, busy.thread);
        assert!(matches!(
            stage.delete(&author, busy.post),
            Err(posts::Error::Thread(threads::Error::Forbidden))
        ));
        stage.delete(&moderator, busy.post).unwrap();
        stage.check();
        stage.restore(&moderator, busy.post).unwrap();
        stage.check();
        assert_eq!(stage.thread(busy.thread).state(), State::Listed);
        assert!(!stage.thread(busy.thread).was_public);
    }
}

on_both! {
    fn a_closed_thread_takes_replies_of_moderators_only(db) {
        let stage = Stage::new(db);
        let author = stage.member("author");
        let moderator = stage.with_role("moderator1", Role::Moderator);
        let id = stage.open(&author, stage.category("talk"), "Closed").thread;
        assert!(matches!(stage.close(&author, id, true), Err(threads::Error::Forbidden)));
        stage.close(&moderator, id, true).unwrap();
        let version = stage.thread(id).version;
        stage.close(&moderator, id, true).unwrap();
        assert_eq!(stage.thread(id).version, version, "closing twice changes nothing");
        assert!(matches!(
            stage.try_reply(&author, id),
            Err(posts::Error::Thread(threads::Error::Closed))
        ));
        stage.reply(&moderator, id);
        stage.close(&moderator, id, false).unwrap();
        stage.reply(&author, id);
        stage.check();
    }
}

on_both! {
    fn moving_and_retagging_move_the_counts(db) {
        let stage = Stage::new(db);
        let author = stage.member("author");
        let moderator = stage.with_role("moderator1", Role::Moderator);
        let (a, b) = (stage.category("a-side"), stage.category("b-side"));
        let wanted =
            OpenThread { tags: TagNames::parse_line("one,two").unwrap(), ..stage.wanted(a, "Moved") };
        let id = stage.open_as(&author, wanted).unwrap().thread;
        let to = |category| Change { category: Some(category), ..Change::default() };
        assert!(matches!(stage.change(&author, id, to(b)), Err(threads::Error::CategoryClosed)));
        stage.check();
        stage.change(&moderator, id, to(b)).unwrap();
        assert_eq!(stage.thread(id).category_id, b);
        stage.check();
        let tags = Change { tags: Some(TagNames::parse_line("two,three").unwrap()), ..Change::default() };
        stage.change(&author, id, tags.clone()).unwrap();
        assert_eq!(stage.count("tags WHERE threads = 1"), 2);
        stage.check();
        // What is not listed is not counted, wherever it goes.
        let post = stage.number("SELECT MIN(id) AS n FROM posts");
        stage.delete(&moderator, hearth::base::ids::PostId(post)).unwrap();
        stage.change(&moderator, id, to(a)).unwrap();
        let none = Change { tags: Some(TagNames::default()), ..Change::default() };
        stage.change(&moderator, id, none).unwrap();
        stage.check();
        stage.restore(&moderator, hearth::base::ids::PostId(post)).unwrap();
        stage.check();
        assert_eq!(stage.count("tags WHERE threads > 0"), 0);
        assert!(matches!(
            stage.change(&moderator, id, to(hearth::base::ids::CategoryId(99))),
            Err(threads::Error::CategoryInvalid)
        ));
    }
}

on_both! {
    fn an_answer_is_accepted_by_the_asker_and_weighs_once(db) {
        let stage = Stage::new(db);
        let (asker, other) = (stage.member("asker"), stage.member("other"));
        let moderator = stage.with_role("moderator1", Role::Moderator);
        let talk = stage.category("talk");
        let question = stage.ask(&asker, talk, "Question");
        let id = question.thread;
        let (one, two) = (stage.reply(&other, id).post, stage.reply(&asker, id).post);
        let before = stage.thread(id).heat;
        assert!(matches!(stage.accept(&other, id, Some(one)), Err(posts::Error::Forbidden)));
        assert!(matches!(stage.accept(&asker, id, Some(question.post)), Err(posts::Error::NotAnAnswer)));
        let talk_id = stage.open(&asker, talk, "No question");
        let elsewhere = stage.reply(&other, talk_id.thread).post;
        assert!(matches!(stage.accept(&asker, id, Some(elsewhere)), Err(posts::Error::NotAnAnswer)));
        assert!(matches!(
            stage.accept(&asker, talk_id.thread, Some(elsewhere)),
            Err(posts::Error::NotAnAnswer)
        ));
        stage.accept(&asker, id, Some(one)).unwrap();
        let accepted = stage.thread(id);
        assert!(accepted.heat > before && !accepted.unanswered);
        stage.check();
        for (who, post) in [(&asker, Some(one)), (&moderator, Some(two)), (&asker, Some(one))] {
            stage.accept(who, id, post).unwrap();
            assert!((stage.thread(id).heat - accepted.heat).abs() < 1e-9, "one acceptance counts");
            stage.check();
        }
        stage.accept(&asker, id, None).unwrap();
        assert!((stage.thread(id).heat - before).abs() < 1e-9);
        assert!(stage.thread(id).unanswered);
        // A question that becomes a discussion has no answer any more.
        stage.accept(&asker, id, Some(one)).unwrap();
        let talk = Change { kind: Some(ThreadKind::Discussion), ..Change::default() };
        stage.change(&asker, id, talk).unwrap();
        assert_eq!(stage.thread(id).accepted_post_id, None);
        assert_eq!((stage.told(Verb::AnswerAccepted), stage.told(Verb::AnswerUnaccepted)), (4, 4));
        stage.check();
    }
}

on_both! {
    fn the_suspended_write_nothing_whatever_their_role(db) {
        let stage = Stage::new(db);
        let admin = stage.with_role("root1", Role::Administrator);
        let talk = stage.category("talk");
        for (handle, role) in [("sam", Role::Member), ("mod1", Role::Moderator), ("ops1", Role::Operator)] {
            let (who, other) = (stage.with_role(handle, role), stage.member(&format!("{handle}x")));
            let question = stage.ask(&who, talk, "Mine");
            let (id, answer) = (question.thread, stage.reply(&other, question.thread).post);
            let lone = stage.open(&who, talk, "Lone");
            let until = stage.house.clock.now().plus(DAY);
            let who = stage.suspend(&admin, &who, until);
            let facts = stage.count("activities");
            assert!(stage.open_as(&who, stage.wanted(talk, "More")).is_err());
            assert!(stage.try_reply(&who, id).is_err());
            assert!(stage.like(&who, answer, true).is_err());
            assert!(stage.edit(&who, question.post, "Changed.").is_err());
            assert!(stage.delete(&who, lone.post).is_err());
            assert!(stage.delete(&who, answer).is_err());
            assert!(stage.restore(&who, answer).is_err());
            assert!(stage.accept(&who, id, Some(answer)).is_err());
            assert!(stage.close(&who, id, true).is_err());
            assert!(stage.feature(&who, id, true).is_err());
            let pin = curation::Wanted { scope: curation::Scope::Category, until: None, position: 0 };
            assert!(stage.pin(&who, id, pin).is_err());
            let retitled = Change { title: Some(Title::parse("x").unwrap()), ..Change::default() };
            assert!(stage.change(&who, id, retitled).is_err());
            let (by, target) = (who.clone(), other.id);
            let purged = stage.write(move |c, house| posts::purge::remove_all(c, house, &by, target));
            assert!(purged.is_err());
            let by = who.clone();
            let deleted = stage.write(move |c, house| threads::service::delete(c, house, &by, lone.thread));
            assert!(matches!(deleted, Err(threads::Error::Suspended)), "{handle}");
            assert_eq!(stage.count("activities"), facts, "{handle}");
            // It ends by itself.
            stage.advance(DAY);
            stage.reply(&stage.signed_in(who.id), id);
        }
        stage.check();
    }
}

on_both! {
    fn likes_change_something_once(db) {
        let stage = Stage::new(db);
        let (author, fan) = (stage.member("author"), stage.member("fan"));
        let opened = stage.open(&author, stage.category("talk"), "Liked");
        assert!(matches!(stage.like(&author, opened.post, true), Err(reactions::Error::OwnPost)));
        assert_eq!(stage.like(&fan, opened.post, false).unwrap(), 0, "nothing to take back");
        for _ in 0..2 {
            assert_eq!(stage.like(&fan, opened.post, true).unwrap(), 1);
        }
        assert_eq!(stage.thread(opened.thread).likes, 1);
        stage.check();
        for _ in 0..2 {
            assert_eq!(stage.like(&fan, opened.post, false).unwrap(), 0);
        }
        stage.like(&fan, opened.post, true).unwrap();
        assert_eq!(stage.number("SELECT CAST(generation AS BIGINT) AS n FROM reactions"), 2);
        assert_eq!((stage.told(Verb::PostLiked), stage.told(Verb::PostUnliked)), (2, 1));
        let liked = stage.read(|c| reactions::liked(c, fan.id, &[opened.post]));
        assert_eq!(liked, [opened.post]);
        stage.check();
    }
}

on_both! {
    fn readers_come_back_to_where_they_were(db) {
        let stage = Stage::new(db);
        let (author, reader) = (stage.member("author"), stage.member("reader"));
        let id = stage.open(&author, stage.category("talk"), "Read").thread;
        let now = stage.house.clock.now();
        for number in [3, 7, 5] {
            let who = reader.id;
            stage
                .write(move |c, _| threads::store::mark_read(c, who, id, number, now).map_err(DbError::from))
                .unwrap();
        }
        assert_eq!(stage.read(|c| threads::store::read_positions(c, reader.id, &[id])), [(id, 7)]);
    }
}
