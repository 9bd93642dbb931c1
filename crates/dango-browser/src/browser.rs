//! One window, used as people use it.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::console;
use crate::find::Wanted;
use crate::session::{Script, Session};

/// How long a page may take to show what is expected, on a busy machine.
const PATIENCE: Duration = Duration::from_secs(15);

/// How often it is looked for.
const INTERVAL: Duration = Duration::from_millis(25);

/// The member that holds an element's id (WebDriver §12.2).
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

/// Gives the first element of an `XPath` that can be seen.
const FIRST_VISIBLE: &str = "
    const found = document.evaluate(arguments[0], document, null, XPathResult.ORDERED_NODE_SNAPSHOT_TYPE, null);
    for (let i = 0; i < found.snapshotLength; i++) {
        const element = found.snapshotItem(i);
        const shown = element.closest('select') || element;
        if (shown.checkVisibility({visibilityProperty: true})) return element;
    }
    return null;";

/// A window with a profile of its own, looking at one server.
pub struct Browser {
    pub(crate) session: Session,
    server: String,
}

impl Browser {
    /// A fresh window, or none where no browser is installed: the skip is reported then.
    ///
    /// `server` is the address that paths are added to.
    pub fn new(server: &str, script: Script) -> Option<Self> {
        Some(Self {
            session: Session::start(script)?,
            server: server.to_owned(),
        })
    }

    /// Goes to a page by its path, or to a whole address.
    pub fn open(&self, path: &str) -> &Self {
        let address = if path.starts_with('/') {
            format!("{}{path}", self.server)
        } else {
            path.to_owned()
        };
        self.go("url", &json!({"url": address}))
    }

    /// Goes one page back.
    pub fn back(&self) -> &Self {
        self.go("back", &json!({}))
    }

    /// Loads the page again.
    pub fn reload(&self) -> &Self {
        self.go("refresh", &json!({}))
    }

    fn go(&self, command: &str, body: &Value) -> &Self {
        let done = self.session.post(command, body);
        done.unwrap_or_else(|error| panic!("{command} {body}: {error}"));
        self
    }

    /// Loads the page again until it no longer shows a text.
    #[track_caller]
    pub fn reload_until_gone(&self, text: &str) -> &Self {
        let gone = patiently(|| (!self.reload().text().contains(text)).then_some(()));
        assert!(gone.is_some(), "{text:?} stays {}", self.here());
        self
    }

    /// Types into a field in place of what it holds.
    #[track_caller]
    pub fn fill(&self, label: &str, text: &str) -> &Self {
        self.act(&Wanted::field(label), |element| {
            self.session.post(&format!("{element}/clear"), &json!({}))?;
            self.session
                .post(&format!("{element}/value"), &json!({"text": text}))
        })
    }

    /// Takes an option of a list.
    #[track_caller]
    pub fn choose(&self, list: &str, option: &str) -> &Self {
        self.click(&Wanted::option(list, option))
    }

    /// Ticks a box or takes one of several choices.
    #[track_caller]
    pub fn tick(&self, words: &str) -> &Self {
        self.click(&Wanted::choice(words))
    }

    /// Presses a button and waits for the page that answers.
    #[track_caller]
    pub fn press(&self, words: &str) -> &Self {
        self.click(&Wanted::button(words))
    }

    /// Follows a link.
    #[track_caller]
    pub fn follow(&self, words: &str) -> &Self {
        self.click(&Wanted::link(words))
    }

    /// Opens or closes a part of the page, or a menu.
    #[track_caller]
    pub fn unfold(&self, words: &str) -> &Self {
        self.click(&Wanted::summary(words))
    }

    #[track_caller]
    fn click(&self, wanted: &Wanted) -> &Self {
        self.act(wanted, |element| {
            self.session.post(&format!("{element}/click"), &json!({}))
        })
    }

    /// Does something with the first visible element, once there is one.
    #[track_caller]
    fn act(&self, wanted: &Wanted, doing: impl Fn(&str) -> Result<Value, String>) -> &Self {
        let mut obstacle = String::new();
        let done = patiently(|| {
            let found = self
                .session
                .run(FIRST_VISIBLE, &json!([wanted.xpath]))
                .ok()?;
            let element = format!("element/{}", found[ELEMENT].as_str()?);
            doing(&element).map_err(|error| obstacle = error).ok()
        });
        assert!(
            done.is_some(),
            "no {} to use ({obstacle}) {}",
            wanted.words,
            self.here()
        );
        self
    }

    /// Waits until the page shows a text where it can be seen.
    #[track_caller]
    pub fn shows(&self, text: &str) -> &Self {
        let seen = patiently(|| self.text().contains(text).then_some(()));
        assert!(seen.is_some(), "{text:?} is not to be seen {}", self.here());
        self
    }

    /// Says that the page, as it is now, does not show a text.
    #[track_caller]
    pub fn hides(&self, text: &str) -> &Self {
        assert!(
            !self.text().contains(text),
            "{text:?} is to be seen {}",
            self.here()
        );
        self
    }

    /// Waits until the window is at a path, query included.
    #[track_caller]
    pub fn is_at(&self, path: &str) -> &Self {
        let there = patiently(|| (self.path() == path).then_some(()));
        assert!(there.is_some(), "not at {path} but {}", self.here());
        self
    }

    /// Where the window is and what it shows, for a failure.
    fn here(&self) -> String {
        format!("on {}:\n{}", self.path(), self.text())
    }

    /// The visible text of the page.
    pub fn text(&self) -> String {
        self.text_of("body").unwrap_or_default()
    }

    /// The visible text of the first element that a selector finds.
    pub fn text_of(&self, selector: &str) -> Option<String> {
        self.property(selector, "innerText")
    }

    /// A property of the first element that a selector finds, such as a field's `value`.
    pub fn property(&self, selector: &str, name: &str) -> Option<String> {
        let script =
            "const it = document.querySelector(arguments[0]); return it && it[arguments[1]];";
        let found = self.session.run(script, &json!([selector, name])).ok()?;
        found.as_str().map(str::to_owned)
    }

    /// Path and query of the page.
    pub fn path(&self) -> String {
        let url = self.session.get("url").unwrap_or_default();
        let url = url.as_str().unwrap_or_default();
        url.strip_prefix(&self.server).unwrap_or(url).to_owned()
    }

    /// Presses keys one after another, wherever the focus is.
    pub fn keys(&self, keys: &str) -> &Self {
        let stroke = |key| {
            [
                json!({"type": "keyDown", "value": key}),
                json!({"type": "keyUp", "value": key}),
            ]
        };
        let strokes: Vec<Value> = keys.chars().map(String::from).flat_map(stroke).collect();
        let keyboard = json!({"type": "key", "id": "keyboard", "actions": strokes});
        self.go("actions", &json!({"actions": [keyboard]}))
    }

    /// Runs a script of the test's in the page and gives what it returns.
    #[track_caller]
    pub fn run(&self, script: &str) -> Value {
        let answer = self.session.run(script, &json!([]));
        answer.unwrap_or_else(|error| panic!("{script}: {error}"))
    }

    /// The value of a cookie of this server.
    pub fn cookie(&self, name: &str) -> Option<String> {
        let cookie = self.session.get(&format!("cookie/{name}")).ok()?;
        cookie["value"].as_str().map(str::to_owned)
    }

    /// Forgets one cookie.
    pub fn forget_cookie(&self, name: &str) -> &Self {
        self.session.delete(&format!("cookie/{name}")).unwrap();
        self
    }

    /// What pages wrote on the console since the last time that they may not.
    pub fn complaints(&self) -> Vec<String> {
        let log = self
            .session
            .post("se/log", &json!({"type": "browser"}))
            .unwrap();
        let entries = log.as_array().cloned().unwrap_or_default();
        entries.iter().filter_map(console::complaint).collect()
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            let complaints = self.complaints();
            assert!(complaints.is_empty(), "on the console: {complaints:#?}");
        }
    }
}

/// Tries until it works, for as long as a busy machine may need.
fn patiently<T>(mut attempt: impl FnMut() -> Option<T>) -> Option<T> {
    let deadline = Instant::now() + PATIENCE;
    loop {
        let found = attempt();
        if found.is_some() || Instant::now() > deadline {
            return found;
        }
        std::thread::sleep(INTERVAL);
    }
}
