//! The model against recorded runs of the real thing: Go 1.27.3 on Linux 6.18, loopback and a relayed path.
//!
//! `tests/data/recorded/` holds what was recorded: one JSON object per run (or per link, where the runs of a link are
//! comparable), and in `traces.jsonl` the arrivals and service times, so that the model is fed the very same load.
//! The comparison is written to `docs/validation.md`; a stale page is rewritten, and the test fails once.
//!
//! The bounds asserted here are what holds today with a little room: they notice that the model has moved away from
//! reality. They are not the targets; the page says which of those are missed.

mod accept_queue;
mod emptied;
mod idle_race;
mod loss;
mod overflow;
mod overload;
mod page;
mod pool;
mod ports;
mod texts;
mod written;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::LazyLock;

use serde::de::DeserializeOwned;

use connlab::link;
use connlab::sim::Sim;
use connlab::sim::recording::Recording;
use connlab::time::{SimDuration, SimTime};

/// Arrivals and service times by name; many runs share one.
static TRACES: LazyLock<BTreeMap<String, Vec<SimDuration>>> = LazyLock::new(|| {
    let lines: Vec<Trace> = read("traces.jsonl");
    lines.into_iter().map(|line| (line.name, line.us.into_iter().map(SimDuration::from_micros).collect())).collect()
});

/// A line of `traces.jsonl`: gaps between arrivals, or service times, in microseconds.
#[derive(serde::Deserialize)]
struct Trace {
    name: String,
    #[serde(alias = "gaps_us", alias = "services_us")]
    us: Vec<u64>,
}

/// The lines of a file of recorded runs.
fn read<T: DeserializeOwned>(name: &str) -> Vec<T> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/recorded").join(name);
    let text = std::fs::read_to_string(&path).expect("the recorded runs are there");
    text.lines().map(|line| serde_json::from_str(line).expect(line)).collect()
}

/// The recorded load with these names, with every service time longer by `late`.
fn recording(arrivals: &str, services: Option<&str>, late: SimDuration) -> Recording {
    let mut at = SimTime::ZERO;
    let arrivals = TRACES[arrivals].iter().map(|gap| {
        at = at + *gap;
        at
    });
    let services = services.map_or(&[][..], |name| &TRACES[name]).iter().map(|service| *service + late);
    Recording { arrivals: arrivals.collect(), services: services.collect() }
}

/// The run of a link at its start.
fn start(link: &str, recording: Recording) -> Sim {
    let decoded = link::decode(link);
    assert_eq!(decoded.warnings, [], "{link}");
    Sim::with_recording(&decoded.scenario, recording)
}

/// Goes on to this time.
fn advance(sim: &mut Sim, to: SimDuration) {
    sim.advance(SimTime::ZERO + to, u32::MAX);
}

const INTRO: &str = "# Validation: the model against recorded runs
<!-- Written by `cargo test`, from tests/data/recorded/. Change the explanations in tests/it/recorded_runs/. -->

Real runs of Go 1.27.3 (client and server) on Linux 6.18, recorded once on a virtual machine with two processors,
beside the same runs of the model. Cells are *recorded → model (deviation)*; each side is min/median/max over the runs,
or one number where all agree. Where the model had the recorded arrivals and service times, runs are compared one by
one, and the deviation is the median of theirs; elsewhere it is that of the medians.

## Summary

Sizes of the relative deviations.

| figure | compared | median | p90 | largest | target |
|---|---|---|---|---|---|
";

#[test]
fn the_validation_page_is_up_to_date() {
    let mut text = INTRO.to_string();
    text += &overload::EXPERIMENT.summary(&overload::TARGETS);
    text += &overload::LATE.summary(&["", ""]);
    text += &overload::repeated().summary(&["", ""]);
    text += &pool::EXPERIMENT.summary(&pool::TARGETS);
    text += &overflow::EXPERIMENT.summary(&overflow::TARGETS);
    text += &overflow::LATE.summary(&[""]);
    text += &accept_queue::EXPERIMENT.summary(&accept_queue::TARGETS);
    text += &emptied::EXPERIMENT.summary(&emptied::TARGETS);
    text += &written::EXPERIMENT.summary(&written::TARGETS);
    text += &idle_race::RELAYED.summary(&idle_race::TARGETS);
    text += &idle_race::LOOPBACK.summary(&idle_race::TARGETS);
    text += &idle_race::CLOSING.summary(&idle_race::TARGETS);
    text += &ports::EXPERIMENT.summary(&ports::TARGETS);
    text += &ports::CLOSE.summary(&ports::TARGETS);
    text += &texts::summary();
    text += &loss::EXPERIMENT.summary(&loss::TARGETS);
    text += VERDICT;
    for experiment in [&overload::EXPERIMENT, &pool::EXPERIMENT, &overflow::EXPERIMENT, &accept_queue::EXPERIMENT] {
        text += &experiment.section();
    }
    text += &accept_queue::schedules();
    text += &emptied::EXPERIMENT.section();
    text += &written::EXPERIMENT.section();
    text += &idle_race::RELAYED.section();
    text += &idle_race::by_think();
    text += &idle_race::LOOPBACK.section();
    text += &idle_race::classes();
    text += &idle_race::CLOSING.section();
    text += &ports::EXPERIMENT.section();
    text += &ports::CLOSE.section();
    text += &texts::section();
    text += &loss::EXPERIMENT.section();
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/validation.md");
    if std::fs::read_to_string(&path).is_ok_and(|old| old == text) {
        return;
    }
    std::fs::write(&path, text).expect("docs/ can be written");
    panic!("docs/validation.md was stale; it is up to date now: look at the change and commit it");
}

const VERDICT: &str = "
The targets that are met: E5 attempts, the `backlog + 1` = 17 time-outs of the keep-alive rows at half load
(exactly), the places in both queues (E1, exactly), who connects, who ends half-accepted and who is answered when the
queue is emptied (E1b, E1c), the texts of errors (E7), and the instants of repeated SYNs to within a step of the
kernel's timer wheel.

Those that are missed, and why, as far as is known:

- **E5 ok, E2 ok: handlers take longer than their service time.** time.Sleep overshoots, and goroutines must be
  scheduled: a recorded answer after a fixed 20 ms took 20.4 to 21.7 ms (E3), and the recorded server of E2 went
  from one accept() to the next in 50.8 ms instead of 50. One millisecond of 40 is 2.5 % of the capacity, which is
  what overloaded rows differ by. With handlers 1 ms longer (E5) and 0.8 ms slower (E2), the medians meet their
  targets.
- **Overload is chaotic.** *E5 recorded twice* compares recorded runs of the same load with each other (the rows
  with a Dialer.Timeout of 500 ms, in which tcp_syncookies has nothing to do; twelve pairs, and not the wildest):
  reality is about as far from itself as the model, with those longer handlers, is from it.
- **E2 ok with a Dialer.Timeout of 3 s: retransmission timeouts are longer than the model's.** A repeated SYN often
  ends half-accepted. A repeated SYN-ACK (1, 3, 7 s) then gets it accepted before the request is repeated, and the
  worker waits in read(). The model repeats data 0.2, 0.4, 0.8, 1.6, 3.2 s after the first copy; the recorded
  requests came after 1.9 to 2.4, 3.8 to 5.4 and 6.5 to 9 s, so that the worker was idle for 0.5 to 4 s at a time,
  up to 9 s in a run. Probably the kernel starts from the round-trip time that it remembers for the destination
  (tcp_metrics), which includes delayed ACKs; and each step of the timer wheel adds to the next, where the model
  counts from the first copy.
- **E5 without keep-alive, retries and Dialer.Timeout at twice the capacity, with SYN cookies:** 20 % more goodput
  than recorded, also with longer handlers, and not with tcp_syncookies=0. The recorded runs sent 1.3 to 1.8
  thousand cookies, the model 0.8 to 1.1: real bursts of repeated SYNs leave more of them half-accepted. The
  kernel's timer wheel runs the timers of one step newest first, the model oldest first, so that a repeated FIN
  takes the free place before the SYNs that could pass together. With the order turned round, this row's deviation
  falls from 20 to 7 %.
- **E3 dials: clocks that are too good.** Callers without think time never meet in the model's pool; real answers
  vary by a millisecond, so that with 32 callers and a small pool 0.9 % of the requests dial instead of 0.4 %. In
  the open rows, real arrivals clump (timers fire late, and then together) and real dials take longer than the 0.1
  ms of the link, so that an idle connection overtakes more of them and the surplus is dialed for nothing.
- **E6 with DisableKeepAlives: the model's server always closes first.** Its FIN leaves with the response. In a real
  server a goroutine must run in between, and about every tenth client is quicker, closes first and has the TIME_WAIT.
- **E4 on loopback: EOF, but no reset.** For the same reason: the model's server closes in the instant in which its idle
  timer fires, so no request arrives between the two and is thrown away unread.
";
