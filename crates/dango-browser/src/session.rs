//! Starting the WebDriver and the browser behind it, talking to them, and ending both.

use std::path::Path;
use std::process::Command;

use dango_testkit::http::{Anonymous, Client as _, Request};
use dango_testkit::process::Running;
use dango_testkit::programs::Program;
use dango_testkit::{ports, skip};
use serde_json::{Value, json};
use tempfile::TempDir;

/// Whether pages may run script.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Script {
    /// As most people have it.
    On,
    /// Switched off in the browser's settings.
    Off,
}

/// What Chromium is told: no window, nothing of its own on the network, the same picture everywhere.
const FLAGS: [&str; 15] = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--hide-scrollbars",
    "--force-color-profile=srgb",
    "--font-render-hinting=none",
    "--lang=en-GB",
    "--no-proxy-server",
    // Names that are not this machine's for the browser, and lead to it all the same.
    "--host-resolver-rules=MAP *.test 127.0.0.1",
];

/// A session of the WebDriver standard, with a driver and a browser of its own.
pub(crate) struct Session {
    driver: Anonymous,
    path: String,
    // In this order: the driver goes before the folder in which its browser writes.
    _process: Running,
    _profile: TempDir,
}

impl Session {
    /// Starts both, or reports the skip where one of them is missing.
    pub(crate) fn start(script: Script) -> Option<Self> {
        let chromium = skip::unless_installed(Program::Chromium)?;
        let chromedriver = skip::unless_installed(Program::Chromedriver)?;
        let profile = tempfile::tempdir().unwrap();
        // Asked for port 0 it takes one for IPv6 that may not be free for IPv4.
        let port = ports::free_port();
        let process = Running::start(Command::new(chromedriver).arg(format!("--port={port}")));
        let _ = process.wait_for_line("started successfully on port ");
        let driver = Anonymous::new(&format!("http://127.0.0.1:{port}"));
        let wanted = capabilities(&chromium, profile.path(), script);
        let begun = send(&driver, "POST", "/session", Some(&wanted));
        let begun = begun.unwrap_or_else(|error| panic!("{error}\n{}", process.output()));
        let id = begun["sessionId"].as_str().expect("a session has an id");
        Some(Self {
            driver,
            path: format!("/session/{id}"),
            _process: process,
            _profile: profile,
        })
    }

    /// Sends a command; gives its value, or what went wrong in the driver's words.
    pub(crate) fn post(&self, path: &str, body: &Value) -> Result<Value, String> {
        send(
            &self.driver,
            "POST",
            &format!("{}/{path}", self.path),
            Some(body),
        )
    }

    /// Asks something; gives the answer, or what went wrong in the driver's words.
    pub(crate) fn get(&self, path: &str) -> Result<Value, String> {
        send(&self.driver, "GET", &format!("{}/{path}", self.path), None)
    }

    /// Takes something away.
    pub(crate) fn delete(&self, path: &str) -> Result<Value, String> {
        send(
            &self.driver,
            "DELETE",
            &format!("{}/{path}", self.path),
            None,
        )
    }

    /// Runs a script in the page, where pages' own script is off too.
    pub(crate) fn run(&self, script: &str, arguments: &Value) -> Result<Value, String> {
        self.post(
            "execute/sync",
            &json!({"script": script, "args": arguments}),
        )
    }

    /// Sends a command of Chromium's own protocol.
    pub(crate) fn devtools(&self, name: &str, parameters: &Value) -> Value {
        let body = json!({"cmd": name, "params": parameters});
        let answer = self.post("goog/cdp/execute", &body);
        answer.unwrap_or_else(|error| panic!("{name}: {error}"))
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        // Ends the browser; killing the driver would leave it behind.
        let _ = send(&self.driver, "DELETE", &self.path, None);
    }
}

fn send(
    driver: &Anonymous,
    method: &str,
    path: &str,
    body: Option<&Value>,
) -> Result<Value, String> {
    let request = Request::new(method, path);
    let response = driver.send(match body {
        Some(body) => request.json(body),
        None => request,
    });
    let value = response.json()["value"].take();
    if response.status == 200 {
        return Ok(value);
    }
    let text = |name: &str| value[name].as_str().unwrap_or_default().to_owned();
    Err(format!("{}: {}", text("error"), text("message")))
}

fn capabilities(chromium: &Path, profile: &Path, script: Script) -> Value {
    let mut flags: Vec<String> = FLAGS.map(str::to_owned).to_vec();
    flags.push(format!("--user-data-dir={}", profile.display()));
    let allowed = 1;
    let blocked = 2;
    let script = if script == Script::On {
        allowed
    } else {
        blocked
    };
    let options = json!({
        "binary": chromium,
        "args": flags,
        "prefs": {
            "profile.managed_default_content_settings.javascript": script,
            "intl.accept_languages": "en",
            "credentials_enable_service": false,
        },
    });
    let wanted = json!({"goog:chromeOptions": options, "goog:loggingPrefs": {"browser": "ALL"}});
    json!({"capabilities": {"alwaysMatch": wanted}})
}
