//! Invitations: a link with a role, an end and a number of uses; what whoever opens it is told.

use hearth::base::actor::Role;
use hearth::base::time::DAY;

use crate::app_on_both;
use crate::support::app::{Answer, App, Caller};

const GOOD: &str = "correct horse battery";

/// Makes an invitation; the path of its link.
async fn invite(app: &App, root: &Caller, role: &str, uses: &str, days: &str) -> String {
    let fields = [("role", role), ("uses", uses), ("days", days), ("note", "dealers")];
    let answer = app.post("/admin/invitations", root, &fields).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    let page = scraper::Html::parse_document(&answer.body);
    let link = page.select(&scraper::Selector::parse("#link").unwrap()).next().unwrap();
    link.value().attr("value").unwrap().trim_start_matches("http://forum.test").to_owned()
}

/// Opens the link as a newcomer and fills in the form.
async fn come(app: &App, link: &str, name: &str, password: &str) -> (Answer, Caller) {
    let form = app.get(link, &Caller::visitor()).await;
    assert_eq!(form.status, 200, "{}", form.body);
    let guest = Caller::visitor().with_cookies(form.cookies());
    let (token, email) = (form.field("token"), format!("{name}@mail.test"));
    let fields = [("token", token.as_str()), ("username", name), ("email", &email), ("password", password)];
    let answer = app.post("/signup", &guest, &fields).await;
    let caller = guest.with_cookies(answer.cookies());
    (answer, caller)
}

fn close_sign_up(app: &App) {
    app.sql("INSERT INTO settings (name, value, updated_at) VALUES ('open', 'false', 0)");
}

app_on_both! {
    async fn a_newcomer_comes_by_a_link_though_sign_up_is_closed(app) {
        let root = app.member("rootie", Role::Administrator);
        close_sign_up(app);
        let closed = app.get("/signup", &Caller::visitor()).await;
        assert!(closed.texts(".notice").iter().any(|t| t.contains("Sign-up is closed")) && closed.texts("#username").is_empty());
        let link = invite(app, &root, "moderator", "1", "7").await;
        let form = app.get(&link, &Caller::visitor()).await;
        assert_eq!(form.texts(".notice.ok"), ["rootie has invited you to Hearth as Moderator. The invitation is valid until 27 Nov 2026."]);
        assert!(form.body.contains("/login?next=%2Fsignup%3Ftoken%3D"), "who has an account comes back to it");
        let (short, _) = come(app, &link, "mo-dee", "short").await;
        assert_eq!((short.status.as_u16(), short.field("username").as_str()), (422, "mo-dee"));
        assert!(!short.field("token").is_empty() && !short.texts(".notice.ok").is_empty(), "the link is kept through errors");
        let (made, me) = come(app, &link, "mo-dee", GOOD).await;
        assert_eq!(made.status, 303, "{}", made.body);
        assert_eq!(app.get("/thread/1/heat", &me).await.status, 404, "a moderator may ask");
        assert!(app.get("/u/mo-dee", &me).await.body.contains("Moderator"));
        let used = app.get(&link, &Caller::visitor()).await;
        assert_eq!(used.status, 410);
        assert!(used.texts(".notice")[0].contains("has already been used") && used.texts("#username").is_empty());
        let log = app.get("/admin/audit", &root).await.texts("td:nth-child(3)");
        assert_eq!(log[..2], ["Invitation accepted", "Invitation created"]);
        let api = serde_json::json!({ "username": "apina", "email": "a@mail.test", "password": GOOD });
        assert_eq!(app.api("POST", "/auth/signup", &Caller::visitor(), Some(api)).await.status, 403);
        let link = invite(app, &root, "expert", "2", "1").await;
        let secret = link.split('=').next_back().unwrap();
        let api = serde_json::json!({ "username": "apina", "email": "a@mail.test", "password": GOOD, "invitation": secret });
        let entered = app.api("POST", "/auth/signup", &Caller::visitor(), Some(api)).await;
        let token = entered.json()["token"].as_str().unwrap().to_owned();
        assert_eq!(app.api("GET", "/me", &Caller::visitor().with_token(&token), None).await.json()["role"], "expert");
    }
}

app_on_both! {
    async fn a_link_that_is_no_good_says_why_in_the_readers_language(app) {
        let root = app.member("rootie", Role::Administrator);
        let link = invite(app, &root, "member", "3", "2").await;
        assert_eq!(app.get("/admin/invitations", &root).await.texts("td.num"), ["0 / 3"]);
        app.pass(2 * DAY - 1);
        assert_eq!(app.get(&link, &Caller::visitor()).await.status, 200);
        app.pass(1);
        let chinese = Caller::visitor().with_cookies(vec![("locale".into(), "zh-TW".into())]);
        let late = app.get(&link, &chinese).await;
        assert_eq!((late.status.as_u16(), late.texts(".notice p").join("|").as_str()), (410, "這個邀請已過期，請向邀請人索取新的連結。|沒有邀請也可以註冊。"));
        assert!(!late.texts("#username").is_empty() && !late.body.contains("name=\"token\""), "the door is open without it");

        let link = invite(app, &root, "member", "1", "2").await;
        let id = app.get("/admin/invitations", &root).await;
        let at = id.body.find("/revoke\"").unwrap();
        let path = id.body[..at].rsplit('"').next().unwrap().to_owned() + "/revoke";
        let (token, form) = (link.split('=').next_back().unwrap().to_owned(), app.get(&link, &Caller::visitor()).await);
        assert_eq!(app.post(&path, &root, &[("sure", "yes")]).await.status, 303);
        assert_eq!(app.post(&path, &root, &[("sure", "yes")]).await.status, 404);
        assert!(app.get(&link, &Caller::visitor()).await.body.contains("has been revoked"));
        let guest = Caller::visitor().with_cookies(form.cookies());
        let fields = [("token", token.as_str()), ("username", "late"), ("email", "l@mail.test"), ("password", GOOD)];
        let refused = app.post("/signup", &guest, &fields).await;
        assert_eq!((refused.status.as_u16(), refused.field("username").as_str()), (410, "late"));
        assert_eq!(app.get("/signup?token=nonsense", &Caller::visitor()).await.status, 410);
        assert_eq!(app.get("/admin/invitations", &root).await.texts("td.num").len(), 0);
    }
}

app_on_both! {
    async fn somebody_with_an_account_may_accept_a_higher_role(app) {
        let (root, ada) = (app.member("rootie", Role::Administrator), app.member("ada", Role::Member));
        let link = invite(app, &root, "operator", "1", "7").await;
        let token = link.split('=').next_back().unwrap();
        assert!(app.get(&link, &root).await.body.contains("Pass the link on"));
        assert_eq!(app.post("/invitation", &root, &[("token", token)]).await.status, 409, "nothing to gain, nothing used");
        let page = app.get(&link, &ada).await;
        assert_eq!((page.status.as_u16(), page.field("token").as_str()), (200, token));
        assert_eq!(app.get("/admin", &ada).await.status, 403, "looking accepts nothing");
        assert!(app.post("/invitation", &ada, &[("token", token)]).await.body.contains("You now have the role “Operator”."));
        assert_eq!(app.get("/admin", &ada).await.status, 200);
        assert_eq!(app.post("/invitation", &ada, &[("token", token)]).await.status, 410);
        // What an administrator left open ends with their office.
        let other = app.member("second", Role::Administrator);
        let link = invite(app, &other, "administrator", "1", "7").await;
        assert_eq!(app.post("/admin/members/second/role", &root, &[("role", "member")]).await.status, 303);
        assert_eq!(app.get(&link, &Caller::visitor()).await.status, 410);
    }
}

app_on_both! {
    async fn what_is_no_invitation_is_refused_and_stays_in_the_form(app) {
        let root = app.member("rootie", Role::Administrator);
        for (fields, words) in [
            ([("role", "member"), ("uses", "0"), ("days", "7"), ("note", "n")], "1 to 1000 people"),
            ([("role", "member"), ("uses", "1"), ("days", "91"), ("note", "n")], "1 to 90 days"),
            ([("role", "administrator"), ("uses", "2"), ("days", "7"), ("note", "n")], "one person"),
        ] {
            let answer = app.post("/admin/invitations", &root, &fields).await;
            assert_eq!(answer.status, 422);
            assert!(answer.texts("[role=alert]")[0].contains(words), "{}", answer.body);
            assert_eq!((answer.field("uses").as_str(), answer.field("days").as_str()), (fields[1].1, fields[2].1));
        }
        let nonce = app.get("/admin/invitations", &root).await.field("nonce");
        let fields = [("role", "member"), ("uses", "1"), ("days", "7"), ("note", ""), ("nonce", nonce.as_str())];
        assert_eq!(app.post("/admin/invitations", &root, &fields).await.status, 200);
        assert_eq!(app.post("/admin/invitations", &root, &fields).await.status, 303, "a double click makes one");
        assert_eq!(app.get("/admin/invitations", &root).await.texts("tbody tr").len(), 1);
    }
}
