//! Running out of ports: each connection that the client closes holds one for a minute.

use super::{Answer, Lesson, Question, Script};
use crate::params::ParamId;
use crate::sim::error::ErrorKind;
use crate::words::{count, seconds};

pub(super) const LESSON: Lesson = Lesson {
    id: "ports",
    title: "Running out of ports",
    start: "load=burst&burst=20&burst-every=500ms&duration=80s&timeout=5s&ports=4000&idle=2&server=go&workers=100\
            &service=20ms&rtt=1ms",
    change: "burst=50",
    unlock: &[ParamId::burst, ParamId::idle, ParamId::keepalive, ParamId::tw_reuse],
    chart: "sockets",
    line: Some(0),
};

pub(super) const SCRIPT: Script = Script {
    situation: |it| {
        format!(
            "Every half second a job sends 20 requests at once to one server. The client may use 4,000 local ports \
             (Linux allows 28,232; fewer make a shorter run), and keeps Go's default of 2 idle connections. The other \
             18 of each burst are closed by the client, and the kernel holds the port of each in TIME_WAIT for 60 s. \
             That goes well for as long as you like: at most {} ports are taken.\n\nYou will send 50 requests each \
             time.",
            count(it.start.report.peaks.ports)
        )
    },
    questions: &[
        Question {
            text: "With bursts of 50: how many sockets are in TIME_WAIT at the peak?",
            answer: Answer::Number {
                unit: "sockets",
                truth: |it| it.changed.report.peaks.time_wait_client as f64,
            },
        },
        Question {
            text: "When does the first request fail?",
            answer: Answer::Number { unit: "s after the start", truth: |it| it.changed.went_well_s() },
        },
        Question {
            text: "Now switch keep-alive off, so that every single request dials. What becomes of the errors?",
            answer: Answer::Choice(&[
                ("They are gone", |it| it.others[1].failed() == 0),
                ("They come earlier: each request takes a port", |it| {
                    it.others[1].went_well_s() < it.changed.went_well_s()
                }),
                ("They come when they came before", |it| it.others[1].went_well_s() >= it.changed.went_well_s()),
            ]),
        },
    ],
    why: "What is it that runs out, and how fast is it used up? One sentence.",
    explain: "The failed requests sent no packet. How do you know?",
    others: &[
        ("Bursts of 50, room for 50 idle connections", "burst=50&idle=50"),
        ("Bursts of 50, keep-alive off", "burst=50&keepalive=off"),
        ("Bursts of 50, `tcp_tw_reuse` 1", "burst=50&tw-reuse=1"),
    ],
    more_seeds: 0,
    outcome: |it| {
        format!(
            "From {} on, {} requests fail: `cannot assign requested address`",
            seconds(it.changed.went_well_s()),
            count(it.changed.failed_with(ErrorKind::Ports))
        )
    },
    notice: |it| {
        let changed = &it.changed.report;
        let [room, off, reuse] = [0, 1, 2].map(|at| &it.others[at]);
        format!(
            "**What to notice.** Of each burst of 50, two connections go back to the pool and 48 are closed by the \
             client: 96 a second. With 4,000 ports that lasts for 4,000 / 96, about 42 s; the first request failed \
             after {}. From then on {} sockets were in TIME_WAIT, not as many as were closed in a minute: there are no \
             more ports. A port comes back 60 s after its connection was closed, so errors come in waves of a \
             minute. With bursts of 20 it was 36 a second: 36 times 60 fits.\n\n**What helps, and what it costs.** \
             With room for 50 idle connections there are {} dials in all, and {} failures. Without keep-alive there \
             are {} dials, and {} failures: after `Connection: close` a Go server closes first, and has the TIME_WAITs \
             itself, {} of them, where they take no port of the client. Each request pays for it with a handshake. \
             `tcp_tw_reuse` lets the kernel take a port again that has rested for a second: {} failures.",
            seconds(it.changed.went_well_s()),
            count(changed.peaks.time_wait_client),
            count(room.report.connections.dials),
            count(room.failed()),
            count(off.report.connections.dials),
            count(off.failed()),
            count(off.report.peaks.time_wait_server),
            count(reuse.failed()),
        )
    },
    rule: "Connections that the client closes in 60 s must be fewer than its ports for that server: with Linux's \
           28,232, that is 470 a second.",
    talk: "A proxy talks to one database address and closes 1,000 connections a second. What helps: a second address \
           of the database, a second address of the proxy, `tcp_fin_timeout`, a pool?",
    commands: |it| {
        format!(
            "# The ports there are, and those that rest. Here the peak was {}.\n\
             sysctl net.ipv4.ip_local_port_range\n\
             ss -Htan state time-wait dst 10.0.1.1:80 | wc -l\n\n\
             // Go: connections that are kept need no new port. Read each body to its end and close it.\n\
             t := http.DefaultTransport.(*http.Transport).Clone()\n\
             t.MaxIdleConnsPerHost = 50\n\
             client := &http.Client{{Transport: t}}\n\n\
             // This error, told from others: nothing was sent, so a retry is safe. It will fail, too.\n\
             if errors.Is(err, syscall.EADDRNOTAVAIL) {{\n    log.Print(\"no free port: \", err)\n}}",
            count(it.changed.report.peaks.time_wait_client),
        )
    },
    shows: "Small bursts never fail. Large ones run out of ports after a time that can be computed, with `cannot \
            assign requested address` and nothing else, and each of the three other changes cures them.",
    promise: |it| {
        let changed = &it.changed;
        it.start.failed() == 0
            && changed.failed() > 500
            && changed.failed() == changed.failed_with(ErrorKind::Ports)
            && (40.0..44.0).contains(&changed.went_well_s())
            && it.others.iter().all(|run| run.failed() == 0)
            && it.others[1].report.peaks.time_wait_server > 4_000
    },
};
