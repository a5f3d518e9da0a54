//! What members write and what readers see.

use super::*;

fn known(handle: &str) -> Option<String> {
    ["mei", "tom", "小明", "foo_bar", "Иван"]
        .into_iter()
        .find(|k| k.eq_ignore_ascii_case(handle))
        .map(Into::into)
}

pub(super) fn show(md: &str) -> String {
    let context = RenderContext { mention: &known, ..RenderContext::new("https://forum.example", "7") };
    render(md, &context).into_string()
}

/// The same on one line.
fn flat(md: &str) -> String {
    show(md).replace('\n', "")
}

#[test]
fn everyday_markdown() {
    assert_eq!(flat("# A\n\n###### B"), "<h3>A</h3><h6>B</h6>");
    assert_eq!(flat("a\nb"), "<p>a<br>b</p>");
    assert_eq!(
        flat("*a* **b** ~~c~~ `d<e`"),
        "<p><em>a</em> <strong>b</strong> <del>c</del> <code>d&lt;e</code></p>"
    );
    assert_eq!(flat("- a\n- b"), "<ul><li>a</li><li>b</li></ul>");
    assert_eq!(flat("3. a"), "<ol start=\"3\"><li>a</li></ol>");
    assert_eq!(
        flat("- [x] a\n- [ ] b"),
        "<ul><li><input type=\"checkbox\" disabled=\"\" checked=\"\" aria-label=\"a\"> a</li>\
         <li><input type=\"checkbox\" disabled=\"\" aria-label=\"b\"> b</li></ul>"
    );
    assert_eq!(
        flat("- [ ] 买 \"**润滑脂**\" `x<y`\n  - [x] done\n- [ ] [manual](/t/7)\n- plain"),
        "<ul><li><input type=\"checkbox\" disabled=\"\" aria-label=\"买 &quot;润滑脂&quot; x&lt;y\"> 买 \"<strong>润滑脂</strong>\" <code>x&lt;y</code>\
         <ul><li><input type=\"checkbox\" disabled=\"\" checked=\"\" aria-label=\"done\"> done</li></ul></li>\
         <li><input type=\"checkbox\" disabled=\"\" aria-label=\"manual\"> <a href=\"/t/7\">manual</a></li><li>plain</li></ul>",
        "a box is named by the words of its item"
    );
    assert!(flat("- [ ] one\n\n- [x] two\n\n  more").contains("checked=\"\" aria-label=\"two\"> two</p>"));
    assert_eq!(
        flat("| a | b |\n|---|--:|\n| 1 | 2 |"),
        "<table><thead><tr><th>a</th><th class=\"right\">b</th></tr></thead>\
         <tbody><tr><td>1</td><td class=\"right\">2</td></tr></tbody></table>"
    );
}

#[test]
fn code_keeps_its_language_and_its_text() {
    assert_eq!(
        show("```C++\nif (a<b) @mei ||x|| https://a.example\n```"),
        "<pre><code class=\"language-c++\">if (a&lt;b) @mei ||x|| https://a.example\n</code></pre>\n"
    );
    assert_eq!(show("```a\"b onclick=x\nx\n```"), "<pre><code>x\n</code></pre>\n");
    assert_eq!(flat("`@mei https://a.example`"), "<p><code>@mei https://a.example</code></p>");
}

#[test]
fn raw_html_is_shown_not_run() {
    assert_eq!(flat("a <b onclick=\"x()\">b</b>"), "<p>a &lt;b onclick=\"x()\"&gt;b&lt;/b&gt;</p>");
    assert_eq!(flat("vector<int> x"), "<p>vector&lt;int&gt; x</p>");
    assert_eq!(flat("vector<std::string> x"), "<p>vector&lt;std::string&gt; x</p>");
    assert_eq!(flat("<div>\nx\n</div>"), "<p>&lt;div&gt;<br>x<br>&lt;/div&gt;</p>");
    assert_eq!(flat("H<sub>2</sub>O <kbd>Ctrl</kbd><br>x"), "<p>H<sub>2</sub>O <kbd>Ctrl</kbd><br>x</p>");
    assert_eq!(flat("<kbd>open"), "<p>&lt;kbd&gt;open</p>");
    assert_eq!(flat("a<!-- hidden -->b"), "<p>ab</p>");
    assert_eq!(flat("<!-- hidden -->"), "");
}

#[test]
fn links_say_what_they_are() {
    assert_eq!(
        flat("[x](https://a.example/p)"),
        "<p><a href=\"https://a.example/p\" rel=\"ugc nofollow noopener\">x</a></p>"
    );
    assert_eq!(flat("[x](https://forum.example/t/1#p)"), "<p><a href=\"/t/1#p\">x</a></p>");
    assert_eq!(
        flat("见https://a.example/p，谢谢"),
        "<p>见<a href=\"https://a.example/p\" rel=\"ugc nofollow noopener\">https://a.example/p</a>，谢谢</p>"
    );
    assert_eq!(
        flat("https://a.example/x_y_z?a=1&b=2"),
        "<p><a href=\"https://a.example/x_y_z?a=1&amp;b=2\" rel=\"ugc nofollow noopener\">https://a.example/x_y_z?a=1&amp;b=2</a></p>"
    );
    assert_eq!(
        flat("[https://bank.example](https://evil.example)"),
        "<p><a href=\"https://evil.example/\" rel=\"ugc nofollow noopener\">https://bank.example \
         <span class=\"link-host\">(evil.example)</span></a></p>"
    );
    assert_eq!(flat("[x](javascript:alert(1))"), "<p>x</p>");
    assert_eq!(
        flat("<a@b.example>"),
        "<p><a href=\"mailto:a@b.example\" rel=\"ugc nofollow noopener\">a@b.example</a></p>"
    );
}

#[test]
fn images_of_others_become_links() {
    assert_eq!(
        flat("![a chart|690x388](/uploads/1.png)"),
        "<p><img src=\"/uploads/1.png\" alt=\"a chart\" width=\"690\" height=\"388\" loading=\"lazy\"></p>"
    );
    assert_eq!(
        flat("![a chart](https://img.example/c.png)"),
        "<p><a class=\"remote-image\" href=\"https://img.example/c.png\" rel=\"ugc nofollow noopener\">🖼 a chart (img.example)</a></p>"
    );
    assert!(flat("![](https://img.example/c.png?x=1)").contains(">🖼 c.png (img.example)</a>"));
    assert_eq!(flat("![x](/uploads/../logout)"), "<p><a href=\"/logout\">x</a></p>");
    assert_eq!(
        flat("[![x](https://img.example/c.png)](https://a.example/)"),
        "<p><a href=\"https://a.example/\" rel=\"ugc nofollow noopener\">🖼 x (img.example)</a></p>"
    );
    let moved = |url: &str| (url == "https://img.example/c.png").then(|| "/uploads/9.png".to_owned());
    let context =
        RenderContext { rehosted: Some(&moved), ..RenderContext::new("https://forum.example", "7") };
    assert!(
        render("![x](https://img.example/c.png)", &context).as_str().contains("<img src=\"/uploads/9.png\"")
    );
}

#[test]
fn mentions_name_known_members_only() {
    let mei = "<a class=\"mention\" href=\"/u/mei\">@mei</a>";
    assert_eq!(flat("@mei, hi"), format!("<p>{mei}, hi</p>"));
    assert_eq!(flat("(@MEI)."), format!("<p>({mei}).</p>"));
    assert_eq!(flat("请@mei看看"), format!("<p>请{mei}看看</p>"));
    assert!(
        flat("@小明 你好").starts_with("<p><a class=\"mention\" href=\"/u/%E5%B0%8F%E6%98%8E\">@小明</a>")
    );
    assert!(flat("@Иван").contains("href=\"/u/%D0%98"));
    assert_eq!(flat("@foo_bar"), "<p><a class=\"mention\" href=\"/u/foo_bar\">@foo_bar</a></p>");
    for text in ["@nobody", "a@mei", "x/@mei", "\\@mei", "&#64;mei", "@", "@@mei"] {
        assert!(!flat(text).contains("mention"), "{text}");
    }
    assert!(!flat("[@mei](https://a.example)").contains("mention"));
    assert!(!flat("> @mei").contains("mention"));
}

fn many_members(n: usize) -> String {
    (0..n).map(|i| format!("@m{i}")).collect::<Vec<_>>().join(" ")
}

#[test]
fn mentions_are_listed_for_the_caller() {
    assert_eq!(mentions("@a.b. @A.B @小明, `@code` [@link](/x) a@b.example\n\n> @quoted"), ["a.b", "小明"]);
    assert_eq!(mentions(&many_members(30)).len(), 10);
}

#[test]
fn spoilers_hide_words_and_blocks() {
    let hidden = "<span class=\"spoiler\" tabindex=\"0\">";
    assert_eq!(flat("他是||凶手||。"), format!("<p>他是{hidden}凶手</span>。</p>"));
    assert_eq!(flat("||**it** was||"), format!("<p>{hidden}<strong>it</strong> was</span></p>"));
    assert_eq!(flat("x [spoiler]y[/spoiler]"), format!("<p>x {hidden}y</span></p>"));
    for code in ["if (a || b || c)", "a||b||c", "x || y", "||||", "\\||a\\||"] {
        assert!(!flat(code).contains("spoiler"), "{code}: {}", flat(code));
    }
    let block = "<details class=\"spoiler\"><summary>Spoiler</summary><p>a</p><p>b</p></details>";
    assert_eq!(flat("[spoiler]\na\n\nb\n[/spoiler]"), block);
    assert_eq!(flat("[spoiler]\n\na\n\nb\n\n[/spoiler]\n"), block);
    assert_eq!(
        flat("- x\n[details=\"More <b>\"]\ny\n[/details]"),
        "<ul><li>x</li></ul><details><summary>More &lt;b&gt;</summary><p>y</p></details>"
    );
    assert_eq!(flat("> [spoiler]\n> a\n>\n> b\n> [/spoiler]"), format!("<blockquote>{block}</blockquote>"));
    assert_eq!(flat("[/spoiler]"), "<p>[/spoiler]</p>");
    assert_eq!(flat("```\n[spoiler]\n```"), "<pre><code>[spoiler]</code></pre>");
}

#[test]
fn quotes_say_whom_they_quote() {
    let md = quote("mei", "/p/123", "one\n\ntwo");
    assert_eq!(md, "> [@mei](/p/123):\n> one\n>\n> two\n\n");
    assert_eq!(
        flat(&(md + "reply")),
        "<blockquote><p class=\"quote-by\"><cite><a href=\"/p/123\">@mei</a></cite></p><p>one</p><p>two</p></blockquote><p>reply</p>"
    );
    assert_eq!(
        flat("> **@gone**:\n> x"),
        "<blockquote><p class=\"quote-by\"><cite>@gone</cite></p><p>x</p></blockquote>"
    );
    assert_eq!(
        flat("> [@mei](/p/1): inline"),
        "<blockquote><p><a href=\"/p/1\">@mei</a>: inline</p></blockquote>"
    );
}

#[test]
fn deep_quotes_are_folded_once() {
    let html = flat("> 1\n>> 2\n>>> 3\n>>>> 4\n>>>>> 5");
    assert_eq!(html.matches("<blockquote>").count(), 3, "{html}");
    assert!(
        html.contains(
            "<details class=\"earlier\"><summary>Earlier quotes</summary><p>4</p><p>5</p></details>"
        ),
        "{html}"
    );
}

#[test]
fn footnotes_are_numbered_and_apart_for_each_post() {
    let html = flat("a[^x] b[^y] c[^x]\n\n[^y]: why\n[^x]: ex");
    assert!(html.contains("<a id=\"u-7-ref-1\" href=\"#u-7-note-1\">1</a>"), "{html}");
    assert!(html.contains("<li id=\"u-7-note-1\"><p>ex</p><a href=\"#u-7-ref-1\">↩</a></li>"), "{html}");
    assert_eq!(html.matches("id=\"u-7-ref-1\"").count(), 1);
    assert!(!flat("[^none]").contains("<sup"));
}

#[test]
fn limits_are_refused_with_stable_codes() {
    let code = |md: String| check(&md).map_err(|error| error.code());
    assert_eq!(code("https://a.example ".repeat(20)).map(|s| s.links), Ok(20));
    assert_eq!(code("https://a.example ".repeat(21)), Err("links_too_many"));
    assert_eq!(code("[a](/b) ".repeat(21)), Err("links_too_many"));
    assert_eq!(code(many_members(11)), Err("mentions_too_many"));
    assert_eq!(code("![](/uploads/a.png) ".repeat(21)), Err("images_too_many"));
    assert_eq!(code("字".repeat(32_000)).map(|s| s.chars), Ok(32_000));
    assert_eq!(code("字".repeat(32_001)), Err("text_too_long"));
    assert_eq!(check("`https://a.example` > @x").map(|s| (s.links, s.mentions)), Ok((0, 1)));
    assert_eq!(check("> [@mei](/p/1):\n> x").map(|s| s.links), Ok(0));
    assert_eq!(code("> [x](https://a.example):\n> x\n\ny\n\n".repeat(21)), Err("links_too_many"));
    assert_eq!(MarkupError::TooManyLinks(21).counts(), (21, 20));
}
