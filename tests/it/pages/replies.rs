//! Replying to one post of a thread, with its words and without, by links alone.

use hearth::base::actor::Role;

use crate::app_on_both;
use crate::support::app::{App, Caller};

/// Opens a thread with a first post by `by`; its address and id.
async fn opened(app: &App, by: &Caller, body: &str) -> (String, String) {
    app.category("general", None, &[]);
    let fields =
        [("category", "general"), ("kind", "discussion"), ("title", "Seals"), ("tags", ""), ("body", body)];
    let url = app.post("/compose", by, &fields).await.location().to_owned();
    let id = url.split('/').nth(2).unwrap().to_owned();
    (url, id)
}

app_on_both! {
    async fn a_reply_says_what_it_answers_and_takes_no_words_along(app) {
        let (ada, bo) = (app.member("ada", Role::Member), app.member("bo", Role::Member));
        let (url, id) = opened(app, &ada, "Which seal?").await;
        let page = app.get(&url, &bo).await;
        assert_eq!(page.texts("[data-replying][hidden]").len(), 1, "nothing is answered yet");
        let boxed = app.get(&format!("{url}?reply_to=1"), &bo).await;
        assert!(page.body.contains("form=\"reply-form\" formnovalidate name=\"action\" value=\"reply:1\""));
        assert_eq!((boxed.field("reply_to").as_str(), boxed.field("body").as_str()), ("1", ""));
        assert_eq!(boxed.texts("[data-replying]:not([hidden]) a"), ["Replying to @ada #1"]);
        // The buttons beside a post take along what was typed, and so does a change of mind.
        let half = [("body", "The lip"), ("page", "1"), ("action", "reply:1")];
        let half = app.post(&format!("/thread/{id}/reply"), &bo, &half).await;
        assert_eq!((half.status.as_u16(), half.field("reply_to").as_str(), half.field("body").as_str()), (200, "1", "The lip"));
        // What is typed survives the decision to answer the whole thread.
        let typed = [("body", "The lip seal."), ("reply_to", "1"), ("page", "1"), ("action", "drop")];
        let dropped = app.post(&format!("/thread/{id}/reply"), &bo, &typed).await;
        assert_eq!(dropped.status, 200);
        assert_eq!((dropped.field("reply_to").as_str(), dropped.field("body").as_str()), ("", "The lip seal."));
        let preview = [("body", "The lip seal."), ("reply_to", "1"), ("page", "1"), ("action", "preview")];
        let preview = app.post(&format!("/thread/{id}/reply"), &bo, &preview).await;
        assert_eq!(preview.texts("[data-replying]:not([hidden]) a"), ["Replying to @ada #1"]);
        let sent = app.post(&format!("/thread/{id}/reply"), &bo, &[("body", "The lip seal."), ("reply_to", "1")]).await;
        assert_eq!(sent.status, 303);
        for reader in [&Caller::visitor(), &ada] {
            let page = app.get(&url, reader).await;
            assert_eq!(page.texts("a.answers"), ["In reply to #1 by @ada"]);
            assert_eq!(page.texts("[data-ugc]"), ["Which seal?", "The lip seal."]);
        }
        for nothing in ["?reply_to=77", "?reply_to=x", "?quote=0", "?quote=-1"] {
            let page = app.get(&format!("{url}{nothing}"), &bo).await;
            assert_eq!((page.status.as_u16(), page.field("reply_to").as_str()), (200, ""), "{nothing}");
        }
        let visitor = app.get(&format!("{url}?quote=1"), &Caller::visitor()).await;
        assert!(visitor.texts("[data-replying]").is_empty() && visitor.body.contains("%3Fquote%3D1"), "through the login");
    }
}

app_on_both! {
    async fn a_quote_brings_the_source_of_the_post_without_what_it_quotes(app) {
        let (ada, bo) = (app.member("ada", Role::Member), app.member("bo", Role::Member));
        let (url, id) = opened(app, &ada, "Which seal? **This** one:\n\n```c\nint seal;\n```").await;
        let boxed = app.get(&format!("{url}?quote=1"), &bo).await;
        let first = boxed.texts("article.post")[0].clone();
        assert!(first.contains("Quote"), "{first}");
        let post = boxed.body.split("id=\"p").nth(1).unwrap().split('"').next().unwrap().to_owned();
        let quote = format!("> [@ada](/p/{post}):\n> Which seal? **This** one:\n>\n> ```c\n> int seal;\n> ```\n");
        assert_eq!(boxed.field("body").trim_end(), quote.trim_end());
        assert_eq!(boxed.field("reply_to"), "1");
        let body = format!("{quote}\nThat one.");
        let sent = app.post(&format!("/thread/{id}/reply"), &bo, &[("body", &body), ("reply_to", "1")]).await;
        assert_eq!(sent.status, 303);
        let page = app.get(&url, &Caller::visitor()).await;
        assert_eq!(page.texts("[data-ugc] blockquote .quote-by"), ["@ada"]);
        assert_eq!(page.texts("[data-ugc] blockquote strong"), ["This"]);
        let again = app.get(&format!("{url}?quote=2"), &ada).await.field("body");
        assert!(again.contains("> That one.") && !again.contains("Which seal?"), "{again}");
        // Behind what was typed, and once.
        let typed = async |body: &str| {
            let fields = [("body", body), ("page", "1"), ("action", "quote:1")];
            app.post(&format!("/thread/{id}/reply"), &bo, &fields).await
        };
        let both = typed("Let me see.").await;
        assert_eq!((both.status.as_u16(), both.field("reply_to").as_str()), (200, "1"));
        assert_eq!(both.field("body").trim_end(), format!("Let me see.\n\n{}", quote.trim_end()));
        assert_eq!(typed(&both.field("body")).await.field("body").trim_end(), both.field("body").trim_end());
        let nothing = app.post(&format!("/thread/{id}/reply"), &bo, &[("body", "Kept."), ("action", "quote:77")]).await;
        assert_eq!((nothing.status.as_u16(), nothing.field("body").as_str(), nothing.field("reply_to").as_str()), (200, "Kept.", ""));
        // An address does the same in an empty box, also on a later page.
        for n in 3..=21 {
            app.post(&format!("/thread/{id}/reply"), &ada, &[("body", &format!("Post {n}."))]).await;
        }
        let second = format!("{url}?page=2");
        assert!(app.get(&format!("{second}&quote=21"), &bo).await.field("body").contains("> Post 21."));
    }
}

app_on_both! {
    async fn what_was_removed_is_neither_quoted_nor_named(app) {
        let (ada, bo) = (app.member("ada", Role::Member), app.member("bo", Role::Member));
        let moderator = app.member("mo", Role::Moderator);
        let (url, id) = opened(app, &ada, "Which seal?").await;
        let posts = format!("/threads/{id}/posts");
        let reply = |body: &'static str, to: Option<i64>| {
            app.api("POST", &posts, &bo, Some(serde_json::json!({ "body": body, "reply_to": to })))
        };
        let secret = reply("Regrettable words.", Some(1)).await.json();
        let answer = reply("Well.", Some(2)).await.json();
        let of = async |caller: &Caller| app.api("GET", &format!("/posts/{}", answer["id"]), caller, None).await.json();
        let seen = of(&ada).await;
        assert_eq!((&seen["reply_to"], &seen["reply_to_number"]), (&secret["id"], &serde_json::json!(2)));
        let path = format!("/posts/{}", secret["id"]);
        assert_eq!(app.api("DELETE", &path, &moderator, None).await.status, 204);
        for reader in [&Caller::visitor(), &ada, &moderator] {
            let page = app.get(&url, reader).await;
            assert_eq!(page.texts("a.answers").len(), usize::from(reader.handle == "mo"), "{}", reader.handle);
            let seen = of(reader).await;
            assert!(seen["reply_to"].is_null() && seen["reply_to_number"].is_null(), "{seen}");
        }
        let listed = app.api("GET", &posts, &ada, None).await.json();
        assert!(listed["items"][1]["reply_to"].is_null(), "{listed}");
        let quoted = app.get(&format!("{url}?quote=2"), &ada).await;
        assert_eq!((quoted.field("body").as_str(), quoted.field("reply_to").as_str()), ("", ""));
        assert!(!quoted.body.contains("Regrettable"));
        let late = app.post(&format!("/thread/{id}/reply"), &ada, &[("body", "Late."), ("reply_to", "2")]).await;
        assert_eq!(late.status, 303, "nothing typed is lost");
        assert_eq!(reply("Late.", Some(2)).await.status, 422);
    }
}
