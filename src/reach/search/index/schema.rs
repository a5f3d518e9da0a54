//! The schema that both indexes share. Two kinds of documents lie in it: *heads*, one a thread, with its title, tags
//! and what is known about it; and *posts*, with their text.

use std::collections::{HashSet, VecDeque};
use std::hash::{DefaultHasher, Hash, Hasher};

use tantivy::TantivyDocument;
use tantivy::Term;
use tantivy::schema::{
    FAST, Field, INDEXED, IndexRecordOption, NumericOptions, STRING, Schema, SchemaBuilder,
    TextFieldIndexing, TextOptions,
};

use super::document::REPEATS;
use super::prepared::{self, Prepared};
use super::{Head, PostDocument};
use crate::base::fold::{fold, is_han};
use crate::base::pinyin::usual_readings;
use crate::reach::search::analysis::{self, Analysis, Token};

/// Raised when a field changes; an index built by another version is rebuilt.
const VERSION: u32 = 8;
/// Longest title compared as a whole, in characters.
const MAX_TITLE: usize = 300;

/// Names of the columns that searching reads.
pub(super) mod columns {
    pub const POST: &str = "post";
    pub const THREAD: &str = "thread";
    pub const AUTHOR: &str = "author";
    pub const CREATED_AT: &str = "created_at";
    pub const HAS: &str = "has";
    pub const LIKES: &str = "likes";
    pub const CATEGORY: &str = "category";
    pub const MARKS: &str = "marks";
    pub const LAST_AT: &str = "last_at";
    pub const HEAT: &str = "heat";
}

/// Version of everything that decides what an index holds.
pub(super) fn version() -> String {
    format!("{VERSION}.{}", analysis::VERSION)
}

/// The fields.
#[derive(Debug, Clone, Copy)]
pub(super) struct Fields {
    /// The thread; of heads and posts.
    pub thread: Field,
    /// When it was written; of heads the time of the opening post.
    pub created_at: Field,
    // Of posts:
    pub post: Field,
    pub author: Field,
    pub has: Field,
    pub likes: Field,
    /// Terms as they stand, with positions.
    pub body: Field,
    /// Derived terms.
    pub body_loose: Field,
    /// All terms of code blocks: they are found, but say less of what a post is about.
    pub code: Field,
    // Of heads:
    pub category: Field,
    pub marks: Field,
    pub last_at: Field,
    pub heat: Field,
    pub title: Field,
    pub title_loose: Field,
    /// Folded title as one term.
    pub whole_title: Field,
    /// How title and tags sound: syllables, and behind a sign pairs of them and the initials of words.
    pub sounds: Field,
    /// Folded tags.
    pub tag: Field,
}

impl Fields {
    /// The schema and its fields.
    pub fn build() -> (Schema, Self) {
        let mut schema = SchemaBuilder::new();
        let key = NumericOptions::from(INDEXED | FAST);
        let text = |option| {
            TextOptions::default().set_indexing_options(
                TextFieldIndexing::default().set_tokenizer(prepared::NAME).set_index_option(option),
            )
        };
        let placed = || text(IndexRecordOption::WithFreqsAndPositions);
        let loose = || text(IndexRecordOption::WithFreqs);
        let fields = Self {
            thread: schema.add_i64_field(columns::THREAD, key.clone()),
            created_at: schema.add_i64_field(columns::CREATED_AT, FAST),
            post: schema.add_i64_field(columns::POST, key.clone()),
            author: schema.add_i64_field(columns::AUTHOR, FAST),
            has: schema.add_u64_field(columns::HAS, FAST),
            likes: schema.add_u64_field(columns::LIKES, FAST),
            body: schema.add_text_field("body", placed()),
            body_loose: schema.add_text_field("body_loose", loose()),
            code: schema.add_text_field("code", placed()),
            category: schema.add_i64_field(columns::CATEGORY, FAST),
            marks: schema.add_u64_field(columns::MARKS, FAST),
            last_at: schema.add_i64_field(columns::LAST_AT, FAST),
            heat: schema.add_f64_field(columns::HEAT, FAST),
            title: schema.add_text_field("title", placed()),
            title_loose: schema.add_text_field("title_loose", loose()),
            whole_title: schema.add_text_field("whole_title", STRING),
            sounds: schema.add_text_field("sounds", placed()),
            tag: schema.add_text_field("tag", STRING),
        };
        (schema.build(), fields)
    }

    /// `post` as tantivy takes it.
    pub fn post(&self, analysis: &Analysis, post: &PostDocument) -> TantivyDocument {
        let mut document = TantivyDocument::new();
        document.add_i64(self.thread, post.thread.0);
        document.add_i64(self.created_at, post.created_at.0);
        document.add_i64(self.post, post.post.0);
        document.add_i64(self.author, post.author.0);
        document.add_u64(self.likes, post.likes);
        let (tokens, repeats) = told_once(analysis.tokens(&post.body));
        document.add_u64(self.has, post.has_bits() | if repeats { REPEATS } else { 0 });
        let (placed, loose) = split(tokens);
        document.add_text(self.body, placed);
        document.add_text(self.body_loose, loose);
        if !post.code.is_empty() {
            let mut terms = Prepared::default();
            for token in analysis.tokens(&post.code) {
                terms.push(&token.text, token.position as usize);
            }
            document.add_text(self.code, terms.into_text());
        }
        document
    }

    /// `head` as tantivy takes it.
    pub fn head(&self, analysis: &Analysis, head: &Head) -> TantivyDocument {
        let mut document = TantivyDocument::new();
        document.add_i64(self.thread, head.thread.0);
        document.add_i64(self.created_at, head.created_at.0);
        document.add_i64(self.category, head.category.0);
        document.add_u64(self.marks, head.mark_bits());
        document.add_i64(self.last_at, head.last_at.0);
        document.add_f64(self.heat, head.heat);
        let (placed, loose) = split(analysis.tokens(&head.title));
        document.add_text(self.title, placed);
        document.add_text(self.title_loose, loose);
        document.add_text(self.whole_title, whole_title(&head.title));
        let mut sounds = Prepared::default();
        let mut at = 0;
        for text in std::iter::once(&head.title).chain(&head.tags) {
            let end = sounds_of(text, at, &mut sounds);
            for word in analysis.abbreviations(text) {
                sounds.push(&initials_term(&word.letters), at);
            }
            at = end + 2;
        }
        document.add_text(self.sounds, sounds.into_text());
        for tag in &head.tags {
            document.add_text(self.tag, fold(tag));
        }
        document.add_text(self.tag, head_key(head.thread.0));
        document
    }

    /// The term that names a post.
    pub fn post_term(&self, post: i64) -> Term {
        Term::from_field_i64(self.post, post)
    }

    /// The term that names a thread: its head and its posts.
    pub fn thread_term(&self, thread: i64) -> Term {
        Term::from_field_i64(self.thread, thread)
    }

    /// The term that names a thread's head alone: its title as a whole is not unique, so the thread stands with it.
    pub fn head_term(&self, thread: i64) -> Term {
        Term::from_field_text(self.tag, &head_key(thread))
    }
}

/// A "tag" that no member can write, by which a head is replaced without touching the posts of its thread.
fn head_key(thread: i64) -> String {
    format!("\u{0}{thread}")
}

/// Terms with places and terms without.
fn split(tokens: Vec<Token>) -> (String, String) {
    let (mut placed, mut loose) = (Prepared::default(), Prepared::default());
    for token in tokens {
        let terms = if token.placed { &mut placed } else { &mut loose };
        terms.push(&token.text, token.position as usize);
    }
    (placed.into_text(), loose.into_text())
}

/// Placed terms in a row that make a sentence rather than a turn of phrase: in spaced scripts, and of Han characters.
const SENTENCE: usize = 6;
const SENTENCE_HAN: usize = 12;
/// Terms at the end of such a stretch that are kept.
const JOINT: u32 = 3;

/// A text of which more than one term in so many is told again is one that repeats itself.
const AGAIN: usize = 4;

/// What stands in the place of a term that was told before: it counts for the length of the text and is found by nobody.
const TOLD: &str = "\0";

/// `tokens` with those silenced that end a stretch that stood in the text before: a sentence told again says nothing
/// new, and repeating it must not help. Also whether that was more than one in [`AGAIN`] of its terms. Terms of their own
/// are repeated freely; how often they count is for scoring.
fn told_once(tokens: Vec<Token>) -> (Vec<Token>, bool) {
    let mut told: HashSet<u64> = HashSet::new();
    let mut last: VecDeque<u64> = VecDeque::new();
    let mut again: HashSet<u32> = HashSet::new();
    let mut at: Option<u32> = None;
    for token in tokens.iter().filter(|token| token.placed) {
        if at.replace(token.position) == Some(token.position) {
            continue;
        }
        let length = if token.text.chars().all(is_han) { SENTENCE_HAN } else { SENTENCE };
        last.push_back(hash(&token.text));
        if last.len() > SENTENCE_HAN {
            last.pop_front();
        }
        if last.len() >= length {
            let stretch: Vec<u64> = last.iter().rev().take(length).copied().collect();
            if !told.insert(hash(&stretch)) {
                again.insert(token.position);
            }
        }
    }
    // What follows a stretch told again is found together with its end.
    let within = |position: u32| (position..=position + JOINT).all(|at| again.contains(&at));
    let all = tokens.iter().filter(|token| token.placed).count();
    let told = tokens.iter().filter(|token| token.placed && within(token.position)).count();
    let silenced = |token: Token| match within(token.position) {
        false => Some(token),
        true if token.placed => Some(Token { text: TOLD.into(), ..token }),
        true => None,
    };
    (tokens.into_iter().filter_map(silenced).collect(), AGAIN * told > all)
}

fn hash(of: &(impl Hash + ?Sized)) -> u64 {
    let mut hasher = DefaultHasher::new();
    of.hash(&mut hasher);
    hasher.finish()
}

/// The initials of a word as they stand among the syllables.
pub(super) fn initials_term(letters: &str) -> String {
    format!("={letters}")
}

/// Two neighbouring syllables as they stand among the single ones.
pub(super) fn pair_term(one: &str, next: &str) -> String {
    format!("+{one}'{next}")
}

/// Every usual reading of every Han character of `text`, alone and with those of the next one, from position `from`; gives the
/// position after the last.
fn sounds_of(text: &str, from: usize, out: &mut Prepared) -> usize {
    let mut position = from;
    let mut before: Vec<String> = Vec::new();
    for ch in fold(text).chars() {
        if !is_han(ch) {
            // What is interrupted is not one word.
            position += usize::from(!before.is_empty());
            before.clear();
            continue;
        }
        let sounds = usual_readings(ch);
        for (one, next) in before.iter().flat_map(|one| sounds.iter().map(move |next| (one, next))) {
            out.push(&pair_term(one, next), position - 1);
        }
        for sound in &sounds {
            out.push(sound, position);
        }
        before = sounds;
        position += 1;
    }
    position
}

/// What stands around the words of a sentence and makes no other title of it; `C++`, `C#` and `.NET` keep their signs.
const AROUND: &str = "!?.,;:\"'()[]…。！？，、；：“”‘’「」『』《》〈〉（）【】";

/// A title folded for comparing it as a whole: neither case nor the punctuation at the ends of its words matters.
pub(super) fn whole_title(title: &str) -> String {
    let folded = fold(title);
    let around = |ch| AROUND.contains(ch);
    let bare = |word: &'_ str| {
        let end = word.trim_end_matches(around);
        if end.starts_with('.') { end } else { end.trim_start_matches(around) }.to_owned()
    };
    let words: Vec<String> = folded.split_whitespace().map(bare).filter(|word| !word.is_empty()).collect();
    let whole = if words.is_empty() { folded } else { words.join(" ") };
    whole.chars().take(MAX_TITLE).collect()
}
