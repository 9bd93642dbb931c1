//! Looking at a page: in both themes, at all sizes, and with the accessibility rules.

use std::path::PathBuf;

use dango_browser::axe::Axe;
use dango_browser::{Browser, DESKTOP, Look, PHONE, Script, Theme};
use dango_testkit::variables;

use crate::harness::{PASSWORD, Server};
use crate::stage::Stage;

/// The narrowest screen, and a small desktop's at 200 % zoom, which leaves half of it to the page.
const NARROW: [(u32, u32); 2] = [(320, 640), (640, 400)];

/// A window that collects what is wrong with the pages it is shown.
pub(crate) struct Visitor {
    pub(crate) window: Browser,
    axe: Option<Axe>,
    pictures: Option<PathBuf>,
    wrong: Vec<String>,
}

impl Visitor {
    /// A fresh window, or none where no browser is installed.
    pub(crate) fn of(server: &Server) -> Option<Self> {
        let window = Browser::new(server.url(), Script::On)?;
        window.look(Look::screen(Theme::Light, DESKTOP));
        Some(Self {
            window,
            axe: Axe::load(),
            pictures: variables::value(variables::SCREENSHOTS).map(PathBuf::from),
            wrong: Vec::new(),
        })
    }

    /// A window in which somebody has signed in.
    pub(crate) fn signed_in(stage: &Stage, login: &str) -> Option<Self> {
        let visitor = Self::of(&stage.server)?;
        let window = &visitor.window;
        window.open("/login").fill("Username or email", login);
        window.fill("Password", PASSWORD).press("Sign in");
        if login == crate::stage::MAI {
            window.fill("Code", &stage.code()).press("Sign in");
        }
        window.is_at("/");
        Some(visitor)
    }

    /// Looks at the page that the window is on, which the pictures call `name`.
    pub(crate) fn sees(&mut self, name: &str) -> &mut Self {
        for size in NARROW {
            self.window.look(Look::screen(Theme::Light, size));
            self.checks_width(name, size);
        }
        for theme in Theme::ALL {
            for (device, size) in [("phone", PHONE), ("desktop", DESKTOP)] {
                self.window.look(Look::screen(theme, size));
                self.takes_picture(&format!("{name}-{device}-{}", theme.as_str()));
            }
            self.checks_rules(name, theme);
        }
        self.window.look(Look::screen(Theme::Light, DESKTOP));
        self
    }

    fn checks_width(&mut self, name: &str, (width, _): (u32, u32)) {
        let needs = self
            .window
            .run("return document.documentElement.scrollWidth;");
        if needs.as_u64() > Some(u64::from(width)) {
            self.wrong
                .push(format!("{name}: needs {needs} of {width} pixels"));
        }
    }

    fn checks_rules(&mut self, name: &str, theme: Theme) {
        let Some(axe) = &self.axe else {
            return;
        };
        let violations = axe.violations(&self.window);
        let theme = theme.as_str();
        self.wrong.extend(
            violations
                .iter()
                .map(|line| format!("{name}, {theme}: {line}")),
        );
    }

    fn takes_picture(&self, name: &str) {
        if let Some(folder) = &self.pictures {
            self.window.picture(&folder.join(format!("{name}.png")));
        }
    }
}

impl Drop for Visitor {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            assert!(self.wrong.is_empty(), "{}", self.wrong.join("\n"));
        }
    }
}
