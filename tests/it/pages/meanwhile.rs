//! Forms that come twice or late: a post sent again a moment later, and settings that somebody else saved meanwhile.

use hearth::base::actor::Role;
use hearth::base::time::SECOND;

use crate::app_on_both;
use crate::support::app::{App, Caller};

/// Saves the settings as `shown` with a change.
async fn save(app: &App, by: &Caller, shown: &str, tagline: &str, notice: &str) -> (u16, String) {
    let fields = [
        ("name", "Pumps"),
        ("tagline", tagline),
        ("notice", notice),
        ("locale", "en"),
        ("half_life_hours", "96"),
        ("time_zone", "UTC"),
        ("open", "on"),
        ("shown", shown),
    ];
    let answer = app.post("/admin/settings", by, &fields).await;
    (answer.status.as_u16(), answer.body)
}

app_on_both! {
    async fn a_post_sent_again_a_moment_later_leads_to_the_first(app) {
        app.category("general", None, &[]);
        let ada = app.member("ada", Role::Member);
        let fields = [("category", "general"), ("kind", "discussion"), ("title", "A pump"), ("tags", ""), ("body", "It hums.")];
        let first = app.post("/compose", &ada, &fields).await.location().to_owned();
        let again = app.post("/compose", &ada, &fields).await.location().to_owned();
        let id = first.split('/').nth(2).unwrap();
        assert!(again.starts_with(&format!("/t/{id}/")), "{first} {again}");
        let path = format!("/thread/{id}/reply");
        let said = app.post(&path, &ada, &[("body", "Louder now.")]).await.location().to_owned();
        assert_eq!(app.post(&path, &ada, &[("body", "Louder now.")]).await.location(), said);
        assert_ne!(app.post(&path, &ada, &[("body", "Louder still.")]).await.location(), said);
        let to_first = [("body", "Louder now."), ("reply_to", "1")];
        let answer = app.post(&path, &ada, &to_first).await.location().to_owned();
        assert_ne!(answer, said, "the same said to somebody is another reply");
        assert_eq!(app.post(&path, &ada, &to_first).await.location(), answer);
        let bo = app.member("bo", Role::Member);
        assert_ne!(app.post(&path, &bo, &[("body", "Louder now.")]).await.location(), said, "others may say the same");
        app.pass(601 * SECOND);
        assert_ne!(app.post(&path, &ada, &[("body", "Louder now.")]).await.location(), said, "and so may one, later");
    }
}

app_on_both! {
    async fn what_another_administrator_saved_meanwhile_stays(app) {
        let (ada, bo) = (app.member("ada", Role::Administrator), app.member("bo", Role::Administrator));
        let shown = app.get("/admin/settings", &ada).await.field("shown");
        assert_eq!(save(app, &ada, &shown, "For pumps", "").await.0, 303);
        // The second form was open before: it showed no tagline, and changes the notice alone.
        assert_eq!(save(app, &bo, &shown, "", "Closed on Monday").await.0, 303);
        let page = app.get("/admin/settings", &ada).await;
        assert_eq!((page.field("tagline"), page.texts("#notice")), ("For pumps".into(), vec!["Closed on Monday".into()]));
        // Both changed the same: asked, nothing typed is lost, and the next time it is taken.
        let (status, body) = save(app, &bo, &shown, "About pumps", "Closed on Monday").await;
        assert!(status == 422 && body.contains("Someone else changed this to “For pumps”") && body.contains("About pumps"), "{body}");
        let seen = page.field("shown");
        assert_eq!(save(app, &bo, &seen, "About pumps", "Closed on Monday").await.0, 303);
        assert_eq!(app.get("/admin/settings", &ada).await.field("tagline"), "About pumps");
        // Whatever both changed is told at once.
        let (status, body) = save(app, &bo, &shown, "Of pumps", "Closed").await;
        assert!(status == 422 && body.matches("Someone else changed this").count() == 2, "{body}");
        let log = app.get("/admin/audit", &ada).await;
        assert!(log.body.contains("notice") && log.body.contains("tagline"), "{}", log.body);
    }
}

app_on_both! {
    async fn a_brand_that_another_administrator_changed_meanwhile_stays(app) {
        let (ada, bo) = (app.member("ada", Role::Administrator), app.member("bo", Role::Administrator));
        let shown = app.get("/admin/branding", &ada).await.field("shown");
        let save = async |by: &Caller, colour: &str, label: &str| {
            let fields = [("colour", colour), ("family", "sans"), ("menu_label", label), ("menu_url", "/tags"), ("shown", shown.as_str())];
            app.post("/admin/branding", by, &fields).await
        };
        assert_eq!(save(&ada, "#aa0044", "Shop").await.status, 303);
        let both = save(&bo, "#2f6f6b", "Docs").await;
        assert_eq!((both.status.as_u16(), both.field("menu_label"), both.texts("#menu-error").len()), (422, "Docs".into(), 1));
        assert_eq!(both.texts("[role=alert]").len(), 1, "the colour was not changed here");
        let fields = [("colour", "#2f6f6b"), ("family", "sans"), ("menu_label", "Shop"), ("menu_url", "/tags"), ("footer_label", "Legal"), ("footer_url", "/tags"), ("shown", shown.as_str())];
        assert_eq!(app.post("/admin/branding", &bo, &fields).await.status, 303);
        let page = app.get("/admin/branding", &ada).await;
        assert_eq!((page.field("colour"), page.field("footer_label")), ("#aa0044".into(), "Legal".into()));
    }
}
