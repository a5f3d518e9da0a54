//! What was probably meant: a word that (nearly) nobody wrote, put right; initials, written out.
//!
//! Everything here comes from what is public, whoever asks.

use std::collections::HashMap;

use super::analysis::in_script_of;
use super::help::shown;
use super::index::{Filter, Homophone, Page, Permit};
use super::query::{Clause, ParsedQuery};
use super::service::{Error, Search, lexicon};
use crate::base::fold::{fold, is_han};
use crate::base::pinyin::{may_be_initials, readings, syllables};
use crate::content::categories;
use crate::infra::db::Conn;
use crate::infra::house::House;

/// How many times as many threads must hold what is meant.
const OFTENER: usize = 3;
/// Threads holding all that was typed up to which a word of it that few wrote may be a slip.
const DOUBTED: usize = 2;
/// A word that no dictionary knows must be in so many threads, and have so many characters: others come about by chance.
const COINED: usize = 3;
const COINED_CHARS: usize = 3;
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
            for word in clause.text.split(|ch: char| !ch.is_alphanumeric()).filter(|word| !word.is_empty()) {
                let better = if word.chars().all(is_han) {
                    let alone = clause.text == word && parsed.clauses.len() == 1;
                    let holding = if alone { complete } else { self.holding(conn, house, word)? };
                    // A word that several threads hold is meant, however few hold the others too.
                    let slip = alone || holding <= DOUBTED;
                    let better = if slip { self.homophone(conn, house, word, holding)? } else { None };
                    better.map(|better| (better, holding == 0))
                } else if complete > 0 && !syllables(&fold(word)).is_empty() {
                    // It was found by its sound.
                    None
                } else {
                    let better = self.index.spelling(word, complete <= DOUBTED)?;
                    let written = better.is_some() && self.index.is_written(&fold(word))?;
                    better.map(|better| (better, !written))
                };
                if let Some((better, sure)) = better {
                    meant.text = meant.text.replace(word, &better);
                    meant.sure &= sure;
                }
            }
        }
        Ok((meant.text != typed).then_some(meant))
    }

    /// Public threads that hold `word`.
    fn holding(&self, conn: &mut Conn, house: &House, word: &str) -> Result<usize, Error> {
        let parsed = ParsedQuery::plain(word);
        let found = self.with_query(conn, house, &parsed, Filter::default(), |query| {
            self.index.search(query, &Permit::Public, Page { offset: 0, limit: 1 })
        })?;
        Ok(found.complete)
    }

    /// The word that sounds like `word`, which `holding` public threads hold, and that most of them hold.
    fn homophone(
        &self,
        conn: &mut Conn,
        house: &House,
        word: &str,
        holding: usize,
    ) -> Result<Option<String>, Error> {
        let folded = fold(word);
        let chars: Vec<char> = folded.chars().collect();
        let usual = chars.iter().map(|ch| readings(*ch).into_iter().next()).collect::<Option<Vec<String>>>();
        let Some(usual) = usual.filter(|usual| (2..=8).contains(&usual.len())) else { return Ok(None) };
        let lexicon = lexicon(conn)?;
        let least = (OFTENER * holding).max(1);
        let mut best: Option<(usize, usize, String)> = None;
        let coined = chars.len() >= COINED_CHARS;
        let known = |word: &Homophone| self.analysis.is_word(&word.word, &lexicon);
        let words = self.index.homophones(&usual)?;
        let likely = words.into_iter().filter(|word| word.word != folded && (coined || known(word)));
        for found in likely.take(COUNTED) {
            let least = if known(&found) { least } else { least.max(COINED) };
            let nearer = best.as_ref().is_some_and(|(confused, ..)| *confused < found.confused);
            if nearer || found.most < least as u64 {
                continue;
            }
            let threads = self.holding(conn, house, &found.word)?;
            if threads >= least && best.as_ref().is_none_or(|(_, most, _)| *most < threads) {
                best = Some((found.confused, threads, found.word));
            }
        }
        Ok(best.map(|(.., better)| in_script_of(word, &better)))
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
