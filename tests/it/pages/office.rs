//! The back office speaks the reader's language and names what it talks about.

use hearth::base::actor::Role;
use hearth::base::time::DAY;
use serde_json::json;

use crate::app_on_both;
use crate::support::app::{Answer, Caller};

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
        for words in ["Search index", "Page cache", "Member counters", "Rebuild the search index", "3 posts"] {
            assert!(cells.iter().any(|c| c == words), "{words}: {cells:?}");
        }
        let readers = page.texts("tbody:first-of-type td.num");
        assert!(readers.iter().skip(1).step_by(2).take(4).all(|behind| behind == "0"), "{readers:?}");
        app.post("/settings/profile", &root, &[("locale", "zh-TW"), ("theme", "system")]).await;
        let page = app.get("/admin/jobs", &root).await;
        assert!(page.texts("td").iter().any(|c| c == "3 篇文章"), "{}", page.body);
    }
}

app_on_both! {
    async fn a_finished_job_stands_in_cells_that_are_whole(app) {
        let root = app.member("rootie", Role::Administrator);
        assert_eq!(app.post("/admin/jobs", &root, &[("kind", "recount")]).await.status, 303);
        app.sql("UPDATE jobs SET state = 2");
        let page = app.get("/admin/jobs", &root).await;
        let html = scraper::Html::parse_document(&page.body);
        let of = |css: &str| scraper::Selector::parse(css).unwrap();
        let table = html.select(&of("table")).next_back().unwrap();
        let heads: Vec<String> = table.select(&of("th")).map(|th| th.text().collect()).collect();
        let rows: Vec<_> = table.select(&of("tbody tr")).collect();
        assert_eq!(rows.len(), 1);
        let cells: Vec<_> = rows[0].select(&of("td")).collect();
        let texts: Vec<String> = cells.iter().map(|td| td.text().collect()).collect();
        assert_eq!(cells.len(), heads.len(), "{texts:?}");
        assert!(texts[0].parse::<i64>().is_ok(), "the number and nothing else: {texts:?}");
        assert_eq!(texts[1..5], ["Recount", "Done", "", ""], "it counts nothing, and is not at 0");
        for (cell, head) in cells.iter().zip(&heads) {
            assert!(cell.value().attr("data-label").is_none_or(|label| label == head), "{head}: {}", cell.html());
            let known = |name: &str| matches!(name, "data-label" | "class");
            assert!(cell.value().attrs().all(|(name, _)| known(name)), "{}", cell.html());
        }
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

app_on_both! {
    async fn operators_read_and_correct_a_members_ledger(app) {
        app.category("general", None, &[]);
        let (ada, op) = (app.member("ada", Role::Member), app.member("opal", Role::Operator));
        let mo = app.member("mo", Role::Moderator);
        let body = serde_json::json!({ "category": "general", "title": "A pump", "body": "It hums." });
        assert_eq!(app.api("POST", "/threads", &ada, Some(body)).await.status, 201);
        app.settle();
        let path = "/admin/members/ada/points";
        for caller in [&ada, &mo] {
            assert_eq!(app.get(path, caller).await.status, 403);
            let sent = app.post(path, caller, &[("delta", "5"), ("reason", "mine")]).await;
            assert_eq!(sent.status, 403);
        }
        assert_eq!(app.get("/admin/members/nobody/points", &op).await.status, 404);
        assert!(app.get("/admin/members/ada", &op).await.body.contains(path));
        let page = app.get(path, &op).await;
        assert_eq!(page.texts("tbody td:nth-child(3)"), ["+1", "+5"]);
        assert_eq!(page.texts("tbody td:nth-child(4)"), ["6", "5"], "the sum after each entry");
        assert!(page.texts("tbody td:nth-child(2)").iter().any(|t| t.contains("Thread started") && t.contains("A pump")));

        for (delta, reason, field) in [("0", "why", "delta"), ("many", "why", "delta"), ("-4", "  ", "reason")] {
            let refused = app.post(path, &op, &[("delta", delta), ("reason", reason)]).await;
            assert_eq!(refused.status, 422);
            assert_eq!(refused.texts(".field-error").len(), 1);
            assert!(refused.body.contains(&format!("id=\"{field}-error\"")));
            assert_eq!(refused.field("delta"), delta, "nothing typed is lost");
        }
        let fields = [("delta", "−4"), ("reason", "Counted twice"), ("nonce", &page.field("nonce"))];
        for _ in 0..2 {
            assert_eq!(app.post(path, &op, &fields).await.status, 303, "a double click books once");
        }
        let page = app.get(path, &op).await;
        assert_eq!(page.texts("tbody td:nth-child(3)"), ["−4", "+1", "+5"]);
        assert_eq!(page.texts("tbody td:nth-child(4)"), ["2", "6", "5"]);
        assert!(app.get("/points", &ada).await.body.contains("Counted twice"), "the member reads the reason");
        let root = app.member("rootie", Role::Administrator);
        let log = app.get("/admin/audit", &root).await.texts("td:nth-child(3)");
        assert_eq!(log[1..3], ["Member’s points viewed", "Points adjusted"], "{log:?}");
        assert_eq!(app.get(&format!("{path}?before=nonsense"), &op).await.status, 404);
    }
}

app_on_both! {
    async fn the_site_has_a_time_zone(app) {
        let root = app.member("rootie", Role::Administrator);
        let save = async |zone: &str| {
            let fields = [("name", "Forum"), ("locale", "en"), ("half_life_hours", "96"), ("open", "on"), ("time_zone", zone)];
            app.post("/admin/settings", &root, &fields).await
        };
        assert_eq!(app.get("/admin/settings", &root).await.field("time_zone"), "UTC");
        let refused = save("Beijing").await;
        assert_eq!((refused.status.as_u16(), refused.field("time_zone").as_str()), (422, "Beijing"));
        assert!(refused.body.contains("There’s no time zone with that name"));
        assert_eq!(save("asia/shanghai").await.status, 303);
        assert_eq!(app.get("/admin/settings", &root).await.field("time_zone"), "Asia/Shanghai");
    }
}

app_on_both! {
    async fn pages_tell_the_time_of_the_sites_zone(app) {
        let root = app.member("rootie", Role::Administrator);
        app.category("general", None, &[]);
        let fields = [("category", "general"), ("kind", "discussion"), ("title", "Late"), ("tags", ""), ("body", "At night.")];
        let url = app.post("/compose", &root, &fields).await.location().to_owned();
        let visitor = Caller::visitor();
        assert!(app.get(&url, &visitor).await.body.contains("title=\"20 Nov 2026 10:00 UTC\">20 Nov 2026<"));
        // In Kiritimati it is already the next day.
        let zone = [("name", "Forum"), ("locale", "en"), ("half_life_hours", "96"), ("open", "on"), ("time_zone", "Pacific/Kiritimati")];
        assert_eq!(app.post("/admin/settings", &root, &zone).await.status, 303);
        let told = "<time datetime=\"2026-11-20T10:00:00Z\" title=\"21 Nov 2026 00:00 UTC+14:00\">21 Nov 2026</time>";
        for (page, reader) in [(url.as_str(), &visitor), ("/", &visitor), (url.as_str(), &root), ("/c/general", &root)] {
            assert!(app.get(page, reader).await.body.contains(told), "{page}");
        }
        // A day that a form asks for is one there too, and is shown as the day that was asked for.
        let id = url.split('/').nth(2).unwrap().to_owned();
        let past = app.post(&format!("/thread/{id}/pin"), &root, &[("scope", "site"), ("until", "2026-11-20")]).await;
        assert_eq!(past.status, 422, "over, there");
        let pinned = app.post(&format!("/thread/{id}/pin"), &root, &[("scope", "site"), ("until", "2026-11-21")]).await;
        assert_eq!(pinned.status, 303);
        assert!(app.get(&url, &root).await.body.contains("until 21 Nov 2026"));
        app.pass(24 * 3_600 * 1_000_000);
        assert!(!app.get(&url, &root).await.body.contains("until 21 Nov 2026"), "it ended with that day");
        // Archives are by months of UTC.
        assert_eq!(app.get("/archive/2026-11", &visitor).await.status, 200);
    }
}

app_on_both! {
    async fn what_was_not_offered_is_not_chosen(app) {
        app.category("general", None, &[]);
        let root = app.member("rootie", Role::Administrator);
        let site = [("name", "Kept"), ("locale", "tlh"), ("half_life_hours", "96"), ("time_zone", "UTC")];
        let brand = [("colour", "#123456"), ("family", "comic")];
        let category = |name, value| [[("name", "Kept"), ("slug", "kept"), ("colour", "#123456"), ("position", "0"), ("post_role", "member")], [(name, value); 5]].concat();
        let (above, lets_in) = (category("post_role", "emperor"), category("role", "emperor"));
        let mut place = category("role", "member");
        place[3].1 = "first";
        let mut writer = above.clone();
        writer[4].1 = "emperor";
        for (path, fields) in [
            ("/admin/settings", &site[..]), ("/admin/branding", &brand[..]),
            ("/admin/categories", &lets_in[..]), ("/admin/categories", &place[..]), ("/admin/categories", &writer[..5]),
        ] {
            let answer = app.post(path, &root, fields).await;
            assert_eq!(answer.status, 422, "{path} {fields:?}");
            let words = if fields.contains(&("position", "first")) { "Enter a whole number" } else { "That isn’t one of the available options." };
            assert!(answer.body.contains(words), "{path} {fields:?}");
            let typed = if path == "/admin/branding" { "#123456" } else { "Kept" };
            assert!(answer.body.contains(typed), "{path}: nothing typed is lost");
        }
        assert!(!app.get("/", &Caller::visitor()).await.body.contains("Kept"));
    }
}

app_on_both! {
    async fn operators_book_points_to_others_only(app) {
        let (op, other) = (app.member("opal", Role::Operator), app.member("otto", Role::Operator));
        let root = app.member("rootie", Role::Administrator);
        let book = async |who: &Caller, whom: &str| {
            let path = format!("/admin/members/{whom}/points");
            app.post(&path, who, &[("delta", "50"), ("reason", "Wrote the guide")]).await
        };
        let own = book(&op, "opal").await;
        assert_eq!((own.status.as_u16(), own.field("reason").as_str()), (422, "Wrote the guide"));
        assert_eq!(own.texts("#delta-error"), ["Operators can’t adjust their own points. Ask another operator."]);
        let over_api = json!({ "member": "opal", "delta": 50, "reason": "Wrote the guide" });
        assert_eq!(app.api("POST", "/admin/points", &op, Some(over_api)).await.status, 403);
        assert_eq!(book(&other, "opal").await.status, 303);
        assert_eq!(book(&root, "rootie").await.status, 303, "who makes the rules may");
    }
}

app_on_both! {
    async fn the_audit_log_can_be_narrowed_and_paged(app) {
        app.category("general", None, &[]);
        let (root, mo) = (app.member("rootie", Role::Administrator), app.member("mo", Role::Moderator));
        let body = serde_json::json!({ "category": "general", "title": "A pump", "body": "It hums." });
        let id = app.api("POST", "/threads", &mo, Some(body)).await.json()["id"].to_string();
        for _ in 0..51 {
            for act in ["close", "reopen"] {
                app.post(&format!("/thread/{id}/{act}"), &mo, &[]).await;
            }
        }
        app.pass(2 * DAY);
        app.post(&format!("/thread/{id}/feature"), &root, &[]).await;
        let acts = |page: &Answer| page.texts("tbody td:nth-child(3)");
        let get = async |query: &str| app.get(&format!("/admin/audit?{query}"), &root).await;
        let all = get("").await;
        assert_eq!((acts(&all).len(), all.texts("#who option").len()), (100, 5), "{:?}", all.texts("#who option"));
        assert!(all.texts("#what option").contains(&"Thread closed".to_owned()));
        let by = get("who=rootie").await;
        assert_eq!((acts(&by), by.texts("#who [selected]")), (vec!["Thread featured".to_owned()], vec!["rootie".to_owned()]));
        let closed = get("what=thread.closed").await;
        assert_eq!((acts(&closed).len(), closed.texts("#what [selected]")), (51, vec!["Thread closed".to_owned()]));
        // What comes before is narrowed as well.
        let narrowed = get("who=mo&from=2020-01-01&until=2040-01-01").await;
        assert_eq!(acts(&narrowed).len(), 100);
        let at = narrowed.body.find("/admin/audit?who=mo&#38;from").expect("a way to older ones");
        let older = narrowed.body[at..].split('"').next().unwrap().replace("&#38;", "&");
        assert_eq!(acts(&app.get(&older, &root).await), ["Thread reopened", "Thread closed"]);
        for (query, found) in [("from=2040-01-01", 0), ("until=2020-01-01", 0), ("who=nobody", 0), ("what=none", 0)] {
            let none = get(query).await;
            assert_eq!((acts(&none).len(), none.texts("main .hint")), (found, vec!["Nothing in the log matches this filter.".to_owned()]), "{query}");
        }
        let house = get("who=:house").await;
        assert!(!acts(&house).is_empty() && house.texts("tbody td:nth-child(2)").iter().all(|who| who == "System"));
        let day = app.node.house.clock.now().rfc3339()[..10].to_owned();
        assert_eq!(acts(&get(&format!("from={day}&until={day}")).await), ["Thread featured"]);
        let wrong = get("from=soon&who=mo").await;
        assert_eq!((wrong.status.as_u16(), wrong.texts("#from-error"), wrong.field("from")), (422, vec!["Enter a date such as 2026-11-28.".to_owned()], "soon".into()));
        assert_eq!(app.get("/admin/audit?who=mo", &mo).await.status, 403);
    }
}

app_on_both! {
    async fn suspension_is_found_from_the_office(app) {
        let (op, _) = (app.member("opal", Role::Operator), app.member("felix", Role::Member));
        let page = app.get("/admin/members/felix", &op).await;
        assert!(page.texts("a[href='/u/felix#moderation']") == ["Suspend on the profile"], "{}", page.body);
        assert!(app.get("/admin/members/opal", &op).await.texts("a[href$='#moderation']").is_empty());
        let profile = app.get("/u/felix", &op).await;
        assert_eq!((profile.texts("#moderation > h2").len(), profile.texts("#moderation summary")[0].as_str()), (1, "Suspend…"));
        assert_eq!(profile.texts("#moderation form[action$='/suspend'] button"), ["Suspend"]);
    }
}
