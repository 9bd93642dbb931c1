//! The real program: first start, refusals to start, stopping.

use std::path::Path;
use std::process::Command;

use dango_testkit::certificates::Authority;
use dango_testkit::http::{Anonymous, Client as _, Request};
use dango_testkit::process::Running;
use dango_testkit::{binaries, ports};
use serde_json::json;

fn command(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(binaries::dango_server());
    command
        .env_clear()
        .env("DANGO_AUTH__HASHING__MEMORY_KIB", "7168");
    command.env("DANGO_AUTH__HASHING__ITERATIONS", "5");
    command.arg("--project").arg(folder).args(arguments);
    command
}

/// Starts a server on a free port.
fn started(folder: &Path, variables: &[(&str, &str)]) -> (Running, String) {
    let listen = ports::free_address().to_string();
    let mut command = command(folder, &["--listen", &listen]);
    command.envs(variables.iter().copied());
    let running = Running::start(&mut command);
    let _ = running.wait_for_line("listens on");
    (running, format!("http://{listen}"))
}

fn refused(folder: &Path, arguments: &[&str], code: i32) -> String {
    let output = command(folder, arguments).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(code), "{said}");
    said
}

#[test]
fn an_empty_folder_is_served_with_a_setup_link_that_works_once() {
    let folder = tempfile::tempdir().unwrap();
    let listen = ports::free_address().to_string();
    let mut running = Running::start(&mut command(folder.path(), &["--listen", &listen]));
    let link = running.wait_for_line("/setup?token=");
    let token = link.split("token=").nth(1).unwrap().trim().to_owned();
    let _ = running.wait_for_line("listens on");
    let visitor = Anonymous::new(&format!("http://{listen}"));
    let body = json!({"username": "admin", "password": "your-password", "setupToken": token});
    let setup = || visitor.send(Request::new("POST", "/api/v1/auth/setup").json(&body));
    let _ = setup().expect(200);
    let _ = setup().expect(403);
    assert!(running.stop().success(), "{}", running.output());
    let (again, _) = started(folder.path(), &[]);
    assert!(
        !again.output().contains("/setup?token="),
        "{}",
        again.output()
    );
}

#[test]
fn the_first_administrator_comes_from_the_environment() {
    let folder = tempfile::tempdir().unwrap();
    let admin = [
        ("DANGO_ADMIN_EMAIL", "root@example.org"),
        ("DANGO_ADMIN_PASSWORD", "your-password"),
    ];
    let (running, url) = started(folder.path(), &admin);
    let body = json!({"email": "root@example.org", "password": "your-password"});
    let login = Request::new("POST", "/api/auth/login").json(&body);
    let _ = Anonymous::new(&url).send(login).expect(200);
    assert!(!running.output().contains("/setup?token="));
    assert!(!running.output().contains("your-password"));
}

#[test]
fn a_weak_first_password_stops_the_start() {
    let folder = tempfile::tempdir().unwrap();
    let mut command = command(folder.path(), &["--listen", "127.0.0.1:0"]);
    let output = command
        .env("DANGO_ADMIN_PASSWORD", "password")
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(6), "{said}");
    assert!(said.contains("too weak"), "{said}");
}

#[test]
fn a_wrong_configuration_stops_the_start_with_key_and_line() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join(".dango")).unwrap();
    let file = folder.path().join(".dango/project.yml");
    std::fs::write(&file, "auth:\n  idle_timeout: 5\n").unwrap();
    let said = refused(folder.path(), &["--listen", "127.0.0.1:0"], 6);
    assert!(
        said.contains("idle_timeout") && said.contains('2'),
        "{said}"
    );
    assert!(
        !folder.path().join(".dango/auth.db").exists(),
        "nothing was made"
    );
}

#[test]
fn a_port_that_is_taken_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let said = refused(folder.path(), &["--listen", &address], 8);
    assert!(said.contains(&address), "{said}");
}

#[test]
fn without_sign_in_it_serves_this_machine_only() {
    let folder = tempfile::tempdir().unwrap();
    let admin = [("DANGO_ADMIN_PASSWORD", "your-password")];
    let (mut running, _) = started(folder.path(), &admin);
    assert!(running.stop().success());
    let mut switch = Command::new(binaries::dango());
    switch
        .env_clear()
        .args(["auth", "disable", "--yes", "--project"])
        .arg(folder.path());
    let output = switch.output().unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let said = refused(folder.path(), &["--listen", "0.0.0.0:0"], 5);
    assert!(said.contains("--allow-public-without-auth"), "{said}");
    // The warning and the address come on two streams, in either order.
    let listen = ports::free_address();
    let mut running = Running::start(&mut command(
        folder.path(),
        &["--listen", &listen.to_string()],
    ));
    let _ = running.wait_for_line("sign-in is switched off");
    running.wait_for_listener(listen);
    let _ = Anonymous::new(&format!("http://{listen}"))
        .get("/api/admin/users")
        .expect(200);
}

#[test]
fn a_stop_lets_begun_requests_finish_and_exits_zero() {
    let folder = tempfile::tempdir().unwrap();
    let (mut running, url) = started(folder.path(), &[("DANGO_ADMIN_PASSWORD", "your-password")]);
    let body = json!({"email": "admin@localhost", "password": "your-password"});
    let login = std::thread::spawn(move || {
        Anonymous::new(&url)
            .send(Request::new("POST", "/api/auth/login").json(&body))
            .status
    });
    let _ = login.join().unwrap();
    let status = running.stop();
    assert!(status.success(), "{status}: {}", running.output());
}

#[test]
fn log_lines_carry_the_request_and_never_a_secret() {
    let folder = tempfile::tempdir().unwrap();
    let variables = [
        ("DANGO_ADMIN_PASSWORD", "your-password"),
        ("DANGO_LOG_FORMAT", "json"),
    ];
    let (mut running, url) = started(folder.path(), &variables);
    let visitor = Anonymous::new(&url);
    let body = json!({"username": "admin@localhost", "password": "your-password"});
    let answer = visitor
        .send(Request::new("POST", "/api/v1/auth/login").json(&body))
        .expect(200);
    let token = answer.json()["token"].as_str().unwrap().to_owned();
    let request = Request::new("GET", "/api/auth/me?secret=in-the-query");
    let me = visitor
        .send(request.header("Authorization", &format!("Bearer {token}")))
        .expect(200);
    let _ = visitor.get("/invite/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA");
    assert!(running.stop().success());
    let said = running.output();
    for secret in ["your-password", &token, "in-the-query", "AAAAAAAAAAAA"] {
        assert!(!said.contains(secret), "{secret} in {said}");
    }
    let id = me.header("x-request-id").unwrap();
    let line = said.lines().find(|line| line.contains(id)).unwrap();
    let line: serde_json::Value = serde_json::from_str(line).unwrap();
    assert_eq!(
        (&line["route"], &line["status"]),
        (&json!("/api/auth/me"), &json!(200))
    );
}

#[test]
fn tls_of_its_own_makes_cookies_secure() {
    let Some(authority) = Authority::create() else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let own = authority.certify();
    let write = |name: &str, text: &str| {
        let file = folder.path().join(name);
        std::fs::write(&file, text).unwrap();
        file
    };
    let certificate = write("cert.pem", &own.certificate);
    let key = write("key.pem", &own.key);
    let variables = [
        ("DANGO_ADMIN_PASSWORD", "your-password"),
        ("DANGO_TLS_CERT", certificate.to_str().unwrap()),
        ("DANGO_TLS_KEY", key.to_str().unwrap()),
    ];
    let (running, url) = started(folder.path(), &variables);
    assert!(
        running.output().contains("https://127.0.0.1"),
        "{}",
        running.output()
    );
    let tls = ureq::tls::TlsConfig::builder()
        .disable_verification(true)
        .build();
    let agent = ureq::Agent::config_builder()
        .tls_config(tls)
        .proxy(None)
        .build()
        .new_agent();
    let body = json!({"email": "admin@localhost", "password": "your-password"});
    let url = format!("{}/api/auth/login", url.replace("http:", "https:"));
    let answer = agent.post(url).send_json(&body).unwrap();
    let cookies: Vec<_> = answer.headers().get_all("set-cookie").iter().collect();
    let secure = cookies
        .iter()
        .any(|it| it.to_str().unwrap().starts_with("__Host-dango_session="));
    assert!(secure, "{cookies:?}");
    assert!(answer.headers().contains_key("strict-transport-security"));
    let said = refused(
        folder.path(),
        &[
            "--listen",
            "127.0.0.1:0",
            "--tls-cert",
            "nowhere.pem",
            "--tls-key",
            "x",
        ],
        6,
    );
    assert!(said.contains("nowhere.pem"), "{said}");
}
