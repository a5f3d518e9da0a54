//! Cuts folded text into pieces with positions. Knows scripts and punctuation, no dictionary and no language.

use std::ops::Range;

use crate::base::fold::{FoldedChar, fold_chars, is_han};

/// More parts than this are an address or a path rather than a code; it is then found by its parts.
const MAX_ATOMS: usize = 8;

/// Text folded and cut.
pub(super) struct Scan<'t> {
    /// The original text.
    pub text: &'t str,
    /// Its folded characters, to which the pieces point.
    pub chars: Vec<FoldedChar>,
    /// What was found, in order.
    pub pieces: Vec<Piece>,
    /// Atoms of all words, in order.
    atoms: Vec<Range<usize>>,
}

/// One stretch of text that is analysed as a whole.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Piece {
    pub kind: PieceKind,
    /// Folded characters covered.
    pub chars: Range<usize>,
    /// Position of its first term.
    pub position: u32,
}

#[derive(Debug, PartialEq, Eq)]
pub(super) enum PieceKind {
    /// Han characters, a position each.
    Han,
    /// A character of a script without spaces (kana, Hangul, Thai).
    Letter,
    /// An emoji with everything that belongs to it.
    Emoji,
    /// A word, a number or a code: which of the [atoms](Scan::atoms_of) are its own, a position each.
    Word(Range<usize>),
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
    Han,
    Letter,
    Emoji,
    Word,
    Newline,
    Space,
    Other,
}

/// What stood between two pieces.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Break {
    None,
    Newline,
    Space,
    Punctuation,
    Paragraph,
}

impl<'t> Scan<'t> {
    pub fn new(text: &'t str) -> Self {
        let mut scan =
            Self { text, chars: unwrapped(fold_chars(text)), pieces: Vec::new(), atoms: Vec::new() };
        scan.run();
        scan
    }

    /// The folded characters in `range` as text.
    pub fn folded(&self, range: Range<usize>) -> String {
        self.chars.get(range).unwrap_or_default().iter().map(|c| c.ch).collect()
    }

    /// Original bytes behind the folded characters in `range`.
    pub fn bytes(&self, range: Range<usize>) -> Range<usize> {
        let chars = self.chars.get(range).unwrap_or_default();
        let from = chars.first().map_or(0, |c| c.from);
        from..chars.iter().map(|c| c.to).max().unwrap_or(from)
    }

    /// The atoms of a word, as folded characters.
    pub fn atoms_of(&self, word: &Range<usize>) -> &[Range<usize>] {
        self.atoms.get(word.clone()).unwrap_or_default()
    }

    fn run(&mut self) {
        let mut at = 0;
        let mut position = 0;
        let mut between = Break::None;
        let mut was_word = true;
        while let Some(class) = self.class(at) {
            let (kind, end, length) = match class {
                Class::Newline | Class::Space | Class::Other => {
                    between = widen(between, class);
                    at += 1;
                    continue;
                }
                Class::Han => {
                    let end = self.while_class(at, Class::Han);
                    (PieceKind::Han, end, end - at)
                }
                Class::Letter => (PieceKind::Letter, at + 1, 1),
                Class::Emoji => (PieceKind::Emoji, self.emoji_end(at), 1),
                Class::Word => {
                    let atoms = self.gather_atoms(at);
                    let end = self.atoms.last().map_or(at + 1, |atom| atom.end);
                    let length = atoms.len();
                    (PieceKind::Word(atoms), end, length)
                }
            };
            let is_word = class == Class::Word;
            if !self.pieces.is_empty() && is_gap(between, was_word, is_word) {
                position += 1;
            }
            self.pieces.push(Piece { kind, chars: at..end, position });
            position += length as u32;
            (at, between, was_word) = (end, Break::None, is_word);
        }
    }

    fn char(&self, at: usize) -> Option<char> {
        self.chars.get(at).map(|c| c.ch)
    }

    fn class(&self, at: usize) -> Option<Class> {
        self.char(at).map(class)
    }

    fn is_word(&self, at: usize) -> bool {
        self.class(at) == Some(Class::Word)
    }

    fn while_class(&self, from: usize, wanted: Class) -> usize {
        from + self.chars.iter().skip(from).take_while(|c| class(c.ch) == wanted).count()
    }

    /// An emoji ends before the next one, but two regional letters are one flag and a skin tone is no emoji.
    fn emoji_end(&self, at: usize) -> usize {
        let flag = |at| self.char(at).is_some_and(|ch| matches!(ch, '\u{1F1E6}'..='\u{1F1FF}'));
        let tone = |at| self.char(at).is_some_and(|ch| matches!(ch, '\u{1F3FB}'..='\u{1F3FF}'));
        if flag(at) && flag(at + 1) || tone(at + 1) { at + 2 } else { at + 1 }
    }

    /// Adds the atoms of the word or code that begins at `from`; which of all they are.
    fn gather_atoms(&mut self, from: usize) -> Range<usize> {
        let first = self.atoms.len();
        let mut at = from;
        loop {
            let end = self.atom_end(at);
            self.atoms.push(at..end);
            let next = if self.is_word(end) { end } else { end + self.joiner(end) };
            if next == end && !self.is_word(end) || self.atoms.len() - first == MAX_ATOMS {
                return first..self.atoms.len();
            }
            at = next;
        }
    }

    fn atom_end(&self, from: usize) -> usize {
        let mut end = self.while_class(from, Class::Word);
        while is_apostrophe(self.char(end)) && self.is_word(end + 1) {
            end = self.while_class(end + 1, Class::Word);
        }
        let letters =
            self.chars.get(from..end).unwrap_or_default().iter().all(|c| c.ch.is_ascii_alphabetic());
        if letters && self.char(end) == Some('+') && self.char(end + 1) == Some('+') {
            return end + 2;
        }
        let sharp = letters && end - from <= 3 && self.char(end) == Some('#') && !self.is_word(end + 1);
        if sharp { end + 1 } else { end }
    }

    /// Length of the punctuation at `at` that holds a code together, 0 when none does.
    fn joiner(&self, at: usize) -> usize {
        let length = match (self.char(at), self.char(at + 1), self.char(at + 2)) {
            (Some(':'), Some('/'), Some('/')) => 3,
            (Some(':'), Some(':'), _) => 2,
            (Some('.' | '-' | '_' | '/' | '\\' | ':' | '@' | '&' | '+'), _, _) => 1,
            _ => 0,
        };
        if self.is_word(at + length) { length } else { 0 }
    }
}

/// `chars` without the single line breaks between Han characters: they are where an editor wrapped, even within a
/// word.
fn unwrapped(chars: Vec<FoldedChar>) -> Vec<FoldedChar> {
    let han = |at: Option<usize>| at.and_then(|at| chars.get(at)).is_some_and(|c| is_han(c.ch));
    let kept = |at: usize, c: &FoldedChar| c.ch != '\n' || !han(at.checked_sub(1)) || !han(at.checked_add(1));
    if chars.iter().enumerate().all(|(at, c)| kept(at, c)) {
        return chars;
    }
    chars.iter().enumerate().filter(|(at, c)| kept(*at, c)).map(|(_, c)| *c).collect()
}

/// Whether `ch` is an apostrophe, straight or curly.
pub(super) fn is_apostrophe(ch: Option<char>) -> bool {
    matches!(ch, Some('\'' | '’'))
}

fn class(ch: char) -> Class {
    match ch {
        '\n' => Class::Newline,
        _ if ch.is_whitespace() => Class::Space,
        _ if is_han(ch) => Class::Han,
        '\u{3041}'..='\u{30FF}'
        | '\u{31F0}'..='\u{31FF}'
        | '\u{1100}'..='\u{11FF}'
        | '\u{AC00}'..='\u{D7FB}'
        | '\u{0E00}'..='\u{0EFF}'
        | '\u{1000}'..='\u{109F}'
        | '\u{1780}'..='\u{17FF}'
        | '\u{3100}'..='\u{312F}' => {
            if ch == '・' {
                Class::Other
            } else {
                Class::Letter
            }
        }
        '\u{2600}'..='\u{27BF}'
        | '\u{1F000}'..='\u{1FAFF}'
        | '\u{2B50}'
        | '\u{2B55}'
        | '\u{231A}'
        | '\u{231B}'
        | '\u{23E9}'..='\u{23FA}' => Class::Emoji,
        '\u{0900}'..='\u{0DFF}' => Class::Word,
        _ if ch.is_alphanumeric() => Class::Word,
        _ => Class::Other,
    }
}

fn widen(between: Break, class: Class) -> Break {
    match (between, class) {
        (Break::Newline, Class::Newline) => Break::Paragraph,
        (_, Class::Newline) => between.max(Break::Newline),
        (_, Class::Space) => between.max(Break::Space),
        _ => between.max(Break::Punctuation),
    }
}

/// Whether a phrase must not reach over what stood between two pieces. A line break alone is where the author's
/// editor wrapped; punctuation between two words of a spaced script is not part of what people quote.
fn is_gap(between: Break, was_word: bool, is_word: bool) -> bool {
    match between {
        Break::None | Break::Newline => false,
        Break::Space => !was_word && !is_word,
        Break::Punctuation => !was_word || !is_word,
        Break::Paragraph => true,
    }
}
