//! While a query is typed: threads whose titles go on as it begins.

use tantivy::TantivyError;
use tantivy::schema::Field;
use tantivy::termdict::TermDictionary;

use super::IndexError;
use super::filters::Threads;
use super::generation::Generation;
use super::run::{Permit, Query};
use super::schema::{initials_term, pair_term};
use super::tally::{Found, Scoring, sound_terms};
use super::view::View;
use super::weights as w;
use crate::base::fold::{fold, is_han};
use crate::base::ids::ThreadId;
use crate::base::pinyin::{may_be_initials, syllables};
use crate::reach::search::analysis::{Analysis, CODE, PART, Question, Unit, Way};

/// Endings looked at for the word being typed.
const ENDINGS: usize = 200;
/// Endings that are asked for, the most frequent ones.
const ENDS: usize = 8;
/// Letters of the longest syllable, and ways to go on that are tried.
const LONGEST_SYLLABLE: usize = 6;
const BEGUN: usize = 16;
/// Public postings of titles that may be read for a suggestion, and how many of them one of a phrase stands for.
const POSTINGS: u64 = 9_000;
const PHRASE: u64 = 4;
/// A further word is not read at all when only one part of so many could be.
const SOME: u64 = 4;
/// A longer word is no syllables.
const LONGEST: usize = 30;

/// Threads whose titles hold what was typed so far, the last word perhaps unfinished; the hottest fitting ones first.
pub(super) fn threads(
    generation: &Generation,
    analysis: &Analysis,
    query: &Query<'_>,
    permit: &Permit,
    limit: usize,
) -> Result<Vec<ThreadId>, IndexError> {
    generation.with_tally(|tally, views| {
        let wanted = query.parsed.wanted();
        let text = begun(&wanted);
        let Question { mut units, needs, .. } = analysis.question(text, query.lexicon);
        units.retain(|unit| unit.meets != 0);
        let (public, fields) = (&views.public, generation.fields);
        let mut scoring = Scoring { titles_only: true, ..Scoring::new(views, fields, permit) };
        let last = fold(text.rsplit(char::is_whitespace).next().unwrap_or_default());
        let unfinished = last.len() > 1 && last.chars().all(is_code) && !text.ends_with(char::is_whitespace);
        if let Some(unit) =
            units.iter_mut().rev().find(|unit| unfinished && unit.spaced && unit.meets & (PART | CODE) == 0)
        {
            let (written, hidden) = endings(&scoring.sides, fields.title, &last)?;
            unit.ways.extend(written.into_iter().chain(hidden).map(|text| (0.8, Way::Placed(text))));
            if last.chars().any(char::is_numeric) {
                let (joined, hidden) = endings(&scoring.sides, fields.title_loose, &last)?;
                unit.ways.extend(joined.into_iter().chain(hidden).map(|text| (0.8, Way::Loose(text))));
            }
            let begun = sounds_begun(&scoring.sides, fields.sounds, &last)?;
            unit.ways.extend(begun.into_iter().map(|sounds| (0.5, Way::Sounds(sounds))));
            if may_be_initials(&last) {
                unit.ways.extend(next_initials(&scoring.sides, fields.sounds, &last)?);
            }
        }
        let threads = Threads::new(&scoring.sides, &fields, query, &[], &None)?;
        tally.reset(scoring.facts.end());
        let mut asked = Vec::with_capacity(units.len());
        for mut unit in units {
            if written(public, &fields, &unit)? {
                unit.ways.retain(|(_, way)| !matches!(way, Way::Initials(_)));
            }
            let mut costs = costs(public, &fields, &unit)?;
            if scoring.sides.len() == 1 {
                let mut written = costs.iter().map(|cost| *cost > 0);
                unit.ways.retain(|_| written.next().unwrap_or(false));
                costs.retain(|cost| *cost > 0);
            }
            asked.push((costs.iter().sum::<u64>(), costs, unit));
        }
        asked.sort_by_key(|(cost, ..)| *cost);
        let mut needed = if needs == 0 { 0 } else { u32::MAX >> (32 - needs) };
        let mut left = POSTINGS;
        for (nth, (cost, costs, unit)) in asked.into_iter().enumerate() {
            let whole = cost <= left;
            if !whole && nth > 0 {
                // It is too common to be read whole: a thread that seems to lack it may well have it.
                needed &= !unit.meets;
                if cost > SOME * left {
                    continue;
                }
            }
            scoring.newest = if whole { Vec::new() } else { shares(&costs, left) };
            left = left.saturating_sub(cost);
            tally.read(&scoring, &unit, None)?;
        }
        let mut found: Vec<(f32, u32)> = Vec::new();
        for Found { thread, total, meets, .. } in tally.found() {
            let fact = scoring.fact(thread);
            if meets & needed == needed && threads.allows(thread, fact) {
                let heat = (f64::from(fact.heat) - query.heat_age).min(40.0).exp2() as f32;
                found.push((total * (1.0 + w::HEAT * (1.0 + heat).log2()), thread));
            }
        }
        let better =
            |one: &(f32, u32), other: &(f32, u32)| other.0.total_cmp(&one.0).then(other.1.cmp(&one.1));
        if limit > 0 && limit < found.len() {
            found.select_nth_unstable_by(limit - 1, better);
            found.truncate(limit);
        }
        found.sort_by(better);
        Ok(found.into_iter().take(limit).map(|(_, thread)| ThreadId(i64::from(thread))).collect())
    })
}

/// How much of each way may be read, so that all of them together cost about `most`: rare ones are read whole, and
/// what they leave is divided among the others evenly.
fn shares(costs: &[u64], most: u64) -> Vec<f32> {
    let mut order: Vec<usize> = (0..costs.len()).collect();
    let cost_of = |at: usize| costs.get(at).copied().unwrap_or(0);
    order.sort_by_key(|at| cost_of(*at));
    let mut shares = vec![1.0; costs.len()];
    let mut left = most;
    for (nth, at) in order.iter().enumerate() {
        let even = left / (order.len() - nth) as u64;
        let cost = cost_of(*at);
        if cost > even
            && let Some(share) = shares.get_mut(*at)
        {
            *share = even as f32 / cost as f32;
        }
        left -= cost.min(even);
    }
    shares
}

/// What is typed, without a single letter at its end, behind a space or a Han character: it says nothing yet about the
/// word that it begins.
fn begun(text: &str) -> &str {
    let last = text.chars().next_back().filter(char::is_ascii_alphanumeric);
    match last.and_then(|last| text.strip_suffix(last)) {
        Some(before)
            if before.ends_with(|ch: char| ch.is_whitespace() || is_han(ch)) && !before.trim().is_empty() =>
        {
            before
        }
        _ => text,
    }
}

/// What words and codes consist of.
fn is_code(ch: char) -> bool {
    ch.is_alphanumeric() || matches!(ch, '-' | '.' | '_' | '/' | ':' | '+' | '#')
}

/// A word in letters that may be syllables, the last of them unfinished, in the ways in which it goes on in titles.
fn sounds_begun(sides: &[&View], field: Field, word: &str) -> Result<Vec<Vec<String>>, IndexError> {
    let (mut begun, mut hidden) = (Vec::new(), Vec::new());
    if word.len() > LONGEST || !word.bytes().all(|byte| byte.is_ascii_lowercase()) {
        return Ok(begun);
    }
    for at in (0..word.len()).rev() {
        let (Some(head), Some(tail)) = (word.get(..at), word.get(at..)) else { continue };
        let cuts = if head.is_empty() { vec![Vec::new()] } else { syllables(head) };
        if cuts.is_empty() || tail.len() > LONGEST_SYLLABLE {
            continue;
        }
        for cut in &cuts {
            // Behind another syllable only what somebody wrote behind it.
            let before = cut.last().map_or_else(String::new, |last| pair_term(last, ""));
            let (known, others) = endings(sides, field, &format!("{before}{tail}"))?;
            for (ends, ways) in [(known, &mut begun), (others, &mut hidden)] {
                let ends = ends.iter().filter_map(|end| end.strip_prefix(&before));
                ways.extend(ends.map(|end| cut.iter().cloned().chain([end.to_owned()]).collect()));
            }
        }
    }
    // Long syllables first: `chuangan` is 传感 rather than the beginning of something in three.
    begun.sort_by_key(Vec::len);
    begun.truncate(BEGUN);
    begun.append(&mut hidden);
    Ok(begun)
}

/// Initials that go on by one letter, in the ways in which somebody may have written them.
fn next_initials(sides: &[&View], field: Field, letters: &str) -> Result<Vec<(f32, Way)>, IndexError> {
    let mut ways = Vec::new();
    for next in 'a'..='z' {
        let longer = format!("{letters}{next}");
        let term = initials_term(&longer);
        for side in sides {
            if holding(side, field, &term)? > 0 {
                ways.push((0.4, Way::Initials(longer)));
                break;
            }
        }
    }
    Ok(ways)
}

/// Whether somebody wrote the word of `unit` in a public title.
fn written(public: &View, fields: &super::schema::Fields, unit: &Unit) -> Result<bool, IndexError> {
    for (_, way) in &unit.ways {
        if let Way::Loose(text) = way
            && holding(public, fields.title_loose, text)? > 0
        {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Public postings in titles of each way of `unit`; a phrase costs [`PHRASE`] times as much to read.
fn costs(public: &View, fields: &super::schema::Fields, unit: &Unit) -> Result<Vec<u64>, IndexError> {
    let rarest = |field, terms: &[String]| -> Result<u64, IndexError> {
        let mut least = u64::MAX;
        for term in terms {
            least = least.min(holding(public, field, term)?);
        }
        Ok(if terms.len() > 1 { PHRASE * least } else { least })
    };
    let cost = |(_, way): &(f32, Way)| match way {
        Way::Placed(text) => holding(public, fields.title, text),
        Way::Loose(text) => holding(public, fields.title_loose, text),
        Way::Tag(text) => holding(public, fields.tag, text),
        Way::Phrase { pairs, .. } => match pairs.first() {
            Some(pair) => Ok(PHRASE * holding(public, fields.title_loose, pair)?),
            None => Ok(0),
        },
        Way::Sounds(sounds) => rarest(fields.sounds, &sound_terms(sounds)),
        Way::Initials(letters) => holding(public, fields.sounds, &initials_term(letters)),
    };
    unit.ways.iter().map(cost).collect()
}

/// Documents of `view` that hold a term, deleted ones among them.
fn holding(view: &View, field: Field, text: &str) -> Result<u64, IndexError> {
    let term = tantivy::Term::from_field_text(field, text);
    let mut all = 0;
    for part in &view.parts {
        all += u64::from(part.reader.inverted_index(field)?.doc_freq(&term).map_err(TantivyError::from)?);
    }
    Ok(all)
}

/// The terms of `field` that begin with `prefix`: the most frequent ones of the public side, and apart those that only
/// the restricted side has, whose frequency chooses nothing.
pub(super) fn endings(
    sides: &[&View],
    field: Field,
    prefix: &str,
) -> Result<(Vec<String>, Vec<String>), IndexError> {
    let mut sides = sides.iter();
    let mut public = Vec::new();
    if let Some(side) = sides.next() {
        public = begins(side, field, prefix)?;
    }
    let mut hidden = Vec::new();
    for side in sides {
        let known = |term: &String| public.iter().any(|(_, public)| public == term);
        hidden.extend(
            begins(side, field, prefix)?.into_iter().map(|(_, term)| term).filter(|term| !known(term)),
        );
    }
    public.sort_by(|one, other| other.0.cmp(&one.0).then_with(|| one.1.cmp(&other.1)));
    Ok((public.into_iter().take(ENDS).map(|(_, term)| term).collect(), hidden))
}

/// The first [`ENDINGS`] terms of each segment that begin with `prefix`, with the documents that hold them.
fn begins(view: &View, field: Field, prefix: &str) -> Result<Vec<(u32, String)>, IndexError> {
    let mut found: Vec<(u32, String)> = Vec::new();
    for part in &view.parts {
        let inverted = part.reader.inverted_index(field)?;
        let terms: &TermDictionary = inverted.terms();
        let mut stream = terms.range().ge(prefix.as_bytes()).into_stream().map_err(TantivyError::from)?;
        for _ in 0..ENDINGS {
            if !stream.advance() {
                break;
            }
            let Some(term) = std::str::from_utf8(stream.key()).ok().filter(|term| term.starts_with(prefix))
            else {
                break;
            };
            note(&mut found, term, stream.value().doc_freq);
        }
    }
    Ok(found)
}

pub(super) fn note(found: &mut Vec<(u32, String)>, term: &str, count: u32) {
    match found.iter_mut().find(|(_, known)| known == term) {
        Some((known, _)) => *known += count,
        None => found.push((count, term.to_owned())),
    }
}

/// Public threads whose titles hold whole words of these initials, at most `limit`.
pub(super) fn abbreviated(
    generation: &Generation,
    letters: &str,
    limit: usize,
) -> Result<Vec<ThreadId>, IndexError> {
    let views = generation.views();
    let fields = (generation.fields.sounds, generation.fields.sounds);
    let way = Way::Initials(letters.to_owned());
    let mut found = Vec::new();
    for part in &views.public.parts {
        super::tally::each(part, fields, &way, |doc, _| {
            if found.len() < limit && part.is_alive(doc) {
                found.push(ThreadId(i64::from(part.thread(doc))));
            }
        })?;
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::shares;

    #[test]
    fn rare_ways_are_read_whole_and_common_ones_as_far_as_there_is_room() {
        assert_eq!(shares(&[100, 200], 1_000), [1.0, 1.0]);
        assert_eq!(shares(&[9_000, 100, 0, 4_500], 1_000), [0.05, 1.0, 1.0, 0.1]);
        assert_eq!(shares(&[50, 50], 0), [0.0, 0.0]);
        let costs = [7, 90_000, 3_000, 12, 40_000];
        let shares = shares(&costs, 12_000);
        let read: f32 = shares.iter().zip(costs).map(|(share, cost)| share * cost as f32).sum();
        assert!((11_990.0..12_010.0).contains(&read), "{read}");
    }
}
