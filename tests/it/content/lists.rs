//! What stands in lists: every thread once, in order, and nothing that a reader may not see.

use std::collections::HashSet;

use hearth::base::actor::{Role, SignedIn};
use hearth::base::ids::{CategoryId, TagId, ThreadId};
use hearth::base::time::{DAY, HOUR, UtcTime};
use hearth::content::categories::Readable;
use hearth::content::curation::{self, Scope, Wanted};
use hearth::content::heat::Kind;
use hearth::content::posts::service::OpenThread;
use hearth::content::tags::TagNames;
use hearth::content::threads::lists::{self, Filter, Listing, Period, Sort, Window};
use hearth::content::threads::months::{self, Month};
use hearth::content::threads::service::Change;
use hearth::content::threads::{Thread, top};
use hearth::infra::db::DbError;

use super::crowd::{COMMON_TAG, Crowd, RARE_TAG};
use super::plans::SORTS;
use super::stage::{NOW, Stage};
use crate::on_both;

/// The column, the condition and the source of a sort, written down a second time.
fn column(sort: Sort) -> (&'static str, String, String) {
    let threads = |column, also: &str| (column, also.to_owned(), String::new());
    match sort {
        Sort::Hot => threads("t.heat", ""),
        Sort::Latest => threads("t.last_post_at", ""),
        Sort::New => threads("t.created_at", ""),
        Sort::Unanswered => threads("t.created_at", " AND t.unanswered"),
        Sort::Featured => threads("t.featured_at", " AND t.featured_at IS NOT NULL"),
        Sort::Top(period) => (
            "s.score",
            format!(" AND s.period = {}", period.code()),
            " JOIN thread_scores s ON s.thread_id = t.id".to_owned(),
        ),
    }
}

#[derive(diesel::QueryableByName)]
struct Id {
    #[diesel(sql_type = diesel::sql_types::BigInt)]
    id: i64,
}

/// What a list holds, by the plainest query.
fn expected(stage: &Stage, sort: Sort, filter: &Filter, readable: &Readable) -> Vec<i64> {
    let (column, also, join) = column(sort);
    let of = match filter {
        Filter::Site => String::new(),
        Filter::Category(id) => format!(" AND t.category_id = {id}"),
        Filter::Tag(tag, _) => {
            format!(" AND t.id IN (SELECT thread_id FROM thread_tags WHERE tag_id = {tag})")
        }
        Filter::Author(member, _) => format!(" AND t.author_id = {member}"),
        Filter::FollowedBy(member) => {
            format!(" AND t.id IN (SELECT thread_id FROM follows WHERE member_id = {member})")
        }
    };
    let ids: Vec<String> = readable.ids().iter().map(ToString::to_string).collect();
    let sql = format!(
        "SELECT t.id AS id FROM threads t{join} WHERE t.state = 0{also}{of} AND t.category_id IN ({}) \
         ORDER BY {column} DESC, t.id DESC",
        ids.join(",")
    );
    stage.read(|c| diesel::RunQueryDsl::load::<Id>(diesel::sql_query(sql), c)).iter().map(|r| r.id).collect()
}

fn load(stage: &Stage, sort: Sort, filter: &Filter, readable: &Readable, window: Window) -> Vec<Thread> {
    stage.read(|c| Listing::new(sort, filter, readable, window).load(c))
}

fn ids(threads: &[Thread]) -> Vec<i64> {
    threads.iter().map(|t| t.id.0).collect()
}

/// All pages, one after the other.
fn by_pages(stage: &Stage, sort: Sort, filter: &Filter, readable: &Readable) -> Vec<i64> {
    let mut all = Vec::new();
    for page in 1..=50 {
        let mut found = load(stage, sort, filter, readable, Window::Page(page));
        let more = found.len() > 30;
        found.truncate(30);
        all.extend(ids(&found));
        if !more {
            let pages = stage.read(|c| lists::pages(c, sort, filter, readable));
            assert_eq!(pages, page, "{sort:?} {filter:?}");
            return all;
        }
    }
    all
}

/// From cursor to cursor.
fn by_cursors(stage: &Stage, sort: Sort, filter: &Filter, readable: &Readable, step: i64) -> Vec<i64> {
    let mut all = Vec::new();
    let mut after = None;
    loop {
        let mut found = load(stage, sort, filter, readable, Window::After(after, step));
        let more = found.len() as i64 > step;
        found.truncate(step as usize);
        all.extend(ids(&found));
        let Some(last) = found.last().filter(|_| more) else { return all };
        let score = match sort {
            Sort::Top(period) => stage.read(|c| lists::score(c, period, last)),
            _ => 0.0,
        };
        after = Some((lists::key(sort, last, score), last.id.0));
    }
}

on_both! {
    fn pages_and_cursors_walk_every_thread_once_in_order(db) {
        let crowd = Crowd::new(db, 700);
        let stage = &crowd.stage;
        // Either way of finding threads of a tag or an author, whatever their number.
        let (few, many) = (1, 1_000_000);
        let filters = [
            Filter::Site,
            Filter::Category(CategoryId(3)),
            Filter::Tag(TagId(COMMON_TAG), many),
            Filter::Tag(TagId(COMMON_TAG), few),
            Filter::Tag(TagId(RARE_TAG), few),
            Filter::Author(crowd.prolific.id, many),
            Filter::Author(crowd.prolific.id, few),
            Filter::FollowedBy(crowd.insider.id),
        ];
        for reader in [None, Some(&crowd.insider), Some(&crowd.admin)] {
            let readable = stage.readable(reader);
            for filter in &filters {
                for sort in SORTS {
                    let wanted = expected(stage, sort, filter, &readable);
                    let what = format!("{sort:?} {filter:?} of {}", readable.ids().len());
                    assert_eq!(by_pages(stage, sort, filter, &readable), wanted, "pages: {what}");
                    assert_eq!(by_cursors(stage, sort, filter, &readable, 17), wanted, "cursors: {what}");
                    assert_eq!(wanted.iter().collect::<HashSet<_>>().len(), wanted.len());
                }
            }
        }
        assert!(expected(stage, Sort::Hot, &Filter::Site, &stage.readable(Some(&crowd.insider))).len() > 500);
    }
}

on_both! {
    fn the_months_hold_every_thread_once(db) {
        let crowd = Crowd::new(db, 700);
        let stage = &crowd.stage;
        for reader in [None, Some(&crowd.insider), Some(&crowd.admin)] {
            let readable = stage.readable(reader);
            for category in [None, Some(CategoryId(3))] {
                let filter = category.map_or(Filter::Site, Filter::Category);
                let mut found = Vec::new();
                for (month, threads, _) in stage.read(|c| months::all(c, &readable, category)) {
                    let mut of_month = Vec::new();
                    let last = stage.read(|c| months::page(c, &readable, category, month, 1)).1;
                    for page in 1..=last {
                        of_month.extend(stage.read(|c| months::page(c, &readable, category, month, page)).0);
                    }
                    assert_eq!(of_month.len() as i64, threads, "{month}");
                    assert!(of_month.iter().all(|t| Month::of(t.created_at) == month));
                    found.extend(ids(&of_month));
                }
                assert_eq!(found, expected(stage, Sort::New, &filter, &readable));
            }
        }
    }
}

/// A category with a thread, its author and a moderator.
struct Small {
    stage: Stage,
    author: SignedIn,
    moderator: SignedIn,
    talk: CategoryId,
}

impl Small {
    fn new(db: &hearth::infra::db::Db) -> Self {
        let stage = Stage::new(db);
        let author = stage.member("author");
        let moderator = stage.with_role("moderator1", Role::Moderator);
        let talk = stage.category("talk");
        Self { stage, author, moderator, talk }
    }

    fn open(&self, title: &str) -> ThreadId {
        self.stage.open(&self.author, self.talk, title).thread
    }

    fn list(&self, sort: Sort, filter: &Filter) -> Vec<i64> {
        ids(&load(&self.stage, sort, filter, &self.stage.readable(None), Window::Page(1)))
    }

    fn refresh(&self, thread: ThreadId) {
        let today = self.stage.house.clock.now().day();
        self.stage.write(move |c, _| top::refresh(c, [thread], today).map_err(DbError::from)).unwrap();
    }
}

on_both! {
    fn what_is_not_listed_is_in_no_list(db) {
        let small = Small::new(db);
        let stage = &small.stage;
        let private = stage.category_with("inner", true, None);
        let tagged = OpenThread {
            tags: TagNames::parse_line("one").unwrap(),
            ..stage.wanted(small.talk, "Tagged")
        };
        let id = stage.open_as(&small.author, tagged).unwrap().thread;
        small.refresh(id);
        stage.feature(&small.moderator, id, true).unwrap();
        let tag = TagId(stage.number("SELECT id AS n FROM tags"));
        let shown = |expected: bool| {
            for filter in [
                Filter::Site,
                Filter::Category(small.talk),
                Filter::Tag(tag, 1),
                Filter::Tag(tag, 100_000),
                Filter::Author(small.author.id, 1),
                Filter::Author(small.author.id, 100_000),
                Filter::FollowedBy(small.author.id),
            ] {
                for sort in SORTS {
                    // The log has not been read: scores are those of before.
                    assert_eq!(small.list(sort, &filter).contains(&id.0), expected, "{sort:?} {filter:?}");
                }
            }
        };
        shown(true);
        for state in 1..=4 {
            stage.sql(&format!("UPDATE threads SET state = {state}"));
            shown(false);
        }
        stage.sql("UPDATE threads SET state = 0");
        shown(true);
        stage.sql(&format!("UPDATE categories SET private = TRUE WHERE id = {}", small.talk));
        shown(false);
        stage.sql("UPDATE categories SET private = FALSE");
        stage.sql(&format!("UPDATE categories SET private = TRUE WHERE id = {private}"));
        shown(true);
        stage.sql(&format!("UPDATE threads SET category_id = {private}"));
        shown(false);
    }
}

on_both! {
    fn a_category_shows_what_lies_below_it(db) {
        let small = Small::new(db);
        let child = small.stage.category_with("child", false, Some(small.talk));
        let locked = small.stage.category_with("locked", true, Some(small.talk));
        let member = small.stage.with_role("root1", Role::Administrator);
        let (a, b) = (small.open("Above"), small.stage.open(&small.author, child, "Below").thread);
        small.stage.open(&member, locked, "Locked");
        let mut found = small.list(Sort::New, &Filter::Category(small.talk));
        found.sort_unstable();
        assert_eq!(found, [a.0, b.0]);
        assert_eq!(small.list(Sort::New, &Filter::Category(child)), [b.0]);

        let deep = small.stage.category_with("deep", false, Some(child));
        let c = small.stage.open(&small.author, deep, "Deep").thread;
        let readable = small.stage.readable(None);
        let month = Month::of(small.stage.house.clock.now());
        let (archived, pages) = small.stage.read(|conn| months::page(conn, &readable, Some(child), month, 1));
        assert_eq!((ids(&archived), pages), (vec![c.0, b.0], 1));
        for (category, threads) in [(small.talk, 3), (child, 2), (deep, 1)] {
            let all = small.stage.read(|conn| months::all(conn, &readable, Some(category)));
            assert_eq!(all, [(month, threads, small.stage.house.clock.now())]);
        }
    }
}

on_both! {
    fn unanswered_threads_wait_for_a_reply_or_an_answer(db) {
        let small = Small::new(db);
        let stage = &small.stage;
        let other = stage.member("other");
        let talk = small.open("Talk");
        stage.advance(1);
        let question = stage.ask(&small.author, small.talk, "Question").thread;
        let waiting = || small.list(Sort::Unanswered, &Filter::Site);
        assert_eq!(waiting(), [question.0, talk.0]);
        let reply = stage.reply(&other, talk);
        let answer = stage.reply(&other, question);
        assert_eq!(waiting(), [question.0], "a question waits for an accepted answer");
        stage.accept(&small.author, question, Some(answer.post)).unwrap();
        assert!(waiting().is_empty());
        stage.delete(&other, reply.post).unwrap();
        stage.accept(&small.author, question, None).unwrap();
        assert_eq!(waiting(), [question.0, talk.0]);
        stage.check();
    }
}

on_both! {
    fn featured_threads_stand_in_the_order_of_their_distinction(db) {
        let small = Small::new(db);
        let (a, b) = (small.open("First"), small.open("Second"));
        assert!(small.stage.feature(&small.author, a, true).is_err());
        small.stage.feature(&small.moderator, b, true).unwrap();
        small.stage.advance(HOUR);
        small.stage.feature(&small.moderator, a, true).unwrap();
        assert_eq!(small.list(Sort::Featured, &Filter::Site), [a.0, b.0]);
        small.stage.feature(&small.moderator, a, false).unwrap();
        assert_eq!(small.list(Sort::Featured, &Filter::Category(small.talk)), [b.0]);
    }
}

on_both! {
    fn a_score_leaves_its_period_in_the_night_after(db) {
        let small = Small::new(db);
        let stage = &small.stage;
        let fan = stage.member("fan");
        let (old, fresh) = (small.open("Old"), small.open("Fresh"));
        stage.reply(&fan, old);
        for id in [old, fresh] {
            small.refresh(id);
        }
        let weigh = |period| stage.read(|c| lists::score(c, period, &stage.thread(old)));
        let whole = Kind::Opened.weight() + Kind::Reply.weight();
        for period in Period::ALL {
            assert!((weigh(period) - whole).abs() < 1e-12);
            assert_eq!(small.list(Sort::Top(period), &Filter::Site), [old.0, fresh.0]);
        }
        let night = || {
            let now = stage.house.clock.now();
            stage.write(move |c, _| top::expire(c, now).map_err(DbError::from)).unwrap();
        };
        // Each period ends on its own day, and not the day before.
        let mut passed = 0;
        for period in Period::ALL {
            let Some(days) = period.days() else { continue };
            stage.advance((days - 1 - passed) * DAY);
            night();
            assert!((weigh(period) - whole).abs() < 1e-12, "{period:?} on its last day");
            stage.advance(DAY);
            night();
            assert!(weigh(period).abs() < 1e-12, "{period:?} is over");
            assert!(small.list(Sort::Top(period), &Filter::Site).is_empty());
            passed = days;
        }
        assert!((weigh(Period::All) - whole).abs() < 1e-12);

        // Nights on which nothing ran are made up for.
        let late = small.open("Late");
        small.refresh(late);
        stage.advance(40 * DAY);
        night();
        for period in [Period::Day, Period::Week, Period::Month] {
            assert!(small.list(Sort::Top(period), &Filter::Site).is_empty(), "{period:?}");
        }
        assert!(small.list(Sort::Top(Period::Year), &Filter::Site).contains(&late.0));
    }
}

const fn until(scope: Scope, until: Option<UtcTime>, position: i32) -> Wanted {
    Wanted { scope, until, position }
}

on_both! {
    fn pins_hold_where_and_as_long_as_they_are_meant_to(db) {
        let small = Small::new(db);
        let stage = &small.stage;
        let reader = stage.member("reader");
        let elsewhere = stage.category("elsewhere");
        let (a, b) = (small.open("A"), small.open("B"));
        let pinned = |category: Option<CategoryId>, reader: Option<&SignedIn>| {
            let now = stage.house.clock.now();
            let readable = stage.readable(None);
            let held = stage.read(|c| curation::pinned(c, &readable, reader.map(|r| r.id), category, now));
            held.iter().map(|(_, t)| t.id).collect::<Vec<_>>()
        };
        let tomorrow = stage.house.clock.now().plus(DAY);
        assert!(stage.pin(&small.author, a, until(Scope::Category, None, 0)).is_err(), "not for members");
        assert!(matches!(
            stage.pin(&small.moderator, a, until(Scope::Site, Some(NOW), 0)),
            Err(curation::Error::UntilInvalid)
        ));
        stage.pin(&small.moderator, a, until(Scope::Site, Some(tomorrow), 2)).unwrap();
        stage.pin(&small.moderator, b, until(Scope::Site, None, 1)).unwrap();
        stage.pin(&small.moderator, a, until(Scope::Category, None, 0)).unwrap();
        assert_eq!(pinned(None, None), [b, a], "by position");
        assert_eq!(pinned(Some(small.talk), None), [a]);
        assert!(pinned(Some(elsewhere), None).is_empty());
        // Pinned anew: once, at the new place.
        stage.pin(&small.moderator, a, until(Scope::Site, Some(tomorrow), 0)).unwrap();
        assert_eq!(pinned(None, None), [a, b]);
        assert_eq!(stage.count("pins"), 3);
        // Dismissed by one reader, for that reader.
        let pin = stage.number("SELECT MIN(id) AS n FROM pins WHERE position = 1");
        let who = reader.id;
        for _ in 0..2 {
            stage.write(move |c, _| curation::dismiss(c, who, pin).map_err(DbError::from)).unwrap();
        }
        assert_eq!(pinned(None, Some(&reader)), [a]);
        assert_eq!(pinned(None, Some(&small.author)), [a, b]);
        // Moved: no pin in the category it left, nor in the one it came to; the site's stays.
        let moved = Change { category: Some(elsewhere), ..Change::default() };
        stage.change(&small.moderator, a, moved).unwrap();
        assert!(pinned(Some(small.talk), None).is_empty() && pinned(Some(elsewhere), None).is_empty());
        assert_eq!(pinned(None, None), [a, b]);
        // Expired: none, without anybody doing anything.
        stage.advance(DAY);
        assert_eq!(pinned(None, None), [b]);
        assert!(stage.read(|c| curation::of_thread(c, a, tomorrow)).iter().all(|p| p.category_id.is_some()));
        // Removed or made private: not shown.
        stage.sql(&format!("UPDATE threads SET state = 2 WHERE id = {b}"));
        assert!(pinned(None, None).is_empty());
        stage.sql(&format!("UPDATE threads SET state = 0 WHERE id = {b}"));
        stage.sql(&format!("UPDATE categories SET private = TRUE WHERE id = {}", small.talk));
        assert!(pinned(None, None).is_empty());
    }
}

on_both! {
    fn only_moderators_of_the_site_pin_for_the_site(db) {
        let small = Small::new(db);
        let id = small.open("A");
        let talk = small.talk;
        let local = small.stage.member("local");
        let who = local.id;
        small.stage.write(move |c, _| hearth::people::roles::set(c, talk, &[who]).map_err(DbError::from)).unwrap();
        let local = small.stage.signed_in(local.id);
        assert!(matches!(
            small.stage.pin(&local, id, until(Scope::Site, None, 0)),
            Err(curation::Error::Forbidden)
        ));
        small.stage.pin(&local, id, until(Scope::Category, None, 0)).unwrap();
        small.stage.pin(&small.moderator, id, until(Scope::Site, None, 0)).unwrap();
        let unpin = |scope| {
            let local = local.clone();
            small.stage.write(move |c, house| curation::unpin(c, house, &local, id, scope))
        };
        assert!(unpin(None).is_err() && unpin(Some(Scope::Site)).is_err());
        unpin(Some(Scope::Category)).unwrap();
        assert_eq!(small.stage.count("pins"), 1);
    }
}
