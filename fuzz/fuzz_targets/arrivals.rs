//! Any text as a file of recorded arrivals.

#![no_main]

libfuzzer_sys::fuzz_target!(|text: &str| connlab_fuzz::targets::arrivals(text));
