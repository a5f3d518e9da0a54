//! Chinese words that sound like one that was typed, out of what people wrote in public.
//!
//! The terms of the index are the dictionary: every pair of neighbouring characters is one, so a word of any length is a
//! chain of pairs that overlap, and the rarest pair says how often it can stand at most.

use std::collections::HashMap;

use tantivy::TantivyError;
use tantivy_fst::Automaton;

use super::IndexError;
use super::generation::Generation;
use super::view::View;
use crate::base::pinyin::{confused, readings, sounding};

/// Beginnings of a word that are followed further.
const FOLLOWED: usize = 64;

/// A word that sounds so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Homophone {
    /// The word, folded.
    pub word: String,
    /// How many of its syllables are others that many mix up with those typed, or unusual readings: 0 or 1.
    pub confused: usize,
    /// In how many public posts and titles it stands at most: as often as its rarest pair.
    pub most: u64,
    /// In how many its most frequent pair stands: where that is far more, the word is a chance meeting of others.
    pub widest: u64,
}

/// Characters that may stand at one place of the word, and whether they usually sound otherwise than typed.
type Place = Vec<(char, bool)>;

fn place(syllable: &str) -> Place {
    let others = confused(syllable);
    let others = others.iter().flat_map(|other| sounding(other)).map(|ch| (*ch, true));
    let usual = |ch: char| readings(ch).first().is_some_and(|reading| reading == syllable);
    let mut place: Place = sounding(syllable).iter().map(|ch| (*ch, !usual(*ch))).collect();
    for (ch, other) in others {
        if place.iter().all(|(known, _)| *known != ch) {
            place.push((ch, other));
        }
    }
    place
}

/// Words of `syllables` in public posts and titles, with at most one syllable mixed up: as typed first, then the most
/// frequent ones.
pub(super) fn homophones(
    generation: &Generation,
    syllables: &[String],
) -> Result<Vec<Homophone>, IndexError> {
    let views = generation.views();
    let fields = [generation.fields.title_loose, generation.fields.body_loose];
    let places: Vec<Place> = syllables.iter().map(|syllable| place(syllable)).collect();
    let mut begun: Vec<Homophone> = Vec::new();
    for (at, two) in places.windows(2).enumerate() {
        let [one, next] = two else { continue };
        let pairs = pairs(&views.public, &fields, one, next)?;
        let other =
            |place: &Place, ch: char| usize::from(place.iter().any(|(known, other)| *known == ch && *other));
        begun = if at == 0 {
            let all = pairs.into_iter();
            all.map(|((first, second), most)| Homophone {
                word: [first, second].iter().collect(),
                confused: other(one, first) + other(next, second),
                most,
                widest: most,
            })
            .collect()
        } else {
            let mut longer = Vec::new();
            for before in &begun {
                let last = before.word.chars().next_back();
                for ((_, second), most) in pairs.iter().filter(|((first, _), _)| Some(*first) == last) {
                    longer.push(Homophone {
                        word: format!("{}{second}", before.word),
                        confused: before.confused + other(next, *second),
                        most: before.most.min(*most),
                        widest: before.widest.max(*most),
                    });
                }
            }
            longer
        };
        begun.retain(|word| word.confused < 2);
        let order = |word: &Homophone| (word.confused, std::cmp::Reverse(word.most), word.word.clone());
        begun.sort_by_cached_key(order);
        if at + 2 < places.len() {
            begun.truncate(FOLLOWED);
        }
    }
    Ok(begun)
}

/// The pairs of `one` and `next` that are terms, with the documents that hold them, deleted ones among them.
fn pairs(
    public: &View,
    fields: &[tantivy::schema::Field],
    one: &Place,
    next: &Place,
) -> Result<HashMap<(char, char), u64>, IndexError> {
    let mut found: HashMap<(char, char), u64> = HashMap::new();
    let chars = |place: &Place| place.iter().map(|(ch, _)| *ch).collect::<Vec<_>>();
    let (one, next) = (chars(one), chars(next));
    for part in &public.parts {
        for field in fields {
            let inverted = part.reader.inverted_index(*field)?;
            let pairs = Pairs::new(&one, &next);
            let mut stream = inverted.terms().search(pairs).into_stream().map_err(TantivyError::from)?;
            while stream.advance() {
                let mut chars = std::str::from_utf8(stream.key()).unwrap_or_default().chars();
                if let (Some(first), Some(second)) = (chars.next(), chars.next()) {
                    *found.entry((first, second)).or_default() += u64::from(stream.value().doc_freq);
                }
            }
        }
    }
    Ok(found)
}

/// Reads exactly a character of the one set and one of the other, byte by byte.
struct Pairs {
    /// Where each byte leads, from each state on.
    ways: Vec<Vec<(u8, u32)>>,
}

/// The states before the first and the second character, the one after both, and the one from which nothing leads on.
const FIRST: u32 = 0;
const SECOND: u32 = 1;
const BOTH: u32 = 2;
const LOST: u32 = u32::MAX;

impl Pairs {
    fn new(one: &[char], next: &[char]) -> Self {
        let mut pairs = Self { ways: vec![Vec::new(); 3] };
        for ch in one {
            pairs.add(FIRST, *ch, SECOND);
        }
        for ch in next {
            pairs.add(SECOND, *ch, BOTH);
        }
        pairs
    }

    fn add(&mut self, from: u32, ch: char, to: u32) {
        let mut bytes = [0; 4];
        let mut state = from;
        let bytes = ch.encode_utf8(&mut bytes).as_bytes();
        for (nth, byte) in bytes.iter().enumerate() {
            let known = self.leads(state, *byte);
            let last = nth + 1 == bytes.len();
            if known != LOST && !last {
                state = known;
                continue;
            }
            let new = if last { to } else { self.ways.len() as u32 };
            if !last {
                self.ways.push(Vec::new());
            }
            if let Some(ways) = self.ways.get_mut(state as usize) {
                ways.push((*byte, new));
            }
            state = new;
        }
    }

    fn leads(&self, state: u32, byte: u8) -> u32 {
        let ways = self.ways.get(state as usize).map(Vec::as_slice).unwrap_or_default();
        ways.iter().find(|(known, _)| *known == byte).map_or(LOST, |(_, to)| *to)
    }
}

impl Automaton for Pairs {
    type State = u32;

    fn start(&self) -> u32 {
        FIRST
    }

    fn is_match(&self, state: &u32) -> bool {
        *state == BOTH
    }

    fn can_match(&self, state: &u32) -> bool {
        *state != LOST
    }

    fn accept(&self, state: &u32, byte: u8) -> u32 {
        self.leads(*state, byte)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_are_read_byte_by_byte() {
        let pairs = Pairs::new(&['传', '伝', 'a'], &['感', '干']);
        let reads = |text: &str| {
            let end = text.bytes().fold(pairs.start(), |state, byte| pairs.accept(&state, byte));
            pairs.is_match(&end)
        };
        for word in ["传感", "传干", "伝干", "a感"] {
            assert!(reads(word), "{word}");
        }
        for word in ["传", "感", "感传", "传感器", "传器", "", "ab"] {
            assert!(!reads(word), "{word}");
        }
    }
}
