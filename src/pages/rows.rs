//! Rows of thread lists, ready to print, for every page that lists threads.

use std::collections::HashMap;

use diesel::QueryResult;

use crate::base::actor::Actor;
use crate::base::ids::{MemberId, ThreadId};
use crate::content::categories::Readable;
use crate::content::curation::Pin;
use crate::content::heat::model::bar;
use crate::content::threads::{self, Thread, ThreadKind};
use crate::infra::db::Conn;
use crate::infra::i18n;
use crate::people::accounts::{self, Card};
use crate::web::filters::When;
use crate::web::shell::{Shell, initial};
use crate::web::urls;

/// A member beside content.
#[derive(Debug, Clone)]
pub struct Author {
    /// Name shown.
    pub name: String,
    /// Handle.
    pub handle: String,
    /// First character, where there is no picture.
    pub initial: String,
    /// Key of their picture.
    pub avatar: Option<String>,
    /// Address of the profile, when this reader may open it.
    pub url: Option<String>,
    /// Locale key of a badge, for staff and experts.
    pub badge: Option<String>,
    /// The step that their growth has reached; nothing for an account that is gone.
    pub level: Option<i16>,
}

impl Author {
    /// `card` as `signed_in` readers or visitors see it: a handle whose profile is not public is no link for
    /// visitors.
    pub fn new(card: &Card, signed_in: bool) -> Self {
        let role = card.role();
        let special = role > crate::base::actor::Role::Member;
        Self {
            name: card.display_name.clone(),
            handle: card.handle.clone(),
            initial: initial(&card.display_name),
            avatar: card.avatar.clone(),
            url: (signed_in || card.is_public()).then(|| urls::member(&card.handle)),
            badge: special.then(|| format!("role-{}", role.name())),
            level: Some(card.level),
        }
    }

    /// Stands for an account that is gone.
    pub fn gone() -> Self {
        Self {
            name: "—".into(),
            handle: String::new(),
            initial: "?".into(),
            avatar: None,
            url: None,
            badge: None,
            level: None,
        }
    }
}

/// The authors of `ids` by id.
pub fn authors(conn: &mut Conn, ids: &[MemberId], actor: &Actor) -> QueryResult<HashMap<MemberId, Author>> {
    let mut unique = ids.to_vec();
    unique.sort_unstable();
    unique.dedup();
    if unique.is_empty() {
        return Ok(HashMap::new());
    }
    let signed_in = actor.member().is_some();
    Ok(accounts::store::cards(conn, &unique)?.iter().map(|c| (c.id, Author::new(c, signed_in))).collect())
}

/// One thread in a list.
#[derive(Debug, Clone)]
pub struct Row {
    /// Address.
    pub url: String,
    /// Title.
    pub title: String,
    /// Language of the title.
    pub lang: String,
    /// Name, address and colour class of the category.
    pub category: Option<(String, String, String)>,
    /// Who opened it.
    pub author: Author,
    /// Who wrote the last reply, if there is one.
    pub last: Option<String>,
    /// Last post.
    pub when: When,
    /// Replies, as written.
    pub replies: String,
    /// Replies, for plural forms.
    pub reply_count: i64,
    /// Posts that this reader has not seen; 0 for who never opened it.
    pub fresh: i64,
    /// True when this reader knows the thread and has something to read in it.
    pub unread: bool,
    /// Where the title leads: the first unread post for those who know the thread.
    pub open: String,
    /// Length of the heat bar, 0 to 10.
    pub bar: u8,
    /// Number of a pin to put away, when pinned and signed in.
    pub pin: Option<i64>,
    /// Held at the top.
    pub pinned: bool,
    /// Featured.
    pub featured: bool,
    /// Has an accepted answer.
    pub solved: bool,
    /// Is a question without one.
    pub asks: bool,
    /// Takes no more replies.
    pub closed: bool,
}

/// Rows for `listed`, pinned ones first with their pins.
pub fn rows(
    conn: &mut Conn,
    actor: &Actor,
    readable: &Readable,
    shell: &Shell,
    pinned: &[(Pin, Thread)],
    listed: &[Thread],
) -> QueryResult<Vec<Row>> {
    let mut all: Vec<(&Thread, Option<i64>)> =
        pinned.iter().map(|(pin, thread)| (thread, Some(pin.id))).collect();
    let held: Vec<ThreadId> = pinned.iter().map(|(_, t)| t.id).collect();
    all.extend(listed.iter().filter(|t| !held.contains(&t.id)).map(|t| (t, None)));
    let people: Vec<MemberId> = all.iter().flat_map(|(t, _)| [t.author_id, t.last_poster_id]).collect();
    let authors = authors(conn, &people, actor)?;
    let read: HashMap<ThreadId, i32> = match actor.id() {
        Some(member) => {
            let ids: Vec<ThreadId> = all.iter().map(|(t, _)| t.id).collect();
            threads::store::read_positions(conn, member, &ids)?.into_iter().collect()
        }
        None => HashMap::new(),
    };
    let hottest = listed.iter().map(|t| t.heat).fold(f64::NEG_INFINITY, f64::max);
    Ok(all
        .into_iter()
        .map(|(thread, pin)| {
            let author = authors.get(&thread.author_id).cloned().unwrap_or_else(Author::gone);
            let last = authors.get(&thread.last_poster_id).filter(|_| thread.replies() > 0);
            let last = last.map(|a| a.name.clone());
            row(thread, pin, author, last, read.get(&thread.id).copied(), actor, readable, shell, hottest)
        })
        .collect())
}

#[expect(clippy::too_many_arguments, reason = "the facts of one row, gathered by `rows` alone")]
fn row(
    thread: &Thread,
    pin: Option<i64>,
    author: Author,
    last_by: Option<String>,
    read: Option<i32>,
    actor: &Actor,
    readable: &Readable,
    shell: &Shell,
    hottest: f64,
) -> Row {
    let last = thread.next_number - 1;
    let fresh = read.map_or(0, |number| i64::from(last - number).clamp(0, thread.posts));
    let open = match read {
        Some(number) if fresh > 0 => format!("{}#unread", thread.url(urls::page_of(number + 1))),
        _ => thread.url(1),
    };
    let question = thread.kind() == ThreadKind::Question;
    Row {
        url: thread.url(1),
        title: thread.title.clone(),
        lang: thread.title_lang().to_owned(),
        category: readable
            .get(thread.category_id)
            .map(|c| (c.name.clone(), urls::category(&c.slug), super::shell::mark(c))),
        author,
        last: last_by,
        when: shell.when(thread.last_post_at),
        replies: i18n::number(thread.replies()),
        reply_count: thread.replies(),
        fresh,
        unread: fresh > 0,
        open,
        bar: bar(thread.heat, hottest),
        pin: pin.filter(|_| actor.member().is_some()),
        pinned: pin.is_some(),
        featured: thread.featured_at.is_some(),
        solved: question && thread.accepted_post_id.is_some(),
        asks: question && thread.accepted_post_id.is_none(),
        closed: thread.closed,
    }
}
