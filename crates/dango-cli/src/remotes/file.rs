//! Files in the person's configuration folder that nobody else may read.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use serde::Serialize;
use serde::de::DeserializeOwned;
use zeroize::Zeroizing;

use crate::exit::Exit;
use crate::fault::Fault;

/// The servers.
pub(super) const REMOTES: &str = "remotes.json";

/// Access of others, which such a file must not have.
const OTHERS: u32 = 0o077;

/// The folder for our files (XDG Base Directory Specification).
///
/// # Errors
/// When neither `XDG_CONFIG_HOME` nor `HOME` names one.
pub(super) fn folder() -> Result<PathBuf, Fault> {
    #[allow(
        clippy::disallowed_methods,
        reason = "the one place that looks for the person's configuration folder"
    )]
    let absolute = |name: &str| {
        std::env::var_os(name)
            .map(PathBuf::from)
            .filter(|folder| folder.is_absolute())
    };
    absolute("XDG_CONFIG_HOME")
        .or_else(|| absolute("HOME").map(|home| home.join(".config")))
        .map(|folder| folder.join("dango"))
        .ok_or_else(|| {
            let text =
                "there is no folder to keep servers in: neither XDG_CONFIG_HOME nor HOME is set";
            Fault::new(Exit::Unavailable, "no_configuration_folder", text)
        })
}

/// Reads a file; nothing when there is none.
///
/// SECURITY: whoever else could read it has the keys in it, so that is said and not passed over.
pub(super) fn read<T: DeserializeOwned>(path: &Path) -> Result<Option<T>, Fault> {
    let mut file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(failed("read", path, &error)),
    };
    let metadata = file
        .metadata()
        .map_err(|error| failed("read", path, &error))?;
    if metadata.permissions().mode() & OTHERS != 0 {
        let text = format!("others can read {}", path.display());
        let next = format!("chmod 600 {}; then replace its keys", path.display());
        return Err(Fault::new(Exit::Unavailable, "insecure_file", text).with_next_step(next));
    }
    let mut text = Zeroizing::new(String::new());
    file.read_to_string(&mut text)
        .map_err(|error| failed("read", path, &error))?;
    serde_json::from_str(&text).map(Some).map_err(|error| {
        let text = format!("{} cannot be understood: {error}", path.display());
        Fault::new(Exit::Unavailable, "damaged_file", text)
    })
}

/// Writes a file as a whole, so that nobody ever sees a part of it.
pub(super) fn write<T: Serialize>(folder: &Path, name: &str, content: &T) -> Result<(), Fault> {
    let path = folder.join(name);
    let draft = folder.join(format!(".{name}.{}", std::process::id()));
    let text = serde_json::to_vec_pretty(content).map(Zeroizing::new);
    let written = text.map_err(io::Error::from).and_then(|text| {
        DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(folder)?;
        let done = draft_file(&draft, &text).and_then(|()| fs::rename(&draft, &path));
        if done.is_err() {
            // The first failure is the one to tell.
            let _ = fs::remove_file(&draft);
        }
        done
    });
    written.map_err(|error| failed("write", &path, &error))
}

fn draft_file(draft: &Path, text: &[u8]) -> io::Result<()> {
    let mut file = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(draft)?;
    file.set_permissions(fs::Permissions::from_mode(0o600))?;
    file.write_all(text)?;
    file.write_all(b"\n")?;
    file.sync_all()
}

fn failed(what: &str, path: &Path, error: &io::Error) -> Fault {
    let text = format!("cannot {what} {}: {error}", path.display());
    Fault::new(Exit::Unavailable, "file_failed", text)
}
