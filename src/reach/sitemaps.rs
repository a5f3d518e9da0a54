//! `robots.txt` and the sitemaps: an index over shards of ten thousand thread ids, the lists, and the public
//! profiles. A sitemap holds what a visitor may read and a search engine may keep, with the day of its newest
//! change; nothing else.

use actix_web::HttpResponse;
use actix_web::http::header::CACHE_CONTROL;
use actix_web::web::{Data, Path};
use askama::Template;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};

use crate::base::ids::{CategoryId, ThreadId};
use crate::base::time::UtcTime;
use crate::content::categories::{self, Readable};
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
    Keep::of(vec![Dep::Lists, Dep::Moves], cache::THREAD)
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
    let (shards, profiles, newest) = web
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
            Ok::<_, AppError>((shards, !public_profiles(conn)?.is_empty(), newest))
        })
        .await?;
    let mut links = vec![Link { loc: format!("{base}/sitemap/lists.xml"), lastmod: newest }];
    links.extend(
        shards
            .iter()
            .map(|s| Link { loc: format!("{base}/sitemap/t-{}.xml", s.shard), lastmod: Some(s.changed_at) }),
    );
    if profiles {
        links.push(Link { loc: format!("{base}/sitemap/u.xml"), lastmod: None });
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
                "u" => profiles(conn, &base),
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

#[derive(QueryableByName)]
struct Newest {
    #[diesel(sql_type = BigInt)]
    category_id: CategoryId,
    #[diesel(sql_type = BigInt)]
    at: UtcTime,
}

/// The front page, the directories, categories and month archives that have something on them.
fn lists(conn: &mut Conn, public: &Readable, base: &str) -> Result<Vec<Link>, AppError> {
    let newest: Vec<Newest> = diesel::sql_query(format!(
        "SELECT category_id, MAX(last_post_at) AS at FROM threads WHERE state = 0 AND category_id IN ({}) \
         GROUP BY category_id",
        within(public)
    ))
    .load(conn)?;
    let of = |ids: &[CategoryId]| newest.iter().filter(|n| ids.contains(&n.category_id)).map(|n| n.at).max();
    let all = of(&public.ids());
    let link = |path: &str, lastmod| Link { loc: format!("{base}{path}"), lastmod };
    if all.is_none() {
        return Ok(vec![link("/", None)]);
    }
    let mut links = vec![link("/", all), link("/categories", None), link("/archive", None)];
    for category in public.categories() {
        if let Some(at) = of(&public.with_children(category.id)) {
            links.push(link(&urls::category(&category.slug), Some(at)));
        }
    }
    links.extend(months::all(conn, public, None)?.iter().map(|(m, _)| link(&format!("/archive/{m}"), None)));
    Ok(links)
}

/// Handles of public profiles with something on them.
fn public_profiles(conn: &mut Conn) -> QueryResult<Vec<String>> {
    accounts::store::indexable_handles(conn, PROFILES)
}

fn profiles(conn: &mut Conn, base: &str) -> Result<Vec<Link>, AppError> {
    let handles = public_profiles(conn)?;
    let link = |h: &String| Link { loc: format!("{base}{}", urls::member(h)), lastmod: None };
    Ok(handles.iter().map(link).collect())
}
