//! What a change does with other seeds, too: two runs of each, until it is clear or forty were not enough.

use connlab::experiment::comparison::Comparison;
use connlab::experiment::measure::Measure;
use connlab::experiment::parting::{Parted, Parting};
use connlab::experiment::statistics::{Differences, LOOKS, Plan};
use connlab::experiment::verdict;
use connlab::scenario::Scenario;
use connlab::time::SimTime;
use connlab::words::fixed;
use maud::{Markup, html};

use super::experiment::{Experiment, Step, cells, replication};
use crate::runs::Outcome;

/// What is compared; the verdict is about the first.
const MEASURES: [&str; 4] = ["failed_share", "p99_ms", "dials_per_s", "goodput"];

/// Runs of both scenarios, seed by seed.
pub struct SeedsTask {
    scenarios: [Scenario; 2],
    parting: Parting,
    parted: Option<Parted>,
    comparisons: Vec<Comparison>,
    /// What was said at the last look.
    verdict: Option<String>,
}

impl SeedsTask {
    /// Of a run before a change and the one after it; both with the seeds of that one.
    pub fn new(mut scenarios: [Scenario; 2]) -> SeedsTask {
        scenarios[0].params.seed = scenarios[1].params.seed;
        let measures = MEASURES.iter().filter_map(|key| Measure::named(key));
        SeedsTask {
            parting: Parting::new(scenarios.each_ref()),
            parted: None,
            comparisons: measures.map(Comparison::new).collect(),
            verdict: None,
            scenarios,
        }
    }

    /// Of how many seeds both runs are there.
    fn seeds(&self) -> usize {
        self.comparisons[0].b.len()
    }

    /// Both runs of one more seed are there.
    fn look(&mut self) -> Step {
        let is_look = LOOKS.contains(&self.seeds());
        if is_look {
            let change = verdict::change(&self.scenarios[0], &self.scenarios[1]);
            self.verdict = Some(self.comparisons[0].verdict(&change, Plan::Looks));
        }
        let is_clear = is_look && self.comparisons[0].differences(Plan::Looks).is_some_and(|it| it.is_clear());
        if is_clear || Some(&self.seeds()) == LOOKS.last() { Step::Done } else { Step::Show }
    }
}

impl Experiment for SeedsTask {
    fn wants(&mut self, n: usize) -> Option<Scenario> {
        let (seed, side) = (n / 2, n % 2);
        LOOKS.last().filter(|last| seed < **last).map(|_| replication(&self.scenarios[side], seed))
    }

    fn prepare(&mut self, budget: u32) -> bool {
        if self.parted.is_none() {
            self.parted = self.parting.advance(budget);
        }
        self.parted.is_some()
    }

    /// A and B of a seed come one after the other.
    fn learn(&mut self, outcome: &Outcome) -> Step {
        let is_b = self.comparisons[0].a.len() > self.seeds();
        for comparison in &mut self.comparisons {
            let value = (comparison.measure.value)(&outcome.report);
            if is_b { comparison.b.push(value) } else { comparison.a.push(value) }
        }
        if is_b { self.look() } else { Step::More }
    }

    fn says(&self) -> String {
        self.verdict.clone().unwrap_or_default()
    }

    fn html(&self) -> Markup {
        let next = LOOKS.iter().find(|look| **look >= self.seeds());
        html! {
            @match (&self.verdict, next) {
                (Some(verdict), _) => p.verdict data-testid="verdict" {
                    @let (claim, evidence) = verdict.split_at(verdict.find(" (").unwrap_or(verdict.len()));
                    strong { (claim) } (evidence)
                }
                (None, Some(next)) => p.wait { "Seed by seed: " (self.seeds()) " of " (next) "." }
                (None, None) => {}
            }
            @if let Some(parted) = self.parted { p { (parting(parted)) } }
            table data-testid="seeds" {
                tr { td {} th scope="col" { "difference" } th scope="col" { "95 % interval" } }
                @for comparison in &self.comparisons { (self.row(comparison)) }
            }
        }
    }
}

impl SeedsTask {
    /// A measure: the mean difference, its interval at the last look, how many seeds agree, and a dot for each.
    fn row(&self, comparison: &Comparison) -> Markup {
        let measure = comparison.measure;
        let Some(differences) = comparison.differences(Plan::Looks) else {
            return html! {
                tr data-row=(measure.key) {
                    th scope="row" { (measure.head()) } td colspan="2" { "not there in every run" }
                }
            };
        };
        let at_look = LOOKS.iter().rev().find(|look| **look <= self.seeds());
        let at_look = at_look.map(|look| Differences::new(differences.values()[..*look].to_vec(), Plan::Looks));
        let interval = at_look.and_then(|it| it.interval().ok());
        let scale = interval.map_or_else(|| differences.deviation(), |[low, high]| (high - low) / 2.0);
        html! {
            tr data-row=(measure.key) {
                th scope="row" { (measure.head()) }
                (cells(measure, differences.mean(), interval, scale))
            }
            tr.each {
                td colspan="2" { (dots(differences.values(), interval)) }
                td { (agreement(&differences)) }
            }
        }
    }
}

/// Where the two runs of the link's own seed part.
fn parting(parted: Parted) -> Markup {
    match parted {
        Parted::At(at) if at == SimTime::ZERO => html! { "With the same seed, both runs differ from the start on." },
        Parted::At(at) => html! {
            "With the same seed, both runs are identical until "
            button.go data-instant=(at.as_nanos()) { (fixed(at.as_secs_f64(), 3)) " s" } "."
        },
        Parted::Never => html! { "With the same seed, both runs are identical to the end." },
    }
}

/// `5 of 5 agree`.
fn agreement(differences: &Differences) -> String {
    let n = differences.values().len();
    match differences.agree() {
        0 => format!("no difference in {n}"),
        agree => format!("{agree} of {n} seeds agree"),
    }
}

/// A dot for each difference over the interval; the line in between is zero.
fn dots(values: &[f64], interval: Option<[f64; 2]>) -> Markup {
    let all = values.iter().copied().chain(interval.into_iter().flatten());
    let most = all.map(f64::abs).fold(0.0, f64::max);
    let at = |value: f64| if most > 0.0 { 50.0 + 46.0 * value / most } else { 50.0 };
    html! {
        svg.dots aria-hidden="true" {
            line x1="50%" x2="50%" y1="0" y2="12" {}
            @if let Some([low, high]) = interval {
                rect x={ (fixed(at(low), 2)) "%" } width={ (fixed(at(high) - at(low), 2)) "%" } y="4" height="4" {}
            }
            @for value in values { circle cx={ (fixed(at(*value), 2)) "%" } cy="6" r="2.5" {} }
        }
    }
}

#[cfg(test)]
mod tests {
    use connlab::link;

    use super::super::experiment::finished_alone;
    use super::*;

    fn finished(before: &str, after: &str) -> (String, String, usize) {
        finished_alone(SeedsTask::new([before, after].map(link::scenario)))
    }

    #[test]
    fn a_change_that_matters_is_clear_after_five_seeds() {
        let (html, says, meanwhile) = finished("p=incident&duration=30s", "p=incident&duration=30s&workers=8");
        assert_eq!(meanwhile, 4);
        assert!(says.starts_with("workers=8 instead of ") && says.contains("more requests fail"), "{says}");
        assert!(says.contains("5 of 5 seeds agree"), "{says}");
        let (claim, evidence) = says.split_once(" (").expect("both");
        assert!(html.contains(&format!("<strong>{claim}</strong> ({evidence}")), "{html}");
        assert!(html.matches("<circle").count() == 4 * 5, "{html}");
        assert!(html.contains("identical until") && html.contains("data-instant=\""), "{html}");
    }

    #[test]
    fn a_change_that_does_nothing_says_so_after_forty() {
        let (html, says, meanwhile) = finished("p=healthy&duration=1s", "p=healthy&duration=1s&somaxconn=4000");
        assert_eq!(meanwhile, 39);
        assert!(says.contains("no difference in failed requests with any of 40 seeds"), "{says}");
        assert!(html.contains("identical to the end") && html.contains("no difference in 40"), "{html}");
    }

    #[test]
    fn the_seeds_are_those_of_the_command_line() {
        let mut task = SeedsTask::new(
            ["p=incident&duration=25s&seed=7", "p=incident&duration=25s&seed=7&workers=8"].map(link::scenario),
        );
        for (i, seed) in [7, 8].into_iter().enumerate() {
            let b = link::scenario(&format!("p=incident&duration=25s&workers=8&seed={seed}"));
            assert_eq!(task.wants(2 * i + 1), Some(b));
        }
    }

    #[test]
    fn another_seed_alone_is_no_difference() {
        let (html, says, _) = finished("p=healthy&duration=1s", "p=healthy&duration=1s&seed=2");
        assert!(html.contains("identical to the end") && says.contains("no difference"), "{says}: {html}");
    }
}
