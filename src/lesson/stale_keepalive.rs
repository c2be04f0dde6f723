//! The stale keep-alive race: a request crosses the end of its connection.

use super::{Answer, Lesson, Question, Script};
use crate::params::ParamId;
use crate::sim::error::ErrorKind;
use crate::words::{count, percent};

pub(super) const LESSON: Lesson = Lesson {
    id: "stale-keepalive",
    title: "The stale keep-alive race",
    start: "load=closed&callers=50&think=5s&think-dist=lognormal&think-cv=0.02&clients=50&method=POST&duration=120s\
            &rtt=40ms&idle-timeout=90s&server=go&server-idle-timeout=5s",
    change: "idle-timeout=4s",
    unlock: &[ParamId::idle_timeout, ParamId::server_idle_timeout, ParamId::method, ParamId::idempotency_key],
    chart: "outcomes",
    line: None,
};

pub(super) const SCRIPT: Script = Script {
    situation: |it| {
        format!(
            "Fifty agents post a reading about every 5 s, each on the connection that it used before. The server \
             closes a connection that is idle for 5 s, the client after 90 s, and they are 20 ms apart. Most is well, \
             but {} of {} requests fail with `EOF`.\n\nYou will set the client's IdleConnTimeout \
             to 4 s.",
            count(it.start.failed()),
            count(it.start.report.requests.offered)
        )
    },
    questions: &[
        Question {
            text: "With IdleConnTimeout at 4 s: how many of 100 requests fail?",
            answer: Answer::Number { unit: "of 100", truth: |it| 100.0 * it.changed.failed_share() },
        },
        Question {
            text: "And how many of 100 open a new connection?",
            answer: Answer::Number { unit: "of 100", truth: |it| 100.0 * it.changed.dialed_share() },
        },
        Question {
            text: "Leave the time-outs as they were, and send the same requests as GET. How many fail?",
            answer: Answer::Choice(&[
                ("None", |it| it.others[0].failed() == 0),
                ("Fewer, but some: those whose connection is really dead", |it| {
                    2 * it.others[0].failed() < it.start.failed()
                }),
                ("As many: a connection does not know the method", |it| {
                    2 * it.others[0].failed() >= it.start.failed()
                }),
            ]),
        },
    ],
    why: "Both sides did what they were told to. Where does `EOF` come from? One sentence.",
    explain: "Why may a client send a GET again by itself, and not a POST?",
    others: &[
        ("GET instead of POST", "method=GET"),
        ("POST with an Idempotency-Key", "idempotency-key=on"),
        ("The server waits for 75 s", "server-idle-timeout=75s"),
    ],
    more_seeds: 0,
    outcome: |it| {
        let [before, after] = [&it.start, &it.changed].map(|run| count(run.failed_with(ErrorKind::Eof)));
        format!("{before} times `EOF` become {after}")
    },
    notice: |it| {
        let [get, key, patient] = [0, 1, 2].map(|at| &it.others[at]);
        let dials = |run: &super::Run| count(run.report.connections.dials);
        format!(
            "**What to notice.** The server's FIN is under way for 20 ms. A request that leaves meanwhile comes to a \
             connection that is closed, and its client reads the end of the stream where the answer should be: `EOF`. \
             {} of the requests met that, for they are about as far apart as the server is patient. Nobody knows \
             whether the server had begun with the work. So Go sends a GET again, on another connection, without a \
             word, here {} times: {} failures. A POST it may not, unless an Idempotency-Key says that the \
             server can tell a repetition: {} failures.\n\n**What it costs.** If the client lets go first, at 4 s, no \
             request can cross a FIN. Here that means a new connection for each: {} dials instead of {}. If the server \
             is patient for 75 s, longer than agents pause, {} dials do, and {} requests fail.",
            percent(it.start.failed(), it.start.report.requests.offered),
            count(get.report.attempts.transport_retries),
            count(get.failed()),
            count(key.failed()),
            dials(&it.changed),
            dials(&it.start),
            dials(patient),
            count(patient.failed()),
        )
    },
    rule: "The side that reuses a connection must be the first to give it up: the client's idle time-out below the \
           server's.",
    talk: "A load balancer stands in between: it is a server to your clients and a client to your servers. Which three \
           idle time-outs have to be in which order?",
    commands: |it| {
        format!(
            "// Go, the client: give up before the server does.\n\
             t := http.DefaultTransport.(*http.Transport).Clone()\n\
             t.IdleConnTimeout = 4 * time.Second\n\
             client := &http.Client{{Transport: t}}\n\n\
             // Go, the server: be more patient than all who call, a balancer among them.\n\
             srv := &http.Server{{Addr: \":8080\", IdleTimeout: 75 * time.Second}}\n\n\
             // Only if the server recognises a repetition by it: Go sends the POST again by itself.\n\
             req.Header.Set(\"Idempotency-Key\", id)\n\n\
             // This error, told from others. Here {} times.\n\
             if errors.Is(err, io.EOF) {{\n    log.Print(\"closed before an answer: \", err)\n}}",
            count(it.start.failed_with(ErrorKind::Eof)),
        )
    },
    shows: "`EOF` is the only error, and each of the four changes removes it. The client's shorter time-out costs \
            dials.",
    promise: |it| {
        it.start.failed_share() > 0.08
            && it.start.failed() == it.start.failed_with(ErrorKind::Eof)
            && it.changed.failed() == 0
            && it.changed.dialed_share() > it.start.dialed_share()
            && it.others.iter().all(|run| run.failed() == 0)
    },
};
