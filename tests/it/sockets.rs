//! What `ss` and `nstat` print, read back: every number in it is one of the snapshot, and at the end of a run one of
//! the report.

use std::collections::BTreeMap;

use connlab::link;
use connlab::sim::Sim;
use connlab::sim::report::{Report, SocketStates};
use connlab::sim::snapshot::Snapshot;
use connlab::sockets::{self, ROWS_PER_STATE, SocketHost};
use connlab::time::{SimDuration, SimTime};
use serde_json::Value;

fn at(link: &str, ms: u64) -> Snapshot {
    let decoded = link::decode(link);
    assert_eq!(decoded.warnings, [], "{link}");
    let mut sim = Sim::new(&decoded.recipe.scenario);
    sim.advance(SimTime::ZERO + SimDuration::from_millis(ms), u32::MAX);
    sim.snapshot()
}

fn at_the_end(link: &str) -> (Snapshot, Report) {
    let mut sim = Sim::new(&link::scenario(link));
    sim.run();
    (sim.snapshot(), sim.report())
}

/// Sockets by state, from the rows of `ss -tano` and its lines about what is left out.
fn rows_by_state(text: &str) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for line in text.lines().skip(1) {
        let words: Vec<&str> = line.split_whitespace().collect();
        let (state, count) = match words[..] {
            ["...", "and", more, "more", state] => (state, more.parse().expect("a number")),
            [state, ..] => (state, 1),
            [] => panic!("an empty line"),
        };
        *counts.entry(state.to_string()).or_default() += count;
    }
    counts
}

fn counted_states(text: &str) -> BTreeMap<String, usize> {
    let pair = |line: &str| {
        let (count, state) = line.trim_start().split_once(' ').expect("a count and a state");
        (state.to_string(), count.parse().expect("a number"))
    };
    text.lines().map(pair).collect()
}

fn reported(states: &SocketStates) -> BTreeMap<String, usize> {
    let names = [
        ("SYN-SENT", states.SYN_SENT),
        ("SYN-RECV", states.SYN_RECV),
        ("ESTAB", states.ESTABLISHED),
        ("FIN-WAIT-1", states.FIN_WAIT1),
        ("FIN-WAIT-2", states.FIN_WAIT2),
        ("CLOSE-WAIT", states.CLOSE_WAIT),
        ("CLOSING", states.CLOSING),
        ("LAST-ACK", states.LAST_ACK),
        ("TIME-WAIT", states.TIME_WAIT),
    ];
    names.into_iter().filter(|(_, n)| *n > 0).map(|(name, n)| (name.to_string(), n as usize)).collect()
}

#[test]
fn a_small_world_reads_like_this() {
    let link = "rps=50&arrivals=even&rtt=20ms&backlog=1&workers=1&service=50ms&service-dist=fixed&idle=0&duration=2s";
    let snapshot = at(link, 200);
    let text = sockets::text(&snapshot, SocketHost::Client(0)) + &sockets::text(&snapshot, SocketHost::Server);
    assert_eq!(text + &sockets::counters(&snapshot), include_str!("../data/ss.txt"));
}

#[test]
fn at_the_end_ss_counts_what_the_report_counts() {
    for link in [
        "p=incident&duration=6s",
        "p=two-idle&duration=4s",
        "p=phantoms&duration=4s",
        "rtt=40ms&rps=900&backlog=8&workers=3&timeout=80ms&duration=3s&loss=3%",
        "keepalive=off&rps=300&duration=3s&tw-buckets=100",
    ] {
        let (snapshot, report) = at_the_end(link);
        let mut server = reported(&report.sockets_end.server);
        server.insert("LISTEN".into(), 1);
        let clients: Vec<SocketHost> = (0..snapshot.clients.len() as u16).map(SocketHost::Client).collect();
        for (hosts, expected) in [(vec![SocketHost::Server], server), (clients, reported(&report.sockets_end.client))] {
            let all = |count: &dyn Fn(SocketHost) -> BTreeMap<String, usize>| {
                let mut sum = BTreeMap::new();
                for (state, n) in hosts.iter().flat_map(|host| count(*host)) {
                    *sum.entry(state).or_default() += n;
                }
                sum
            };
            assert_eq!(all(&|host| rows_by_state(&sockets::sockets(&snapshot, host))), expected, "{link} {hosts:?}");
            assert_eq!(all(&|host| counted_states(&sockets::states(&snapshot, host))), expected, "{link} {hosts:?}");
        }
        let nstat = serde_json::to_value(report.nstat).expect("numbers");
        let printed: BTreeMap<String, Value> = sockets::counters(&snapshot)
            .lines()
            .skip(1)
            .map(|line| {
                let words: Vec<&str> = line.split_whitespace().collect();
                (words[0].to_string(), words[1].parse::<u64>().expect("a counter").into())
            })
            .collect();
        assert_eq!(Value::Object(printed.into_iter().collect()), nstat, "{link}");
    }
}

/// The number behind this word of `ss -s`, or after this one.
fn number_at(text: &str, before: &str) -> usize {
    let rest = &text[text.find(before).unwrap_or_else(|| panic!("no {before} in {text}")) + before.len()..];
    let digits = rest.trim_start();
    digits[..digits.find(|c: char| !c.is_ascii_digit()).unwrap_or(digits.len())].parse().expect("a number")
}

#[test]
fn the_summary_adds_up() {
    let snapshot = at("rtt=40ms&rps=900&backlog=8&workers=3&timeout=80ms&duration=3s&loss=3%", 2_500);
    for host in [SocketHost::Client(0), SocketHost::Server] {
        let rows = counted_states(&sockets::states(&snapshot, host));
        let of = |state: &str| rows.get(state).copied().unwrap_or(0);
        let text = sockets::summary(&snapshot, host);
        let number = |name| number_at(&text, name);
        assert_eq!(number("estab "), of("ESTAB") + of("CLOSE-WAIT"), "{text}");
        let resting = number("timewait ");
        assert!((of("TIME-WAIT")..=of("TIME-WAIT") + of("FIN-WAIT-2")).contains(&resting), "{text}");
        let sockets = rows.values().sum::<usize>() - of("SYN-RECV") - resting;
        assert_eq!(number("TCP\t"), sockets, "handshakes and TIME_WAITs are no sockets: {text}");
        assert_eq!(number("INET\t"), sockets, "{text}");
        assert_eq!(number("TCP: "), sockets + number("closed "), "{text}");
        assert_eq!(
            number("orphaned "),
            of("FIN-WAIT-1") + of("FIN-WAIT-2") + of("TIME-WAIT") - resting + of("CLOSING") + of("LAST-ACK"),
            "{text}"
        );
    }
}

/// The listener's row: what waits, and the backlog, which is exceeded by one when it is full (T-2).
#[test]
fn a_full_accept_queue_shows_one_more_than_its_limit() {
    let snapshot = at("rps=500&backlog=16&accepting=off&duration=2s", 1_000);
    let text = sockets::listeners(&snapshot, SocketHost::Server);
    assert_eq!(text.lines().count(), 2, "{text}");
    let row: Vec<&str> = text.lines().nth(1).expect("a row").split_whitespace().collect();
    assert_eq!(row, ["LISTEN", "17", "16", "0.0.0.0:80", "0.0.0.0:*"]);
    let none = sockets::listeners(&at("rps=500&listening=off&duration=2s", 1_000), SocketHost::Server);
    assert_eq!(none.lines().count(), 1, "{none}");
}

#[test]
fn long_lists_are_cut_and_say_so() {
    let snapshot = at("rps=1000&backlog=4&accepting=off&duration=2s", 1_000);
    let text = sockets::sockets(&snapshot, SocketHost::Client(0));
    let dials = sockets::states(&snapshot, SocketHost::Client(0));
    let more = counted_states(&dials)["SYN-SENT"] - ROWS_PER_STATE;
    assert!(more > 100, "{dials}");
    assert!(text.ends_with(&format!("... and {more} more SYN-SENT\n")), "{text}");
    assert_eq!(text.lines().filter(|line| line.starts_with("SYN-SENT")).count(), ROWS_PER_STATE);
}

/// Each client host has its own sockets, and the server those of all.
#[test]
fn every_host_prints_its_own_sockets() {
    let snapshot = at("clients=3&rps=300&duration=2s&rtt=30ms", 1_500);
    let peers = |host| -> BTreeMap<String, usize> {
        let mut peers = BTreeMap::new();
        for line in sockets::sockets(&snapshot, host).lines().filter(|line| line.starts_with("ESTAB")) {
            let words: Vec<&str> = line.split_whitespace().collect();
            let client = if host == SocketHost::Server { words[4] } else { words[3] };
            *peers.entry(client.split(':').next().expect("an address").to_string()).or_default() += 1;
        }
        peers
    };
    let server = peers(SocketHost::Server);
    assert_eq!(server.keys().collect::<Vec<_>>(), ["10.0.0.1", "10.0.0.2", "10.0.0.3"]);
    for number in 0..3 {
        let own = peers(SocketHost::Client(number));
        assert_eq!(own.keys().collect::<Vec<_>>(), [&format!("10.0.0.{}", number + 1)]);
    }
}
