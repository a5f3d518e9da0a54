//! What was done is told on the page that follows, at its place, with the way back.

use hearth::base::actor::Role;
use hearth::base::time::{DAY, SECOND};

use crate::app_on_both;
use crate::support::app::{Answer, App, Caller};

async fn thread(app: &App, ada: &Caller) -> (String, Vec<String>) {
    app.category("general", None, &[]);
    let body = serde_json::json!({ "category": "general", "title": "A pump", "body": "It hums." });
    let made = app.api("POST", "/threads", ada, Some(body)).await.json();
    let id = made["id"].to_string();
    let mut posts = vec![made["first_post_id"].to_string()];
    for text in ["Grease it.", "Replace it."] {
        let reply = app
            .api("POST", &format!("/threads/{id}/posts"), ada, Some(serde_json::json!({ "body": text })))
            .await;
        posts.push(reply.json()["id"].to_string());
    }
    (id, posts)
}

/// The page that follows, and the one after it.
async fn follow(app: &App, who: &Caller, done: &Answer) -> (Answer, Answer) {
    assert_eq!(done.status, 303, "{}", done.body);
    let told = who.clone().with_cookies(done.cookies());
    let to = done.location().split('#').next().unwrap();
    let page = app.get(to, &told).await;
    let later = app.get(to, &told.with_cookies(page.cookies())).await;
    (page, later)
}

fn png() -> Vec<u8> {
    let mut bytes = std::io::Cursor::new(Vec::new());
    image::RgbaImage::from_pixel(64, 64, image::Rgba([9, 90, 90, 255]))
        .write_to(&mut bytes, image::ImageFormat::Png)
        .unwrap();
    bytes.into_inner()
}

app_on_both! {
    async fn a_removed_post_is_told_at_its_place_and_can_be_undone(app) {
        let (ada, mo) = (app.member("ada", Role::Member), app.member("mo", Role::Moderator));
        let (id, posts) = thread(app, &ada).await;
        let done = app.post(&format!("/post/{}/delete", posts[2]), &mo, &[("sure", "yes")]).await;
        assert!(done.location().ends_with("#told"), "{}", done.location());
        let (page, later) = follow(app, &mo, &done).await;
        assert_eq!(page.texts(&format!("#p{} #told [role=status]", posts[2])), ["Post removed."]);
        assert_eq!(page.texts("#told form button"), ["Undo"]);
        assert!(later.texts("#told").is_empty(), "told once");
        let undone = app.post(&format!("/post/{}/restore", posts[2]), &mo, &[]).await;
        assert_eq!(follow(app, &mo, &undone).await.0.texts("#told [role=status]"), ["Post restored."]);
        // Its author cannot see it any more, and goes on with the post before, where it can be taken back.
        let own = app.post(&format!("/post/{}/delete", posts[2]), &ada, &[("sure", "yes")]).await;
        let (page, _) = follow(app, &ada, &own).await;
        assert_eq!(page.texts(&format!("#p{} + #told [role=status]", posts[1])), ["Post removed."], "below the one before");
        let undo = format!("/post/{}/restore", posts[2]);
        assert_eq!(page.texts(&format!("#told form[action=\"{undo}\"] button")), ["Undo"]);
        let done = app.post(&undo, &ada, &[]).await;
        assert_eq!(follow(app, &ada, &done).await.0.texts(&format!("#p{} #told", posts[2])), ["Post restored."]);
        // Only what one removed oneself, in an open thread, that nobody else touched since, and for a day.
        let sure = [("sure", "yes")];
        let (delete, bo) = (format!("/post/{}/delete", posts[2]), app.member("bo", Role::Member));
        app.post(&delete, &mo, &sure).await;
        assert_eq!(app.post(&undo, &ada, &[]).await.status, 410, "a moderator's removal stands");
        app.post(&undo, &mo, &[]).await;
        app.post(&delete, &ada, &sure).await;
        assert_eq!(app.post(&undo, &bo, &[]).await.status, 410);
        app.pass(SECOND);
        app.post(&format!("/post/{}/edit", posts[2]), &mo, &[("body", "Something else."), ("revision", "0")]).await;
        assert_eq!(app.post(&undo, &ada, &[]).await.status, 410, "edited since");
        app.post(&undo, &mo, &[]).await;
        app.post(&delete, &ada, &sure).await;
        app.post(&format!("/thread/{id}/close"), &mo, &[]).await;
        assert_eq!(app.post(&undo, &ada, &[]).await.status, 410, "closed since");
        app.post(&format!("/thread/{id}/reopen"), &mo, &[]).await;
        app.pass(DAY);
        assert_eq!(app.post(&undo, &ada, &[]).await.status, 410, "too late");
    }
}

app_on_both! {
    async fn a_thread_that_its_author_removed_can_be_undone_from_the_page_that_follows(app) {
        let (ada, mo) = (app.member("ada", Role::Member), app.member("mo", Role::Moderator));
        app.category("general", None, &[]);
        let body = serde_json::json!({ "category": "general", "title": "A pump", "body": "It hums." });
        let made = app.api("POST", "/threads", &ada, Some(body)).await.json();
        let (path, post) = (format!("/thread/{}", made["id"]), made["first_post_id"].to_string());
        let (delete, restore) = (format!("{path}/delete"), format!("{path}/restore"));
        let done = app.post(&format!("/post/{post}/delete"), &ada, &[("sure", "yes")]).await;
        let (page, later) = follow(app, &ada, &done).await;
        assert_eq!((page.texts(".told [role=status]"), page.texts(&format!(".told form[action=\"{restore}\"] button"))), (vec!["Thread removed.".to_owned()], vec!["Undo".to_owned()]));
        assert!(later.texts(".told").is_empty());
        let back = app.post(&restore, &ada, &[]).await;
        assert_eq!(follow(app, &ada, &back).await.0.texts("main > .told [data-told]"), ["Thread restored."]);
        app.post(&delete, &mo, &[("sure", "yes")]).await;
        assert_eq!(app.post(&restore, &ada, &[]).await.status, 410, "a moderator's removal stands");
        app.post(&restore, &mo, &[]).await;
        app.post(&delete, &ada, &[("sure", "yes")]).await;
        app.pass(DAY);
        assert_eq!(app.post(&restore, &ada, &[]).await.status, 410, "too late");
    }
}

app_on_both! {
    async fn without_scripts_a_removal_is_asked_about_first(app) {
        let (ada, root) = (app.member("ada", Role::Member), app.member("rootie", Role::Administrator));
        let (id, posts) = thread(app, &ada).await;
        let delete = format!("/post/{}/delete", posts[2]);
        let asked = app.post(&delete, &ada, &[]).await;
        assert_eq!((asked.status.as_u16(), asked.texts("main h1"), asked.field("sure")), (200, vec!["Delete".to_owned()], "yes".into()));
        assert!(asked.texts("main form p")[0].contains("Delete this post by ada?"), "{}", asked.body);
        assert!(asked.texts(&format!("main form[action=\"{delete}\"]")).len() == 1 && asked.body.contains(&format!("#p{}\">Cancel", posts[2])));
        assert_eq!(app.get(&format!("/p/{}", posts[2]), &ada).await.status, 302, "it stands");
        assert_eq!(app.post_raw(&delete, &ada, &[]).await.status, 403, "no form of ours");
        assert_eq!(app.post(&delete, &app.member("bo", Role::Member), &[]).await.status, 403);
        assert_eq!(app.post(&delete, &Caller::visitor(), &[]).await.status, 401);
        let whole = "Delete the whole thread with all its replies?";
        for path in [format!("/post/{}/delete", posts[0]), format!("/thread/{id}/delete")] {
            assert_eq!(app.post(&path, &root, &[]).await.texts("main form p")[0], whole);
        }
        // What else the form sends is sent again.
        app.post("/admin/search/synonyms", &root, &[("terms", "pump, feeder")]).await;
        let asked = app.post("/admin/search/synonyms/remove", &root, &[("id", "1")]).await;
        assert_eq!((asked.status.as_u16(), asked.field("id")), (200, "1".into()));
        for path in ["/admin/categories/1/delete", "/admin/pages/1/remove", "/admin/invitations/1/revoke"] {
            assert_eq!(app.post(path, &root, &[]).await.field("sure"), "yes", "{path}");
        }
    }
}

app_on_both! {
    async fn acts_of_moderation_are_told(app) {
        let (ada, mo) = (app.member("ada", Role::Member), app.member("mo", Role::Moderator));
        let (id, _) = thread(app, &ada).await;
        for (act, fields, words) in [
            ("close", &[][..], "Thread closed to new replies."),
            ("feature", &[], "Thread featured."),
            ("pin", &[("scope", "site")], "Thread pinned."),
            ("unpin", &[("scope", "site")], "Thread unpinned."),
            ("delete", &[("sure", "yes")], "Thread removed."),
        ] {
            let done = app.post(&format!("/thread/{id}/{act}"), &mo, fields).await;
            assert_eq!(follow(app, &mo, &done).await.0.texts("main > .told > [data-told]"), [words], "{act}");
        }
        // A cookie of somebody's own making says nothing, and visitors are told nothing.
        for (who, word) in [(mo.clone(), "thread-<b>"), (mo, "thread-nothing"), (Caller::visitor(), "thread-pin")] {
            let page = app.get("/", &who.with_cookies(vec![("told".into(), word.into())])).await;
            assert!(page.texts(".told").is_empty(), "{word}");
        }
    }
}

app_on_both! {
    async fn a_move_is_told_with_the_way_back(app) {
        let (ada, mo) = (app.member("ada", Role::Member), app.member("mo", Role::Moderator));
        let (id, posts) = thread(app, &ada).await;
        app.category("pumps", None, &[]);
        app.category("secret", Some(&["ada"]), &[]);
        let path = format!("/thread/{id}/move");
        assert_eq!(app.get(&path, &ada).await.status, 403);
        assert_eq!(app.post(&path, &ada, &[("category", "pumps")]).await.status, 403);
        let thread_page = app.get(app.get(&format!("/t/{id}"), &mo).await.location(), &mo).await;
        assert!(thread_page.body.contains(&format!("href=\"{path}\"")) && thread_page.body.contains("Move…"));
        let form = app.get(&path, &mo).await;
        assert_eq!((form.texts("#category option"), form.texts("#category [selected]")), (vec!["general".to_owned(), "pumps".to_owned()], vec!["general".to_owned()]));
        for category in ["nowhere", "secret", ""] {
            let refused = app.post(&path, &mo, &[("category", category)]).await;
            assert_eq!((refused.status.as_u16(), refused.texts("#category-error").len()), (422, 1), "{category}");
        }
        let done = app.post(&path, &mo, &[("category", "pumps")]).await;
        let (page, later) = follow(app, &mo, &done).await;
        assert_eq!((page.texts("main > .told [data-told]"), page.field("category")), (vec!["Moved to pumps.".to_owned()], "general".into()));
        assert!(later.texts(".told").is_empty());
        // Undo takes back this move alone.
        let stale = app.post(&path, &mo, &[("category", "pumps"), ("from", "general")]).await;
        assert!(stale.status == 409 && stale.body.contains("Someone else has moved this thread since"), "{}", stale.body);
        assert_eq!(page.field("from"), "pumps");
        let back = app.post(&path, &mo, &[("category", "general"), ("from", "pumps")]).await;
        assert_eq!(follow(app, &mo, &back).await.0.texts("main > .told [data-told]"), ["Moved to general."]);
        // The same by way of the form for everything; where nothing moved it was saved.
        let fields = |category: &'static str| [("category", category), ("kind", "discussion"), ("title", "A pump"), ("tags", "")];
        for (category, words) in [("pumps", "Moved to pumps."), ("pumps", "Saved.")] {
            let done = app.post(&format!("/thread/{id}/edit"), &mo, &fields(category)).await;
            assert_eq!(follow(app, &mo, &done).await.0.texts("main > .told [data-told]"), [words]);
        }
        let edited = app.post(&format!("/post/{}/edit", posts[1]), &ada, &[("body", "Oil it."), ("revision", "0")]).await;
        assert_eq!(follow(app, &ada, &edited).await.0.texts(&format!("#p{} #told", posts[1])), ["Saved."]);
        let log = app.get("/admin/audit", &app.member("root", Role::Administrator)).await;
        assert!(log.body.contains("Thread moved") && log.body.contains("general → pumps"), "{}", log.body);
    }
}

app_on_both! {
    async fn pins_are_taken_off_one_by_one(app) {
        let (ada, mo) = (app.member("ada", Role::Member), app.member("mo", Role::Moderator));
        let (id, _) = thread(app, &ada).await;
        for scope in ["site", "category"] {
            app.post(&format!("/thread/{id}/pin"), &mo, &[("scope", scope)]).await;
        }
        let page = app.get(app.get(&format!("/t/{id}"), &mo).await.location(), &mo).await;
        assert_eq!(page.texts("form[action$='/unpin']").len(), 2);
        app.post(&format!("/thread/{id}/unpin"), &mo, &[("scope", "site")]).await;
        let page = app.get(app.get(&format!("/t/{id}"), &mo).await.location(), &mo).await;
        assert_eq!(page.texts("form[action$='/unpin']").len(), 1);
        // A thread that not everybody may read is not offered to everybody.
        app.category("secret", Some(&["mo"]), &[]);
        let body = serde_json::json!({ "category": "secret", "title": "Plans", "body": "Quiet." });
        let hidden = app.api("POST", "/threads", &mo, Some(body)).await.json()["id"].to_string();
        let page = app.get(app.get(&format!("/t/{hidden}"), &mo).await.location(), &mo).await;
        assert_eq!(page.texts("select[name=scope] option").len(), 1);
    }
}

app_on_both! {
    async fn a_thread_says_why_one_cannot_write(app) {
        let (ada, mo) = (app.member("ada", Role::Member), app.member("mo", Role::Moderator));
        let (id, _) = thread(app, &ada).await;
        let url = app.get(&format!("/t/{id}"), &mo).await.location().to_owned();
        app.post("/u/ada/suspend", &mo, &[("reason", "Rude"), ("until", "2026-12-24")]).await;
        let page = app.get(&url, &ada).await;
        assert!(page.texts("main > .notice.warn").iter().any(|t| t.contains("suspended until") && t.contains("Rude")), "{}", page.body);
        assert!(page.texts("a[href='/compose']").is_empty() && page.texts("#reply").is_empty());
        app.post(&format!("/thread/{id}/close"), &mo, &[]).await;
        let page = app.get(&url, &mo).await;
        assert_eq!(page.texts("#reply .notice"), ["This thread is closed. Only moderators can reply."]);
    }
}

app_on_both! {
    async fn the_icon_for_those_who_ask_blindly_is_the_site_s(app) {
        let root = app.member("rootie", Role::Administrator);
        let brand = [("colour", "#7c3aed"), ("family", "sans"), ("icon-remove", "on")];
        app.post("/admin/branding", &root, &brand[..2]).await;
        let asked = app.get("/favicon.ico", &Caller::visitor()).await;
        assert_eq!((asked.status.as_u16(), asked.location()), (302, hearth::web::urls::icon("#7c3aed", "icon-180.png").as_str()));
        assert_eq!(app.get(asked.location(), &Caller::visitor()).await.header("content-type"), Some("image/png"));
        // One of its own, for a logo too wide for a tab.
        let refused = app.upload_as("icon-file", "/admin/branding", &root, b"no picture", &brand[..2]).await;
        assert_eq!((refused.status.as_u16(), refused.texts("#icon-file-error").len()), (422, 1));
        assert_eq!(app.upload_as("icon-file", "/admin/branding", &root, &png(), &brand[..2]).await.status, 303);
        let own = app.get("/favicon.ico", &Caller::visitor()).await.location().to_owned();
        assert!(own.starts_with("/uploads/") && own.ends_with("-icon-32"), "{own}");
        let page = app.get("/", &Caller::visitor()).await;
        assert!(page.body.contains(&format!("rel=\"icon\" href=\"{own}\"")) && page.texts(".brand img").is_empty());
        assert!(app.get("/manifest.webmanifest", &Caller::visitor()).await.body.contains(own.trim_end_matches("icon-32")));
        assert_eq!(app.upload_as("icon-file", "/admin/branding", &root, b"", &brand).await.status, 303);
        assert_eq!(app.get("/favicon.ico", &Caller::visitor()).await.location(), asked.location());
    }
}

app_on_both! {
    async fn a_new_category_names_its_own_address(app) {
        let root = app.member("rootie", Role::Administrator);
        let fields = |position: &'static str| [("name", "Field notes"), ("slug", ""), ("colour", "#2f6f6b"), ("post_role", "member"), ("position", position)];
        for position in ["first", "10001"] {
            let refused = app.post("/admin/categories", &root, &fields(position)).await;
            assert_eq!((refused.status.as_u16(), refused.texts("#position-error")), (422, vec!["Enter a whole number between -10000 and 10000.".to_owned()]));
        }
        assert_eq!(app.post("/admin/categories", &root, &fields("-3")).await.status, 303);
        assert_eq!(app.get("/c/field-notes", &root).await.status, 200);
    }
}
