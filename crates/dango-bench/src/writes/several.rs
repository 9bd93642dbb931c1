//! Several writers at once: threads of one process, or processes.

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::Instant;

use super::work::{Kind, Work};
use super::{PROCESSES, Yard};
use crate::Failure;

/// Writes per second of all of them together, `count` each.
pub(super) fn threads(works: &mut [Work], count: usize) -> Result<f64, Failure> {
    let all = works.len() * count;
    let start = Instant::now();
    let failures: Vec<String> = std::thread::scope(|scope| {
        let repeat = |work: &mut Work| (0..count).try_for_each(|_| work.once());
        let begin = |work| scope.spawn(move || repeat(work).map_err(|failure| failure.to_string()));
        let running: Vec<_> = works.iter_mut().map(begin).collect();
        let ended = running.into_iter().map(|thread| match thread.join() {
            Ok(outcome) => outcome.err(),
            Err(_) => Some("a writer panicked".to_owned()),
        });
        ended.flatten().collect()
    });
    match failures.into_iter().next() {
        Some(failure) => Err(failure.into()),
        None => Ok(all as f64 / start.elapsed().as_secs_f64()),
    }
}

/// Processes that wait for a line and then write.
pub(super) struct Processes {
    children: Vec<(Child, BufReader<ChildStdout>)>,
    count: usize,
}

impl Processes {
    /// Starts them and waits until each is ready.
    pub(super) fn start(yard: &Yard, kind: Kind, count: usize) -> Result<Self, Failure> {
        let mut processes = Self {
            children: Vec::new(),
            count,
        };
        for number in 0..PROCESSES {
            let mut command = Command::new(std::env::current_exe()?);
            let kind = if kind == Kind::Bare { "bare" } else { "role" };
            command.args(["--write", kind, "--times", &count.to_string()]);
            command.args(["--writer", &(100 + number).to_string(), "--in"]);
            command.arg(yard.folder.path());
            if let Some(url) = &yard.database_url {
                command.args(["--database-url", url]);
            }
            let command = command.stdin(Stdio::piped()).stdout(Stdio::piped());
            let mut child = command.spawn()?;
            let output = child.stdout.take().ok_or("a writer without output")?;
            processes.children.push((child, BufReader::new(output)));
        }
        processes.wait("ready")?;
        Ok(processes)
    }

    /// Writes per second of all of them together.
    pub(super) fn run(&mut self) -> Result<f64, Failure> {
        let start = Instant::now();
        for (child, _) in &mut self.children {
            let input = child.stdin.as_mut().ok_or("a writer without input")?;
            input.write_all(b"go\n")?;
        }
        self.wait("done")?;
        let all = self.children.len() * self.count;
        Ok(all as f64 / start.elapsed().as_secs_f64())
    }

    fn wait(&mut self, word: &str) -> Result<(), Failure> {
        for (_, output) in &mut self.children {
            let mut line = String::new();
            output.read_line(&mut line)?;
            if line.trim() != word {
                return Err(format!("a writer said {line:?} instead of {word}").into());
            }
        }
        Ok(())
    }
}

impl Drop for Processes {
    fn drop(&mut self) {
        for (child, _) in &mut self.children {
            // At the end of its input it ends.
            drop(child.stdin.take());
            let _ = child.wait();
        }
    }
}

/// In such a process: writes `count` times for each line of the input.
#[allow(clippy::print_stdout)] // what the other side waits for
pub(crate) fn serve(mut work: Work, count: usize) -> Result<(), Failure> {
    println!("ready");
    for line in std::io::stdin().lines() {
        line?;
        for _ in 0..count {
            work.once()?;
        }
        println!("done");
    }
    Ok(())
}
