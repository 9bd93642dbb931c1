//! The servers this person manages from here: name, address and API key, in a file of their own.
//!
//! `$XDG_CONFIG_HOME/dango/remotes.json`, else `~/.config/dango/remotes.json`; mode 0600, in a folder of mode
//! 0700 where it had to be made.

mod file;
mod unanswered;

use std::collections::BTreeMap;
use std::path::PathBuf;

use dango_auth::core::Secret;
use dango_auth::settings::PublicUrl;
use serde::{Deserialize, Serialize};

pub(crate) use unanswered::{Unanswered, Wish};

use crate::exit::Exit;
use crate::fault::Fault;

/// Longest name.
const NAME_MAX: usize = 64;

/// How many characters of a key are shown.
const PREFIX: usize = 12;

/// A server to manage.
#[derive(Clone)]
pub(crate) struct Target {
    /// What it is called here.
    pub(crate) name: String,
    /// Where it is.
    pub(crate) url: PublicUrl,
    /// Who we are there.
    pub(crate) key: Secret,
    /// A certificate authority to trust besides those of the system.
    pub(crate) ca_file: Option<PathBuf>,
}

/// A target as the file holds it.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Stored {
    url: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    ca_file: Option<PathBuf>,
    key: String,
}

#[derive(Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Content {
    #[serde(default)]
    remotes: BTreeMap<String, Stored>,
}

/// All stored servers.
pub(crate) struct Remotes {
    folder: PathBuf,
    content: Content,
}

impl Remotes {
    /// Reads the file; without one there are none.
    ///
    /// # Errors
    /// When there is no place for it, other users can read it, or it is not ours.
    pub(crate) fn load() -> Result<Self, Fault> {
        let folder = file::folder()?;
        let content = file::read(&folder.join(file::REMOTES))?.unwrap_or_default();
        Ok(Self { folder, content })
    }

    /// The requests that were sent and never answered.
    pub(crate) fn unanswered(&self) -> Unanswered {
        Unanswered::new(self.folder.clone())
    }

    /// All of them, by name.
    pub(crate) fn all(&self) -> Result<Vec<Target>, Fault> {
        let stored = self.content.remotes.iter();
        stored.map(|(name, stored)| target(name, stored)).collect()
    }

    /// The one of this name.
    ///
    /// # Errors
    /// When there is none.
    pub(crate) fn named(&self, name: &str) -> Result<Target, Fault> {
        let stored = self.content.remotes.get(name);
        stored.map_or_else(|| Err(self.unknown(name)), |it| target(name, it))
    }

    /// The one asked for, or the only one.
    ///
    /// # Errors
    /// When there is none, or the choice is open.
    pub(crate) fn choose(&self, name: Option<&str>) -> Result<Target, Fault> {
        if let Some(name) = name {
            return self.named(name);
        }
        let mut stored = self.content.remotes.iter();
        match (stored.next(), stored.next()) {
            (Some((name, only)), None) => target(name, only),
            (None, _) => Err(Fault::usage("no_remote", "no server is stored here")
                .with_next_step("dango remote add NAME URL")),
            _ => {
                let text = format!("there are several servers: {}", self.names());
                Err(Fault::usage("which_remote", text).with_next_step("choose one: --remote NAME"))
            }
        }
    }

    /// Stores a server in the place of one of the same name, which must be there or must not.
    ///
    /// # Errors
    /// When the name is taken, or the file cannot be written.
    pub(crate) fn put(&mut self, target: &Target, replace: bool) -> Result<(), Fault> {
        check_name(&target.name)?;
        if !replace && self.content.remotes.contains_key(&target.name) {
            let text = format!("there is a server {} already", target.name);
            let next = format!("dango remote login {} replaces its key", target.name);
            return Err(Fault::new(Exit::Refused, "remote_exists", text).with_next_step(next));
        }
        let stored = Stored {
            url: target.url.to_string(),
            ca_file: target.ca_file.clone(),
            key: target.key.expose().to_owned(),
        };
        self.content.remotes.insert(target.name.clone(), stored);
        self.save()
    }

    /// Forgets a server and its key.
    ///
    /// # Errors
    /// When there is none of this name, or the file cannot be written.
    pub(crate) fn remove(&mut self, name: &str) -> Result<(), Fault> {
        if self.content.remotes.remove(name).is_none() {
            return Err(self.unknown(name));
        }
        self.save()
    }

    fn save(&self) -> Result<(), Fault> {
        file::write(&self.folder, file::REMOTES, &self.content)
    }

    fn names(&self) -> String {
        let names = self.content.remotes.keys().map(String::as_str);
        names.collect::<Vec<_>>().join(", ")
    }

    fn unknown(&self, name: &str) -> Fault {
        let text = format!("there is no server {name} stored here");
        let next = if self.content.remotes.is_empty() {
            format!("dango remote add {name} URL")
        } else {
            format!("the servers are {}", self.names())
        };
        Fault::new(Exit::NotFound, "not_found", text).with_next_step(next)
    }
}

impl Target {
    /// The first characters of the key, as `key list` shows them.
    pub(crate) fn key_prefix(&self) -> String {
        self.key.expose().chars().take(PREFIX).collect()
    }
}

/// Reads an address that keys may be sent to.
///
/// # Errors
/// When it is none, or others on the way could read the key.
pub(crate) fn address(text: &str) -> Result<PublicUrl, Fault> {
    let wrong = |text: String| Fault::invalid("invalid_request", format!("the address {text}"));
    let url = PublicUrl::parse(text).map_err(wrong)?;
    if url.is_https() || url.is_loopback() {
        return Ok(url);
    }
    let text = "must start with https://, because the key would travel readable; \
                http:// is for this very machine";
    Err(wrong(text.to_owned()))
}

fn target(name: &str, stored: &Stored) -> Result<Target, Fault> {
    Ok(Target {
        name: name.to_owned(),
        url: address(&stored.url)?,
        key: Secret::from(stored.key.as_str()),
        ca_file: stored.ca_file.clone(),
    })
}

fn check_name(name: &str) -> Result<(), Fault> {
    let letters = |b: u8| b.is_ascii_alphanumeric() || b"_-.".contains(&b);
    if (1..=NAME_MAX).contains(&name.len()) && name.bytes().all(letters) {
        return Ok(());
    }
    let text = format!("a server's name has 1 to {NAME_MAX} letters, digits, dots, _ and -");
    Err(Fault::invalid("invalid_request", text))
}
