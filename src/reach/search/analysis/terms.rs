//! The index side: every term under which a text may be asked for.

use std::ops::Range;

use frostem::{Algorithm, Stemmer};

use super::scan::{Piece, PieceKind, Scan, is_apostrophe};
use super::sought::{Everything, Sought, Wanted, may_give};
use super::{Analysis, Token};

/// Longest code indexed as a whole, in characters.
const MAX_WHOLE: usize = 48;
/// Longest atom; a longer one (a key, a hash, Base64) is indexed and asked for by its beginning.
const MAX_ATOM: usize = 64;
/// Atoms longer than this are not taken apart.
const MAX_SPLIT: usize = 32;
/// Parts of a code up to which its runs are indexed, and the longest run.
const MAX_PARTS: usize = 12;
const MAX_RUN: usize = 6;

impl Analysis {
    /// Every term of `text`, in order of position.
    pub fn tokens(&self, text: &str) -> Vec<Token> {
        let scan = Scan::new(text);
        let mut out = Vec::with_capacity(scan.chars.len());
        self.give(&scan, &Everything, &mut out);
        out
    }

    /// The terms of `text` that are `sought`, in order of position.
    pub fn tokens_of(&self, text: &str, sought: &Sought) -> Vec<Token> {
        let mut out = Vec::new();
        self.give(&Scan::new(text), sought, &mut out);
        out
    }

    fn give(&self, scan: &Scan<'_>, wanted: &impl Wanted, out: &mut Vec<Token>) {
        let mut take = |token: Token| {
            if wanted.has(&token.text, token.placed) {
                out.push(token);
            }
        };
        for piece in &scan.pieces {
            match &piece.kind {
                PieceKind::Han => self.han_tokens(scan, piece, wanted, &mut take),
                PieceKind::Letter | PieceKind::Emoji => take(whole(scan, piece)),
                PieceKind::Word(atoms) if may_give(wanted, scan, piece.chars.clone()) => {
                    word_tokens(scan, piece, scan.atoms_of(atoms), &mut take);
                }
                PieceKind::Word(_) => {}
            }
        }
    }

    /// Each character, with the pair and the longer dictionary words that begin with it.
    fn han_tokens(&self, scan: &Scan<'_>, piece: &Piece, wanted: &impl Wanted, take: &mut impl FnMut(Token)) {
        let run = scan.folded(piece.chars.clone());
        let length = piece.chars.len();
        let cut = length > 2 && wanted.has_words_of(&run);
        let words = if cut { self.jieba.cut_all(&run) } else { Vec::new() };
        let mut words = words.into_iter().filter(|word| word.end - word.start > 2).peekable();
        for (at, first) in run.chars().enumerate() {
            if wanted.begins(first) {
                take(han_token(scan, piece, at..at + 1, true));
                if at + 1 < length {
                    take(han_token(scan, piece, at..at + 2, false));
                }
            }
            while let Some(word) = words.next_if(|word| word.start <= at) {
                take(han_token(scan, piece, word.start..word.end, false));
            }
        }
    }
}

/// The term for a whole piece that has one position.
pub(super) fn whole(scan: &Scan<'_>, piece: &Piece) -> Token {
    let bytes = scan.bytes(piece.chars.clone());
    let text = match piece.kind {
        // A skin tone is left out; a flag needs both of its letters.
        PieceKind::Emoji => scan
            .folded(piece.chars.clone())
            .chars()
            .filter(|ch| !('\u{1F3FB}'..='\u{1F3FF}').contains(ch))
            .collect(),
        _ => scan.folded(piece.chars.clone()),
    };
    Token { text, placed: true, from: bytes.start, to: bytes.end, position: piece.position, length: 1 }
}

fn han_token(scan: &Scan<'_>, piece: &Piece, within: Range<usize>, placed: bool) -> Token {
    let chars = piece.chars.start + within.start..piece.chars.start + within.end;
    let bytes = scan.bytes(chars.clone());
    Token {
        text: scan.folded(chars),
        placed,
        from: bytes.start,
        to: bytes.end,
        position: piece.position + within.start as u32,
        length: within.len() as u32,
    }
}

fn word_tokens(scan: &Scan<'_>, piece: &Piece, atoms: &[Range<usize>], take: &mut impl FnMut(Token)) {
    if atoms.len() > 1 {
        let bytes = scan.bytes(piece.chars.clone());
        let length = atoms.len() as u32;
        let mut push = |text, placed| {
            take(Token { text, placed, from: bytes.start, to: bytes.end, position: piece.position, length });
        };
        if let Some(code) = code(scan, piece) {
            push(code, true);
        }
        if let Some(squeezed) = squeezed(scan, atoms) {
            push(stem(&squeezed), false);
        }
    }
    let mut runs = runs(scan, atoms).into_iter().peekable();
    for (nth, atom) in atoms.iter().enumerate() {
        let position = piece.position + nth as u32;
        while let Some(run) = runs.next_if(|run| run.atoms.start <= nth) {
            let bytes = scan.bytes(run.chars);
            let length = run.atoms.len() as u32;
            take(Token { text: run.text, placed: false, from: bytes.start, to: bytes.end, position, length });
        }
        let bytes = scan.bytes(atom.clone());
        let text = atom_text(scan, atom);
        let loose = loose_terms(scan, atom, &text);
        let mut push = |text, placed| {
            take(Token { text, placed, from: bytes.start, to: bytes.end, position, length: 1 });
        };
        push(text, true);
        for text in loose {
            push(text, false);
        }
    }
}

/// A code of several atoms as it is written, unless it is too long to be asked for.
pub(super) fn code(scan: &Scan<'_>, piece: &Piece) -> Option<String> {
    (piece.chars.len() <= MAX_WHOLE).then(|| scan.folded(piece.chars.clone()))
}

/// A code without the punctuation that people forget or change: `AB-1200` is also `AB1200`, `e-mail` is `email`. A
/// number without its points is another number.
pub(super) fn squeezed(scan: &Scan<'_>, atoms: &[Range<usize>]) -> Option<String> {
    let text: String = atoms.iter().map(|atom| scan.folded(atom.clone())).collect();
    let fits = atoms.len() <= 4 && text.chars().count() <= MAX_SPLIT;
    (fits && text.chars().any(char::is_alphabetic)).then_some(text)
}

/// Parts of a code that stand together.
struct Run {
    text: String,
    /// Folded characters covered.
    chars: Range<usize>,
    /// Atoms touched.
    atoms: Range<usize>,
}

/// Every run of two or more parts of a code in which there is a number: `AB-1200/3` may be asked for as `ab1200` or
/// `1200/3`, `v2.1.0` as `2.1.0`, `iPhone15Pro` as `iphone15`, and the words between numbers (`iphone`). Whole atoms
/// are terms already.
fn runs(scan: &Scan<'_>, atoms: &[Range<usize>]) -> Vec<Run> {
    let mut parts: Vec<(usize, Range<usize>)> = Vec::new();
    for (nth, atom) in atoms.iter().enumerate() {
        let cut = parts_of(scan, atom);
        if cut.is_empty() {
            parts.push((nth, atom.clone()));
        } else {
            parts.extend(cut.into_iter().map(|part| (nth, part)));
        }
    }
    let mut runs = Vec::new();
    if parts.len() > MAX_PARTS {
        return runs;
    }
    for from in 0..parts.len() {
        for to in from + 2..=parts.len().min(from + MAX_RUN) {
            let run = parts.get(from..to).unwrap_or_default();
            let (Some((first, start)), Some((last, end))) = (run.first(), run.last()) else { continue };
            let chars = start.start..end.end;
            let numbered = run.iter().any(|(_, part)| is_number(scan, part));
            // All the letters between two numbers, or between a number and the edge of the atom: a word of two humps.
            let edge = |at: Option<usize>| {
                at.and_then(|at| parts.get(at))
                    .is_none_or(|(atom, part)| atom != first || is_number(scan, part))
            };
            let name = first == last && edge(from.checked_sub(1)) && edge(Some(to));
            if (numbered || name) && chars.len() <= MAX_SPLIT && !atoms.contains(&chars) {
                let text = stem(&joined(scan, run.iter().map(|(_, part)| part)));
                runs.push(Run { text, chars, atoms: *first..last + 1 });
            }
        }
    }
    runs
}

/// Parts of a code as one term: punctuation stays between two numbers and goes elsewhere.
fn joined<'r>(scan: &Scan<'_>, parts: impl Iterator<Item = &'r Range<usize>>) -> String {
    let mut text = String::new();
    let mut before: Option<Range<usize>> = None;
    for part in parts {
        if let Some(before) = before.filter(|before| is_number(scan, before) && is_number(scan, part)) {
            text += &scan.folded(before.end..part.start);
        }
        text.extend(scan.folded(part.clone()).chars().filter(|ch| ch.is_alphanumeric()));
        before = Some(part.clone());
    }
    text
}

/// What a code is found by where it does not stand whole: its parts, and runs of them with a number.
pub(super) fn code_parts(scan: &Scan<'_>, atoms: &[Range<usize>]) -> Vec<String> {
    let runs = runs(scan, atoms).into_iter().filter(|run| run.atoms.len() < atoms.len() || atoms.len() == 1);
    let words = atoms.iter().map(|atom| stem(&atom_text(scan, atom))).filter(|text| text.chars().count() > 1);
    let mut parts: Vec<String> = Vec::new();
    for part in runs.map(|run| run.text).chain(words) {
        if !parts.contains(&part) {
            parts.push(part);
        }
    }
    parts
}

/// A code as [`runs`] writes it; `None` when it holds no number or is too long.
pub(super) fn joined_code(scan: &Scan<'_>, atoms: &[Range<usize>]) -> Option<String> {
    let mut parts: Vec<Range<usize>> = Vec::new();
    for atom in atoms {
        let cut = parts_of(scan, atom);
        if cut.is_empty() { parts.push(atom.clone()) } else { parts.extend(cut) }
    }
    let numbered = parts.iter().any(|part| is_number(scan, part));
    (numbered && (2..=MAX_RUN).contains(&parts.len())).then(|| joined(scan, parts.iter()))
}

fn is_number(scan: &Scan<'_>, part: &Range<usize>) -> bool {
    scan.chars.get(part.start).is_some_and(|c| c.ch.is_numeric())
}

/// An atom as a term: possession and apostrophes dropped, cut at the longest length indexed.
pub(super) fn atom_text(scan: &Scan<'_>, atom: &Range<usize>) -> String {
    let text = scan.folded(atom.clone());
    if text.chars().count() <= MAX_ATOM && !text.chars().any(|ch| is_apostrophe(Some(ch))) {
        return text;
    }
    let owner = ["'s", "’s"].iter().find_map(|end| text.strip_suffix(end)).unwrap_or(&text);
    owner.chars().filter(|&ch| !is_apostrophe(Some(ch))).take(MAX_ATOM).collect()
}

/// The English stem of a word, the word itself when it has none or is no English word.
pub fn stem(word: &str) -> String {
    if word.len() > 3 && word.bytes().all(|byte| byte.is_ascii_lowercase()) {
        Stemmer::new(Algorithm::English).stem(word).into_owned()
    } else {
        word.to_owned()
    }
}

/// What else an atom may be asked for, each once: its stem, its parts.
fn loose_terms(scan: &Scan<'_>, atom: &Range<usize>, text: &str) -> Vec<String> {
    let mut terms = vec![stem(text)];
    let mut push = |term: String| {
        if !terms.contains(&term) {
            terms.push(term);
        }
    };
    let base = text.trim_end_matches(['+', '#']);
    if base.len() >= 3 && base.len() < text.len() {
        push(stem(base));
    }
    let parts = parts_of(scan, atom);
    if parts.len() > 1 {
        for part in parts {
            let text: String = scan.folded(part).chars().filter(|ch| ch.is_alphanumeric()).collect();
            if text.chars().count() > 1 {
                push(stem(&text));
            }
        }
    }
    terms
}

/// An atom cut where its case or its kind of character changes: `StaticModel2` is `static`, `model`, `2`. A hash
/// changes kind all the time and is not cut, nor is what is too long.
pub(super) fn parts_of(scan: &Scan<'_>, atom: &Range<usize>) -> Vec<Range<usize>> {
    if atom.len() > MAX_SPLIT {
        return Vec::new();
    }
    let chars = scan.chars.get(atom.clone()).unwrap_or_default();
    let original =
        |at: usize| chars.get(at).and_then(|c| scan.text.get(c.from..)).and_then(|t| t.chars().next());
    let upper = |at: usize| original(at).is_some_and(char::is_uppercase);
    let digit = |at: usize| chars.get(at).is_some_and(|c| c.ch.is_numeric());
    let mut parts = Vec::new();
    let (mut from, mut switches) = (0, 0);
    for at in 1..chars.len() {
        let switch = digit(at) != digit(at - 1);
        let hump = upper(at) && (!upper(at - 1) || at + 1 < chars.len() && !upper(at + 1) && !digit(at + 1));
        switches += usize::from(switch);
        if switch || hump {
            parts.push(atom.start + from..atom.start + at);
            from = at;
        }
    }
    parts.push(atom.start + from..atom.end);
    if switches > 3 { Vec::new() } else { parts }
}
