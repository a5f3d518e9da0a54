//! Documents to search in: JSON Lines or tab-separated lines, plain or gzip.
//!
//! | a line | becomes |
//! |---|---|
//! | a Discourse topic (`post_stream`) | a thread with all its posts, read as `hearth import discourse` reads it |
//! | `{id, title, body?, answers[{text, accepted?}]?, tags?}` | a thread with an opening post and its answers |
//! | `{id, title, posts[{md}]}` | a thread with its posts |
//! | `id TAB text` | a thread of a title alone |

use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use flate2::read::MultiGzDecoder;
use serde::Deserialize;

use crate::base::ids::{CategoryId, MemberId, PostId, ThreadId};
use crate::base::time::UtcTime;
use crate::content::markup::prose_and_code;
use crate::reach::search::index::{Head, PostDocument};
use crate::transfer::discourse::{DiscourseReader, Options};
use crate::transfer::records::{Record, TransferError};

/// The time of everything, in microseconds.
pub(super) const TIME: i64 = 1_700_000_000_000_000;
/// Longest line, in bytes.
const MAX_LINE: u64 = 64 * 1024 * 1024;

/// Why documents or judgements cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum CorpusError {
    /// A file cannot be read.
    #[error("{path}: {source}", path = path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A line is not of a known shape.
    #[error("line {line}: {problem}")]
    Line {
        /// Which, from 1.
        line: u64,
        /// What is wrong.
        problem: String,
    },
    /// The source of a Discourse corpus cannot be read.
    #[error(transparent)]
    Discourse(#[from] TransferError),
}

/// One thread to find.
pub(super) struct Document {
    pub id: String,
    title: String,
    tags: Vec<String>,
    /// Its posts: prose, code, and whether it is the accepted answer.
    texts: Vec<(String, String, bool)>,
}

impl Document {
    pub fn head(&self, thread: i64) -> Head {
        Head {
            thread: ThreadId(thread),
            category: CategoryId(1),
            restricted: false,
            title: self.title.clone(),
            tags: self.tags.clone(),
            marks: Vec::new(),
            created_at: UtcTime(TIME),
            last_at: UtcTime(TIME),
            heat: 0.0,
        }
    }

    pub fn posts(&self, thread: i64, first: i64) -> Vec<PostDocument> {
        let post = |(post, (body, code, accepted)): (i64, &(String, String, bool))| PostDocument {
            post: PostId(post),
            thread: ThreadId(thread),
            author: MemberId(1),
            created_at: UtcTime(TIME),
            restricted: false,
            accepted: *accepted,
            authority: false,
            likes: 0,
            has: Vec::new(),
            body: body.clone(),
            code: code.clone(),
        };
        (first..).zip(&self.texts).map(post).collect()
    }
}

#[derive(Deserialize)]
struct Line {
    id: Id,
    #[serde(default)]
    title: Option<String>,
    #[serde(default)]
    body: Option<String>,
    #[serde(default)]
    answers: Vec<Answer>,
    #[serde(default)]
    posts: Vec<Floor>,
    #[serde(default)]
    tags: Vec<String>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Id {
    Text(String),
    Number(i64),
}

#[derive(Deserialize)]
struct Answer {
    #[serde(default)]
    text: Option<String>,
    #[serde(default)]
    accepted: bool,
}

#[derive(Deserialize)]
struct Floor {
    #[serde(default)]
    md: Option<String>,
}

/// A file as text, unpacked when it is gzip, whatever it is called.
pub(super) fn reader(path: &Path) -> Result<Box<dyn BufRead>, CorpusError> {
    let failed = |source| CorpusError::File { path: path.to_owned(), source };
    let mut file = BufReader::new(File::open(path).map_err(failed)?);
    let packed = file.fill_buf().map_err(failed)?.starts_with(&[0x1F, 0x8B]);
    Ok(if packed { Box::new(BufReader::new(MultiGzDecoder::new(file))) } else { Box::new(file) })
}

/// The documents of the corpus at `path`.
pub(super) fn open(
    path: &Path,
) -> Result<Box<dyn Iterator<Item = Result<Document, CorpusError>>>, CorpusError> {
    if path.is_dir() || is_discourse(path)? {
        let topics = DiscourseReader::open(path, &Options::default())?;
        return Ok(Box::new(topics.filter_map(|record| topic(record).map(Ok))));
    }
    let mut lines = reader(path)?;
    let mut number = 0;
    Ok(Box::new(std::iter::from_fn(move || {
        loop {
            number += 1;
            let mut line = String::new();
            match lines.by_ref().take(MAX_LINE).read_line(&mut line) {
                Ok(0) => return None,
                Ok(_) if line.trim().is_empty() => {}
                Ok(_) => return Some(parse(line.trim_end_matches(['\n', '\r']), number)),
                Err(error) => return Some(Err(bad(number, error))),
            }
        }
    })))
}

fn bad(line: u64, problem: impl std::fmt::Display) -> CorpusError {
    CorpusError::Line { line, problem: problem.to_string() }
}

/// Whether the first line is a Discourse topic.
fn is_discourse(path: &Path) -> Result<bool, CorpusError> {
    let mut line = String::new();
    let read = reader(path)?.take(MAX_LINE).read_line(&mut line);
    read.map_err(|error| bad(1, error))?;
    let topic: Option<serde_json::Value> = serde_json::from_str(&line).ok();
    Ok(topic.is_some_and(|topic| topic.get("post_stream").is_some()))
}

fn topic(record: Record) -> Option<Document> {
    let Record::Thread(thread) = record else { return None };
    let shown = thread.posts.iter().filter(|post| !post.hidden && !post.deleted && !post.staff_note);
    let texts = shown.map(|post| {
        let (prose, code) = prose_and_code(&post.body);
        (prose, code, thread.accepted_number == Some(post.number))
    });
    Some(Document { texts: texts.collect(), id: thread.id.0, title: thread.title, tags: thread.tags })
}

fn parse(line: &str, number: u64) -> Result<Document, CorpusError> {
    if !line.trim_start().starts_with('{') {
        let (id, text) = line.split_once('\t').ok_or_else(|| bad(number, "neither JSON nor id TAB text"))?;
        let (id, title) = (id.to_owned(), text.to_owned());
        return Ok(Document {
            id,
            title,
            tags: Vec::new(),
            texts: vec![(String::new(), String::new(), false)],
        });
    }
    let line: Line = serde_json::from_str(line).map_err(|error| bad(number, error))?;
    let id = match line.id {
        Id::Text(text) => text,
        Id::Number(number) => number.to_string(),
    };
    let post = |text: Option<String>, accepted| {
        let (prose, code) = prose_and_code(&text.unwrap_or_default());
        (prose, code, accepted)
    };
    let mut texts = Vec::new();
    if line.posts.is_empty() {
        texts.push(post(line.body, false));
        texts.extend(line.answers.into_iter().map(|answer| post(answer.text, answer.accepted)));
    } else {
        texts.extend(line.posts.into_iter().map(|floor| post(floor.md, false)));
    }
    Ok(Document { id, title: line.title.unwrap_or_default(), tags: line.tags, texts })
}
