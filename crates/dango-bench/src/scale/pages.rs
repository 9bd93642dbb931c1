//! Pages as a browser gets them, from a server over a small and a large database.

use std::process::{Command, Stdio};
use std::time::Instant;

use super::few;
use crate::browser::Browser;
use crate::child::Server;
use crate::effort::Effort;
use crate::kept::{Backend, Kept, Size};
use crate::measure::in_turn;
use crate::report::{Budget, Row};
use crate::{Failure, programs};

/// The pages.
const PAGES: [(&str, &str); 7] = [
    ("people", "/settings/users"),
    ("people of one role", "/settings/users?role=editor"),
    ("people searched", "/settings/users?q=example"),
    (
        "people searched, one matches",
        "/settings/users?q=.4321%40example",
    ),
    ("roles", "/settings/roles"),
    ("events", "/settings/audit"),
    ("the own account", "/settings/account"),
];
/// The most that one may take, in milliseconds.
const LIMIT: f64 = 5.0;

/// Asks for each page, of few and of many.
pub(crate) fn run(effort: Effort) -> Result<Vec<Row>, Failure> {
    let mut rows = Vec::new();
    for backend in Backend::all()? {
        rows.extend(on(&backend, effort)?);
    }
    Ok(rows)
}

fn on(backend: &Backend, effort: Effort) -> Result<Vec<Row>, Failure> {
    let many = match effort {
        Effort::Once => Size::all(600),
        Effort::Quick => Size::all(10_000),
        Effort::Usual => Size::with_history(100_000),
        Effort::Large => Size::with_history(1_000_000),
    };
    let mut small = Visit::begin(&Kept::open(backend, few(effort))?)?;
    let mut large = Visit::begin(&Kept::open(backend, many)?)?;
    let repeats = effort.pick(1, 10, 40);
    let mut rows = Vec::new();
    for (name, path) in PAGES {
        let pair = in_turn(
            effort.rounds(),
            || large.milliseconds(path, repeats),
            || small.milliseconds(path, repeats),
        )?;
        let case = format!("{}: {name}, of {}", backend.title(), many.people);
        let row = Row::beside(case, "ms", pair, format!("of {}", few(effort).people));
        rows.push(row.within(Budget::AtMost(LIMIT)));
    }
    Ok(rows)
}

/// Somebody signed in, at a server over a database.
struct Visit {
    browser: Browser,
    cookie: String,
    _server: Server,
}

impl Visit {
    fn begin(kept: &Kept) -> Result<Self, Failure> {
        let cookie = kept.at.cookie()?;
        let server = server(kept)?;
        Ok(Self {
            browser: Browser::connect(&server.address)?,
            cookie: format!("Accept: text/html\r\nCookie: dango_session={cookie}\r\n"),
            _server: server,
        })
    }

    /// For one page, from the request's first byte to the answer's last.
    fn milliseconds(&mut self, path: &str, repeats: usize) -> Result<f64, Failure> {
        let start = Instant::now();
        for _ in 0..repeats {
            self.browser.get(path, &self.cookie)?;
        }
        Ok(start.elapsed().as_secs_f64() * 1e3 / repeats as f64)
    }
}

/// A server as it is released, over a database.
pub(crate) fn server(kept: &Kept) -> Result<Server, Failure> {
    let mut command = Command::new(programs::path("dango-server")?);
    command
        .args(["--listen", "127.0.0.1:0"])
        .current_dir(&kept.at.folder);
    command.env_clear().envs(kept.at.variables());
    // Its log is written as always, and nobody reads it.
    command.stderr(Stdio::null());
    Server::start(&mut command)
}
