//! Preparing the machine: installing the programs that tests run against, where that is possible.

use std::io::IsTerminal as _;
use std::path::Path;
use std::process::Command;

use dango_testbase::programs::{self, Program, Source};

use super::python;
use crate::step;

/// Installs missing programs; gives those still missing.
pub(super) fn prepare(no_install: bool) -> Vec<Program> {
    let missing = missing();
    if missing.is_empty() {
        return missing;
    }
    let names: Vec<String> = missing.iter().map(ToString::to_string).collect();
    println!("missing for a full run: {}", names.join(" "));
    if no_install {
        println!("not installing them: --no-install");
        return missing;
    }
    from_debian(&missing);
    python::install(&missing);
    self::missing()
}

fn from_debian(missing: &[Program]) {
    let packages = packages(missing);
    if packages.is_empty() {
        return;
    }
    match rights() {
        Ok(rights) => install(rights, &packages),
        Err(obstacle) => println!("not installing {}: {obstacle}", packages.join(" ")),
    }
}

/// Installs a tool of cargo's that a full run needs; it takes minutes, once.
pub(super) fn install_tool(name: &str) {
    if programs::on_path(name).is_some() {
        return;
    }
    step::announce(&format!("installing {name} (once, some minutes)"));
    let install = step::run(&mut step::cargo(["install", "--locked", name]));
    if let Err(failure) = install {
        println!("{failure}");
    }
}

fn missing() -> Vec<Program> {
    Program::ALL
        .into_iter()
        .filter(|program| program.find().is_none())
        .collect()
}

fn packages(missing: &[Program]) -> Vec<&'static str> {
    let mut packages: Vec<_> = missing
        .iter()
        .filter_map(|program| match program.source() {
            Source::Debian(package) => Some(package),
            Source::Python(_) => None,
        })
        .collect();
    if missing.len() > packages.len() && !python::is_able() {
        packages.push("python3-venv");
    }
    packages.dedup();
    packages
}

/// The words that give `apt-get` the rights it needs, or why there are none.
fn rights() -> Result<&'static [&'static str], &'static str> {
    if !Path::new("/etc/debian_version").exists() || programs::on_path("apt-get").is_none() {
        return Err("this is not Debian or a relative of it");
    }
    if is_root() {
        return Ok(&[]);
    }
    if programs::on_path("sudo").is_none() {
        return Err("neither root nor sudo");
    }
    if std::io::stdin().is_terminal() {
        return Ok(&["sudo"]);
    }
    match step::output(Command::new("sudo").args(["-n", "true"])) {
        Ok(_) => Ok(&["sudo", "-n"]),
        Err(_) => Err("sudo wants a password"),
    }
}

fn is_root() -> bool {
    step::output(Command::new("id").arg("-u")).is_ok_and(|id| id.trim() == "0")
}

/// Installs all at once, and one by one if that fails, so that one bad package spoils nothing else.
fn install(rights: &[&str], packages: &[&str]) {
    if !apt_get(rights, &["update"]) {
        println!("the package lists could not be updated; trying with what is there");
    }
    let install = |packages: &[&str]| {
        apt_get(
            rights,
            &[&["install", "-y", "--no-install-recommends"], packages].concat(),
        )
    };
    if !install(packages) && packages.len() > 1 {
        for package in packages {
            install(&[package]);
        }
    }
}

fn apt_get(rights: &[&str], arguments: &[&str]) -> bool {
    // sudo drops the environment, so `env` sets the variable behind it.
    let words = [
        rights,
        &["env", "DEBIAN_FRONTEND=noninteractive", "apt-get"],
        arguments,
    ]
    .concat();
    let Some((program, rest)) = words.split_first() else {
        return false;
    };
    let mut command = Command::new(program);
    command.args(rest);
    step::announce(&step::shown(&command));
    step::run(&mut command)
        .inspect_err(|failure| println!("{failure}"))
        .is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_package_is_named_once() {
        let packages = packages(&[Program::Initdb, Program::Psql, Program::Nginx]);
        assert_eq!(packages, ["postgresql", "nginx"]);
    }
}
