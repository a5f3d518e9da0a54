//! Streams a dump: one topic in memory at a time, bad records reported and passed over.

use std::collections::{HashMap, HashSet, VecDeque};
use std::path::{Path, PathBuf};

use serde::de::DeserializeOwned;
use serde_json::Value;

use super::convert::Texts;
use super::dump::{self, Line, Lines};
use super::shapes::{CategoriesFile, Category, Poll, Post, Topic};
use super::site::OldSite;
use crate::base::time::UtcTime;
use crate::transfer::records::{
    BadRecord, CategoryRecord, ForeignId, MemberRecord, MemberRole, PinRecord, PostRecord, Record,
    RecordKind, Report, ThreadRecord, TransferError,
};

/// What the data itself may not say.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Address of the old forum, `https://old.example`. Found from the data when not given: Discourse
    /// marks links inside the forum.
    pub base_url: Option<String>,
}

/// Reads a Discourse dump as an iterator of records.
pub struct DiscourseReader {
    files: VecDeque<PathBuf>,
    current: Option<Lines>,
    ready: VecDeque<Record>,
    members: HashSet<i64>,
    texts: Texts,
    report: Report,
}

/// Where in the data we are.
struct Place<'a> {
    file: &'a str,
    line: u64,
}

impl DiscourseReader {
    /// Opens a folder (`categories.json` and topics as `*.jsonl.gz`, `*.jsonl` or one `*.json` each) or
    /// one file of topics with `categories.json` beside it. Reads categories at once, topics as they are asked for.
    pub fn open(path: &Path, options: &Options) -> Result<Self, TransferError> {
        let found = dump::find(path)?;
        let mut site = OldSite::new(options.base_url.as_deref());
        if site.base.is_none() {
            dump::discover_site(&found.topics, &mut site);
        }
        let mut reader = Self {
            files: found.topics.into(),
            current: None,
            ready: VecDeque::new(),
            members: HashSet::new(),
            texts: Texts::new(site),
            report: Report::default(),
        };
        if let Some(path) = found.categories {
            reader.categories(&path)?;
        }
        Ok(reader)
    }

    /// The forum's address, where it is known.
    pub fn home(&self) -> Option<String> {
        self.texts.home()
    }

    /// How many topics there are, counted by reading through the files once: for a bar with time left.
    pub fn total(&self) -> Option<u64> {
        let count = |path: &PathBuf| {
            let mut lines = Lines::open(path).ok()?;
            Some(std::iter::from_fn(|| lines.next_line()).count() as u64)
        };
        self.files.iter().map(count).sum()
    }

    /// What has been read so far; complete once the iterator has ended.
    pub fn report(&self) -> Report {
        let mut report = self.report.clone();
        self.texts.tell(&mut report);
        report
    }

    fn categories(&mut self, path: &Path) -> Result<(), TransferError> {
        let mut lines = Lines::open(path)?;
        let Some(Line { bytes, .. }) = lines.next_line() else { return Ok(()) };
        let place = Place { file: &lines.name, line: 1 };
        let Some(value) = self.parse(&bytes, &place) else { return Ok(()) };
        let Some(file) = self.shape::<CategoriesFile>(value, &place, "") else { return Ok(()) };
        let mut todo: VecDeque<Value> = file.category_list.categories.into();
        let mut index = 0;
        let mut seen = HashSet::new();
        let mut all = Vec::new();
        while let Some(value) = todo.pop_front() {
            let at = format!("category_list.categories[{index}]");
            index += 1;
            let Some(mut category) = self.shape::<Category>(value, &place, &at) else { continue };
            todo.extend(std::mem::take(&mut category.subcategory_list));
            if seen.insert(category.id) {
                self.report.categories += 1;
                all.push(category);
            }
        }
        let slugs: HashMap<i64, String> =
            all.iter().filter_map(|c| Some((c.id, c.slug.clone().filter(|s| !s.is_empty())?))).collect();
        for category in all {
            let above = category.parent_category_id.and_then(|id| slugs.get(&id));
            let record = self.category(category, above.map(String::as_str));
            self.ready.push_back(Record::Category(record));
        }
        Ok(())
    }

    /// `above` is the slug of the category's parent.
    fn category(&self, category: Category, above: Option<&str>) -> CategoryRecord {
        let slug = category.slug.unwrap_or_default();
        let mut old_paths = vec![format!("/c/{slug}/{}", category.id), format!("/c/{}", category.id)];
        if let Some(above) = above {
            old_paths.push(format!("/c/{above}/{slug}/{}", category.id));
            old_paths.push(format!("/c/{above}/{slug}"));
        }
        let description = category.description.filter(|text| !text.trim().is_empty());
        let color = category.color.map(|color| color.trim_start_matches('#').to_ascii_lowercase());
        CategoryRecord {
            id: category.id.into(),
            parent: category.parent_category_id.map(Into::into),
            name: category.name,
            description: self.texts.markdown(None, description.as_deref(), &[]).unwrap_or_default(),
            color: color.filter(|color| color.len() == 6 && color.bytes().all(|b| b.is_ascii_hexdigit())),
            position: category.position.unwrap_or(0),
            restricted: category.read_restricted.unwrap_or(false),
            old_paths,
            slug,
        }
    }

    /// Reads the next line that gives a thread. False at the end of the data.
    fn advance(&mut self) -> bool {
        loop {
            let Some(lines) = &mut self.current else {
                let Some(path) = self.files.pop_front() else { return false };
                match Lines::open(&path) {
                    Ok(lines) => self.current = Some(lines),
                    Err(error) => {
                        let file = path.display().to_string();
                        self.bad(&Place { file: &file, line: 1 }, "", error.to_string());
                    }
                }
                continue;
            };
            let Some(line) = lines.next_line() else {
                self.current = None;
                continue;
            };
            let file = lines.name.clone();
            let place = Place { file: &file, line: line.number };
            if let Some(problem) = line.problem {
                self.bad(&place, "", problem);
            } else if let Some(value) = self.parse(&line.bytes, &place) {
                self.topic(value, &place);
            }
            if !self.ready.is_empty() {
                return true;
            }
        }
    }

    fn topic(&mut self, value: Value, place: &Place<'_>) {
        let Some(mut topic) = self.shape::<Topic>(value, place, "") else { return };
        if topic.archetype.as_deref() == Some("private_message") {
            self.report.private_skipped += 1;
            return;
        }
        let mut accepted = topic.accepted_answer.take().and_then(|answer| answer.post_number);
        let values = std::mem::take(&mut topic.post_stream.posts);
        self.report.incomplete_threads += u64::from(values.len() < topic.post_stream.stream.len());
        let mut posts = Vec::with_capacity(values.len());
        let mut numbers = HashSet::new();
        for (index, value) in values.into_iter().enumerate() {
            let at = format!("post_stream.posts[{index}]");
            let Some(post) = self.shape::<Post>(value, place, &at) else { continue };
            if post.accepted_answer == Some(true) {
                accepted = accepted.or(Some(post.post_number));
            }
            let Some(post) = self.post(post, place, &at) else { continue };
            if numbers.insert(post.number) {
                posts.push(post);
            } else {
                self.bad(place, &format!("{at}.post_number"), format!("{} is there already", post.number));
            }
        }
        posts.sort_by_key(|post| post.number);
        let Some(first) = posts.first() else {
            return self.bad(place, "post_stream.posts", "no post could be read".to_owned());
        };
        let created_at = topic.created_at.as_deref().and_then(UtcTime::parse).unwrap_or(first.created_at);
        let author = topic
            .user_id
            .filter(|id| self.members.contains(id))
            .map(Into::into)
            .or_else(|| first.author.clone());
        self.report.threads += 1;
        self.report.posts += posts.len() as u64;
        self.report.likes += posts.iter().map(|post| u64::from(post.likes)).sum::<u64>();
        self.report.hidden += posts.iter().filter(|post| post.hidden).count() as u64;
        self.report.orphans += posts.iter().filter(|post| post.author.is_none()).count() as u64;
        let accepted_number = accepted.filter(|number| numbers.contains(number));
        let thread = thread(topic, created_at, author, accepted_number, posts);
        self.ready.push_back(Record::Thread(thread));
    }

    /// The record of a post, or `None` where it is left out; the report says why.
    fn post(&mut self, post: Post, place: &Place<'_>, at: &str) -> Option<PostRecord> {
        let deleted = post.deleted_at.is_some() || post.user_deleted == Some(true);
        let kind = post.post_type.unwrap_or(1);
        let left_out = match kind {
            1 | 2 if deleted && post.post_number != 1 => &mut self.report.deleted_skipped,
            1 | 2 => {
                return self.kept_post(post, place, at, deleted);
            }
            // 4 is a whisper among staff; what later versions add is not known to be public.
            3 => &mut self.report.notices_skipped,
            _ => &mut self.report.private_skipped,
        };
        *left_out += 1;
        None
    }

    fn kept_post(&mut self, post: Post, place: &Place<'_>, at: &str, deleted: bool) -> Option<PostRecord> {
        let Some(created_at) = UtcTime::parse(&post.created_at) else {
            self.bad(place, &format!("{at}.created_at"), format!("{:?} is no time", post.created_at));
            return None;
        };
        // What does not read as polls is none; the options then stand in the text alone.
        let polls = post.polls.clone().and_then(|polls| serde_json::from_value::<Vec<Poll>>(polls).ok());
        let polls = polls.unwrap_or_default();
        let Some(body) = self.texts.markdown(post.raw.as_deref(), post.cooked.as_deref(), &polls) else {
            self.bad(place, &format!("{at}.cooked"), "neither raw nor cooked is there".to_owned());
            return None;
        };
        let staff_note = post.post_type == Some(2);
        if staff_note && body.trim().is_empty() {
            self.report.notices_skipped += 1;
            return None;
        }
        let edited = post.version.is_some_and(|version| version > 1);
        let likes = post
            .actions_summary
            .iter()
            .filter(|action| action.id == Some(2))
            .filter_map(|action| action.count)
            .sum();
        Some(PostRecord {
            id: post.id.into(),
            number: post.post_number,
            author: self.author(&post),
            created_at,
            edited_at: post.updated_at.as_deref().filter(|_| edited).and_then(UtcTime::parse),
            body,
            reply_to: post.reply_to_post_number,
            likes,
            hidden: post.hidden == Some(true),
            deleted,
            staff_note,
            old_paths: vec![format!("/p/{}", post.id)],
        })
    }

    /// The author's id; gives out their record the first time they are seen.
    fn author(&mut self, post: &Post) -> Option<ForeignId> {
        let id = post.user_id?;
        let handle = post.username.as_deref().filter(|handle| !handle.is_empty())?;
        if self.members.insert(id) {
            self.report.members += 1;
            let role = match (post.admin, post.moderator) {
                (Some(true), _) => MemberRole::Administrator,
                (_, Some(true)) => MemberRole::Moderator,
                _ => MemberRole::Member,
            };
            self.ready.push_back(Record::Member(MemberRecord {
                id: id.into(),
                handle: handle.to_owned(),
                name: post.name.clone().filter(|name| !name.trim().is_empty() && name != handle),
                joined_at: None,
                role,
                title: post.user_title.clone().filter(|title| !title.trim().is_empty()),
                suspended: post.user_suspended == Some(true),
                old_paths: member_paths(handle),
            }));
        }
        Some(id.into())
    }

    fn parse(&mut self, bytes: &[u8], place: &Place<'_>) -> Option<Value> {
        match serde_json::from_slice::<Value>(bytes) {
            Ok(value) => Some(value),
            Err(error) => {
                self.bad(place, "", error.to_string());
                None
            }
        }
    }

    fn shape<T: DeserializeOwned>(&mut self, value: Value, place: &Place<'_>, at: &str) -> Option<T> {
        match serde_path_to_error::deserialize(value) {
            Ok(shape) => Some(shape),
            Err(error) => {
                let path = error.path().to_string();
                let field = match (at, path.as_str()) {
                    ("", path) => path.to_owned(),
                    (at, "." | "") => at.to_owned(),
                    (at, path) => format!("{at}.{path}"),
                };
                self.bad(place, &field, error.inner().to_string());
                None
            }
        }
    }

    fn bad(&mut self, place: &Place<'_>, field: &str, problem: String) {
        let (file, field) = (place.file.to_owned(), field.to_owned());
        self.report.bad.push(BadRecord { file, line: place.line, field, problem });
    }
}

impl Iterator for DiscourseReader {
    type Item = Record;

    fn next(&mut self) -> Option<Record> {
        if self.ready.is_empty() && !self.advance() {
            return None;
        }
        self.ready.pop_front()
    }
}

/// Discourse links to members in lower case and answers any.
fn member_paths(handle: &str) -> Vec<String> {
    let mut paths = vec![format!("/u/{handle}"), format!("/u/{}", handle.to_lowercase())];
    paths.dedup();
    paths
}

fn thread(
    topic: Topic,
    created_at: UtcTime,
    author: Option<ForeignId>,
    accepted_number: Option<i64>,
    posts: Vec<PostRecord>,
) -> ThreadRecord {
    let site_wide = topic.pinned_globally == Some(true);
    let pin = (site_wide || topic.pinned == Some(true))
        .then(|| PinRecord { site_wide, until: topic.pinned_until.as_deref().and_then(UtcTime::parse) });
    let tags = topic.tags.iter().filter_map(|tag| tag.as_str().or_else(|| tag.get("name")?.as_str()));
    let mut old_paths = vec![format!("/t/{}", topic.id)];
    if let Some(slug) = &topic.slug {
        old_paths.insert(0, format!("/t/{slug}/{}", topic.id));
    }
    ThreadRecord {
        id: topic.id.into(),
        category: topic.category_id.map(Into::into),
        kind: if accepted_number.is_some() { RecordKind::Question } else { RecordKind::Discussion },
        author,
        created_at,
        views: topic.views.unwrap_or(0),
        closed: topic.closed == Some(true),
        archived: topic.archived == Some(true),
        pin,
        featured: false,
        hidden: topic.visible == Some(false) || topic.deleted_at.is_some(),
        tags: tags.map(str::to_owned).collect(),
        accepted_number,
        posts,
        old_paths,
        title: topic.title,
    }
}
