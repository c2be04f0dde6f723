//! Any text as a link.

#![no_main]

libfuzzer_sys::fuzz_target!(|text: &str| connlab_fuzz::targets::link(text));
