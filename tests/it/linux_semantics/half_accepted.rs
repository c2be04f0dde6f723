//! The half-accepted connection: established here, unknown there.

use connlab::sim::recording::Recording;

use super::{assert_times, at_once, report_at, rises};
use crate::lab::{arrivals, failed, sim_with};

/// Two handshakes in flight, one place left, RTT 47 ms, for which the retransmission timeout is the 247 ms that was
/// measured (SRTT + max(200 ms, 4·RTTVAR)): the second client is established, the server has it in SYN_RECV.
pub const HALF_ACCEPTED: &str = "accepting=off&backlog=1&rtt=47ms&timeout=0s&dial-timeout=0s";

/// One client that fills the first place, and two that share the second.
fn half_accepted() -> Recording {
    arrivals(&[0.0, 1000.0, 1000.0])
}

/// When the third client's handshake began, and when its request was written.
const SYN_AT: f64 = 1000.0;
pub const WRITTEN_AT: f64 = SYN_AT + 47.0;

/// What `ss` shows of it (T-19), but for Send-Q and Recv-Q.
#[test]
fn a_half_accepted_connection_is_established_here_and_syn_recv_there_t9_g4() {
    let report = report_at(&format!("{HALF_ACCEPTED}&duration=2s"), half_accepted(), 1_200);
    let (client, server) = (report.sockets_end.client, report.sockets_end.server);
    assert_eq!((client.ESTABLISHED, server.ESTABLISHED, server.SYN_RECV), (3, 2, 1));
    assert_eq!(report.nstat.TcpExtListenOverflows, 2, "its ACK and its request");
}

/// The request is sent again at RTO·2^k after it was first written (T-14), the SYN-ACK at 1, 3, 7, 15, 31 s after the
/// first (T-10). At 63 s the server forgets; the request's next copy draws an RST: ECONNRESET at 64 s (T-16, G4).
#[test]
fn a_half_accepted_connection_is_reset_when_63_seconds_are_over_t10_t14_t16_g4() {
    let link = format!("{HALF_ACCEPTED}&duration=70s");
    let data: Vec<f64> = (0..9).map(|k| WRITTEN_AT + 247.0 * f64::from(1 << k)).collect();
    let syn_ack: Vec<f64> = [1.0, 3.0, 7.0, 15.0, 31.0].iter().map(|s| SYN_AT + 23.5 + 1000.0 * s).collect();
    let mut all: Vec<f64> = data.iter().chain(&syn_ack).copied().collect();
    all.sort_by(f64::total_cmp);
    assert_times(&rises(&link, half_accepted(), |report| report.nstat.TcpRetransSegs), &all);
    assert_times(&rises(&link, half_accepted(), |report| report.nstat.TcpExtTCPSynRetrans), &syn_ack);

    let sim = sim_with(&link, half_accepted());
    let [outcome] = sim.request_log() else { panic!("{:?}", sim.request_log()) };
    assert_eq!(outcome.error.map(|kind| kind.class()), Some("reset"));
    // The ninth copy, at 64.279 s, 63.2 s after the request was written; its RST comes one RTT later.
    assert_eq!(outcome.ended.as_millis_f64(), WRITTEN_AT + 247.0 * 256.0 + 47.0);
    let report = sim.report();
    assert_eq!(report.sockets_end.server.SYN_RECV, 0);
    // The SYN-ACK timer fires a sixth time, at 63 s; the first copy of the request is a probe. A handshake that expires
    // is no failed attempt: so it was read from a real kernel.
    assert_eq!((report.nstat.TcpExtTCPTimeouts, report.nstat.TcpAttemptFails), (6 + 8, 0));
}

/// A client that gave up on a half-accepted connection goes on sending for a program that is not there any more: the
/// kernel gives an orphan up at the first time-out that is 102 s behind the first one, whatever tcp_orphan_retries
/// seems to say. On a real kernel, with an RTO of 208 ms: nine copies, the last at 54 s, and gone at 107 s (T-18).
#[test]
fn an_orphan_that_nobody_acknowledges_is_given_up_by_time_t18() {
    let link = HALF_ACCEPTED.replace("timeout=0s&dial", "timeout=500ms&synack-retries=7&dial") + "&duration=140s";
    let gone = (WRITTEN_AT + 247.0 * 512.0) as u64;
    for (at_ms, fin_wait_1) in [(2_000, 1), (gone - 1, 1), (gone + 1, 0)] {
        let report = report_at(&link, half_accepted(), at_ms);
        assert_eq!(report.sockets_end.client.FIN_WAIT1, fin_wait_1, "at {at_ms} ms");
    }
    let nstat = report_at(&link, half_accepted(), gone + 1).nstat;
    let [syn_acks, copies] = [6, 9];
    assert_eq!((nstat.TcpRetransSegs, nstat.TcpExtTCPSynRetrans), (syn_acks + copies, syn_acks));
    assert_eq!(nstat.TcpExtTCPTimeouts, syn_acks + (copies - 1) + 1, "the first copy is a probe; one sends nothing");
}

/// The time-out that counts is the connection's, whatever the clock says: an orphan of the third minute is as patient.
#[test]
fn an_orphan_late_in_a_run_sends_as_long_as_one_at_its_start_t18() {
    let late = 200_000.0;
    let arrivals = arrivals(&[late, late + 1000.0, late + 1000.0]);
    let link = HALF_ACCEPTED.replace("timeout=0s&dial", "timeout=500ms&synack-retries=7&dial") + "&duration=330s";
    let gone = (late + WRITTEN_AT + 247.0 * 512.0) as u64;
    for (at_ms, fin_wait_1) in [(gone - 1, 1), (gone + 1, 0)] {
        let report = report_at(&link, arrivals.clone(), at_ms);
        assert_eq!(report.sockets_end.client.FIN_WAIT1, fin_wait_1, "at {at_ms} ms");
    }
}

/// As measured: RTT 40 ms, data written at s: s + .247, .495, .99, 1.98, 3.97, 7.9, 15.8, 31.7 s within
/// 4 %, which is how late real timers are (M-22).
#[test]
fn data_is_sent_again_at_the_measured_times_t14() {
    let link = "accepting=off&backlog=1&rtt=40ms&timeout=0s&synack-retries=0&duration=40s";
    // With synack-retries=0 the request is forgotten after 1 s, so only what comes before shows; a cookie has no timer
    // at all and lives for two minutes: take that.
    let link = link.replace("backlog=1", "backlog=0").replace("synack-retries=0", "syncookies=2");
    let times = rises(&link, at_once(2), |report| report.nstat.TcpRetransSegs);
    let expected = [247.0, 495.0, 990.0, 1980.0, 3970.0, 7900.0, 15_700.0, 31_700.0];
    assert_eq!(times.len(), expected.len(), "{times:?}");
    for (time, expected) in times.iter().zip(expected) {
        let after = time - 40.0;
        assert!((after / expected - 1.0).abs() < 0.04, "{after} instead of {expected}");
    }
}

/// On a long path the first estimate of RTTVAR, half an RTT, decides: RTO = RTT + 4·RTT/2, with RTT 300 ms 900 ms
/// (T-14).
#[test]
fn the_retransmission_timeout_grows_with_the_rtt_t14() {
    let link = "accepting=off&backlog=0&syncookies=2&rtt=300ms&timeout=0s&duration=10s";
    let times = rises(link, at_once(2), |report| report.nstat.TcpRetransSegs);
    assert_times(&times, &[1200.0, 2100.0, 3900.0, 7500.0]);
}

/// The queue is emptied at 10 s: the ACK that answers the SYN-ACK of 15 s makes the connection, and the copy of the
/// request at 15.8 s brings the data (T-15, G5: "16.1 s" with the request written at .3 s).
#[test]
fn the_request_arrives_with_the_next_copy_after_room_appeared_t15_g5() {
    let link = format!("{HALF_ACCEPTED}&service=0s&duration=30s&11s.accepting=on");
    let accepted = rises(&link, half_accepted(), |report| report.connections.accepted);
    // SYN-ACK at 15 s, its ACK one RTT later.
    let ack_at = SYN_AT + 23.5 + 15_000.0 + 47.0;
    assert_times(&accepted, &[11_000.0, 11_000.0, ack_at]);
    let sim = sim_with(&link, half_accepted());
    let answered = sim.request_log().last().unwrap().ended.as_millis_f64();
    assert_eq!(answered, WRITTEN_AT + 247.0 * 64.0 + 47.0);
    assert_eq!(sim.report().requests.ok, 3);
}

/// A phantom of a SYN cookie has no timer at the server; its requests complete it for two minutes. Then the cookie is
/// too old: ECONNRESET at 127 s, as measured (T-12). tcp_abort_on_overflow does not touch it.
#[test]
fn a_cookie_phantom_is_reset_after_two_minutes_t12() {
    for abort in ["off", "on"] {
        let link = format!(
            "accepting=off&backlog=0&syncookies=2&abort-on-overflow={abort}&rtt=47ms&timeout=0s\
                     &duration=130s"
        );
        assert_eq!(rises(&link, at_once(2), |report| report.nstat.TcpExtTCPSynRetrans), [0.0; 0]);
        let sim = sim_with(&link, at_once(2));
        let [outcome] = sim.request_log() else { panic!("{:?}", sim.request_log()) };
        assert_eq!(outcome.error.map(|kind| kind.class()), Some("reset"));
        assert_eq!(outcome.ended.as_millis_f64(), 47.0 + 247.0 * 512.0 + 47.0);
        assert_eq!(sim.report().nstat.TcpExtEmbryonicRsts, 0);
    }
}

/// Recorded (E1c): 36 connections at once, backlog 16, queue emptied from 2.5 s on. 17 get through; the 19 cookie
/// phantoms are served at the first copy of their request after that, at 4 s.
#[test]
fn cookie_phantoms_are_served_at_the_next_copy_e1c() {
    let link = "accepting=off&backlog=16&rtt=40ms&timeout=0s&service=0s&server=go&duration=10s&2500ms.accepting=on";
    let sim = sim_with(link, at_once(36));
    let report = sim.report();
    assert_eq!((report.requests.ok, report.nstat.TcpExtSyncookiesSent), (36, 19));
    let late: Vec<f64> = sim.request_log().iter().map(|outcome| outcome.ended.as_millis_f64()).collect();
    assert_eq!(late[..17], [2520.0; 17]);
    // .04 + .24·16 = 3.88 s, and the round trip.
    assert_eq!(late[17..], [40.0 + 240.0 * 16.0 + 40.0; 19]);
}

/// One row of the recorded experiments on a 40 ms path: `burst` connections at once, each with a request.
struct LabRow {
    /// Connections that wait in the accept queue already.
    prefill: usize,
    burst: usize,
    settings: &'static str,
    /// The queue is emptied from 2.5 s on.
    drained: bool,
    /// When the counters were read, after the burst.
    read_at_s: u64,
    overflows: u64,
    drops: u64,
    /// TCPReqQFullDrop.
    syn_queue_full: u64,
    cookies_sent: u64,
    cookies_received: u64,
    embryonic_resets: u64,
    /// RSTs sent.
    resets: u64,
    /// Requests answered until then.
    ok: u64,
}

/// The kernel's counters, exactly as they were read from real sockets (E1c).
#[test]
fn kernel_counters_are_those_of_the_lab_e1c() {
    let row = |prefill, burst, settings, drained, read_at_s, counters: [u64; 8]| {
        let [overflows, drops, syn_queue_full, cookies_sent, cookies_received, embryonic_resets, resets, ok] = counters;
        LabRow {
            prefill,
            burst,
            settings,
            drained,
            read_at_s,
            overflows,
            drops,
            syn_queue_full,
            cookies_sent,
            cookies_received,
            embryonic_resets,
            resets,
            ok,
        }
    };
    let rows = [
        // tcp_abort_on_overflow: 14 of 17 stateful handshakes find the queue full at their ACK.
        row(14, 20, "backlog=16&syncookies=0&abort-on-overflow=on", false, 80, [38, 41, 3, 0, 0, 14, 28, 0]),
        row(14, 20, "backlog=16&syncookies=1&abort-on-overflow=on", false, 80, [47, 47, 0, 3, 33, 14, 28, 0]),
        row(14, 20, "backlog=16&syncookies=0", true, 10, [104, 107, 3, 0, 0, 0, 0, 34]),
        // 14 half-accepted ones in a SYN queue for 17: six are given up at 7 s, and reset at their next copy (T-11).
        row(14, 20, "backlog=16&syncookies=0", false, 80, [206, 209, 3, 0, 0, 0, 6, 0]),
        row(14, 20, "backlog=16&syncookies=1", false, 80, [215, 215, 0, 3, 33, 0, 6, 0]),
        row(0, 36, "backlog=16&syncookies=0&synack-retries=2", false, 40, [152, 171, 19, 0, 0, 0, 0, 0]),
        row(0, 36, "backlog=16&syncookies=1&synack-retries=2", false, 40, [190, 190, 0, 19, 190, 0, 0, 0]),
        row(0, 36, "backlog=16&syncookies=2&synack-retries=2", false, 40, [190, 190, 0, 36, 207, 0, 0, 0]),
        row(0, 36, "backlog=16&syncookies=1&abort-on-overflow=on", false, 40, [190, 190, 0, 19, 190, 0, 0, 0]),
        row(0, 36, "backlog=16&syncookies=0", true, 10, [38, 59, 21, 0, 0, 0, 0, 36]),
        row(0, 36, "backlog=16&syncookies=1", true, 10, [114, 114, 0, 19, 133, 0, 0, 36]),
        row(0, 24, "backlog=4&syncookies=1", false, 130, [209, 209, 0, 19, 209, 0, 19, 0]),
        row(0, 24, "backlog=4&syncookies=0", true, 10, [38, 84, 46, 0, 0, 0, 0, 24]),
    ];
    for row in rows {
        let drain = if row.drained { "&3500ms.accepting=on" } else { "" };
        let link = format!(
            "accepting=off&rtt=40ms&timeout=0s&dial-timeout=20s&server=go&service=0s&keepalive=off&duration=140s\
             &{}{drain}",
            row.settings
        );
        let at: Vec<f64> = [vec![0.0; row.prefill], vec![1000.0; row.burst]].concat();
        let report = report_at(&link, arrivals(&at), 1_000 * (row.read_at_s + 1));
        let nstat = report.nstat;
        let case = format!("{} + {}, {}, drained: {}", row.prefill, row.burst, row.settings, row.drained);
        let (overflows, drops) = (nstat.TcpExtListenOverflows, nstat.TcpExtListenDrops);
        assert_eq!((overflows, drops), (row.overflows, row.drops), "{case}");
        assert_eq!(nstat.TcpExtTCPReqQFullDrop, row.syn_queue_full, "{case}");
        let cookies = (nstat.TcpExtSyncookiesSent, nstat.TcpExtSyncookiesRecv);
        assert_eq!(cookies, (row.cookies_sent, row.cookies_received), "{case}");
        assert_eq!((nstat.TcpExtEmbryonicRsts, nstat.TcpOutRsts), (row.embryonic_resets, row.resets), "{case}");
        assert_eq!(report.requests.ok, row.ok, "{case}");
    }
}

/// On loopback a handshake is one call, so a burst leaves no phantoms: of `backlog + 20` simultaneous connects
/// backlog + 1 succeed and 19 SYNs overflow, whatever the other switches say (recorded, E1a).
#[test]
fn a_burst_on_loopback_makes_no_phantoms_e1a() {
    for (backlog, burst) in [(0, 20), (1, 21), (4, 24), (16, 36), (128, 148), (16, 600)] {
        for (abort, cookies) in [("off", 0), ("off", 1), ("on", 0), ("on", 1)] {
            let link = format!(
                "loopback=on&accepting=off&rtt=0s&backlog={backlog}&abort-on-overflow={abort}&syncookies={cookies}\
                 &timeout=0s\
                 &dial-timeout=20s&duration=30s"
            );
            let at_450_ms = report_at(&link, at_once(burst), 450);
            let places = backlog as u64 + 1;
            let left_out = burst as u64 - places;
            assert_eq!(at_450_ms.connections.established, places, "{link}");
            assert_eq!(at_450_ms.sockets_end.server.ESTABLISHED, places, "{link}");
            assert_eq!(at_450_ms.nstat.TcpExtListenOverflows, left_out, "{link}");
            assert_eq!(
                (at_450_ms.nstat.TcpExtListenDrops, at_450_ms.nstat.TcpExtSyncookiesSent),
                (left_out, 0),
                "{link}"
            );
            let end = sim_with(&link, at_once(burst)).report();
            assert_eq!((failed(&end, "dial-timeout"), end.requests.ok), (left_out, 0), "{link}");
        }
    }
}

/// With a time-out the half-accepted client sees "awaiting headers", never a dial time-out (T-17); its FIN goes
/// unacknowledged: FIN_WAIT1 (T-18). When room appears the server works for nobody.
#[test]
fn a_half_accepted_client_that_gives_up_leaves_fin_wait_1_t17_t18() {
    let link = "accepting=off&backlog=1&rtt=47ms&timeout=500ms&dial-timeout=1s&duration=30s&service=0s\
                &5s.accepting=on";
    let at_2s = report_at(link, half_accepted(), 2_000);
    assert_eq!((failed(&at_2s, "client-timeout"), failed(&at_2s, "dial-timeout")), (3, 0));
    // The two in the accept queue have acknowledged the FIN.
    assert_eq!((at_2s.sockets_end.client.FIN_WAIT1, at_2s.sockets_end.client.FIN_WAIT2), (1, 2));
    assert_eq!((at_2s.sockets_end.server.CLOSE_WAIT, at_2s.sockets_end.server.SYN_RECV), (2, 1));
    let end = sim_with(link, half_accepted()).report();
    assert_eq!((end.server.handlers_started, end.requests.ok), (3, 0));
}

/// A client that gives up closes its half-accepted connection, for which there is room by then. Before the first
/// time-out its FIN goes out, completes the handshake, and the selective acknowledgement brings the request at once.
/// After it the congestion window is one segment, the request, and the FIN waits behind it. Measured on Linux 6.18 over
/// 40 ms: closed after 0.15 s, the request was sent again as soon as the FIN was acknowledged; closed after 0.7 and
/// after 1.3 s, the FIN followed the acknowledgement of the request's next copy.
#[test]
fn a_fin_behind_an_untaken_request_waits_after_a_time_out() {
    let handlers_at = |timeout_ms: u32, room_ms: u32| {
        let link = HALF_ACCEPTED.replace("timeout=0s&dial", &format!("timeout={timeout_ms}ms&dial"));
        let link = format!("{link}&server=go&duration=5s&{room_ms}ms.accepting=on");
        rises(&link, half_accepted(), |report| report.server.handlers_started)
    };
    // One copy by then, the tail loss probe. The FIN takes half a round trip, its acknowledgement and the request too.
    assert_times(&handlers_at(400, 1_350), &[1_350.0, 1_350.0, SYN_AT + 400.0 + 1.5 * 47.0]);
    // Two copies by then. The third is sent when it would have been anyway.
    assert_times(&handlers_at(600, 1_580), &[1_580.0, 1_580.0, WRITTEN_AT + 4.0 * 247.0 + 23.5]);
}

/// On loopback both ends share what the kernel remembers of round-trip times. Of five connections at once two are
/// served, three come back with their repeated SYNs, and one of them is half-accepted until its request is sent again.
/// The server measures that as a round-trip time; four seconds later the client's timeout is three times what is left
/// of it, and the second copy, behind the tail loss probe, comes later (tcp_metrics; T-14).
#[test]
fn on_loopback_a_late_handshake_makes_the_next_ones_wait_longer_t14() {
    let link = "load=burst&burst=5&burst-every=4s&duration=5s&tail=3s&timeout=0s&keepalive=off&loopback=on&rtt=100us\
                &server=workers&workers=1&backlog=0&service=300ms&service-dist=fixed";
    let sim = sim_with(link, Recording::default());
    let took: Vec<f64> = sim.request_log().iter().map(|it| it.ended.since(it.arrived).as_millis_f64()).collect();
    // 1024 ms, two others of 300 ms, and its own: the worker was never idle, for the second copy came after 408 ms.
    assert!((1920.0..1930.0).contains(&took[4]), "{took:?}");
    // h = 416 ms is the sample; 7/8 of it is left after each acknowledgement, and 7/8 of that after the end of each
    // other connection. Three times those 160 ms or so, counted from the probe: the worker waits.
    assert!((1960.0..2060.0).contains(&took[9]), "{took:?}");
}

/// Half of the queue is what is asked for, a half place more or less: of 14 half-accepted ones as many are left after
/// 7 s as there are in half of listen()'s argument, or all of four (T-11).
#[test]
fn of_old_handshakes_half_of_the_backlog_is_left_t11() {
    for (backlog, left) in [(15, 7), (16, 8), (17, 8), (18, 9), (19, 9), (100, 14)] {
        let at: Vec<f64> = [vec![0.0; backlog], vec![1000.0; 15]].concat();
        let link =
            format!("accepting=off&rtt=40ms&timeout=0s&dial-timeout=20s&syncookies=0&duration=20s&backlog={backlog}");
        for (at_s, half_accepted) in [(7, 14), (9, left)] {
            let report = report_at(&link, arrivals(&at), 1_000 * at_s);
            assert_eq!(report.sockets_end.server.SYN_RECV, half_accepted, "backlog {backlog} at {at_s} s");
        }
    }
}

/// On loopback the wheel decides who comes first: of two SYNs that are repeated at the same step and find one place,
/// that of the timer that was set last; and before both, that of a timer which has waited on a higher level.
#[test]
fn of_timers_that_fire_together_on_loopback_the_newest_runs_first_behind_those_of_higher_levels() {
    for (case, second, third, winner) in [
        // Both wait one second, until 1024 ms.
        ("one level", 2.0, 4.0, 4.0),
        // The first has been repeated after 1 and 2 s, at 3040 ms; its 4 s end with the other one's first, at 7168 ms.
        ("two levels", 2.0, 6_150.0, 2.0),
    ] {
        let (opens, closes, ends) = if third < 10.0 { (500, 600, 1_500) } else { (6_500, 6_600, 7_500) };
        let link = format!(
            "loopback=on&rtt=100us&server=go&service=0s&keepalive=off&backlog=0&syn-linear=0&timeout=0s&dial-timeout=0s\
             &duration=20s&accepting=off&{opens}ms.accepting=on&{closes}ms.accepting=off&{ends}ms.accepting=on"
        );
        let sim = sim_with(&link, arrivals(&[0.0, second, third]));
        let ended: Vec<f64> = sim.request_log().iter().map(|it| it.arrived.as_millis_f64()).collect();
        assert_eq!((ended[0], ended[1], ended.len()), (0.0, winner, 3), "{case}: {ended:?}");
    }
}
