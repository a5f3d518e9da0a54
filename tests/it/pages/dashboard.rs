//! The dashboard says what needs somebody first, and every figure on it is true.

use hearth::base::actor::Role;
use hearth::base::time::{DAY, SECOND};

use crate::app_on_both;
use crate::support::app::{Answer, App, Caller};

/// Name, note and number of each tile.
fn tiles(page: &Answer) -> Vec<(String, String)> {
    let flat =
        |texts: Vec<String>| texts.into_iter().map(|t| t.split_whitespace().collect::<Vec<_>>().join(" "));
    flat(page.texts(".tiles dt")).zip(page.texts(".tiles dd")).collect()
}

/// Name, words and mark of what the page says about the health of `name`.
fn health(page: &Answer, name: &str) -> (String, String) {
    let of = |css: &str| page.texts(&format!(".halves > section .lines li {css}"));
    let (names, words, marks) = (of("p:first-child"), of("p.hint"), of(".flag"));
    let at = names.iter().position(|n| n == name).unwrap_or_else(|| panic!("{name}: {names:?}"));
    (words[at].clone(), marks[at].clone())
}

async fn question(app: &App, caller: &Caller) -> String {
    let body = serde_json::json!({ "category": "general", "title": "A pump", "kind": "question", "body": "It hums." });
    app.api("POST", "/threads", caller, Some(body)).await.json()["id"].to_string()
}

app_on_both! {
    async fn the_dashboard_counts_what_there_is(app) {
        app.category("general", None, &[]);
        let (root, ada) = (app.member("rootie", Role::Administrator), app.member("ada", Role::Member));
        let id = question(app, &ada).await;
        app.pass(2 * DAY);
        app.api("POST", &format!("/threads/{id}/posts"), &root, Some(serde_json::json!({ "body": "Oil it." }))).await;
        app.api("POST", &format!("/threads/{id}/posts"), &root, Some(serde_json::json!({ "body": "Twice." }))).await;
        app.settle();
        let page = app.get("/admin", &root).await;
        let wanted = [("Members 3 new in 7 days", "3"), ("Threads 1 new in 7 days", "1"), ("Posts 3 new in 7 days", "3"),
            ("Active members in the last 7 days", "3"), ("Likes in the last 7 days", "0"), ("Unanswered", "1")];
        let found = tiles(&page);
        let found: Vec<(&str, &str)> = found.iter().map(|(name, n)| (name.as_str(), n.as_str())).collect();
        assert_eq!(found[..3], wanted[..3]);
        assert_eq!(found[4..], wanted[4..]);
        assert_eq!(page.texts(".days .num"), ["0", "0", "0", "0", "1", "0", "2"]);
        assert_eq!(page.texts(".days li span:first-child").last().unwrap(), "22 Nov");
        assert_eq!(page.texts(".alarm strong"), ["Connection"], "the site of the tests is served over http");
        assert!(page.texts(".halves .pile li p:first-child").contains(&"general".to_owned()));
        assert!(page.texts(".halves .pile li .meta span").contains(&"Category created".to_owned()));
        assert_eq!(health(&page, "Search index"), ("3 posts · Up to date".into(), "OK".into()));
        assert_eq!(health(&page, "Points and levels"), ("Up to date".into(), "OK".into()));
        assert_eq!(health(&page, "Jobs"), ("None waiting".into(), "OK".into()));
        let (database, disk) = (health(&page, "Database"), health(&page, "Disk"));
        assert!(database.0.contains("SQL") && database.0.ends_with('B'), "{database:?}");
        assert!(disk.0.ends_with("free"), "{disk:?}");

        app.pass(8 * DAY);
        assert_eq!(tiles(&app.get("/admin", &root).await)[1], ("Threads 0 new in 7 days".into(), "1".into()));
        app.post("/settings/profile", &root, &[("locale", "zh-TW"), ("theme", "system")]).await;
        assert_eq!(health(&app.get("/admin", &root).await, "搜尋索引").1, "正常");
        let op = app.member("opal", Role::Operator);
        let seen = app.get("/admin", &op).await;
        assert!(!seen.body.contains("/admin/audit") && !seen.body.contains("/admin/jobs"), "not theirs to open");
    }
}

app_on_both! {
    async fn what_is_wrong_stands_first(app) {
        app.category("general", None, &[]);
        let root = app.member("rootie", Role::Administrator);
        question(app, &root).await;
        app.settle();
        app.post("/admin/jobs", &root, &[("kind", "recount")]).await;
        assert_eq!(health(&app.get("/admin", &root).await, "Jobs"), ("0 running, 1 waiting".into(), "Working".into()));
        let now = app.node.house.clock.now().0;
        app.sql(&format!("UPDATE jobs SET state = 3, finished_at = {now}"));
        app.sql("UPDATE leases SET cursor = cursor - 1 WHERE name = 'points'");
        let page = app.get("/admin", &root).await;
        assert_eq!(health(&page, "Points and levels"), ("1 behind".into(), "Working".into()));
        assert_eq!(page.texts(".alarm strong"), ["Connection", "Jobs"]);
        app.pass(120 * SECOND);
        let page = app.get("/admin", &root).await;
        assert_eq!(page.texts(".alarm strong"), ["Connection", "Points and levels", "Jobs"]);
        assert_eq!(health(&page, "Jobs").0, "Failed last time: Recount");
        assert_eq!(page.texts(".alarm .hint")[1], health(&page, "Points and levels").0);
        let first = page.body.find("alarm").unwrap();
        assert!(first < page.body.find("tiles").unwrap(), "before all figures");
    }
}
