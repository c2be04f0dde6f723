//! What is measured, and how: the same natively and in wasm. The clock comes from outside.

use std::fmt;

use connlab::link;
use connlab::rng::{Purpose, Stream};
use connlab::sim::scheduler::{Lane, Rank, Scheduler};
use connlab::sim::{Progress, Sim};
use connlab::time::{SimDuration, SimTime};

/// A link whose run is measured.
pub struct Case {
    /// Its name in the document.
    pub name: &'static str,
    /// The link.
    pub link: &'static str,
}

const fn case(name: &'static str, link: &'static str) -> Case {
    Case { name, link }
}

/// Everything that is measured. In the last three, time-outs and the number of requests under
/// way grow with the connections.
pub static CASES: &[Case] = &[
    case("default", ""),
    case("healthy", "p=healthy"),
    case("incident", "p=incident"),
    case(
        "1,000 callers",
        "load=closed&callers=1000&think=180ms&service=20ms&server=go&workers=1000&idle=1000&max-idle=0&duration=15s",
    ),
    case(
        "10,000 callers",
        "load=closed&callers=10000&think=980ms&service=20ms&server=go&workers=10000&idle=10000&max-idle=0&duration=10s",
    ),
    case(
        "overload",
        "rps=900&server=go&workers=16&service=20ms&timeout=200ms&retries=3&idle=2000&max-idle=0&duration=30s",
    ),
    case(
        "M/M/1",
        "rps=800&server=go&workers=1&service=1ms&rtt=0s&timeout=0s&idle=20000&max-idle=0&idle-timeout=0s&ports=64512\
         &duration=150s",
    ),
    case("10 connections", "rps=350&rtt=10ms&timeout=50ms&service=1us&server=go&idle=20000&max-idle=0"),
    case(
        "1,000 connections",
        "rps=3500&rtt=100ms&timeout=500ms&service=1us&server=go&idle=20000&max-idle=0&duration=10s",
    ),
    case(
        "100,000 connections",
        "rps=35000&rtt=1s&timeout=5s&service=1us&server=go&clients=10&idle=20000&max-idle=0&duration=10s",
    ),
];

/// Runs of each link, at least, and the milliseconds that they take together, at least: the fastest counts, for
/// whatever else the machine does can only slow one down.
const REPETITIONS: usize = 5;
const LEAST_MS: f64 = 200.0;

/// A run is timed in slices of so many events, some milliseconds each, and of each slice the fastest counts: on a
/// machine that is shared, hardly a run is left alone from its begin to its end.
const SLICE_EVENTS: u32 = 100_000;

/// Instants at which the length of the event queue is looked at, over a run.
const LOOKS: u64 = 1_000;

/// Operations of the bare event queue in one repetition, and how many there are.
const HOLDS: u32 = 100_000;
const HOLD_REPETITIONS: usize = 10;

/// What was measured of a case: as text, one line of fields between tabs, in the order of the fields here.
pub struct Measurement {
    /// The case.
    pub case: &'static Case,
    /// Events of one run.
    pub events: u64,
    /// Requests of one run.
    pub requests: u64,
    /// Milliseconds of each slice of a run, the fastest there was: with a space between.
    pub slices_ms: Vec<f64>,
    /// Milliseconds of the first run, with cold caches and, in a browser, code that is not yet optimised.
    pub first_ms: f64,
    /// Events that wait in the queue, on average.
    pub depth: usize,
    /// Nanoseconds that the event queue alone takes for one event, at this depth.
    pub queue_ns: f64,
    /// Largest number of open connections.
    pub connections: u64,
    /// Fingerprint of the run.
    pub fingerprint: String,
}

impl fmt::Display for Measurement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Measurement { case, events, requests, slices_ms, first_ms, depth, queue_ns, connections, fingerprint } =
            self;
        let Case { name, link } = case;
        let slices_ms = slices_ms.iter().map(f64::to_string).collect::<Vec<_>>().join(" ");
        write!(f, "{name}\t{link}\t{events}\t{requests}\t{slices_ms}\t{first_ms}\t{depth}\t{queue_ns}\t")?;
        write!(f, "{connections}\t{fingerprint}")
    }
}

/// Measures one case with a clock that gives milliseconds.
pub fn measure(case: &'static Case, now_ms: impl Fn() -> f64) -> Measurement {
    let sim = || Sim::new(&link::scenario(case.link));
    let mut fastest = Vec::new();
    let (mut runs, mut total_ms, mut first_ms) = (0, 0.0, 0.0);
    while runs < REPETITIONS || total_ms < LEAST_MS {
        let slices = slices_ms(sim, &now_ms);
        let run_ms: f64 = slices.iter().sum();
        if runs == 0 {
            (fastest, first_ms) = (slices, run_ms);
        } else {
            fastest.iter_mut().zip(slices).for_each(|(fastest, slice)| *fastest = slice.min(*fastest));
        }
        (runs, total_ms) = (runs + 1, total_ms + run_ms);
    }

    let mut sim = sim();
    let depth = mean_depth(&mut sim);
    let report = sim.report();
    Measurement {
        case,
        events: report.events,
        requests: report.requests.offered,
        slices_ms: fastest,
        first_ms,
        depth,
        queue_ns: queue_ns(depth, &now_ms),
        connections: report.connections.peak_open,
        fingerprint: report.fingerprint,
    }
}

/// The milliseconds of each slice of a run; the first begins with `Sim::new`.
fn slices_ms(sim: impl Fn() -> Sim, now_ms: impl Fn() -> f64) -> Vec<f64> {
    let mut slices = Vec::new();
    let mut begin = now_ms();
    let mut sim = sim();
    loop {
        let progress = sim.advance(sim.end(), SLICE_EVENTS);
        let end = now_ms();
        slices.push(end - begin);
        begin = end;
        if progress == Progress::Reached {
            return slices;
        }
    }
}

/// Runs to the end; the average number of events that wait.
fn mean_depth(sim: &mut Sim) -> usize {
    let step = SimDuration::from_nanos(sim.end().as_nanos() / LOOKS);
    let mut sum = 0;
    for _ in 0..LOOKS {
        sim.advance(sim.now() + step, u32::MAX);
        sum += sim.pending();
    }
    sim.run();
    sum / LOOKS as usize
}

/// The hold model (Jones 1986): takes the earliest of `depth` events and keeps another one, an exponential time later.
fn queue_ns(depth: usize, now_ms: impl Fn() -> f64) -> f64 {
    let mut stream = Stream::new(1, Purpose::Arrivals);
    // Drawn beforehand: the queue is measured, not the generator.
    let gaps: Vec<SimDuration> = (0..4096).map(|_| stream.exponential(SimDuration::from_secs(1))).collect();
    // As large as an event of the model.
    let mut queue: Scheduler<[u64; 2]> = Scheduler::new();
    for i in 0..depth.max(1) {
        queue.push(SimTime::ZERO + gaps[i % gaps.len()], Rank::Program, Lane::None, [0; 2]);
    }
    let mut hold = || {
        let begin = now_ms();
        for i in 0..HOLDS as usize {
            let Some((at, event)) = queue.pop() else { break };
            queue.push(at + gaps[i % gaps.len()], Rank::Program, Lane::None, event);
        }
        (now_ms() - begin) * 1e6 / f64::from(HOLDS)
    };
    // The first ones bring the queue to its equilibrium.
    hold();
    hold();
    (0..HOLD_REPETITIONS).map(|_| hold()).fold(f64::INFINITY, f64::min)
}
