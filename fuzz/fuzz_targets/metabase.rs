//! Fuzzes `dango_fuzz::metabase`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| dango_fuzz::metabase(data));
