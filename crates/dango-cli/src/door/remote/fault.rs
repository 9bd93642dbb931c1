//! From what a server refuses, and what happens on the way, to faults with an exit code (contract §5).

use serde::Deserialize;

use super::call::Call;
use super::http::{Lost, Reply};
use super::operations::Operation;
use crate::door::refusal;
use crate::exit::Exit;
use crate::fault::{Fault, FieldFault};
use crate::remotes::Target;

/// A refusal as servers write it (contract §4).
#[derive(Deserialize)]
struct Problem {
    code: String,
    detail: String,
    #[serde(default)]
    errors: Vec<FieldFault>,
    #[serde(default)]
    issues: Vec<String>,
    remaining_seconds: Option<u64>,
}

/// There is no answer.
pub(super) fn lost(target: &Target, call: &Call, lost: &Lost) -> Fault {
    let (code, text, step) = match lost {
        Lost::Unreachable(reason) => (
            "unreachable",
            format!(
                "{} cannot be reached at {}: {reason}",
                target.name, target.url
            ),
            "see whether the address is right and the server runs: dango remote list".to_owned(),
        ),
        Lost::Certificate(reason) => (
            "certificate_refused",
            format!(
                "{} did not show a certificate for {} that is trusted here: {reason}; nothing was sent",
                target.name, target.url
            ),
            format!(
                "if its authority is your own, name it: dango remote remove {0}, then dango remote add {0} {1} --ca-file FILE",
                target.name, target.url
            ),
        ),
        Lost::Tls(reason) => (
            "tls_failed",
            format!(
                "{} does not speak TLS at {}: {reason}",
                target.name, target.url
            ),
            "see whether the address and port are those of HTTPS".to_owned(),
        ),
        Lost::Broken(reason) => {
            let text = format!("the connection to {} was lost: {reason}", target.name);
            if call.only_reads() {
                ("connection_lost", text, "try again".to_owned())
            } else {
                let text = format!("{text}; it may have been done all the same");
                let step = "run the same command again: it does nothing twice".to_owned();
                ("connection_lost", text, step)
            }
        }
    };
    Fault::new(Exit::Unavailable, code, text).with_next_step(step)
}

/// The server is there and says no.
pub(super) fn refused(target: &Target, reply: &Reply) -> Fault {
    match serde_json::from_slice::<Problem>(&reply.body) {
        Ok(problem) => known(target, reply, problem),
        Err(_) => foreign(target, reply),
    }
}

fn known(target: &Target, reply: &Reply, problem: Problem) -> Fault {
    let exit = exit(reply.status, &problem);
    let message = match reply.status {
        401 => format!(
            "{} does not accept the key that is stored here: it is unknown, revoked or expired",
            target.name
        ),
        _ => refusal::message(&problem.detail, &problem.errors),
    };
    let step = next_step(target, reply, &problem.code);
    let waits = problem.remaining_seconds.or(reply.retry_after);
    let fault = Fault::new(exit, problem.code, message)
        .with_errors(problem.errors)
        .with_issues(problem.issues)
        .with_remaining_seconds(waits.filter(|_| exit == Exit::Throttled));
    match step {
        Some(step) => fault.with_next_step(step),
        None => fault,
    }
}

fn exit(status: u16, problem: &Problem) -> Exit {
    if refusal::is_standing(&problem.code) || problem.code == "self_action" {
        return Exit::Refused;
    }
    match status {
        400 if refusal::is_about_vocabulary(&problem.errors) => Exit::Usage,
        400 | 413 | 415 | 422 => Exit::Invalid,
        401 | 403 => Exit::Denied,
        404 => Exit::NotFound,
        409 | 412 => Exit::Refused,
        423 | 429 => Exit::Throttled,
        502..=504 => Exit::Unavailable,
        _ => Exit::Unexpected,
    }
}

fn next_step(target: &Target, reply: &Reply, code: &str) -> Option<String> {
    let (name, url) = (&target.name, &target.url);
    match (reply.status, code) {
        (401, _) => Some(format!(
            "make a key at {url}/settings/account and store it: dango remote login {name}"
        )),
        (_, "permission_denied") => Some(format!(
            "use a key that may: its owner's role and its own limit both need the permission; dango remote login {name}"
        )),
        (_, "password_change_required" | "second_factor_setup_required") => Some(format!(
            "the key's owner has to sign in at {url} and do that"
        )),
        (429, _) => {
            let seconds = reply.retry_after.unwrap_or(60);
            Some(format!("try again in {seconds} seconds"))
        }
        _ => refusal::next_step(code).map(str::to_owned),
    }
}

/// Something answers there that is none of ours, or a proxy in front speaks for a server that is away.
fn foreign(target: &Target, reply: &Reply) -> Fault {
    let (name, url, status) = (&target.name, &target.url, reply.status);
    if let Some(location) = reply.location.as_deref().filter(|_| status / 100 == 3) {
        let text = format!("{name} leads from {url} to {location}; a key is not sent on");
        return Fault::new(Exit::Unavailable, "redirected", text)
            .with_next_step("store the address that answers itself");
    }
    if status >= 500 {
        let text =
            format!("the proxy before {name} answers {status}: the server behind it is away");
        return Fault::new(Exit::Unavailable, "unreachable", text)
            .with_next_step("see whether dango-server runs there");
    }
    let text = format!("what answers at {url} is not dango-auth (status {status})");
    Fault::new(Exit::Unavailable, "not_dango", text)
        .with_next_step("see whether the address is right: dango remote list")
}

/// The server has no such operation.
pub(super) fn too_old(target: &Target, operation: &Operation) -> Fault {
    let text = format!(
        "{} is older than this command: it has no {operation}",
        target.name
    );
    Fault::new(Exit::Unavailable, "server_too_old", text)
        .with_next_step("bring the server up to date, or run the command on it")
}

/// The answer does not have the form it should.
pub(super) fn unreadable(target: &Target) -> Fault {
    let text = format!(
        "{} gave an answer that this command does not understand; their versions differ",
        target.name
    );
    Fault::new(Exit::Unavailable, "unexpected_answer", text)
        .with_next_step("use the command of the server's version")
}
