//! Fuzzes `netabase_tests::fuzz::decoders`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| netabase_tests::fuzz::decoders(bytes));
