//! The numbers of ranking, in one place. Those of the text were fitted on the public judgements, those of the rest
//! set so that they decide between texts that fit about equally; `docs/search.md` tells what was tried.

/// Terms of a title count this often among the terms of a thread.
pub const TITLE_TERMS: f32 = 3.0;
/// What the title adds as a text of its own.
pub const TITLE: f32 = 0.7;
/// What a term in a code block counts as, in terms.
pub const CODE_TERMS: f32 = 0.3;
/// What a tag that is the word counts as, in terms.
pub const TAG_TERMS: f32 = 3.0;
/// Length normalisation (b of BM25).
pub const LENGTH: f32 = 0.75;
/// Saturation (k1 of BM25) of Han terms, and of words of spaced scripts in a thread and in a title.
pub const SATURATION: f32 = 1.2;
pub const SATURATION_SPACED: f32 = 3.0;
pub const SATURATION_SPACED_TITLE: f32 = 2.0;
/// How much more the rareness of a word of a spaced script counts: the exponent of its idf.
pub const RARENESS_SPACED: f32 = 1.5;
/// More repetitions than this count once where they make up more than one in [`DENSE`] terms of a post.
pub const REPEATED: u32 = 3;
pub const DENSE: u32 = 5;
/// Added when the title is the query: more than any score of a text.
pub const WHOLE_TITLE: f32 = 10_000.0;

/// A unit in more than one in so many public posts tells nothing beside others.
pub const COMMON: u64 = 2;
/// Fewer posts than this tell nothing about what is common.
pub const ENOUGH_POSTS: u64 = 20_000;
/// Postings that may be read for one query; the rarest units come first.
pub const POSTINGS: u64 = 6_000_000;

/// Those of them for units that no thread needs: in large communities they refine the order less than they cost.
pub const HELPERS: u64 = 100_000;

/// Letters that stand in so many public posts are a word, and no initials.
pub const WRITTEN: u64 = 5;

/// When everything needed stands in so many public posts, what only helps is not looked for.
pub const ABUNDANT: u64 = 10_000;

/// What a thread written in just now gains, and after how many days half of it is left.
pub const FRESH: f32 = 0.10;
pub const FRESH_DAYS: f32 = 365.0;
/// What the hottest threads gain; `HEAT_FULL` is the present heat (a sum of engagements) that gains all of it.
pub const HEAT: f32 = 0.10;
pub const HEAT_FULL: f32 = 64.0;
/// What a solved question, a featured thread and a closed one gain or lose.
pub const SOLVED: f32 = 0.08;
pub const FEATURED: f32 = 0.08;
pub const CLOSED: f32 = -0.05;
/// What an accepted answer and a post by somebody with authority gain as the passage to show.
pub const ACCEPTED_POST: f32 = 0.15;
pub const AUTHORITY_POST: f32 = 0.05;
/// What the best passage adds to its thread when it is an accepted answer or has authority.
pub const GOOD_PASSAGE: f32 = 0.04;

/// The most that a thread gains by what is known of it besides its text.
pub const MOST: f32 = 1.0 + FRESH + HEAT + SOLVED + FEATURED;

/// When so many threads hold everything of a short query, those that hold a part of it are left out.
pub const ENOUGH_THREADS: usize = 20;
/// Up to so many needs a query is short: threads that hold everything come before those that hold a part.
pub const SHORT: u32 = 2;
/// The part of the needs, by worth, that a thread must have when all are too much.
pub const RELAXED_PART: f32 = 0.1;
/// The part of the best score that a thread without everything must have when it is not listed by score.
pub const FITTING: f32 = 0.5;
/// What a thread gains when one post meets all needs of a short query together; in part, in part.
pub const TOGETHER: f32 = 0.15;
/// Threads at the top whose best post is looked for before the order is settled.
pub const SETTLED: usize = 100;
