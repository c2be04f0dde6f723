//! The queue before accept(): dropped SYNs are steps of a second.

use super::{Answer, Lesson, Question, Run, Script};
use crate::params::ParamId;
use crate::sim::error::ErrorKind;
use crate::words::{count, seconds};

pub(super) const LESSON: Lesson = Lesson {
    id: "accept-queue",
    title: "The queue before accept()",
    start: "rps=300&keepalive=off&somaxconn=128&timeout=10s&duration=20s&10s.accepting=off&12s.accepting=on",
    change: "somaxconn=1024",
    unlock: &[ParamId::somaxconn, ParamId::backlog],
    chart: "",
    line: None,
};

/// How long the longest answer took.
fn late(run: &Run) -> String {
    seconds(run.report.latency_ms.max / 1_000.0)
}

pub(super) const SCRIPT: Script = Script {
    situation: |it| {
        format!(
            "300 requests arrive each second, each on a connection of its own. At 10 s the server's accept loop stands \
             still for 2 s, as in a garbage collection, and nobody takes connections out of the kernel's queue. The \
             program asked for a backlog of 4096, the kernel allows `somaxconn` 128, and {} connections fit in, for it \
             lets one more in than that.\n\nYou will raise `somaxconn` to 1024, and start the server anew.",
            count(it.start.report.peaks.accept_queue)
        )
    },
    questions: &[
        Question {
            text: "The queue is full. What does the caller of the next connection read?",
            answer: Answer::Choice(&[
                ("`connection refused`", |it| it.start.failed_with(ErrorKind::Refused) > 0),
                ("No error: its answer comes a second or more later", |it| it.start.failed() == 0),
                ("`connection reset by peer`", |it| it.start.failed_with(ErrorKind::Reset) > 0),
                ("A time-out, after 10 s", |it| it.start.failed_with(ErrorKind::ClientTimeout) > 0),
            ]),
        },
        Question {
            text: "With `somaxconn` at 1024, how many connections wait at the peak?",
            answer: Answer::Number {
                unit: "connections",
                truth: |it| it.changed.report.peaks.accept_queue as f64,
            },
        },
        Question {
            text: "The kernel allows 4096, and the program calls `listen(fd, 16)`. How many wait at the peak?",
            answer: Answer::Number {
                unit: "connections",
                truth: |it| it.others[0].report.peaks.accept_queue as f64,
            },
        },
    ],
    why: "Why that many? One sentence, for your neighbour.",
    explain: "Where were the requests that the small queue had no room for?",
    others: &[("The program asks for less: backlog 16", "somaxconn=4096&backlog=16")],
    more_seeds: 0,
    outcome: |it| {
        let peak = count(it.changed.report.peaks.accept_queue);
        format!("{peak} connections wait, and the longest answer takes {}", late(&it.changed))
    },
    notice: |it| {
        let (start, changed, small) = (&it.start.report, &it.changed.report, &it.others[0].report);
        format!(
            "**What to notice.** 300 connections a second for 2 s are about 600: that is how long a queue must be to \
             bear this stall, and the peak was {}. With 128 the kernel dropped {} packets without a word. Their \
             senders try again after exactly 1, 2, 3 seconds: hence the steps, and the longest answer of {}, though \
             no request failed.\n\n**What it costs.** A longer queue does not end the stall: the longest answer \
             still takes {}. And the program's own backlog counts as well: with 16 the peak is {}, whatever \
             `somaxconn` says.",
            count(changed.peaks.accept_queue),
            count(start.nstat.TcpExtListenDrops),
            late(&it.start),
            late(&it.changed),
            count(small.peaks.accept_queue),
        )
    },
    rule: "Size a queue by time: arrival rate times the longest stall that you accept.",
    talk: "A client with a time-out of 500 ms: would it have read an error, and which one?",
    commands: |it| {
        format!(
            "# Recv-Q of Send-Q: connections that wait, and how many may. Here 129 of 128, then {} of 1024.\n\
             ss -lnt\n\n\
             # Packets that found no room: here {}.\n\
             nstat -az TcpExtListenOverflows TcpExtListenDrops\n\n\
             # The new limit counts for sockets that listen from now on: restart the server.\n\
             # And the smaller one counts: a Go program asks for what somaxconn was when it began.\n\
             sysctl -w net.core.somaxconn=1024",
            count(it.changed.report.peaks.accept_queue),
            count(it.start.report.nstat.TcpExtListenDrops),
        )
    },
    shows: "No request fails, and the longest answer takes longer with the short queue. The peak of the long one is \
            about the rate times the stall.",
    promise: |it| {
        it.start.failed() == 0
            && it.start.report.peaks.accept_queue == 129
            && it.others[0].report.peaks.accept_queue == 17
            && (450..800).contains(&it.changed.report.peaks.accept_queue)
            && it.start.report.latency_ms.max > it.changed.report.latency_ms.max
    },
};
