use super::*;
use proptest::prelude::*;
use std::collections::HashSet;

/// Whether `way` stands in `tokens`, the way an index would find it.
fn stands(tokens: &[Token], way: &Way) -> bool {
    let has = |text: &str, placed| tokens.iter().any(|t| t.text == text && t.placed == placed);
    match way {
        Way::Placed(text) => has(text, true),
        Way::Loose(text) => has(text, false),
        Way::Phrase { terms, pairs } => {
            let placed = tokens.iter().filter(|t| t.placed);
            let set: HashSet<(u32, &str)> = placed.map(|t| (t.position, t.text.as_str())).collect();
            let whole =
                |start: u32| terms.iter().all(|(at, term)| set.contains(&(start + at, term.as_str())));
            pairs.iter().all(|pair| has(pair, false)) && tokens.iter().any(|start| whole(start.position))
        }
        Way::Sounds(_) | Way::Initials(_) | Way::Tag(_) => false,
    }
}

fn meets(tokens: &[Token], unit: &Unit) -> bool {
    unit.ways.iter().any(|(_, way)| stands(tokens, way))
}

fn question(query: &str) -> Question {
    for_tests().question(query, &Lexicon::default())
}

/// Whether `text` meets every need of `query`.
fn finds(text: &str, query: &str) -> bool {
    let tokens = for_tests().tokens(text);
    let Question { units, needs, .. } = question(query);
    let met = units.iter().filter(|unit| meets(&tokens, unit)).fold(0, |bits, unit| bits | unit.meets);
    needs > 0 && (0..needs).all(|need| met & 1 << need != 0)
}

fn finds_phrase(text: &str, query: &str) -> bool {
    let analysis = for_tests();
    analysis.phrase(query).is_some_and(|way| stands(&analysis.tokens(text), &way))
}

#[test]
fn both_scripts_meet() {
    for (text, query) in [
        ("如何做好社區營銷？", "社区营销"),
        ("社区营销怎么做", "社區營銷"),
        ("我們的後臺用 Ｒｕｓｔ 寫", "后台"),
        ("頭髮和發展", "头发"),
        ("計畫的規畫", "计划"),
        ("Ｒｕｓｔ", "rust"),
        ("テスト会社", "ﾃｽﾄ"),
        ("㈱テスト", "テスト"),
        ("café's menu", "cafe"),
        ("１２３ 件", "123"),
    ] {
        assert!(finds(text, query), "{query} in {text}");
    }
}

#[test]
fn words_meet_their_inflections_and_the_exact_form_counts_most() {
    assert!(finds("it was running", "run"));
    assert!(finds("a run", "running"));
    assert!(finds("two runs", "running"));
    assert!(!finds("a rune", "running"));
    let units = question("running").units;
    assert!(units.iter().any(|unit| unit.ways == [(1.0, Way::Placed("running".into()))] && unit.meets == 0));
    let exact = |text: &str| meets(&for_tests().tokens(text), units.last().unwrap());
    assert!(exact("it was running") && !exact("a run"));
}

#[test]
fn codes_are_found_whole_and_by_their_parts() {
    let text =
        "Use C++ or C# with AB-1200/3, v2.1.0 and ERR_0x80070005 in foo::bar of file.name.txt, StaticModel!";
    for query in [
        "c++",
        "C#",
        "AB-1200/3",
        "AB-1200",
        "1200/3",
        "ab12003",
        "v2.1.0",
        "v2.1",
        "2.1.0",
        "2.1",
        "1.0",
        "ab1200",
        "ab 1200",
        "ERR_0x80070005",
        "0x80070005",
        "80070005",
        "foo::bar",
        "bar",
        "file.name.txt",
        "name.txt",
        "staticmodel",
        "StaticModel",
        "static",
        "models",
    ] {
        assert!(finds(text, query), "{query}");
    }
    for query in ["c", "AB-1201", "v2.2", "foo::baz", "modem", "210", "21", "12003", "b1200"] {
        assert!(!finds(text, query), "{query}");
    }
    let text = "iPhone15ProMax, TL-WR841N, ISO9001:2015 at 12:00 since 2024-03-01, 4.0.0, MinGW32";
    for query in [
        "iphone15",
        "iPhone 15",
        "15promax",
        "wr841n",
        "841n",
        "tlwr841",
        "9001:2015",
        "iso9001",
        "2024-03",
        "12:00",
    ] {
        assert!(finds(text, query), "{query}");
    }
    for query in ["1200", "400", "3.2", "hone15", "90012015", "2024-0"] {
        assert!(!finds(text, query), "{query}");
    }
    assert!(for_tests().tokens("9f86d081884c7d659a2feaa0c55ad015").len() <= 2, "a hash is no code");
    assert!(finds("write an email", "e-mail"));
    assert!(finds("write an e-mail", "emails"));
    assert!(!finds("C programming", "C++"));
}

#[test]
fn emoji_are_single_terms() {
    let texts = |text: &str| for_tests().tokens(text).into_iter().map(|t| t.text).collect::<Vec<_>>();
    assert_eq!(texts("👍🏽🎉"), ["👍", "🎉"]);
    assert_eq!(texts("🇨🇳🇫🇷"), ["🇨🇳", "🇫🇷"]);
    assert!(finds("great 👍🏽", "👍"));
    assert!(finds("I ❤️ it", "❤"));
    assert!(!finds("great 👍", "🎉"));
}

#[test]
fn phrases_stop_at_punctuation_but_not_at_a_wrapped_line() {
    assert!(!finds_phrase("建设社区。营销很难", "社区营销"));
    assert!(!finds_phrase("社区 营销", "社区营销"));
    assert!(finds_phrase("建设社区\n营销很难", "社区营销"));
    assert!(finds_phrase("建设社\n区营销很难", "社区"));
    assert!(!finds_phrase("建设社\n\n区营销很难", "社区"));
    assert!(finds_phrase("用 Rust 写论坛", "用Rust写"));
    assert!(finds_phrase("Hello, world", "hello world"));
    assert!(!finds_phrase("hello big world", "hello world"));
    assert!(!finds_phrase("running fast", "run fast"));
    assert!(!finds_phrase("one\n\ntwo", "one two"));
}

#[test]
fn a_longer_run_is_asked_for_word_by_word() {
    assert!(finds("营销要先有社区，论坛是基础", "论坛社区营销"));
    assert!(!finds_phrase("营销要先有社区，论坛是基础", "论坛社区营销"));
}

#[test]
fn words_of_the_other_side_of_the_strait_meet() {
    for (text, query) in
        [("安裝軟體", "软件"), ("安装软件", "軟體"), ("網路斷線", "网络"), ("内存不足", "記憶體")]
    {
        assert!(finds(text, query), "{query} in {text}");
    }
}

#[test]
fn operators_teach_words_and_synonyms() {
    let synonyms =
        [("打印机", "printer"), ("printer", "打印机"), ("bk", "贝壳系统"), ("out of paper", "缺纸")];
    let lexicon = Lexicon::new(["微粒贷"], synonyms);
    let found = |text: &str, query: &str| {
        let tokens = for_tests().tokens(text);
        let Question { units, needs, .. } = for_tests().question(query, &lexicon);
        let met = units.iter().filter(|unit| meets(&tokens, unit)).fold(0, |bits, unit| bits | unit.meets);
        needs > 0 && (0..needs).all(|need| met & 1 << need != 0)
    };
    assert!(found("a Printer", "打印机") && found("打印机卡纸", "printer"));
    assert!(found("贝壳系统升级", "BK") && !found("bk only", "贝壳系统"));
    assert!(found("提示缺纸", "out of paper"));
    assert!(found("打印机", "Printers") && !found("bk only", "bks"));
    assert!(!found("printers", "sprinter"), "a synonym is a whole word");
    // A word of the operators is looked for whole, also within a longer run.
    assert!(found("开通微粒贷怎么办", "怎么开通微粒贷"));
    assert!(!found("开通粒贷小微怎么办", "怎么开通微粒贷"));
    let words = for_tests().question("怎么开通微粒贷", &lexicon);
    assert!(words.units.iter().any(|u| u.meets != 0 && format!("{u:?}").contains("微粒")));
}

#[test]
fn nothing_to_find_gives_no_units() {
    for text in ["", "  ", "，。！", "\u{200B}", "++", "###"] {
        assert_eq!(question(text), Question::default(), "{text:?}");
        assert_eq!(for_tests().phrase(text), None);
    }
}

/// Text as a forum has it: both scripts, words, codes, punctuation, emoji.
pub fn forum_text() -> impl Strategy<Value = String> {
    let words = prop::sample::select(vec![
        "社区",
        "營銷",
        "后台",
        "後臺",
        "头髮",
        "中华人民共和国",
        "的",
        "了解",
        "瞭解",
        "计画",
        "俱乐部",
        "数据库",
        "資料庫",
        "Rust",
        "running",
        "C++",
        "AB-1200",
        "v2.1.0",
        "テスト",
        "한국어",
        "，",
        "。",
        " ",
        "\n",
        "\n\n",
        "！",
        "👍",
        "e\u{301}",
        "研究生命起源",
        "南京市长江大桥",
        "(",
        "㈱",
        "𠮷野家",
    ]);
    let han = "[一-龥]{1,6}";
    prop::collection::vec(prop_oneof![3 => words.prop_map(str::to_owned), 2 => han], 1..25)
        .prop_map(|v| v.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn every_short_han_substring_is_found(text in forum_text(), length in 2_usize..=4) {
        let analysis = for_tests();
        let tokens = analysis.tokens(&text);
        let chars: Vec<char> = text.chars().collect();
        for window in chars.windows(length).filter(|w| w.iter().all(|&ch| crate::base::fold::is_han(ch))) {
            let query: String = window.iter().collect();
            prop_assert_eq!(question(&query).needs, 1);
            prop_assert!(finds(&text, &query), "{} in {:?}", query, text);
            prop_assert!(stands(&tokens, &analysis.phrase(&query).unwrap()));
        }
    }

    #[test]
    fn a_han_phrase_found_stands_in_the_text(text in forum_text(), query in "[社区營销后台的了解计画中]{2,3}") {
        let analysis = for_tests();
        let found = analysis.phrase(&query).is_some_and(|way| stands(&analysis.tokens(&text), &way));
        let fold = |text: &str| crate::base::fold::fold(text).replace('\n', "");
        if found {
            prop_assert!(fold(&text).contains(&fold(&query)), "{} in {:?}", query, text);
        }
    }

    #[test]
    fn a_text_finds_itself(text in forum_text()) {
        let analysis = for_tests();
        let tokens = analysis.tokens(&text);
        let question = question(&text);
        let met = question.units.iter().filter(|unit| meets(&tokens, unit)).fold(0, |bits, unit| bits | unit.meets);
        for need in 0..question.needs {
            prop_assert!(met & 1 << need != 0, "{:?} in {:?}", question, text);
        }
        if let Some(way) = analysis.phrase(&text) {
            prop_assert!(stands(&tokens, &way), "{:?} in {:?}", way, text);
        }
    }

    #[test]
    fn offsets_stand_between_characters_and_positions_rise(text in "(\\PC|[社区a-c.+'’]){0,60}") {
        let mut last = 0;
        for token in for_tests().tokens(&text) {
            prop_assert!(text.get(token.from..token.to).is_some_and(|t| !t.is_empty()), "{:?}", token);
            prop_assert!(token.position >= last, "{:?}", token);
            last = token.position;
        }
    }
}

/// What is marked is what the index holds: the terms of a text that are sought are those of all its terms.
#[test]
fn sought_terms_are_those_of_the_text() {
    let analysis = for_tests();
    let check = |text: &str, query: &str| {
        let units = question(query).units;
        let sought = Sought::new(units.iter());
        let wanted = |token: &Token| {
            units.iter().flat_map(|unit| &unit.ways).any(|(_, way)| match way {
                Way::Placed(term) => token.placed && token.text == *term,
                Way::Loose(term) => !token.placed && token.text == *term,
                Way::Phrase { terms, .. } => {
                    token.placed && terms.iter().any(|(_, term)| token.text == *term)
                }
                Way::Sounds(_) => token.placed && token.text.chars().all(crate::base::fold::is_han),
                Way::Tag(_) | Way::Initials(_) => false,
            })
        };
        let all: Vec<Token> = analysis.tokens(text).into_iter().filter(wanted).collect();
        assert_eq!(analysis.tokens_of(text, &sought), all, "{query} in {text}");
    };
    let text = "The skies over Tokyo were dying; iPhone15Pro, AB-1200/3 and v2.1.0 ran C++ on 传感器热启动之后的社区營銷，\
        ERR_0x80070005 e-mails running RUN runs über Überlauf O'Neill's テスト 👍🏽 chuan gan qi 软件軟體";
    for query in [
        "sky",
        "die",
        "iphone15",
        "15pro",
        "pro",
        "1200/3",
        "ab1200",
        "2.1.0",
        "c++",
        "c",
        "传感器",
        "感",
        "社区营销",
        "0x80070005",
        "email",
        "e-mail",
        "run",
        "running",
        "ueberlauf",
        "überlauf",
        "oneill",
        "テスト",
        "👍",
        "软件",
        "chuanganqi",
        "cgq",
        "的社区",
        "Tokyo were",
        "\"热启动\"",
    ] {
        check(text, query);
    }
    let mut runner = proptest::test_runner::TestRunner::new(ProptestConfig::with_cases(400));
    let texts = "([a-c]{0,4}(ing|ies|s|ly)?|[A-C1-3]{0,5}|[传感器热启动社区]{0,6}|[-_/.+#' ’]|\\PC){0,14}";
    let queries = "([a-c]{0,4}(ing|ies|s|ly)?|[A-C1-3]{0,5}|[传感器热启动社区]{0,6}|[-_/.+#' ’]){0,4}";
    runner
        .run(&(texts, queries), |(text, query)| {
            check(&text, &query);
            check(&text, &text.chars().take(12).collect::<String>());
            Ok(())
        })
        .unwrap();
}

proptest! {
    #[test]
    fn a_stem_begins_as_its_word(word in "[a-z]{1,12}") {
        prop_assert_eq!(stem(&word).chars().next(), word.chars().next());
    }
}
