//! A synthetic community of any size, for measuring: the same for the same seed, as records for the importer, so
//! that it goes the way of real data.
//!
//! Shapes are those of a real technical forum of 3,000 threads: the logarithm of a thread's length has a standard
//! deviation of 0.91, that of a post's words 1.14 around a median of 47; Chinese posts have a median of 118
//! characters. Who writes follows Zipf's law. Dates end at the day given and run back six years.

mod words;

use std::fmt::Write as _;

use rand::rngs::ChaCha8Rng;
use rand::{RngExt, SeedableRng};
use rand_distr::{Distribution, LogNormal, Zipf};

use self::words::Words;
use super::records::{
    CategoryRecord, MemberRecord, MemberRole, PostRecord, Record, RecordKind, ThreadRecord,
};
use crate::base::time::{DAY, UtcTime};

/// How much of everything.
#[derive(Debug, Clone, Copy)]
pub struct Size {
    /// Members.
    pub members: u64,
    /// Threads.
    pub threads: u64,
    /// Posts, the first of each thread included; at least as many as threads.
    pub posts: u64,
}

/// Days over which the threads are opened.
const DAYS: i64 = 6 * 365;
/// Categories; the last is private.
const CATEGORIES: u64 = 12;
/// Standard deviation of the logarithm of a thread's length.
const LENGTHS: f64 = 0.91;
/// Tags there are.
const TAGS: u64 = 400;

/// Gives out the records of a community: categories, then members, then threads in the order of their dates.
pub struct Seed {
    size: Size,
    seed: u64,
    words: Words,
    /// Replies of each thread.
    replies: Vec<u32>,
    writers: Option<Zipf<f64>>,
    english: Option<LogNormal<f64>>,
    chinese: Option<LogNormal<f64>>,
    end: UtcTime,
    next: u64,
    posts: u64,
}

impl Seed {
    /// The community of `seed`, whose newest thread is opened on the day of `now`.
    pub fn new(size: Size, seed: u64, now: UtcTime) -> Self {
        let size = Size { members: size.members.max(1), posts: size.posts.max(size.threads), ..size };
        Self {
            words: Words::new(seed),
            replies: replies(size, seed),
            writers: Zipf::new(size.members as f64, 1.0).ok(),
            english: LogNormal::new(47_f64.ln(), 1.14).ok(),
            chinese: LogNormal::new(118_f64.ln(), 1.0).ok(),
            end: UtcTime(now.day() * DAY),
            next: 0,
            posts: 0,
            size,
            seed,
        }
    }

    /// Each thing has a generator of its own, so that one thread is the same however many there are.
    fn rng(&self, kind: u64, n: u64) -> ChaCha8Rng {
        let mut rng = ChaCha8Rng::seed_from_u64(self.seed.wrapping_mul(0x9e37_79b9).wrapping_add(kind));
        rng.set_stream(n);
        rng
    }

    fn category(&self, n: u64) -> CategoryRecord {
        let mut rng = self.rng(1, n);
        let chinese = n % 2 == 1;
        let topic = self.words.topic(chinese, &mut rng).to_owned();
        CategoryRecord {
            id: id(n + 1),
            parent: None,
            name: if chinese { format!("{topic}讨论") } else { format!("About {topic}") },
            slug: format!("seed-{n}"),
            description: self.sentence(chinese, &mut rng),
            color: Some(format!("{:06x}", rng.random_range(0x30_3030..0xa0_a0a0_u32))),
            position: i64::try_from(n).unwrap_or(0),
            restricted: n + 1 == CATEGORIES,
            old_paths: Vec::new(),
        }
    }

    fn member(&self, n: u64) -> MemberRecord {
        let mut rng = self.rng(2, n);
        let back = rng.random_range(0..DAYS);
        MemberRecord {
            id: id(n + 1),
            handle: format!("m{:x}-{}", self.seed & 0xfff, n + 1),
            name: Some(format!("{} {}", self.words.topic(false, &mut rng), n + 1)),
            joined_at: Some(self.end.plus(-(DAYS - back) * DAY)),
            role: MemberRole::Member,
            title: None,
            suspended: false,
            old_paths: Vec::new(),
        }
    }

    fn writer(&self, rng: &mut ChaCha8Rng) -> super::records::ForeignId {
        let rank = self.writers.as_ref().map_or(1.0, |zipf| zipf.sample(rng)) as u64;
        id(rank.clamp(1, self.size.members))
    }

    fn sentence(&self, chinese: bool, rng: &mut ChaCha8Rng) -> String {
        let mut out = String::new();
        let words = rng.random_range(5..16);
        for n in 0..words {
            if chinese {
                out.push_str(self.words.chinese(rng));
                if n > 3 && n + 2 < words && rng.random_bool(0.15) {
                    out.push('，');
                }
            } else {
                if n > 0 {
                    out.push(' ');
                }
                out.push_str(self.words.english(rng));
            }
        }
        out.push(if chinese { '。' } else { '.' });
        out
    }

    /// A post: paragraphs of sentences, now and then a list, code or a part number.
    fn body(&self, chinese: bool, rng: &mut ChaCha8Rng) -> String {
        let length = if chinese { &self.chinese } else { &self.english };
        let wanted = length.as_ref().map_or(40.0, |l| l.sample(rng)).clamp(3.0, 1_500.0) as usize;
        let mut out = String::new();
        let mut written = 0;
        while written < wanted {
            let sentence = self.sentence(chinese, rng);
            written += if chinese { sentence.chars().count() } else { sentence.split(' ').count() };
            let start = out.is_empty() || out.ends_with('\n');
            if rng.random_bool(0.03) {
                out.push_str("\n\n- ");
            } else if !start {
                out.push_str(if rng.random_bool(0.2) {
                    "\n\n"
                } else if chinese {
                    ""
                } else {
                    " "
                });
            }
            out.push_str(&sentence);
        }
        if rng.random_bool(0.05) {
            let (a, b) = (self.words.english(rng), rng.random_range(1..9_999));
            let _ = write!(out, "\n\n```c\nint {a} = {b};\n```");
        }
        if rng.random_bool(0.08) {
            let _ = write!(out, " AB-{}/{}", rng.random_range(1_000..9_999), rng.random_range(1..9));
        }
        out
    }

    fn thread(&mut self, n: u64) -> ThreadRecord {
        let mut rng = self.rng(3, n);
        let chinese = rng.random_bool(0.5);
        let span = DAYS * DAY / i64::try_from(self.size.threads.max(1)).unwrap_or(1);
        let start = self.end.plus(-DAYS * DAY);
        let created_at = start.plus(i64::try_from(n).unwrap_or(0) * span + rng.random_range(0..span.max(1)));
        let replies = usize::try_from(n).ok().and_then(|n| self.replies.get(n)).copied().unwrap_or(0);
        let kind = if rng.random_bool(0.4) { RecordKind::Question } else { RecordKind::Discussion };
        let title = self.title(chinese, &mut rng);
        let category = id(rng.random_range(0..CATEGORIES) + 1);
        let tags = (0..rng.random_range(0..=3))
            .map(|_| {
                let mut tag = self.rng(4, rng.random_range(0..TAGS));
                let chinese = tag.random_bool(0.5);
                self.words.topic(chinese, &mut tag).to_owned()
            })
            .collect();
        let mut at = created_at;
        let mut posts = Vec::with_capacity(usize::try_from(replies).unwrap_or(0) + 1);
        for number in 1..=i64::from(replies) + 1 {
            self.posts += 1;
            posts.push(PostRecord {
                id: id(self.posts),
                number,
                author: Some(self.writer(&mut rng)),
                created_at: at,
                edited_at: None,
                body: self.body(chinese, &mut rng),
                reply_to: None,
                likes: if rng.random_bool(0.3) { rng.random_range(1..6) } else { 0 },
                hidden: false,
                deleted: false,
                staff_note: false,
                old_paths: Vec::new(),
            });
            // Hours first, then days: replies come quickly or late.
            at = UtcTime(at.0 + (DAY as f64 * 0.1 * rng.random_range(0.01_f64..3.0).exp2()) as i64)
                .min(self.end);
        }
        let accepted = (kind == RecordKind::Question && replies > 0 && rng.random_bool(0.5))
            .then(|| rng.random_range(2..=i64::from(replies) + 1));
        ThreadRecord {
            id: id(n + 1),
            category: Some(category),
            title,
            kind,
            author: posts.first().and_then(|p| p.author.clone()),
            created_at,
            views: rng.random_range(5..500),
            closed: false,
            archived: false,
            pin: None,
            featured: rng.random_bool(0.001),
            hidden: false,
            tags,
            accepted_number: accepted,
            posts,
            old_paths: Vec::new(),
        }
    }

    fn title(&self, chinese: bool, rng: &mut ChaCha8Rng) -> String {
        let topic = self.words.topic(chinese, rng).to_owned();
        let mut words = vec![topic];
        for _ in 0..rng.random_range(2..7) {
            let word = if chinese { self.words.chinese(rng) } else { self.words.english(rng) };
            words.push(word.to_owned());
        }
        words.join(if chinese { "" } else { " " })
    }
}

impl Iterator for Seed {
    type Item = Record;

    fn next(&mut self) -> Option<Record> {
        let n = self.next;
        self.next += 1;
        if n < CATEGORIES {
            return Some(Record::Category(self.category(n)));
        }
        let n = n - CATEGORIES;
        if n < self.size.members {
            return Some(Record::Member(self.member(n)));
        }
        let n = n - self.size.members;
        (n < self.size.threads).then(|| Record::Thread(self.thread(n)))
    }
}

fn id(n: u64) -> super::records::ForeignId {
    super::records::ForeignId(n.to_string())
}

/// Replies of each thread: shares of a log-normal distribution that add up to what is asked for.
fn replies(size: Size, seed: u64) -> Vec<u32> {
    let mut rng = ChaCha8Rng::seed_from_u64(seed ^ 0x1e9);
    let Ok(lengths) = LogNormal::new(0.0, LENGTHS) else { return Vec::new() };
    let weights: Vec<f64> = (0..size.threads).map(|_| lengths.sample(&mut rng)).collect();
    let total: f64 = weights.iter().sum();
    let wanted = size.posts.saturating_sub(size.threads);
    let (mut given, mut owed) = (0_u64, 0.0);
    weights
        .iter()
        .map(|w| {
            owed += w / total * wanted as f64;
            let n = (owed.round() as u64).saturating_sub(given);
            given += n;
            u32::try_from(n).unwrap_or(u32::MAX)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIZE: Size = Size { members: 50, threads: 400, posts: 2_000 };
    const NOW: UtcTime = UtcTime(20_000 * DAY + 5);

    #[test]
    fn the_same_seed_makes_the_same_community() {
        let all = |seed| Seed::new(SIZE, seed, NOW).collect::<Vec<_>>();
        assert_eq!(all(1), all(1));
        assert_ne!(all(1), all(2));
    }

    #[test]
    fn there_is_as_much_as_was_asked_for() {
        let (mut members, mut threads, mut posts, mut chinese) = (0, Vec::new(), 0, 0);
        for record in Seed::new(SIZE, 3, NOW) {
            match record {
                Record::Member(_) => members += 1,
                Record::Thread(t) => {
                    assert!(t.posts.iter().all(|p| p.created_at <= NOW && p.created_at >= t.created_at));
                    chinese += usize::from(t.title.chars().any(|c| c > '\u{4e00}'));
                    posts += t.posts.len();
                    threads.push(t.posts.len());
                }
                Record::Category(_) => {}
            }
        }
        assert_eq!((members, threads.len(), posts), (50, 400, 2_000));
        assert!((120..280).contains(&chinese));
        threads.sort_unstable();
        assert!(threads[200] < 5 && threads[399] > 12, "most are short, some long: {threads:?}");
    }
}
