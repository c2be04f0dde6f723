//! `connlab report`: a run in a few lines of Markdown.

use connlab::link::{self, Recipe};
use connlab::remedy::{self, Effect, Verdict};
use connlab::scenario::Scenario;
use connlab::sentence::Sentence;
use connlab::sim::Sim;
use connlab::sim::report::Report;
use connlab::ticket::{Findings, suffers_from};
use connlab::why;

use crate::cure::{Runs, report_of};
use crate::progress::Meter;
use crate::recipe;

/// What the page copies for a ticket: of the first failure of the commonest class, with the change that helps most.
pub fn report(link: &str) -> String {
    let recipe = recipe(link);
    let meter = Meter::new("writing");
    let mut sim = Sim::new(&recipe.scenario);
    let end = sim.end();
    meter.run(&mut sim, end, [0.0, 0.05]);
    let report = sim.report();
    let commonest = report.errors.first().and_then(|row| sim.failures(row.kind).first());
    let chain = commonest.and_then(|failure| why::chain(&meter.trace(sim.tracer(failure.request), 0.1)));
    let cure = cure(&recipe, &report, &meter);
    let findings = Findings {
        recipe: &recipe,
        sentence: &Sentence::of(&recipe.scenario, &report, &sim.series()),
        report: &report,
        chain: chain.as_ref(),
        cure: cure.as_ref().map(|(cured, after)| (cured, after)),
        place: &link::encode(&recipe),
    };
    findings.markdown()
}

/// The change to recommend against what the run suffers from, if one helps.
fn cure(recipe: &Recipe, before: &Report, meter: &Meter) -> Option<(Scenario, Report)> {
    let subject = suffers_from(before)?;
    let remedies = remedy::remedies(&recipe.scenario, subject);
    let (mut runs, step) = (Runs::new(), 0.9 / remedies.len() as f64);
    let reports: Vec<_> = (remedies.iter().enumerate())
        .map(|(i, remedy)| {
            let begun = 0.1 + step * i as f64;
            report_of(&remedy.scenario, &mut runs, meter, [begun, begun + step])
        })
        .collect();
    let effects: Vec<Effect> = reports.iter().map(|after| Effect::between(subject, before, after)).collect();
    let best = *remedy::ranked(&remedies, &effects).first()?;
    let helps = effects[best].verdict() >= Verdict::Helps;
    helps.then(|| (remedies[best].scenario.clone(), Report::clone(&reports[best])))
}
