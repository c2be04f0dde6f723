//! `connlab code` and `connlab risks`: what there is to say about the settings of a link.

use connlab::link;
use connlab::risk::{self, Hazard, Risk};
use connlab::sim::Sim;
use connlab::takeaway::{takeaway, watch};

use crate::progress::Meter;
use crate::recipe;

/// The files to take away and, for the errors that the run has, how to see them.
pub fn code(link: &str) -> String {
    let recipe = recipe(link);
    let mut sim = Sim::new(&recipe.scenario);
    let until = sim.end();
    Meter::new("running").run(&mut sim, until, [0.0, 1.0]);
    let mut text = takeaway(&recipe).to_string();
    for (number, row) in sim.report().errors.iter().enumerate() {
        text += if number == 0 { "-- watch.sh --\n" } else { "" };
        text += &format!("# {}\n{}", row.text, watch(row.kind));
    }
    text
}

/// Every risk with its rule and its cure, and the links of both runs.
pub fn risks(link: &str) -> String {
    let recipe = recipe(link);
    let block = |risk: &Risk| {
        let Hazard { cure, title, rule, .. } = risk.hazard;
        let (cured, magnified) =
            (link::encode(&recipe.with(&risk.cured)), link::encode(&risk.magnified.clone().into()));
        format!(
            "{title} ({rule})\n  {}.\n  Cure: {cure}\n        {cured}\n  Make it happen:\n        {magnified}\n",
            risk.text
        )
    };
    let blocks: Vec<String> = risk::risks(&recipe.scenario).iter().map(block).collect();
    if blocks.is_empty() { "No risk of the table is in these settings.\n".into() } else { blocks.join("\n") }
}
