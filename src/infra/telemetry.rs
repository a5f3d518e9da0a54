//! Figures of a running node in Prometheus' text format. Anything may count with the macros of `metrics`; this
//! room sets up who listens, and names everything once.

use std::sync::OnceLock;

use metrics::{describe_counter, describe_gauge, describe_histogram};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};

/// Requests answered, by method, route and status.
pub const REQUESTS: &str = "hearth_http_requests_total";
/// Seconds a request took, by route.
pub const SECONDS: &str = "hearth_http_request_seconds";
/// Pages served from memory, and those that had to be drawn.
pub const PAGES: &str = "hearth_page_cache_requests_total";
/// Pages in memory.
pub const PAGES_KEPT: &str = "hearth_page_cache_pages";
/// Their bytes.
pub const PAGES_BYTES: &str = "hearth_page_cache_bytes";
/// Commits.
pub const COMMITS: &str = "hearth_db_commits_total";
/// Writes that were acknowledged.
pub const WRITES: &str = "hearth_db_writes_total";
/// Place of the newest numbered activity.
pub const LOG_HEAD: &str = "hearth_log_head";
/// Activities that a reader has not applied yet, by reader.
pub const LOG_BEHIND: &str = "hearth_log_behind";
/// Posts in an index, by index.
pub const POSTS_INDEXED: &str = "hearth_search_posts";

/// Bounds of the histogram of seconds.
const BUCKETS: [f64; 13] =
    [0.000_1, 0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0];

/// The recorder of this process; made when first asked for. `None` when another one is installed already.
pub fn recorder() -> Option<&'static PrometheusHandle> {
    static RECORDER: OnceLock<Option<PrometheusHandle>> = OnceLock::new();
    RECORDER.get_or_init(install).as_ref()
}

fn install() -> Option<PrometheusHandle> {
    let builder =
        PrometheusBuilder::new().set_buckets_for_metric(Matcher::Full(SECONDS.to_owned()), &BUCKETS).ok()?;
    let handle = builder.install_recorder().ok()?;
    describe_counter!(REQUESTS, "Requests answered, by method, route and status");
    describe_histogram!(SECONDS, "Seconds a request took, by route");
    describe_counter!(PAGES, "Pages for readers without an account: from memory, or drawn");
    describe_gauge!(PAGES_KEPT, "Pages kept in memory");
    describe_gauge!(PAGES_BYTES, "Bytes of pages kept in memory, as reckoned");
    describe_counter!(COMMITS, "Transactions committed by this node; on SQLite each is one fsync");
    describe_counter!(WRITES, "Writes acknowledged by this node; several share a commit on SQLite");
    describe_gauge!(LOG_HEAD, "Place of the newest numbered activity");
    describe_gauge!(LOG_BEHIND, "Activities that a reader has not applied yet");
    describe_gauge!(POSTS_INDEXED, "Posts in the public and the restricted index of this node");
    metrics_process::Collector::new("hearth_").describe();
    Some(handle)
}

/// Everything, as Prometheus reads it.
pub fn text() -> String {
    metrics_process::Collector::new("hearth_").collect();
    recorder().map(PrometheusHandle::render).unwrap_or_default()
}
