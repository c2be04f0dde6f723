//! What a history says happened, and why: each thing once, with its reason, where it happened.

use std::collections::{BTreeMap, BTreeSet};

use connlab::link;
use connlab::sim::Sim;
use connlab::sim::error::{ERRORS, ErrorKind};
use connlab::sim::trace::{DropCause, Entry, Level, Packet, Place, Read, Side, State, Timer, Trace, What, Why};
use connlab::time::{SimDuration, SimTime};

use super::lab::{arrivals, sim_with};

/// 50 ms of work behind 5 ms each way, for requests in these milliseconds.
const WORK: &str = "server=go&workers=100&service=50ms&service-dist=fixed&rtt=10ms";

/// The history of the n-th request.
fn history(settings: &str, at_ms: &[f64], request: u32) -> Trace {
    sim_with(&format!("{WORK}&{settings}"), arrivals(at_ms)).tracer(request).run()
}

fn told<T>(trace: &Trace, tell: impl Fn(&Entry) -> Option<T>) -> Vec<T> {
    trace.entries.iter().filter_map(tell).collect()
}

fn closes(trace: &Trace, of: Side) -> Vec<Why> {
    told(trace, |entry| match entry.what {
        What::Closes { side, why } if side == of => Some(why),
        _ => None,
    })
}

fn timers(trace: &Trace) -> Vec<(Timer, SimDuration)> {
    told(trace, |entry| match entry.what {
        What::Fires { timer, after } => Some((timer, after)),
        _ => None,
    })
}

#[test]
fn an_end_becomes_each_of_its_states_once() {
    let trace = history("keepalive=off&timeout=0s", &[0.0], 1);
    let states = |of| {
        told(&trace, |entry| match entry.what {
            What::Becomes { side, state } if side == of => Some(state),
            _ => None,
        })
    };
    let client = [State::SynSent, State::Established, State::CloseWait, State::LastAck, State::Closed];
    assert_eq!(states(Side::Client), client);
    let server = [State::SynRecv, State::Established, State::FinWait1, State::FinWait2, State::TimeWait];
    assert_eq!(states(Side::Server), server);
}

#[test]
fn a_server_says_why_it_closes_after_a_response() {
    let after = SimDuration::from_millis(20);
    for (settings, request, why, fired) in [
        ("keepalive=off&timeout=0s", 1, Why::NoKeepAlive, vec![]),
        ("max-requests=1&timeout=0s", 1, Why::MaxRequests(1), vec![]),
        ("write-timeout=20ms&timeout=0s", 1, Why::WriteTimeout, vec![(Timer::WriteTimeout, after)]),
        ("timeout=30ms", 1, Why::PeerEnded, vec![(Timer::ClientTimeout, SimDuration::from_millis(30))]),
        ("stop=shutdown&40ms.listening=off&timeout=0s", 1, Why::Shutdown, vec![]),
    ] {
        let trace = history(settings, &[0.0], request);
        assert_eq!((closes(&trace, Side::Server), timers(&trace)), (vec![why], fired), "{settings}");
    }
}

#[test]
fn a_handler_ends_after_its_work_and_knows_whether_its_caller_has_left() {
    for (settings, left) in [("timeout=0s", false), ("timeout=30ms", true)] {
        let trace = history(settings, &[0.0], 1);
        let ends = told(&trace, |entry| match entry.what {
            What::HandlerEnds { took, caller_left } => Some((took, caller_left)),
            _ => None,
        });
        assert_eq!(ends, [(SimDuration::from_millis(50), left)], "{settings}");
    }
}

/// Server.IdleTimeout counts between requests, ReadHeaderTimeout before the first: of two dials one is not needed.
#[test]
fn a_limit_on_the_next_request_is_another_timer_than_one_on_the_first() {
    let limits = "server-idle-timeout=600ms&read-header-timeout=400ms&timeout=0s&idle=10";
    let used = history(limits, &[0.0, 1_000.0], 2);
    assert_eq!(timers(&used)[0], (Timer::ServerIdleTimeout, SimDuration::from_millis(600)));
    // The second takes the first one's connection at 70 ms; its own is accepted at 80, and nothing comes on it. The
    // third takes that of the first, and the fourth the unused one, whose FIN it crosses.
    let unused = history(&format!("{limits}&method=POST"), &[0.0, 65.0, 476.0, 477.0], 4);
    assert_eq!(timers(&unused)[0], (Timer::ReadHeaderTimeout, SimDuration::from_millis(400)));
}

#[test]
fn who_is_out_of_time_is_told_from_who_is_out_of_patience() {
    let deadline = history("deadline=30ms&timeout=0s", &[0.0], 1);
    assert_eq!(timers(&deadline), [(Timer::Deadline, SimDuration::from_millis(30))]);
    let patience = history("patience=1ms&timeout=0s", &[0.0], 1);
    assert_eq!(timers(&patience).iter().map(|(timer, _)| *timer).collect::<Vec<_>>(), [Timer::Patience]);
    assert_eq!(told(&patience, |entry| (entry.what == What::Ends(Some(ErrorKind::Canceled))).then_some(())).len(), 1);
}

#[test]
fn a_read_that_returns_nothing_is_not_told() {
    let trace = history("timeout=0s", &[0.0], 1);
    let reads = told(&trace, |entry| match entry.what {
        What::Reads { read, .. } => Some(read),
        _ => None,
    });
    assert!(reads.len() >= 2 && !reads.contains(&Read::Nothing), "{reads:?}");
}

/// What the path loses never arrives, and all else does or is thrown away with a reason.
#[test]
fn each_packet_is_lost_arrives_or_is_dropped() {
    let sent = |trace: &Trace| {
        told(trace, |entry| match entry.what {
            What::Sent { lost, .. } => Some((entry.packet, lost)),
            _ => None,
        })
    };
    let lost = history("loss=50%&timeout=0s", &[0.0], 1);
    for trace in [&lost, &history("timeout=0s", &[0.0], 1)] {
        for (packet, lost) in sent(trace) {
            let arrived = trace.entries.iter().any(|entry| {
                entry.packet == packet && matches!(entry.what, What::Arrived { .. } | What::Dropped { .. })
            });
            assert!(arrived != lost, "{packet:?} in {trace:?}");
        }
    }
    assert!(sent(&lost).iter().any(|(_, lost)| *lost));
    assert!(sent(&history("timeout=0s", &[0.0], 1)).iter().all(|(_, lost)| !lost));

    // Nobody accepts, one place is taken, and the next SYN finds none.
    let full = history("accepting=off&backlog=0&syncookies=0&timeout=0s&duration=1s", &[0.0, 100.0], 2);
    let dropped = told(&full, |entry| match entry.what {
        What::Dropped { packet, rule, .. } => Some((entry.at, packet, rule)),
        _ => None,
    });
    let at = SimTime::ZERO + SimDuration::from_millis(105);
    assert_eq!(dropped[0], (at, Packet::Syn, DropCause::AcceptQueue));
}

/// Links on which most of what is sent is sent again, and one on which programs wait for processors.
const CROWDED: [&str; 7] = [
    "rps=20&duration=20s&timeout=0s&loss=20%&rtt=40ms",
    "rps=20&duration=20s&timeout=5s&loss=20%&rtt=40ms&method=POST&upload=20ms&keepalive=off",
    "load=burst&burst=8&burst-every=1s&duration=3s&tail=60s&timeout=30s&accepting=off&backlog=3&rtt=47ms",
    "load=burst&burst=8&burst-every=1s&duration=3s&tail=60s&timeout=30s&accepting=off&backlog=3&rtt=47ms&syncookies=2",
    "load=burst&burst=20&duration=3s&tail=9s&timeout=5s&backlog=3&syncookies=0&nic-queue=12&nic-rate=2000",
    "load=burst&burst=8&burst-every=1s&duration=3s&tail=60s&timeout=30s&accepting=off&backlog=3&loopback=on&rtt=50us",
    "load=burst&burst=20&duration=3s&server=go&client-cores=1&client-cpu=1ms&server-cores=1&server-cpu=1ms",
];

/// Histories of runs that differ in everything: of the shorter golden links and of those above, the first eight
/// requests and one failure of each class.
fn histories() -> Vec<(&'static str, Trace)> {
    let golden = include_str!("../data/golden.txt").lines().filter(|line| !line.starts_with('#'));
    let rows = golden.map(|line| line.split(' ').collect::<Vec<_>>());
    let links = rows.filter(|row| row[1].parse::<u64>().expect("a number of events") < 12_000).map(|row| row[2]);
    let traces = links.chain(CROWDED).flat_map(|link| {
        let mut sim = Sim::new(&link::scenario(link));
        sim.run();
        let failed = ERRORS.iter().filter_map(|spec| sim.failures(spec.kind).last()).map(|failure| failure.request);
        let requests: BTreeSet<u32> = failed.chain(1..=8).collect();
        requests.into_iter().map(|request| (link, sim.tracer(request).run())).collect::<Vec<_>>()
    });
    traces.collect()
}

/// A packet ends once, and what is said of its end is said of what was sent.
#[test]
fn a_packet_is_one_thing_from_its_start_to_its_end() {
    let mut dropped = BTreeSet::new();
    for (link, trace) in histories() {
        for (i, entry) in trace.entries.iter().enumerate() {
            let (packet, to, rule) = match entry.what {
                What::Arrived { packet, to } => (packet, to, None),
                What::Dropped { packet, to, rule, .. } => (packet, to, Some(rule)),
                _ => continue,
            };
            let about = || trace.entries[..i].iter().filter(|other| other.packet == entry.packet);
            // Of another request's exchange only the end may be told.
            let same = about().all(|other| match other.what {
                What::Sent { packet: sent, from, lost, .. } => (sent, from, lost) == (packet, to.peer(), false),
                What::Arrived { packet: arrived, to: there } => (arrived, there) == (packet, to),
                _ => false,
            });
            let arrived = about().any(|other| matches!(other.what, What::Arrived { .. }));
            let is_dropped_by_the_kernel = rule.is_some_and(|rule| rule != DropCause::InputQueue);
            assert!(entry.packet.is_some() && same, "{link}: {entry:?}");
            assert_eq!(arrived, is_dropped_by_the_kernel, "{link}: {entry:?}");
            dropped.extend(rule.map(|rule| format!("{rule:?}")));
        }
    }
    assert!(dropped.len() >= 5 && dropped.contains("InputQueue"), "too little is dropped: {dropped:?}");
}

/// Whoever sends in vain tries again: copies are counted, and come when it was said, or before that when something else
/// is acknowledged.
#[test]
fn copies_are_counted_and_come_when_they_were_announced() {
    let mut copied = BTreeMap::new();
    for (link, trace) in histories() {
        for (i, entry) in trace.entries.iter().enumerate() {
            let What::Sent { packet, from, copy, .. } = entry.what else { continue };
            let (mut in_vain, mut next) = (false, None);
            let before = trace.entries[..i].iter().rev().filter(|other| other.connection == entry.connection);
            let last = before.clone().find_map(|other| match other.what {
                What::Sent { packet: sent, from: by, copy, lost, next: due } if (sent, by) == (packet, from) => {
                    (in_vain, next) = (in_vain || lost, next.or(due));
                    Some(copy)
                }
                What::Dropped { packet: sent, to, next: due, .. } if (sent, to.peer()) == (packet, from) => {
                    (in_vain, next) = (true, next.or(due));
                    None
                }
                _ => None,
            });
            let comes = |at: SimTime| if packet == Packet::Syn { entry.at == at } else { entry.at <= at };
            match packet {
                Packet::Ack | Packet::FinAck | Packet::Rst => assert_eq!(copy, 0, "{link}: each is new: {entry:?}"),
                _ => assert_eq!(copy, last.map_or(0, |copy| copy + 1), "{link}: {entry:?}"),
            }
            // A SYN-ACK answers a repeated SYN, too.
            if copy > 0 && packet != Packet::SynAck {
                // What was lost otherwise is the acknowledgement, and nobody can know.
                assert!(next.map_or(!in_vain, comes), "{link}: announced for {next:?}: {entry:?}");
                *copied.entry(packet.name()).or_insert(0) += 1;
            }
        }
        for entry in &trace.entries {
            if let What::Sent { packet, next: Some(next), .. } | What::Dropped { packet, next: Some(next), .. } =
                entry.what
            {
                let is_answer = matches!(packet, Packet::Ack | Packet::FinAck | Packet::Rst);
                assert!(next > entry.at && !is_answer, "{link}: {entry:?}");
            }
            if let What::Fires { timer, .. } = entry.what {
                let place = if timer.name().starts_with("Server.") { Place::ServerProgram } else { Place::App };
                assert_eq!(entry.place, place, "{link}: {timer:?}");
            }
        }
    }
    assert!(copied.len() >= 4 && copied.values().all(|n| *n >= 2), "too little is sent again: {copied:?}");
}

/// What is said to be full is full, and what is full is full since an instant that has been.
#[test]
fn since_when_something_is_full_is_said_exactly_while_it_is_full() {
    let mut full = [0; 3];
    for (link, trace) in histories() {
        for entry in &trace.entries {
            let gauges = &entry.gauges;
            let waits = [0, 1].map(|side| (gauges.run_queues[side] > 0, gauges.run_queues_since[side]));
            let queues = [
                (gauges.accept_queue.is_full(), gauges.accept_full_since),
                (gauges.workers.is_full(), gauges.workers_full_since),
            ];
            for (i, (is_full, since)) in queues.into_iter().chain(waits).enumerate() {
                assert_eq!(is_full, since.is_some(), "{link}: {entry:?}");
                assert!(since.is_none_or(|since| since <= entry.at), "{link}: {entry:?}");
                full[i.min(2)] += u32::from(is_full);
            }
        }
        assert!(trace.connections.iter().all(|connection| connection.port > 0), "{link}: {:?}", trace.connections);
    }
    assert!(full.iter().all(|n| *n > 100), "too little is full: {full:?}");
}

/// Fifty callers in one millisecond, one processor that takes one for each: the last one waits from the start.
#[test]
fn a_queue_for_a_processor_is_as_old_as_its_first_place() {
    let burst = "client-cores=1&client-cpu=1ms&timeout=0s&idle=100";
    let at: Vec<f64> = (0..50).map(|n| 7.0 + 0.01 * f64::from(n)).chain([8.5]).collect();
    let trace = history(burst, &at, 50);
    let since = told(&trace, |entry| match entry.what {
        What::WaitsForProcessor { side: Side::Client, .. } => Some(entry.gauges.run_queues_since[0]),
        _ => None,
    });
    let second = SimTime::ZERO + SimDuration::from_micros(7_010);
    assert_eq!(since[0], Some(second), "the first one is on the processor at once");
    assert_eq!(trace.together, [50], "the last of all comes in another millisecond");
}

#[test]
fn a_level_without_a_limit_is_never_full() {
    assert!(!Level { value: 5, limit: 0 }.is_full());
    assert!(Level { value: 5, limit: 5 }.is_full() && !Level { value: 4, limit: 5 }.is_full());
}

#[test]
fn a_socket_is_a_descriptor_of_the_client_from_connect_on() {
    let trace = history("timeout=0s", &[0.0], 1);
    let open = |what: What| told(&trace, |entry| (entry.what == what).then_some(entry.gauges.descriptors.value))[0];
    assert!(open(What::Arrives) > 0, "standard streams and epoll");
    assert_eq!(open(What::Connected), open(What::Arrives) + 1);
}

/// What holds a request back is told with the instant from which it did: an open circuit breaker, a port that rests.
#[test]
fn since_when_a_breaker_is_open_and_the_oldest_port_rests_is_told() {
    let at: Vec<f64> = (0..200).map(f64::from).collect();
    let sim = sim_with(&format!("{WORK}&breaker=50%&listening=off&timeout=0s"), arrivals(&at));
    let turned_away = sim.failures(ErrorKind::BreakerOpen).last().expect("it opens");
    let open = |request| {
        told(&sim.tracer(request).run(), |entry| {
            (entry.what == What::Arrives).then_some(entry.gauges.breaker_open_since)
        })
    };
    let [Some(since)] = open(turned_away.request)[..] else { panic!("closed for request {}", turned_away.request) };
    assert!(since > SimTime::ZERO && since < turned_away.arrived, "{since:?}");
    assert_eq!(open(1), [None]);

    let second = history("idle=0&timeout=0s", &[0.0, 1_000.0], 2);
    let resting = told(&second, |entry| {
        (entry.what == What::Arrives).then_some((entry.gauges.time_wait, entry.gauges.oldest_time_wait))
    });
    // The response is there at 70 ms, and the other side's FIN half a round trip later, or more.
    let [(1, Some(since))] = resting[..] else { panic!("{resting:?}") };
    assert!((70.0..=90.0).contains(&since.as_millis_f64()), "{since:?}");
}

/// connect() that fails at once leaves nothing that could be drawn.
#[test]
fn a_dial_without_a_port_is_no_connection() {
    let of = |request| history("ports=10&timeout=0s", &[0.0; 11], request);
    let last = of(11);
    assert_eq!(told(&last, |entry| (entry.what == What::ConnectFails(ErrorKind::Ports)).then_some(())), [()]);
    assert_eq!(last.connections, []);
    assert_eq!(of(10).connections.iter().map(|connection| connection.number).collect::<Vec<_>>(), [10]);
}

/// A timer that runs is not set anew by the timetable: what is told is how long it ran.
#[test]
fn a_timer_is_told_with_the_time_it_had_when_it_was_set() {
    let thirty = SimDuration::from_millis(30);
    for (settings, timer) in [
        ("timeout=30ms&20ms.timeout=5s", Timer::ClientTimeout),
        ("timeout=0s&header-timeout=30ms&20ms.header-timeout=5s", Timer::HeaderTimeout),
        ("timeout=0s&nic-queue=1&nic-rate=1&dial-timeout=30ms&20ms.dial-timeout=5s", Timer::DialTimeout),
    ] {
        assert_eq!(timers(&history(settings, &[0.0; 3], 3))[..1], [(timer, thirty)], "{settings}");
    }
}

/// Who has closed connections is counted from the last change of a setting that decides it. A close that was under way
/// then was decided by the old value, though the other end answers after it.
#[test]
fn what_was_closed_under_an_old_setting_is_not_held_against_the_new_one() {
    // Idle from 65 ms on, closed by the server at 665; its FIN arrives at 670.
    let limits = "server-idle-timeout=600ms&timeout=0s";
    let past = |settings: &str| history(&format!("{limits}{settings}"), &[0.0, 1_000.0], 2).past.expect("it dials");
    let before = past("");
    assert_eq!((before.since, before.dialed, before.closed.len()), (SimTime::ZERO, 1, 1));
    let between = past("&667ms.idle=5");
    let change = SimTime::ZERO + SimDuration::from_millis(667);
    assert_eq!((between.since, between.dialed, between.closed.len()), (change, 0, 0), "{between:?}");
}

/// Request by request, as `connlab why --history` and the page print it.
#[test]
fn a_history_reads_like_this() {
    let settings = "max-conns=1&timeout=0s&idle=5&listening=off&3ms.listening=on";
    let expected = "
   0.000000 s  client program      1       dials connection 1 for request #1
   0.000000 s  client kernel       1       SYN_SENT
   0.000000 s  client kernel       1    1  SYN; next try in 1 s
   0.001000 s  client program              request #2 arrives
   0.001000 s  client program              Client.Do
   0.001000 s  client program              waits for a connection: MaxConnsPerHost 1 of 1
   0.003000 s  server program              the timetable sets listening=on (server process is up)
   0.005000 s  server kernel       1    1  SYN arrives
   0.005000 s  server kernel       1       SYN_RECV
   0.005000 s  server kernel       1    2  SYN-ACK; next try in 1 s
   0.010000 s  client kernel       1    2  SYN-ACK arrives
   0.010000 s  client kernel       1       ESTABLISHED
   0.010000 s  client kernel       1    3  ACK
   0.010000 s  client program      1       connect() returns
   0.015000 s  server kernel       1    3  ACK arrives
   0.015000 s  server kernel       1       ESTABLISHED
   0.015000 s  server kernel       1       handshake complete: accept queue 1 of 4097
   0.015000 s  server program      1       accept()
   0.070000 s  client program      1       the connection is back in the pool
   0.070000 s  client program      1       request #2 goes on connection 1 (1 requests before)
   0.070000 s  client program      1       writes the request
   0.070000 s  client kernel       1    6  request
   0.075000 s  server kernel       1    6  request arrives
   0.075000 s  server program      1       reads the request
   0.075000 s  server program      1       the handler starts: workers 1 of 100 busy
   0.125000 s  server program      1       the handler ends after 50 ms
   0.125000 s  server program      1       writes the response
   0.125000 s  server kernel       1    7  response
   0.130000 s  client kernel       1    7  response arrives
   0.130000 s  client program      1       reads the response
   0.130000 s  client program      1       the connection is back in the pool
   0.130000 s  client program              the response is there
";
    assert_eq!(history(settings, &[0.0, 1.0], 2).to_string(), expected[1..]);
    let own = history("timeout=0s&idle=5&somaxconn=1", &[0.0, 65.0], 2).to_string();
    assert!(own.contains(" pool: 0 of 5 idle; dials connection 2\n"), "{own}");
}
