//! Atom feeds of the site, a category, a tag, a thread and a member: what a visitor may read, whoever asks. The
//! newest threads with their first post; of a thread, and of a member whose profile is public, the newest posts.

use std::collections::{HashMap, HashSet};

use actix_web::HttpResponse;
use actix_web::http::header::{HeaderName, HeaderValue};
use actix_web::web::{Data, Path};
use askama::Template;

use crate::base::actor::Actor;
use crate::base::ids::{MemberId, ThreadId};
use crate::base::time::UtcTime;
use crate::content::categories::{self, Readable};
use crate::content::markup::SafeHtml;
use crate::content::posts::{self, Post};
use crate::content::tags;
use crate::content::threads::lists::{Filter, Listing, Sort, Window};
use crate::content::threads::{self, State, Thread};
use crate::infra::db::Conn;
use crate::people::accounts;
use crate::site::settings;
use crate::web::cache::{self, Dep, Keep};
use crate::web::error::HttpFault;
use crate::web::page::moved;
use crate::web::{AppError, Web, urls};

/// Entries in a feed.
const ENTRIES: i64 = 30;

struct Entry {
    id: String,
    title: String,
    url: String,
    published: UtcTime,
    updated: UtcTime,
    author: String,
    lang: String,
    tags: Vec<String>,
    html: String,
}

#[derive(Template)]
#[template(path = "machines/feed.xml")]
struct Feed {
    id: String,
    title: String,
    subtitle: String,
    updated: UtcTime,
    own: String,
    page: String,
    site: String,
    entries: Vec<Entry>,
}

/// Where a feed belongs: its own path, the page's, its title and subtitle.
struct Place {
    own: String,
    page: String,
    title: String,
    subtitle: String,
    since: UtcTime,
}

/// What XML 1.0 cannot carry is left out.
fn plain(text: &str) -> String {
    text.chars().filter(|c| !c.is_control() || matches!(c, '\n' | '\t')).collect()
}

/// A name for something that stays when its address changes (RFC 4151).
fn tag_uri(base: &str, at: UtcTime, what: &str) -> String {
    let host = base.split("://").nth(1).unwrap_or_default();
    let authority = host.split(['/', ':']).next().unwrap_or_default();
    format!("tag:{authority},{}:{what}", at.calendar().strftime("%Y-%m-%d"))
}

/// Names of authors, and the mentioned members whose profiles everybody may open.
struct People {
    names: HashMap<MemberId, String>,
    public: HashSet<String>,
}

fn people(conn: &mut Conn, posts: &[Post]) -> Result<People, AppError> {
    let mut ids: Vec<MemberId> = posts.iter().map(|p| p.author_id).collect();
    ids.sort_unstable();
    ids.dedup();
    let names = accounts::store::cards(conn, &ids)?.into_iter().map(|c| (c.id, c.display_name)).collect();
    let named: Vec<String> =
        posts.iter().flat_map(|p| SafeHtml::from_stored(p.html.clone()).mentioned()).collect();
    Ok(People { names, public: accounts::store::public_handles(conn, &named)?.into_iter().collect() })
}

fn entry(base: &str, people: &People, thread: &Thread, post: &Post, tags: Vec<String>) -> Entry {
    let html = SafeHtml::from_stored(post.html.clone()).linking_only(&people.public).into_string();
    let (what, url) = if post.opens() {
        (format!("t/{}", thread.id), thread.url(1))
    } else {
        (format!("p/{}", post.id), urls::post_in_thread(thread.id, &thread.slug, post.number, post.id))
    };
    let title = if post.opens() { thread.title.clone() } else { format!("Re: {}", thread.title) };
    Entry {
        id: tag_uri(base, post.created_at, &what),
        title: plain(&title),
        url: format!("{base}{url}"),
        published: post.created_at,
        updated: post.edited_at.unwrap_or(post.created_at),
        author: plain(people.names.get(&post.author_id).map_or("—", String::as_str)),
        lang: post.lang.clone(),
        tags,
        // Addresses inside the site are complete, since a reader of feeds stands elsewhere.
        html: plain(&html)
            .replace("href=\"/", &format!("href=\"{base}/"))
            .replace("src=\"/", &format!("src=\"{base}/")),
    }
}

fn feed(base: &str, site: &str, place: Place, entries: Vec<Entry>) -> Feed {
    let updated = entries.iter().map(|e| e.updated).max().unwrap_or(place.since);
    Feed {
        id: tag_uri(base, place.since, place.own.trim_start_matches('/')),
        title: plain(&place.title),
        subtitle: plain(&place.subtitle),
        updated,
        own: format!("{base}{}", place.own),
        page: format!("{base}{}", place.page),
        site: plain(site),
        entries,
    }
}

fn answer(feed: &Feed, keep: Keep) -> Result<HttpResponse, AppError> {
    let mut response = cache::file("application/atom+xml; charset=utf-8", feed, keep)?;
    response
        .headers_mut()
        .insert(HeaderName::from_static("x-robots-tag"), HeaderValue::from_static("noindex"));
    Ok(response)
}

/// The newest threads of `filter`, each with its first post.
fn newest(conn: &mut Conn, base: &str, public: &Readable, filter: &Filter) -> Result<Vec<Entry>, AppError> {
    let mut threads = Listing::new(Sort::New, filter, public, Window::After(None, ENTRIES)).load(conn)?;
    threads.truncate(usize::try_from(ENTRIES).unwrap_or(30));
    let ids: Vec<ThreadId> = threads.iter().map(|t| t.id).collect();
    let posts = posts::store::openings(conn, &ids)?;
    let people = people(conn, &posts)?;
    let tags = tags::of_threads(conn, &ids)?;
    Ok(threads
        .iter()
        .filter_map(|thread| {
            let post = posts.iter().find(|p| p.thread_id == thread.id)?;
            let own = tags.iter().filter(|(id, _)| *id == thread.id).map(|(_, t)| plain(&t.name)).collect();
            Some(entry(base, &people, thread, post, own))
        })
        .collect())
}

/// `GET /feed.xml`.
pub async fn site(web: Data<Web>) -> Result<HttpResponse, AppError> {
    let base = web.config.base_url.clone();
    let made = web
        .house
        .db
        .read(move |conn| {
            let public = categories::service::recall(conn, &Actor::Visitor)?;
            let settings = settings::recall(conn)?;
            let entries = newest(conn, &base, &public, &Filter::Site)?;
            let place = Place {
                own: "/feed.xml".into(),
                page: "/".into(),
                title: settings.name.clone(),
                subtitle: settings.tagline.clone(),
                since: UtcTime(0),
            };
            Ok::<_, AppError>(feed(&base, &settings.name, place, entries))
        })
        .await?;
    answer(&made, Keep::list())
}

/// `GET /c/{slug}/feed.xml`.
pub async fn category(web: Data<Web>, slug: Path<String>) -> Result<HttpResponse, AppError> {
    let (base, slug) = (web.config.base_url.clone(), slug.into_inner());
    let (made, ids) = web
        .house
        .db
        .read(move |conn| {
            let public = categories::service::recall(conn, &Actor::Visitor)?;
            let category = public.by_slug(&slug).ok_or(HttpFault::Absent)?.clone();
            let site = settings::recall(conn)?.name.clone();
            let entries = newest(conn, &base, &public, &Filter::Category(category.id))?;
            let page = urls::category(&category.slug);
            let place = Place {
                own: format!("{page}/feed.xml"),
                page,
                title: format!("{} · {site}", category.name),
                subtitle: category.description.clone(),
                since: UtcTime(0),
            };
            Ok::<_, AppError>((feed(&base, &site, place, entries), public.with_children(category.id)))
        })
        .await?;
    answer(&made, Keep::categories(ids))
}

/// `GET /tag/{slug}/feed.xml`.
pub async fn tag(web: Data<Web>, slug: Path<String>) -> Result<HttpResponse, AppError> {
    let (base, slug) = (web.config.base_url.clone(), slug.into_inner());
    let made = web
        .house
        .db
        .read(move |conn| {
            let public = categories::service::recall(conn, &Actor::Visitor)?;
            let tag = tags::by_slug(conn, &slug)?.ok_or(HttpFault::Absent)?;
            let site = settings::recall(conn)?.name.clone();
            let entries = newest(conn, &base, &public, &Filter::Tag(tag.id, tag.threads))?;
            if entries.is_empty() {
                // A tag that a visitor can see on no thread is a tag that is not there.
                return Err(AppError::from(HttpFault::Absent));
            }
            let page = urls::tag(&tag.slug);
            let place = Place {
                own: format!("{page}/feed.xml"),
                page,
                title: format!("#{} · {site}", tag.name),
                subtitle: String::new(),
                since: UtcTime(0),
            };
            Ok(feed(&base, &site, place, entries))
        })
        .await?;
    answer(&made, Keep::list())
}

/// The newest posts of `member` that a visitor may read.
fn written(conn: &mut Conn, base: &str, public: &Readable, member: MemberId) -> Result<Vec<Entry>, AppError> {
    // Twice as many as are shown, since some may stand where visitors do not come.
    let mut posts = posts::store::by_author(conn, member, None, ENTRIES * 2)?;
    let ids: Vec<ThreadId> = posts.iter().map(|p| p.thread_id).collect();
    let mut threads: HashMap<ThreadId, Thread> =
        threads::store::find_many(conn, &ids)?.into_iter().map(|t| (t.id, t)).collect();
    threads.retain(|_, t| t.state() == State::Listed && public.has(t.category_id));
    posts.retain(|p| threads.contains_key(&p.thread_id));
    posts.truncate(usize::try_from(ENTRIES).unwrap_or(30));
    let people = people(conn, &posts)?;
    Ok(posts
        .iter()
        .filter_map(|p| Some(entry(base, &people, threads.get(&p.thread_id)?, p, Vec::new())))
        .collect())
}

/// `GET /u/{username}/feed.xml`: there for visitors, as for everybody, only where the profile is.
pub async fn member(web: Data<Web>, handle: Path<String>) -> Result<HttpResponse, AppError> {
    let (base, asked) = (web.config.base_url.clone(), handle.into_inner());
    let name = asked.clone();
    let (made, member) = web
        .house
        .db
        .read(move |conn| {
            let member = accounts::service::find_by_handle(conn, &name)?;
            if !member.is_public() {
                return Err(AppError::from(HttpFault::Absent));
            }
            let public = categories::service::recall(conn, &Actor::Visitor)?;
            let site = settings::recall(conn)?.name.clone();
            let entries = written(conn, &base, &public, member.id)?;
            let page = urls::member(&member.handle);
            let place = Place {
                own: urls::member_feed(&member.handle),
                page,
                title: format!("{} (@{}) · {site}", member.display_name, member.handle),
                subtitle: String::new(),
                since: member.created_at,
            };
            Ok((feed(&base, &site, place, entries), member))
        })
        .await?;
    if member.handle != asked {
        return Ok(moved(&urls::member_feed(&member.handle)));
    }
    answer(&made, Keep::of(vec![Dep::Member(member.id), Dep::Lists, Dep::Moves], cache::LIST))
}

/// `GET /t/{id}/feed.xml`.
pub async fn thread(web: Data<Web>, id: Path<String>) -> Result<HttpResponse, AppError> {
    let base = web.config.base_url.clone();
    let id = ThreadId(id.parse::<i64>().map_err(|_| HttpFault::Absent)?);
    let made = web
        .house
        .db
        .read(move |conn| {
            let public = categories::service::recall(conn, &Actor::Visitor)?;
            let thread = threads::service::load_for(conn, &Actor::Visitor, &public, id)?;
            if thread.state() != State::Listed {
                return Err(AppError::from(HttpFault::Absent));
            }
            let site = settings::recall(conn)?.name.clone();
            let posts = posts::store::newest(conn, id, ENTRIES)?;
            let people = people(conn, &posts)?;
            let entries = posts.iter().map(|p| entry(&base, &people, &thread, p, Vec::new())).collect();
            let place = Place {
                own: format!("{}/feed.xml", urls::thread_root(id)),
                page: thread.url(1),
                title: format!("{} · {site}", thread.title),
                subtitle: String::new(),
                since: thread.created_at,
            };
            Ok(feed(&base, &site, place, entries))
        })
        .await?;
    answer(&made, Keep::of(vec![Dep::Thread(id), Dep::Moves], cache::THREAD))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_entries_do_not_follow_addresses() {
        let at = UtcTime::parse("2026-03-04T05:06:07Z").unwrap();
        assert_eq!(tag_uri("https://forum.example:8443", at, "t/7"), "tag:forum.example,2026-03-04:t/7");
    }

    #[test]
    fn what_xml_cannot_carry_is_left_out() {
        assert_eq!(plain("a\u{0}b\u{b}c\nd"), "abc\nd");
    }
}
