//! The whole of a real community, by hand: `HEARTH_CORPUS=folder cargo test --release corpus -- --ignored`.

use std::path::PathBuf;
use std::time::Instant;

use hearth::base::ids::ThreadId;
use hearth::content::{heat, posts, threads};
use hearth::infra::db::{DatabaseUrl, Db, DbOptions, migrate};
use hearth::transfer::discourse::{self, DiscourseReader};
use hearth::transfer::import::{self, Options};

use super::fixture::{house, read, settle};
use crate::support::databases::TestDb;

#[test]
#[ignore = "needs HEARTH_CORPUS, the folder of a Discourse dump"]
fn corpus_sqlite() {
    // A file that stays, to kill a run half way and start another on it.
    match std::env::var("HEARTH_CORPUS_DB") {
        Ok(file) => {
            let db = Db::open(&DbOptions::new(DatabaseUrl::Sqlite(file.into()))).unwrap();
            migrate::run(&db).unwrap();
            corpus(&db);
        }
        Err(_) => corpus(&TestDb::sqlite()),
    }
}

#[test]
#[ignore = "needs HEARTH_CORPUS, the folder of a Discourse dump"]
fn corpus_postgres() {
    corpus(&TestDb::postgres());
}

fn corpus(db: &Db) {
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
