//! A server in this process, on a free port, with a database of its own and a clock that tests move.

mod clock;
mod people;

use std::net::TcpListener;
use std::sync::Arc;
use std::thread::JoinHandle;

use actix_web::HttpServer;
use actix_web::dev::ServerHandle;
use actix_web::rt::System;
use dango_auth::core::audit::{EventName, Via};
use dango_auth::core::policy::Policy;
use dango_auth::ports::{AuditFilter, StoredEvent};
use dango_auth::{Ambient, Auth, Environment, OpenOptions, OsEntropy, Project};
use dango_auth_actix::{Doorway, Reach};
use dango_server::app::Shared;
use dango_testkit::http::Anonymous;
use tempfile::TempDir;

pub(crate) use clock::TestClock;
pub(crate) use people::{PASSWORD, text};

/// The cheapest hash the settings allow: tests are about everything else.
const CHEAP_HASH: [(&str, &str); 2] = [
    ("DANGO_AUTH__HASHING__MEMORY_KIB", "7168"),
    ("DANGO_AUTH__HASHING__ITERATIONS", "5"),
];

/// A running server; stopped when dropped.
pub(crate) struct Server {
    pub(crate) auth: Auth,
    pub(crate) clock: Arc<TestClock>,
    url: String,
    handle: Option<ServerHandle>,
    thread: Option<JoinHandle<()>>,
    shared: Shared,
    // Dropped last.
    _folder: TempDir,
}

impl Server {
    /// A server with the usual settings and an administrator `admin`.
    pub(crate) fn start() -> Self {
        Self::with(&[])
    }

    /// The same with settings from the environment.
    pub(crate) fn with(variables: &[(&str, &str)]) -> Self {
        let server = Self::bare(variables);
        server.make_admin();
        server
    }

    /// A server that nobody has set up.
    pub(crate) fn bare(variables: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let clock = Arc::new(TestClock::default());
        let auth = open(&folder, variables, Arc::clone(&clock));
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let reach = Reach {
            base_url: url.clone(),
            ..Reach::default()
        };
        let page = Some(dango_server::pages::problem_page as dango_auth_actix::ProblemPage);
        let shared = Shared::new(Doorway::new(auth.clone(), reach, page).unwrap());
        let known = shared.clone();
        let (sender, receiver) = std::sync::mpsc::channel();
        let thread = std::thread::spawn(move || {
            System::new().block_on(async move {
                let server = HttpServer::new(move || dango_server::application!(shared))
                    .workers(2)
                    .disable_signals()
                    .listen(listener)
                    .unwrap()
                    .run();
                sender.send(server.handle()).unwrap();
                server.await.unwrap();
            });
        });
        let handle = receiver.recv().unwrap();
        Self {
            auth,
            clock,
            url,
            handle: Some(handle),
            thread: Some(thread),
            shared: known,
            _folder: folder,
        }
    }

    /// Where it listens, without a closing slash.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// What its workers share.
    pub(crate) fn shared(&self) -> &Shared {
        &self.shared
    }

    /// Somebody without credentials.
    pub(crate) fn anonymous(&self) -> Anonymous {
        Anonymous::new(&self.url)
    }

    /// The events of one name, newest first.
    pub(crate) fn events(&self, name: EventName) -> Vec<StoredEvent> {
        let filter = AuditFilter {
            names: vec![name],
            ..AuditFilter::default()
        };
        let system = self.auth.local_caller(Via::Cli);
        self.auth
            .audit()
            .query(&system, &filter, 1000)
            .unwrap()
            .rows
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Some(handle) = self.handle.take() {
            System::new().block_on(handle.stop(false));
        }
        if let Some(thread) = self.thread.take() {
            thread.join().unwrap();
        }
    }
}

fn open(folder: &TempDir, variables: &[(&str, &str)], clock: Arc<TestClock>) -> Auth {
    // The folder's name is what pages call the installation.
    let root = folder.path().join("harbour");
    std::fs::create_dir(&root).unwrap();
    let (project, _) = Project::create(&root).unwrap();
    let pairs = CHEAP_HASH.iter().chain(variables).copied();
    let mut options = OpenOptions::new(project, Environment::of_pairs(pairs)).creating();
    options.policy = Policy::builtin();
    options.ambient = Ambient::new(clock, Arc::new(OsEntropy));
    Auth::open(options).unwrap()
}
