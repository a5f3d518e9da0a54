//! Pages that administrators write: found by everybody once published, absent before, gone after.

use hearth::base::actor::Role;
use hearth::base::time::{DAY, HOUR};

use crate::app_on_both;
use crate::support::app::{Answer, App, Caller};

const TEXT: &str = "## Be kind\n\nAsk **before** you post.\n\n### Links\n\nNone at first.";

fn form<'a>(
    title: &'a str,
    slug: &'a str,
    state: &'a str,
    body: &'a str,
    revision: &'a str,
) -> [(&'a str, &'a str); 7] {
    [
        ("title", title),
        ("slug", slug),
        ("description", ""),
        ("body", body),
        ("state", state),
        ("revision", revision),
        ("action", "save"),
    ]
}

/// The address of the editor of the page called `title`.
async fn editor(app: &App, root: &Caller, title: &str) -> String {
    let list = app.get("/admin/pages", root).await;
    let at = list.body.find(&format!("dir=\"auto\">{title}</a>")).unwrap_or_else(|| panic!("{}", list.body));
    let id = list.body[..at].rsplit("/admin/pages/").next().unwrap().trim_end_matches(['"', ' ']);
    format!("/admin/pages/{id}")
}

async fn read(app: &App, path: &str) -> Answer {
    app.settle();
    app.get(path, &Caller::visitor()).await
}

app_on_both! {
    async fn a_page_is_found_by_everybody_once_it_is_published(app) {
        let root = app.member("rootie", Role::Administrator);
        let member = app.member("ada", Role::Operator);
        assert_eq!(app.post("/admin/pages", &root, &form("House rules", "", "draft", TEXT, "")).await.status, 303);
        for caller in [&Caller::visitor(), &member] {
            let hidden = app.get("/pages/house-rules", caller).await;
            let never = app.get("/pages/never-was", caller).await;
            assert_eq!((hidden.status.as_u16(), hidden.texts("title, main")), (404, never.texts("title, main")), "hidden equals absent");
        }
        let own = app.get("/pages/house-rules", &root).await;
        assert!(own.status == 200 && own.body.contains("noindex") && own.body.contains("This is a draft"));
        assert!(!read(app, "/sitemap.xml").await.body.contains("pages.xml"));

        let edit = editor(app, &root, "House rules").await;
        let preview = [("title", "House rules"), ("body", "# Top\n\nas **typed**"), ("state", "draft"), ("revision", "1"), ("action", "preview")];
        let shown = app.post(&edit, &root, &preview).await;
        assert_eq!((shown.texts(".preview strong"), shown.texts(".preview h2")), (vec!["typed".to_owned()], vec!["Top".to_owned()]));
        assert!(shown.field("body").starts_with("# Top"), "and nothing is stored");
        app.pass(HOUR);
        assert_eq!(app.post(&edit, &root, &form("House rules", "house-rules", "published", TEXT, "1")).await.status, 303);
        app.pass(HOUR);
        let page = read(app, "/pages/house-rules").await;
        assert_eq!((page.status.as_u16(), page.texts("h1")), (200, vec!["House rules".to_owned()]));
        assert_eq!((page.texts(".prose h2"), page.texts(".prose h3")), (vec!["Be kind".to_owned()], vec!["Links".to_owned()]));
        for part in [
            r#"<link rel="canonical" href="http://forum.test/pages/house-rules">"#, "<title>House rules · Hearth</title>",
            r#"<meta name="description" content="Be kind Ask before you post. Links None at first.">"#, r#""@type":"WebPage""#,
        ] {
            assert!(page.body.contains(part), "{part}: {}", page.body);
        }
        assert!(!page.body.contains("noindex") && page.header("x-robots-tag").is_none());
        assert_eq!(page.header("last-modified"), Some("Fri, 20 Nov 2026 11:00:00 GMT"));
        assert!(read(app, "/sitemap.xml").await.body.contains("/sitemap/pages.xml</loc><lastmod>2026-11-20T11:00:00Z"));
        assert!(read(app, "/sitemap/pages.xml").await.body.contains("/pages/house-rules</loc><lastmod>2026-11-20T11:00:00Z"));
        assert!(app.get("/admin/branding", &root).await.body.contains(r#"<option value="/pages/house-rules">"#));
    }
}

app_on_both! {
    async fn a_change_is_seen_at_once_and_a_former_address_leads_on(app) {
        let root = app.member("rootie", Role::Administrator);
        app.post("/admin/pages", &root, &form("关于我们", "about", "published", "第一版", "")).await;
        let edit = editor(app, &root, "关于我们").await;
        assert!(read(app, "/pages/about").await.body.contains("第一版"));
        assert_eq!(read(app, "/pages/about").await.texts("h1[lang=\"zh-Hans\"]"), ["关于我们"]);
        app.sql("UPDATE custom_pages SET html = '<p>Behind the back</p>'");
        assert!(read(app, "/pages/about").await.body.contains("第一版"), "from memory, since nobody told");
        app.pass(DAY);
        assert_eq!(app.post(&edit, &root, &form("关于我们", "about-us", "published", "第二版", "1")).await.status, 303);
        let moved = app.get("/pages/about", &Caller::visitor()).await;
        assert_eq!((moved.status.as_u16(), moved.location()), (301, "/pages/about-us"));
        assert!(app.get("/pages/about-us", &Caller::visitor()).await.body.contains("第二版"));
        // The address of before is free for another page, and then leads nowhere else.
        assert_eq!(app.post("/admin/pages", &root, &form("About", "about", "published", "Another", "")).await.status, 303);
        assert!(read(app, "/pages/about").await.body.contains("Another"));
        let taken = app.post("/admin/pages", &root, &form("Third", "about-us", "draft", "Kept text", "")).await;
        assert_eq!((taken.status.as_u16(), taken.field("body").as_str()), (409, "Kept text"));

        assert_eq!(app.post(&format!("{edit}/remove"), &root, &[("sure", "yes")]).await.status, 303);
        assert_eq!(app.get("/pages/about-us", &Caller::visitor()).await.status, 410);
        assert_eq!(app.get(&edit, &root).await.status, 404);
        assert!(!read(app, "/sitemap/pages.xml").await.body.contains("about-us"));
        assert_eq!(app.post(&format!("{edit}/restore"), &root, &[]).await.status, 303);
        assert!(read(app, "/pages/about-us").await.body.contains("第二版"));
        assert_eq!(app.post(&edit, &root, &form("关于我们", "about-us", "draft", "第二版", "4")).await.status, 303);
        assert_eq!(read(app, "/pages/about-us").await.status, 404, "withdrawn, not removed");
        app.post(&format!("{edit}/remove"), &root, &[("sure", "yes")]).await;
        assert_eq!(read(app, "/pages/about-us").await.status, 404, "was no longer public when it was removed");
        let log = app.get("/admin/audit", &root).await.texts("td:nth-child(3)");
        assert_eq!(log[..5], ["Page removed", "Page changed", "Page restored", "Page removed", "Page created"]);
    }
}

app_on_both! {
    async fn of_two_who_write_at_once_nobody_overwrites_the_other_unseen(app) {
        let (root, other) = (app.member("rootie", Role::Administrator), app.member("second", Role::Administrator));
        app.post("/admin/pages", &root, &form("Rules", "rules", "published", "One.", "")).await;
        let edit = editor(app, &root, "Rules").await;
        assert_eq!(app.post(&edit, &root, &form("Rules", "rules", "published", "Two.", "1")).await.status, 303);
        let late = app.post(&edit, &other, &form("Rules", "rules", "published", "Mine.", "1")).await;
        assert_eq!((late.status.as_u16(), late.field("body").as_str()), (409, "Mine."));
        assert_eq!((late.texts(".version pre"), late.field("revision")), (vec!["Two.".to_owned()], "2".to_owned()));
        assert_eq!(app.post(&edit, &other, &form("Rules", "rules", "published", "Mine.", "2")).await.status, 303, "having seen it");
        assert!(read(app, "/pages/rules").await.body.contains("Mine."));

        for (title, slug, body, words) in [
            ("", "x", "t", "Titles have"), ("T", "Not/this", "t", "lower-case letters"), ("T", "t", " ", "Write something"),
            ("T", "t", &"字".repeat(32_001), "32001 characters"),
        ] {
            let refused = app.post("/admin/pages", &root, &form(title, slug, "draft", body, "")).await;
            assert_eq!(refused.status, 422, "{words}");
            assert!(refused.texts("[role=alert]")[0].contains(words), "{words}: {:?}", refused.texts("[role=alert]"));
        }
        let nonce = app.get("/admin/pages/new", &root).await.field("nonce");
        for _ in 0..2 {
            let mut fields = form("Twice", "", "draft", "Once.", "").to_vec();
            fields.push(("nonce", &nonce));
            assert_eq!(app.post("/admin/pages", &root, &fields).await.status, 303);
        }
        assert_eq!(app.get("/admin/pages", &root).await.texts("tbody tr").len(), 2, "a double click makes one");
        let script = "<script>alert(1)</script> [x](javascript:alert(1))";
        app.post("/admin/pages", &root, &form("Odd", "odd", "published", script, "")).await;
        let page = read(app, "/pages/odd").await;
        assert!(!page.body.contains("<script>alert") && !page.body.contains("href=\"javascript:"));
    }
}
