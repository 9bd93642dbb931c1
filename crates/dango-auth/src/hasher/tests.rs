use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Barrier};
use std::thread;

use super::*;
use crate::ambient::{SystemClock, fixed};

const CHEAP: HashParameters = HashParameters::insecure_for_tests();

fn hasher() -> Hasher {
    Hasher::new(CHEAP, fixed::ambient(), HasherLimits::SERVER)
}

fn with_limits(queue: usize, wait: Duration) -> Hasher {
    Hasher::new(
        CHEAP,
        fixed::ambient(),
        HasherLimits {
            queue,
            wait,
            niceness: 0,
        },
    )
}

fn password(text: &str) -> Password {
    Password::new(text).unwrap()
}

/// Sends the thread of `hasher` a job that lasts until the answer is dropped; returns once the thread is at it.
fn occupy(hasher: &Hasher) -> Sender<()> {
    let (release, released) = channel::<()>();
    let (ready, is_ready) = channel();
    let work: queue::Work = Box::new(move |_| {
        ready.send(()).unwrap();
        // Fails when the other end is dropped, which is what it waits for.
        let _ = released.recv();
    });
    let claim = Arc::default();
    hasher.queue.enqueue(queue::Job { work, claim }).unwrap();
    wait_for(&is_ready);
    release
}

fn wait_for<T>(signal: &Receiver<T>) -> T {
    signal.recv_timeout(Duration::from_secs(30)).unwrap()
}

/// Yields to the other threads until `done`, for state that has no signal of its own.
fn until(done: impl Fn() -> bool) {
    let started = std::time::Instant::now();
    while !done() {
        assert!(
            started.elapsed() < Duration::from_secs(30),
            "it does not happen"
        );
        thread::yield_now();
    }
}

#[test]
fn a_password_matches_its_own_hash_alone() {
    let hasher = hasher();
    let hash = hasher.hash(&password("correct horse")).unwrap();
    let right = hasher
        .verify(&password("correct horse"), Some(&hash))
        .unwrap();
    assert_eq!(
        right,
        Verification {
            matches: true,
            needs_rehash: false
        }
    );
    let wrong = hasher
        .verify(&password("correct hors"), Some(&hash))
        .unwrap();
    assert_eq!(
        wrong,
        Verification {
            matches: false,
            needs_rehash: false
        }
    );
    assert_ne!(
        hasher.hash(&password("correct horse")).unwrap(),
        hash,
        "each hash has a salt of its own"
    );
}

#[test]
fn without_a_hash_the_same_work_is_done_and_nothing_matches() {
    let hasher = hasher();
    let absent = hasher.verify(&password(""), None).unwrap();
    assert!(!absent.matches && !absent.needs_rehash);
    until(|| hasher.counts().done == 1);
}

#[test]
fn a_hash_of_another_cost_asks_for_a_new_one_when_it_matches() {
    let hash = hasher().hash(&password("p")).unwrap();
    let today = Hasher::new(
        HashParameters::checked(7_168, 5, 1).unwrap(),
        fixed::ambient(),
        HasherLimits::COMMAND,
    );
    assert!(
        today
            .verify(&password("p"), Some(&hash))
            .unwrap()
            .needs_rehash
    );
    assert!(
        !today
            .verify(&password("q"), Some(&hash))
            .unwrap()
            .needs_rehash
    );
}

#[test]
fn a_hasher_that_is_not_used_starts_no_thread() {
    let hasher = hasher();
    assert!(!hasher.queue.has_started());
    let _ = hasher.verify(&password("p"), None).unwrap();
    assert!(hasher.queue.has_started());
}

#[test]
fn a_full_queue_refuses_at_once_and_says_when_to_try_again() {
    let hasher = with_limits(2, Duration::from_secs(30));
    let release = occupy(&hasher);
    let waiting: Vec<_> = (0..2)
        .map(|_| {
            let hasher = hasher.clone();
            thread::spawn(move || hasher.verify(&password("p"), None))
        })
        .collect();
    until(|| hasher.counts().queued == 3);
    let refused = hasher.verify(&password("p"), None).unwrap_err();
    assert_eq!(
        refused,
        HasherError::Busy {
            retry_after: Duration::from_secs(1)
        }
    );
    assert_eq!(
        refused.to_string(),
        "too many sign-ins at once, try again in 1 seconds"
    );
    assert_eq!(hasher.counts().refused, 1);
    drop(release);
    for caller in waiting {
        assert!(caller.join().unwrap().is_ok());
    }
}

#[test]
fn a_job_whose_caller_has_given_up_is_skipped() {
    let hasher = with_limits(8, Duration::ZERO);
    let release = occupy(&hasher);
    for _ in 0..3 {
        assert!(matches!(
            hasher.verify(&password("p"), None),
            Err(HasherError::Busy { .. })
        ));
    }
    assert_eq!(
        hasher.counts(),
        HasherCounts {
            queued: 4,
            done: 0,
            skipped: 0,
            refused: 0,
            ..HasherCounts::default()
        }
    );
    drop(release);
    until(|| hasher.counts().queued == 0);
    assert_eq!(
        hasher.counts(),
        HasherCounts {
            queued: 0,
            done: 1,
            skipped: 3,
            refused: 0,
            ..HasherCounts::default()
        }
    );
}

#[test]
fn a_job_that_has_begun_is_waited_for_however_long_it_takes() {
    let wait = Duration::from_millis(20);
    let hasher = with_limits(1, wait);
    let begun = Arc::new(AtomicBool::new(false));
    loop {
        let flag = Arc::clone(&begun);
        // The wait is real time, so the job really outlasts it.
        let answer = hasher.queue.run(move |_| {
            flag.store(true, Ordering::Release);
            thread::sleep(3 * wait);
        });
        if begun.load(Ordering::Acquire) {
            assert!(answer.is_ok());
            break;
        }
        // A busy machine did not begin in time; that is another case.
        assert!(answer.is_err());
    }
}

#[test]
fn a_job_that_panics_fails_alone() {
    let hasher = hasher();
    let failed = hasher.queue.run(|_| -> () { panic!("on purpose") });
    assert!(matches!(failed, Err(QueueError::Unavailable)));
    assert!(hasher.hash(&password("p")).is_ok());
}

#[test]
fn many_callers_each_get_their_own_answer() {
    let hasher = hasher();
    let hash = hasher.hash(&password("7")).unwrap();
    let barrier = Barrier::new(32);
    thread::scope(|scope| {
        let callers: Vec<_> = (0..32)
            .map(|number| {
                let (hasher, hash, barrier) = (&hasher, &hash, &barrier);
                scope.spawn(move || {
                    barrier.wait();
                    let typed = password(&number.to_string());
                    assert_eq!(
                        hasher.verify(&typed, Some(hash)).unwrap().matches,
                        number == 7
                    );
                })
            })
            .collect();
        for caller in callers {
            caller.join().unwrap();
        }
    });
    until(|| hasher.counts().done == 33);
}

#[test]
fn the_thread_ends_with_the_last_clone() {
    let hasher = hasher();
    let clone = hasher.clone();
    let pulse = hasher.queue.pulse();
    hasher.queue.run(|_| ()).unwrap();
    drop(hasher);
    assert!(clone.queue.run(|_| ()).is_ok());
    drop(clone);
    until(|| pulse.upgrade().is_none());
}

#[test]
fn without_randomness_nothing_is_hashed() {
    let dry = Ambient::new(Arc::new(SystemClock), Arc::new(fixed::Dry));
    let error = Hasher::new(CHEAP, dry, HasherLimits::COMMAND)
        .hash(&password("p"))
        .unwrap_err();
    assert!(matches!(error, HasherError::Entropy(_)));
}

#[cfg(target_os = "linux")]
#[test]
fn the_thread_yields_to_others_and_the_process_does_not() {
    let niceness = || rustix::process::getpriority_process(None).unwrap();
    let before = niceness();
    let within = hasher().queue.run(move |_| niceness()).unwrap();
    assert_eq!(within, (before + 10).min(19));
    assert_eq!(niceness(), before);
}
