//! Small pieces written by hand: what Discourse serves, the Markdown we keep, the page readers see.

use std::fs::File;
use std::io::Write;
use std::path::PathBuf;
use std::sync::Arc;

use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::{Value, json};

use super::cooked::Converter;
use super::shapes::Poll;
use super::site::OldSite;
use super::{DiscourseReader, Options, raw};
use crate::content::markup::{RenderContext, render};
use crate::transfer::records::{MemberRole, Record, RecordKind, Report, ThreadRecord};

fn site() -> OldSite {
    OldSite::new(Some("https://old.example"))
}

fn md(cooked: &str) -> String {
    Converter::new(&Arc::new(site())).markdown(cooked, &[])
}

fn shown(md: &str) -> String {
    render(md, &RenderContext::new("https://forum.example", "1")).into_string().replace('\n', "")
}

/// Cooked HTML, our Markdown, our HTML on one line.
#[track_caller]
fn golden(cooked: &str, markdown: &str, html: &str) {
    let found = md(cooked);
    assert_eq!(found, markdown, "Markdown");
    assert_eq!(shown(&found), html, "HTML");
}

#[test]
fn prose_and_lists() {
    golden(
        "<h2>Title</h2>\n<p>One <strong>two</strong> <em>three</em>,<br>\nnext line.</p>\n<ul>\n<li>a\n<ul>\n<li>b</li>\n</ul>\n</li>\n</ul>\n<ol>\n<li>x</li>\n</ol>",
        "## Title\n\nOne **two** *three*,\nnext line.\n\n- a\n  - b\n\n1. x",
        "<h4>Title</h4><p>One <strong>two</strong> <em>three</em>,<br>next line.</p><ul><li>a<ul><li>b</li></ul></li></ul><ol><li>x</li></ol>",
    );
}

#[test]
fn text_that_looks_like_markdown_stays_text() {
    for (cooked, html) in [
        ("<p>a<br>\n- b</p>", "<p>a<br>- b</p>"),
        ("<p>a<br>\n# b<br>1. c</p>", "<p>a<br># b<br>1. c</p>"),
        ("<p>a<br>\n---<br>\nb</p>", "<p>a<br>———<br>b</p>"),
        ("<p>a * b * c_d_e &lt;int&gt; [x](y)</p>", "<p>a * b * c_d_e &lt;int&gt; [x](y)</p>"),
    ] {
        assert_eq!(shown(&md(cooked)), html, "{}", md(cooked));
    }
}

#[test]
fn quotes_with_post_member_or_neither() {
    golden(
        "<aside class=\"quote no-group\" data-username=\"mei\" data-post=\"3\" data-topic=\"12\">\n<div class=\"title\">\n<div class=\"quote-controls\"></div>\n<img src=\"/a.png\" class=\"avatar\"> mei:</div>\n<blockquote>\n<p>One<br>\ntwo</p>\n<p>three</p>\n</blockquote>\n</aside>\n<p>Reply</p>",
        "> [@mei](foreign:/t/12/3):\n> One\n> two\n>\n> three\n\nReply",
        "<blockquote><p class=\"quote-by\"><cite>@mei</cite></p><p>One<br>two</p><p>three</p></blockquote><p>Reply</p>",
    );
    assert_eq!(
        md(
            "<aside class=\"quote\" data-username=\"mei_x\"><div class=\"title\">mei_x:</div><blockquote><p>a</p></blockquote></aside>"
        ),
        "> **@mei\\_x**:\n> a"
    );
    assert_eq!(md("<aside class=\"quote\"><blockquote><p>a</p></blockquote></aside>"), "> a");
    assert_eq!(
        md(
            "<aside class=\"quote quote-modified\" data-post=\"1\" data-topic=\"7\"><div class=\"title\"><a href=\"https://old.example/t/x/7\">About pumps</a> <a class=\"badge-wrapper\" href=\"/c/x/1\"><span>Help</span></a></div><blockquote>Text of it</blockquote></aside>"
        ),
        "> [About pumps](foreign:/t/7/1):\n> Text of it"
    );
}

#[test]
fn quotes_from_before_names_were_attributes() {
    let of = |attributes: &str, title: &str| {
        md(&format!(
            "<aside class=\"quote\"{attributes}>\n<div class=\"title\">\n<div class=\"quote-controls\"></div>\n{title}</div>\n<blockquote>\n<p>Grease it.</p>\n</blockquote>\n</aside>"
        ))
    };
    let avatar =
        "<img alt src=\"https://cdn.example/user_avatar/old.example/mei.lin/40/3_1.png\" class=\"avatar\">";
    assert_eq!(of("", &format!("{avatar} Mei.Lin:")), "> **@Mei.Lin**:\n> Grease it.");
    assert_eq!(of("", &format!("{avatar} Lin Mei:")), "> **@mei.lin**:\n> Grease it.");
    assert_eq!(of("", "bo_2:"), "> **@bo\\_2**:\n> Grease it.");
    assert_eq!(of("", "Somebody or other:"), "> Grease it.");
    let linked = of(" data-post=\"4\" data-topic=\"12\"", &format!("{avatar} Mei.Lin:"));
    assert_eq!(linked, "> [@Mei.Lin](foreign:/t/12/4):\n> Grease it.");
    let letter = "<img src=\"/letter_avatar/jo/40/5_a.png\" class=\"avatar\">";
    assert_eq!(of("", letter), "> **@jo**:\n> Grease it.");
}

#[test]
fn nested_quotes_stay_nested() {
    let inner = "<aside class=\"quote\" data-username=\"b\" data-post=\"1\" data-topic=\"2\"><blockquote><p>deep</p></blockquote></aside>";
    assert_eq!(
        md(&format!(
            "<aside class=\"quote\" data-username=\"a\" data-post=\"2\" data-topic=\"2\"><blockquote>{inner}<p>less</p></blockquote></aside>"
        )),
        "> [@a](foreign:/t/2/2):\n> > [@b](foreign:/t/2/1):\n> > deep\n>\n> less"
    );
}

#[test]
fn mentions_and_hashtags() {
    assert_eq!(
        md(
            "<p><a class=\"mention\" href=\"/u/mei_x\">@mei_x</a> and <span class=\"mention\">@nobody</span> <span class=\"hashtag\">#pumps</span></p>"
        ),
        "@mei_x and @nobody #pumps"
    );
}

#[test]
fn code_keeps_its_language() {
    golden(
        "<pre><code class=\"lang-cpp\">if (a &lt; b)\n    ```x\n</code></pre>",
        "````cpp\nif (a < b)\n    ```x\n````",
        "<pre><code class=\"language-cpp\">if (a &lt; b)    ```x</code></pre>",
    );
    assert_eq!(md("<pre><code class=\"lang-auto\">x\n\n\n  y</code></pre>"), "```\nx\n\n\n  y\n```");
    assert_eq!(md("<p>use <code>a  `b` *c*</code></p>"), "use ``a  `b` *c*``");
    assert_eq!(md("<ul><li>a<pre><code>x\n  y</code></pre></li></ul>"), "- a\n\n  ```\n  x\n    y\n  ```");
}

#[test]
fn emoji_become_characters() {
    assert_eq!(
        md(
            "<p>ok <img src=\"/images/emoji/smile.png?v=9\" title=\":smile:\" class=\"emoji\" alt=\":smile:\"> <img class=\"emoji emoji-custom\" title=\":our_logo:\" alt=\":our_logo:\"></p>"
        ),
        "ok 😄 :our\\_logo:"
    );
}

#[test]
fn spoilers_in_line_and_block() {
    golden(
        "<p>It was <span class=\"spoiler\">the pump</span>.</p><div class=\"spoiler\">\n<p>a</p>\n<p>b</p>\n</div>",
        "It was ||the pump||.\n\n[spoiler]\na\n\nb\n[/spoiler]",
        "<p>It was <span class=\"spoiler\" tabindex=\"0\">the pump</span>.</p><details class=\"spoiler\"><summary>Spoiler</summary><p>a</p><p>b</p></details>",
    );
    assert_eq!(md("<p><span class=\"spoiler\">a | b</span></p>"), "[spoiler]a | b[/spoiler]");
}

#[test]
fn details_keep_their_summary() {
    golden(
        "<details>\n<summary>\nLong \"log\"</summary>\n<p>line</p>\n<pre><code>x</code></pre>\n</details>",
        "[details=\"Long 'log'\"]\n\nline\n\n```\nx\n```\n\n[/details]",
        "<details><summary>Long 'log'</summary><p>line</p><pre><code>x</code></pre></details>",
    );
}

#[test]
fn cards_become_links_with_a_title() {
    assert_eq!(
        md(
            "<aside class=\"onebox whitelistedgeneric\">\n<header class=\"source\">\n<img src=\"/f.ico\" class=\"site-icon\">\n<a href=\"https://site.example/page_(1)\" target=\"_blank\">site</a>\n</header>\n<article class=\"onebox-body\">\n<img src=\"/t.jpg\" class=\"thumbnail\">\n<h3><a href=\"https://site.example/page_(1)\">A [good] page</a></h3>\n<p>About it</p>\n</article>\n</aside>"
        ),
        "[A \\[good\\] page](https://site.example/page_%281%29)"
    );
    assert_eq!(
        md(
            "<p><a href=\"https://site.example/x\" class=\"onebox\" target=\"_blank\">https://site.example/x</a></p>"
        ),
        "<https://site.example/x>"
    );
    assert_eq!(
        md("<p><a href=\"https://site.example/x\" class=\"inline-onebox\">A page</a></p>"),
        "[A page](https://site.example/x)"
    );
}

#[test]
fn pictures_keep_their_size_and_address() {
    golden(
        "<p>Look:</p><div class=\"lightbox-wrapper\"><a class=\"lightbox\" href=\"//cdn.example/big.png\" title=\"a chart\"><img src=\"//cdn.example/small.png\" alt=\"a\" width=\"690\" height=\"78\"><div class=\"meta\"><span class=\"filename\">big.png</span><span class=\"informations\">716×81</span></div></a></div>",
        "Look:\n\n![a chart|690x78](https://cdn.example/big.png)",
        "<p>Look:</p><p><a class=\"remote-image\" href=\"https://cdn.example/big.png\" rel=\"ugc nofollow noopener\">🖼 a chart (cdn.example)</a></p>",
    );
    assert_eq!(
        md("<p><img src=\"/uploads/default/x.png\" alt=\"\"></p>"),
        "![](https://old.example/uploads/default/x.png)"
    );
}

#[test]
fn polls_become_lists() {
    assert_eq!(
        md(
            "<div class=\"poll\" data-poll-status=\"open\"><div><div class=\"poll-container\"><ul><li data-poll-option-id=\"1\">Yes, <em>please</em></li><li>No</li></ul></div><div class=\"poll-info\"><p><span class=\"info-number\">0</span></p></div></div></div>"
        ),
        "- Yes, *please*\n- No"
    );
}

#[test]
fn polls_have_their_votes_where_they_are_counted() {
    let counted = |cooked: &str, polls: Value| {
        let polls: Vec<Poll> = serde_json::from_value(polls).unwrap();
        Converter::new(&Arc::new(site())).markdown(cooked, &polls)
    };
    let polls = json!([{ "name": "poll", "title": "Which <b>seal</b>?", "options": [
        { "id": "a1", "html": "Lip <em>seal</em>", "votes": 12 },
        { "id": "b2", "html": "Packing", "votes": 0 },
        { "id": "c3", "html": "Not told" },
    ] }]);
    let inside = "<p>Vote:</p><div class=\"poll\" data-poll-name=\"poll\"><div class=\"poll-container\"><div class=\"poll-title\">Which seal?</div><ul><li data-poll-option-id=\"a1\">Lip <em>seal</em></li><li data-poll-option-id=\"b2\"><p>Packing</p></li><li data-poll-option-id=\"c3\">Not told</li></ul></div></div><p>Thanks</p>";
    let list = "📊 **Which seal?**\n\n- Lip *seal* — 12\n- Packing — 0\n- Not told";
    assert_eq!(counted(inside, polls.clone()), format!("Vote:\n\n{list}\n\nThanks"));
    // The data may have the poll beside a post whose text has lost it.
    assert_eq!(counted("<p>Vote:</p>", polls), format!("Vote:\n\n{list}"));
    let empty = "<div class=\"poll\"><div class=\"poll-info\"><p>0 voters</p></div></div><p>x</p>";
    assert_eq!(counted(empty, json!([{ "options": [] }])), "x", "nothing to choose from is nothing to show");
}

#[test]
fn cards_of_code_keep_link_title_and_code() {
    let blob = "<aside class=\"onebox githubblob\" data-onebox-src=\"https://code.example/a/b/blob/main/src/seal.cpp#L7-L9\">\n<header class=\"source\">\n<a href=\"https://code.example/a/b/blob/main/src/seal.cpp#L7-L9\">code.example</a>\n</header>\n<article class=\"onebox-body\">\n<h4><a href=\"https://code.example/a/b/blob/main/src/seal.cpp#L7-L9\">a/b/blob/main/src/seal.cpp#L7-L9</a></h4>\n<pre class=\"onebox\"><code class=\"lang-cpp\"><ol class=\"start lines\" start=\"7\" style=\"counter-reset: li-counter 6 ;\">\n<li>int seal(</li><li>    float bar)</li>\n<li class=\"selected\">{</li>\n</ol></code></pre>\nThis file has been truncated. <a href=\"https://code.example/x\">show original</a>\n</article>\n<div class=\"onebox-metadata\"></div>\n</aside>";
    golden(
        blob,
        "[a/b/blob/main/src/seal.cpp#L7-L9](https://code.example/a/b/blob/main/src/seal.cpp#L7-L9)\n\n```cpp\nint seal(\n    float bar)\n{\n```",
        "<p><a href=\"https://code.example/a/b/blob/main/src/seal.cpp#L7-L9\" rel=\"ugc nofollow noopener\">a/b/blob/main/src/seal.cpp#L7-L9</a></p><pre><code class=\"language-cpp\">int seal(    float bar){</code></pre>",
    );
    let gist = "<aside class=\"onebox githubgist\"><header class=\"source\"><a href=\"https://gist.example/1\">gist.example</a></header><article class=\"onebox-body\"><h4><a href=\"https://gist.example/1\">https://gist.example/1</a></h4><h5>one_a.h</h5><pre><code class=\"C\">#pragma once\n</code></pre><h5>two.h</h5><pre><code class=\"C\">int x;</code></pre></article></aside>";
    assert_eq!(
        md(gist),
        "<https://gist.example/1>\n\n**one\\_a.h**\n\n```C\n#pragma once\n```\n\n**two.h**\n\n```C\nint x;\n```"
    );
    let issue = "<aside class=\"onebox githubissue\"><header class=\"source\"><a href=\"https://code.example/a/b/issues/7\">code.example</a></header><article class=\"onebox-body\"><h4><a href=\"https://code.example/a/b/issues/7\">Seal leaks at 9 bar</a></h4><pre class=\"content\">Since the update\u{2026}</pre></article></aside>";
    assert_eq!(md(issue), "[Seal leaks at 9 bar](https://code.example/a/b/issues/7)");
}

#[test]
fn players_become_links() {
    assert_eq!(
        md("<div class=\"lazyYT\" data-youtube-id=\"abc\" data-youtube-title=\"Pump test\"></div>"),
        "[Pump test](https://www.youtube.com/watch?v=abc)"
    );
    assert_eq!(
        md("<p>See <iframe src=\"https://www.youtube.com/embed/abc?feature=oembed\"></iframe></p>"),
        "See\n\n<https://www.youtube.com/watch?v=abc>"
    );
    assert_eq!(
        md(
            "<div class=\"video-onebox\"><video controls=\"\"><source src=\"https://v.example/a.webm\"><a href=\"https://v.example/a.webm\">x</a></video></div>"
        ),
        "<https://v.example/a.webm>"
    );
}

#[test]
fn links_inside_the_forum_become_placeholders() {
    assert_eq!(
        md(
            "<p><a href=\"https://old.example/t/some-thread/12/3\">that</a> <a href=\"/t/some-thread/12\">https://old.example/t/some-thread/12</a> <a href=\"/u/mei\">her</a> <a href=\"/c/help/4\">Help</a></p>"
        ),
        "[that](foreign:/t/12/3) [https://old.example/t/some-thread/12](foreign:/t/12) [her](/u/mei) [Help](https://old.example/c/help/4)"
    );
    assert_eq!(
        md(
            "<p><a href=\"https://old.example/t/some-thread/12\">https://old.example/t/some-thread/12</a></p>"
        ),
        "<foreign:/t/12>"
    );
}

#[test]
fn attachments_tables_and_small_things() {
    assert_eq!(
        md("<p><a class=\"attachment\" href=\"/uploads/short-url/x.pdf\">data sheet.pdf</a> (1.8 KB)</p>"),
        "[data sheet.pdf](https://old.example/uploads/short-url/x.pdf) (1.8 KB)"
    );
    golden(
        "<table><thead><tr><th>a</th><th>b</th></tr></thead><tbody><tr><td>1<br>2</td><td>x|y</td></tr></tbody></table>",
        "| a      | b   |\n| ------ | --- |\n| 1<br>2 | x&#124;y |",
        "<table><thead><tr><th>a</th><th>b</th></tr></thead><tbody><tr><td>1<br>2</td><td>x|y</td></tr></tbody></table>",
    );
    assert_eq!(
        md("<p>H<sub>2</sub>O <kbd>Ctrl</kbd> <s>old</s> <span class=\"bbcode-b\">b </span>x</p>"),
        "H<sub>2</sub>O <kbd>Ctrl</kbd> ~~old~~ **b** x"
    );
}

#[test]
fn deep_html_is_read_as_text() {
    let deep = format!("{}words{}", "<b>".repeat(50_000), "</b>".repeat(50_000));
    assert!(md(&deep).contains("words"));
    let quotes = format!("{}words{}", "<blockquote>".repeat(5_000), "</blockquote>".repeat(5_000));
    assert!(md(&quotes).contains("words"));
}

#[test]
fn raw_text_is_nearly_ours() {
    let raw = "[quote=\"mei, post:3, topic:12\"]\nwords\n[quote=\"tom\"]\ndeep\n[/quote]\n[/quote]\n\nReply :smile: at 10:30:15 `:smile:`\nhttps://old.example/t/x/7/2 [a](/t/x/7) ![i|1x1](upload://abc.png)\n```\n[quote]\nupload://x\n```\n[poll type=regular]\n* Yes\n[/poll]";
    assert_eq!(
        raw::markdown(raw, &site()),
        "> [@mei](foreign:/t/12/3):\n> words\n>\n> > **@tom**:\n> > deep\n>\n\n\nReply 😄 at 10:30:15 `:smile:`\n<foreign:/t/7/2> [a](foreign:/t/7) ![i|1x1](https://old.example/uploads/short-url/abc.png)\n```\n[quote]\nupload://x\n```\n* Yes"
    );
    assert!(raw::needs_cooked("<div align=center>") && !raw::needs_cooked("a < b"));
}

fn post(number: i64) -> Value {
    json!({
        "id": 100 + number, "post_number": number, "created_at": "2020-01-02T03:04:05.000Z", "user_id": 5,
        "username": "mei", "name": "Mei Lin", "cooked": format!("<p>post {number}</p>"), "post_type": 1,
    })
}

fn with(mut value: Value, changes: Value) -> Value {
    for (key, change) in changes.as_object().expect("changes are an object") {
        value[key] = change.clone();
    }
    value
}

fn topic(posts: Vec<Value>) -> Value {
    json!({
        "id": 12, "title": "About pumps", "slug": "about-pumps", "category_id": 4, "user_id": 5, "views": 70,
        "created_at": "2020-01-02T03:04:05.000Z", "post_stream": {"posts": posts},
    })
}

fn read(lines: &[String]) -> (Vec<Record>, Report) {
    let folder = tempfile::tempdir().expect("a folder");
    let path: PathBuf = folder.path().join("topics.jsonl.gz");
    let mut file = GzEncoder::new(File::create(&path).expect("a file"), Compression::fast());
    for line in lines {
        writeln!(file, "{line}").expect("written");
    }
    file.finish().expect("closed");
    let mut categories = File::create(folder.path().join("categories.json")).expect("a file");
    let list = json!({"category_list": {"categories": [
        {"id": 4, "name": "Help", "slug": "help", "color": "0088CC", "description": "<p>Ask <em>here</em></p>", "position": 2},
        {"id": "x", "name": "Broken"},
    ]}});
    write!(categories, "{list}").expect("written");
    let mut reader = DiscourseReader::open(folder.path(), &Options::default()).expect("opened");
    let records = reader.by_ref().collect();
    (records, reader.report())
}

fn only_thread(posts: Vec<Value>, changes: Value) -> (ThreadRecord, Report) {
    let (records, report) = read(&[with(topic(posts), changes).to_string()]);
    let thread = records.into_iter().find_map(|record| match record {
        Record::Thread(thread) => Some(thread),
        _ => None,
    });
    (thread.expect("a thread"), report)
}

#[test]
fn records_come_in_an_order_that_can_be_stored() {
    let staff = json!({"user_id": 6, "username": "tom", "name": "", "moderator": true});
    let (records, report) = read(&[topic(vec![post(1), with(post(3), staff)]).to_string()]);
    let [Record::Category(category), Record::Member(mei), Record::Member(tom), Record::Thread(thread)] =
        records.as_slice()
    else {
        panic!("{records:?}");
    };
    assert_eq!((category.description.as_str(), category.color.as_deref()), ("Ask *here*", Some("0088cc")));
    assert_eq!(
        (mei.handle.as_str(), mei.name.as_deref(), mei.role),
        ("mei", Some("Mei Lin"), MemberRole::Member)
    );
    assert_eq!((tom.handle.as_str(), tom.name.as_deref(), tom.role), ("tom", None, MemberRole::Moderator));
    assert_eq!(thread.posts.iter().map(|post| post.number).collect::<Vec<_>>(), [1, 3]);
    assert_eq!(thread.old_paths, ["/t/about-pumps/12", "/t/12"]);
    assert_eq!((thread.views, thread.kind, thread.pin), (70, RecordKind::Discussion, None));
    assert_eq!((report.members, report.threads, report.posts), (2, 1, 2));
}

#[test]
fn what_the_source_says_is_kept() {
    let likes = json!({"actions_summary": [{"id": 2, "count": 3}, {"id": 4, "count": 9}], "version": 2,
        "updated_at": "2020-02-01T00:00:00Z", "reply_to_post_number": 1, "accepted_answer": true});
    let (thread, report) = only_thread(
        vec![post(1), with(post(2), likes)],
        json!({"closed": true, "pinned": true, "pinned_globally": true, "pinned_until": "2030-01-01T00:00:00Z",
            "tags": ["a", {"name": "b"}]}),
    );
    assert_eq!((thread.kind, thread.accepted_number, thread.closed), (RecordKind::Question, Some(2), true));
    assert!(thread.pin.is_some_and(|pin| pin.site_wide && pin.until.is_some()));
    assert_eq!(thread.tags, ["a", "b"]);
    let answer = &thread.posts[1];
    assert_eq!((answer.likes, answer.reply_to, answer.edited_at.is_some()), (3, Some(1), true));
    assert!(thread.posts[0].edited_at.is_none());
    assert_eq!(report.likes, 3);
}

#[test]
fn what_is_not_public_or_no_contribution_is_left_out() {
    let (thread, report) = only_thread(
        vec![
            post(1),
            with(post(2), json!({"post_type": 3, "action_code": "closed.enabled"})),
            with(post(3), json!({"post_type": 4})),
            with(post(4), json!({"deleted_at": "2020-01-03T00:00:00Z"})),
            with(post(5), json!({"post_type": 2})),
            with(post(6), json!({"post_type": 2, "cooked": ""})),
            with(post(7), json!({"hidden": true})),
            with(post(8), json!({"user_id": null, "username": null})),
        ],
        json!({"visible": false}),
    );
    assert_eq!(thread.posts.iter().map(|post| post.number).collect::<Vec<_>>(), [1, 5, 7, 8]);
    assert!(
        thread.hidden
            && thread.posts[1].staff_note
            && thread.posts[2].hidden
            && thread.posts[3].author.is_none()
    );
    assert_eq!((report.notices_skipped, report.private_skipped, report.deleted_skipped), (2, 1, 1));
    assert_eq!((report.hidden, report.orphans), (1, 1));
    let (records, report) =
        read(&[with(topic(vec![post(1)]), json!({"archetype": "private_message"})).to_string()]);
    assert!(!records.iter().any(|record| matches!(record, Record::Thread(_))));
    assert_eq!(report.private_skipped, 1);
}

#[test]
fn bad_records_are_reported_with_their_place() {
    let bad_post = with(post(2), json!({"created_at": 7}));
    let (records, report) = read(&[
        "{not json".to_owned(),
        String::new(),
        json!({"id": 1, "post_stream": {"posts": []}}).to_string(),
        topic(vec![
            post(1),
            bad_post,
            with(post(3), json!({"created_at": "yesterday"})),
            with(post(4), json!({"cooked": null})),
        ])
        .to_string(),
    ]);
    assert_eq!(records.iter().filter(|record| matches!(record, Record::Thread(_))).count(), 1);
    let places: Vec<String> = report.bad.iter().map(ToString::to_string).collect();
    assert!(
        places[0].starts_with("categories.json:1, category_list.categories[1].id: invalid type"),
        "{places:#?}"
    );
    assert!(places[1].starts_with("topics.jsonl.gz:1: "), "{places:#?}");
    assert!(places[2].starts_with("topics.jsonl.gz:3: ") && places[2].contains("title"), "{places:#?}");
    assert!(
        places[3].starts_with("topics.jsonl.gz:4, post_stream.posts[1].created_at: invalid type"),
        "{places:#?}"
    );
    assert!(
        places[4].starts_with("topics.jsonl.gz:4, post_stream.posts[2].created_at: \"yesterday\""),
        "{places:#?}"
    );
    assert!(places[5].starts_with("topics.jsonl.gz:4, post_stream.posts[3].cooked: "), "{places:#?}");
    assert_eq!(places.len(), 6);
}

#[test]
fn the_forums_own_address_is_found_in_the_data() {
    let linked = with(
        post(1),
        json!({"cooked": "<p><a href=\"https://old.example/t/x/7\">x</a></p>",
            "link_counts": [{"url": "https://cdn.example/f.png", "internal": true}, {"url": "https://old.example/t/x/7", "internal": true}]}),
    );
    let (thread, report) = only_thread(vec![linked], json!({}));
    assert_eq!(thread.posts[0].body, "[x](foreign:/t/7)");
    assert_eq!(report.internal_links, 1);
}

#[test]
fn one_file_finds_the_categories_beside_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("7.json");
    write!(File::create(&file).expect("made"), "{}", topic(vec![post(1)])).expect("written");
    let told = |path: &PathBuf| {
        let mut reader = DiscourseReader::open(path, &Options::default()).expect("opened");
        let threads = reader.by_ref().filter(|r| matches!(r, Record::Thread(_))).count();
        (threads, reader.report().categories)
    };
    assert_eq!(told(&file), (1, 0));
    let list = json!({"category_list": {"categories": [{"id": 5, "name": "Pumps", "slug": "pumps"}]}});
    write!(File::create(folder.path().join("categories.json")).expect("made"), "{list}").expect("written");
    assert_eq!(told(&file), (1, 1));
}

#[test]
fn a_folder_without_topics_is_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    assert!(DiscourseReader::open(folder.path(), &Options::default()).is_err());
    assert!(DiscourseReader::open(&folder.path().join("none"), &Options::default()).is_err());
}

#[test]
#[ignore = "needs HEARTH_CORPUS"]
fn a_real_forum_is_read_whole() {
    #[expect(clippy::disallowed_methods, reason = "the corpus of an optional test lies outside the project")]
    let folder = std::env::var("HEARTH_CORPUS").expect("HEARTH_CORPUS names the folder");
    let path = PathBuf::from(folder).join("discourse-en");
    let mut reader = DiscourseReader::open(&path, &Options::default()).expect("opened");
    for record in reader.by_ref() {
        let Record::Thread(thread) = record else { continue };
        for post in &thread.posts {
            let html = render(&post.body, &RenderContext::new("https://forum.example", "1"));
            assert!(
                !html.as_str().is_empty() || post.body.trim().is_empty(),
                "{} {}",
                thread.id,
                post.number
            );
        }
    }
    let report = reader.report();
    assert!(report.bad.is_empty(), "{:#?}", report.bad);
    assert_eq!((report.threads, report.posts + report.notices_skipped), (3_000, 25_292));
}
