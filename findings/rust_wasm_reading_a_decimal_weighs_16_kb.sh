#!/usr/bin/env bash
# Rust, wasm32: a module in which one decimal number is read from text weighs 16 KB more, compressed.
#
# Software: rustc 1.95.0 with its own standard library, wasm32-unknown-unknown, opt-level "z", lto, panic = "abort".
# Behaviour: `text.parse::<f64>()` links `core::num::dec2flt` with its table of powers of five: 651 entries of 16 bytes,
#   as good as random, off which gzip takes next to nothing. Code for the hard cases comes on top. In the same place
#   `text.parse::<i64>()` costs a few hundred bytes. One call anywhere in a program is enough, also in a dependency.
# Known: the table is in the sources (library/core/src/num/dec2flt/table.rs). No opt-level makes it smaller, for each
#   of its rows can be needed.
# Why it hurts: pages that must open on a poor line count in kilobytes, and what carries the table does not look heavy:
#   a number of a link or of a message from a worker, read as it was written. Whole numbers of hundredths do the same.
# Seen: a module that reads an i64 826 bytes, one that reads an f64 16,755 bytes.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
rust=1.95.0
# A toolchain of its own: that of the machine stays as it is.
export RUSTUP_HOME=$work/rustup
rustup toolchain install "$rust" --profile minimal --target wasm32-unknown-unknown --no-self-update >/dev/null 2>&1 ||
    { echo "rustup cannot install Rust $rust for wasm" >&2; exit 2; }

mkdir src
cat >Cargo.toml <<'TOML'
[package]
name = "weighed"
version = "0.0.0"
edition = "2024"

[lib]
crate-type = ["cdylib"]

[profile.release]
opt-level = "z"
lto = true
codegen-units = 1
panic = "abort"
strip = true
TOML

# weigh TYPE: gzip bytes of a module that reads one number of this type.
weigh() {
    cat >src/lib.rs <<RUST
/// Reads what the caller has written into the array, whose address \`text\` gives.
#[unsafe(no_mangle)]
pub extern "C" fn read(length: usize) -> $1 {
    let text = unsafe { &(&*(&raw const TEXT))[..length.min(32)] };
    core::str::from_utf8(text).ok().and_then(|text| text.parse().ok()).unwrap_or_default()
}

#[unsafe(no_mangle)]
pub extern "C" fn text() -> *const u8 {
    (&raw const TEXT).cast()
}

static mut TEXT: [u8; 32] = [0; 32];
RUST
    cargo +"$rust" build --quiet --release --target wasm32-unknown-unknown
    gzip -9 -c target/wasm32-unknown-unknown/release/weighed.wasm | wc -c
}

whole=$(weigh i64)
decimal=$(weigh f64)
echo "rustc $rust, gzip -9: a module that reads an i64 $whole bytes, an f64 $decimal bytes"
((decimal - whole > 12000 && decimal - whole < 20000)) ||
    { echo "not as described: $((decimal - whole)) bytes more" >&2; exit 1; }
echo "as described: $((decimal - whole)) bytes more for one decimal number"
