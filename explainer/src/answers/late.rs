//! When it was too late for the change that cures a run: made at one instant after the other, with a dozen seeds, and
//! what fails from then on.

use connlab::experiment::deadline::{Deadline, Findings, NoDeadline, SEEDS, Standing, percent};
use connlab::experiment::statistics::mean;
use connlab::link::{self, Recipe};
use connlab::scenario::Scenario;
use connlab::words::{fixed, seconds};
use maud::{Markup, html};

use super::experiment::{Experiment, Step, replication};
use crate::runs::Outcome;

/// The runs of all instants.
pub struct LateTask {
    recipe: Recipe,
    deadline: Deadline,
}

/// The three courses of the chart, by class, as the legend says it.
const COURSES: [(&str, &str); 3] =
    [("without", "without the change"), ("with", "with it from then on"), ("always", "with it from the start on")];

impl LateTask {
    /// Of a run and the scenario that cures it.
    ///
    /// # Errors
    /// Why that has no instants.
    pub fn new(recipe: Recipe, cured: Scenario) -> Result<LateTask, NoDeadline> {
        let deadline = Deadline::new(recipe.scenario.clone(), cured)?;
        Ok(LateTask { recipe, deadline })
    }

    /// What fails of the requests that end after each instant, as lines over the instant of the change.
    fn chart(&self, findings: &Findings) -> Markup {
        let moments = self.deadline.moments();
        let span = self.recipe.scenario.params.duration.as_secs_f64();
        let x = |at: usize| 100.0 * moments[at].at.as_secs_f64() / span;
        let means: Vec<[Option<f64>; 3]> = moments
            .iter()
            .map(|it| [&it.without, &it.with, &it.always].map(|values| mean(&values[..self.seeds(values)])))
            .collect();
        let most = means.iter().flatten().flatten().fold(0.01, |most: f64, share| most.max(*share));
        let y = |share: f64| 100.0 - 100.0 * share / most;
        let line = |course: usize| {
            let known = means.iter().enumerate().filter_map(|(at, shares)| Some((at, shares[course]?)));
            points(known.map(|(at, share)| (x(at), y(share))))
        };
        html! {
            figure.courses {
                svg role="img" aria-label=(self.describe()) {
                    svg viewBox="0 0 100 100" preserveAspectRatio="none" {
                        polygon points=(self.band(&means, x, y)) {}
                        @for (course, (class, _)) in COURSES.iter().enumerate() {
                            polyline class=(class) points=(line(course)) {}
                        }
                    }
                    @if let (Some(in_time), Some(late)) = (findings.in_time_until, findings.late_from) {
                        (mark("in-time", "in time", x(in_time), ("end", "-4")))
                        (mark("late", "too late", x(late), ("start", "4")))
                    }
                }
                p.scale aria-hidden="true" { span { "0 s" } span { "change made at" } span { (seconds(span)) } }
                ul.legend aria-hidden="true" {
                    @for (class, words) in COURSES {
                        li { svg { line class=(class) x1="0" x2="100%" y1="50%" y2="50%" {} } (words) }
                    }
                }
                figcaption { "Share of the requests that fail, of those that end later; top: " (percent(most)) "." }
            }
        }
    }

    fn seeds(&self, values: &[Option<f64>]) -> usize {
        values.len().min(self.deadline.seeds())
    }

    /// Around the course with the change: as far from the course without as the difference may be.
    fn band(&self, means: &[[Option<f64>; 3]], x: impl Fn(usize) -> f64, y: impl Fn(f64) -> f64) -> String {
        let y = |share: f64| y(share).clamp(0.0, 100.0);
        let ends = |at: usize| {
            let [low, high] = self.deadline.prevented(at)?.interval().ok()?;
            let without = means[at][0]?;
            Some((x(at), y(without - low), y(without - high)))
        };
        let ends: Vec<(f64, f64, f64)> = (0..means.len()).filter_map(ends).collect();
        let (upper, lower) = (ends.iter().map(|it| (it.0, it.1)), ends.iter().rev().map(|it| (it.0, it.2)));
        points(upper.chain(lower))
    }

    /// The chart in words.
    fn describe(&self) -> String {
        let what = "Share of the later requests that fails, over the instant of the change";
        if self.is_whole() { format!("{what}. {}", self.deadline.verdict()) } else { what.into() }
    }

    fn is_whole(&self) -> bool {
        self.deadline.seeds() == SEEDS
    }

    /// All instants; each can be tried.
    fn table(&self) -> Markup {
        let heads = ["made at", "without", "with", "from the start on", "prevented, interval", "all failures"];
        html! {
            details.trials {
                summary { "All " (self.deadline.moments().len()) " instants" }
                div.wide role="region" aria-label="All instants" tabindex="0" { table data-testid="late" {
                    tr { @for head in heads { th scope="col" { (head) } } }
                    @for at in 0..self.deadline.moments().len() { (self.row(at)) }
                } }
            }
        }
    }

    fn row(&self, at: usize) -> Markup {
        let it = &self.deadline.moments()[at];
        let share = |values: &[Option<f64>]| mean(values).map_or("–".into(), percent);
        let points = |value: f64| fixed(100.0 * value, 1).replace('-', "−");
        let interval = self.deadline.prevented(at).and_then(|it| it.interval().ok());
        let link = link::encode(&self.recipe.with(&self.deadline.changed(at)));
        html! {
            tr data-standing=(standing(self.deadline.standing(at))) {
                th scope="row" { button.go data-link=(link) title="Try it" { (self.deadline.when(at)) } }
                td { (share(&it.without)) }
                td { (share(&it.with)) }
                td { (share(&it.always)) }
                td { @if let Some([low, high]) = interval { (points(low)) " to " (points(high)) } @else { "–" } }
                td { (share(&it.whole)) }
            }
        }
    }
}

/// Where the claim ends and its evidence begins.
fn claim_end(verdict: &str) -> usize {
    [": even at", ": of the requests", " ("].iter().find_map(|begins| verdict.find(begins)).unwrap_or(verdict.len())
}

/// An instant that the verdict names, at so many per cent: a line, and words beside it.
fn mark(class: &str, words: &str, at: f64, (anchor, dx): (&str, &str)) -> Markup {
    let x = fixed(at, 2) + "%";
    html! {
        line class=(class) x1=(x) x2=(x) y1="0" y2="100%" {}
        text x=(x) dx=(dx) y="50%" text-anchor=(anchor) { (words) }
    }
}

fn standing(standing: Standing) -> &'static str {
    match standing {
        Standing::Most => "in-time",
        Standing::Between => "between",
        Standing::Little => "late",
        Standing::Untold => "untold",
    }
}

/// As an SVG has them.
fn points(points: impl Iterator<Item = (f64, f64)>) -> String {
    points.map(|(x, y)| format!("{},{}", fixed(x, 2), fixed(y, 2))).collect::<Vec<_>>().join(" ")
}

impl Experiment for LateTask {
    fn wants(&mut self, n: usize) -> Option<Scenario> {
        self.deadline.run(n).map(|(scenario, n)| replication(&scenario, n))
    }

    fn learn(&mut self, outcome: &Outcome) -> Step {
        let before = self.deadline.seeds();
        self.deadline.learn(&outcome.report, &outcome.series);
        match self.deadline.seeds() {
            SEEDS => Step::Done,
            seeds if seeds > before => Step::Show,
            _ => Step::More,
        }
    }

    fn html(&self) -> Markup {
        let seeds = self.deadline.seeds();
        let none = Findings { in_time_until: None, late_from: None, untold_from: None };
        html! {
            @if self.is_whole() {
                p.verdict data-testid="deadline" {
                    @let verdict = self.deadline.verdict();
                    @let (claim, evidence) = verdict.split_at(claim_end(&verdict));
                    strong { (claim) } (evidence)
                }
            } @else {
                p.wait {
                    (self.deadline.change()) ", made at " (self.deadline.moments().len()) " instants: seed " (seeds)
                    " of " (SEEDS) "."
                }
            }
            (self.chart(&if self.is_whole() { self.deadline.findings() } else { none }))
            @if self.is_whole() { p.same { (self.deadline.meaning()) } (self.table()) }
        }
    }

    fn says(&self) -> String {
        self.deadline.verdict()
    }
}

#[cfg(test)]
mod tests {
    use super::super::experiment::finished_alone;
    use super::*;

    fn task(link: &str, change: &str) -> Result<LateTask, NoDeadline> {
        LateTask::new(link::decode(link).recipe, link::scenario(&format!("{link}&{change}")))
    }

    #[test]
    fn the_answer_names_both_instants_in_words_and_on_the_chart_and_each_can_be_tried() {
        let (html, says, meanwhile) =
            finished_alone(task("p=retry-storm&duration=20s", "timeout=1s").expect("a change with instants"));
        assert_eq!(meanwhile, SEEDS - 1, "a picture with each seed");
        assert!(says.starts_with("timeout=1s instead of 200ms: in time until ") && says.contains("too late"), "{says}");
        let claim = &says[..claim_end(&says)];
        assert!(claim.ends_with(" s on") && html.contains(&format!("<strong>{claim}</strong>: of the")), "{html}");
        assert!(html.contains("<line class=\"late\"") && html.contains("<line class=\"in-time\""), "{html}");
        assert_eq!(html.matches("<polyline").count(), 3);
        assert_eq!(html.matches("data-standing=").count(), 20, "a row for each instant");
        assert!(html.contains("14s.timeout=1s"), "the change as the timetable has it");
        assert!(!html.contains("NaN") && !html.contains("style="), "{html}");
    }

    #[test]
    fn what_cannot_change_during_a_run_is_no_experiment() {
        assert!(task("p=incident", "somaxconn=4096").is_err());
    }
}
