//! The back office speaks the reader's language and names what it talks about.

use hearth::base::actor::Role;

use crate::app_on_both;

app_on_both! {
    async fn jobs_and_readers_are_told_in_words(app) {
        app.category("general", None, &[]);
        let root = app.member("rootie", Role::Administrator);
        app.settle();
        let ask = [("kind", "reindex")];
        assert_eq!(app.post("/admin/jobs", &root, &ask).await.status, 303);
        app.sql("UPDATE jobs SET state = 2, message = '3 posts'");
        let page = app.get("/admin/jobs", &root).await;
        let cells = page.texts("td");
        for words in ["Search index", "Page cache", "Counters of members", "Rebuild the search index", "3 posts"] {
            assert!(cells.iter().any(|c| c == words), "{words}: {cells:?}");
        }
        let readers = page.texts("tbody:first-of-type td.num");
        assert!(readers.iter().skip(1).step_by(2).take(4).all(|behind| behind == "0"), "{readers:?}");
        app.post("/settings/appearance", &root, &[("locale", "zh-TW"), ("theme", "system")]).await;
        let page = app.get("/admin/jobs", &root).await;
        assert!(page.texts("td").iter().any(|c| c == "3 篇文章"), "{}", page.body);
    }
}

app_on_both! {
    async fn the_audit_log_names_what_was_done_to_what(app) {
        app.category("general", None, &[]);
        let (root, ada) = (app.member("rootie", Role::Administrator), app.member("ada", Role::Member));
        let body = serde_json::json!({ "category": "general", "title": "A <pump>", "body": "It hums." });
        let id = app.api("POST", "/threads", &ada, Some(body)).await.json()["id"].to_string();
        app.post(&format!("/thread/{id}/close"), &root, &[]).await;
        app.post("/u/ada/suspend", &root, &[("reason", "Rude"), ("until", "2026-12-24")]).await;
        let page = app.get("/admin/audit", &root).await;
        let actions = page.texts("td:nth-child(3)");
        assert!(actions.starts_with(&["Member suspended".into(), "Thread closed".into()]), "{actions:?}");
        assert!(actions.iter().all(|a| !a.contains('.')), "{actions:?}");
        assert_eq!(page.texts("td:nth-child(4) a")[..2], ["ada", "A <pump>"]);
        assert!(page.body.contains(r#"href="/u/ada""#) && page.body.contains(&format!(r#"href="/t/{id}/a-pump""#)));
    }
}

app_on_both! {
    async fn categories_say_which_language_they_are_in(app) {
        let root = app.member("rootie", Role::Administrator);
        let body = serde_json::json!({ "slug": "sensors", "name": "感測器與韌體", "description": "Readings that look wrong, and what to do." });
        assert_eq!(app.api("POST", "/admin/categories", &root, Some(body)).await.status, 201);
        for path in ["/categories", "/c/sensors"] {
            let page = app.get(path, &root).await;
            assert!(!page.texts(r#".rail [lang="zh-Hant"], nav [lang="zh-Hant"]"#).is_empty(), "{path}: the rail");
            assert!(page.texts(r#"h1[lang="zh-Hant"], h2 [lang="zh-Hant"]"#).contains(&"感測器與韌體".to_owned()), "{path}");
            assert_eq!(page.texts(r#"p[lang="en"]"#), ["Readings that look wrong, and what to do."], "{path}");
        }
        assert_eq!(app.get("/latest", &root).await.texts("h1[lang]").len(), 0, "a heading of the page's own");
    }
}
