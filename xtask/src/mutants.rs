//! `cargo xtask mutants`: the rules of the core, each changed a little; a test has to notice.

use std::process::Command;

use clap::Args;
use dango_testbase::programs;

use crate::{Failure, step};

/// The modules whose rules everything else trusts.
const MODULES: [&str; 5] = [
    "policy/**",
    "lockout/**",
    "totp/**",
    "session.rs",
    "audit/**",
];

/// Which changes to try.
#[derive(Args)]
pub(crate) struct Options {
    /// A part of them, such as `0/8`: all take hours
    #[arg(long, value_name = "PART/PARTS")]
    shard: Option<String>,
    /// Modules, such as `lockout/**`; the five of the issue without
    modules: Vec<String>,
}

/// Runs cargo-mutants; it leaves what survived in `target/mutants.out`.
pub(crate) fn run(options: &Options) -> Result<(), Failure> {
    if programs::on_path("cargo-mutants").is_none() {
        return Err("cargo-mutants is missing: `cargo install --locked cargo-mutants`".into());
    }
    step::run(&mut mutants(options))
}

fn mutants(options: &Options) -> Command {
    let mut command = step::cargo(["mutants", "--package", "dango-auth-core"]);
    command.args(["--test-package", "dango-auth-core", "--timeout", "90"]);
    command.args(["--output", "target", "--jobs", "1"]);
    let modules = match options.modules.as_slice() {
        [] => MODULES.map(str::to_owned).to_vec(),
        chosen => chosen.to_vec(),
    };
    for module in modules {
        command.args(["--file", &format!("crates/dango-auth-core/src/{module}")]);
    }
    if let Some(shard) = &options.shard {
        command.args(["--sharding", "round-robin", "--shard", shard]);
    }
    command
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_module_is_there_and_a_part_can_be_chosen() {
        let core = crate::workspace::root().join("crates/dango-auth-core/src");
        for module in MODULES {
            let path = core.join(module.trim_end_matches("/**"));
            assert!(path.exists(), "{module}");
        }
        let options = Options {
            shard: Some("1/8".to_owned()),
            modules: vec!["session.rs".to_owned()],
        };
        let shown = format!("{:?}", mutants(&options));
        assert!(shown.contains("src/session.rs") && shown.contains("\"1/8\""));
        assert!(!shown.contains("policy"));
    }
}
