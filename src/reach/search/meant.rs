//! What was probably meant: a word that (nearly) nobody wrote, put right; initials, written out.
//!
//! Everything here comes from what is public, whoever asks.

use std::cmp::Reverse;
use std::collections::HashMap;

use super::analysis::{Lexicon, in_script_of, is_function};
use super::help::shown;
use super::index::{Filter, Homophone, Page, Permit};
use super::query::{Clause, ParsedQuery};
use super::service::{Error, Search, lexicon};
use crate::base::fold::{fold, is_han};
use crate::base::pinyin::{may_be_initials, readings, syllables};
use crate::content::categories;
use crate::infra::db::Conn;
use crate::infra::house::House;

/// Threads holding all that was typed up to which it may have been meant otherwise.
const FEW: usize = 10;
/// Characters of a Han run of which each word must be found, rather than the run, and of the longest one that is looked at.
const RUN: std::ops::RangeInclusive<usize> = 5..=16;
/// How many times as many threads must hold what is meant.
const OFTENER: usize = 3;
/// Threads holding all that was typed up to which a word of it that few wrote may be a slip.
const DOUBTED: usize = 2;
/// A word that no dictionary knows must be in so many threads, one of two characters in more, and its most frequent pair
/// may stand in so many times as many texts as its rarest: others come about by chance.
const COINED: usize = 3;
const COINED_SHORT: usize = 10;
const COHESION: u64 = 5;
/// Words that sound the same whose threads are counted.
const COUNTED: usize = 6;
/// Titles looked at for what initials stand for.
const ABBREVIATED: usize = 100;

/// A query put right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Meant {
    /// As it was probably meant.
    pub text: String,
    /// Nobody wrote in public any of the words that were replaced.
    pub sure: bool,
}

/// A word that sounds like one that was typed.
struct Alike {
    /// Characters that stand in both at the same place.
    shared: usize,
    /// The dictionary or the operators know it.
    known: bool,
    homophone: Homophone,
}

/// The words of `text`, Han runs apart from what stands beside them.
fn words(text: &str) -> Vec<String> {
    let kind = |ch: &char| (ch.is_alphanumeric(), is_han(*ch));
    let chars: Vec<char> = text.chars().collect();
    let runs = chars.chunk_by(|one, next| kind(one) == kind(next));
    runs.filter(|run| run.first().is_some_and(|ch| kind(ch).0)).map(|run| run.iter().collect()).collect()
}

/// `word` in capitals where `typed` is.
fn in_case_of(typed: &str, word: String) -> String {
    let small = typed.chars().any(char::is_lowercase) || typed.chars().count() < 2;
    if small { word } else { word.to_uppercase() }
}

impl Search {
    /// `typed`, which `complete` threads hold, with the words that (nearly) nobody wrote in public replaced by what they
    /// were probably meant to be.
    pub(super) fn meant(
        &self,
        conn: &mut Conn,
        house: &House,
        parsed: &ParsedQuery,
        typed: &str,
        complete: usize,
    ) -> Result<Option<Meant>, Error> {
        let mut meant = Meant { text: typed.to_owned(), sure: true };
        let misspelt = |clause: &&Clause| parsed.unread.contains(&clause.text);
        for clause in parsed.clauses.iter().filter(|clause| !clause.negated && !misspelt(clause)) {
            for word in &words(&clause.text) {
                let better = if complete > FEW {
                    // All that is known in a run is found, which says nothing of the rest.
                    let run = word.chars().all(is_han) && RUN.contains(&word.chars().count());
                    if run { self.parts_meant(conn, house, word, 0)? } else { None }
                } else if word.chars().all(is_han) {
                    let short = word.chars().count() < *RUN.start();
                    let alone = short && clause.text == *word && parsed.clauses.len() == 1;
                    let holding = if alone { complete } else { self.holding(conn, house, word)? };
                    self.han_meant(conn, house, word, holding)?
                } else if complete > 0 && !syllables(&fold(word)).is_empty() {
                    // It was found by its sound.
                    None
                } else {
                    let better = self.index.spelling(word)?;
                    better.map(|better| Meant { text: in_case_of(word, better.word), sure: better.sure })
                };
                if let Some(Meant { text, sure }) = better {
                    meant.text = meant.text.replace(word, &text);
                    // Quotes say that it is to be so.
                    meant.sure &= sure && !clause.exact;
                }
            }
        }
        Ok((meant.text != typed).then_some(meant))
    }

    /// What a Han `run`, which `holding` public threads hold, was meant to be: as a whole, or else part by part.
    fn han_meant(
        &self,
        conn: &mut Conn,
        house: &House,
        run: &str,
        holding: usize,
    ) -> Result<Option<Meant>, Error> {
        // A word that several threads hold is meant, however few hold the others too.
        if holding > DOUBTED {
            return Ok(None);
        }
        let whole = self.homophone(conn, house, run, holding)?;
        if whole.is_some() || holding > 0 {
            return Ok(whole);
        }
        self.parts_meant(conn, house, run, DOUBTED)
    }

    /// A Han `run` with the parts that are no words, and that at most `doubted` public threads hold, put right.
    fn parts_meant(
        &self,
        conn: &mut Conn,
        house: &House,
        run: &str,
        doubted: usize,
    ) -> Result<Option<Meant>, Error> {
        let lexicon = lexicon(conn)?;
        let folded = fold(run);
        let mut meant = Meant { text: folded.clone(), sure: true };
        for part in self.analysis.unknown_parts(&folded, &lexicon) {
            if part == folded {
                continue;
            }
            let holding = self.holding(conn, house, &part)?;
            if holding <= doubted
                && let Some(Meant { text, sure }) = self.homophone(conn, house, &part, holding)?
            {
                meant.text = meant.text.replace(&part, &text);
                meant.sure &= sure;
            }
        }
        Ok((meant.text != folded).then(|| Meant { text: in_script_of(run, &meant.text), ..meant }))
    }

    /// Public threads that hold `word`.
    fn holding(&self, conn: &mut Conn, house: &House, word: &str) -> Result<usize, Error> {
        // Of a long run as it stands: what holds all known words of it need not hold the rest.
        let short = word.chars().count() < *RUN.start();
        let parsed = if short { ParsedQuery::plain(word) } else { ParsedQuery::exact(word) };
        let found = self.with_query(conn, house, &parsed, Filter::default(), |query| {
            self.index.search(query, &Permit::Public, Page { offset: 0, limit: 1 })
        })?;
        Ok(found.complete)
    }

    /// The word that sounds like `word`, which `holding` public threads hold: of several the one with most of its characters,
    /// and of those the one that most threads hold.
    fn homophone(
        &self,
        conn: &mut Conn,
        house: &House,
        word: &str,
        holding: usize,
    ) -> Result<Option<Meant>, Error> {
        let lexicon = lexicon(conn)?;
        let often = if word.chars().count() > 2 { COINED } else { COINED_SHORT };
        let mut best: Option<((usize, usize), usize, String)> = None;
        for found in self.alike(&fold(word), &lexicon, holding == 0)?.into_iter().take(COUNTED) {
            let least = (OFTENER * holding).max(if found.known { 1 } else { often });
            let like = (found.shared, 1 - found.homophone.confused.min(1));
            if found.homophone.most < least as u64 || best.as_ref().is_some_and(|(known, ..)| *known > like) {
                continue;
            }
            let word = found.homophone.word;
            let threads = self.holding(conn, house, &word)?;
            if threads >= least && best.as_ref().is_none_or(|(_, most, _)| *most < threads) {
                best = Some((like, threads, word));
            }
        }
        Ok(best.map(|(.., text)| Meant { text: in_script_of(word, &text), sure: holding == 0 }))
    }

    /// Words that sound like a folded `word`, likeliest first; names among them when nobody wrote it: it is `unwritten`.
    fn alike(&self, word: &str, lexicon: &Lexicon, unwritten: bool) -> Result<Vec<Alike>, Error> {
        let chars: Vec<char> = word.chars().collect();
        let usual = chars.iter().map(|ch| readings(*ch).into_iter().next()).collect::<Option<Vec<String>>>();
        let Some(usual) = usual.filter(|usual| (2..=8).contains(&usual.len())) else {
            return Ok(Vec::new());
        };
        // What the dictionary knows is no slip.
        if self.analysis.is_word(word, lexicon) {
            return Ok(Vec::new());
        }
        // A name is put right where nobody wrote what was typed and that is no words either.
        let coins = unwritten && !self.analysis.is_worded(word, lexicon);
        let coined = |word: &Homophone| {
            coins
                && word.confused == 0
                && word.widest <= COHESION * word.most
                && !word.word.chars().any(|ch| is_function(ch.encode_utf8(&mut [0; 4])))
        };
        let shared = |word: &str| word.chars().zip(&chars).filter(|(one, other)| one == *other).count();
        let mut alike: Vec<Alike> = self
            .index
            .homophones(&usual)?
            .into_iter()
            .filter(|found| found.word != word)
            .map(|found| Alike {
                shared: shared(&found.word),
                known: self.analysis.is_word(&found.word, lexicon),
                homophone: found,
            })
            // Where every character is another, it is somebody's name more often than a slip.
            .filter(|found| found.shared > 0 && (found.known || coined(&found.homophone)))
            .collect();
        alike.sort_by_key(|found| {
            (Reverse(found.shared), found.homophone.confused, Reverse(found.homophone.most))
        });
        Ok(alike)
    }

    /// A Han run that is being typed and that no title holds, with what is no word replaced by the word that sounds so; without
    /// counting threads, which takes longer than one types.
    pub(super) fn heard(&self, conn: &mut Conn, run: &str) -> Result<Option<String>, Error> {
        let run = fold(run.trim());
        if !run.chars().all(is_han) {
            return Ok(None);
        }
        let lexicon = lexicon(conn)?;
        let likeliest = |part: &str| Ok::<_, Error>(self.alike(part, &lexicon, false)?.into_iter().next());
        if let Some(found) = likeliest(&run)? {
            return Ok(Some(found.homophone.word));
        }
        let mut heard = run.clone();
        for part in self.analysis.unknown_parts(&run, &lexicon).iter().filter(|part| **part != run) {
            if let Some(found) = likeliest(part)? {
                heard = heard.replace(part, &found.homophone.word);
            }
        }
        Ok((heard != run).then_some(heard))
    }

    /// The word of public titles that the initials `typed` stand for most often, by the usual reading of its characters;
    /// nothing when somebody wrote them as a word.
    pub(super) fn abbreviated(&self, conn: &mut Conn, parsed: &ParsedQuery) -> Result<Option<String>, Error> {
        let [only] = parsed.clauses.as_slice() else { return Ok(None) };
        let typed = only.text.to_ascii_lowercase();
        let plain = !only.exact && !only.negated && parsed.operators.is_empty();
        if !plain
            || !may_be_initials(&typed)
            || !syllables(&typed).is_empty()
            || self.index.is_written(&typed)?
        {
            return Ok(None);
        }
        let mut written: HashMap<String, usize> = HashMap::new();
        let public = categories::service::public(conn)?;
        let found = self.index.abbreviated(&typed, ABBREVIATED)?;
        for thread in shown(conn, &public, &found)? {
            let words = self.analysis.abbreviations(&thread.title).into_iter();
            let meant = words.filter(|word| word.letters == typed);
            for word in meant.filter_map(|word| thread.title.get(word.bytes)) {
                *written.entry(word.to_owned()).or_default() += 1;
            }
        }
        let often = written.into_iter().filter(|(_, titles)| *titles >= OFTENER);
        Ok(often.max_by(|one, other| one.1.cmp(&other.1).then(other.0.cmp(&one.0))).map(|(word, _)| word))
    }
}
