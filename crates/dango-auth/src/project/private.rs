//! Files and folders that belong to one user alone, whatever the umask.

use std::fs::{self, DirBuilder, File, OpenOptions, Permissions};
use std::io::{self, ErrorKind, Write as _};
use std::os::unix::fs::{
    DirBuilderExt as _, MetadataExt as _, OpenOptionsExt as _, PermissionsExt as _,
};
use std::path::Path;

use super::{OTHERS, ProjectError};

const FOLDER_MODE: u32 = 0o700;
const FILE_MODE: u32 = 0o600;

/// Makes a folder; answers false when something of the name is there already.
pub(super) fn create_folder(path: &Path) -> io::Result<bool> {
    match DirBuilder::new().mode(FOLDER_MODE).create(path) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(false),
        Err(error) => Err(error),
    }
}

/// Takes other users' access to a folder away, and gives the owner all of it: a strict umask may have cut that.
pub(super) fn restrict_folder(path: &Path) -> io::Result<()> {
    let mode = fs::symlink_metadata(path)?.permissions().mode();
    if mode & 0o777 == FOLDER_MODE {
        return Ok(());
    }
    fs::set_permissions(path, Permissions::from_mode(FOLDER_MODE))
}

/// Makes a file with its content in one step, so that nobody ever sees a part of it; answers false, changing nothing,
/// when there is a file of the name already.
///
/// `draft` names the file it is prepared in when several processes may do this at once; it must be unique.
pub(super) fn create_file(path: &Path, content: &[u8], draft: Option<&Path>) -> io::Result<bool> {
    let Some(draft) = draft else {
        return created(write_new(path, content));
    };
    let linked = write_new(draft, content).and_then(|()| fs::hard_link(draft, path));
    let tidied = fs::remove_file(draft);
    let made = created(linked)?;
    tidied?;
    if let (true, Some(folder)) = (made, path.parent()) {
        File::open(folder)?.sync_all()?;
    }
    Ok(made)
}

/// Puts content in the place of a file's in one step: after a crash it has the old or the new, never a part.
pub(super) fn replace_file(path: &Path, content: &[u8], draft: &Path) -> io::Result<()> {
    let replaced = write_new(draft, content).and_then(|()| fs::rename(draft, path));
    if replaced.is_err() {
        // The draft may not even have been made.
        let _ = fs::remove_file(draft);
    }
    replaced?;
    match path.parent() {
        Some(folder) => File::open(folder)?.sync_all(),
        None => Ok(()),
    }
}

/// Opens a file for adding to its end; a new one is ours alone.
pub(super) fn open_append(path: &Path) -> io::Result<File> {
    let no_follow = i32::try_from(rustix::fs::OFlags::NOFOLLOW.bits()).unwrap_or_default();
    OpenOptions::new()
        .create(true)
        .append(true)
        .mode(FILE_MODE)
        .custom_flags(no_follow)
        .open(path)
}

/// Opens a file that is only there to be locked.
pub(super) fn open_lock(path: &Path) -> io::Result<File> {
    OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        .mode(FILE_MODE)
        .open(path)
}

fn created(result: io::Result<()>) -> io::Result<bool> {
    match result {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(false),
        Err(error) => Err(error),
    }
}

fn write_new(path: &Path, content: &[u8]) -> io::Result<()> {
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(FILE_MODE)
        .open(path)?;
    file.set_permissions(Permissions::from_mode(FILE_MODE))?;
    file.write_all(content)?;
    file.sync_all()
}

/// Opens a file that must be ours alone; nothing when there is none.
///
/// SECURITY: the checks are on the open file, so that nobody can swap it between check and use.
pub(super) fn open_file(path: &Path) -> Result<Option<File>, ProjectError> {
    let no_follow = i32::try_from(rustix::fs::OFlags::NOFOLLOW.bits()).unwrap_or_default();
    let file = match OpenOptions::new()
        .read(true)
        .custom_flags(no_follow)
        .open(path)
    {
        Ok(file) => file,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(_) if fs::symlink_metadata(path).is_ok_and(|metadata| metadata.is_symlink()) => {
            return Err(ProjectError::insecure(
                path,
                "is a symbolic link; put the file itself there",
            ));
        }
        Err(error) => return Err(ProjectError::io("read", path, &error)),
    };
    let metadata = file
        .metadata()
        .map_err(|error| ProjectError::io("read", path, &error))?;
    if !metadata.is_file() {
        return Err(ProjectError::insecure(path, "is not a plain file"));
    }
    check_owner(path, metadata.uid())?;
    if metadata.permissions().mode() & OTHERS != 0 {
        return Err(ProjectError::open_to_others(
            path,
            metadata.permissions().mode(),
            "600",
        ));
    }
    Ok(Some(file))
}

/// Refuses what belongs to somebody else. Root's own files are fine, and root may use anybody's.
pub(super) fn check_owner(path: &Path, owner: u32) -> Result<(), ProjectError> {
    let user = rustix::process::geteuid();
    if user.is_root() || owner == user.as_raw() || owner == 0 {
        return Ok(());
    }
    let problem = format!(
        "belongs to another user (id {owner}, you are {}); run this as that user",
        user.as_raw()
    );
    Err(ProjectError::insecure(path, &problem))
}
