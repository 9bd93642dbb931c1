//! The throwaway cluster, run for real.
#![allow(clippy::unwrap_used)]

use std::process::Command;

use dango_testbase::postgres::Cluster;
use dango_testbase::programs::Program;
use dango_testbase::skip;

#[test]
fn a_cluster_answers_and_leaves_nothing_behind() {
    let (Some(initdb), Some(psql)) = (
        skip::unless_installed(Program::Initdb),
        skip::unless_installed(Program::Psql),
    ) else {
        return;
    };
    let cluster = Cluster::start(&initdb).unwrap();
    let folder = cluster.folder().to_path_buf();
    let output = Command::new(psql)
        .args(["-X", "-A", "-t", "-d", &cluster.url(), "-c", "select 6 * 7"])
        .output()
        .unwrap();
    assert_eq!(
        String::from_utf8_lossy(&output.stdout).trim(),
        "42",
        "{output:?}"
    );
    drop(cluster);
    assert!(!folder.exists());
}

#[test]
fn a_broken_installation_is_reported_with_what_it_said() {
    let folder = tempfile::tempdir().unwrap();
    let error = Cluster::start(&folder.path().join("initdb")).unwrap_err();
    assert!(
        error
            .to_string()
            .contains("cannot prepare a PostgreSQL cluster"),
        "{error}"
    );
}
