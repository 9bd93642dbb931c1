//! Another process that changes a role all the time, and whether anybody is answered by what was before.

use std::io::{BufRead as _, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst};
use std::thread::JoinHandle;
use std::time::Duration;

use dango_auth::Environment;
use dango_auth::core::audit::Via;
use dango_auth::core::id::UserId;

use super::answer::Answer;
use super::scene::Scene;
use crate::Failure;
use crate::place::{self, Hashing};

/// Roles in turn; after an even number of changes the first is in force.
const ROLES: [&str; 2] = ["editor", "operator"];
/// How long whoever changes it rests in between.
const PAUSE: Duration = Duration::from_millis(100);

/// The other process: changes a role whenever a line asks for it, and says when that is done.
pub(crate) fn run(folder: &Path, hashing: Hashing) -> Result<(), Failure> {
    let auth = place::open(folder, hashing, Environment::of_process())?;
    let caller = auth.local_caller(Via::Cli);
    for line in std::io::stdin().lock().lines() {
        let line = line?;
        let (id, role) = line.split_once(' ').ok_or("a line without a role")?;
        let (id, role) = (id.parse::<UserId>()?, auth.parse_role(role)?);
        auth.users().change_role(&caller, id, &role)?;
        println!("done");
    }
    Ok(())
}

/// The number of the change that was begun last, and of the one acknowledged last.
#[derive(Default)]
struct Numbers {
    begun: AtomicUsize,
    acknowledged: AtomicUsize,
}

/// Changes that go on until this is dropped.
pub(crate) struct Changes {
    numbers: Arc<Numbers>,
    over: Arc<AtomicBool>,
    orders: Option<JoinHandle<()>>,
    process: Child,
}

impl Changes {
    /// Lets another process change the role of the one who asks, who is an editor first.
    pub(crate) fn start(scene: &Scene) -> Result<Self, Failure> {
        let auth = &scene.place.auth;
        let [first, _] = ROLES;
        let role = auth.parse_role(first)?;
        auth.users()
            .change_role(&scene.place.caller, scene.ann, &role)?;
        let mut command = scene.command("--change")?;
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut process = command.spawn()?;
        let orders = process.stdin.take().ok_or("a process without input")?;
        let output = process.stdout.take().ok_or("a process without output")?;
        let numbers = Arc::new(Numbers::default());
        let over = Arc::new(AtomicBool::new(false));
        let (own, ann, end) = (Arc::clone(&numbers), scene.ann, Arc::clone(&over));
        let ordering = move || order(orders, BufReader::new(output), ann, &own, &end);
        Ok(Self {
            numbers,
            over,
            orders: Some(std::thread::spawn(ordering)),
            process,
        })
    }

    /// How many have been acknowledged.
    pub(crate) fn made(&self) -> usize {
        self.numbers.acknowledged.load(SeqCst)
    }

    /// Whether an answer to somebody who asked after change `known` was acknowledged is older than that.
    pub(crate) fn is_stale(&self, known: usize, answer: &Answer<'_>) -> bool {
        // While a change is on its way either answer is right.
        if self.numbers.begun.load(SeqCst) != known {
            return false;
        }
        let [even, odd] = ROLES;
        let right = if known.is_multiple_of(2) { even } else { odd };
        !answer.body().ends_with(format!("\"{right}\"}}").as_bytes())
    }
}

impl Drop for Changes {
    fn drop(&mut self) {
        self.over.store(true, SeqCst);
        if let Some(orders) = self.orders.take() {
            // Whoever orders ends, and with the orders the process, after the change it works on.
            let _ = orders.join();
        }
        let _ = self.process.wait();
    }
}

/// Orders one change after the other, until the process has ended.
fn order(
    mut orders: ChildStdin,
    mut done: impl std::io::BufRead,
    ann: UserId,
    numbers: &Numbers,
    over: &AtomicBool,
) {
    let mut said = String::new();
    for (number, role) in (1..).zip(ROLES.iter().cycle().skip(1)) {
        if over.load(SeqCst) {
            return;
        }
        numbers.begun.store(number, SeqCst);
        let asked = writeln!(orders, "{ann} {role}").and_then(|()| orders.flush());
        said.clear();
        if asked.is_err() || !matches!(done.read_line(&mut said), Ok(1..)) {
            return;
        }
        numbers.acknowledged.store(number, SeqCst);
        std::thread::sleep(PAUSE);
    }
}
