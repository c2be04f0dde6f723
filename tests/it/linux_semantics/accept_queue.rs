//! The two queues of a listener (M-2): how much they hold, and what a full one does.

use super::{at_once, one_by_one, report_at};
use crate::lab::{arrivals, failed, run, sim_with};

/// Nobody accepts; clients come one after another. The queue holds backlog + 1, and the next client's SYN is dropped
/// without a word: it stays in SYN_SENT, and each of its SYNs counts once in both counters, also with
/// tcp_abort_on_overflow (T-2, T-5b, G3).
#[test]
fn full_accept_queue_drops_the_syn_silently_t2_t5_g3() {
    for backlog in [0, 1, 4] {
        for abort in ["off", "on"] {
            let link = format!(
                "accepting=off&backlog={backlog}&abort-on-overflow={abort}&timeout=0s&rtt=1ms&duration=10s\
                 &dial-timeout=0s"
            );
            let report = sim_with(&link, one_by_one(backlog + 2, 100.0)).report();
            let case = format!("backlog {backlog}, abort {abort}");
            let places = backlog as u64 + 1;
            assert_eq!(report.sockets_end.server.ESTABLISHED, places, "{case}");
            assert_eq!(report.sockets_end.client.ESTABLISHED, places, "{case}");
            assert_eq!(report.sockets_end.client.SYN_SENT, 1, "{case}");
            assert_eq!(report.peaks.accept_queue, places, "{case}");
            // SYNs at 0, 1, 2, 3, 4, 5 and 7 s.
            assert_eq!(report.nstat.TcpExtListenOverflows, 7, "{case}");
            assert_eq!(report.nstat.TcpExtListenDrops, 7, "{case}");
            assert_eq!((report.nstat.TcpOutRsts, report.nstat.TcpExtSyncookiesSent), (0, 0), "{case}");
        }
    }
}

/// The limit is the smaller of listen()'s argument and somaxconn (T-1), as recorded: 128 and 8 hold 9. Go passes what
/// somaxconn was when the process began, which a large backlog stands for (S-3): 129 places where it is 128 (S-24).
#[test]
fn the_effective_backlog_is_the_smaller_one_t1() {
    for (backlog, somaxconn, holds) in
        [(128, 1, 2), (128, 8, 9), (128, 16, 17), (16, 4096, 17), (0, 4096, 1), (65_535, 128, 129)]
    {
        let link = format!("accepting=off&backlog={backlog}&somaxconn={somaxconn}&timeout=0s&duration=2s");
        let sim = sim_with(&link, one_by_one(holds + 20, 10.0));
        assert_eq!(sim.report().peaks.accept_queue, holds as u64, "{link}");
        assert_eq!(sim.series().accept_queue_limit, holds as u32, "{link}");
    }
}

/// On BSD, and so on macOS, the handshake goes on whatever the queue holds, and its last ACK draws RST (FreeBSD:
/// net.inet.tcp.syncache.rst_on_sock_fail): the caller is connected, sends its request, and reads `connection reset by
/// peer` two RTTs after it began. A cookie is answered no better.
#[test]
fn a_bsd_resets_who_finds_the_queue_full_with_the_last_ack() {
    for cookies in [0, 1, 2] {
        let link = format!("os=bsd&syncookies={cookies}&accepting=off&backlog=0&timeout=0s&rtt=10ms&duration=1s");
        let sim = sim_with(&link, one_by_one(2, 100.0));
        let report = sim.report();
        assert_eq!((failed(&report, "reset"), report.requests.failed), (1, 1), "{link}");
        assert_eq!(sim.request_log()[0].ended.as_millis_f64(), 120.0, "{link}");
        assert!(report.errors[0].text.ends_with(": read: connection reset by peer"), "{}", report.errors[0].text);
        assert_eq!(report.nstat.TcpExtListenOverflows, 1, "{link}");
    }
}

/// As macOS under load: all failures are resets, none is refused.
#[test]
fn an_overloaded_bsd_resets_and_does_not_refuse() {
    let report = run("load=closed&callers=500&think=10ms&keepalive=off&server=workers&workers=1&service=200us\
                      &somaxconn=128&os=bsd&rtt=50us&loopback=on&duration=2s&timeout=10s");
    assert!(report.requests.failed > 10_000, "{:?}", report.requests);
    assert_eq!(failed(&report, "reset"), report.requests.failed);
}

/// Windows answers the SYN to a full queue by RST: refused after one RTT.
#[test]
fn a_windows_answers_the_syn_to_a_full_queue_by_rst() {
    let sim = sim_with("os=windows&accepting=off&backlog=0&timeout=0s&rtt=10ms&duration=1s", one_by_one(2, 100.0));
    let report = sim.report();
    assert_eq!(failed(&report, "refused"), 1);
    assert_eq!(sim.request_log()[0].ended.as_millis_f64(), 110.0);
    assert_eq!((report.nstat.TcpExtListenOverflows, report.nstat.TcpOutRsts), (1, 1));
}

/// 300 connections at once to 4 workers and a backlog of 20: the queue fills to exactly 21.
#[test]
fn a_burst_fills_the_queue_to_backlog_plus_one() {
    let link = "server=workers&workers=4&service=100ms&service-dist=fixed&keepalive=off&backlog=20&rtt=2ms&timeout=0s\
                &load=burst&burst=300&burst-every=600s&duration=1s";
    let report = run(link);
    assert_eq!(report.peaks.accept_queue, 21);
    assert_eq!(report.peaks.busy_workers, 4);
    // The SYN queue takes 21 too; with cookies (the default) the other 279 are answered all the same, and 4 + 21
    // connections are made of the 300 (T-13b).
    assert_eq!(report.peaks.syn_queue, 21);
    assert_eq!(report.nstat.TcpExtSyncookiesSent, 279);
    assert_eq!(report.nstat.TcpExtTCPReqQFullDoCookies, 279);
    assert!(report.nstat.TcpExtListenOverflows >= 300 - 25, "{:?}", report.nstat);
    assert_eq!(report.nstat.TcpExtListenOverflows, report.nstat.TcpExtListenDrops);
}

/// A burst of n SYNs inside one RTT, backlog B, c idle workers (T-13b): with cookies all n clients are established and
/// c + B + 1 have a connection at the server; without, B + 1 SYNs get through and the rest is dropped; with
/// syncookies=2 there is not even a SYN queue.
#[test]
fn a_burst_within_one_rtt_makes_phantoms_t13b() {
    const N: u64 = 30;
    const B: u64 = 5;
    const C: u64 = 4;
    // syncookies; established at client and server, cookies sent, SYNs dropped for a full SYN queue, SYN queue's peak.
    for (cookies, client, server, sent, dropped, syn_queue) in
        [(1, N, C + B + 1, N - B - 1, 0, B + 1), (0, B + 1, B + 1, 0, N - B - 1, B + 1), (2, N, C + B + 1, N, 0, 0)]
    {
        let link = format!(
            "server=workers&workers={C}&backlog={B}&syncookies={cookies}&service=60s&service-dist=fixed&rtt=40ms\
             &timeout=0s&duration=1s"
        );
        let report = report_at(&link, at_once(N as usize), 200);
        let case = format!("syncookies={cookies}");
        assert_eq!(report.sockets_end.client.ESTABLISHED, client, "{case}");
        assert_eq!(report.sockets_end.server.ESTABLISHED, server, "{case}");
        assert_eq!(report.nstat.TcpExtSyncookiesSent, sent, "{case}");
        assert_eq!(report.nstat.TcpExtTCPReqQFullDoCookies, sent, "{case}");
        assert_eq!(report.nstat.TcpExtTCPReqQFullDrop, dropped, "{case}");
        assert_eq!(report.peaks.syn_queue, syn_queue, "{case}");
        // Each phantom's ACK, and its request behind it, is an overflow.
        let phantoms = client - server;
        assert_eq!(report.nstat.TcpExtListenOverflows, 2 * phantoms, "{case}");
        assert_eq!(report.nstat.TcpExtListenDrops, 2 * phantoms + dropped, "{case}");
    }
}

/// The two shapes of an overflow (T-13). A SYN that finds the queue full is dropped, and its client stays in SYN_SENT.
/// An ACK finds it full only where there was room for the SYN: at most backlog + 1 times, the places of the SYN queue.
#[test]
fn at_most_backlog_plus_one_connections_are_half_accepted_t13() {
    let link = "accepting=off&backlog=4&syncookies=0&rtt=40ms&timeout=0s&dial-timeout=0s&duration=2s";
    // Four wait; of twenty at once five enter the SYN queue, and one the accept queue.
    let at: Vec<f64> = [vec![0.0; 4], vec![500.0; 20]].concat();
    let report = report_at(link, arrivals(&at), 600);
    assert_eq!((report.sockets_end.server.ESTABLISHED, report.sockets_end.server.SYN_RECV), (5, 4));
    assert_eq!((report.sockets_end.client.ESTABLISHED, report.sockets_end.client.SYN_SENT), (9, 15));
}

/// The accept queue is first come, first served (T-8).
#[test]
fn accept_takes_the_oldest_connection_t8() {
    let link = "server=workers&workers=1&keepalive=off&service=100ms&service-dist=fixed&rtt=2ms&timeout=0s&duration=2s\
                &accepting=off&500ms.accepting=on";
    let sim = sim_with(link, one_by_one(4, 100.0));
    let log: Vec<_> = sim.request_log().iter().map(|o| (o.arrived.as_millis_f64(), o.ended.as_millis_f64())).collect();
    assert_eq!(log, [(0.0, 601.0), (100.0, 701.0), (200.0, 801.0), (300.0, 901.0)]);
}

/// tcp_max_syn_backlog matters only without cookies: its last quarter is kept free. Of 8, seven entries are used: with
/// seven there is 1 left, less than 2 (T-4).
#[test]
fn the_quarter_rule_needs_cookies_off_t4() {
    for (cookies, syn_queue, drops) in [(0, 7, 13), (1, 20, 0)] {
        let link = format!("syncookies={cookies}&syn-max=8&backlog=100&rtt=40ms&timeout=0s&duration=1s");
        let report = report_at(&link, at_once(20), 100);
        assert_eq!(report.peaks.syn_queue, syn_queue, "syncookies={cookies}");
        assert_eq!(report.nstat.TcpExtListenDrops, drops, "syncookies={cookies}");
        assert_eq!((report.nstat.TcpExtListenOverflows, report.nstat.TcpExtTCPReqQFullDrop), (0, 0));
    }
}

/// tcp_abort_on_overflow acts on the third ACK only (T-9, G6): two handshakes in flight, one place. The second
/// client's connect() succeeds, and its read gives ECONNRESET one RTT after the ACK left.
#[test]
fn abort_on_overflow_resets_at_the_last_ack_t9_g6() {
    let link = "accepting=off&backlog=0&abort-on-overflow=on&syncookies=1&rtt=40ms&timeout=0s&duration=2s";
    // The second SYN arrives when the first request still is in the SYN queue: room for it in a backlog of 1.
    let two_in_flight = arrivals(&[0.0, 0.0, 0.0]);
    let link = link.replace("backlog=0", "backlog=1");
    let sim = sim_with(&link, two_in_flight);
    let report = sim.report();
    // Two stateful handshakes are completed; the third had a cookie, on which the switch has no effect.
    assert_eq!((report.connections.established, report.sockets_end.server.ESTABLISHED), (3, 2));
    assert_eq!((report.nstat.TcpExtEmbryonicRsts, report.nstat.TcpOutRsts), (0, 0));
    // One already waits: of two more, one place is left when both ACKs come.
    let sim = sim_with(&link, arrivals(&[0.0, 500.0, 500.0]));
    let report = sim.report();
    assert_eq!(report.connections.established, 3);
    assert_eq!((failed(&report, "reset"), report.nstat.TcpExtEmbryonicRsts), (1, 1));
    // The request behind the ACK finds nothing and draws a second RST.
    assert_eq!(report.nstat.TcpOutRsts, 2);
    // ACK at 540, RST back at 580.
    assert_eq!(sim.request_log()[0].ended.as_millis_f64(), 580.0);
    assert_eq!(report.sockets_end.server.SYN_RECV, 0);
}
