//! Files and folders are private whatever the umask. A binary of its own, because the umask belongs to the process.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use dango_auth::project::MissingKey;
use dango_auth::settings::Profile;
use dango_auth::{Ambient, Environment, Project};
use rustix::fs::Mode;

#[test]
fn folder_and_files_are_private_whatever_the_umask() {
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o7777;
    for umask in [0o000, 0o022, 0o077, 0o277, 0o777] {
        let parent = tempfile::tempdir().unwrap();
        let before = rustix::process::umask(Mode::from_raw_mode(umask));
        let (project, _) = Project::create(parent.path()).unwrap();
        let ambient = Ambient::system();
        let environment = Environment::default();
        let key = project.key_ring(&environment, MissingKey::Create(&ambient));
        let written = project.write_profile(Profile::Cloud);
        rustix::process::umask(before);

        assert!(
            key.is_ok() && written.is_ok(),
            "{umask:o}: {key:?} {written:?}"
        );
        assert_eq!(mode(&project.folder()), 0o700, "{umask:o}");
        for file in [
            project.key_file(),
            project.settings_file(),
            project.folder().join(".gitignore"),
        ] {
            assert_eq!(mode(&file), 0o600, "{umask:o}: {}", file.display());
        }
    }
}
