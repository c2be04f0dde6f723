//! Is the load test lying? Coordinated omission.

use super::{Answer, Lesson, Question, Script};
use crate::params::ParamId;
use crate::words::{count, millis};

pub(super) const LESSON: Lesson = Lesson {
    id: "load-test",
    title: "Is the load test lying?",
    start: "load=closed&callers=8&think=28ms&rps=200&duration=40s&timeout=10s&idle=100&server=go&workers=8\
            &service=10ms&service-dist=lognormal&service-cv=0.5&20s.service=3s&20.1s.service=10ms",
    change: "load=open",
    unlock: &[ParamId::load, ParamId::callers, ParamId::think, ParamId::rps],
    chart: "latency",
    line: Some(0),
};

pub(super) const SCRIPT: Script = Script {
    situation: |it| {
        format!(
            "A load generator has 8 callers. Each sends a request, waits for the answer, pauses for 28 ms and goes on: \
             about 200 requests a second. At 20 s, for a tenth of a second, whatever query starts meets a lock and \
             takes about 3 s instead of 10 ms. The server has 8 workers. The report says: {} answers, p99 {}. Ship \
             it?\n\nYou will send the same 200 requests a second without waiting for answers, as users do.",
            count(it.start.report.requests.ok),
            millis(it.start.report.latency_ms.p99)
        )
    },
    questions: &[
        Question {
            text: "Same server, same lock. What is the p99 when the generator does not wait for answers?",
            answer: Answer::Number {
                unit: "ms",
                truth: |it| it.changed.report.latency_ms.p99,
            },
        },
        Question {
            text: "How many answers take a second or more?",
            answer: Answer::Choice(&[
                ("More than 100", |it| it.changed.report.latency_ms.over_second > 100),
                ("10 to 100", |it| it.changed.report.latency_ms.over_second >= 10),
                ("Fewer than 10: eight workers met the lock", |it| it.changed.report.latency_ms.over_second < 10),
            ]),
        },
    ],
    why: "What do the 8 callers do while the lock is held? One sentence.",
    explain: "Who would have waited, and is missing in the first report?",
    others: &[("80 callers, each a tenth as often", "callers=80&think=390ms")],
    more_seeds: 0,
    outcome: |it| {
        let [before, after] = [&it.start, &it.changed].map(|run| millis(run.report.latency_ms.p99));
        format!("The p99 is {after}, not {before}")
    },
    notice: |it| {
        let [closed, open, many] = [&it.start, &it.changed, &it.others[0]].map(|run| &run.report.latency_ms);
        format!(
            "**What to notice.** With a closed loop {} of {} answers took a second or more: each caller hung in one, \
             and sent nothing meanwhile. So nobody measured what a request would have met that came then. With an open \
             load they came, 200 a second, and waited behind eight workers that hung: {} took a second or more, and \
             the p99 is {}. That the generator waits when the server does is called coordinated omission. The server \
             is the same, the lock is, and so is the rate; the first report is not wrong, it answers another \
             question.\n\n**What is in between.** With 80 callers, each of which asks a tenth as often, {} took that \
             long, and the p99 is {}: the more callers, the more of them are still there to be kept waiting. Users are \
             very many callers.",
            count(closed.over_second),
            count(closed.count),
            count(open.over_second),
            millis(open.p99),
            count(many.over_second),
            millis(many.p99),
        )
    },
    rule: "A load test that waits for answers leaves out those who would have waited: send at a rate.",
    talk: "Your service is called by 8 workers of a queue, and by nobody else. Which of the two tests is the right one \
           for it?",
    commands: |it| {
        format!(
            "# Closed: 8 callers that wait. Here the p99 was {}.\n\
             hey -z 40s -c 8 -q 25 http://localhost:8080/\n\n\
             # Open: a rate, and latency counted from when a request was due. Here {}.\n\
             oha -z 40s -q 200 --latency-correction http://localhost:8080/\n\
             echo 'GET http://localhost:8080/' | vegeta attack -rate=200/s -duration=40s | vegeta report",
            millis(it.start.report.latency_ms.p99),
            millis(it.changed.report.latency_ms.p99),
        )
    },
    shows: "The p99 of the closed loop knows nothing of the stall, that of the open load does.",
    promise: |it| {
        let [closed, open, many] = [&it.start, &it.changed, &it.others[0]].map(|run| &run.report.latency_ms);
        closed.p99 < 50.0 && closed.over_second <= 10 && open.p99 > 1_000.0 && open.over_second > 100
            && (closed.over_second..open.over_second).contains(&many.over_second)
    },
};
