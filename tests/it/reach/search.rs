//! Search as readers meet it: operators over page and API, help, and nothing of what is private.

use hearth::base::actor::Role;
use hearth::infra::db::DbError;
use hearth::people::accounts;
use hearth::reach::related;
use hearth::reach::search::follow;
use hearth::web::urls::component;
use serde_json::{Value, json};

use crate::app_on_both;
use crate::support::app::{App, Caller, off};

async fn open(app: &App, by: &Caller, category: &str, title: &str, body: &str, more: Value) -> i64 {
    let mut asked = json!({ "category": category, "title": title, "body": body, "tags": [] });
    for (name, value) in more.as_object().unwrap() {
        asked[name] = value.clone();
    }
    let answer = app.api("POST", "/threads", by, Some(asked)).await;
    assert_eq!(answer.status, 201, "{}", answer.body);
    answer.json()["id"].as_i64().unwrap()
}

async fn reply(app: &App, by: &Caller, thread: i64, body: &str) -> i64 {
    let answer =
        app.api("POST", &format!("/threads/{thread}/posts"), by, Some(json!({ "body": body }))).await;
    assert_eq!(answer.status, 201, "{}", answer.body);
    answer.json()["id"].as_i64().unwrap()
}

fn address(q: &str) -> String {
    format!("/search?q={}", hearth::web::urls::component(q))
}

/// Threads that `q` finds over the API, sorted; the page must show as many.
async fn found(app: &App, who: &Caller, q: &str) -> Vec<i64> {
    let answer = app.api("GET", &address(q), who, None).await;
    assert_eq!(answer.status, 200, "{q}: {}", answer.body);
    let answer = answer.json();
    let mut ids: Vec<i64> =
        answer["items"].as_array().unwrap().iter().map(|hit| hit["thread_id"].as_i64().unwrap()).collect();
    assert_eq!(answer["total"].as_i64(), i64::try_from(ids.len()).ok(), "{q}");
    let page = app.get(&address(q), who).await;
    assert_eq!(page.status, 200, "{q}");
    assert_eq!(page.texts("li.hit").len(), ids.len(), "{q}");
    ids.sort_unstable();
    ids
}

app_on_both! {
    async fn each_operator_narrows_over_page_and_api(app) {
        app.category("general", None, &[]);
        app.category("hardware", None, &[]);
        app.sql("UPDATE categories SET name = 'The General' WHERE slug = 'general'");
        let (ada, bo) = (app.member("ada", Role::Member), app.member("bo", Role::Member));
        let moderator = app.member("mo", Role::Moderator);
        let solved = open(app, &ada, "general", "Sensor drifts in heat", "The sensor reads high.",
            json!({ "kind": "question", "tags": ["calibration"] })).await;
        let answer = reply(app, &bo, solved, "Calibrate the sensor, see [the note](https://example.org/note).").await;
        app.api("PUT", &format!("/threads/{solved}/accepted"), &ada, Some(json!({ "post_id": answer }))).await;
        app.api("PUT", &format!("/posts/{answer}/reaction"), &ada, Some(json!({ "kind": "like" }))).await;
        let unsolved = open(app, &bo, "hardware", "Sensor cable broken", "```\nsensor.read(0x80070005)\n```\nWhy?",
            json!({ "kind": "question" })).await;
        let closed = open(app, &bo, "hardware", "Old sensors", "Paper jam with sensor AB-1200/3", json!({})).await;
        app.api("PUT", &format!("/threads/{closed}/close"), &moderator, None).await;
        app.api("PUT", &format!("/threads/{closed}/feature"), &moderator, None).await;
        app.api("PUT", &format!("/threads/{closed}/pin"), &moderator, Some(json!({ "scope": "site" }))).await;
        app.settle();
        let named = app.post("/settings/profile", &bo, &[("display_name", "Bo Berg"), ("bio", "")]).await;
        assert_eq!(named.status, 303);
        let all = vec![solved, unsolved, closed];
        for (q, wanted) in [
            ("sensor", all.clone()),
            ("sensor in:title", all.clone()),
            ("calibrate in:title", vec![]),
            ("sensor @bo", all.clone()),
            ("author:ada", vec![solved]),
            ("sensor category:hardware", vec![unsolved, closed]),
            ("sensor tag:calibration", vec![solved]),
            ("is:question", vec![solved, unsolved]),
            ("sensor is:solved", vec![solved]),
            ("sensor is:unsolved", vec![unsolved]),
            ("sensor is:closed", vec![closed]),
            ("is:featured", vec![closed]),
            ("is:pinned", vec![closed]),
            ("sensor has:code", vec![unsolved]),
            ("sensor has:link", vec![solved]),
            ("sensor has:image", vec![]),
            ("sensor min:likes=1", vec![solved]),
            ("sensor before:2001-01-01", vec![]),
            ("sensor after:2001-01-01", all.clone()),
            ("\"paper jam\"", vec![closed]),
            ("sensor -cable", vec![solved, closed]),
            ("calibrate OR jam", vec![solved, closed]),
            ("ab-1200", vec![closed]),
            ("0x80070005", vec![unsolved]),
            ("sensor category:nowhere", vec![]),
            ("sensor category:\"The General\"", vec![solved]),
            ("sensor category:GENERAL", vec![solved]),
            ("is:question -is:solved", vec![unsolved]),
            ("sensor NOT is:closed", vec![solved, unsolved]),
            ("sensor -tag:calibration", vec![unsolved, closed]),
            ("sensor -category:hardware", vec![solved]),
            ("sensor -@bo", vec![solved]),
            ("sensor author:\"Bo Berg\"", all.clone()),
            ("sensor -has:code", vec![solved, closed]),
            ("-cable -is:solved", vec![closed]),
            ("-cable", vec![unsolved]),
            ("sensor after:2001", all.clone()),
            ("sensor before:2001-02", vec![]),
            ("sensor @nobody", vec![]),
        ] {
            let mut wanted = wanted;
            wanted.sort_unstable();
            assert_eq!(found(app, &Caller::visitor(), q).await, wanted, "{q}");
        }
        // Bad syntax is searched as words, and the page says so.
        let page = app.get(&address("sensor is:nice \"open"), &Caller::visitor()).await;
        assert!(page.body.contains("is:nice") && page.texts(".hint").iter().any(|t| t.contains("is:nice")), "{}", page.body);
        let told = app.api("GET", &address("sensor is:nice category:nowhere"), &ada, None).await.json();
        assert_eq!((&told["unread"], &told["unknown"]), (&json!(["is:nice"]), &json!(["nowhere"])), "{told}");
        let page = app.get(&address("sensor category:nowhere"), &ada).await;
        assert!(page.texts(".hint").iter().any(|t| t.contains("“nowhere”")), "{}", page.body);
        // A page after the last leads to the last.
        let beyond = app.get(&format!("{}&page=9", address("sensor")), &ada).await;
        assert_eq!((beyond.status.as_u16(), beyond.location()), (303, "/search?q=sensor&page=1"));
        // Chips of what must not be can be taken away, however that was typed.
        for typed in ["sensor -is:closed", "sensor NOT is:closed"] {
            let page = app.get(&address(typed), &ada).await;
            assert!(page.body.contains(r#"<a class="chip" href="/search?q=sensor""#), "{}", page.body);
        }
        // Fields become operators, operators become chips that can be taken away.
        let moved = app.get("/search?q=sensor&is=solved&author=bo&category=general", &Caller::visitor()).await;
        assert_eq!(moved.status, 303);
        assert_eq!(moved.location(), "/search?q=sensor%20is%3Asolved%20%40bo&category=general");
        let empty = app.get("/search?q=sensor&category=&sort=&is=&has=&in=&author=&tag=&after=&before=&likes=", &ada).await;
        assert_eq!((empty.status.as_u16(), empty.location()), (303, "/search?q=sensor"));
        let page = app.get(moved.location(), &Caller::visitor()).await;
        assert_eq!(page.texts("a.chip").len(), 2, "{}", page.body);
        assert_eq!(page.texts("li.hit").len(), 1);
        // What is found are threads: what one must not hold stands nowhere in it.
        assert_eq!(found(app, &Caller::visitor(), "drifts -calibrate").await, Vec::<i64>::new());
        // Nothing found: less is offered.
        let page = app.get(&address("sensor is:solved is:closed"), &ada).await;
        assert!(page.texts(".empty a.chip").len() == 1 && page.body.contains("/compose?kind=question"), "{}", page.body);
    }
}

app_on_both! {
    async fn results_open_at_the_post_and_lead_on_within_the_thread(app) {
        app.category("general", None, &[]);
        let ada = app.member("ada", Role::Member);
        let thread = open(app, &ada, "general", "Valves", "First.", json!({})).await;
        reply(app, &ada, thread, "Nothing here.").await;
        let best = reply(app, &ada, thread, "The membrane of the valve tears; a new membrane helps.").await;
        reply(app, &ada, thread, "My membrane too.").await;
        app.settle();
        let answer = app.api("GET", &address("membrane"), &Caller::visitor(), None).await.json();
        assert_eq!(answer["items"][0]["post_id"], json!(best));
        assert!(answer["items"][0]["url"].as_str().unwrap().ends_with(&format!("#p{best}")));
        // What an author covered is found, and stays covered.
        let covered = reply(app, &ada, thread, "The ending: ||the butler leaks||").await;
        app.settle();
        let answer = app.api("GET", &address("butler"), &Caller::visitor(), None).await.json();
        assert_eq!((&answer["items"][0]["post_id"], &answer["items"][0]["excerpt"]), (&json!(covered), &json!("The ending: …")), "{answer}");
        let page = app.get(&format!("{}&thread={thread}", address("membrane")), &Caller::visitor()).await;
        assert_eq!(page.texts("li.hit").len(), 2, "{}", page.body);
        let mark = page.texts("li.hit mark");
        assert!(mark.iter().all(|m| m.to_lowercase().contains("membrane")) && mark.len() >= 2);
    }
}

app_on_both! {
    async fn words_that_people_wrote_are_not_corrected(app) {
        app.category("general", None, &[]);
        let ada = app.member("ada", Role::Member);
        for n in 0..4 {
            for title in ["音频设置说明", "播放列表整理", "隐贫扶助记录"] {
                open(app, &ada, "general", &format!("{title} {n}"), "第一行。", json!({})).await;
            }
        }
        app.settle();
        let told = app.api("GET", &address("音频 播放"), &ada, None).await.json();
        assert_eq!((&told["complete"], &told["meant"]), (&json!(0), &json!(null)), "{told}");
        let told = app.api("GET", &address("因频 播放"), &ada, None).await.json();
        assert!(told["meant"].as_str().is_some_and(|meant| meant.ends_with("频 播放") || meant.ends_with("贫 播放")), "{told}");
    }
}

app_on_both! {
    async fn what_is_gone_is_not_meant(app) {
        app.category("general", None, &[]);
        let (ada, mo) = (app.member("ada", Role::Member), app.member("mo", Role::Administrator));
        app.category("inner", Some(&["ada"]), &[]);
        let mut threads = Vec::new();
        for title in ["Ordinary one", "Ordinary two", "Snarfblatzer", "Snarfblatzer again", "Quibblemoth", "Quibblemoth again"] {
            threads.push(open(app, &ada, "general", title, title, json!({})).await);
        }
        app.settle();
        let meant = async |typed: &str| app.get(&address(typed), &Caller::visitor()).await.texts(".meant a");
        assert_eq!(meant("snarfblatzr").await, ["snarfblatzer"]);
        for gone in &threads[2..4] {
            assert_eq!(app.api("DELETE", &format!("/threads/{gone}"), &mo, None).await.status, 204);
        }
        for moved in &threads[4..] {
            let to = json!({ "category": "inner" });
            assert_eq!(app.api("PATCH", &format!("/threads/{moved}"), &mo, Some(to)).await.status, 200);
        }
        app.settle();
        assert!(meant("snarfblatzr").await.is_empty(), "deleted");
        assert!(meant("quibblemoh").await.is_empty(), "moved to where only some may read");
    }
}

app_on_both! {
    async fn initials_and_long_texts(app) {
        app.category("general", None, &[]);
        let ada = app.member("ada", Role::Member);
        for n in 0..4 {
            open(app, &ada, "general", &format!("高血压怎么办 {n}"), "每天测量。", json!({})).await;
            app.settle();
        }
        for n in 0..9 {
            open(app, &ada, "general", &format!("关于斜切{n}研究"), "不同的话题。", json!({})).await;
        }
        open(app, &ada, "general", "Daily", "高血压，每天。", json!({})).await;
        open(app, &ada, "general", "Last", "Only here: zorbifer.", json!({})).await;
        app.settle();
        let page = app.get(&address("gxy"), &Caller::visitor()).await;
        assert_eq!(page.texts(".meant a").first().map(String::as_str), Some("高血压"), "{}", page.body);
        let long = format!("{} zorbifer", "这是一个很长的问题，".repeat(40));
        let answer = app.api("GET", &format!("/search?q={}", component(&long)), &Caller::visitor(), None).await.json();
        assert_eq!((answer["items"][0]["title"].as_str(), &answer["cut"]), (Some("Last"), &json!(false)), "{answer}");
        let longer = "长".repeat(2_001);
        let answer = app.api("GET", &format!("/search?q={}", component(&longer)), &Caller::visitor(), None).await;
        assert_eq!((answer.status.as_u16(), &answer.json()["cut"]), (200, &json!(true)));
        assert!(app.get(&address(&longer), &Caller::visitor()).await.body.contains("Only the first 2000 characters"));
    }
}

app_on_both! {
    async fn what_was_probably_meant_is_offered(app) {
        app.category("general", None, &[]);
        let ada = app.member("ada", Role::Member);
        open(app, &ada, "general", "温度传感器校准", "传感器怎么校准？", json!({})).await;
        open(app, &ada, "general", "Calibration certificate", "A certificate of calibration.", json!({})).await;
        open(app, &ada, "general", "Calibration again", "calibration", json!({})).await;
        app.settle();
        for n in 0..25 {
            open(app, &ada, "general", &format!("Membrane {n}"), "A membrane of the 打印机.", json!({})).await;
            open(app, &ada, "general", &format!("打印机 {n}"), "Nothing.", json!({})).await;
        }
        open(app, &ada, "general", "打应机", "A menbrane and a membran.", json!({})).await;
        app.settle();
        for (typed, meant) in [
            ("calibraton", "calibration"),
            ("传干器", "传感器"),
            // Somebody slipped before.
            ("menbrane", "membrane"),
            ("打应机", "打印机"),
            ("打因机", "打印机"),
        ] {
            let page = app.get(&address(typed), &Caller::visitor()).await;
            assert_eq!(page.texts(".meant a"), [meant], "{typed}: {}", page.body);
        }
        for right in ["calibration", "membrane", "membranes", "打印机"] {
            assert!(app.get(&address(right), &Caller::visitor()).await.texts(".meant a").is_empty(), "{right}");
        }
    }
}

app_on_both! {
    async fn what_nobody_wrote_is_searched_as_it_was_meant(app) {
        app.category("general", None, &[]);
        let ada = app.member("ada", Role::Member);
        open(app, &ada, "general", "Gasket for the pump", "The gasket leaks.", json!({})).await;
        open(app, &ada, "general", "Coroutines", "They run. 蓝屏了。", json!({})).await;
        for n in 0..3 {
            open(app, &ada, "general", &format!("游戏 {n}"), "塞尔达传说很好玩，landing。", json!({})).await;
        }
        open(app, &ada, "general", "我的电脑蓝屏了", "实施诊断，长于此道。", json!({})).await;
        app.settle();
        let visitor = Caller::visitor();
        for (typed, meant, hits) in [("gaskt", "gasket", 1), ("塞而达", "塞尔达", 3), ("pump gaskt", "pump gasket", 1)] {
            let page = app.get(&address(typed), &visitor).await;
            assert_eq!((page.texts(".meant a"), page.texts("li.hit").len()), (vec![meant.to_owned()], hits), "{typed}: {}", page.body);
            assert!(page.body.contains(&format!("Search for “{typed}” instead")) && !page.body.contains("/compose?kind=question"), "{}", page.body);
            let as_typed = app.get(&format!("{}&typed=1", address(typed)), &visitor).await;
            assert_eq!(as_typed.texts(".meant a"), [meant], "offered all the same");
            assert!(as_typed.texts("li.hit").len() < hits.max(2) && as_typed.body.contains("Did you mean"), "{}", as_typed.body);
            // The API does what it is told.
            let told = app.api("GET", &address(typed), &visitor, None).await.json();
            assert_eq!((&told["complete"], &told["meant"], &told["corrected"]), (&json!(0), &json!(meant), &json!(false)), "{told}");
            let told = app.api("GET", &format!("{}&correct=true", address(typed)), &visitor, None).await.json();
            assert_eq!((&told["complete"], &told["corrected"]), (&json!(hits), &json!(true)), "{told}");
        }
        // Also within a run, where what is known of it is found all the same.
        let page = app.get(&address("塞而达传说很好玩吗"), &visitor).await;
        assert_eq!(page.texts(".meant a"), ["塞尔达传说很好玩吗"], "{}", page.body);
        // In quotes it is to be so.
        let page = app.get(&address("\"gaskt\""), &visitor).await;
        assert!(page.texts("li.hit").is_empty() && page.body.contains("Did you mean"), "{}", page.body);
        assert_eq!(app.get(&address("GASKT"), &visitor).await.texts(".meant a"), ["GASKET"]);
        // Another form of the same word, a word found by its sound, letters without vowels, a word that the dictionary
        // knows and a name of which nothing would be left are not put right.
        for typed in ["coroutine", "lanping", "zxcv", "湿疹", "张伟"] {
            assert!(app.get(&address(typed), &visitor).await.texts(".meant a").is_empty(), "{typed}");
        }
    }
}

app_on_both! {
    async fn results_say_how_far_they_fit(app) {
        app.category("general", None, &[]);
        let (ada, zoe) = (app.member("ada", Role::Member), app.member("zoe-b", Role::Member));
        open(app, &ada, "general", "Pump and gasket", "Both.", json!({})).await;
        let within = open(app, &ada, "general", "Pump", "One.", json!({})).await;
        open(app, &ada, "general", "Gasket", "The other.", json!({})).await;
        app.settle();
        let page = app.get(&address("pump gasket"), &zoe).await;
        assert_eq!(page.texts("li.hit").len(), 3);
        assert_eq!(page.texts(".hit > .rest").len(), 1, "{}", page.body);
        assert!(page.texts("li.hit")[1].contains("Some of your words"), "{}", page.body);
        assert!(app.get(&address("pump"), &zoe).await.texts(".hit > .rest").is_empty());
        // A part of a name finds nobody, and tells members who may be meant.
        let page = app.get(&address("pump @zoe"), &ada).await.body;
        assert!(page.contains("Nothing for “zoe” was found.") && page.contains(r#"href="/u/zoe-b""#), "{page}");
        let page = app.get(&address("pump @zoe"), &Caller::visitor()).await.body;
        assert!(page.contains("Nothing for “zoe” was found.") && !page.contains("zoe-b"), "{page}");
        // Within a thread, with a way out.
        let page = app.get(&format!("{}&thread={within}", address("pump")), &ada).await;
        assert_eq!(page.texts("a.chip").len(), 1, "{}", page.body);
        assert!(page.body.contains(r#"<a class="chip" href="/search?q=pump""#), "{}", page.body);
    }
}

app_on_both! {
    async fn a_private_canary_shows_nowhere(app) {
        app.category("general", None, &[]);
        let (ada, bo) = (app.member("ada", Role::Member), app.member("bo", Role::Member));
        app.category("inner", Some(&["ada"]), &[]);
        let open_to_all = open(app, &ada, "general", "Quarterly figures", "All about figures and salary.", json!({})).await;
        app.settle();
        let surfaces = [
            "/search?q=zanzibar", "/search?q=zanzibra", "/search?q=figures", "/search?q=salary", "/search?q=tag%3Azanzibartag",
            "/search?q=mimixiangmu", "/search/suggest?q=zanz", "/search/suggest?q=%E7%A7%98%E5%AF%86", "/search/suggest?q=%23zanz",
            "/search/similar?title=zanzibar+figures", "/search?q=%40ada", "/search?q=has%3Alink",
        ];
        let mut before = Vec::new();
        for path in surfaces {
            before.push(app.api("GET", path, &bo, None).await.json());
        }
        let related = format!("/threads/{open_to_all}/related");
        for n in 0..3 {
            let title = format!("Zanzibar figures 秘密项目 {n}");
            open(app, &ada, "inner", &title, "zanzibar zanzibar salary figures [x](https://example.org)",
                json!({ "tags": ["zanzibartag"] })).await;
        }
        app.settle();
        off(|| while related::prepare(&app.node.house, &app.node.search, &app.node.related).unwrap() > 0 {});
        for (path, before) in surfaces.iter().zip(&before) {
            for who in [&bo, &Caller::visitor()] {
                let now = app.api("GET", path, who, None).await.json();
                assert_eq!(now, *before, "{path}");
            }
        }
        assert_eq!(app.api("GET", &related, &bo, None).await.json()["items"], json!([]));
        // Those who may see it find it everywhere.
        assert_eq!(found(app, &ada, "zanzibar").await.len(), 3);
        let suggested = app.api("GET", "/search/suggest?q=zanz", &ada, None).await.json();
        assert!(!suggested["threads"].as_array().unwrap().is_empty(), "{suggested}");
        for path in ["/search?q=zanzibar", "/search?q=zanzibra"] {
            assert!(!app.get(path, &bo).await.texts("main").join(" ").contains("秘密"));
        }
    }
}

app_on_both! {
    async fn threads_lead_to_others_about_the_same(app) {
        app.category("general", None, &[]);
        let ada = app.member("ada", Role::Member);
        let one = open(app, &ada, "general", "Printer shows error E42 after a paper jam", "The printer stops.", json!({})).await;
        let two = open(app, &ada, "general", "Error E42 on the printer", "After a paper jam the printer shows E42.", json!({})).await;
        open(app, &ada, "general", "Holiday opening hours", "We are closed.", json!({})).await;
        app.settle();
        off(|| while related::prepare(&app.node.house, &app.node.search, &app.node.related).unwrap() > 0 {});
        let items = app.api("GET", &format!("/threads/{one}/related"), &Caller::visitor(), None).await.json();
        assert_eq!(items["items"][0]["id"], json!(two), "{items}");
        let url = app.api("GET", &format!("/threads/{one}"), &ada, None).await.json()["url"].as_str().unwrap().to_owned();
        let page = app.get(&url, &Caller::visitor()).await;
        assert_eq!(page.texts("section.related a > span").first().map(String::as_str), Some("Error E42 on the printer"));
        // What is removed is no longer offered, also not from memory.
        app.api("DELETE", &format!("/threads/{two}"), &app.member("mo", Role::Moderator), None).await;
        assert!(!app.get(&url, &Caller::visitor()).await.body.contains("Error E42 on the printer"));
        let similar = app.api("GET", "/search/similar?title=printer%20paper%20jam%20E42", &ada, None).await.json();
        assert_eq!(similar["items"][0]["id"], json!(one), "{similar}");
    }
}

app_on_both! {
    async fn heat_that_views_brought_reaches_the_index(app) {
        app.category("general", None, &[]);
        let ada = app.member("ada", Role::Member);
        for title in ["Cold pump", "Warm pump"] {
            open(app, &ada, "general", title, "Pump.", json!({})).await;
        }
        app.settle();
        app.sql("UPDATE threads SET heat = heat + 3 WHERE title = 'Cold pump'");
        let first = async || {
            let found = app.api("GET", "/search?q=pump&sort=hottest", &Caller::visitor(), None).await.json();
            found["items"][0]["title"].as_str().unwrap_or_default().to_owned()
        };
        let refresh = || off(|| follow::refresh_heat(&app.db, &app.node.search.index).unwrap());
        assert_eq!(first().await, "Warm pump", "the later of two that are equally hot");
        assert_eq!((refresh(), refresh()), (1, 0));
        assert_eq!(first().await, "Cold pump");
    }
}

app_on_both! {
    async fn members_are_found_by_name_and_by_its_sound(app) {
        let ada = app.member("ada", Role::Member);
        let wei = app.member("weiwei", Role::Member);
        let offers = async |typed: &str| {
            let path = format!("/search/suggest?q={}", component(typed));
            let answer = app.api("GET", &path, &ada, None).await.json();
            answer["members"].as_array().unwrap().iter().map(|m| m["name"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
        };
        let profile = [("display_name", "張 偉"), ("bio", "")];
        assert_eq!(app.post("/settings/profile", &wei, &profile).await.status, 303);
        for typed in ["张伟", "張偉", "@張", "@zh", "zhangw", "@zw", "weiw"] {
            assert_eq!(offers(typed).await, ["張 偉 @weiwei"], "{typed}");
        }
        assert!(offers("zw").await.is_empty(), "too short for a name without an @");
        let page = app.get("/search?q=zhangwei", &ada).await.body;
        assert!(page.contains(r#"href="/u/weiwei""#), "{page}");
        assert!(!app.get("/search?q=zhangwei", &Caller::visitor()).await.body.contains("weiwei"));
        assert_eq!(app.post("/settings/profile", &wei, &[("display_name", "Lasse Öörni"), ("bio", "")]).await.status, 303);
        for typed in ["Lasse", "lasse oorni", "Lasse Öörni", "weiwei"] {
            let found = app.get(&address(typed), &ada).await.body;
            assert!(found.contains(r#"href="/u/weiwei""#), "{typed}: {found}");
        }
        assert!(!app.get(&address("Lass"), &ada).await.body.contains(r#"href="/u/weiwei""#), "half a name");
        assert_eq!(app.post("/settings/profile", &wei, &profile).await.status, 303);
        let completed = app.get("/complete?kind=member&q=zhangw", &ada).await.json();
        assert_eq!(completed["items"][0]["value"], json!("weiwei"));
        // What a release before knew nothing of is written at the start.
        app.sql("DELETE FROM member_names");
        assert!(offers("zhangw").await.is_empty());
        off(|| app.db.write_now(|c| accounts::store::name_all(c).map_err(DbError::from))).unwrap();
        assert_eq!(offers("zhangw").await, ["張 偉 @weiwei"]);
        let profile = [("display_name", "小明"), ("bio", "")];
        assert_eq!(app.post("/settings/profile", &wei, &profile).await.status, 303);
        assert_eq!(offers("xiaom").await, ["小明 @weiwei"]);
        assert!(offers("zhangw").await.is_empty(), "a name given up");
    }
}

app_on_both! {
    async fn suggestions_follow_what_is_typed(app) {
        app.category("general", None, &[]);
        let ada = app.member("ada", Role::Member);
        open(app, &ada, "general", "温度传感器校准", "x", json!({ "tags": ["传感器"] })).await;
        open(app, &ada, "general", "Temperature sensors drift", "x", json!({ "tags": ["sensors"] })).await;
        open(app, &ada, "general", "Part AB-1200/3", "x", json!({})).await;
        app.settle();
        for (typed, title) in [
            ("temp", "Temperature sensors drift"),
            ("sensors dr", "Temperature sensors drift"),
            ("传感", "温度传感器校准"),
            ("傳感器", "温度传感器校准"),
            ("chuanganqi", "温度传感器校准"),
            ("wdcgq", "温度传感器校准"),
            // The last word, the last syllable, the last part of a code have only begun.
            ("temperature s", "Temperature sensors drift"),
            ("chuangan", "温度传感器校准"),
            ("chuanganq", "温度传感器校准"),
            ("AB-12", "Part AB-1200/3"),
            // A letter is wrong.
            ("temprature", "Temperature sensors drift"),
            ("snesors dri", "Temperature sensors drift"),
            ("传干器", "温度传感器校准"),
            ("溫度傳干器", "温度传感器校准"),
            ("ab12", "Part AB-1200/3"),
        ] {
            let path = format!("/search/suggest?q={}", component(typed));
            let answer = app.api("GET", &path, &Caller::visitor(), None).await.json();
            assert_eq!(answer["threads"][0]["title"], json!(title), "{typed}: {answer}");
            assert_eq!(answer["members"], json!([]), "{typed}");
        }
        for sound in ["chuanganqi", "cgq", "chuanganq"] {
            let tags = app.api("GET", &format!("/search/suggest?q={sound}"), &Caller::visitor(), None).await.json();
            assert_eq!(tags["tags"][0]["name"], json!("传感器"), "{sound}: {tags}");
        }
        app.sql("UPDATE categories SET name = '综合讨论'");
        let categories = app.api("GET", "/search/suggest?q=zonghe", &ada, None).await.json();
        assert_eq!(categories["categories"][0]["name"], json!("综合讨论"));
        let tags = app.api("GET", "/search/suggest?q=sens", &Caller::visitor(), None).await.json();
        assert_eq!(tags["tags"][0]["name"], json!("sensors"));
        let members = app.api("GET", "/search/suggest?q=%40ad", &ada, None).await.json();
        assert_eq!(members["members"][0]["name"], json!("ada"));
        assert_eq!(app.api("GET", "/search/suggest?q=%40ad", &Caller::visitor(), None).await.json()["members"], json!([]));
        for nothing in ["", "a", "%20", "%3F%3F%3F", "%F0%9F%8E%89"] {
            assert_eq!(app.api("GET", &format!("/search/suggest?q={nothing}"), &ada, None).await.status, 200);
        }
    }
}

app_on_both! {
    async fn what_operators_teach_holds_from_the_next_search_on(app) {
        app.category("general", None, &[]);
        let (ada, op) = (app.member("ada", Role::Member), app.member("op", Role::Operator));
        let thread = open(app, &ada, "general", "打印机卡纸", "一直卡纸。", json!({})).await;
        app.settle();
        assert!(found(app, &Caller::visitor(), "printer").await.is_empty());
        // Tried first: the page shows what would come, and nothing is kept.
        let tried = app.get("/admin/search/try?q=printer&line=printer%2C%20%E6%89%93%E5%8D%B0%E6%9C%BA", &op).await;
        assert_eq!(tried.status, 200);
        assert_eq!(tried.texts("ol.tried > li").len(), 1, "{}", tried.body);
        assert!(found(app, &Caller::visitor(), "printer").await.is_empty());
        let wrong = app.get("/admin/search/try?q=printer&line=a%20%3D%3E%20b%20%3D%3E%20c", &op).await;
        assert_eq!(wrong.texts("#try-line-error").len(), 1, "{}", wrong.body);
        let group = json!({ "terms": ["printer", "打印机"], "means": [] });
        let kept = app.api("POST", "/admin/search/synonyms", &op, Some(group)).await;
        assert_eq!(kept.status, 201, "{}", kept.body);
        assert_eq!(found(app, &Caller::visitor(), "printer").await, [thread]);
        let one_way = json!({ "terms": ["mfp"], "means": ["打印机"] });
        assert_eq!(app.api("POST", "/admin/search/synonyms", &op, Some(one_way)).await.status, 201);
        assert_eq!(found(app, &Caller::visitor(), "MFP").await, [thread]);
    }
}

app_on_both! {
    async fn a_search_of_a_reader_is_noted_once_a_page_is_drawn(app) {
        app.category("general", None, &[]);
        let ada = app.member("ada", Role::Member);
        open(app, &ada, "general", "Membrane", "A membrane.", json!({})).await;
        app.settle();
        let browser = [("User-Agent", "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0")];
        let page = app.ask("GET", "/search?q=membrane", &Caller::visitor(), &browser).await;
        assert!(page.body.contains("data-search=\"") && page.body.contains("data-first=\"1\""), "{}", page.body);
        for quiet in ["/search?q=", "/search?q=is%3Asolved"] {
            assert!(!app.ask("GET", quiet, &Caller::visitor(), &browser).await.body.contains("data-search="), "{quiet}");
        }
        let robot = [("User-Agent", "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)")];
        assert!(!app.ask("GET", "/search?q=membrane", &Caller::visitor(), &robot).await.body.contains("data-search="));
    }
}
