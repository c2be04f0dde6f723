//! The table of load generators: how each is recognised, what its options are, and how it counts.

mod rows;

use super::Key::{AskedDuration, AskedRate, Callers, Corrected, KeepAlive, Post, Timeout};
use super::{Key, Row};

/// What becomes of the latency of requests that ran into the tool's time-out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TimedOutAre {
    /// They are in no latency figure.
    LeftOut,
    /// They count as long as the time-out.
    Capped,
    /// They are sent again, without a word.
    SentAgain,
    /// The tool waits on all the same.
    Unlimited,
}

/// Where refused connects are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum CountedIn {
    /// In the latency: they answer in no time, and the median falls.
    Latency,
    /// Not in the latency, but in requests/s.
    Rate,
    /// In neither.
    Neither,
}

/// A load generator, as it was measured.
pub(super) struct Tool {
    pub name: &'static str,
    /// The tool whose layout it shares, or its own name.
    pub family: &'static str,
    /// Its commands.
    pub commands: &'static [&'static str],
    pub options: &'static [(&'static str, Key)],
    /// Lines that only its summaries have.
    pub opens: &'static [&'static str],
    /// The first of them: a second one begins a second summary.
    pub begins: &'static [&'static str],
    /// Lines that tell it from the tool whose layout it shares.
    pub takes_over: &'static [&'static str],
    pub rows: &'static [Row],
    /// Milliseconds of a time that is printed without a unit.
    pub bare_ms: f64,
    /// Whether error messages are listed one by one.
    pub lists_errors: bool,
    /// The list may be cut, or has each message once, so that its counts are none.
    pub lists_some: bool,
    /// A GET is sent again, without a word, when a connection that has served dies.
    pub resends: bool,
    pub refused: CountedIn,
    pub timed_out: TimedOutAre,
    /// A rate is for each connection, not for all.
    pub rate_is_per_caller: bool,
    /// A late request is sent in a burst, and measured from when it was sent.
    pub catches_up: bool,
    /// Without a given rate it is an open load.
    pub is_open: bool,
    /// What its callers do is in a script, and a pause between requests may be too.
    pub is_scripted: bool,
}

const fn tool(name: &'static str) -> Tool {
    Tool {
        name,
        family: name,
        commands: &[],
        options: &[],
        opens: &[],
        begins: &[],
        takes_over: &[],
        rows: &[],
        bare_ms: 1.0,
        lists_errors: true,
        lists_some: false,
        resends: false,
        refused: CountedIn::Neither,
        timed_out: TimedOutAre::LeftOut,
        rate_is_per_caller: false,
        catches_up: false,
        is_open: false,
        is_scripted: false,
    }
}

pub(super) static TOOLS: [Tool; 21] = [
    Tool {
        commands: &["connlab"],
        takes_over: &["Thresholds $"],
        opens: &["requests {} offered, {} ok, {} failed, {} in flight", "link v=1", "fingerprint *"],
        begins: &["link v=1"],
        rows: rows::CONNLAB,
        ..tool("connlab")
    },
    Tool {
        commands: &["hey"],
        options: &[("-c", Callers), ("-q", AskedRate), ("-z", AskedDuration), ("-t", Timeout), ("-m", Post)],
        opens: &["Summary $", "DNS+dialup: {} secs", "{}% in {} secs"],
        begins: &["Summary $"],
        rows: rows::HEY,
        resends: true,
        refused: CountedIn::Rate,
        rate_is_per_caller: true,
        ..tool("hey")
    },
    Tool {
        family: "hey",
        commands: &["oha"],
        options: &[
            ("-c", Callers),
            ("-q", AskedRate),
            ("-z", AskedDuration),
            ("-t", Timeout),
            ("-m", Post),
            ("--latency-correction", Corrected),
        ],
        takes_over: &["Success rate {}", "50.00% in {}"],
        rows: rows::HEY,
        refused: CountedIn::Rate,
        catches_up: true,
        ..tool("oha")
    },
    Tool {
        commands: &["wrk"],
        options: &[("-c", Callers), ("-d", AskedDuration), ("--timeout", Timeout)],
        opens: &["Running {} test @", "{} threads and {} connections", "Socket errors: connect {}", "Transfer/sec {}"],
        begins: &["Running {} test @", "{} threads and {} connections"],
        rows: rows::WRK,
        lists_errors: false,
        timed_out: TimedOutAre::LeftOut,
        ..tool("wrk")
    },
    Tool {
        family: "wrk",
        commands: &["wrk2"],
        options: &[("-c", Callers), ("-d", AskedDuration), ("-R", AskedRate), ("--timeout", Timeout)],
        takes_over: &["Thread calibration", "Latency Distribution (HdrHistogram", "Detailed Percentile spectrum"],
        rows: rows::WRK,
        lists_errors: false,
        ..tool("wrk2")
    },
    Tool {
        commands: &["k6"],
        options: &[("--vus", Callers), ("-u", Callers), ("--duration", AskedDuration), ("-d", AskedDuration)],
        opens: &["http_req_duration", "http_req_failed {}", "http_reqs {}", "TOTAL RESULTS", "iteration_duration"],
        rows: rows::K6,
        lists_some: true,
        resends: true,
        refused: CountedIn::Latency,
        timed_out: TimedOutAre::Capped,
        is_scripted: true,
        ..tool("k6")
    },
    Tool {
        commands: &["ab"],
        options: &[("-c", Callers), ("-t", AskedDuration), ("-s", Timeout), ("-k", KeepAlive)],
        opens: &[
            "This is ApacheBench",
            "Complete requests: {}",
            "Concurrency Level: {}",
            "Percentage of the requests served",
        ],
        begins: &["This is ApacheBench"],
        rows: rows::AB,
        lists_errors: false,
        refused: CountedIn::Latency,
        timed_out: TimedOutAre::Unlimited,
        ..tool("ab")
    },
    Tool {
        commands: &["vegeta"],
        options: &[
            ("-rate", AskedRate),
            ("-duration", AskedDuration),
            ("-timeout", Timeout),
            ("-max-workers", Callers),
        ],
        opens: &[
            "Requests [total, rate, throughput]",
            "Requests [total, rate]",
            "Latencies [min, mean, 50",
            "Latencies [mean, 50",
            "Status Codes [code:count]",
        ],
        begins: &["Requests [total, rate, throughput]", "Requests [total, rate]"],
        rows: rows::VEGETA,
        lists_some: true,
        resends: true,
        refused: CountedIn::Latency,
        timed_out: TimedOutAre::Capped,
        catches_up: true,
        is_open: true,
        ..tool("vegeta")
    },
    Tool {
        commands: &["fortio"],
        options: &[("-c", Callers), ("-qps", AskedRate), ("-t", AskedDuration), ("-timeout", Timeout)],
        opens: &[
            "Fortio running at {}",
            "Aggregated Function Time",
            "Sockets used: {}",
            "All done {} calls",
            "Ended after {} {} calls",
        ],
        begins: &["Fortio running at {}"],
        rows: rows::FORTIO,
        bare_ms: 1e3,
        lists_errors: false,
        resends: true,
        refused: CountedIn::Latency,
        timed_out: TimedOutAre::SentAgain,
        catches_up: true,
        ..tool("fortio")
    },
    Tool {
        commands: &["bombardier"],
        options: &[
            ("-c", Callers),
            ("-r", AskedRate),
            ("-d", AskedDuration),
            ("-t", Timeout),
            ("--timeout", Timeout),
            ("-m", Post),
        ],
        opens: &["Statistics Avg Stdev Max", "Bombarding"],
        begins: &["Statistics Avg Stdev Max"],
        rows: rows::BOMBARDIER,
        resends: true,
        refused: CountedIn::Latency,
        timed_out: TimedOutAre::SentAgain,
        ..tool("bombardier")
    },
    Tool {
        commands: &["autocannon"],
        options: &[("-c", Callers), ("-R", AskedRate), ("-C", Corrected), ("-d", AskedDuration), ("-t", Timeout)],
        opens: &["Stat 2.5% 50%", "Req/Bytes counts sampled"],
        begins: &["Stat 2.5% 50%"],
        rows: rows::AUTOCANNON,
        lists_errors: false,
        ..tool("autocannon")
    },
    Tool {
        commands: &["h2load"],
        options: &[("-c", Callers), ("--rps", AskedRate), ("-D", AskedDuration), ("-N", Timeout)],
        opens: &["finished in {} {} req/s", "requests: {} total, {} started", "spawning thread #0"],
        begins: &["finished in {} {} req/s"],
        rows: rows::H2LOAD,
        lists_errors: false,
        rate_is_per_caller: true,
        catches_up: true,
        ..tool("h2load")
    },
    Tool {
        commands: &["httperf"],
        opens: &["httperf --", "Total: connections {} requests {} replies {}", "Errors: total {} client-timo {}"],
        begins: &["Total: connections {} requests {} replies {}"],
        rows: rows::HTTPERF,
        lists_errors: false,
        is_open: true,
        ..tool("httperf")
    },
    Tool {
        commands: &["siege"],
        options: &[("-c", Callers), ("-t", AskedDuration)],
        opens: &["Transactions: {} hits", "Availability: {}", "** SIEGE", "The server is now under siege"],
        begins: &["** SIEGE"],
        rows: rows::SIEGE,
        bare_ms: 1e3,
        lists_errors: false,
        timed_out: TimedOutAre::Unlimited,
        ..tool("siege")
    },
    Tool {
        commands: &["rewrk"],
        options: &[("-c", Callers), ("-d", AskedDuration)],
        opens: &["Benchmarking {} connections @", "| Percentile | Avg Latency |"],
        begins: &["Benchmarking {} connections @"],
        rows: rows::REWRK,
        ..tool("rewrk")
    },
    Tool {
        commands: &["drill"],
        opens: &["Iterations {}", "Successful requests {}", "99.0'th percentile {}"],
        begins: &["Iterations {}"],
        rows: rows::DRILL,
        lists_errors: false,
        refused: CountedIn::Latency,
        timed_out: TimedOutAre::Capped,
        ..tool("drill")
    },
    Tool {
        commands: &["loadtest"],
        options: &[("-c", Callers), ("--rps", AskedRate), ("-t", AskedDuration), ("-k", KeepAlive)],
        opens: &[
            "Effective rps: {}",
            "Completed requests: {}",
            "Percentage of requests served",
            "Concurrent clients: {}",
        ],
        begins: &["Max time (s)", "Concurrent clients: {}"],
        rows: rows::LOADTEST,
        lists_errors: false,
        refused: CountedIn::Latency,
        timed_out: TimedOutAre::Capped,
        ..tool("loadtest")
    },
    Tool {
        commands: &["artillery"],
        opens: &["Summary report @", "http.response_time", "vusers.created {}", "http.request_rate {}"],
        rows: rows::ARTILLERY,
        is_scripted: true,
        ..tool("artillery")
    },
    Tool {
        commands: &["locust"],
        options: &[("-u", Callers), ("-t", AskedDuration)],
        opens: &["Type Name # reqs # fails", "Response time percentiles (approximated)"],
        begins: &["Type Name # reqs # fails"],
        rows: rows::LOCUST,
        refused: CountedIn::Latency,
        timed_out: TimedOutAre::Capped,
        is_scripted: true,
        ..tool("locust")
    },
    Tool {
        opens: &["=== PER REQUEST METRICS ===", "=== PER TRANSACTION METRICS ===", "* [INFO] users = {}"],
        rows: rows::GOOSE,
        refused: CountedIn::Latency,
        timed_out: TimedOutAre::Capped,
        is_scripted: true,
        ..tool("goose")
    },
    Tool {
        commands: &["molotov"],
        options: &[("-w", Callers), ("-d", AskedDuration)],
        opens: &["SUCCESSES: {} | FAILURES: {}"],
        rows: rows::MOLOTOV,
        lists_errors: false,
        resends: true,
        is_scripted: true,
        ..tool("molotov")
    },
];
