//! Requests that were sent and never answered, so that the same command, run again, repeats them instead of
//! asking for another thing.
//!
//! The name a request goes by (`Idempotency-Key`) is written down before it is sent and crossed out when its
//! answer is there, whatever that answer is. A server gives the answer of a named request again for 24 hours;
//! later the name is simply new to it.

use std::path::PathBuf;

use dango_auth::Ambient;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::file;
use crate::exit::Exit;
use crate::fault::Fault;

/// Where they are written down.
const FILE: &str = "unanswered.json";

/// How many are remembered; the oldest goes first.
const MOST: usize = 50;

/// What is asked of which server; it holds no secret.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Wish {
    /// The server's address.
    pub(crate) url: String,
    /// The method and path.
    pub(crate) operation: String,
    /// The body.
    pub(crate) body: Value,
}

#[derive(Serialize, Deserialize)]
struct Entry {
    #[serde(flatten)]
    wish: Wish,
    key: String,
}

/// The list of them.
pub(crate) struct Unanswered {
    folder: PathBuf,
}

impl Unanswered {
    pub(super) fn new(folder: PathBuf) -> Self {
        Self { folder }
    }

    /// The name for this request: the one it went by before, if its answer never came, else a fresh one.
    ///
    /// # Errors
    /// When it cannot be written down; then nothing may be sent.
    pub(crate) fn name(&self, wish: &Wish) -> Result<String, Fault> {
        let mut entries = self.entries()?;
        if let Some(entry) = entries.iter().find(|entry| entry.wish == *wish) {
            return Ok(entry.key.clone());
        }
        let fresh = Ambient::system()
            .uuid()
            .map_err(|error| Fault::new(Exit::Unavailable, "unavailable", error.to_string()))?;
        let key = fresh.to_string();
        let surplus = (entries.len() + 1).saturating_sub(MOST);
        entries.drain(..surplus);
        entries.push(Entry {
            wish: wish.clone(),
            key: key.clone(),
        });
        file::write(&self.folder, FILE, &entries)?;
        Ok(key)
    }

    /// Crosses a request out.
    ///
    /// # Errors
    /// When that cannot be written down.
    pub(crate) fn answered(&self, wish: &Wish) -> Result<(), Fault> {
        let mut entries = self.entries()?;
        entries.retain(|entry| entry.wish != *wish);
        file::write(&self.folder, FILE, &entries)
    }

    fn entries(&self) -> Result<Vec<Entry>, Fault> {
        Ok(file::read(&self.folder.join(FILE))?.unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wish(email: &str) -> Wish {
        Wish {
            url: "https://dango.example.org".to_owned(),
            operation: "POST /api/admin/users".to_owned(),
            body: serde_json::json!({"email": email}),
        }
    }

    #[test]
    fn the_same_request_keeps_its_name_until_it_is_answered() {
        let folder = tempfile::tempdir().unwrap();
        let unanswered = Unanswered::new(folder.path().join("dango"));
        let first = unanswered.name(&wish("ann@example.org")).unwrap();
        let other = unanswered.name(&wish("bob@example.org")).unwrap();
        assert_ne!(first, other);
        assert_eq!(unanswered.name(&wish("ann@example.org")).unwrap(), first);
        unanswered.answered(&wish("ann@example.org")).unwrap();
        assert_ne!(unanswered.name(&wish("ann@example.org")).unwrap(), first);
        assert_eq!(unanswered.name(&wish("bob@example.org")).unwrap(), other);
    }

    #[test]
    fn only_so_many_are_remembered() {
        let folder = tempfile::tempdir().unwrap();
        let unanswered = Unanswered::new(folder.path().to_owned());
        let first = unanswered.name(&wish("0")).unwrap();
        for number in 1..=MOST {
            let _ = unanswered.name(&wish(&number.to_string())).unwrap();
        }
        assert_eq!(unanswered.entries().unwrap().len(), MOST);
        assert_ne!(unanswered.name(&wish("0")).unwrap(), first);
    }
}
