//! What the API answers with. One struct per thing shown; rows are never sent as they are.

use serde::Serialize;
use utoipa::ToSchema;

use crate::base::time::UtcTime;
use crate::content::categories::{Category, Readable};
use crate::content::posts::Post;
use crate::content::threads::Thread;
use crate::people::accounts::Card;
use crate::web::urls;

/// A member, as everybody may see them.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct MemberCard {
    /// Opaque.
    pub id: String,
    /// Name in addresses and mentions.
    pub username: String,
    /// Name shown.
    pub name: String,
    /// member, expert, moderator, operator or administrator.
    pub role: String,
    /// The step that their growth has reached, from 1.
    pub level: i16,
}

impl From<&Card> for MemberCard {
    fn from(card: &Card) -> Self {
        Self {
            id: card.public_id.clone(),
            username: card.handle.clone(),
            name: card.display_name.clone(),
            role: card.role().name().to_owned(),
            level: card.level,
        }
    }
}

/// A category.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct CategoryView {
    /// Number.
    pub id: i64,
    /// Name in its address.
    pub slug: String,
    /// Name shown.
    pub name: String,
    /// What it is for.
    pub description: String,
    /// `#rrggbb`.
    pub colour: String,
    /// Slug of the category above.
    pub parent: Option<String>,
    /// public or private.
    pub visibility: String,
    /// Listed threads filed directly in it.
    pub threads: i64,
    /// Its address.
    pub url: String,
}

impl CategoryView {
    /// `category` within what the caller may read.
    pub fn new(category: &Category, readable: &Readable) -> Self {
        let restricted = readable.is_restricted(category.id);
        Self {
            id: category.id.0,
            slug: category.slug.clone(),
            name: category.name.clone(),
            description: category.description.clone(),
            colour: category.colour.clone(),
            parent: category.parent_id.and_then(|p| readable.get(p)).map(|p| p.slug.clone()),
            visibility: if restricted { "private" } else { "public" }.into(),
            threads: category.threads,
            url: urls::category(&category.slug),
        }
    }
}

/// A thread.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ThreadView {
    /// Number.
    pub id: i64,
    /// Title.
    pub title: String,
    /// discussion or question.
    pub kind: String,
    /// Slug of the category.
    pub category: String,
    /// Names of the tags.
    pub tags: Vec<String>,
    /// Who opened it.
    pub author: Option<MemberCard>,
    /// Language: en, zh-Hans, zh-Hant or und.
    pub lang: String,
    /// Listed posts.
    pub posts: i64,
    /// Listed posts but the first.
    pub replies: i64,
    /// Likes on its posts.
    pub likes: i64,
    /// Views.
    pub views: i64,
    /// Present value of its heat.
    pub heat: f64,
    /// The accepted answer.
    pub accepted_post_id: Option<i64>,
    /// Takes no more replies.
    pub closed: bool,
    /// Featured by staff.
    pub featured: bool,
    /// Opened then.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: UtcTime,
    /// Last listed post.
    #[schema(value_type = String, format = DateTime)]
    pub last_post_at: UtcTime,
    /// Its address.
    pub url: String,
}

impl ThreadView {
    /// `thread` with what belongs beside it.
    pub fn new(
        thread: &Thread,
        category: Option<&Category>,
        author: Option<&Card>,
        tags: Vec<String>,
        heat: f64,
    ) -> Self {
        Self {
            id: thread.id.0,
            title: thread.title.clone(),
            kind: thread.kind().name().into(),
            category: category.map(|c| c.slug.clone()).unwrap_or_default(),
            tags,
            author: author.map(MemberCard::from),
            lang: thread.lang.clone(),
            posts: thread.posts,
            replies: thread.replies(),
            likes: thread.likes,
            views: thread.views,
            heat: (heat * 1e6).round() / 1e6,
            accepted_post_id: thread.accepted_post_id.map(|p| p.0),
            closed: thread.closed,
            featured: thread.featured_at.is_some(),
            created_at: thread.created_at,
            last_post_at: thread.last_post_at,
            url: thread.url(1),
        }
    }
}

/// A post.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PostView {
    /// Number.
    pub id: i64,
    /// Its thread.
    pub thread_id: i64,
    /// Its place in the thread, from 1.
    pub number: i32,
    /// Who wrote it.
    pub author: Option<MemberCard>,
    /// Markdown.
    pub body: String,
    /// Rendered and sanitised.
    pub html: String,
    /// Language.
    pub lang: String,
    /// The post it answers, while that is listed.
    pub reply_to: Option<i64>,
    /// The place of that post in the thread: what `reply_to` names when a reply is written.
    pub reply_to_number: Option<i32>,
    /// Likes.
    pub likes: i64,
    /// Earlier versions kept.
    pub revisions: i32,
    /// Written then.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: UtcTime,
    /// Last edited then.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub edited_at: Option<UtcTime>,
    /// Its permanent address.
    pub url: String,
}

impl PostView {
    /// `post` with its author and the post it answers, as far as the caller may know of that.
    pub fn new(post: &Post, author: Option<&Card>, answered: Option<&Post>) -> Self {
        Self {
            id: post.id.0,
            thread_id: post.thread_id.0,
            number: post.number,
            author: author.map(MemberCard::from),
            body: post.body.clone(),
            html: post.html.clone(),
            lang: post.lang.clone(),
            reply_to: answered.map(|p| p.id.0),
            reply_to_number: answered.map(|p| p.number),
            likes: post.likes,
            revisions: post.revisions,
            created_at: post.created_at,
            edited_at: post.edited_at,
            url: urls::post(post.id),
        }
    }
}
