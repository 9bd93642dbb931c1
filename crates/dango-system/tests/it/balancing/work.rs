//! People who work behind a balancer while servers come and go.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst};
use std::time::{Duration, Instant};

use dango_testkit::postgres::sql_at;
use serde_json::json;

use crate::wire::{ask, request};

/// What was asked and answered.
pub(super) struct Work {
    url: String,
    token: String,
    over: AtomicBool,
    done: AtomicUsize,
    acknowledged: Mutex<BTreeSet<String>>,
    /// How often each answer came; 0 for none.
    statuses: Mutex<BTreeMap<u16, usize>>,
}

impl Work {
    pub(super) fn new(url: &str, token: &str) -> Self {
        Self {
            url: url.to_owned(),
            token: token.to_owned(),
            over: AtomicBool::new(false),
            done: AtomicUsize::new(0),
            acknowledged: Mutex::default(),
            statuses: Mutex::default(),
        }
    }

    pub(super) fn end(&self) {
        self.over.store(true, SeqCst);
    }

    /// Waits until so many more were done.
    pub(super) fn wait_for(&self, more: usize) {
        let (aim, start) = (self.done.load(SeqCst) + more, Instant::now());
        while self.done.load(SeqCst) < aim {
            assert!(start.elapsed() < Duration::from_secs(60), "no progress");
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    pub(super) fn figures(&self) -> String {
        let statuses = self.statuses.lock().unwrap();
        let each = statuses
            .iter()
            .map(|(status, count)| format!("{count} × {status}"));
        each.collect::<Vec<_>>().join(", ")
    }

    /// How many were made; those made twice or answered wrongly; those acknowledged and not there.
    pub(super) fn look(&self, database: &str) -> (usize, Vec<String>, Vec<String>) {
        let made = "select target_name from audit_events where event = 'workspace_created'";
        let made = sql_at(database, made);
        let mut times = BTreeMap::<String, usize>::new();
        for name in made.lines() {
            *times.entry(name.to_owned()).or_default() += 1;
        }
        let there = sql_at(database, "select name from workspaces");
        let there: BTreeSet<&str> = there.lines().collect();
        let twice = times.iter().filter(|(_, times)| **times != 1);
        let twice = twice.map(|(name, times)| format!("{name} was made {times} times"));
        // 409 would be the second of two that were sent for one.
        let fine = [201, 502, 503, 504];
        let statuses = self.statuses.lock().unwrap();
        let wrong = statuses.keys().filter(|status| !fine.contains(*status));
        let wrong = wrong.map(|status| format!("answered {status}"));
        let acknowledged = self.acknowledged.lock().unwrap();
        let lost = acknowledged
            .iter()
            .filter(|name| !(there.contains(name.as_str()) && times.contains_key(*name)));
        (
            times.len(),
            twice.chain(wrong).collect(),
            lost.cloned().collect(),
        )
    }
}

/// Makes workspaces of names of its own until it is told to stop, each on a connection of its own.
pub(super) fn people_work(work: &Work, number: usize) {
    for turn in 0.. {
        if work.over.load(SeqCst) {
            return;
        }
        let name = format!("place-{number}-{turn}");
        let body = json!({"name": name});
        let question = request("POST", "/api/v1/workspaces", Some(&work.token), &body);
        let status = ask(&work.url, &question).map_or(0, |answer| answer.status);
        *work.statuses.lock().unwrap().entry(status).or_default() += 1;
        if status == 201 {
            work.acknowledged.lock().unwrap().insert(name);
        }
        work.done.fetch_add(1, SeqCst);
        std::thread::sleep(Duration::from_millis(60));
    }
}
