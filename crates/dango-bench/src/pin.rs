//! Who works on which processor: the server on one of its own, whoever asks on the others.

use rustix::thread::{CpuSet, sched_getaffinity, sched_setaffinity};

/// This thread, and the threads and programs it starts, kept on some processors until this is dropped.
pub(crate) struct Pinned {
    before: Option<CpuSet>,
}

impl Pinned {
    /// Whoever asks, on all processors but the server's, which is the first.
    ///
    /// To be called when the server has been started, which would stay on them as well.
    pub(crate) fn asker() -> Self {
        let mut others = sched_getaffinity(None).unwrap_or_default();
        if let Some(first) = first(&others) {
            others.unset(first);
        }
        Self::on(&others)
    }

    /// Whoever asks together with the server that is started from here on: they take turns, so that no answer
    /// waits for a processor that has to wake up first.
    pub(crate) fn together() -> Self {
        Self::on(&only_first(&sched_getaffinity(None).unwrap_or_default()))
    }

    fn on(processors: &CpuSet) -> Self {
        let before = sched_getaffinity(None).ok();
        let moved = processors.count() > 0 && sched_setaffinity(None, processors).is_ok();
        Self {
            before: before.filter(|_| moved),
        }
    }
}

impl Drop for Pinned {
    fn drop(&mut self) {
        if let Some(before) = &self.before {
            // A machine that refuses keeps it where it is, which costs speed and no truth.
            let _ = sched_setaffinity(None, before);
        }
    }
}

/// Keeps this process on the first processor; false where there is no other for those who ask.
pub(crate) fn server() -> bool {
    let Ok(all) = sched_getaffinity(None) else {
        return false;
    };
    all.count() > 1 && sched_setaffinity(None, &only_first(&all)).is_ok()
}

fn only_first(processors: &CpuSet) -> CpuSet {
    let mut alone = CpuSet::new();
    if let Some(first) = first(processors) {
        alone.set(first);
    }
    alone
}

fn first(processors: &CpuSet) -> Option<usize> {
    (0..CpuSet::MAX_CPU).find(|number| processors.is_set(*number))
}
