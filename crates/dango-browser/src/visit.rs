//! Looking at pages: in both themes, at all sizes, and with the accessibility rules.

use std::path::PathBuf;

use dango_testkit::variables;

use crate::axe::Axe;
use crate::{Browser, DESKTOP, Look, PHONE, Script, Theme};

/// Sizes at which a page is only measured: the narrowest screen, a small desktop's at 200 % zoom, which
/// leaves half of it to the page, a tablet, and a small desktop.
const MEASURED: [(u32, u32); 4] = [(320, 640), (640, 400), (768, 1024), (1280, 800)];

/// A window that collects what is wrong with the pages it is shown.
///
/// Dropped, it fails the test with all of it.
pub struct Visitor {
    /// The window, to use pages with.
    pub window: Browser,
    axe: Option<Axe>,
    pictures: Option<PathBuf>,
    wrong: Vec<String>,
}

impl Visitor {
    /// A fresh window that looks at a server, or none where no browser is installed.
    pub fn at(server: &str) -> Option<Self> {
        let window = Browser::new(server, Script::On)?;
        window.look(Look::screen(Theme::Light, DESKTOP));
        Some(Self {
            window,
            axe: Axe::load(),
            pictures: variables::value(variables::SCREENSHOTS).map(PathBuf::from),
            wrong: Vec::new(),
        })
    }

    /// Looks at the page that the window is on, which the pictures call `name`.
    pub fn sees(&mut self, name: &str) -> &mut Self {
        self.measures(name);
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

    /// Looks at one more form of a page that was seen: at all sizes and in both themes, pictured in one.
    pub fn glances(&mut self, name: &str, pictured: Theme) -> &mut Self {
        self.measures(name);
        for theme in Theme::ALL {
            self.window.look(Look::screen(theme, PHONE));
            self.checks_rules(name, theme);
        }
        self.window.look(Look::screen(pictured, PHONE));
        self.takes_picture(&format!("{name}-phone-{}", pictured.as_str()));
        self
    }

    /// Checks that the page is never wider than the screen.
    fn measures(&mut self, name: &str) {
        for size in MEASURED {
            self.window.look(Look::screen(Theme::Light, size));
            let (width, _) = size;
            let script = "return document.documentElement.scrollWidth;";
            let needs = self.window.run(script);
            if needs.as_u64() > Some(u64::from(width)) {
                self.wrong
                    .push(format!("{name}: needs {needs} of {width} pixels"));
            }
        }
    }

    fn checks_rules(&mut self, name: &str, theme: Theme) {
        let Some(axe) = &self.axe else {
            return;
        };
        let violations = axe.violations(&self.window);
        let theme = theme.as_str();
        dango_testkit::axe::note(name, theme, violations.len());
        let lines = violations
            .iter()
            .map(|line| format!("{name}, {theme}: {line}"));
        self.wrong.extend(lines);
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
