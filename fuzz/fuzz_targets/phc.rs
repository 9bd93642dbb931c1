//! Fuzzes `dango_fuzz::phc`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| dango_fuzz::phc(data));
