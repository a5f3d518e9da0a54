//! What the search is taught: by operators, at once, on every node.

use std::fmt::Write as _;
use std::sync::Arc;

use hearth::base::actor::Role;
use hearth::infra::db::{Db, DbError, DbOptions};
use hearth::reach::vocabulary::{Vocabulary, recall};
use hearth::web::cache::PageCache;
use hearth::web::cache::follow::Follow;
use serde_json::json;

use crate::app_on_both;
use crate::support::app::{App, off};

const HERE: &str = "/admin/search/words";

fn known_to(db: &Db) -> Arc<Vocabulary> {
    off(|| db.read_now(|c| recall(c).map_err(DbError::from))).unwrap()
}

fn known(app: &App) -> Arc<Vocabulary> {
    known_to(&app.node.house.db)
}

fn groups(app: &App) -> Vec<String> {
    known(app).synonyms.iter().map(ToString::to_string).collect()
}

app_on_both! {
    async fn an_operator_teaches_and_the_next_search_knows(app) {
        let operator = app.member("opal", Role::Operator);
        app.settle();
        assert_eq!(*known(app), Vocabulary::default());
        let add = |line: &'static str| [("terms", line)];
        for line in ["手機, cell phone、mobile", "k8s => kubernetes"] {
            assert_eq!(app.post("/admin/search/synonyms", &operator, &add(line)).await.location(), "/admin/search/words?saved");
        }
        assert_eq!(groups(app), ["手機, cell phone, mobile", "k8s => kubernetes"], "without a look at the log");
        let taught = known(app);
        assert_eq!((taught.synonyms[0].two_way, taught.synonyms[0].to.len()), (true, 0));
        assert_eq!((taught.synonyms[1].two_way, &taught.synonyms[1].to[..]), (false, &["kubernetes".to_owned()][..]));

        let id = taught.synonyms[0].id.to_string();
        let page = app.get(&format!("{HERE}?change={id}"), &operator).await;
        assert_eq!((page.field("terms").as_str(), page.field("id")), ("手機, cell phone, mobile", id.clone()));
        assert_eq!(app.post("/admin/search/synonyms", &operator, &[("id", &id), ("terms", "手机, mobile")]).await.status, 303);
        assert_eq!(groups(app), ["手机, mobile", "k8s => kubernetes"]);
        assert_eq!(app.post("/admin/search/synonyms/remove", &operator, &[("id", &id), ("sure", "yes")]).await.status, 303);
        assert_eq!(app.post("/admin/search/synonyms/remove", &operator, &[("id", &id), ("sure", "yes")]).await.status, 404);
        assert_eq!(groups(app), ["k8s => kubernetes"]);

        assert_eq!(app.post(HERE, &operator, &[("words", "Hearth Pro\r\n炉边, hearth pro\r\n")]).await.status, 303);
        assert_eq!(known(app).words, ["Hearth Pro", "炉边"]);
        assert_eq!(app.post(HERE, &operator, &[("words", "爐邊, 灶台")]).await.status, 303, "what is known is left out");
        assert_eq!(known(app).words, ["Hearth Pro", "灶台", "炉边"]);
        let word = app.get(HERE, &operator).await.texts(".chips [dir]");
        assert_eq!(word, ["Hearth Pro", "灶台", "炉边"]);
        let root = app.member("rootie", Role::Administrator);
        let log = app.get("/admin/audit", &root).await.texts("td:nth-child(3)");
        assert_eq!(log[1..4], ["Search words added", "Search words added", "Synonyms removed"]);
        assert!(app.get("/admin/audit", &root).await.body.contains("手機, cell phone, mobile → 手机, mobile"));
    }
}

app_on_both! {
    async fn what_is_refused_is_not_lost(app) {
        let operator = app.member("opal", Role::Operator);
        app.post("/admin/search/synonyms", &operator, &[("terms", "軟體, software")]).await;
        app.post("/admin/search/synonyms", &operator, &[("terms", "a => b")]).await;
        let long = format!("a, {}", "字".repeat(51));
        for (line, status, words) in [
            ("Software, 软体", 409, "already a group like this"), ("头发, 頭髮", 422, "at least two different terms"),
            ("a => b => c", 422, "only one arrow"), (long.as_str(), 422, "1 to 50 characters"), ("", 422, "at least two"),
        ] {
            let refused = app.post("/admin/search/synonyms", &operator, &[("terms", line)]).await;
            assert_eq!((refused.status.as_u16(), refused.field("terms").as_str()), (status, line), "{words}");
            assert!(refused.texts("[role=alert]")[0].contains(words), "{:?}", refused.texts("[role=alert]"));
            assert!(refused.body.contains("aria-invalid"));
        }
        let second = known(app).synonyms[1].id.to_string();
        let refused = app.post("/admin/search/synonyms", &operator, &[("id", &second), ("terms", "软体, software")]).await;
        assert_eq!((refused.status.as_u16(), refused.field("id")), (409, second), "still the change that it was");
        app.post(HERE, &operator, &[("words", "炉边")]).await;
        for (words, status) in [("爐邊", 409), ("x", 422), ("", 422), ("好\n灶台", 422)] {
            let refused = app.post(HERE, &operator, &[("words", words)]).await;
            assert_eq!((refused.status.as_u16(), refused.field("words").trim_start()), (status, words));
        }
        assert_eq!((groups(app).len(), known(app).words.len()), (2, 1));
        let nonce = app.get(HERE, &operator).await.field("nonce");
        for _ in 0..2 {
            let twice = [("terms", "twice, 2x"), ("nonce", nonce.as_str())];
            assert_eq!(app.post("/admin/search/synonyms", &operator, &twice).await.status, 303, "a double click");
        }
        assert_eq!(groups(app).len(), 3);
    }
}

app_on_both! {
    async fn there_is_an_end_to_teaching(app) {
        let operator = app.member("opal", Role::Operator);
        let by = app.signed_in(&operator).id;
        let mut sql = String::new();
        for n in 0..499 {
            let _ = write!(sql, "INSERT INTO search_synonyms (terms, means, two_way, folded, changed_at, changed_by) VALUES ('[\"a\",\"b\"]', '[]', TRUE, '{n}', 1, {by});");
        }
        for n in 0..1_999 {
            let _ = write!(sql, "INSERT INTO search_words (word, folded, added_at, added_by) VALUES ('w{n}', 'w{n}', 1, {by});");
        }
        app.sql(&sql);
        assert_eq!(app.post("/admin/search/synonyms", &operator, &[("terms", "c, d")]).await.status, 303);
        let full = app.post("/admin/search/synonyms", &operator, &[("terms", "e, f")]).await;
        assert_eq!(full.status, 422);
        assert!(full.texts("[role=alert]")[0].contains("500 groups"));
        let full = app.post(HERE, &operator, &[("words", "one more, two more")]).await;
        assert_eq!((full.status.as_u16(), known(app).words.len()), (422, 1_999), "all or nothing");
        assert_eq!(app.post(HERE, &operator, &[("words", "one more")]).await.status, 303);
    }
}

app_on_both! {
    async fn the_api_teaches_too(app) {
        let (operator, member) = (app.member("opal", Role::Operator), app.member("ada", Role::Moderator));
        let path = "/admin/search/synonyms";
        let group = json!({ "terms": ["NAS", "网络存储"], "means": [] });
        assert_eq!(app.api("POST", path, &member, Some(group.clone())).await.status, 403);
        let made = app.api_with("POST", path, &operator, Some(group.clone()), &[("idempotency-key", "once")]).await;
        assert_eq!(made.status, 201);
        let again = app.api_with("POST", path, &operator, Some(group.clone()), &[("idempotency-key", "once")]).await;
        assert_eq!((again.status.as_u16(), &again.body), (201, &made.body));
        assert_eq!(app.api("POST", path, &operator, Some(group)).await.status, 409);
        let wrong = app.api("POST", path, &operator, Some(json!({ "terms": ["a, b", "c"] }))).await;
        assert_eq!((wrong.status.as_u16(), wrong.json()["error"]["fields"]["terms"].is_string()), (422, true), "{}", wrong.body);
        let list = app.api("GET", path, &operator, None).await.json();
        assert_eq!(list["items"], json!([{ "id": made.json()["id"], "terms": ["NAS", "网络存储"], "means": [], "two_way": true }]));
        assert_eq!(app.api("DELETE", &format!("{path}/{}", made.json()["id"]), &operator, None).await.status, 204);
        assert_eq!(app.api("DELETE", &format!("{path}/{}", made.json()["id"]), &operator, None).await.status, 404);

        let path = "/admin/search/words";
        let made = app.api("POST", path, &operator, Some(json!({ "words": ["Hearth Pro", "炉边"] }))).await;
        assert_eq!((made.status.as_u16(), made.json()["total"].as_i64()), (201, Some(2)));
        assert_eq!(app.api("POST", path, &operator, Some(json!({ "words": ["爐邊"] }))).await.status, 409);
        let id = made.json()["items"][1]["id"].to_string();
        assert_eq!(app.api("DELETE", &format!("{path}/{id}"), &operator, None).await.status, 204);
        assert_eq!(known(app).words, ["Hearth Pro"]);
    }
}

app_on_both! {
    async fn other_nodes_hear_of_it(app) {
        let operator = app.member("opal", Role::Operator);
        let clock = app.node.house.clock.clone();
        let other = off(|| Db::open(&DbOptions { readers: 2, writers: 2, ..DbOptions::new(app.db.url().clone()) })).unwrap();
        other.memory().begin(clock.clone());
        let (mut follow, pages) = (Follow::default(), PageCache::default());
        let mut look = || off(|| while follow.step(&other, &clock, &pages).unwrap() > 0 {});
        app.settle();
        look();
        assert!(known_to(&other).words.is_empty());
        let by = app.signed_in(&operator).id;
        app.sql(&format!("INSERT INTO search_words (word, folded, added_at, added_by) VALUES ('silent', 'silent', 1, {by})"));
        assert!(known_to(&other).words.is_empty(), "from memory, since nobody told");
        app.post(HERE, &operator, &[("words", "loud")]).await;
        look();
        assert_eq!(known_to(&other).words, ["loud", "silent"], "the log told, numbered or not");
    }
}
