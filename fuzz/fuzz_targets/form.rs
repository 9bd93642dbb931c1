//! Fuzzes `dango_fuzz::form`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| dango_fuzz::form(data));
