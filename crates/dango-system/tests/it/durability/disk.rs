//! A disk that takes no more, at every write of a change.

use std::process::Command;

use dango_testkit::http::Client as _;
use dango_testkit::skip;
use serde_json::json;

use super::ledger::{Ledger, chain_fault};
use super::random;
use super::writers::write_until;
use crate::campaign::{Tally, rounds, turns};
use crate::installation::{ADMIN, Installation, PASSWORD, Run};
use crate::people::make;
use crate::server::Server;

/// Bytes of a block of `ulimit -f`.
const BLOCK: usize = 512;

/// The same command with a limit on the size of files, in blocks, whose overrun is an error and no signal.
fn limited(command: &Command, blocks: Option<usize>) -> Command {
    let limit = blocks.map_or("unlimited".to_owned(), |blocks| blocks.to_string());
    let script = "trap '' XFSZ; ulimit -S -f \"$1\"; shift; exec \"$@\"";
    let mut shell = Command::new("sh");
    shell.args(["-c", script, "limited", &limit]);
    shell.arg(command.get_program()).args(command.get_args());
    let set = command.get_envs();
    shell
        .env_clear()
        .envs(set.filter_map(|(name, value)| Some((name, value?))));
    if let Some(folder) = command.get_current_dir() {
        shell.current_dir(folder);
    }
    shell
}

#[test]
fn a_write_that_fails_at_any_point_leaves_no_trace() {
    let place = Installation::on_sqlite().ready();
    let step = rounds(8, 2);
    let mut tally = Tally::new("write error at every point of a change", place.backend());
    let (mut refused, mut done) = (0, 0);
    for number in 0.. {
        let name = format!("d{number}x@example.org");
        let mut ledger = Ledger::default();
        let words = ["auth", "add-user", name.as_str()];
        let run = Run::of(&mut limited(&place.command(&words), Some(number * step)));
        match run.code {
            0 => {
                done += 1;
                ledger.made.insert(name.clone());
            }
            8 => refused += 1,
            _ => ledger.odd.push(format!("{run:?}")),
        }
        let mut faults = ledger.faults(&place, &name);
        faults.extend(chain_fault(&place));
        let listed = place.json(&["auth", "list-users", "--search", &name]);
        if run.code == 8 && listed != json!([]) {
            faults.push(format!("{name} was refused and is there"));
        }
        tally.count(faults.is_empty(), || {
            format!("{} bytes: {faults:?}", number * step * BLOCK)
        });
        if done == 5 || number * step * BLOCK > 2_000_000 {
            break;
        }
    }
    assert!(refused > 5 && done == 5, "{refused} refused, {done} done");
    tally.note(&format!("{refused} refused, {done} done"));
    tally.finish();
}

/// Limits the files of a running program, or lifts the limit.
fn limit(server: &Server, bytes: &str) {
    let id = server.process().id().to_string();
    let limits = format!("--fsize={bytes}:unlimited");
    let set = Command::new("prlimit")
        .args(["--pid", &id, &limits])
        .output()
        .unwrap();
    assert!(set.status.success(), "{set:?}");
}

#[test]
fn a_server_on_a_full_disk_refuses_changes_and_goes_on_when_there_is_room() {
    if Command::new("prlimit").arg("--version").output().is_err() {
        skip::report("prlimit is missing: install util-linux");
        return;
    }
    let place = Installation::on_sqlite().ready();
    let server = Server::start(&mut limited(&place.server_command(0), None));
    let admin = server.admin();
    let token = server.token(ADMIN, PASSWORD);
    let mut tally = Tally::new("full disk under a server", place.backend());
    let mut acknowledged = 0;
    for round in turns(5, 100) {
        let prefix = format!("f{round}x");
        let log = place.file("auth.db-wal").metadata().unwrap().len();
        let room = 4_096 + random(500_000);
        limit(&server, &(log + u64::try_from(room).unwrap()).to_string());
        let ledger = write_until(server.url(), &token, &prefix, usize::MAX, || {});
        assert_eq!(admin.get("/healthz").status, 200);
        limit(&server, "unlimited");
        acknowledged += ledger.len();
        let mut faults = ledger.faults(&place, &prefix);
        faults.extend(chain_fault(&place));
        tally.count(faults.is_empty(), || format!("round {round}: {faults:?}"));
        let _ = make(&admin, &format!("again{round}"), "viewer");
    }
    tally.note(&format!("{acknowledged} acknowledged changes"));
    tally.finish();
}

/// A small file system in memory; gone when dropped.
struct Mount<'a>(&'a Installation);

impl<'a> Mount<'a> {
    fn over(place: &'a Installation) -> Option<Self> {
        let made = Self::run(
            place,
            &["mount", "-t", "tmpfs", "-o", "size=16m,mode=0700", "tmpfs"],
        );
        if !made {
            skip::report("a file system can be mounted by root only");
        }
        made.then_some(Self(place))
    }

    fn change(&self, how: &str) {
        assert!(Self::run(self.0, &["mount", "-o", how]), "{how}");
    }

    fn run(place: &Installation, words: &[&str]) -> bool {
        let mut command = Command::new(words[0]);
        command.args(&words[1..]).arg(place.home(0));
        command.output().is_ok_and(|output| output.status.success())
    }
}

impl Drop for Mount<'_> {
    fn drop(&mut self) {
        let _ = Self::run(self.0, &["umount", "--lazy"]);
    }
}

#[test]
fn a_read_only_file_system_refuses_commands_and_nothing_is_lost() {
    let mut place = Installation::on_sqlite();
    {
        let Some(mount) = Mount::over(&place) else {
            return;
        };
        std::mem::forget(mount);
    }
    place = place.ready();
    let mount = Mount(&place);
    mount.change("remount,ro");
    let refused = place.run(&["auth", "add-user", "ann@example.org"]);
    assert_eq!(refused.code, 8, "{refused:?}");
    mount.change("remount,rw");
    place.ok(&["auth", "add-user", "ann@example.org"]);
    assert_eq!(place.events("user_created").len(), 1);
    place.ok(&["auth", "audit", "--verify"]);
}
