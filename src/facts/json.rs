//! Reports of load generators as JSON, turned into what the same tool prints for people: so both are read by the same
//! rows.

use serde_json::Value;

/// A tool's JSON: the members that tell it from others, and its text.
struct Format {
    members: &'static [&'static str],
    text: fn(&Value) -> String,
}

/// Every format that is read.
const FORMATS: &[Format] = &[
    Format { members: &["/schema", "/fingerprint", "/requests/offered", "/latency_ms"], text: connlab },
    Format { members: &["/latencies/50th", "/status_codes", "/throughput"], text: vegeta },
    Format { members: &["/latency/p97_5", "/non2xx", "/connections"], text: autocannon },
];

/// The report in a JSON object as its tool prints it; `None` if no tool that is known wrote it.
pub(crate) fn as_printed(json: &str) -> Option<String> {
    let value: Value = serde_json::from_str(json).ok()?;
    let is = |format: &&Format| format.members.iter().all(|member| value.pointer(member).is_some());
    FORMATS.iter().find(is).map(|format| (format.text)(&value))
}

/// A number, or 0 where there is none.
fn number(value: &Value, member: &str) -> f64 {
    value.pointer(member).and_then(Value::as_f64).unwrap_or_default()
}

fn text<'v>(value: &'v Value, member: &str) -> &'v str {
    value.pointer(member).and_then(Value::as_str).unwrap_or_default()
}

fn list<'v>(value: &'v Value, member: &str) -> &'v [Value] {
    value.pointer(member).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

/// `run --json`.
fn connlab(report: &Value) -> String {
    let n = |member| number(report, member);
    let mut printed = format!(
        "link {}\nrequests {} offered, {} ok, {} failed, {} in flight\n\
         latency p50 {} ms, p95 {} ms, p99 {} ms, max {} ms\nconnections {} dials\n",
        text(report, "/link"),
        n("/requests/offered"),
        n("/requests/ok"),
        n("/requests/failed"),
        n("/requests/in_flight"),
        n("/latency_ms/p50"),
        n("/latency_ms/p95"),
        n("/latency_ms/p99"),
        n("/latency_ms/max"),
        n("/connections/dials"),
    );
    for row in list(report, "/errors") {
        printed += &format!("  {} x {}\n", number(row, "/count"), text(row, "/text"));
    }
    printed
}

/// `vegeta report -type=json`; times are in nanoseconds.
fn vegeta(report: &Value) -> String {
    let n = |member| number(report, member);
    let time = |member: &str| format!("{}ms", number(report, member) / 1e6);
    let attack = n("/duration");
    let total = format!("{}ms", (attack + n("/wait")) / 1e6);
    let latencies = ["min", "mean", "50th", "90th", "95th", "99th", "max"];
    let latencies = latencies.map(|name| time(&format!("/latencies/{name}"))).join(", ");
    let codes = report.pointer("/status_codes").and_then(Value::as_object).into_iter().flatten();
    let codes: Vec<String> = codes.map(|(code, count)| format!("{code}:{count}")).collect();
    let mut printed = format!(
        "Requests      [total, rate, throughput]  {}, {:.2}, {:.2}\n\
         Duration      [total, attack, wait]  {total}, {}ms, {}\n\
         Latencies     [min, mean, 50, 90, 95, 99, max]  {latencies}\nSuccess       [ratio]  {:.2}%\n\
         Status Codes  [code:count]  {}\nError Set:\n",
        n("/requests"),
        n("/rate"),
        n("/throughput"),
        attack / 1e6,
        time("/wait"),
        n("/success") * 100.0,
        codes.join("  "),
    );
    for error in list(report, "/errors").iter().filter_map(Value::as_str) {
        printed += &format!("{error}\n");
    }
    printed
}

/// `autocannon --json`; times are in milliseconds, the length of the run in seconds.
fn autocannon(report: &Value) -> String {
    let n = |member| number(report, member);
    format!(
        "{} connections\nStat 2.5% 50% 97.5% 99% Avg Stdev Max\n\
         Latency {} ms {} ms {} ms {} ms {} ms {} ms {} ms\nReq/Sec {} {} {} {} {}\n\
         Req/Bytes counts sampled once per second.\n\
         {} 2xx responses, {} non 2xx responses\n{} requests in {}s\n{} errors ({} timeouts)\n",
        n("/connections"),
        n("/latency/p2_5"),
        n("/latency/p50"),
        n("/latency/p97_5"),
        n("/latency/p99"),
        n("/latency/average"),
        n("/latency/stddev"),
        n("/latency/max"),
        n("/requests/p1"),
        n("/requests/p2_5"),
        n("/requests/p50"),
        n("/requests/p97_5"),
        n("/requests/average"),
        n("/2xx"),
        n("/non2xx"),
        n("/requests/sent"),
        n("/duration"),
        n("/errors"),
        n("/timeouts"),
    )
}
