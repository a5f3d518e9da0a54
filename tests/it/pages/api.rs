//! The JSON API.

use hearth::base::actor::Role;
use serde_json::json;

use crate::app_on_both;
use crate::support::app::{App, Caller};

async fn thread(app: &App, by: &Caller, title: &str) -> serde_json::Value {
    let body = json!({ "category": "general", "title": title, "body": "Some **text**.", "tags": ["a"] });
    let answer = app.api("POST", "/threads", by, Some(body)).await;
    assert_eq!(answer.status, 201, "{}", answer.body);
    answer.json()
}

app_on_both! {
    async fn a_program_signs_up_writes_and_reads(app) {
        app.category("general", None, &[]);
        let body = json!({ "username": "bot1", "email": "b@mail.test", "password": "correct horse battery" });
        let entered = app.api("POST", "/auth/signup", &Caller::visitor(), Some(body)).await;
        assert_eq!(entered.status, 201, "{}", entered.body);
        let me = Caller::visitor().with_token(entered.json()["token"].as_str().unwrap());
        assert_eq!(app.api("GET", "/me", &me, None).await.json()["username"], "bot1");
        let opened = thread(app, &me, "From a program").await;
        let id = opened["id"].as_i64().unwrap();
        let reply = app.api("POST", &format!("/threads/{id}/posts"), &me, Some(json!({ "body": "more" }))).await;
        assert_eq!((reply.status.as_u16(), reply.json()["number"].as_i64()), (201, Some(2)));
        let posts = app.api("GET", &format!("/threads/{id}/posts?limit=1"), &Caller::visitor(), None).await.json();
        assert_eq!((posts["total"].as_i64(), posts["items"][0]["html"].as_str()), (Some(2), Some("<p>Some <strong>text</strong>.</p>\n")));
        let cursor = posts["next_cursor"].as_str().unwrap();
        let rest = app.api("GET", &format!("/threads/{id}/posts?limit=1&cursor={cursor}"), &Caller::visitor(), None).await.json();
        assert_eq!((rest["items"][0]["number"].as_i64(), rest["next_cursor"].is_null()), (Some(2), true));
        app.settle();
        let found = app.api("GET", "/search?q=program", &Caller::visitor(), None).await.json();
        assert_eq!((found["total"].as_i64(), found["items"][0]["thread_id"].as_i64()), (Some(1), Some(id)));
        assert_eq!(app.api("POST", "/auth/logout", &me, None).await.status, 204);
        assert_eq!(app.api("GET", "/me", &me, None).await.status, 401);
        let again = json!({ "login": "bot1", "password": "correct horse battery" });
        assert_eq!(app.api("POST", "/auth/login", &Caller::visitor(), Some(again)).await.status, 200);
    }
}

app_on_both! {
    async fn a_repeated_key_takes_effect_once(app) {
        app.category("general", None, &[]);
        let ada = app.member("ada", Role::Member);
        let body = json!({ "category": "general", "title": "Once", "body": "x" });
        let key = [("idempotency-key", "k1")];
        let first = app.api_with("POST", "/threads", &ada, Some(body.clone()), &key).await;
        let second = app.api_with("POST", "/threads", &ada, Some(body), &key).await;
        assert_eq!((first.status.as_u16(), second.status.as_u16()), (201, 201));
        assert_eq!(first.json(), second.json());
        let other = json!({ "category": "general", "title": "Another", "body": "x" });
        assert_eq!(app.api_with("POST", "/threads", &ada, Some(other), &key).await.status, 422);
        assert_eq!(app.api("GET", "/threads", &ada, None).await.json()["items"].as_array().unwrap().len(), 1);
    }
}

app_on_both! {
    async fn lists_go_on_where_they_ended(app) {
        app.category("general", None, &[]);
        let ada = app.member("ada", Role::Member);
        for n in 0..5 {
            thread(app, &ada, &format!("T{n}")).await;
            app.pass(60_000_000);
        }
        app.settle();
        for sort in ["hot", "latest", "new", "unanswered", "top&period=all"] {
            let (mut seen, mut cursor) = (Vec::new(), String::new());
            loop {
                let page = app.api("GET", &format!("/threads?limit=2&sort={sort}{cursor}"), &ada, None).await.json();
                seen.extend(page["items"].as_array().unwrap().iter().map(|t| t["id"].as_i64().unwrap()));
                match page["next_cursor"].as_str() {
                    Some(next) => cursor = format!("&cursor={next}"),
                    None => break,
                }
            }
            let mut unique = seen.clone();
            unique.sort_unstable();
            unique.dedup();
            assert_eq!((seen.len(), unique.len()), (5, 5), "{sort}");
        }
    }
}

app_on_both! {
    async fn errors_speak_one_language(app) {
        app.category("general", None, &[]);
        let ada = app.member("ada", Role::Member);
        let code = |a: &crate::support::app::Answer| a.json()["error"]["code"].as_str().unwrap().to_owned();
        let empty = app.api("POST", "/threads", &ada, Some(json!({ "category": "general", "title": "", "body": "x" }))).await;
        assert_eq!((empty.status.as_u16(), code(&empty).as_str()), (422, "title_missing"));
        assert!(empty.json()["error"]["fields"]["title"].is_string());
        let unknown = app.api("POST", "/threads", &ada, Some(json!({ "category": "general", "title": "T", "body": "x", "role": 5 }))).await;
        assert_eq!((unknown.status.as_u16(), code(&unknown).as_str()), (400, "malformed_json"));
        let absent = app.api("GET", "/threads/999", &ada, None).await;
        assert_eq!((absent.status.as_u16(), code(&absent).as_str()), (404, "not_found"));
        let nobody = app.api("GET", "/me", &Caller::visitor().with_token("nonsense"), None).await;
        assert_eq!((nobody.status.as_u16(), code(&nobody).as_str()), (401, "unauthenticated"));
        assert_eq!(app.api("GET", "/threads?limit=101", &ada, None).await.status, 400);
        assert_eq!(app.api("GET", "/threads?cursor=%21", &ada, None).await.status, 400);
        assert_eq!(app.api("GET", "/nowhere", &ada, None).await.status, 404);
        let private = app.api("GET", "/members/ada", &Caller::visitor(), None).await;
        assert_eq!(private.status, 404, "a profile is for members");
        let card = app.api("GET", "/members/ada", &ada, None).await;
        assert!(card.status == 200 && !card.body.contains("mail.test"), "never the e-mail");
    }
}

app_on_both! {
    async fn pins_features_and_likes(app) {
        app.category("general", None, &[]);
        let (ada, mo) = (app.member("ada", Role::Member), app.member("mo", Role::Moderator));
        let opened = thread(app, &ada, "Pin me").await;
        let (id, post) = (opened["id"].clone(), opened["first_post_id"].clone());
        thread(app, &mo, "Later").await;
        let pin = json!({ "scope": "site", "until": "2026-11-21T10:00:00Z" });
        assert_eq!(app.api("PUT", &format!("/threads/{id}/pin"), &ada, Some(pin.clone())).await.status, 403);
        assert_eq!(app.api("PUT", &format!("/threads/{id}/pin"), &mo, Some(pin)).await.status, 204);
        assert_eq!(app.get("/latest", &Caller::visitor()).await.texts(".row h2")[0], "Pin me");
        app.pass(2 * 86_400_000_000);
        assert_eq!(app.get("/latest", &Caller::visitor()).await.texts(".row .flag").len(), 0, "an expired pin is none");
        assert_eq!(app.api("PUT", &format!("/threads/{id}/feature"), &mo, None).await.status, 204);
        assert_eq!(app.get("/featured", &Caller::visitor()).await.texts(".row h2"), ["Pin me"]);
        for _ in 0..2 {
            let like = app.api("PUT", &format!("/posts/{post}/reaction"), &mo, Some(json!({ "kind": "like" }))).await;
            assert_eq!(like.json()["count"], 1);
        }
        assert_eq!(app.api("DELETE", &format!("/posts/{post}/reaction"), &mo, None).await.json()["count"], 0);
        let angry = app.api("PUT", &format!("/posts/{post}/reaction"), &mo, Some(json!({ "kind": "angry" }))).await;
        assert_eq!(angry.status, 422);
    }
}

app_on_both! {
    async fn a_category_asked_for_twice_is_made_once(app) {
        let root = app.member("rootie", Role::Administrator);
        let make = |name: &str| {
            let body = serde_json::json!({ "slug": "help", "name": name });
            app.api_with("POST", "/admin/categories", &root, Some(body), &[("idempotency-key", "k1")])
        };
        let first = make("Help").await;
        let again = make("Help").await;
        assert_eq!((first.status.as_u16(), again.status.as_u16()), (201, 201), "{}", again.body);
        assert_eq!((again.header("idempotent-replay"), again.json()), (Some("true"), first.json()));
        assert_eq!(make("Other").await.status, 422);
    }
}

app_on_both! {
    async fn a_wrong_field_or_parameter_is_named(app) {
        app.category("general", None, &[]);
        let root = app.member("rootie", Role::Administrator);
        let made = thread(app, &root, "One").await;
        let id = &made["id"];
        for (method, path, body, field) in [
            ("POST", "/threads".to_owned(), json!({}), "category"),
            ("POST", "/threads".into(), json!({ "category": "general", "title": 5, "body": "x" }), "title"),
            ("POST", "/threads".into(), json!({ "category": "general", "title": "T", "body": "x", "tags": ["a", 1] }), "tags[1]"),
            ("POST", format!("/threads/{id}/posts"), json!({}), "body"),
            ("POST", format!("/threads/{id}/posts"), json!({ "body": "x", "reply_to": "first" }), "reply_to"),
            ("POST", format!("/threads/{id}/posts"), json!({ "body": "x", "reply_to": 99 }), "reply_to"),
            ("PUT", format!("/threads/{id}/accepted"), json!({}), "post_id"),
            ("POST", "/admin/categories".into(), json!({ "slug": "x", "name": "X", "visibility": "secret" }), "visibility"),
            ("POST", "/auth/login".into(), json!({}), "login"),
        ] {
            let answer = app.api(method, &path, &root, Some(body)).await;
            assert_eq!(answer.status, 422, "{path}: {}", answer.body);
            assert!(answer.json()["error"]["fields"][field].is_string(), "{path}: {}", answer.body);
            assert!(!answer.body.contains("struct") && !answer.body.contains("sequence"), "{path}: {}", answer.body);
        }
        for odd in [json!(["general", "T", "x"]), json!(7), json!("x"), json!(null)] {
            let answer = app.api("POST", "/threads", &root, Some(odd.clone())).await;
            assert_eq!((answer.status.as_u16(), answer.body.contains("expected an object")), (400, true), "{odd}: {}", answer.body);
        }
        let nested = json!({ "category": { "slug": "general" }, "title": "T", "body": "x" });
        let answer = app.api("POST", "/threads", &root, Some(nested)).await;
        assert!(answer.status == 422 && answer.body.contains("invalid type: object, expected a string"), "{}", answer.body);
        for (path, name) in [
            ("/threads?limit=many", "limit"), ("/threads?limit=0", "limit"), ("/threads?cursor=%21", "cursor"), ("/threads?sort=best", "sort"),
            ("/threads?sort=top&period=eon", "period"), ("/search?q=x&limit=1000", "limit"), ("/search?q=x&cursor=zz", "cursor"),
            ("/search?q=x&sort=best", "sort"),
        ] {
            let answer = app.api("GET", path, &root, None).await;
            assert_eq!(answer.status, 400, "{path}: {}", answer.body);
            assert!(answer.json()["error"]["fields"][name].is_string(), "{path}: {}", answer.body);
        }
        let broken = app.ask("POST", "/api/v1/auth/login", &Caller::visitor(), &[]).await;
        assert_eq!(broken.status, 400, "no JSON at all");
        let nobody = app.api("POST", "/threads", &Caller::visitor(), Some(json!({}))).await;
        assert_eq!(nobody.status, 401, "who may not ask at all hears that first");
        let good = app.api("POST", &format!("/threads/{id}/posts"), &root, Some(json!({ "body": "x", "reply_to": 1 }))).await;
        assert_eq!(good.status, 201);
    }
}

app_on_both! {
    async fn an_edit_of_an_older_version_is_refused(app) {
        app.category("general", None, &[]);
        let ada = app.member("ada", Role::Member);
        let post = thread(app, &ada, "One").await["first_post_id"].to_string();
        let api = format!("/posts/{post}");
        let put = |text: &str, revision: i32| {
            app.api("PUT", &api, &ada, Some(json!({ "body": text, "revision": revision })))
        };
        assert_eq!(put("Second", 0).await.json()["revisions"], 1);
        let late = put("Also second", 0).await;
        assert_eq!((late.status.as_u16(), late.json()["error"]["code"].clone()), (409, "edited_meanwhile".into()));
        assert_eq!(put("Third", 1).await.status, 200);
        let path = format!("/post/{post}/edit");
        let (one, two) = (app.get(&path, &ada).await, app.get(&path, &ada).await);
        let save = |form: &crate::support::app::Answer, text: &'static str| {
            let (revision, path, ada) = (form.field("revision"), path.clone(), ada.clone());
            async move { app.post(&path, &ada, &[("title", "One"), ("body", text), ("revision", &revision)]).await }
        };
        assert_eq!(save(&one, "From the first tab").await.status, 303);
        let refused = save(&two, "From the second tab").await;
        assert_eq!((refused.status.as_u16(), refused.field("body")), (409, "From the second tab".into()));
        assert_eq!(refused.texts(".version pre"), ["From the first tab"]);
        assert_eq!(save(&refused, "Both").await.status, 303);
    }
}

#[actix_web::test]
async fn a_retry_costs_nothing() {
    let app = App::on(crate::support::databases::TestDb::sqlite(), |web| web.rate_limits = true);
    app.category("general", None, &[]);
    let ada = app.member("ada", Role::Member);
    for n in 0..12 {
        let body = json!({ "category": "general", "title": "One", "body": "Text." });
        let answer = app.api_with("POST", "/threads", &ada, Some(body), &[("idempotency-key", "k")]).await;
        assert_eq!(answer.status, 201, "attempt {n}");
    }
    for n in 0..5 {
        let body = json!({ "category": "general", "title": "More", "body": "Text." });
        assert_eq!(app.api("POST", "/threads", &ada, Some(body)).await.status, if n < 4 { 201 } else { 429 });
    }
}
