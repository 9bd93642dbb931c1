//! Fuzzes `dango_fuzz::names`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| dango_fuzz::names(data));
