//! What the editor asks: previews and names, for whoever is signed in, of what they may read.

use hearth::base::actor::Role;

use crate::app_on_both;
use crate::support::app::Caller;

app_on_both! {
    async fn a_preview_is_what_the_post_would_be(app) {
        let ada = app.member("ada", Role::Member);
        app.member("grace", Role::Member);
        let answer = app.post("/preview", &ada, &[("body", "@grace **hot** <script>alert(1)</script>")]).await;
        assert_eq!(answer.status, 200);
        assert!(answer.body.contains("<strong>hot</strong>") && answer.body.contains(r#"href="/u/grace""#), "{}", answer.body);
        assert!(!answer.body.contains("<script") && !answer.body.contains("<html"));
        assert_eq!(answer.header("cache-control"), Some("no-store"));
        let long = app.post("/preview", &ada, &[("body", &"x".repeat(32_001))]).await;
        assert_eq!(long.status, 422);
        assert!(long.body.contains("32000") && !long.body.contains('<'), "{}", long.body);
        assert_eq!(app.post("/preview", &Caller::visitor(), &[("body", "x")]).await.status, 401);
    }
}

app_on_both! {
    async fn names_complete_from_what_one_may_read(app) {
        app.category("open", None, &[]);
        let (ada, bob) = (app.member("ada", Role::Member), app.member("bob", Role::Member));
        app.category("board", Some(&["ada"]), &[]);
        for (category, tag) in [("open", "Sensor"), ("board", "secret merger")] {
            let body = serde_json::json!({ "category": category, "title": "A thread", "body": "Text.", "tags": [tag] });
            assert_eq!(app.api("POST", "/threads", &ada, Some(body)).await.status, 201, "{category}");
        }
        let offers = async |caller: &Caller, query: &str| {
            let answer = app.get(&format!("/complete?{query}"), caller).await;
            assert_eq!(answer.status, 200, "{query}: {}", answer.body);
            let items = answer.json()["items"].clone();
            items.as_array().unwrap().iter().map(|i| i["value"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
        };
        assert_eq!(offers(&bob, "kind=tag&q=SEN").await, ["Sensor"]);
        assert_eq!(offers(&ada, "kind=tag&q=s").await, ["secret merger", "Sensor"]);
        assert_eq!(offers(&bob, "kind=tag&q=s").await, ["Sensor"], "a tag of a closed category shows nowhere");
        assert_eq!(offers(&bob, "kind=member&q=ad").await, ["ada"]);
        assert!(offers(&bob, "kind=member&q=a").await.is_empty(), "two characters at least");
        assert_eq!(offers(&bob, "kind=emoji&q=rocket").await, ["🚀"]);
        assert!(offers(&bob, "kind=tag&q=").await.is_empty());
        assert_eq!(app.get("/complete?kind=secret&q=ab", &bob).await.status, 400);
        assert_eq!(app.get("/complete?kind=member&q=ad", &Caller::visitor()).await.status, 303);
    }
}
