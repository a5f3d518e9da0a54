//! Posts that look the same, for moderators.

use actix_web::HttpResponse;
use actix_web::web::{Data, Query};
use askama::Template;
use serde::Deserialize;

use crate::base::actor::Role;
use crate::base::ids::{MemberId, SuspectId};
use crate::content::markup::{Keep, excerpt, plain_text};
use crate::content::posts::Post;
use crate::content::threads::Thread;
use crate::pages::rows::{Author, authors};
use crate::reach::duplicates::{Error, Pair, service};
use crate::web::filters::When;
use crate::web::page::see_other;
use crate::web::shell::Shell;
use crate::web::{AppError, Page, RawForm, Web, urls};

/// Pairs on a page.
const SHOWN: usize = 30;
/// Columns of a post's beginning.
const BEGINNING: usize = 200;

struct Side {
    title: String,
    lang: String,
    url: String,
    author: String,
    when: When,
}

struct PairView {
    id: SuspectId,
    newer: Side,
    older: Side,
    beginning: String,
    lang: String,
}

#[derive(Template)]
#[template(path = "backoffice/duplicates.html")]
struct DuplicatesPage {
    shell: Shell,
    pairs: Vec<PairView>,
    next: Option<SuspectId>,
}

/// `?before=`.
#[derive(Debug, Deserialize)]
pub struct BeforeQuery {
    before: Option<i64>,
}

/// `GET /admin/duplicates`.
pub async fn show(web: Data<Web>, page: Page, query: Query<BeforeQuery>) -> Result<HttpResponse, AppError> {
    page.at_least(Role::Moderator)?;
    let (actor, before) = (page.actor.clone(), query.before.map(SuspectId));
    let (pairs, next, names) = web
        .house
        .db
        .read(move |conn| {
            let (pairs, next) = service::open(conn, &actor, before, SHOWN)?;
            let people: Vec<MemberId> =
                pairs.iter().flat_map(|p| [p.newer.0.author_id, p.older.0.author_id]).collect();
            let names = authors(conn, &people, &actor)?;
            Ok::<_, AppError>((pairs, next, names))
        })
        .await?;
    let shell = page.shell.clone();
    let name = |id| names.get(&id).map(|a: &Author| a.name.clone()).unwrap_or_default();
    let side = |(post, thread): &(Post, Thread)| Side {
        title: format!("{} #{}", thread.title, post.number),
        lang: thread.title_lang().to_owned(),
        url: urls::post_in_thread(thread.id, &thread.slug, post.number, post.id),
        author: name(post.author_id),
        when: shell.when(post.created_at),
    };
    let view = |p: Pair| PairView {
        id: p.id,
        beginning: excerpt(&plain_text(&p.newer.0.body, Keep::PREVIEW), BEGINNING),
        newer: side(&p.newer),
        older: side(&p.older),
        lang: p.newer.0.lang,
    };
    let pairs = pairs.into_iter().map(view).collect();
    page.ok(&web, &DuplicatesPage { pairs, next, shell: shell.clone() })
}

/// `POST /admin/duplicates`: the posts of a pair are no duplicates.
pub async fn dismiss(web: Data<Web>, page: Page, raw: RawForm) -> Result<HttpResponse, AppError> {
    let member = page.at_least(Role::Moderator)?.clone();
    raw.verify(&web, &page)?;
    let id = SuspectId(raw.get("id").and_then(|id| id.parse().ok()).ok_or(Error::Absent)?);
    let house = web.house.clone();
    web.house.db.write(move |conn| service::dismiss(conn, &house, &member, id)).await?;
    Ok(see_other("/admin/duplicates"))
}
