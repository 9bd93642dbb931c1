//! Fuzzes `dango_fuzz::config`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| dango_fuzz::config(data));
