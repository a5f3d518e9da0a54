//! The passage of a post that shows why it was found, with the words marked.
//!
//! The marks lie on the original characters, whatever script the reader typed. The result is plain text in segments,
//! never HTML: whoever prints it escapes it as any other text.

use std::collections::{BTreeSet, HashMap};
use std::ops::Range;

use unicode_segmentation::UnicodeSegmentation;

use super::analysis::{ASKS, Analysis, CODE, Lexicon, Question, Sought, Token, Unit, Way};
use super::query::ParsedQuery;
use crate::base::fold::is_han;
use crate::base::pinyin::usual_readings;

/// A good length for a result list, in columns; a Han character takes two.
pub const COLUMNS: usize = 200;
/// How much of a post is looked at, in bytes.
const MAX_TEXT: usize = 64 * 1024;
/// Spans beyond these choose no passage any more.
const MAX_SPANS: usize = 400;
/// A word longer than this may be cut in two, in bytes.
const LONG_WORD: usize = 24;
const ELLIPSIS: &str = "…";

/// A stretch of an excerpt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Segment {
    /// Its text, white space collapsed.
    pub text: String,
    /// Whether it is what was looked for.
    pub marked: bool,
}

/// Marks what a query looks for in texts.
pub struct Marker {
    analysis: Analysis,
    /// What was typed.
    sought: Vec<Unit>,
    /// Parts of it, marked where something typed is missing.
    parts: Vec<Unit>,
    /// The terms of both.
    terms: Sought,
}

impl Marker {
    /// For what `query` asks.
    pub fn new(analysis: &Analysis, lexicon: &Lexicon, query: &ParsedQuery) -> Self {
        let mut units = Vec::new();
        let mut of = |question: Question| units.extend(question.units);
        of(analysis.question(&query.words(), lexicon));
        for clause in query.groups().into_iter().filter(|group| group.len() > 1).flatten() {
            of(analysis.question(&clause.text, lexicon));
        }
        let (mut sought, parts): (Vec<Unit>, Vec<Unit>) =
            units.into_iter().partition(|unit| unit.meets & !(ASKS | CODE) != 0);
        let phrases = query.clauses.iter().filter(|clause| clause.exact && !clause.negated);
        sought.extend(phrases.filter_map(|clause| analysis.phrase(&clause.text)).map(Unit::from));
        let parts: Vec<Unit> =
            parts.into_iter().filter(|unit| !is_single_character(unit) && unit.meets & ASKS == 0).collect();
        let terms = Sought::new(sought.iter().chain(&parts));
        Self { analysis: analysis.clone(), sought, parts, terms }
    }

    /// The passage of `text`, at most `columns` wide, that holds most of what is looked for; the beginning when it
    /// holds nothing of it.
    pub fn excerpt(&self, text: &str, columns: usize) -> Vec<Segment> {
        let text = head(text);
        let spans = self.spans(text);
        let ruler = Ruler::new(text);
        let window = ruler.window(&spans, columns);
        let mut segments = Vec::new();
        if window.start > 0 {
            push(&mut segments, ELLIPSIS, false);
        }
        let mut at = window.start;
        for mark in marks(&ruler, &spans) {
            let (from, to) = (mark.start.max(at), mark.end.min(window.end));
            if from < to {
                push(&mut segments, text.get(at..from).unwrap_or_default(), false);
                push(&mut segments, text.get(from..to).unwrap_or_default(), true);
                at = to;
            }
        }
        push(&mut segments, text.get(at..window.end).unwrap_or_default(), false);
        if window.end < text.trim_end().len() {
            push(&mut segments, ELLIPSIS, false);
        }
        segments
    }

    /// All of `text` with the words marked, for titles.
    pub fn whole(&self, text: &str) -> Vec<Segment> {
        self.excerpt(text, usize::MAX)
    }

    /// Everything looked for in `text`, in order. Parts of it are looked for only where something typed is missing.
    fn spans(&self, text: &str) -> Vec<Span> {
        let tokens = self.analysis.tokens_of(text, &self.terms);
        let places = Places::new(&tokens);
        let mut spans = Vec::new();
        let (mut needs, mut met) = (0, 0);
        for (nth, unit) in self.sought.iter().enumerate() {
            let before = spans.len();
            places.find(unit, nth, &mut spans);
            needs |= unit.meets;
            met |= if spans.len() > before { unit.meets } else { 0 };
        }
        if needs != met {
            for (nth, unit) in self.parts.iter().enumerate() {
                places.find(unit, self.sought.len() + nth, &mut spans);
            }
        }
        self.abbreviated(text, &mut spans);
        spans.sort_by_key(|span| (span.bytes.start, span.bytes.end));
        spans
    }

    /// Words for which only their initials were typed.
    fn abbreviated(&self, text: &str, spans: &mut Vec<Span>) {
        let typed: Vec<(usize, &str)> = self
            .sought
            .iter()
            .enumerate()
            .flat_map(|(nth, unit)| unit.ways.iter().map(move |(_, way)| (nth, way)))
            .filter_map(|(nth, way)| match way {
                Way::Initials(letters) => Some((nth, letters.as_str())),
                _ => None,
            })
            .filter(|(nth, _)| spans.iter().all(|span| span.unit != *nth))
            .collect();
        if typed.is_empty() || !text.contains(is_han) {
            return;
        }
        for word in self.analysis.abbreviations(text) {
            let meant = typed.iter().filter(|(_, letters)| *letters == word.letters);
            spans.extend(meant.map(|(nth, _)| Span { bytes: word.bytes.clone(), unit: *nth }));
        }
    }
}

/// A single Han character or letter says little where words are at hand.
fn is_single_character(unit: &Unit) -> bool {
    matches!(unit.ways.as_slice(), [(_, Way::Placed(text))] if text.chars().count() == 1)
}

/// Where something looked for stands.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Span {
    bytes: Range<usize>,
    /// Which of the things looked for.
    unit: usize,
}

fn head(text: &str) -> &str {
    let end = (0..=MAX_TEXT.min(text.len())).rev().find(|&end| text.is_char_boundary(end)).unwrap_or(0);
    text.get(..end).unwrap_or_default()
}

/// The terms of a text by name and by place.
struct Places<'t> {
    placed: HashMap<&'t str, Vec<&'t Token>>,
    loose: HashMap<&'t str, Vec<&'t Token>>,
    by_place: HashMap<(u32, &'t str), &'t Token>,
    /// Single Han characters, in order.
    han: Vec<&'t Token>,
}

impl<'t> Places<'t> {
    fn new(tokens: &'t [Token]) -> Self {
        let mut places =
            Self { placed: HashMap::new(), loose: HashMap::new(), by_place: HashMap::new(), han: Vec::new() };
        for token in tokens {
            let by_term = if token.placed { &mut places.placed } else { &mut places.loose };
            by_term.entry(token.text.as_str()).or_default().push(token);
            if token.placed {
                places.by_place.insert((token.position, token.text.as_str()), token);
                if token.text.chars().all(is_han) {
                    places.han.push(token);
                }
            }
        }
        places
    }

    fn find(&self, unit: &Unit, nth: usize, spans: &mut Vec<Span>) {
        for (_, way) in &unit.ways {
            match way {
                Way::Placed(text) => Self::terms(&self.placed, text, nth, spans),
                Way::Loose(text) => Self::terms(&self.loose, text, nth, spans),
                Way::Phrase { terms, .. } => {
                    let Some((_, first)) = terms.first() else { continue };
                    for start in self.placed.get(first.as_str()).into_iter().flatten() {
                        let bytes = self.stretch(terms, start.position);
                        spans.extend(bytes.map(|bytes| Span { bytes, unit: nth }));
                    }
                }
                Way::Tag(_) | Way::Initials(_) => {}
                Way::Sounds(sounds) => self.sounds(sounds, nth, spans),
            }
        }
    }

    fn terms(of: &HashMap<&str, Vec<&Token>>, text: &str, nth: usize, spans: &mut Vec<Span>) {
        let tokens = of.get(text).into_iter().flatten();
        spans.extend(tokens.map(|token| Span { bytes: token.from..token.to, unit: nth }));
    }

    /// The bytes of a phrase beginning at `position`, when all of it stands there.
    fn stretch(&self, terms: &[(u32, String)], position: u32) -> Option<Range<usize>> {
        let mut stretch: Option<Range<usize>> = None;
        for (at, term) in terms {
            let token = self.by_place.get(&(position + at, term.as_str()))?;
            let known = stretch.unwrap_or(token.from..token.to);
            stretch = Some(known.start.min(token.from)..known.end.max(token.to));
        }
        stretch
    }

    /// Characters that sound as typed, one after the other.
    fn sounds(&self, sounds: &[String], nth: usize, spans: &mut Vec<Span>) {
        let heard = |token: &Token, sound: &str| {
            let readings = token.text.chars().next().map(usual_readings).unwrap_or_default();
            readings.iter().any(|reading| *reading == sound)
        };
        for run in self.han.windows(sounds.len().max(1)) {
            let adjacent =
                run.iter().zip(run.iter().skip(1)).all(|(one, next)| next.position == one.position + 1);
            if let (true, [first, ..], Some(last)) = (adjacent, run, run.last())
                && run.iter().zip(sounds).all(|(token, sound)| heard(token, sound))
            {
                spans.push(Span { bytes: first.from..last.to, unit: nth });
            }
        }
    }
}

/// The spans as ranges that do not touch, widened to whole characters as a reader sees them.
fn marks(ruler: &Ruler<'_>, spans: &[Span]) -> Vec<Range<usize>> {
    let mut marks: Vec<Range<usize>> = Vec::new();
    for span in spans {
        let bytes = ruler.floor(span.bytes.start)..ruler.ceil(span.bytes.end);
        match marks.last_mut() {
            Some(last) if bytes.start <= last.end => last.end = last.end.max(bytes.end),
            _ => marks.push(bytes),
        }
    }
    marks
}

/// Where the characters of a text begin and at which column.
struct Ruler<'t> {
    text: &'t str,
    /// Byte and column of each character as a reader sees it, and of the end.
    stops: Vec<(usize, usize)>,
}

impl<'t> Ruler<'t> {
    fn new(text: &'t str) -> Self {
        let mut column = 0;
        let mut stops = Vec::with_capacity(text.len() + 1);
        // Where no character joins another, each stands for itself, which is much faster to see.
        if text.chars().all(stands_alone) {
            for (byte, ch) in text.char_indices() {
                stops.push((byte, column));
                column += columns_of(ch);
            }
        } else {
            for (byte, cluster) in text.grapheme_indices(true) {
                stops.push((byte, column));
                column += width(cluster);
            }
        }
        stops.push((text.len(), column));
        Self { text, stops }
    }

    /// The column at or before `byte`.
    fn column(&self, byte: usize) -> usize {
        let after = self.stops.partition_point(|stop| stop.0 <= byte);
        after.checked_sub(1).and_then(|at| self.stops.get(at)).map_or(0, |stop| stop.1)
    }

    /// The last character that begins at or before `column`.
    fn byte(&self, column: usize) -> usize {
        let after = self.stops.partition_point(|stop| stop.1 <= column);
        after.checked_sub(1).and_then(|at| self.stops.get(at)).map_or(0, |stop| stop.0)
    }

    fn floor(&self, byte: usize) -> usize {
        let after = self.stops.partition_point(|stop| stop.0 <= byte);
        after.checked_sub(1).and_then(|at| self.stops.get(at)).map_or(0, |stop| stop.0)
    }

    fn ceil(&self, byte: usize) -> usize {
        let at = self.stops.partition_point(|stop| stop.0 < byte);
        self.stops.get(at).map_or(self.text.len(), |stop| stop.0)
    }

    /// The passage to show: around the spans that bring most different words together.
    fn window(&self, spans: &[Span], columns: usize) -> Range<usize> {
        let width = self.column(self.text.len());
        if width <= columns {
            return 0..self.text.len();
        }
        let lead = columns / 4;
        let spans = spans.get(..MAX_SPANS).unwrap_or(spans);
        let best = (0..spans.len()).max_by_key(|&at| {
            let rest = spans.get(at..).unwrap_or_default();
            let limit = rest.first().map_or(0, |span| self.column(span.bytes.start)) + columns - lead;
            let near: Vec<&Span> =
                rest.iter().take_while(|span| self.column(span.bytes.end) <= limit).collect();
            let words: BTreeSet<usize> = near.iter().map(|span| span.unit).collect();
            (words.len(), near.len(), std::cmp::Reverse(at))
        });
        let first = best.and_then(|at| spans.get(at)).map_or(0, |span| self.column(span.bytes.start));
        let start = first.saturating_sub(lead).min(width - columns);
        let from = self.sentence_start(self.byte(start), self.byte(first));
        from..self.word_end(from, self.byte(self.column(from) + columns))
    }

    /// The end at or before `to` that cuts no word of a spaced script in two; `to` when that word is long.
    fn word_end(&self, from: usize, to: usize) -> usize {
        let spaced = |ch: char| ch.is_alphanumeric() && !is_han(ch);
        let before = self.text.get(from..to).unwrap_or_default();
        let goes_on = self.text.get(to..).is_some_and(|after| after.starts_with(spaced));
        if !goes_on || !before.ends_with(spaced) {
            return to;
        }
        let part = before.chars().rev().take_while(|ch| spaced(*ch)).map(char::len_utf8).sum::<usize>();
        if part > LONG_WORD || part == before.len() { to } else { to - part }
    }

    /// The first good place to begin reading between `from` and `before`; `from` when there is none.
    fn sentence_start(&self, from: usize, before: usize) -> usize {
        if from == 0 {
            return 0;
        }
        let lead = self.text.get(from..before).unwrap_or_default();
        let cut = |is_break: fn(char) -> bool| {
            let (at, ch) = lead.char_indices().find(|(_, ch)| is_break(*ch))?;
            Some(self.ceil(from + at + ch.len_utf8()))
        };
        cut(|ch| matches!(ch, '\n' | '。' | '！' | '？' | '；'))
            .or_else(|| cut(char::is_whitespace))
            .unwrap_or(from)
    }
}

/// Whether a character never joins another of this kind: a carriage return joins a line feed, marks join anything.
fn stands_alone(ch: char) -> bool {
    matches!(ch, '\n' | ' '..='~' | '\u{2018}'..='\u{201D}' | '…' | '\u{3000}'..='\u{3029}' | '\u{FF01}'..='\u{FF5E}')
        || is_han(ch)
}

/// Columns that a character as a reader sees it takes on the page.
fn width(cluster: &str) -> usize {
    cluster.chars().map(columns_of).max().unwrap_or(0)
}

fn columns_of(ch: char) -> usize {
    match ch {
        '\u{0300}'..='\u{036F}' | '\u{200B}'..='\u{200F}' | '\u{FE00}'..='\u{FE0F}' => 0,
        '\u{1100}'..='\u{115F}'
        | '\u{2E80}'..='\u{A4CF}'
        | '\u{AC00}'..='\u{D7A3}'
        | '\u{F900}'..='\u{FAFF}'
        | '\u{FE30}'..='\u{FE6F}'
        | '\u{FF01}'..='\u{FF60}'
        | '\u{FFE0}'..='\u{FFE6}'
        | '\u{1F300}'..='\u{1FAFF}'
        | '\u{20000}'..='\u{3FFFD}' => 2,
        _ => 1,
    }
}

/// Adds `text` with its white space collapsed, joining it to a segment of the same kind.
fn push(segments: &mut Vec<Segment>, text: &str, marked: bool) {
    let mut spaced = segments.last().is_none_or(|last| last.text.ends_with(' '));
    let mut collapsed = String::with_capacity(text.len());
    for ch in text.chars() {
        if !ch.is_whitespace() {
            collapsed.push(ch);
        } else if !spaced {
            collapsed.push(' ');
        }
        spaced = ch.is_whitespace();
    }
    if collapsed.is_empty() {
        return;
    }
    match segments.last_mut() {
        Some(last) if last.marked == marked => last.text.push_str(&collapsed),
        _ => segments.push(Segment { text: collapsed, marked }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reach::search::analysis::for_tests;
    use proptest::prelude::*;

    /// An excerpt with its marks in brackets.
    fn shown(text: &str, query: &str, columns: usize) -> String {
        let marker = Marker::new(&for_tests(), &Lexicon::default(), &ParsedQuery::parse(query));
        let segments = marker.excerpt(text, columns);
        segments.iter().map(|s| if s.marked { format!("[{}]", s.text) } else { s.text.clone() }).collect()
    }

    #[test]
    fn marks_lie_on_the_original_characters() {
        let text = "如何做好社區營銷？我們的後臺用 Ｒｕｓｔ 寫";
        assert_eq!(shown(text, "社区营销 rust", 200), "如何做好[社區營銷]？我們的後臺用 [Ｒｕｓｔ] 寫");
        assert_eq!(shown("Two cafe\u{301}s", "café", 200), "Two [cafe\u{301}s]");
        assert_eq!(shown("he was running", "run", 200), "he was [running]");
        assert_eq!(shown("use AB-1200/3 here", "ab-1200", 200), "use [AB-1200]/3 here");
        assert_eq!(shown("a <b>bold</b> word", "bold", 200), "a <b>[bold]</b> word");
    }

    #[test]
    fn a_phrase_is_marked_where_it_stands_whole() {
        assert_eq!(shown("paper, then paper jam", "\"paper jam\"", 200), "paper, then [paper jam]");
        assert_eq!(shown("paper -ink", "paper -ink", 200), "[paper] -ink");
    }

    #[test]
    fn a_sentence_marks_what_it_shares() {
        let marked = shown("打印机总是卡纸，换了滚轮", "我的打印机经常卡纸怎么办", 200);
        assert_eq!(marked, "[打印机]总是[卡纸]，换了滚轮");
    }

    #[test]
    fn the_passage_with_most_words_is_chosen() {
        let far = format!("fox {} the fox meets a hare. {}", "filler ".repeat(80), "tail ".repeat(80));
        let text = shown(&far, "fox hare", 60);
        assert!(text.starts_with('…') && text.ends_with('…'), "{text}");
        assert!(text.contains("[fox] meets a [hare]"), "{text}");
        let start = shown(&far, "nothing", 20);
        assert!(start.starts_with("fox filler"), "{start}");
    }

    #[test]
    fn no_word_is_cut_in_two() {
        assert_eq!(shown("the fox met another hare", "fox", 18), "the [fox] met …");
        assert_eq!(shown(&"x".repeat(40), "fox", 18), format!("{}…", "x".repeat(18)));
        assert_eq!(shown("fox metaphor", "fox", 8), "[fox] …");
    }

    #[test]
    fn width_counts_han_twice_and_lines_become_spaces() {
        let text = "字".repeat(300);
        assert_eq!(shown(&text, "x", 40), format!("{}…", "字".repeat(20)));
        assert_eq!(shown("one\n\n  two", "x", 200), "one two");
        assert_eq!(shown("", "x", 200), "");
    }

    proptest! {
        #[test]
        fn an_excerpt_is_a_stretch_of_the_text(
            text in "(\\PC|[社区營销 ab\\n]|👨‍👩‍👧|e\u{301}){0,120}", query in "(\\PC|[社区營销 ab]){0,8}", columns in 1_usize..60
        ) {
            let marker = Marker::new(&for_tests(), &Lexicon::default(), &ParsedQuery::parse(&query));
            let segments = marker.excerpt(&text, columns);
            let joined: String = segments.iter().map(|s| s.text.as_str()).collect();
            let flat = |text: &str| text.split_whitespace().collect::<String>();
            let whole = flat(&text);
            let part = flat(&joined);
            let part = part.strip_prefix('…').filter(|_| !whole.contains(&part)).unwrap_or(&part);
            let part = part.strip_suffix('…').filter(|_| !whole.contains(part)).unwrap_or(part);
            prop_assert!(whole.contains(part), "{:?} of {:?}", part, whole);
            prop_assert!(Ruler::new(&joined).column(joined.len()) <= columns + 2);
            for pair in segments.windows(2) {
                prop_assert!(pair[0].marked != pair[1].marked);
            }
            prop_assert!(segments.iter().all(|s| !s.text.is_empty()));
        }
    }
}
