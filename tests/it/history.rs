//! What a history says happened, and why: each thing once, with its reason, where it happened.

use connlab::sim::error::ErrorKind;
use connlab::sim::trace::{DropCause, Entry, Packet, Read, Side, State, Timer, Trace, What, Why};
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
