//! The native program: `bench` prints a line for each case, `bench memory LINK` what a run takes.

// The model must not look at a clock; who measures it must.
#![allow(clippy::disallowed_types)]

use std::time::Instant;

use connlab::link;
use connlab::sim::Sim;
use connlab_bench::{CASES, measure};

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["memory", link] => println!("{}", memory(link)),
        _ => {
            let start = Instant::now();
            for case in CASES {
                println!("{}", measure(case, || start.elapsed().as_secs_f64() * 1e3));
            }
        }
    }
}

/// Requests of this run and the largest resident set of this process, in bytes, with a tab between.
fn memory(link: &str) -> String {
    let mut sim = Sim::new(&link::scenario(link));
    sim.run();
    // VmHWM: the high-water mark, in kB (proc(5)).
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mark = status.lines().find_map(|line| line.strip_prefix("VmHWM:")?.trim().strip_suffix(" kB"));
    let peak_kib: u64 = mark.and_then(|kib| kib.parse().ok()).unwrap_or(0);
    format!("{}\t{}", sim.report().requests.offered, peak_kib * 1024)
}
