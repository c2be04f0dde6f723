//! What matters here: every setting a stop down and up, with five seeds each, and what becomes of the failures, or
//! where nothing fails, of the waiting.

use connlab::experiment::comparison::Comparison;
use connlab::experiment::measure::Measure;
use connlab::experiment::sensitivity::{self, Move};
use connlab::experiment::statistics::{Differences, Plan};
use connlab::link::{self, Recipe};
use connlab::scenario::Scenario;
use connlab::sim::report::Report;
use connlab::words::fixed;
use maud::{Markup, html};

use super::experiment::{Experiment, Step, cells, replication};
use crate::runs::Outcome;

/// How many seeds each run is made with.
const SEEDS: usize = 5;

/// The run itself and all its neighbours, seed by seed.
pub struct MattersTask {
    recipe: Recipe,
    measure: &'static Measure,
    moves: Vec<(Move, Comparison)>,
    /// Which of them are run.
    alive: Vec<usize>,
    /// The values of the run itself, with each seed so far.
    own: Vec<Option<f64>>,
    /// How many runs have been learned.
    learned: usize,
}

impl MattersTask {
    /// Of a run.
    pub fn new(recipe: Recipe) -> MattersTask {
        let measure = measure("failed_share");
        MattersTask { recipe, measure, moves: vec![], alive: vec![], own: vec![], learned: 0 }
    }

    /// The neighbour whose run is the n-th, and the replication; none: the run itself. With each seed that comes first.
    fn place(&self, n: usize) -> (Option<usize>, usize) {
        let runs = self.alive.len() + 1;
        ((n % runs).checked_sub(1).map(|at| self.alive[at]), n / runs)
    }

    /// The first run says what to look at and where.
    fn begin(&mut self, report: &Report) {
        self.measure = measure(if report.requests.failed > 0 { "failed_share" } else { "p99_ms" });
        let moves = sensitivity::moves(&self.recipe.scenario, report);
        self.moves = moves.into_iter().map(|it| (it, Comparison::new(self.measure))).collect();
        self.alive = (0..self.moves.len()).filter(|at| !self.moves[*at].0.is_dead).collect();
    }

    /// What each neighbour does, the most first.
    fn effects<'a>(&'a self) -> Vec<(&'a Move, Differences)> {
        let alive = self.moves.iter().filter(|(it, _)| !it.is_dead);
        let effect = |(it, comparison): &'a (Move, Comparison)| Some((it, comparison.differences(Plan::Fixed)?));
        let mut effects: Vec<(&Move, Differences)> = alive.filter_map(effect).collect();
        effects.sort_by(|(_, a), (_, b)| b.mean().abs().total_cmp(&a.mean().abs()));
        effects
    }

    fn row(&self, it: &Move, all: &Differences, most: f64) -> Markup {
        let interval = all.interval().ok();
        let scale = interval.map_or_else(|| all.mean().abs() / 10.0, |[low, high]| (high - low) / 2.0);
        let share = if most > 0.0 { 50.0 * all.mean() / most } else { 0.0 };
        let link = link::encode(&self.recipe.with(&it.scenario));
        html! {
            tr data-row=(it.spec.key) {
                th scope="row" {
                    button.go data-link=(link) title="Try it" { (it.spec.label) " " (it.spec.describe(it.value)) }
                }
                (cells(self.measure, all.mean(), interval, scale))
            }
            tr.each aria-hidden="true" {
                td colspan="3" {
                    svg.dots {
                        line x1="50%" x2="50%" y1="0" y2="12" {}
                        rect.bar x={ (fixed(50.0 + share.min(0.0), 2)) "%" } width={ (fixed(share.abs(), 2)) "%" } y="3"
                            height="6" {}
                    }
                }
            }
        }
    }
}

impl Experiment for MattersTask {
    fn wants(&mut self, n: usize) -> Option<Scenario> {
        if n > 0 && self.own.is_empty() {
            return None;
        }
        let (at, seed) = self.place(n);
        let scenario = at.map_or(&self.recipe.scenario, |at| &self.moves[at].0.scenario);
        (seed < SEEDS).then(|| replication(scenario, seed))
    }

    fn runs(&self) -> Option<(u64, u64)> {
        let all = SEEDS * (self.alive.len() + 1);
        (self.learned > 0).then_some((all as u64, self.learned as u64))
    }

    fn learn(&mut self, outcome: &Outcome) -> Step {
        if self.learned == 0 {
            self.begin(&outcome.report);
        }
        let value = (self.measure.value)(&outcome.report);
        match self.place(self.learned).0 {
            None => self.own.push(value),
            Some(at) => {
                let own = self.own.last().copied().flatten();
                self.moves[at].1.a.push(own);
                self.moves[at].1.b.push(value);
            }
        }
        self.learned += 1;
        match self.place(self.learned) {
            (None, SEEDS) => Step::Done,
            (None, _) => Step::Show,
            _ => Step::More,
        }
    }

    fn html(&self) -> Markup {
        let effects = self.effects();
        let is_whole = self.own.len() == SEEDS;
        let (clear, other): (Vec<_>, Vec<_>) = effects.iter().partition(|(_, all)| !is_whole || all.is_clear());
        let most = clear.iter().map(|(_, all)| all.mean().abs()).fold(0.0, f64::max);
        html! {
            p {
                "Each setting a stop down and up: what becomes of " (self.measure.title) ", "
                @if is_whole { "with " (SEEDS) " seeds." } @else { "with " (self.own.len()) " of " (SEEDS) " seeds." }
            }
            table data-testid="matters" {
                tr { td {} th scope="col" { "difference" } th scope="col" { "95 % interval" } }
                @for (it, all) in clear { (self.row(it, all, most)) }
            }
            @if !other.is_empty() {
                @let names = names(other.iter().map(|(it, _)| *it));
                p { "No difference that " (SEEDS) " seeds can tell from chance: " (names) "." }
            }
            @let dead: Vec<&Move> = self.moves.iter().map(|(it, _)| it).filter(|it| it.is_dead).collect();
            @if !dead.is_empty() { p { "The very same run: " (names(dead.into_iter())) "." } }
            @if is_whole {
                p {
                    "Each interval alone has the truth in it with 95 %: of twenty settings that change nothing, one "
                    "may seem to."
                }
            }
        }
    }

    fn says(&self) -> String {
        let effects = self.effects();
        match effects.first().filter(|(_, all)| all.is_clear()) {
            Some((it, all)) => {
                let scale = all.interval().map_or(0.0, |[low, high]| (high - low) / 2.0);
                let value = it.spec.describe(it.value);
                format!("{} matters most: with {value}, {}", it.spec.label, self.measure.difference(all.mean(), scale))
            }
            None => format!("No setting makes a difference that {SEEDS} seeds can tell from chance"),
        }
    }
}

fn measure(key: &str) -> &'static Measure {
    Measure::named(key).expect("a measure of the table")
}

/// `retries 1, idle 5 and 8`.
fn names<'a>(moves: impl Iterator<Item = &'a Move>) -> String {
    let mut names: Vec<(&str, String)> = Vec::new();
    for it in moves {
        let value = it.spec.describe(it.value);
        match names.last_mut() {
            Some((label, values)) if *label == it.spec.label => *values += &format!(" and {value}"),
            _ => names.push((it.spec.label, format!("{} {value}", it.spec.label))),
        }
    }
    names.into_iter().map(|(_, text)| text).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::super::experiment::finished_alone;
    use super::*;

    fn finished(link: &str) -> (String, String, usize) {
        finished_alone(MattersTask::new(link::decode(link).recipe))
    }

    #[test]
    fn what_matters_most_comes_first_and_can_be_tried() {
        let (html, says, meanwhile) = finished("p=incident&duration=25s");
        assert_eq!(meanwhile, 4, "a picture with each seed");
        let rows: Vec<&str> = html.split("data-row=\"").skip(1).filter_map(|row| row.split('"').next()).collect();
        assert!(rows.len() > 3, "{html}");
        assert!(says.contains(" matters most: with "), "{says}");
        assert!(html.contains("data-link=\"v=1&amp;p=incident&amp;"), "{html}");
        let most = connlab::params::PARAMS.iter().find(|spec| spec.key == rows[0]).expect("a setting");
        assert!(says.starts_with(most.label), "{says}, {rows:?}");
    }

    #[test]
    fn where_nothing_fails_it_is_about_waiting_and_what_cannot_matter_is_not_run() {
        let (html, says, _) = finished("p=healthy&duration=2s");
        assert!(html.contains("what becomes of p99 latency"), "{html}");
        assert!(html.contains("The very same run: ") && html.contains("workers 60 and 80"), "{html}");
        assert!(!says.is_empty());
    }
}
