//! A run in one sentence: its load as it changes, what became of the requests, what is remarkable.

use connlab::preset::PRESETS;
use connlab::sentence::{Sentence, Trouble, load, tell, troubles};
use connlab::time::{SimDuration, SimTime};
use connlab::{link, words};

use super::lab;

/// The sentence of a link's run.
fn sentence(text: &str) -> String {
    let sim = lab::sim(text);
    Sentence::of(&link::scenario(text), &sim.report(), &sim.series()).to_string()
}

/// What every seed of a preset says; `..` stands for a number that differs.
const SAID: &[(&str, &[&str])] = &[
    (
        "incident",
        &[
            "60 s, 400 requests/s; from 20 s handlers take 50 ms, not 30 ms: ",
            "reset by peer, the first at 2",
            "while 400 requests/s meet room for 320 and the accept queue (129 of 129) is full",
        ],
    ),
    ("two-idle", &["60 s, 400 requests/s: ", "0 failed, but 3", " % of the requests dialed"]),
    ("ports", &["60 s, 1500 requests/s: ", "all no free port", "while all 28,232 ports of a client are taken"]),
    (
        "accept-queue",
        &[
            "60 s, 300 requests/s; from 10 s to 12 s nothing is accepted: ",
            "0 failed, but ",
            " took a second or more, ",
            "a SYN is sent again after a second",
        ],
    ),
    (
        "phantoms",
        &[
            "60 s, 300, from 10 s 500 requests/s: ",
            "all Client.Timeout, the first at 1",
            "while 500 requests/s meet room for 400",
        ],
    ),
    (
        "abort",
        &[
            "60 s, 300, from 10 s 500 requests/s: ",
            "reset by peer, the first at 1",
            "500 requests/s meet room for 400 and the accept queue (129 of 129) is full",
        ],
    ),
    (
        "bigger-queue",
        &["60 s, 300, from 10 s 500 requests/s: ", "all Client.Timeout", "while 500 requests/s meet room for 400"],
    ),
    ("retry-storm", &["60 s, 280, from 10 s to 12 s 560 requests/s: ", "all Client.Timeout, the first at 1"]),
    ("jitter", &["60 s, 1,000 requests every 20 s: ", "all Client.Timeout", "while all 16 workers are busy"]),
    (
        "stale-keepalive",
        &["60 s, 50 callers who think for 5 s: ", "all EOF", "where the server closes what is idle for 5 s"],
    ),
    ("closed-by-us", &["60 s, 200 requests/s: ", "all closed by us", "after Client.Timeout, 1 s"]),
    (
        "stall",
        &[
            "60 s, 200 requests/s; from 30 s to 30.1 s handlers take 3 s, not 10 ms: ",
            "0 failed, but ",
            "took a second or more",
        ],
    ),
    (
        "restart",
        &[
            "60 s, 300 requests/s; at 20 s the server stops, from 22 s it listens again: ",
            " refused, the first at 20.1 s, while the server is down",
        ],
    ),
    (
        "cookies",
        &[
            "10 s, 3,000 requests every 60 s; nothing is accepted until 0.5 s: ",
            "all reset by peer, the first at 2.0 ms",
        ],
    ),
    (
        "cpu",
        &[
            "30 s, 900, from 10 s 1200 requests/s: ",
            "all Client.Timeout, the first at 1",
            " steps wait for a processor of the server",
        ],
    ),
    ("healthy", &["60 s, 400 requests/s: ", "0 failed – ", "still open at the end"]),
];

#[test]
fn the_sentence_of_every_preset_is_that_of_its_run_on_several_seeds() {
    for preset in PRESETS {
        let (_, parts) = SAID.iter().find(|(name, _)| *name == preset.name).expect("a row for each preset");
        for seed in 1..=3 {
            let text = format!("p={}&seed={seed}", preset.name);
            let (said, report) = (sentence(&text), lab::run(&text));
            let rest = parts.iter().try_fold(&*said, |rest, part| rest.split_once(part).map(|(_, rest)| rest));
            assert!(rest.is_some(), "{text}: {said}");
            for number in [report.requests.ok, report.requests.failed] {
                assert!(said.contains(&words::count(number)), "{text}: {said}");
            }
        }
    }
}

/// The load of a link, told with the failures in view that began at this second.
fn load_of(text: &str, at: Option<u64>) -> String {
    load(&link::scenario(text), at.map(|s| SimTime::ZERO + SimDuration::from_secs(s)))
}

#[test]
fn the_load_is_told_in_its_own_terms_and_as_it_changes() {
    for (text, said) in [
        ("rps=1200", "60 s, 1200 requests/s"),
        ("load=closed&callers=2000", "60 s, 2,000 callers"),
        ("load=closed&callers=200&think=30s&duration=600s", "600 s, 200 callers who think for 30 s"),
        ("load=burst", "60 s, 50 requests every 1 s"),
        ("10s.rps=800", "60 s, 400, from 10 s 800 requests/s"),
        ("10s.rps=800&12s.rps=400", "60 s, 400, from 10 s to 12 s 800 requests/s"),
        ("10s.rps=800&12s.rps=0.5&20s.rps=7", "60 s, 400, from 10 s 800, from 12 s 0.5, from 20 s 7 requests/s"),
        ("1s.rps=800&2s.rps=50&3s.rps=70&4s.rps=90", "60 s, 50 to 800 requests/s in 5 steps"),
        // What changes nothing is not told: the same value, after the end, a rate that no closed load has.
        ("10s.rps=400&90s.rps=1", "60 s, 400 requests/s"),
        ("load=closed&10s.rps=500", "60 s, 50 callers"),
        ("5s.think=2s", "60 s, 400 requests/s"),
        ("load=closed&5s.think=2s", "60 s, 50 callers; from 5 s callers think for 2 s, not 0 s"),
        ("5s.workers=8", "60 s, 400 requests/s; from 5 s the workers are 8, not 16"),
        ("5s.loss=2%25", "60 s, 400 requests/s; from 5 s the packets lost are 2 %, not 0 %"),
        ("5s.timeout=0s", "60 s, 400 requests/s; from 5 s Client.Timeout is off, not 2 s"),
        ("250ms.service=1s", "60 s, 400 requests/s; from 0.25 s handlers take 1 s, not 20 ms"),
    ] {
        assert_eq!(load_of(text, None), said, "{text}");
    }
}

/// All workers are busy too when 400 callers come back at once, but that is not what closed their connections.
#[test]
fn what_a_timer_closed_is_not_put_down_to_busy_workers() {
    let said = sentence(
        "load=closed&callers=400&clients=400&think=60s&think-dist=lognormal&think-cv=0.001&method=POST&server=go\
         &server-idle-timeout=60s&duration=600s",
    );
    assert!(said.contains("all EOF") && said.contains("where the server closes what is idle for 60 s"), "{said}");
}

#[test]
fn a_deploy_and_a_stall_are_told_as_what_they_are() {
    for (text, said) in [
        ("20s.listening=off", "at 20 s the server stops"),
        ("20s.listening=off&22s.listening=on", "at 20 s the server stops, from 22 s it listens again"),
        (
            "20s.accepting=off&21s.listening=off&22s.listening=on&22s.accepting=on",
            "at 20 s the server stops, from 22 s it listens again",
        ),
        ("20s.accepting=off", "from 20 s nothing is accepted"),
        ("listening=off", "the server is down"),
        ("listening=off&100ms.listening=on", "the server is down until 0.1 s"),
        (
            "5s.listening=off&6s.listening=on&9s.listening=off&10s.listening=on",
            "at 5 s the server stops, from 6 s it listens again, and once more",
        ),
    ] {
        assert_eq!(load_of(text, None), format!("60 s, 400 requests/s; {said}"), "{text}");
    }
}

#[test]
fn of_many_changes_those_next_to_the_failure_are_told_and_the_others_counted() {
    let text = "5s.rtt=50ms&10s.service=50ms&20s.workers=8&30s.idle=9&40s.timeout=1s";
    let told = |at| load_of(text, at).split_once("; ").expect("changes").1.to_string();
    assert_eq!(
        told(Some(25)),
        "from 10 s handlers take 50 ms, not 20 ms; from 20 s the workers are 8, not 16; 3 more settings change"
    );
    assert_eq!(
        told(None),
        "from 5 s a round trip takes 50 ms, not 1 ms; from 10 s handlers take 50 ms, not 20 ms; 3 more settings change"
    );
}

#[test]
fn a_run_without_failures_says_what_is_remarkable_and_else_nothing() {
    let of = |text: &str| troubles(&lab::run(text));
    assert_eq!(of("p=healthy"), []);
    assert_eq!(of("p=two-idle"), [Trouble::Dials]);
    assert_eq!(of("p=two-idle&idle=20"), [], "dials that open what is kept");
    assert_eq!(of("keepalive=off&rps=20"), [], "who keeps nothing dials always");
    assert_eq!(of("p=stall"), [Trouble::Slow]);
    assert_eq!(of("p=healthy&service=1500ms&workers=2000&service-dist=fixed"), [], "slow as all the others");
    assert!(sentence("p=two-idle&idle=20").contains(" 0 failed – "));
}

#[test]
fn more_dials_than_requests_are_no_share_of_them() {
    let report = lab::run("p=jitter");
    let (dials, requests) = (report.connections.dials, report.requests.offered);
    assert!(dials > requests, "each try dials anew: {dials}");
    let want = format!("{} dials for {} requests", words::count(dials), words::count(requests));
    assert_eq!(tell(&report, Trouble::Dials), want);
    assert!(tell(&lab::run("p=two-idle"), Trouble::Dials).ends_with(" % of the requests dialed"));
}

#[test]
fn requests_of_a_second_and_more_are_counted() {
    for text in ["p=accept-queue", "p=stall"] {
        let sim = lab::sim(text);
        let slow = sim.request_log().iter().filter(|row| row.ended.since(row.arrived) >= SimDuration::from_secs(1));
        let (exact, told) = (slow.count() as u64, sim.report().latency_ms.over_second);
        assert!(exact.abs_diff(told) <= 1 + exact / 100, "{text}: {told} of {exact}");
    }
}
