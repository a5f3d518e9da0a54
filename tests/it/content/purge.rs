//! Everything a spammer wrote goes in one act, and comes back by another.

use hearth::base::actor::Role;
use hearth::base::time::HOUR;
use hearth::content::posts::service::OpenThread;
use hearth::content::posts::{self, purge};
use hearth::content::tags::TagNames;
use hearth::content::threads::{self, State};
use hearth::infra::activity::reader::Running;
use hearth::infra::activity::sequencer;
use hearth::people::profiles;

use super::stage::Stage;
use crate::on_both;

#[derive(diesel::QueryableByName)]
struct Line {
    #[diesel(sql_type = diesel::sql_types::Text)]
    line: String,
}

/// All counters, states, engagements and answers; heat apart, since its last bits depend on the way.
fn dump(stage: &Stage) -> (Vec<String>, Vec<f64>) {
    let mut lines = Vec::new();
    for (table, columns) in [
        (
            "threads",
            "id state was_public unanswered posts likes views next_number last_post_at last_poster_id",
        ),
        ("threads", "id COALESCE(accepted_post_id,0) category_id closed kind"),
        ("posts", "id state was_public likes number revisions COALESCE(deleted_at,0)"),
        ("engagements", "thread_id kind source_id COALESCE(member_id,0) day at factor"),
        ("reactions", "post_id member_id active generation reacted_at"),
        ("categories", "id threads"),
        ("tags", "id threads"),
        ("member_counters", "member_id threads posts likes_given likes_received answers_accepted"),
    ] {
        let columns: Vec<String> = columns.split(' ').map(|c| format!("CAST({c} AS TEXT)")).collect();
        let sql =
            format!("SELECT '{table} ' || {} AS line FROM {table} ORDER BY 1", columns.join(" || ' ' || "));
        let rows: Vec<Line> = stage.read(|c| diesel::RunQueryDsl::load(diesel::sql_query(sql), c));
        lines.extend(rows.into_iter().map(|l| l.line));
    }
    let ids = stage.read(|c| threads::store::ids_after(c, hearth::base::ids::ThreadId(0), 1_000));
    (lines, ids.iter().map(|id| stage.thread(*id).heat).collect())
}

fn settle(stage: &Stage) {
    let db = &stage.house.db;
    let mut held = None;
    while sequencer::step(db, &mut held, "test").unwrap() > 0 {}
    let mut reader = Running::new(profiles::READER, "test");
    while reader.step(db).unwrap() > 0 {}
}

on_both! {
    fn a_purge_undone_leaves_everything_as_it_was(db) {
        let stage = Stage::new(db);
        let (spammer, victim) = (stage.member("spammer"), stage.member("victim"));
        let moderator = stage.with_role("moderator1", Role::Moderator);
        let (talk, inner) = (stage.category("talk"), stage.category_with("inner", true, None));
        // The moderator may not read this one; the spammer was let in.
        stage.admit(inner, &[spammer.id], &[]);
        let tagged = OpenThread {
            tags: TagNames::parse_line("spam").unwrap(),
            ..stage.wanted(talk, "Watches")
        };
        let own = stage.open_as(&spammer, tagged).unwrap();
        let question = stage.ask(&victim, talk, "Help");
        stage.advance(HOUR);
        stage.reply(&victim, own.thread);
        stage.reply(&spammer, own.thread);
        let answer = stage.reply(&spammer, question.thread);
        stage.advance(HOUR);
        let second = stage.reply(&spammer, question.thread);
        stage.like(&victim, answer.post, true).unwrap();
        stage.like(&spammer, question.post, true).unwrap();
        stage.advance(HOUR);
        stage.accept(&victim, question.thread, Some(answer.post)).unwrap();
        let private = stage.open(&spammer, inner, "Inside");
        stage.delete(&spammer, second.post).unwrap();
        settle(&stage);
        stage.check();
        let before = dump(&stage);
        stage.advance(HOUR);

        let (by, whom) = (moderator.clone(), spammer.id);
        let (act, n) = stage.write(move |c, house| purge::remove_all(c, house, &by, whom)).unwrap();
        assert_eq!(n, 4, "two threads and two replies");
        settle(&stage);
        stage.check();
        assert_eq!(stage.count(&format!("threads WHERE author_id = {whom} AND state = 0")), 0);
        assert_eq!(stage.count(&format!("posts WHERE author_id = {whom} AND number > 1 AND state = 0")), 0);
        let left = stage.read(|c| profiles::of(c, whom));
        assert_eq!((left.threads, left.posts), (0, 0), "openings go with their threads");
        assert_eq!(stage.read(|c| profiles::of(c, victim.id)).posts, 2, "a reply to the spammer keeps its standing");
        assert_eq!(stage.thread(question.thread).accepted_post_id, None);
        assert!(dump(&stage).0 != before.0);
        assert_eq!(stage.read(|c| purge::latest(c, whom)).unwrap().id, act);

        stage.advance(HOUR);
        for _ in 0..2 {
            let by = moderator.clone();
            let done = stage.write(move |c, house| purge::undo(c, house, &by, act)).unwrap();
            assert_eq!(done, whom);
            settle(&stage);
            stage.check();
        }
        let after = dump(&stage);
        assert_eq!(after.0, before.0);
        for (a, b) in after.1.iter().zip(&before.1) {
            assert!((a - b).abs() < 1e-9, "{a} {b}");
        }
        assert_eq!(stage.post(second.post).state(), State::Deleted, "it was removed before");
        assert_eq!(stage.thread(private.thread).state(), State::Listed);
        assert!(stage.read(|c| purge::latest(c, whom)).is_none());
    }
}

on_both! {
    fn nobody_purges_their_equals(db) {
        let stage = Stage::new(db);
        let (member, other) = (stage.member("member1"), stage.member("other"));
        let (one, two) = (stage.with_role("one", Role::Moderator), stage.with_role("two", Role::Moderator));
        stage.open(&two, stage.category("talk"), "Standing");
        for (by, whom) in [(&member, other.id), (&one, two.id), (&one, one.id)] {
            let by = by.clone();
            let refused = stage.write(move |c, house| purge::remove_all(c, house, &by, whom));
            assert!(matches!(refused, Err(posts::Error::Forbidden)));
        }
        let undone = stage.write(move |c, house| purge::undo(c, house, &member, 1));
        assert!(matches!(undone, Err(posts::Error::Forbidden)));
        assert_eq!(stage.count("removals"), 0);
        stage.check();
    }
}
