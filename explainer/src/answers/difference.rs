//! What a change did: two runs side by side.

use connlab::params::PARAMS;
use connlab::scenario::Scenario;
use connlab::sim::error::ERRORS;
use connlab::sim::report::Report;
use connlab::words::{count, millis};
use maud::{Markup, html};

/// The changed settings, and what became of the outcomes. A class that neither run has is left out.
pub fn table(scenarios: [&Scenario; 2], reports: [&Report; 2]) -> Markup {
    let [before, after] = reports.map(|report| report);
    let of_class = |report: &Report, class: &str| {
        report.errors.iter().filter(|row| row.class == class).map(|row| row.count).sum::<u64>()
    };
    let requests = |report: &Report| [report.requests.ok, report.requests.failed, report.requests.in_flight];
    let outcomes = ["ok", "failed", "in flight at the end"].into_iter().zip(requests(before)).zip(requests(after));
    let classes = ERRORS.iter().map(|spec| ((spec.label, of_class(before, spec.class)), of_class(after, spec.class)));
    let classes = classes.filter(|((_, before), after)| before + after > 0);
    let waited = |report: &Report| match report.latency_ms.count {
        0 => "no answers".to_string(),
        _ => millis(report.latency_ms.p99),
    };
    html! {
        p { (changes(scenarios)) }
        table data-testid="difference" {
            tr { td {} th scope="col" { "before" } th scope="col" { "now" } th scope="col" { "change" } }
            @for ((name, before), after) in outcomes.chain(classes) {
                tr.same[before == after] {
                    th scope="row" { (name) }
                    td { (count(before)) } td { (count(after)) } td { (change(before, after)) }
                }
            }
            tr { th scope="row" { "p99" } td { (waited(before)) } td { (waited(after)) } td {} }
        }
        @if after.requests.failed.abs_diff(before.requests.failed) < 10 {
            p.other { "One seed. A difference under 10 may be luck." }
        }
    }
}

/// `somaxconn 128 → 4096`.
fn changes([before, after]: [&Scenario; 2]) -> Markup {
    let value = |scenario: &Scenario, row: usize| {
        let spec = &PARAMS[row];
        let later = scenario.timetable.iter().filter(|change| change.param == row).map(|change| change.value);
        let values = std::iter::once(spec.get(&scenario.params)).chain(later);
        values.map(|value| spec.describe(value)).collect::<Vec<_>>().join(", then ")
    };
    let changed = (0..PARAMS.len()).filter(|&row| value(before, row) != value(after, row));
    html! {
        @for (i, row) in changed.enumerate() {
            @if i > 0 { ", " }
            code { (PARAMS[row].label) " " (value(before, row)) " → " (value(after, row)) }
        }
    }
}

fn change(before: u64, after: u64) -> String {
    match after.checked_sub(before) {
        Some(0) => "same".to_string(),
        Some(more) => format!("+{}", count(more)),
        None => format!("−{}", count(before - after)),
    }
}
