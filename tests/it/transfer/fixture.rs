//! A small community of our own making, and ways to look at what became of it.

use hearth::base::time::{DAY, HOUR, UtcTime};
use hearth::infra::activity::reader::Running;
use hearth::infra::activity::sequencer;
use hearth::infra::clock::Clock;
use hearth::infra::db::{Conn, Db, DbError};
use hearth::infra::house::House;
use hearth::infra::random::Random;
use hearth::people::profiles;
use hearth::transfer::import::{self, Options, Summary};
use hearth::transfer::records::{
    CategoryRecord, MemberRecord, MemberRole, PinRecord, PostRecord, Record, RecordKind, ThreadRecord,
};

/// The present of these tests.
pub const NOW: UtcTime = UtcTime(1_700_000_000_000_000);

pub fn house(db: &Db) -> House {
    House {
        db: db.clone(),
        clock: Clock::manual(NOW),
        random: Random::system(),
        base_url: "https://forum.example".into(),
    }
}

pub fn category(id: i64, name: &str, parent: Option<i64>) -> CategoryRecord {
    CategoryRecord {
        id: id.into(),
        parent: parent.map(Into::into),
        name: name.into(),
        slug: name.to_lowercase(),
        description: format!("About {name}"),
        color: Some("123abc".into()),
        position: id,
        restricted: false,
        old_paths: vec![format!("/c/{}/{id}", name.to_lowercase()), format!("/c/{id}")],
    }
}

pub fn member(id: i64, handle: &str) -> MemberRecord {
    MemberRecord {
        id: id.into(),
        handle: handle.into(),
        name: Some(format!("{handle} the {id}th")),
        joined_at: None,
        role: MemberRole::Administrator,
        title: None,
        suspended: false,
        old_paths: vec![format!("/u/{handle}")],
    }
}

pub fn at(days: i64) -> UtcTime {
    NOW.plus(-days * DAY)
}

pub fn post(id: i64, number: i64, author: i64, days: i64, body: &str) -> PostRecord {
    PostRecord {
        id: id.into(),
        number,
        author: Some(author.into()),
        created_at: at(days),
        edited_at: None,
        body: body.into(),
        reply_to: None,
        likes: 0,
        hidden: false,
        deleted: false,
        staff_note: false,
        old_paths: vec![format!("/p/{id}")],
    }
}

pub fn thread(id: i64, title: &str, posts: Vec<PostRecord>) -> ThreadRecord {
    let first = posts.first().unwrap();
    ThreadRecord {
        id: id.into(),
        category: Some(5.into()),
        title: title.into(),
        kind: RecordKind::Discussion,
        author: first.author.clone(),
        created_at: first.created_at,
        views: 40,
        closed: false,
        archived: false,
        pin: None,
        featured: false,
        hidden: false,
        tags: vec!["lathe".into()],
        accepted_number: None,
        posts,
        old_paths: vec![format!("/t/{}/{id}", title.to_lowercase().replace(' ', "-")), format!("/t/{id}")],
    }
}

/// Two categories and a private one, five members with difficult names, six threads.
pub fn community() -> Vec<Record> {
    let mut all = vec![
        Record::Category(category(9, "Motors", Some(5))),
        Record::Category(category(5, "Machines", None)),
        Record::Category(CategoryRecord { restricted: true, ..category(7, "Staff", None) }),
    ];
    for (id, handle) in [(1, "ada"), (2, "Ada"), (3, "an_impossibly_long_handle"), (4, "x"), (5, "林工")] {
        all.push(Record::Member(member(id, handle)));
    }
    all.extend(threads().into_iter().map(Record::Thread));
    // Met only after somebody mentioned them.
    all.push(Record::Member(member(6, "grace")));
    let last = thread(60, "Late arrival", vec![post(601, 1, 6, 2, "Hello, @林工.")]);
    all.push(Record::Thread(last));
    all
}

fn threads() -> Vec<ThreadRecord> {
    let mut solved = thread(
        12,
        "Spindle hums at 400 Hz",
        vec![
            post(100, 1, 1, 30, "It hums, see [the other](foreign:/t/40/22) and <foreign:/t/60>. cc @grace"),
            PostRecord { likes: 3, reply_to: Some(1), ..post(101, 2, 3, 29, "Check the drive filter.") },
            PostRecord { reply_to: Some(2), ..post(102, 3, 1, 29, "That was it.") },
            PostRecord { edited_at: Some(at(20)), ..post(105, 6, 1, 29, "For the record: `f_c = 400`.") },
            PostRecord { hidden: true, likes: 9, ..post(106, 7, 4, 28, "Buy watches") },
            PostRecord { staff_note: true, ..post(107, 8, 2, 27, "Moved here by staff.") },
        ],
    );
    solved.accepted_number = Some(2);
    solved.category = Some(9.into());
    let mut long = thread(
        40,
        "Photos of benches",
        (1..=25).map(|n| post(400 + n, n, 1 + n % 3, 26, "Nice bench.")).collect(),
    );
    long.pin = Some(PinRecord { site_wide: true, until: None });
    long.archived = true;
    let mut gone =
        thread(41, "Deleted opening", vec![PostRecord { deleted: true, ..post(451, 1, 3, 9, "regretted") }]);
    gone.posts.push(post(452, 2, 1, 8, "Why?"));
    let hidden =
        ThreadRecord { hidden: true, ..thread(42, "Unlisted", vec![post(461, 1, 5, 7, "Not in lists.")]) };
    let mut staff = thread(43, "Wages", vec![post(471, 1, 2, 6, "Secret, see [this](foreign:/t/12/2).")]);
    staff.category = Some(7.into());
    staff.pin = Some(PinRecord { site_wide: false, until: Some(at(1)) });
    let mut future =
        thread(44, "From tomorrow", vec![post(481, 1, 1, -3, "Clocks differ. [wages](foreign:/t/43)")]);
    future
        .posts
        .push(PostRecord { author: None, ..post(482, 2, 0, -2, "I left. See [gone](foreign:/t/999/4)") });
    future.category = None;
    future.featured = true;
    future.created_at = NOW.plus(HOUR);
    vec![solved, long, gone, hidden, staff, future]
}

pub fn import_with(db: &Db, records: Vec<Record>, options: &Options) -> Summary {
    import::run(&house(db), "old", &mut records.into_iter(), options, &()).unwrap()
}

pub fn import_all(db: &Db) -> Summary {
    import_with(db, community(), &Options::default())
}

pub fn read<T>(db: &Db, work: impl FnOnce(&mut Conn) -> diesel::QueryResult<T>) -> T {
    db.read_now(|c| work(c).map_err(DbError::from)).unwrap()
}

/// Lets the member counters follow the log to its end.
pub fn settle(db: &Db) {
    let mut held = None;
    while sequencer::step(db, &mut held, "test").unwrap() > 0 {}
    let mut reader = Running::new(profiles::READER, "test");
    while reader.step(db).unwrap() > 0 {}
}

/// The local id of a foreign one.
pub fn local(db: &Db, kind: hearth::transfer::addresses::Kind, id: &str) -> i64 {
    read(db, |c| import::map::load(c, "old", kind)).get(id).copied().unwrap()
}

/// Every row of every table that an import may touch, but for what chance makes (public ids).
pub fn dump(db: &Db) -> Vec<String> {
    #[derive(diesel::QueryableByName)]
    struct Line {
        #[diesel(sql_type = diesel::sql_types::Text)]
        line: String,
    }
    let tables = [
        ("members", "id, handle, display_name, role, imported, created_at"),
        ("categories", "id, COALESCE(parent_id, 0), slug, name, private, threads"),
        (
            "threads",
            "id, category_id, author_id, kind, slug, state, closed, unanswered, created_at, changed_at, \
          last_post_at, next_number, posts, likes, views, COALESCE(accepted_post_id, 0), version",
        ),
        (
            "posts",
            "id, thread_id, number, author_id, body, html, renderer, state, COALESCE(reply_to, 0), likes, \
          created_at, COALESCE(edited_at, 0)",
        ),
        ("engagements", "id, thread_id, kind, source_id, COALESCE(member_id, 0), at"),
        ("tags", "id, slug, threads"),
        ("thread_tags", "thread_id, tag_id"),
        ("pins", "id, thread_id, COALESCE(category_id, 0)"),
        (
            "activities",
            "id, verb, COALESCE(member_id, 0), COALESCE(thread_id, 0), COALESCE(post_id, 0), origin",
        ),
        ("import_map", "source, kind, foreign_id, local_id"),
        ("former_addresses", "path, kind, local_id"),
    ];
    let mut lines = Vec::new();
    for (table, columns) in tables {
        let parts: Vec<String> = split(columns).iter().map(|c| format!("CAST({c} AS TEXT)")).collect();
        let sql =
            format!("SELECT '{table}: ' || {} AS line FROM {table} ORDER BY 1", parts.join(" || '|' || "));
        let rows = read(db, |c| diesel::RunQueryDsl::load::<Line>(diesel::sql_query(&sql), c));
        lines.extend(rows.into_iter().map(|row| row.line));
    }
    lines
}

/// Splits at commas outside parentheses.
fn split(columns: &str) -> Vec<String> {
    let mut depth = 0;
    let mut parts = vec![String::new()];
    for c in columns.chars() {
        depth += i32::from(c == '(') - i32::from(c == ')');
        if c == ',' && depth == 0 {
            parts.push(String::new());
        } else {
            parts.last_mut().unwrap().push(c);
        }
    }
    parts
}
