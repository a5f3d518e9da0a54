//! What is typed, and what it may stand for.

use super::*;

#[test]
fn a_long_run_without_words_is_held_only_as_typed() {
    let shelf = Shelf::with(&[
        post(10, "小游戏", "微信小游戏怎么打包，戏油都没有。"),
        post(20, "聊天", "微信的小油戏。油条好吃，微波炉小，戏好看。"),
        post(30, "别的", "游泳馆今天开门。"),
    ]);
    let results = shelf.results("微信小油戏", &Permit::Public, Sort::Relevance);
    assert_eq!(results.complete, 0, "{results:?}");
    let results = shelf.results("微信的小油戏", &Permit::Public, Sort::Relevance);
    assert_eq!((results.complete, results.hits.first().map(|hit| hit.thread.0)), (1, Some(2)), "{results:?}");
}

#[test]
fn a_rare_synonym_is_worth_no_more_than_what_was_typed() {
    let mut posts: Vec<Written> = (1_i64..40)
        .map(|n| post(n * 10, "Pressure", "The pressure of the boiler is too high today, say the readings."))
        .collect();
    posts.push(post(400, "Hypertension", "Zorbifer is a word for it, as the readings of today say."));
    let shelf = Shelf::with(&posts);
    let taught = Lexicon::new([], [("pressure", "zorbifer")]);
    let parsed = ParsedQuery::parse("pressure");
    let asked = Query { lexicon: &taught, ..query(&parsed, Sort::Relevance) };
    let results = shelf.index.search(&asked, &Permit::Public, Page { offset: 0, limit: 40 }).unwrap();
    assert_eq!((results.total, threads(&results).last()), (40, Some(&40)), "found, and last");
}

#[test]
fn syllables_may_be_typed_apart() {
    let shelf = Shelf::with(&[
        post(10, "按钮的颜色", "七个按钮。"),
        post(20, "传感器校准失败", "读数一直漂移。"),
        post(30, "干气", "船赶期。"),
    ]);
    for typed in ["chuan gan qi", "Chuan Gan Qi", "chuangan qi", "chuanganqi"] {
        assert_eq!(shelf.find(typed, &Permit::Public).first(), Some(&2), "{typed}");
    }
}

#[test]
fn a_list_of_one_word_does_not_help() {
    let once = "The printer stops after a few pages and shows a red light, whatever paper is in it and however long it rests \
        between the jobs that we send to it from the office upstairs.";
    let listed = format!("{once} {}", "zorbifer, ".repeat(40));
    let shelf = Shelf::with(&[
        post(10, "Once", &format!("{once} zorbifer")),
        post(20, "Stuffed", &listed),
        post(30, "Never", once),
    ]);
    assert_eq!(shelf.find("zorbifer", &Permit::Public), [1, 2]);
}

#[test]
fn a_code_that_nobody_wrote_falls_back_to_its_parts() {
    let shelf = Shelf::with(&[
        post(10, "Printer", "The AB-1200/3 stops."),
        post(20, "Engine", "Call SetPosition of the node."),
        post(30, "Processor", "An i7-4770 at 3.4 GHz."),
        post(40, "Other", "Nothing of the kind."),
    ]);
    for (typed, wanted) in
        [("AB-1200/4", 1), ("Urho3D::Node::SetPosition", 2), ("i7-4770k", 3), ("std::set_position", 2)]
    {
        let results = shelf.results(typed, &Permit::Public, Sort::Relevance);
        assert_eq!(
            (results.complete, results.hits.first().map(|hit| hit.thread.0)),
            (0, Some(wanted)),
            "{typed}"
        );
    }
    let whole = shelf.results("AB-1200/3", &Permit::Public, Sort::Relevance);
    assert_eq!((whole.complete, whole.total), (1, 1));
}

#[test]
fn a_word_that_is_in_too_many_titles_is_read_in_the_newest_and_asks_for_nothing_beside_another() {
    let mut posts: Vec<Written> = (2..=13_000_i64).map(|n| post(n * 10, "the lamp", "")).collect();
    posts.push(post(130_010, "lantern of old", ""));
    posts.insert(0, post(10, "the lantern", ""));
    let shelf = Shelf::with(&posts);
    let suggested = |text: &str| {
        let parsed = ParsedQuery::parse(text);
        let found = shelf.index.suggest(&query(&parsed, Sort::Relevance), &Permit::Public, 3).unwrap();
        found.iter().map(|thread| thread.0).collect::<Vec<i64>>()
    };
    assert_eq!(suggested("the"), [13_000, 12_999, 12_998]);
    let mut both = suggested("the lant");
    both.sort_unstable();
    assert_eq!(both, [1, 13_001]);
}

#[test]
fn a_minus_takes_away_what_the_word_would_have_found() {
    let shelf = Shelf::with(&[
        post(10, "Dynamic NavigationMesh rebuilds", "It rebuilds."),
        post(20, "The pump crashes", "It rebuilds after that."),
        post(30, "Nothing special", "It rebuilds."),
    ]);
    let found = |text: &str| {
        let mut found = shelf.find(text, &Permit::Public);
        found.sort_unstable();
        found
    };
    assert_eq!(found("rebuilds -mesh"), [2, 3]);
    assert_eq!(found("rebuilds -crash"), [1, 3]);
    assert_eq!(found("rebuilds -\"crash\""), [1, 2, 3], "in quotes as it stands");
}

#[test]
fn of_alternatives_the_better_one_counts() {
    let filler = "Some more words about this and that, as people write them every day.";
    let mut posts: Vec<Written> = (10..40_i64).map(|n| post(n * 10, "Other", filler)).collect();
    posts.push(post(410, "Lantern build", "Build a lantern, the lantern build is easy."));
    posts.push(post(420, "Both", &format!("{filler} The lantern and the torch. {filler} A build it was.")));
    let shelf = Shelf::with(&posts);
    let results = shelf.results("lantern OR torch build", &Permit::Public, Sort::Relevance);
    assert_eq!((threads(&results).first(), results.complete), (Some(&41), 2), "{results:?}");
}

#[test]
fn where_a_code_is_found_its_parts_are_nothing() {
    let shelf = Shelf::with(&[
        post(10, "Update", "It says ERR_0x80070005 at the end."),
        post(20, "Other", "The mask is 0x7f and the ERR light is on."),
        post(30, "Colours", "Use 0xff."),
    ]);
    let results = shelf.results("ERR_0x80070005", &Permit::Public, Sort::Relevance);
    assert_eq!((threads(&results), results.total, results.complete), (vec![1], 1, 1));
    let results = shelf.results("ERR_0x80070006", &Permit::Public, Sort::Relevance);
    assert!(results.complete == 0 && results.total > 0, "{results:?}");
}

#[test]
fn initials_are_those_of_whole_words() {
    let shelf = Shelf::with(&[
        post(10, "不是内部命令怎么办", "x"),
        post(20, "糖尿病能吃什么", "y"),
        post(30, "关于斜切的问题", "z"),
        post(40, "高血压的人", "w"),
    ]);
    assert_eq!(shelf.find("tnb", &Permit::Public), [2]);
    assert_eq!(shelf.find("gxy", &Permit::Public), [4]);
    assert!(shelf.find("snb", &Permit::Public).is_empty(), "是内部 is no word");
}

#[test]
fn what_is_meant_by_a_misspelt_word() {
    let mut posts: Vec<Written> =
        (1_i64..40).map(|n| post(n * 10, "Help", "Particle effects help with a direct light.")).collect();
    posts.extend((50..55).map(|n| post(n * 10, "Hello directx", "hello directx")));
    posts.push(post(600, "Other", "and sprite2d."));
    posts.push(post(610, "Colision", "collission colision"));
    let shelf = Shelf::with(&posts);
    let spelling = |typed: &str| {
        let found = shelf.index.spelling(typed).unwrap();
        found.map(|found| (found.word, found.sure))
    };
    for (typed, meant, sure) in [
        ("helo", "hello", true),
        ("direcx", "directx", true),
        ("spirte2d", "sprite2d", false),
        ("partical", "particle", true),
        ("effcts", "effects", true),
    ] {
        assert_eq!(spelling(typed), Some((meant.to_owned(), sure)), "{typed}");
    }
    for typed in ["particles", "effect", "sprite3d", "spirte3d", "colision", "hlp"] {
        assert_eq!(spelling(typed), None, "{typed}");
    }
}

#[test]
fn a_name_and_its_number_meet_together_and_apart() {
    let shelf =
        Shelf::with(&[post(10, "Tools", "Built with VS 2015."), post(20, "More", "Built with VS2015.")]);
    for typed in ["VS2015", "vs 2015"] {
        let mut found = shelf.find(typed, &Permit::Public);
        found.sort_unstable();
        assert_eq!(found, [1, 2], "{typed}");
    }
}

#[test]
fn words_across_the_strait_meet_where_the_dictionary_knows_one_alone() {
    let shelf = Shelf::with(&[post(10, "写博客", "我的博客。"), post(20, "游戏", "部落的格子。")]);
    let results = shelf.results("部落格", &Permit::Public, Sort::Relevance);
    assert_eq!((threads(&results).first(), results.complete), (Some(&1), 1), "{results:?}");
}

#[test]
fn what_no_dictionary_knows_is_needed_beside_words_that_ask() {
    let shelf = Shelf::with(&[
        post(10, "蔚来怎么样", "想买车。"),
        post(20, "这个怎么样", "未来的事。"),
        post(30, "怎么样才好", "来不及。"),
    ]);
    let results = shelf.results("蔚来怎么样", &Permit::Public, Sort::Relevance);
    assert_eq!((threads(&results).first(), results.complete), (Some(&1), 1), "{results:?}");
    let spaced = shelf.results("\"蔚来 怎么样\"", &Permit::Public, Sort::Relevance);
    assert_eq!(threads(&spaced), [1], "a space in quotes stands for none as well");
}

#[test]
fn the_beginning_of_a_query_is_put_right() {
    let shelf = Shelf::with(&[
        post(10, "Vehicle demo with physics", "x"),
        post(20, "Shadows and vehicles", "y"),
        post(30, "Vehicle again 传感器", "vehiclo"),
    ]);
    for (typed, better) in [
        ("vehicel demo", Some("vehicle demo")),
        ("physcis", Some("physics")),
        ("shadwo", Some("shadows")),
        ("Vehicel ", Some("vehicle")),
        ("deom", Some("demo")),
        // Right, too short, not of this kind, or nothing is near.
        ("vehic", None),
        ("vehicle demo", None),
        ("dem0", None),
        ("vhc", None),
        ("chuangan", None),
        ("传干器", None),
        ("zorbifer", None),
    ] {
        assert_eq!(shelf.index.begun(typed).unwrap().as_deref(), better, "{typed}");
    }
}

#[test]
fn words_that_sound_the_same_come_from_titles_and_bodies() {
    let shelf = Shelf::with(&[
        post(10, "游戏", "塞尔达传说很好玩。"),
        post(20, "別的", "塞爾達也好看。"),
        post(30, "传感器", "校准"),
    ]);
    let words = |typed: &[&str]| {
        let syllables: Vec<String> = typed.iter().map(|one| (*one).to_owned()).collect();
        let found = shelf.index.homophones(&syllables).unwrap();
        found.into_iter().map(|found| (found.word, found.confused, found.most)).collect::<Vec<_>>()
    };
    assert_eq!(words(&["sai", "er", "da"]), [("塞尔达".to_owned(), 0, 2)]);
    assert_eq!(words(&["chuan", "gan", "qi"]), [("传感器".to_owned(), 0, 1)]);
    assert_eq!(words(&["chuang", "gan", "qi"]), [("传感器".to_owned(), 1, 1)], "nasals are mixed up");
    assert!(words(&["chuang", "gang", "qi"]).is_empty(), "twice is too much");
    assert!(words(&["sai", "er"]).contains(&("塞尔".to_owned(), 0, 2)));
}
