//! Thread lists: hot, latest, new, top, unanswered, featured, following, of a category, of a tag.

use actix_web::HttpResponse;
use actix_web::web::{Data, Path, Query};
use askama::Template;
use serde::Deserialize;

use crate::base::actor::Role;
use crate::content::categories::{self, Category, Readable};
use crate::content::curation;
use crate::content::tags;
use crate::content::threads::lists::{Filter, Listing, Period, Sort, Window, pages};
use crate::engage::{ledger, levels};
use crate::infra::db::Conn;
use crate::pages::fresh::Watch;
use crate::pages::points::{Standing, standing};
use crate::pages::rows::{Row, rows};
use crate::pages::structured;
use crate::web::cache::Keep;
use crate::web::error::HttpFault;
use crate::web::head::Head;
use crate::web::page::moved;
use crate::web::paging::{Asked, LAST_LIST_PAGE, Pager, THREADS, asked};
use crate::web::shell::Shell;
use crate::web::{AppError, Page, Web, urls};

/// What the addresses of lists may carry.
#[derive(Debug, Default, Deserialize)]
pub struct ListQuery {
    page: Option<String>,
    period: Option<String>,
    sort: Option<String>,
}

/// A tab above a list.
#[derive(Debug, Clone)]
struct Tab {
    label: String,
    url: String,
    current: bool,
}

#[derive(Template)]
#[template(path = "pages/list.html")]
struct ListPage {
    shell: Shell,
    head: Head,
    heading: String,
    intro: Option<String>,
    crumbs: Vec<(String, String)>,
    children: Vec<(String, String, String)>,
    tabs: Vec<Tab>,
    periods: Vec<Tab>,
    rows: Vec<Row>,
    watch: Option<Watch>,
    pager: Pager,
    archive: Option<String>,
    empty: &'static str,
    compose: Option<Call>,
    /// Where the reader stands, on the front page.
    standing: Option<Standing>,
}

/// A button that leads to a new thread.
#[derive(Debug, Clone)]
struct Call {
    label: String,
    url: String,
    /// Also beside the heading, not only where there is nothing else.
    at_top: bool,
}

impl Call {
    fn compose(shell: &Shell, url: String) -> Self {
        Self { label: shell.t("compose"), at_top: url != "/compose", url }
    }
}

/// One kind of list, before its threads are loaded.
struct Wanted {
    sort: Sort,
    filter: Filter,
    path: String,
    name: &'static str,
    /// The address part of the tag, for its list.
    tag: Option<String>,
}

impl Wanted {
    fn new(sort: Sort, filter: Filter, path: impl Into<String>, name: &'static str) -> Self {
        Self { sort, filter, path: path.into(), name, tag: None }
    }
}

fn page_number(query: &ListQuery, path: &str) -> Result<Result<i64, HttpResponse>, AppError> {
    match asked(query.page.as_deref())? {
        Asked::Page(n) if n <= LAST_LIST_PAGE => Ok(Ok(n)),
        Asked::Page(_) => Err(HttpFault::Absent.into()),
        Asked::Redirect(n) => Ok(Err(moved(&urls::paged(path, n)))),
    }
}

struct Loaded {
    rows: Vec<Row>,
    /// On first pages of lists that move.
    watch: Option<Watch>,
    last: i64,
    readable: Readable,
    standing: Option<Standing>,
}

fn load(conn: &mut Conn, page: &Page, wanted: &Wanted, n: i64) -> Result<Loaded, AppError> {
    let readable = categories::service::recall(conn, &page.actor)?;
    let last = pages(conn, wanted.sort, &wanted.filter, &readable)?;
    if n > last {
        return Err(HttpFault::Absent.into());
    }
    let mut threads = Listing::new(wanted.sort, &wanted.filter, &readable, Window::Page(n)).load(conn)?;
    threads.truncate(usize::try_from(THREADS).unwrap_or(30));
    let pinned = match (&wanted.filter, n, wanted.sort) {
        (Filter::Site, 1, Sort::Hot | Sort::Latest) => {
            curation::pinned(conn, &readable, page.actor.id(), None, page.shell.now)?
        }
        (Filter::Category(id), 1, Sort::Hot | Sort::Latest) => {
            let mut held = curation::pinned(conn, &readable, page.actor.id(), Some(*id), page.shell.now)?;
            let site = curation::pinned(conn, &readable, page.actor.id(), None, page.shell.now)?;
            let here = site.into_iter().filter(|(_, t)| t.category_id == *id);
            held.extend(here.filter(|(_, t)| threads.iter().all(|x| x.id != t.id)).collect::<Vec<_>>());
            held
        }
        _ => Vec::new(),
    };
    let rows = rows(conn, &page.actor, &readable, &page.shell, &pinned, &threads)?;
    let watch = if n == 1 { watch(conn, wanted, &readable)? } else { None };
    let front = n == 1 && wanted.filter == Filter::Site && wanted.sort == Sort::Hot;
    let standing = match page.actor.id().filter(|_| front) {
        Some(member) => {
            let growth = ledger::service::account(conn, member)?.growth;
            standing(&page.shell, &levels::load(conn)?, growth)
        }
        None => None,
    };
    Ok(Loaded { rows, watch, last, readable, standing })
}

/// What the first page of a list asks for news of it. Scores of days and choices of staff are no news of the minute.
fn watch(conn: &mut Conn, wanted: &Wanted, readable: &Readable) -> Result<Option<Watch>, AppError> {
    if !matches!(wanted.sort, Sort::Hot | Sort::Latest | Sort::New) {
        return Ok(None);
    }
    let of = match wanted.filter {
        Filter::Category(id) => readable.get(id).map(|c| ("category", c.slug.as_str())),
        Filter::Tag(..) => wanted.tag.as_deref().map(|slug| ("tag", slug)),
        Filter::FollowedBy(_) => Some(("following", "yes")),
        Filter::Site | Filter::Author(..) => None,
    };
    Watch::list(conn, readable, wanted.sort, &wanted.filter, of).map(Some)
}

/// Tabs of the site's lists.
fn site_tabs(shell: &Shell, signed_in: bool) -> Vec<Tab> {
    let mut all = vec![
        ("/", "hot"),
        ("/latest", "latest"),
        ("/new", "new"),
        ("/top", "top"),
        ("/unanswered", "unanswered"),
        ("/featured", "featured"),
    ];
    if signed_in {
        all.push(("/following", "following"));
    }
    all.into_iter()
        .map(|(url, name)| Tab {
            label: shell.t(&format!("list-{name}")),
            url: url.to_owned(),
            current: shell.path == url,
        })
        .collect()
}

fn periods(shell: &Shell, path: &str, current: Period) -> Vec<Tab> {
    Period::ALL
        .into_iter()
        .map(|p| Tab {
            label: shell.t(&format!("period-{}", p.name())),
            url: if p == Period::Week { path.to_owned() } else { format!("{path}?period={}", p.name()) },
            current: p == current,
        })
        .collect()
}

async fn list(
    web: Data<Web>,
    page: Page,
    query: ListQuery,
    wanted: Wanted,
) -> Result<HttpResponse, AppError> {
    let n = match page_number(&query, &wanted.path)? {
        Ok(n) => n,
        Err(redirect) => return Ok(redirect),
    };
    let reader = page.clone();
    let (name, path, sort) = (wanted.name, wanted.path.clone(), wanted.sort);
    let loaded = web.house.db.read(move |conn| load(conn, &reader, &wanted, n)).await?;
    let shell = page.shell.clone();
    let heading = shell.t(&format!("list-{name}"));
    let suffix = if n > 1 { shell.t1("title-page", "n", n) } else { String::new() };
    let about = match name {
        "hot" if !shell.about.is_empty() => shell.about.clone(),
        _ => shell.t1(&format!("list-{name}-about"), "site", &shell.site),
    };
    // The front page has a place in every week; the other orders show the same threads again.
    let lasting = matches!(name, "hot" | "featured") || path == "/top";
    let mut head = Head::new(&shell, &format!("{heading}{suffix}"), &about, &urls::paged(&path, n))
        .indexed(lasting && !loaded.rows.is_empty())
        .fed(shell.site.clone(), "/feed.xml".into());
    if name == "hot" && n == 1 {
        head.title = front_title(&shell.site, &shell.tagline);
        head.name.clone_from(&shell.site);
        head = head.with(structured::site(&shell));
    }
    let writes = page.actor.member().is_some() && !loaded.readable.categories().is_empty();
    let template = ListPage {
        head,
        intro: None,
        crumbs: Vec::new(),
        children: Vec::new(),
        tabs: site_tabs(&shell, page.actor.member().is_some()),
        periods: match sort {
            Sort::Top(period) => periods(&shell, "/top", period),
            _ => Vec::new(),
        },
        pager: Pager::new(&path, n, loaded.last),
        archive: (n == loaded.last && !loaded.rows.is_empty() || loaded.last == LAST_LIST_PAGE)
            .then(|| "/archive".to_owned()),
        rows: loaded.rows,
        watch: loaded.watch,
        standing: loaded.standing,
        empty: if name == "following" { "empty-following" } else { "empty-list" },
        compose: writes.then(|| Call::compose(&shell, "/compose".to_owned())),
        heading,
        shell,
    };
    page.kept(&web, &template, Keep::list())
}

/// The title of the front page: the site's name, and its line where there is room.
fn front_title(site: &str, tagline: &str) -> String {
    use unicode_width::UnicodeWidthStr;
    let both = format!("{site} · {tagline}");
    if tagline.is_empty() || both.width() > 65 { site.to_owned() } else { both }
}

macro_rules! site_list {
    ($(#[$doc:meta])* $fn:ident, $path:literal, $sort:expr) => {
        $(#[$doc])*
        pub async fn $fn(web: Data<Web>, page: Page, query: Query<ListQuery>) -> Result<HttpResponse, AppError> {
            let wanted = Wanted::new($sort, Filter::Site, $path, stringify!($fn));
            list(web, page, query.into_inner(), wanted).await
        }
    };
}

site_list!(
    /// `GET /`.
    hot, "/", Sort::Hot
);
site_list!(
    /// `GET /latest`.
    latest, "/latest", Sort::Latest
);
site_list!(
    /// `GET /new`.
    new, "/new", Sort::New
);
site_list!(
    /// `GET /unanswered`.
    unanswered, "/unanswered", Sort::Unanswered
);
site_list!(
    /// `GET /featured`.
    featured, "/featured", Sort::Featured
);

/// `GET /top?period=`.
pub async fn top(web: Data<Web>, page: Page, query: Query<ListQuery>) -> Result<HttpResponse, AppError> {
    let period = match query.period.as_deref() {
        None => Period::Week,
        Some(name) => Period::parse(name).ok_or(HttpFault::Absent)?,
    };
    let path = match query.period.as_deref() {
        None => "/top".to_owned(),
        Some("week") => return Ok(moved(&urls::paged("/top", 1))),
        Some(name) => format!("/top?period={name}"),
    };
    let wanted = Wanted::new(Sort::Top(period), Filter::Site, path, "top");
    list(web, page, query.into_inner(), wanted).await
}

/// `GET /following`.
pub async fn following(
    web: Data<Web>,
    page: Page,
    query: Query<ListQuery>,
) -> Result<HttpResponse, AppError> {
    let filter = Filter::FollowedBy(page.member()?.id);
    let wanted = Wanted::new(Sort::Latest, filter, "/following", "following");
    list(web, page, query.into_inner(), wanted).await
}

/// The readable category of an address, or where it has gone.
enum Found {
    Here(Box<Category>),
    Moved(String),
}

fn find(conn: &mut Conn, readable: &Readable, slug: &str) -> Result<Found, AppError> {
    if let Some(category) = readable.by_slug(slug) {
        return Ok(Found::Here(Box::new(category.clone())));
    }
    let lower = slug.to_lowercase();
    if let Some(category) = readable.by_slug(&lower) {
        return Ok(Found::Moved(category.slug.clone()));
    }
    let former = categories::store::by_former_slug(conn, slug)?;
    match former.and_then(|id| readable.get(id)) {
        Some(category) => Ok(Found::Moved(category.slug.clone())),
        None => Err(HttpFault::Absent.into()),
    }
}

/// The way to a new thread in `category`: for visitors through the login, for others where they may open one.
fn first_step(page: &Page, category: &Category) -> Option<Call> {
    let form = format!("/compose?category={}", urls::component(&category.slug));
    match page.actor.member() {
        Some(_) => category.may_open(&page.actor).then(|| Call::compose(&page.shell, form)),
        None => (Role::from_code(category.post_role) <= Role::Member).then(|| Call {
            label: page.shell.t("login-to-open"),
            url: format!("/login?next={}", urls::component(&form)),
            at_top: false,
        }),
    }
}

/// Columns of text on a page (a Han character takes two) from which on it says something to a reader who comes from
/// a search engine; the same figure is common among tools that judge thin pages.
const ENOUGH: usize = 120;

/// True when the words of a page, spaces not counted, are more than a frame around nothing.
fn says_enough(words: &[String]) -> bool {
    use unicode_width::UnicodeWidthChar;
    let columns = |word: &String| -> usize {
        word.chars().filter(|c| !c.is_whitespace()).map(|c| c.width().unwrap_or(0)).sum()
    };
    words.iter().map(columns).sum::<usize>() >= ENOUGH
}

/// `GET /c/{slug}`.
pub async fn category(
    web: Data<Web>,
    page: Page,
    slug: Path<String>,
    query: Query<ListQuery>,
) -> Result<HttpResponse, AppError> {
    let reader = page.clone();
    let name = slug.into_inner();
    let found = web
        .house
        .db
        .read(move |conn| {
            let readable = categories::service::recall(conn, &reader.actor)?;
            find(conn, &readable, &name)
        })
        .await?;
    let category = match found {
        Found::Here(category) => *category,
        Found::Moved(slug) => return Ok(moved(&urls::category(&slug))),
    };
    let path = urls::category(&category.slug);
    let sort = match query.sort.as_deref() {
        None | Some("hot") => Sort::Hot,
        Some("latest") => Sort::Latest,
        Some("new") => Sort::New,
        Some("unanswered") => Sort::Unanswered,
        Some("featured") => Sort::Featured,
        Some("top") => Sort::Top(query.period.as_deref().and_then(Period::parse).unwrap_or(Period::Week)),
        Some(_) => return Err(HttpFault::Absent.into()),
    };
    let sorted = match query.sort.as_deref() {
        None | Some("hot") => path.clone(),
        Some(sort) => format!("{path}?sort={sort}"),
    };
    let n = match page_number(&query, &sorted)? {
        Ok(n) => n,
        Err(redirect) => return Ok(redirect),
    };
    let wanted = Wanted::new(sort, Filter::Category(category.id), sorted.clone(), "category");
    let reader = page.clone();
    let loaded = web.house.db.read(move |conn| load(conn, &reader, &wanted, n)).await?;
    let keep = Keep::categories(loaded.readable.with_children(category.id));
    let shell = page.shell.clone();
    let restricted = loaded.readable.is_restricted(category.id);
    let suffix = if n > 1 { shell.t1("title-page", "n", n) } else { String::new() };
    let mut crumbs = vec![(shell.t("nav-categories"), "/categories".to_owned())];
    let above = loaded.readable.path(category.id);
    let above = above.iter().filter(|c| c.id != category.id);
    crumbs.extend(above.map(|c| (c.name.clone(), urls::category(&c.slug))));
    let tab = |name: &str| Tab {
        label: shell.t(&format!("list-{name}")),
        url: if name == "hot" { path.clone() } else { format!("{path}?sort={name}") },
        current: query.sort.as_deref().unwrap_or("hot") == name,
    };
    let about = if category.description.is_empty() {
        shell.t2("category-about", "name", &category.name, "site", &shell.site)
    } else {
        category.description.clone()
    };
    let mut here: Vec<(String, String)> = crumbs.clone();
    here.push((category.name.clone(), path.clone()));
    let children: Vec<_> = loaded
        .readable
        .children(category.id)
        .map(|c| (c.name.clone(), urls::category(&c.slug), super::shell::mark(c)))
        .collect();
    let compose = first_step(&page, &category);
    // Nothing at all stands in it: no order has more to show.
    let bare = sort == Sort::Hot && loaded.rows.is_empty();
    let call = compose.as_ref().map_or_else(String::new, |call| call.label.clone());
    let said: Vec<String> =
        [shell.t("nav-home"), category.description.clone(), shell.t("empty-category"), call]
            .into_iter()
            .chain(here.iter().map(|(name, _)| name.clone()))
            .chain(children.iter().map(|(name, ..)| name.clone()))
            .collect();
    let head = Head::new(&shell, &format!("{}{suffix}", category.name), &about, &urls::paged(&path, n))
        // Sorted variants are for people, and so is a category without threads that says little of itself.
        .indexed(!restricted && sort == Sort::Hot && (!bare || says_enough(&said)))
        // What is closed to visitors has no feed.
        .maybe_fed(
            (!restricted)
                .then(|| (format!("{} · {}", category.name, shell.site), format!("{path}/feed.xml"))),
        )
        .with([structured::path(&shell, &here)]);
    let template = ListPage {
        head,
        intro: Some(category.description.clone()).filter(|d| !d.is_empty()),
        crumbs,
        children,
        tabs: ["hot", "latest", "new", "top", "unanswered", "featured"]
            .into_iter()
            .filter(|_| !bare)
            .map(tab)
            .collect(),
        periods: Vec::new(),
        pager: Pager::new(&sorted, n, loaded.last),
        archive: (!bare).then(|| format!("{path}/archive")),
        rows: loaded.rows,
        watch: loaded.watch,
        standing: loaded.standing,
        empty: "empty-category",
        compose,
        heading: category.name.clone(),
        shell,
    };
    page.kept(&web, &template, keep)
}

/// `GET /tag/{slug}`.
pub async fn tag(
    web: Data<Web>,
    page: Page,
    slug: Path<String>,
    query: Query<ListQuery>,
) -> Result<HttpResponse, AppError> {
    let name = slug.into_inner();
    let wanted_slug = name.clone();
    let tag = web
        .house
        .db
        .read(move |conn| Ok::<_, AppError>(tags::by_slug(conn, &wanted_slug)?.ok_or(HttpFault::Absent)?))
        .await?;
    let path = urls::tag(&tag.slug);
    let n = match page_number(&query, &path)? {
        Ok(n) => n,
        Err(redirect) => return Ok(redirect),
    };
    let wanted = Wanted {
        tag: Some(tag.slug.clone()),
        ..Wanted::new(Sort::Hot, Filter::Tag(tag.id, tag.threads), path.clone(), "tag")
    };
    let reader = page.clone();
    let loaded = web.house.db.read(move |conn| load(conn, &reader, &wanted, n)).await?;
    if loaded.rows.is_empty() {
        // A tag that the reader can see on no thread is a tag that is not there.
        return Err(HttpFault::Absent.into());
    }
    let shell = page.shell.clone();
    let suffix = if n > 1 { shell.t1("title-page", "n", n) } else { String::new() };
    let crumbs = vec![(shell.t("nav-tags"), "/tags".to_owned())];
    let here = [crumbs.clone(), vec![(format!("#{}", tag.name), path.clone())]].concat();
    let about = shell.t2("tag-about", "name", &tag.name, "site", &shell.site);
    let head = Head::new(&shell, &format!("#{}{suffix}", tag.name), &about, &urls::paged(&path, n))
        .fed(format!("#{} · {}", tag.name, shell.site), format!("{path}/feed.xml"))
        .with([structured::path(&shell, &here)]);
    let template = ListPage {
        head,
        intro: None,
        crumbs,
        children: Vec::new(),
        tabs: Vec::new(),
        periods: Vec::new(),
        pager: Pager::new(&path, n, loaded.last),
        archive: None,
        rows: loaded.rows,
        watch: loaded.watch,
        standing: loaded.standing,
        empty: "empty-list",
        compose: None,
        heading: format!("#{}", tag.name),
        shell,
    };
    page.kept(&web, &template, Keep::list())
}
