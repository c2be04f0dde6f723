//! A run as load generators print it.

use connlab::link::{self, Recipe};
use connlab::sim::report::{HistogramBar, Report};
use connlab::summary::{self, ThresholdResult};
use connlab::words::{count, millis};
use maud::{Markup, html};

/// Requests, histogram, percentiles, errors, these thresholds; and the same as text.
pub fn summary(recipe: &Recipe, report: &Report, slo: &str) -> Markup {
    let (link, settings) = (link::encode(recipe), recipe.scenario.differences());
    let (thresholds, faults) = summary::thresholds(slo);
    let requests = &report.requests;
    let has_answers = report.latency_ms.count > 0;
    let waited = |ms: f64| if has_answers { millis(ms) } else { "no answers".to_string() };
    let totals = [
        ("Requests", count(requests.offered)),
        ("ok (200)", count(requests.ok)),
        ("failed", count(requests.failed)),
        ("Average latency of ok", waited(report.latency_ms.mean)),
        ("Slowest", waited(report.latency_ms.max)),
    ];
    html! {
        div.summary data-testid="summary" {
            dl { @for (name, value) in &totals { div { dt { (name) } dd { (value) } } } }
            @if has_answers { (histogram(&report.latency_histogram)) (percentiles(report)) }
            @if !report.errors.is_empty() {
                h3 { "Error distribution" }
                dl { @for row in &report.errors { div { dt { code { (row.text) } } dd { (count(row.count)) } } } }
            }
            h3 { "Thresholds" }
            @for fault in &faults { p.warning { (super::prose(fault)) } }
            dl { @for verdict in summary::verdicts(report, &thresholds) { (threshold(&verdict)) } }
            div.form {
                button.btn.line data-copy { "Copy as text" }
                pre hidden { (summary::text(&link, report, &settings, &thresholds)) }
            }
        }
    }
}

fn histogram(bars: &[HistogramBar]) -> Markup {
    let most = bars.iter().map(|bar| bar.count).max().unwrap_or(0).max(1);
    html! {
        h3 { "Response time histogram" }
        table.bars {
            @for bar in bars {
                tr {
                    th scope="row" { "≤ " (millis(bar.up_to)) }
                    // An attribute of a shape, for the page's policy forbids `style`.
                    td aria-hidden="true" { svg { rect height="10" width=(format!("{}%", bar.count * 100 / most)) {} } }
                    td { (count(bar.count)) }
                }
            }
        }
    }
}

fn percentiles(report: &Report) -> Markup {
    let latency = &report.latency_ms;
    let percentiles = [
        ("10 %", latency.p10),
        ("25 %", latency.p25),
        ("50 %", latency.p50),
        ("75 %", latency.p75),
        ("90 %", latency.p90),
        ("95 %", latency.p95),
        ("99 %", latency.p99),
        ("99.9 %", latency.p999),
    ];
    html! {
        h3 { "Latency distribution" }
        dl.grid { @for (share, ms) in percentiles { div { dt { (share) } dd { (millis(ms)) } } } }
    }
}

fn threshold(verdict: &ThresholdResult) -> Markup {
    let (sign, said) = if verdict.passes { ("✓", "met") } else { ("✗", "missed") };
    html! {
        div data-passes=(verdict.passes) {
            dt { span aria-hidden="true" { (sign) } " " (verdict.threshold.metric.name) " " code { (verdict.text()) } }
            dd { (said) }
        }
    }
}
