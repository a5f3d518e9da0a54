//! What stands beside a thread: how far one is in it, with ways to its ends, and who takes part.

use diesel::QueryResult;

use crate::base::ids::{MemberId, ThreadId};
use crate::content::posts::{self, Post};
use crate::content::threads::{State, Thread};
use crate::infra::db::Conn;
use crate::infra::i18n;
use crate::pages::thread::Loaded;
use crate::web::urls;

/// A thread shorter than this is seen as a whole.
const SHORT: i64 = 12;
/// People shown.
const MOST: i64 = 8;

/// How far a page stands in its thread.
pub(super) struct Place {
    /// The thread.
    pub(super) id: ThreadId,
    /// The posts of the page.
    pub(super) at: String,
    /// How many there are.
    pub(super) of: String,
    /// Where the thread begins.
    pub(super) first: String,
    /// The first post not read yet, where there is one.
    pub(super) unread: Option<String>,
    /// The last post.
    pub(super) last: String,
    /// The page shown, and how many there are.
    pub(super) page: (i64, i64),
}

impl Loaded {
    /// The place of a post of this page among those that can be read, as a reader counts them: the numbers of removed
    /// ones are not given again. What only moderators still see shares the place of the one before it.
    pub(super) fn place_of(&self, post: &Post) -> i64 {
        let upto = self.posts.iter().filter(|p| p.state() == State::Listed && p.number <= post.number);
        self.before + i64::try_from(upto.count()).unwrap_or_default()
    }
}

/// The place of page `n`; nothing in a thread that is short.
pub(super) fn place(loaded: &Loaded, n: i64, unread: Option<i32>) -> Option<Place> {
    let thread = &loaded.thread;
    let of = thread.posts;
    let (first, last) = (loaded.posts.first()?, loaded.posts.last()?);
    (of >= SHORT).then(|| Place {
        id: thread.id,
        at: span(loaded.place_of(first), loaded.place_of(last)),
        of: i18n::number(of),
        first: format!("{}#top", thread.url(1)),
        unread: unread.map(|number| format!("{}#unread", thread.url(urls::page_of(number)))),
        last: format!("{}#last", thread.url(thread.last_page())),
        page: (n, thread.last_page()),
    })
}

fn span(first: i64, last: i64) -> String {
    let (from, to) = (i18n::number(first), i18n::number(last));
    if first == last { to } else { format!("{from}–{to}") }
}

/// Who wrote in `thread`, most posts first; nobody where one person talks to themselves.
pub(super) fn talkers(conn: &mut Conn, thread: &Thread) -> QueryResult<Vec<MemberId>> {
    if thread.replies() == 0 {
        return Ok(Vec::new());
    }
    let people = posts::store::talkers(conn, thread.id, thread.next_number, MOST)?;
    Ok(if people.len() > 1 { people } else { Vec::new() })
}
