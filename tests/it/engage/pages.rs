//! Points as people and programs see them: `/points`, levels beside posts, the API, the back office.

use hearth::base::actor::Role;
use hearth::base::time::DAY;
use serde_json::{Value, json};

use crate::app_on_both;
use crate::support::app::{App, Caller};

async fn open(app: &App, who: &Caller, category: &str, title: &str) -> Value {
    let body = json!({ "category": category, "title": title, "body": "text", "kind": "question" });
    app.api("POST", "/threads", who, Some(body)).await.json()
}

async fn reply(app: &App, who: &Caller, thread: &Value) -> Value {
    let path = format!("/threads/{}/posts", thread["id"]);
    app.api("POST", &path, who, Some(json!({ "body": "an answer" }))).await.json()
}

app_on_both! {
    async fn a_member_sees_every_entry_with_its_reason(app) {
        app.category("general", None, &[]);
        let (ada, bob) = (app.member("ada", Role::Member), app.member("bob", Role::Member));
        let empty = app.get("/points", &ada).await;
        assert!(empty.body.contains("No points yet"), "{}", empty.body);
        let thread = open(app, &ada, "general", "What hums?").await;
        let answer = reply(app, &bob, &thread).await;
        let like = json!({ "kind": "like" });
        app.api("PUT", &format!("/posts/{}/reaction", answer["id"]), &ada, Some(like)).await;
        let accept = json!({ "post_id": answer["id"] });
        app.api("PUT", &format!("/threads/{}/accepted", thread["id"]), &ada, Some(accept)).await;
        app.settle();
        let page = app.get("/points", &bob).await;
        assert_eq!(page.texts(".tiles dd"), ["14", "14"]);
        let mut reasons = page.texts(".entries div > p:first-child");
        reasons.sort();
        assert_eq!(reasons, ["Answer accepted", "First post of the day", "Like received", "Reply"]);
        assert_eq!(page.texts(".entries a"), ["What hums?"; 4]);
        assert!(page.body.contains("16 growth to Level 2 · Participant"), "{}", page.body);
        assert!(page.body.contains("rule step-4") && !page.body.contains("style="));
        // The same on one's own profile, and nobody else's business.
        let own = app.get("/u/bob", &bob).await;
        assert!(own.texts(".standing .meta") == page.texts(".standing .meta") && own.body.contains("rule step-4"), "{}", own.body);
        let (front, latest) = (app.get("/", &bob).await, app.get("/latest", &bob).await);
        assert!(front.texts(".side .meta") == page.texts(".standing .meta") && front.body.contains("rule step-4"), "{}", front.body);
        assert!(!latest.body.contains("rule step-") && !app.get("/", &Caller::visitor()).await.body.contains("rule step-"));
        assert_eq!(app.get("/u/bob", &ada).await.texts(".standing").len(), 0);
        app.api("DELETE", &format!("/posts/{}/reaction", answer["id"]), &ada, None).await;
        app.settle();
        let page = app.get("/points", &bob).await;
        assert_eq!(page.texts(".delta.taken"), ["−1"]);
        assert!(page.body.contains("Revoked: Like received"));
        assert_eq!(app.get("/points", &Caller::visitor()).await.status, 303);
        assert_eq!(app.get("/points?before=nonsense", &bob).await.status, 404);
        assert!(app.get("/", &bob).await.body.contains("href=\"/points\""));
    }
}

app_on_both! {
    async fn what_may_not_be_read_is_not_named(app) {
        app.category("general", None, &[]);
        let (ada, bob) = (app.member("ada", Role::Member), app.member("bob", Role::Member));
        let mo = app.member("mo", Role::Moderator);
        app.category("inner", Some(&["mo"]), &[]);
        let moved = open(app, &mo, "general", "Secret plans").await;
        let removed = open(app, &mo, "general", "Removed words").await;
        let stays = open(app, &mo, "general", "Plain talk").await;
        for thread in [&moved, &removed, &stays] {
            reply(app, &ada, thread).await;
        }
        app.settle();
        assert_eq!(app.get("/points", &ada).await.texts(".entries a").len(), 4);
        app.api("PATCH", &format!("/threads/{}", moved["id"]), &mo, Some(json!({ "category": "inner" }))).await;
        app.api("DELETE", &format!("/threads/{}", removed["id"]), &mo, None).await;
        app.settle();
        let page = app.get("/points", &ada).await;
        assert_eq!(page.texts(".entries a"), ["Plain talk"]);
        assert!(!page.body.contains("Secret plans") && !page.body.contains("Removed words"));
        assert_eq!(page.texts(".entries li").len(), 5, "the reasons stay, and the reversal");
        let ledger = app.api("GET", "/ledger", &ada, None).await;
        assert!(!ledger.body.contains("Secret") && !ledger.body.contains("Removed words"));
        let urls = ledger.json()["items"].as_array().unwrap().iter().filter(|i| !i["url"].is_null()).count();
        assert_eq!(urls, 1);
        // Nobody sees another's ledger.
        assert_eq!(app.api("GET", "/ledger", &bob, None).await.json()["items"], json!([]));
        assert!(app.get("/points", &bob).await.body.contains("No points yet"));
        let card = app.api("GET", "/members/ada", &bob, None).await;
        assert_eq!(card.json()["level"], 1);
        assert!(card.json().get("points").is_none() && card.json().get("growth").is_none());
    }
}

app_on_both! {
    async fn the_ledger_is_paged_without_gaps(app) {
        app.category("general", None, &[]);
        let (ada, op) = (app.member("ada", Role::Member), app.member("op", Role::Operator));
        for n in 1..=35 {
            let body = json!({ "member": "ada", "delta": n, "reason": format!("gift {n}") });
            assert_eq!(app.api("POST", "/admin/points", &op, Some(body)).await.status, 201);
            if n % 3 == 0 {
                app.pass(DAY);
            }
        }
        let first = app.get("/points", &ada).await;
        assert_eq!(first.texts(".entries li").len(), 30);
        let page = scraper::Html::parse_document(&first.body);
        let older = scraper::Selector::parse(".older a").unwrap();
        let next = page.select(&older).next().unwrap().value().attr("href").unwrap().to_owned();
        let second = app.get(&next, &ada).await;
        assert_eq!(second.texts(".delta"), ["+5", "+4", "+3", "+2", "+1"]);
        let (mut seen, mut cursor) = (Vec::new(), String::new());
        loop {
            let answer = app.api("GET", &format!("/ledger?limit=8{cursor}"), &ada, None).await.json();
            seen.extend(answer["items"].as_array().unwrap().iter().map(|i| i["delta"].as_i64().unwrap()));
            assert_eq!(answer["balance"], 630);
            match answer["next_cursor"].as_str() {
                Some(text) => cursor = format!("&cursor={text}"),
                None => break,
            }
        }
        assert_eq!(seen, (1..=35).rev().collect::<Vec<_>>());
        assert_eq!(app.api("GET", "/ledger?cursor=x", &ada, None).await.status, 400);
        assert_eq!(app.api("GET", "/ledger?limit=101", &ada, None).await.status, 400);
        let me = app.api("GET", "/me", &ada, None).await.json();
        assert_eq!((&me["level"], &me["points"], &me["growth"]), (&json!(4), &json!(630), &json!(630)));
    }
}

app_on_both! {
    async fn operators_give_revoke_and_audit(app) {
        let (ada, op) = (app.member("ada", Role::Member), app.member("op", Role::Operator));
        let mo = app.member("mo", Role::Moderator);
        let gift = json!({ "member": "ada", "delta": 40, "reason": "Hosted the meet-up" });
        let give = |who: Caller, body: Value, key: &'static str| async move {
            app.api_with("POST", "/admin/points", &who, Some(body), &[("Idempotency-Key", key)]).await
        };
        assert_eq!(give(Caller::visitor(), gift.clone(), "a").await.status, 401);
        assert_eq!(give(ada.clone(), gift.clone(), "a").await.status, 403);
        assert_eq!(give(mo.clone(), gift.clone(), "a").await.status, 403);
        let given = give(op.clone(), gift.clone(), "a").await;
        assert_eq!(given.status, 201, "{}", given.body);
        let again = give(op.clone(), gift.clone(), "a").await;
        assert_eq!((again.status.as_u16(), &again.body), (201, &given.body));
        assert_eq!(given.json()["balance"], 40);
        let mut other = gift.clone();
        other["delta"] = json!(41);
        assert_eq!(give(op.clone(), other, "a").await.status, 422, "another request with the same key");
        for (field, value, status) in [
            ("delta", json!(0), 422),
            ("delta", json!(2_000_000_000), 422),
            ("delta", json!("5"), 422),
            ("reason", json!("  "), 422),
            ("member", json!("nobody"), 404),
            ("surprise", json!(1), 400),
        ] {
            let mut body = gift.clone();
            body[field] = value;
            let answer = app.api("POST", "/admin/points", &op, Some(body)).await;
            assert_eq!(answer.status.as_u16(), status, "{field}: {}", answer.body);
        }
        let path = format!("/admin/ledger/{}/revoke", given.json()["id"]);
        for (who, status) in [(&Caller::visitor(), 401), (&ada, 403), (&mo, 403), (&op, 201), (&op, 409)] {
            assert_eq!(app.api("POST", &path, who, None).await.status.as_u16(), status);
        }
        assert_eq!(app.api("POST", "/admin/ledger/4000/revoke", &op, None).await.status, 404);
        let ledger = app.api("GET", "/ledger", &ada, None).await.json();
        assert_eq!(ledger["balance"], 0);
        let reasons: Vec<&str> =
            ledger["items"].as_array().unwrap().iter().map(|i| i["reason"].as_str().unwrap()).collect();
        assert_eq!(reasons, ["Revoked: Adjusted by staff", "Hosted the meet-up"]);
        for (who, status) in [(&Caller::visitor(), 401), (&mo, 403), (&op, 200)] {
            let answer = app.api("GET", "/admin/ledger/audit", who, None).await;
            assert_eq!(answer.status.as_u16(), status);
            if status == 200 {
                assert_eq!(answer.json(), json!({ "sound": true, "entries": 4, "sum": 0, "findings": [] }));
            }
        }
        assert_eq!(app.api("GET", "/ledger", &Caller::visitor(), None).await.status, 401);
        let root = app.member("rootie", Role::Administrator);
        assert!(app.get("/admin/audit", &root).await.body.contains("+40 Hosted the meet-up"));
    }
}

app_on_both! {
    async fn others_see_the_level_beside_posts(app) {
        app.category("general", None, &[]);
        let (ada, op) = (app.member("ada", Role::Member), app.member("op", Role::Operator));
        let thread = open(app, &ada, "general", "What hums?").await;
        let gift = json!({ "member": "ada", "delta": 200, "reason": "gift" });
        app.api("POST", "/admin/points", &op, Some(gift)).await;
        let page = app.get(thread["url"].as_str().unwrap(), &Caller::visitor()).await;
        assert_eq!(page.texts(".post .level"), ["Level 3"]);
        let profile = app.get("/u/ada", &op).await;
        assert!(profile.body.contains("Level 3 · Contributor"));
        let post = app.api("GET", &format!("/posts/{}", thread["first_post_id"]), &Caller::visitor(), None).await;
        assert_eq!(post.json()["author"]["level"], 3);
    }
}

/// The form of the back office as it stands.
fn fields(page: &str) -> Vec<(String, String)> {
    let html = scraper::Html::parse_document(page);
    let inputs = scraper::Selector::parse("form[action=\"/admin/points\"] input").unwrap();
    html.select(&inputs)
        .filter_map(|i| Some((i.value().attr("name")?.to_owned(), i.value().attr("value")?.to_owned())))
        .filter(|(name, _)| name != "csrf")
        .collect()
}

async fn save(app: &App, who: &Caller, change: &[(&str, &str)]) -> crate::support::app::Answer {
    let mut all = fields(&app.get("/admin/points", who).await.body);
    for (name, value) in change {
        all.retain(|(n, _)| n != name);
        all.push(((*name).to_owned(), (*value).to_owned()));
    }
    let all: Vec<(&str, &str)> = all.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
    app.post("/admin/points", who, &all).await
}

app_on_both! {
    async fn administrators_set_rules_and_levels(app) {
        app.category("general", None, &[]);
        let root = app.member("rootie", Role::Administrator);
        let (ada, op) = (app.member("ada", Role::Member), app.member("op", Role::Operator));
        assert_eq!(app.get("/admin/points", &op).await.status, 403);
        assert_eq!(save(app, &root, &[]).await.status, 303, "nothing changed");
        for (change, words) in [
            (&[("points-reply", "many")][..], "Points must be between"),
            (&[("points-thread", "-1")], "Points must be between"),
            (&[("cap-like", "2000000")], "The daily limit must be between"),
            (&[("threshold-1", "5")], "must start at 0"),
            (&[("threshold-3", "20")], "Level 3 must need more"),
            (&[("threshold-2", "")], "Level 2 must need more"),
            (&[("name-2-zh-TW", " ")], "Level 2 needs a name"),
            (&[("threshold-7", "9000")], "Level 7 needs a name"),
        ] {
            let mut with = change.to_vec();
            with.push(("name-1-en", "Kept as typed"));
            let answer = save(app, &root, &with).await;
            assert_eq!(answer.status, 422, "{change:?}");
            assert!(answer.body.contains(words), "{change:?}: {}", answer.body);
            assert_eq!(answer.field("name-1-en"), "Kept as typed");
            assert_eq!(answer.field(change[0].0), change[0].1);
        }
        let change = [("points-thread", "100"), ("cap-thread", ""), ("threshold-2", "90"), ("name-2-en", "Guest <b>")];
        assert_eq!(save(app, &root, &change).await.location(), "/admin/points?saved");
        open(app, &ada, "general", "What hums?").await;
        app.settle();
        let page = app.get("/points", &ada).await;
        assert_eq!(page.texts(".tiles dd"), ["101", "101"]);
        assert_eq!(page.texts(".standing-name"), ["Guest <b>"]);
        assert!(page.body.contains("<dd>+100</dd>"));
        let jobs = app.get("/admin/jobs", &root).await;
        assert!(jobs.texts("td").contains(&"Rebuild points".to_owned()));
        let audit = app.get("/admin/audit", &root).await.body;
        assert!(audit.contains("thread 5/15 → 100/-") && audit.contains("Levels changed"), "{audit}");
        assert_eq!(app.post("/admin/jobs", &root, &[("kind", "rebuild_points")]).await.status, 303);
        // Fewer levels: whoever stood higher stands on the highest there is.
        let mut fewer: Vec<(String, &str)> = Vec::new();
        for n in 3..=7 {
            fewer.push((format!("threshold-{n}"), ""));
            fewer.extend(["en", "zh-CN", "zh-TW"].map(|l| (format!("name-{n}-{l}"), "")));
        }
        let fewer: Vec<(&str, &str)> = fewer.iter().map(|(n, v)| (n.as_str(), *v)).collect();
        assert_eq!(save(app, &root, &fewer).await.status, 303);
        assert!(app.get("/points", &ada).await.body.contains("reached the highest level"));
    }
}
