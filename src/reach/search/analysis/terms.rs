//! The index side: every term under which a text may be asked for.

use std::ops::Range;

use frostem::{Algorithm, Stemmer};

use super::scan::{Piece, PieceKind, Scan, is_apostrophe};
use super::{Analysis, Token};

/// Longest code indexed as a whole, in characters.
const MAX_WHOLE: usize = 48;
/// Longest atom; a longer one (a key, a hash, Base64) is indexed and asked for by its beginning.
const MAX_ATOM: usize = 64;
/// Atoms longer than this are not taken apart.
const MAX_SPLIT: usize = 32;

impl Analysis {
    /// Every term of `text`, in order of position.
    pub fn tokens(&self, text: &str) -> Vec<Token> {
        let scan = Scan::new(text);
        let mut out = Vec::with_capacity(scan.chars.len());
        for piece in &scan.pieces {
            match &piece.kind {
                PieceKind::Han => self.han_tokens(&scan, piece, &mut out),
                PieceKind::Letter | PieceKind::Emoji => out.push(whole(&scan, piece)),
                PieceKind::Word(atoms) => word_tokens(&scan, piece, atoms, &mut out),
            }
        }
        out
    }

    /// Each character, with the pair and the longer dictionary words that begin with it.
    fn han_tokens(&self, scan: &Scan<'_>, piece: &Piece, out: &mut Vec<Token>) {
        let run = scan.folded(piece.chars.clone());
        let length = piece.chars.len();
        let words = if length > 2 { self.jieba.cut_all(&run) } else { Vec::new() };
        let mut words = words.into_iter().filter(|word| word.end - word.start > 2).peekable();
        for at in 0..length {
            out.push(han_token(scan, piece, at..at + 1, true));
            if at + 1 < length {
                out.push(han_token(scan, piece, at..at + 2, false));
            }
            while let Some(word) = words.next_if(|word| word.start <= at) {
                out.push(han_token(scan, piece, word.start..word.end, false));
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

fn word_tokens(scan: &Scan<'_>, piece: &Piece, atoms: &[Range<usize>], out: &mut Vec<Token>) {
    if atoms.len() > 1 {
        let bytes = scan.bytes(piece.chars.clone());
        let length = atoms.len() as u32;
        let mut push = |text, placed| {
            out.push(Token {
                text,
                placed,
                from: bytes.start,
                to: bytes.end,
                position: piece.position,
                length,
            });
        };
        if let Some(code) = code(scan, piece) {
            push(code, true);
        }
        if let Some(squeezed) = squeezed(scan, atoms) {
            push(stem(&squeezed), false);
        }
    }
    for (nth, atom) in atoms.iter().enumerate() {
        let position = piece.position + nth as u32;
        let bytes = scan.bytes(atom.clone());
        let text = atom_text(scan, atom);
        let loose = loose_terms(scan, atom, &text);
        let mut push = |text, placed| {
            out.push(Token { text, placed, from: bytes.start, to: bytes.end, position, length: 1 });
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

/// A code without the punctuation that people forget or change: `AB-1200` is also `AB1200`, `e-mail` is `email`.
pub(super) fn squeezed(scan: &Scan<'_>, atoms: &[Range<usize>]) -> Option<String> {
    let text: String = atoms.iter().map(|atom| scan.folded(atom.clone())).collect();
    (atoms.len() <= 4 && text.chars().count() <= MAX_SPLIT).then_some(text)
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
pub(super) fn stem(word: &str) -> String {
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
    if atom.len() <= MAX_SPLIT {
        let parts = parts(scan, atom);
        if parts.len() > 1 {
            parts.iter().filter(|part| part.chars().count() > 1).for_each(|part| push(stem(part)));
        }
    }
    terms
}

/// An atom cut where its case or its kind of character changes: `StaticModel2` is `static`, `model`, `2`. A hash
/// changes kind all the time and is not cut.
fn parts(scan: &Scan<'_>, atom: &Range<usize>) -> Vec<String> {
    let chars = scan.chars.get(atom.clone()).unwrap_or_default();
    let original =
        |at: usize| chars.get(at).and_then(|c| scan.text.get(c.from..)).and_then(|t| t.chars().next());
    let upper = |at: usize| original(at).is_some_and(char::is_uppercase);
    let digit = |at: usize| chars.get(at).is_some_and(|c| c.ch.is_numeric());
    let mut parts = vec![String::new()];
    let mut switches = 0;
    for (at, c) in chars.iter().enumerate() {
        let switch = at > 0 && digit(at) != digit(at - 1);
        let hump = at > 0
            && upper(at)
            && (!upper(at - 1) || at + 1 < chars.len() && !upper(at + 1) && !digit(at + 1));
        switches += usize::from(switch);
        if switch || hump {
            parts.push(String::new());
        }
        if let Some(part) = parts.last_mut() {
            part.extend(c.ch.is_alphanumeric().then_some(c.ch));
        }
    }
    if switches > 3 { Vec::new() } else { parts }
}
