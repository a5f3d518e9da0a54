//! The whole of a real community, by hand: `HEARTH_CORPUS=folder cargo test --release corpus -- --ignored`.

use std::path::PathBuf;
use std::time::Instant;

use hearth::base::ids::ThreadId;
use hearth::content::{heat, posts, threads};
use hearth::transfer::discourse::{self, DiscourseReader};
use hearth::transfer::import::{self, Options};

use super::fixture::{house, read, settle};
use crate::support::databases::TestDb;

#[test]
#[ignore = "needs HEARTH_CORPUS, the folder of a Discourse dump"]
fn corpus_sqlite() {
    corpus(&TestDb::sqlite());
}

#[test]
#[ignore = "needs HEARTH_CORPUS, the folder of a Discourse dump"]
fn corpus_postgres() {
    corpus(&TestDb::postgres());
}

fn corpus(db: &TestDb) {
    let folder = PathBuf::from(std::env::var("HEARTH_CORPUS").unwrap());
    let cx = hearth::infra::house::House { clock: hearth::infra::clock::Clock::System, ..house(db) };
    for _ in 0..2 {
        let mut reader = DiscourseReader::open(&folder, &discourse::Options::default()).unwrap();
        let begun = Instant::now();
        let sum = import::run(&cx, "corpus", &mut reader, &Options::default(), &()).unwrap();
        let mut report = reader.report();
        let bad = report.bad.len();
        report.bad.truncate(3);
        eprintln!("{:?}: {sum:#?}\n{report:#?} bad: {bad}", begun.elapsed());
    }
    let begun = Instant::now();
    settle(db);
    eprintln!("readers: {:?}", begun.elapsed());
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    eprintln!("{}", status.lines().filter(|l| l.starts_with("VmHWM")).collect::<String>());
    eprintln!("{}", std::fs::read_to_string("/proc/self/stat").unwrap());
    let scale = read(db, threads::service::scale);
    let mut after = ThreadId(0);
    loop {
        let ids = read(db, |c| threads::store::ids_after(c, after, 500));
        let Some(last) = ids.last() else { break };
        after = *last;
        for id in &ids {
            let thread = read(db, |c| threads::store::find(c, *id)).unwrap();
            let total = read(db, |c| heat::store::total(c, scale, *id));
            assert!((thread.heat - total).abs() < 1e-9);
        }
    }
    let left = read(db, |c| posts::bulk::unfinished(c, hearth::base::ids::PostId(0), 1));
    assert!(left.is_empty());
}
