//! A retry storm: an outage that outlives its cause.

use super::{Answer, Lesson, Question, Script, number};
use crate::params::ParamId;
use crate::words::{count, percent};

pub(super) const LESSON: Lesson = Lesson {
    id: "retry-storm",
    title: "A retry storm",
    start: "rps=100&timeout=500ms&retries=0&backoff=none&idle=2000&max-idle=0&duration=30s&server=go&workers=4\
            &service=20ms&5s.service=500ms&6s.service=20ms",
    change: "retries=2",
    unlock: &[ParamId::retries, ParamId::rps, ParamId::checks_context, ParamId::retry_budget],
    chart: "outcomes",
    line: Some(1),
};

/// The share of the requests that were answered: `94 %`.
fn answered(run: &super::Run) -> String {
    percent(run.report.requests.ok, run.report.requests.offered)
}

pub(super) const SCRIPT: Script = Script {
    situation: |it| {
        format!(
            "100 requests a second come to a server that can do 200. At 5 s its database is slow: for one second a \
             handler takes 500 ms on average, not 20 ms, and that is as long as callers wait. A few seconds later all \
             is well again, and {} of {} requests have failed.\n\nThat is too many for somebody. You will let callers \
             try each request up to three times, at once.",
            count(it.start.failed()),
            count(it.start.report.requests.offered)
        )
    },
    questions: &[
        Question {
            text: "With two retries, and a database that is fast again from 6 s on: how is the service at 30 s?",
            answer: Answer::Choice(&[
                ("Well, and fewer requests have failed than without", |it| it.changed.failed() < it.start.failed()),
                ("Down: nearly nothing has been answered since 5 s", |it| it.changed.answered_share() < 0.3),
                ("Still slow: about half is answered", |it| it.changed.answered_share() < 0.7),
                ("Well, but more requests have failed", |it| it.changed.answered_share() >= 0.7),
            ]),
        },
        Question {
            text: "How many answers a second do callers get, on average over the 30 s?",
            answer: Answer::Number { unit: "a second", truth: |it| it.changed.goodput() },
        },
        Question {
            text: "At 40 requests a second, with the same retries and the same second: which share is answered?",
            answer: Answer::Number { unit: "%", truth: |it| 100.0 * it.others[0].answered_share() },
        },
    ],
    why: "The database is fast again. What keeps the server busy? One sentence.",
    explain: "How many attempts a second come to the server after 6 s, and how many can it do?",
    others: &[
        ("Two retries, 40 requests a second", "retries=2&rps=40"),
        ("Two retries, and handlers look whether somebody waits", "retries=2&checks-context=on"),
    ],
    more_seeds: 0,
    outcome: |it| {
        format!("{} of the requests are answered with retries, {} without", answered(&it.changed), answered(&it.start))
    },
    notice: |it| {
        let changed = &it.changed.report;
        let attempts = changed.attempts.application as f64 / changed.requests.offered.max(1) as f64;
        format!(
            "**What to notice.** In the bad second nearly every attempt ran into its time-out, and was tried twice \
             more: three times 100 attempts a second, where the server can do 200 on a good day. When the database was \
             fast again, attempts waited for longer than 500 ms before a handler took them up. So they failed, and \
             were tried again; the handler worked on for somebody who had gone: {} of its work. {} attempts were made \
             for each request, and the loop feeds itself. That is a metastable failure: the cause was over after a \
             second, and what keeps the service down is its own load.\n\n**Where the border is.** At 40 requests a \
             second three attempts make 120, and the server can do 200: {} were answered, with the same retries and \
             the same bad second. And with handlers that stop when their caller has gone: {}.",
            it.changed.wasted(),
            number(attempts),
            answered(&it.others[0]),
            answered(&it.others[1]),
        )
    },
    rule: "If load times attempts is more than the server can do, an outage can outlive its cause.",
    talk: "Of four services the first calls the second, that the third, that the fourth, and each tries three times. \
           How many attempts reach the last one, and who should retry?",
    commands: |it| {
        format!(
            "// Go: count requests and attempts apart, with expvar. Here it was {} attempts for {} requests.\n\
             var requests, attempts = expvar.NewInt(\"requests\"), expvar.NewInt(\"attempts\")\n\n\
             // requests.Add(1) once for each request, attempts.Add(1) before each client.Do.\n\n\
             # Then look at both while the load is on. (A client that serves http.DefaultServeMux, too, has them.)\n\
             curl -s localhost:8080/debug/vars | grep -E 'requests|attempts'",
            count(it.changed.report.attempts.application),
            count(it.changed.report.requests.offered),
        )
    },
    shows: "Without retries the service recovers, with them it stays down after the cause is gone. At a lower rate, \
            or with handlers that look whether somebody waits, it recovers with retries, too.",
    promise: |it| {
        it.start.answered_share() > 0.8
            && it.changed.answered_share() < 0.25
            && it.others.iter().all(|run| run.answered_share() > 0.8)
    },
};
