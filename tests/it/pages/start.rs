//! The first hour: each step can be done, skipped, come back to and undone, and the site is as it was.

use hearth::base::actor::Role;

use crate::app_on_both;
use crate::support::app::{Answer, App, Caller};

const STEPS: [&str; 5] = ["language", "name", "look", "categories", "invitation"];

fn states(page: &Answer) -> Vec<String> {
    page.texts(".way .flag")
}

async fn overview(app: &App, root: &Caller) -> Vec<String> {
    states(&app.get("/admin/start", root).await)
}

/// The form of a set, as it is offered.
async fn offered(app: &App, root: &Caller, set: &str) -> Vec<(String, String)> {
    let page = app.get(&format!("/admin/start/categories?set={set}"), root).await;
    let html = scraper::Html::parse_document(&page.body);
    let inputs = scraper::Selector::parse("#set input").unwrap();
    html.select(&inputs)
        .map(|e| e.value())
        .filter(|v| v.attr("type") != Some("checkbox") || v.attr("checked").is_some())
        .map(|v| (v.attr("name").unwrap().to_owned(), v.attr("value").unwrap_or_default().to_owned()))
        .filter(|(name, _)| name != "csrf")
        .collect()
}

fn fields(typed: &[(String, String)]) -> Vec<(&str, &str)> {
    typed.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect()
}

app_on_both! {
    async fn from_an_empty_site_to_one_that_is_ready_and_back(app) {
        let root = app.member("rootie", Role::Administrator);
        assert_eq!(overview(app, &root).await, ["To do"; 5]);
        assert_eq!(app.get("/admin", &root).await.texts(".first-hour .meta"), ["0 of 5 done or skipped"]);
        let before = app.get("/", &Caller::visitor()).await;

        let said = app.post("/admin/start/language", &root, &[("locale", "zh-TW"), ("time_zone", "Asia/Taipei")]).await;
        assert_eq!(said.location(), "/admin/start/name");
        let name = app.get("/admin/start/name", &root).await;
        assert_eq!((name.texts("h1")[0].as_str(), name.field("name").as_str()), ("名稱", ""), "in the language chosen, with nothing to delete first");
        let named = app.post("/admin/start/name", &root, &[("name", "工具社"), ("tagline", "問與答")]).await;
        assert_eq!(named.location(), "/admin/start/look");
        assert_eq!(app.post("/admin/start/look", &root, &[("colour", "#7c3aed")]).await.location(), "/admin/start/categories");
        let rows = offered(app, &root, "vendor").await;
        assert_eq!(rows.iter().filter(|(n, v)| n.starts_with("name") && !v.is_empty()).count(), 5);
        assert!(rows.contains(&("name0".into(), "公告".into())), "{rows:?}");
        assert_eq!(app.post("/admin/start/categories", &root, &fields(&rows)).await.location(), "/admin/start/invitation");
        let made = app.post("/admin/start/invitation", &root, &[("role", "member"), ("uses", "20"), ("days", "14"), ("note", "")]).await;
        assert!(made.field("csrf").len() > 10 && made.body.contains("http://forum.test/signup?token="));

        let ready = app.get("/admin/start", &root).await;
        assert_eq!((ready.texts("h1")[0].as_str(), states(&ready)), ("工具社 已準備好迎接會員", vec!["已完成".to_owned(); 5]));
        assert!(app.get("/admin", &root).await.texts(".first-hour").is_empty(), "nothing is left to do");
        let page = app.get("/", &Caller::visitor()).await;
        assert!(page.body.contains("lang=\"zh-Hant\"") && page.texts(".rail ul[aria-labelledby] a").contains(&"閒聊".to_owned()));
        let newcomer = app.member("ada", Role::Member);
        let choices = app.get("/compose", &newcomer).await.texts("#category option");
        assert!(!choices.contains(&"公告".to_owned()) && choices.contains(&"問答".to_owned()), "announcements are for staff: {choices:?}");

        for step in STEPS {
            assert_eq!(app.post(&format!("/admin/start/{step}/undo"), &root, &[]).await.location(), format!("/admin/start/{step}?undone"));
        }
        app.settle();
        let after = app.get("/", &Caller::visitor()).await;
        assert_eq!(after.body, before.body, "as it was before");
        assert_eq!(overview(app, &root).await, ["To do"; 5], "a link that was taken back invited nobody");
        assert_eq!(app.get("/admin/invitations", &root).await.texts("tbody tr").len(), 0);
    }
}

app_on_both! {
    async fn steps_can_be_left_out_and_the_list_put_away(app) {
        let root = app.member("rootie", Role::Administrator);
        for step in STEPS {
            assert_eq!(app.post(&format!("/admin/start/{step}/skip"), &root, &[]).await.status, 303);
        }
        assert_eq!(overview(app, &root).await, ["Skipped"; 5]);
        assert_eq!(app.post("/admin/start/name", &root, &[("name", "Tools"), ("tagline", "")]).await.status, 303, "and done later");
        assert_eq!(overview(app, &root).await[1], "Done");
        app.post("/admin/start/name/undo", &root, &[]).await;
        assert!(app.get("/admin", &root).await.body.contains("4 of 5 done or skipped"));
        assert_eq!(app.post("/admin/start", &root, &[("action", "away")]).await.location(), "/admin");
        assert!(!app.get("/admin", &root).await.body.contains("4 of 5 done or skipped"));
        app.post("/admin/start", &root, &[("action", "back")]).await;
        assert!(app.get("/admin", &root).await.body.contains("4 of 5 done or skipped"));
        assert_eq!(app.get("/admin/start/none", &root).await.status, 404);
        app.category("general", None, &[]);
        let other = app.member("second", Role::Operator);
        assert_eq!(app.get("/admin", &other).await.texts(".first-hour").len(), 0, "for administrators only");
    }
}

app_on_both! {
    async fn what_is_refused_stays_in_the_form_and_categories_in_use_stay(app) {
        let root = app.member("rootie", Role::Administrator);
        let long = "x".repeat(61);
        let refused = app.post("/admin/start/name", &root, &[("name", &long), ("tagline", "kept")]).await;
        assert_eq!((refused.status.as_u16(), refused.field("tagline").as_str()), (422, "kept"));
        let refused = app.post("/admin/start/language", &root, &[("locale", "en"), ("time_zone", "Beijing")]).await;
        assert_eq!((refused.status.as_u16(), refused.field("time_zone").as_str()), (422, "Beijing"));
        let refused = app.post("/admin/start/language", &root, &[("locale", "tlh"), ("time_zone", "Asia/Taipei")]).await;
        assert_eq!((refused.status.as_u16(), refused.field("time_zone").as_str()), (422, "Asia/Taipei"));
        assert_eq!((refused.texts("[role=alert]"), refused.texts("[checked]").len()), (vec!["That isn’t one of the available options.".to_owned()], 0));
        assert_eq!(app.post("/admin/start/look", &root, &[("colour", "red")]).await.status, 422);
        let refused = app.post("/admin/start/invitation", &root, &[("role", "king"), ("uses", "7"), ("days", "1")]).await;
        assert_eq!((refused.status.as_u16(), refused.field("uses").as_str()), (422, "7"));
        assert_eq!(app.post("/admin/members/rootie/role", &root, &[("role", "king")]).await.status, 422);
        assert_eq!(app.post("/admin/start/invitation", &root, &[("role", "member"), ("uses", "0"), ("days", "1")]).await.status, 422);
        let own = [("make0", "1"), ("name0", "Pumps"), ("about0", ""), ("colour0", "#2f6f6b"), ("make1", "1"), ("name1", &long), ("colour1", "#2f6f6b")];
        let refused = app.post("/admin/start/categories", &root, &own).await;
        assert_eq!((refused.status.as_u16(), refused.field("name0").as_str()), (422, "Pumps"));
        assert!(refused.body.contains("card stack at-fault") && app.get("/categories", &root).await.texts(".directory li").is_empty());
        assert_eq!(app.post("/admin/start/categories", &root, &[("name0", "Pumps")]).await.status, 422, "nothing is ticked");

        let twice = [("make0", "1"), ("name0", "Pumps"), ("colour0", "#2f6f6b"), ("make1", "1"), ("name1", "ＰＵＭＰＳ "), ("colour1", "#2f6f6b")];
        let refused = app.post("/admin/start/categories", &root, &twice).await;
        assert_eq!(refused.texts("[role=alert]"), ["There’s already a category with this name here. Choose a different name."]);
        assert_eq!((refused.status.as_u16(), refused.texts(".at-fault legend")), (409, vec!["Category 2".to_owned()]));
        assert!(app.get("/categories", &root).await.texts(".directory li").is_empty(), "none without the other");

        let rows: Vec<_> = offered(app, &root, "retailer").await.into_iter().map(|(n, v)| if n == "name1" { (n, "Announcements & <advice>".into()) } else { (n, v) }).collect();
        for _ in 0..2 {
            assert_eq!(app.post("/admin/start/categories", &root, &fields(&rows)).await.status, 303);
        }
        let all = app.get("/categories", &root).await;
        assert_eq!(all.texts(".directory h2").len(), 5, "a double click makes them once: {}", all.body);
        assert!(all.body.contains("/c/announcements-advice") && all.body.contains("/c/reviews"), "a name of one's own gets its own address");
        let ada = app.member("ada", Role::Member);
        let thread = serde_json::json!({ "category": "reviews", "title": "A pump", "body": "It hums." });
        assert_eq!(app.api("POST", "/threads", &ada, Some(thread)).await.status, 201);
        app.post("/admin/start/categories/undo", &root, &[]).await;
        let page = app.get("/admin/start/categories?undone", &root).await;
        assert_eq!(page.texts(".chips li"), ["Reviews and experience"]);
        assert!(page.body.contains("Those that already have threads stay."));
    }
}

app_on_both! {
    async fn an_empty_site_shows_where_to_begin(app) {
        let (root, ada, visitor) = (app.member("rootie", Role::Administrator), app.member("ada", Role::Member), Caller::visitor());
        for path in ["/", "/tags", "/archive", "/categories", "/compose", "/points"] {
            let page = app.get(path, &root).await;
            assert!(page.body.contains(r#"class="btn primary" href="/admin/start/categories""#), "{path}: {}", page.body);
        }
        let page = app.get("/compose", &ada).await;
        assert_eq!((page.texts("main form").len(), page.texts(".empty a")), (0, vec!["Home".to_owned()]), "nothing to fill in for nothing");
        assert_eq!(app.get("/", &visitor).await.texts(".empty a"), ["Log in to start the first thread"]);
        assert!(app.get("/", &visitor).await.texts(".older").is_empty(), "nothing is older");
        app.category("general", None, &[]);
        assert_eq!(app.get("/archive", &ada).await.texts(".empty a"), ["New thread"]);
        assert!(!app.get("/compose", &ada).await.texts("main form").is_empty());
    }
}
