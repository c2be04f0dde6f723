//! One seed is not an experiment.

use super::{Answer, Lesson, Question, Run, Runs, Script, number};
use crate::experiment::comparison::Comparison;
use crate::experiment::measure::Measure;
use crate::experiment::statistics::{Differences, Plan};
use crate::link;
use crate::params::ParamId;
use crate::words::{count, millis};

pub(super) const LESSON: Lesson = Lesson {
    id: "luck",
    title: "One seed is not an experiment",
    start: "rps=95&duration=20s&timeout=10s&idle=100&server=go&workers=2&service=20ms&service-dist=exp",
    change: "service-dist=lognormal",
    unlock: &[ParamId::service_dist, ParamId::service, ParamId::rps],
    chart: "latency",
    line: None,
};

/// The p99 with each seed, before and after.
fn p99(runs: &Runs) -> Option<Comparison> {
    Some(runs.comparison(Measure::named("p99_ms")?))
}

/// What the change did to the p99, seed by seed.
fn differences(runs: &Runs) -> Option<Differences> {
    p99(runs)?.differences(Plan::Fixed)
}

/// The change's effect with the learner's own seed, in milliseconds.
fn own(runs: &Runs) -> f64 {
    runs.changed.report.latency_ms.p99 - runs.start.report.latency_ms.p99
}

/// With how many of the further seeds the p99 went the way that it went with the learner's.
fn agree(runs: &Runs) -> usize {
    let further = differences(runs).map_or(Vec::new(), |all| all.values().iter().skip(1).copied().collect());
    further.iter().filter(|value| **value * own(runs) > 0.0).count()
}

/// The shortest and the longest p99 of the runs without the change.
fn ends(runs: &Runs) -> [f64; 2] {
    let all = || std::iter::once(&runs.start).chain(runs.more.iter().map(|[start, _]| start));
    let values = || all().map(|run| run.report.latency_ms.p99);
    [values().fold(f64::INFINITY, f64::min), values().fold(0.0, f64::max)]
}

/// A run's link.
fn link(run: &Run) -> String {
    link::encode(&run.scenario.clone().into())
}

pub(super) const SCRIPT: Script = Script {
    situation: |it| {
        format!(
            "Somebody has rewritten a handler. It takes 20 ms on average, as before, and varies as much, only in \
             another way. A test of 20 s shows a p99 of {} for the old one. You will run the new one once, with the \
             same seed: with the same requests, in the same instants.\n\nThen both are run with 19 more seeds: other \
             days, on which the same happens in other instants.",
            millis(it.start.report.latency_ms.p99)
        )
    },
    questions: &[
        Question {
            text: "The old handler with 20 seeds, nothing else is changed: how many times as long as the shortest p99 \
                   is the longest?",
            answer: Answer::Number {
                unit: "times",
                truth: |it| {
                    let [low, high] = ends(it);
                    high / low
                },
            },
        },
        Question {
            text: "Your run shows that the p99 is shorter now, or longer. With how many of the 19 other seeds does it \
                   go the same way?",
            answer: Answer::Number { unit: "of 19", truth: |it| agree(it) as f64 },
        },
        Question {
            text: "What may be said of the new handler, with all 20 seeds?",
            answer: Answer::Choice(&[
                ("It is better", |it| differences(it).is_some_and(|all| all.direction() < 0.0)),
                ("Nothing: no difference can be told from chance", |it| {
                    differences(it).is_none_or(|all| all.direction() == 0.0)
                }),
                ("It is worse", |it| differences(it).is_some_and(|all| all.direction() > 0.0)),
            ]),
        },
    ],
    why: "The settings of two runs are the same, and their p99 is not. Why? One sentence.",
    explain: "What would you have told your team after the first run?",
    others: &[("A handler that really is a twentieth faster", "service=19ms")],
    more_seeds: 19,
    outcome: |it| {
        let way = if own(it) < 0.0 { "shorter" } else { "longer" };
        format!("With your seed the p99 is {} {way}, and {} of 19 others agree", millis(own(it).abs()), agree(it))
    },
    notice: |it| {
        let [low, high] = ends(it);
        let change = "The new handler";
        let verdict = p99(it).map_or(String::new(), |all| all.verdict(change, Plan::Fixed));
        let faster = it.start.report.latency_ms.p99 - it.others[0].report.latency_ms.p99;
        format!(
            "**What to notice.** The old handler alone has a p99 between {} and {}, from seed to seed: the longest is \
             {} times the shortest. Two workers that are busy for 95 % of the time turn a small clump into a long \
             queue, and a p99 of {} answers is about the {} slowest of them, which mostly stood in the same queue. A \
             difference of {} with one seed is no news then.\n\n**What 20 pairs say.** {} The interval is where the \
             mean of all seeds is to be expected, with 95 %; if zero is in it, there may be nothing.\n\n**What it \
             costs.** Time: 40 runs in place of 2. Pairs make it cheaper, for both runs of a pair have the same \
             requests. A handler that is really faster, 19 ms instead of 20, made the p99 {} shorter with your seed. \
             Compare it with more seeds, and see whether they agree.",
            millis(low),
            millis(high),
            number(high / low),
            count(it.start.report.latency_ms.count),
            count(it.start.report.latency_ms.count / 100),
            millis(own(it).abs()),
            verdict,
            millis(faster),
        )
    },
    rule: "Before you believe a difference, look how large it is between two runs of the same.",
    talk: "You have one test environment and an hour. How do you spend it on two versions: one long test each, or many \
           short ones in turns?",
    commands: |it| {
        let seed = it.start.scenario.params.seed;
        format!(
            "# Ten times in turns, not once each: what else happens on the machine then happens to both.\n\
             for i in $(seq 10); do\n  \
               for version in old new; do\n    \
                 echo \"GET http://$version:8080/\" | vegeta attack -rate=95/s -duration=20s |\n      \
                   vegeta report -type=json | jq -c \"{{version: \\\"$version\\\", p99: .latencies.\\\"99th\\\"}}\"\n  \
               done\ndone\n\n\
             # The same with the model: means, interval and how many seeds agree.\n\
             connlab compare --measures p99_ms --seeds {seed}..{} '{}' \
             '{}'",
            seed + 19,
            link(&it.start),
            link(&it.changed),
        )
    },
    shows: "With the same settings the p99 differs much from seed to seed, and with twenty seeds no difference \
            between the two handlers can be told from chance.",
    promise: |it| {
        let [low, high] = ends(it);
        high > 2.0 * low && (4..=16).contains(&agree(it)) && differences(it).is_some_and(|all| all.direction() == 0.0)
    },
};
