//! Pages from memory: they are what would be drawn, for everybody who may see them and nobody else.

use std::cell::Cell;
use std::future::{Future, poll_fn};
use std::io::Read;
use std::pin::Pin;
use std::rc::Rc;
use std::task::Poll;

use actix_web::dev::Service;
use actix_web::http::header::HOST;
use actix_web::middleware::from_fn;
use actix_web::test::{self, TestRequest};
use actix_web::{App as Site, HttpResponse, web};

use hearth::base::actor::Role;
use hearth::base::time::SECOND;
use hearth::web::cache::{Keep, serve};

use crate::app_on_both;
use crate::support::app::{Answer, App, Caller};

/// Opens a thread; its address and id.
async fn opened(app: &App, by: &Caller, category: &str, title: &str) -> (String, String) {
    let fields =
        [("category", category), ("kind", "discussion"), ("title", title), ("tags", ""), ("body", "First.")];
    let answer = app.post("/compose", by, &fields).await;
    let url = answer.location().to_owned();
    let id = url.split('/').nth(2).unwrap().to_owned();
    (url, id)
}

/// The page as the cache has it: the log has just been read.
async fn settled(app: &App, path: &str, caller: &Caller) -> Answer {
    app.settle();
    app.get(path, caller).await
}

app_on_both! {
    async fn a_page_comes_from_memory_until_something_happens(app) {
        app.category("general", None, &[]);
        let ada = app.member("ada", Role::Member);
        let visitor = Caller::visitor();
        let (url, id) = opened(app, &ada, "general", "Before").await;
        for path in ["/", "/new", "/c/general", &url, "/archive"] {
            settled(app, path, &visitor).await;
        }
        // Nobody told the house, so what is in memory is still served.
        app.sql(&format!("UPDATE threads SET title = 'Behind the back' WHERE id = {id}"));
        for path in ["/", "/new", "/c/general", &url] {
            assert!(settled(app, path, &visitor).await.body.contains("Before"), "{path}");
            assert!(app.get(path, &ada).await.body.contains("Behind the back"), "{path} is drawn for members");
        }
        // The house's own commit is seen at once, before any reader has read the log.
        assert_eq!(app.post(&format!("/thread/{id}/reply"), &ada, &[("body", "More.")]).await.status, 303);
        for path in ["/", "/new", "/c/general", &url] {
            assert!(app.get(path, &visitor).await.body.contains("Behind the back"), "{path}");
            assert!(settled(app, path, &visitor).await.body.contains("Behind the back"), "{path}");
        }
    }
}

app_on_both! {
    async fn what_happens_elsewhere_moves_only_what_depends_on_it(app) {
        app.category("general", None, &[]);
        app.category("other", None, &[]);
        let ada = app.member("ada", Role::Member);
        let visitor = Caller::visitor();
        let (mine, id) = opened(app, &ada, "general", "Mine").await;
        let (_, theirs) = opened(app, &ada, "other", "Theirs").await;
        for path in ["/c/general", &mine] {
            settled(app, path, &visitor).await;
        }
        app.sql(&format!("UPDATE threads SET title = 'Changed' WHERE id = {id}"));
        app.post(&format!("/thread/{theirs}/reply"), &ada, &[("body", "More.")]).await;
        for path in ["/c/general", &mine] {
            assert!(settled(app, path, &visitor).await.body.contains("Mine"), "{path} did not move");
        }
        // A new name is shown wherever the member is.
        app.post("/settings/profile", &ada, &[("display_name", "Ada L."), ("bio", "")]).await;
        for path in ["/c/general", &mine] {
            assert!(settled(app, path, &visitor).await.body.contains("Ada L."), "{path}");
        }
    }
}

app_on_both! {
    async fn what_is_closed_to_visitors_leaves_their_pages_at_once(app) {
        app.category("general", None, &[]);
        let ada = app.member("ada", Role::Member);
        let admin = app.member("root1", Role::Administrator);
        let visitor = Caller::visitor();
        let (url, id) = opened(app, &ada, "general", "Canary").await;
        for path in ["/", &url] {
            assert!(settled(app, path, &visitor).await.body.contains("Canary"));
        }
        app.post(&format!("/thread/{id}/delete"), &admin, &[("sure", "yes")]).await;
        assert_eq!(app.get(&url, &visitor).await.status, 410);
        assert!(!app.get("/", &visitor).await.body.contains("Canary"));
        assert_eq!(settled(app, &url, &visitor).await.status, 410);
        app.post(&format!("/thread/{id}/restore"), &admin, &[]).await;
        assert_eq!(settled(app, &url, &visitor).await.status, 200);

        // A member's page is never kept for others, nor theirs for a member.
        let own = settled(app, &url, &ada).await;
        assert_eq!(own.header("cache-control"), Some("private, no-store"));
        assert!(own.header("etag").is_none());
        let theirs = settled(app, &url, &visitor).await;
        assert!(!theirs.body.contains("csrf") && !theirs.body.contains("@ada</small>"));
        assert_eq!(theirs.header("cache-control"), Some("public, max-age=0, must-revalidate"));
        let chinese = Caller::visitor().with_cookies(vec![("locale".into(), "zh-CN".into())]);
        let other = settled(app, &url, &chinese).await;
        assert!(other.body.contains("<html lang=\"zh") && other.header("last-modified").is_none());
        assert_eq!(other.header("cache-control"), Some("private, no-cache"));
    }
}

app_on_both! {
    async fn readers_who_have_a_page_are_told_so(app) {
        app.category("general", None, &[]);
        let ada = app.member("ada", Role::Member);
        let visitor = Caller::visitor();
        let (url, id) = opened(app, &ada, "general", "Known").await;
        app.pass(5 * SECOND);
        for round in ["drawn", "from memory"] {
            let page = settled(app, &url, &visitor).await;
            let (tag, date) = (page.header("etag").unwrap(), page.header("last-modified").unwrap());
            let again = app.ask("GET", &url, &visitor, &[("if-none-match", tag)]).await;
            assert_eq!((again.status.as_u16(), again.bytes.len()), (304, 0), "{round}");
            assert_eq!(again.header("etag"), Some(tag));
            let again = app.ask("GET", &url, &visitor, &[("if-modified-since", date)]).await;
            assert_eq!(again.status, 304, "{round}");
            let both = [("if-none-match", "\"other\""), ("if-modified-since", date)];
            assert_eq!(app.ask("GET", &url, &visitor, &both).await.status, 200, "the tag decides alone");
            assert_eq!(app.ask("HEAD", &url, &visitor, &[]).await.status, 200);
        }
        let before = settled(app, &url, &visitor).await;
        app.post(&format!("/thread/{id}/reply"), &ada, &[("body", "More.")]).await;
        let after = settled(app, &url, &visitor).await;
        assert_ne!(before.header("etag"), after.header("etag"));
        let stale = app.ask("GET", &url, &visitor, &[("if-none-match", before.header("etag").unwrap())]).await;
        assert_eq!(stale.status, 200);
    }
}

app_on_both! {
    async fn pages_are_sent_in_the_encoding_that_is_asked_for(app) {
        app.category("general", None, &[]);
        let ada = app.member("ada", Role::Member);
        let visitor = Caller::visitor();
        let (url, _) = opened(app, &ada, "general", "Packed").await;
        for caller in [&visitor, &ada] {
            for _ in 0..2 {
                let plain = settled(app, &url, caller).await;
                assert!(plain.header("content-encoding").is_none());
                let gz = app.ask("GET", &url, caller, &[("accept-encoding", "gzip")]).await;
                let br = app.ask("GET", &url, caller, &[("accept-encoding", "gzip, br")]).await;
                assert_eq!((gz.header("content-encoding"), br.header("content-encoding")), (Some("gzip"), Some("br")));
                let (mut from_gz, mut from_br) = (String::new(), String::new());
                flate2::read::GzDecoder::new(&gz.bytes[..]).read_to_string(&mut from_gz).unwrap();
                brotli::Decompressor::new(&br.bytes[..], 4096).read_to_string(&mut from_br).unwrap();
                if caller.handle.is_empty() {
                    assert_eq!((&from_gz, &from_br), (&plain.body, &plain.body));
                    assert_ne!(gz.header("etag"), br.header("etag"));
                }
                assert!(from_gz.contains("Packed") && from_br.contains("Packed"));
                assert!(plain.header("vary").unwrap().contains("Accept-Encoding"));
            }
        }
    }
}

app_on_both! {
    async fn a_view_from_memory_is_a_view(app) {
        app.category("general", None, &[]);
        let ada = app.member("ada", Role::Member);
        let (url, id) = opened(app, &ada, "general", "Seen").await;
        let browser = |n: u8| format!("Mozilla/5.0 (X11; Linux x86_64) Firefox/{n}.0");
        settled(app, &url, &Caller::visitor()).await;
        for n in 1..=3 {
            app.settle();
            app.ask("GET", &url, &Caller::visitor(), &[("user-agent", &browser(n))]).await;
        }
        app.ask("HEAD", &url, &Caller::visitor(), &[("user-agent", &browser(9))]).await;
        let flushed = crate::support::app::off(|| app.node.views.flush(&app.node.house.db)).unwrap();
        assert_eq!(flushed, 1, "one thread");
        let thread = app.api("GET", &format!("/threads/{id}"), &ada, None).await.json();
        assert_eq!(thread["views"], 3);
    }
}

app_on_both! {
    async fn a_new_level_is_shown_beside_posts(app) {
        app.category("general", None, &[]);
        let (ada, admin) = (app.member("ada", Role::Member), app.member("root1", Role::Administrator));
        let visitor = Caller::visitor();
        let (url, _) = opened(app, &ada, "general", "Levelled").await;
        let before = settled(app, &url, &visitor).await;
        let grant = serde_json::json!({ "member": "ada", "delta": 100_000, "reason": "a test" });
        assert_eq!(app.api("POST", "/admin/points", &admin, Some(grant)).await.status, 201);
        let after = settled(app, &url, &visitor).await;
        assert_ne!(before.header("etag"), after.header("etag"), "the page shows another level");
    }
}

/// A request under way.
type Asked<'a> = Pin<Box<dyn Future<Output = u16> + 'a>>;

/// Asks `n` times at once for a page that answers `status` and takes a while to draw; gives the statuses and how
/// often it was drawn. `give_up` readers go away after the drawing has begun, the first ones.
async fn at_once(app: &App, n: usize, status: u16, give_up: usize) -> (Vec<u16>, usize) {
    let draws = Rc::new(Cell::new(0));
    let drawn = draws.clone();
    let slow = move || {
        let drawn = drawn.clone();
        async move {
            drawn.set(drawn.get() + 1);
            for _ in 0..5 {
                tokio::task::yield_now().await;
            }
            let mut response = HttpResponse::build(status.try_into().unwrap()).body("a page");
            response.extensions_mut().insert(Keep::list());
            response
        }
    };
    app.settle();
    let site = Site::new()
        .app_data(app.node.web.clone())
        .app_data(app.node.pages.clone())
        .wrap(from_fn(serve::serve))
        .route("/slow", web::get().to(slow));
    let service = test::init_service(site).await;
    let mut waiting: Vec<Option<Asked<'_>>> = Vec::new();
    for _ in 0..n {
        let request = TestRequest::get().uri("/slow").insert_header((HOST, "forum.test")).to_request();
        let asked = service.call(request);
        waiting.push(Some(Box::pin(async move { asked.await.unwrap().status().as_u16() })));
    }
    let (mut rounds, mut statuses) = (0, Vec::new());
    poll_fn(|cx| {
        if rounds == 2 {
            waiting.iter_mut().take(give_up).for_each(|w| *w = None);
        }
        rounds += 1;
        for place in &mut waiting {
            if let Some(Poll::Ready(status)) = place.as_mut().map(|w| w.as_mut().poll(cx)) {
                statuses.push(status);
                *place = None;
            }
        }
        if waiting.iter().all(Option::is_none) {
            return Poll::Ready(());
        }
        cx.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
    (statuses, draws.get())
}

app_on_both! {
    async fn a_page_that_many_ask_for_is_drawn_once(app) {
        assert_eq!(at_once(app, 8, 200, 0).await, (vec![200; 8], 1));
    }
}

app_on_both! {
    async fn a_page_that_cannot_be_kept_is_drawn_for_each(app) {
        assert_eq!(at_once(app, 8, 500, 0).await, (vec![500; 8], 8), "nobody waits for ever");
        assert!(app.node.pages.flights.is_empty());
    }
}

app_on_both! {
    async fn who_goes_away_while_drawing_leaves_it_to_the_next(app) {
        assert_eq!(at_once(app, 8, 200, 3).await, (vec![200; 5], 2));
        assert!(app.node.pages.flights.is_empty());
    }
}

app_on_both! {
    async fn a_node_that_has_not_looked_for_a_second_draws(app) {
        app.category("general", None, &[]);
        let ada = app.member("ada", Role::Member);
        let visitor = Caller::visitor();
        let (url, id) = opened(app, &ada, "general", "Before").await;
        settled(app, &url, &visitor).await;
        app.sql(&format!("UPDATE threads SET title = 'After' WHERE id = {id}"));
        app.pass(SECOND - 1);
        assert!(app.get(&url, &visitor).await.body.contains("Before"), "from memory");
        app.pass(1);
        assert!(app.get(&url, &visitor).await.body.contains("After"), "blind");
    }
}
