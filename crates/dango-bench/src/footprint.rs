//! How large the programs are, and how much memory an idle server holds.

use std::process::Command;
use std::time::Duration;

use crate::child::Server;
use crate::effort::Effort;
use crate::measure::Spread;
use crate::place::{Hashing, Place};
use crate::report::{Budget, Row};
use crate::request::client::Load;
use crate::{Failure, programs};

/// Looks at files and at a server that has answered one request.
pub(crate) fn run(_: Effort) -> Result<Vec<Row>, Failure> {
    let size = |name: &str| -> Result<Row, Failure> {
        let bytes = programs::path(name)?.metadata()?.len();
        let size = Spread::of(vec![bytes as f64 / 1e6]);
        Ok(Row::alone(format!("program {name}"), "MB", size))
    };
    let place = Place::new(Hashing::Free)?;
    let mut command = Command::new(programs::path("dango-server")?);
    command.args(["--listen", "127.0.0.1:0"]);
    let server = Server::start(command.current_dir(place.folder()).env_clear())?;
    let mut load = Load::connect(
        &server.address,
        1,
        &["GET /healthz HTTP/1.1\r\n".to_owned()],
    )?;
    load.run(Duration::from_millis(1))?;
    let memory = Spread::of(vec![server.resident()?]);
    Ok(vec![
        size("dango-server")?.within(Budget::AtMost(12.0)),
        size("dango")?,
        Row::alone("idle server, resident", "MiB", memory).within(Budget::AtMost(25.0)),
    ])
}
