#!/usr/bin/env bash
# Rust: with a standard library that is built for size, `select_nth_unstable` compares many times as often.
#
# Software: rustc 1.95.0; std built with `-Z build-std-features=optimize_for_size`, as it is for small wasm modules.
# Behaviour: with that feature `slice::select_nth_unstable` has no quickselect any more, only its fallback, the median of
#   medians, which is made for the worst case.
# Known: `library/core/src/slice/sort/select.rs` chooses by `cfg(feature = "optimize_for_size")`; its documentation
#   promises linear time in both cases, and does not speak of the factor.
# Why it hurts: a simulator or a dashboard in the browser takes percentiles by selection because that is cheaper than
#   sorting. In the page, and only there, the percentiles then cost more than what they are of: natively, and in wasm with
#   the library that rustup installs, nothing is to be seen.
# Seen: for the median of 10,000 numbers 24,000 to 35,000 comparisons by default, 20 times as many and more for size.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
rust=1.95.0
# A toolchain of its own: that of the machine stays as it is.
export RUSTUP_HOME=$work/rustup
rustup toolchain install "$rust" --profile minimal --component rust-src --no-self-update >/dev/null 2>&1 ||
    { echo "rustup cannot install Rust $rust" >&2; exit 2; }
host=$(rustc +"$rust" -vV | sed -n 's/^host: //p')

mkdir src
cat >Cargo.toml <<'TOML'
[package]
name = "selects"
version = "0.0.0"
edition = "2024"

[profile.release]
panic = "abort"
TOML
cat >src/main.rs <<'RUST'
use std::cell::Cell;

/// Prints how many comparisons the medians of ten rows of 10,000 numbers take, on average.
fn main() {
    let compared = Cell::new(0_u64);
    let mut state = 1_u64;
    for _ in 0..10 {
        let mut values: Vec<u32> = (0..10_000)
            .map(|_| {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                (state >> 33) as u32
            })
            .collect();
        let mut sorted = values.clone();
        sorted.sort();
        let (_, median, _) = values.select_nth_unstable_by(5_000, |a, b| {
            compared.set(compared.get() + 1);
            a.cmp(b)
        });
        assert_eq!(*median, sorted[5_000]);
    }
    println!("{}", compared.get() / 10);
}
RUST

# count [ARGUMENT...]: comparisons with a standard library that is built so.
count() {
    RUSTC_BOOTSTRAP=1 cargo +"$rust" run --quiet --release --target "$host" "$@"
}

plain=$(count -Z build-std=std,panic_abort)
small=$(count -Z build-std=std,panic_abort -Z build-std-features=optimize_for_size)
echo "rustc $rust, median of 10,000 numbers: $plain comparisons, built for size $small"
((small > 5 * plain)) || { echo "not as described: $((small / plain)) times as many" >&2; exit 1; }
echo "as described: $((small / plain)) times as many comparisons"
