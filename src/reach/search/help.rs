//! Help around searching: suggestions while typing, threads like one that is being written, what was probably meant.

use std::collections::HashMap;

use super::index::{Filter, Page, Permit, Query, Sort};
use super::query::{Clause, ParsedQuery};
use super::service::{Error, Search, heat_age, lexicon, permit};
use crate::base::actor::Actor;
use crate::base::fold::{fold, is_han};
use crate::base::ids::ThreadId;
use crate::base::pinyin::{confused, initials, readings, spoken, syllables};
use crate::content::categories::{self, Readable};
use crate::content::tags;
use crate::content::threads::{self, State, Thread};
use crate::infra::db::Conn;
use crate::infra::house::House;
use crate::people::accounts::{self, Card};

/// Longest text looked at for suggestions, in characters.
pub const TYPED: usize = 60;
/// Threads suggested; of tags, categories and members [`OTHERS`] each.
const THREADS: usize = 6;
const OTHERS: usize = 3;
/// Letters from which on members are offered without an `@`.
const NAME: usize = 3;
/// Similar threads offered.
const SIMILAR: usize = 5;
/// How many times as often a word that sounds the same must stand in titles.
const OFTENER: usize = 3;
/// Threads holding all that was typed up to which a word of it that few wrote may be a slip.
const DOUBTED: usize = 2;
/// Titles looked at for a word that sounds the same.
const SOUNDING: usize = 40;
/// Titles looked at for what initials stand for.
const ABBREVIATED: usize = 100;

/// What goes on as the text typed begins.
#[derive(Debug, Default)]
pub struct Suggestions {
    /// Threads by their titles.
    pub threads: Vec<Thread>,
    /// Names of tags.
    pub tags: Vec<String>,
    /// Address and name of categories.
    pub categories: Vec<(String, String)>,
    /// Members; for members alone.
    pub members: Vec<Card>,
}

impl Search {
    /// What goes on as `text` begins, of what `actor` may see; members to members alone.
    ///
    /// # Errors
    /// Index or database fail.
    pub fn suggest(
        &self,
        conn: &mut Conn,
        house: &House,
        actor: &Actor,
        text: &str,
    ) -> Result<Suggestions, Error> {
        let text: String = text.trim_start().chars().take(TYPED).collect();
        let folded = fold(text.trim());
        if folded.chars().count() < if folded.chars().any(is_han) { 1 } else { 2 } {
            return Ok(Suggestions::default());
        }
        let readable = categories::service::recall(conn, actor)?;
        let parsed = ParsedQuery::plain(&text);
        let found = self.with_query(conn, house, &parsed, Filter::default(), |query| {
            self.index.suggest(query, &permit(actor, &readable), THREADS)
        })?;
        let within = (!readable.everything()).then(|| readable.ids());
        let heard = |name: &str| {
            folded.len() > 1 && spoken(&fold(name)).iter().any(|sound| sound.starts_with(&folded))
        };
        let named = readable
            .categories()
            .iter()
            .filter(|c| fold(&c.name).contains(&folded) || c.slug.starts_with(&folded) || heard(&c.name));
        let threads = shown(conn, &readable, &found)?;
        let mut tags = tags::beginning(conn, text.trim(), within.as_deref(), OTHERS)?;
        if tags.is_empty() && folded.is_ascii() {
            // Tags that sound so are those of threads that do.
            let ids: Vec<ThreadId> = threads.iter().map(|thread| thread.id).collect();
            for (_, tag) in tags::of_threads(conn, &ids)? {
                if tags.len() < OTHERS && heard(&tag.name) && !tags.contains(&tag.name) {
                    tags.push(tag.name);
                }
            }
        }
        Ok(Suggestions {
            categories: named.take(OTHERS).map(|c| (c.slug.clone(), c.name.clone())).collect(),
            threads,
            tags,
            members: match actor.member() {
                Some(_)
                    if text.starts_with('@')
                        || folded.chars().count() >= NAME
                        || folded.chars().all(is_han) =>
                {
                    accounts::store::complete(conn, text.trim())?.into_iter().take(OTHERS).collect()
                }
                _ => Vec::new(),
            },
        })
    }

    /// Threads that `actor` may read and that are about what `text` is about, the closest first.
    ///
    /// # Errors
    /// Index or database fail.
    pub fn similar(
        &self,
        conn: &mut Conn,
        house: &House,
        actor: &Actor,
        text: &str,
        except: Option<ThreadId>,
    ) -> Result<Vec<Thread>, Error> {
        let readable = categories::service::recall(conn, actor)?;
        let parsed = ParsedQuery::plain(text);
        if parsed.clauses.iter().all(|clause| clause.text.trim().chars().count() < 2) {
            return Ok(Vec::new());
        }
        let page = Page { offset: 0, limit: SIMILAR };
        let filter = Filter { except, ..Filter::default() };
        let found = self.with_query(conn, house, &parsed, filter, |query| {
            self.index.search(query, &permit(actor, &readable), page)
        })?;
        let ids: Vec<ThreadId> = found.hits.iter().map(|hit| hit.thread).collect();
        shown(conn, &readable, &ids)
    }

    /// Asks with what this node and its operators know.
    ///
    /// # Errors
    /// Index or database fail.
    pub fn with_query<T>(
        &self,
        conn: &mut Conn,
        house: &House,
        parsed: &ParsedQuery,
        filter: Filter,
        ask: impl FnOnce(&Query<'_>) -> Result<T, super::index::IndexError>,
    ) -> Result<T, Error> {
        let lexicon = lexicon(conn)?;
        let now = house.clock.now();
        let heat_age = heat_age(conn, now)?;
        let query = Query { parsed, lexicon: &lexicon, filter, sort: Sort::Relevance, now, heat_age };
        Ok(ask(&query)?)
    }

    /// `typed`, which `complete` threads hold, with the words that (nearly) no public post has replaced by what they were
    /// probably meant to be.
    pub(super) fn meant(
        &self,
        conn: &mut Conn,
        house: &House,
        parsed: &ParsedQuery,
        typed: &str,
        complete: usize,
    ) -> Result<Option<String>, Error> {
        let mut better = typed.to_owned();
        let misspelt = |clause: &&Clause| parsed.unread.contains(&clause.text);
        for clause in parsed.clauses.iter().filter(|clause| !clause.negated && !misspelt(clause)) {
            for word in clause.text.split(|ch: char| !ch.is_alphanumeric()).filter(|word| !word.is_empty()) {
                let meant = if word.chars().all(is_han) {
                    let alone = clause.text == word && parsed.clauses.len() == 1;
                    let holding = if alone { complete } else { self.holding(conn, house, word)? };
                    // A word that several threads hold is meant, however few hold the others too.
                    let slip = alone || holding <= DOUBTED;
                    if slip { self.sounds_like(conn, word, (OFTENER * holding).max(1))? } else { None }
                } else {
                    self.index.spelling(word, complete <= DOUBTED)?
                };
                if let Some(meant) = meant {
                    better = better.replace(word, &meant);
                }
            }
        }
        Ok((better != typed).then_some(better))
    }

    /// Public threads that hold `word`.
    fn holding(&self, conn: &mut Conn, house: &House, word: &str) -> Result<usize, Error> {
        let parsed = ParsedQuery::plain(word);
        let found = self.with_query(conn, house, &parsed, Filter::default(), |query| {
            self.index.search(query, &Permit::Public, Page { offset: 0, limit: 1 })
        })?;
        Ok(found.complete)
    }

    /// The word of public titles that the initials `typed` stand for most often, by the usual reading of its characters;
    /// nothing when somebody wrote them as a word.
    pub(super) fn abbreviated(&self, conn: &mut Conn, parsed: &ParsedQuery) -> Result<Option<String>, Error> {
        let [only] = parsed.clauses.as_slice() else { return Ok(None) };
        let typed = only.text.to_ascii_lowercase();
        let Some(sounds) =
            initials(&typed).filter(|_| !only.exact && !only.negated && parsed.operators.is_empty())
        else {
            return Ok(None);
        };
        if !syllables(&typed).is_empty() || self.index.is_written(&typed)? {
            return Ok(None);
        }
        let mut written: HashMap<String, usize> = HashMap::new();
        let public = categories::service::public(conn)?;
        for thread in shown(conn, &public, &self.index.sounding(sounds.clone(), ABBREVIATED)?)? {
            let title: Vec<char> = thread.title.chars().collect();
            for part in title.windows(sounds.len()) {
                let alike = part.iter().zip(typed.chars()).all(|(ch, initial)| {
                    let ch = fold(&ch.to_string()).chars().next().unwrap_or(*ch);
                    readings(ch).first().is_some_and(|reading| reading.starts_with(initial))
                });
                if alike {
                    *written.entry(part.iter().collect()).or_default() += 1;
                }
            }
        }
        let often = written.into_iter().filter(|(_, titles)| *titles >= OFTENER);
        Ok(often.max_by(|one, other| one.1.cmp(&other.1).then(other.0.cmp(&one.0))).map(|(word, _)| word))
    }

    /// The part of public titles that sounds like `word` and is written otherwise, the most frequent one, when it stands
    /// in `least` of them.
    fn sounds_like(&self, conn: &mut Conn, word: &str, least: usize) -> Result<Option<String>, Error> {
        let folded: Vec<char> = fold(word).chars().collect();
        if !(2..=8).contains(&folded.len()) {
            return Ok(None);
        }
        let Some(sounds) =
            folded.iter().map(|ch| readings(*ch).into_iter().next()).collect::<Option<Vec<String>>>()
        else {
            return Ok(None);
        };
        // As it sounds, or else as one syllable of it may have been misheard.
        if let Some(meant) = self.sounding(conn, &sounds, &fold(word), least)? {
            return Ok(Some(meant));
        }
        for at in 0..sounds.len() {
            for other in sounds.get(at).map(|sound| confused(sound)).unwrap_or_default() {
                let mut heard = sounds.clone();
                if let Some(sound) = heard.get_mut(at) {
                    *sound = other;
                }
                if let Some(meant) = self.sounding(conn, &heard, &fold(word), least)? {
                    return Ok(Some(meant));
                }
            }
        }
        Ok(None)
    }

    /// The part of public titles that has these `sounds` and is not `typed` (folded), the most frequent one.
    fn sounding(
        &self,
        conn: &mut Conn,
        sounds: &[String],
        typed: &str,
        least: usize,
    ) -> Result<Option<String>, Error> {
        let found = self.index.sounding(sounds.to_vec(), SOUNDING)?;
        let public = categories::service::public(conn)?;
        let mut written: HashMap<String, usize> = HashMap::new();
        for thread in shown(conn, &public, &found)? {
            let title: Vec<char> = thread.title.chars().collect();
            for part in title.windows(sounds.len()) {
                let alike = part.iter().zip(sounds).all(|(ch, sound)| {
                    let ch = fold(&ch.to_string()).chars().next().unwrap_or(*ch);
                    readings(ch).first() == Some(sound)
                });
                let part: String = part.iter().collect();
                if alike && fold(&part) != typed {
                    *written.entry(part).or_default() += 1;
                }
            }
        }
        Ok(written
            .into_iter()
            .filter(|(_, titles)| *titles >= least)
            .max_by(|one, other| one.1.cmp(&other.1).then(other.0.cmp(&one.0)))
            .map(|(w, _)| w))
    }
}

/// The listed threads among `ids` that stand in `readable` categories, in the order of `ids`.
pub fn shown(conn: &mut Conn, readable: &Readable, ids: &[ThreadId]) -> Result<Vec<Thread>, Error> {
    let found = threads::store::find_many(conn, ids)?;
    let fits = |thread: &&Thread| thread.state() == State::Listed && readable.has(thread.category_id);
    Ok(ids
        .iter()
        .filter_map(|id| found.iter().find(|thread| thread.id == *id))
        .filter(fits)
        .cloned()
        .collect())
}
