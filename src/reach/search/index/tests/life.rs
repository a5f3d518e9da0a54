//! An index through its life: opened, followed, rebuilt, damaged.

use std::fs::File;
use std::path::{Path, PathBuf};

use super::*;

#[test]
fn the_cursor_survives_and_guards_the_order_of_changes() {
    let shelf = Shelf::new();
    assert!(shelf.index.needs_rebuild());
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
    assert!(!shelf.index.needs_rebuild());
    assert_eq!(shelf.index.cursor(), 5);
    assert!(shelf.find("old", &Permit::Public).is_empty());
    assert_eq!(shelf.find("fresh", &Permit::Public), [2]);
    assert!(matches!(
        shelf.index.apply(&Batch::default(), 9, 10),
        Err(IndexError::CursorMoved { cursor: 5 })
    ));
    shelf.index.apply(&batch(&[post(40, "c", "meanwhile")]), 5, 9).unwrap();
    let shelf = shelf.reopen();
    assert!(!shelf.index.needs_rebuild());
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

#[test]
fn an_index_of_another_version_begins_anew() {
    let shelf = Shelf::with(&[post(10, "a", "old")]);
    shelf.index.start_rebuild().unwrap().finish(1).unwrap();
    let Shelf { dir, index } = shelf;
    drop(index);
    let stale = Pointer { version: "0.0".into(), ..pointer::read(dir.path()).unwrap().unwrap() };
    pointer::write(dir.path(), &stale).unwrap();
    let index = open(dir.path()).unwrap();
    assert!(index.needs_rebuild());
    assert_eq!((index.cursor(), index.num_docs().public), (0, 0));
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
    assert!(open(dir.path()).unwrap().needs_rebuild());
}

fn generations(dir: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path());
    entries.filter(|path| path.is_dir()).collect()
}
