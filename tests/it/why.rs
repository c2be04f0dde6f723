//! Every failure can be explained from its own history, and the explanation is a true one.

use connlab::link;
use connlab::preset::PRESETS;
use connlab::sim::Sim;
use connlab::sim::error::{ERRORS, ErrorKind};
use connlab::sim::failures::Failure;
use connlab::sim::trace::{Accepting, Gauges, Trace, What};
use connlab::why::{self, Chain};

use crate::error_classes::REACHED_BY;

/// What the first step of a chain may name besides a resource that is full: a timer, or the program that did it.
const NAMED: &[&str] = &[
    "Timeout of",
    "patience is",
    "deadline of its context",
    "IdleConnTimeout",
    "SYNs (tcp_",
    "TIME_WAIT for 60s",
    "The timetable sets",
    "The server program",
    "the server process",
    "No server process",
    "circuit breaker",
    "accept() in the server program fails",
    "meet room for",
    "processors of the",
    "in the same millisecond",
    "handlers take",
];

/// Whether a text says `129 of 129`, or how much of something there is: `pool 0 of 2`.
fn names_level(text: &str) -> bool {
    let words: Vec<&str> = text.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let is_number = |word: &str| word.bytes().all(|byte| byte.is_ascii_digit());
    words.windows(3).any(|three| three[1] == "of" && is_number(three[0]) && is_number(three[2]))
        || text.contains("pool 0 idle")
}

fn check(link: &str, failure: &Failure, trace: &Trace, chain: &Chain) {
    let shown = format!("{link}\n{chain}");
    assert_eq!((chain.request, chain.class), (failure.request, failure.kind.class()), "{shown}");
    assert!((3..=8).contains(&chain.steps.len()), "three to eight steps: {shown}");
    assert!(chain.steps.is_sorted_by_key(|step| step.at), "in the order of time: {shown}");
    let (first, last) = (&chain.steps[0], &chain.steps[chain.steps.len() - 1]);
    let (_, text) = trace.error.as_ref().expect("it failed");
    assert_eq!((last.at, &last.text), (failure.ended, text), "it ends with the error: {shown}");
    let names = names_level(&first.text) || NAMED.iter().any(|name| first.text.contains(name));
    assert!(names, "the first step names a limit, a timer or a program: {shown}");
    assert_eq!(chain.steps.iter().filter(|step| step.is_root).count(), 1, "one root: {shown}");
    assert!(!last.is_root, "the error is not its own cause: {shown}");
}

/// What a history says of packets must fit together: what arrives or is dropped was sent, before and to there.
fn check_packets(link: &str, trace: &Trace) {
    assert!(trace.entries.is_sorted_by_key(|entry| entry.at), "{link}");
    for entry in &trace.entries {
        let to = match entry.what {
            What::Arrived { to, .. } => to,
            What::Dropped { to, .. } => to,
            _ => continue,
        };
        assert!(entry.packet.is_some() && entry.connection.is_some(), "{link}: {entry:?}");
        let sending = trace.entries.iter().find_map(|other| match other.what {
            What::Sent { from, lost, .. } if other.packet == entry.packet => Some((from, lost, other.at)),
            _ => None,
        });
        // The exchange of another request is left out with what it sent, but for packets still on the way.
        let Some((from, lost, at)) = sending else { continue };
        assert!(from == to.peer() && !lost && at <= entry.at, "{link}: {entry:?}");
    }
}

fn check_link(link: &str) {
    let mut sim = Sim::new(&link::scenario(link));
    sim.run();
    for spec in ERRORS {
        let failures = sim.failures(spec.kind);
        let mut chosen = vec![0, failures.len() / 2, failures.len().saturating_sub(1)];
        chosen.dedup();
        for failure in chosen.into_iter().filter_map(|i| failures.get(i)) {
            let trace = sim.tracer(failure.request).run();
            let chain = why::chain(&trace).unwrap_or_else(|| panic!("{link}: #{} has no chain", failure.request));
            check(link, failure, &trace, &chain);
            check_packets(link, &trace);
        }
    }
}

#[test]
fn every_class_of_every_preset_has_a_chain() {
    std::thread::scope(|scope| {
        PRESETS.iter().for_each(|preset| {
            scope.spawn(|| check_link(&format!("p={}", preset.name)));
        });
    });
}

#[test]
fn every_class_of_the_error_table_has_a_chain() {
    std::thread::scope(|scope| {
        REACHED_BY.iter().for_each(|(_, link)| {
            scope.spawn(|| check_link(link));
        });
    });
}

/// The explanations of whole links, word for word; each link stands behind `== `.
const CHAINS: &str = include_str!("../data/chains.txt");

#[test]
fn chains_read_as_they_are_written_down() {
    let blocks: Vec<(&str, &str)> = CHAINS.split("== ").filter_map(|block| block.split_once('\n')).collect();
    assert!(blocks.len() >= 10);
    for (link, expected) in blocks {
        let mut sim = Sim::new(&link::scenario(link));
        sim.run();
        let first = ERRORS.iter().filter_map(|spec| sim.failures(spec.kind).first());
        let chains = first.map(|failure| why::chain(&sim.tracer(failure.request).run()).expect("a chain").to_string());
        assert_eq!(chains.collect::<Vec<_>>().join("\n"), expected, "{link}");
    }
}

#[test]
fn a_request_that_does_not_arrive_has_no_chain() {
    let mut sim = Sim::new(&link::scenario("p=healthy&duration=1s"));
    sim.run();
    assert!(sim.tracer(5).run().entries.iter().any(|entry| entry.what == What::Ends(None)));
    assert_eq!(why::chain(&sim.tracer(5_000).run()), None);
}

/// The story of a SYN that finds no room, told entry by entry, with the numbers of that instant.
#[test]
fn a_dropped_syn_says_what_was_full_and_when_the_next_one_comes() {
    let mut sim = Sim::new(&link::scenario("p=phantoms&duration=20s"));
    sim.run();
    let failure = sim.failures(ErrorKind::ClientTimeout)[0];
    let trace = sim.tracer(failure.request).run();
    let words: Vec<String> = trace.entries.iter().map(|entry| trace.words(entry)).collect();
    let dropped = words.iter().position(|text| text.starts_with("SYN dropped")).expect("a SYN is dropped");
    assert_eq!(words[dropped], "SYN dropped: accept queue 129 of 129, full since 11.679 s; next try in 990 ms");
    let Gauges { accept_queue, workers, accepting, .. } = trace.entries[dropped].gauges;
    assert!(accept_queue.is_full() && workers.is_full());
    assert_eq!(accepting, Accepting::NoWorker);
    assert_eq!(words[dropped - 1], "SYN arrives");
    assert_eq!(words[dropped + 1], "SYN, copy 1; next try in 1 s");
    assert_eq!(trace.entries[dropped].packet, trace.entries[dropped - 1].packet);
    assert!(words.iter().any(|text| text.starts_with("ACK dropped: accept queue 129 of 129")), "half-accepted");
}

/// A link, a class, and what the roots of its first and its last failure say.
const ROOTS: &[(&str, &str, [&str; 2])] = &[
    (
        "server=go&workers=4&rps=300&duration=10s",
        "client-timeout",
        ["From the start 300 requests/s of 20ms each meet room for 200/s (4 workers)."; 2],
    ),
    (
        "rps=300&server=go&workers=8&idle=100&5s.workers=4&timeout=500ms&duration=15s",
        "client-timeout",
        ["Since 5 s 300 requests/s of 20ms each meet room for 200/s (4 workers, 8 before)."; 2],
    ),
    (
        "rps=200&server=go&workers=8&service=10ms&idle=100&timeout=1s&5s.service=3s&5100ms.service=10ms&duration=15s",
        "client-timeout",
        ["Since 5 s handlers take 3s on average, 10ms before."; 2],
    ),
    ("client-fds=100&service=100ms&duration=5s", "client-fds", ["meet room for 160/s (16 workers)"; 2]),
    ("idle=100&duration=10s", "client-timeout", ["16 connections hold all 16 workers from accept() to close"; 2]),
    (
        "load=burst&burst=2000&timeout=300ms&server=go&idle=100&max-idle=0&duration=5s",
        "client-timeout",
        ["2,000 requests come in the same millisecond. 16 workers of 20ms each need 2.5 s; Client.Timeout is 300ms.";
            2],
    ),
    (
        "load=burst&burst=2000&burst-every=20s&timeout=100ms&retries=3&backoff=none&server=go&idle=100&max-idle=0\
         &duration=5s",
        "client-timeout",
        ["callers retry in the same millisecond: no back-off."; 2],
    ),
    (
        "server=go&rps=100&workers=100&timeout=300ms&5s.service=500ms&duration=10s",
        "client-timeout",
        ["Since 5 s handlers take 500ms on average, 20ms before."; 2],
    ),
    (
        "accepting=off&backlog=0&dial-timeout=1s&timeout=0s&duration=10s",
        "dial-timeout",
        ["The server program stops calling accept() (accepting=off)."; 2],
    ),
    // The server has room: who waits for a slot waits for the setting.
    (
        "method=POST&max-conns=4&max-requests=10&duration=10s",
        "client-timeout",
        ["It waits for a connection: MaxConnsPerHost 4 of 4 are open."; 2],
    ),
];

#[test]
fn a_queue_is_not_the_root_where_something_filled_it() {
    for (link, class, roots) in ROOTS {
        let mut sim = Sim::new(&link::scenario(link));
        sim.run();
        let failures = sim.failures(ErrorKind::named(class).expect("a class"));
        let cases = [failures.first(), failures.last()].map(|failure| failure.expect("it fails"));
        for (failure, expected) in cases.into_iter().zip(roots) {
            let chain = why::chain(&sim.tracer(failure.request).run()).expect("a chain");
            let root = chain.steps.iter().find(|step| step.is_root).expect("a root");
            assert!(root.text.contains(expected), "{link}\n{chain}");
        }
    }
}

/// "Each sent n times" is counted: attempts and requests from the change to the failure, by the log of the same run.
#[test]
fn how_often_requests_are_sent_is_counted_in_the_run() {
    let mut sim = Sim::new(&link::scenario("p=retry-storm&seed=3"));
    sim.log_requests();
    sim.run();
    let failure = *sim.failures(ErrorKind::ClientTimeout).last().expect("it fails");
    let chain = why::chain(&sim.tracer(failure.request).run()).expect("a chain");
    let root = chain.steps.iter().find(|step| step.is_root).expect("a root");
    let since = root.at;
    assert_eq!(since.as_secs_f64(), 10.0, "{chain}");
    // With all their attempts: the few that began before or end later matter little.
    let within = sim.request_log().iter().filter(|row| row.arrived >= since && row.ended <= failure.ended);
    let (requests, attempts) = within.fold((0, 0), |sum, row| (sum.0 + 1, sum.1 + row.attempts));
    let sent = f64::from(attempts) / f64::from(requests);
    let said: f64 = (root.text.split("each sent ").nth(1))
        .and_then(|text| text.split(' ').next()?.parse().ok())
        .unwrap_or_else(|| panic!("{chain}"));
    assert!((said - sent).abs() < 0.06, "{said} is said, {sent} counted\n{chain}");
}

/// What is asked about a run.
#[derive(Clone, Copy, Debug)]
enum Asked {
    /// Why the slowest answer took so long.
    Slow,
    /// Why the last request that dialed did.
    Dial,
    /// Why the last one of the commonest class failed.
    Last,
}

use Asked::{Dial, Last, Slow};

/// A link, what is asked, the changes of the timetable that the chain tells, and what its root says.
const CHANGES: &[(&str, Asked, &[&str], &str)] = &[
    // The load grew, and the pool is what it was.
    ("p=incident&workers=100", Dial, &[], "MaxIdleConnsPerHost 2"),
    ("p=two-idle&duration=20s&5s.rtt=5ms&8s.service=30ms", Dial, &[], "MaxIdleConnsPerHost 2"),
    ("p=accept-queue&duration=20s", Dial, &[], "DisableKeepAlives"),
    ("p=two-idle&duration=20s&idle=100&5s.idle=2", Dial, &["idle=2"], "MaxIdleConnsPerHost 2"),
    // What was closed by the old value is not put down to the new one.
    ("p=two-idle&20s.idle=100", Dial, &[], "none has been closed: all that are open are busy"),
    (
        "rps=100&server=go&idle=100&duration=20s&5s.max-requests=2&8s.rtt=3ms",
        Dial,
        &["max-requests=2"],
        "after 2 requests",
    ),
    ("rps=100&server=go&idle=100&duration=20s&5s.timeout=50ms&2s.loss=1%", Dial, &["timeout=50ms"], "timed out"),
    // More was asked than the server could do, so no connection was idle.
    ("p=stall&duration=40s", Dial, &[], "Since 30 s 200 requests/s of 3s each (10ms before) met room for 2.67/s"),
    (
        "rps=100&server=go&workers=8&idle=100&duration=20s&5s.service=100ms&10s.rtt=3ms&12s.service=20ms",
        Dial,
        &[],
        "Since 5 s 100 requests/s of 100ms each (20ms before) meet room for 80.0/s",
    ),
    ("p=incident", Dial, &[], "MaxIdleConnsPerHost 2"),
    // A handler may work for long whatever the average is.
    ("p=incident&workers=100", Slow, &[], "works for 500.9 ms, 10 times the average of 50ms"),
    ("p=stall&duration=40s", Slow, &[], "Since 30 s handlers take 3s on average, 10ms before"),
    ("p=accept-queue&duration=20s&5s.service=12ms", Slow, &[], "stops calling accept()"),
    ("rps=100&server=go&idle=100&duration=20s&10s.loss=5%&12s.think=1s", Slow, &["loss=5%"], "loses packets"),
    ("rps=100&server=go&idle=100&duration=20s&loss=5%&5s.rps=110", Slow, &[], "loses packets"),
    ("rps=100&server=go&idle=100&duration=20s&10s.rtt=900ms&11s.retries=2", Slow, &["rtt=900ms"], "connect() takes"),
    ("rps=100&server=go&idle=100&duration=20s&2s.loss=0.1%&5s.timeout=50ms", Last, &["timeout=50ms"], "still at work"),
    // A longer time-out ends no call.
    ("rps=100&server=go&idle=100&duration=20s&timeout=40ms&1s.timeout=60ms", Last, &[], "still at work"),
    (
        "p=stale-keepalive&server-idle-timeout=0s&2s.server-idle-timeout=5s&3s.rtt=41ms",
        Last,
        &["server-idle-timeout=5s"],
        "Server.IdleTimeout of 5s is over",
    ),
    // A change that does nothing to the load does not begin it.
    ("server=go&workers=4&rps=300&duration=10s&1s.max-conns=5000", Last, &[], "From the start 300 requests/s"),
];

fn asked_about(sim: &Sim, asked: Asked) -> Chain {
    let report = sim.report();
    let chain = |request| why::chain(&sim.tracer(request).run());
    let chain = match asked {
        Slow => chain(report.slowest.expect("an answer")),
        Dial => why::dial(&sim.tracer(report.dialer.expect("a dial")).run()),
        Last => chain(sim.failures(report.errors[0].kind).last().expect("a failure").request),
    };
    chain.expect("a chain")
}

#[test]
fn a_chain_tells_those_changes_of_the_timetable_that_brought_it_about() {
    for (link, asked, changes, expected) in CHANGES {
        let mut sim = Sim::new(&link::scenario(link));
        sim.run();
        let chain = asked_about(&sim, *asked);
        let told = chain.steps.iter().filter_map(|step| step.text.strip_prefix("The timetable sets "));
        let told: Vec<&str> = told.filter_map(|text| text.split(' ').next()).collect();
        assert_eq!(told, *changes, "{link} {asked:?}\n{chain}");
        let root = chain.steps.iter().find(|step| step.is_root).expect("a root");
        assert!(root.text.contains(expected), "{expected}: {link} {asked:?}\n{chain}");
    }
}
