//! Fuzzes `dango_fuzz::cursor`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| dango_fuzz::cursor(data));
