//! Programs under test: started, watched, stopped, and never left behind.

use std::fmt;
use std::io::{BufRead as _, BufReader, Read};
use std::net::{SocketAddr, TcpStream};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

/// How long a program may take to start or stop on a busy machine.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// How often something without a notification is looked at.
const INTERVAL: Duration = Duration::from_millis(10);

/// A running program with its output captured; killed when dropped.
pub struct Running {
    child: Child,
    output: Arc<Mutex<String>>,
    lines: Receiver<String>,
}

impl Running {
    /// Starts a program without standard input.
    ///
    /// # Panics
    /// When it cannot be started.
    pub fn start(command: &mut Command) -> Self {
        command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = command
            .spawn()
            .unwrap_or_else(|error| panic!("{command:?}: {error}"));
        let output = Arc::default();
        let (sender, lines) = mpsc::channel();
        collect(child.stdout.take().expect("piped"), &output, sender.clone());
        collect(child.stderr.take().expect("piped"), &output, sender);
        Self {
            child,
            output,
            lines,
        }
    }

    /// Waits for a line, on either stream, that contains `part`, and gives the line.
    ///
    /// Lines are read once: a second call looks only at what came after the first one's line.
    ///
    /// # Panics
    /// When the program ends or [`PATIENCE`] runs out before; the message has its output.
    pub fn wait_for_line(&self, part: &str) -> String {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            match self.lines.recv_timeout(left) {
                Ok(line) if line.contains(part) => return line,
                Ok(_) => {}
                Err(RecvTimeoutError::Timeout) => panic!("no `{part}` in time:\n{}", self.output()),
                Err(RecvTimeoutError::Disconnected) => {
                    panic!("ended without `{part}`:\n{}", self.output())
                }
            }
        }
    }

    /// Waits until somebody accepts connections at the address.
    ///
    /// # Panics
    /// When the program ends or [`PATIENCE`] runs out before; the message has its output.
    pub fn wait_for_listener(&mut self, address: SocketAddr) {
        let deadline = Instant::now() + PATIENCE;
        while TcpStream::connect_timeout(&address, PATIENCE).is_err() {
            let ended = self.child.try_wait().expect("own child");
            assert!(ended.is_none(), "ended with {ended:?}:\n{}", self.output());
            assert!(
                Instant::now() < deadline,
                "not listening in time:\n{}",
                self.output()
            );
            std::thread::sleep(INTERVAL);
        }
    }

    /// Everything the program has said so far, both streams in order of arrival.
    pub fn output(&self) -> String {
        self.output
            .lock()
            .map(|output| output.clone())
            .unwrap_or_default()
    }

    /// The program's process number.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Sends a signal.
    ///
    /// # Panics
    /// When the program is already gone.
    pub fn signal(&self, signal: Signal) {
        kill_process(Pid::from_child(&self.child), signal).expect("the program is gone");
    }

    /// Asks the program to end (SIGTERM) and waits until it has.
    ///
    /// # Panics
    /// When it does not end within [`PATIENCE`].
    pub fn stop(&mut self) -> ExitStatus {
        if self.child.try_wait().expect("own child").is_none() {
            self.signal(Signal::TERM);
        }
        self.wait()
    }

    /// Waits until the program has ended by itself.
    ///
    /// # Panics
    /// When it does not end within [`PATIENCE`].
    pub fn wait(&mut self) -> ExitStatus {
        let deadline = Instant::now() + PATIENCE;
        loop {
            if let Some(status) = self.child.try_wait().expect("own child") {
                return status;
            }
            assert!(
                Instant::now() < deadline,
                "still running:\n{}",
                self.output()
            );
            std::thread::sleep(INTERVAL);
        }
    }

    /// Ends the program at once, as a crash would (SIGKILL).
    pub fn kill(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.kill();
    }
}

impl fmt::Debug for Running {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Running")
            .field("id", &self.id())
            .finish_non_exhaustive()
    }
}

fn collect(
    stream: impl Read + Send + 'static,
    output: &Arc<Mutex<String>>,
    lines: mpsc::Sender<String>,
) {
    let output = Arc::clone(output);
    std::thread::spawn(move || {
        for line in BufReader::new(stream).split(b'\n').map_while(Result::ok) {
            let line = String::from_utf8_lossy(&line).into_owned();
            if let Ok(mut output) = output.lock() {
                output.push_str(&line);
                output.push('\n');
            }
            // Nobody may be waiting for lines any more; the output is still collected.
            let _ = lines.send(line);
        }
    });
}
