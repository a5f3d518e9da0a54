//! The log of searches: without personal data, told from three askers on, forgotten in time.

use diesel::prelude::*;
use hearth::base::actor::Role;
use hearth::base::locale::Locale;
use hearth::base::time::{DAY, SECOND, UtcTime};
use hearth::infra::db::DbError;
use hearth::infra::db::dialect::Count;
use hearth::reach::search_log::report::{self, Kind};
use hearth::reach::search_log::{Asker, Noted, store};

use crate::app_on_both;
use crate::support::app::{App, Caller, off};

const BROWSER: &str = "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0";

/// Somebody at the `n`th address searches and finds `total`.
fn search(app: &App, n: u8, text: &str, total: i64) -> String {
    app.node.search_log.note(Noted {
        text: text.into(),
        locale: Locale::En,
        total,
        complete: total / 2,
        asker: Asker::Network { address: format!("10.0.0.{n}"), agent: BROWSER.into() },
        at: app.node.house.clock.now(),
    })
}

fn write(app: &App) {
    off(|| app.node.search_log.flush(&app.node.house.db)).unwrap();
}

fn told(app: &App, kind: Kind) -> Vec<String> {
    write(app);
    let from = UtcTime(app.node.house.clock.now().0 - 90 * DAY);
    let lines =
        off(|| app.db.read_now(move |c| report::queries(c, kind, from, 100).map_err(DbError::from))).unwrap();
    lines.into_iter().map(|l| format!("{} {}/{}/{}", l.shown, l.searches, l.nothing, l.clicked)).collect()
}

fn count(app: &App, sql: &'static str) -> i64 {
    off(|| app.db.read_now(move |c| diesel::sql_query(sql).get_result::<Count>(c).map_err(DbError::from)))
        .unwrap()
        .n
}

async fn click(app: &App, search: &str, position: &str) -> u16 {
    let fields = [("search", search), ("position", position)];
    app.post_raw("/search/click", &Caller::visitor(), &fields).await.status.as_u16()
}

app_on_both! {
    async fn a_query_is_told_once_three_people_asked_it(app) {
        for _ in 0..3 {
            search(app, 1, "often by one", 5);
        }
        for n in 1..=2 {
            search(app, n, "by two", 5);
        }
        for (n, text) in [(1, "印表機 卡紙"), (2, "印表机　卡纸"), (3, "印表機  卡紙")] {
            search(app, n, text, 0);
        }
        assert_eq!(told(app, Kind::Top), ["印表機 卡紙 3/3/0"], "however it is written");
        assert_eq!(told(app, Kind::Gap), ["印表機 卡紙 3/3/0"]);
        let member = app.signed_in(&app.member("ada", Role::Member)).id;
        let asker = Asker::Member(member);
        let noted = Noted { text: "by two".into(), locale: Locale::ZhTw, total: 5, complete: 5, asker, at: app.node.house.clock.now() };
        app.node.search_log.note(noted.clone());
        app.node.search_log.note(noted);
        assert_eq!(told(app, Kind::Top), ["by two 4/0/0", "印表機 卡紙 3/3/0"], "a member is one more");
    }
}

app_on_both! {
    async fn askers_of_different_periods_are_not_added_up(app) {
        for n in 1..=2 {
            search(app, n, "slow query", 5);
        }
        app.pass(30 * DAY);
        search(app, 3, "slow query", 5);
        search(app, 1, "slow query", 5);
        assert_eq!(told(app, Kind::Top), Vec::<String>::new());
        assert_eq!(count(app, "SELECT COUNT(DISTINCT asker) AS n FROM search_queries"), 4, "the first asker is another one now");
        search(app, 2, "slow query", 5);
        assert_eq!(told(app, Kind::Top), ["slow query 5/0/0"]);
        assert_eq!(count(app, "SELECT COUNT(*) AS n FROM secrets WHERE name LIKE 'searchers.%'"), 2);
        let now = app.node.house.clock.now();
        off(|| app.db.write_now(move |c| store::forget(c, now).map_err(DbError::from))).unwrap();
        assert_eq!(count(app, "SELECT COUNT(*) AS n FROM secrets WHERE name LIKE 'searchers.%'"), 1, "nobody can tell any more who asked before");
        assert_eq!(count(app, "SELECT COUNT(*) AS n FROM search_queries"), 5);
        let later = UtcTime(now.0 + 60 * DAY + SECOND);
        off(|| app.db.write_now(move |c| store::forget(c, later).map_err(DbError::from))).unwrap();
        assert_eq!(count(app, "SELECT COUNT(*) AS n FROM search_queries"), 3, "90 days are over for two");
        assert_eq!(count(app, "SELECT COUNT(*) AS n FROM secrets WHERE name = 'forms'"), 1, "other secrets stay");
    }
}

app_on_both! {
    async fn what_only_some_may_read_adds_to_no_number(app) {
        let ada = app.member("ada", Role::Member);
        app.category("inner", Some(&["ada"]), &[]);
        let body = serde_json::json!({ "category": "inner", "title": "Zanzibar", "body": "Zanzibar.", "tags": [] });
        assert_eq!(app.api("POST", "/threads", &ada, Some(body)).await.status, 201);
        app.settle();
        let page = app.get("/search?q=zanzibar", &ada).await;
        assert_eq!(page.texts("li.hit").len(), 1, "{}", page.body);
        write(app);
        assert_eq!(count(app, "SELECT COUNT(*) AS n FROM search_queries WHERE total = 0 AND complete = 0"), 1);
        assert_eq!(count(app, "SELECT COUNT(*) AS n FROM search_queries"), 1);
    }
}

app_on_both! {
    async fn nothing_personal_is_stored(app) {
        for n in 1..=3 {
            search(app, n, "Anna.Canary@mail.example +886 912-345-678 發票", 1);
            search(app, n, "ＣＡＮＡＲＹ＠ｍａｉｌ．ｅｘａｍｐｌｅ", 1);
        }
        assert_eq!(told(app, Kind::Top), ["[mail] [number] 發票 3/0/0"]);
        let found = "SELECT COUNT(*) AS n FROM search_queries WHERE shown || folded LIKE '%anary%' OR shown || folded LIKE '%912%' \
                     OR shown || folded LIKE '%10.0.0%'";
        assert_eq!(count(app, found), 0);
        let bot = Asker::Network { address: "10.0.0.9".into(), agent: "Mozilla/5.0 (compatible; bingbot/2.0)".into() };
        let noted = Noted { text: "bots".into(), locale: Locale::En, total: 1, complete: 1, asker: bot, at: app.node.house.clock.now() };
        assert_eq!(app.node.search_log.note(noted), "");
    }
}

app_on_both! {
    async fn the_first_result_that_is_opened_counts(app) {
        let ids: Vec<String> = (1..=3).map(|n| search(app, n, "router", 12)).collect();
        assert_eq!(click(app, &ids[0], "3").await, 204);
        assert_eq!(click(app, &ids[0], "1").await, 204);
        write(app);
        assert_eq!(click(app, &ids[0], "2").await, 204);
        for (id, position) in [("aaaaaaaaaaaaaaaa", "1"), ("", "1"), (&ids[1], "0"), (&ids[1], "101"), (&ids[1], "x")] {
            assert_eq!(click(app, id, position).await, 204, "{id} {position}");
        }
        let elsewhere = [("sec-fetch-site", "cross-site")];
        assert_eq!(app.ask("POST", "/search/click", &Caller::visitor(), &elsewhere).await.status, 403);
        assert_eq!(told(app, Kind::Top), ["router 3/0/1"]);
        assert!(told(app, Kind::Gap).is_empty());
        let from = UtcTime(0);
        let positions = off(|| app.db.read_now(move |c| report::positions(c, from).map_err(DbError::from))).unwrap();
        assert_eq!(positions.iter().map(|(_, n)| *n).collect::<Vec<_>>(), [0, 0, 1, 0, 0, 0, 0, 0, 0, 0]);
        assert!(positions.iter().all(|(shown, _)| *shown == 3));

        // Its search may still wait on another node.
        let late = search(app, 4, "switch", 2);
        let waiting = hearth::reach::search_log::SearchLog::new(app.node.house.random.clone());
        waiting.clicked(&late, 2);
        off(|| waiting.flush(&app.node.house.db)).unwrap();
        write(app);
        off(|| waiting.flush(&app.node.house.db)).unwrap();
        assert_eq!(count(app, "SELECT COUNT(*) AS n FROM search_queries WHERE clicked = 2"), 1);
    }
}

app_on_both! {
    async fn operators_see_what_is_missing(app) {
        let (operator, moderator) = (app.member("opal", Role::Operator), app.member("mo", Role::Moderator));
        let empty = app.get("/admin/search", &operator).await;
        assert_eq!((empty.status.as_u16(), empty.texts("dd")), (200, vec!["0".to_owned(), "0%".into(), "0%".into()]));
        let leads: Vec<_> = ["/admin/search/words", "/admin/search/try", "/search"].map(|to| format!(".hint a[href=\"{to}\"]")).into();
        assert!(leads.iter().all(|to| empty.texts(to).len() == 1), "every empty part says what is next: {}", empty.body);
        for n in 1..=4 {
            search(app, n, "=HYPERLINK(\"x\")", 0);
            let id = search(app, n, "<b>wifi</b> & co", 8);
            app.node.search_log.clicked(&id, i16::from(n.min(2)));
            search(app, n, "unopened", 1);
        }
        search(app, 1, "secret of one", 0);
        write(app);
        let page = app.get("/admin/search?days=7", &operator).await;
        assert_eq!(page.texts("dd"), ["13", "38%", "31%"]);
        assert_eq!(page.texts("[aria-labelledby=gap] td:first-child"), ["unopened", "=HYPERLINK(\"x\")"]);
        assert_eq!(page.texts("[aria-labelledby=gap] td:nth-child(3)"), ["Only partial matches", "No results"]);
        assert!(page.body.contains("/compose?title=%3DHYPERLINK%28%22x%22%29"), "{}", page.body);
        assert_eq!(page.texts("[aria-labelledby=top] td:first-child"), ["unopened", "<b>wifi</b> & co", "=HYPERLINK(\"x\")"]);
        assert_eq!(page.texts(".positions .meta")[1].split_whitespace().collect::<Vec<_>>().join(" "), "Position 2 3 of 4 (75%)");
        assert!(page.body.contains("rule step-10") && page.body.contains("rule step-2") && !page.body.contains("secret of one"));

        let file = app.get("/admin/search/queries.csv?kind=gap&days=7", &operator).await;
        assert_eq!(file.header("content-type"), Some("text/csv; charset=utf-8"));
        assert_eq!(file.body.lines().collect::<Vec<_>>(), [
            "\u{feff}\"Query\",\"Searches\",\"No results\",\"Result clicked\"", "\"unopened\",4,0,0", "\"'=HYPERLINK(\"\"x\"\")\",4,4,0",
        ]);
        let api = app.api("GET", "/admin/search/queries?kind=gap&days=90&limit=1", &operator, None).await.json();
        assert_eq!(api["items"], serde_json::json!([{
            "query": "unopened", "searches": 4, "nothing": 0, "opened": 0, "last_total": 1, "last_complete": 0,
        }]));
        assert_eq!(app.api("GET", "/admin/search/queries?kind=other", &operator, None).await.status, 400);
        assert_eq!(app.api("GET", "/admin/search/queries?days=8", &operator, None).await.status, 400);
        app.pass(8 * DAY);
        assert!(!app.get("/admin/search?days=7", &operator).await.body.contains("unopened"));
        for path in ["/admin/search", "/admin/search/queries.csv"] {
            assert_eq!(app.get(path, &moderator).await.status, 403);
        }
    }
}
