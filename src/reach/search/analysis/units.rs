//! The query side: what a reader typed, as units to look for.

use std::ops::Range;

use super::scan::{Piece, PieceKind, Scan};
use super::terms::{atom_text, code, loose, squeezed, stem, whole};
use super::{Analysis, LOOSE};

/// A run of Han characters up to this long must stand in a post as typed; of a longer one each word counts.
const PHRASE_CHARS: usize = 4;
/// What a single character counts beside the pairs it stands in.
const CHARACTER: f32 = 0.25;

/// How Han runs are taken apart.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Han {
    /// As typed when short, else into words.
    Words,
    /// Into overlapping pairs and single characters.
    Pairs,
}

/// One thing a post must contain: any of the alternatives.
#[derive(Debug, Clone, PartialEq)]
pub struct Unit {
    /// Ways to meet it, best first. Never empty.
    pub any: Vec<Alternative>,
}

/// Terms that must stand together.
#[derive(Debug, Clone, PartialEq)]
pub struct Alternative {
    /// How much a hit counts; 1 is a hit on what was typed.
    pub weight: f32,
    /// Terms with their positions, the first at 0. Never empty.
    pub terms: Vec<(u32, String)>,
}

impl Analysis {
    /// What must be met when a reader types `text`: short Han runs as they stand, longer ones word by word, codes
    /// whole or by their parts.
    pub fn units(&self, text: &str) -> Vec<Unit> {
        self.collect(text, Han::Words)
    }

    /// The same with every Han run in overlapping pairs and single characters, for when little contains all that was
    /// typed. Pairs find more and rank better than dictionary words here: they do not depend on where a word is cut.
    pub fn loose_units(&self, text: &str) -> Vec<Unit> {
        self.collect(text, Han::Pairs)
    }

    /// `text` exactly as it stands, without stems and parts; `None` when it has no terms.
    pub fn phrase(&self, text: &str) -> Option<Unit> {
        let scan = Scan::new(text);
        let mut terms = Vec::new();
        for piece in &scan.pieces {
            match &piece.kind {
                PieceKind::Han => terms.extend(self.han_words(&scan, piece)),
                PieceKind::Letter | PieceKind::Emoji => {
                    terms.push((piece.position, whole(&scan, piece).text));
                }
                PieceKind::Word(atoms) => terms.extend(word_atoms(&scan, piece, atoms)),
            }
        }
        (!terms.is_empty()).then(|| Unit { any: vec![Alternative { weight: 1.0, terms }] })
    }

    fn collect(&self, text: &str, han: Han) -> Vec<Unit> {
        let scan = Scan::new(text);
        let mut units: Vec<Unit> = Vec::new();
        let mut letters: Option<(usize, Alternative)> = None;
        for piece in &scan.pieces {
            if piece.kind == PieceKind::Letter {
                let term = whole(&scan, piece).text;
                match &mut letters {
                    Some((end, run)) if *end == piece.chars.start => {
                        run.terms.push((run.terms.len() as u32, term));
                        *end = piece.chars.end;
                    }
                    _ => {
                        units.extend(letters.take().map(|(_, run)| Unit { any: vec![run] }));
                        letters =
                            Some((piece.chars.end, Alternative { weight: 1.0, terms: vec![(0, term)] }));
                    }
                }
                continue;
            }
            units.extend(letters.take().map(|(_, run)| Unit { any: vec![run] }));
            match &piece.kind {
                PieceKind::Han if han == Han::Pairs && piece.chars.len() > 1 => {
                    units.extend(self.han_pairs(&scan, piece));
                }
                PieceKind::Han => units.extend(self.han_units(&scan, piece)),
                PieceKind::Word(atoms) => units.push(word_unit(&scan, piece, atoms)),
                PieceKind::Emoji | PieceKind::Letter => units.push(Unit::of(whole(&scan, piece).text)),
            }
        }
        units.extend(letters.map(|(_, run)| Unit { any: vec![run] }));
        let mut seen: Vec<Unit> = Vec::with_capacity(units.len());
        for unit in units {
            if !seen.contains(&unit) {
                seen.push(unit);
            }
        }
        seen
    }

    /// Words that do not overlap, with their positions in the text. Each is in the index: a dictionary word or a
    /// single character.
    fn han_words(&self, scan: &Scan<'_>, piece: &Piece) -> Vec<(u32, String)> {
        let run = scan.folded(piece.chars.clone());
        let words = self.jieba.cut(&run, false);
        words.into_iter().map(|word| (piece.position + word.start as u32, word.word.to_owned())).collect()
    }

    fn han_units(&self, scan: &Scan<'_>, piece: &Piece) -> Vec<Unit> {
        let words = self.han_words(scan, piece);
        if piece.chars.len() > PHRASE_CHARS {
            return words.into_iter().map(|(_, word)| Unit::of(word)).collect();
        }
        let terms = words.into_iter().map(|(position, word)| (position - piece.position, word)).collect();
        vec![Unit { any: vec![Alternative { weight: 1.0, terms }] }]
    }

    /// Every two neighbours, as the word they are or as a phrase of two, and every character at little weight.
    fn han_pairs(&self, scan: &Scan<'_>, piece: &Piece) -> Vec<Unit> {
        let chars: Vec<String> = scan.folded(piece.chars.clone()).chars().map(String::from).collect();
        let pairs = chars.iter().zip(chars.iter().skip(1)).map(|(one, other)| {
            let both = format!("{one}{other}");
            if self.jieba.has_word(&both) {
                Unit::of(both)
            } else {
                Unit {
                    any: vec![Alternative { weight: 1.0, terms: vec![(0, one.clone()), (1, other.clone())] }],
                }
            }
        });
        let single = chars
            .iter()
            .map(|ch| Unit { any: vec![Alternative { weight: CHARACTER, terms: vec![(0, ch.clone())] }] });
        pairs.chain(single).collect()
    }
}

impl Unit {
    fn of(term: String) -> Self {
        Self { any: vec![Alternative { weight: 1.0, terms: vec![(0, term)] }] }
    }

    fn or(mut self, weight: f32, terms: Vec<(u32, String)>) -> Self {
        if !self.any.iter().any(|known| known.terms == terms) {
            self.any.push(Alternative { weight, terms });
        }
        self
    }

    /// Whether the unit is a single Han character or letter, which says little where words are at hand.
    pub fn is_single_character(&self) -> bool {
        let mut terms = self.any.iter().flat_map(|alternative| &alternative.terms);
        self.any.len() == 1
            && terms.all(|(_, term)| term.chars().count() == 1)
            && self.any.iter().all(|alternative| alternative.terms.len() == 1)
    }
}

fn word_atoms(scan: &Scan<'_>, piece: &Piece, atoms: &[Range<usize>]) -> Vec<(u32, String)> {
    let numbered = atoms.iter().enumerate();
    numbered.map(|(nth, atom)| (piece.position + nth as u32, atom_text(scan, atom))).collect()
}

/// A word with its inflections, or a code with its spellings.
fn word_unit(scan: &Scan<'_>, piece: &Piece, atoms: &[Range<usize>]) -> Unit {
    let parts: Vec<(u32, String)> =
        atoms.iter().enumerate().map(|(nth, atom)| (nth as u32, atom_text(scan, atom))).collect();
    if let [(_, word)] = parts.as_slice() {
        let stem = stem(word);
        let loose = format!("{LOOSE}{stem}");
        let base = word.trim_end_matches(['+', '#']);
        let unit = Unit::of(word.clone()).or(0.7, vec![(0, stem)]);
        return if base == word { unit.or(0.6, vec![(0, loose)]) } else { unit };
    }
    let mut any = Vec::new();
    if let Some(code) = code(scan, piece) {
        any.push(Alternative { weight: 1.2, terms: vec![(0, code)] });
    }
    any.push(Alternative { weight: 0.9, terms: parts });
    let unit = Unit { any };
    match squeezed(scan, atoms) {
        Some(text) => unit.or(0.8, vec![(0, text.clone())]).or(0.8, vec![(0, loose(&text))]),
        None => unit,
    }
}
