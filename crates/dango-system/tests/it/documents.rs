//! The commands of the tutorial and the how-to pages, run as they stand there.

use std::path::Path;
use std::process::Command;

use dango_testkit::{binaries, generated, ports};

/// The blocks marked `sh` of a page, one after the other.
fn script(page: &str) -> String {
    let mut script = String::new();
    let mut inside = false;
    for line in page.lines() {
        match line.trim_end() {
            "```sh" => inside = true,
            "```" => inside = false,
            line if inside => {
                script.push_str(line);
                script.push('\n');
            }
            _ => {}
        }
    }
    script
}

/// Runs a page's commands in an empty folder; whatever it started is ended.
fn run(page: &str) {
    let path = generated::repository().join("docs").join(page);
    let port = ports::free_address().port().to_string();
    let commands = script(&std::fs::read_to_string(path).unwrap()).replace("8800", &port);
    assert!(!commands.is_empty(), "{page} has no commands");
    let script =
        format!("set -euo pipefail\ntrap 'kill $(jobs -p) 2>/dev/null || true' EXIT\n{commands}");
    let folder = tempfile::tempdir().unwrap();
    let (dango, server) = (binaries::dango(), binaries::dango_server());
    let folders = [&dango, &server].map(|program| program.parent().unwrap().display().to_string());
    let path = std::env::var("PATH").unwrap();
    let output = Command::new("bash")
        .args(["-c", &script])
        .current_dir(folder.path())
        .env_clear()
        .env("PATH", format!("{}:{path}", folders.join(":")))
        .env("DANGO_LISTEN", format!("127.0.0.1:{port}"))
        .env("DANGO_AUTH__HASHING__MEMORY_KIB", "7168")
        .env("DANGO_AUTH__HASHING__ITERATIONS", "5")
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    let printed = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success(),
        "{page}: {}\n{printed}\n{said}",
        output.status
    );
}

#[test]
fn the_tutorial_works_as_it_stands() {
    run("tutorial.md");
}

#[test]
fn the_how_to_pages_work_as_they_stand() {
    for page in [
        "people",
        "second-factor",
        "recover",
        "backup",
        "operate",
        "siem",
    ] {
        run(&format!("how-to/{page}.md"));
    }
}

fn is_page(name: &str) -> bool {
    Path::new(name).extension().is_some_and(|end| end == "md") && name != "README.md"
}

#[test]
fn every_page_is_in_the_index() {
    let docs = generated::repository().join("docs");
    let index = std::fs::read_to_string(docs.join("README.md")).unwrap();
    for folder in ["", "how-to", "explanation"] {
        let entries = std::fs::read_dir(docs.join(folder))
            .unwrap()
            .map(Result::unwrap);
        let names = entries.map(|entry| entry.file_name().into_string().unwrap());
        for name in names.filter(|name| is_page(name)) {
            let link = Path::new(folder).join(name);
            assert!(
                index.contains(&format!("({})", link.display())),
                "the index lacks {}",
                link.display()
            );
        }
    }
}

#[test]
fn only_blocks_of_commands_are_run() {
    let page = "```sh\na\n```\ntext\n```console\n$ b\n```\n```sh\nc\n```\n";
    assert_eq!(script(page), "a\nc\n");
}
