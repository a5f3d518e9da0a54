//! Running a query for one reader.

use std::collections::HashMap;

use super::IndexError;
use super::filters::{self, Threads};
use super::generation::Generation;
use super::plan::Plan;
use super::schema::whole_title;
use super::tally::{Found, Read, Scoring, Share, Tally, each};
use super::view::{Fact, Views};
use super::weights as w;
use crate::base::ids::{CategoryId, MemberId, PostId, ThreadId};
use crate::base::time::{DAY, UtcTime};
use crate::reach::search::analysis::{Analysis, CODE, Lexicon, MAX_NEEDS, PART, Way};
use crate::reach::search::query::{Mark, ParsedQuery};

/// What to look for.
#[derive(Debug, Clone)]
pub struct Query<'q> {
    /// What was typed.
    pub parsed: &'q ParsedQuery,
    /// What the operators of the site taught.
    pub lexicon: &'q Lexicon,
    /// What the names in it mean.
    pub filter: Filter,
    /// In which order.
    pub sort: Sort,
    /// The time now, for the gain of recent threads.
    pub now: UtcTime,
    /// How far the scale of heat has moved by now, in the unit of stored heat (half-lives).
    pub heat_age: f64,
}

/// What the caller made of the names typed, and further limits.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Only these categories. An unknown slug is an empty list: nothing is found.
    pub categories: Option<Vec<CategoryId>>,
    /// Only posts of this author; nobody's when a name was typed that the caller did not find.
    pub author: Option<MemberId>,
    /// No posts of this author.
    pub not_author: Option<MemberId>,
    /// Everything but this thread, when looking for related ones.
    pub except: Option<ThreadId>,
    /// This thread alone.
    pub only: Option<ThreadId>,
}

/// The order of results.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Sort {
    /// Best first.
    #[default]
    Relevance,
    /// The thread with the newest matching post first.
    Newest,
    /// The hottest thread first.
    Hottest,
}

impl Sort {
    /// The order of a name in addresses and the API.
    pub fn parse(name: &str) -> Option<Self> {
        Some(match name {
            "" | "relevance" => Self::Relevance,
            "newest" => Self::Newest,
            "hottest" => Self::Hottest,
            _ => return None,
        })
    }

    /// Its name in addresses; nothing for the usual one.
    pub fn name(self) -> &'static str {
        match self {
            Self::Relevance => "",
            Self::Newest => "newest",
            Self::Hottest => "hottest",
        }
    }
}

/// What a reader may see besides what everybody may.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Permit {
    /// Nothing.
    #[default]
    Public,
    /// Restricted posts in these categories.
    Categories(Vec<CategoryId>),
    /// Everything.
    All,
}

impl Permit {
    /// Whether some of the restricted side may be seen.
    pub(super) fn sees_some(&self) -> bool {
        match self {
            Self::Public => false,
            Self::Categories(ids) => !ids.is_empty(),
            Self::All => true,
        }
    }
}

/// Which part of the results to give.
#[derive(Debug, Clone, Copy)]
pub struct Page {
    /// Threads to leave out at the top.
    pub offset: usize,
    /// Threads to give at most.
    pub limit: usize,
}

/// One thread found.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Hit {
    /// The thread.
    pub thread: ThreadId,
    /// Its best post; `None` when only its title fits.
    pub post: Option<PostId>,
    /// What it is worth; only good for comparing within one result. 0 in other orders than by relevance.
    pub score: f64,
}

/// What was found.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Results {
    /// One page of threads.
    pub hits: Vec<Hit>,
    /// Number of threads found, exact.
    pub total: usize,
    /// How many of them hold everything typed; the rest hold a part of it.
    pub complete: usize,
    /// Whether these come before the rest.
    pub tiered: bool,
    /// The same two of what everybody may read.
    pub public: (usize, usize),
}

/// Why a thread ranks where it does.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Why {
    /// What each unit gave.
    pub shares: Vec<Share>,
    /// What heat, age and marks multiplied the sum with.
    pub factor: f32,
    /// Whether it holds everything typed.
    pub complete: bool,
    /// Whether its title is the query.
    pub whole_title: bool,
    /// The score before its best post was looked at; 0 when it was not found.
    pub score: f32,
}

/// A thread that may be shown.
#[derive(Debug, Clone, Copy)]
pub(super) struct Candidate {
    pub thread: u32,
    pub complete: bool,
    /// Whether parts of a code are all that it holds.
    pub scrap: bool,
    /// Whether everybody may read it.
    pub public: bool,
    pub key: f64,
}

/// Threads so far down the list that they are counted and nothing else.
#[derive(Debug, Clone, Copy, Default)]
struct Far {
    all: usize,
    complete: usize,
    scraps: usize,
}

pub(super) struct Run<'a> {
    query: &'a Query<'a>,
    pub(super) plan: Plan,
    pub(super) scoring: Scoring<'a>,
    threads: Threads<'a>,
    /// What a hit on each unit is worth.
    pub(super) worths: Vec<f32>,
    /// What meeting each need is worth, by bit.
    needs: [f32; MAX_NEEDS],
    /// What meeting them all is worth.
    needed: f32,
}

pub(super) fn search(
    generation: &Generation,
    analysis: &Analysis,
    query: &Query<'_>,
    permit: &Permit,
    page: Page,
) -> Result<Results, IndexError> {
    generation.with_tally(|tally, views| {
        let Some(mut run) = Run::prepare(generation, views, analysis, query, permit)? else {
            return Ok(Results::default());
        };
        if run.plan.units.is_empty() {
            return Ok(run.listed(page));
        }
        run.read(tally, None)?;
        run.results(tally, page)
    })
}

/// The posts of `thread` that fit, at most `limit`: those with most of the query first.
pub(super) fn within(
    generation: &Generation,
    analysis: &Analysis,
    query: &Query<'_>,
    permit: &Permit,
    thread: ThreadId,
    limit: usize,
) -> Result<Vec<PostId>, IndexError> {
    generation.with_tally(|tally, views| {
        let Some(mut run) = Run::prepare(generation, views, analysis, query, permit)? else {
            return Ok(Vec::new());
        };
        run.read(tally, None)?;
        let asked = u32::try_from(thread.0).ok().filter(|thread| run.allows(*thread).is_some());
        let asked: Vec<u32> = asked.into_iter().collect();
        let posts = run.posts(tally, &asked)?;
        let mut posts: Vec<(f32, i64)> = posts.into_iter().map(|(post, found)| (found.score, post)).collect();
        posts.sort_by(|one, other| other.0.total_cmp(&one.0).then(one.1.cmp(&other.1)));
        Ok(posts.into_iter().take(limit).map(|(_, post)| PostId(post)).collect())
    })
}

/// Why `thread` ranks where it does for `query`.
pub(super) fn explain(
    generation: &Generation,
    analysis: &Analysis,
    query: &Query<'_>,
    permit: &Permit,
    thread: ThreadId,
) -> Result<Why, IndexError> {
    generation.with_tally(|tally, views| {
        let asked = u32::try_from(thread.0).ok();
        let Some(mut run) = Run::prepare(generation, views, analysis, query, permit)? else {
            return Ok(Why::default());
        };
        let shares = run.read(tally, asked)?;
        let found = tally.found().find(|found| Some(found.thread) == asked);
        let Some(Found { thread, total, meets, .. }) = found else { return Ok(Why::default()) };
        let factor = run.factor(run.scoring.fact(thread));
        Ok(Why {
            shares,
            factor,
            complete: run.plan.is_complete(meets),
            whole_title: total >= w::WHOLE_TITLE,
            score: total * factor,
        })
    })
}

impl<'a> Run<'a> {
    /// `None` when nothing is asked, or nothing that gives terms.
    fn prepare(
        generation: &Generation,
        views: &'a Views,
        analysis: &Analysis,
        query: &'a Query<'a>,
        permit: &'a Permit,
    ) -> Result<Option<Self>, IndexError> {
        let mut plan = Plan::new(analysis, query.lexicon, query.parsed);
        let filter = &query.filter;
        let filtered = filter.categories.is_some() || filter.author.is_some() || filter.not_author.is_some();
        let vain = plan.units.is_empty() && plan.typed;
        if vain || query.parsed.is_empty() && !filtered {
            return Ok(None);
        }
        let fields = generation.fields;
        let mut scoring = Scoring::new(views, fields, permit);
        scoring.allowed = filters::posts(&scoring.sides, query);
        scoring.titles_only = query.parsed.in_title;
        let threads = Threads::new(&scoring.sides, &fields, query, &plan.excluded, &scoring.allowed)?;
        plan.trim(scoring.sums.posts, |unit| scoring.cost(unit))?;
        Ok(Some(Self {
            query,
            plan,
            scoring,
            threads,
            worths: Vec::new(),
            needs: [0.0; MAX_NEEDS],
            needed: 0.0,
        }))
    }

    /// Scores every thread; the shares of `asked` are returned.
    fn read(&mut self, tally: &mut Tally, asked: Option<u32>) -> Result<Vec<Share>, IndexError> {
        tally.reset(self.scoring.facts.end());
        let mut shares = Vec::new();
        // A word that nobody wrote in public is no part that could be had.
        let mut had = 0;
        for unit in &self.plan.units {
            let Read { worth, public, share } = tally.read(&self.scoring, unit, asked)?;
            had |= if public > 0 { unit.meets } else { 0 };
            self.worths.push(worth);
            shares.extend(share);
        }
        for (unit, worth) in self.plan.units.iter().zip(&self.worths) {
            for (bit, need) in self.needs.iter_mut().enumerate() {
                if unit.meets & self.plan.needs & had & 1 << bit != 0 {
                    *need = need.max(*worth);
                }
            }
        }
        self.needed = self.needs.iter().sum();
        let title = whole_title(&self.query.parsed.wanted());
        let way = Way::Placed(title);
        let field = self.scoring.fields.whole_title;
        for part in self.scoring.sides.iter().flat_map(|side| &side.parts) {
            each(part, (field, field), &way, |doc, _| {
                if part.is_alive(doc) {
                    tally.add(part.thread(doc), w::WHOLE_TITLE);
                }
            })?;
        }
        Ok(shares)
    }

    /// The part of what is needed that `meets` stands for, by worth: rare words are more of it than common ones.
    #[inline]
    fn part(&self, meets: u32) -> f32 {
        let mut left = meets & self.plan.needs;
        let mut worth = 0.0;
        while left != 0 {
            worth += self.needs.get(left.trailing_zeros() as usize).copied().unwrap_or(0.0);
            left &= left - 1;
        }
        if self.needed > 0.0 { worth / self.needed } else { 1.0 }
    }

    /// Whether a thread that meets `meets` holds enough to be shown after those that hold everything.
    #[inline]
    fn is_enough(&self, meets: u32) -> bool {
        let musts = meets & self.plan.musts == self.plan.musts;
        let some = if self.plan.is_short() {
            meets & self.plan.needs != 0
        } else {
            self.part(meets) >= w::RELAXED_PART
        };
        musts && (meets & (PART | CODE) != 0 || some)
    }

    /// Whether a thread is shown for parts of a code alone: `0x` of `0x80070005`.
    #[inline]
    fn is_scrap(&self, meets: u32) -> bool {
        meets & CODE != 0 && meets & (PART | self.plan.needs) == 0
    }

    /// Whether a thread may be found that the reader may see. Looks at its facts only when something asks for them.
    #[inline]
    fn shows(&self, thread: u32) -> bool {
        self.threads.is_open() || self.threads.allows(thread, self.scoring.fact(thread))
    }

    /// The facts of a thread that may be found.
    #[inline]
    fn allows(&self, thread: u32) -> Option<&Fact> {
        let fact = self.scoring.fact(thread);
        (self.scoring.permits(self.scoring.facts.place(thread)) && self.threads.allows(thread, fact))
            .then_some(fact)
    }

    /// What is known of a thread besides its text, as a factor of its score.
    fn factor(&self, fact: &Fact) -> f32 {
        let days = self.query.now.since(UtcTime(filters::micros(fact.last))).max(0) as f64 / DAY as f64;
        let fresh = w::FRESH * (-(days as f32) / w::FRESH_DAYS).exp2();
        let present = (f64::from(fact.heat) - self.query.heat_age).min(40.0).exp2() as f32;
        let heat = w::HEAT * ((1.0 + present).log2() / (1.0 + w::HEAT_FULL).log2()).min(1.0);
        let is = |mark: Mark| u64::from(fact.marks) & mark.bit() != 0;
        let mark = |mark, gain| if is(mark) { gain } else { 0.0 };
        1.0 + fresh
            + heat
            + mark(Mark::Solved, w::SOLVED)
            + mark(Mark::Featured, w::FEATURED)
            + mark(Mark::Closed, w::CLOSED)
    }

    fn results(&self, tally: &mut Tally, page: Page) -> Result<Results, IndexError> {
        let settled = (page.offset + page.limit).max(w::SETTLED);
        let by_text = self.query.sort == Sort::Relevance;
        // In another order than the best first, what fits far worse than the best would come first by chance.
        let floor = if by_text {
            0.0
        } else {
            let shown = tally.found().filter(|found| self.shows(found.thread));
            shown.map(|found| found.total).fold(0.0, f32::max) * w::FITTING
        };
        let mut candidates = Vec::new();
        let mut complete = 0;
        let (mut far, mut far_public) = (Far::default(), Far::default());
        let mut bar = Bar::new(settled);
        for Found { thread, total, meets, public } in tally.found() {
            let whole = self.plan.is_complete(meets);
            if !whole && (!self.is_enough(meets) || total < floor) {
                continue;
            }
            // A thread far down the list is counted, and that is all.
            if by_text && f64::from(total * w::MOST) < bar.height {
                let shown = self.shows(thread);
                far.add(shown, whole, self.is_scrap(meets));
                far_public.add(shown && public, whole, self.is_scrap(meets));
                continue;
            }
            let Some(fact) = self.allows(thread) else { continue };
            complete += usize::from(whole);
            let key = match self.query.sort {
                Sort::Relevance => f64::from(total * self.factor(fact)),
                Sort::Newest => 0.0,
                Sort::Hottest => f64::from(fact.heat),
            };
            candidates.push(Candidate { thread, complete: whole, scrap: self.is_scrap(meets), public, key });
            if whole && by_text {
                bar.raise(key);
            }
        }
        complete += far.complete;
        if complete >= w::ENOUGH_THREADS && self.plan.is_short() || !by_text && complete > 0 {
            candidates.retain(|candidate| candidate.complete);
            far.all = far.complete;
            far_public.all = far_public.complete;
        } else if complete > 0 {
            candidates.retain(|candidate| !candidate.scrap);
            far.all -= far.scraps;
            far_public.all -= far_public.scraps;
        }
        let near_public = candidates.iter().filter(|candidate| candidate.public);
        let public = near_public.clone().count() + far_public.all;
        let public = (public, near_public.filter(|near| near.complete).count() + far_public.complete);
        let dated = match self.query.sort {
            Sort::Newest => self.date(tally, &mut candidates)?,
            _ => HashMap::new(),
        };
        let total = candidates.len() + far.all;
        let tiers = by_text && self.plan.is_short();
        top(&mut candidates, settled, tiers);
        let passages =
            if self.query.sort == Sort::Newest { dated } else { self.passages(tally, &candidates)? };
        if by_text {
            let together = if self.plan.is_short() { w::TOGETHER } else { 0.0 };
            for candidate in candidates.iter_mut().take(w::SETTLED) {
                if let Some(passage) = passages.get(&candidate.thread) {
                    let good = if passage.good { w::GOOD_PASSAGE } else { 0.0 };
                    candidate.key *= f64::from(1.0 + good + together * self.part(passage.meets));
                }
            }
            let head = candidates.len().min(w::SETTLED);
            if let Some(head) = candidates.get_mut(..head) {
                head.sort_by(|one, other| order(one, other, tiers));
            }
        }
        let hits = candidates.iter().skip(page.offset).take(page.limit).map(|candidate| Hit {
            thread: ThreadId(i64::from(candidate.thread)),
            post: passages.get(&candidate.thread).map(|passage| PostId(passage.post)),
            score: if by_text { candidate.key } else { 0.0 },
        });
        Ok(Results { hits: hits.collect(), total, complete: complete.min(total), tiered: tiers, public })
    }

    /// Without words: the threads with posts that may count, newest post first, or hottest thread first.
    fn listed(&self, page: Page) -> Results {
        let mut newest: HashMap<u32, (i64, i64)> = HashMap::new();
        for (nth, side) in self.scoring.sides.iter().enumerate() {
            for (at, part) in side.parts.iter().enumerate() {
                let posts = &part.posts;
                for doc in 0..part.reader.max_doc() {
                    let counts = part.is_alive(doc) && self.scoring.allows(nth, at, doc);
                    if let Some(post) = posts.post.first(doc).filter(|_| counts) {
                        let found = (posts.created_at.first(doc).unwrap_or(0), post);
                        newest
                            .entry(part.thread(doc))
                            .and_modify(|known| *known = found.max(*known))
                            .or_insert(found);
                    }
                }
            }
        }
        let mut candidates = Vec::new();
        for (&thread, (at, _)) in &newest {
            let Some(fact) = self.allows(thread) else { continue };
            let key = if self.query.sort == Sort::Hottest { f64::from(fact.heat) } else { *at as f64 };
            let public = !fact.restricted;
            candidates.push(Candidate { thread, complete: true, scrap: false, public, key });
        }
        let total = candidates.len();
        let public = candidates.iter().filter(|candidate| candidate.public).count();
        top(&mut candidates, page.offset + page.limit, false);
        let hits = candidates.iter().skip(page.offset).take(page.limit).map(|candidate| Hit {
            thread: ThreadId(i64::from(candidate.thread)),
            post: newest.get(&candidate.thread).map(|(_, post)| PostId(*post)),
            score: 0.0,
        });
        Results { hits: hits.collect(), total, complete: total, tiered: false, public: (public, public) }
    }
}

impl Far {
    fn add(&mut self, shown: bool, whole: bool, scrap: bool) {
        self.all += usize::from(shown);
        self.complete += usize::from(shown && whole);
        self.scraps += usize::from(shown && scrap);
    }
}

/// The score that a thread must have to be among the best so far.
struct Bar {
    wanted: usize,
    best: Vec<f64>,
    height: f64,
}

impl Bar {
    fn new(wanted: usize) -> Self {
        Self { wanted, best: Vec::with_capacity(2 * wanted), height: f64::MIN }
    }

    /// Notes the score of a thread of the first tier.
    fn raise(&mut self, key: f64) {
        if key <= self.height {
            return;
        }
        self.best.push(key);
        if self.best.len() == 2 * self.wanted {
            let (_, least, _) =
                self.best.select_nth_unstable_by(self.wanted - 1, |one, other| other.total_cmp(one));
            self.height = *least;
            self.best.truncate(self.wanted);
        }
    }
}

/// Better first; of equals the later thread.
fn order(one: &Candidate, other: &Candidate, tiers: bool) -> std::cmp::Ordering {
    let tier = if tiers { other.complete.cmp(&one.complete) } else { std::cmp::Ordering::Equal };
    tier.then(other.key.total_cmp(&one.key)).then(other.thread.cmp(&one.thread))
}

/// Keeps the best `wanted`, in order.
fn top(candidates: &mut Vec<Candidate>, wanted: usize, tiers: bool) {
    if wanted > 0 && wanted < candidates.len() {
        candidates.select_nth_unstable_by(wanted - 1, |one, other| order(one, other, tiers));
        candidates.truncate(wanted);
    }
    candidates.sort_by(|one, other| order(one, other, tiers));
}
