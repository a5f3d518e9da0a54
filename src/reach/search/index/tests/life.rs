//! An index through its life: opened, followed, rebuilt, damaged.

use std::fs::File;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use super::*;

#[test]
fn the_cursor_survives_and_guards_the_order_of_changes() {
    let shelf = Shelf::new();
    assert_eq!(shelf.index.standing(), Standing::Empty);
    assert_eq!(shelf.index.cursor(), 0);
    let batch = batch(&[post(10, "a", "word")]);
    shelf.index.apply(&batch, 0, 42).unwrap();
    assert!(matches!(shelf.index.apply(&batch, 41, 43), Err(IndexError::CursorMoved { cursor: 42 })));
    let shelf = shelf.reopen();
    assert_eq!(shelf.index.cursor(), 42);
    assert_eq!(shelf.find("word", &Permit::Public), [1]);
    shelf.index.apply(&batch, 42, 43).unwrap();
    assert_eq!(shelf.index.num_docs().public, 1);
}

#[test]
fn a_second_process_is_told_that_the_index_is_in_use() {
    let shelf = Shelf::new();
    assert!(matches!(open(shelf.dir.path()), Err(IndexError::Locked(_))));
    assert!(matches!(SearchIndex::discard(shelf.dir.path()), Err(IndexError::Locked(_))));
}

#[test]
fn a_rebuild_serves_the_old_until_it_is_finished() {
    let shelf = Shelf::with(&[post(10, "a", "old")]);
    let rebuild = shelf.index.start_rebuild().unwrap();
    assert!(matches!(shelf.index.start_rebuild(), Err(IndexError::Rebuilding)));
    let fresh = batch(&[post(20, "b", "fresh"), restricted(30, 7, "fresh")]);
    rebuild.put(&fresh.heads, &fresh.put).unwrap();
    shelf.index.apply(&batch(&[post(40, "c", "meanwhile")]), 1, 9).unwrap();
    assert_eq!(shelf.find("old", &Permit::Public), [1]);
    assert_eq!(shelf.find("meanwhile", &Permit::Public), [4]);
    assert!(shelf.find("fresh", &Permit::Public).is_empty());
    rebuild.finish(5).unwrap();
    assert_eq!(shelf.index.standing(), Standing::Complete);
    assert_eq!(shelf.index.cursor(), 5);
    assert!(shelf.find("old", &Permit::Public).is_empty());
    assert_eq!(shelf.find("fresh", &Permit::Public), [2]);
    assert!(matches!(
        shelf.index.apply(&Batch::default(), 9, 10),
        Err(IndexError::CursorMoved { cursor: 5 })
    ));
    shelf.index.apply(&batch(&[post(40, "c", "meanwhile")]), 5, 9).unwrap();
    let shelf = shelf.reopen();
    assert_eq!(shelf.index.standing(), Standing::Complete);
    assert_eq!(shelf.index.cursor(), 9);
    assert_eq!(shelf.find("meanwhile", &Permit::Public), [4]);
    assert_eq!(shelf.index.num_docs(), Counts { public: 2, restricted: 1 });
    assert_eq!(generations(shelf.dir.path()).len(), 1);
}

#[test]
fn a_rebuild_given_up_or_killed_leaves_the_old_one() {
    let shelf = Shelf::with(&[post(10, "a", "old")]);
    let given_up = shelf.index.start_rebuild().unwrap();
    given_up.put(&[], &[post(20, "b", "fresh").post]).unwrap();
    drop(given_up);
    assert_eq!(generations(shelf.dir.path()).len(), 1);
    // What a killed process leaves behind.
    std::fs::create_dir_all(shelf.dir.path().join("generation-000002").join("public")).unwrap();
    File::create(shelf.dir.path().join("generation-000002").join("public").join("meta.json")).unwrap();
    assert_eq!(generations(shelf.dir.path()).len(), 2);
    let shelf = shelf.reopen();
    assert_eq!(generations(shelf.dir.path()).len(), 1);
    assert_eq!(shelf.find("old", &Permit::Public), [1]);
    shelf.index.start_rebuild().unwrap().finish(3).unwrap();
    assert_eq!(shelf.index.cursor(), 3);
}

/// Closes the index as if another version had written it.
fn aged(shelf: Shelf, version: &str) -> tempfile::TempDir {
    let Shelf { dir, index } = shelf;
    drop(index);
    let stale = Pointer { version: version.into(), ..pointer::read(dir.path()).unwrap().unwrap() };
    pointer::write(dir.path(), &stale).unwrap();
    dir
}

#[test]
fn an_index_of_another_analysis_serves_until_a_new_one_is_filled() {
    let shelf = Shelf::new();
    let rebuild = shelf.index.start_rebuild().unwrap();
    let old = batch(&[post(10, "a", "old")]);
    rebuild.put(&old.heads, &old.put).unwrap();
    rebuild.finish(1).unwrap();
    let dir = aged(shelf, "0.0");
    let shelf = Shelf { index: open(dir.path()).unwrap(), dir };
    assert_eq!((shelf.index.standing(), shelf.index.cursor()), (Standing::Outdated, 1));
    assert_eq!(shelf.find("old", &Permit::Public), [1]);
    let rebuild = shelf.index.start_rebuild().unwrap();
    rebuild.note(Progress { done: 1, total: 2 });
    assert_eq!(shelf.index.progress(), Some(Progress { done: 1, total: 2 }));
    shelf.index.apply(&batch(&[post(40, "c", "meanwhile")]), 1, 9).unwrap();
    assert_eq!(shelf.find("meanwhile", &Permit::Public), [4]);
    let fresh = batch(&[post(10, "a", "old"), post(20, "b", "fresh")]);
    rebuild.put(&fresh.heads, &fresh.put).unwrap();
    rebuild.finish(1).unwrap();
    assert_eq!((shelf.index.standing(), shelf.index.progress()), (Standing::Complete, None));
    assert_eq!(shelf.find("fresh", &Permit::Public), [2]);
    let shelf = shelf.reopen();
    assert_eq!(shelf.index.standing(), Standing::Complete);
    assert_eq!(generations(shelf.dir.path()).len(), 1);
}

#[test]
fn one_that_another_version_left_half_filled_or_with_other_fields_begins_anew() {
    let dir = aged(Shelf::with(&[post(10, "a", "old")]), "0.0");
    let index = open(dir.path()).unwrap();
    assert_eq!((index.standing(), index.cursor(), index.num_docs().public), (Standing::Empty, 0, 0));
    index.start_rebuild().unwrap().finish(1).unwrap();
    let dir = aged(Shelf { dir, index }, "0.0");
    for side in ["public", "restricted"] {
        let meta = generations(dir.path()).remove(0).join(side).join("meta.json");
        let other = std::fs::read_to_string(&meta).unwrap().replace("\"likes\"", "\"loves\"");
        File::create(&meta).unwrap().write_all(other.as_bytes()).unwrap();
    }
    let index = open(dir.path()).unwrap();
    assert_eq!((index.standing(), index.cursor()), (Standing::Empty, 0));
    assert_eq!(generations(dir.path()).len(), 1);
}

#[test]
fn a_damaged_index_says_so_and_can_be_discarded() {
    let shelf = Shelf::with(&[post(10, "a", "old")]);
    let Shelf { dir, index } = shelf;
    drop(index);
    let generation = generations(dir.path()).remove(0);
    File::create(generation.join("public").join("meta.json")).unwrap();
    assert!(matches!(open(dir.path()), Err(IndexError::Corrupt(_))));
    SearchIndex::discard(dir.path()).unwrap();
    assert_eq!(open(dir.path()).unwrap().standing(), Standing::Empty);
}

fn generations(dir: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path());
    entries.filter(|path| path.is_dir()).collect()
}
