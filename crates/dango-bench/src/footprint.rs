//! How large the programs are, and how much memory a server holds: idle, and for each session it remembers.

use crate::browser::Browser;
use crate::effort::Effort;
use crate::generate::bulk;
use crate::kept::{Backend, Kept, Size};
use crate::measure::Spread;
use crate::report::{Budget, Row};
use crate::scale::pages::server;
use crate::{Failure, programs};

/// Sessions that one of the server's threads remembers at most.
const REMEMBERED: usize = 8_192;

/// Looks at files, at a server that has answered one request, and at one that has answered many people.
pub(crate) fn run(effort: Effort) -> Result<Vec<Row>, Failure> {
    let kept = Kept::open(
        &Backend::Sqlite,
        Size::all(effort.pick(400, 10_000, 10_000)),
    )?;
    let server = server(&kept)?;
    let mut browser = Browser::connect(&server.address)?;
    browser.get("/healthz", "")?;
    let idle = server.resident()?;
    let most = REMEMBERED.min(kept.size.sessions);
    ask(&mut browser, 0..most)?;
    let full = server.resident()?;
    ask(&mut browser, most..kept.size.sessions)?;
    let beyond = server.resident()?;
    let row = |case: &str, unit, figure| Row::alone(case, unit, Spread::of(vec![figure]));
    Ok(vec![
        row("program dango-server", "MB", size("dango-server")?).within(Budget::AtMost(12.0)),
        row("program dango", "MB", size("dango")?),
        row("idle server, resident", "MiB", idle).within(Budget::AtMost(25.0)),
        row(
            &format!("one of {most} remembered sessions"),
            "KiB",
            (full - idle) * 1_024.0 / most as f64,
        ),
        row(
            &format!("growth by {} more sessions", kept.size.sessions - most),
            "MiB",
            (beyond - full).max(0.0),
        ),
    ])
}

fn size(name: &str) -> Result<f64, Failure> {
    Ok(programs::path(name)?.metadata()?.len() as f64 / 1e6)
}

/// Asks once with each of these sessions, over one connection and so on one thread.
fn ask(browser: &mut Browser, sessions: std::ops::Range<usize>) -> Result<(), Failure> {
    for number in sessions {
        let token = bulk::token(number);
        let bearer = format!("Authorization: Bearer {}\r\n", token.expose());
        browser.get("/api/v1/auth/me", &bearer)?;
    }
    Ok(())
}
