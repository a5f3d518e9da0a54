//! Taking out of a query what may say whose it is: mail addresses, phone numbers, long numbers.

use unicode_normalization::UnicodeNormalization;

use crate::base::fold::{fold, is_han};

/// Characters kept of a query.
pub const LENGTH: usize = 100;
/// Characters looked at: what stands behind them is cut before it is looked at.
const LOOKED: usize = 400;
/// Digits from which a number that stands by itself may be somebody's.
const PHONE: usize = 7;
/// Digits from which a number may be somebody's although it is part of a word: identity cards, order numbers.
/// Error codes (`0x80070005`) and numbers of parts have fewer.
const LONG: usize = 9;
/// Digits from which a number in groups is somebody's whatever stands beside it.
const IDENTITY: usize = 15;

/// Stands for a mail address.
pub(super) const MAIL: &str = "[mail]";
/// Stands for a number.
pub(super) const NUMBER: &str = "[number]";

/// `text` on one line, without mail addresses, phone numbers and long numbers, cut to 100 characters.
/// Full-width characters become the plain ones that they stand for, and characters that nobody sees are left out,
/// so that they hide nothing.
pub fn mask(text: &str) -> String {
    let plain: Vec<char> = text.nfc().take(LOOKED).filter_map(plain).collect();
    let without_numbers = numbers(&mails(&spelled_out(&plain)));
    let line: String = without_numbers.into_iter().collect();
    let line = line.split_whitespace().collect::<Vec<_>>().join(" ");
    line.chars().take(LENGTH).collect::<String>().trim_end().to_owned()
}

fn plain(c: char) -> Option<char> {
    match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0),
        c if c.is_whitespace() || c.is_control() => Some(' '),
        c => Some(c).filter(|c| !fold(c.encode_utf8(&mut [0; 4])).is_empty()),
    }
}

/// What addresses of mail are written with. Han characters around one are most likely words of the query.
fn of_mail(c: char) -> bool {
    (c.is_alphanumeric() && !is_han(c)) || matches!(c, '.' | '_' | '%' | '+' | '-')
}

/// `anna (at) mail.example` with the sign that is meant.
fn spelled_out(text: &[char]) -> Vec<char> {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((&c, after)) = rest.split_first() {
        rest = after;
        let meant = if matches!(c, '(' | '[' | '{' | '<') { sign_in_brackets(after) } else { None };
        let Some(behind) = meant else {
            out.push(c);
            continue;
        };
        while out.last() == Some(&' ') {
            out.pop();
        }
        out.push('@');
        rest = behind;
    }
    out
}

/// What stands behind `at)` and the like, without spaces.
fn sign_in_brackets(text: &[char]) -> Option<&[char]> {
    let close = text.iter().take(6).position(|c| matches!(c, ')' | ']' | '}' | '>'))?;
    let inside: String = text.iter().take(close).collect();
    let behind = text.get(close + 1..)?;
    let begins = behind.iter().position(|c| *c != ' ')?;
    matches!(inside.trim().to_ascii_lowercase().as_str(), "at" | "@" | "艾特")
        .then(|| behind.get(begins..))?
}

fn mails(text: &[char]) -> Vec<char> {
    let mut out: Vec<char> = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((&c, after)) = rest.split_first() {
        rest = after;
        let before = out.last().copied().filter(|b| !b.is_whitespace());
        let next = after.first().copied().filter(|n| !n.is_whitespace());
        let (Some(before), Some(next), '@') = (before, next, c) else {
            out.push(c);
            continue;
        };
        // Written with other characters, the whole word goes.
        let local: fn(char) -> bool = if of_mail(before) { of_mail } else { |c| !c.is_whitespace() };
        let domain: fn(char) -> bool = if of_mail(next) { of_mail } else { |c| !c.is_whitespace() };
        while out.last().is_some_and(|c| local(*c)) {
            out.pop();
        }
        out.extend(MAIL.chars());
        rest = rest.iter().position(|c| !domain(*c)).and_then(|end| rest.get(end..)).unwrap_or_default();
    }
    out
}

/// What may stand between the digits of a phone number.
fn between(c: char) -> bool {
    matches!(c, ' ' | '-' | '(' | ')' | '.' | '/' | '+' | '‐' | '‑' | '–' | '—' | '·')
}

/// A digit in any script, also as it is spelled in Chinese.
fn is_digit(c: char) -> bool {
    c.is_numeric() || "零一二三四五六七八九幺两兩壹贰貳叁參肆伍陆陸柒捌玖".contains(c)
}

fn of_word(c: Option<char>) -> bool {
    c.is_some_and(|c| c == '_' || (c.is_alphabetic() && !is_han(c)))
}

fn numbers(text: &[char]) -> Vec<char> {
    let mut out: Vec<char> = Vec::with_capacity(text.len());
    let mut at = 0;
    while let Some(&c) = text.get(at) {
        if !is_digit(c) {
            out.push(c);
            at += 1;
            continue;
        }
        let whole = span(text, at);
        let behind = of_word(out.last().copied());
        // What belongs to a word ends with it: `win10 138…` is a version and a number.
        let span = match whole.iter().position(|c| *c == ' ').filter(|_| behind) {
            Some(end) => whole.get(..end).unwrap_or(whole),
            None => whole,
        };
        let attached = behind || of_word(text.get(at + span.len()).copied());
        if masked(span, attached) {
            while out.last().is_some_and(|c| matches!(c, '+' | '(')) {
                out.pop();
            }
            out.extend(NUMBER.chars());
        } else {
            out.extend(span);
        }
        at += span.len();
    }
    out
}

/// Digits from `at` on, with what may stand between them, up to the last digit.
fn span(text: &[char], at: usize) -> &[char] {
    let rest = text.get(at..).unwrap_or_default();
    let (mut end, mut gap, mut spelled) = (0, 0, false);
    for (n, c) in rest.iter().enumerate() {
        if is_digit(*c) {
            spelled = is_han(*c);
            (end, gap) = (n + 1, 0);
        } else if (between(*c) || *c == ',' && spelled) && gap < 3 {
            gap += 1;
        } else {
            break;
        }
    }
    rest.get(..end).unwrap_or_default()
}

fn masked(span: &[char], attached: bool) -> bool {
    let groups: Vec<&[char]> = span.split(|c| !is_digit(*c)).filter(|g| !g.is_empty()).collect();
    let digits: usize = groups.iter().map(|g| g.len()).sum();
    let longest = groups.iter().map(|g| g.len()).max().unwrap_or(0);
    if longest >= LONG || digits >= IDENTITY {
        return true;
    }
    if attached || digits < PHONE {
        return false;
    }
    let lengths: Vec<usize> = groups.iter().map(|g| g.len()).collect();
    let date = matches!(lengths[..], [4, 1..=2, 1..=2])
        && span.iter().all(|c| is_digit(*c) || matches!(c, '-' | '/' | '.'));
    // Groups of one digit between dots are a version: 10.0.19045.
    let version = span.contains(&'.') && !span.contains(&' ') && lengths.contains(&1);
    !date && !version
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn addresses_are_masked() {
        for (text, shown) in [
            ("mail from anna.b+x@mail.example failed", "mail from [mail] failed"),
            ("郵件foo@bar.com收不到", "郵件[mail]收不到"),
            ("ＡＮＮＡ＠ＭＡＩＬ．ＣＯＭ", "[mail]"),
            ("an\u{200b}na@ma\u{200b}il.com", "[mail]"),
            ("张三@公司.cn 登录", "[mail] 登录"),
            ("a@b c@d.org", "[mail] [mail]"),
            ("bob (at) example.com late", "[mail] late"),
            ("bob[AT]example.com", "[mail]"),
            ("bob （at） example.com", "[mail]"),
            ("<x@y.z>", "<[mail]>"),
        ] {
            assert_eq!(mask(text), shown);
        }
        for kept in ["@author printer", "a @ b", "c@", "@"] {
            assert_eq!(mask(kept), kept);
        }
    }

    #[test]
    fn numbers_of_people_are_masked() {
        for (text, shown) in [
            ("call +886 912-345-678 now", "call [number] now"),
            ("電話0912345678誰的", "電話[number]誰的"),
            ("(02) 2345-6789", "[number]"),
            ("１３８００１３８０００", "[number]"),
            ("138 0013 8000 微信", "[number] 微信"),
            ("555.123.4567", "[number]"),
            ("A123456789", "A[number]"),
            ("win10 138-0013-8000 aa", "win10 [number] aa"),
            ("model x2 +1 555 010 9999 hh", "model x2 [number] hh"),
            ("v2.1.0 138 0013 8000 ii", "v2.1.0 [number] ii"),
            ("11010519491231002X", "[number]X"),
            ("order 20261128000017", "order [number]"),
            ("٠١٢٣٤٥٦٧٨", "[number]"),
            ("1\u{200b}38001380\u{ad}00", "[number]"),
            ("加我一三八零零一三八零零零", "加我[number]"),
            ("一三八，零零一三，八零零零", "[number]"),
            ("身份证 110105 19491231 002X", "身份证 [number]X"),
        ] {
            assert_eq!(mask(text), shown);
        }
    }

    #[test]
    fn codes_dates_and_versions_are_kept() {
        for kept in [
            "ERR_0x80070005",
            "AB-1200/3",
            "v2.1.0",
            "10.0.19045 blue screen",
            "before:2026-01-31",
            "2026/01/31",
            "KB5034441",
            "iPhone 15 256",
            "三星 S24",
            "1,000,000",
            "三十六計 第五章",
        ] {
            assert_eq!(mask(kept), kept);
        }
    }

    #[test]
    fn a_query_is_one_short_line() {
        assert_eq!(mask(" a\n\tb\u{3000}c "), "a b c");
        assert_eq!(mask(&"字".repeat(300)), "字".repeat(100));
        let behind = format!("{} 0912345678", "x".repeat(90));
        assert_eq!(mask(&behind), format!("{} [number]", "x".repeat(90)));
    }

    proptest! {
        #[test]
        fn no_long_number_and_no_address_gets_through(text in "[0-9a-z@.+ ()字-]{0,60}") {
            let shown = mask(&text);
            let longest = shown.split(|c: char| !c.is_numeric()).map(str::len).max().unwrap_or(0);
            prop_assert!(longest < LONG, "{shown}");
            let inside = shown.replace(MAIL, "");
            let chars: Vec<char> = inside.chars().collect();
            let whole = chars.windows(3).any(|w| matches!(w, [a, '@', b] if a.is_alphanumeric() && b.is_alphanumeric()));
            prop_assert!(!whole, "{shown}");
        }

        #[test]
        fn masking_twice_changes_nothing(text in "\\PC{0,120}") {
            let once = mask(&text);
            prop_assert_eq!(mask(&once), once);
        }
    }
}
