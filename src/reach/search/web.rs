//! `/search`.

use actix_web::HttpRequest;
use actix_web::HttpResponse;
use actix_web::http::header::{LOCATION, USER_AGENT};
use actix_web::web::{Data, Query};
use askama::Template;
use serde::Deserialize;

use super::excerpt::Segment;
use super::index::Sort;
use super::query::{Has, MAX_CHARS, Mark};
use super::service::{Answer, Asked, Found, Search};
use crate::base::ids::{MemberId, ThreadId};
use crate::content::categories::Readable;
use crate::infra::i18n;
use crate::people::accounts::{self, Card};
use crate::reach::search_log::{Asker, Noted, SearchLog};
use crate::web::cache::{self, Keep};
use crate::web::filters::When;
use crate::web::limits::Soft;
use crate::web::paging::{LAST_LIST_PAGE, Pager, THREADS};
use crate::web::shell::Shell;
use crate::web::state::address_prefix;
use crate::web::{AppError, Page, Web, urls};

/// What the address of a search carries. The fields of the form beside the text become operators of it.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct SearchQuery {
    #[serde(default)]
    q: String,
    #[serde(default)]
    category: String,
    #[serde(default)]
    sort: String,
    #[serde(default)]
    thread: String,
    page: Option<i64>,
    /// Filled: search what was typed, whatever was probably meant.
    #[serde(default)]
    typed: String,
    #[serde(default)]
    is: String,
    #[serde(default)]
    has: String,
    #[serde(default)]
    author: String,
    #[serde(default)]
    tag: String,
    #[serde(default)]
    after: String,
    #[serde(default)]
    before: String,
    #[serde(default)]
    likes: String,
    #[serde(default, rename = "in")]
    within: String,
}

/// Longest value of a field, in characters.
const FIELD: usize = 60;

impl SearchQuery {
    /// The operators that the fields say.
    fn fields(&self) -> Vec<String> {
        let author = self.author.trim().trim_start_matches('@');
        let fields = [
            ("is:", self.is.as_str()),
            ("has:", &self.has),
            (if author.contains(char::is_whitespace) { "author:" } else { "@" }, author),
            ("tag:", &self.tag),
            ("after:", &self.after),
            ("before:", &self.before),
            ("min:likes=", &self.likes),
            ("in:", &self.within),
        ];
        let filled = fields.into_iter().filter(|(_, value)| !value.trim().is_empty());
        let one = |text: &str| {
            let words: Vec<&str> = text.split_whitespace().collect();
            let text: String = words.join(" ").replace('"', "").chars().take(FIELD).collect();
            if words.len() > 1 { format!("\"{text}\"") } else { text }
        };
        filled.map(|(name, value)| format!("{name}{}", one(value))).collect()
    }

    fn thread(&self) -> Option<i64> {
        self.thread.parse().ok()
    }

    fn address(&self, q: &str, category: &str) -> String {
        let mut address = format!("/search?q={}", urls::component(q));
        for (name, value) in
            [("category", category), ("sort", Sort::parse(&self.sort).unwrap_or_default().name())]
        {
            if !value.is_empty() {
                address.push('&');
                address.push_str(name);
                address.push('=');
                address.push_str(&urls::component(value));
            }
        }
        if let Some(thread) = self.thread() {
            address.push_str("&thread=");
            address.push_str(&thread.to_string());
        }
        if !self.typed.is_empty() {
            address.push_str("&typed=1");
        }
        address
    }

    /// The same search, of what was typed.
    fn as_typed(&self, q: &str) -> String {
        Self { typed: "1".into(), ..self.clone() }.address(q, &self.category)
    }

    /// The same search in all threads.
    fn anywhere(&self, q: &str) -> String {
        Self { thread: String::new(), ..self.clone() }.address(q, &self.category)
    }
}

struct HitView {
    url: String,
    lang: String,
    title: Vec<Segment>,
    post_lang: String,
    excerpt: Vec<Segment>,
    category: Option<(String, String)>,
    /// Who wrote the post that was found.
    author: Option<String>,
    when: When,
    replies: String,
    solved: bool,
    /// The first that holds a part only, after those that hold everything.
    rest: bool,
    /// Where the other posts of the thread that fit are listed.
    inside: Option<String>,
}

/// A link with what it says.
struct Link {
    name: String,
    url: String,
}

#[derive(Template)]
#[template(path = "pages/search.html")]
struct SearchPage {
    shell: Shell,
    q: String,
    newest: bool,
    hottest: bool,
    category: String,
    thread: Option<Link>,
    thread_id: Option<i64>,
    categories: Vec<(String, String)>,
    marks: Vec<&'static str>,
    things: Vec<&'static str>,
    asked: bool,
    count: String,
    hits: Vec<HitView>,
    /// Position of the first hit, from 1.
    first: i64,
    /// The name of this search for telling clicks; empty when it is not noted.
    search: String,
    /// That not all hits hold all words, in words.
    partial: Option<String>,
    /// Operators in force; the link leaves one out.
    chips: Vec<Link>,
    /// What was taken as words although it looks like an operator.
    unread: String,
    /// That the end was not read, in words.
    cut: Option<String>,
    /// Not everything can be found yet.
    building: bool,
    /// A category that was asked for and is not there, in words.
    unknown: Option<String>,
    meant: Option<Link>,
    /// The results are those of what was meant; this leads to those of what was typed.
    instead: Option<Link>,
    /// That there is nothing of the author or with the tag that was asked for, in words.
    nobody: Option<String>,
    /// That there are more results than pages, in words.
    beyond: Option<String>,
    people: Vec<Link>,
    /// The same search with less asked.
    looser: Vec<Link>,
    pager: Pager,
    ask: String,
    /// Whether asking is offered: nothing holds all that was typed.
    asks: bool,
}

/// Who is counted: a member, or a network.
pub fn limit_key(actor: &crate::base::actor::Actor, address: Option<std::net::IpAddr>) -> String {
    match actor.id() {
        Some(id) => format!("m{id}"),
        None => address.map_or_else(|| "unknown".into(), address_prefix),
    }
}

fn view(
    shell: &Shell,
    readable: &Readable,
    found: Found,
    query: &SearchQuery,
    q: &str,
    authors: &[Card],
) -> HitView {
    let thread = &found.thread;
    let inside = query.thread().is_none() && thread.posts > 1 && !q.is_empty();
    HitView {
        url: if found.post.opens() {
            thread.url(1)
        } else {
            urls::post_in_thread(thread.id, &thread.slug, found.post.number, found.post.id)
        },
        lang: thread.title_lang().to_owned(),
        post_lang: found.post.lang.clone(),
        category: readable.get(thread.category_id).map(|c| (c.name.clone(), format!("mark-{}", c.id))),
        author: authors
            .iter()
            .find(|card| card.id == found.post.author_id)
            .map(|card| card.display_name.clone()),
        when: shell.when(found.post.created_at),
        replies: i18n::count(shell.locale, "replies-count", thread.replies()),
        solved: thread.accepted_post_id.is_some(),
        rest: false,
        inside: inside.then(|| format!("/search?q={}&thread={}", urls::component(q), thread.id)),
        title: found.title,
        excerpt: found.excerpt,
    }
}

/// `q` without one of its operators, also when its minus was typed as `NOT`.
fn without(q: &str, operator: &str) -> String {
    let spelled = operator.strip_prefix('-').map(|rest| format!("NOT {rest}"));
    let typed = spelled.filter(|spelled| !q.contains(operator) && q.contains(spelled.as_str()));
    let rest = q.replacen(typed.as_deref().unwrap_or(operator), " ", 1);
    rest.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The same search with less asked, for when nothing is found.
fn looser(shell: &Shell, query: &SearchQuery, q: &str, operators: &[String]) -> Vec<Link> {
    let bare = operators.iter().fold(q.to_owned(), |q, operator| without(&q, operator));
    let mut looser = Vec::new();
    if !operators.is_empty() && !bare.is_empty() {
        looser.push(Link {
            name: shell.t("search-without-filters"),
            url: query.address(&bare, &query.category),
        });
    }
    if !query.category.is_empty() {
        looser.push(Link { name: shell.t("search-everywhere"), url: query.address(q, "") });
    }
    if q.contains(['"', '“', '”', '「', '」']) {
        let plain = q.replace(['"', '“', '”', '「', '」'], "");
        looser.push(Link {
            name: shell.t("search-without-quotes"),
            url: query.address(&plain, &query.category),
        });
    }
    looser
}

/// `GET /search?q=`.
pub async fn page(
    web: Data<Web>,
    search: Data<Search>,
    log: Data<SearchLog>,
    page: Page,
    query: Query<SearchQuery>,
    req: HttpRequest,
) -> Result<HttpResponse, AppError> {
    let typed = query.q.trim();
    let q: String = typed.chars().take(MAX_CHARS).collect();
    let fields = query.fields();
    if !fields.is_empty() {
        let all = std::iter::once(q).chain(fields).collect::<Vec<_>>().join(" ");
        let to = query.address(all.trim(), &query.category);
        return Ok(HttpResponse::SeeOther().insert_header((LOCATION, to)).finish());
    }
    // A form sends its empty fields too; the address that is handed on is to be short.
    if req.query_string().contains("&likes=") {
        let to = query.address(&q, &query.category);
        return Ok(HttpResponse::SeeOther().insert_header((LOCATION, to)).finish());
    }
    let n = query.page.unwrap_or(1).clamp(1, LAST_LIST_PAGE);
    if !q.is_empty() {
        web.soft.check(Soft::Search, &limit_key(&page.actor, page.address))?;
    }
    let limit = usize::try_from(THREADS).unwrap_or(30);
    let asked = Asked {
        text: typed.to_owned(),
        category: Some(query.category.clone()),
        sort: Sort::parse(&query.sort).unwrap_or_default(),
        thread: query.thread().map(ThreadId),
        offset: usize::try_from(n - 1).unwrap_or(0) * limit,
        limit,
        corrected: query.typed.is_empty(),
    };
    let (actor, house) = (page.actor.clone(), web.house.clone());
    let engine = search.into_inner();
    let (answer, authors) = web
        .house
        .db
        .read(move |conn| {
            let answer = engine.run(conn, &house, &actor, &asked)?;
            let ids: Vec<MemberId> = answer.found.iter().map(|found| found.post.author_id).collect();
            let authors = if ids.is_empty() { Vec::new() } else { accounts::store::cards(conn, &ids)? };
            Ok::<_, AppError>((answer, authors))
        })
        .await?;
    let last = (i64::try_from(answer.total).unwrap_or(i64::MAX) + THREADS - 1) / THREADS;
    if n > 1 && answer.found.is_empty() && last >= 1 && last < n {
        let to = format!("{}&page={last}", query.address(&q, &query.category));
        return Ok(HttpResponse::SeeOther().insert_header((LOCATION, to)).finish());
    }
    let noted = n == 1 && query.thread().is_none() && !answer.parsed.wanted().trim().is_empty();
    let search = if noted { note(&log, &web, &page, &req, &q, &answer) } else { String::new() };
    page.ok(&web, &SearchPage { search, ..compose(&page, &query, q, n, answer, &authors) })
}

/// Notes a search without saying by whom; gives the name under which a click on a result is told.
fn note(log: &SearchLog, web: &Web, page: &Page, req: &HttpRequest, q: &str, answer: &Answer) -> String {
    let agent = req.headers().get(USER_AGENT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let asker = match page.actor.id() {
        Some(member) => Asker::Member(member),
        None => Asker::Network {
            address: page.address.map(address_prefix).unwrap_or_default(),
            agent: agent.to_owned(),
        },
    };
    let count = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
    log.note(Noted {
        text: q.to_owned(),
        locale: page.shell.locale,
        // Operators may not read everything either: what is private adds to nothing they see.
        total: count(answer.public.0),
        complete: count(answer.public.1),
        asker,
        at: web.house.clock.now(),
    })
}

fn compose(
    page: &Page,
    query: &SearchQuery,
    q: String,
    n: i64,
    answer: Answer,
    authors: &[Card],
) -> SearchPage {
    let shell = page.shell.clone();
    let total = i64::try_from(answer.total).unwrap_or(i64::MAX);
    let last =
        if query.thread().is_some() { 1 } else { ((total + THREADS - 1) / THREADS).clamp(1, LAST_LIST_PAGE) };
    let operators = &answer.parsed.operators;
    // What is done with the results is done with the query that found them.
    let asked = if answer.corrected { answer.meant.clone() } else { None };
    let instead = asked
        .as_ref()
        .map(|_| Link { name: shell.t1("search-as-typed", "words", q.as_str()), url: query.as_typed(&q) });
    let sought = asked.unwrap_or_else(|| q.clone());
    let chip = |operator: &String| Link {
        name: operator.clone(),
        url: query.address(&without(&sought, operator), &query.category),
    };
    let within =
        query.thread().map(|_| Link { name: shell.t("search-inside"), url: query.anywhere(&sought) });
    let shown = usize::try_from((n - 1) * THREADS).unwrap_or(0);
    let rest = (answer.tiered && answer.complete > 0).then(|| answer.complete.checked_sub(shown)).flatten();
    let most = THREADS * LAST_LIST_PAGE;
    let beyond = n == LAST_LIST_PAGE && total > most;
    let names = answer.parsed.author.iter().chain(&answer.parsed.tags);
    let names: Vec<&str> = names.map(String::as_str).filter(|_| answer.total == 0).collect();
    let person = |card: &crate::people::accounts::Card| Link {
        name: card.display_name.clone(),
        url: urls::member(&card.handle),
    };
    let of_thread = query
        .thread()
        .and_then(|_| answer.found.first())
        .map(|found| Link { name: found.thread.title.clone(), url: found.thread.url(1) });
    SearchPage {
        newest: query.sort == "newest",
        hottest: query.sort == "hottest",
        category: query.category.clone(),
        thread: of_thread,
        thread_id: query.thread(),
        categories: answer.readable.categories().iter().map(|c| (c.slug.clone(), c.name.clone())).collect(),
        marks: Mark::OFFERED.iter().map(|mark| mark.name()).collect(),
        things: Has::ALL.iter().map(|has| has.name()).collect(),
        asked: !q.is_empty(),
        count: shell.n("search-results-count", total),
        partial: (answer.complete < answer.total).then(|| match answer.complete {
            0 => shell.t("search-partial"),
            n => shell.t1("search-partial-some", "n", i64::try_from(n).unwrap_or(i64::MAX)),
        }),
        chips: operators.iter().map(chip).chain(within).collect(),
        instead,
        nobody: (!names.is_empty()).then(|| shell.t1("search-nobody", "name", names.join(" | "))),
        beyond: beyond.then(|| shell.t1("search-beyond", "n", most)),
        unread: answer.parsed.unread.join(" "),
        cut: answer
            .parsed
            .cut
            .then(|| shell.t1("search-cut", "limit", i64::try_from(MAX_CHARS).unwrap_or(i64::MAX))),
        building: answer.building,
        unknown: (!answer.unknown.is_empty())
            .then(|| shell.t1("search-unknown-category", "name", answer.unknown.join(" | "))),
        meant: answer.meant.map(|meant| Link { url: query.address(&meant, &query.category), name: meant }),
        people: answer.people.iter().map(person).collect(),
        looser: looser(&shell, query, &sought, operators),
        pager: Pager::new(&query.address(&sought, &query.category), n, last),
        ask: format!("/compose?kind=question&title={}", urls::component(&answer.parsed.wanted())),
        asks: answer.complete == 0 && !answer.parsed.wanted().trim().is_empty(),
        first: (n - 1) * THREADS + 1,
        search: String::new(),
        hits: answer
            .found
            .into_iter()
            .enumerate()
            .map(|(nth, found)| HitView {
                rest: rest == Some(nth),
                ..view(&shell, &answer.readable, found, query, &sought, authors)
            })
            .collect(),
        q,
        shell,
    }
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
