//! The thread page: posts, what a reader may do with them, and the reply box.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path, Query};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use crate::base::ids::{PostId, ThreadId};
use crate::content::categories::{self, Readable};
use crate::content::markup::{self, SafeHtml};
use crate::content::posts::{self, Post, answers, edit};
use crate::content::threads::views::ViewBuffer;
use crate::content::threads::{self, State, Thread, ThreadKind, follow};
use crate::content::{curation, reactions, tags};
use crate::infra::db::{Conn, DbError};
use crate::infra::i18n;
use crate::pages::moving::told_move;
use crate::pages::pinning::{PinBox, PinLine, pin_line};
use crate::pages::replying::{Answered, Answering, ThreadQuery, answering, replying_to, stuck, with_quote};
use crate::pages::rows::{Author, authors};
use crate::pages::thread_head::{crumbs, head};
use crate::pages::thread_side::{Place, place, talkers};
use crate::people::accounts;
use crate::reach::related;
use crate::web::cache::{self, Dep, Keep};
use crate::web::error::HttpFault;
use crate::web::filters::When;
use crate::web::head::Head;
use crate::web::page::moved;
use crate::web::paging::{Asked, POSTS, Pager, asked};
use crate::web::shell::Shell;
use crate::web::state::client_address;
use crate::web::{AppError, Page, Web, urls};

/// A post as it is shown.
pub struct PostView {
    /// Its id.
    pub id: PostId,
    /// Its number.
    pub number: i32,
    /// Its place among those that can be read.
    pub place: i64,
    /// Who wrote it.
    pub author: Author,
    /// True when its author opened the thread.
    pub by_opener: bool,
    /// When.
    pub when: When,
    /// When it was last edited.
    pub edited: Option<When>,
    /// Earlier versions.
    pub revisions: i32,
    /// Its text.
    pub html: SafeHtml,
    /// Language of the text.
    pub lang: String,
    /// Likes.
    pub likes: i64,
    /// Liked by the reader.
    pub liked: bool,
    /// The post it answers.
    pub answers: Option<Answered>,
    /// The accepted answer.
    pub accepted: bool,
    /// What the reader may do.
    pub can: Can,
    /// Removed: shown to moderators only.
    pub removed: bool,
    /// First post that the reader has not seen.
    pub unread: bool,
    /// Ways to answer it, for who may.
    pub answering: Option<Answering>,
}

/// What a reader may do with a post.
#[derive(Debug, Clone, Copy, Default)]
pub struct Can {
    /// Like.
    pub like: bool,
    /// Edit.
    pub edit: bool,
    /// Remove.
    pub delete: bool,
    /// Bring back.
    pub restore: bool,
    /// Accept as the answer, or take that back.
    pub accept: bool,
    /// Reply.
    pub reply: bool,
}

/// The beginning of the accepted answer, above the posts.
struct Accepted {
    text: String,
    lang: String,
    url: String,
    name: String,
}

#[derive(Template)]
#[template(path = "pages/thread.html")]
struct ThreadPage {
    shell: Shell,
    head: Head,
    id: ThreadId,
    heading: String,
    lang: String,
    crumbs: Vec<(String, String)>,
    posts: Vec<PostView>,
    answer: Option<Accepted>,
    place: Option<Place>,
    talkers: Vec<Author>,
    /// Title, address, language and number of replies of each.
    related: Vec<(String, String, String, String)>,
    pager: Pager,
    tags: Vec<(String, String)>,
    views: String,
    replies: String,
    opened: When,
    solved: bool,
    asks: bool,
    closed: bool,
    featured: bool,
    pinned: bool,
    pins: Vec<PinLine>,
    /// The reader may pin it above the lists of the whole site, which show what everybody may read.
    pins_site: bool,
    pin: PinBox,
    removed: bool,
    /// Not everybody may read it: no copy is kept for times without a network.
    private: bool,
    follows: bool,
    may_reply: bool,
    /// Why there is nowhere for what was typed to go any more; it is shown, to be copied.
    stuck: Option<String>,
    may_change: bool,
    may_delete: bool,
    moderates: bool,
    /// That it was moved, and the category that leads back.
    moved: Option<(String, Option<(String, String)>)>,
    suspended: bool,
    first_unread: Option<String>,
    body: String,
    error: Option<String>,
    /// What is wrong with the text.
    wrong: Option<String>,
    posted: Option<String>,
    preview: Option<SafeHtml>,
    replying: Option<Answered>,
    now_page: i64,
    /// Number of the last post when the page was drawn, and where the one after it will stand.
    last: i32,
    next_place: String,
}

/// What the reply box holds when the page is shown again.
#[derive(Debug, Default)]
pub struct ReplyBox {
    /// Text typed.
    pub body: String,
    /// The post it answers.
    pub reply_to: Option<i32>,
    /// Whether the box gets the words of that post, behind what was typed.
    pub quoting: bool,
    /// Why it was refused.
    pub error: Option<String>,
    /// What is wrong with the text itself.
    pub wrong: Option<String>,
    /// Where it stands already.
    pub posted: Option<String>,
    /// How it would look.
    pub preview: Option<SafeHtml>,
    /// What the form of a pin holds.
    pub pin: PinBox,
}

impl ThreadPage {
    fn replying_to(&self, post: &Answered) -> String {
        replying_to(&self.shell, post)
    }
}

/// Everything a page of a thread shows.
pub(super) struct Loaded {
    pub(super) thread: Thread,
    pub(super) readable: Readable,
    pub(super) posts: Vec<Post>,
    pub(super) answer: Option<Post>,
    pub(super) authors: HashMap<crate::base::ids::MemberId, Author>,
    /// The pages with anything on them.
    pages: Vec<i64>,
    /// Posts that can be read on the pages before.
    pub(super) before: i64,
    /// Stands for an author who is gone.
    pub(super) nobody: Author,
    /// An older thread that the reader may see has the same name in its address.
    pub(super) namesake: bool,
    pub(super) signed_in: bool,
    tags: Vec<tags::Tag>,
    liked: Vec<PostId>,
    answered: HashMap<PostId, Post>,
    /// The post that the reply box answers.
    replying: Option<Post>,
    read: Option<i32>,
    follows: bool,
    pins: Vec<curation::Pin>,
    talkers: Vec<crate::base::ids::MemberId>,
    related: Vec<Thread>,
    /// For visitors: the mentioned members whose profiles they may open.
    public: Option<HashSet<String>>,
}

enum Outcome {
    Show(Box<Loaded>),
    Elsewhere(String),
}

fn load(
    conn: &mut Conn,
    page: &Page,
    id: ThreadId,
    slug: Option<&str>,
    n: i64,
    replying: Option<i32>,
) -> Result<Outcome, AppError> {
    let readable = categories::service::recall(conn, &page.actor)?;
    let thread = threads::service::load_for(conn, &page.actor, &readable, id)?;
    if n > thread.last_page().max(1) {
        return Err(HttpFault::Absent.into());
    }
    if slug.is_none_or(|s| s != thread.slug) {
        return Ok(Outcome::Elsewhere(thread.url(n)));
    }
    let from = i32::try_from((n - 1) * POSTS + 1).unwrap_or(i32::MAX);
    let to = from.saturating_add(i32::try_from(POSTS).unwrap_or(20) - 1);
    let all = page.actor.moderates(thread.category_id);
    let posts = posts::store::range(conn, id, from, to, all || thread.state() != State::Listed)?;
    // A page that has lost all its posts is still there, but nothing leads to it. Only gaps make such pages.
    let gaps = i64::from(thread.next_number - 1) - thread.posts;
    let pages = match thread.last_page() {
        last @ 2..
            if gaps > 0 && gaps >= POSTS.min(i64::from(thread.next_number - 1) - (last - 1) * POSTS) =>
        {
            posts::store::pages(conn, id, POSTS)?
        }
        last => (1..=last.max(1)).collect(),
    };
    let before = if gaps > 0 { posts::store::count_before(conn, id, from)? } else { i64::from(from) - 1 };
    let answer = match thread.accepted_post_id {
        Some(post) if n == 1 => posts::store::find(conn, post)?.filter(|p| p.state() == State::Listed),
        _ => None,
    };
    let mut people: Vec<_> = posts.iter().map(|p| p.author_id).collect();
    people.push(thread.author_id);
    people.extend(answer.iter().map(|p| p.author_id));
    let answered = posts::service::answered(conn, &posts)?;
    people.extend(answered.values().map(|p| p.author_id));
    let replying = match replying.filter(|_| page.actor.member().is_some()) {
        Some(number) => posts::store::at(conn, id, number)?.filter(|p| p.state() == State::Listed),
        None => None,
    };
    people.extend(replying.iter().map(|p| p.author_id));
    let talkers = talkers(conn, &thread)?;
    people.extend(&talkers);
    let authors = authors(conn, &people, &page.actor)?;
    let ids: Vec<PostId> = posts.iter().map(|p| p.id).collect();
    let (liked, read, follows) = match page.actor.id() {
        Some(member) => (
            reactions::liked(conn, member, &ids)?,
            threads::store::read_positions(conn, member, &[id])?.first().map(|(_, n)| *n),
            follow::follows(conn, member, id)?,
        ),
        None => (Vec::new(), None, false),
    };
    let tags = tags::of_threads(conn, &[id])?.into_iter().map(|(_, t)| t).collect();
    let pins = curation::of_thread(conn, id, page.shell.now)?;
    let public = if page.actor.member().is_some() {
        None
    } else {
        let named: Vec<String> =
            posts.iter().flat_map(|p| SafeHtml::from_stored(p.html.clone()).mentioned()).collect();
        Some(accounts::store::public_handles(conn, &named)?.into_iter().collect())
    };
    let related = related::shown(conn, &readable, id)?;
    let namesake = public.is_some() && threads::store::has_older_namesake(conn, &thread, &readable.ids())?;
    Ok(Outcome::Show(Box::new(Loaded {
        pages,
        before,
        namesake,
        signed_in: public.is_none(),
        nobody: Author::gone(),
        talkers,
        related,
        thread,
        readable,
        posts,
        answer,
        authors,
        tags,
        liked,
        answered,
        replying,
        read,
        follows,
        pins,
        public,
    })))
}

fn can(page: &Page, thread: &Thread, post: &Post) -> Can {
    let moderates = page.actor.moderates(thread.category_id);
    let listed = post.state() == State::Listed && thread.state() == State::Listed;
    let writes = page.actor.member().is_some_and(|m| m.suspended_until.is_none());
    let may_edit = edit::may_edit(&page.actor, thread, post);
    Can {
        like: listed && writes && page.actor.id() != Some(post.author_id),
        edit: may_edit,
        delete: may_edit && listed && (!post.opens() || moderates || thread.replies() == 0),
        restore: moderates && post.state() == State::Deleted,
        accept: listed && !post.opens() && answers::may_accept(&page.actor, thread),
        reply: listed && writes && (!thread.closed || moderates),
    }
}

fn view(page: &Page, loaded: &Loaded, post: &Post, first_unread: Option<i32>) -> PostView {
    let thread = &loaded.thread;
    let author = loaded.authors.get(&post.author_id).cloned().unwrap_or_else(Author::gone);
    let can = can(page, thread, post);
    let html = SafeHtml::from_stored(post.html.clone());
    let html = loaded.public.as_ref().map_or_else(|| html.clone(), |public| html.linking_only(public));
    PostView {
        id: post.id,
        number: post.number,
        place: loaded.place_of(post),
        by_opener: post.author_id == thread.author_id && !post.opens(),
        when: page.shell.moment(post.created_at),
        edited: post.edited_at.map(|at| page.shell.when(at)),
        revisions: post.revisions,
        html,
        lang: post.lang.clone(),
        likes: post.likes,
        liked: loaded.liked.contains(&post.id),
        answers: post.reply_to.and_then(|id| loaded.answered.get(&id)).map(|parent| loaded.about(parent)),
        accepted: thread.accepted_post_id == Some(post.id),
        can,
        removed: post.state() != State::Listed,
        unread: first_unread == Some(post.number),
        answering: can.reply.then(|| answering(&page.shell, loaded, post)),
        author,
    }
}

/// `GET /t/{id}/{slug}`.
pub async fn show(
    web: Data<Web>,
    views: Data<ViewBuffer>,
    page: Page,
    id: ThreadId,
    slug: String,
    query: Query<ThreadQuery>,
    req: HttpRequest,
) -> Result<HttpResponse, AppError> {
    let n = match asked(query.page.as_deref())? {
        Asked::Page(n) => n,
        Asked::Redirect(n) => return Ok(moved(&canonical(&web, &page, id, n).await?)),
    };
    let to = query.answering();
    let loaded = match read(&web, &page, id, Some(slug), n, to.map(|(number, _)| number)).await? {
        Outcome::Show(loaded) => *loaded,
        Outcome::Elsewhere(url) => return Ok(moved(&url)),
    };
    saw(&web, &views, id, &req);
    if let Some((_, quoting)) = to {
        return page.ok(&web, &compose(&page, loaded, n, ReplyBox { quoting, ..ReplyBox::default() }));
    }
    let keep = keep(&web, &views, &loaded);
    page.kept(&web, &compose(&page, loaded, n, ReplyBox::default()), keep)
}

/// Counts a view.
fn saw(web: &Web, views: &ViewBuffer, id: ThreadId, req: &HttpRequest) {
    let agent = req.headers().get("user-agent").and_then(|v| v.to_str().ok()).unwrap_or_default();
    if let Some(address) = client_address(req, &web.config) {
        views.saw(id, &address.to_string(), agent, web.house.clock.now());
    }
}

/// What a thread's page depends on, and that it counts a view also when it comes from memory.
fn keep(web: &Data<Web>, views: &Data<ViewBuffer>, loaded: &Loaded) -> Keep {
    let id = loaded.thread.id;
    let mut deps = vec![Dep::Thread(id)];
    deps.extend(loaded.related.iter().map(|thread| Dep::Thread(thread.id)));
    deps.extend(loaded.authors.keys().map(|member| Dep::Member(*member)));
    let (web, views) = (web.clone(), views.clone());
    Keep {
        deps,
        limit: cache::THREAD,
        modified: Some(loaded.thread.changed_at),
        on_hit: Some(Arc::new(move |req| saw(&web, &views, id, req))),
    }
}

/// The thread `id` as far as the reader of `page` may see it.
pub(super) async fn thread_for(web: &Web, page: &Page, id: ThreadId) -> Result<Thread, AppError> {
    let actor = page.actor.clone();
    web.house
        .db
        .read(move |conn| {
            let readable = categories::service::recall(conn, &actor)?;
            Ok(threads::service::load_for(conn, &actor, &readable, id)?)
        })
        .await
}

async fn canonical(web: &Web, page: &Page, id: ThreadId, n: i64) -> Result<String, AppError> {
    let thread = thread_for(web, page, id).await?;
    if n > thread.last_page().max(1) {
        return Err(HttpFault::Absent.into());
    }
    Ok(thread.url(n))
}

/// `GET /t/{id}`.
pub async fn by_id(
    web: Data<Web>,
    page: Page,
    id: Path<String>,
    query: Query<ThreadQuery>,
) -> Result<HttpResponse, AppError> {
    let id = id.parse::<i64>().map_err(|_| HttpFault::Absent)?;
    let (Asked::Page(n) | Asked::Redirect(n)) = asked(query.page.as_deref())?;
    Ok(moved(&canonical(&web, &page, ThreadId(id), n).await?))
}

/// Draws page `n` of a thread with a reply box.
pub async fn draw(
    web: &Web,
    page: &Page,
    id: ThreadId,
    slug: Option<String>,
    n: i64,
    reply: ReplyBox,
    status: StatusCode,
) -> Result<HttpResponse, AppError> {
    match read(web, page, id, slug, n, reply.reply_to).await? {
        Outcome::Show(loaded) => page.answer(web, status, &compose(page, *loaded, n, reply)),
        Outcome::Elsewhere(url) => Ok(moved(&url)),
    }
}

/// Draws the first page of a thread with what was typed in a form beside it.
pub async fn draw_first(
    web: &Web,
    page: &Page,
    id: ThreadId,
    reply: ReplyBox,
    status: StatusCode,
) -> Result<HttpResponse, AppError> {
    let thread = thread_for(web, page, id).await?;
    draw(web, page, id, Some(thread.slug), 1, reply, status).await
}

/// Reads page `n` of a thread, and notes how far a member has come.
async fn read(
    web: &Web,
    page: &Page,
    id: ThreadId,
    slug: Option<String>,
    n: i64,
    to: Option<i32>,
) -> Result<Outcome, AppError> {
    let reader = page.clone();
    let outcome = web.house.db.read(move |conn| load(conn, &reader, id, slug.as_deref(), n, to)).await?;
    if let Outcome::Show(loaded) = &outcome
        && let (Some(member), Some(last)) = (page.actor.id(), loaded.posts.last().map(|p| p.number))
    {
        remember(web, member, id, loaded.read, last).await;
    }
    Ok(outcome)
}

/// Notes how far the member has read; a failure costs nothing but the memory.
async fn remember(web: &Web, member: crate::base::ids::MemberId, id: ThreadId, read: Option<i32>, last: i32) {
    if read.is_some_and(|r| r >= last) {
        return;
    }
    let now = web.house.clock.now();
    let done = web
        .house
        .db
        .write(move |c| threads::store::mark_read(c, member, id, last, now).map_err(DbError::from))
        .await;
    if let Err(error) = done {
        tracing::warn!(%error, "a read position could not be kept");
    }
}

fn compose(page: &Page, loaded: Loaded, n: i64, reply: ReplyBox) -> ThreadPage {
    let shell = page.shell.clone();
    let thread = &loaded.thread;
    let locale = shell.locale;
    let next_unread = loaded.read.filter(|r| *r < thread.next_number - 1).map(|r| r + 1);
    let first_unread = next_unread
        .and_then(|from| loaded.posts.iter().find(|p| p.number >= from).map(|p| p.number))
        .filter(|_| n == next_unread.map_or(0, urls::page_of));
    let posts: Vec<PostView> = loaded.posts.iter().map(|p| view(page, &loaded, p, first_unread)).collect();
    let place = place(&loaded, n, next_unread);
    let moderates = page.actor.moderates(thread.category_id);
    let crumbs = crumbs(&loaded);
    let question = thread.kind() == ThreadKind::Question;
    let head = head(&shell, &loaded, n);
    let listed = thread.state() == State::Listed;
    let writes = page.actor.member().is_some_and(|m| m.suspended_until.is_none());
    let may_reply = listed && writes && (!thread.closed || moderates);
    let stuck = stuck(&shell, thread, &reply).filter(|_| !may_reply);
    let own = page.actor.id() == Some(thread.author_id);
    let staff = page.actor.is_staff();
    ThreadPage {
        id: thread.id,
        head,
        heading: thread.title.clone(),
        lang: thread.title_lang().to_owned(),
        crumbs,
        answer: loaded.answer.as_ref().map(|p| {
            let plain = markup::plain_text(&p.body, markup::Keep::PREVIEW);
            Accepted {
                text: markup::excerpt(&plain.replace('\n', " "), 300),
                lang: p.lang.clone(),
                url: urls::post_in_thread(thread.id, &thread.slug, p.number, p.id),
                name: loaded.authors.get(&p.author_id).unwrap_or(&loaded.nobody).name.clone(),
            }
        }),
        pager: Pager::among(&thread.url(1), n, &loaded.pages),
        tags: loaded.tags.iter().map(|t| (t.name.clone(), urls::tag(&t.slug))).collect(),
        views: i18n::count(locale, "views-count", thread.views),
        replies: i18n::count(locale, "replies-count", thread.replies()),
        opened: shell.when(thread.created_at),
        solved: question && thread.accepted_post_id.is_some(),
        asks: question && thread.accepted_post_id.is_none(),
        closed: thread.closed,
        featured: thread.featured_at.is_some(),
        pinned: listed && !loaded.pins.is_empty(),
        pins: loaded.pins.iter().map(|pin| pin_line(&shell, pin, staff)).collect(),
        pins_site: staff && !loaded.readable.is_restricted(thread.category_id),
        pin: reply.pin,
        removed: !listed,
        private: !listed || loaded.readable.is_restricted(thread.category_id),
        follows: loaded.follows,
        may_reply,
        stuck,
        may_change: listed && writes && (moderates || (own && !thread.closed)),
        may_delete: listed && (moderates || (own && writes && thread.replies() == 0 && !thread.closed)),
        moderates,
        moved: told_move(page, &loaded.readable, thread),
        suspended: !writes && page.actor.member().is_some() && listed && !thread.closed,
        first_unread: next_unread
            .filter(|_| first_unread.is_none())
            .map(|from| format!("{}#unread", thread.url(urls::page_of(from)))),
        posts,
        place,
        talkers: loaded.talkers.iter().filter_map(|id| loaded.authors.get(id).cloned()).collect(),
        related: loaded
            .related
            .iter()
            .map(|t| {
                (t.title.clone(), t.url(1), t.title_lang().to_owned(), shell.n("replies-count", t.replies()))
            })
            .collect(),
        body: match &loaded.replying {
            Some(post) if reply.quoting => with_quote(reply.body, &loaded.quote(post)),
            _ => reply.body,
        },
        error: reply.error,
        wrong: reply.wrong,
        posted: reply.posted,
        preview: reply.preview,
        replying: loaded.replying.as_ref().map(|post| loaded.about(post)),
        now_page: n,
        last: thread.next_number - 1,
        // A visitor has no line between read and unread: scripts find the first new post by its number.
        next_place: match page.actor.member() {
            Some(_) => format!("{}#unread", thread.url(urls::page_of(thread.next_number))),
            None => {
                format!("{}#from-{}", thread.url(urls::page_of(thread.next_number)), thread.next_number)
            }
        },
        shell,
    }
}
