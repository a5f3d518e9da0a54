//! A refused form says what is wrong beside the field that is wrong, and nowhere else.

use hearth::base::actor::Role;

use crate::app_on_both;
use crate::support::app::{Answer, App, Caller};

/// The fields marked as wrong, each with the words that describe it.
fn wrong(answer: &Answer) -> Vec<(String, String)> {
    let page = scraper::Html::parse_document(&answer.body);
    let marked = scraper::Selector::parse("main [aria-invalid=true]").unwrap();
    let words = |ids: &str| {
        let said = ids.split(' ').filter(|id| id.ends_with("-error"));
        let said = said.flat_map(|id| answer.texts(&format!("[id=\"{id}\"].field-error")));
        said.collect::<Vec<_>>().join(" ")
    };
    let of = |e: scraper::ElementRef| {
        let about = e.value().attr("aria-describedby").unwrap_or_default();
        (e.value().attr("id").unwrap_or_default().to_owned(), words(about))
    };
    page.select(&marked).map(of).collect()
}

async fn refused(app: &App, who: &Caller, path: &str, fields: &[(&str, &str)]) -> (String, String) {
    let answer = app.post(path, who, fields).await;
    assert!(answer.status.is_client_error(), "{path}: {}", answer.status);
    let found = wrong(&answer);
    assert_eq!(found.len(), 1, "{path}: {found:?}");
    assert_eq!(answer.texts("main [role=alert]").len(), 1, "{path}: said once");
    let (field, words) = found.into_iter().next().unwrap();
    assert!(!words.is_empty(), "{path}: {field} is not described");
    (field, words)
}

app_on_both! {
    async fn settings_say_what_is_wrong_at_the_field(app) {
        let ada = app.member("ada", Role::Member);
        app.member("bo", Role::Member);
        let long = "x".repeat(1_001);
        for (path, fields, field) in [
            ("/settings/profile", vec![("display_name", "")], "display_name"),
            ("/settings/profile", vec![("display_name", "Ada"), ("bio", long.as_str())], "bio"),
            ("/settings/handle", vec![("username", "a b/c"), ("current", "x")], "username"),
            ("/settings/handle", vec![("username", "lovelace"), ("current", "x")], "handle-current"),
            ("/settings/password", vec![("current", "x"), ("password", "correct horse battery")], "current"),
            ("/settings/password", vec![("current", "x"), ("password", "short")], "password"),
        ] {
            assert_eq!(refused(app, &ada, path, &fields).await.0, field, "{path} {fields:?}");
        }
        // Back to the card that was saved, which says so.
        let done = app.post("/settings/profile", &ada, &[("display_name", "Ada L.")]).await;
        assert_eq!(done.location(), "/settings?saved=profile#card-profile");
        let page = app.get("/settings?saved=profile", &ada).await;
        assert_eq!((page.texts("#card-profile [role=status]"), page.texts("[role=status]").len()), (vec!["Saved.".to_owned()], 1));
    }
}

app_on_both! {
    async fn one_form_holds_all_that_is_not_secret_and_tells_all_that_is_wrong(app) {
        let ada = app.member("ada", Role::Member);
        let long = "x".repeat(1_001);
        let fields = [("display_name", " "), ("bio", long.as_str()), ("public", "on"), ("locale", "zh-TW"), ("theme", "dark")];
        let answer = app.post("/settings/profile", &ada, &fields).await;
        let marked: Vec<String> = wrong(&answer).into_iter().map(|(field, _)| field).collect();
        assert_eq!((answer.status.as_u16(), marked), (422, vec!["display_name".to_owned(), "bio".to_owned()]));
        assert_eq!((answer.texts("#bio"), answer.texts("#locale [selected]"), answer.texts("#theme [selected]")), (vec![long.clone()], vec!["繁體中文".to_owned()], vec!["Dark".to_owned()]));
        let good = [("display_name", "Ada L."), ("bio", "Pumps"), ("locale", "zh-TW"), ("theme", "dark")];
        assert_eq!(app.post("/settings/profile", &ada, &good).await.status, 303);
        let page = app.get("/settings", &ada).await;
        assert_eq!((page.field("display_name"), page.texts("#bio"), page.texts("#locale [selected]")), ("Ada L.".into(), vec!["Pumps".to_owned()], vec!["繁體中文".to_owned()]));
        assert!(page.body.contains("lang=\"zh-Hant\"") && page.body.contains("data-theme=\"dark\""), "{}", page.body);
    }
}

app_on_both! {
    async fn the_office_tells_all_that_is_wrong_at_once(app) {
        let root = app.member("rootie", Role::Administrator);
        let marked = |answer: &Answer| wrong(answer).into_iter().map(|(field, _)| field).collect::<Vec<_>>();
        let site = [("name", ""), ("tagline", "Pumps"), ("locale", "fr"), ("half_life_hours", "2"), ("time_zone", "Nowhere")];
        let answer = app.post("/admin/settings", &root, &site).await;
        assert_eq!((answer.field("tagline"), marked(&answer)), ("Pumps".into(), ["name", "locale", "half_life_hours", "time_zone"].map(str::to_owned).to_vec()));
        let brand = [
            ("colour", "#7c3aed"), ("family", "sans"), ("own_fonts", "x;}"), ("menu_label", "Shop"), ("menu_url", "javascript:x"),
            ("menu_label", ""), ("menu_url", "/tags"), ("footer_label", "Legal"), ("footer_url", "/legal"),
        ];
        let answer = app.upload("/admin/branding", &root, b"no picture", &brand).await;
        assert_eq!(marked(&answer), ["file", "own_fonts", "menu-url-0", "menu-label-1"]);
        assert_eq!((answer.field("colour"), answer.field("footer_label")), ("#7c3aed".into(), "Legal".into()));
        assert!(app.get("/admin/branding", &root).await.field("own_fonts").is_empty(), "nothing was saved");
    }
}

app_on_both! {
    async fn scopes_are_those_that_the_role_can_use(app) {
        for (role, number) in [(Role::Member, 3), (Role::Moderator, 4), (Role::Administrator, 5)] {
            let page = app.get("/settings", &app.member(&format!("m{number}"), role)).await;
            assert_eq!(page.texts("[name=scope]").len(), number, "{role:?}");
            assert!(page.texts("fieldset .check")[0].contains("Everything your account can do"));
        }
    }
}

app_on_both! {
    async fn the_office_says_what_is_wrong_at_the_field(app) {
        let root = app.member("rootie", Role::Administrator);
        app.member("ada", Role::Member);
        app.member("bo", Role::Member);
        let site = |name: &'static str, value: &'static str| {
            [("name", "Forum"), ("tagline", ""), ("locale", "en"), ("half_life_hours", "72"), ("time_zone", "UTC")]
                .map(|(n, v)| (n, if n == name { value } else { v }))
        };
        for (name, value) in [("name", " "), ("time_zone", "Moon/Base"), ("half_life_hours", "2"), ("locale", "fr")] {
            assert_eq!(refused(app, &root, "/admin/settings", &site(name, value)).await.0, name);
        }
        assert_eq!(refused(app, &root, "/admin/members/ada/handle", &[("username", "bo")]).await.0, "username");
        assert_eq!(refused(app, &root, "/admin/members/rootie/role", &[("role", "member")]).await.0, "role");
        assert_eq!(refused(app, &root, "/admin/search/words", &[("words", " ")]).await.0, "words");
        assert_eq!(refused(app, &root, "/admin/search/synonyms", &[("terms", "one")]).await.0, "terms");
        let brand = [("colour", "#2f6f6b"), ("family", "sans"), ("menu_label", ""), ("menu_url", ""), ("menu_label", "Rules"), ("menu_url", ""), ("footer_label", "A"), ("footer_url", "/a")];
        let (field, words) = refused(app, &root, "/admin/branding", &brand).await;
        assert_eq!((field.as_str(), words.as_str()), ("menu-url-1", "Add an address, or leave the row empty."));
    }
}

app_on_both! {
    async fn only_the_level_that_is_wrong_is_marked(app) {
        let root = app.member("rootie", Role::Administrator);
        let page = app.get("/admin/points", &root).await;
        let html = scraper::Html::parse_document(&page.body);
        let inputs = scraper::Selector::parse("form[action=\"/admin/points\"] input:not([name=csrf])").unwrap();
        let stored: Vec<(String, String)> = html
            .select(&inputs)
            .filter_map(|i| Some((i.value().attr("name")?.to_owned(), i.value().attr("value")?.to_owned())))
            .collect();
        for (name, value) in [("threshold-6", "1"), ("threshold-1", "5"), ("name-4-zh-CN", ""), ("points-reply", "many"), ("cap-like", "x")] {
            let fields: Vec<(&str, &str)> =
                stored.iter().map(|(n, v)| (n.as_str(), if n == name { value } else { v.as_str() })).collect();
            assert_eq!(refused(app, &root, "/admin/points", &fields).await.0, name);
        }
    }
}
