//! The query side: what a reader typed, as things to look for and to score by.
//!
//! A *unit* is one of them, with the ways it may stand in a text. A *need* is something that a thread must have to
//! count as holding all that was typed; several units can meet the same need (a word or its synonym). Units that
//! meet no need only add to the score.

use std::ops::Range;

use ferrous_opencc::OpenCC;
use ferrous_opencc::config::BuiltinConfig;
use std::sync::LazyLock;

use super::function::is_function;
use super::scan::{Piece, PieceKind, Scan};
use super::terms::{atom_text, code, code_parts, joined_code, parts_of, squeezed, stem, whole};
use super::{Analysis, unknown};
use crate::base::fold::{fold, is_han};
use crate::base::pinyin::{may_be_initials, syllables};

mod lexicon;
pub use lexicon::Lexicon;

/// A run of Han characters up to this long must stand in a thread as typed; of a longer one each word.
const PHRASE_CHARS: usize = 4;
/// Queries with more Han characters than this lean on pairs: words and characters count less the longer they are.
const LONG_QUERY: f32 = 12.0;
/// With more Han characters than this single ones say nothing any more.
const NO_SINGLES: usize = 32;
/// Met by what is a part of a need.
pub const PART: u32 = 1 << 30;
/// Of words that only ask: they score as others do, and nothing needs them.
pub const ASKS: u32 = 1 << 29;
/// Met by what is a part of a code, which says little where the code itself is found.
pub const CODE: u32 = 1 << 28;
/// Needs beyond these only score.
pub const MAX_NEEDS: usize = 27;

/// What the kinds of units count; fitted on the judged queries of `docs/search.md`.
mod weights {
    /// A dictionary word (as typed; pairs that are words have both weights).
    pub const WORD: f32 = 1.0;
    /// Two neighbouring Han characters.
    pub const PAIR: f32 = 0.7;
    /// A short run that is no word, standing as typed.
    pub const RUN: f32 = 0.1;
    /// A single Han character.
    pub const CHARACTER: f32 = 1.0;
    /// A word of a spaced script, by its stem.
    pub const STEM: f32 = 1.0;
    /// The same as written.
    pub const AS_WRITTEN: f32 = 0.2;
    /// All that was typed standing together.
    pub const TOGETHER: f32 = 0.3;
    /// The wording of another region (软体 for 软件).
    pub const VARIANT: f32 = 0.8;
    /// A part of a code.
    pub const CODE_PART: f32 = 0.2;
    /// A synonym of the operators.
    pub const SYNONYM: f32 = 0.9;
    /// A name and its number, typed as one word.
    pub const APART: f32 = 0.8;
    /// A word typed as it sounds.
    pub const PINYIN: f32 = 0.6;
}

/// A way in which a unit may stand in a text.
#[derive(Debug, Clone, PartialEq)]
pub enum Way {
    /// A term as it is written.
    Placed(String),
    /// A derived term.
    Loose(String),
    /// Placed terms at these distances from the first; `pairs` are loose terms that must be there too and are rarer.
    Phrase {
        /// Terms with their positions, the first at 0.
        terms: Vec<(u32, String)>,
        /// Loose terms that a text holding the phrase has as well.
        pairs: Vec<String>,
    },
    /// A tag that is just this.
    Tag(String),
    /// Syllables one after the other, in titles and tags.
    Sounds(Vec<String>),
    /// The initials of whole words, in titles and tags. Any word of letters may be such.
    Initials(String),
}

/// One thing to look for.
#[derive(Debug, Clone, PartialEq)]
pub struct Unit {
    /// Ways to meet it with what each counts. Never empty.
    pub ways: Vec<(f32, Way)>,
    /// What it counts beside others.
    pub weight: f32,
    /// Whether it is a word of a spaced script, whose rareness counts more and which saturates later.
    pub spaced: bool,
    /// The needs that it meets, a bit each.
    pub meets: u32,
    /// Whether its ways are different things, of which a title having several is worth no more than having one.
    pub either: bool,
}

/// All that is looked for.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Question {
    /// What scores and what is needed.
    pub units: Vec<Unit>,
    /// How many needs there are: the lowest bits.
    pub needs: usize,
    /// How many words only ask.
    pub asks: usize,
}

impl Unit {
    fn new(weight: f32, way: Way, meets: u32) -> Self {
        Self { ways: vec![(1.0, way)], weight, spaced: false, meets, either: false }
    }

    fn spaced(self) -> Self {
        Self { spaced: true, ..self }
    }
}

impl From<Way> for Unit {
    /// A unit of full weight that meets no need.
    fn from(way: Way) -> Self {
        Self::new(1.0, way, 0)
    }
}

/// What is known of a query while its pieces are read.
struct Reading<'a> {
    analysis: &'a Analysis,
    lexicon: &'a Lexicon,
    scan: &'a Scan<'a>,
    /// Han characters in all.
    han: usize,
    /// Whether something is said of what is looked for, beside words that only ask.
    telling: bool,
    question: Question,
    /// Which need the folded characters of the query belong to, for synonyms.
    needs: Vec<(Range<usize>, u32)>,
}

impl Analysis {
    /// What to look for when a reader types `text`.
    pub fn question(&self, text: &str, lexicon: &Lexicon) -> Question {
        let scan = Scan::new(text);
        let han =
            scan.pieces.iter().filter(|piece| piece.kind == PieceKind::Han).map(|p| p.chars.len()).sum();
        let mut reading = Reading {
            analysis: self,
            lexicon,
            scan: &scan,
            han,
            telling: false,
            question: Question::default(),
            needs: Vec::new(),
        };
        reading.telling = scan.pieces.iter().any(|piece| reading.tells(piece));
        reading.pieces();
        reading.synonyms();
        reading.spelled();
        reading.together();
        reading.question
    }

    /// `text` exactly as it stands, without stems and parts; `None` when it has no terms.
    pub fn phrase(&self, text: &str) -> Option<Way> {
        let scan = Scan::new(text);
        phrase_of(&scan, &scan.pieces)
    }

    /// `text` as a number with points, colons and the like (`2.1.0`), which may stand within a code (`v2.1.0`).
    pub fn number(&self, text: &str) -> Option<Way> {
        let scan = Scan::new(text);
        match scan.pieces.as_slice() {
            [Piece { kind: PieceKind::Word(atoms), .. }] if !text.chars().any(char::is_alphabetic) => {
                joined_code(&scan, scan.atoms_of(atoms)).map(Way::Loose)
            }
            _ => None,
        }
    }

    /// One of several things that may be there: what meets the need of a single word, or else the phrase.
    pub fn alternative(&self, text: &str, exact: bool, lexicon: &Lexicon) -> Vec<(f32, Way)> {
        if !exact {
            let question = self.question(text, lexicon);
            if question.needs == 1 {
                let met = question.units.into_iter().filter(|unit| unit.meets & 1 == 1);
                return met
                    .flat_map(|unit| {
                        let part = unit.weight.min(1.0);
                        unit.ways.into_iter().map(move |(weight, way)| (part * weight, way))
                    })
                    .collect();
            }
        }
        // A space between Han characters is one in the text, or none.
        let spaced = text.contains(char::is_whitespace) && text.contains(is_han);
        let together = if spaced { self.phrase(&text.split_whitespace().collect::<String>()) } else { None };
        let phrase = self.phrase(text).into_iter().chain(together);
        phrase.chain(self.number(text)).map(|way| (1.0, way)).collect()
    }

    /// A word or phrase in its simplest form: the dictionary's terms where it has them, the stem of a word.
    pub fn word_way(&self, text: &str) -> Option<Way> {
        let scan = Scan::new(text);
        if let [piece] = scan.pieces.as_slice() {
            match &piece.kind {
                PieceKind::Han
                    if piece.chars.len() > 2 && self.jieba.has_word(&scan.folded(piece.chars.clone())) =>
                {
                    return Some(Way::Loose(scan.folded(piece.chars.clone())));
                }
                PieceKind::Word(atoms) => {
                    if let [atom] = scan.atoms_of(atoms) {
                        return Some(Way::Loose(stem(&atom_text(&scan, atom))));
                    }
                }
                _ => {}
            }
        }
        phrase_of(&scan, &scan.pieces)
    }

    /// Words of a Han run that do not overlap; the operators' own words first.
    pub(super) fn han_words(&self, run: &str, lexicon: &Lexicon) -> Vec<(Range<usize>, String)> {
        let chars: Vec<char> = run.chars().collect();
        let mut words = Vec::new();
        let mut from = 0;
        let cut = |from: usize, to: usize, words: &mut Vec<(Range<usize>, String)>| {
            let part: String = chars.get(from..to).unwrap_or_default().iter().collect();
            for word in self.jieba.cut(&part, false) {
                words.push((from + word.start..from + word.end, word.word.to_owned()));
            }
        };
        let mut at = 0;
        while at < chars.len() {
            match lexicon.word_at(chars.get(at..).unwrap_or_default()) {
                0 => at += 1,
                length => {
                    cut(from, at, &mut words);
                    words.push((
                        at..at + length,
                        chars.get(at..at + length).unwrap_or_default().iter().collect(),
                    ));
                    at += length;
                    from = at;
                }
            }
        }
        cut(from, chars.len(), &mut words);
        words
    }
}

/// Pieces exactly as they stand, one after the other.
fn phrase_of(scan: &Scan<'_>, pieces: &[Piece]) -> Option<Way> {
    let mut terms: Vec<(u32, String)> = Vec::new();
    let mut pairs = Vec::new();
    for piece in pieces {
        match &piece.kind {
            PieceKind::Han => {
                let chars: Vec<char> = scan.folded(piece.chars.clone()).chars().collect();
                terms.extend((piece.position..).zip(chars.iter().map(char::to_string)));
                pairs.extend(chars.windows(2).map(|pair| pair.iter().collect::<String>()));
            }
            PieceKind::Letter | PieceKind::Emoji => terms.push((piece.position, whole(scan, piece).text)),
            PieceKind::Word(atoms) => {
                let numbered = (piece.position..).zip(scan.atoms_of(atoms));
                terms.extend(numbered.map(|(at, atom)| (at, atom_text(scan, atom))));
            }
        }
    }
    let first = terms.first()?.0;
    for (at, _) in &mut terms {
        *at -= first;
    }
    Some(match (terms.as_slice(), pairs.as_slice()) {
        ([(_, one)], _) => Way::Placed(one.clone()),
        ([_, _], [pair]) => Way::Loose(pair.clone()),
        _ => Way::Phrase { terms, pairs },
    })
}

/// A word and a number typed as one (`VS2015`), where they are written apart.
fn apart(scan: &Scan<'_>, atom: &Range<usize>) -> Option<Way> {
    let parts = parts_of(scan, atom);
    let number = |part: &Range<usize>| scan.folded(part.clone()).chars().all(char::is_numeric);
    let named = parts.len() == 2 && number(parts.last()?) && parts.first()?.len() > 1;
    let terms = (0..).zip(parts.iter().map(|part| scan.folded(part.clone())));
    named.then(|| Way::Phrase { terms: terms.collect(), pairs: Vec::new() })
}

impl Reading<'_> {
    fn need(&mut self, chars: Range<usize>) -> u32 {
        if self.question.needs == MAX_NEEDS {
            return 0;
        }
        let bit = 1 << self.question.needs;
        self.question.needs += 1;
        self.needs.push((chars, bit));
        bit
    }

    /// Whether a piece says more than how something is asked.
    fn tells(&self, piece: &Piece) -> bool {
        match &piece.kind {
            PieceKind::Han => {
                let words = self.analysis.han_words(&self.scan.folded(piece.chars.clone()), self.lexicon);
                let length = piece.chars.len();
                words.iter().any(|(within, word)| within.len() > 1 && !is_function(word))
                    || !unknown(&words).is_empty()
                    || length <= PHRASE_CHARS && words.iter().all(|(_, word)| !is_function(word))
            }
            PieceKind::Word(atoms) => match self.scan.atoms_of(atoms) {
                [atom] => !is_function(&atom_text(self.scan, atom)),
                _ => true,
            },
            PieceKind::Letter | PieceKind::Emoji => true,
        }
    }

    /// Adds a unit; the same one again only meets another need.
    fn push(&mut self, unit: Unit) {
        match self.question.units.iter_mut().find(|known| known.ways == unit.ways) {
            None => self.question.units.push(unit),
            Some(known) => {
                known.weight = known.weight.max(unit.weight);
                known.meets |= unit.meets;
            }
        }
    }

    fn pieces(&mut self) {
        let mut at = 0;
        while let Some(piece) = self.scan.pieces.get(at) {
            let mut end = at + 1;
            match &piece.kind {
                PieceKind::Han => self.han(piece),
                PieceKind::Word(atoms) => self.word(piece, self.scan.atoms_of(atoms)),
                PieceKind::Emoji => {
                    let meets = self.need(piece.chars.clone());
                    self.push(Unit::new(weights::WORD, Way::Placed(whole(self.scan, piece).text), meets));
                }
                PieceKind::Letter => {
                    let follows = |end: usize| {
                        let (last, next) = (self.scan.pieces.get(end - 1), self.scan.pieces.get(end));
                        last.zip(next).is_some_and(|(last, next)| {
                            next.kind == PieceKind::Letter && next.chars.start == last.chars.end
                        })
                    };
                    while follows(end) {
                        end += 1;
                    }
                    let run = self.scan.pieces.get(at..end).unwrap_or_default();
                    let to = run.last().map_or(piece.chars.end, |last| last.chars.end);
                    if let Some(way) = phrase_of(self.scan, run) {
                        let meets = self.need(piece.chars.start..to);
                        self.push(Unit::new(weights::WORD, way, meets));
                    }
                }
            }
            at = end;
        }
    }

    fn han(&mut self, piece: &Piece) {
        let run = self.scan.folded(piece.chars.clone());
        let chars: Vec<char> = run.chars().collect();
        let fade = (LONG_QUERY / self.han as f32).min(1.0);
        let words = self.analysis.han_words(&run, self.lexicon);
        let telling = self.telling;
        let only_asks = |word: &str| telling && is_function(word);
        // A short run stands as typed, unless a part of it only asks and another tells.
        let mixed = words.iter().any(|(_, word)| only_asks(word))
            && words.iter().any(|(within, word)| within.len() > 1 && !is_function(word));
        // A longer one too when the dictionary knows no word of it.
        let strange = !words.iter().any(|(within, _)| within.len() > 1);
        let stands = chars.len() <= PHRASE_CHARS && !mixed || strange;
        let whole = if stands { self.need(piece.chars.clone()) } else { 0 };
        // Where all known words only ask, it is about what is no word that is known: 蔚来怎么样.
        let named = !stands && words.iter().all(|(within, word)| within.len() == 1 || only_asks(word));
        for part in if named { unknown(&words) } else { Vec::new() } {
            let chars = piece.chars.start + part.start..piece.chars.start + part.end;
            let position = piece.position + part.start as u32;
            let part = Piece { kind: PieceKind::Han, chars: chars.clone(), position };
            if let Some(way) = phrase_of(self.scan, std::slice::from_ref(&part)) {
                let meets = self.need(chars);
                self.push(Unit::new(weights::RUN * fade, way, meets));
            }
        }
        if self.han <= NO_SINGLES {
            for ch in &chars {
                let meets = if chars.len() == 1 { whole } else { 0 };
                self.push(Unit::new(weights::CHARACTER * fade, Way::Placed(ch.to_string()), meets));
            }
        }
        let known = words.iter().any(|(within, _)| within.len() == chars.len());
        let mut pair_weights: Vec<(String, f32)> =
            chars.windows(2).map(|pair| (pair.iter().collect(), weights::PAIR)).collect();
        // Characters of words that only ask: a pair with one of them is no part of what is needed.
        let mut asking = vec![false; chars.len()];
        for (within, word) in words {
            let length = within.end - within.start;
            if length < 2 {
                continue;
            }
            let stands = piece.chars.start + within.start..piece.chars.start + within.end;
            let meets = if only_asks(&word) {
                self.question.asks += 1;
                asking.get_mut(within).into_iter().flatten().for_each(|asks| *asks = true);
                ASKS
            } else if whole == 0 {
                self.need(stands)
            } else if length == chars.len() {
                whole
            } else {
                PART
            };
            if length == 2 {
                let pair = pair_weights.iter_mut().find(|(pair, _)| *pair == word);
                if let Some((_, weight)) = pair {
                    *weight = weights::PAIR + weights::WORD * fade;
                }
                self.push(Unit::new(weights::PAIR + weights::WORD * fade, Way::Loose(word.clone()), meets));
            } else if let Some(way) = self.analysis.word_way(&word) {
                self.push(Unit::new(weights::WORD * fade, way, meets));
            }
            self.variants(&word, meets, fade);
        }
        for ((pair, weight), asks) in pair_weights.into_iter().zip(asking.windows(2)) {
            let meets = match () {
                () if chars.len() == 2 => whole,
                () if asks.contains(&true) => ASKS,
                () => PART,
            };
            self.push(Unit::new(weight, Way::Loose(pair), meets));
        }
        let met = self.question.units.iter().any(|unit| unit.meets & whole != 0);
        if whole != 0
            && !met
            && let Some(way) = phrase_of(self.scan, std::slice::from_ref(piece))
        {
            self.push(Unit::new(weights::RUN * fade, way, whole));
        }
        // What the dictionary here does not know may be a word across the strait: 部落格.
        if whole != 0 && chars.len() > 2 && !known {
            self.variants(&run, whole, fade);
        }
    }

    /// What the same thing is called where the other script is written.
    fn variants(&mut self, word: &str, meets: u32, fade: f32) {
        for variant in variants(word) {
            if let Some(way) = self.analysis.word_way(&variant) {
                self.push(Unit::new(weights::VARIANT * fade, way, meets));
            }
        }
    }

    fn word(&mut self, piece: &Piece, atoms: &[Range<usize>]) {
        let [atom] = atoms else {
            let meets = self.need(piece.chars.clone());
            return self.code(piece, atoms, meets);
        };
        let word = atom_text(self.scan, atom);
        let only_asks = self.telling && is_function(&word);
        self.question.asks += usize::from(only_asks);
        let meets = if only_asks { ASKS } else { self.need(piece.chars.clone()) };
        let stem = stem(&word);
        let mut unit = Unit::new(weights::STEM, Way::Loose(stem), meets).spaced();
        unit.ways.push((1.0, Way::Tag(word.clone())));
        let cuts = syllables(&word).into_iter().filter(|cut| cut.len() > 1 || word.len() > 3);
        let mut heard: Vec<Way> = cuts.map(Way::Sounds).collect();
        if heard.is_empty() && may_be_initials(&word) {
            heard.push(Way::Initials(word.clone()));
        }
        unit.ways.extend(heard.into_iter().map(|way| (weights::PINYIN, way)));
        unit.ways.extend(apart(self.scan, atom).map(|way| (weights::APART, way)));
        self.push(unit);
        self.push(Unit::new(weights::AS_WRITTEN, Way::Placed(word), 0).spaced());
    }

    fn code(&mut self, piece: &Piece, atoms: &[Range<usize>], meets: u32) {
        let mut ways = Vec::new();
        if let Some(code) = code(self.scan, piece) {
            ways.push((1.2, Way::Placed(code)));
        }
        if let Some(way) = phrase_of(self.scan, std::slice::from_ref(piece)) {
            ways.push((0.9, way));
        }
        let joined = joined_code(self.scan, atoms);
        let squeezed =
            squeezed(self.scan, atoms).map(|text| stem(&text)).filter(|text| joined.as_ref() != Some(text));
        ways.extend(joined.into_iter().chain(squeezed).map(|text| (0.8, Way::Loose(text))));
        ways.push((1.0, Way::Tag(self.scan.folded(piece.chars.clone()))));
        self.push(Unit { ways, weight: weights::STEM, spaced: true, meets, either: false });
        // Where nobody wrote it so, its parts are something: another number of the same series, a name without its path.
        for part in code_parts(self.scan, atoms) {
            self.push(Unit::new(weights::CODE_PART, Way::Loose(part), CODE).spaced());
        }
    }

    /// What the operators say means the same.
    fn synonyms(&mut self) {
        let folded: Vec<char> = self.scan.chars.iter().map(|c| c.ch).collect();
        for (stands, meanings) in self.lexicon.synonyms_in(&folded) {
            let covered =
                self.needs.iter().filter(|(chars, _)| chars.start < stands.end && stands.start < chars.end);
            let meets = covered.fold(0, |bits, (_, bit)| bits | bit);
            let ways: Vec<(f32, Way)> =
                meanings.iter().filter_map(|text| Some((1.0, self.analysis.word_way(text)?))).collect();
            // Another way to meet what was typed, as rare as both are together: a rare synonym is worth no more than
            // the word itself.
            let typed = self.question.units.iter_mut().filter(|unit| meets != 0 && unit.meets == meets);
            if let Some(typed) = typed.max_by(|one, other| one.weight.total_cmp(&other.weight)) {
                typed.ways.extend(ways.into_iter().map(|(_, way)| (weights::SYNONYM, way)));
            } else if !ways.is_empty() {
                let spaced = meanings.iter().all(|text| text.is_ascii());
                self.push(Unit { ways, weight: weights::SYNONYM, spaced, meets, either: false });
            }
        }
    }

    /// Syllables typed with spaces between (`chuan gan qi`) may be one Chinese word.
    fn spelled(&mut self) {
        let one = |piece: &Piece| match (&piece.kind, self.scan.folded(piece.chars.clone())) {
            (PieceKind::Word(_), word) => syllables(&word).into_iter().find(|cut| cut.len() == 1),
            _ => None,
        };
        let sounds: Option<Vec<Vec<String>>> = self.scan.pieces.iter().map(one).collect();
        let sounds: Vec<String> = sounds.into_iter().flatten().flatten().collect();
        if (2..=8).contains(&sounds.len()) {
            let meets = self.needs.iter().fold(0, |bits, (_, bit)| bits | bit);
            let weight = weights::PINYIN * sounds.len() as f32;
            self.push(Unit::new(weight, Way::Sounds(sounds), meets).spaced());
        }
    }

    /// A short query standing in a text as typed is worth more than its parts.
    fn together(&mut self) {
        let parts = self.scan.pieces.len();
        if (2..=6).contains(&parts)
            && self.han <= NO_SINGLES
            && let Some(way @ Way::Phrase { .. }) = phrase_of(self.scan, &self.scan.pieces)
        {
            self.push(Unit::new(weights::TOGETHER, way, 0));
        }
    }
}

/// Dictionaries of regional wording.
struct Wordings {
    traditional: Option<OpenCC>,
    mainland: Option<OpenCC>,
    taiwan: Option<OpenCC>,
}

static WORDINGS: LazyLock<Wordings> = LazyLock::new(|| Wordings {
    traditional: OpenCC::from_config(BuiltinConfig::S2t).ok(),
    mainland: OpenCC::from_config(BuiltinConfig::Tw2sp).ok(),
    taiwan: OpenCC::from_config(BuiltinConfig::S2twp).ok(),
});

/// A folded word in the script of `typed`: traditional when that is.
pub fn in_script_of(typed: &str, word: &str) -> String {
    match &WORDINGS.traditional {
        Some(traditional) if fold(typed) != typed => traditional.convert(word),
        _ => word.to_owned(),
    }
}

/// How else a folded word is called across the strait, folded: 软体 for 软件 and the other way about.
fn variants(word: &str) -> Vec<String> {
    let Wordings { traditional: Some(traditional), mainland: Some(mainland), taiwan: Some(taiwan) } =
        &*WORDINGS
    else {
        return Vec::new();
    };
    let there = fold(&taiwan.convert(word));
    let here = fold(&mainland.convert(&traditional.convert(word)));
    let mut variants = Vec::new();
    for variant in [there, here] {
        if variant != word && !variants.contains(&variant) {
            variants.push(variant);
        }
    }
    variants
}
