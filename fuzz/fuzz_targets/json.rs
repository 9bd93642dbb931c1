//! Fuzzes `dango_fuzz::json`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| dango_fuzz::json(data));
