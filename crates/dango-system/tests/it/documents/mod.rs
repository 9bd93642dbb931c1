//! The commands of the tutorial and the how-to pages, run as they stand there.

mod blocks;
mod transcript;

use std::path::Path;
use std::process::Command;

use dango_testkit::metabase::{API_KEY, Age, Metabase};
use dango_testkit::postgres::Database;
use dango_testkit::{binaries, generated, ports};
use tempfile::TempDir;

/// Pages whose commands need nothing but an empty folder.
const PLAIN: [&str; 7] = [
    "tutorial/first-team",
    "how-to/people",
    "how-to/second-factor",
    "how-to/recover",
    "how-to/backup",
    "how-to/operate",
    "how-to/siem",
];

/// Pages whose commands need something prepared, with a test each below.
const PREPARED: [&str; 5] = [
    "how-to/import",
    "how-to/own-roles",
    "how-to/rotate-keys",
    "how-to/metabase",
    "how-to/postgresql",
];

/// A page's commands, about to be run in a folder of their own.
struct Script {
    page: String,
    text: String,
    before: String,
    names: Vec<(String, String)>,
    folder: TempDir,
}

impl Script {
    fn of(page: &str) -> Self {
        let path = generated::repository().join(format!("docs/{page}.md"));
        let text = std::fs::read_to_string(path).unwrap();
        assert!(
            !blocks::all(&text, "sh").is_empty(),
            "{page} has no commands"
        );
        Self {
            page: page.to_owned(),
            text,
            before: String::new(),
            names: Vec::new(),
            folder: tempfile::tempdir().unwrap(),
        }
    }

    /// Commands that come before those of the page.
    fn after(mut self, commands: &str) -> Self {
        self.before.push_str(commands);
        self.before.push('\n');
        self
    }

    /// Reads something of this machine where the page names something of the reader's.
    fn reading(mut self, name: &str, here: &str) -> Self {
        assert!(
            self.text.contains(name),
            "{} does not speak of {name}",
            self.page
        );
        self.names.push((name.to_owned(), here.to_owned()));
        self
    }

    /// Puts the page's first block of a language into a file.
    fn with_block(self, language: &str, file: &str) -> Self {
        let text = self.renamed(&blocks::first(&self.text, language));
        assert!(!text.is_empty(), "{} has no block of {language}", self.page);
        self.write(file, &text);
        self
    }

    fn write(&self, file: &str, text: &str) {
        let path = self.folder.path().join(file);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    fn renamed(&self, text: &str) -> String {
        let rename = |text: String, (name, here): &(String, String)| text.replace(name, here);
        self.names.iter().fold(text.to_owned(), rename)
    }

    /// Runs it; whatever it started is ended.
    fn run(self) {
        let port = ports::free_address().port().to_string();
        let commands = self.renamed(&blocks::all(&self.text, "sh"));
        let commands = format!("{}{}", self.before, commands.replace("8800", &port));
        let script = format!(
            "set -euo pipefail\ntrap 'kill $(jobs -p) 2>/dev/null || true' EXIT\n{commands}"
        );
        let folders = [binaries::dango(), binaries::dango_server()]
            .map(|program| program.parent().unwrap().display().to_string());
        let path = std::env::var("PATH").unwrap();
        let output = Command::new("bash")
            .args(["-c", &script])
            .current_dir(self.folder.path())
            .env_clear()
            .env("PATH", format!("{}:{path}", folders.join(":")))
            .env("DANGO_LISTEN", format!("127.0.0.1:{port}"))
            .env("DANGO_AUTH__HASHING__MEMORY_KIB", "7168")
            .env("DANGO_AUTH__HASHING__ITERATIONS", "5")
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        let printed = String::from_utf8_lossy(&output.stdout);
        let (page, status) = (&self.page, output.status);
        assert!(status.success(), "{page}: {status}\n{printed}\n{said}");
    }
}

#[test]
fn pages_that_need_nothing_work_as_they_stand() {
    for page in PLAIN {
        Script::of(page).run();
    }
}

#[test]
fn moving_in_works_as_it_stands() {
    let fixtures = generated::repository().join("crates/dango-auth/tests/fixtures");
    let path = |name: &str| fixtures.join(name).display().to_string();
    Script::of("how-to/import")
        .reading("/srv/data/.dango", &path("dango/dot-dango"))
        .reading("/var/lib/dagu/data", &path("dagu"))
        .run();
}

#[test]
fn roles_of_ones_own_work_as_they_stand() {
    Script::of("how-to/own-roles")
        .with_block("toml", "draft.toml")
        .after("dango init --skip-wizard && dango auth add-user ann@example.org")
        .run();
}

#[test]
fn replacing_the_key_works_as_it_stands() {
    Script::of("how-to/rotate-keys")
        .after("dango init --skip-wizard")
        .run();
}

#[test]
fn following_a_metabase_works_as_it_stands() {
    let metabase = Metabase::start(Age::New);
    let script = Script::of("how-to/metabase").reading("https://bi.example.org", &metabase.url());
    script.write("metabase.key", API_KEY);
    script
        .reading("/run/secrets/metabase.key", "metabase.key")
        .after("chmod 600 metabase.key")
        .after("dango init --skip-wizard && dango auth add-user ann@example.org --role editor")
        .with_block("yaml", "settings.yml")
        .after("cp settings.yml .dango/project.yml")
        .run();
    let mut accounts = metabase.accounts().into_iter();
    assert!(accounts.any(|account| account.email == "ann@example.org"));
}

#[test]
fn moving_to_postgresql_works_as_it_stands() {
    let Some(database) = Database::create() else {
        return;
    };
    Script::of("how-to/postgresql")
        .reading(
            "postgres://dango@db.internal/dango",
            &format!("'{}'", database.url()),
        )
        .reading("/etc/dango-auth/secret.key", "secret.key")
        .reading("/var/lib/dango-auth", "elsewhere")
        .after("mkdir elsewhere")
        .run();
    assert_eq!(database.sql("select count(*) from users").trim(), "1");
}

/// The pages of a folder, without what is no page.
fn pages(folder: &str) -> Vec<String> {
    let path = generated::repository().join("docs").join(folder);
    let entries = std::fs::read_dir(path).unwrap().map(Result::unwrap);
    let names = entries.map(|entry| entry.file_name().into_string().unwrap());
    names.filter(|name| is_page(name)).collect()
}

fn is_page(name: &str) -> bool {
    Path::new(name).extension().is_some_and(|end| end == "md") && name != "README.md"
}

#[test]
fn every_page_with_commands_is_run() {
    for folder in ["tutorial", "how-to"] {
        for name in pages(folder) {
            let page = format!("{folder}/{}", name.trim_end_matches(".md"));
            let path = generated::repository()
                .join("docs")
                .join(folder)
                .join(&name);
            let text = std::fs::read_to_string(path).unwrap();
            let is_run = PLAIN.contains(&page.as_str()) || PREPARED.contains(&page.as_str());
            let has_commands = !blocks::all(&text, "sh").is_empty();
            assert_eq!(has_commands, is_run, "{page}");
        }
    }
}

#[test]
fn every_page_is_in_the_index() {
    let docs = generated::repository().join("docs");
    let index = std::fs::read_to_string(docs.join("README.md")).unwrap();
    for folder in ["", "tutorial", "how-to", "reference", "explanation"] {
        for name in pages(folder) {
            let link = Path::new(folder).join(name);
            assert!(
                index.contains(&format!("({})", link.display())),
                "the index lacks {}",
                link.display()
            );
        }
    }
}
