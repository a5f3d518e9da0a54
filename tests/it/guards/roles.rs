//! Every address as every kind of reader: the table in `app::routes` says who may call it, and each entry is
//! called as visitor, member, suspended member, moderator of another category, moderator, operator and
//! administrator. An address that the table forgets does not exist; one that lets in somebody it should not, or
//! answers with a server error, fails here.

use hearth::app::routes::{self, Access};
use hearth::base::actor::Role;
use hearth::base::time::{DAY, UtcTime};
use hearth::people::accounts::standing::{Suspension, suspend};

use crate::app_on_both;
use crate::support::app::{App, Caller, off};

/// Paths of the table with something that exists in every place.
fn fill(pattern: &str, thread: &str, post: &str) -> String {
    let mut path = pattern.to_owned();
    for (place, value) in [
        ("{what:like|unlike}", "like"),
        ("{what:accept|unaccept}", "accept"),
        ("{name:.+}", "css/none.css"),
        ("{name}", "lists"),
        ("{colour}", "2f6f6b"),
        ("{sort}", "latest"),
        ("{version}", "0000000000"),
        ("{month}", "2026-11"),
        ("{handle}", "target"),
        ("{username}", "target"),
        ("{number}", "1"),
        ("{entry_id}", "999"),
        ("{step}", "categories"),
    ] {
        path = path.replace(place, value);
    }
    path = match pattern {
        p if p.starts_with("/u/") => path.replace("{what}", "unsuspend"),
        p if p.starts_with("/thread/") => path.replace("{what}", "follow"),
        _ => path,
    };
    let id = if pattern.starts_with("/post/") || pattern.starts_with("/p/") || pattern.contains("/posts/") {
        post
    } else {
        thread
    };
    let slug = if pattern.starts_with("/t/") { "what" } else { "general" };
    path.replace("{id}", id).replace("{slug}", slug)
}

struct Cast {
    callers: Vec<(&'static str, Role, Caller)>,
    thread: String,
    post: String,
}

async fn cast(app: &App) -> Cast {
    app.category("general", None, &[]);
    let author = app.member("author", Role::Member);
    app.member("target", Role::Member);
    let suspended = app.member("suspended", Role::Member);
    let elsewhere = app.member("elsewhere", Role::Member);
    app.category("other", None, &["elsewhere"]);
    let root = app.member("rootie", Role::Administrator);
    let by = app.signed_in(&root);
    let house = app.node.house.clone();
    off(move || {
        let until = UtcTime(house.clock.now().0 + DAY);
        let wanted = Suspension::parse(until, "test", house.clock.now()).unwrap();
        let db = house.db.clone();
        db.write_now(move |c| suspend(c, &house, &by, "suspended", &wanted)).unwrap();
    });
    let body = serde_json::json!({ "category": "general", "title": "What", "body": "text" });
    let opened = app.api("POST", "/threads", &author, Some(body)).await.json();
    app.settle();
    Cast {
        callers: vec![
            ("visitor", Role::Visitor, Caller::visitor()),
            ("member", Role::Member, app.member("plain", Role::Member)),
            ("suspended", Role::Member, suspended),
            ("moderator elsewhere", Role::Member, elsewhere),
            ("moderator", Role::Moderator, app.member("mo", Role::Moderator)),
            ("operator", Role::Operator, app.member("opal", Role::Operator)),
            ("administrator", Role::Administrator, root),
        ],
        thread: opened["id"].to_string(),
        post: opened["first_post_id"].to_string(),
    }
}

fn admitted(access: Access, role: Role) -> bool {
    match access {
        Access::Public => true,
        Access::Member => role >= Role::Member,
        Access::Staff(least) => role >= least,
    }
}

app_on_both! {
    async fn every_route_keeps_to_its_place_in_the_matrix(app) {
        let cast = cast(app).await;
        let mut wrong = Vec::new();
        let mut pairs = std::collections::BTreeSet::new();
        let mut table = routes::table();
        // Signing out ends the token that the rest needs.
        table.sort_by_key(|e| e.path.ends_with("/logout"));
        for entry in table {
            assert!(pairs.insert((entry.path, entry.method.to_string())), "{} {} stands twice", entry.method, entry.path);
            for (name, role, caller) in &cast.callers {
                let path = fill(entry.path, &cast.thread, &cast.post);
                assert!(!path.contains('{'), "{path} has an unfilled place");
                let answer = match path.strip_prefix("/api/v1") {
                    Some(rest) => {
                        let body = (entry.method != "GET" && entry.method != "DELETE").then(|| serde_json::json!({}));
                        app.api(entry.method.as_str(), rest, caller, body).await
                    }
                    None if entry.method == "POST" => app.post_raw(&path, caller, &[]).await,
                    None => app.get(&path, caller).await,
                };
                let status = answer.status.as_u16();
                let refused = match role {
                    Role::Visitor => status == 401 || (status == 303 && answer.location().starts_with("/login?next=")) || (entry.method == "POST" && status == 403) || status == 400,
                    _ => matches!(status, 403 | 404 | 400),
                };
                if status >= 500 || (!admitted(entry.access, *role) && !refused) {
                    wrong.push(format!("{} {path} as {name}: {status}", entry.method));
                }
                if entry.access == Access::Public && entry.method == "GET" && matches!(status, 401 | 403) {
                    wrong.push(format!("{} {path} as {name}: {status}, though everybody may", entry.method));
                }
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }
}

app_on_both! {
    async fn every_form_wants_its_token(app) {
        let cast = cast(app).await;
        let (_, _, root) = cast.callers.iter().find(|(n, ..)| *n == "administrator").unwrap();
        for entry in routes::table().into_iter().filter(|e| e.method == "POST" && !e.path.starts_with("/api/")) {
            // The switches change nothing but the look, the beacon nothing that anybody has; they check the origin instead.
            if matches!(entry.path, "/locale" | "/theme" | "/notice" | "/search/click") {
                continue;
            }
            let path = fill(entry.path, &cast.thread, &cast.post);
            let fields = [
                ("csrf", "forged"), ("scope", "site"), ("until", "2026-12-01"), ("reason", "x"), ("body", "x"), ("title", "x"),
                ("category", "general"), ("kind", "discussion"), ("display_name", "x"), ("current", "x"), ("password", "x"),
                ("role", "member"), ("name", "x"), ("locale", "en"), ("half_life_hours", "96"),
            ];
            let answer = app.post_raw(&path, root, &fields).await;
            assert_eq!(answer.status, 403, "{path} without its token: {}", answer.status);
        }
    }
}

app_on_both! {
    async fn a_moderator_of_one_category_moderates_no_other(app) {
        let cast = cast(app).await;
        let (_, _, elsewhere) = cast.callers.iter().find(|(n, ..)| *n == "moderator elsewhere").unwrap();
        for what in ["close", "feature", "delete", "unpin"] {
            let answer = app.post(&format!("/thread/{}/{what}", cast.thread), elsewhere, &[]).await;
            assert_eq!(answer.status, 403, "{what}");
        }
        let own = serde_json::json!({ "category": "other", "title": "Mine", "body": "text" });
        let (_, _, member) = &cast.callers[1];
        let there = app.api("POST", "/threads", member, Some(own)).await.json()["id"].to_string();
        assert_eq!(app.post(&format!("/thread/{there}/close"), elsewhere, &[]).await.status, 303);
        let site = [("scope", "site"), ("until", ""), ("position", "0")];
        assert_eq!(app.post(&format!("/thread/{there}/pin"), elsewhere, &site).await.status, 403);
        let category = [("scope", "category"), ("until", ""), ("position", "0")];
        assert_eq!(app.post(&format!("/thread/{there}/pin"), elsewhere, &category).await.status, 303);
    }
}
