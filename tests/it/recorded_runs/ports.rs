//! Two hundred local ports: how long they last, and how fast they come back.

use std::sync::LazyLock;

use serde::Deserialize;

use super::page::{Experiment, Line};
use super::{advance, read, start};
use connlab::sim::recording::Recording;
use connlab::time::SimDuration;

const FIGURES: [&str; 4] = ["ok", "EADDRNOTAVAIL", "ok before it", "TIME_WAIT, client"];

/// Nothing but the link.
#[derive(Deserialize)]
struct How {}

fn model(link: &str) -> Vec<f64> {
    let mut sim = start(link, Recording::default());
    advance(&mut sim, SimDuration::from_secs(7));
    let time_wait = sim.report().sockets_end.client.TIME_WAIT;
    sim.run();
    let report = sim.report();
    let first = report.attempt_errors.iter().find(|row| row.class == "ports");
    let ok_before = first.map_or(report.requests.ok, |row| {
        let mut sim = start(link, Recording::default());
        advance(&mut sim, SimDuration::from_secs_f64(row.first_ms / 1e3));
        sim.report().requests.ok
    });
    let failed = first.map_or(0, |row| row.count);
    [report.requests.ok, failed, ok_before, time_wait].map(|count| count as f64).to_vec()
}

pub const TARGETS: [&str; 4] = ["", "", "", ""];

pub static EXPERIMENT: LazyLock<Experiment> = LazyLock::new(|| experiment("E6: local ports", TEXT, "keepalive=on"));

pub static CLOSE: LazyLock<Experiment> =
    LazyLock::new(|| experiment("E6 with DisableKeepAlives", CLOSE_TEXT, "keepalive=off"));

fn experiment(title: &'static str, text: &'static str, only: &str) -> Experiment {
    let lines = read("e6.jsonl").into_iter().filter(|line: &Line<How>| line.link.contains(only));
    Experiment::beside((title, text), &FIGURES, lines, |line| vec![model(&line.link)])
}

const TEXT: &str = "
A host with 200 local ports; callers without a pause, but 20 ms after an error (here: `retries=20`, so that one
failure in 21 is followed at once). `idle=0`: the client closes each connection and has the TIME_WAIT. `loopback=off`
is a pair of virtual network cards. How many requests got through, how many attempts got EADDRNOTAVAIL, how many
requests were answered before the first of those, and how many ports rested after 7 s.

200 ports last for 200 connections; with tcp_tw_reuse = 1, or 2 on loopback, a port comes back after a second,
otherwise after 60. Recorded attempts are fewer because pauses of 20 ms took 21; the recorded callers are not in step,
so that some of the first 200 are still under way when a port is first missed. Where no port is missed the callers get
through as many requests as the handlers allow, whose 5 ms took 5.8.

Left out: two destination ports (the model has one; recorded: 400 instead of 200), and connections that are just held
(recorded: 200 of 250 open, as here).
";

const CLOSE_TEXT: &str = "
With `Connection: close` the server closes behind the response, and mostly has the TIME_WAIT, which does not take a
port from the client. Mostly: between the response and its close() a server waits for the goroutine that watches the
connection, and a client that reads the response in that time closes first. That happened to 6 to 12 % of the recorded
connections here (20 to 38 % in E5), so that 200 ports were used up after 1700 to 3300 requests, and with tcp_tw_reuse
never. In the model the FIN arrives together with the response, and the server always is first.
";

/// A port serves once in 60 s, or once a second: these counts have no noise.
#[test]
fn ports_last_and_come_back_as_recorded() {
    for group in EXPERIMENT.groups.iter().filter(|group| group.link.contains("idle=0")) {
        assert_eq!(group.deviations(0), [0.0], "{}", group.link);
        for (figure, bound) in [(1, 0.17), (2, 0.14), (3, 0.03)] {
            assert!(group.deviations(figure)[0].abs() <= bound, "{}: {}", group.link, FIGURES[figure]);
        }
    }
}

/// Recorded three times: of 250 connect() calls at once the first 200 succeed.
#[test]
fn two_hundred_ports_carry_two_hundred_connections() {
    let link = "load=burst&burst=250&burst-every=600s&accepting=off&timeout=0s&ports=200&loopback=on&duration=1s";
    let mut sim = start(link, Recording::default());
    sim.run();
    assert_eq!((sim.report().connections.established, sim.report().requests.failed), (200, 50));
}
