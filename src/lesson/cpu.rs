//! The burst that two cores cannot take.

use super::{Answer, Lesson, Question, Run, Script};
use crate::params::ParamId;
use crate::words::{count, percent};

pub(super) const LESSON: Lesson = Lesson {
    id: "cpu",
    title: "The burst that two cores cannot take",
    start: "rps=250&duration=20s&timeout=1s&idle=200&max-idle=0&server=go&workers=200&service=5ms&server-cores=2\
            &server-cpu=3ms&5s.rps=500&7s.rps=250",
    change: "server-cores=4",
    unlock: &[ParamId::server_cores, ParamId::server_cpu, ParamId::workers, ParamId::timeout],
    chart: "queues",
    line: None,
};

/// The share of the requests that were answered: `26 %`.
fn answered(run: &Run) -> String {
    percent(run.report.requests.ok, run.report.requests.offered)
}

/// The share of the time in which the server's processors are taken, 0 to 1.
fn busy(run: &Run) -> f64 {
    run.report.processors.server.and_then(|work| work.utilization).unwrap_or(0.0)
}

pub(super) const SCRIPT: Script = Script {
    situation: |it| {
        format!(
            "A Go server has 2 cores. A request takes 3 ms of one on its way in, and 3 ms on its way out: TLS, JSON, \
             logging. So does an accept(). In between the handler waits 5 ms for a database. 250 requests a second \
             are 1.5 cores' work. From 5 s to 7 s there are 500; then 250 again. Only {} of the requests are answered, \
             and from the burst on nearly none.\n\nYou will give it 4 cores.",
            answered(&it.start)
        )
    },
    questions: &[
        Question {
            text: "With 4 cores: how many of 100 requests fail?",
            answer: Answer::Number { unit: "of 100", truth: |it| 100.0 * it.changed.failed_share() },
        },
        Question {
            text: "And for which share of the time are the 4 cores busy?",
            answer: Answer::Number { unit: "%", truth: |it| 100.0 * busy(&it.changed) },
        },
        Question {
            text: "The chart shows all 200 workers busy. What do 400 workers do, on 2 cores?",
            answer: Answer::Choice(&[
                ("They cure it: workers were what was missing", |it| it.others[0].answered_share() > 0.9),
                ("They help: more is answered", |it| {
                    it.others[0].answered_share() > it.start.answered_share() + 0.05
                }),
                ("Next to nothing", |it| {
                    (it.others[0].answered_share() - it.start.answered_share()).abs() <= 0.05
                }),
                ("They make it worse", |it| {
                    it.others[0].answered_share() < it.start.answered_share() - 0.05
                }),
            ]),
        },
    ],
    why: "250 requests a second went well before the burst. Why not behind it? One sentence.",
    explain: "What does a request cost the server before the burst, and what behind it?",
    others: &[("400 workers, 2 cores", "workers=400"), ("Half the time on a core", "server-cpu=1.5ms")],
    more_seeds: 0,
    outcome: |it| {
        let (before, after) = (answered(&it.start), answered(&it.changed));
        format!("{after} of the requests are answered with 4 cores, {before} with 2")
    },
    notice: |it| {
        let (start, changed) = (&it.start, &it.changed);
        let waiting = start.report.processors.server.map_or(0, |work| work.peak_queue);
        format!(
            "**What to notice.** Before the burst a request costs 6 ms of a core, on a connection that is kept: 250 a \
             second are 1.5 cores. In the burst it is 3 cores' work, on 2. Up to {} steps wait for a core; callers run \
             into their time-out, and close their connections. So the next request comes on a new one, and costs an \
             accept() more: 9 ms. 250 of these are 2.25 cores' work. The burst is over, and the server does not come \
             back: {} of the requests dialed. With 4 cores there is room for both: {} are answered, and the cores are \
             busy for {} of the time. An average of that size looks like waste, and is the room for a burst.\n\n**What \
             does not help.** Workers: all 200 are busy, for a worker is held until its response has found a core. \
             With 400 of them {} are answered, and it was {} before. **What helps as well:** half the time on a core, \
             1.5 ms each way: {}.",
            count(waiting),
            percent(start.report.connections.dials, start.report.requests.offered),
            answered(changed),
            percent((1_000.0 * busy(changed)) as u64, 1_000),
            answered(&it.others[0]),
            answered(start),
            answered(&it.others[1]),
        )
    },
    rule: "Size processors for what a request costs on a bad day, with a handshake and a retry, not for the average.",
    talk: "A container has a limit of 2 CPUs on a machine with 64. What does the kernel do when it has used them up, \
           and what does its dashboard show?",
    commands: |_| {
        "# Is somebody waiting for a processor? Runnable tasks (r) beside the cores, and pressure in per cent.\n\
         vmstat 1\n\
         cat /proc/pressure/cpu\n\n\
         # In a container: how often its quota was used up (nr_throttled).\n\
         cat /sys/fs/cgroup/cpu.stat\n\n\
         # Go: runnable goroutines that wait (runqueue, and in brackets those of each processor), once a second.\n\
         GODEBUG=schedtrace=1000 ./server"
            .into()
    },
    shows: "After the burst the server stays down with two cores, and recovers with four. More workers change next \
            to nothing.",
    promise: |it| {
        it.start.answered_share() < 0.4
            && it.changed.answered_share() > 0.99
            && busy(&it.changed) < 0.6
            && (it.others[0].answered_share() - it.start.answered_share()).abs() < 0.05
            && it.others[1].answered_share() > 0.99
    },
};
