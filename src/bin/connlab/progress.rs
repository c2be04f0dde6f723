//! How far long work has come: a bar on stderr where that is a terminal, nothing where it is a pipe.

use std::io::{self, IsTerminal};
use std::time::Duration;

use connlab::sim::trace::{Trace, Tracer};
use connlab::sim::{EVENT_LIMIT, Progress, Sim};
use connlab::time::SimTime;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// Nobody needs a bar for less.
const PATIENCE: Duration = Duration::from_secs(1);
/// Events between two looks at the clock: a few milliseconds.
pub const SLICE: u32 = 50_000;
/// The bar's end.
const WHOLE: u64 = 1_000;

/// A progress bar for work that may take long.
pub struct Meter {
    bar: ProgressBar,
    /// Whether it may be shown at all.
    has_place: bool,
}

impl Meter {
    /// Begins it; `what` is being done.
    pub fn new(what: &'static str) -> Self {
        let bar = ProgressBar::with_draw_target(Some(WHOLE), ProgressDrawTarget::hidden());
        let style = ProgressStyle::with_template("{msg} [{bar:40}] {percent:>3} %, {eta} left");
        bar.set_style(style.expect("a template without faults").progress_chars("=> "));
        bar.set_message(what);
        Meter { bar, has_place: true }
    }

    /// Of work that prints a line now and then: on a terminal the lines themselves say how far it is, and a bar would
    /// stand among them.
    pub fn beside_lines(what: &'static str) -> Self {
        let mut meter = Meter::new(what);
        meter.has_place = !io::stdout().is_terminal();
        meter
    }

    /// Of such work whose end is not known: it counts.
    pub fn counting(what: &'static str) -> Self {
        let meter = Meter::beside_lines(what);
        let style = ProgressStyle::with_template("{msg} {human_pos}, {per_sec}");
        meter.bar.set_style(style.expect("a template without faults"));
        meter.bar.unset_length();
        meter
    }

    /// One more is done.
    pub fn one_more(&self) {
        self.show();
        self.bar.inc(1);
    }

    /// So much of it is done, of the whole that is 1; shown once it has taken a second.
    pub fn is_at(&self, share: f64) {
        self.show();
        self.bar.set_position((share * WHOLE as f64) as u64);
    }

    fn show(&self) {
        if self.has_place && self.bar.is_hidden() && self.bar.elapsed() > PATIENCE {
            self.bar.set_draw_target(ProgressDrawTarget::stderr());
        }
    }

    /// Runs `sim` to `until`: from `begun` to `done`, as shares of the work.
    pub fn run(&self, sim: &mut Sim, until: SimTime, [begun, done]: [f64; 2]) {
        while sim.advance(until, SLICE) == Progress::Budget {
            let time = sim.now().as_secs_f64() / until.as_secs_f64().max(f64::MIN_POSITIVE);
            let events = sim.events() as f64 / EVENT_LIMIT as f64;
            self.is_at(begun + (done - begun) * time.max(events).min(1.0));
        }
    }

    /// Runs for one history; how long that takes is not known before.
    pub fn trace(&self, mut tracer: Tracer, share: f64) -> Trace {
        loop {
            if let Some(trace) = tracer.advance(SLICE) {
                return trace;
            }
            self.is_at(share);
        }
    }
}

impl Drop for Meter {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}
