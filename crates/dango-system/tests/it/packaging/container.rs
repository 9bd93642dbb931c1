//! The Containerfile, without an engine: its lines fit the programs, which are run as the image runs them.
//! Its build step is what `cargo xtask dist` runs.

use std::process::Command;

use dango_testkit::http::{Anonymous, Client as _};
use dango_testkit::process::Running;
use dango_testkit::{binaries, generated, ports};

fn containerfile() -> String {
    let path = generated::repository().join("packaging/Containerfile");
    std::fs::read_to_string(path).unwrap()
}

/// What follows the instructions of a name, continued lines joined.
fn instructions(name: &str) -> Vec<String> {
    let text = containerfile().replace("\\\n", " ");
    let of = |line: &str| line.strip_prefix(name).map(|rest| rest.trim().to_owned());
    text.lines().filter_map(of).collect()
}

#[test]
fn the_build_step_names_a_profile_and_programs_that_exist() {
    let run = instructions("RUN ").join(" ");
    let manifest = std::fs::read_to_string(generated::repository().join("Cargo.toml")).unwrap();
    assert!(
        run.contains("--profile dist") && manifest.contains("[profile.dist]"),
        "{run}"
    );
    assert!(
        run.contains("--bin dango-server") && run.contains("--bin dango "),
        "{run}"
    );
    // The image's Rust is the oldest that builds the crates, or newer.
    let image = instructions("FROM ").remove(0);
    let version = manifest
        .lines()
        .find_map(|line| line.strip_prefix("rust-version = "));
    let oldest = version.unwrap().trim_matches('"');
    assert!(
        image.contains(&format!("rust:{oldest}-")),
        "{image}, {oldest}"
    );
}

#[test]
fn the_entry_point_serves_with_the_variables_of_the_image_and_its_health_check_agrees() {
    let folder = tempfile::tempdir().unwrap();
    let port = ports::free_address().port().to_string();
    let variables = instructions("ENV ").join(" ");
    let variables: Vec<(String, String)> = variables
        .split_whitespace()
        .filter_map(|pair| pair.split_once('='))
        .map(|(name, value)| {
            let value = value.replace("/data", folder.path().to_str().unwrap());
            (name.to_owned(), value.replace("8800", &port))
        })
        .collect();
    let entry = instructions("ENTRYPOINT ").remove(0);
    assert_eq!(entry, r#"["/usr/bin/dango-server"]"#);
    let program = |words: &[&str]| {
        let mut command = Command::new(binaries::dango_server());
        command.args(words).env_clear().envs(variables.clone());
        command.current_dir(folder.path());
        command
    };
    let mut server = Running::start(&mut program(&[]));
    let _ = server.wait_for_line("listens on");
    let visitor = Anonymous::new(&format!("http://127.0.0.1:{port}"));
    assert_eq!(visitor.get("/readyz").status, 200);
    let health = instructions("HEALTHCHECK ").remove(0);
    assert!(
        health.ends_with(r#"CMD ["/usr/bin/dango-server", "healthcheck"]"#),
        "{health}"
    );
    assert_eq!(
        program(&["healthcheck"]).output().unwrap().status.code(),
        Some(0)
    );
    assert!(folder.path().join(".dango/auth.db").exists());
    assert!(server.stop().success());
    assert_eq!(
        program(&["healthcheck"]).output().unwrap().status.code(),
        Some(8)
    );
}

#[test]
fn the_image_runs_as_nobody_in_a_folder_that_is_theirs() {
    assert_eq!(instructions("USER "), ["65532:65532"]);
    assert!(
        instructions("FROM ")[1].contains("distroless")
            && instructions("FROM ")[1].contains("nonroot")
    );
    assert!(
        containerfile()
            .contains("COPY --from=build --chown=65532:65532 --chmod=700 /empty/data /data")
    );
}
