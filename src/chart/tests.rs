//! Every chart, drawn as SVG.

use super::*;
use crate::sim::error::ErrorKind;
use crate::sim::report::{ErrorRow, ErrorSeries, LatencyPoint};
use crate::time::SimDuration;

/// Sixty seconds with a stall from 20 s to 22 s, of which `buckets` are computed.
fn series(buckets: usize) -> Series {
    let stalled = |i: usize| (200..220).contains(&i);
    let column =
        |calm: u32, stall: u32| (0..buckets).map(|i| if stalled(i) { stall } else { calm }).collect::<Vec<_>>();
    let point = |i: usize| LatencyPoint { count: 40, p50_ms: 20.0, p95_ms: 60.0, p99_ms: 80.0 + i as f64 };
    Series {
        bucket: SimDuration::from_millis(100),
        duration: SimDuration::from_secs(60),
        offered: column(40, 40),
        ok: column(40, 0),
        errors: vec![
            ErrorSeries { kind: ErrorKind::ClientTimeout, count: column(0, 12) },
            ErrorSeries { kind: ErrorKind::Closed, count: column(0, 3) },
        ],
        accept_queue: column(2, 129),
        accept_queue_limit: 129,
        overflows: (0..buckets as u64).map(|i| i.saturating_sub(200).min(20)).collect(),
        syn_queue: column(0, 8),
        syn_queue_limit: 128,
        busy_workers: column(12, 16),
        workers: column(16, 16),
        run_queues: Default::default(),
        has_run_queue: [false; 2],
        syn_sent: column(0, 40),
        established: column(20, 150),
        time_wait: (0..buckets as u32).map(|i| i * 30).collect(),
        ports_limit: 28_232,
        latency: (0..buckets / Series::LATENCY_BUCKETS).map(|i| (!stalled(i * 10)).then(|| point(i))).collect(),
    }
}

/// A report of nothing.
fn report() -> Report {
    Report {
        fingerprint: String::new(),
        events: 0,
        simulated_s: 0.0,
        warnings: Vec::new(),
        requests: Default::default(),
        attempts: Default::default(),
        errors: Vec::new(),
        attempt_errors: Vec::new(),
        latency_ms: Default::default(),
        latency_histogram: Vec::new(),
        connections: Default::default(),
        server: Default::default(),
        processors: Default::default(),
        nstat: Default::default(),
        sockets_end: Default::default(),
        peaks: Default::default(),
        means: Default::default(),
        series: Vec::new(),
        slowest: None,
        dialer: None,
        evidence: Default::default(),
        needs: Default::default(),
    }
}

fn svg(chart: Chart, series: &Series, theme: &'static Theme) -> String {
    let mut text = String::new();
    let area = SVGBackend::with_string(&mut text, (612, 80)).into_drawing_area();
    chart.draw(&area, series, None, &Look { theme, scale: 1.0, weight: 1.0 }).expect("a string takes everything");
    area.present().expect("a string takes everything");
    drop(area);
    text
}

fn hex(color: RGBColor) -> String {
    format!("#{:02X}{:02X}{:02X}", color.0, color.1, color.2)
}

#[test]
fn few_processors_have_a_row_among_the_queues() {
    let few = Series { run_queues: [Vec::new(), vec![0, 7, 3]], has_run_queue: [false, true], ..series(600) };
    let labels: Vec<_> = Chart::Queues.labels(&few, None, (612.0, 160.0)).into_iter().map(|label| label.text).collect();
    assert!(
        labels.iter().any(|label| label == "srv CPU") && labels.last().is_some_and(|label| label == "7"),
        "{labels:?}"
    );
    assert_eq!(Chart::Queues.table(&few).columns[4], "srv CPU, waiting");
    let text = Chart::Queues.describe(&report(), &few);
    assert!(text.ends_with("the queue for a processor of the server reaches 7 at 0.1 s."), "{text}");
    let lines = |series: &Series| svg(Chart::Queues, series, &Theme::LIGHT).matches("<polyline").count();
    assert!(lines(&few) > lines(&series(600)), "one more row is drawn");
}

#[test]
fn every_row_of_the_queues_has_its_name_and_limit_in_a_plot_that_is_high_enough() {
    for has_run_queue in [[false, false], [true, false], [false, true], [true, true]] {
        let series = Series { run_queues: [vec![1], vec![2]], has_run_queue, ..series(600) };
        let rows = 3 + has_run_queue.iter().filter(|has| **has).count();
        let lines = Chart::Queues.lines(&series) + 0.01;
        let labels = Chart::Queues.labels(&series, None, (612.0, lines));
        let names = labels.iter().filter(|label| label.side == AxisSide::Left).count();
        assert_eq!((names, labels.len()), (rows, 2 * rows), "{labels:?} in {lines} lines");
    }
}

#[test]
fn every_chart_draws_in_both_themes_also_while_the_run_is_computed() {
    for chart in Chart::ALL {
        for theme in [&Theme::LIGHT, &Theme::DARK] {
            for buckets in [0, 1, 205, 600] {
                let text = svg(chart, &series(buckets), theme);
                assert!(text.contains("<polyline"), "{} with {buckets} buckets: {text}", chart.id());
                assert!(!text.contains("NaN"), "{} with {buckets} buckets", chart.id());
            }
        }
    }
}

#[test]
fn nothing_at_all_draws_too() {
    for chart in Chart::ALL {
        svg(chart, &Series::default(), &Theme::LIGHT);
        chart.labels(&Series::default(), None, (600.0, 5.0));
        chart.describe(&report(), &Series::default());
        assert_eq!(chart.table(&Series::default()).rows.len(), 0, "{}", chart.id());
    }
}

#[test]
fn failures_have_the_colour_of_their_family() {
    let text = svg(Chart::Outcomes, &series(600), &Theme::LIGHT);
    assert!(text.contains(&hex(Theme::LIGHT.timeout)), "{text}");
    assert!(text.contains(&hex(Theme::LIGHT.ok_tint)), "{text}");
    let calm = Series { errors: Vec::new(), ..series(600) };
    assert!(!svg(Chart::Outcomes, &calm, &Theme::LIGHT).contains(&hex(Theme::LIGHT.timeout)));
}

#[test]
fn headers_read_the_plot_at_an_instant() {
    let at = |ms: u64| SimTime::ZERO + SimDuration::from_millis(ms);
    let row = |kind: ErrorKind, count| ErrorRow { class: "", count, first_ms: 20_000.1, text: String::new(), kind };
    let errors = vec![row(ErrorKind::ClientTimeout, 240), row(ErrorKind::Closed, 60)];
    let report = Report { errors, ..report() };
    let read = |chart: Chart, at: SimTime| -> Vec<String> {
        chart.readouts_at(&report, &series(600), at, 612.0).into_iter().map(|readout| readout.value).collect()
    };
    // Rates of half a second: what a stretch of three pixels of sixty seconds holds.
    assert_eq!(read(Chart::Outcomes, at(10_000)), ["400/s", "0/s", "0/s"]);
    assert_eq!(read(Chart::Outcomes, at(20_700)), ["0/s", "120/s", "30/s"]);
    assert_eq!(read(Chart::Latency, at(10_500)), ["20 ms", "60 ms", "90 ms"]);
    assert_eq!(read(Chart::Latency, at(21_000)), ["–", "–", "–"]);
    assert_eq!(read(Chart::Queues, at(21_000)), ["129", "16", "8"]);
    // A bucket's end belongs to it.
    assert_eq!([at(20_000), at(20_001)].map(|at| read(Chart::Queues, at)[0].clone()), ["2", "129"]);
    assert_eq!(read(Chart::Sockets, at(0)), ["0", "20", "0"]);
    assert_eq!(read(Chart::Sockets, at(60_000)), ["0", "20", "17,970"]);
    assert_eq!(read(Chart::Queues, at(61_000)), ["–", "–", "–"]);
}

#[test]
fn labels_stand_within_the_plot() {
    for chart in Chart::ALL {
        for label in chart.labels(&series(600), None, (612.0, 8.0)) {
            assert!((-0.01..=1.01).contains(&label.at), "{}: {label:?}", chart.id());
        }
    }
    let limits: Vec<_> =
        Chart::Queues.labels(&series(600), None, (612.0, 8.0)).into_iter().map(|label| label.text).collect();
    assert_eq!(limits, ["accept", "workers", "SYN", "129", "16", "128"]);
}

#[test]
fn in_a_low_plot_labels_leave_each_other_a_line() {
    for chart in Chart::ALL {
        for lines in [0.5, 1.5, 2.5, 4.0] {
            let labels = chart.labels(&series(600), None, (612.0, lines));
            for (i, label) in labels.iter().enumerate() {
                let near = |other: &&AxisLabel| other.side == label.side && (other.at - label.at).abs() * lines < 1.0;
                assert_eq!(labels[i + 1..].iter().find(near), None, "{} in {lines} lines: {label:?}", chart.id());
            }
            assert!(labels.iter().any(|label| label.side == AxisSide::Left), "{} in {lines} lines", chart.id());
        }
    }
    assert_eq!(
        Chart::Queues.labels(&series(600), None, (612.0, 2.5)).len(),
        4,
        "the outer rows keep their names and limits"
    );
    for lines in [2.5, 3.5, 4.5, 6.0, 8.0] {
        let at: Vec<_> =
            Chart::Outcomes.labels(&series(600), None, (612.0, lines)).iter().map(|label| label.at).collect();
        let steps: Vec<_> = at.windows(2).map(|pair| pair[0] - pair[1]).collect();
        assert!(steps.iter().all(|step| (step - steps[0]).abs() < 1e-9), "even steps in {lines} lines: {at:?}");
    }
}

#[test]
fn tables_have_one_row_a_second_and_a_cell_for_each_column() {
    for chart in Chart::ALL {
        let table = chart.table(&series(600));
        assert_eq!(table.rows.len(), 60, "{}", chart.id());
        assert!(table.rows.iter().all(|row| row.len() == table.columns.len()), "{}", chart.id());
    }
    assert_eq!(Chart::Outcomes.table(&series(600)).rows[20], ["20 s", "400", "0", "120", "30"]);
    assert_eq!(Chart::Queues.table(&series(600)).rows[20], ["20 s", "129", "16", "8"]);
    assert_eq!(Chart::Latency.table(&series(600)).rows[20], ["20 s", "–", "–", "–"]);
}

#[test]
fn words_say_what_the_picture_shows() {
    let text = Chart::Queues.describe(&report(), &series(600));
    assert_eq!(
        text,
        "Occupancy against its limit: the accept queue reaches 129 of 129 at 20 s; the pool of workers reaches 16 \
         of 16 at 20 s; the SYN queue reaches 8 of 128 at 20 s."
    );
}

#[test]
fn the_time_axis_has_a_handful_of_round_numbers() {
    let texts = |s: u64| time_ticks(SimDuration::from_secs(s)).into_iter().map(|(_, text)| text).collect::<Vec<_>>();
    assert_eq!(texts(60), ["0", "10", "20", "30", "40", "50", "60 s"]);
    assert_eq!(texts(1), ["0", "1 s"]);
    for s in 1..=800 {
        assert!((2..=8).contains(&texts(s).len()), "{s} s: {:?}", texts(s));
    }
}
