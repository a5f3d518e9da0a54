use super::*;
use proptest::prelude::*;

fn word(text: &str) -> Clause {
    Clause { text: text.into(), exact: false, negated: false, or: false }
}

#[test]
fn every_operator_is_understood() {
    let query = ParsedQuery::parse(
        "打印机 \"paper jam\" -ink @bob category:hardware tag:驱动 is:solved is:Featured in:title \
         before:2024-03-01 after:2024-02-01",
    );
    assert_eq!(
        query,
        ParsedQuery {
            clauses: vec![
                word("打印机"),
                Clause { text: "paper jam".into(), exact: true, negated: false, or: false },
                Clause { text: "ink".into(), exact: false, negated: true, or: false },
            ],
            in_title: true,
            author: Some("bob".into()),
            category: Some("hardware".into()),
            tags: vec!["驱动".into()],
            marks: vec![Mark::Solved, Mark::Featured],
            before: UtcTime::parse("2024-03-01T00:00:00Z"),
            after: UtcTime::parse("2024-02-01T00:00:00Z"),
            operators: "@bob category:hardware tag:驱动 is:solved is:Featured in:title before:2024-03-01 after:2024-02-01"
                .split(' ')
                .map(str::to_owned)
                .collect(),
            ..ParsedQuery::default()
        }
    );
    assert_eq!(query.words(), "打印机");
    assert_eq!(query.wanted(), "打印机 paper jam");
}

#[test]
fn quotes_of_chinese_keyboards_and_the_wide_colon_count() {
    let query = ParsedQuery::parse("“社区 营销”运营 「后台」 category：hardware -“广告”");
    let exact = |text: &str, negated| Clause { text: text.into(), exact: true, negated, or: false };
    assert_eq!(
        query.clauses,
        [exact("社区 营销", false), word("运营"), exact("后台", false), exact("广告", true)]
    );
    assert_eq!(query.category.as_deref(), Some("hardware"));
}

#[test]
fn what_is_no_operator_is_a_word() {
    for text in [
        "is:nice",
        "before:yesterday",
        "after:2024-13-01",
        "foo::bar",
        "http://x.y",
        "tag:",
        "@",
        "@a/b",
        "in:body",
        "a@b.c",
        "\"open",
        "std::vec",
        "-",
        "C:\\dir",
    ] {
        let query = ParsedQuery::parse(text);
        assert_eq!(query.clauses, [word(text)], "{text}");
        assert!(!query.has_filter(), "{text}");
    }
}

#[test]
fn the_second_of_a_kind_and_the_ninth_operator_are_words() {
    let query = ParsedQuery::parse("@ann @bob category:a category:b");
    assert_eq!((query.author.as_deref(), query.category.as_deref()), (Some("ann"), Some("a")));
    assert_eq!(query.words(), "@bob category:b");
    let query = ParsedQuery::parse("tag:1 tag:2 tag:3 tag:4 tag:5 tag:6 tag:7 tag:8 tag:9");
    assert_eq!(query.tags.len(), 8);
    assert_eq!(query.words(), "tag:9");
}

#[test]
fn exclusions_may_stand_alone() {
    let query = ParsedQuery::parse("-ink");
    assert!(!query.is_empty() && query.words().is_empty() && query.wanted().is_empty());
    let query = query.with_something_to_find();
    assert_eq!((query.words().as_str(), query.unread), ("ink", vec!["-ink".to_owned()]));
    let query = ParsedQuery::parse("-ink is:solved");
    assert!(query.clauses.iter().all(|clause| clause.negated));
    assert_eq!(query.clone().with_something_to_find(), query);
    let query = ParsedQuery::parse("pen -ink");
    assert_eq!(query.clone().with_something_to_find(), query);
}

#[test]
fn what_posts_contain_and_how_they_are_liked_can_be_asked() {
    let query = ParsedQuery::parse("cable has:image has:CODE min:likes=5 has:music likes:x");
    assert_eq!((query.has.as_slice(), query.min_likes), ([Has::Image, Has::Code].as_slice(), Some(5)));
    assert_eq!(query.words(), "cable has:music likes:x");
    assert_eq!(query.unread, ["has:music", "likes:x"]);
    assert_eq!(ParsedQuery::parse("likes:3").min_likes, Some(3));
    assert_eq!(ParsedQuery::parse("min:4").min_likes, Some(4));
}

#[test]
fn or_joins_what_stands_beside_it() {
    let query = ParsedQuery::parse("ink OR \"paper jam\" OR toner cable");
    let groups: Vec<Vec<&str>> =
        query.groups().iter().map(|g| g.iter().map(|c| c.text.as_str()).collect()).collect();
    assert_eq!(groups, [vec!["ink", "paper jam", "toner"], vec!["cable"]]);
    assert_eq!(query.words(), "cable");
    for text in ["OR ink", "ink OR", "-ink OR toner", "ink or toner"] {
        assert!(ParsedQuery::parse(text).clauses.iter().all(|c| !c.or), "{text}");
    }
}

#[test]
fn operators_behind_a_minus_must_not_hold() {
    let query = ParsedQuery::parse(
        "pump -is:solved -tag:old -category:\"Old stuff\" -@bob -has:code -in:title -is:odd",
    );
    let not = Refused {
        author: Some("bob".into()),
        categories: vec!["Old stuff".into()],
        tags: vec!["old".into()],
        marks: vec![Mark::Solved],
        has: vec![Has::Code],
    };
    assert_eq!(query.not, not);
    assert_eq!(query.operators.len(), 5);
    assert_eq!(query.unread, ["-in:title", "-is:odd"]);
    assert_eq!(query.words(), "pump");
}

#[test]
fn values_may_be_quoted_and_dates_short() {
    let query = ParsedQuery::parse("category:\"Developer Talk\" tag:“温度 传感器” pump");
    assert_eq!(
        (query.category.as_deref(), query.tags.as_slice()),
        (Some("Developer Talk"), ["温度 传感器".to_owned()].as_slice())
    );
    assert_eq!(query.words(), "pump");
    assert_eq!(ParsedQuery::parse("after:2021").after, UtcTime::parse("2021-01-01T00:00:00Z"));
    assert_eq!(ParsedQuery::parse("before:2021-06").before, UtcTime::parse("2021-06-01T00:00:00Z"));
    assert!(ParsedQuery::parse("after:2021-13 after:20").after.is_none());
}

#[test]
fn and_and_not_between_words_are_no_words() {
    let query = ParsedQuery::parse("pump AND valve NOT leak");
    assert_eq!(query.words(), "pump valve");
    assert!(query.clauses.last().is_some_and(|last| last.negated && last.text == "leak"));
    assert!(ParsedQuery::parse("pump NOT is:solved").not.marks == [Mark::Solved]);
    for text in ["AND pump", "pump NOT", "pump and valve", "\"AND\" pump"] {
        assert!(ParsedQuery::parse(text).clauses.iter().all(|c| !c.negated), "{text}");
        assert_eq!(ParsedQuery::parse(text).clauses.len(), text.split(' ').count(), "{text}");
    }
}

#[test]
fn operators_that_there_are_not_are_words_and_said() {
    for (typed, words) in [
        ("title:shadow map", "title shadow map"),
        ("sort：newest", "sort newest"),
        ("foo:\"a b\"", "foo \"a b\""),
    ] {
        let query = ParsedQuery::parse(typed);
        assert_eq!((query.words().as_str(), query.unread.len()), (words, 1), "{typed}: {:?}", query.unread);
    }
    for typed in ["https://a.b/c", "C:\\x", "10:30", "std::vec", "a:b", "词:词"] {
        assert_eq!(
            (ParsedQuery::parse(typed).words().as_str(), ParsedQuery::parse(typed).unread.len()),
            (typed, 0)
        );
    }
    let query = ParsedQuery::parse("is:solved OR category:games");
    assert_eq!((query.unread.as_slice(), query.operators.len()), (&["OR".to_owned()][..], 2));
    assert!(ParsedQuery::parse("a －map").clauses.last().is_some_and(|clause| clause.negated));
}

#[test]
fn long_text_is_cut() {
    let query = ParsedQuery::parse(&"字".repeat(MAX_CHARS + 1));
    assert_eq!((query.words().chars().count(), query.cut), (MAX_CHARS, true));
    assert!(!ParsedQuery::parse(&"字".repeat(MAX_CHARS)).cut);
}

proptest! {
    #[test]
    fn nothing_typed_is_an_error(text in "(\\PC|[\"“”@: -]|is:|tag:){0,80}") {
        let query = ParsedQuery::parse(&text);
        for clause in &query.clauses {
            prop_assert!(!clause.text.trim().is_empty());
        }
        if query.is_empty() {
            prop_assert!(!text.chars().any(char::is_alphanumeric) || query.in_title);
        }
    }
}
