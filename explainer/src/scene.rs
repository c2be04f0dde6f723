//! The scene at one instant: a snapshot of the run in, what the page paints out.
//!
//! [`gauges`] reads the numbers off a snapshot, [`layout`](mod@layout) turns both into shapes, and [`look`] says how
//! those are painted.

pub mod gauges;
pub mod layout;
pub mod look;

use connlab::scenario::Scenario;
use connlab::scene::{Scene, Viewport};
use connlab::sim::Sim;
use connlab::sim::error::ErrorKind;
use connlab::sim::replay::Replay;
use connlab::sim::snapshot::{Failed, Snapshot};
use connlab::time::SimDuration;
use connlab::words;

use gauges::SceneCounts;

/// For how long after it happened a failure is seen: in time of the run, so that it is the same at any speed.
const POP: SimDuration = SimDuration::from_millis(70);

/// What a snapshot does not know.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Context {
    /// The round-trip time at the instant.
    pub rtt: SimDuration,
    /// What Go says of the latest failure, if that was a moment ago.
    pub said: String,
    /// Nothing is to be drawn as if it moved.
    pub calm: bool,
    /// There is room for tallies below the zones.
    pub tallies: bool,
    /// How much wider letters are than those for which the scene was laid out; 0 counts as 1.
    pub letters: f64,
}

impl Context {
    /// Of this run of the scenario, at the instant of the snapshot.
    fn new(scenario: &Scenario, sim: &Sim, snapshot: &Snapshot, viewport: &Viewport) -> Context {
        let stages = scenario.stages();
        let stage = stages.partition_point(|(at, _)| *at <= snapshot.at).max(1) - 1;
        let said = fresh(snapshot).next().map(|failed| words::short_text(sim.error_text(failed.kind)));
        Context {
            rtt: stages[stage].1.rtt,
            said: said.unwrap_or_default(),
            calm: viewport.calm,
            tallies: viewport.tallies,
            letters: viewport.sample / layout::text_width(Viewport::SAMPLE),
        }
    }
}

/// The run of this scenario where the replay stands.
pub fn scene(scenario: &Scenario, replay: &Replay, viewport: &Viewport) -> Scene {
    let (sim, Viewport { width, height, scale, .. }) = (replay.sim(), *viewport);
    let snapshot = sim.snapshot();
    let gauges = SceneCounts::new(&snapshot);
    let layers = if width > 0 && height > 0 {
        let context = Context::new(scenario, sim, &snapshot, viewport);
        let size = (f64::from(width) / scale, f64::from(height) / scale);
        let layers = layout::layout(&snapshot, &context, size);
        layers.iter().map(|layer| look::painted(layer, scale)).collect()
    } else {
        Vec::new()
    };
    let failed = snapshot.errors.iter().filter_map(|error| Some((ErrorKind::named(error.class)?, error.count)));
    Scene {
        moment: sim.moment(),
        found: replay.found(),
        failed: failed.collect(),
        edges: layout::zones(f64::from(width)).into(),
        sentence: gauges.sentence(&snapshot),
        rows: gauges.table(),
        layers,
    }
}

/// What failed a moment ago, the latest first.
fn fresh(snapshot: &Snapshot) -> impl Iterator<Item = &Failed> {
    snapshot.failures.iter().rev().take_while(|failed| snapshot.at.since(failed.at) <= POP)
}
