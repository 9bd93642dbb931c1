//! Finding the installed programs that tests run against.

use std::path::{Path, PathBuf};

use crate::variables;

/// A real program that some test needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Program {
    /// PostgreSQL's `initdb`; the server's other programs lie beside it.
    Initdb,
    /// PostgreSQL's command line client.
    Psql,
    /// The web server used as a reverse proxy with forward-auth.
    Nginx,
    /// The other web server used as one.
    Caddy,
    /// The load balancer.
    Haproxy,
    /// The browser.
    Chromium,
    /// The browser's WebDriver.
    Chromedriver,
    /// SQLite's command line client, to look at and damage database files.
    Sqlite3,
    /// A shell whose completions are tried.
    Zsh,
    /// Another one.
    Fish,
    /// The tester that makes requests from an OpenAPI document.
    Schemathesis,
}

/// How a program comes onto a machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// A package of Debian.
    Debian(&'static str),
    /// A package of Python, of exactly this version, in a folder of its own under [`tools`].
    Python(&'static str),
}

impl Program {
    /// Every program, in the order in which they are reported.
    pub const ALL: [Self; 11] = [
        Self::Initdb,
        Self::Psql,
        Self::Nginx,
        Self::Caddy,
        Self::Haproxy,
        Self::Chromium,
        Self::Chromedriver,
        Self::Sqlite3,
        Self::Zsh,
        Self::Fish,
        Self::Schemathesis,
    ];

    /// File names under which the program is known, the preferred one first.
    pub const fn file_names(self) -> &'static [&'static str] {
        match self {
            Self::Initdb => &["initdb"],
            Self::Psql => &["psql"],
            Self::Nginx => &["nginx"],
            Self::Caddy => &["caddy"],
            Self::Haproxy => &["haproxy"],
            Self::Chromium => &["chromium", "chromium-browser", "google-chrome"],
            Self::Chromedriver => &["chromedriver"],
            Self::Sqlite3 => &["sqlite3"],
            Self::Zsh => &["zsh"],
            Self::Fish => &["fish"],
            Self::Schemathesis => &["schemathesis"],
        }
    }

    /// The variable that names the program's path and overrides the search.
    pub const fn variable(self) -> &'static str {
        match self {
            Self::Initdb => "DANGO_TEST_INITDB",
            Self::Psql => "DANGO_TEST_PSQL",
            Self::Nginx => "DANGO_TEST_NGINX",
            Self::Caddy => "DANGO_TEST_CADDY",
            Self::Haproxy => "DANGO_TEST_HAPROXY",
            Self::Chromium => "DANGO_TEST_CHROMIUM",
            Self::Chromedriver => "DANGO_TEST_CHROMEDRIVER",
            Self::Sqlite3 => "DANGO_TEST_SQLITE3",
            Self::Zsh => "DANGO_TEST_ZSH",
            Self::Fish => "DANGO_TEST_FISH",
            Self::Schemathesis => "DANGO_TEST_SCHEMATHESIS",
        }
    }

    /// Where the program comes from.
    pub const fn source(self) -> Source {
        match self {
            Self::Initdb | Self::Psql => Source::Debian("postgresql"),
            Self::Nginx => Source::Debian("nginx"),
            Self::Caddy => Source::Debian("caddy"),
            Self::Haproxy => Source::Debian("haproxy"),
            Self::Chromium => Source::Debian("chromium"),
            Self::Chromedriver => Source::Debian("chromium-driver"),
            Self::Sqlite3 => Source::Debian("sqlite3"),
            Self::Zsh => Source::Debian("zsh"),
            Self::Fish => Source::Debian("fish"),
            Self::Schemathesis => Source::Python("schemathesis==4.32.5"),
        }
    }

    /// Where the program is, if it is installed.
    ///
    /// The variable decides alone when it is set; otherwise PostgreSQL's versioned folders (the newest
    /// first), `PATH` and the system folders that an ordinary user's `PATH` leaves out are searched.
    pub fn find(self) -> Option<PathBuf> {
        if let Some(path) = variables::value(self.variable()) {
            return Some(PathBuf::from(path)).filter(|path| path.is_file());
        }
        let mut folders = match self {
            Self::Initdb | Self::Psql => postgres_folders(Path::new("/usr/lib/postgresql")),
            Self::Schemathesis => vec![tools().join("schemathesis/bin")],
            _ => Vec::new(),
        };
        folders.extend(search_path());
        first_file(&folders, self.file_names())
    }

    /// One sentence on how to get the program.
    pub fn how_to_get(self) -> String {
        let package = match self.source() {
            Source::Debian(name) => format!("`{name}` (Debian's name)"),
            Source::Python(name) => format!("`{name}` of Python"),
        };
        format!("install the package {package} or set {}", self.variable())
    }
}

impl std::fmt::Display for Program {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.file_names().first().copied().unwrap_or("program"))
    }
}

/// Where `cargo xtask test` puts programs that no package of the system brings.
pub fn tools() -> PathBuf {
    crate::generated::repository().join("target/tools")
}

/// Finds a program by file name on `PATH` and in the system folders.
pub fn on_path(name: &str) -> Option<PathBuf> {
    first_file(&search_path(), &[name])
}

fn first_file(folders: &[PathBuf], names: &[&str]) -> Option<PathBuf> {
    names
        .iter()
        .flat_map(|name| folders.iter().map(move |folder| folder.join(name)))
        .find(|path| path.is_file())
}

fn search_path() -> Vec<PathBuf> {
    let path = variables::value("PATH").unwrap_or_default();
    std::env::split_paths(&path)
        .chain(["/usr/local/sbin", "/usr/sbin", "/sbin"].map(PathBuf::from))
        .collect()
}

/// The `bin` folders of the installed PostgreSQL versions, newest first.
fn postgres_folders(root: &Path) -> Vec<PathBuf> {
    let mut versions: Vec<(u32, PathBuf)> = std::fs::read_dir(root)
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| {
            let version = entry.file_name().to_str()?.parse().ok()?;
            Some((version, entry.path().join("bin")))
        })
        .collect();
    versions.sort_by_key(|(version, _)| std::cmp::Reverse(*version));
    versions.into_iter().map(|(_, folder)| folder).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_postgres_comes_first() {
        let root = tempfile::tempdir().unwrap();
        for version in ["9", "15", "12", "common"] {
            std::fs::create_dir_all(root.path().join(version)).unwrap();
        }
        let folders = postgres_folders(root.path());
        let expected = ["15", "12", "9"].map(|version| root.path().join(version).join("bin"));
        assert_eq!(folders, expected);
    }

    #[test]
    fn the_preferred_name_wins_over_an_earlier_folder() {
        let root = tempfile::tempdir().unwrap();
        let (first, second) = (root.path().join("a"), root.path().join("b"));
        for (folder, name) in [(&first, "chromium-browser"), (&second, "chromium")] {
            std::fs::create_dir(folder).unwrap();
            std::fs::write(folder.join(name), "").unwrap();
        }
        let found = first_file(&[first, second.clone()], Program::Chromium.file_names());
        assert_eq!(found, Some(second.join("chromium")));
    }

    #[test]
    fn what_is_not_installed_is_not_found() {
        assert_eq!(on_path("a-program-that-nobody-has"), None);
    }
}
