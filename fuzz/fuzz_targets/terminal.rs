//! Fuzzes `dango_fuzz::terminal`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| dango_fuzz::terminal(data));
