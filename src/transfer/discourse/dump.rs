//! The files of a dump: which there are, and their lines one at a time.

use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use flate2::read::MultiGzDecoder;

use super::shapes::TopicLinks;
use super::site::OldSite;
use crate::transfer::records::TransferError;

/// Bytes of one topic; longer lines are passed over and reported.
const MAX_LINE: u64 = 256 * 1024 * 1024;

/// Topics read to find out the forum's own address.
const DISCOVERY: usize = 500;

/// The file that tells about categories, and who may read them.
const CATEGORIES: &str = "categories.json";

/// The files found.
pub(super) struct Found {
    pub categories: Option<PathBuf>,
    pub topics: Vec<PathBuf>,
}

/// One line, or one whole file of JSON.
pub(super) struct Line {
    pub number: u64,
    pub bytes: Vec<u8>,
    /// Set where the line could not be read.
    pub problem: Option<String>,
}

/// An open file.
pub(super) struct Lines {
    pub name: String,
    from: Box<dyn BufRead + Send>,
    number: u64,
    /// One record fills the file, line breaks or not.
    whole: bool,
    ended: bool,
}

fn unreadable(path: &Path, source: std::io::Error) -> TransferError {
    TransferError::Open { path: path.display().to_string(), source }
}

fn name_of(path: &Path) -> String {
    path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}

/// Looks for topics and categories under `path`; for categories also beside it, when it is one file.
pub(super) fn find(path: &Path) -> Result<Found, TransferError> {
    let about = path.metadata().map_err(|source| unreadable(path, source))?;
    if !about.is_dir() {
        let beside = path.with_file_name(CATEGORIES);
        let categories = Some(beside).filter(|file| file.is_file() && file != path);
        return Ok(Found { categories, topics: vec![path.to_owned()] });
    }
    let mut found = Found { categories: None, topics: Vec::new() };
    for entry in path.read_dir().map_err(|source| unreadable(path, source))? {
        let file = entry.map_err(|source| unreadable(path, source))?.path();
        let name = name_of(&file);
        if name == CATEGORIES {
            found.categories = Some(file);
        } else if has_lines(&name) || is_topic_file(&name) {
            found.topics.push(file);
        }
    }
    found.topics.sort();
    if found.topics.is_empty() {
        return Err(TransferError::Nothing {
            path: path.display().to_string(),
            expected: "topics (*.jsonl, *.jsonl.gz, ID.json)",
        });
    }
    Ok(found)
}

/// `*.jsonl`, compressed or not: a record a line.
fn has_lines(name: &str) -> bool {
    name.strip_suffix(".gz").unwrap_or(name).strip_suffix(".jsonl").is_some()
}

/// `123.json` or `topic-123.json`; other JSON in the folder is not a topic.
fn is_topic_file(name: &str) -> bool {
    name.strip_suffix(".json")
        .map(|stem| stem.strip_prefix("topic-").unwrap_or(stem))
        .is_some_and(|stem| !stem.is_empty() && stem.bytes().all(|b| b.is_ascii_digit()))
}

impl Lines {
    pub fn open(path: &Path) -> Result<Self, TransferError> {
        let file = BufReader::new(File::open(path).map_err(|source| unreadable(path, source))?);
        let name = name_of(path);
        let (from, plain): (Box<dyn BufRead + Send>, &str) = match name.strip_suffix(".gz") {
            Some(plain) => (Box::new(BufReader::new(MultiGzDecoder::new(file))), plain),
            None => (Box::new(file), name.as_str()),
        };
        let whole = !has_lines(plain);
        Ok(Self { name: name.clone(), from, number: 0, whole, ended: false })
    }

    /// The next line that is not empty.
    pub fn next_line(&mut self) -> Option<Line> {
        while !self.ended {
            self.number += 1;
            let mut bytes = Vec::new();
            let mut limited = self.from.by_ref().take(MAX_LINE);
            let read = if self.whole {
                limited.read_to_end(&mut bytes)
            } else {
                limited.read_until(b'\n', &mut bytes)
            };
            let full = bytes.len() as u64 == MAX_LINE;
            match read {
                Ok(0) => self.ended = true,
                Ok(_) if full => {
                    // The rest of the line cannot be told from the next one.
                    self.ended = true;
                    return Some(self.failed(format!("longer than {MAX_LINE} bytes; the file is left here")));
                }
                Ok(_) => {
                    self.ended = self.whole;
                    if !bytes.trim_ascii().is_empty() {
                        return Some(Line { number: self.number, bytes, problem: None });
                    }
                }
                Err(error) => {
                    self.ended = true;
                    return Some(self.failed(error.to_string()));
                }
            }
        }
        None
    }

    fn failed(&self, problem: String) -> Line {
        Line { number: self.number, bytes: Vec::new(), problem: Some(problem) }
    }
}

/// Learns the forum's hosts from links that Discourse itself marked as internal. What cannot be read
/// is passed over here; the reader proper reports it.
pub(super) fn discover_site(topics: &[PathBuf], site: &mut OldSite) {
    let lines = topics.iter().filter_map(|path| Lines::open(path).ok());
    let lines = lines.flat_map(|mut lines| std::iter::from_fn(move || lines.next_line()));
    for line in lines.take(DISCOVERY) {
        let Ok(topic) = serde_json::from_slice::<TopicLinks>(&line.bytes) else { continue };
        for link in topic.post_stream.posts.iter().flat_map(|post| &post.link_counts) {
            let Some(url) = link.url.as_deref().filter(|_| link.internal == Some(true)) else { continue };
            // Files of the forum are internal too but may lie on another host.
            if ["/t/", "/u/", "/c/"]
                .iter()
                .any(|path| url.split("://").nth(1).is_some_and(|rest| has_path(rest, path)))
            {
                site.learn(url);
            }
        }
    }
}

fn has_path(rest: &str, path: &str) -> bool {
    rest.find('/').and_then(|at| rest.get(at..)).is_some_and(|found| found.starts_with(path))
}
