//! Emphasis beside Chinese punctuation. CommonMark takes `**` between a punctuation mark and a letter for the wrong
//! kind: `**重点。**然后` would show its asterisks, because it closes behind a mark and before a letter, which in spaced
//! scripts a closing one never does. Chinese writes no spaces there. The rule is that of the amendment "CJK-friendly
//! emphasis" to CommonMark, kept to the side on which a mark can stand: the parser is shown a letter that does not
//! exist between the mark and the asterisks, and it is taken out of everything the parser gives.

use std::borrow::Cow;

use pulldown_cmark::CowStr;

use super::mentions::is_cjk;

/// No character, so neither white space nor punctuation; writers cannot bring it, see [`super::source`].
pub(super) const LETTER: char = '\u{FDD0}';

/// `text` with [`LETTER`] where emphasis stands beside Chinese punctuation.
pub(super) fn lettered(text: Cow<'_, str>) -> Cow<'_, str> {
    if !text.contains(['*', '~']) || text.is_ascii() {
        return text;
    }
    let mut out = String::with_capacity(text.len() + 16);
    let mut before: Option<char> = None;
    let mut rest = text.as_ref();
    while let Some(ch) = rest.chars().next() {
        let run = if matches!(ch, '*' | '~') && before != Some('\\') {
            rest.chars().take_while(|next| *next == ch).count()
        } else {
            0
        };
        let (head, tail) = rest.split_at(if run == 0 { ch.len_utf8() } else { run });
        let after = tail.chars().next();
        let (opens, closes) = if run == 0 { (false, false) } else { kinds(before, after) };
        out.extend(closes.then_some(LETTER));
        out.push_str(head);
        out.extend(opens.then_some(LETTER));
        before = Some(ch);
        rest = tail;
    }
    Cow::Owned(out)
}

/// Whether a run between these characters is to open emphasis, or to close it, and CommonMark would not let it.
fn kinds(before: Option<char>, after: Option<char>) -> (bool, bool) {
    let (Some(before), Some(after)) = (before, after) else { return (false, false) };
    let letter = |ch: char| !ch.is_whitespace() && !is_mark(ch);
    let han = |mark: char, other: char| is_wide_mark(mark) || is_cjk(other);
    let opens = letter(before) && is_mark(after) && !is_end(after) && han(after, before);
    let closes = letter(after) && is_mark(before) && !is_beginning(before) && han(before, after);
    (opens, closes)
}

fn is_wide_mark(ch: char) -> bool {
    matches!(ch, '\u{3001}'..='\u{3003}' | '\u{3008}'..='\u{3011}' | '\u{3014}'..='\u{301F}' | '\u{30FB}'
        | '\u{FF01}'..='\u{FF0F}' | '\u{FF1A}'..='\u{FF20}' | '\u{FF3B}'..='\u{FF40}' | '\u{FF5B}'..='\u{FF65}')
}

fn is_mark(ch: char) -> bool {
    ch.is_ascii_punctuation()
        || is_wide_mark(ch)
        || matches!(ch, '\u{2010}'..='\u{2027}' | '«' | '»' | '·' | '¿' | '¡')
}

fn is_beginning(ch: char) -> bool {
    "([{<‘“«（［｛「『《〈【〔〖".contains(ch)
}

fn is_end(ch: char) -> bool {
    ")]}>’”»）］｝」』》〉】〕〗。，、；：！？.,;:!?".contains(ch)
}

/// `text` as it was written.
pub(super) fn plain(text: CowStr<'_>) -> CowStr<'_> {
    if text.contains(LETTER) { text.replace(LETTER, "").into() } else { text }
}

#[cfg(test)]
mod tests {
    use crate::content::markup::{RenderContext, render};

    fn html(text: &str) -> String {
        render(text, &RenderContext::new("https://forum.example", "7")).into_string()
    }

    #[test]
    fn emphasis_stands_beside_chinese_marks() {
        for (text, shown) in [
            ("中文**粗体。**后文", "<p>中文<strong>粗体。</strong>后文</p>"),
            ("好**「引用」**後", "<p>好<strong>「引用」</strong>後</p>"),
            ("用**“引号”**时", "<p>用<strong>“引号”</strong>时</p>"),
            ("他说*（重要！）*然后", "<p>他说<em>（重要！）</em>然后</p>"),
            ("价格~~￥100。~~今日", "<p>价格<del>￥100。</del>今日</p>"),
            ("**甲**（**乙**）丙", "<p><strong>甲</strong>（<strong>乙</strong>）丙</p>"),
            ("`中**粗。**后`", "<p><code>中**粗。**后</code></p>"),
            ("中\\**粗。", "<p>中**粗。</p>"),
            ("**bold.**Then", "<p>**bold.**Then</p>"),
            ("2 * 3 * 4，好", "<p>2 * 3 * 4，好</p>"),
        ] {
            assert_eq!(html(text).trim(), shown, "{text}");
        }
    }
}
