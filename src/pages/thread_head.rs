//! What machines read of a thread.

use crate::content::markup;
use crate::content::threads::{State, ThreadKind};
use crate::pages::rows::Author;
use crate::pages::structured::{self, Shown, ThreadFacts};
use crate::pages::thread::Loaded;
use crate::web::head::Head;
use crate::web::shell::Shell;
use crate::web::urls;

/// Columns of a description.
const DESCRIPTION: usize = 160;
/// A description narrower than this says too little by itself.
const SHORT: usize = 60;

/// Name and path of the categories a thread stands in, from the top down.
pub(super) fn crumbs(loaded: &Loaded) -> Vec<(String, String)> {
    let path = loaded.readable.path(loaded.thread.category_id);
    path.iter().map(|c| (c.name.clone(), urls::category(&c.slug))).collect()
}

/// The head of page `n`. Threads of the same title tell themselves apart by their number.
pub(super) fn head(shell: &Shell, loaded: &Loaded, n: i64) -> Head {
    let thread = &loaded.thread;
    let suffix = if n > 1 { shell.t1("title-page", "n", n) } else { String::new() };
    let name = if loaded.namesake {
        format!("{} (#{}){suffix}", thread.title, thread.id)
    } else {
        format!("{}{suffix}", thread.title)
    };
    let restricted = loaded.readable.is_restricted(thread.category_id);
    let index = thread.state() == State::Listed && !restricted && !loaded.posts.is_empty();
    let url = thread.url(n);
    let mut head = Head::new(shell, &name, &description(shell, loaded), &url)
        .indexed(index)
        .fed(thread.title.clone(), format!("{}/feed.xml", urls::thread_root(thread.id)));
    head.kind = "article";
    head.published = Some(thread.created_at);
    head.modified = Some(thread.changed_at);
    if !loaded.signed_in {
        let here = [crumbs(loaded), vec![(thread.title.clone(), thread.url(1))]].concat();
        head = head.with([structured::thread(shell, &facts(loaded)), structured::path(shell, &here)]);
    }
    head
}

/// The beginning of the first post of the page; with what surrounds it where that is short.
fn description(shell: &Shell, loaded: &Loaded) -> String {
    use unicode_width::UnicodeWidthStr;
    let Some(post) = loaded.posts.first() else { return String::new() };
    let plain = markup::plain_text(&post.body, markup::Keep::PREVIEW).replace('\n', " ");
    let text = markup::excerpt(plain.trim(), DESCRIPTION);
    if text.width() >= SHORT {
        return text;
    }
    let category = loaded.readable.get(loaded.thread.category_id).map(|c| c.name.as_str());
    let parts =
        [Some(text.as_str()), Some(loaded.thread.title.as_str()), category, Some(shell.site.as_str())];
    let all: Vec<&str> = parts.into_iter().flatten().filter(|p| !p.is_empty()).collect();
    markup::excerpt(&all.join(" · "), DESCRIPTION)
}

fn facts(loaded: &Loaded) -> ThreadFacts<'_> {
    let thread = &loaded.thread;
    let shown = |post| -> Option<Shown<'_>> {
        let post: &crate::content::posts::Post = post;
        let author: &Author = loaded.authors.get(&post.author_id)?;
        (post.state() == State::Listed).then_some((post, author))
    };
    let accepted = thread.accepted_post_id.and_then(|id| {
        let here = loaded.posts.iter().find(|p| p.id == id);
        here.or(loaded.answer.as_ref()).and_then(shown)
    });
    ThreadFacts {
        thread,
        question: thread.kind() == ThreadKind::Question,
        opening: loaded.posts.iter().find(|p| p.opens()).and_then(shown),
        author: loaded.authors.get(&thread.author_id).unwrap_or(&loaded.nobody),
        replies: loaded.posts.iter().filter(|p| !p.opens()).filter_map(shown).collect(),
        accepted,
        category: crumbs(loaded).pop(),
    }
}
