//! How large a setting should be: the smallest value with which the thresholds hold on 95 % of all seeds.

use connlab::link::{self, Recipe};
use connlab::params::ParamId;
use connlab::scenario::Scenario;
use connlab::sizing::{self, Sizing, Try, Wanted};
use connlab::summary;
use connlab::words::fixed;
use maud::{Markup, html};

use super::experiment::{Experiment, Step, replication};
use crate::runs::Outcome;

/// The search for one setting, and what else may be searched for.
pub struct EnoughTask {
    recipe: Recipe,
    choice: Vec<(ParamId, Wanted)>,
    faults: Vec<String>,
    sizing: Sizing,
}

impl EnoughTask {
    /// Of a run, a setting and thresholds as links have them, and the scenario that cures the run: where the setting is
    /// none of those whose size is worth asking for, the first of them. None where there is none.
    pub fn new(recipe: Recipe, key: &str, slo: &str, cured: &Scenario) -> Option<EnoughTask> {
        let choice = sizing::settings(&recipe.scenario, cured);
        let asked = choice.iter().find(|(param, _)| param.spec().key == key);
        let (param, wanted) = *asked.or(choice.first())?;
        let (thresholds, faults) = summary::thresholds(slo);
        let sizing = Sizing::new(recipe.scenario.clone(), param, wanted, thresholds);
        Some(EnoughTask { recipe, choice, faults, sizing })
    }

    fn choice(&self) -> Markup {
        let chosen = self.sizing.spec().key;
        html! {
            div.choice {
                select aria-label="Setting" data-testid="sized" data-in="size" data-value=(chosen) {
                    @for (param, wanted) in &self.choice {
                        @let spec = param.spec();
                        @let small = if *wanted == Wanted::Largest { ", as large as may be" } else { "" };
                        option value=(spec.key) selected[spec.key == chosen] { (spec.label) (small) }
                    }
                }
            }
        }
    }

    /// The link of the run with one of the values.
    fn link(&self, at: usize) -> String {
        link::encode(&self.recipe.with(&self.sizing.scenario(at)))
    }

    /// A dot for the share of seeds with which the thresholds hold, value by value, with its interval where there is
    /// more than one; the line is at 95 %, and a ring around what is enough.
    fn chart(&self) -> Markup {
        let tries = self.sizing.tries();
        let x = |at: usize| fixed(100.0 * (at as f64 + 0.5) / tries.len() as f64, 2) + "%";
        let y = |share: f64| fixed(100.0 * (1.0 - share), 2) + "%";
        let known = || tries.iter().enumerate().filter(|(_, it)| it.met().1 > 0);
        let end = |it: Option<&Try>| it.map_or(String::new(), |it| self.sizing.spec().describe(it.value));
        html! {
            figure.courses {
                svg.shares role="img" aria-label=(self.says()) {
                    line.always x1="0" x2="100%" y1=(y(0.95)) y2=(y(0.95)) {}
                    @for (at, it) in known() {
                        @let (met, of) = it.met();
                        @if of > 1 {
                            @let [low, high] = it.interval();
                            line.with x1=(x(at)) x2=(x(at)) y1=(y(low)) y2=(y(high)) {}
                        }
                        circle.many[of > 1] cx=(x(at)) cy=(y(met as f64 / of as f64)) r="2.5" {}
                    }
                    @if let Some(at) = self.sizing.enough() { circle.ring cx=(x(at)) cy=(y(1.0)) r="6" {} }
                }
                p.scale aria-hidden="true" {
                    span { (end(tries.first())) } span { (self.sizing.spec().label) } span { (end(tries.last())) }
                }
                figcaption { "Share of seeds that keep " (self.sizing.asked()) "; line: 95 %." }
            }
        }
    }

    fn table(&self) -> Markup {
        let tries = self.sizing.tries();
        html! {
            details.trials {
                summary { "All " (tries.len()) " values" }
                div.wide role="region" aria-label="All values" tabindex="0" { table data-testid="enough" {
                    tr {
                        @for head in ["value", "kept on", "of all seeds (95 %)", "own seed"] {
                            th scope="col" { (head) }
                        }
                    }
                    @for (at, it) in tries.iter().enumerate() { (self.row(at, it)) }
                } }
            }
        }
    }

    fn row(&self, at: usize, it: &Try) -> Markup {
        let ((met, of), [low, high]) = (it.met(), it.interval());
        let percent = |share: f64| fixed(100.0 * share, 0);
        html! {
            tr {
                th scope="row" {
                    button.go data-link=(self.link(at)) title="Try it" { (self.sizing.spec().describe(it.value)) }
                }
                td { (met) " of " (of) " seeds" }
                td { @if of > 1 { (percent(low)) " to " (percent(high)) " %" } @else { "–" } }
                @let misses: Vec<String> = it.misses().map(|[value, _]| value).collect();
                td.misses { @if misses.is_empty() { "kept" } @else { (misses.join(", ")) } }
            }
        }
    }
}

impl Experiment for EnoughTask {
    fn wants(&mut self, n: usize) -> Option<Scenario> {
        self.sizing.run(n).map(|(scenario, n)| replication(&scenario, n))
    }

    fn learn(&mut self, outcome: &Outcome) -> Step {
        match self.sizing.learn(&outcome.report) {
            _ if self.sizing.is_over() => Step::Done,
            true => Step::Show,
            false => Step::More,
        }
    }

    fn html(&self) -> Markup {
        let is_over = self.sizing.is_over();
        html! {
            (self.choice())
            @for fault in &self.faults { p.warning { (super::prose(fault)) } }
            @if is_over {
                p.verdict data-testid="size" {
                    @let verdict = self.sizing.verdict();
                    @let (claim, evidence) = verdict.split_at(verdict.find(": ").unwrap_or(verdict.len()));
                    strong { (claim) } (evidence)
                }
            } @else {
                p.wait { (self.sizing.progress()) }
            }
            (self.chart())
            @if is_over {
                @if let Some(at) = self.sizing.enough() {
                    button.btn.primary data-link=(self.link(at)) {
                        "Try " (self.sizing.spec().describe(self.sizing.tries()[at].value))
                    }
                }
                (self.table())
            }
        }
    }

    fn says(&self) -> String {
        if self.sizing.is_over() { self.sizing.verdict() } else { self.sizing.progress() }
    }
}

#[cfg(test)]
mod tests {
    use super::super::experiment::finished_alone;
    use super::*;

    fn task(link: &str, key: &str, slo: &str) -> EnoughTask {
        let recipe = link::decode(link).recipe;
        let cured = recipe.scenario.clone();
        EnoughTask::new(recipe, key, slo, &cured).expect("a setting")
    }

    #[test]
    fn the_answer_says_what_is_enough_and_offers_it_and_other_settings() {
        let (html, says, meanwhile) = finished_alone(task("p=healthy&duration=2s", "workers", ""));
        assert!(meanwhile >= 4, "each stage is shown: {meanwhile}");
        assert!(says.starts_with("workers ") && says.contains(" is enough: fail ≤ 1 %"), "{says}");
        let (claim, evidence) = says.split_once(": ").expect("both");
        assert!(html.contains(&format!("<strong>{claim}</strong>: {evidence}")), "{html}");
        assert!(html.contains("<option value=\"workers\" selected>") && html.contains("<option value=\"idle\">"));
        assert!(html.contains("circle class=\"ring\"") && html.contains(">Try "), "{html}");
        let values = ParamId::workers.spec().stops().len();
        assert_eq!(html.matches("title=\"Try it\"").count(), values, "a row for each value");
    }

    #[test]
    fn a_setting_that_is_not_worth_asking_for_gives_way_and_a_threshold_that_is_none_is_named() {
        let (html, says, _) = finished_alone(task("p=incident&duration=22s", "seed", "p42:1s,p99:1ms"));
        assert!(says.starts_with("No value of retries is enough for p99 ≤ 1.0 ms"), "{says}");
        assert!(html.contains("`p42`") || html.contains("<code>p42</code>"), "{html}");
    }
}
