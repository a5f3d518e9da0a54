//! Structured data of schema.org: threads as `DiscussionForumPosting` or `QAPage`, profiles, the site.
//!
//! Texts are plain, cut at 500 columns, and stand on the page; authors without a public profile have a name
//! and no address.

use serde_json::{Value, json};

use crate::content::markup;
use crate::content::posts::Post;
use crate::content::threads::Thread;
use crate::pages::rows::Author;
use crate::web::head::breadcrumbs;
use crate::web::shell::Shell;
use crate::web::urls;

/// Columns of a text.
const TEXT: usize = 500;

/// The site itself, for its front page.
pub fn site(shell: &Shell) -> [Value; 2] {
    let home = shell.absolute("/");
    let organization = json!({
        "@type": "Organization", "@id": shell.absolute("/#organization"), "name": shell.site, "url": home,
        "logo": shell.absolute(shell.asset("img/card.png")),
    });
    let site = json!({
        "@type": "WebSite", "name": shell.site, "url": home, "inLanguage": shell.lang(),
        "publisher": { "@id": shell.absolute("/#organization") },
    });
    [site, organization]
}

/// The path from the front page through `crumbs` (name, path).
pub fn path(shell: &Shell, crumbs: &[(String, String)]) -> Value {
    let mut all = vec![(shell.t("nav-home"), shell.absolute("/"))];
    all.extend(crumbs.iter().map(|(name, url)| (name.clone(), shell.absolute(url))));
    breadcrumbs(&all)
}

fn person(shell: &Shell, author: &Author) -> Value {
    let mut person = json!({ "@type": "Person", "name": author.name });
    if let (Some(map), Some(url)) = (person.as_object_mut(), &author.url) {
        map.insert("url".into(), shell.absolute(url).into());
    }
    person
}

fn counter(action: &str, n: i64) -> Value {
    json!({
        "@type": "InteractionCounter", "interactionType": { "@type": action }, "userInteractionCount": n,
    })
}

/// The words of a post; nothing for one without any.
fn text(post: &Post) -> Option<String> {
    let plain = markup::plain_text(&post.body, markup::Keep::PREVIEW).replace('\n', " ");
    let text = markup::excerpt(plain.trim(), TEXT);
    (!text.is_empty()).then_some(text)
}

/// A post with its author as shown.
pub type Shown<'a> = (&'a Post, &'a Author);

/// What the page of a thread is made of.
pub struct ThreadFacts<'a> {
    /// The thread.
    pub thread: &'a Thread,
    /// It is a question.
    pub question: bool,
    /// The first post, when it is on this page.
    pub opening: Option<Shown<'a>>,
    /// Who opened it.
    pub author: &'a Author,
    /// The other posts of this page.
    pub replies: Vec<Shown<'a>>,
    /// The accepted answer, when it is on this page or shown above it.
    pub accepted: Option<Shown<'a>>,
    /// Name and path of the category.
    pub category: Option<(String, String)>,
}

/// The thread of a page: a question with answers, or a discussion.
pub fn thread(shell: &Shell, facts: &ThreadFacts<'_>) -> Value {
    let answers: Vec<Value> = facts
        .replies
        .iter()
        .filter(|(post, _)| facts.accepted.is_none_or(|(accepted, _)| accepted.id != post.id))
        .filter_map(|shown| answer(shell, facts.thread, shown))
        .collect();
    let accepted = facts.accepted.as_ref().and_then(|shown| answer(shell, facts.thread, shown));
    let answered = accepted.is_some() || !answers.is_empty();
    // A page whose answers are all elsewhere is not a question with answers.
    if facts.question && (answered || facts.thread.replies() == 0) {
        question(shell, facts, accepted, answers)
    } else {
        discussion(shell, facts)
    }
}

fn question(shell: &Shell, facts: &ThreadFacts<'_>, accepted: Option<Value>, answers: Vec<Value>) -> Value {
    let thread = facts.thread;
    let listed = answers.len() + usize::from(accepted.is_some());
    let mut question = json!({
        "@type": "Question",
        "name": thread.title,
        "url": shell.absolute(thread.url(1)),
        "answerCount": thread.replies().max(i64::try_from(listed).unwrap_or(0)),
        "upvoteCount": facts.opening.map_or(0, |(post, _)| post.likes),
        "datePublished": thread.created_at.rfc3339(),
        "author": person(shell, facts.author),
    });
    if let Some(map) = question.as_object_mut() {
        if let Some(text) = facts.opening.and_then(|(post, _)| text(post)).filter(|t| *t != thread.title) {
            map.insert("text".into(), text.into());
        }
        if let Some(accepted) = accepted {
            map.insert("acceptedAnswer".into(), accepted);
        }
        if !answers.is_empty() {
            map.insert("suggestedAnswer".into(), answers.into());
        }
    }
    json!({ "@type": "QAPage", "mainEntity": question })
}

fn answer(shell: &Shell, thread: &Thread, (post, author): &Shown<'_>) -> Option<Value> {
    Some(json!({
        "@type": "Answer",
        "text": text(post)?,
        "url": shell.absolute(urls::post_in_thread(thread.id, &thread.slug, post.number, post.id)),
        "upvoteCount": post.likes,
        "datePublished": post.created_at.rfc3339(),
        "author": person(shell, author),
    }))
}

fn discussion(shell: &Shell, facts: &ThreadFacts<'_>) -> Value {
    let thread = facts.thread;
    let comments: Vec<Value> =
        facts.replies.iter().filter_map(|shown| comment(shell, thread, shown)).collect();
    let mut posting = json!({
        "@type": "DiscussionForumPosting",
        "headline": thread.title,
        "url": shell.absolute(thread.url(1)),
        "datePublished": thread.created_at.rfc3339(),
        "dateModified": thread.changed_at.rfc3339(),
        "author": person(shell, facts.author),
        "commentCount": thread.replies(),
        "interactionStatistic": [counter("CommentAction", thread.replies()), counter("LikeAction", thread.likes)],
    });
    if let Some(map) = posting.as_object_mut() {
        if let Some((post, _)) = facts.opening {
            map.insert("text".into(), text(post).unwrap_or_else(|| thread.title.clone()).into());
        }
        if let Some((name, url)) = &facts.category {
            let part = json!({ "@type": "CollectionPage", "name": name, "url": shell.absolute(url) });
            map.insert("isPartOf".into(), part);
        }
        if !comments.is_empty() {
            map.insert("comment".into(), comments.into());
        }
    }
    posting
}

fn comment(shell: &Shell, thread: &Thread, (post, author): &Shown<'_>) -> Option<Value> {
    Some(json!({
        "@type": "Comment",
        "text": text(post)?,
        "url": shell.absolute(urls::post_in_thread(thread.id, &thread.slug, post.number, post.id)),
        "datePublished": post.created_at.rfc3339(),
        "author": person(shell, author),
        "interactionStatistic": counter("LikeAction", post.likes),
    }))
}

/// What a public profile is made of.
pub struct ProfileFacts<'a> {
    /// Name shown.
    pub name: &'a str,
    /// Handle.
    pub handle: &'a str,
    /// The id shown outside.
    pub id: &'a str,
    /// About them, or the page's description.
    pub about: &'a str,
    /// Path of the profile.
    pub url: &'a str,
    /// Since when.
    pub joined: crate::base::time::UtcTime,
    /// Posts written.
    pub posts: i64,
    /// Likes received.
    pub likes: i64,
}

/// A public profile.
pub fn profile(shell: &Shell, facts: &ProfileFacts<'_>) -> Value {
    json!({
        "@type": "ProfilePage",
        "dateCreated": facts.joined.rfc3339(),
        "mainEntity": {
            "@type": "Person",
            "name": facts.name,
            "alternateName": facts.handle,
            "identifier": facts.id,
            "description": facts.about,
            "url": shell.absolute(facts.url),
            "interactionStatistic": counter("LikeAction", facts.likes),
            "agentInteractionStatistic": counter("WriteAction", facts.posts),
        },
    })
}
