//! Risks of the settings that are no errors of this run: how often, by which rule, what removes them, where they show.

use connlab::link::{self, Recipe};
use connlab::risk::{self, Risk};
use connlab::sim::report::Report;
use maud::{Markup, html};

use super::prose;

/// The list; empty if there is nothing to say.
pub fn risks(recipe: &Recipe, report: &Report) -> Markup {
    let risks = risk::unmet(&recipe.scenario, report);
    html! {
        @if !risks.is_empty() {
            details.risks data-testid="risks" open[report.errors.is_empty()] {
                summary { "Further risks of these settings: " b { (risks.len()) } }
                ul { @for risk in &risks { (item(recipe, risk)) } }
            }
        }
    }
}

/// A class that the magnified run shows is opened there.
fn item(recipe: &Recipe, risk: &Risk) -> Markup {
    let magnified = link::encode(&risk.magnified.clone().into());
    let cured = link::encode(&recipe.with(&risk.cured));
    html! {
        li data-risk=(risk.hazard.id) {
            h4 { (risk.hazard.title) }
            p { (prose(&risk.text)) ". " span.rule title=(risk.hazard.formula) { (risk.hazard.rule) } }
            p { b { "Cure: " } (prose(risk.hazard.cure)) }
            p.do {
                button.btn.line data-link=(magnified) data-class=(risk.class.map_or("", |kind| kind.class())) {
                    "Make it happen"
                }
                button.btn.line data-link=(cured) { "Try the cure" }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use connlab::sim::Sim;

    use super::*;

    fn written(text: &str) -> String {
        let recipe = link::decode(text).recipe;
        let mut sim = Sim::new(&recipe.scenario);
        sim.run();
        risks(&recipe, &sim.report()).into_string()
    }

    #[test]
    fn each_risk_has_a_run_that_shows_it_and_a_cure() {
        let html =
            written("load=closed&callers=200&think=30s&method=POST&server-idle-timeout=60s&server=go&timeout=10s");
        for part in
            ["data-risk=\"idle-race\"", "data-risk=\"pool\"", "198 of the 200", "Make it happen", "Try the cure"]
        {
            assert!(html.contains(part), "{part}: {html}");
        }
        assert!(html.contains("data-class=\"eof\""), "{html}");
        assert_eq!(written("p=healthy&duration=5s"), "", "nothing to say");
    }
}
