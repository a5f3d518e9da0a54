//! NUL characters: PostgreSQL stores none, so none may come as far as a query.

use hearth::app::routes;
use hearth::base::actor::Role;
use hearth::base::fault::{Fault, Kind};
use hearth::infra::db::DbError;

use crate::support::app::Caller;
use crate::{app_on_both, on_both};

/// `pattern` with `value` in every place.
fn filled(pattern: &str, value: &str) -> String {
    let mut path = String::new();
    let mut rest = pattern;
    while let Some((before, after)) = rest.split_once('{') {
        path.push_str(before);
        path.push_str(value);
        rest = after.split_once('}').map_or("", |(_, rest)| rest);
    }
    path + rest
}

app_on_both! {
    async fn no_address_with_a_nul_reaches_the_database(app) {
        app.category("general", None, &[]);
        let root = app.member("rootie", Role::Administrator);
        for entry in routes::table() {
            let method = entry.method.as_str();
            for nul in ["%00", "a%00b"] {
                let path = filled(entry.path, nul);
                let asked = if path == entry.path {
                    vec![(format!("{path}?q={nul}"), 400), (format!("{path}?{nul}"), 400)]
                } else {
                    vec![(path, 404), (format!("{}?q={nul}", filled(entry.path, "1")), 400)]
                };
                for (path, expected) in asked {
                    for caller in [&Caller::visitor(), &root] {
                        let answer = match path.strip_prefix("/api/v1") {
                            Some(rest) => app.api(method, rest, caller, None).await,
                            None => app.ask(method, &path, caller, &[]).await,
                        };
                        assert_eq!(answer.status, expected, "{method} {path}: {}", answer.body);
                        assert!(!answer.body.contains('\0'), "{path} is repeated as it came");
                    }
                }
            }
        }
        for path in ["/a%00b", "/%00", "/t/a%00/1"] {
            assert_eq!(app.get(path, &Caller::visitor()).await.status, 404, "{path}");
        }
    }
}

app_on_both! {
    async fn a_nul_in_what_is_sent_is_left_out_or_refused(app) {
        app.category("general", None, &[]);
        let root = app.member("rootie", Role::Administrator);
        let fields = [
            ("category", "general"), ("kind", "discussion"), ("title", "With\0out"), ("tags", "t\0ag"), ("body", "te\0xt"),
        ];
        let posted = app.post("/compose", &root, &fields).await;
        assert_eq!(posted.status, 303, "{}", posted.body);
        let page = app.get(posted.location(), &root).await;
        assert_eq!(page.texts("h1"), ["Without"]);
        let token = [("name", "a\0b"), ("scope", "read"), ("days", "")];
        assert_eq!(app.post("/settings/tokens", &root, &token).await.status, 200);
        let site = [("name", "Fo\0rum"), ("locale", "en"), ("half_life_hours", "96")];
        assert_eq!(app.post("/admin/settings", &root, &site).await.status, 303);
        for body in [
            serde_json::json!({ "category": "general", "title": "A", "body": "a\0b" }),
            serde_json::json!({ "category": "general", "title": "A", "body": "x", "tags": ["a\0b"] }),
            serde_json::json!({ "category": "a\0b", "title": "A", "body": "x" }),
        ] {
            let answer = app.api("POST", "/threads", &root, Some(body)).await;
            assert_eq!(answer.status, 400, "{}", answer.body);
        }
    }
}

on_both! {
    fn a_nul_that_gets_through_is_the_senders_fault(db) {
        let found = db.read_now(|c| {
            hearth::people::accounts::store::by_handle(c, "a\0b").map(drop).map_err(DbError::from)
        });
        if let Err(error) = found {
            assert_eq!(error.kind(), Kind::Malformed, "{error}");
        }
    }
}

app_on_both! {
    async fn a_title_or_text_that_nobody_sees_is_missing(app) {
        app.category("general", None, &[]);
        let ada = app.member("ada", Role::Member);
        for unseen in ["\u{200b}", "\u{feff} \u{ad}", "\u{fffe}", "\u{3164}"] {
            let title = serde_json::json!({ "category": "general", "title": unseen, "body": "Text." });
            assert_eq!(app.api("POST", "/threads", &ada, Some(title)).await.status, 422, "{unseen:?}");
            let body = serde_json::json!({ "category": "general", "title": "Seen", "body": unseen });
            assert_eq!(app.api("POST", "/threads", &ada, Some(body)).await.status, 422, "{unseen:?}");
        }
    }
}

app_on_both! {
    async fn a_short_address_keeps_its_page_and_a_suspension_its_day(app) {
        app.category("general", None, &[]);
        let (ada, root) = (app.member("ada", Role::Member), app.member("rootie", Role::Administrator));
        let body = serde_json::json!({ "category": "general", "title": "Long", "body": "Text." });
        app.api("POST", "/threads", &ada, Some(body)).await;
        for n in 0..21 {
            let body = serde_json::json!({ "body": format!("Reply {n}.") });
            assert_eq!(app.api("POST", "/threads/1/posts", &root, Some(body)).await.status, 201);
        }
        assert_eq!(app.get("/t/1?page=2", &ada).await.location(), "/t/1/long?page=2");
        assert_eq!(app.get("/t/1?page=3", &ada).await.status, 404);
        app.post("/u/ada/suspend", &root, &[("reason", "Rude"), ("until", "2027-01-01")]).await;
        let told = app.get("/", &ada).await.texts(".site-notice.warn");
        assert!(told.iter().any(|t| t.contains("1 Jan 2027")), "{told:?}");
    }
}
