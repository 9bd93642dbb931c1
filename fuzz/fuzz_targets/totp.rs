//! Fuzzes `dango_fuzz::totp`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| dango_fuzz::totp(data));
