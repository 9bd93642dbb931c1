//! Fuzzes `dango_fuzz::audit`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| dango_fuzz::audit(data));
