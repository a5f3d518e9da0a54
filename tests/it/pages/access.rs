//! Coming in: sign-up, login, sessions, forms' tokens, one-time links.

use hearth::base::actor::Role;
use hearth::people::accounts::links::{self, Purpose};

use crate::app_on_both;
use crate::support::app::{App, Caller};

async fn sign_up(app: &App, name: &str, password: &str) -> (Caller, crate::support::app::Answer) {
    let form = app.get("/signup", &Caller::visitor()).await;
    let guest = Caller::visitor().with_cookies(form.cookies());
    let email = format!("{}@mail.test", name.len());
    let answer =
        app.post("/signup", &guest, &[("username", name), ("email", &email), ("password", password)]).await;
    (guest.with_cookies(answer.cookies()), answer)
}

const GOOD: &str = "correct horse battery";

app_on_both! {
    async fn a_newcomer_signs_up_out_and_in(app) {
        let (me, answer) = sign_up(app, "林间", GOOD).await;
        assert_eq!(answer.status, 303, "{}", answer.body);
        assert!(app.get("/settings", &me).await.body.contains("林间"));
        assert_eq!(app.post("/logout", &me, &[]).await.status, 303);
        assert_eq!(app.get("/settings", &me).await.location(), "/login?next=%2Fsettings", "the session is gone on the server too");
        let form = app.get("/login", &Caller::visitor()).await;
        let guest = Caller::visitor().with_cookies(form.cookies());
        let wrong = app.post("/login", &guest, &[("login", "林间"), ("password", "not this one")]).await;
        assert_eq!(wrong.status, 401);
        assert_eq!(wrong.field("login"), "林间");
        let nobody = app.post("/login", &guest, &[("login", "nobody"), ("password", "not this one")]).await;
        assert_eq!(nobody.texts("[role=alert]"), wrong.texts("[role=alert]"), "which of the two is not said");
        let right = app.post("/login", &guest, &[("login", "林間"), ("password", GOOD), ("next", "/tags")]).await;
        assert_eq!((right.status.as_u16(), right.location()), (303, "/tags"), "either script names the same member");
        let outside = app.post("/login", &guest, &[("login", "林间"), ("password", GOOD), ("next", "//evil.test/")]).await;
        assert_eq!(outside.location(), "/");
    }
}

app_on_both! {
    async fn every_wrong_field_is_named_at_once(app) {
        let form = app.get("/signup", &Caller::visitor()).await;
        let guest = Caller::visitor().with_cookies(form.cookies());
        let answer = app.post("/signup", &guest, &[("username", "a b"), ("email", "x"), ("password", "qwx7")]).await;
        assert_eq!(answer.status, 422);
        assert_eq!(answer.texts(".field-error").len(), 3);
        assert_eq!(answer.field("username"), "a b");
        assert!(!answer.body.contains("qwx7"), "a password never comes back");
        sign_up(app, "paul", GOOD).await;
        let (_, taken) = sign_up(app, "pauI", GOOD).await;
        assert_eq!(taken.status, 409, "a look-alike of paul");
    }
}

app_on_both! {
    async fn a_form_without_its_token_changes_nothing(app) {
        let ada = app.member("ada", Role::Administrator);
        let stale = app.post_raw("/settings/profile", &ada, &[("display_name", "Mallory"), ("csrf", "x")]).await;
        assert_eq!(stale.status, 403);
        let other = app.member("bo", Role::Member);
        let borrowed = app.get("/settings", &other).await.field("csrf");
        let answer = app.post_raw("/settings/profile", &ada, &[("display_name", "Mallory"), ("csrf", &borrowed)]).await;
        assert_eq!(answer.status, 403, "a token belongs to one session");
        assert!(!app.get("/settings", &ada).await.body.contains("Mallory"));
        let none = app.post_raw("/login", &Caller::visitor(), &[("login", "ada"), ("password", "x")]).await;
        assert_eq!(none.status, 403);
    }
}

app_on_both! {
    async fn an_expired_session_returns_through_login_to_the_filled_form(app) {
        app.category("general", None, &[]);
        let (me, _) = sign_up(app, "ada", GOOD).await;
        let shown = app.get("/compose", &me).await.field("csrf");
        assert_eq!(app.post("/logout", &me, &[]).await.status, 303);
        let fields = [("csrf", shown.as_str()), ("category", "general"), ("kind", "discussion"), ("title", "Kept"), ("body", "long <text> kept"), ("action", "post")];
        let answer = app.post_raw("/compose", &me, &fields).await;
        assert_eq!(answer.status, 401);
        assert_eq!(answer.field("saved.body"), "long <text> kept");
        let guest = Caller::visitor().with_cookies(answer.cookies());
        let (next, writer) = (answer.field("next"), answer.field("writer"));
        let login = [("login", "ada"), ("password", GOOD), ("next", next.as_str()), ("writer", writer.as_str()), ("saved.category", "general"), ("saved.kind", "discussion"), ("saved.title", "Kept"), ("saved.body", "long <text> kept")];
        let back = app.post("/login", &guest, &login).await;
        assert_eq!(back.status, 200, "{}", back.body);
        assert_eq!((back.field("title").as_str(), back.field("body").as_str()), ("Kept", "long <text> kept"));
        // The category is chosen as before and can be changed.
        assert_eq!(back.texts("#category option[selected]"), ["general"]);
        assert!(back.texts("h1") == ["Nothing was lost"] && back.texts("#kind option").len() == 2);
        let me = guest.with_cookies(back.cookies());
        let (csrf, nonce) = (back.field("csrf"), back.field("nonce"));
        let again = [("csrf", csrf.as_str()), ("nonce", nonce.as_str()), ("category", "general"), ("kind", "discussion"), ("title", "Kept"), ("body", "long <text> kept"), ("action", "post")];
        assert_eq!(app.post_raw("/compose", &me, &again).await.status, 303);
    }
}

app_on_both! {
    async fn what_one_member_wrote_is_not_shown_to_the_next(app) {
        app.category("general", None, &[]);
        let (ada, _) = sign_up(app, "ada", GOOD).await;
        sign_up(app, "bo", GOOD).await;
        let made = app.api("POST", "/threads", &app.member("cy", Role::Member), Some(serde_json::json!({ "category": "general", "title": "A pump", "body": "It hums." }))).await.json();
        let thread = made["id"].to_string();
        let shown = app.get("/settings", &ada).await.field("csrf");
        app.post("/logout", &ada, &[]).await;
        let path = format!("/thread/{thread}/reply");
        let ended = app.post_raw(&path, &ada, &[("csrf", shown.as_str()), ("body", "a secret of ada")]).await;
        assert_eq!((ended.status.as_u16(), ended.field("saved.body")), (401, "a secret of ada".into()));
        let guest = Caller::visitor().with_cookies(ended.cookies());
        let writer = ended.field("writer");
        let fields = |login: &'static str, password: &'static str, writer: &str| {
            [("login", login), ("password", password), ("next", &path), ("writer", writer), ("saved.body", "a secret of ada")].map(|(n, v)| (n, v.to_owned()))
        };
        let login = async |login, password, writer: &str| {
            let all = fields(login, password, writer);
            app.post("/login", &guest, &all.each_ref().map(|(n, v)| (*n, v.as_str()))).await
        };
        // A wrong password loses nothing.
        let wrong = login("ada", "wrong", &writer).await;
        assert_eq!((wrong.field("writer"), wrong.texts(".notice.warn")), (writer.clone(), vec!["Your session has expired. Log in again and what you wrote will come back.".to_owned()]));
        for forged in [writer.as_str(), "", "x"] {
            let other = login("bo", GOOD, forged).await;
            assert_eq!((other.status.as_u16(), other.location()), (303, format!("/t/{thread}").as_str()));
            assert!(!other.body.contains("secret"));
        }
        let own = login("ada", GOOD, &writer).await;
        assert_eq!((own.status.as_u16(), own.field("body")), (200, "a secret of ada".into()));
        // It says what the text answers.
        assert_eq!(own.texts("main p a[href^='/t/']"), ["A pump"]);
        assert!(own.body.contains("Your reply to:"));
        let unsigned = app.post(&path, &ada, &[("body", "whose is it?")]).await;
        assert!(unsigned.status == 401 && !unsigned.body.contains("whose is it"));
    }
}

app_on_both! {
    async fn the_first_administrator_reads_what_the_browser_asks_for(app) {
        let house = app.node.house.clone();
        let token = crate::support::app::off(|| house.db.clone().write_now(move |c| links::issue(c, &house, Purpose::FirstAdministrator, None, None))).unwrap();
        let path = format!("/first-administrator?token={token}");
        let asks = [("accept-language", "zh-TW,zh;q=0.8")];
        let form = app.ask("GET", &path, &Caller::visitor(), &asks).await;
        assert_eq!(form.texts("h1"), ["建立第一位管理員"]);
        let chosen = Caller::visitor().with_cookies(vec![("locale".into(), "zh-CN".into())]);
        assert!(app.ask("GET", &path, &chosen, &asks).await.body.contains("lang=\"zh-Hans\""), "a choice counts for more");
        assert!(app.ask("GET", "/", &Caller::visitor(), &asks).await.body.contains("lang=\"en\""), "other pages are the same for all");
        let guest = Caller::visitor().with_cookies(form.cookies());
        let fields = [("token", token.as_str()), ("username", "root1"), ("email", "r@mail.test"), ("password", GOOD)];
        let made = app.post("/first-administrator", &guest.with_cookies(vec![("locale".into(), "zh-TW".into())]), &fields).await;
        assert!(made.cookies().contains(&("locale".into(), "zh-TW".into())), "and goes on in it");
    }
}

app_on_both! {
    async fn the_ways_in_follow_the_browser_and_are_kept_by_nobody(app) {
        for (asks, lang) in [("zh-HK,en;q=0.5", "zh-Hant"), ("zh", "zh-Hans"), ("en-GB", "en"), ("fr", "zh-Hans"), ("", "zh-Hans")] {
            app.sql("DELETE FROM settings WHERE name = 'locale'; INSERT INTO settings (name, value, updated_at) VALUES ('locale', 'zh-CN', 0)");
            for path in ["/login", "/signup", "/signup?token=none", "/password?token=none", "/first-administrator?token=none"] {
                let page = app.ask("GET", path, &Caller::visitor(), &[("accept-language", asks)]).await;
                assert!(page.body.contains(&format!("<html lang=\"{lang}\"")), "{path} {asks}");
                assert_eq!(page.header("cache-control"), Some("private, no-store"), "{path}");
                assert_eq!(page.header("vary"), Some("Accept-Encoding, Accept-Language, Cookie"), "{path}");
            }
        }
        let asks = [("accept-language", "en")];
        let chosen = Caller::visitor().with_cookies(vec![("locale".into(), "zh-TW".into())]);
        assert!(app.ask("GET", "/login", &chosen, &asks).await.body.contains("lang=\"zh-Hant\""), "a choice counts for more");
        let list = app.ask("GET", "/", &Caller::visitor(), &asks).await;
        assert!(list.body.contains("<html lang=\"zh-Hans\"") && list.header("vary") == Some("Accept-Encoding, Cookie"));
        // What is refused is said in it too, and whoever signed up in it goes on in it.
        let form = app.ask("GET", "/signup", &Caller::visitor(), &asks).await;
        let guest = Caller::visitor().with_cookies(form.cookies());
        let tw = guest.clone().with_cookies(vec![("locale".into(), "zh-TW".into())]);
        let fields = [("username", "wei"), ("email", "w@mail.test"), ("password", GOOD)];
        assert!(app.post("/signup", &tw, &fields).await.cookies().contains(&("locale".into(), "zh-TW".into())));
    }
}

app_on_both! {
    async fn the_first_administrator_comes_by_a_link_that_works_once(app) {
        let house = app.node.house.clone();
        let token = crate::support::app::off(|| house.db.clone().write_now(move |c| links::issue(c, &house, Purpose::FirstAdministrator, None, None))).unwrap();
        let path = format!("/first-administrator?token={token}");
        let form = app.get(&path, &Caller::visitor()).await;
        assert_eq!(form.status, 200);
        let guest = Caller::visitor().with_cookies(form.cookies());
        let wrong = [("token", token.as_str()), ("username", "x"), ("email", "x"), ("password", "qwx7")];
        let refused = app.post("/first-administrator", &guest, &wrong).await;
        assert_eq!((refused.status.as_u16(), refused.texts(".field-error").len()), (422, 3), "all at once");
        assert!(refused.texts("main form .hint").is_empty(), "nothing is said twice");
        assert_eq!(refused.texts("#password-error"), ["Use at least 12 characters."]);
        let long = "correct horse battery ".repeat(6);
        let fields = [("token", token.as_str()), ("username", "root1"), ("email", "r@mail.test"), ("password", &long)];
        let too_long = app.post("/first-administrator", &guest, &fields).await;
        assert_eq!(too_long.texts("#password-error"), ["Use at most 128 letters, or about 42 Chinese characters."], "only what applies");
        assert_eq!((refused.field("username").as_str(), refused.field("email").as_str()), ("x", "x"));
        let fields = [("token", token.as_str()), ("username", "root1"), ("email", "r@mail.test"), ("password", GOOD)];
        let made = app.post("/first-administrator", &guest, &fields).await;
        assert_eq!(made.status, 303, "{}", made.body);
        let me = guest.clone().with_cookies(made.cookies());
        assert_eq!(app.get("/admin/settings", &me).await.status, 200);
        assert_eq!(app.get(&path, &Caller::visitor()).await.status, 410, "used up");
        let again = app.post("/first-administrator", &guest, &fields).await;
        assert_eq!((again.status.as_u16(), again.texts("main form").len()), (410, 0));
        assert!(again.texts(".notice")[0].contains("the server prints a new link every time it starts"), "{}", again.body);
    }
}

app_on_both! {
    async fn sessions_are_listed_and_ended(app) {
        let (first, _) = sign_up(app, "ada", GOOD).await;
        let form = app.get("/login", &Caller::visitor()).await;
        let guest = Caller::visitor().with_cookies(form.cookies());
        let login = app.post("/login", &guest, &[("login", "ada"), ("password", GOOD)]).await;
        let second = guest.with_cookies(login.cookies());
        assert_eq!(app.get("/settings", &second).await.texts(".lines .agent").len(), 2);
        assert_eq!(app.post("/settings/sessions/close-others", &second, &[]).await.status, 303);
        assert_eq!(app.get("/settings", &first).await.status, 303);
        let change = [("current", GOOD), ("password", "another horse battery")];
        assert_eq!(app.post("/settings/password", &second, &[("current", "wrong one"), change[1]]).await.status, 422);
        assert_eq!(app.post("/settings/password", &second, &change).await.status, 303);
        assert_eq!(app.get("/settings", &second).await.status, 200, "the session that changed it stays");
    }
}

app_on_both! {
    async fn staff_suspend_and_an_administrator_hands_out_a_password_link(app) {
        app.category("general", None, &[]);
        let (ada, mo, root) = (app.member("ada", Role::Member), app.member("mo", Role::Moderator), app.member("rootie", Role::Administrator));
        let until = [("reason", "spam"), ("until", "2026-12-01")];
        assert_eq!(app.post("/u/mo/suspend", &ada, &until).await.status, 403);
        assert_eq!(app.post("/u/rootie/suspend", &mo, &until).await.status, 403, "nobody acts on their betters");
        assert_eq!(app.post("/u/ada/suspend", &mo, &[("reason", " "), ("until", "2026-12-01")]).await.status, 422);
        assert_eq!(app.post("/u/ada/suspend", &mo, &until).await.status, 303);
        assert_eq!(app.get("/compose", &ada).await.status, 403);
        assert_eq!(app.get("/", &ada).await.status, 200, "a suspended member reads");
        assert_eq!(app.post("/u/ada/unsuspend", &mo, &[]).await.status, 303);
        assert_eq!(app.get("/compose", &ada).await.status, 200);
        assert_eq!(app.post("/admin/members/ada/password-link", &mo, &[]).await.status, 403);
        let claim = app.post("/admin/members/ada/claim", &root, &[("email", "other@mail.test")]).await;
        assert_eq!(claim.status, 403, "ada never came in with an import");
        let page = app.post("/admin/members/ada/password-link", &root, &[]).await;
        let link = page.texts("code.secret").pop().unwrap();
        let path = link.trim_start_matches("http://forum.test").to_owned();
        let form = app.get(&path, &Caller::visitor()).await;
        let guest = Caller::visitor().with_cookies(form.cookies());
        let token = form.field("token");
        let set = app.post("/password", &guest, &[("token", &token), ("password", GOOD)]).await;
        assert_eq!(set.status, 303, "{}", set.body);
        assert_eq!(app.get("/settings", &ada).await.status, 303, "a new password ends every session");
        assert_eq!(app.post("/password", &guest, &[("token", &token), ("password", GOOD)]).await.status, 410);
    }
}

app_on_both! {
    async fn sessions_are_told_apart_in_words(app) {
        let ada = app.member("ada", Role::Member);
        assert_eq!(app.get("/settings", &ada).await.texts("p.agent"), ["a browser"], "nothing known, so as it is");
        app.sql("UPDATE sessions SET agent = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:133.0) Gecko/20100101 Firefox/133.0'");
        assert_eq!(app.get("/settings", &ada).await.texts("p.agent"), ["Firefox on Windows"]);
        app.sql("UPDATE sessions SET agent = ''");
        assert_eq!(app.get("/settings", &ada).await.texts("p.agent"), ["—"]);
    }
}

app_on_both! {
    async fn a_password_made_of_the_name_is_refused_with_nothing_lost(app) {
        let (_, answer) = sign_up(app, "marlin-fischer", "Marlin-Fischer1").await;
        assert_eq!((answer.status.as_u16(), answer.field("username").as_str()), (422, "marlin-fischer"));
        let body = serde_json::json!({ "username": "marlin", "email": "m@mail.test", "password": "Password123456" });
        let answer = app.api("POST", "/auth/signup", &Caller::visitor(), Some(body)).await;
        assert_eq!(answer.json()["error"]["code"], "password_common");
    }
}
