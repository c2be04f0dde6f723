//! "use of closed network connection": who closed it?

use super::{Answer, Lesson, Question, Run, Script};
use crate::params::ParamId;
use crate::sim::error::ErrorKind;
use crate::words::count;

pub(super) const LESSON: Lesson = Lesson {
    id: "closed-by-us",
    title: "Use of closed network connection",
    start: "rps=100&timeout=1s&go=1.4&idle=100&duration=30s&rtt=2ms&server=go&workers=1000&service=250ms\
            &service-dist=lognormal&service-cv=1.5",
    change: "go=1.27",
    unlock: &[
        ParamId::go,
        ParamId::timeout,
        ParamId::method,
        ParamId::rewindable,
        ParamId::upload,
        ParamId::server_idle_timeout,
    ],
    chart: "outcomes",
    line: None,
};

/// Failures with the text.
fn closed(run: &Run) -> u64 {
    run.failed_with(ErrorKind::Closed)
}

pub(super) const SCRIPT: Script = Script {
    situation: |it| {
        format!(
            "A service that is built with an old Go, 1.4, calls another one 100 times a second. Handlers take 250 ms \
             on average, some much longer, and Client.Timeout is 1 s. In the log stands `read tcp 10.0.1.1:80: use of \
             closed network connection`, {} times in half a minute.\n\nYou will build the same client with Go 1.27.",
            count(closed(&it.start))
        )
    },
    questions: &[
        Question {
            text: "With Go 1.27, what does the log say instead?",
            answer: Answer::Choice(&[
                ("The same text", |it| closed(&it.changed) > 0),
                ("`context deadline exceeded`, by Client.Timeout", |it| {
                    it.changed.failed_with(ErrorKind::ClientTimeout) > 0
                }),
                ("`connection reset by peer`", |it| it.changed.failed_with(ErrorKind::Reset) > 0),
                ("Nothing: no request fails", |it| it.changed.failed() == 0),
            ]),
        },
        Question {
            text: "And how many requests fail with it?",
            answer: Answer::Choice(&[
                ("None: it was a bug of Go 1.4", |it| it.changed.failed() == 0),
                ("Fewer", |it| it.changed.failed() < it.start.failed()),
                ("Exactly as many", |it| it.changed.failed() == it.start.failed()),
                ("More", |it| it.changed.failed() > it.start.failed()),
            ]),
        },
        Question {
            text: "With Go 1.4 and a Client.Timeout of 3 s instead: how many requests fail?",
            answer: Answer::Number { unit: "requests", truth: |it| it.others[0].failed() as f64 },
        },
    ],
    why: "Who can close a connection that your own process has in hand? One sentence.",
    explain: "Which line would you write into the log, so that the next one does not look at the network?",
    others: &[
        ("Go 1.4, Client.Timeout 3 s", "timeout=3s"),
        (
            "Go 1.27, a body that takes 100 ms to produce, a server that closes after 50 ms of silence",
            "go=1.27&timeout=0s&method=POST&rewindable=off&upload=100ms&server-idle-timeout=50ms",
        ),
    ],
    more_seeds: 0,
    outcome: |it| {
        let (before, after) = (count(it.start.failed()), count(it.changed.failed()));
        let timeouts = count(it.changed.failed_with(ErrorKind::ClientTimeout));
        format!("{before} requests failed with Go 1.4, and {after} with 1.27, {timeouts} of them by a time-out")
    },
    notice: |it| {
        let (start, changed) = (&it.start, &it.changed);
        format!(
            "**What to notice.** The server closed {} connections, and no packet was lost. {} requests took longer \
             than a second, and Client.Timeout closed the connection under the goroutine that was reading from it; Go \
             1.4 gave the caller that goroutine's error. Go 1.27 has the same time-out and {} failures, and tells the \
             reason: `context deadline exceeded (Client.Timeout exceeded while awaiting headers)`. With 3 s there \
             were {}: it is about slow handlers.\n\n**Today** the text still means your own process. In the last run \
             a body is streamed for 100 ms, and the server has closed the connection meanwhile. The client's reader \
             sees that and closes its side; the goroutine that writes the body finds it closed: {} times `write tcp: \
             use of closed network connection`. The server began, and yet the text is about us.",
            count(start.report.connections.server_closes),
            count(closed(start)),
            count(changed.failed()),
            count(it.others[0].failed()),
            count(closed(&it.others[1])),
        )
    },
    rule: "`closed` is your own process, `reset` the other side's kernel, `EOF` its program; `refused` says that \
           nobody listens (or, on Windows, that the queue is full), and a time-out is silence.",
    talk: "A log has `EOF`, `connection reset by peer` and `use of closed network connection` in the same minute. In \
           which order do you ask which team?",
    commands: |it| {
        format!(
            "// Go: ask whose doing it was, not for the text. Here {} were time-outs.\n\
             switch {{\n\
             case os.IsTimeout(err):\n    log.Print(\"silence: \", err)\n\
             case errors.Is(err, net.ErrClosed):\n    log.Print(\"closed by ourselves: \", err)\n\
             case errors.Is(err, syscall.ECONNRESET):\n    log.Print(\"reset by their kernel: \", err)\n\
             case errors.Is(err, io.EOF):\n    log.Print(\"closed by their program: \", err)\n\
             case errors.Is(err, syscall.ECONNREFUSED):\n    log.Print(\"nobody listens: \", err)\n\
             }}\n\n\
             # Who sends the first FIN or RST, seen from the client:\n\
             tcpdump -ni any 'tcp port 80 and tcp[tcpflags] & (tcp-fin|tcp-rst) != 0'",
            count(it.changed.failed_with(ErrorKind::ClientTimeout)),
        )
    },
    shows: "The server closes nothing. A newer Go has exactly as many failures, all of them called a time-out; a \
            longer time-out removes most.",
    promise: |it| {
        let (start, changed) = (&it.start, &it.changed);
        closed(start) > 50
            && closed(start) == start.failed()
            && start.report.connections.server_closes == 0
            && changed.failed() == start.failed()
            && changed.failed_with(ErrorKind::ClientTimeout) == changed.failed()
            && 4 * it.others[0].failed() < start.failed()
            && closed(&it.others[1]) > 0
            && closed(&it.others[1]) == it.others[1].failed()
    },
};
