//! `/search`.

use actix_web::HttpResponse;
use actix_web::web::{Data, Query};
use askama::Template;
use serde::Deserialize;

use super::excerpt::Segment;
use super::index::Sort;
use super::service::{Asked, Found, Search};
use crate::infra::i18n;
use crate::web::cache::{self, Keep};
use crate::web::filters::When;
use crate::web::limits::Soft;
use crate::web::paging::{LAST_LIST_PAGE, Pager, THREADS};
use crate::web::shell::Shell;
use crate::web::state::address_prefix;
use crate::web::{AppError, Page, Web, urls};

/// What the address of a search carries.
#[derive(Debug, Default, Deserialize)]
pub struct SearchQuery {
    #[serde(default)]
    q: String,
    #[serde(default)]
    category: String,
    #[serde(default)]
    sort: String,
    page: Option<i64>,
}

struct HitView {
    url: String,
    lang: String,
    title: Vec<Segment>,
    post_lang: String,
    excerpt: Vec<Segment>,
    category: Option<(String, String)>,
    when: When,
    replies: String,
    solved: bool,
}

#[derive(Template)]
#[template(path = "pages/search.html")]
struct SearchPage {
    shell: Shell,
    q: String,
    newest: bool,
    category: String,
    categories: Vec<(String, String)>,
    asked: bool,
    count: String,
    hits: Vec<HitView>,
    partial: bool,
    pager: Pager,
    ask: String,
    signed_in: bool,
}

/// Who is counted: a member, or a network.
pub fn limit_key(actor: &crate::base::actor::Actor, address: Option<std::net::IpAddr>) -> String {
    match actor.id() {
        Some(id) => format!("m{id}"),
        None => address.map_or_else(|| "unknown".into(), address_prefix),
    }
}

fn view(shell: &Shell, readable: &crate::content::categories::Readable, found: Found) -> HitView {
    let thread = &found.thread;
    HitView {
        url: if found.post.opens() {
            thread.url(1)
        } else {
            urls::post_in_thread(thread.id, &thread.slug, found.post.number, found.post.id)
        },
        lang: thread.lang.clone(),
        post_lang: found.post.lang.clone(),
        category: readable.get(thread.category_id).map(|c| (c.name.clone(), format!("mark-{}", c.id))),
        when: shell.when(found.post.created_at),
        replies: i18n::count(shell.locale, "replies-count", thread.replies()),
        solved: thread.accepted_post_id.is_some(),
        title: found.title,
        excerpt: found.excerpt,
    }
}

/// `GET /search?q=`.
pub async fn page(
    web: Data<Web>,
    search: Data<Search>,
    page: Page,
    query: Query<SearchQuery>,
) -> Result<HttpResponse, AppError> {
    let q: String = query.q.trim().chars().take(200).collect();
    let n = query.page.unwrap_or(1).clamp(1, LAST_LIST_PAGE);
    if !q.is_empty() {
        web.soft.check(Soft::Search, &limit_key(&page.actor, page.address))?;
    }
    let limit = usize::try_from(THREADS).unwrap_or(30);
    let asked = Asked {
        text: q.clone(),
        category: Some(query.category.clone()),
        sort: Sort::parse(&query.sort).unwrap_or_default(),
        thread: None,
        offset: usize::try_from(n - 1).unwrap_or(0) * limit,
        limit,
    };
    let (actor, house) = (page.actor.clone(), web.house.clone());
    let engine = search.into_inner();
    let answer = web.house.db.read(move |conn| engine.run(conn, &house, &actor, &asked)).await?;
    let shell = page.shell.clone();
    let total = i64::try_from(answer.total).unwrap_or(i64::MAX);
    let last = ((total + THREADS - 1) / THREADS).clamp(1, LAST_LIST_PAGE);
    let path = format!(
        "/search?q={}&category={}&sort={}",
        urls::component(&q),
        urls::component(&query.category),
        urls::component(&query.sort)
    );
    let template = SearchPage {
        newest: query.sort == "newest",
        category: query.category.clone(),
        categories: answer.readable.categories().iter().map(|c| (c.slug.clone(), c.name.clone())).collect(),
        asked: !q.is_empty(),
        count: shell.n("search-results-count", total),
        partial: answer.complete < answer.total,
        pager: Pager::new(&path, n, last),
        ask: format!("/compose?kind=question&title={}", urls::component(&q)),
        signed_in: page.actor.member().is_some(),
        hits: answer.found.into_iter().map(|f| view(&shell, &answer.readable, f)).collect(),
        q,
        shell,
    };
    page.ok(&web, &template)
}

#[derive(Template)]
#[template(path = "machines/opensearch.xml")]
struct Description {
    site: String,
    base_url: String,
    icon: String,
}

/// `GET /opensearch.xml`: lets browsers search the forum from their address bar.
pub async fn description(web: Data<Web>) -> Result<HttpResponse, AppError> {
    let site =
        web.house.db.read(|c| Ok::<_, AppError>(crate::site::settings::recall(c)?.name.clone())).await?;
    let base_url = web.config.base_url.clone();
    let icon = format!("{base_url}{}", crate::web::assets::url("img/icon.svg"));
    // The standard allows sixteen characters.
    let site = site.chars().take(16).collect();
    let template = Description { site, base_url, icon };
    cache::file("application/opensearchdescription+xml", &template, Keep::of(Vec::new(), cache::THREAD))
}
