//! The transcript of remote management: the commands of the page, run against a server behind nginx with TLS,
//! print what the page says they print.

use std::process::Command;

use dango_testkit::{binaries, generated};

use super::blocks;
use crate::installation::ADMIN;
use crate::remote::Site;

/// The address as the page writes it.
const ADDRESS: &str = "https://localhost:8443";

/// A command of a transcript with everything it prints and, where it is not 0, its exit code.
struct Step {
    command: String,
    printed: Vec<String>,
}

fn steps(block: &str) -> Vec<Step> {
    let mut steps: Vec<Step> = Vec::new();
    for line in block.lines() {
        match (line.strip_prefix("$ "), steps.last_mut()) {
            (Some(command), _) => steps.push(Step {
                command: command.to_owned(),
                printed: Vec::new(),
            }),
            (None, Some(step)) if !line.is_empty() => step.printed.push(seen(line)),
            _ => {}
        }
    }
    steps
}

/// A line with whatever is another one each time replaced by what it is, and single spaces.
fn seen(line: &str) -> String {
    let words = line.split_whitespace().map(|word| {
        let digits = |at: &[usize]| {
            at.iter()
                .all(|at| word.as_bytes().get(*at).is_some_and(u8::is_ascii_digit))
        };
        let is_password = word.len() == 27 && word.matches('-').count() >= 3 && !word.contains('@');
        let address = ["localhost:", "127.0.0.1:"];
        let address = address.iter().find_map(|host| word.split_once(host));
        if let Some((before, _)) = address {
            format!("{before}localhost")
        } else if word.starts_with("dango_ak_") {
            "KEY".to_owned()
        } else if word.ends_with("/ca.pem") {
            "AUTHORITY".to_owned()
        } else if word.len() == 10 && digits(&[0, 1, 2, 3, 5, 6, 8, 9]) {
            "DATE".to_owned()
        } else if word.contains(':') && digits(&[0, 1, 3, 4]) {
            "TIME".to_owned()
        } else if is_password {
            "PASSWORD".to_owned()
        } else {
            word.to_owned()
        }
    });
    words.collect::<Vec<_>>().join(" ")
}

#[test]
fn the_transcript_of_remote_management_is_what_happens() {
    let Some(site) = Site::on_sqlite() else {
        return;
    };
    let page = generated::repository().join("docs/how-to/remote.md");
    let page = std::fs::read_to_string(page).unwrap();
    let home = tempfile::tempdir().unwrap();
    std::fs::write(home.path().join("key"), site.key(ADMIN)).unwrap();
    std::fs::copy(site.authority.file(), home.path().join("ca.pem")).unwrap();
    let run = |command: &str| {
        let command = command.replace(ADDRESS, &site.nginx.url());
        let folder = binaries::dango().parent().unwrap().display().to_string();
        let output = Command::new("bash")
            .args(["-c", &format!("exec 2>&1; {command}")])
            .current_dir(home.path())
            .env_clear()
            .env("PATH", format!("{folder}:/usr/bin:/bin"))
            .env("HOME", home.path())
            .stdin(std::process::Stdio::null())
            .output()
            .unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        let mut lines: Vec<String> = text
            .lines()
            .filter(|line| !line.is_empty())
            .map(seen)
            .collect();
        match output.status.code() {
            Some(0) => {}
            code => lines.push(format!("(exit {})", code.unwrap())),
        }
        lines
    };
    let transcripts = blocks::blocks(&page).into_iter();
    let transcripts = transcripts.filter(|block| block.language == "console");
    let all: Vec<Step> = transcripts.flat_map(|block| steps(&block.text)).collect();
    let recorded = all.iter().filter(|step| !step.printed.is_empty());
    let mut checked = 0;
    for step in recorded {
        if step.printed.iter().any(|line| line.contains("answers 502")) {
            assert!(site.server.stop().success());
        }
        if step
            .printed
            .iter()
            .any(|line| line.contains("nobody listens"))
        {
            continue;
        }
        assert_eq!(run(&step.command), step.printed, "$ {}", step.command);
        checked += 1;
    }
    assert!(checked >= 12, "{checked} commands");
}

#[test]
fn what_is_another_one_each_time_is_told_from_the_rest() {
    let line = "prod  https://localhost:8443  dango_ak_FXX  /home/ann/ca.pem";
    assert_eq!(seen(line), "prod https://localhost KEY AUTHORITY");
    assert_eq!(
        seen("Temporary password: 9GiKhC-kuRngf-Uy9XUy-UmxjCx"),
        "Temporary password: PASSWORD"
    );
    assert_eq!(
        seen("2026-11-20 19:34:48  user_deleted  admin@localhost"),
        "DATE TIME user_deleted admin@localhost"
    );
}
