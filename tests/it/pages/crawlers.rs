//! What crawlers read: robots, sitemaps, feeds, structured data. What a visitor may not read is in none of it.

use hearth::base::actor::Role;
use scraper::{Html, Selector};
use serde_json::Value;

use crate::app_on_both;
use crate::support::app::{Answer, App, Caller, METRICS};

async fn opened(app: &App, by: &Caller, category: &str, kind: &str, title: &str) -> (String, String) {
    let fields = [
        ("category", category),
        ("kind", kind),
        ("title", title),
        ("tags", "oil, 油"),
        ("body", "Which *probe* </script> & why? [Elsewhere](https://example.org/)"),
    ];
    let answer = app.post("/compose", by, &fields).await;
    let url = answer.location().to_owned();
    let id = url.split('/').nth(2).unwrap().to_owned();
    (url, id)
}

/// The structured data of a page by type.
fn data(page: &Answer, of: &str) -> Option<Value> {
    let html = Html::parse_document(&page.body);
    let selector = Selector::parse("script[type='application/ld+json']").unwrap();
    html.select(&selector)
        .map(|s| serde_json::from_str::<Value>(&s.inner_html()).expect("it parses"))
        .find(|v| v["@type"] == of)
}

app_on_both! {
    async fn a_thread_tells_machines_what_it_is(app) {
        app.category("general", None, &[]);
        let (ada, bo) = (app.member("ada", Role::Member), app.member("bo", Role::Expert));
        let visitor = Caller::visitor();
        let (talk, id) = opened(app, &ada, "general", "discussion", "Probes </title> & oil").await;
        app.post(&format!("/thread/{id}/reply"), &bo, &[("body", "A **PT100**.")]).await;
        let page = app.get(&talk, &visitor).await;
        let posting = data(&page, "DiscussionForumPosting").unwrap();
        assert_eq!(posting["headline"], "Probes </title> & oil");
        assert_eq!(posting["url"], format!("http://forum.test{talk}"));
        assert_eq!(posting["author"]["name"], "ada");
        assert!(posting["author"].get("url").is_none(), "her profile is for members");
        assert_eq!(posting["comment"][0]["author"]["url"], "http://forum.test/u/bo", "an expert's is public");
        assert_eq!(posting["comment"][0]["text"], "A PT100.");
        let crumbs = data(&page, "BreadcrumbList").unwrap();
        assert_eq!(crumbs["itemListElement"].as_array().unwrap().len(), 3);
        assert!(data(&page, "QAPage").is_none());
        assert!(data(&app.get(&talk, &ada).await, "DiscussionForumPosting").is_none(), "members need none");

        let (question, id) = opened(app, &ada, "general", "question", "Which probe?").await;
        let reply = app.post(&format!("/thread/{id}/reply"), &bo, &[("body", "This one.")]).await;
        app.post(&format!("/thread/{id}/reply"), &bo, &[("body", "Or that one.")]).await;
        let answer = reply.location().split("#p").nth(1).unwrap().to_owned();
        app.post(&format!("/post/{answer}/accept"), &ada, &[]).await;
        let page = app.get(&question, &visitor).await;
        let qa = data(&page, "QAPage").unwrap()["mainEntity"].clone();
        assert_eq!((&qa["name"], &qa["answerCount"]), (&Value::from("Which probe?"), &Value::from(2)));
        assert_eq!(qa["acceptedAnswer"]["text"], "This one.");
        assert_eq!(qa["suggestedAnswer"][0]["text"], "Or that one.");
        assert!(data(&page, "DiscussionForumPosting").is_none());
        assert!(data(&app.get("/", &visitor).await, "WebSite").is_some());
        let profile = app.get("/u/bo", &visitor).await;
        app.settle();
        assert!(data(&profile, "ProfilePage").is_none(), "not counted yet, so not kept");
        let profile = app.get("/u/bo", &visitor).await;
        assert_eq!(data(&profile, "ProfilePage").unwrap()["mainEntity"]["alternateName"], "bo");
    }
}

app_on_both! {
    async fn threads_of_one_title_have_titles_of_their_own(app) {
        let ada = app.member("ada", Role::Administrator);
        app.category("general", None, &[]);
        app.category("secret", Some(&["ada"]), &[]);
        opened(app, &ada, "secret", "discussion", "Hidden twin").await;
        let mut titles = Vec::new();
        for title in ["Twin", "Twin", "Hidden twin"] {
            app.pass(hearth::base::time::HOUR);
            let (url, id) = opened(app, &ada, "general", "discussion", title).await;
            titles.push((id, app.get(&url, &Caller::visitor()).await.texts("title")[0].clone()));
        }
        assert_eq!(titles[0].1, "Twin · Hearth");
        assert_eq!(titles[1].1, format!("Twin (#{}) · Hearth", titles[1].0));
        assert_eq!(titles[2].1, "Hidden twin · Hearth", "nothing tells of a twin that is hidden");
    }
}

app_on_both! {
    async fn sitemaps_hold_what_visitors_read_and_nothing_else(app) {
        let (ada, admin) = (app.member("ada", Role::Member), app.member("root1", Role::Administrator));
        app.category("general", None, &[]);
        app.category("secret", Some(&["ada"]), &[]);
        let visitor = Caller::visitor();
        let empty = app.get("/sitemap.xml", &visitor).await;
        assert_eq!(empty.status, 200);
        let (shown, _) = opened(app, &ada, "general", "discussion", "Shown 油").await;
        let (hidden, _) = opened(app, &ada, "secret", "discussion", "Canary").await;
        let (gone, id) = opened(app, &ada, "general", "discussion", "Gone").await;
        app.post(&format!("/thread/{id}/delete"), &admin, &[("sure", "yes")]).await;
        app.settle();
        let index = app.get("/sitemap.xml", &visitor).await;
        assert!(index.header("content-type").unwrap().starts_with("application/xml"));
        assert!(index.body.contains("<loc>http://forum.test/sitemap/t-0.xml</loc><lastmod>2026-11-20T"));
        let shard = app.get("/sitemap/t-0.xml", &visitor).await;
        assert!(shard.body.contains(&format!("<loc>http://forum.test{shown}</loc><lastmod>2026-11-20T10:00:00Z")));
        assert!(!shard.body.contains(&hidden) && !shard.body.contains(&gone));
        let lists = app.get("/sitemap/lists.xml", &visitor).await;
        assert!(lists.body.contains("/c/general<") && !lists.body.contains("secret"));
        // A reply moves what it stands in, and its author; a hidden one moves nothing.
        app.pass(3_600_000_000);
        let expert = app.member("bo", Role::Expert);
        app.api("POST", "/threads", &expert, Some(serde_json::json!({
            "category": "general", "title": "Later", "body": "Later words.", "tags": ["late"]
        }))).await;
        app.settle();
        app.pass(3_600_000_000);
        let hidden_id = hidden.split('/').nth(2).unwrap();
        app.post(&format!("/thread/{hidden_id}/reply"), &admin, &[("body", "Unseen.")]).await;
        app.settle();
        let lists = app.get("/sitemap/lists.xml", &visitor).await.body;
        let early = "<lastmod>2026-11-20T10:00:00Z</lastmod>";
        let late = "<lastmod>2026-11-20T11:00:00Z</lastmod>";
        let of = |path: &str, at: &str| lists.contains(&format!("<loc>http://forum.test{path}</loc>{at}"));
        for path in ["/", "/categories", "/archive", "/c/general", "/tag/late", "/archive/2026-11"] {
            assert!(of(path, late), "{path}: {lists}");
        }
        assert!(of("/tag/oil", early), "{lists}");
        let people = app.get("/sitemap/u.xml", &visitor).await.body;
        assert!(people.contains(&format!("<loc>http://forum.test/u/bo</loc>{late}")), "{people}");
        let index = app.get("/sitemap.xml", &visitor).await.body;
        assert!(index.contains(&format!("/sitemap/u.xml</loc>{late}")), "{index}");
        for absent in ["/sitemap/t-1.xml", "/sitemap/t-00.xml", "/sitemap/x.xml", "/sitemap/t--1.xml"] {
            assert_eq!(app.get(absent, &visitor).await.status, 404, "{absent}");
        }
        let robots = app.get("/robots.txt", &visitor).await;
        assert!(robots.header("content-type").unwrap().starts_with("text/plain"));
        assert!(robots.body.contains("Sitemap: http://forum.test/sitemap.xml"));
        for path in ["/search?q=x", "/login", "/latest", "/c/general?sort=new"] {
            let page = app.get(path, &visitor).await;
            assert_eq!(page.header("x-robots-tag"), Some("noindex"), "{path}");
        }
        assert!(app.get(&shown, &visitor).await.header("x-robots-tag").is_none());
    }
}

/// Columns of a page's own words, spaces not counted, where a Han character takes two: below 120 it is thin.
fn columns(page: &Answer) -> usize {
    page.texts("main")
        .concat()
        .chars()
        .filter(|c| !c.is_whitespace())
        .map(|c| 1 + usize::from(c > '\u{2E7F}'))
        .sum()
}

app_on_both! {
    async fn an_empty_category_is_kept_when_it_says_what_it_is_for(app) {
        let ada = app.member("ada", Role::Administrator);
        let about = "Everything about pumps and valves: choosing, mounting, and what to do when one of them leaks.";
        let made = async |slug: &str, about: &str, parent: &str| {
            let fields = [("name", slug), ("slug", slug), ("description", about), ("parent", parent), ("post_role", "member"), ("colour", "#224466"), ("position", "0")];
            let answer = app.post("/admin/categories", &ada, &fields).await;
            assert_eq!(answer.status, 303, "{}", answer.body);
        };
        for (slug, about) in [("pumps", about), ("odds", "Odds."), ("bare", "")] {
            made(slug, about, "").await;
        }
        let visitor = Caller::visitor();
        for (slug, kept) in [("pumps", true), ("odds", false), ("bare", false)] {
            let page = app.get(&format!("/c/{slug}"), &visitor).await;
            assert_eq!(page.header("x-robots-tag").is_none(), kept, "{slug}");
            assert_eq!(columns(&page) >= 120, kept, "{slug}: {}", page.texts("main").concat());
            assert!(page.texts(".tabs a").is_empty(), "there is nothing to sort");
            let step = format!("/login?next=%2Fcompose%3Fcategory%3D{slug}");
            assert!(page.body.contains(&step) && page.texts(".empty .btn").len() == 1, "{slug}");
            let member = app.get(&format!("/c/{slug}"), &ada).await;
            assert!(member.body.contains(&format!("/compose?category={slug}")));
        }
        opened(app, &ada, "bare", "discussion", "First").await;
        let page = app.get("/c/bare", &visitor).await;
        assert!(page.header("x-robots-tag").is_none() && page.texts(".tabs a").len() == 6);
    }
}

app_on_both! {
    async fn feeds_carry_what_visitors_read_and_nothing_else(app) {
        let ada = app.member("ada", Role::Member);
        app.category("general", None, &[]);
        app.category("secret", Some(&["ada"]), &[]);
        let visitor = Caller::visitor();
        let (shown, id) = opened(app, &ada, "general", "discussion", "Shown & told").await;
        let (_, hidden) = opened(app, &ada, "secret", "discussion", "Canary").await;
        app.post(&format!("/thread/{id}/reply"), &ada, &[("body", "See [this](/tags), @ada.")]).await;
        for (path, entries) in [("/feed.xml", 1), ("/c/general/feed.xml", 1), ("/tag/oil/feed.xml", 1)] {
            let feed = app.get(path, &visitor).await;
            assert_eq!(feed.header("content-type"), Some("application/atom+xml; charset=utf-8"), "{path}");
            assert_eq!(feed.header("x-robots-tag"), Some("noindex"));
            assert_eq!(feed.body.matches("<entry>").count(), entries, "{path}");
            assert!(feed.body.contains("Shown &#38; told") && !feed.body.contains("Canary"), "{path}");
            assert!(feed.body.contains(&format!("href=\"http://forum.test{shown}\"")), "{path}");
            assert!(!app.get(path, &ada).await.body.contains("Canary"), "{path} is the same for members");
        }
        let thread = app.get(&format!("/t/{id}/feed.xml"), &visitor).await;
        assert_eq!(thread.body.matches("<entry>").count(), 2);
        assert!(thread.body.contains("http://forum.test/tags"), "addresses are complete");
        assert!(!thread.body.contains("/u/ada"), "her profile is for members");
        for hidden in [format!("/t/{hidden}/feed.xml"), "/c/secret/feed.xml".into(), "/tag/none/feed.xml".into()] {
            assert_eq!(app.get(&hidden, &visitor).await.status, 404, "{hidden}");
        }
        for (page, feed) in [
            ("/c/general", "/c/general/feed.xml"),
            ("/c/general/archive", "/c/general/feed.xml"),
            ("/archive", "/feed.xml"),
            ("/archive/2026-11", "/feed.xml"),
        ] {
            let drawn = app.get(page, &visitor).await.body;
            let link = drawn.split("type=\"application/atom+xml\"").nth(1).unwrap_or_default().split('>').next().unwrap();
            assert!(link.contains(&format!("{feed}\"")), "{page}: {link}");
        }
        assert!(!app.get("/c/secret/archive", &ada).await.body.contains("application/atom+xml"));
    }
}

app_on_both! {
    async fn a_member_has_a_feed_where_the_profile_is_public(app) {
        let (ada, eva) = (app.member("ada", Role::Member), app.member("eva", Role::Expert));
        app.category("general", None, &[]);
        app.category("secret", Some(&["ada", "eva"]), &[]);
        let visitor = Caller::visitor();
        let (shown, id) = opened(app, &ada, "general", "discussion", "Shown").await;
        let (_, hidden) = opened(app, &eva, "secret", "discussion", "Canary").await;
        app.post(&format!("/thread/{id}/reply"), &eva, &[("body", "An expert's word.")]).await;
        app.post(&format!("/thread/{hidden}/reply"), &eva, &[("body", "Canary again.")]).await;
        let feed = app.get("/u/eva/feed.xml", &visitor).await;
        assert_eq!((feed.status.as_u16(), feed.header("x-robots-tag")), (200, Some("noindex")));
        assert_eq!(feed.body.matches("<entry>").count(), 1);
        assert!(feed.body.contains("Re: Shown") && feed.body.contains(&format!("http://forum.test{shown}#p")));
        assert!(!feed.body.contains("Canary"), "{}", feed.body);
        assert_eq!(app.get("/u/EVA/feed.xml", &visitor).await.location(), "/u/eva/feed.xml");
        assert!(app.get("/u/eva", &visitor).await.body.contains("/u/eva/feed.xml"));
        // Who keeps to themselves has none, for nobody: the same answer as for who never was.
        for caller in [&visitor, &ada, &eva] {
            let (closed, absent) = (app.get("/u/ada/feed.xml", caller).await, app.get("/u/nobody/feed.xml", caller).await);
            assert_eq!((closed.status.as_u16(), absent.status.as_u16()), (404, 404));
        }
        assert!(!app.get("/u/ada", &ada).await.body.contains("/u/ada/feed.xml"));
        let open = [("display_name", "Ada"), ("bio", ""), ("public", "on")];
        assert_eq!(app.post("/settings/profile", &ada, &open).await.status, 303);
        assert_eq!(app.get("/u/ada/feed.xml", &visitor).await.body.matches("<entry>").count(), 1);
        app.settle();
        assert_eq!(app.get("/u/ada/feed.xml", &visitor).await.status, 200);
        app.post("/settings/profile", &ada, &[("display_name", "Ada"), ("bio", "")]).await;
        assert_eq!(app.get("/u/ada/feed.xml", &visitor).await.status, 404, "closed again");
    }
}

app_on_both! {
    async fn figures_are_for_who_holds_their_token(app) {
        app.category("general", None, &[]);
        let admin = app.member("root1", Role::Administrator);
        opened(app, &admin, "general", "discussion", "Counted").await;
        app.settle();
        for headers in [vec![], vec![("authorization", "Bearer wrong")], vec![("authorization", METRICS)]] {
            assert_eq!(app.ask("GET", "/metrics", &Caller::visitor(), &headers).await.status, 404);
        }
        assert_eq!(app.get("/metrics", &admin).await.status, 404, "a role opens nothing here");
        let bearer = format!("Bearer {METRICS}");
        app.get("/", &Caller::visitor()).await;
        let figures = app.ask("GET", "/metrics", &Caller::visitor(), &[("authorization", &bearer)]).await;
        assert_eq!(figures.status, 200);
        for line in [
            "hearth_log_behind{reader=\"search_index\"} 0",
            "hearth_log_behind{reader=\"member_counters\"} 0",
            "hearth_search_posts{index=\"public\"} 1",
            "hearth_http_requests_total{method=\"GET\",route=\"/\",status=\"200\"}",
            "hearth_process_resident_memory_bytes",
        ] {
            assert!(figures.body.contains(line), "{line} is not in\n{}", figures.body);
        }
    }
}
