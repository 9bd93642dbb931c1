//! Placeholder.

#[allow(
    dead_code,
    unused_imports,
    reason = "the handlers that draw the pages follow"
)]
mod pages;

fn main() {}
