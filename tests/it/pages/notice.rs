//! The site's notice: links in it lead somewhere, and whoever has read it puts it away until it says something else.

use hearth::base::actor::Role;

use crate::app_on_both;
use crate::support::app::{App, Caller};

async fn say(app: &App, root: &Caller, notice: &str) {
    let fields = [
        ("name", "Hearth"),
        ("notice", notice),
        ("locale", "en"),
        ("half_life_hours", "96"),
        ("time_zone", "UTC"),
        ("open", "on"),
    ];
    assert_eq!(app.post("/admin/settings", root, &fields).await.status, 303);
    app.settle();
}

app_on_both! {
    async fn addresses_in_the_notice_are_links(app) {
        let root = app.member("root", Role::Administrator);
        say(app, &root, "Closed on 3 May. See https://status.example/ and the [rules](/pages/rules). <b>x</b> [y](javascript:alert(1))").await;
        let page = app.get("/", &Caller::visitor()).await;
        assert_eq!(page.texts(".site-notice a"), ["https://status.example/", "rules"]);
        assert!(page.body.contains(r#"<a href="/pages/rules">rules</a>"#), "{}", page.body);
        assert!(!page.body.contains("javascript:") && page.texts(".site-notice p")[0].starts_with("Closed on 3 May. See"));
        assert_eq!(page.texts(".site-notice b").len(), 0);
    }
}

app_on_both! {
    async fn a_notice_that_was_put_away_stays_away_until_it_changes(app) {
        let root = app.member("root", Role::Administrator);
        say(app, &root, "We move on Friday.").await;
        let visitor = Caller::visitor();
        let page = app.get("/latest", &visitor).await;
        assert!(page.cookies().is_empty(), "nobody gets a cookie unasked");
        let key = page.field("notice");
        let put = app.post_raw("/notice", &visitor, &[("next", "/latest"), ("notice", &key)]).await;
        assert_eq!((put.status.as_u16(), put.location()), (303, "/latest"));
        let reader = visitor.clone().with_cookies(put.cookies());
        // Twice: drawn, and from memory.
        for _ in 0..2 {
            assert_eq!(app.get("/latest", &reader).await.texts(".site-notice").len(), 0);
            assert_eq!(app.get("/latest", &visitor).await.texts(".site-notice").len(), 1, "others still see it");
        }
        assert_eq!(app.get("/latest", &reader).await.header("cache-control"), Some("private, no-cache"));
        say(app, &root, "We move on Saturday.").await;
        assert_eq!(app.get("/latest", &reader).await.texts(".site-notice p"), ["We move on Saturday."]);
        // A key that is none sets nothing.
        for odd in ["", "x", "../../etc/passwd", "aaaaaaaaaaa"] {
            assert!(app.post_raw("/notice", &visitor, &[("notice", odd)]).await.cookies().is_empty(), "{odd}");
        }
    }
}
