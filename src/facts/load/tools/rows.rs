//! The lines of summaries: which number of which line is what.

use super::super::Key::{
    Aborted, AskedDuration, AskedRate, Bad, Callers, Completed, Connect, Dropped, Duration, Failed, Good, Kept, Length,
    Max, Mean, Min, P50, P90, P95, P99, Rate, Read, Refused, Requests, Resets, Skip, Sockets, SocketsPerfect, Started,
    Success, TimedOut, Write,
};
use super::super::{Key, Quantity, Row, Then, Values, captures};

const fn keys(pattern: &'static str, keys: &'static [Key]) -> Row {
    Row { pattern, then: Then::Keys(keys) }
}

const fn first(pattern: &'static str, keys: &'static [Key]) -> Row {
    Row { pattern, then: Then::First(keys) }
}

const fn status(pattern: &'static str) -> Row {
    Row { pattern, then: Then::Status }
}

const fn classes(pattern: &'static str) -> Row {
    Row { pattern, then: Then::Classes }
}

const fn reads(pattern: &'static str, read: fn(&mut Values, &[&str])) -> Row {
    Row { pattern, then: Then::Words(read) }
}

/// hey's layout: its own, oha's, and that of ConnLab's `run --summary`.
pub(super) const HEY: &[Row] = &[
    keys("Success rate {}", &[Success]),
    keys("Total {}", &[Duration]),
    keys("Slowest {}", &[Max]),
    keys("Fastest {}", &[Min]),
    keys("Average {}", &[Mean]),
    keys("Requests/sec {}", &[Rate]),
    keys("50% in {} secs", &[P50]),
    keys("90% in {} secs", &[P90]),
    keys("95% in {} secs", &[P95]),
    keys("99% in {} secs", &[P99]),
    keys("50.00% in {}", &[P50]),
    keys("90.00% in {}", &[P90]),
    keys("95.00% in {}", &[P95]),
    keys("99.00% in {}", &[P99]),
    status("[{}] {} responses"),
];

pub(super) const WRK: &[Row] = &[
    keys("Running {} test @", &[AskedDuration]),
    keys("{} threads and {} connections", &[Skip, Callers]),
    keys("{} requests in {}", &[Requests, Duration]),
    keys("Latency {} {} {}", &[Mean, Skip, Max]),
    keys("50% {}", &[P50]),
    keys("90% {}", &[P90]),
    keys("99% {}", &[P99]),
    keys("50.000% {}", &[P50]),
    keys("90.000% {}", &[P90]),
    keys("99.000% {}", &[P99]),
    keys("100.000% {}", &[Max]),
    keys("Socket errors: connect {}, read {}, write {}, timeout {}", &[Connect, Read, Write, TimedOut]),
    keys("Non-2xx or 3xx responses: {}", &[Bad]),
    keys("Requests/sec: {}", &[Rate]),
    keys("Transfer/sec: {}", &[Skip]),
];

pub(super) const CONNLAB: &[Row] = &[
    reads("link *", |values, words| {
        if words[0] == "link" {
            values.link = Some(words[1].into());
        }
    }),
    keys("requests {} offered, {} ok, {} failed", &[Requests, Good, Failed]),
    keys("latency p50 {} p95 {} p99 {} max {}", &[P50, P95, P99, Max]),
    keys("connections {} dials", &[Sockets]),
    keys("Requests/sec {}", &[Rate]),
    keys("50% in {} secs", &[P50]),
    keys("99% in {} secs", &[P99]),
    status("[{}] {} responses"),
];

pub(super) const K6: &[Row] = &[
    keys("* * {} looping VUs for {}", &[Callers, AskedDuration]),
    keys("* * {} iterations/s for {}", &[AskedRate, AskedDuration]),
    reads("http_req_duration", |values, words| {
        let keys =
            [("avg", Mean), ("min", Min), ("med", P50), ("max", Max), ("p(90)", P90), ("p(95)", P95), ("p(99)", P99)];
        named(values, words, &keys);
    }),
    reads("iteration_duration", |values, words| named(values, words, &[("max", Key::IterationMax)])),
    keys("http_req_failed {} {} out of {}", &[Skip, Failed]),
    keys("http_req_failed {} ✓ {} ✗ {}", &[Skip, Failed]),
    keys("http_reqs {} {}/s", &[Requests, Rate]),
    keys("dropped_iterations {}", &[Dropped]),
];

pub(super) const AB: &[Row] = &[
    keys("Concurrency Level: {}", &[Callers]),
    keys("Time taken for tests: {}", &[Duration]),
    keys("Complete requests: {}", &[Requests]),
    keys("Failed requests: {}", &[Failed]),
    keys("(Connect: {} Receive: {} Length: {} Exceptions: {})", &[Connect, Read, Length, Skip]),
    keys("Non-2xx responses: {}", &[Bad]),
    keys("Keep-Alive requests: {}", &[Kept]),
    keys("Requests per second: {}", &[Rate]),
    first("Time per request: {}", &[Mean]),
    keys("Total of {} requests completed", &[Completed]),
    reads("apr_socket_recv: Connection reset", |values, _| values.add(Resets, 1.0)),
    reads("apr_socket_recv: Connection refused", |values, _| values.add(Refused, 1.0)),
    keys("50% {}", &[P50]),
    keys("90% {}", &[P90]),
    keys("95% {}", &[P95]),
    keys("99% {}", &[P99]),
    keys("100% {}", &[Max]),
];

pub(super) const VEGETA: &[Row] = &[
    keys("Requests [total, rate, throughput] {} {}", &[Requests, Rate]),
    keys("Requests [total, rate] {} {}", &[Requests, Rate]),
    keys("Duration [total, attack, wait] {} {}", &[Duration, AskedDuration]),
    keys("Latencies [min, mean, 50, 90, 95, 99, max] {} {} {} {} {} {} {}", &[Min, Mean, P50, P90, P95, P99, Max]),
    keys("Latencies [mean, 50, 95, 99, max] {} {} {} {} {}", &[Mean, P50, P95, P99, Max]),
    keys("Success [ratio] {}", &[Success]),
    reads("Status Codes [code:count]", |values, words| {
        for (code, count) in words.iter().filter_map(|word| word.split_once(':')) {
            let (Ok(code), Ok(count)) = (code.parse(), count.parse()) else { continue };
            if code == 0.0 { values.add(Failed, count) } else { values.status(code, count) }
        }
    }),
];

pub(super) const FORTIO: &[Row] = &[
    keys("Fortio running at {} queries per second, *, procs for {}", &[AskedRate, AskedDuration]),
    keys("Starting at max qps with {} thread(s)", &[Callers]),
    keys("Starting at {} qps with {} thread(s)", &[AskedRate, Callers]),
    keys("Ended after {} : {} calls. qps={}", &[Duration, Requests, Rate]),
    reads("Aggregated Function Time", |values, words| {
        // The times of sleeping, with percentiles of their own, may stand before it.
        [P50, P90, P99].iter().for_each(|key| _ = values.of.remove(key));
        let pattern = "Aggregated Function Time : count {} avg {} +/- {} min {} max {}";
        let keys = [Requests, Mean, Skip, Min, Max];
        let found = captures(pattern, words).unwrap_or_default();
        keys.iter().zip(found).for_each(|(key, quantity)| values.set(*key, quantity, 1e3));
    }),
    reads("Aborting because of error", |values, _| values.add(Aborted, 1.0)),
    first("# target 50% {}", &[P50]),
    first("# target 90% {}", &[P90]),
    first("# target 99% {}", &[P99]),
    keys("Sockets used: {} (for perfect keepalive, would be {})", &[Sockets, SocketsPerfect]),
    keys("Code -1 : {}", &[Failed]),
    status("Code {} : {}"),
    keys("All done {} calls (plus {} warmup) {} ms avg, {} qps", &[Requests, Skip, Skip, Rate]),
];

pub(super) const BOMBARDIER: &[Row] = &[
    keys("Bombarding * for {} using {} connection(s)", &[AskedDuration, Callers]),
    keys("Reqs/sec {}", &[Rate]),
    keys("Latency {} {} {}", &[Mean, Skip, Max]),
    keys("50% {}", &[P50]),
    keys("90% {}", &[P90]),
    keys("95% {}", &[P95]),
    keys("99% {}", &[P99]),
    classes("1xx - 0, 2xx - {}, 3xx - {}, 4xx - {}, 5xx - {}"),
    keys("others - {}", &[Failed]),
];

pub(super) const AUTOCANNON: &[Row] = &[
    keys("{} connections", &[Callers]),
    keys("Latency {} {} {} {} {} {} {}", &[Skip, P50, Skip, P99, Mean, Skip, Max]),
    keys("Req/Sec {} {} {} {} {}", &[Skip, Skip, Skip, Skip, Rate]),
    keys("{} 2xx responses, {} non 2xx responses", &[Good, Bad]),
    keys("{} requests in {}", &[Requests, Duration]),
    reads("{} errors", |values, words| {
        let number = |word: &str| Quantity::read(word.trim_matches('(')).map(|q| q.value);
        let (errors, timeouts) = (number(words[0]), words.get(2).and_then(|word| number(word)));
        errors.into_iter().for_each(|n| values.add(Failed, n));
        timeouts.into_iter().for_each(|n| values.add(TimedOut, n));
    }),
];

pub(super) const H2LOAD: &[Row] = &[
    keys("spawning thread #0 {} total client(s)", &[Callers]),
    keys("finished in {} {} req/s", &[Duration, Rate]),
    keys(
        "requests: {} total, {} started, {} done, {} succeeded, {} failed, {} errored, {} timeout",
        &[Requests, Started, Skip, Skip, Skip, Failed, TimedOut],
    ),
    classes("status codes: {} 2xx, {} 3xx, {} 4xx, {} 5xx"),
    keys("time for request: {} {} {}", &[Min, Max, Mean]),
];

pub(super) const HTTPERF: &[Row] = &[
    keys("Total: connections {} requests {} replies {} test-duration {}", &[Skip, Requests, Skip, Duration]),
    keys("Request rate: {}", &[Rate]),
    keys("Reply time [ms]: response {}", &[Mean]),
    reads("Reply status", |values, words| {
        for (class, count) in words.iter().filter_map(|word| word.split_once("xx=")) {
            let (Ok(class), Ok(count)) = (class.parse::<f64>(), count.parse()) else { continue };
            values.status(class * 100.0, count);
        }
    }),
    keys(
        "Errors: total {} client-timo {} socket-timo {} connrefused {} connreset {}",
        &[Failed, TimedOut, Skip, Refused, Resets],
    ),
];

pub(super) const SIEGE: &[Row] = &[
    keys("** Preparing {} concurrent users", &[Callers]),
    keys("Transactions: {} hits", &[Requests]),
    keys("Availability: {}", &[Success]),
    keys("Elapsed time: {}", &[Duration]),
    keys("Response time: {}", &[Mean]),
    keys("Transaction rate: {}", &[Rate]),
    keys("Failed transactions: {}", &[Failed]),
    keys("Longest transaction: {}", &[Max]),
    reads("siege aborted due to excessive socket failure", |values, _| values.add(Aborted, 1.0)),
];

pub(super) const REWRK: &[Row] = &[
    keys("Benchmarking {} connections @ * for {}", &[Callers, AskedDuration]),
    keys("Total: {} Req/Sec: {}", &[Requests, Rate]),
    keys("| 50% | {} |", &[P50]),
    keys("| 99% | {} |", &[P99]),
    first("{} {} {} {}", &[Mean, Skip, Min, Max]),
];

pub(super) const DRILL: &[Row] = &[
    keys("Concurrency {}", &[Callers]),
    keys("Time taken for tests {}", &[Duration]),
    keys("Total requests {}", &[Requests]),
    keys("Successful requests {}", &[Good]),
    keys("Failed requests {}", &[Failed]),
    keys("Requests per second {}", &[Rate]),
    keys("Median time per request {}", &[P50]),
    keys("Average time per request {}", &[Mean]),
    keys("99.0'th percentile {}", &[P99]),
    keys("Max time per request {}", &[Max]),
];

pub(super) const LOADTEST: &[Row] = &[
    reads("Max time (s): {}", |values, words| {
        let seconds = words.last().and_then(|word| word.parse::<f64>().ok());
        seconds.into_iter().for_each(|seconds| _ = values.of.insert(AskedDuration, seconds * 1e3));
    }),
    keys("Concurrent clients: {}", &[Callers]),
    keys("Completed requests: {}", &[Requests]),
    keys("Total errors: {}", &[Failed]),
    keys("Total time: {}", &[Duration]),
    keys("Mean latency: {}", &[Mean]),
    keys("Effective rps: {}", &[Rate]),
    keys("50% {}", &[P50]),
    keys("90% {}", &[P90]),
    keys("95% {}", &[P95]),
    keys("99% {}", &[P99]),
    keys("100% {}", &[Max]),
];

pub(super) const ARTILLERY: &[Row] = &[
    // What stands before it is of periods.
    reads("Summary report @", |values, _| values.of.clear()),
    keys("http.requests {}", &[Requests]),
    keys("http.codes.200 {}", &[Good]),
    keys("http.codes.500 {}", &[Bad]),
    keys("http.codes.502 {}", &[Bad]),
    keys("http.codes.503 {}", &[Bad]),
    keys("http.codes.504 {}", &[Bad]),
    keys("vusers.failed {}", &[Failed]),
    first("median {}", &[P50]),
    first("p95 {}", &[P95]),
    first("p99 {}", &[P99]),
    first("max {}", &[Max]),
];

pub(super) const LOCUST: &[Row] = &[
    keys("Aggregated {} {} | {} {} {} {} | {}", &[Requests, Failed, Mean, Min, Max, P50, Rate]),
    keys("Aggregated {} {} {} {} {} {} {} {}", &[P50, Skip, Skip, Skip, P90, P95, Skip, P99]),
];

pub(super) const GOOSE: &[Row] = &[
    keys("* [INFO] users = {}", &[Callers]),
    keys("* [INFO] throttle_requests = {}", &[AskedRate]),
    keys("* * | {} | {} * | {} | {}", &[Requests, Failed, Rate]),
    keys("* * | {} | {} | {} | {} | {} | {}", &[P50, Skip, Skip, P99]),
    keys("* * | {} | {} | {} | {}", &[Mean, Min, Max, P50]),
];

pub(super) const MOLOTOV: &[Row] = &[keys("SUCCESSES: {} | FAILURES: {}", &[Good, Failed])];

/// `avg=4.26ms med=0s`: what stands behind these names.
fn named(values: &mut Values, words: &[&str], keys: &[(&str, Key)]) {
    for (name, text) in words.iter().filter_map(|word| word.split_once('=')) {
        let key = keys.iter().find(|(known, _)| *known == name);
        if let (Some((_, key)), Some(quantity)) = (key, Quantity::read(text)) {
            values.set(*key, quantity, 1.0);
        }
    }
}
