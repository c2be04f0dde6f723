//! Each preset shows what it promises on at least 18 of the seeds 1 to 20.

use connlab::preset::PRESETS;
use connlab::sim::Sim;
use connlab::sim::report::{Report, SocketsEnd};
use connlab::time::{SimDuration, SimTime};

use crate::lab;

/// What every seed, or nearly every one, of a preset shows.
pub struct Promise {
    preset: &'static str,
    /// For people.
    pub text: &'static str,
    /// Whether the run of this link, the preset with a seed, keeps it. What it says about another setting is measured
    /// in a run with that setting.
    is_kept: fn(link: &str) -> bool,
}

/// The promise of the preset with this name.
pub fn promise(preset: &str) -> &'static Promise {
    PROMISES.iter().find(|promise| promise.preset == preset).expect("a promise for each preset")
}

const PROMISES: &[Promise] = &[
    Promise {
        preset: "incident",
        text: "connection reset by peer and use of closed network connection are among the three commonest errors; \
              thousands of sockets are in SYN_SENT and in TIME_WAIT.",
        is_kept: incident,
    },
    Promise {
        preset: "two-idle",
        text: "No request fails, and more than a third of the requests dial a new connection.",
        is_kept: two_idle,
    },
    Promise {
        preset: "ports",
        text: "`cannot assign requested address` appears before the end of the run.",
        is_kept: |link| lab::failed(&lab::run(link), "ports") > 0,
    },
    Promise {
        preset: "accept-queue",
        text: "No request fails, and the latency has steps of whole seconds.",
        is_kept: accept_queue,
    },
    Promise {
        preset: "phantoms",
        text: "Hundreds more connections are ESTABLISHED on the clients than on the server; their callers read \
              `exceeded while awaiting headers`.",
        is_kept: phantoms,
    },
    Promise {
        preset: "abort",
        text: "Nearly every failure is a reset; with the setting off none is, and twice as many requests fail.",
        is_kept: abort,
    },
    Promise {
        preset: "bigger-queue",
        text: "Goodput in the last twenty seconds is under a tenth of what it is with a backlog of 128.",
        is_kept: bigger_queue,
    },
    Promise {
        preset: "retry-storm",
        text: "Goodput in the last twenty seconds is under a fifth of what it was before the spike.",
        is_kept: retry_storm,
    },
    Promise {
        preset: "jitter",
        text: "A third of the requests fail or more; with full jitter fewer than one in a hundred does, with fewer \
              attempts.",
        is_kept: jitter,
    },
    Promise {
        preset: "stale-keepalive",
        text: "`EOF` is the only error, more than one request in twelve has it, and each of these cures removes it.",
        is_kept: stale_keepalive,
    },
    Promise {
        preset: "closed-by-us",
        text: "`use of closed network connection` is the only error; with Go 1.27 exactly as many requests fail, by \
              Client.Timeout.",
        is_kept: closed_by_us,
    },
    Promise {
        preset: "stall",
        text: "The 99th percentile is above half a second; a closed loop of about the same load reports under 50 ms.",
        is_kept: stall,
    },
    Promise {
        preset: "restart",
        text: "refused, reset and EOF all appear, and no request fails before or after the deploy.",
        is_kept: restart,
    },
    Promise {
        preset: "cookies",
        text: "Nine requests in ten are reset, with tcp_abort_on_overflow off; with a backlog of 4096 none is.",
        is_kept: cookies,
    },
    Promise {
        preset: "cpu",
        text: "`Client.Timeout` is the only error, and takes most of the requests; twice as many workers change hardly \
              anything, and with four processors no request fails.",
        is_kept: cpu,
    },
    Promise { preset: "healthy", text: "No request fails.", is_kept: |link| lab::run(link).requests.failed == 0 },
];

fn cpu(link: &str) -> bool {
    let report = lab::run(link);
    let failed = report.requests.failed;
    let of_workers = with(link, "workers=400").requests.failed;
    let is_cured = with(link, "server-cores=4").requests.failed == 0;
    let most_fail = failed * 2 > report.requests.offered;
    all_failures_are(&report, "client-timeout") && most_fail && of_workers * 10 > failed * 9 && is_cured
}

fn cookies(link: &str) -> bool {
    let report = lab::run(link);
    let resets = lab::failed(&report, "reset");
    let cured = with(link, "backlog=4096");
    all_failures_are(&report, "reset") && resets * 10 > report.requests.offered * 9 && cured.requests.failed == 0
}

/// The run of a preset's link with one more setting.
fn with(link: &str, change: &str) -> Report {
    lab::run(&format!("{link}&{change}"))
}

/// Whether requests failed, and all of them with this class.
fn all_failures_are(report: &Report, class: &str) -> bool {
    report.requests.failed > 0 && lab::failed(report, class) == report.requests.failed
}

/// Requests answered per second, between these seconds.
fn goodput(report: &Report, from: usize, to: usize) -> f64 {
    report.series[from..to].iter().map(|row| row.ok as f64).sum::<f64>() / (to - from) as f64
}

fn incident(link: &str) -> bool {
    let sim = lab::sim(link);
    let report = sim.report();
    let three: Vec<&str> = report.errors.iter().take(3).map(|row| row.class).collect();
    let syn_sent = sim.series().syn_sent.into_iter().max().unwrap_or(0);
    three.contains(&"reset") && three.contains(&"closed") && syn_sent >= 2_000 && report.peaks.time_wait_client >= 2_000
}

fn two_idle(link: &str) -> bool {
    let report = lab::run(link);
    report.requests.failed == 0 && report.connections.dials * 3 > report.requests.offered
}

/// What waits for longer than 0.9 s waits for whole seconds, and then for a worker; but for the few that were in the
/// queue already when the accept loop stalled.
fn accept_queue(link: &str) -> bool {
    let sim = lab::sim(link);
    let long: Vec<f64> = (sim.request_log().iter())
        .map(|row| row.ended.since(row.arrived).as_secs_f64())
        .filter(|latency| *latency > 0.9)
        .collect();
    let on_a_step = long.iter().filter(|latency| latency.fract() < 0.35).count();
    sim.report().requests.failed == 0 && long.len() >= 100 && on_a_step * 4 >= long.len() * 3
}

/// The server's SYN queue of 129 is full of handshakes that their clients believe finished; others it has forgotten.
fn phantoms(link: &str) -> bool {
    let mut sim = Sim::new(&connlab::link::scenario(link));
    let mut sockets_at = |second| -> SocketsEnd {
        sim.advance(SimTime::ZERO + SimDuration::from_secs(second), u32::MAX);
        sim.report().sockets_end
    };
    let unknown_there = [20, 30, 40, 50].map(&mut sockets_at).iter().all(|sockets| {
        sockets.client.ESTABLISHED >= sockets.server.ESTABLISHED + 300 && sockets.server.SYN_RECV >= 100
    });
    sim.run();
    unknown_there && all_failures_are(&sim.report(), "client-timeout")
}

fn abort(link: &str) -> bool {
    let (on, off) = (lab::run(link), with(link, "abort-on-overflow=off"));
    let resets = lab::failed(&on, "reset");
    resets * 20 > on.requests.failed * 19
        && lab::failed(&off, "reset") == 0
        && off.requests.failed > 2 * on.requests.failed
}

fn bigger_queue(link: &str) -> bool {
    goodput(&lab::run(link), 40, 60) * 10.0 < goodput(&with(link, "backlog=128"), 40, 60)
}

fn retry_storm(link: &str) -> bool {
    let report = lab::run(link);
    goodput(&report, 40, 60) < goodput(&report, 2, 10) / 5.0
}

fn jitter(link: &str) -> bool {
    let (none, full) = (lab::run(link), with(link, "jitter=full"));
    none.requests.failed * 3 >= none.requests.offered
        && full.requests.failed * 100 < full.requests.offered
        && full.attempts.application < none.attempts.application
}

fn stale_keepalive(link: &str) -> bool {
    let report = lab::run(link);
    let cures = ["method=GET", "idempotency-key=on", "idle-timeout=4s", "server-idle-timeout=75s"];
    all_failures_are(&report, "eof")
        && report.requests.failed * 12 > report.requests.offered
        && cures.iter().all(|cure| with(link, cure).requests.failed == 0)
}

fn closed_by_us(link: &str) -> bool {
    let (old, new) = (lab::run(link), with(link, "go=1.27"));
    all_failures_are(&old, "closed")
        && all_failures_are(&new, "client-timeout")
        && new.requests.failed == old.requests.failed
}

fn stall(link: &str) -> bool {
    let (open, closed) = (lab::run(link), with(link, "load=closed"));
    let same_load = closed.requests.offered as f64 / open.requests.offered as f64;
    open.latency_ms.p99 > 500.0 && closed.latency_ms.p99 < 50.0 && (0.9..1.1).contains(&same_load)
}

/// What fails ends between the end of the old process and the first round trip of the new one.
fn restart(link: &str) -> bool {
    let sim = lab::sim(link);
    let report = sim.report();
    let during = SimTime::ZERO + SimDuration::from_millis(20_100)..=SimTime::ZERO + SimDuration::from_millis(22_002);
    ["refused", "reset", "eof"].iter().all(|class| lab::failed(&report, class) > 0)
        && sim.request_log().iter().filter(|row| row.error.is_some()).all(|row| during.contains(&row.ended))
}

#[test]
fn every_preset_keeps_its_promise_on_at_least_18_of_20_seeds() {
    let check = |name: &str| {
        let kept: Vec<u64> =
            (1..=20).filter(|seed| (promise(name).is_kept)(&format!("p={name}&seed={seed}"))).collect();
        println!("{name}: {} of 20 seeds", kept.len());
        assert!(kept.len() >= 18, "{name} keeps its promise on {} seeds only: {kept:?}", kept.len());
    };
    std::thread::scope(|scope| {
        PRESETS.iter().for_each(|preset| {
            scope.spawn(|| check(preset.name));
        });
    });
}

#[test]
fn the_settings_that_matter_in_a_preset_are_few() {
    for preset in PRESETS {
        assert_eq!(preset.symptom.is_empty(), preset.knobs.is_empty(), "{}", preset.name);
        assert!(preset.knobs.len() <= 6, "{}: nobody turns so many", preset.name);
    }
}

/// The stories say what to try.
#[test]
fn what_the_stories_advise_helps() {
    for (preset, advice) in [
        ("ports", "idle=100"),
        ("ports", "tw-reuse=1"),
        ("phantoms", "abort-on-overflow=on"),
        ("phantoms", "workers=24"),
        ("bigger-queue", "backlog=128"),
        ("bigger-queue", "checks-context=on"),
        ("retry-storm", "retry-budget=10%"),
        ("retry-storm", "retries=0"),
        ("retry-storm", "checks-context=on"),
        ("restart", "retries=8"),
    ] {
        let failed = |change: &str| lab::run(&format!("p={preset}&{change}")).requests.failed;
        let (before, after) = (failed("seed=1"), failed(advice));
        assert!(after * 2 < before, "{preset} with {advice}: {after} requests fail of {before}");
    }
    let dials = |change: &str| lab::run(&format!("p=two-idle&{change}")).connections.dials;
    assert!(dials("idle=20") * 100 < dials("idle=2"));
    let slowest = |change: &str| lab::run(&format!("p=accept-queue&{change}")).latency_ms.max;
    assert!(slowest("backlog=1024") < 2_100.0 && slowest("backlog=64") > 3_000.0);
}

/// What people try, one control each, and what it really does to the share of failed requests.
#[test]
fn the_folk_remedies_of_the_incident_have_their_true_effect() {
    let failed = |change: &str| {
        let report = lab::run(&format!("p=incident&{change}"));
        report.requests.failed as f64 / report.requests.offered as f64
    };
    let before = failed("seed=1");
    for (change, low, high) in [
        // Retries add load where load is the trouble.
        ("retries=3", 0.7, f64::INFINITY),
        // More idle connections save dials, not work.
        ("idle=100", 0.7, 1.5),
        // A newer Go says it more clearly.
        ("go=1.27", 0.7, 1.6),
        // A longer queue: everyone waits until nobody is waiting for the answer any more.
        ("somaxconn=4096", 1.5, f64::INFINITY),
        // The input queue of a network card that bypasses it.
        ("nic-queue=65536", 1.0, 1.0),
        // What cures it.
        ("workers=24", 0.0, 0.1),
    ] {
        let ratio = failed(change) / before;
        assert!((low..=high).contains(&ratio), "{change}: failures change by a factor of {ratio:.2}");
    }
}
