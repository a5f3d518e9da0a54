//! `/admin/style`: every part of the interface in every state, drawn by the templates that pages use, in the site's
//! own colours. For whoever changes the brand or a style sheet, and for the tests that look for what nobody can read.

use actix_web::HttpResponse;
use askama::Template;

use crate::base::actor::Role;
use crate::base::time::{DAY, HOUR};
use crate::content::markup::{self, SafeHtml};
use crate::content::threads::ThreadKind;
use crate::infra::i18n;
use crate::pages::rows::{Author, Row};
use crate::web::filters::When;
use crate::web::paging::Pager;
use crate::web::shell::{Shell, initial};
use crate::web::{AppError, Page};

/// Everything that people can write.
const SPECIMEN: &str = "Text with **strong**, *emphasis*, `code`, ~~gone~~, a [link](https://example.org/) and ||a spoiler||. \
    中文与 English 混排，**重点**、*强调*与`代码`。\n\n# A heading\n\n> [@ada](/p/1):\n> What was said before.\n\n\
    - one\n- two\n  1. below\n\n- [x] done\n- [ ] to do\n\n```rust\nfn main() {\n    println!(\"Hearth\");\n}\n```\n\n\
    | Type | Range |\n| --- | ---: |\n| BF-1 | 3 m |\n| BF-2 | 12 m |\n\n---\n\nA note.[^1]\n\n[^1]: Below the text.";

#[derive(Template)]
#[template(path = "backoffice/style.html")]
struct StylePage {
    shell: Shell,
    colours: [&'static str; 18],
    rows: Vec<Row>,
    pager: Pager,
    crumbs: Vec<(String, String)>,
    people: Vec<Author>,
    /// When the news of the list came.
    told: When,
    html: SafeHtml,
    steps: Vec<u8>,
}

/// Grounds, lines, text, accent and states, as `/theme.css` names them.
const COLOURS: [&str; 18] = [
    "bg",
    "surface",
    "raised",
    "sunken",
    "line",
    "line-strong",
    "text",
    "text-2",
    "text-3",
    "accent",
    "accent-soft",
    "accent-solid",
    "danger",
    "danger-soft",
    "warn",
    "warn-soft",
    "ok",
    "info",
];

fn person(name: &str, role: Role, level: i16) -> Author {
    Author {
        name: name.to_owned(),
        handle: "ada".into(),
        initial: initial(name),
        avatar: None,
        url: Some("/admin/style".into()),
        badge: (role > Role::Member).then(|| format!("role-{}", role.name())),
        level: Some(level),
    }
}

/// A row of a list; `n` decides what it shows of all that a row can show.
fn row(shell: &Shell, n: u8, title: &str, lang: &str) -> Row {
    let age = i64::from(n) * i64::from(n) * 7 * HOUR;
    let fresh = if n == 2 { 3 } else { 0 };
    let kind = if n % 3 == 1 { ThreadKind::Question } else { ThreadKind::Discussion };
    let replies = i64::from(n) * 437;
    Row {
        url: "/admin/style".into(),
        title: title.to_owned(),
        lang: lang.to_owned(),
        category: shell.categories.first().map(|c| (c.name.clone(), c.url.clone(), c.mark.clone())),
        author: person("Ada Lovelace", Role::Member, 3),
        last: (n > 0).then(|| "林美玲".to_owned()),
        when: shell.when(shell.now.plus(-age - DAY)),
        replies: i18n::number(replies),
        reply_count: replies,
        fresh,
        unread: fresh > 0,
        open: "/admin/style".into(),
        bar: 10 - n.min(5) * 2,
        pin: None,
        pinned: n == 0,
        featured: n == 1,
        solved: kind == ThreadKind::Question && n == 1,
        asks: kind == ThreadKind::Question && n != 1,
        closed: n == 3,
    }
}

/// `GET /admin/style`.
pub async fn show(web: actix_web::web::Data<crate::web::Web>, page: Page) -> Result<HttpResponse, AppError> {
    page.at_least(Role::Operator)?;
    let shell = page.shell.clone();
    let titles = [
        ("Which proximity switch for aluminium at 60 °C?", "en"),
        ("电感式接近开关在强磁场旁误动作，怎么排查？", "zh-Hans"),
        ("電感式近接開關在強磁場旁誤動作，該怎麼排查？", "zh-Hant"),
        ("كيف أختار مستشعر القرب المناسب؟", "ar"),
        (
            "A title that is so long that it takes more than one line of a list on every screen and still has to leave room for what stands beside it",
            "en",
        ),
    ];
    let rows = (0..).zip(titles).map(|(n, (title, lang))| row(&shell, n, title, lang)).collect();
    let roles = [Role::Member, Role::Expert, Role::Moderator, Role::Operator, Role::Administrator];
    let people = (1..).zip(roles).map(|(n, role)| person("Ada Lovelace", role, n)).collect();
    let context = markup::RenderContext::new(&web.config.base_url, "style");
    let template = StylePage {
        colours: COLOURS,
        rows,
        pager: Pager::new("/admin/style", 4, 120),
        crumbs: vec![(shell.t("nav-admin"), "/admin".into()), (shell.t("style"), "/admin/style".into())],
        people,
        told: shell.when(shell.now.plus(-3 * HOUR)),
        html: markup::render(SPECIMEN, &context),
        steps: vec![0, 3, 7, 10],
        shell,
    };
    page.ok(&web, &template)
}
