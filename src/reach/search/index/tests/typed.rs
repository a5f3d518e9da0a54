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
