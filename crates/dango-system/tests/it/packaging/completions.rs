//! The completions, tried in the shells they are for.

use std::path::Path;
use std::process::Command;

use dango_testkit::programs::Program;
use dango_testkit::{binaries, skip};

use super::DIST;

/// Runs a script in a shell, with the programs on its path and no settings of anybody's.
fn ask(shell: &Path, options: &[&str], script: &str) -> String {
    let home = tempfile::tempdir().unwrap();
    let folder = binaries::dango().parent().unwrap().display().to_string();
    let output = Command::new(shell)
        .args(options)
        .args(["-c", script])
        .env_clear()
        .env("HOME", home.path())
        .env("PATH", format!("{folder}:/usr/bin:/bin"))
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{}: {said}", shell.display());
    assert_eq!(said, "", "{}", shell.display());
    String::from_utf8(output.stdout).unwrap()
}

fn share(file: &str) -> String {
    DIST.join("share").join(file).display().to_string()
}

/// What each shell must offer: a command behind a command, and an option's values.
#[track_caller]
fn offers(verbs: &str, roles: &str) {
    for verb in ["add-user", "change-role", "list-users"] {
        assert!(verbs.contains(verb), "no {verb} in {verbs}");
    }
    assert!(
        roles.contains("local") && roles.contains("cloud"),
        "{roles}"
    );
}

#[test]
fn bash_completes_commands_and_values() {
    let script = |words: &str| {
        let file = share("bash-completion/completions/dango");
        format!(
            "source {file}; COMP_WORDS=({words}); COMP_CWORD=$((${{#COMP_WORDS[@]}} - 1)); \
             _dango dango \"${{COMP_WORDS[COMP_CWORD]}}\" \"${{COMP_WORDS[COMP_CWORD-1]}}\"; \
             printf '%s\\n' \"${{COMPREPLY[@]}}\""
        )
    };
    let bash = Path::new("/bin/bash");
    let verbs = ask(bash, &["--norc"], &script("dango auth ''"));
    let values = ask(bash, &["--norc"], &script("dango init --profile ''"));
    offers(&verbs, &values);
    let file = share("bash-completion/completions/dango-server");
    let bound = ask(
        bash,
        &["--norc"],
        &format!("source {file}; complete -p dango-server"),
    );
    assert!(bound.contains("dango-server"), "{bound}");
}

#[test]
fn fish_completes_commands_and_values() {
    let Some(fish) = skip::unless_installed(Program::Fish) else {
        return;
    };
    let file = share("fish/vendor_completions.d/dango.fish");
    let complete = |line: &str| {
        let script = format!("source {file}; complete -C '{line}'");
        ask(&fish, &["--no-config"], &script)
    };
    offers(&complete("dango auth "), &complete("dango init --profile "));
}

#[test]
fn zsh_knows_what_to_complete_with() {
    let Some(zsh) = skip::unless_installed(Program::Zsh) else {
        return;
    };
    let folder = share("zsh/vendor-completions");
    let script = format!(
        "fpath=({folder} $fpath); autoload -Uz compinit; compinit -u -D; \
         for program in dango dango-server; do print $program $_comps[$program]; \
         autoload +X $_comps[$program]; whence -w $_comps[$program]; done"
    );
    let known = ask(&zsh, &["-f"], &script);
    for line in [
        "dango _dango",
        "_dango: function",
        "dango-server _dango-server",
        "_dango-server: function",
    ] {
        assert!(
            known.lines().any(|known| known == line),
            "no {line} in {known}"
        );
    }
    // The values and commands themselves stand in the script that was just read whole.
    let text = std::fs::read_to_string(format!("{folder}/_dango")).unwrap();
    offers(&text, &text);
}
