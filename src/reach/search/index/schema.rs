//! The schema that both indexes share.

use tantivy::TantivyDocument;
use tantivy::Term;
use tantivy::schema::{
    FAST, Field, INDEXED, IndexRecordOption, NumericOptions, STRING, Schema, SchemaBuilder,
    TextFieldIndexing, TextOptions,
};

use super::PostDocument;
use crate::base::fold::fold;
use crate::reach::search::analysis;

/// Raised when a field changes; an index built by another version is rebuilt.
const VERSION: u32 = 1;
/// Name under which the analysis is registered.
pub(super) const TOKENIZER: &str = "hearth";
/// Longest title compared as a whole, in characters.
const MAX_TITLE: usize = 300;

/// Names of the columns that searching reads.
pub(super) mod columns {
    pub const POST: &str = "post";
    pub const THREAD: &str = "thread";
    pub const CREATED_AT: &str = "created_at";
    pub const ACCEPTED: &str = "accepted";
}

/// Version of everything that decides what an index holds.
pub(super) fn version() -> String {
    format!("{VERSION}.{}", analysis::VERSION)
}

/// The fields.
#[derive(Debug, Clone, Copy)]
pub(super) struct Fields {
    pub post: Field,
    pub thread: Field,
    pub category: Field,
    pub author: Field,
    pub author_handle: Field,
    pub created_at: Field,
    pub accepted: Field,
    /// Title, on opening posts.
    pub title: Field,
    /// Folded title as one term, on opening posts.
    pub whole_title: Field,
    /// Title of the thread, on replies.
    pub context: Field,
    pub body: Field,
    /// Folded tags, on opening posts.
    pub tag: Field,
    /// [`crate::reach::search::query::Mark`]s, on opening posts.
    pub mark: Field,
}

impl Fields {
    /// The schema and its fields.
    pub fn build() -> (Schema, Self) {
        let mut schema = SchemaBuilder::new();
        let key = NumericOptions::from(INDEXED | FAST);
        let text = || {
            let indexing = TextFieldIndexing::default()
                .set_tokenizer(TOKENIZER)
                .set_index_option(IndexRecordOption::WithFreqsAndPositions);
            TextOptions::default().set_indexing_options(indexing)
        };
        let fields = Self {
            post: schema.add_i64_field(columns::POST, key.clone()),
            thread: schema.add_i64_field(columns::THREAD, key.clone()),
            category: schema.add_i64_field("category", INDEXED),
            author: schema.add_i64_field("author", INDEXED),
            author_handle: schema.add_text_field("author_handle", STRING),
            created_at: schema.add_i64_field(columns::CREATED_AT, FAST),
            accepted: schema.add_u64_field(columns::ACCEPTED, FAST),
            title: schema.add_text_field("title", text()),
            whole_title: schema.add_text_field("whole_title", STRING),
            context: schema.add_text_field("context", text()),
            body: schema.add_text_field("body", text()),
            tag: schema.add_text_field("tag", STRING),
            mark: schema.add_u64_field("mark", INDEXED),
        };
        (schema.build(), fields)
    }

    /// `post` as tantivy takes it.
    pub fn document(&self, post: &PostDocument) -> TantivyDocument {
        let mut document = TantivyDocument::new();
        document.add_i64(self.post, post.post.0);
        document.add_i64(self.thread, post.thread.0);
        document.add_i64(self.category, post.category.0);
        document.add_i64(self.author, post.author.0);
        document.add_text(self.author_handle, fold(&post.author_handle));
        document.add_i64(self.created_at, post.created_at.0);
        document.add_u64(self.accepted, u64::from(post.accepted));
        document.add_text(self.body, &post.body);
        if post.is_opening() {
            document.add_text(self.title, &post.thread_title);
            document.add_text(self.whole_title, whole_title(&post.thread_title));
            for tag in &post.tags {
                document.add_text(self.tag, fold(tag));
            }
            for &mark in &post.marks {
                document.add_u64(self.mark, mark as u64);
            }
        } else {
            document.add_text(self.context, &post.thread_title);
        }
        document
    }

    /// The term that names a post.
    pub fn post_term(&self, post: i64) -> Term {
        Term::from_field_i64(self.post, post)
    }

    /// The term that names a thread's posts.
    pub fn thread_term(&self, thread: i64) -> Term {
        Term::from_field_i64(self.thread, thread)
    }
}

/// A title folded for comparing it as a whole.
pub(super) fn whole_title(title: &str) -> String {
    let folded = fold(title);
    folded.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(MAX_TITLE).collect()
}
