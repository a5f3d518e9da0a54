//! The site as something to install, and what readers who stay are told.

use hearth::base::actor::Role;

use crate::app_on_both;
use crate::support::app::Caller;

app_on_both! {
    async fn the_manifest_wears_the_brand(app) {
        let root = app.member("rootie", Role::Administrator);
        let visitor = Caller::visitor();
        let manifest = app.get("/manifest.webmanifest", &visitor).await;
        assert_eq!(manifest.header("content-type"), Some("application/manifest+json"));
        assert_eq!(manifest.header("cache-control"), Some("public, max-age=0, must-revalidate"));
        let told = manifest.json();
        assert_eq!((&told["name"], &told["start_url"], &told["display"]), (&"Hearth".into(), &"/".into(), &"standalone".into()));
        let page = app.get("/", &visitor).await.body;
        assert!(page.contains("<link rel=\"manifest\" href=\"/manifest.webmanifest\">"));
        assert!(page.contains("/icons/2f6f6b/icon.svg") && page.contains("/icons/2f6f6b/icon-180.png"));
        let icons: Vec<String> = told["icons"].as_array().unwrap().iter().map(|i| i["src"].as_str().unwrap().to_owned()).collect();
        assert_eq!(icons.len(), 3);
        for icon in &icons {
            let drawn = app.get(icon, &visitor).await;
            assert_eq!((drawn.status.as_u16(), drawn.header("content-type")), (200, Some("image/png")), "{icon}");
            assert_eq!(drawn.header("cache-control"), Some("public, max-age=31536000, immutable"));
        }
        for absent in ["/icons/2f6f6b/icon-9999.png", "/icons/2f6f6b/passwd"] {
            assert_eq!(app.get(absent, &visitor).await.status, 404, "{absent}");
        }
        // Another colour and name show at once; an address of before serves the present, but not for keeps.
        let fields = [("colour", "#b01020"), ("family", "sans"), ("own_fonts", "")];
        assert_eq!(app.post("/admin/branding", &root, &fields).await.status, 303);
        let told = app.get("/manifest.webmanifest", &visitor).await.json();
        assert_eq!(told["icons"][0]["src"], "/icons/b01020/icon-192.png");
        assert_eq!(app.get(&icons[0], &visitor).await.header("cache-control"), Some("no-store"));
        let svg = app.get("/icons/b01020/icon.svg", &visitor).await;
        assert_eq!(svg.header("content-type"), Some("image/svg+xml"));
        assert!(svg.body.contains("#b01020"), "{}", svg.body);
    }
}

app_on_both! {
    async fn what_a_browser_keeps_for_offline_is_public(app) {
        let ada = app.member("ada", Role::Member);
        let worker = app.get("/service-worker.js", &Caller::visitor()).await;
        assert_eq!(worker.header("content-type"), Some("text/javascript; charset=utf-8"));
        assert_eq!(worker.header("cache-control"), Some("public, max-age=0, must-revalidate"));
        for (lang, said) in [("en", "You are offline"), ("zh-CN", "当前没有网络"), ("zh-TW", "目前沒有網路"), ("xx", "You are offline")] {
            let page = app.get(&format!("/offline?lang={lang}"), &Caller::visitor()).await;
            assert_eq!(page.texts("h1"), [said]);
            assert_eq!(page.header("x-robots-tag"), Some("noindex"));
            assert_eq!(page.header("cache-control"), Some("public, max-age=0, must-revalidate"));
            assert!(!page.body.contains("data-reader") && page.body.contains("data-offline"));
        }
        // Asked for with a session it may not be kept, and the scripts do not ask so.
        assert_eq!(app.get("/offline", &ada).await.header("cache-control"), Some("private, no-store"));
    }
}

app_on_both! {
    async fn who_stays_is_told_how_much_came(app) {
        let (ada, bo) = (app.member("ada", Role::Member), app.member("bo", Role::Member));
        app.category("general", None, &[]);
        app.category("secret", Some(&["ada"]), &[]);
        let visitor = Caller::visitor();
        let open = async |category: &str| {
            let body = serde_json::json!({ "category": category, "title": "A title", "body": "Words." });
            app.api("POST", "/threads", &ada, Some(body)).await.json()["id"].to_string()
        };
        let count = async |path: &str, since: &str, reader: &Caller| {
            let since: i64 = since.parse().unwrap();
            let told = app.get(path, reader).await.json();
            told["at"].as_array().unwrap().iter().filter(|at| at.as_i64().unwrap() > since).count()
        };
        let since = |page: &crate::support::app::Answer| {
            let at = page.body.split("data-since=\"").nth(1).unwrap();
            at.split('"').next().unwrap().to_owned()
        };
        let first = open("general").await;
        app.settle();
        let page = app.get("/", &visitor).await;
        assert!(page.body.contains("data-fresh=\"/fresh/list/latest\"") && page.texts(".fresh[role=status]") == [""]);
        let drawn = since(&page);
        assert_eq!(count("/fresh/list/latest", &drawn, &visitor).await, 0);
        app.pass(60_000_000);
        open("general").await;
        let hidden = open("secret").await;
        let reply = serde_json::json!({ "body": "An answer." });
        assert_eq!(app.api("POST", &format!("/threads/{first}/posts"), &bo, Some(reply)).await.status, 201);
        app.settle();
        for (path, visitors, members) in [
            ("/fresh/list/latest", 2, 3),
            ("/fresh/list/new", 1, 2),
            ("/fresh/list/latest?category=general", 2, 2),
        ] {
            assert_eq!(count(path, &drawn, &visitor).await, visitors, "{path}");
            assert_eq!(count(path, &drawn, &ada).await, members, "{path}");
        }
        assert_eq!(count("/fresh/list/latest", &since(&app.get("/latest", &visitor).await), &visitor).await, 0);
        let thread = app.get(&format!("/fresh/thread/{first}"), &visitor).await;
        assert_eq!(thread.json()["last"], 2);
        assert_eq!(thread.header("cache-control"), Some("public, max-age=0, must-revalidate"));
        let tag = thread.header("etag").unwrap().to_owned();
        let again = app.ask("GET", &format!("/fresh/thread/{first}"), &visitor, &[("if-none-match", &tag)]).await;
        assert_eq!(again.status, 304, "the same again costs nothing");
        // Hidden equals absent.
        let absent = [format!("/fresh/thread/{hidden}"), "/fresh/thread/999".into(), "/fresh/list/latest?category=secret".into(), "/fresh/list/top".into()];
        for path in absent {
            assert_eq!(app.get(&path, &visitor).await.status, 404, "{path}");
        }
        assert_eq!(app.get(&format!("/fresh/thread/{hidden}"), &ada).await.json()["last"], 1);
    }
}

app_on_both! {
    async fn lists_of_tags_and_of_what_is_followed_are_told_apart(app) {
        app.category("general", None, &[]);
        let (ada, bo, visitor) = (app.member("ada", Role::Member), app.member("bo", Role::Member), Caller::visitor());
        app.category("secret", Some(&["ada"]), &[]);
        let open = async |category: &str, tag: &str| {
            let body = serde_json::json!({ "category": category, "title": "A pump", "body": "It hums.", "tags": [tag] });
            app.api("POST", "/threads", &ada, Some(body)).await.json()["id"].to_string()
        };
        let first = open("general", "pumps").await;
        open("secret", "plans").await;
        app.post(&format!("/thread/{first}/follow"), &bo, &[]).await;
        app.settle();
        let tags = "/fresh/list/latest?tag=pumps";
        let following = "/fresh/list/latest?following=yes";
        assert!(app.get("/tag/pumps", &visitor).await.body.contains(&format!("data-fresh=\"{tags}\"")));
        assert!(app.get("/following", &bo).await.body.contains(&format!("data-fresh=\"{following}\"")));
        assert!(!app.get("/top", &bo).await.body.contains("data-fresh"), "scores are of days");
        let told = async |path: &str, reader: &Caller| {
            app.get(path, reader).await.json()["at"].as_array().unwrap().iter().map(|at| at.as_i64().unwrap()).collect::<Vec<_>>()
        };
        let before = told(tags, &visitor).await;
        assert_eq!((before.len(), told(following, &bo).await), (1, before.clone()));
        app.pass(60_000_000);
        open("general", "valves").await;
        assert_eq!((told(tags, &visitor).await, told(following, &bo).await), (before.clone(), before.clone()), "no news of these");
        let reply = serde_json::json!({ "body": "An answer." });
        app.api("POST", &format!("/threads/{first}/posts"), &ada, Some(reply)).await;
        app.settle();
        assert!(told(tags, &visitor).await[0] > before[0] && told(following, &bo).await[0] > before[0]);
        for (path, status) in [("/fresh/list/latest?tag=plans", 404), ("/fresh/list/latest?tag=none", 404), (following, 404)] {
            assert_eq!(app.get(path, &visitor).await.status.as_u16(), status, "{path}");
        }
        assert_eq!(told("/fresh/list/latest?tag=plans", &ada).await.len(), 1);
    }
}
