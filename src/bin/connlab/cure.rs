//! `connlab cure`: every change tried, with what became of the failures.

use std::rc::Rc;

use clap::Args;
use connlab::remedy::{self, Effect, Symptom};
use connlab::scenario::Scenario;
use connlab::sentence::{self, Trouble};
use connlab::sim::Sim;
use connlab::sim::error::ErrorKind;
use connlab::sim::report::Report;

use crate::progress::Meter;
use crate::recipe;
use crate::why::class_named;

#[derive(Args)]
pub struct CureArgs {
    /// A link, its fragment or its query: 'p=incident&idle=100'
    #[arg(default_value = "")]
    link: String,
    /// Only for this class: reset, eof, client-timeout, ...
    #[arg(long)]
    class: Option<String>,
}

/// For each class of the run, or for one, a table of all that was tried.
pub fn cure(args: &CureArgs) -> Result<String, String> {
    let wanted = args.class.as_deref().map(class_named).transpose()?;
    let scenario = recipe(&args.link).scenario;
    let meter = Meter::new("trying cures");
    let mut runs = Vec::new();
    let before = report_of(&scenario, &mut runs, &meter, [0.0, 0.05]);
    let tables: Vec<_> = (suffers_from(&before, wanted).into_iter())
        .map(|(name, subject)| (name, subject, remedy::remedies(&scenario, subject)))
        .collect();
    let step = 0.95 / tables.iter().map(|(_, _, remedies)| remedies.len()).sum::<usize>() as f64;
    let mut share = 0.05;
    let mut text = Vec::new();
    for (name, subject, remedies) in tables {
        let mut effects = Vec::new();
        for remedy in &remedies {
            let after = report_of(&remedy.scenario, &mut runs, &meter, [share, share + step]);
            effects.push(Effect::between(subject, &before, &after));
            share += step;
        }
        text.push(remedy::text(&name, &remedies, &effects));
    }
    let with = args.class.as_ref().map_or(String::new(), |class| format!(" with {class}"));
    Ok(if text.is_empty() { format!("No request has failed{with}.\n") } else { text.join("\n") })
}

/// What there is to cure, with its name: the errors of a class; or those of all, and what else is remarkable.
fn suffers_from(report: &Report, class: Option<ErrorKind>) -> Vec<(String, Symptom)> {
    let rows = report.errors.iter().filter(|row| class.is_none_or(|class| row.kind == class));
    let mut all: Vec<_> = rows.map(|row| (format!("{}: {}", row.class, row.text), Symptom::Errors(row.kind))).collect();
    let failed = if all.is_empty() { "no request failed" } else { "beside the errors" };
    if class.is_none() {
        let subject = |trouble: &Trouble| Symptom::named(trouble.name()).expect("every trouble can be cured");
        let named = |subject: Symptom| (format!("{failed}: {}", subject.words()), subject);
        all.extend(sentence::troubles(report).iter().map(subject).map(named));
    }
    all
}

/// Runs that have been made.
pub type Runs = Vec<(Scenario, Rc<Report>)>;

/// The report of a scenario's run: each is run once.
pub fn report_of(scenario: &Scenario, runs: &mut Runs, meter: &Meter, share: [f64; 2]) -> Rc<Report> {
    if let Some((_, report)) = runs.iter().find(|(known, _)| known == scenario) {
        return report.clone();
    }
    let mut sim = Sim::new(scenario);
    let until = sim.end();
    meter.run(&mut sim, until, share);
    let report = Rc::new(sim.report());
    runs.push((scenario.clone(), report.clone()));
    report
}
