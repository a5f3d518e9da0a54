//! What a form did, told once on the page that comes next: a word in a cookie, which that page takes away again.
//! Only words that the catalogue has are told, and only to members.

use actix_web::{HttpRequest, HttpResponse};

use crate::infra::i18n;
use crate::web::page::cookie;
use crate::web::shell::Shell;
use crate::web::state::Web;

/// The cookie.
const COOKIE: &str = "told";
/// Before the number of the post beside which it is told, and before that of what takes it back.
const AT: char = '.';
const BACK: char = '~';
/// Seconds that it waits for the next page.
const KEPT: i64 = 60;

/// What was done, to which post when the page is to tell it there, and what leads back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    what: String,
    /// The post beside which it is told.
    pub at: Option<i64>,
    /// The number of what takes it back: where something was before, or what was removed.
    pub back: Option<i64>,
}

/// `text` before and after `mark`.
fn halves(text: &str, mark: char) -> (&str, Option<&str>) {
    text.split_once(mark).map_or((text, None), |(before, after)| (before, Some(after)))
}

impl Told {
    /// Whether it is of `what`.
    pub fn is_of(&self, what: &str) -> bool {
        self.what == what
    }

    /// Of something done to the page as a whole.
    pub fn of(what: impl Into<String>) -> Self {
        Self { what: what.into(), at: None, back: None }
    }

    /// Told beside a post.
    pub fn beside(what: &str, post: i64) -> Self {
        Self { what: what.to_owned(), at: Some(post), back: None }
    }

    /// Of something that `back` takes back.
    pub fn back_to(what: &str, back: i64) -> Self {
        Self { what: what.to_owned(), at: None, back: Some(back) }
    }

    /// What the last answer left to tell.
    pub fn read(req: &HttpRequest) -> Option<Self> {
        let cookie = req.cookie(COOKIE)?;
        let number = |text: Option<&str>| text.map(str::parse).transpose().ok();
        let (rest, back) = halves(cookie.value(), BACK);
        let (what, at) = halves(rest, AT);
        let (at, back) = (number(at)?, number(back)?);
        let plain = what.len() <= 40 && what.bytes().all(|b| b.is_ascii_lowercase() || b == b'-');
        plain.then(|| Self { what: what.to_owned(), at, back })
    }

    /// In words; nothing for what nobody wrote.
    pub fn words(&self, shell: &Shell) -> Option<String> {
        let key = format!("told-{}", self.what);
        i18n::has(shell.locale, &key).then(|| shell.t(&key))
    }

    /// `response`, after which the next page tells this.
    pub fn after(self, web: &Web, mut response: HttpResponse) -> HttpResponse {
        let mut value = self.what;
        for (mark, number) in [(AT, self.at), (BACK, self.back)] {
            value.extend(number.map(|number| format!("{mark}{number}")));
        }
        if response.add_cookie(&cookie(web, COOKIE, value, Some(KEPT))).is_err() {
            tracing::error!("what was done could not be told");
        }
        response
    }

    /// `response`, after which nothing is left to tell.
    pub(super) fn forget(web: &Web, response: &mut HttpResponse) {
        let mut gone = cookie(web, COOKIE, String::new(), Some(0));
        gone.make_removal();
        if response.add_cookie(&gone).is_err() {
            tracing::error!("what was told could not be taken away");
        }
    }
}
