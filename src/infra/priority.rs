//! Work that nobody waits for gives way to answering readers.

/// How much later, in the measure of `nice(2)`: beside a thread of ordinary priority such a thread still gets a tenth
/// of a processor that both want.
#[cfg(target_os = "linux")]
const LATER: i32 = 10;

/// Lets this thread, and those that it starts from now on, run after the others. Where the system knows no priorities
/// of threads, nothing changes.
pub fn give_way() {
    #[cfg(target_os = "linux")]
    if let Err(error) = rustix::process::setpriority_process(Some(rustix::thread::gettid()), LATER) {
        tracing::debug!(%error, "a thread keeps its priority");
    }
}

/// Runs `work` on a thread that gives way, and so do all threads that it starts; waits for it.
///
/// # Panics
/// When `work` does.
pub fn giving_way<T: Send>(work: impl FnOnce() -> T + Send) -> T {
    let done = std::thread::scope(|scope| {
        let worker = scope.spawn(|| {
            give_way();
            work()
        });
        worker.join()
    });
    done.unwrap_or_else(|panic| std::panic::resume_unwind(panic))
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    fn niceness() -> Option<i32> {
        rustix::process::getpriority_process(Some(rustix::thread::gettid())).ok()
    }

    #[test]
    fn what_gives_way_starts_threads_that_do() {
        let before = niceness();
        let there = giving_way(|| std::thread::spawn(niceness).join().ok().flatten());
        assert_eq!(there, before.map(|before| before.max(LATER)));
        assert_eq!(niceness(), before);
    }
}
