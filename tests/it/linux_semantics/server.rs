//! The server program in its two kinds (M-8), what lies in front of it, and the statistics of both.

use connlab::sim::recording::Recording;

use super::{assert_times, at_once, one_by_one, rises};
use crate::lab::{arrivals, failed, run, sim_with};

/// Twenty descriptors, six of them the process's own, and thirty clients: fourteen are accepted, then accept() fails
/// and the loop pauses 5, 10, 20, 40, 80 ms; the fourteen close meanwhile, and one success resets the pause. Nobody
/// sees an error: who finds the loop asleep waits in the accept queue (S-2, S-21, T-70, T-71, M-10, G20).
#[test]
fn out_of_descriptors_the_accept_loop_backs_off_s2_g20() {
    let link = "server=go&workers=100&server-fds=20&service=100ms&service-dist=fixed&keepalive=off&rtt=2ms\
                &timeout=0s&duration=2s";
    let accepted = rises(link, at_once(30), |report| report.connections.accepted);
    // The ACKs arrive at 3 ms: the fifteenth finds no descriptor. 5 + 10 + 20 + 40 + 80 = 155 ms later there are some.
    let expected: Vec<f64> = [(3.0, 14), (158.0, 14), (313.0, 2)].iter().flat_map(|(at, n)| vec![*at; *n]).collect();
    assert_times(&accepted, &expected);
    let report = sim_with(link, at_once(30)).report();
    assert_eq!((report.requests.ok, report.requests.failed), (30, 0));
    assert_eq!(report.peaks.accept_queue, 16);
}

/// Two workers, four keep-alive clients in turn: the first two keep their workers though they are idle, the others
/// wait in the accept queue until they time out (S-20, G19). With Server.IdleTimeout the workers come free (S-31).
#[test]
fn idle_connections_pin_workers_s20_s31_g19() {
    let link = "server=workers&workers=2&clients=4&arrivals=even&service=10ms&service-dist=fixed&rtt=2ms&timeout=2s\
                &duration=5s";
    let outcome = |extra: &str| {
        let report = sim_with(&format!("{link}{extra}"), one_by_one(4, 100.0)).report();
        (report.requests.ok, failed(&report, "client-timeout"))
    };
    assert_eq!(outcome(""), (2, 2));
    assert_eq!(outcome("&server-idle-timeout=500ms"), (4, 0));
    assert_eq!(outcome("&idle-timeout=500ms"), (4, 0));
    assert_eq!(outcome("&keepalive=off"), (4, 0));
}

/// Server.IdleTimeout counts from the end of a response (S-6). A connection on which no request has come is new, not
/// idle (S-5), and stays: it was dialed for a request that another connection served.
#[test]
fn a_new_connection_is_not_an_idle_one_s5_s6() {
    let link = "server=go&service=10ms&service-dist=fixed&rtt=100ms&timeout=0s&server-idle-timeout=500ms&duration=30s";
    let closes = rises(link, arrivals(&[0.0, 150.0]), |report| report.connections.server_closes);
    // The only connection that carries requests finishes its second response at 270.
    assert_times(&closes, &[770.0]);
    assert_eq!(sim_with(link, arrivals(&[0.0, 150.0])).report().connections.accepted, 2);
}

/// A goroutine server accepts all, whatever the handlers do: no queue, no drop, only time-outs (S-1).
#[test]
fn a_slow_go_server_does_not_fill_the_accept_queue_s1() {
    let link = "server=go&workers=2&service=1s&service-dist=fixed&backlog=5&rtt=2ms&timeout=2500ms&duration=5s";
    let report = sim_with(link, one_by_one(10, 10.0)).report();
    // A connection is in the queue for no time: accept() takes it in the instant in which it comes.
    assert_eq!((report.peaks.accept_queue, report.means.accept_queue), (1, 0.0));
    assert_eq!((report.nstat.TcpExtListenDrops, report.connections.accepted), (0, 10));
    assert_eq!((report.requests.ok, failed(&report, "client-timeout")), (4, 6));
}

/// Thousands of connections die in the accept queue before anybody accepts them: the loop that then meets them one
/// after the other must not need stack for each.
#[test]
fn a_long_queue_of_dead_connections_is_worked_off() {
    // Every dial takes longer than its request, and with keep-alives off its connection is closed at once.
    let link = "server=workers&workers=1&keepalive=off&backlog=65535&somaxconn=65535&rtt=2s&timeout=1s&rps=6000\
                &arrivals=even\
                &duration=10s&tail=10s&ports=64512&accepting=off&15s.accepting=on";
    let connections = run(link).connections;
    assert_eq!(connections.accepted, connections.accepted_unused);
    assert!(connections.accepted > 50_000, "{connections:?}");
}

/// netdev_max_backlog: one line, served at a constant rate (M-24), and a packet is dropped when more than the limit
/// wait, so limit + 1 fit (T-60). Thirty SYNs at
/// once, a limit of ten: eleven pass, nineteen are sent again after a second, then eight.
#[test]
fn the_input_queue_holds_its_limit_plus_one_t60_t63() {
    let link =
        "nic-queue=10&nic-rate=1000&server=go&workers=100&service=0s&rtt=2ms&timeout=0s&keepalive=off&duration=5s";
    let report = sim_with(link, at_once(30)).report();
    assert_eq!(report.requests.ok, 30);
    assert_eq!(report.nstat.TcpExtTCPSynRetrans, 19 + 8);
    // A network card that bypasses the queue (T-61).
    let bypassed = sim_with(&link.replace("nic-rate=1000", "nic-rate=0"), at_once(30)).report();
    assert_eq!(bypassed.nstat.TcpExtTCPSynRetrans, 0);
}

/// A lost request is made good by a tail loss probe after SRTT + 200 ms, which is no time-out (T-14, T-63): with RTT
/// 40 ms the answer is 240 ms late. Half of the packets are lost in the instant in which it is sent.
#[test]
fn a_lone_lost_segment_costs_rtt_plus_200_ms_t63() {
    let losing = |seed: u64| {
        let link =
            format!("rtt=40ms&timeout=0s&service=0s&server=go&duration=3s&seed={seed}&99ms.loss=50%&101ms.loss=0%");
        // The second request is written at 100 on a connection that exists.
        let sim = sim_with(&link, arrivals(&[0.0, 100.0]));
        (sim.request_log()[1].ended.as_millis_f64(), sim.report().nstat)
    };
    let (lost, arrived): (Vec<_>, Vec<_>) = (1..=20).map(losing).partition(|(ended, _)| *ended > 140.0);
    assert!(!lost.is_empty() && !arrived.is_empty());
    for (ended, nstat) in lost {
        assert_eq!((ended, nstat.TcpRetransSegs, nstat.TcpExtTCPTimeouts), (100.0 + 240.0 + 40.0, 1, 0));
    }
}

/// Eight workers, one request a connection, no second SYN (Dialer.Timeout < 1 s): M/M/8/14 with its loss of .2240,
/// and with backlog 128 M/M/8/137 with .2000 (S-30, G23). A SYN that finds the queue full is lost: PASTA.
#[test]
fn a_bounded_queue_loses_what_mm_c_k_loses_g23() {
    for (backlog, expected) in [(5, 0.224_008), (128, 0.200_000)] {
        let loss = |seed: u64| {
            let link = format!(
                "server=workers&workers=8&service=100ms&rps=100&keepalive=off&backlog={backlog}&dial-timeout=900ms\
                 &timeout=0s\
                 &rtt=0s&duration=600s&tail=10s&seed={seed}"
            );
            let report = run(&link);
            assert_eq!(failed(&report, "dial-timeout"), report.requests.failed);
            report.requests.failed as f64 / report.requests.offered as f64
        };
        let mean = (1..=4).map(loss).sum::<f64>() / 4.0;
        println!("backlog {backlog}: loss {mean:.4}, expected {expected:.4}");
        // 240 000 requests; the standard error is about .002.
        assert!((mean - expected).abs() < 0.006, "backlog {backlog}: {mean}");
    }
}

/// The same queue below capacity with SYN retries: nothing is lost, and whoever met a full queue is late by 1, 2, 3
/// ... whole seconds (T-22, G24). Fixed work of 100 ms and three places make the rest of the latency at most 200 ms.
#[test]
fn below_capacity_drops_become_whole_seconds_g24() {
    let link = "server=workers&workers=8&service=100ms&service-dist=fixed&rps=60&keepalive=off&backlog=2&timeout=0s\
                &rtt=0s\
                &duration=100s&tail=60s";
    let sim = sim_with(link, Recording::default());
    let report = sim.report();
    assert_eq!((report.requests.failed, report.requests.in_flight), (0, 0));
    let mut steps = [0; 6];
    for outcome in sim.request_log() {
        let ms = outcome.ended.since(outcome.arrived).as_millis_f64();
        assert!((100.0..=200.0).contains(&(ms % 1000.0)), "{ms}");
        steps[(ms / 1000.0).min(5.0) as usize] += 1;
    }
    println!("late by 0, 1, 2 ... s: {steps:?}");
    assert!(steps[0] > steps[1] && steps[1] > steps[2] && steps[2] > 0, "{steps:?}");
}
