//! The incident: six remedies from the thread, and what they do.

use super::{Answer, Lesson, Question, Run, Runs, Script};
use crate::params::ParamId;
use crate::sim::error::ErrorKind;
use crate::words::{count, percent};

pub(super) const LESSON: Lesson = Lesson {
    id: "incident",
    title: "The incident",
    start: "rps=200&timeout=1s&go=1.4&duration=20s&tail=5s&rtt=5ms&somaxconn=64&abort-on-overflow=on&workers=8\
            &service=30ms&8s.service=50ms",
    change: "workers=16",
    unlock: &[
        ParamId::workers,
        ParamId::retries,
        ParamId::idle,
        ParamId::max_conns,
        ParamId::go,
        ParamId::somaxconn,
        ParamId::nic_queue,
    ],
    chart: "outcomes",
    line: None,
};

/// The share of the requests that got no answer, in words.
fn failed(run: &Run) -> String {
    percent(run.failed(), run.report.requests.offered)
}

/// Whether a remedy leaves more failures than each other one.
fn is_worst(runs: &Runs, remedy: usize) -> bool {
    runs.others.iter().all(|run| run.failed() <= runs.others[remedy].failed())
}

/// How many of the remedies remove a quarter of the failures.
fn helpful(runs: &Runs) -> usize {
    runs.others.iter().filter(|run| 4 * run.failed() < 3 * runs.start.failed()).count()
}

pub(super) const SCRIPT: Script = Script {
    situation: |it| {
        format!(
            "A service is called 200 times a second. At 8 s something makes its handlers slower: 50 ms instead of 30 \
             ms. `tcp_abort_on_overflow` is on. Then the log fills: {} times `connection reset by peer`, {} times `use \
             of closed network connection`; {} of all requests fail. In the thread six remedies are named: retries \
             with back-off, MaxIdleConnsPerHost 100, MaxConnsPerHost 16, a newer Go, `somaxconn` 4096, \
             `netdev_max_backlog` 10000.\n\nRank them for yourself: which removes most? You will then do what nobody \
             named: 16 workers instead of 8.",
            count(it.start.failed_with(ErrorKind::Reset)),
            count(it.start.failed_with(ErrorKind::Closed)),
            failed(&it.start)
        )
    },
    questions: &[
        Question {
            text: "How many of the six remove a quarter of the failures, or more?",
            answer: Answer::Choice(&[
                ("None", |it| helpful(it) == 0),
                ("One", |it| helpful(it) == 1),
                ("Two or three", |it| helpful(it) <= 3),
                ("Four or more", |it| helpful(it) > 3),
            ]),
        },
        Question {
            text: "With which of them do the most requests fail?",
            answer: Answer::Choice(&[
                ("Retries with back-off", |it| is_worst(it, 0)),
                ("MaxIdleConnsPerHost 100", |it| is_worst(it, 1)),
                ("MaxConnsPerHost 16", |it| is_worst(it, 2)),
                ("A newer Go", |it| is_worst(it, 3)),
                ("`somaxconn` 4096", |it| is_worst(it, 4)),
                ("`netdev_max_backlog` 10000", |it| is_worst(it, 5)),
            ]),
        },
        Question {
            text: "And with 16 workers: how many of 100 requests fail?",
            answer: Answer::Number { unit: "of 100", truth: |it| 100.0 * it.changed.failed_share() },
        },
    ],
    why: "What do resets and closed connections have in common here? One sentence.",
    explain: "Which number of the first run says that there are too few workers?",
    others: &[
        ("Three retries with back-off", "retries=3"),
        ("MaxIdleConnsPerHost 100", "idle=100"),
        ("MaxConnsPerHost 16, with Go 1.27, as 1.4 has none", "go=1.27&max-conns=16"),
        ("Go 1.27", "go=1.27"),
        ("`somaxconn` 4096", "somaxconn=4096"),
        ("`netdev_max_backlog` 10000", "nic-queue=10000"),
    ],
    more_seeds: 0,
    outcome: |it| format!("{} of the requests fail with 16 workers, {} with 8", failed(&it.changed), failed(&it.start)),
    notice: |it| {
        let share = |at: usize| failed(&it.others[at]);
        let go = &it.others[3];
        format!(
            "**What to notice.** 200 requests a second of 50 ms are 10 workers' work, and there are 8: whatever is \
             done around them, a fifth of the load has to go somewhere. Resets and closed connections are where it \
             went. With twice the workers {} fail.\n\n**The six, one by one.** {} failed before.\n\n**Retries: {}.** \
             They ask a full server once more.\n\n**MaxIdleConnsPerHost: {}.** It saves handshakes, but a pre-fork \
             worker waits with its connection for as long as that is idle.\n\n**MaxConnsPerHost: {}.** The queue is in \
             your own process now, and Client.Timeout runs in it.\n\n**Go 1.27: {}.** It says what it is: {} \
             time-outs. `use of closed network connection` was one in disguise.\n\n**somaxconn: {}.** The longer queue \
             takes longer than callers wait, and workers serve who has gone.\n\n**netdev_max_backlog: {}.** The same \
             run, to the last packet. That queue lies between a network card and the kernel's TCP, and no packet \
             waited there.",
            failed(&it.changed),
            failed(&it.start),
            share(0),
            share(1),
            share(2),
            share(3),
            count(go.failed_with(ErrorKind::ClientTimeout)),
            share(4),
            share(5),
        )
    },
    rule: "From the error to its owner, from the owner to a number that proves it, and only then to one change.",
    talk: "Which two numbers would you put on a dashboard, so that next time nobody needs the thread?",
    commands: |it| {
        let busy = it.start.report.server.utilization;
        format!(
            "# Who waits where? The accept queue, what it dropped (here {}), and sockets by state.\n\
             ss -lnt\n\
             nstat -az TcpExtListenOverflows TcpExtListenDrops TcpEstabResets\n\
             ss -Htan | awk '{{print $1}}' | sort | uniq -c\n\
             ss -Htan state syn-sent | wc -l\n\
             ulimit -n\n\n\
             # The number that decides: rate times handler time, compared with the workers there are.\n\
             # Here 200 a second times 0.05 s are 10, of 8; busy on average over the whole run: {}.",
            count(it.start.report.nstat.TcpExtListenDrops),
            percent((busy * 1_000.0) as u64, 1_000),
        )
    },
    shows: "None of the six remedies removes a quarter of the failures, one of them changes nothing at all, and one \
            makes it far worse. More workers cure it.",
    promise: |it| {
        it.start.failed_share() > 0.15
            && helpful(it) == 0
            && is_worst(it, 4)
            && it.others[5].report.fingerprint == it.start.report.fingerprint
            && it.changed.failed_share() < 0.01
    },
};
