//! What operators rely on: supervision, health, counters, and changes while the program runs.

use std::os::unix::net::UnixDatagram;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use dango_testkit::http::{Anonymous, Client as _, Request, WithBearer};
use dango_testkit::process::Running;
use dango_testkit::{binaries, ports};
use rustix::process::Signal;
use serde_json::json;

use crate::harness::{PASSWORD, Server};

fn command(folder: &Path, listen: &str) -> Command {
    let mut command = Command::new(binaries::dango_server());
    command.env_clear().arg("--project").arg(folder);
    command.args(["--listen", listen]);
    command
}

fn configure(folder: &Path, text: &str) {
    let _ = std::fs::create_dir(folder.join(".dango"));
    std::fs::write(folder.join(".dango/project.yml"), text).unwrap();
}

#[test]
fn the_supervisor_is_told_when_the_server_answers_and_when_it_ends() {
    let folder = tempfile::tempdir().unwrap();
    let socket = UnixDatagram::bind(folder.path().join("notify")).unwrap();
    socket
        .set_read_timeout(Some(Duration::from_secs(30)))
        .unwrap();
    let line = || {
        let mut line = [0; 64];
        let read = socket.recv(&mut line).unwrap();
        String::from_utf8_lossy(&line[..read]).into_owned()
    };
    let listen = ports::free_address().to_string();
    let mut command = command(folder.path(), &listen);
    command.env("NOTIFY_SOCKET", folder.path().join("notify"));
    let mut server = Running::start(&mut command);
    assert_eq!(line(), "READY=1");
    let visitor = Anonymous::new(&format!("http://{listen}"));
    assert_eq!(visitor.get("/readyz").status, 200);
    assert!(server.stop().success(), "{}", server.output());
    assert_eq!(line(), "STOPPING=1");
}

#[test]
fn healthcheck_tells_a_ready_server_from_one_that_is_not() {
    let folder = tempfile::tempdir().unwrap();
    let listen = ports::free_address().to_string();
    let check = || {
        let mut check = command(folder.path(), &listen);
        check.arg("healthcheck").output().unwrap().status.code()
    };
    assert_eq!(check(), Some(8), "nobody listens");
    let server = Running::start(&mut command(folder.path(), &listen));
    let _ = server.wait_for_line("listens on");
    assert_eq!(check(), Some(0));
    std::fs::File::create(folder.path().join(".dango/auth.db")).unwrap();
    assert_eq!(check(), Some(8), "its database was emptied");
}

#[test]
fn a_hangup_takes_over_what_can_change_and_says_what_cannot() {
    let folder = tempfile::tempdir().unwrap();
    configure(
        folder.path(),
        "auth:\n  rate_limit: {api: {requests: 200}}\n",
    );
    let listen = ports::free_address().to_string();
    let server = Running::start(&mut command(folder.path(), &listen));
    let _ = server.wait_for_line("listens on");
    let visitor = Anonymous::new(&format!("http://{listen}"));
    let limit = || {
        let request = Request::new("GET", "/api/auth/me").header("X-Forwarded-For", "192.0.2.7");
        let answer = visitor.send(request);
        answer.header("ratelimit-limit").map(str::to_owned)
    };
    assert_eq!(limit().as_deref(), Some("200"));
    configure(
        folder.path(),
        "auth:\n  rate_limit: {api: {requests: 7}, trusted_proxies: [127.0.0.1]}\n  \
         public_url: https://elsewhere.example\n  log_filter: info,dango_auth_actix=warn\n",
    );
    server.signal(Signal::HUP);
    let line = server.wait_for_line("read the configuration again");
    for part in [
        "rate_limit.api.requests",
        "rate_limit.trusted_proxies",
        "log_filter",
    ] {
        assert!(
            line.split("from_the_next").next().unwrap().contains(part),
            "no {part} in {line}"
        );
    }
    assert!(
        line.split("from_the_next")
            .nth(1)
            .unwrap()
            .contains("public_url"),
        "{line}"
    );
    assert_eq!(limit().as_deref(), Some("7"));
    let before = server.output().matches("request_id").count();
    let _ = limit();
    assert_eq!(
        server.output().matches("request_id").count(),
        before,
        "requests are logged no more"
    );

    configure(
        folder.path(),
        "auth:\n  rate_limit: {api: {requests: many}}\n",
    );
    server.signal(Signal::HUP);
    let line = server.wait_for_line("nothing was taken over");
    assert!(line.contains("rate_limit.api.requests"), "{line}");
    assert_eq!(limit().as_deref(), Some("7"));
}

#[test]
fn a_hangup_takes_over_a_policy_that_fits_together_and_no_other() {
    let folder = tempfile::tempdir().unwrap();
    let cheap = "auth:\n  hashing: {memory_kib: 7168, iterations: 5}\n";
    configure(folder.path(), cheap);
    let listen = ports::free_address().to_string();
    let mut command = command(folder.path(), &listen);
    let server = Running::start(command.env("DANGO_ADMIN_PASSWORD", PASSWORD));
    let _ = server.wait_for_line("listens on");
    let url = format!("http://{listen}");
    let login = json!({"username": "admin@localhost", "password": PASSWORD});
    let token = Anonymous::new(&url)
        .post("/api/v1/auth/login", &login)
        .expect(200)
        .json();
    let admin = WithBearer::new(&url, token["token"].as_str().unwrap());
    let roles = || admin.get("/api/roles").expect(200).text();
    let file = folder.path().join(".dango/policy.toml");
    let role = |includes: &str| format!("[[roles]]\nname = 'auditor'\nincludes = ['{includes}']\n");
    std::fs::write(&file, role("viewer")).unwrap();
    server.signal(Signal::HUP);
    let _ = server.wait_for_line("took over policy.toml");
    assert!(roles().contains("auditor"));
    std::fs::write(&file, role("veiwer")).unwrap();
    server.signal(Signal::HUP);
    let line = server.wait_for_line("nothing was taken over");
    assert!(line.contains("did you mean"), "{line}");
    assert!(roles().contains("auditor"), "the one before counts on");
}

#[test]
fn a_hangup_takes_over_a_new_certificate() {
    let Some(openssl) = dango_testkit::programs::on_path("openssl") else {
        dango_testkit::skip::report("openssl is missing: install the package `openssl`");
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str| folder.path().join(name).display().to_string();
    let make = |name: &str| {
        let mut make = Command::new(&openssl);
        make.args([
            "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj",
        ]);
        make.arg(format!("/CN={name}.example"));
        make.args(["-keyout", &file("key.pem"), "-out", &file("cert.pem")]);
        assert!(make.output().unwrap().status.success());
    };
    make("first");
    let listen = ports::free_address().to_string();
    let mut command = command(folder.path(), &listen);
    command.args([
        "--tls-cert",
        &file("cert.pem"),
        "--tls-key",
        &file("key.pem"),
    ]);
    let server = Running::start(&mut command);
    let _ = server.wait_for_line("listens on");
    command.arg("healthcheck");
    let checked = command.output().unwrap();
    assert_eq!(checked.status.code(), Some(0), "{checked:?}");
    let shows = |name: &str| {
        let mut ask = Command::new(&openssl);
        ask.args(["s_client", "-connect", &listen])
            .stdin(std::process::Stdio::null());
        let output = ask.output().unwrap();
        String::from_utf8_lossy(&output.stdout).contains(&format!("{name}.example"))
    };
    assert!(shows("first"));
    make("second");
    server.signal(Signal::HUP);
    let _ = server.wait_for_line("took over certificate and key");
    assert!(shows("second") && !shows("first"));
    std::fs::write(file("key.pem"), "no key").unwrap();
    server.signal(Signal::HUP);
    let _ = server.wait_for_line("the certificate stays as it is");
    assert!(shows("second"));
    drop(server);
    assert_eq!(command.output().unwrap().status.code(), Some(8));
}

#[test]
fn counters_show_sign_ins_limits_hashing_connections_and_events() {
    let server = Server::start();
    let visitor = server.anonymous();
    let login = |password: &str| {
        let body = json!({"username": "admin", "password": password});
        visitor.post("/api/v1/auth/login", &body).status
    };
    assert_eq!((login(PASSWORD), login("wrong password")), (200, 401));
    let text = visitor.get("/metrics").expect(200).text();
    for line in [
        r#"dango_sign_ins_total{outcome="complete"} 1"#,
        r#"dango_sign_ins_total{outcome="refused"} 1"#,
        r#"dango_sign_ins_total{outcome="locked"} 0"#,
        r#"dango_rate_limited_total{limit="login"} 0"#,
        r#"dango_hash_jobs_total{outcome="refused"} 0"#,
        "# TYPE dango_hash_queue_length gauge",
        "# TYPE dango_store_connections gauge",
        "# TYPE dango_audit_events gauge",
        "dango_audit_chain_intact 1",
    ] {
        assert!(text.contains(line), "no `{line}` in\n{text}");
    }
    let events = text
        .lines()
        .find_map(|line| line.strip_prefix("dango_audit_events "));
    assert!(events.unwrap().parse::<u64>().unwrap() >= 3);
}
