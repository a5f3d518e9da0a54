//! The JSON as Discourse writes it; whatever may be missing may be missing here.

use serde::Deserialize;
use serde_json::Value;

#[derive(Debug, Deserialize)]
pub(super) struct CategoriesFile {
    pub category_list: CategoryList,
}

#[derive(Debug, Deserialize)]
pub(super) struct CategoryList {
    #[serde(default)]
    pub categories: Vec<Value>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Category {
    pub id: i64,
    pub name: String,
    pub slug: Option<String>,
    pub color: Option<String>,
    pub description: Option<String>,
    pub position: Option<i64>,
    pub parent_category_id: Option<i64>,
    pub read_restricted: Option<bool>,
    #[serde(default)]
    pub subcategory_list: Vec<Value>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Topic {
    pub id: i64,
    pub title: String,
    pub slug: Option<String>,
    pub created_at: Option<String>,
    pub views: Option<u64>,
    pub category_id: Option<i64>,
    pub user_id: Option<i64>,
    pub closed: Option<bool>,
    pub archived: Option<bool>,
    pub visible: Option<bool>,
    pub pinned: Option<bool>,
    pub pinned_globally: Option<bool>,
    pub pinned_until: Option<String>,
    pub deleted_at: Option<String>,
    pub archetype: Option<String>,
    #[serde(default)]
    pub tags: Vec<Value>,
    pub accepted_answer: Option<Accepted>,
    pub post_stream: PostStream,
}

#[derive(Debug, Deserialize)]
pub(super) struct Accepted {
    pub post_number: Option<i64>,
}

#[derive(Debug, Deserialize)]
pub(super) struct PostStream {
    #[serde(default)]
    pub posts: Vec<Value>,
    #[serde(default)]
    pub stream: Vec<i64>,
}

#[derive(Debug, Deserialize)]
#[expect(clippy::struct_field_names, reason = "the names are Discourse's")]
pub(super) struct Post {
    pub id: i64,
    pub post_number: i64,
    pub created_at: String,
    pub updated_at: Option<String>,
    pub version: Option<i64>,
    pub user_id: Option<i64>,
    pub username: Option<String>,
    pub name: Option<String>,
    pub user_title: Option<String>,
    pub raw: Option<String>,
    pub cooked: Option<String>,
    pub post_type: Option<i64>,
    pub reply_to_post_number: Option<i64>,
    #[serde(default)]
    pub actions_summary: Vec<Action>,
    pub hidden: Option<bool>,
    pub deleted_at: Option<String>,
    pub user_deleted: Option<bool>,
    pub user_suspended: Option<bool>,
    pub accepted_answer: Option<bool>,
    pub polls: Option<Value>,
    pub moderator: Option<bool>,
    pub admin: Option<bool>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Action {
    pub id: Option<i64>,
    pub count: Option<u32>,
}

/// Only what tells the forum's own address.
#[derive(Debug, Deserialize)]
pub(super) struct TopicLinks {
    pub post_stream: LinkStream,
}

#[derive(Debug, Deserialize)]
pub(super) struct LinkStream {
    #[serde(default)]
    pub posts: Vec<PostLinks>,
}

#[derive(Debug, Deserialize)]
pub(super) struct PostLinks {
    #[serde(default)]
    pub link_counts: Vec<LinkCount>,
}

#[derive(Debug, Deserialize)]
pub(super) struct LinkCount {
    pub url: Option<String>,
    pub internal: Option<bool>,
}

/// A poll as it stands beside its post.
#[derive(Debug, Clone, Default, Deserialize)]
pub(super) struct Poll {
    pub title: Option<String>,
    #[serde(default)]
    pub options: Vec<PollOption>,
}

#[derive(Debug, Clone, Default, Deserialize)]
pub(super) struct PollOption {
    pub id: Option<String>,
    pub html: Option<String>,
    /// Nothing where the results are not shown.
    pub votes: Option<i64>,
}
