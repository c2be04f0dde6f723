//! What answers about many seeds share: a run with another seed, in slices, and a difference with its interval.

use connlab::experiment::design::Seeds;
use connlab::experiment::measure::Measure;
use connlab::scenario::Scenario;
use connlab::sim::report::Report;
use connlab::sim::{Progress, Sim};
use maud::{Markup, html};

/// A run that is being computed, if there is one.
#[derive(Default)]
pub struct Replication(Option<Box<Sim>>);

impl Replication {
    /// Goes on with this scenario's run of a replication, from 0; the report, once it has come to its end.
    pub fn advance(&mut self, scenario: &Scenario, replication: usize, budget: u32) -> Option<Report> {
        let sim = self.0.get_or_insert_with(|| {
            let mut scenario = scenario.clone();
            let seeds = Seeds { first: scenario.params.seed, count: 1 };
            scenario.params.seed = seeds.of(replication as u64);
            Box::new(Sim::new(&scenario))
        });
        if sim.advance(sim.end(), budget) == Progress::Budget {
            return None;
        }
        let report = sim.report();
        self.0 = None;
        Some(report)
    }
}

/// Two cells of a table: a mean difference, and its interval or a dash; to about a tenth of `scale`.
pub fn cells(measure: &Measure, mean: f64, interval: Option<[f64; 2]>, scale: f64) -> Markup {
    let signed = |value: f64| measure.signed(value, scale).replace('-', "−");
    html! {
        td { (signed(mean)) }
        td { @if let Some([low, high]) = interval { (signed(low)) " to " (signed(high)) } @else { "–" } }
    }
}

/// The last answer and its sentence, and how many came before it.
#[cfg(test)]
pub fn finished(mut advance: impl FnMut(u32) -> super::Advanced) -> (String, String, usize) {
    use super::Advanced;

    let mut meanwhile = 0;
    loop {
        match advance(1_000_000) {
            Advanced::More => {}
            Advanced::Meanwhile(_) => meanwhile += 1,
            Advanced::Done(html, says) => return (html, says, meanwhile),
        }
    }
}
