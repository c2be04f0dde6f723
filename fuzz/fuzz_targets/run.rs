//! Whatever a link says, as a run.

#![no_main]

libfuzzer_sys::fuzz_target!(|text: &str| connlab_fuzz::targets::run(text));
