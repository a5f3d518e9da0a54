//! Posts that look the same: found across scripts, followed through every change, shown to whoever may read both.

use hearth::base::actor::Role;
use serde_json::json;

use crate::app_on_both;
use crate::support::app::{App, Caller};

const TRADITIONAL: &str = "上週更新之後，我的智慧主機每天凌晨三點左右就會與廚房的燈失去連線，重新啟動主機之後可以維持到隔天晚上。\
    紀錄顯示閘道器三十秒沒有回應，因此從清單中移除。請問有沒有人知道怎麼讓它等久一點？";
const SIMPLIFIED: &str = "上週更新之后，我的智慧主机每天凌晨三点左右就会与厨房的灯失去连线，重新启动主机之后可以维持到隔天晚上。\
    纪录显示闸道器三十秒没有回应，因此从清单中移除。请问有没有人知道怎么让它等久一点？";
const OTHER: &str = "The rewards page shows my points, but when I redeem the mug it says that the stock is used up, although \
    the list still counts four of them. I tried it twice with another browser and once on the phone, and the result is the same.";
const THIRD: &str = "Have a look at the small switch below the cover: it has three positions, and only in the middle one \
    does the radiator listen to the thermostat. Turn it with a coin until it clicks, wait ten minutes, then pair it again.";

async fn open(app: &App, by: &Caller, category: &str, title: &str, body: &str) -> (String, String) {
    let wanted = json!({ "category": category, "title": title, "body": body });
    let made = app.api("POST", "/threads", by, Some(wanted)).await.json();
    (made["id"].to_string(), made["first_post_id"].to_string())
}

/// What a reader finds on the page: newer and older title of each pair.
async fn shown(app: &App, caller: &Caller) -> Vec<String> {
    app.settle();
    let page = app.get("/admin/duplicates", caller).await;
    assert_eq!(page.status, 200);
    page.texts("main form h2 a, main form p a")
}

app_on_both! {
    async fn a_question_asked_twice_is_shown_until_somebody_decides(app) {
        app.category("general", None, &[]);
        let (ada, moderator) = (app.member("ada", Role::Member), app.member("mo", Role::Moderator));
        let empty = app.get("/admin/duplicates", &moderator).await;
        assert_eq!(empty.texts(".empty a[href=\"/new\"]"), ["New"], "what to do meanwhile");
        open(app, &ada, "general", "主機斷線", TRADITIONAL).await;
        let (_, second) = open(app, &ada, "general", "主机断线", SIMPLIFIED).await;
        open(app, &ada, "general", "The mug", OTHER).await;
        open(app, &ada, "general", "Short", "Thank you!").await;
        open(app, &ada, "general", "Short", "Thank you!").await;
        let pair = ["主机断线 #1", "主機斷線 #1"];
        assert_eq!(shown(app, &moderator).await, pair);

        let path = format!("/posts/{second}");
        let edit = |body: String| app.api("PUT", &path, &ada, Some(json!({ "body": body })));
        assert_eq!(edit(OTHER.replace("mug", "cup")).await.status, 200);
        let now = shown(app, &moderator).await;
        assert!(!now.contains(&"主機斷線 #1".to_owned()), "it says something else now: {now:?}");
        edit(SIMPLIFIED.replace("？", "！！")).await;
        assert_eq!(shown(app, &moderator).await, pair);

        let id = app.get("/admin/duplicates", &moderator).await.field("id");
        assert_eq!(app.post("/admin/duplicates", &ada, &[("id", &id)]).await.status, 403);
        assert_eq!(app.post("/admin/duplicates", &moderator, &[("id", &id)]).await.status, 303);
        assert_eq!(app.post("/admin/duplicates", &moderator, &[("id", &id)]).await.status, 404);
        edit(SIMPLIFIED.replace("？", "。")).await;
        edit(SIMPLIFIED.to_owned()).await;
        assert!(shown(app, &moderator).await.is_empty(), "decided once for all");
        assert!(app.get("/admin/audit", &app.member("rootie", Role::Administrator)).await.body.contains("Duplicate dismissed"));
    }
}

app_on_both! {
    async fn what_is_removed_is_no_duplicate_while_it_is(app) {
        app.category("general", None, &[]);
        let (ada, moderator) = (app.member("ada", Role::Member), app.member("mo", Role::Moderator));
        let (first, _) = open(app, &ada, "general", "One", OTHER).await;
        let (second, _) = open(app, &ada, "general", "Two", TRADITIONAL).await;
        let mut replies = Vec::new();
        for thread in [&first, &second] {
            let made = app.api("POST", &format!("/threads/{thread}/posts"), &ada, Some(json!({ "body": THIRD }))).await.json();
            replies.push(made["id"].to_string());
        }
        let pair = ["Two #2", "One #2"];
        assert_eq!(shown(app, &moderator).await, pair, "replies too");
        app.api("DELETE", &format!("/posts/{}", replies[0]), &ada, None).await;
        assert!(shown(app, &moderator).await.is_empty());
        app.post(&format!("/post/{}/restore", replies[0]), &moderator, &[]).await;
        assert_eq!(shown(app, &moderator).await, pair);
        app.api("DELETE", &format!("/threads/{second}"), &moderator, None).await;
        assert!(shown(app, &moderator).await.is_empty());
        app.post(&format!("/thread/{second}/restore"), &moderator, &[]).await;
        assert_eq!(shown(app, &moderator).await, pair);
    }
}

app_on_both! {
    async fn nobody_hears_of_a_thread_that_they_may_not_read(app) {
        app.category("general", None, &[]);
        app.category("closed", Some(&[]), &[]);
        let insider = app.member("insider", Role::Administrator);
        let (ada, outsider) = (app.member("ada", Role::Member), app.member("mo", Role::Moderator));
        open(app, &insider, "closed", "Canary", OTHER).await;
        open(app, &ada, "general", "Public", OTHER).await;
        assert_eq!(shown(app, &insider).await, ["Public #1", "Canary #1"]);
        assert!(shown(app, &outsider).await.is_empty());
        let id = app.get("/admin/duplicates", &insider).await.field("id");
        let (hidden, never) = (
            app.post("/admin/duplicates", &outsider, &[("id", &id)]).await,
            app.post("/admin/duplicates", &outsider, &[("id", "999")]).await,
        );
        assert_eq!((hidden.status.as_u16(), never.status.as_u16()), (404, 404), "hidden equals absent");
        assert_eq!(hidden.texts("main"), never.texts("main"));
    }
}
