//! How the window looks at pages: theme, size, zoom, motion, paper.

use std::path::Path;

use serde_json::json;

use crate::Browser;

/// A phone held upright, in pixels.
pub const PHONE: (u32, u32) = (390, 844);

/// A small desktop, in pixels.
pub const DESKTOP: (u32, u32) = (1280, 800);

/// What the system prefers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Theme {
    /// Dark on light.
    Light,
    /// Light on dark.
    Dark,
}

impl Theme {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Light, Self::Dark];

    /// As the media feature has it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }
}

/// A way of looking at pages.
#[derive(Clone, Copy, Debug)]
pub struct Look {
    /// What the system prefers.
    pub theme: Theme,
    /// Width and height of the page in CSS pixels.
    pub size: (u32, u32),
    /// As it comes out of a printer.
    pub paper: bool,
    /// The system asks for little motion.
    pub still: bool,
}

impl Look {
    /// On a screen of a size.
    pub const fn screen(theme: Theme, size: (u32, u32)) -> Self {
        Self {
            theme,
            size,
            paper: false,
            still: true,
        }
    }

    /// Printed.
    pub const fn paper() -> Self {
        Self {
            theme: Theme::Light,
            size: (794, 1123),
            paper: true,
            still: true,
        }
    }
}

impl Browser {
    /// Looks at this and all following pages in a way.
    pub fn look(&self, look: Look) -> &Self {
        let (width, height) = look.size;
        let phone = width < 600;
        let size = json!({
            "width": width, "height": height, "deviceScaleFactor": 1, "mobile": phone,
            "screenWidth": width, "screenHeight": height,
        });
        self.session
            .devtools("Emulation.setDeviceMetricsOverride", &size);
        let media = json!({
            "media": if look.paper { "print" } else { "screen" },
            "features": [
                {"name": "prefers-color-scheme", "value": look.theme.as_str()},
                {"name": "prefers-reduced-motion", "value": if look.still { "reduce" } else { "no-preference" }},
            ],
        });
        self.session.devtools("Emulation.setEmulatedMedia", &media);
        self
    }

    /// Writes a picture of the page, from its top to its end.
    ///
    /// # Panics
    /// When it cannot be written.
    pub fn picture(&self, file: &Path) {
        // What sticks to the window belongs to its top.
        let _ = self.run("scrollTo(0, 0);");
        let taken = self.session.devtools(
            "Page.captureScreenshot",
            &json!({"format": "png", "captureBeyondViewport": true}),
        );
        let png = taken["data"].as_str().unwrap_or_default();
        let png = data_encoding::BASE64.decode(png.as_bytes()).unwrap();
        std::fs::write(file, png).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    }
}
