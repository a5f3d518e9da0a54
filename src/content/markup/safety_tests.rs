//! Hostile texts: whatever is typed, the page holds only what the allow list knows, and in bounded time.

use std::fs::File;
use std::io::{BufReader, Read};
use std::time::{Duration, Instant};

use proptest::prelude::*;
use scraper::{Html, Node};

use super::tests::show;
use super::*;

/// `html` and `body` are the parser's own frame.
const ELEMENTS: &[&str] = &[
    "html",
    "body",
    "a",
    "blockquote",
    "br",
    "cite",
    "code",
    "del",
    "details",
    "em",
    "h3",
    "h4",
    "h5",
    "h6",
    "hr",
    "img",
    "input",
    "kbd",
    "li",
    "ol",
    "p",
    "pre",
    "section",
    "span",
    "strong",
    "sub",
    "summary",
    "sup",
    "table",
    "tbody",
    "td",
    "th",
    "thead",
    "tr",
    "u",
    "ul",
];

const ATTRIBUTES: &[&str] = &[
    "href",
    "rel",
    "class",
    "id",
    "src",
    "alt",
    "width",
    "height",
    "loading",
    "type",
    "disabled",
    "checked",
    "start",
    "tabindex",
    "aria-label",
];

const CLASSES: &[&str] = &[
    "mention",
    "remote-image",
    "spoiler",
    "earlier",
    "quote-by",
    "notes",
    "link-host",
    "note-ref",
    "center",
    "right",
];

/// Everything wrong with `html` as a browser would read it.
fn faults(html: &str) -> Vec<String> {
    let mut faults = Vec::new();
    for node in Html::parse_fragment(html).tree.values() {
        match node {
            Node::Element(element) => {
                let name = element.name();
                if !ELEMENTS.contains(&name) {
                    faults.push(format!("element {name}"));
                }
                for (attribute, value) in element.attrs() {
                    if !attribute_fits(name, attribute, value) {
                        faults.push(format!("{name} {attribute}={value}"));
                    }
                }
            }
            Node::Comment(_) | Node::ProcessingInstruction(_) | Node::Doctype(_) => {
                faults.push("comment".into());
            }
            _ => {}
        }
    }
    faults
}

fn attribute_fits(element: &str, attribute: &str, value: &str) -> bool {
    let web = value.starts_with("http://") || value.starts_with("https://") || value.starts_with("mailto:");
    let own = (value.starts_with('/') && !value.starts_with("//") && !value.starts_with("/\\"))
        || value.starts_with('#');
    ATTRIBUTES.contains(&attribute)
        && match attribute {
            "href" => (web || own) && !value.chars().any(|c| c.is_control() || c.is_whitespace()),
            "src" => element == "img" && value.starts_with("/uploads/"),
            "class" if element == "code" => value
                .strip_prefix("language-")
                .is_some_and(|l| l.chars().all(|c| c.is_ascii_alphanumeric() || "+#._-".contains(c))),
            "class" => CLASSES.contains(&value),
            "id" => value.starts_with("u-7-"),
            "rel" => value == "ugc nofollow noopener",
            "type" => value == "checkbox",
            _ => true,
        }
}

/// Both walls are judged: the page, and what the writer made before the allow list saw it.
fn assert_safe(md: &str) {
    let written = write::html(&build::document(md), &RenderContext::new("https://forum.example", "7"));
    for html in [show(md), written] {
        let faults = faults(&html);
        let start = |text: &str| text.chars().take(400).collect::<String>();
        let first = &faults[..faults.len().min(5)];
        assert!(faults.is_empty(), "{:?}\n{}\n{first:?}", start(md), start(&html));
        assert!(!html.contains(super::beside_han::LETTER), "{:?}", start(md));
    }
}

/// Written by hand after the classes of known attacks.
const VECTORS: &[&str] = &[
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](java&#115;cript:alert(1))",
    "[x](java&Tab;script:alert(1))",
    "[x](java&NewLine;script:alert(1))",
    "[x](&#x6A&#x61&#x76&#x61script:alert(1))",
    "[x](&#1;javascript:alert(1))",
    "[x](<javascript:alert(1)>)",
    "[x](<java\tscript:alert(1)>)",
    "[x](\u{a0}javascript:alert(1))",
    "[x](\u{202e}javascript:alert(1))",
    "[x](data:text/html;base64,PHNjcmlwdD4=)",
    "[x](vbscript:msgbox(1))",
    "[x](view-source:javascript:1)",
    "[x](feed:javascript:alert(1))",
    "[x](//evil.example)",
    "[x](/\\evil.example)",
    "[x](https://forum.example//evil.example)",
    "[x](\"onmouseover=alert(1)//)",
    "[x](https://a.example/\"onmouseover=\"alert(1))",
    "[x](https://a.example 'title\" onmouseover=\"alert(1)')",
    "[x][1]\n\n[1]: javascript:alert(1)",
    "<javascript:alert(1)>",
    "![x](javascript:alert(1))",
    "![\"onerror=\"alert(1)](/uploads/x)",
    "![x](/uploads/x\"onerror=\"alert(1))",
    "![x](data:image/svg+xml;base64,PHN2Zz4=)",
    "![x|1\"onload=\"x1](/uploads/x)",
    "<script>alert(1)</script>",
    "<scr<script>ipt>alert(1)</scr</script>ipt>",
    "<img src=x onerror=alert(1)>",
    "<img/src=x/onerror=alert(1)//",
    "<svg onload=alert(1)>",
    "<svg><script>alert&#40;1)</script></svg>",
    "<svg><a xlink:href=\"javascript:alert(1)\"><text>x</text></a></svg>",
    "<math><mtext><table><mglyph><style><!--</style><img title=\"--&gt;&lt;img src=1 onerror=alert(1)&gt;\">",
    "<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\">",
    "<form><math><mtext></form><form><mglyph><svg><mtext><style><path id=\"</style><img onerror=alert(1) src>\">",
    "<iframe srcdoc=\"<script>alert(1)</script>\"></iframe>",
    "<details open ontoggle=alert(1)>",
    "<a href=\"javascript:alert(1)\">x</a>",
    "<kbd onclick=alert(1)>x</kbd>",
    "<kbd\n>x</kbd>",
    "<style>@import 'https://evil.example'</style>",
    "<base href=https://evil.example>",
    "<meta http-equiv=refresh content=0;url=https://evil.example>",
    "<template><script>alert(1)</script></template>",
    "<textarea></textarea><script>alert(1)</script>",
    "<?xml-stylesheet href=\"javascript:alert(1)\"?>",
    "<![CDATA[<script>alert(1)</script>]]>",
    "<!--><script>alert(1)</script>-->",
    "<!-- --!><img src=x onerror=alert(1)> -->",
    "```\"><script>alert(1)</script>\nx\n```",
    "```x\" onclick=\"alert(1)\nx\n```",
    "`<script>alert(1)</script>`",
    "[details=\"</summary><script>alert(1)</script>\"]\nx\n[/details]",
    "[spoiler]<script>alert(1)</script>[/spoiler]",
    "||<img src=x onerror=alert(1)>||",
    "> [<img src=x onerror=alert(1)>](javascript:alert(1)):\n> x",
    "> [@x](\"onclick=alert(1)):\n> x",
    "@mei\"onclick=alert(1)",
    "https://a.example/\"onmouseover=alert(1)",
    "https://a.example/'><script>alert(1)</script>",
    "http://javascript:alert(1)",
    "[^x\" onclick=\"a]: y\n\nz[^x\" onclick=\"a]",
    "[^<script>]: <script>alert(1)</script>\n\nz[^<script>]",
    "| <script>alert(1)</script> |\n|---|\n| [x](javascript:1) |",
    "# <img src=x onerror=alert(1)> {#id .class onclick=alert(1)}",
    "- [x] <input autofocus onfocus=alert(1)>",
    "\u{0}<scr\u{0}ipt>alert(1)</scr\u{0}ipt>",
    "[a](<https://a.example/\u{2028}javascript:alert(1)>)",
];

#[test]
fn hostile_texts_leave_nothing_behind() {
    for vector in VECTORS {
        assert_safe(vector);
        assert_safe(&format!("> - {vector}\n>\n> [a {vector} b](https://a.example)"));
    }
}

#[test]
fn the_judge_itself_sees_what_is_wrong() {
    for bad in [
        "<script>x</script>",
        "<a href=\"javascript:x\">x</a>",
        "<p onclick=x>",
        "<p style=x>",
        "<img src=https://x>",
        "<a href=\"//x\">",
        "<p class=evil>",
        "<a id=top>",
        "<svg></svg>",
        "<!-- x -->",
        "<iframe></iframe>",
    ] {
        assert!(!faults(bad).is_empty(), "{bad}");
    }
}

#[test]
fn pathological_texts_take_bounded_time() {
    let n = 10_000;
    let texts = [
        "[".repeat(n),
        "]".repeat(n),
        ">".repeat(n),
        "> ".repeat(n),
        "*".repeat(n),
        "*a ".repeat(n),
        "*a **a ".repeat(n),
        "_a".repeat(n),
        "`".repeat(n),
        "`a``".repeat(n),
        "![".repeat(n),
        "[a](".repeat(n),
        "[](".repeat(n),
        "<".repeat(n),
        "<a ".repeat(n),
        "<!--".repeat(n),
        "<?".repeat(n),
        "&".repeat(n),
        "~".repeat(n),
        "~a ~~".repeat(n),
        "|".repeat(n),
        "|a".repeat(n),
        "||a ".repeat(n),
        "[spoiler]".repeat(n),
        "[spoiler]\n".repeat(n),
        "[/spoiler]\n".repeat(n),
        "[details=\"".repeat(n),
        "<kbd>".repeat(n),
        "<kbd></sub>".repeat(n),
        "@".repeat(n),
        "@a".repeat(n),
        "@a.".repeat(n),
        "http://".repeat(n),
        "https://a.example/(".repeat(n),
        "- ".repeat(n),
        "1. ".repeat(n),
        "  ".repeat(n) + "- a",
        "[^a]".repeat(n) + "\n\n[^a]: x[^a]",
        "[^a]: ".repeat(n),
        "[a]: b\n".repeat(n),
        "#".repeat(n),
        "\\".repeat(n),
        (0..200).fold(String::new(), |text, i| text + &" ".repeat(i * 2) + "- a\n"),
        "|a".repeat(500) + "|\n" + &"|-".repeat(500) + "|\n" + &"|\n".repeat(5_000),
        "a\n".repeat(n),
        "\u{202e}".repeat(n),
        "[a](<b".repeat(n),
        "a**b".repeat(n) + "c* ",
        "|| ".repeat(n),
    ];
    for text in texts {
        let start = Instant::now();
        assert_safe(&text);
        let _ = (check(&text), plain_text(&text, Keep::ALL), outline(&text));
        // Unoptimised and on a shared machine; quadratic time would take minutes.
        assert!(start.elapsed() < Duration::from_secs(10), "{:?} for {}", start.elapsed(), &text[..20]);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_safe(md in "[ -~\n\t一-龥。，\u{202e}\u{0}]{0,300}") {
        assert_safe(&md);
    }

    #[test]
    fn any_mixture_of_syntax_is_safe(parts in prop::collection::vec(prop::sample::select(vec![
        "> ", "\n", "\n\n", "- ", "1. ", "    ", "[", "](", ")", "![", "||", "[spoiler]", "[/spoiler]", "[details=x]",
        "[/details]", "<kbd>", "</kbd>", "<sub>", "</sub>", "<b>", "<!--", "-->", "`", "```", "*", "**", "~~", "@mei", "https://a.example/",
        "javascript:", "\"", "'", "<", ">", "&lt;", "\\", "|", "|-|\n", "[^1]", "[^1]: ", "a", " ", "中", "。", "「", ":", "/uploads/x", "[@mei](/p/1):",
    ]), 0..60)) {
        let md = parts.concat();
        assert_safe(&md);
        let _ = check(&md);
        prop_assert!(!plain_text(&md, Keep::PREVIEW).contains(super::beside_han::LETTER));
    }

    #[test]
    fn excerpts_fit(text in "\\PC{0,80}", columns in 0usize..40) {
        use unicode_width::UnicodeWidthStr;
        prop_assert!(excerpt(&text, columns).width() <= columns);
    }

    #[test]
    fn slugs_are_short_and_stable(title in "\\PC{0,120}") {
        let slug = slugify(&title);
        prop_assert!(!slug.is_empty() && slug.chars().count() <= 60);
        prop_assert!(slug == "-" || slugify(&slug) == slug);
    }
}

fn corpus(name: &str) -> String {
    #[expect(clippy::disallowed_methods, reason = "the corpus of an optional test lies outside the project")]
    let folder = std::env::var("HEARTH_CORPUS").expect("HEARTH_CORPUS names the folder");
    let mut text = String::new();
    let file = File::open(format!("{folder}/misc/{name}")).expect("the corpus has this file");
    BufReader::new(file).read_to_string(&mut text).expect("the corpus is UTF-8");
    text
}

#[test]
#[ignore = "needs HEARTH_CORPUS"]
fn public_corpora_leave_nothing_behind() {
    let payloads = corpus("xss/xss-payload-list.txt");
    assert!(payloads.lines().count() > 1_000);
    for line in payloads.lines() {
        assert_safe(line);
        assert_safe(&format!("[x]({line})"));
        assert_safe(&format!("![{line}](/uploads/x)\n```{line}\n"));
    }
    let naughty: Vec<String> = serde_json::from_str(&corpus("naughty/blns.json")).expect("a list of strings");
    for text in &naughty {
        assert_safe(text);
        let _ = (slugify(text), excerpt(text, 20), detect_lang(text));
    }
    let examples: Vec<serde_json::Value> =
        serde_json::from_str(&corpus("commonmark/spec.json")).expect("a list");
    assert!(examples.len() > 600);
    for example in &examples {
        assert_safe(example["markdown"].as_str().expect("each example has Markdown"));
    }
}
