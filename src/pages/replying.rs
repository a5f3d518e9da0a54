//! Answering one post of a thread: the addresses that fill the reply box, and what the box says.

use serde::Deserialize;

use super::thread::{Loaded, ReplyBox};
use crate::content::markup;
use crate::content::posts::Post;
use crate::content::threads::Thread;
use crate::web::shell::Shell;
use crate::web::urls;

/// `?page=`, and what a form that failed brings back.
#[derive(Debug, Default, Deserialize)]
pub struct ThreadQuery {
    /// The page asked for.
    pub page: Option<String>,
    /// Number of the post that the reply box answers.
    reply_to: Option<String>,
    /// The same, with its words in the box.
    quote: Option<String>,
}

impl ThreadQuery {
    /// The post asked for, and whether it is to be quoted.
    pub fn answering(&self) -> Option<(i32, bool)> {
        let number = |text: &Option<String>| text.as_deref().and_then(|n| n.parse::<i32>().ok());
        number(&self.quote).map(|n| (n, true)).or_else(|| number(&self.reply_to).map(|n| (n, false)))
    }
}

/// A post that another answers.
pub struct Answered {
    /// Its number.
    pub number: i32,
    /// Its author's handle.
    pub handle: String,
    /// Its address.
    pub url: String,
}

/// What the buttons that answer a post hand to scripts, which spare the reader the way through the server.
pub struct Answering {
    /// Whom the reply is to, as the box says it.
    pub said: String,
    /// The quote.
    pub markdown: String,
}

impl Loaded {
    /// `post` as one that is answered.
    pub(super) fn about(&self, post: &Post) -> Answered {
        Answered {
            number: post.number,
            handle: self.authors.get(&post.author_id).unwrap_or(&self.nobody).handle.clone(),
            url: urls::post_in_thread(self.thread.id, &self.thread.slug, post.number, post.id),
        }
    }

    /// Markdown that quotes `post`.
    pub(super) fn quote(&self, post: &Post) -> String {
        let handle = &self.authors.get(&post.author_id).unwrap_or(&self.nobody).handle;
        markup::quote(handle, &urls::post(post.id), &markup::quotable(&post.body))
    }
}

/// What a button beside a post asks of the form that it sends: the post to answer, and whether with its words.
pub(super) fn asked_for(action: &str) -> Option<(i32, bool)> {
    let (what, number) = action.split_once(':')?;
    let quoting = match what {
        "reply" => false,
        "quote" => true,
        _ => return None,
    };
    Some((number.parse().ok()?, quoting))
}

/// `quote` behind what was typed before; once is enough.
pub(super) fn with_quote(typed: String, quote: &str) -> String {
    match typed.trim_end() {
        "" => quote.to_owned(),
        before if before.contains(quote.trim()) => typed,
        before => format!("{before}\n\n{quote}"),
    }
}

/// Whom a reply is to.
pub(super) fn replying_to(shell: &Shell, post: &Answered) -> String {
    shell.t2("replying-to", "name", &post.handle, "n", post.number)
}

/// Ways to answer `post`.
pub(super) fn answering(shell: &Shell, loaded: &Loaded, post: &Post) -> Answering {
    Answering { said: replying_to(shell, &loaded.about(post)), markdown: loaded.quote(post) }
}

/// Why a reply that was typed has nowhere to go: the thread was closed, or its writer suspended, in the meantime.
pub(super) fn stuck(shell: &Shell, thread: &Thread, reply: &ReplyBox) -> Option<String> {
    if reply.error.is_none() && reply.body.trim().is_empty() {
        return None;
    }
    let usual = if thread.closed { "closed-note" } else { "error-suspended" };
    let why = reply.error.clone().unwrap_or_else(|| shell.t(usual));
    Some(shell.t1("reply-stuck", "why", why))
}
