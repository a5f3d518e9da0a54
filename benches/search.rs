//! What search costs: reading texts and queries, and asking an index of 20,000 threads in both languages.
//! `cargo bench --bench search`; figures are wall time of one thread, so compare within one run.

#![expect(clippy::unwrap_used, reason = "a benchmark may stop where it stands")]

use hearth::base::ids::{CategoryId, MemberId, PostId, ThreadId};
use hearth::base::time::UtcTime;
use hearth::reach::search::analysis::{Analysis, Lexicon};
use hearth::reach::search::excerpt::{COLUMNS, Marker};
use hearth::reach::search::index::{Filter, Head, Page, Permit, PostDocument, Query, SearchIndex, Sort};
use hearth::reach::search::query::ParsedQuery;

const THREADS: i64 = 20_000;
const ENGLISH: &str = "The sensor reads high after a warm start; replace the cable AB-1200/3 and run the calibration \
    again. It was drifting by two degrees over a week, which the log shows as ERR_0x80070005.";
const CHINESE: &str = "传感器在热启动之后读数偏高，请更换电缆 AB-1200/3，然后重新校准。一周之内漂移了两度，日志里显示为 ERR_0x80070005，\
    社区里有人遇到过同样的问题，最后换了一个新的探头才解决。";

fn main() {
    divan::main();
}

#[divan::bench(args = ["english", "chinese"])]
fn tokens(bencher: divan::Bencher<'_, '_>, name: &str) {
    let analysis = Analysis::new();
    let text = if name == "english" { ENGLISH } else { CHINESE };
    bencher.counter(divan::counter::BytesCount::of_str(text)).bench_local(|| analysis.tokens(text));
}

#[divan::bench(args = ["sensor", "传感器", "how do I calibrate a drifting sensor", "传感器热启动之后读数偏高怎么办"])]
fn question(bencher: divan::Bencher<'_, '_>, text: &str) {
    let (analysis, lexicon) = (Analysis::new(), Lexicon::default());
    bencher.bench_local(|| analysis.question(text, &lexicon));
}

#[divan::bench]
fn excerpt(bencher: divan::Bencher<'_, '_>) {
    let (analysis, lexicon) = (Analysis::new(), Lexicon::default());
    let marker = Marker::new(&analysis, &lexicon, &ParsedQuery::parse("传感器 校准"));
    bencher.bench_local(|| marker.excerpt(CHINESE, COLUMNS));
}

/// An index with a thread in turn English and Chinese; one in a hundred has a word of its own.
fn shelf(analysis: &Analysis) -> (tempfile::TempDir, SearchIndex) {
    let dir = tempfile::tempdir().unwrap();
    let index = SearchIndex::open(dir.path(), analysis, 50_000_000).unwrap();
    let rebuild = index.start_rebuild().unwrap();
    let at = UtcTime(1_700_000_000_000_000);
    for n in 1..=THREADS {
        let text = if n % 2 == 0 { ENGLISH } else { CHINESE };
        let rare = if n % 100 == 0 { " zirconium 锆石" } else { "" };
        let head = Head {
            thread: ThreadId(n),
            category: CategoryId(1),
            restricted: false,
            title: text.chars().skip(usize::try_from(n % 17).unwrap()).take(24).collect(),
            tags: Vec::new(),
            marks: Vec::new(),
            created_at: at,
            last_at: at,
            heat: 0.0,
        };
        let post = PostDocument {
            post: PostId(n),
            thread: ThreadId(n),
            author: MemberId(1),
            created_at: at,
            restricted: false,
            accepted: false,
            authority: false,
            likes: 0,
            has: Vec::new(),
            body: format!("{text}{rare} {n}"),
            code: String::new(),
        };
        rebuild.put(&[head], &[post]).unwrap();
    }
    rebuild.finish(1).unwrap();
    (dir, index)
}

#[divan::bench(args = ["zirconium", "锆石", "sensor", "传感器", "the", "sensor -cable", "\"warm start\"", "sensor calibration"])]
fn search(bencher: divan::Bencher<'_, '_>, text: &str) {
    let (analysis, lexicon) = (Analysis::new(), Lexicon::default());
    let (_dir, index) = shelf(&analysis);
    let parsed = ParsedQuery::parse(text);
    let query = Query {
        parsed: &parsed,
        lexicon: &lexicon,
        filter: Filter::default(),
        sort: Sort::Relevance,
        now: UtcTime(1_700_000_000_000_000),
        heat_age: 0.0,
    };
    bencher.bench_local(|| index.search(&query, &Permit::Public, Page { offset: 0, limit: 20 }).unwrap());
}
