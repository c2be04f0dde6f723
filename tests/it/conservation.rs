//! Whatever the parameters: nothing is lost, nothing is counted twice, nothing exceeds its limit.

use connlab::params::Method;
use connlab::scenario::Scenario;
use connlab::sim::report::SocketStates;
use connlab::sim::{Progress, Sim};
use connlab::time::SimDuration;
use proptest::prelude::*;

use super::invariants::{everything_adds_up, holds, overtime, sojourn, the_series_adds_up};
use super::lab;
use super::links::{self, CHEAP, Case};

/// Cheap scenarios end long before. What stands still at one instant does not, and must add up all the same.
const EVENTS: u32 = 1_000_000;

fn run(scenario: &Scenario) -> (Sim, Progress) {
    let mut sim = Sim::new(scenario);
    sim.log_requests();
    let progress = sim.advance(sim.end(), EVENTS);
    (sim, progress)
}

proptest! {
    #![proptest_config(links::cases(400))]

    #[test]
    fn whatever_the_parameters_everything_adds_up(Case(scenario) in links::scenarios(CHEAP)) {
        everything_adds_up(&scenario, &run(&scenario).0)?;
    }

    /// Also what happens in the very last instant, and in what is left of a second that the run does not fill.
    #[test]
    fn the_series_adds_up_to_the_totals(Case(scenario) in links::scenarios(CHEAP)) {
        let (sim, progress) = run(&scenario);
        prop_assume!(progress == Progress::Reached);
        the_series_adds_up(&sim.report())?;
    }

    /// Little's law is no approximation where a system starts and ends empty: ∫ N dt = Σ sojourns.
    #[test]
    fn littles_law_holds_exactly_in_every_drained_run(Case(mut scenario) in links::scenarios(CHEAP)) {
        let deadline = SimDuration::from_secs(1);
        scenario.timetable.retain(|change| change.spec().key != "deadline");
        scenario.params.deadline = deadline;
        scenario.params.tail = deadline + overtime(&scenario);
        let (sim, progress) = run(&scenario);
        prop_assume!(progress == Progress::Reached);
        let report = sim.report();
        prop_assert_eq!(report.requests.in_flight, 0);
        let sojourns: f64 = sim.request_log().iter().map(|outcome| sojourn(outcome).as_secs_f64()).sum();
        let area = report.means.in_flight * report.simulated_s;
        // The mean is rounded to a millionth.
        prop_assert!((area - sojourns).abs() <= 1e-6 * report.simulated_s, "∫ N dt = {area}, Σ sojourns = {sojourns}");
    }

    /// A client that keeps nothing has nothing left in the end, whatever went wrong on the way and whatever the server
    /// still does: dials have ended after their time-out, orphans after their retransmissions, TIME_WAIT after 60 s.
    #[test]
    fn no_client_socket_or_port_leaks(Case(mut scenario) in links::scenarios(CHEAP)) {
        let left_alone = ["deadline", "dial-timeout", "upload", "loss", "rtt", "rtt-jitter", "nic-rate"];
        scenario.timetable.retain(|change| !left_alone.contains(&change.spec().key));
        let p = &mut scenario.params;
        p.keepalive = false;
        p.deadline = SimDuration::from_secs(1);
        p.dial_timeout = SimDuration::from_secs(5);
        p.upload = p.upload.min(SimDuration::from_secs(2));
        p.rtt = p.rtt.min(SimDuration::from_millis(20));
        p.rtt_jitter = p.rtt_jitter.min(SimDuration::from_millis(20));
        // Eight losses in a row, after which the kernel gives an orphan up, would take longer than the tail.
        p.loss = p.loss.min(connlab::quantity::Percent::new(3));
        p.nic_rate = connlab::quantity::Rate::default();
        p.tail = SimDuration::from_secs(200);
        let (sim, progress) = run(&scenario);
        prop_assume!(progress == Progress::Reached);
        let report = sim.report();
        holds! {
            "sockets the program has open": report.connections.open_end, == 0;
            "sockets the kernel has": report.sockets_end.client, == SocketStates::default();
            "requests": report.requests.in_flight, == 0;
        }
    }
}

proptest! {
    #![proptest_config(links::cases(200))]

    /// Two of three random links have no streamed bodies, and most uploads are longer than the run. These have, and are
    /// not.
    #[test]
    fn with_streamed_bodies_everything_adds_up(
        Case(mut scenario) in links::scenarios(CHEAP),
        upload_us in 0..300_000u64,
        sched_delay_us in 0..1_000u64,
    ) {
        let left_alone = ["upload", "sched-delay"];
        scenario.timetable.retain(|change| !left_alone.contains(&change.spec().key));
        let p = &mut scenario.params;
        (p.method, p.rewindable) = (Method::Post, false);
        p.upload = SimDuration::from_micros(upload_us);
        p.sched_delay = SimDuration::from_micros(sched_delay_us);
        everything_adds_up(&scenario, &run(&scenario).0)?;
    }
}

#[test]
fn after_the_load_and_the_idle_time_outs_neither_side_has_a_socket_left() {
    // Each has something that could leak: pooled connections, dials nobody waits for, half-accepted connections, a
    // restart with handlers under way, work for callers that had gone.
    for link in [
        "rps=400&idle=100&idle-timeout=5s",
        "rps=400&idle=100&server-idle-timeout=5s&idle-timeout=0s",
        "rps=400&idle=100&idle-timeout=5s&max-requests=7&clients=5",
        "rps=900&timeout=300ms&backlog=16&idle-timeout=5s",
        "rps=900&timeout=300ms&backlog=16&idle-timeout=5s&abort-on-overflow=on&syncookies=2",
        "rps=900&timeout=300ms&backlog=16&idle-timeout=5s&go=1.22&os=bsd",
        "rps=900&timeout=300ms&backlog=16&keepalive=off&checks-context=on",
        "rps=900&timeout=300ms&server=go&idle-timeout=5s&max-conns=20&retries=2",
        "rps=400&idle-timeout=5s&3s.listening=off&4s.listening=on&5s.accepting=off&7s.accepting=on",
        "rps=400&idle-timeout=5s&stop=shutdown&3s.listening=off&4s.listening=on&5s.listening=off&5100ms.listening=on",
        "rps=900&timeout=300ms&server=go&idle-timeout=5s&stop=shutdown&3s.listening=off&4s.listening=on&5s.stop=kill\
         &5s.listening=off&6s.listening=on",
        "rps=400&idle-timeout=5s&idle=100&write-timeout=50ms&read-header-timeout=100ms&retries=2&tw-buckets=50",
        "load=burst&burst=300&burst-every=900ms&idle-timeout=5s&server-fds=30&client-fds=200",
        "load=closed&callers=90&think=50ms&idle-timeout=5s&loopback=on&ports=100",
        "rps=400&idle=100&idle-timeout=5s&method=POST&rewindable=off&upload=20ms&patience=200ms&timeout=100ms&loss=1%",
    ] {
        let sim = lab::sim(&format!("{link}&duration=10s&tail=200s"));
        let (report, series) = (sim.report(), sim.series());
        assert!(report.requests.ok > 500, "{link}: something happened");
        assert_eq!(report.requests.in_flight, 0, "{link}");
        assert_eq!(report.connections.open_end, 0, "{link}");
        assert_eq!(report.sockets_end.client, SocketStates::default(), "{link}");
        assert_eq!(report.sockets_end.server, SocketStates::default(), "{link}");
        assert_eq!([&series.syn_sent, &series.established].map(|column| column.last()), [Some(&0); 2], "{link}");
        let time_waits = report.nstat.TcpExtTW;
        assert!(time_waits <= report.connections.client_closes + report.connections.server_closes, "{link}");
    }
}
