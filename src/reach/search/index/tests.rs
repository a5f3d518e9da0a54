use super::*;

mod life;
mod typed;

use crate::base::ids::{CategoryId, MemberId, ThreadId};
use crate::base::time::{DAY, UtcTime};
use crate::reach::search::analysis::{self, Lexicon};
use crate::reach::search::query::{Has, Mark, ParsedQuery};

const MEMORY: usize = 15_000_000;
const PAGE: Page = Page { offset: 0, limit: 20 };

struct Shelf {
    dir: tempfile::TempDir,
    index: SearchIndex,
}

impl Shelf {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let index = open(dir.path()).unwrap();
        Self { dir, index }
    }

    fn with(posts: &[Written]) -> Self {
        let shelf = Self::new();
        shelf.put(posts);
        shelf
    }

    fn put(&self, posts: &[Written]) {
        self.index.apply(&batch(posts), self.index.cursor(), self.index.cursor() + 1).unwrap();
    }

    fn find(&self, text: &str, permit: &Permit) -> Vec<i64> {
        threads(&self.results(text, permit, Sort::Relevance))
    }

    fn results(&self, text: &str, permit: &Permit, sort: Sort) -> Results {
        let parsed = ParsedQuery::parse(text);
        self.index.search(&query(&parsed, sort), permit, PAGE).unwrap()
    }

    fn reopen(self) -> Self {
        let Self { dir, index } = self;
        drop(index);
        let index = open(dir.path()).unwrap();
        Self { dir, index }
    }
}

fn open(dir: &Path) -> Result<SearchIndex, IndexError> {
    SearchIndex::open(dir, &analysis::for_tests(), MEMORY)
}

fn query(parsed: &ParsedQuery, sort: Sort) -> Query<'_> {
    static LEXICON: std::sync::LazyLock<Lexicon> = std::sync::LazyLock::new(Lexicon::default);
    Query {
        parsed,
        lexicon: &LEXICON,
        filter: Filter::default(),
        sort,
        now: UtcTime(1000 * DAY),
        heat_age: 0.0,
    }
}

fn threads(results: &Results) -> Vec<i64> {
    results.hits.iter().map(|hit| hit.thread.0).collect()
}

/// A post with what its thread is.
#[derive(Clone)]
struct Written {
    post: PostDocument,
    head: Head,
}

impl Written {
    fn at(mut self, at: UtcTime) -> Self {
        self.post.created_at = at;
        self.head.last_at = at;
        self
    }

    fn by(mut self, author: i64) -> Self {
        self.post.author = MemberId(author);
        self
    }

    fn marked(mut self, marks: &[Mark]) -> Self {
        self.head.marks = marks.to_vec();
        self
    }

    fn tagged(mut self, tag: &str) -> Self {
        self.head.tags = vec![tag.into()];
        self
    }

    fn filed(mut self, category: i64) -> Self {
        self.head.category = CategoryId(category);
        self
    }
}

fn batch(posts: &[Written]) -> Batch {
    let mut heads: Vec<Head> = Vec::new();
    for written in posts {
        if !heads.iter().any(|head| head.thread == written.head.thread) {
            heads.push(written.head.clone());
        }
    }
    Batch { put: posts.iter().map(|written| written.post.clone()).collect(), heads, ..Batch::default() }
}

/// A post of thread `post / 10`.
fn post(id: i64, title: &str, body: &str) -> Written {
    let at = UtcTime(100 * DAY);
    let thread = ThreadId(id / 10);
    Written {
        post: PostDocument {
            post: PostId(id),
            thread,
            author: MemberId(1),
            created_at: at,
            restricted: false,
            accepted: false,
            authority: false,
            likes: 0,
            has: Vec::new(),
            body: body.into(),
            code: String::new(),
        },
        head: Head {
            thread,
            category: CategoryId(1),
            restricted: false,
            title: title.into(),
            tags: Vec::new(),
            marks: Vec::new(),
            created_at: at,
            last_at: at,
            heat: 0.0,
        },
    }
}

fn restricted(id: i64, category: i64, body: &str) -> Written {
    let mut written = post(id, "内部", body).filed(category);
    written.post.restricted = true;
    written.head.restricted = true;
    written
}

#[test]
fn a_post_is_found_in_either_script_and_by_any_short_substring() {
    let shelf =
        Shelf::with(&[post(10, "如何做好社區營銷", "我們的後臺用 Rust 寫"), post(20, "别的", "没有关系")]);
    for text in ["社区营销", "社區營銷", "区营", "后台", "ｒｕｓｔ", "做好社", "我们的后台"]
    {
        assert_eq!(shelf.find(text, &Permit::Public), [1], "{text}");
    }
    assert!(shelf.find("营区", &Permit::Public).is_empty());
}

#[test]
fn a_thread_is_one_hit_with_its_best_post() {
    let shelf = Shelf::with(&[
        post(10, "Printer", "It is broken"),
        post(11, "Printer", "Replace the roller, the roller wears out"),
        post(12, "Printer", "I replaced the roller"),
        post(20, "Scanner", "no roller inside, and many other words that make this post long"),
    ]);
    let results = shelf.results("roller", &Permit::Public, Sort::Relevance);
    assert_eq!(results.total, 2);
    assert_eq!((results.hits[0].thread, results.hits[0].post), (ThreadId(1), Some(PostId(11))));
    // The title of the thread and the words of a reply together.
    assert_eq!(
        shelf.results("printer roller", &Permit::Public, Sort::Relevance).hits[0].post,
        Some(PostId(11))
    );
}

#[test]
fn restricted_posts_are_found_by_those_who_may_alone() {
    let shelf =
        Shelf::with(&[post(10, "公开", "工资"), restricted(20, 7, "工资"), restricted(30, 8, "工资")]);
    let sorted = |permit: &Permit| {
        let mut found = shelf.find("工资", permit);
        found.sort_unstable();
        found
    };
    assert_eq!(sorted(&Permit::Public), [1]);
    assert_eq!(sorted(&Permit::Categories(vec![])), [1]);
    assert_eq!(sorted(&Permit::Categories(vec![CategoryId(7)])), [1, 2]);
    assert_eq!(sorted(&Permit::All), [1, 2, 3]);
}

#[test]
fn tags_and_marks_of_restricted_threads_stay_hidden_too() {
    let shelf = Shelf::with(&[restricted(20, 7, "x").tagged("Layoffs").marked(&[Mark::Closed])]);
    for text in ["tag:layoffs", "is:closed", "layoffs", "内部", "neibu"] {
        assert!(shelf.find(text, &Permit::Public).is_empty(), "{text}");
        assert_eq!(shelf.find(text, &Permit::All), [2], "{text}");
    }
}

#[test]
fn scores_say_nothing_about_hidden_posts() {
    let body = "quarterly salary table";
    let open = [post(10, "one", "salary"), post(20, "two", "table talk")];
    let without = Shelf::with(&open);
    let with = Shelf::with(&open);
    let hidden: Vec<_> = (3..40).map(|n| restricted(n * 10, 7, body)).collect();
    with.put(&hidden);
    for text in ["salary", "table", "salary table"] {
        let score = |shelf: &Shelf| shelf.results(text, &Permit::Public, Sort::Relevance);
        assert_eq!(score(&without), score(&with), "{text}");
    }
    // And those who may see both find scores that compare.
    assert!(
        with.results("salary", &Permit::All, Sort::Relevance).hits.iter().all(|hit| hit.score.is_finite())
    );
}

#[test]
fn restricted_posts_alone_give_finite_scores() {
    let shelf = Shelf::with(&[restricted(10, 7, "salary")]);
    let results = shelf.results("salary", &Permit::All, Sort::Relevance);
    assert!(results.hits[0].score.is_finite() && results.hits[0].score > 0.0);
}

#[test]
fn a_post_moves_between_the_indexes_and_leaves_nothing_behind() {
    let shelf = Shelf::with(&[post(10, "t", "budget")]);
    shelf.put(&[restricted(10, 7, "budget")]);
    assert_eq!(shelf.index.num_docs(), Counts { public: 0, restricted: 1 });
    assert!(shelf.find("budget", &Permit::Public).is_empty());
    assert_eq!(shelf.find("budget", &Permit::All), [1]);
    shelf.put(&[post(10, "t", "budget")]);
    assert_eq!(shelf.index.num_docs(), Counts { public: 1, restricted: 0 });
    let held = snapshot(shelf.dir.path()).unwrap();
    assert!(held.is_none(), "it was never built");
    shelf.index.start_rebuild().unwrap().finish(9).unwrap();
    shelf.put(&[post(10, "t", "budget"), restricted(20, 7, "budget")]);
    let held = snapshot(shelf.dir.path()).unwrap().unwrap();
    assert_eq!(held.posts, [(PostId(10), false), (PostId(20), true)]);
    assert_eq!(held.heads, [(ThreadId(1), false), (ThreadId(2), true)]);
}

#[test]
fn what_is_removed_is_not_found() {
    let shelf = Shelf::with(&[
        post(10, "a", "word"),
        post(11, "a", "word"),
        post(20, "b", "word"),
        post(21, "b", "word"),
    ]);
    let batch = Batch {
        remove_posts: vec![PostId(20), PostId(21)],
        remove_threads: vec![ThreadId(1)],
        put: vec![post(21, "b", "word").post],
        ..Batch::default()
    };
    shelf.index.apply(&batch, 1, 2).unwrap();
    let results = shelf.results("word", &Permit::Public, Sort::Relevance);
    assert_eq!(results.hits.iter().map(|hit| hit.post).collect::<Vec<_>>(), [Some(PostId(21))]);
}

#[test]
fn an_edit_replaces_the_words() {
    let shelf = Shelf::with(&[post(10, "a", "first")]);
    shelf.put(&[post(10, "a", "second")]);
    assert!(shelf.find("first", &Permit::Public).is_empty());
    assert_eq!(shelf.find("second", &Permit::Public), [1]);
}

#[test]
fn operators_narrow() {
    let shelf = Shelf::with(&[
        post(10, "printer one", "x").tagged("驅動").marked(&[Mark::Solved, Mark::Question]),
        post(11, "printer one", "printer").by(2),
        post(20, "other", "printer").by(2).at(UtcTime(500 * DAY)).filed(2),
        post(30, "third", "printer jam").marked(&[Mark::Pinned]),
    ]);
    let found = |text: &str| {
        let mut found = shelf.find(text, &Permit::Public);
        found.sort_unstable();
        found
    };
    assert_eq!(found("printer"), [1, 2, 3]);
    assert_eq!(found("printer in:title"), [1]);
    assert_eq!(found("printer -jam"), [1, 2]);
    assert_eq!(found("\"printer jam\""), [3]);
    assert_eq!(found("jam OR x"), [1, 3]);
    assert_eq!(found("printer tag:驱动"), [1]);
    assert_eq!(found("is:solved is:question"), [1]);
    assert_eq!(found("is:solved is:pinned"), Vec::<i64>::new());
    assert_eq!(found("printer after:1971-03-01"), [2]);
    assert_eq!(found("printer before:1971-03-01"), [1, 3]);
    assert_eq!(found("printer @nobody"), Vec::<i64>::new());
    let parsed = ParsedQuery::parse("printer category:two");
    let asked = |filter| {
        let query = Query { filter, ..query(&parsed, Sort::Relevance) };
        let mut found = threads(&shelf.index.search(&query, &Permit::Public, PAGE).unwrap());
        found.sort_unstable();
        found
    };
    assert_eq!(asked(Filter { categories: Some(vec![CategoryId(2)]), ..Filter::default() }), [2]);
    assert!(asked(Filter { categories: Some(vec![]), ..Filter::default() }).is_empty());
    let bob = Filter { author: Some(MemberId(2)), ..Filter::default() };
    assert_eq!(asked(bob.clone()), [1, 2]);
    assert_eq!(asked(Filter { except: Some(ThreadId(2)), ..bob.clone() }), [1]);
    assert_eq!(asked(Filter { only: Some(ThreadId(2)), ..bob }), [2]);
}

#[test]
fn posts_are_asked_for_what_they_hold_and_how_they_are_liked() {
    let mut liked = post(10, "a", "cable");
    liked.post.likes = 5;
    liked.post.has = vec![Has::Image, Has::Link];
    let mut code = post(20, "b", "cable");
    code.post.code = "let cable = bus.open();".into();
    code.post.has = vec![Has::Code];
    let shelf = Shelf::with(&[liked, code]);
    let found = |text: &str| shelf.find(text, &Permit::Public);
    assert_eq!(found("cable has:image"), [1]);
    assert_eq!(found("cable has:code"), [2]);
    assert!(found("cable has:code has:image").is_empty());
    assert_eq!(found("min:likes=5"), [1]);
    assert!(found("min:likes=6 cable").is_empty());
    // What stands in code is found, alone and as a phrase.
    assert_eq!(found("bus"), [2]);
    assert_eq!(found("\"bus.open\""), [2]);
}

#[test]
fn titles_and_tags_are_found_by_their_sound() {
    let shelf = Shelf::with(&[post(10, "如何做好社區營銷", "x"), post(20, "重启", "y").tagged("打印机")]);
    for text in ["shequyingxiao", "shequ", "sqyx", "yingxiao"] {
        assert_eq!(shelf.find(text, &Permit::Public), [1], "{text}");
    }
    for text in ["chongqi", "dayinji", "dyj"] {
        assert_eq!(shelf.find(text, &Permit::Public), [2], "{text}");
    }
    assert!(shelf.find("zuohaoshe qi", &Permit::Public).iter().all(|thread| *thread == 1));
    assert!(shelf.find("xiaoru", &Permit::Public).is_empty());
}

#[test]
fn repeating_a_word_does_not_help() {
    let once = "The printer stops after a few pages and shows a red light";
    let stuffed = "printer ".repeat(60);
    let shelf = Shelf::with(&[
        post(10, "Question", once),
        post(20, "Question", &stuffed),
        post(30, "Question", &format!("{once} {stuffed}")),
    ]);
    assert_eq!(shelf.find("printer", &Permit::Public)[0], 1);
}

#[test]
fn words_that_only_ask_choose_nothing() {
    let shelf = Shelf::with(&[
        post(10, "为什么怎么问都行", "为什么？怎么？为什么大家都问？"),
        post(20, "打包以后的问题", "打包后黑屏，画面全黑。"),
        post(30, "How do I do what I do", "How do I? What do you do?"),
        post(40, "Pointer", "The mouse jumps."),
    ]);
    for (asked, best, others) in
        [("为什么黑屏", 2, 0), ("如何黑屏", 2, 0), ("how do I use the mouse", 4, 0), ("怎么", 1, 0)]
    {
        let found = shelf.find(asked, &Permit::Public);
        assert_eq!(found.first(), Some(&best), "{asked}: {found:?}");
        assert_eq!(found.len(), 1 + others, "{asked}: {found:?}");
    }
}

#[test]
fn a_word_that_nobody_wrote_hides_nothing() {
    let shelf = Shelf::with(&[post(10, "Sensor", "A sensor."), restricted(20, 7, "zanzibar")]);
    for asked in ["sensor zanzibar", "sensor quibble", "the sensor of my quibble and zanzibar"] {
        for permit in [Permit::Public, Permit::Categories(vec![CategoryId(8)])] {
            assert_eq!(shelf.find(asked, &permit), [1], "{asked}");
        }
    }
    let results = shelf.results("zanzibar", &Permit::All, Sort::Relevance);
    assert_eq!((results.total, results.complete, results.public), (1, 1, (0, 0)));
    for sort in [Sort::Newest, Sort::Hottest] {
        let hidden = shelf.results("sensor zanzibar", &Permit::Categories(vec![CategoryId(8)]), sort);
        assert_eq!(hidden.total, 1, "what is hidden sets no floor");
    }
}

#[test]
fn repeating_a_sentence_does_not_help() {
    for (sentence, natural, asked) in [
        (
            "heron feeder jams in the lower tray today again ",
            "Since this morning my heron feeder jams, as it did in May. What helps?",
            "heron feeder",
        ),
        (
            "白鹭送纸器今天在下层纸盘又卡住了。",
            "从今天早上起我的白鹭送纸器又卡住了，五月也有过。怎么办？",
            "白鹭送纸器",
        ),
    ] {
        let shelf = Shelf::with(&[
            post(10, "Trouble", natural),
            post(20, "Trouble", &sentence.repeat(20)),
            post(30, "Trouble", &sentence.repeat(60)),
            post(40, "Trouble", sentence),
        ]);
        let found = shelf.find(asked, &Permit::Public);
        let place = |thread| found.iter().position(|found| *found == thread).unwrap();
        assert!(place(1) < place(3) && place(4) < place(3) && place(4) < place(2), "{asked}: {found:?}");
        // What stands at the joints is still found.
        assert_eq!(
            shelf.find("\"today again heron\"", &Permit::Public).len(),
            if sentence.is_ascii() { 2 } else { 0 }
        );
    }
}

#[test]
fn the_hottest_come_first_when_asked_for() {
    let hot = |id, heat| {
        let mut written = post(id, "t", "fox");
        written.head.heat = heat;
        written
    };
    let shelf = Shelf::with(&[hot(10, 3.0), hot(20, 9.5), hot(30, -2.0)]);
    assert_eq!(threads(&shelf.results("fox", &Permit::Public, Sort::Hottest)), [2, 1, 3]);
}

#[test]
fn a_head_put_again_changes_the_thread_and_leaves_its_posts() {
    let shelf = Shelf::with(&[post(10, "old title", "fox"), post(11, "old title", "hare")]);
    let heads = vec![Head { title: "new title".into(), ..post(10, "", "").head }];
    shelf.index.apply(&Batch { heads, ..Batch::default() }, 1, 2).unwrap();
    assert_eq!(shelf.index.num_docs(), Counts { public: 2, restricted: 0 });
    assert!(shelf.find("old", &Permit::Public).is_empty());
    assert_eq!(shelf.find("new fox", &Permit::Public), [1]);
    let shelf = shelf.reopen();
    assert_eq!(shelf.find("new hare", &Permit::Public), [1]);
}

#[test]
fn why_a_thread_ranks_adds_up_to_its_score() {
    let shelf = Shelf::with(&[post(10, "paper jam", "the printer jams"), post(20, "b", "paper")]);
    let parsed = ParsedQuery::parse("paper jam");
    let query = query(&parsed, Sort::Relevance);
    let why = shelf.index.explain(&query, &Permit::Public, ThreadId(1)).unwrap();
    assert!(why.complete && why.whole_title);
    let sum: f32 = why.shares.iter().map(|share| share.text + share.title).sum();
    assert!((why.score - (sum + weights::WHOLE_TITLE) * why.factor).abs() < 1.0, "{why:?}");
    assert_eq!(shelf.index.explain(&query, &Permit::Public, ThreadId(9)).unwrap(), Why::default());
}

#[test]
fn a_tag_is_also_found_as_a_word() {
    let shelf = Shelf::with(&[post(10, "a", "b").tagged("Firmware")]);
    assert_eq!(shelf.find("firmware", &Permit::Public), [1]);
}

#[test]
fn the_very_title_comes_first_and_titles_before_bodies() {
    let shelf = Shelf::with(&[
        post(10, "后台", "后台 后台 后台 登录 登录"),
        post(20, "后台登录", "进不去，请问怎么回事，试过很多次"),
        post(30, "后台登录后台登录后台登录", "后台登录后台登录"),
        post(40, "别的", "后台登录"),
    ]);
    let found = shelf.find("後臺登錄", &Permit::Public);
    assert_eq!(found, [2, 3, 4, 1]);
    let shelf = Shelf::with(&[
        post(10, "Blue", "sky"),
        post(20, "The blue", "blue blue sky"),
        post(30, "blue blue blue things", "blue blue"),
        post(40, "“BLUE!”", "sky"),
        post(50, "C++", "C"),
        post(60, "C", "c of things, a letter"),
    ]);
    let found = shelf.find("blue", &Permit::Public);
    assert!(found.iter().take(2).all(|thread| [1, 4].contains(thread)), "{found:?}");
    assert_eq!(shelf.find("C++", &Permit::Public).first(), Some(&5));
    assert_eq!(shelf.find("c", &Permit::Public).first(), Some(&6));
}

#[test]
fn the_exact_word_beats_its_inflection_and_the_newer_and_accepted_win_ties() {
    let shelf = Shelf::with(&[post(10, "a", "he runs there"), post(20, "b", "he running there")]);
    assert_eq!(shelf.find("running", &Permit::Public), [2, 1]);
    assert_eq!(shelf.find("runs", &Permit::Public), [1, 2]);
    let mut accepted = post(30, "c", "same words").at(UtcTime(990 * DAY));
    accepted.post.accepted = true;
    let shelf = Shelf::with(&[
        post(10, "a", "same words"),
        post(20, "b", "same words").at(UtcTime(990 * DAY)),
        accepted,
    ]);
    assert_eq!(shelf.find("words", &Permit::Public), [3, 2, 1]);
}

#[test]
fn newest_first_orders_threads_by_their_newest_hit() {
    let at = |id, day: i64, body: &str| post(id, "t", body).at(UtcTime(day * DAY));
    let shelf = Shelf::with(&[
        at(10, 1, "fox"),
        at(11, 9, "fox"),
        at(12, 50, "hare"),
        at(20, 5, "fox"),
        at(30, 7, "fox"),
    ]);
    let results = shelf.results("fox", &Permit::Public, Sort::Newest);
    assert_eq!(threads(&results), [1, 3, 2]);
    assert_eq!(results.hits[0].post, Some(PostId(11)));
    assert_eq!(threads(&shelf.results("after:1970-01-01", &Permit::Public, Sort::Relevance)), [1, 3, 2]);
}

#[test]
fn a_question_typed_as_a_sentence_finds_its_topic_after_complete_hits() {
    let shelf =
        Shelf::with(&[post(10, "打印机卡纸", "打印机总是卡纸，换了滚轮"), post(20, "网络", "路由器重启")]);
    let results =
        shelf.results("请问一下各位我的打印机经常卡纸应该怎么解决呢", &Permit::Public, Sort::Relevance);
    assert_eq!(threads(&results), [1]);
    assert_eq!((results.total, results.complete), (1, 0));
    let results = shelf.results("打印机 路由器", &Permit::Public, Sort::Relevance);
    assert_eq!((results.total, results.complete), (2, 0));
}

#[test]
fn pages_follow_one_another() {
    let posts: Vec<_> = (1..=30).map(|n| post(n * 10, "t", "word")).collect();
    let shelf = Shelf::with(&posts);
    let parsed = ParsedQuery::parse("word");
    let mut seen = Vec::new();
    for offset in [0, 12, 24] {
        let page = Page { offset, limit: 12 };
        let results = shelf.index.search(&query(&parsed, Sort::Relevance), &Permit::Public, page).unwrap();
        assert_eq!(results.total, 30);
        seen.extend(threads(&results));
    }
    assert_eq!(seen.len(), 30);
    seen.sort_unstable();
    seen.dedup();
    assert_eq!(seen.len(), 30);
}

#[test]
fn nothing_asked_finds_nothing() {
    let shelf = Shelf::with(&[post(10, "a", "b")]);
    for text in ["", "   ", "？！", "\"…\""] {
        assert_eq!(shelf.results(text, &Permit::All, Sort::Relevance), Results::default(), "{text:?}");
    }
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(6))]

    /// The engine finds what a scan of the texts finds, and nothing else.
    #[test]
    fn the_index_agrees_with_reading_every_post(
        texts in proptest::collection::vec("[社区區营營销后後臺台的 a，。\n]{4,30}", 20..40)
    ) {
        let posts: Vec<_> = (1_i64..).zip(&texts).map(|(n, text)| post(n * 10, "t", text)).collect();
        let shelf = Shelf::with(&posts);
        let fold = |text: &str| crate::base::fold::fold(text).replace('\n', "");
        for asked in ["社区", "区营", "社区营销", "后台", "台的", "销后台"] {
            let truth: Vec<i64> =
                posts.iter().filter(|w| fold(&w.post.body).contains(asked)).map(|w| w.post.thread.0).collect();
            let parsed = ParsedQuery::parse(asked);
            let page = Page { offset: 0, limit: 100 };
            let results = shelf.index.search(&query(&parsed, Sort::Relevance), &Permit::Public, page).unwrap();
            let mut found: Vec<i64> = threads(&results).into_iter().take(results.complete).collect();
            found.sort_unstable();
            // A blank line ends a paragraph: the only place where the two differ.
            let apart = |thread: &i64| posts[*thread as usize - 1].post.body.contains("\n\n");
            let truth: Vec<i64> = truth.into_iter().filter(|thread| found.contains(thread) || !apart(thread)).collect();
            proptest::prop_assert_eq!(found, truth, "{}", asked);
        }
    }
}
