//! A server that answers like Metabase's published API, with faults on demand.
//!
//! It keeps users, groups, memberships and the permission graph in memory, in the shape of Metabase before or
//! after version 50. It is no Metabase: what it answers is what the documentation says Metabase answers, so a
//! test against it shows that we make the right calls in the right order, and nothing about a real server.

mod accounts;
mod http;
mod permissions;
mod state;

use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use serde_json::Value;

use state::State;
pub use state::{API_KEY, Account, Fault, SERVICE_EMAIL, SERVICE_ID, SERVICE_PASSWORD};

/// Which Metabase it answers like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Age {
    /// Before 50: the old graph, groups as `group_ids`, deactivated accounts in the list only.
    Old,
    /// From 50 on.
    New,
}

/// A running server; gone when dropped.
#[derive(Debug)]
pub struct Metabase {
    address: SocketAddr,
    state: Arc<Mutex<State>>,
    running: Option<Running>,
}

#[derive(Debug)]
struct Running {
    stop: Arc<AtomicBool>,
    thread: JoinHandle<()>,
}

impl Metabase {
    /// Starts one with the service account and nobody else.
    ///
    /// # Panics
    /// When it cannot listen.
    pub fn start(age: Age) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().expect("a bound listener");
        let state = Arc::new(Mutex::new(State::new(age)));
        let running = Some(serve(listener, Arc::clone(&state)));
        Self {
            address,
            state,
            running,
        }
    }

    /// Its address without a slash at the end.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Stops listening; connections are refused from now on. What it knows is kept.
    pub fn go_down(&mut self) {
        let Some(running) = self.running.take() else {
            return;
        };
        running.stop.store(true, Ordering::SeqCst);
        // The listener is woken up to notice.
        let _ = TcpStream::connect(self.address);
        let _ = running.thread.join();
    }

    /// Listens again at the same address.
    ///
    /// # Panics
    /// When somebody else took the port.
    pub fn come_back(&mut self) {
        if self.running.is_none() {
            let listener = TcpListener::bind(self.address).expect("the port is still ours");
            self.running = Some(serve(listener, Arc::clone(&self.state)));
        }
    }

    /// Ends all sessions, so that the next call with one is answered 401.
    pub fn forget_sessions(&self) {
        self.state().sessions.clear();
    }

    /// Answers the next `times` calls whose method and path start with `call` with a fault.
    pub fn fail(&self, call: &str, fault: Fault, times: usize) {
        let mut state = self.state();
        for _ in 0..times {
            state.faults.push((call.to_owned(), fault));
        }
    }

    /// Takes back the faults that have not happened.
    pub fn mend(&self) {
        self.state().faults.clear();
    }

    /// How many calls were kept waiting so far.
    pub fn slow_calls(&self) -> usize {
        self.state().slow_calls
    }

    /// The calls since the last look, as `METHOD path body -> status`.
    pub fn calls(&self) -> Vec<String> {
        std::mem::take(&mut self.state().calls)
    }

    /// Everybody but the service account, by address.
    pub fn accounts(&self) -> Vec<Account> {
        let state = self.state();
        let mut all: Vec<Account> = state.people().cloned().collect();
        all.sort_by(|a, b| a.email.cmp(&b.email));
        all
    }

    /// The account with an address.
    ///
    /// # Panics
    /// When there is none.
    pub fn account(&self, email: &str) -> Account {
        let mut all = self.accounts().into_iter();
        all.find(|account| account.email == email)
            .unwrap_or_else(|| panic!("no account {email}"))
    }

    /// Adds an account as an administrator of Metabase would, in these groups besides All Users.
    pub fn add(&self, email: &str, superuser: bool, groups: &[i64]) -> i64 {
        self.state().add(email, superuser, groups)
    }

    /// Changes an account behind our back.
    pub fn change(&self, id: i64, change: impl FnOnce(&mut Account)) {
        if let Some(account) = self.state().users.get_mut(&id) {
            change(account);
        }
    }

    /// Removes an account as if it had never been.
    pub fn remove(&self, id: i64) {
        let mut state = self.state();
        state.users.remove(&id);
        state.memberships.retain(|(_, user), _| *user != id);
    }

    /// Takes somebody out of a group behind our back.
    pub fn leave(&self, group: i64, user: i64) {
        self.state().leave(group, user);
    }

    /// Deletes a group with its memberships and rights.
    pub fn remove_group(&self, group: i64) {
        let mut state = self.state();
        let members: Vec<i64> = state.users.keys().copied().collect();
        for user in members {
            state.leave(group, user);
        }
        state.groups.remove(&group);
    }

    /// Adds a group.
    pub fn add_group(&self, name: &str) -> i64 {
        self.state().add_group(name)
    }

    /// The id of a group.
    pub fn group(&self, name: &str) -> Option<i64> {
        let state = self.state();
        let mut groups = state.groups.iter();
        groups.find(|(_, own)| *own == name).map(|(id, _)| *id)
    }

    /// The permission graph.
    pub fn graph(&self) -> Value {
        self.state().graph.clone()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        locked(&self.state)
    }
}

impl Drop for Metabase {
    fn drop(&mut self) {
        self.go_down();
    }
}

fn locked(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

fn serve(listener: TcpListener, state: Arc<Mutex<State>>) -> Running {
    let stop = Arc::new(AtomicBool::new(false));
    let stopped = Arc::clone(&stop);
    let thread = std::thread::spawn(move || {
        for stream in listener.incoming() {
            if stopped.load(Ordering::SeqCst) {
                return;
            }
            let (Ok(stream), state) = (stream, Arc::clone(&state)) else {
                continue;
            };
            std::thread::spawn(move || answer(stream, &state));
        }
    });
    Running { stop, thread }
}

/// Answers one request; each connection carries one.
fn answer(mut stream: TcpStream, state: &Mutex<State>) {
    let Some(request) = http::read(&mut stream) else {
        return;
    };
    let fault = locked(state).next_fault(&request);
    let reply = match fault {
        Some(Fault::Slow(pause)) => {
            locked(state).slow_calls += 1;
            std::thread::sleep(pause);
            (503, Value::Null)
        }
        Some(Fault::Status(status)) => (status, Value::Null),
        Some(Fault::DoneButLost) => {
            let _ = locked(state).answer(&request);
            (504, Value::Null)
        }
        None => locked(state).answer(&request),
    };
    locked(state).note(&request, reply.0);
    http::write(&mut stream, reply.0, &reply.1);
    let _ = stream.set_read_timeout(Some(Duration::from_secs(1)));
}
