//! The site as something to install.

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
        let fields = [("colour", "#b01020"), ("family", "system"), ("own_fonts", "")];
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
