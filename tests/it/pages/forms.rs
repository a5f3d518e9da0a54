//! What was typed is never lost: refused forms and forms of an ended session come back filled.

use hearth::base::actor::Role;

use crate::app_on_both;
use crate::support::app::{Answer, App, Caller};

/// Somebody whose session has ended.
fn ended() -> Caller {
    Caller::visitor().with_cookies(vec![("sid".into(), "ended".into())])
}

async fn opened(app: &App, by: &Caller) -> (String, String) {
    let body = serde_json::json!({ "category": "general", "title": "A pump", "body": "It hums." });
    let made = app.api("POST", "/threads", by, Some(body)).await.json();
    (made["id"].to_string(), made["first_post_id"].to_string())
}

app_on_both! {
    async fn a_button_of_an_ended_session_leads_back_to_its_page(app) {
        app.category("general", None, &[]);
        let (thread, post) = opened(app, &app.member("ada", Role::Member)).await;
        let like = app.post(&format!("/post/{post}/like"), &ended(), &[]).await;
        assert_eq!((like.status.as_u16(), like.field("next")), (401, format!("/p/{post}")));
        assert!(!like.body.contains("saved."));
        assert!(like.texts(".notice")[0].contains("return to this page"), "{}", like.body);
        for (path, back) in [
            (format!("/thread/{thread}/close"), format!("/t/{thread}")),
            ("/settings/sessions/close-others".into(), "/settings".into()),
            ("/u/ada/unsuspend".into(), "/u/ada".into()),
            ("/admin/jobs".into(), "/admin/jobs".into()),
        ] {
            let answer = app.post(&path, &ended(), &[("kind", "recount")]).await;
            assert_eq!((answer.status.as_u16(), answer.field("next")), (401, back), "{path}");
        }
        let told = app.post(&format!("/pin/{thread}/dismiss"), &ended(), &[("next", "/latest?page=2")]).await;
        assert_eq!(told.field("next"), "/latest?page=2");
        let outside = app.post(&format!("/pin/{thread}/dismiss"), &ended(), &[("next", "//evil.test")]).await;
        assert_eq!(outside.field("next"), "/");
    }
}

app_on_both! {
    async fn what_was_typed_in_an_ended_session_is_kept(app) {
        let shown = app.get("/settings", &app.member("ada", Role::Member)).await.field("csrf");
        let send = async |path: &str, fields: &[(&str, &str)]| {
            app.post_raw(path, &ended(), &[&[("csrf", shown.as_str())], fields].concat()).await
        };
        let profile = send("/settings/profile", &[("display_name", "Ada"), ("bio", "Pumps & pipes"), ("public", "on")]).await;
        assert_eq!((profile.status.as_u16(), profile.field("next")), (401, "/settings/profile".into()));
        assert_eq!((profile.field("saved.bio"), profile.field("saved.public")), ("Pumps & pipes".into(), "on".into()));
        let reason = send("/u/ada/suspend", &[("reason", "Rude"), ("until", "2026-12-01")]).await;
        assert_eq!(reason.field("saved.reason"), "Rude");
        let password = send("/settings/password", &[("current", "old secret words"), ("password", "new secret words")]).await;
        assert_eq!((password.status.as_u16(), password.field("next")), (401, "/settings".into()));
        assert!(!password.body.contains("secret words"), "a password never comes back");
    }
}

app_on_both! {
    async fn a_refused_suspension_comes_back(app) {
        let mo = app.member("mo", Role::Moderator);
        app.member("ada", Role::Member);
        let past = app.post("/u/ada/suspend", &mo, &[("reason", "Rude again"), ("until", "2020-01-01")]).await;
        assert_eq!(past.status, 422);
        assert_eq!((past.field("reason"), past.field("until")), ("Rude again".into(), "2020-01-01".into()));
        assert_eq!(past.texts("#suspend-until").len(), 1, "{}", past.body);
        let garbage = app.post("/u/ada/suspend", &mo, &[("reason", "Rude again"), ("until", "soon")]).await;
        assert_eq!((garbage.status.as_u16(), garbage.field("until")), (422, "soon".into()));
        let silent = app.post("/u/ada/suspend", &mo, &[("reason", " "), ("until", "2026-12-24")]).await;
        assert_eq!((silent.status.as_u16(), silent.field("until")), (422, "2026-12-24".into()));
        assert_eq!(silent.texts("#suspend-reason").len(), 1);
        let done = app.post("/u/ada/suspend", &mo, &[("reason", "Rude"), ("until", "2026-12-24")]).await;
        assert_eq!(done.status, 303);
    }
}

app_on_both! {
    async fn a_refused_pin_comes_back(app) {
        app.category("general", None, &[]);
        let mo = app.member("mo", Role::Moderator);
        let (thread, _) = opened(app, &mo).await;
        let pin = |until: &'static str, position: &'static str| {
            let path = format!("/thread/{thread}/pin");
            let mo = mo.clone();
            async move { app.post(&path, &mo, &[("scope", "category"), ("until", until), ("position", position)]).await }
        };
        let past = pin("2020-01-01", "3").await;
        assert_eq!(past.status, 422, "{}", past.body);
        assert_eq!((past.field("until"), past.field("position")), ("2020-01-01".into(), "3".into()));
        assert_eq!(past.texts("#pin-until-error").len(), 1);
        for position in ["first", "1.5", "99999", "-1001"] {
            let wrong = pin("2026-12-24", position).await;
            assert_eq!((wrong.status.as_u16(), wrong.field("position")), (422, position.into()));
            assert_eq!(wrong.texts("#pin-position-error").len(), 1, "{position}");
        }
        let done = pin("2026-12-24", "").await;
        assert_eq!(done.status, 303);
        let shown = app.get(done.location(), &mo).await;
        let line = shown.texts(".thread-menu .hint");
        assert!(line.iter().any(|l| l.contains("This category only") && l.contains("24") && !l.contains("25")), "{line:?}");
        let api = app.api("PUT", &format!("/threads/{thread}/pin"), &mo, Some(serde_json::json!({ "scope": "category", "position": 99999 }))).await;
        assert_eq!((api.status.as_u16(), api.json()["error"]["code"].clone()), (422, "pin_position".into()));
    }
}

app_on_both! {
    async fn a_reply_refused_for_a_suspension_or_a_closed_thread_is_shown(app) {
        app.category("general", None, &[]);
        let (mo, ada) = (app.member("mo", Role::Moderator), app.member("ada", Role::Member));
        let (thread, _) = opened(app, &mo).await;
        let reply = format!("/thread/{thread}/reply");
        app.post(&format!("/thread/{thread}/close"), &mo, &[]).await;
        let closed = app.post(&reply, &ada, &[("body", "Grease the bearing.")]).await;
        assert_eq!((closed.status.as_u16(), closed.field("body")), (409, "Grease the bearing.".into()));
        let stuck = |page: &Answer| (page.texts("#reply .notice"), page.texts("#reply button, #reply form, main > .notice").len());
        assert_eq!(stuck(&closed), (vec!["This thread is closed to new replies. What you wrote is below; copy it to keep it.".to_owned()], 0));
        let preview = app.post(&reply, &ada, &[("body", "Grease the bearing."), ("action", "preview")]).await;
        assert_eq!((preview.field("body"), stuck(&preview).1), ("Grease the bearing.".into(), 0));
        app.post(&format!("/thread/{thread}/reopen"), &mo, &[]).await;
        app.post("/u/ada/suspend", &mo, &[("reason", "Rude"), ("until", "2026-12-24")]).await;
        let fields = [("category", "general"), ("kind", "discussion"), ("title", "A pump"), ("tags", ""), ("body", "It hums.")];
        let opening = app.post("/compose", &ada, &fields).await;
        assert_eq!((opening.status.as_u16(), opening.texts(".toolbar").len(), opening.texts("textarea[readonly]")), (403, 0, vec!["It hums.".to_owned()]), "{}", opening.body);
        assert!(opening.body.contains("A pump") && opening.body.contains("copy it to keep it"), "{}", opening.body);
        let suspended = app.post(&reply, &ada, &[("body", "Grease the bearing.")]).await;
        assert_eq!((suspended.status.as_u16(), suspended.field("body")), (403, "Grease the bearing.".into()));
        assert!(stuck(&suspended).0[0].ends_with("copy it to keep it.") && stuck(&suspended).0.len() == 1 && stuck(&suspended).1 == 0);
        let fields = [("category", "general"), ("kind", "discussion"), ("title", "Bearings"), ("body", "Which grease?")];
        let opening = app.post("/compose", &ada, &fields).await;
        assert_eq!((opening.status.as_u16(), opening.field("body")), (403, "Which grease?".into()));
    }
}

app_on_both! {
    async fn an_empty_text_is_told_beside_its_field(app) {
        app.category("general", None, &[]);
        let ada = app.member("ada", Role::Member);
        let (thread, post) = opened(app, &ada).await;
        let marked = |page: &Answer, field: &str| {
            let described = page.texts(&format!("#{field}[aria-invalid=true][aria-describedby={field}-error]")).len();
            (page.status.as_u16(), described, page.texts("main [role=alert]").len(), page.texts(&format!("#{field}-error")).len())
        };
        for action in ["post", "preview"] {
            let empty = app.post(&format!("/thread/{thread}/reply"), &ada, &[("body", " \n"), ("action", action)]).await;
            assert_eq!(marked(&empty, "body"), (422, 1, 1, 1), "{action}");
            assert!(empty.texts("form.switches").is_empty(), "a switch would take what was typed along");
            let edit = [("title", "A pump"), ("body", " "), ("revision", "0"), ("action", action)];
            assert_eq!(marked(&app.post(&format!("/post/{post}/edit"), &ada, &edit).await, "body"), (422, 1, 1, 1), "{action}");
        }
        let both = app.post(&format!("/post/{post}/edit"), &ada, &[("title", ""), ("body", ""), ("revision", "0")]).await;
        assert_eq!((marked(&both, "title"), marked(&both, "body")), ((422, 1, 2, 1), (422, 1, 2, 1)));
    }
}

app_on_both! {
    async fn a_refused_token_keeps_what_was_typed(app) {
        let ada = app.member("ada", Role::Member);
        let form = app.get("/settings", &ada).await;
        assert!(form.body.contains(r#"value="read" checked"#), "a token that can do something is proposed");
        let nothing = app.post("/settings/tokens", &ada, &[("name", "Backup"), ("days", "30")]).await;
        assert_eq!((nothing.status.as_u16(), nothing.field("name"), nothing.field("days")), (422, "Backup".into(), "30".into()));
        assert_eq!(nothing.texts(".field-error"), ["Select at least one scope."]);
        for days in ["0", "3651", "-1", "soon", "1e3"] {
            let wrong = app.post("/settings/tokens", &ada, &[("name", "Backup"), ("scope", "read"), ("scope", "write"), ("days", days)]).await;
            assert_eq!((wrong.status.as_u16(), wrong.field("days")), (422, days.into()));
            assert!(wrong.body.contains(r#"value="write" checked"#) && wrong.texts("#days-error").len() == 1);
            assert_eq!(wrong.texts(".secret").len(), 0);
        }
        for name in ["", " \u{3000}", &"n".repeat(61)] {
            let wrong = app.post("/settings/tokens", &ada, &[("name", name), ("scope", "read"), ("days", "7")]).await;
            assert_eq!((wrong.status.as_u16(), wrong.texts("#name-error").len()), (422, 1), "{name:?}");
            assert_eq!(wrong.field("days"), "7");
        }
        let never = app.post("/settings/tokens", &ada, &[("name", "Backup"), ("scope", "read"), ("days", "")]).await;
        assert_eq!((never.status.as_u16(), never.texts(".secret").len()), (200, 1));
        // A token cannot be got back, so revoking it asks first.
        let settings = app.get("/settings", &ada).await;
        let path = settings.body.split("action=\"/settings/tokens/").nth(1).and_then(|rest| rest.split('"').next()).unwrap();
        let path = format!("/settings/tokens/{path}");
        let asked = app.post(&path, &ada, &[]).await;
        assert!(asked.status == 200 && asked.body.contains("Revoke this token?"), "{}", asked.body);
        assert_eq!(app.post(&path, &ada, &[("sure", "yes")]).await.status, 303);
        assert_eq!(app.post(&path, &ada, &[("sure", "yes")]).await.status, 404);
    }
}

app_on_both! {
    async fn a_used_form_with_other_content_says_where_the_first_stands(app) {
        app.category("general", None, &[]);
        let ada = app.member("ada", Role::Member);
        let nonce = app.get("/compose", &ada).await.field("nonce");
        let open = |text: &'static str| {
            let (nonce, ada) = (nonce.clone(), ada.clone());
            async move {
                let fields = [("category", "general"), ("kind", "discussion"), ("title", "Pumps"), ("body", text), ("nonce", &nonce)];
                app.post("/compose", &ada, &fields).await
            }
        };
        let first = open("One text").await;
        let url = first.location();
        assert_eq!(open("One text").await.location(), url, "a double click posts once");
        let other = open("Another text").await;
        assert_eq!((other.status.as_u16(), other.field("body")), (422, "Another text".into()));
        assert!(other.body.contains(&format!("href=\"{url}\"")) && other.texts("[role=alert]")[0].starts_with("You have already posted this"));
        assert_ne!(other.field("nonce"), nonce, "sent again it is a thread of its own");
    }
}

app_on_both! {
    async fn pages_for_members_lead_through_the_login(app) {
        app.category("general", None, &[]);
        for path in ["/compose?title=A+pump", "/settings", "/following", "/admin", "/admin/members?q=a"] {
            let answer = app.get(path, &Caller::visitor()).await;
            let there = format!("/login?next={}", hearth::web::urls::component(path));
            assert_eq!((answer.status.as_u16(), answer.location()), (303, there.as_str()), "{path}");
            assert_eq!(app.get(&there, &Caller::visitor()).await.field("next"), path);
        }
    }
}

app_on_both! {
    async fn the_suspended_read_why(app) {
        app.category("general", None, &[]);
        let (mo, ada) = (app.member("mo", Role::Moderator), app.member("ada", Role::Member));
        app.post("/u/ada/suspend", &mo, &[("reason", "Sold watches"), ("until", "2026-12-24")]).await;
        let notice = app.get("/latest", &ada).await.texts(".site-notice");
        assert!(notice[0].contains("Sold watches") && notice[0].contains("2026"), "{notice:?}");
        assert!(!app.get("/latest", &mo).await.body.contains("Sold watches"));
    }
}

app_on_both! {
    async fn a_form_that_was_taken_is_named_to_the_browser_and_no_other(app) {
        app.category("general", None, &[]);
        let ada = app.member("ada", Role::Member);
        let (thread, post) = opened(app, &ada).await;
        let taken = |answer: &Answer| answer.cookies().into_iter().find(|(name, _)| name == "taken").map(|(_, value)| value);
        let reply = format!("/thread/{thread}/reply");
        let refused = app.post(&reply, &ada, &[("body", " "), ("nonce", "aaaa")]).await;
        assert_eq!((refused.status.as_u16(), taken(&refused)), (422, None));
        let preview = app.post(&reply, &ada, &[("body", "It does."), ("action", "preview"), ("nonce", "aaaa")]).await;
        assert_eq!((preview.status.as_u16(), taken(&preview)), (200, None));
        let signed_out = app.post(&reply, &ended(), &[("body", "It does."), ("nonce", "aaaa")]).await;
        assert_eq!((signed_out.status.as_u16(), taken(&signed_out)), (401, None));
        let good = app.post(&reply, &ada, &[("body", "It does."), ("nonce", "aaaa")]).await;
        assert_eq!((good.status.as_u16(), taken(&good).as_deref()), (303, Some("aaaa")));
        // Those of other tabs stay beside it, the oldest goes.
        let before = ada.clone().with_cookies(vec![("taken".into(), "b.c.aaaa.d.e.f.g.h;i".into())]);
        let again = app.post(&reply, &before, &[("body", "It does."), ("nonce", "aaaa")]).await;
        assert_eq!(taken(&again).as_deref(), Some("aaaa.b.c.d.e.f.g.h"));
        let edited = app.post(&format!("/post/{post}/edit"), &ada, &[("body", "It sings."), ("title", "A pump"), ("revision", "0"), ("nonce", "bbbb")]).await;
        assert_eq!((edited.status.as_u16(), taken(&edited).as_deref()), (303, Some("bbbb")));
        let odd = app.post(&reply, &ada, &[("body", "It does so."), ("nonce", "a;b")]).await;
        assert_eq!((odd.status.as_u16(), taken(&odd)), (303, None));
    }
}

app_on_both! {
    async fn the_edit_of_a_post_that_went_away_shows_what_was_typed(app) {
        app.category("general", None, &[]);
        let (ada, mo) = (app.member("ada", Role::Member), app.member("mo", Role::Moderator));
        let (thread, _) = opened(app, &ada).await;
        let reply = app.post(&format!("/thread/{thread}/reply"), &ada, &[("body", "Half.")]).await;
        let post = reply.location().split("#p").nth(1).unwrap().to_owned();
        app.post(&format!("/post/{post}/delete"), &mo, &[("sure", "yes")]).await;
        let late = app.post(&format!("/post/{post}/edit"), &ada, &[("body", "A long thought."), ("revision", "0")]).await;
        assert!(matches!(late.status.as_u16(), 403 | 404 | 410), "{}", late.status);
        assert_eq!(late.texts("textarea"), ["A long thought."]);
    }
}
