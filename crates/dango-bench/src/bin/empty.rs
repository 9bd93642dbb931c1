//! The least program with options: what starting a command costs without any work.

use clap::Parser;

/// Does nothing
#[derive(Parser)]
#[command(version)]
struct Arguments {}

fn main() {
    let Arguments {} = Arguments::parse();
}
