use std::os::unix::fs::symlink;
use std::sync::Barrier;

use super::*;
use crate::ambient::{Ambient, OsEntropy, SystemClock, fixed};
use crate::environment::Environment;

const KEY: &str = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o7777
}

fn chmod(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

fn project() -> (tempfile::TempDir, Project) {
    let folder = tempfile::tempdir().unwrap();
    let (project, _) = Project::create(folder.path()).unwrap();
    (folder, project)
}

fn with_key(content: &[u8]) -> (tempfile::TempDir, Project) {
    let (folder, project) = project();
    fs::write(project.key_file(), content).unwrap();
    chmod(&project.key_file(), 0o600);
    (folder, project)
}

fn nothing() -> Environment {
    Environment::default()
}

/// The error's text with the temporary folder cut out, and its kind.
fn refusal<T: std::fmt::Debug>(
    folder: &tempfile::TempDir,
    result: Result<T, ProjectError>,
) -> (ProjectErrorKind, String) {
    let error = result.unwrap_err();
    (
        error.kind(),
        error
            .to_string()
            .replace(folder.path().to_str().unwrap(), "~"),
    )
}

#[test]
fn creating_twice_changes_nothing_the_second_time() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("deep/project");
    let (project, created) = Project::create(&root).unwrap();
    assert_eq!(created, Created::Now);
    assert!(project.write_profile(Profile::Cloud).unwrap());
    assert!(!project.write_profile(Profile::Local).unwrap());
    let (again, created) = Project::create(&root).unwrap();
    assert_eq!((again, created), (project.clone(), Created::Before));
    assert_eq!(
        fs::read_to_string(project.settings_file()).unwrap(),
        "auth:\n  profile: cloud\n"
    );
    assert_eq!(mode(&project.folder()), 0o700);
    for file in [".gitignore", "project.yml"] {
        assert_eq!(mode(&project.folder().join(file)), 0o600, "{file}");
    }
}

#[test]
fn a_folder_that_dango_made_is_kept_and_closed_to_others() {
    let folder = tempfile::tempdir().unwrap();
    let dango = folder.path().join(".dango");
    fs::create_dir(&dango).unwrap();
    fs::write(dango.join("project.yml"), "project: demo\n").unwrap();
    chmod(&dango, 0o775);
    let (project, created) = Project::create(folder.path()).unwrap();
    assert_eq!(created, Created::Before);
    assert_eq!(mode(&dango), 0o700);
    assert_eq!(
        fs::read_to_string(project.settings_file()).unwrap(),
        "project: demo\n"
    );
    assert!(
        !fs::read_to_string(dango.join(".gitignore"))
            .unwrap()
            .contains("\n*\n")
    );
}

#[test]
fn the_nearest_folder_upwards_is_found() {
    let (folder, project) = project();
    let inner = folder.path().join("a/b");
    fs::create_dir_all(&inner).unwrap();
    assert_eq!(Project::discover(&inner).unwrap(), project);
    assert_eq!(Project::discover(folder.path()).unwrap(), project);
    let (nearer, _) = Project::create(&folder.path().join("a")).unwrap();
    assert_eq!(Project::discover(&inner).unwrap(), nearer);
}

#[test]
fn a_folder_without_a_project_is_not_found() {
    let folder = tempfile::tempdir().unwrap();
    let (kind, text) = refusal(&folder, Project::at(folder.path()));
    assert_eq!(kind, ProjectErrorKind::NotFound);
    assert_eq!(text, "no .dango folder in ~; run `dango init` there first");
}

#[test]
fn folders_that_others_control_are_refused() {
    let (folder, project) = project();
    chmod(&project.folder(), 0o770);
    let (kind, text) = refusal(&folder, Project::discover(folder.path()));
    assert_eq!(kind, ProjectErrorKind::Insecure);
    assert_eq!(
        text,
        "~/.dango is open to other users (mode 0770); run: chmod 700 '~/.dango'"
    );

    let linked = tempfile::tempdir().unwrap();
    symlink(project.folder(), linked.path().join(".dango")).unwrap();
    let (_, text) = refusal(&linked, Project::create(linked.path()));
    assert_eq!(
        text,
        "~/.dango is a symbolic link; use the folder it points to"
    );

    let file = tempfile::tempdir().unwrap();
    fs::write(file.path().join(".dango"), "").unwrap();
    let (_, text) = refusal(&file, Project::discover(file.path()));
    assert_eq!(text, "~/.dango is not a folder; move it away");
}

#[test]
fn a_key_is_made_once_and_then_read() {
    let (_folder, project) = project();
    let ambient = fixed::ambient();
    let key = project
        .key_ring(&nothing(), MissingKey::Create(&ambient))
        .unwrap();
    assert_eq!(
        fs::read_to_string(project.key_file()).unwrap(),
        format!("{KEY}\n")
    );
    assert_eq!(mode(&project.key_file()), 0o600);
    assert_eq!(
        project
            .key_ring(&nothing(), MissingKey::Create(&ambient))
            .unwrap(),
        key
    );
    assert_eq!(
        project.key_ring(&nothing(), MissingKey::Refuse).unwrap(),
        key
    );
    let names: Vec<_> = fs::read_dir(project.folder())
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .collect();
    assert_eq!(names.len(), 2, "no draft stays behind: {names:?}");
}

#[test]
fn many_starters_agree_on_one_key() {
    for _ in 0..20 {
        let (_folder, project) = project();
        let barrier = Barrier::new(8);
        let keys: Vec<_> = std::thread::scope(|scope| {
            let starter = || {
                let ambient = Ambient::new(
                    std::sync::Arc::new(SystemClock),
                    std::sync::Arc::new(OsEntropy),
                );
                barrier.wait();
                project
                    .key_ring(&nothing(), MissingKey::Create(&ambient))
                    .unwrap()
            };
            let starters: Vec<_> = (0..8).map(|_| scope.spawn(starter)).collect();
            starters
                .into_iter()
                .map(|starter| starter.join().unwrap())
                .collect()
        });
        assert!(keys.iter().all(|key| *key == keys[0]));
        assert_eq!(
            project.key_ring(&nothing(), MissingKey::Refuse).unwrap(),
            keys[0]
        );
    }
}

#[test]
fn a_missing_key_is_refused_where_none_may_be_made() {
    let (folder, project) = project();
    let (kind, text) = refusal(&folder, project.key_ring(&nothing(), MissingKey::Refuse));
    assert_eq!(kind, ProjectErrorKind::KeyMissing);
    assert!(
        text.starts_with("the key ~/.dango/secret.key is missing; put it back from a backup"),
        "{text}"
    );
    assert!(!project.key_file().exists());
}

#[test]
fn a_bad_key_file_is_refused_and_never_replaced() {
    let ambient = fixed::ambient();
    for content in [&b""[..], b"abc", b"\xff\xfe", &[b'0'; 4096]] {
        let (folder, project) = with_key(content);
        let (kind, text) = refusal(
            &folder,
            project.key_ring(&nothing(), MissingKey::Create(&ambient)),
        );
        assert_eq!(kind, ProjectErrorKind::KeyGarbled);
        assert!(
            text.starts_with(
                "~/.dango/secret.key is not a key (32 bytes in hexadecimal or base64)"
            ),
            "{text}"
        );
        assert_eq!(fs::read(project.key_file()).unwrap(), content);
    }
}

#[test]
fn a_key_file_that_others_can_reach_is_refused() {
    let (folder, project) = with_key(KEY.as_bytes());
    for (given, shown) in [(0o644, "0644"), (0o620, "0620"), (0o601, "0601")] {
        chmod(&project.key_file(), given);
        let (kind, text) = refusal(&folder, project.key_ring(&nothing(), MissingKey::Refuse));
        assert_eq!(kind, ProjectErrorKind::Insecure);
        let fix = "run: chmod 600 '~/.dango/secret.key'";
        assert_eq!(
            text,
            format!("~/.dango/secret.key is open to other users (mode {shown}); {fix}")
        );
    }
}

#[test]
fn a_linked_key_file_is_refused() {
    let (folder, project) = project();
    let elsewhere = folder.path().join("key");
    fs::write(&elsewhere, KEY).unwrap();
    chmod(&elsewhere, 0o600);
    symlink(&elsewhere, project.key_file()).unwrap();
    let ambient = fixed::ambient();
    let (kind, text) = refusal(
        &folder,
        project.key_ring(&nothing(), MissingKey::Create(&ambient)),
    );
    assert_eq!(kind, ProjectErrorKind::Insecure);
    assert_eq!(
        text,
        "~/.dango/secret.key is a symbolic link; put the file itself there"
    );
}

#[test]
fn the_key_of_the_environment_wins_and_is_never_replaced() {
    let (folder, project) = with_key(&[b'f'; 64]);
    let given = Environment::of_pairs([(KEY_VARIABLE, KEY)]);
    let file = folder.path().join("mounted");
    fs::write(&file, KEY).unwrap();
    let by_file = Environment::of_pairs([("DANGO_SECRET_KEY_FILE", file.to_str().unwrap())]);
    let key = project.key_ring(&given, MissingKey::Refuse).unwrap();
    assert_eq!(project.key_ring(&by_file, MissingKey::Refuse).unwrap(), key);
    assert_ne!(
        project.key_ring(&nothing(), MissingKey::Refuse).unwrap(),
        key
    );
    let garbled = Environment::of_pairs([(KEY_VARIABLE, "s3cret")]);
    let (kind, text) = refusal(&folder, project.key_ring(&garbled, MissingKey::Refuse));
    assert_eq!(kind, ProjectErrorKind::KeyGarbled);
    assert!(
        text.starts_with("environment variable DANGO_SECRET_KEY is not a key"),
        "{text}"
    );
    assert!(!text.contains("s3cret"));
}

#[test]
fn without_randomness_no_key_is_made() {
    let (_folder, project) = project();
    let dry = Ambient::new(
        std::sync::Arc::new(SystemClock),
        std::sync::Arc::new(fixed::Dry),
    );
    let error = project
        .key_ring(&nothing(), MissingKey::Create(&dry))
        .unwrap_err();
    assert_eq!(error.kind(), ProjectErrorKind::Unavailable);
    assert!(!project.key_file().exists());
}
