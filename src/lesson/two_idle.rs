//! Two idle connections: a pool must hold what is idle at once.

use super::{Answer, Lesson, Question, Script};
use crate::params::ParamId;
use crate::words::count;

pub(super) const LESSON: Lesson = Lesson {
    id: "two-idle",
    title: "Two idle connections",
    start: "load=closed&callers=50&think=5ms&duration=8s&timeout=5s&server=go&workers=64&service=20ms&rtt=1ms&idle=2",
    change: "idle=50",
    unlock: &[ParamId::idle, ParamId::think, ParamId::callers, ParamId::load, ParamId::burst, ParamId::burst_every],
    chart: "",
    line: None,
};

pub(super) const SCRIPT: Script = Script {
    situation: |_| {
        "Fifty callers of one Go program ask the same server, again and again, with a pause of about 5 ms between an \
         answer and the next request. An answer takes about 20 ms. The program uses Go's default: \
         `MaxIdleConnsPerHost` is 2.\n\nNothing fails. You will raise the limit to 50."
            .into()
    },
    questions: &[
        Question {
            text: "With the default of 2: how many of 100 requests open a new connection?",
            answer: Answer::Number {
                unit: "of 100",
                truth: |it| 100.0 * it.start.dialed_share(),
            },
        },
        Question {
            text: "And with 50?",
            answer: Answer::Choice(&[
                ("About as many: there are always 50 callers", |it| {
                    it.changed.dialed_share() > 0.8 * it.start.dialed_share()
                }),
                ("About half as many", |it| it.changed.dialed_share() > 0.3 * it.start.dialed_share()),
                ("A few dozen in all, at the beginning", |it| it.changed.report.connections.dials < 100),
                ("None at all", |it| it.changed.report.connections.dials == 0),
            ]),
        },
    ],
    why: "Why is a connection closed that was just used? One sentence.",
    explain: "Where did the connections go, and which side closed them?",
    others: &[
        ("No pause between requests", "think=0s"),
        ("Bursts of 50, ten times a second", "load=burst&burst=50&burst-every=100ms"),
    ],
    more_seeds: 0,
    outcome: |it| {
        format!(
            "{} dials become {}",
            count(it.start.report.connections.dials),
            count(it.changed.report.connections.dials)
        )
    },
    notice: |it| {
        let [start, changed, no_pause, bursts] =
            [&it.start, &it.changed, &it.others[0], &it.others[1]].map(|run| &run.report);
        format!(
            "**What to notice.** {} of the {} requests dialed. A connection whose answer has been read goes back to \
             the pool; two may wait there, and a third that comes back meanwhile is closed by the client itself. So \
             {} sockets stood in TIME_WAIT at the client, not at the server: who closes first keeps it. With room for \
             50 there are {} dials, all in the beginning.\n\n**What a benchmark hides.** Without the pause, each \
             connection is taken again the moment it comes back: {} of {} requests dial, with the same limit of 2. \
             A benchmark without pauses says that the limit is harmless. Production has bursts: with 50 at once, ten \
             times a second, {} of {} dial.",
            count(start.connections.dials),
            count(start.requests.offered),
            count(start.peaks.time_wait_client),
            count(changed.connections.dials),
            count(no_pause.connections.dials),
            count(no_pause.requests.offered),
            count(bursts.connections.dials),
            count(bursts.requests.offered),
        )
    },
    rule: "A pool must hold as many connections as are idle at once.",
    talk: "Your service has 8 instances, and each calls 3 hosts. Which limits would you set, and what would you count \
           to know that they are enough?",
    commands: |it| {
        format!(
            "# How many sockets of yours wait in TIME_WAIT? Here it was {} at the peak.\n\
             ss -Htan state time-wait | wc -l\n\n\
             // Go: a Transport of your own, with room for what is idle at once.\n\
             t := http.DefaultTransport.(*http.Transport).Clone()\n\
             t.MaxIdleConnsPerHost = 50\n\
             client := &http.Client{{Transport: t}}\n\n\
             // And see it: count ConnectStart of net/http/httptrace, here {} for {} requests. GotConnInfo.Reused\n\
             // hides most of them: who dials is often given a connection that comes back first.\n\
             // Read each body to its end and close it: otherwise no connection comes back at all.",
            count(it.start.report.peaks.time_wait_client),
            count(it.start.report.connections.dials),
            count(it.start.report.requests.offered),
        )
    },
    shows: "With the default many requests dial, with room for all hardly any. Without pauses the default does no \
            harm; with bursts nearly every request dials.",
    promise: |it| {
        let [no_pause, bursts] = [&it.others[0], &it.others[1]].map(super::Run::dialed_share);
        it.start.dialed_share() > 0.2 && it.changed.report.connections.dials < 100 && no_pause < 0.05 && bursts > 0.9
    },
};
