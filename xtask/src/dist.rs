//! `cargo xtask dist`: everything that a machine without Rust needs, in one folder.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use clap::Args;
use dango_testbase::programs;

use crate::{Failure, step, workspace};

/// What to build.
#[derive(Args, Clone, Debug)]
pub(crate) struct Options {
    /// The profile to build with
    #[arg(long, default_value = "dist")]
    profile: String,
    /// Take what is there as it is: the programs, and for a package what `dist` has collected
    #[arg(long)]
    no_build: bool,
}

/// Where the files go; the Debian package takes them from there.
const INTO: &str = "target/dist-files";

const PROGRAMS: [&str; 2] = ["dango", "dango-server"];

/// Shells with the file name that their completions go by.
const SHELLS: [(&str, &str); 3] = [
    ("bash", "bash-completion/completions/@"),
    ("zsh", "zsh/vendor-completions/_@"),
    ("fish", "fish/vendor_completions.d/@.fish"),
];

/// Builds and collects.
pub(crate) fn run(options: &Options) -> Result<(), Failure> {
    if !options.no_build {
        build(&options.profile)?;
    }
    let into = workspace::root().join(INTO);
    collect(&built(&options.profile), &into)?;
    println!("everything is in {}", into.display());
    Ok(())
}

/// Makes a Debian package of it all; prints its path.
pub(crate) fn debian(options: &Options) -> Result<(), Failure> {
    if programs::on_path("cargo-deb").is_none() {
        return Err("cargo-deb is missing: `cargo install --locked cargo-deb`".into());
    }
    if !options.no_build {
        run(options)?;
    }
    step::announce("building the Debian package");
    let words = [
        "deb",
        "--quiet",
        "--package",
        "dango-server-program",
        "--no-build",
    ];
    let mut command = step::cargo(words);
    if options.profile == "dev" {
        command.arg("--fast");
    }
    command.args(["--profile", &options.profile]);
    println!("{}", step::output(&mut command)?.trim());
    Ok(())
}

fn build(profile: &str) -> Result<(), Failure> {
    step::announce("building the programs");
    let mut cargo = step::cargo(["build", "--locked", "--profile", profile]);
    for program in PROGRAMS {
        cargo.args(["--bin", program]);
    }
    step::run(&mut cargo)
}

/// Where cargo puts what it built; the `dev` profile has a folder of another name.
fn built(profile: &str) -> PathBuf {
    let folder = if profile == "dev" { "debug" } else { profile };
    workspace::root().join("target").join(folder)
}

fn collect(built: &Path, into: &Path) -> Result<(), Failure> {
    if into.exists() {
        fs::remove_dir_all(into)?;
    }
    let packaging = workspace::root().join("packaging");
    for program in PROGRAMS {
        put(&built.join(program), &into.join("bin").join(program))?;
        for (shell, name) in SHELLS {
            let script =
                step::output(Command::new(built.join(program)).args(["completions", shell]))?;
            write(
                &into.join("share").join(name.replace('@', program)),
                &script,
            )?;
        }
    }
    let pages = into.join("share/man/man1");
    fs::create_dir_all(&pages)?;
    step::output(Command::new(built.join("dango")).arg("man").arg(&pages))?;
    let page = step::output(Command::new(built.join("dango-server")).arg("man"))?;
    write(&pages.join("dango-server.1"), &page)?;
    let unit = "lib/systemd/system/dango-server.service";
    put(&packaging.join("dango-server.service"), &into.join(unit))?;
    put(&packaging.join("install.sh"), &into.join("install.sh"))?;
    for licence in ["LICENSE-MIT", "LICENSE-APACHE", "CHANGELOG.md"] {
        put(&workspace::root().join(licence), &into.join(licence))?;
    }
    Ok(())
}

fn put(from: &Path, to: &Path) -> Result<(), Failure> {
    if let Some(folder) = to.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::copy(from, to).map_err(|error| format!("cannot copy {}: {error}", from.display()))?;
    Ok(())
}

fn write(to: &Path, text: &str) -> Result<(), Failure> {
    if let Some(folder) = to.parent() {
        fs::create_dir_all(folder)?;
    }
    Ok(fs::write(to, text)?)
}
