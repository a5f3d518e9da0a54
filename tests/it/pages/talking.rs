//! Opening, replying, editing, liking, moderating: through the forms.

use hearth::base::actor::Role;
use serde_json::json;

use crate::app_on_both;
use crate::support::app::{App, Caller};

async fn opened(app: &App, by: &Caller, title: &str) -> String {
    let fields = [
        ("category", "general"),
        ("kind", "question"),
        ("title", title),
        ("tags", "sensors, 传感器"),
        ("body", "How?"),
    ];
    let answer = app.post("/compose", by, &fields).await;
    assert_eq!(answer.status, 303, "{}", answer.body);
    answer.location().to_owned()
}

fn id_of(url: &str) -> &str {
    url.split('/').nth(2).unwrap()
}

app_on_both! {
    async fn a_thread_is_opened_answered_liked_and_accepted(app) {
        app.category("general", None, &[]);
        let (ada, bo) = (app.member("ada", Role::Member), app.member("bo", Role::Member));
        let url = opened(app, &ada, "Which probe for <hot> oil?").await;
        let id = id_of(&url).to_owned();
        let replied = app.post(&format!("/thread/{id}/reply"), &bo, &[("body", "A **PT100**, @ada.")]).await;
        assert_eq!(replied.status, 303);
        assert!(replied.location().starts_with(&url), "{}", replied.location());
        let page = app.get(&url, &Caller::visitor()).await;
        assert_eq!(page.status, 200);
        assert_eq!(page.texts("h1"), ["Which probe for <hot> oil?"], "escaped, not markup");
        assert_eq!(page.texts("[data-ugc] strong"), ["PT100"]);
        assert_eq!(page.texts("[data-ugc] span.mention"), ["@ada"], "her profile is for members");
        assert_eq!(app.get(&url, &bo).await.texts("[data-ugc] a.mention"), ["@ada"]);
        assert!(page.body.contains("rel=\"canonical\" href=\"http://forum.test/t/"));
        let post = replied.location().split("#p").nth(1).unwrap().to_owned();
        assert_eq!(app.post(&format!("/post/{post}/like"), &ada, &[]).await.status, 303);
        assert_eq!(app.post(&format!("/post/{post}/like"), &bo, &[]).await.status, 403, "one's own post");
        assert_eq!(app.post(&format!("/post/{post}/accept"), &bo, &[]).await.status, 403, "not the asker");
        assert_eq!(app.post(&format!("/post/{post}/accept"), &ada, &[]).await.status, 303);
        let page = app.get(&url, &ada).await;
        assert_eq!(page.texts(".post.accepted").len(), 1);
        assert!(app.get("/unanswered", &ada).await.texts(".row").is_empty());
        let permalink = app.get(&format!("/p/{post}"), &Caller::visitor()).await;
        assert_eq!(permalink.status, 302);
        assert_eq!(permalink.location(), replied.location());
    }
}

app_on_both! {
    async fn what_is_refused_comes_back_with_nothing_lost(app) {
        app.category("general", None, &[]);
        let ada = app.member("ada", Role::Member);
        let fields = [("category", "general"), ("kind", "discussion"), ("title", " "), ("tags", "a, b"), ("body", "my <long> text")];
        let answer = app.post("/compose", &ada, &fields).await;
        assert_eq!(answer.status, 422);
        assert_eq!(answer.field("body"), "my <long> text");
        assert_eq!(answer.field("tags"), "a, b");
        assert_eq!(answer.texts("[role=alert]").len(), 1);
        // Everything that is wrong at once, each beside its field.
        let all = app.post("/compose", &ada, &[("category", "nope"), ("kind", "discussion"), ("title", ""), ("tags", "a,b,c,d,e,f"), ("body", " ")]).await;
        assert_eq!(all.status, 422);
        for field in ["title", "category", "tags", "body"] {
            assert_eq!(all.texts(&format!("#{field}-error")).len(), 1, "{field}: {}", all.body);
            assert!(all.texts(&format!("[name={field}][aria-invalid=true][aria-describedby={field}-error]")).len() == 1, "{field}");
        }
        let too_many = [("category", "general"), ("kind", "discussion"), ("title", "T"), ("tags", "a,b,c,d,e,f"), ("body", "kept")];
        let answer = app.post("/compose", &ada, &too_many).await;
        assert_eq!((answer.status.as_u16(), answer.field("body").as_str(), answer.field("title").as_str()), (422, "kept", "T"));
        let nowhere = [("category", "nope"), ("kind", "discussion"), ("title", "T"), ("body", "kept")];
        assert_eq!(app.post("/compose", &ada, &nowhere).await.status, 422);
        let url = opened(app, &ada, "Closed soon").await;
        let id = id_of(&url).to_owned();
        let moderator = app.member("mo", Role::Moderator);
        assert_eq!(app.post(&format!("/thread/{id}/close"), &moderator, &[]).await.status, 303);
        let late = app.post(&format!("/thread/{id}/reply"), &ada, &[("body", "too late")]).await;
        assert_eq!(late.status, 409);
    }
}

app_on_both! {
    async fn a_double_click_posts_once(app) {
        app.category("general", None, &[]);
        let ada = app.member("ada", Role::Member);
        let url = opened(app, &ada, "Twice?").await;
        let id = id_of(&url).to_owned();
        let reply = [("body", "once"), ("nonce", "n1")];
        let path = format!("/thread/{id}/reply");
        let (first, second) = futures_join(app.post(&path, &ada, &reply), app.post(&path, &ada, &reply)).await;
        assert_eq!((first.status.as_u16(), second.status.as_u16()), (303, 303));
        assert_eq!(first.location(), second.location());
        assert_eq!(app.get(&url, &ada).await.texts(".post").len(), 2);
        app.pass(hearth::base::time::HOUR);
        let other = app.post(&path, &ada, &[("body", "once"), ("nonce", "n2")]).await;
        assert_ne!(other.location(), first.location(), "equal text alone is no double for ever");
    }
}

async fn futures_join<A, B>(a: impl Future<Output = A>, b: impl Future<Output = B>) -> (A, B) {
    let (mut a, mut b) = (std::pin::pin!(a), std::pin::pin!(b));
    let (mut left, mut right) = (None, None);
    std::future::poll_fn(move |cx| {
        if left.is_none()
            && let std::task::Poll::Ready(x) = a.as_mut().poll(cx)
        {
            left = Some(x);
        }
        if right.is_none()
            && let std::task::Poll::Ready(x) = b.as_mut().poll(cx)
        {
            right = Some(x);
        }
        match (left.take(), right.take()) {
            (Some(x), Some(y)) => std::task::Poll::Ready((x, y)),
            (x, y) => {
                (left, right) = (x, y);
                std::task::Poll::Pending
            }
        }
    })
    .await
}

app_on_both! {
    async fn an_edit_keeps_the_version_before(app) {
        app.category("general", None, &[]);
        let (ada, bo) = (app.member("ada", Role::Member), app.member("bo", Role::Member));
        let url = opened(app, &ada, "Old title").await;
        let page = app.get(&url, &ada).await;
        let post = page.body.split("id=\"p").nth(1).unwrap().split('"').next().unwrap().to_owned();
        let edited = app.post(&format!("/post/{post}/edit"), &ada, &[("title", "New title"), ("body", "Better")]).await;
        assert_eq!(edited.status, 303, "{}", edited.body);
        assert_eq!(app.post(&format!("/post/{post}/edit"), &bo, &[("body", "Mine")]).await.status, 403);
        let old = app.get(&url, &ada).await;
        assert_eq!(old.status, 301, "one hop to the new slug");
        assert_eq!(app.get(old.location(), &ada).await.texts("h1"), ["New title"]);
        let history = app.get(&format!("/post/{post}/history"), &ada).await;
        assert_eq!(history.texts(".version pre"), ["Better", "How?"]);
        assert_eq!(app.get(&format!("/post/{post}/history"), &bo).await.status, 403);
    }
}

app_on_both! {
    async fn hidden_equals_absent(app) {
        app.category("general", None, &[]);
        let (insider, outsider) = (app.member("ina", Role::Member), app.member("otto", Role::Member));
        app.category("secret", Some(&["ina"]), &[]);
        let fields = [("category", "secret"), ("kind", "discussion"), ("title", "Canary plan"), ("tags", "canarytag"), ("body", "canarybody")];
        let url = app.post("/compose", &insider, &fields).await.location().to_owned();
        app.settle();
        let id = id_of(&url).to_owned();
        assert_eq!(app.get(&url, &insider).await.status, 200);
        assert!(app.get("/search?q=canarybody", &insider).await.body.contains("Canary plan"));
        for caller in [&Caller::visitor(), &outsider] {
            let never = app.get("/t/999999/x", caller).await;
            let hidden = app.get(&url, caller).await;
            assert_eq!(hidden.status, 404);
            let plain = |a: &crate::support::app::Answer| a.body.replace(&url, "").replace("/t/999999/x", "")
                .replace(&hearth::web::urls::component(&url), "").replace("%2Ft%2F999999%2Fx", "");
            let strip = |text: String| text.lines().filter(|l| !["name=\"next\"", "name=\"csrf\"", "nonce"].iter().any(|x| l.contains(x))).collect::<Vec<_>>().join("\n");
            assert_eq!(strip(plain(&hidden)), strip(plain(&never)), "the same body");
            for path in ["/", "/latest", "/new", "/top", "/tags", "/categories", "/archive", "/search?q=canarybody", "/search?q=canary", "/u/ina"] {
                let page = app.get(path, caller).await;
                for canary in ["Canary plan", "canarytag", "/c/secret", "<mark>canarybody"] {
                    assert!(!page.body.contains(canary), "{path} shows {canary}");
                }
            }
            for path in ["/c/secret", "/tag/canarytag", &format!("/t/{id}"), "/c/secret/archive"] {
                assert_eq!(app.get(path, caller).await.status, 404, "{path}");
            }
            let found = app.api("GET", "/search?q=canarybody", caller, None).await.json();
            assert_eq!(found["total"], 0);
            assert_eq!(app.api("GET", &format!("/threads/{id}"), caller, None).await.status, 404);
        }
        let reply = app.post(&format!("/thread/{id}/reply"), &outsider, &[("body", "let me in")]).await;
        assert_eq!(reply.status, 404);
    }
}

app_on_both! {
    async fn removed_is_gone_and_comes_back(app) {
        app.category("general", None, &[]);
        let (ada, mo) = (app.member("ada", Role::Member), app.member("mo", Role::Moderator));
        let url = opened(app, &ada, "Short life").await;
        let id = id_of(&url).to_owned();
        assert_eq!(app.post(&format!("/thread/{id}/delete"), &mo, &[("sure", "yes")]).await.status, 303);
        app.settle();
        assert_eq!(app.get(&url, &Caller::visitor()).await.status, 410);
        assert_eq!(app.get(&url, &mo).await.status, 200);
        assert!(!app.get("/", &Caller::visitor()).await.body.contains("Short life"));
        assert!(!app.get("/search?q=short+life", &Caller::visitor()).await.body.contains("Short life"));
        assert_eq!(app.post(&format!("/thread/{id}/restore"), &mo, &[]).await.status, 303);
        app.settle();
        assert_eq!(app.get(&url, &Caller::visitor()).await.status, 200);
        assert!(app.get("/search?q=short+life", &Caller::visitor()).await.body.contains("life"));
    }
}

app_on_both! {
    async fn addresses_are_canonical_in_one_hop(app) {
        app.category("general", None, &[]);
        let ada = app.member("ada", Role::Member);
        let url = opened(app, &ada, "换链条 Step 1").await;
        let id = id_of(&url).to_owned();
        for wrong in [format!("/t/{id}"), format!("/t/{id}/wrong"), format!("{url}?page=1"), format!("{url}?page=01")] {
            let answer = app.get(&wrong, &ada).await;
            assert_eq!((answer.status.as_u16(), answer.location()), (301, url.as_str()), "{wrong}");
        }
        for absent in [format!("{url}?page=2"), format!("{url}?page=0"), format!("{url}?page=x"), "/t/12345/x".into(), "/latest?page=9".into(), "/c/none".into(), "/top?period=eon".into()] {
            assert_eq!(app.get(&absent, &ada).await.status, 404, "{absent}");
        }
        for nowhere in [format!("/t/{id}/wrong?page=2"), format!("/t/{id}/wrong?page=02")] {
            assert_eq!(app.get(&nowhere, &ada).await.status, 404, "no redirect to what is not there");
        }
        assert_eq!(app.get("/latest?page=1", &ada).await.location(), "/latest");
        assert_eq!(app.get("/c/General", &ada).await.location(), "/c/general");
    }
}

app_on_both! {
    async fn addresses_of_a_former_forum_lead_here_in_one_hop(app) {
        app.category("general", None, &[]);
        let ada = app.member("ada", Role::Member);
        app.category("secret", Some(&["ada"]), &[]);
        let url = opened(app, &ada, "Moved here").await;
        let id = id_of(&url).to_owned();
        let rows = format!(
            "INSERT INTO former_addresses (path, kind, local_id) VALUES ('/t/old-slug/77', 3, {id}), \
             ('/c/support/10', 1, (SELECT id FROM categories WHERE slug = 'general')), \
             ('/c/hidden/11', 1, (SELECT id FROM categories WHERE slug = 'secret'))"
        );
        let db = app.node.house.db.clone();
        crate::support::app::off(move || {
            db.write_now(move |c| {
                diesel::connection::SimpleConnection::batch_execute(c, &rows).map_err(hearth::infra::db::DbError::from)
            })
        })
        .unwrap();
        for (old, new) in [("/t/old-slug/77", url.as_str()), ("/t/old-slug/77/1", &url), ("/c/support/10", "/c/general")] {
            let answer = app.get(old, &Caller::visitor()).await;
            assert_eq!((answer.status.as_u16(), answer.location()), (301, new), "{old}");
        }
        assert_eq!(app.get("/c/hidden/11", &Caller::visitor()).await.status, 404, "where one may not go leads nowhere");
        assert_eq!(app.get("/c/hidden/11", &ada).await.status, 301);
        assert_eq!(app.get("/t/never/78", &Caller::visitor()).await.status, 404);
    }
}

app_on_both! {
    async fn beside_a_long_thread_stand_its_people_and_ways_to_its_ends(app) {
        app.category("general", None, &[]);
        let (ada, bo) = (app.member("ada", Role::Member), app.member("bo", Role::Member));
        let url = opened(app, &ada, "Who knows?").await;
        let reply = format!("/thread/{}/reply", id_of(&url));
        let alone = app.get(&url, &Caller::visitor()).await;
        assert!(alone.texts(".faces li").is_empty() && alone.texts("[data-at]").is_empty(), "{}", alone.body);
        for n in 2..=21 {
            let by = if n % 5 == 0 { &ada } else { &bo };
            assert_eq!(app.post(&reply, by, &[("body", &format!("Reply {n}"))]).await.status, 303);
        }
        let page = app.get(&url, &Caller::visitor()).await;
        assert_eq!(page.texts(".faces .hidden"), ["bo", "ada"], "who wrote most comes first");
        assert_eq!(page.texts("[data-at]"), ["1–20", "1–20"]);
        assert!(page.body.contains(&format!("href=\"{url}?page=2#last\"")));
        let last = app.get(&format!("{url}?page=2"), &Caller::visitor()).await;
        assert_eq!((last.texts("#last").len(), last.texts("[data-at]")), (1, vec!["21".to_owned(); 2]));
        assert_eq!(app.get(&format!("/t/{}?page=1", id_of(&url)), &ada).await.location(), url, "by the number of a page");
        // As copies for times without a network are asked for.
        let copy = app.get(&format!("{url}?lang=zh-TW"), &Caller::visitor()).await;
        assert_eq!(copy.texts("html[lang=zh-Hant]").len(), 1);
        assert!(copy.body.contains(&format!("rel=\"canonical\" href=\"http://forum.test{url}\"")));
    }
}

app_on_both! {
    async fn the_place_in_a_thread_counts_what_can_be_read(app) {
        app.category("general", None, &[]);
        let (ada, mo) = (app.member("ada", Role::Member), app.member("mo", Role::Moderator));
        let body = json!({ "category": "general", "title": "A pump", "body": "It hums." });
        let id = app.api("POST", "/threads", &ada, Some(body)).await.json()["id"].to_string();
        let mut posts = Vec::new();
        for n in 2..=24 {
            let said = app.api("POST", &format!("/threads/{id}/posts"), &ada, Some(json!({ "body": format!("Post {n}.") }))).await;
            posts.push(said.json()["id"].to_string());
        }
        for gone in [&posts[0], &posts[1], &posts[20]] {
            app.api("DELETE", &format!("/posts/{gone}"), &ada, None).await;
        }
        let url = app.get(&format!("/t/{id}"), &ada).await.location().to_owned();
        let second = format!("{url}?page=2");
        for who in [&ada, &mo] {
            for (page, at) in [(&url, "1–18"), (&second, "19–21")] {
                let shown = app.get(page, who).await;
                assert_eq!(shown.texts("nav[data-place] h2")[0], format!("Posts {at} / 21"), "{page}");
                assert!(shown.texts(".thread-head .meta").join(" ").contains("20 replies"));
            }
        }
        let last = app.get(&second, &ada).await;
        assert!(last.body.contains(&format!("id=\"p{}\" data-n=\"21\"", posts[22])), "{}", last.body);
    }
}
