//! Jobs: each is done once, by a node that is meant.

use hearth::base::time::UtcTime;
use hearth::infra::db::DbError;
use hearth::infra::jobs::{self, JobState};

use crate::on_both;

on_both! {
    fn a_job_is_done_by_the_node_it_is_meant_for(db) {
        let ask = |kind: &'static str, node: Option<&'static str>| {
            db.write_now(move |c| {
                jobs::ask(c, kind, &serde_json::Value::Null, node, UtcTime(1)).map_err(DbError::from)
            })
            .unwrap()
        };
        let take = |node: &'static str| {
            db.write_now(move |c| jobs::take(c, node, UtcTime(2)).map_err(DbError::from)).unwrap().map(|j| j.id)
        };
        let state = |id| db.read_now(|c| jobs::find(c, id).map_err(DbError::from)).unwrap().unwrap().state();
        let index = ask("reindex", Some("a"));
        let anybody = ask("rebuild_heat", None);
        assert_eq!(take("b"), Some(anybody), "the older one is for another node");
        assert_eq!(take("b"), None);
        assert_eq!(take("a"), Some(index));

        // What a node left running waits again when that node comes back, and when no other does.
        let back = |node: &'static str| {
            db.write_now(move |c| jobs::requeue(c, node).map_err(DbError::from)).unwrap();
        };
        back("a");
        assert_eq!((state(index), state(anybody)), (JobState::Waiting, JobState::Running));
        assert_eq!(take("b"), None);
        assert_eq!(take("a"), Some(index));
    }
}
