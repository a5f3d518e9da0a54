//! What readers are told when something cannot be shown, and what they can do about it.

use hearth::base::actor::Role;

use crate::app_on_both;
use crate::support::app::Caller;

app_on_both! {
    async fn an_error_says_what_can_be_done(app) {
        app.category("general", None, &[]);
        let ada = app.member("ada", Role::Member);
        let body = serde_json::json!({ "category": "general", "title": "A pump", "body": "It hums." });
        let id = app.api("POST", "/threads", &ada, Some(body)).await.json()["id"].to_string();
        app.post(&format!("/thread/{id}/delete"), &ada, &[]).await;
        let zh = Caller::visitor().with_cookies(vec![("locale".into(), "zh-TW".into())]);
        let nobody = Caller::visitor();
        let wanted = [
            ("/no-such-page", 404, &nobody, "It may have moved."),
            ("/no-such-page", 404, &zh, "它可能已移到別處。"),
            (&*format!("/t/{id}"), 410, &nobody, "Something like it may be elsewhere."),
            ("/admin", 403, &ada, "ask the people who run this site"),
            ("/password?token=none", 410, &nobody, "Ask an administrator for a new link"),
            ("/login", 200, &nobody, "Forgotten your password?"),
        ];
        for (path, status, caller, words) in wanted {
            let page = app.get(path, caller).await;
            assert_eq!(page.status.as_u16(), status, "{path}");
            assert!(page.body.contains(words), "{path}: {}", page.body);
            assert_eq!(page.header("x-robots-tag"), Some("noindex"), "{path}");
        }
    }
}

app_on_both! {
    async fn another_host_is_told_where_the_site_is(app) {
        let page = app.ask("GET", "/latest", &Caller::visitor(), &[("host", "evil.example")]).await;
        assert_eq!(page.status.as_u16(), 421);
        assert_eq!(page.texts("a"), ["http://forum.test"]);
        assert_eq!(page.texts("p[lang]").len(), 3, "in all languages");
        assert!(!page.body.contains("stylesheet"), "nothing of ours is fetched from there");
    }
}

app_on_both! {
    async fn a_page_without_its_frame_still_says_something(app) {
        let ada = app.member("ada", Role::Member);
        app.sql("ALTER TABLE sessions RENAME TO lost");
        let page = app.get("/latest", &ada).await;
        assert_eq!(page.status.as_u16(), 500);
        assert_eq!(page.texts("h1"), ["500"]);
        assert_eq!(page.texts("p")[0], "Something went wrong on our side.");
        assert_eq!(page.header("content-type"), Some("text/html; charset=utf-8"));
        app.sql("ALTER TABLE lost RENAME TO sessions");
        assert_eq!(app.get("/latest", &ada).await.status.as_u16(), 200);
    }
}
