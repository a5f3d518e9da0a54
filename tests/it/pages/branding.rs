//! The owner's colours, fonts and links stand on every page as soon as they are saved.

use hearth::base::actor::Role;

use crate::app_on_both;
use crate::support::app::{Answer, Caller};

fn sheet(page: &Answer) -> String {
    let at = page.body.find("/theme.").expect("a page names its colours");
    page.body[at..].split('"').next().unwrap_or_default().to_owned()
}

app_on_both! {
    async fn a_new_brand_stands_on_every_page_at_once(app) {
        let (root, nobody) = (app.member("rootie", Role::Administrator), Caller::visitor());
        app.settle();
        let before = app.get("/", &nobody).await;
        let old = app.get(&sheet(&before), &nobody).await;
        assert!(old.body.contains("--accent:#2f6f6b;"), "{}", old.body);
        let brand = [
            ("colour", "#7C3AED"), ("family", "serif"), ("own_fonts", "Inter, LXGW WenKai"),
            ("menu_label", "Shop"), ("menu_url", "https://shop.example/"), ("menu_label", ""), ("menu_url", ""),
            ("footer_label", "法律声明"), ("footer_url", "/pages/legal"),
        ];
        assert_eq!(app.post("/admin/branding", &root, &brand).await.status, 303);
        let after = app.get("/", &nobody).await;
        assert_ne!(sheet(&before), sheet(&after));
        let new = app.get(&sheet(&after), &nobody).await;
        assert!(new.body.contains("--accent:#7c3aed;") && new.body.contains(r#"--own:"Inter","LXGW WenKai",;"#), "{}", new.body);
        assert_eq!(new.header("cache-control"), Some("public, max-age=31536000, immutable"));
        assert_eq!(after.texts(".rail h2#rail-links + ul a"), ["Shop"]);
        assert!(after.texts(".foot nav a").contains(&"法律声明".to_owned()));
        let form = app.get("/admin/branding", &root).await;
        assert_eq!(form.field("colour"), "#7c3aed");
        // What has to be read in a colour too bright for words is told beside it, here and in the first hour.
        app.post("/admin/branding", &root, &[("colour", "#ffee00"), ("family", "sans")]).await;
        for path in ["/admin/branding", "/admin/start/look"] {
            let shades = app.get(path, &root).await.texts(".shade code");
            assert!(shades.len() == 2 && shades[0] != "#ffee00" && shades[0].starts_with('#'), "{path}: {shades:?}");
        }
        let bright = app.get(&sheet(&app.get("/", &nobody).await), &nobody).await;
        assert!(bright.body.contains("--accent-solid:#ffee00;--on-accent:#10100f;"), "{}", bright.body);
    }
}

app_on_both! {
    async fn what_is_no_brand_is_refused_and_stays_in_the_form(app) {
        let root = app.member("rootie", Role::Administrator);
        let good = [("colour", "#2f6f6b"), ("family", "sans"), ("own_fonts", ""), ("menu_label", "A"), ("menu_url", "/a")];
        for (field, value, words) in [
            ("colour", "red", "hexadecimal"),
            ("own_fonts", "x;}body{", "not a valid font name"),
            ("menu_url", "javascript:alert(1)", "is not a valid address"),
            ("menu_label", "", "needs a label"),
        ] {
            let typed: Vec<_> = good.iter().map(|(n, v)| if *n == field { (*n, value) } else { (*n, *v) }).collect();
            let answer = app.post("/admin/branding", &root, &typed).await;
            assert_eq!(answer.status, 422, "{field}");
            assert!(answer.texts("[role=alert]").iter().any(|t| t.contains(words)), "{field}: {}", answer.body);
            assert_eq!(answer.field(field), value);
        }
        assert!(!app.get("/", &Caller::visitor()).await.body.contains("javascript:"));
    }
}
