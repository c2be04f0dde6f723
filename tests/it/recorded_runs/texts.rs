//! The exact text of each failure, and when it comes.

use std::fmt::Write;
use std::net::SocketAddrV4;
use std::sync::LazyLock;

use serde::Deserialize;

use super::{page, read, start};
use connlab::sim::recording::Recording;

/// A line of `e7.jsonl`: what a client was told when something failed. `{L}` and `{R}` stand for the local and the
/// remote address; texts that do not come from `net/http` have no `Get "URL": ` before them.
#[derive(Deserialize)]
struct Recorded {
    /// What failed.
    mode: String,
    /// The run in which the model fails like that.
    link: String,
    /// Its class, where that is not the class of the first failure.
    class: Option<String>,
    text: String,
    /// How often it was recorded.
    times: u32,
    /// From the call to the error: least, median and largest, in milliseconds.
    elapsed_ms: Option<[u64; 3]>,
}

/// The model's text and milliseconds.
fn model(recorded: &Recorded) -> (String, f64) {
    let mut sim = start(&recorded.link, Recording::default());
    sim.log_requests();
    sim.run();
    let report = sim.report();
    let wanted = |class: &str| recorded.class.as_ref().is_none_or(|wanted| wanted == class);
    let Some(failure) =
        sim.request_log().iter().find(|outcome| outcome.error.is_some_and(|error| wanted(error.class())))
    else {
        return ("(no failure)".to_string(), 0.0);
    };
    let class = failure.error.expect("a failure").class();
    let row = report.errors.iter().find(|row| row.class == class).expect("a row for each class that occurred");
    let text = with_masked_addresses(&row.text);
    let bare = !recorded.text.starts_with(['G', 'P']);
    let text = if bare { text.split_once("\": ").map_or(text.clone(), |(_, inner)| inner.to_string()) } else { text };
    (text, failure.ended.since(failure.arrived).as_millis_f64())
}

/// Replaces `10.0.0.1:40912` by `{L}` and `10.0.1.1:80` by `{R}`.
fn with_masked_addresses(text: &str) -> String {
    let of_address = |c: char| c.is_ascii_digit() || c == '.' || c == ':';
    let mut masked = String::new();
    for piece in text.split_inclusive(|c| !of_address(c)) {
        let (token, end) = piece.split_at(piece.trim_end_matches(|c| !of_address(c)).trim_end_matches(':').len());
        match token.parse::<SocketAddrV4>() {
            Ok(address) => masked += if address.port() == 80 { "{R}" } else { "{L}" },
            Err(_) => masked += token,
        }
        masked += end;
    }
    masked
}

static LINES: LazyLock<Vec<(Recorded, String, f64)>> = LazyLock::new(|| {
    let with_model = |recorded: Recorded| {
        let (text, ms) = model(&recorded);
        (recorded, text, ms)
    };
    read("e7.jsonl").into_iter().map(with_model).collect()
});

/// The section: a table of texts.
pub fn section() -> String {
    let mut text = TEXT.to_string();
    for (recorded, model, ms) in LINES.iter() {
        let Recorded { mode, link, text: real, times, elapsed_ms, .. } = recorded;
        let same = if model == real { "=".to_string() } else { format!("`{model}`") };
        let elapsed = elapsed_ms.map_or(String::new(), |[min, p50, max]| format!("{min}/{p50}/{max} → {ms:.0}"));
        writeln!(text, "| {mode} | {times} | `{real}` | {same} | {elapsed} | `{link}` |").unwrap();
    }
    text
}

/// Rows of the summary: texts that differ, and how far off the milliseconds are.
pub fn summary() -> String {
    let differs: Vec<f64> = LINES.iter().map(|(recorded, text, _)| f64::from(*text != recorded.text)).collect();
    page::summary_row("E7: text", &differs, "equal") + &page::summary_row("E7: ms until it comes", &lateness(), "")
}

/// Relative deviations of the times from the recorded medians.
fn lateness() -> Vec<f64> {
    let off = |(recorded, _, ms): &(Recorded, String, f64)| {
        recorded.elapsed_ms.map(|[_, median, _]| (ms / median as f64 - 1.0).abs())
    };
    LINES.iter().filter_map(off).collect()
}

const TEXT: &str = "
How each failure shows in the client's program: the recorded text with its addresses masked, how often it was seen,
and the time from the call to the error (least/median/largest → model). Texts without `Get` or `Post` were recorded
beneath net/http. Where nothing was timed the last column but one is empty. The processes of the rows on descriptors
had inherited some, so that their number is not comparable.

Left out, for no link can say it: responses in several pieces (time-outs while a body is read, `unexpected EOF`), early
responses to uploads, Shutdown and the time-outs of http.Server, handlers that panic, and everything that only the
server's log tells.

| what fails | recorded | text | model | ms | link |
|---|---|---|---|---|---|
";

#[test]
fn texts_are_the_recorded_ones() {
    for (recorded, text, _) in LINES.iter() {
        assert_eq!(*text, recorded.text, "{}: {}", recorded.mode, recorded.link);
    }
}

#[test]
fn failures_come_when_they_did() {
    let worst = lateness().into_iter().fold(0.0, f64::max);
    assert!(worst <= 0.02, "{worst}");
}

#[test]
fn addresses_are_masked() {
    let text = "Get \"http://10.0.1.1:80/\": read tcp 10.0.0.1:40912->10.0.1.1:80: read: connection reset by peer";
    assert_eq!(with_masked_addresses(text), "Get \"http://{R}/\": read tcp {L}->{R}: read: connection reset by peer");
}
