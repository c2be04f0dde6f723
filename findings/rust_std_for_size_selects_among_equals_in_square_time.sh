#!/usr/bin/env bash
# Rust: with a standard library that is built for size, `select_nth_unstable` takes square time where values are equal.
#
# Software: rustc 1.95.0; std built with `-Z build-std-features=optimize_for_size`, as it is for small wasm modules.
# Behaviour: among distinct numbers `slice::select_nth_unstable` compares about as often as the default library's. Among
#   equal ones the count grows with the square of their number, where the default library stays linear.
# Known: `library/core/src/slice/sort/select.rs` leaves out its quickselect, which treats equal values apart, for that
#   feature; what is left is the median of medians. The documentation promises linear time, whatever the values.
# Why it hurts: percentiles are taken by selection because that is cheaper than sorting, and times of an unloaded server
#   are equal to the microsecond: a page that measures or simulates one stands still, and only the page, for natively,
#   and in wasm with the library that rustup installs, nothing is to be seen.
# Seen: for the median of 10,000 numbers 20,377 comparisons, and 26,517 for size, where they are distinct; 20,238 and
#   97,816,641 where they are equal.
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

/// How many comparisons the median of 10,000 numbers takes, each less than `limit`.
fn comparisons(limit: u64) -> u64 {
    let compared = Cell::new(0);
    let mut state = 1_u64;
    let mut values: Vec<u64> = (0..10_000)
        .map(|_| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) % limit
        })
        .collect();
    let mut sorted = values.clone();
    sorted.sort();
    let (_, median, _) = values.select_nth_unstable_by(5_000, |a, b| {
        compared.set(compared.get() + 1);
        a.cmp(b)
    });
    assert_eq!(*median, sorted[5_000]);
    compared.get()
}

/// Prints the counts for numbers that are distinct, and for numbers that are equal.
fn main() {
    println!("{} {}", comparisons(u64::MAX), comparisons(1));
}
RUST

# count [ARGUMENT...]: the counts with a standard library that is built so.
count() {
    RUSTC_BOOTSTRAP=1 cargo +"$rust" run --quiet --release --target "$host" "$@"
}

read -r plain_distinct plain_equal < <(count -Z build-std=std,panic_abort)
read -r small_distinct small_equal < <(count -Z build-std=std,panic_abort -Z build-std-features=optimize_for_size)
echo "rustc $rust, comparisons for the median of 10,000 numbers, by default and built for size:"
echo "  distinct $plain_distinct and $small_distinct, equal $plain_equal and $small_equal"
((small_distinct < 3 * plain_distinct && plain_equal < 3 * plain_distinct && small_equal > 500 * plain_equal)) ||
    { echo "not as described" >&2; exit 1; }
echo "as described: $((small_equal / plain_equal)) times as many where they are equal"
