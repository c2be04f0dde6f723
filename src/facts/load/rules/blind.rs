//! What the numbers of a summary hide.

use super::super::Key;
use super::super::tools::{CountedIn, TimedOutAre};
use super::Summary;
use crate::facts::{Fact, Measure, Severity};
use crate::sim::error::ErrorKind;
use crate::words::{count, millis};

/// wrk's time-out if none is given (it only counts with it).
const WRK_TIMEOUT_MS: f64 = 2_000.0;
/// An answer that took longer is no ordinary one.
const SLOW_MS: f64 = 500.0;
/// siege stops after so many failures.
const SIEGE_FAILURES: f64 = 1_024.0;

/// `2 s`, where it is a whole one.
fn time(ms: f64) -> String {
    if ms >= 1e3 && ms % 1e3 == 0.0 { format!("{} s", ms / 1e3) } else { millis(ms) }
}

fn whole(n: f64) -> String {
    count(libm::round(n) as u64)
}

/// wrk leaves out of its latencies what took as long as its time-out, though the answer came and it waited for it.
pub(super) fn late_answers_of_wrk(summary: &Summary) -> Option<Fact> {
    let late = summary.get(Key::TimedOut).filter(|n| *n > 0.0 && summary.is(&["wrk"]))?;
    let timeout = summary.get(Key::Timeout).unwrap_or(WRK_TIMEOUT_MS);
    let max = summary.get(Key::Max).map(|ms| format!(" with a maximum of {}", millis(ms))).unwrap_or_default();
    let says = format!(
        "`timeout {late}`{max}: {} answers took {} and more and are in no latency figure: the percentiles are void. \
         wrk waits for them all the same.",
        whole(late),
        time(timeout)
    );
    let fact = summary.trouble("late answers", says).numbers(&[("late", late)]);
    Some(fact.classes(&[ErrorKind::ClientTimeout]).measure(Measure::Slowest, timeout))
}

/// Refused connects are fast: with many of them in the latency, the median is theirs.
pub(super) fn dead_server(summary: &Summary) -> Option<Fact> {
    let (p50, share) = (summary.get(Key::P50)?, summary.failed_share()?);
    let mean = summary.get(Key::Mean).or_else(|| summary.get(Key::Max))?;
    let is_dead = summary.tool.refused == CountedIn::Latency && share >= 0.4 && (p50 < 1.0 || p50 < mean / 3.0);
    let says = format!(
        "p50 of {} under {:.0} % errors is that of a dead server: refused connects answer in no time and are counted. \
         The rate is theirs too.",
        millis(p50),
        share * 100.0
    );
    is_dead.then(|| summary.trouble("dead server", says).numbers(&[("p50_ms", p50)]).classes(&[ErrorKind::Refused]))
}

/// hey and oha count refused connects in requests/s and nowhere else.
pub(super) fn refused_in_the_rate(summary: &Summary) -> Option<Fact> {
    let refused = summary.get(Key::Refused).filter(|n| *n > 0.0 && summary.tool.refused == CountedIn::Rate)?;
    let (rate, seconds) = (summary.get(Key::Rate)?, summary.get(Key::Duration)? / 1e3);
    let answered = (summary.count(Key::Good) + summary.count(Key::Bad)) / seconds.max(0.001);
    let says = format!(
        "{} requests/s count {} refused connects, which nothing slows down: the server answered {} a second. The \
         latencies are of the answers alone.",
        whole(rate),
        whole(refused),
        whole(answered)
    );
    Some(summary.trouble("rate", says).numbers(&[("answered_rate", answered)]).classes(&[ErrorKind::Refused]))
}

/// wrk calls refused connects write errors.
pub(super) fn writes_of_wrk(summary: &Summary) -> Option<Fact> {
    let (write, requests) = (summary.get(Key::Write)?, summary.count(Key::Requests));
    let says = format!(
        "`write {write}` beside {} answers: refused connects, to which wrk gives this name. It does not wait between \
         them: the server was gone.",
        whole(requests)
    );
    let fact = summary.trouble("write errors", says).numbers(&[("write", write)]).classes(&[ErrorKind::Refused]);
    let share = write / (write + requests).max(1.0);
    (write > 0.0 && summary.is(&["wrk", "wrk2"])).then(|| fact.measure(Measure::Refused, share))
}

/// wrk's read errors are connections that ended, be it between two requests.
pub(super) fn reads_of_wrk(summary: &Summary) -> Option<Fact> {
    let (read, requests) = (summary.get(Key::Read)?, summary.count(Key::Requests));
    let says = format!(
        "`read {read}`: so many connections were reset or closed under wrk, be it by a server that ends each after \
         some requests; these are not counted as requests, and none need be lost."
    );
    let fact = summary.trouble("read errors", says).numbers(&[("read", read)]);
    let fact = fact.classes(&[ErrorKind::Reset, ErrorKind::Eof]);
    let share = read / (read + requests).max(1.0);
    (read > 0.0 && summary.is(&["wrk", "wrk2"])).then(|| fact.measure(Measure::Resets, share))
}

/// Go's client, and aiohttp, send a GET again when a connection dies that has served before.
pub(super) fn sent_again(summary: &Summary) -> Option<Fact> {
    if !summary.tool.resends || summary.get(Key::Post).is_some() {
        return None;
    }
    let named = summary.count(Key::Resets) + summary.count(Key::Closes);
    let is_unnamed = summary.count(Key::Refused) + summary.count(Key::TimedOut) == 0.0;
    let errors = if named == 0.0 && is_unnamed { summary.failed() } else { named };
    let seen = match errors as u64 {
        0 => "that it names no reset and no EOF does not mean that there was none".to_string(),
        1 => "its 1 error may be hundreds of resets".to_string(),
        n => format!("its {} errors may be many more", count(n)),
    };
    let says = format!(
        "{} sends GETs again, without a word, when a kept connection dies: {seen}. The server's count of requests or \
         connections tells.",
        summary.tool.name
    );
    let fact = summary.caution("sent again", says).classes(&[ErrorKind::Reset, ErrorKind::Eof]);
    Some(if errors > 0.0 { fact } else { Fact { severity: Severity::Note, ..fact } })
}

/// fortio ends at the first error of its warm-up.
pub(super) fn ended_in_the_warm_up(summary: &Summary) -> Option<Fact> {
    let says = "fortio ended at the first error, in its warm-up: this says nothing about how many there are. \
                `-allow-initial-errors` goes on.";
    (summary.is(&["fortio"]) && summary.get(Key::Aborted).is_some())
        .then(|| summary.trouble("ended early", says.into()))
}

/// ab ends at the first reset.
pub(super) fn stopped_at_the_first_reset(summary: &Summary) -> Option<Fact> {
    let (resets, refused) = (summary.count(Key::Resets), summary.count(Key::Refused));
    let what = if resets > 0.0 { "reset" } else { "refused connect" };
    let done = summary.get(Key::Completed).map_or(String::new(), |n| format!(" after {} requests", whole(n)));
    let says = format!("ab ended at the first {what}{done}: this says nothing about how many there are. `-r` goes on.");
    let fact = summary.trouble("ended early", says);
    let classes: &'static [ErrorKind] = if resets > 0.0 { &[ErrorKind::Reset] } else { &[ErrorKind::Refused] };
    (summary.is(&["ab"]) && resets + refused > 0.0).then(|| fact.classes(classes))
}

/// ab counts a reset twice, a refused connect three times, and answers of another length than the first.
pub(super) fn failures_of_ab(summary: &Summary) -> Option<Fact> {
    let failed = summary.get(Key::Failed).filter(|n| *n > 0.0 && summary.is(&["ab"]))?;
    let (receive, length) = (summary.count(Key::Read), summary.count(Key::Length));
    let says = format!(
        "\"Failed requests: {}\" are no requests: a reset counts as Receive and as Exception, a refused connect three \
         times, and {} as Length, answers that are not as long as the first one. Receive {} is nearest to the truth, \
         and a close without an answer is a Length.",
        whole(failed),
        whole(length),
        whole(receive)
    );
    Some(summary.caution("failures", says).numbers(&[("receive", receive), ("length", length)]))
}

/// h2load and wrk2 do not open a connection again that was closed unannounced, and say nothing.
pub(super) fn stood_still(summary: &Summary) -> Option<Fact> {
    if !summary.is(&["h2load", "wrk2"]) {
        return None;
    }
    let (rate, mean) = (summary.get(Key::Rate)?, summary.count(Key::Mean).max(summary.count(Key::P50)));
    let possible = summary.get(Key::Callers).filter(|_| mean > 0.0).map(|callers| callers / mean * 1e3);
    let expected = summary.get(Key::AskedRate).filter(|rate| *rate > 0.0).or(possible);
    let is_empty = summary.is(&["wrk2"]) && summary.get(Key::Max) == Some(0.0);
    let is_slow = expected.is_some_and(|expected| rate < expected * 0.6) && summary.count(Key::Max) < 1_000.0;
    let callers = summary.get(Key::Callers).map_or("its connections".into(), |n| format!("{} connections", whole(n)));
    let expected =
        expected.map_or(String::new(), |expected| format!(", where {} were to be expected", whole(expected)));
    let says = format!(
        "{} requests/s of {callers}{expected}: it stood still. {} does not open a connection again that the server has \
         closed unannounced, and counts no error.",
        whole(rate),
        summary.tool.name
    );
    (is_empty || is_slow).then(|| summary.trouble("stood still", says).classes(&[ErrorKind::Eof, ErrorKind::Reset]))
}

/// autocannon pairs answers with a queue that it does not empty when it connects anew; with -R its correction is wrong.
pub(super) fn climbing_latency(summary: &Summary) -> Option<Fact> {
    let p50 = summary.get(Key::P50).filter(|_| summary.is(&["autocannon"]))?;
    let errors = summary.count(Key::Failed) - summary.count(Key::TimedOut);
    let is_corrected = summary.get(Key::AskedRate).is_some() && summary.get(Key::Corrected).is_none();
    // 20 connections at 1,640/s cannot have a median of 0.4 s.
    let impossible = summary.get(Key::Callers).zip(summary.get(Key::Rate)).is_some_and(|(callers, rate)| {
        summary.get(Key::AskedRate).is_none() && rate > 0.0 && p50 > 5.0 * callers / rate * 1e3
    });
    let says = match (errors > 0.0 || impossible, is_corrected) {
        (true, _) => format!(
            "a median of {} beside connections that were closed is void: autocannon pairs answers with requests of \
             connections that are gone. Closes without an answer are no error in it at all.",
            millis(p50)
        ),
        (false, true) => {
            format!("with -R the latencies (p50 {}) are over-corrected; those with -C are right.", millis(p50))
        }
        _ => return None,
    };
    Some(summary.caution("latency", says).classes(&[ErrorKind::Eof, ErrorKind::Reset]))
}

/// Where the latency of timed-out requests went.
pub(super) fn timed_out(summary: &Summary) -> Option<Fact> {
    let n = summary.count(Key::TimedOut);
    let timeout = summary.get(Key::Timeout).map_or("the time-out".into(), time);
    let (max, name) = (summary.get(Key::Max), summary.tool.name);
    let reaches = |ms: f64| summary.get(Key::Timeout).is_some_and(|timeout| ms >= timeout * 0.98 && ms < timeout * 1.1);
    let says = match summary.tool.timed_out {
        TimedOutAre::LeftOut if n > 0.0 && !summary.is(&["wrk"]) => format!(
            "{} requests ran into a time-out and are in no latency figure: the percentiles are those of the fast ones.",
            whole(n)
        ),
        TimedOutAre::Capped if n > 0.0 || max.is_some_and(reaches) => {
            format!("requests that ran into the time-out count as {timeout}: what they would have taken is not known.")
        }
        TimedOutAre::SentAgain if max.is_some_and(reaches) => format!(
            "a longest answer of {} is the time-out: {name} sent these requests again without a word, and counts them \
             as good ones.",
            millis(max?)
        ),
        _ => return None,
    };
    Some(summary.caution("time-outs", says).numbers(&[("timed_out", n)]).classes(&[ErrorKind::ClientTimeout]))
}

/// A time-out that is given and does nothing.
pub(super) fn time_out_without_effect(summary: &Summary) -> Option<Fact> {
    let (timeout, max) = (summary.get(Key::Timeout)?, summary.get(Key::Max)?);
    let says = format!(
        "the time-out of {} has no effect in {}: an answer took {}, and no error is counted.",
        time(timeout),
        summary.tool.name,
        millis(max)
    );
    let has_none = summary.tool.timed_out == TimedOutAre::Unlimited && max > timeout * 1.2;
    has_none.then(|| summary.caution("time-out", says))
}

/// While the server stalls a closed loop sends nothing, and so does not measure what the wait would have been.
pub(super) fn stall_of_a_closed_loop(summary: &Summary) -> Option<Fact> {
    let (p50, max) = (summary.get(Key::P50).or(summary.get(Key::Mean))?, summary.get(Key::Max)?);
    let others = [("p99", Key::P99), ("p95", Key::P95), ("median", Key::P50), ("mean", Key::Mean)];
    let (name, p99) = others.into_iter().find_map(|(name, key)| Some((name, summary.get(key)?)))?;
    if summary.is_open() || summary.is(&["wrk2"]) || max < SLOW_MS || max < 10.0 * p99.max(0.001) {
        return None;
    }
    let (requests, seconds) = (summary.tried(), summary.get(Key::Duration).map(|ms| ms / 1e3));
    let lost = summary.get(Key::Callers).zip(seconds).map(|(callers, seconds)| {
        let possible = callers * seconds / p50 * 1e3;
        format!(
            " {} connections for {seconds:.0} s at {} each could send {}; {} were sent.",
            whole(callers),
            millis(p50),
            whole(possible),
            whole(requests)
        )
    });
    let says = format!(
        "a longest answer of {} beside a {name} of {}: a stall, which a closed loop hardly measures, for it sends \
         nothing meanwhile (coordinated omission). An open load would have met it many times.{}",
        millis(max),
        millis(p99),
        lost.unwrap_or_default()
    );
    Some(summary.caution("stall", says).numbers(&[("max_ms", max)]).measure(Measure::Slowest, max))
}

/// A rate that is caught up with in a burst looks as if it had been kept.
pub(super) fn catching_up(summary: &Summary) -> Option<Fact> {
    let (asked, rate) = (summary.get(Key::AskedRate).filter(|rate| *rate > 0.0)?, summary.get(Key::Rate)?);
    let max = summary.get(Key::Max).filter(|max| *max > SLOW_MS)?;
    // vegeta without a limit opens as many connections as it needs; oha can correct.
    let is_right =
        summary.get(Key::Corrected).is_some() || (summary.tool.is_open && summary.get(Key::Callers).is_none());
    let is_kept = rate > asked * 0.97;
    let says = match (summary.tool.catches_up, is_kept) {
        (true, true) if !is_right => format!(
            "{rate:.1} requests/s look as if the rate of {asked} had been kept. {} sent the late ones in a burst after \
             the stall of {}, and measured them from then: the percentiles leave out their wait.",
            summary.tool.name,
            millis(max)
        ),
        _ => return None,
    };
    Some(summary.caution("rate", says).measure(Measure::Slowest, max))
}

/// Requests that were due and never sent are in no figure.
pub(super) fn never_sent(summary: &Summary) -> Option<Fact> {
    if let Some(dropped) = summary.get(Key::Dropped).filter(|n| *n > 0.0) {
        let says = format!(
            "{} iterations were due and not sent, for no VU was free: their wait is in no figure.",
            whole(dropped)
        );
        return Some(summary.caution("not sent", says).numbers(&[("dropped", dropped)]));
    }
    let (asked, rate) = (summary.get(Key::AskedRate).filter(|rate| *rate > 0.0)?, summary.get(Key::Rate)?);
    let says = format!(
        "{} requests/s were asked for, {} sent: who waits for an answer sends nothing, and the latencies leave out \
         what was not sent.",
        whole(asked),
        whole(rate)
    );
    (rate < asked * 0.95 && !summary.is(&["h2load", "wrk2"])).then(|| summary.caution("not sent", says))
}

/// k6's and wrk's latencies begin when the connection is there.
pub(super) fn connect_time(summary: &Summary) -> Option<Fact> {
    let (iteration, max) = (summary.get(Key::IterationMax)?, summary.get(Key::Max)?);
    let says = format!(
        "an iteration took {}, the longest request {}: the rest is connecting, which http_req_duration leaves out. \
         SYNs that are sent again after 1, 3, 7 s mean a full accept queue.",
        millis(iteration),
        millis(max)
    );
    let fact = summary.caution("connect time", says).measure(Measure::Slowest, iteration);
    (iteration > max + 900.0).then(|| fact.classes(&[ErrorKind::DialTimeout]))
}

/// Runs that take much longer than they were asked to wait for connections that come late.
pub(super) fn longer_than_asked(summary: &Summary) -> Option<Fact> {
    let (asked, took) = (summary.get(Key::AskedDuration)?, summary.get(Key::Duration)?);
    let says = format!(
        "{} instead of {}: the last answers were waited for, and requests/s divides by the longer time.",
        millis(took),
        millis(asked)
    );
    (took > asked * 1.3 && asked > 0.0).then(|| summary.caution("length", says))
}

/// siege counts its own mistakes, and stops after 1024 of them.
pub(super) fn availability(summary: &Summary) -> Option<Fact> {
    let failed = summary.get(Key::Failed).filter(|n| *n > 0.0 && summary.is(&["siege"]))?;
    let stopped = summary.get(Key::Aborted).is_some() || failed >= SIEGE_FAILURES;
    let says = format!(
        "Availability of {:.1} % counts siege's own mistakes: it sends on a connection that the server has said to \
         close, or has closed after some requests.{}",
        summary.count(Key::Success),
        if stopped { " It stopped at 1,024 failures, before its time." } else { "" }
    );
    Some(summary.caution("availability", says).numbers(&[("failed", failed)]))
}

/// rewrk prints the mean of the slowest part as a percentile.
pub(super) fn means_of_the_tail(summary: &Summary) -> Option<Fact> {
    let says = "its percentiles are means of the tail (\"50%\" of the slower half), larger than the real ones; error \
                statuses are not shown at all, and failed requests count in Total and in Min.";
    (summary.is(&["rewrk"]) && summary.get(Key::P50).is_some()).then(|| summary.caution("percentiles", says.into()))
}

/// An error status is success to oha.
pub(super) fn statuses_are_no_failures(summary: &Summary) -> Option<Fact> {
    let (success, bad) = (summary.get(Key::Success)?, summary.get(Key::Bad).filter(|n| *n > 0.0)?);
    let says = format!("a success rate of {success:.2} % counts {} answers with an error status as good.", whole(bad));
    summary.is(&["oha"]).then(|| summary.caution("success rate", says))
}

/// Names under which a tool puts different errors.
pub(super) fn one_name_for_all(summary: &Summary) -> Option<Fact> {
    let failed = summary.count(Key::Failed).max(summary.count(Key::Resets));
    let says = match summary.tool.name {
        "httperf" | "artillery" if summary.count(Key::Resets) > 0.0 => {
            "a close without an answer is called a reset too (connreset, ECONNRESET): it may be either."
        }
        "loadtest" if failed > 0.0 => "every error is \"-1\": resets, closes and refused connects are not told apart.",
        _ => return None,
    };
    Some(summary.caution("names", says.into()).classes(&[ErrorKind::Reset, ErrorKind::Eof]))
}

/// artillery's request rate is a mean over its reports.
pub(super) fn request_rate_of_artillery(summary: &Summary) -> Option<Fact> {
    let says = "http.request_rate of the summary is no rate of the run; and http.response_time leaves out the wait for \
                a pooled connection, which vusers.session_length has.";
    summary.is(&["artillery"]).then(|| summary.caution("rate", says.into()))
}

/// oha names what the end of the run cut off.
pub(super) fn cut_off(summary: &Summary) -> Option<Fact> {
    let n = summary.get(Key::CutOff).filter(|n| *n > 0.0)?;
    let says = format!("{} \"aborted due to deadline\" were under way when the run ended: no errors.", whole(n));
    Some(summary.caution("cut off", says).numbers(&[("cut_off", n)]))
}

/// fortio says how many connections it needed.
pub(super) fn sockets(summary: &Summary) -> Option<Fact> {
    let (used, perfect) = (summary.get(Key::Sockets)?, summary.get(Key::SocketsPerfect)?);
    let says = format!(
        "{} connections where {} would do: each that ended, by a reset, a close or a refusal, was opened again. More \
         than the errors that it counts.",
        whole(used),
        whole(perfect)
    );
    (used > perfect).then(|| summary.caution("connections", says).numbers(&[("sockets", used)]))
}
