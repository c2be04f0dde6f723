//! Programs that need time on a processor (M-31), against what can be worked out by hand. `recorded_runs` has real
//! ones.

use connlab::link;
use connlab::sim::report::{ProcessorWork, Report};
use connlab::time::{SimDuration, SimTime};

use super::lab;

fn client(report: &Report) -> ProcessorWork {
    report.processors.client.expect("a client that takes time")
}

fn server(report: &Report) -> ProcessorWork {
    report.processors.server.expect("a server that takes time")
}

#[test]
fn without_a_time_of_steps_processors_change_nothing_m31() {
    let free = lab::run("p=two-idle&duration=5s");
    let limited = lab::run("p=two-idle&duration=5s&client-cores=1&server-cores=1");
    assert_eq!(free, Report { fingerprint: free.fingerprint.clone(), ..limited.clone() });
    assert_eq!(free.fingerprint, limited.fingerprint);
    assert!(free.processors.are_free());
}

#[test]
fn enough_processors_delay_every_step_and_nobody_waits_m31() {
    let link = "load=closed&callers=1&idle=2&rtt=0&server=go&service=1ms&service-dist=fixed&duration=2s";
    let report = lab::run(&format!("{link}&client-cpu=100us&server-cpu=200us"));
    // Out and in at both ends; connect() and accept() only once.
    let expected = 1.0 + 2.0 * 0.1 + 2.0 * 0.2;
    assert!((report.latency_ms.mean / expected - 1.0).abs() < 0.02, "{}", report.latency_ms.mean);
    for work in [client(&report), server(&report)] {
        assert_eq!((work.peak_queue, work.mean_wait_ms, work.utilization), (0, 0.0, None));
    }
}

/// A closed loop that keeps the one processor busy has its throughput: two steps a request.
#[test]
fn one_processor_answers_as_fast_as_its_two_steps_allow_m31() {
    let link = "load=closed&callers=50&idle=100&rtt=10us&server=go&workers=1000&service=0&duration=5s";
    for (which, expected) in [("client", 1.0 / (2.0 * 50e-6)), ("server", 1.0 / (2.0 * 50e-6))] {
        let report = lab::run(&format!("{link}&{which}-cores=1&{which}-cpu=50us"));
        assert!(!report.processors.are_free());
        let rate = report.requests.ok as f64 / 5.0;
        assert!((rate / expected - 1.0).abs() < 0.01, "{which}: {rate}/s, expected {expected}");
        let work = if which == "client" { client(&report) } else { server(&report) };
        assert!((0.99..=1.0).contains(&work.utilization.expect("one processor")), "{work:?}");
        // Little's law for the queue.
        let wait = work.mean_queue * 5_000.0 / work.steps as f64;
        assert!((work.mean_wait_ms / wait - 1.0).abs() < 0.001, "{wait} ms, {work:?}");
        // All but the one that runs wait, on the way out or in, or are in the network.
        assert!(work.peak_queue <= 50 && work.mean_queue > 40.0, "{work:?}");
    }
}

/// Pollaczek and Khinchine: a request is two steps back to back on the server's one processor, each even between half
/// of its mean and one and a half of it; the wait is that of an M/G/1 queue.
#[test]
fn the_wait_for_the_servers_processor_is_that_of_an_m_g_1_queue_m31() {
    let (rate, step) = (2_400.0, 150e-6);
    let mean = 2.0 * step;
    let square = mean * mean + 2.0 * step * step / 12.0;
    let rho: f64 = rate * mean;
    let wait = rate * square / (2.0 * (1.0 - rho));
    let link =
        format!("rps={rate}&clients=100&idle=1000&max-idle=0&rtt=0&server=go&workers=1000&service=0&duration=60s");
    let waits: Vec<f64> = (1..=6)
        .map(|seed| {
            let report = lab::run(&format!("{link}&server-cores=1&server-cpu=150us&seed={seed}"));
            report.latency_ms.mean / 1e3 - mean
        })
        .collect();
    let found = waits.iter().sum::<f64>() / waits.len() as f64;
    let spread = waits.iter().map(|wait| (wait - found) * (wait - found)).sum::<f64>() / 5.0;
    // Student's t for 5 degrees of freedom at 99.9 %, two-sided.
    let half_width = 6.869 * (spread / 6.0).sqrt();
    assert!(half_width < 0.1 * wait, "± {half_width} says nothing about {wait}");
    assert!((found - wait).abs() < half_width.max(0.02 * wait), "{found} ± {half_width}, expected {wait}");
}

/// Slow answers, and time-outs, from nothing but processors that are busy.
#[test]
fn a_burst_on_one_processor_takes_seconds_m31() {
    let link = "load=burst&burst=16384&burst-every=60s&duration=1s&tail=29s&loopback=on&rtt=50us&server=go\
                &workers=10000&service=10us&idle=16384&max-idle=0&ports=60000";
    let free = lab::run(&format!("{link}&timeout=20s"));
    assert_eq!(free.requests.ok, 16_384);
    assert!(free.latency_ms.p50 < 1.0);
    let busy = lab::run(&format!("{link}&client-cores=2&client-cpu=50us&server-cores=2&server-cpu=30us&timeout=20s"));
    assert!(busy.latency_ms.p50 > 500.0, "{}", busy.latency_ms.p50);
    assert!(busy.latency_ms.max > 1_000.0);
    let late = lab::run(&format!("{link}&client-cores=2&client-cpu=50us&server-cores=2&server-cpu=30us&timeout=1s"));
    assert!(late.requests.failed > 1_000, "{:?}", late.errors);
}

/// With more processors from 2 s on, what waits gets one at once.
#[test]
fn processors_may_be_added_while_the_run_goes_on_m31() {
    let link = "load=closed&callers=50&idle=100&rtt=10us&server=go&workers=1000&service=0&duration=4s&server-cpu=50us";
    let [one, two, more] = ["&server-cores=1", "&server-cores=2", "&server-cores=1&2s.server-cores=2"]
        .map(|cores| lab::run(&format!("{link}{cores}")).requests.ok as f64);
    assert!((two / one - 2.0).abs() < 0.05, "{one} {two}");
    assert!((more / one - 1.5).abs() < 0.05, "{one} {more}");
    let fewer = lab::run(&format!("{link}&server-cores=2&2s.server-cores=1")).requests.ok as f64;
    assert!((fewer / one - 1.5).abs() < 0.05, "{one} {fewer}");
    let free = lab::run(&format!("{link}&server-cores=1&2s.server-cpu=0"));
    assert!(free.requests.ok as f64 > 1.9 * one, "{one} {}", free.requests.ok);
}

/// A caller who has left is not served by the client's processor, and every class stays countable.
#[test]
fn whoever_gives_up_while_waiting_for_a_processor_is_counted_once_m31() {
    let link = "load=burst&burst=400&burst-every=1s&duration=5s&tail=2s&timeout=20ms&retries=1&backoff=none&server=go\
                &service=1ms&client-cores=3&client-cpu=1ms&server-cores=1&server-cpu=1ms";
    for go in ["1.4", "1.22", "1.27"] {
        let report = lab::run(&format!("{link}&go={go}"));
        assert!(report.requests.failed > 0, "{go}");
        assert_eq!(report.requests.offered, report.requests.ok + report.requests.failed + report.requests.in_flight);
        let recipe = link::decode(&format!("{link}&go={go}")).recipe;
        let outside: Vec<_> = connlab::checks::all(&recipe.scenario, &report)
            .into_iter()
            .filter(|check| check.finding.verdict() == "outside")
            .collect();
        assert!(outside.is_empty(), "{go}: {outside:?}");
        // Who gives up may be gone when its turn on the processor comes: its history is told all the same.
        let sim = lab::sim(&format!("{link}&go={go}"));
        let failures: Vec<u32> = connlab::sim::error::ERRORS
            .iter()
            .flat_map(|spec| sim.failures(spec.kind))
            .map(|failure| failure.request)
            .collect();
        assert!(failures.len() > 20);
        for request in failures.into_iter().step_by(5) {
            let trace = sim.tracer(request).run();
            assert!(connlab::why::chain(&trace).is_some(), "{go}: request {request}");
        }
    }
}

/// golang/go#16012: eight callers in a loop, two idle connections, ports that rest: within ten seconds there is none
/// left. Without a time of steps nobody ever meets in the pool.
#[test]
fn eight_callers_in_a_loop_use_up_the_ports_where_steps_take_time_m31() {
    let link = "load=closed&callers=8&loopback=on&rtt=30us&server=go&workers=1000&service=20us&go=1.22&tw-reuse=0\
                &timeout=0&duration=10s";
    let free = lab::run(link);
    assert_eq!((free.connections.dials, free.requests.failed), (8, 0));
    for cores in [2, 4] {
        let cpu = format!("client-cores={cores}&client-cpu=10us&server-cores={cores}&server-cpu=9us");
        let report = lab::run(&format!("{link}&{cpu}"));
        assert!(lab::failed(&report, "ports") > 0, "{cores}: {:?}", report.errors);
        assert!(report.requests.ok > 100_000);
    }
}

/// What waits for a processor is seen where those are limited, and only there.
#[test]
fn a_snapshot_has_a_run_queue_where_processors_are_limited_m31() {
    let queues = |settings: &str| {
        let link = format!("load=burst&burst=20&burst-every=1s&rtt=2ms&server=go&duration=2s&{settings}");
        let mut sim = connlab::sim::Sim::new(&link::scenario(&link));
        // The burst at 1 s: the first of twenty has 10 ms of work, nineteen wait.
        sim.advance(SimTime::ZERO + SimDuration::from_millis(1_005), u32::MAX);
        let snapshot = sim.snapshot();
        [snapshot.clients[0].run_queue, snapshot.server.run_queue]
    };
    assert_eq!(queues(""), [None, None]);
    assert_eq!(queues("client-cores=1&server-cores=1"), [None, None], "steps take no time");
    assert_eq!(queues("client-cpu=10ms&server-cpu=10ms"), [None, None], "there are enough");
    let [Some(client), Some(0)] = queues("client-cores=1&client-cpu=10ms&server-cores=1&server-cpu=1ms") else {
        panic!("both are limited, and nothing has come to the server");
    };
    assert_eq!(client, 19);
}
