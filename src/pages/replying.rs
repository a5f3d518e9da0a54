//! Answering one post of a thread: the addresses that fill the reply box, and what the box says.

use serde::Deserialize;

use super::thread::Loaded;
use crate::content::markup;
use crate::content::posts::Post;
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

/// Ways to answer a post. The addresses work without scripts, the rest spares those who have them the way.
pub struct Answering {
    /// Opens the reply box for this post.
    pub reply: String,
    /// The same, with a quote in it.
    pub quote: String,
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

/// Whom a reply is to.
pub(super) fn replying_to(shell: &Shell, post: &Answered) -> String {
    shell.t2("replying-to", "name", &post.handle, "n", post.number)
}

/// Ways to answer `post`.
pub(super) fn answering(shell: &Shell, loaded: &Loaded, post: &Post) -> Answering {
    let place = loaded.thread.url(urls::page_of(post.number));
    let mark = if place.contains('?') { '&' } else { '?' };
    let to = |name: &str| format!("{place}{mark}{name}={}#reply", post.number);
    Answering {
        reply: to("reply_to"),
        quote: to("quote"),
        said: replying_to(shell, &loaded.about(post)),
        markdown: loaded.quote(post),
    }
}
