//! What readers are told when something cannot be shown, and what they can do about it.

use hearth::base::actor::Role;
use hearth::infra::db::{Conn, DbError, DbOptions};

use crate::app_on_both;
use crate::support::app::{App, Caller, off};
use crate::support::databases::TestDb;

app_on_both! {
    async fn an_error_says_what_can_be_done(app) {
        app.category("general", None, &[]);
        let ada = app.member("ada", Role::Member);
        let body = serde_json::json!({ "category": "general", "title": "A pump", "body": "It hums." });
        let id = app.api("POST", "/threads", &ada, Some(body)).await.json()["id"].to_string();
        app.post(&format!("/thread/{id}/delete"), &ada, &[("sure", "yes")]).await;
        let zh = Caller::visitor().with_cookies(vec![("locale".into(), "zh-TW".into())]);
        let nobody = Caller::visitor();
        let wanted = [
            ("/no-such-page", 404, &nobody, "It may have moved."),
            ("/no-such-page", 404, &zh, "它可能已移到別處。"),
            (&*format!("/t/{id}"), 410, &nobody, "There may be something similar elsewhere."),
            ("/admin", 403, &ada, "ask the people who run this site"),
            ("/password?token=none", 410, &nobody, "Ask an administrator for a new link"),
            ("/login", 200, &nobody, "Forgot your password?"),
        ];
        for (path, status, caller, words) in wanted {
            let page = app.get(path, caller).await;
            assert_eq!(page.status.as_u16(), status, "{path}");
            assert!(page.body.contains(words), "{path}: {}", page.body);
            assert_eq!(page.header("x-robots-tag"), Some("noindex"), "{path}");
        }
    }
}

app_on_both! {
    async fn another_host_is_told_where_the_site_is(app) {
        let page = app.ask("GET", "/latest", &Caller::visitor(), &[("host", "evil.example")]).await;
        assert_eq!(page.status.as_u16(), 421);
        assert_eq!(page.texts("a"), ["http://forum.test"]);
        assert_eq!(page.texts("p[lang]").len(), 3, "in all languages");
        assert!(!page.body.contains("<script"), "no script of ours runs there");
        let style = page.body.split('"').find(|part| part.starts_with("/assets/css/")).unwrap();
        let style = app.ask("GET", style, &Caller::visitor(), &[("host", "evil.example")]).await;
        assert_eq!(style.status.as_u16(), 200, "it looks like a page of ours");
    }
}

app_on_both! {
    async fn a_page_without_its_frame_still_says_something(app) {
        let ada = app.member("ada", Role::Member);
        app.sql("ALTER TABLE sessions RENAME TO lost");
        let page = app.get("/latest", &ada).await;
        assert_eq!(page.status.as_u16(), 500);
        assert_eq!(page.texts("h1"), ["500"]);
        assert_eq!(page.texts("p")[0], "Something went wrong on our side.");
        assert_eq!(page.header("content-type"), Some("text/html; charset=utf-8"));
        app.sql("ALTER TABLE lost RENAME TO sessions");
        assert_eq!(app.get("/latest", &ada).await.status.as_u16(), 200);
    }
}

/// The only writer, held, and its queue, full.
struct Jammed {
    go: std::sync::mpsc::Sender<()>,
    writes: [actix_web::rt::task::JoinHandle<Result<(), DbError>>; 2],
}

impl Jammed {
    async fn jam(app: &App) -> Self {
        let (go, wait) = std::sync::mpsc::channel::<()>();
        let (entered, is_in) = std::sync::mpsc::channel::<()>();
        let wait = std::sync::Mutex::new(wait);
        let hold = move |_: &mut Conn| {
            entered.send(()).ok();
            wait.lock().unwrap().recv().ok();
            Ok::<_, DbError>(())
        };
        let (first, second) = (app.node.house.db.clone(), app.node.house.db.clone());
        let first = actix_web::rt::spawn(async move { first.write(hold).await });
        tokio::task::yield_now().await;
        off(move || is_in.recv()).unwrap();
        let second = actix_web::rt::spawn(async move { second.write(|_| Ok::<_, DbError>(())).await });
        tokio::task::yield_now().await;
        Self { go, writes: [first, second] }
    }

    async fn clear(self) {
        self.go.send(()).unwrap();
        for write in self.writes {
            write.await.unwrap().unwrap();
        }
    }
}

// Only SQLite has the queue.
#[actix_web::test]
async fn a_server_that_is_busy_says_so_and_gives_back_what_was_typed() {
    let app = App::on(TestDb::with(|url| DbOptions { readers: 4, queue: 1, ..DbOptions::new(url) }), |_| {});
    app.category("general", None, &[]);
    let ada = app.member("ada", Role::Member).with_cookies(vec![("locale".into(), "zh-TW".into())]);
    let thread = [
        ("category", "general"),
        ("kind", "question"),
        ("title", "為何嗡嗡響？"),
        ("tags", "馬達"),
        ("body", "從昨天開始。"),
    ];
    let url = app.post("/compose", &ada, &thread).await.location().to_owned();
    let id = url.split('/').nth(2).unwrap().to_owned();
    let (words, wait) = ("伺服器忙碌中，內容尚未儲存，請稍候再試。", "請稍候");

    let jammed = Jammed::jam(&app).await;
    let nonce = "aaaaaaaaaaaaaaaaaaaaaaaaaa";
    let fields: Vec<_> = thread.into_iter().chain([("nonce", nonce)]).collect();
    let opening = app.post("/compose", &ada, &fields).await;
    assert_eq!((opening.status.as_u16(), opening.texts("[role=alert]")), (503, vec![words.to_owned()]));
    assert_eq!(opening.header("cache-control"), Some("private, no-store"));
    for name in ["title", "tags", "body"] {
        let typed = thread.iter().find(|(n, _)| *n == name).unwrap().1;
        assert_eq!(opening.field(name), typed);
    }
    assert_eq!(opening.texts("#category option[selected]"), ["general"]);
    let reply = app.post(&format!("/thread/{id}/reply"), &ada, &[("body", "Es sind die Lager.")]).await;
    assert_eq!((reply.status.as_u16(), reply.field("body")), (503, "Es sind die Lager.".into()));
    assert_eq!(reply.texts(".reply [role=alert]"), [words]);
    // What has no form of its own is a page of its own.
    let follow = app.post(&format!("/thread/{id}/unfollow"), &ada, &[]).await;
    assert_eq!((follow.status.as_u16(), follow.texts("h1")), (503, vec![words.to_owned()]));
    assert_eq!((follow.header("retry-after"), follow.texts("html[lang=zh-Hant]").len()), (Some("2"), 1));
    assert!(follow.texts("main p").iter().any(|p| p.contains(wait)), "{}", follow.body);
    // Reading goes on.
    assert_eq!(app.get(&url, &ada).await.status.as_u16(), 200);

    jammed.clear().await;
    let again = app.post("/compose", &ada, &fields).await;
    assert_eq!(again.status.as_u16(), 303, "{}", again.body);
}
