//! Programs, started and stopped.

use std::process::Command;

use dango_testkit::process::Running;

fn shell(script: &str) -> Running {
    Running::start(Command::new("sh").args(["-c", script]))
}

#[test]
fn a_line_is_waited_for_on_both_streams() {
    let running = shell("echo starting; echo ready on 80; exec sleep 60");
    assert_eq!(running.wait_for_line("ready"), "ready on 80");
    assert_eq!(running.output(), "starting\nready on 80\n");
    let running = shell("echo ready on 81 >&2; exec sleep 60");
    assert_eq!(running.wait_for_line("ready"), "ready on 81");
}

#[test]
#[should_panic(expected = "ended without `ready`")]
fn a_program_that_ends_early_is_noticed() {
    shell("echo broken").wait_for_line("ready");
}

#[test]
fn a_stopped_program_may_clean_up() {
    let script = "trap 'echo cleaning; exit 7' TERM; echo ready; while :; do sleep 0.05; done";
    let mut running = shell(script);
    running.wait_for_line("ready");
    assert_eq!(running.stop().code(), Some(7));
    running.wait_for_line("cleaning");
}

#[test]
fn a_dropped_program_is_gone() {
    let running = shell("echo ready; exec sleep 60");
    running.wait_for_line("ready");
    let folder = format!("/proc/{}", running.id());
    assert!(std::path::Path::new(&folder).exists());
    drop(running);
    assert!(!std::path::Path::new(&folder).exists());
}
