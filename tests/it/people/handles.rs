//! Changing a handle: by its owner, by an administrator, and what becomes of the handle before.

use hearth::base::actor::{Role, SignedIn};
use hearth::base::time::DAY;
use hearth::people::accounts::password::{Password, PasswordPool, hash_now};
use hearth::people::accounts::{Error, renaming, service, store};

use crate::app_on_both;
use crate::content::stage::Stage;
use crate::on_both;
use crate::support::app::{App, Caller};

const PASSWORD: &str = "correct horse battery";

fn with_password(stage: &Stage, handle: &str) -> SignedIn {
    let member = stage.member(handle);
    let hash = hash_now(&Password::given(PASSWORD)).unwrap();
    stage.write(move |c, _| store::set_password(c, member.id, &hash).map_err(Error::from)).unwrap();
    stage.signed_in(member.id)
}

fn change(stage: &Stage, who: &SignedIn, password: &str, wanted: &str) -> Result<String, Error> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let pool = PasswordPool::default();
    runtime.block_on(renaming::change_own(&stage.house, &pool, who, password, wanted))
}

fn found(stage: &Stage, handle: &str) -> Option<String> {
    stage.house.db.read_now(|c| service::find_by_handle(c, handle)).ok().map(|m| m.handle)
}

on_both! {
    fn a_former_handle_leads_on_and_is_never_given_away(db) {
        let stage = Stage::new(db);
        let paul = with_password(&stage, "pauI");
        let eve = with_password(&stage, "eve");
        assert!(matches!(change(&stage, &paul, "wrong", "paul2"), Err(Error::PasswordWrong)));
        for bad in ["eve", "EVE", "admin", "a b", "x"] {
            assert!(change(&stage, &paul, PASSWORD, bad).is_err(), "{bad}");
        }
        assert_eq!(found(&stage, "paui").as_deref(), Some("pauI"), "nothing has happened yet");
        assert_eq!(change(&stage, &paul, PASSWORD, "@Marit").unwrap(), "Marit");
        for name in ["pauI", "paui", "PAUI", "marit"] {
            assert_eq!(found(&stage, name).as_deref(), Some("Marit"), "{name}");
        }
        // Neither what reads the same nor what looks the same is free.
        for taken in ["pauI", "paui", "paul", "Marit", "marit"] {
            assert!(matches!(change(&stage, &eve, PASSWORD, taken), Err(Error::HandleTaken)), "{taken}");
            let made = stage.write(move |c, house| {
                service::create_by_house(c, house, taken, None, Role::Member, None, house.clock.now())
            });
            assert!(matches!(made, Err(Error::HandleTaken)), "{taken}");
        }
        let marit = stage.signed_in(paul.id);
        assert_eq!(marit.handle, "Marit");
        let named = stage.read(|c| store::find(c, paul.id)).unwrap().display_name;
        assert_eq!(named, "Marit", "a name that was only the handle follows it");
        assert!(matches!(change(&stage, &marit, PASSWORD, "pauI"), Err(Error::HandleRecent { days: 30 })));
        stage.advance(29 * DAY + 1);
        assert!(matches!(change(&stage, &marit, PASSWORD, "pauI"), Err(Error::HandleRecent { days: 1 })));
        stage.advance(DAY);
        assert_eq!(change(&stage, &marit, PASSWORD, "pauI").unwrap(), "pauI", "one's own again");
        assert_eq!(found(&stage, "marit").as_deref(), Some("pauI"));
        assert_eq!(stage.count("former_handles"), 1);
        // Another way of writing it leaves nothing behind.
        stage.advance(31 * DAY);
        assert_eq!(change(&stage, &marit, PASSWORD, "Paui").unwrap(), "Paui");
        assert_eq!(stage.count("former_handles"), 1);
    }
}

on_both! {
    fn staff_change_a_handle_at_once_and_are_on_record(db) {
        let stage = Stage::new(db);
        let admin = stage.with_role("root1", Role::Administrator);
        let moderator = stage.with_role("mod1", Role::Moderator);
        let rude = with_password(&stage, "rude");
        stage.member("eve");
        let give = |by: &SignedIn, handle: &'static str, wanted: &'static str| {
            let by = by.clone();
            stage.write(move |c, house| renaming::change_by_staff(c, house, &by, handle, wanted))
        };
        assert!(matches!(give(&moderator, "rude", "polite"), Err(Error::Forbidden)));
        assert!(matches!(give(&admin, "rude", "eve"), Err(Error::HandleTaken)));
        assert!(matches!(give(&admin, "nobody", "polite"), Err(Error::Absent)));
        give(&admin, "rude", "polite").unwrap();
        give(&admin, "polite", "polite").unwrap();
        give(&admin, "polite", "support").unwrap();
        assert_eq!(stage.count("audit_entries WHERE action = 'member.renamed'"), 2);
        assert_eq!(stage.count("audit_entries WHERE detail = 'rude → polite'"), 1);
        assert_eq!(found(&stage, "rude").as_deref(), Some("support"));
        // What staff decided stands a while.
        assert!(matches!(change(&stage, &rude, PASSWORD, "rude"), Err(Error::HandleRecent { .. })));
        let suspended = stage.suspend(&admin, &stage.signed_in(rude.id), stage.house.clock.now().plus(DAY));
        assert!(matches!(change(&stage, &suspended, PASSWORD, "other"), Err(Error::Suspended)));
    }
}

fn give_password(app: &App, handle: &str) {
    let hash = hash_now(&Password::given(PASSWORD)).unwrap();
    app.sql(&format!("UPDATE members SET password_hash = '{hash}' WHERE handle = '{handle}'"));
}

app_on_both! {
    async fn a_new_handle_is_seen_everywhere_and_the_old_leads_to_it(app) {
        app.category("general", None, &[]);
        let (ada, bo) = (app.member("ada", Role::Expert), app.member("bo", Role::Member));
        give_password(app, "ada");
        let visitor = Caller::visitor();
        let fields = [("category", "general"), ("kind", "discussion"), ("title", "Probes"), ("tags", ""), ("body", "Ask @ada.")];
        let url = app.post("/compose", &bo, &fields).await.location().to_owned();
        let id = url.split('/').nth(2).unwrap().to_owned();
        app.post(&format!("/thread/{id}/reply"), &ada, &[("body", "Calibrated yesterday.")]).await;
        let feed = format!("/t/{id}/feed.xml");
        for path in [&url, "/", &feed] {
            app.settle();
            assert_eq!(app.get(path, &visitor).await.status, 200, "{path}");
        }
        let wrong = app.post("/settings/handle", &ada, &[("username", "lovelace"), ("current", "no")]).await;
        assert_eq!((wrong.status.as_u16(), wrong.field("username").as_str()), (422, "lovelace"));
        let taken = app.post("/settings/handle", &ada, &[("username", "BO"), ("current", PASSWORD)]).await;
        assert_eq!((taken.status.as_u16(), taken.field("username").as_str()), (409, "BO"));
        let done = app.post("/settings/handle", &ada, &[("username", "lovelace"), ("current", PASSWORD)]).await;
        assert_eq!((done.status.as_u16(), done.location()), (303, "/settings?saved=handle#card-handle"));
        let again = app.post("/settings/handle", &ada, &[("username", "other"), ("current", PASSWORD)]).await;
        assert_eq!(again.status, 429);
        for login in ["ADA", "lovelace"] {
            let sent = serde_json::json!({ "login": login, "password": PASSWORD });
            let entered = app.api("POST", "/auth/login", &visitor, Some(sent)).await;
            assert_eq!((entered.status.as_u16(), entered.json()["username"].as_str()), (200, Some("lovelace")), "{login}");
        }
        app.settle();
        for path in [&url, &feed] {
            assert!(app.get(path, &visitor).await.body.contains("lovelace"), "{path}");
        }
        // The mention was stored under the old name; for visitors too it is a link, of one hop.
        for reader in [&visitor, &bo] {
            assert_eq!(app.get(&url, reader).await.texts("a.mention[href='/u/ada']").len(), 1);
            let moved = app.get("/u/ada", reader).await;
            assert_eq!((moved.status.as_u16(), moved.location()), (301, "/u/lovelace"));
            assert_eq!(app.get("/u/lovelace", reader).await.status, 200);
        }
        // Whoever writes the old name means the same person.
        app.post(&format!("/thread/{id}/reply"), &bo, &[("body", "Thanks, @ada!")]).await;
        assert_eq!(app.get(&url, &visitor).await.texts("a.mention[href='/u/lovelace']").len(), 1);
        app.settle();
        for words in ["@lovelace", "@ada yesterday"] {
            let query = hearth::web::urls::component(words);
            let found = app.api("GET", &format!("/search?q={query}"), &visitor, None).await.json();
            assert!(found["total"].as_i64() > Some(0), "{words}: {found}");
        }
        let found = app.api("GET", "/search?q=author:bo", &visitor, None).await.json();
        assert_eq!(found["items"].as_array().unwrap().len(), 1, "{found}");
    }
}

app_on_both! {
    async fn handles_change_over_the_api_and_in_the_back_office(app) {
        app.member("ada", Role::Member);
        give_password(app, "ada");
        let ada = app.member("bo", Role::Member);
        give_password(app, "bo");
        let patch = |body: serde_json::Value| app.api("PATCH", "/me", &ada, Some(body));
        assert_eq!(patch(serde_json::json!({ "username": "bee" })).await.status, 422, "no password");
        let both = serde_json::json!({ "username": "bee", "current_password": PASSWORD, "bio": "x".repeat(1_001) });
        assert_eq!(patch(both).await.status, 422);
        let taken = serde_json::json!({ "username": "Ada", "current_password": PASSWORD });
        assert_eq!(patch(taken).await.json()["error"]["code"], "handle_taken");
        let good = serde_json::json!({ "username": "bee", "current_password": PASSWORD, "bio": "Keeps bees." });
        let me = patch(good).await.json();
        assert_eq!((me["username"].as_str(), me["bio"].as_str()), (Some("bee"), Some("Keeps bees.")));
        let soon = serde_json::json!({ "username": "wasp", "current_password": PASSWORD });
        let soon = patch(soon).await;
        assert_eq!((soon.status.as_u16(), soon.header("retry-after").is_some()), (429, true));
        assert_eq!(app.api("GET", "/members/bo", &ada, None).await.json()["username"], "bee");
        let root = app.member("root1", Role::Administrator);
        assert!(app.get("/admin/members/bo", &root).await.body.contains("@bee"), "found by the old name too");
        let taken = app.post("/admin/members/bee/handle", &root, &[("username", "ada")]).await;
        assert_eq!((taken.status.as_u16(), taken.field("username").as_str()), (409, "ada"));
        let done = app.post("/admin/members/bee/handle", &root, &[("username", "hornet")]).await;
        assert_eq!((done.status.as_u16(), done.location()), (303, "/admin/members/hornet"));
        assert!(app.get("/admin/audit", &root).await.body.contains("bee → hornet"));
        assert_eq!(app.get("/u/bo", &root).await.location(), "/u/hornet", "one hop, not two");
    }
}
