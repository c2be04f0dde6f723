//! How many at once: concurrency is rate times time.

use super::{Answer, Lesson, Question, Script, number};
use crate::params::ParamId;
use crate::words::{millis, seconds};

pub(super) const LESSON: Lesson = Lesson {
    id: "little",
    title: "How many at once?",
    start: "rps=100&duration=60s&timeout=0s&idle=100&server=go&workers=4&service=20ms",
    change: "rps=190",
    unlock: &[ParamId::rps, ParamId::workers, ParamId::service],
    chart: "",
    line: None,
};

pub(super) const SCRIPT: Script = Script {
    situation: |_| {
        "Requests arrive at random, 100 each second. A server with 4 workers answers them, and each takes a worker \
         for 20 ms on average: 4 workers can do 200 a second, so half of their time is free.\n\nYou will raise the \
         rate to 190: nearly twice as many, and still fewer than the workers can do."
            .into()
    },
    questions: &[
        Question {
            text: "At 100 a second: how many requests are under way at once, on average?",
            answer: Answer::Number {
                unit: "requests",
                truth: |it| it.start.report.means.in_flight,
            },
        },
        Question {
            text: "At 190 a second: how long does an answer take, on average?",
            answer: Answer::Choice(&[
                ("Three times as long, or more", |it| it.times_as_long() >= 2.5),
                ("Twice as long, as twice as many ask", |it| it.times_as_long() >= 1.3),
                ("As long as before: 190 is less than 200", |it| it.times_as_long() < 1.3),
            ]),
        },
        Question {
            text: "And the 99th percentile, which only one answer of 100 exceeds?",
            answer: Answer::Number {
                unit: "ms",
                truth: |it| it.changed.report.latency_ms.p99,
            },
        },
    ],
    why: "What does a request spend its time with at 190 a second? One sentence.",
    explain: "Multiply the rate by the mean time in both runs. What do you get?",
    others: &[("80 % of what the workers can do", "rps=160"), ("More than they can do", "rps=240")],
    more_seeds: 0,
    outcome: |it| {
        let [before, after] = [&it.start, &it.changed].map(|run| number(run.report.means.in_flight));
        let p99 = millis(it.changed.report.latency_ms.p99);
        format!("{after} requests are under way at once instead of {before}, and the p99 is {p99}")
    },
    notice: |it| {
        let [start, changed, busy, over] =
            [&it.start, &it.changed, &it.others[0], &it.others[1]].map(|run| &run.report);
        format!(
            "**What to notice.** At 100 a second an answer took {} on average, and {} requests were under way; at 190 \
             it took {}, and {} were. In both runs the one is the rate times the other: that is Little's law, and it \
             holds for every queue that is worked off in the long run, however random it is. The handlers \
             still work for 20 ms. All the rest is waiting: requests come in clumps, and with workers that \
             are busy for 95 % of the time there is hardly a gap in which a clump is worked off.\n\n\
             **What it costs.** 80 % busy does not mean that 20 % may be added: at 160 a second the mean is {} \
             already. At 240, more than the workers can do, there is no mean that would stay. The queue grows as \
             long as the load lasts: the longest answer took {}, and in a run twice as long it would take twice \
             that.",
            millis(start.latency_ms.mean),
            number(start.means.in_flight),
            millis(changed.latency_ms.mean),
            number(changed.means.in_flight),
            millis(busy.latency_ms.mean),
            seconds(over.latency_ms.max / 1_000.0),
        )
    },
    rule: "What is under way at once is rate times time, and the time grows long before all workers are busy.",
    talk: "A dashboard shows 300 requests a second and a mean of 40 ms. How many connections are in use at once, and \
           why should a pool have room for more?",
    commands: |it| {
        format!(
            "# Both rates, sent without waiting for answers. Here the means were {} and {}.\n\
             echo 'GET http://localhost:8080/' | vegeta attack -rate=100/s -duration=60s | vegeta report\n\
             echo 'GET http://localhost:8080/' | vegeta attack -rate=190/s -duration=60s | vegeta report\n\n\
             # Meanwhile, on the client: connections, those in use and those that are idle.\n\
             ss -Htn state established '( dport = :8080 )' | wc -l",
            millis(it.start.report.latency_ms.mean),
            millis(it.changed.report.latency_ms.mean),
        )
    },
    shows: "At the higher rate answers take a multiple of their time, though handlers work as long as before, and \
            many more requests are under way at once. None fails.",
    promise: |it| {
        let in_flight = |run: &super::Run| run.report.means.in_flight;
        (2.0..2.6).contains(&in_flight(&it.start))
            && in_flight(&it.changed) > 5.0 * in_flight(&it.start)
            && it.times_as_long() > 3.0
            && it.changed.failed() == 0
    },
};
