//! A damaged search index costs nothing but the time to build it anew, and one that says other things than the
//! database is noticed.

use std::path::Path;

use hearth::app::{Node, NodeOptions};
use hearth::base::actor::Role;
use hearth::infra::db::DbOptions;
use hearth::reach::search::compare::{Apart, Compared, Differences, compare};
use hearth::reach::search::index::Standing;

use crate::app_on_both;
use crate::support::app::{App, Caller, off};

fn files(dir: &Path, found: &mut Vec<std::path::PathBuf>) {
    for entry in std::fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { files(&path, found) } else { found.push(path) }
    }
}

/// Another node of the same site, with its index under `dir`, that has caught up.
fn another(app: &App, dir: &Path) -> Node {
    let house = &app.node.house;
    let options = NodeOptions {
        index_memory: 15_000_000,
        ..NodeOptions::new(
            DbOptions::new(house.db.url().clone()),
            dir.to_owned(),
            app.node.web.config.clone(),
        )
    };
    let node = Node::assemble(house.db.clone(), options).expect("the node starts");
    node.settle().expect("the readers catch up");
    node
}

app_on_both! {
    async fn an_index_that_is_taken_away_while_it_serves_is_built_anew(app) {
        app.category("general", None, &[]);
        let ada = app.member("ada", Role::Member);
        let fields = [("category", "general"), ("kind", "discussion"), ("title", "Findable"), ("tags", ""), ("body", "Needle.")];
        app.post("/compose", &ada, &fields).await;
        let dir = tempfile::tempdir().unwrap();
        off(|| {
            let node = another(app, dir.path());
            let mut before = Vec::new();
            files(dir.path(), &mut before);
            for entry in std::fs::read_dir(dir.path()).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() { std::fs::remove_dir_all(path).unwrap() } else { std::fs::remove_file(path).unwrap() }
            }
            node.settle().expect("the readers catch up");
            assert_eq!((node.search.index.standing(), node.search.index.num_docs().public), (Standing::Complete, 1));
            assert_eq!(compare(&app.db, dir.path()).unwrap(), Compared::Done(Differences::default()));
        });
    }
}

app_on_both! {
    async fn an_index_with_broken_files_is_built_anew(app) {
        app.category("general", None, &[]);
        let ada = app.member("ada", Role::Member);
        let fields = [("category", "general"), ("kind", "discussion"), ("title", "Findable"), ("tags", ""), ("body", "Needle.")];
        app.post("/compose", &ada, &fields).await;
        for (broken, flipped) in [
            ("meta.json", false),
            (".term", false),
            (".idx", false),
            (".store", false),
            ("current.json", false),
            (".fast", true),
            (".idx", true),
            (".term", true),
            (".pos", true),
            (".fieldnorm", true),
        ] {
            let dir = tempfile::tempdir().unwrap();
            let start = || off(|| another(app, dir.path()));
            drop(start());
            let mut all = Vec::new();
            files(dir.path(), &mut all);
            let hit: Vec<_> = all.iter().filter(|p| p.to_string_lossy().ends_with(broken)).collect();
            assert!(!hit.is_empty(), "{broken} is not there: {all:?}");
            for path in hit {
                let bytes = std::fs::read(path).unwrap();
                // As long as before, and ending as before, with other bytes: nobody notices by looking at it.
                let half = bytes.len().div_ceil(2);
                let changed = bytes.iter().enumerate().map(|(at, byte)| if at < half { !byte } else { *byte });
                std::fs::write(path, if flipped { changed.collect() } else { b"x".to_vec() }).unwrap();
            }
            if flipped {
                let found = off(|| compare(&app.db, dir.path()).unwrap());
                assert_eq!(found, Compared::Damaged, "{broken}");
            }
            let node = start();
            assert_eq!(node.search.index.num_docs().public, 1, "{broken}");
            assert_eq!(node.search.index.standing(), Standing::Complete);
            let found = off(|| compare(&app.db, dir.path()).unwrap());
            assert_eq!(found, Compared::Done(Differences::default()), "{broken}");
        }
        assert_eq!(app.get("/", &Caller::visitor()).await.status, 200);
    }
}

app_on_both! {
    async fn an_index_that_says_other_things_is_noticed(app) {
        let ada = app.member("ada", Role::Administrator);
        app.category("general", None, &[]);
        app.category("inner", Some(&["ada"]), &[]);
        for (category, title) in [("general", "One"), ("general", "Two"), ("inner", "Three")] {
            let fields = [("category", category), ("kind", "discussion"), ("title", title), ("tags", ""), ("body", "Needle.")];
            assert_eq!(app.post("/compose", &ada, &fields).await.status, 303);
        }
        let look = || off(|| compare(&app.db, &app.db.dir().join("search")).unwrap());
        let sound = Compared::Done(Differences::default());
        assert_eq!(look(), Compared::NoIndex, "nothing was built yet");
        app.settle();
        assert_eq!(look(), sound, "looked at while it is open");
        // Behind the back of the log.
        app.sql("UPDATE posts SET state = 1 WHERE thread_id = 1");
        app.sql("UPDATE threads SET category_id = 2 WHERE id = 2");
        app.sql("UPDATE threads SET category_id = 1 WHERE id = 3");
        let moved = Apart { misfiled: 2, ..Apart::default() };
        let posts = Apart { spare: 1, ..moved };
        assert_eq!(look(), Compared::Done(Differences { posts, titles: moved }));
        app.sql("UPDATE threads SET state = 1 WHERE id = 1");
        let titles = Apart { spare: 1, ..moved };
        assert_eq!(look(), Compared::Done(Differences { posts, titles }));
        app.sql("UPDATE threads SET state = 0 WHERE id = 1");
        app.sql("UPDATE posts SET state = 0 WHERE thread_id = 1");
        app.sql("UPDATE threads SET category_id = 1 WHERE id = 2");
        app.sql("UPDATE threads SET category_id = 2 WHERE id = 3");
        assert_eq!(look(), sound);
        // What the index has yet to hear of is no difference.
        let late = [("category", "inner"), ("kind", "discussion"), ("title", "Four"), ("tags", ""), ("body", "Late.")];
        app.post("/compose", &ada, &late).await;
        assert_eq!(app.post("/post/1/delete", &ada, &[("sure", "yes")]).await.status, 303);
        assert_eq!(look(), sound);
    }
}
