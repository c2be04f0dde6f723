//! Back-off, jitter, budget: longer, unequally, or less often.

use super::{Answer, Lesson, Question, Script};
use crate::params::ParamId;
use crate::words::{count, millis};

pub(super) const LESSON: Lesson = Lesson {
    id: "backoff",
    title: "Back-off, jitter, budget",
    start: "load=burst&burst=1000&burst-every=20s&duration=10s&clients=50&timeout=100ms&retries=5&backoff=exp\
            &backoff-base=100ms&jitter=none&idle=100&max-idle=0&server=go&checks-context=on&workers=16&service=20ms",
    change: "jitter=full",
    unlock: &[ParamId::jitter, ParamId::backoff_base, ParamId::backoff_cap, ParamId::retry_budget, ParamId::retries],
    chart: "outcomes",
    line: None,
};

pub(super) const SCRIPT: Script = Script {
    situation: |it| {
        format!(
            "At t = 0 a cron job on fifty hosts sends 1,000 requests in the same instant. 16 workers can do 800 a \
             second, and an attempt may take 100 ms. A request that fails is tried again up to five times, and \
             waits 100, 200, 400, \
             800, 1,600 ms in between. That should be time enough for all; yet {} requests fail for good.\n\nYou will \
             add full jitter: each wait is drawn at random between nothing and what it was.",
            count(it.start.failed())
        )
    },
    questions: &[
        Question {
            text: "With full jitter: how many of the 1,000 fail?",
            answer: Answer::Number { unit: "requests", truth: |it| it.changed.failed() as f64 },
        },
        Question {
            text: "Without jitter, but with waits twice as long: how many fail?",
            answer: Answer::Choice(&[
                ("As many as before", |it| 10 * it.others[0].failed() >= 9 * it.start.failed()),
                ("A little fewer", |it| 10 * it.others[0].failed() >= 6 * it.start.failed()),
                ("About half as many: there is twice as much time", |it| {
                    10 * it.others[0].failed() < 6 * it.start.failed()
                }),
            ]),
        },
        Question {
            text: "And with a retry budget of 10 % instead of jitter?",
            answer: Answer::Choice(&[
                ("Fewer: a budget is the cure for storms", |it| it.others[1].failed() < it.start.failed()),
                ("More: it is the server that it spares", |it| it.others[1].failed() > it.start.failed()),
                ("As many", |it| it.others[1].failed() == it.start.failed()),
            ]),
        },
    ],
    why: "What matters more: waiting longer, or waiting unequally long? One sentence.",
    explain: "When did the workers have nothing to do, without jitter?",
    others: &[
        ("No jitter, waits twice as long", "backoff-base=200ms&backoff-cap=4s"),
        ("No jitter, a retry budget of 10 %", "retry-budget=10%"),
    ],
    more_seeds: 0,
    outcome: |it| {
        let [before, after] = [&it.start, &it.changed].map(|run| count(run.failed()));
        format!("{after} of 1,000 requests failed with jitter, {before} without")
    },
    notice: |it| {
        let (start, changed) = (&it.start.report, &it.changed.report);
        let (longer, budget) = (&it.others[0], &it.others[1]);
        format!(
            "**What to notice.** In 100 ms the workers can do about 80 requests. All others fail in the same instant, \
             wait equally long and come back together: six waves of which each gets about 80 answers, and between them \
             the workers have nothing to do. With waits twice as long the waves are the same, further apart: {} fail. \
             Full jitter makes a stream of the wave, in which there is a worker for nearly each: {} failed, with {} \
             attempts instead of {}.\n\n**What it costs.** Half of the answers take longer than {}, for somebody has \
             to wait. And jitter does not bound the load: in the retry storm, where the server can do less than is \
             asked all the time, it would only smooth the overload. A budget of 10 % bounds it: {} attempts in all, as \
             each of the fifty processes begins with ten retries in hand. It gives these callers up for that: {} fail. \
             So have both, and a deadline for the whole.",
            count(longer.failed()),
            count(it.changed.failed()),
            count(changed.attempts.application),
            count(start.attempts.application),
            millis(changed.latency_ms.p50),
            count(budget.report.attempts.application),
            count(budget.failed()),
        )
    },
    rule: "Jitter spreads retries, a budget bounds them; waiting longer alone only moves the wave.",
    talk: "A cache expires at full hours on all machines, tokens are renewed every 60 minutes, health checks run every \
           10 s. Where else is jitter missing?",
    commands: |_| {
        "// Go: full jitter (math/rand/v2), in a loop over attempts from 0, with a deadline in ctx.\n\
         wait := rand.N(min(2*time.Second, 100*time.Millisecond<<attempt))\n\
         select {\n\
         case <-time.After(wait):\n\
         case <-ctx.Done():\n    return ctx.Err()\n\
         }\n\n\
         # Envoy: a budget, under circuit_breakers of a cluster.\n\
         thresholds:\n\
         - retry_budget:\n    budget_percent: {value: 20.0}\n    min_retry_concurrency: 3"
            .into()
    },
    shows: "Without jitter many requests fail, however long the waits are; with it hardly any. A budget makes more \
            of them fail, with far fewer attempts.",
    promise: |it| {
        it.start.failed() > 400
            && it.changed.failed() < 10
            && it.others[0].failed() > 400
            && it.others[1].failed() > it.start.failed()
            && it.others[1].report.attempts.application < it.start.report.attempts.application / 2
    },
};
