//! Who works on which processor: the server on one of its own, whoever asks on the others.

use rustix::thread::{CpuSet, sched_getaffinity, sched_setaffinity};

/// Whoever asks, kept off the server's processor until this is dropped.
pub(crate) struct Asker {
    before: Option<CpuSet>,
}

impl Asker {
    /// Keeps this thread, and those it starts from here on, on all processors but the first.
    ///
    /// To be called when the server has been started, which would stay on them as well.
    pub(crate) fn pinned() -> Self {
        let before = sched_getaffinity(None).ok();
        let mut others = before.unwrap_or_default();
        if let Some(first) = first(&others) {
            others.unset(first);
        }
        let moved = others.count() > 0 && sched_setaffinity(None, &others).is_ok();
        Self {
            before: before.filter(|_| moved),
        }
    }
}

impl Drop for Asker {
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
    let mut alone = CpuSet::new();
    if let Some(first) = first(&all) {
        alone.set(first);
    }
    all.count() > 1 && sched_setaffinity(None, &alone).is_ok()
}

fn first(processors: &CpuSet) -> Option<usize> {
    (0..CpuSet::MAX_CPU).find(|number| processors.is_set(*number))
}
