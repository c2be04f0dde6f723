//! A bigger queue, fewer answers: what waits too long is worked on for nobody.

use super::{Answer, Lesson, Question, Script, number};
use crate::params::ParamId;
use crate::words::{count, seconds};

pub(super) const LESSON: Lesson = Lesson {
    id: "bigger-queue",
    title: "A bigger queue, worse service",
    start: "rps=120&keepalive=off&timeout=1s&duration=30s&workers=4&service=40ms&backlog=64",
    change: "backlog=1024",
    unlock: &[ParamId::backlog, ParamId::checks_context, ParamId::rps, ParamId::timeout],
    chart: "outcomes",
    line: Some(1),
};

pub(super) const SCRIPT: Script = Script {
    situation: |it| {
        format!(
            "A pre-fork server has 4 workers, and a request takes 40 ms on average: they can do 100 a second. 120 \
             come, each with a connection of its own, and callers wait for 1 s at most. The backlog of 64 overflows, \
             the kernel drops SYNs, and {} of {} requests fail.\n\nSomebody sees the overflows. You will raise the \
             backlog to 1024.",
            count(it.start.failed()),
            count(it.start.report.requests.offered)
        )
    },
    questions: &[
        Question {
            text: "With a backlog of 1024: how many requests are answered, compared with 64?",
            answer: Answer::Choice(&[
                ("Less than half as many", |it| it.changed.goodput() < 0.5 * it.start.goodput()),
                ("Somewhat fewer", |it| it.changed.goodput() < 0.95 * it.start.goodput()),
                ("As many: 100 a second is what the workers can do", |it| {
                    it.changed.goodput() < 1.05 * it.start.goodput()
                }),
                ("More: no SYN is dropped any more", |it| it.changed.goodput() >= 1.05 * it.start.goodput()),
            ]),
        },
        Question {
            text: "How many answers a second do callers get, on average?",
            answer: Answer::Number { unit: "a second", truth: |it| it.changed.goodput() },
        },
        Question {
            text: "And for which share of the time are the workers busy?",
            answer: Answer::Number {
                unit: "%",
                truth: |it| 100.0 * it.changed.report.server.utilization,
            },
        },
    ],
    why: "Whom does a worker serve when the queue is long? One sentence.",
    explain: "The workers do as much as before. What became of it?",
    others: &[
        ("Backlog 1024, and handlers look whether somebody waits", "backlog=1024&checks-context=on"),
        ("Backlog 16", "backlog=16"),
    ],
    more_seeds: 0,
    outcome: |it| {
        let [before, after] = [&it.start, &it.changed].map(|run| number(run.goodput()));
        format!("{after} answers a second instead of {before}, with workers that are as busy as before")
    },
    notice: |it| {
        let (start, changed, checks, short) = (&it.start, &it.changed, &it.others[0], &it.others[1]);
        format!(
            "**What to notice.** With 64 places a request waits for 65 / 100 s at most, and then is served in time. \
             The longer queue grew to {}: a caller at its end waits for seconds, and leaves after one. But its \
             connection stays in the queue with the request in it; accept() takes it like any other, and a worker does \
             the work. {} of all work was for callers that had gone: {} handlers ran, and {} requests were answered. \
             Dropped SYNs were not the fault. They were how the small queue kept the work down to what is of \
             use.\n\n**What helps.** Handlers that look whether somebody is still there: {} answers. A backlog of 16: \
             {}, against {} with 64; each is served sooner, and a clump of requests is turned away earlier.",
            count(changed.report.peaks.accept_queue),
            changed.wasted(),
            count(changed.report.server.handlers_started),
            count(changed.report.requests.ok),
            count(checks.report.requests.ok),
            count(short.report.requests.ok),
            count(start.report.requests.ok),
        )
    },
    rule: "A queue helps for as long as callers wait: no longer than capacity times their time-out.",
    talk: "Raising `somaxconn` cured the stall in an earlier lesson, and kills here. How do you tell a burst from an \
           overload in production?",
    commands: |it| {
        format!(
            "# Recv-Q of Send-Q: how many wait, of how many may. At 100 a second, {} in front of you are {}.\n\
             ss -lnt\n\n\
             // Go: in a handler, before each expensive step: does anybody still wait?\n\
             if r.Context().Err() != nil {{\n    return\n}}\n\n\
             // And compare what the server's log counts with what clients got: here {} handlers for {} answers.",
            count(it.changed.report.peaks.accept_queue),
            seconds(it.changed.report.peaks.accept_queue as f64 / 100.0),
            count(it.changed.report.server.handlers_started),
            count(it.changed.report.requests.ok),
        )
    },
    shows: "With the longer queue callers get far fewer answers, from workers that are as busy as before. Handlers \
            that look whether somebody waits, or a shorter queue, bring the answers back.",
    promise: |it| {
        let busy = |run: &super::Run| run.report.server.utilization > 0.95;
        it.changed.goodput() < 0.4 * it.start.goodput()
            && busy(&it.start)
            && busy(&it.changed)
            && it.others.iter().all(|run| run.goodput() > 0.9 * it.start.goodput())
    },
};
