//! The same overflow, another system, another text.

use super::{Answer, Lesson, Question, Run, Script};
use crate::params::ParamId;
use crate::sim::error::ErrorKind;
use crate::words::{count, seconds};

pub(super) const LESSON: Lesson = Lesson {
    id: "os",
    title: "Same overflow, other system",
    start: "rps=300&keepalive=off&timeout=10s&duration=12s&rtt=20ms&somaxconn=128&4s.accepting=off&6s.accepting=on",
    change: "os=bsd",
    unlock: &[ParamId::os, ParamId::abort_on_overflow, ParamId::somaxconn],
    chart: "outcomes",
    line: None,
};

/// Linux with tcp_abort_on_overflow.
fn abort(runs: &super::Runs) -> &Run {
    &runs.others[0]
}

pub(super) const SCRIPT: Script = Script {
    situation: |it| {
        format!(
            "300 connections arrive each second, 20 ms away, and for 2 s the accept loop stands still. The queue has \
             room for 129. On Linux no request fails: the kernel drops the SYNs that find the queue full, their \
             senders try again, and {} answers take longer than a second.\n\nYou will move the server to a BSD, with \
             the same program and the same limit. (macOS is reported to behave as a BSD does.)",
            count(it.start.report.latency_ms.over_second)
        )
    },
    questions: &[
        Question {
            text: "The queue is full. What does a caller of the BSD read?",
            answer: Answer::Choice(&[
                ("Nothing: it waits, as with Linux", |it| it.changed.failed() == 0),
                ("`connection refused`", |it| it.changed.failed_with(ErrorKind::Refused) > 0),
                ("`connection reset by peer`", |it| it.changed.failed_with(ErrorKind::Reset) > 0),
                ("`i/o timeout`", |it| it.changed.failed_with(ErrorKind::ClientTimeout) > 0),
            ]),
        },
        Question {
            text: "How many requests fail there?",
            answer: Answer::Number { unit: "requests", truth: |it| it.changed.failed() as f64 },
        },
        Question {
            text: "Linux has `tcp_abort_on_overflow`. With it on, how many requests fail?",
            answer: Answer::Choice(&[
                ("None", |it| abort(it).failed() == 0),
                ("A few: fewer than a tenth of those of the BSD", |it| {
                    10 * abort(it).failed() < it.changed.failed()
                }),
                ("About as many as with the BSD", |it| 10 * abort(it).failed() >= it.changed.failed()),
            ]),
        },
    ],
    why: "Who answers a handshake: the program or its kernel? One sentence.",
    explain: "Which of the two is kinder to callers, and which to the server?",
    others: &[("Linux with `tcp_abort_on_overflow`", "abort-on-overflow=on"), ("Windows", "os=windows")],
    more_seeds: 0,
    outcome: |it| {
        let (before, reset) = (count(it.start.failed()), count(it.changed.failed_with(ErrorKind::Reset)));
        format!("{reset} callers read `connection reset by peer`; on Linux {before} requests failed")
    },
    notice: |it| {
        let (start, changed, windows) = (&it.start, &it.changed, &it.others[1]);
        format!(
            "**What to notice.** The program is the same, and so is the fault. Linux looks at the queue when a SYN \
             arrives, and drops it: {} dropped, {} failed requests, and a longest answer of {}. A BSD completes the \
             handshake and finds no room at its end: RST, and {} callers read `connection reset by peer`. \
             Windows answers the SYN with RST: {} times `connection refused`. So a text tells \
             of a system as much as of a fault, and \"it works on Linux\" only says that nobody looked at the \
             latency.\n\n**A setting with a great name.** `tcp_abort_on_overflow` resets a handshake whose last \
             packet finds the queue full. Those are the few that were under way when it filled, with 20 ms between \
             the ends: {} here. All later SYNs are dropped as ever.\n\n**What it costs.** Who is told at once can ask \
             another server. But who retries at once asks the same queue.",
            count(start.report.nstat.TcpExtListenDrops),
            count(start.failed()),
            seconds(start.report.latency_ms.max / 1_000.0),
            count(changed.failed()),
            count(windows.failed_with(ErrorKind::Refused)),
            count(abort(it).failed()),
        )
    },
    rule: "The same full queue is silence on Linux, a reset on a BSD and refused on Windows: know whose text you read.",
    talk: "Developers have Macs, the service runs on Linux. Which of their tests of a full queue say something about \
           the service?",
    commands: |it| {
        format!(
            "# Linux: packets that found no room, here {}. Read the setting; there is seldom a reason to set it.\n\
             nstat -az TcpExtListenOverflows TcpExtListenDrops\n\
             sysctl net.ipv4.tcp_abort_on_overflow\n\n\
             # FreeBSD and macOS: queues of listening sockets, how full they are and how full they may be.\n\
             netstat -Lan\n\
             sysctl kern.ipc.somaxconn\n\n\
             // Go: the same code for all systems asks for the error, not for its text.\n\
             switch {{\n\
             case errors.Is(err, syscall.ECONNRESET):\n    log.Print(\"reset: \", err)\n\
             case errors.Is(err, syscall.ECONNREFUSED):\n    log.Print(\"refused: \", err)\n\
             }}",
            count(it.start.report.nstat.TcpExtListenDrops),
        )
    },
    shows: "No request fails on Linux, hundreds are reset on a BSD and refused on Windows; `tcp_abort_on_overflow` \
            resets a few.",
    promise: |it| {
        let resets = it.changed.failed_with(ErrorKind::Reset);
        it.start.failed() == 0
            && resets > 400
            && resets == it.changed.failed()
            && (1..40).contains(&abort(it).failed())
            && it.others[1].failed_with(ErrorKind::Refused) > 400
    },
};
