//! `robots.txt` and the sitemaps: an index over shards of ten thousand thread ids, the lists, the custom pages,
//! and the public profiles. A sitemap holds what a visitor may read and a search engine may keep, with the day of its newest
//! change; nothing else.

use std::collections::HashMap;

use actix_web::HttpResponse;
use actix_web::http::header::CACHE_CONTROL;
use actix_web::web::{Data, Path};
use askama::Template;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Nullable, Text};

use crate::base::ids::{MemberId, ThreadId};
use crate::base::time::UtcTime;
use crate::content::categories::{self, Readable};
use crate::content::custom_pages;
use crate::content::tags;
use crate::content::threads::lists::{Filter, Listing, Sort, Window};
use crate::content::threads::months;
use crate::infra::db::Conn;
use crate::people::accounts;
use crate::web::cache::{self, Dep, Keep};
use crate::web::error::HttpFault;
use crate::web::{AppError, Web, urls};

/// Thread ids in one shard.
const SHARD: i64 = 10_000;
/// Profiles listed at the most.
const PROFILES: i64 = 10_000;
/// Profiles asked about in one query.
const AT_ONCE: usize = 500;
/// Tags listed at the most: as many as `/tags` shows.
const TAGS: i64 = 200;

/// Addresses that every crawler is kept out of: endless, costly or private.
const CLOSED: [&str; 12] = [
    "/api/v1/",
    "/p/",
    "/login",
    "/signup",
    "/password",
    "/compose",
    "/settings",
    "/following",
    "/admin",
    "/post/",
    "/thread/",
    "/*?sort=",
];

/// `GET /robots.txt`: from memory, so that no trouble of the database keeps crawlers out.
pub async fn robots(web: Data<Web>) -> HttpResponse {
    let lines = CLOSED.map(|path| ["Disallow: ", path, "\n"].concat()).concat();
    let base = &web.config.base_url;
    // Google and Bing may see the search page, to read there that it is not to be kept; others do not read that.
    let body = format!(
        "User-agent: *\n{lines}Disallow: /search\n\nUser-agent: Googlebot\nUser-agent: bingbot\n{lines}\n\
         Sitemap: {base}/sitemap.xml\n"
    );
    HttpResponse::Ok()
        .content_type("text/plain; charset=utf-8")
        .insert_header((CACHE_CONTROL, "public, max-age=3600"))
        .body(body)
}

struct Link {
    loc: String,
    lastmod: Option<UtcTime>,
}

#[derive(Template)]
#[template(path = "machines/sitemap.xml")]
struct Sitemap {
    links: Vec<Link>,
}

#[derive(Template)]
#[template(path = "machines/sitemap_index.xml")]
struct Index {
    links: Vec<Link>,
}

fn keep() -> Keep {
    Keep::of(vec![Dep::Lists, Dep::Moves, Dep::Pages], cache::THREAD)
}

fn xml(template: &impl Template) -> Result<HttpResponse, AppError> {
    cache::file("application/xml; charset=utf-8", template, keep())
}

/// The categories of everybody, as SQL.
fn within(public: &Readable) -> String {
    let ids: Vec<String> = public.ids().iter().map(ToString::to_string).collect();
    if ids.is_empty() { "-1".into() } else { ids.join(",") }
}

#[derive(QueryableByName)]
struct Shard {
    #[diesel(sql_type = BigInt)]
    shard: i64,
    #[diesel(sql_type = BigInt)]
    changed_at: UtcTime,
}

/// `GET /sitemap.xml`.
pub async fn index(web: Data<Web>) -> Result<HttpResponse, AppError> {
    let base = web.config.base_url.clone();
    let (shards, profiles, pages, newest) = web
        .house
        .db
        .read(|conn| {
            let public = categories::service::recall(conn, &crate::base::actor::Actor::Visitor)?;
            let shards: Vec<Shard> = diesel::sql_query(format!(
                "SELECT id / {SHARD} AS shard, MAX(changed_at) AS changed_at FROM threads \
                 WHERE state = 0 AND category_id IN ({}) GROUP BY id / {SHARD} ORDER BY shard",
                within(&public)
            ))
            .load(conn)?;
            let newest = shards.iter().map(|s| s.changed_at).max();
            let said = profiles(conn, &public, "")?;
            let said = (!said.is_empty()).then(|| said.iter().filter_map(|link| link.lastmod).max());
            let pages = custom_pages::store::published(conn)?.iter().map(|(.., at)| *at).max();
            Ok::<_, AppError>((shards, said, pages, newest))
        })
        .await?;
    let mut links = vec![Link { loc: format!("{base}/sitemap/lists.xml"), lastmod: newest }];
    links.extend(
        shards
            .iter()
            .map(|s| Link { loc: format!("{base}/sitemap/t-{}.xml", s.shard), lastmod: Some(s.changed_at) }),
    );
    if let Some(at) = pages {
        links.push(Link { loc: format!("{base}/sitemap/pages.xml"), lastmod: Some(at) });
    }
    if let Some(lastmod) = profiles {
        links.push(Link { loc: format!("{base}/sitemap/u.xml"), lastmod });
    }
    xml(&Index { links })
}

/// `GET /sitemap/{name}.xml`.
pub async fn part(web: Data<Web>, name: Path<String>) -> Result<HttpResponse, AppError> {
    let (base, name) = (web.config.base_url.clone(), name.into_inner());
    let links = web
        .house
        .db
        .read(move |conn| {
            let public = categories::service::recall(conn, &crate::base::actor::Actor::Visitor)?;
            match name.as_str() {
                "lists" => lists(conn, &public, &base),
                "u" => Ok(profiles(conn, &public, &base)?),
                "pages" => written(conn, &base),
                _ => {
                    let shard = name.strip_prefix("t-").and_then(|n| n.parse::<i64>().ok());
                    let shard = shard.filter(|n| *n >= 0 && format!("t-{n}") == name);
                    threads(conn, &public, &base, shard.ok_or(HttpFault::Absent)?)
                }
            }
        })
        .await?;
    if links.is_empty() {
        return Err(HttpFault::Absent.into());
    }
    xml(&Sitemap { links })
}

#[derive(QueryableByName)]
struct Changed {
    #[diesel(sql_type = BigInt)]
    id: ThreadId,
    #[diesel(sql_type = Text)]
    slug: String,
    #[diesel(sql_type = BigInt)]
    changed_at: UtcTime,
}

fn threads(conn: &mut Conn, public: &Readable, base: &str, shard: i64) -> Result<Vec<Link>, AppError> {
    let rows: Vec<Changed> = diesel::sql_query(format!(
        "SELECT id, slug, changed_at FROM threads WHERE state = 0 AND category_id IN ({}) \
         AND id >= $1 AND id < $2 ORDER BY id",
        within(public)
    ))
    .bind::<BigInt, _>(shard.saturating_mul(SHARD))
    .bind::<BigInt, _>(shard.saturating_add(1).saturating_mul(SHARD))
    .load(conn)?;
    let link = |t: Changed| Link {
        loc: format!("{base}{}", urls::thread(t.id, &t.slug, 1)),
        lastmod: Some(t.changed_at),
    };
    Ok(rows.into_iter().map(link).collect())
}

/// When `filter` last got a post that `public` may read; nothing when it holds none.
fn newest(conn: &mut Conn, public: &Readable, filter: &Filter) -> QueryResult<Option<UtcTime>> {
    let first = Listing::new(Sort::Latest, filter, public, Window::After(None, 1)).load(conn)?;
    Ok(first.first().map(|thread| thread.last_post_at))
}

/// The front page, the directories, and the categories, tags and month archives that have something on them. Lists
/// by activity change with their newest post, those by creation with their newest thread.
fn lists(conn: &mut Conn, public: &Readable, base: &str) -> Result<Vec<Link>, AppError> {
    let link = |path: &str, lastmod| Link { loc: format!("{base}{path}"), lastmod };
    let all = newest(conn, public, &Filter::Site)?;
    if all.is_none() {
        return Ok(vec![link("/", None)]);
    }
    let months = months::all(conn, public, None)?;
    let opened = months.first().map(|(_, _, at)| *at);
    let mut links = vec![link("/", all), link("/categories", opened), link("/archive", opened)];
    for category in public.categories() {
        if let Some(at) = newest(conn, public, &Filter::Category(category.id))? {
            links.push(link(&urls::category(&category.slug), Some(at)));
        }
    }
    for tag in tags::most_used(conn, TAGS)? {
        if let Some(at) = newest(conn, public, &Filter::Tag(tag.id, tag.threads))? {
            links.push(link(&urls::tag(&tag.slug), Some(at)));
        }
    }
    links.extend(months.iter().map(|(month, _, at)| link(&format!("/archive/{month}"), Some(*at))));
    Ok(links)
}

/// The custom pages.
fn written(conn: &mut Conn, base: &str) -> Result<Vec<Link>, AppError> {
    let link = |slug: &str, at| Link { loc: format!("{base}{}", urls::custom_page(slug)), lastmod: Some(at) };
    Ok(custom_pages::store::published(conn)?.iter().map(|(slug, _, at)| link(slug, *at)).collect())
}

/// The SQL of when each of `members` last wrote a post that a visitor may read now: one index probe a member.
pub fn last_said_sql(public: &Readable, members: &[MemberId]) -> String {
    let ids: Vec<String> = members.iter().map(ToString::to_string).collect();
    format!(
        "SELECT m.id, (SELECT p.created_at FROM posts p JOIN threads t ON t.id = p.thread_id \
         WHERE p.author_id = m.id AND p.state = 0 AND t.state = 0 AND t.category_id IN ({}) \
         ORDER BY p.created_at DESC, p.id DESC LIMIT 1) AS at FROM members m WHERE m.id IN ({})",
        within(public),
        ids.join(",")
    )
}

#[derive(QueryableByName)]
struct Said {
    #[diesel(sql_type = BigInt)]
    id: MemberId,
    #[diesel(sql_type = Nullable<BigInt>)]
    at: Option<UtcTime>,
}

/// The public profiles with something on them.
fn profiles(conn: &mut Conn, public: &Readable, base: &str) -> QueryResult<Vec<Link>> {
    let members = accounts::store::indexable(conn, PROFILES)?;
    let mut said: HashMap<MemberId, UtcTime> = HashMap::new();
    for part in members.chunks(AT_ONCE) {
        let ids: Vec<MemberId> = part.iter().map(|(id, _)| *id).collect();
        let rows: Vec<Said> = diesel::sql_query(last_said_sql(public, &ids)).load(conn)?;
        said.extend(rows.into_iter().filter_map(|row| Some((row.id, row.at?))));
    }
    let link = |(id, handle): &(MemberId, String)| Link {
        loc: format!("{base}{}", urls::member(handle)),
        lastmod: said.get(id).copied(),
    };
    Ok(members.iter().map(link).collect())
}
