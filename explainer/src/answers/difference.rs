//! What a change did: two runs side by side.

use connlab::params::ParamId;
use connlab::scenario::Scenario;
use connlab::sim::error::ERRORS;
use connlab::sim::report::Report;
use connlab::words::{count, exact, millis};
use maud::{Markup, html};

/// The changed settings, and what became of the outcomes, of the waiting and of the work. A class that neither run has
/// is left out.
pub fn table(names: [&str; 2], scenarios: [&Scenario; 2], reports: [&Report; 2]) -> Markup {
    html! {
        p { (changes(scenarios)) }
        button.btn data-copy { "Copy" }
        table data-testid="difference" {
            tr { td {} @for name in names { th scope="col" { (name) } } th scope="col" { "change" } }
            @for Row { name, values: [before, after], write } in rows(reports) {
                @let [was, is] = [before, after].map(|value| value.map_or_else(|| "none".to_string(), write));
                tr.same[was == is] data-row=(name) {
                    th scope="row" { (name) }
                    td { (was) } td { (is) }
                    td { @if was == is { "–" } @else { (change(before, after, write)) } }
                }
            }
        }
    }
}

/// A number of both runs, and how it is written; `None` where a run has none.
struct Row {
    name: &'static str,
    values: [Option<f64>; 2],
    write: fn(f64) -> String,
}

fn rows(reports: [&Report; 2]) -> Vec<Row> {
    let counted = |name, of: &dyn Fn(&Report) -> u64| {
        // A run has far fewer requests than a float has whole numbers.
        Row { name, values: reports.map(|report| Some(of(report) as f64)), write: |n| count(n as u64) }
    };
    let waited = |name, of: fn(&Report) -> f64| {
        let value = |report: &Report| (report.latency_ms.count > 0).then(|| of(report));
        Row { name, values: reports.map(value), write: millis }
    };
    let dials = |report: &Report| {
        let offered = report.requests.offered;
        (offered > 0).then(|| report.connections.dials as f64 / offered as f64)
    };
    let mut rows =
        vec![counted("ok", &|report| report.requests.ok), counted("failed", &|report| report.requests.failed)];
    let of_class = |report: &Report, class: &str| {
        report.errors.iter().filter(|row| row.class == class).map(|row| row.count).sum::<u64>()
    };
    let classes = ERRORS.iter().map(|spec| counted(spec.label, &|report| of_class(report, spec.class)));
    rows.extend(classes.filter(|row| row.values != [Some(0.0); 2]));
    rows.extend([
        waited("p50", |report| report.latency_ms.p50),
        waited("p99", |report| report.latency_ms.p99),
        Row { name: "dials per request", values: reports.map(dials), write: share },
        counted("ports, at most", &|report| report.peaks.ports),
        counted("in flight at the end", &|report| report.requests.in_flight),
    ]);
    rows
}

/// With two digits that count: `0.33`, `0.0012`.
fn share(n: f64) -> String {
    match n {
        n if n >= 0.1 || n == 0.0 => format!("{n:.2}"),
        n if n >= 0.01 => format!("{n:.3}"),
        n => format!("{n:.4}"),
    }
}

/// `↑ +123`; nothing where one run has no such number.
fn change(before: Option<f64>, after: Option<f64>, write: fn(f64) -> String) -> String {
    match (before, after) {
        (Some(before), Some(after)) if after > before => format!("↑ +{}", write(after - before)),
        (Some(before), Some(after)) => format!("↓ −{}", write(before - after)),
        _ => String::new(),
    }
}

/// `somaxconn 128 → 4096`.
fn changes([before, after]: [&Scenario; 2]) -> Markup {
    let changed = ParamId::ALL.iter().map(|param| (*param, [before, after].map(|scenario| course(scenario, *param))));
    html! {
        @for (i, (param, [was, is])) in changed.filter(|(_, [was, is])| was != is).enumerate() {
            @if i > 0 { ", " }
            code { (param.spec().label) " " (was) " → " (is) }
        }
    }
}

/// A setting's value at the start and what it changes to during the run: `30ms, from 20s 50ms`.
fn course(scenario: &Scenario, param: ParamId) -> String {
    let spec = param.spec();
    let later = scenario.timetable.iter().filter(|change| change.param == param);
    let later = later.map(|change| format!(", from {} {}", exact(change.at), spec.describe(change.value)));
    std::iter::once(spec.describe(spec.get(&scenario.params))).chain(later).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use connlab::link;
    use connlab::sim::Sim;

    fn compared(before: &str, after: &str) -> String {
        let scenarios = [before, after].map(link::scenario);
        let reports = scenarios.each_ref().map(|scenario| {
            let mut sim = Sim::new(scenario);
            sim.run();
            sim.report()
        });
        table(["before", "now"], scenarios.each_ref(), reports.each_ref()).into_string()
    }

    #[test]
    fn it_has_outcomes_classes_waiting_and_work_with_sign_and_arrow() {
        let html = compared("p=incident", "p=incident&somaxconn=4096");
        assert!(html.contains("net.core.somaxconn 128 → 4096"), "{html}");
        let names = ["ok", "failed", "p50", "p99", "dials per request", "ports, at most", "in flight at the end"];
        for name in names.into_iter().chain(ERRORS.iter().filter(|spec| spec.class == "reset").map(|spec| spec.label)) {
            assert!(html.contains(&format!("data-row=\"{name}\"")), "{name} is not in {html}");
        }
        assert!(html.contains("↑ +") && html.contains("↓ −"), "{html}");
        assert!(!html.contains("luck") && !html.contains("seed"), "one seed says nothing about luck: {html}");
    }

    #[test]
    fn what_did_not_change_has_a_dash() {
        let html = compared("p=healthy&duration=2s", "p=healthy&duration=2s&somaxconn=4000");
        let rows = html.matches("class=\"same\"").count();
        assert_eq!((rows, html.matches("<td>–</td>").count()), (7, 7), "{html}");
    }

    #[test]
    fn a_run_without_answers_has_none_to_compare() {
        let html = compared("duration=1s&listening=off", "duration=1s");
        assert!(html.contains("<td>none</td>"), "{html}");
    }

    #[test]
    fn a_change_during_the_run_is_named_with_its_time() {
        let moved = [link::scenario("20s.service=50ms"), link::scenario("15100ms.service=50ms")];
        let html = changes(moved.each_ref()).into_string();
        assert_eq!(html, "<code>service time 20ms, from 20s 50ms → 20ms, from 15.1s 50ms</code>");
    }
}
