//! A switch between a program and PostgreSQL: connections can be cut, refused and led elsewhere.

use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

/// A running proxy on loopback; it ends with its owner's process.
#[derive(Debug)]
pub struct Proxy {
    address: SocketAddr,
    state: Arc<Mutex<State>>,
}

#[derive(Debug)]
struct State {
    /// The socket of the server behind.
    target: PathBuf,
    /// Whether newcomers are turned away.
    closed: bool,
    /// Both ends of what is connected.
    open: Vec<(TcpStream, UnixStream)>,
}

impl Proxy {
    /// Starts one in front of the PostgreSQL whose socket lies in `folder`.
    ///
    /// # Panics
    /// When loopback has no free port.
    pub fn start(folder: &Path) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().expect("an address");
        let state = Arc::new(Mutex::new(State {
            target: folder.join(".s.PGSQL.5432"),
            closed: false,
            open: Vec::new(),
        }));
        let own = Arc::clone(&state);
        std::thread::spawn(move || {
            for client in listener.incoming().flatten() {
                connect(&own, client);
            }
        });
        Self { address, state }
    }

    /// URL of a database behind it.
    pub fn url(&self, database: &str) -> String {
        format!("postgres://postgres@{}/{database}", self.address)
    }

    /// Cuts every connection; whoever comes next is let in.
    ///
    /// # Panics
    /// When a thread of the proxy has failed.
    pub fn cut(&self) {
        for (client, server) in self.state.lock().expect("proxy").open.drain(..) {
            // Either end may be gone already.
            let _ = client.shutdown(Shutdown::Both);
            let _ = server.shutdown(Shutdown::Both);
        }
    }

    /// Cuts every connection and turns newcomers away until [`open`](Self::open).
    ///
    /// # Panics
    /// When a thread of the proxy has failed.
    pub fn close(&self) {
        self.state.lock().expect("proxy").closed = true;
        self.cut();
    }

    /// Lets newcomers in again.
    ///
    /// # Panics
    /// When a thread of the proxy has failed.
    pub fn open(&self) {
        self.state.lock().expect("proxy").closed = false;
    }
}

fn connect(state: &Mutex<State>, client: TcpStream) {
    let mut state = state.lock().expect("proxy");
    if state.closed {
        return;
    }
    let Ok(server) = UnixStream::connect(&state.target) else {
        return;
    };
    let copies = (client.try_clone(), server.try_clone());
    let kept = (client.try_clone(), server.try_clone());
    let ((Ok(from_client), Ok(from_server)), (Ok(kept_client), Ok(kept_server))) = (copies, kept)
    else {
        return;
    };
    state.open.push((kept_client, kept_server));
    std::thread::spawn(move || pass_on(from_client, server));
    std::thread::spawn(move || pass_on(from_server, client));
}

fn pass_on(mut from: impl Read, mut to: impl Write + Close) {
    // An end that is gone ends the copying, which is all there is to do about it.
    let _ = std::io::copy(&mut from, &mut to);
    to.close();
}

trait Close {
    fn close(&self);
}

impl Close for TcpStream {
    fn close(&self) {
        let _ = self.shutdown(Shutdown::Both);
    }
}

impl Close for UnixStream {
    fn close(&self) {
        let _ = self.shutdown(Shutdown::Both);
    }
}
