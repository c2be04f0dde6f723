//! What matters here: every setting a stop down and up, with five seeds each, and what becomes of the failures, or
//! where nothing fails, of the waiting.

use connlab::experiment::comparison::Comparison;
use connlab::experiment::measure::Measure;
use connlab::experiment::sensitivity::{self, Move};
use connlab::experiment::statistics::{Differences, Plan};
use connlab::link::{self, Recipe};
use connlab::sim::report::Report;
use connlab::words::fixed;
use maud::{Markup, html};

use super::Advanced;
use super::replication::{Replication, cells};

/// How many seeds each run is made with.
const SEEDS: usize = 5;

/// The run itself and all its neighbours, seed by seed.
pub struct MattersTask {
    recipe: Recipe,
    measure: &'static Measure,
    moves: Vec<(Move, Comparison)>,
    /// The values of the run itself, with each seed so far.
    own: Vec<Option<f64>>,
    /// Which neighbour is next; none: the run itself.
    next: Option<usize>,
    under_way: Replication,
}

impl MattersTask {
    /// Of a run.
    pub fn new(recipe: Recipe) -> MattersTask {
        MattersTask {
            recipe,
            measure: measure("failed_share"),
            moves: vec![],
            own: vec![],
            next: None,
            under_way: Replication::default(),
        }
    }

    /// Works for about so many events.
    pub fn advance(&mut self, budget: u32) -> Advanced {
        let Some(report) = self.run(budget) else { return Advanced::More };
        match self.next {
            None => self.learn(&report),
            Some(at) => {
                let value = (self.measure.value)(&report);
                self.tell(at, value);
            }
        }
        self.next = self.following();
        match self.next {
            None if self.own.len() == SEEDS => Advanced::Done(self.html().into_string(), self.says()),
            None => Advanced::Meanwhile(self.html().into_string()),
            Some(_) => Advanced::More,
        }
    }

    /// The next run, once it has come to its end.
    fn run(&mut self, budget: u32) -> Option<Report> {
        let replication = self.own.len() - usize::from(self.next.is_some());
        let scenario = self.next.map_or(&self.recipe.scenario, |at| &self.moves[at].0.scenario);
        self.under_way.advance(scenario, replication, budget)
    }

    /// The run itself, with one more seed; the first one says what to look at and where.
    fn learn(&mut self, report: &Report) {
        if self.own.is_empty() {
            self.measure = measure(if report.requests.failed > 0 { "failed_share" } else { "p99_ms" });
            let moves = sensitivity::moves(&self.recipe.scenario, report);
            self.moves = moves.into_iter().map(|it| (it, Comparison::new(self.measure))).collect();
        }
        self.own.push((self.measure.value)(report));
    }

    fn tell(&mut self, at: usize, value: Option<f64>) {
        let own = self.own.last().copied().flatten();
        let comparison = &mut self.moves[at].1;
        comparison.a.push(own);
        comparison.b.push(value);
    }

    /// The neighbour behind the one that was run last.
    fn following(&self) -> Option<usize> {
        let from = self.next.map_or(0, |at| at + 1);
        (from..self.moves.len()).find(|at| !self.moves[*at].0.is_dead)
    }

    /// What each neighbour does, the most first.
    fn effects<'a>(&'a self) -> Vec<(&'a Move, Differences)> {
        let alive = self.moves.iter().filter(|(it, _)| !it.is_dead);
        let effect = |(it, comparison): &'a (Move, Comparison)| Some((it, comparison.differences(Plan::Fixed)?));
        let mut effects: Vec<(&Move, Differences)> = alive.filter_map(effect).collect();
        effects.sort_by(|(_, a), (_, b)| b.mean().abs().total_cmp(&a.mean().abs()));
        effects
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
    use super::super::replication;
    use super::*;

    fn finished(link: &str) -> (String, String, usize) {
        let mut task = MattersTask::new(link::decode(link).recipe);
        replication::finished(|budget| task.advance(budget))
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
