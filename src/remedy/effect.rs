//! What a change did, by the reports of two runs, and what to call it.

use crate::sim::error::{ERRORS, ErrorKind};
use crate::sim::report::Report;
use crate::words::count;

/// What is to be cured: a change is judged by how often it occurs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Symptom {
    /// The requests that end with an error of this class.
    Errors(ErrorKind),
    /// Answers that took a second or more.
    Slow,
    /// connect() calls.
    Dials,
}

impl Symptom {
    /// By its name in a question: `reset`, `slow`, `dials`.
    pub fn named(name: &str) -> Option<Symptom> {
        match name {
            "slow" => Some(Symptom::Slow),
            "dials" => Some(Symptom::Dials),
            class => ErrorKind::named(class).map(Symptom::Errors),
        }
    }

    /// The class of errors that has the same remedies. A slow answer is a time-out to a caller with less patience, and
    /// who dials too often is on the way to running out of ports.
    pub fn class(self) -> ErrorKind {
        match self {
            Symptom::Errors(kind) => kind,
            Symptom::Slow => ErrorKind::ClientTimeout,
            Symptom::Dials => ErrorKind::Ports,
        }
    }

    /// What is counted, in words.
    pub fn words(self) -> &'static str {
        match self {
            Symptom::Errors(_) => "this error",
            Symptom::Slow => "answers after 1 s or more",
            Symptom::Dials => "dials",
        }
    }

    /// How much of it a run has.
    fn amount(self, report: &Report) -> u64 {
        match self {
            Symptom::Errors(kind) => of_class(kind, report),
            Symptom::Slow => report.latency_ms.over_second,
            Symptom::Dials => report.connections.dials,
        }
    }

    /// Whether the requests that it counts fail.
    fn is_failure(self) -> bool {
        matches!(self, Symptom::Errors(_))
    }
}

fn of_class(kind: ErrorKind, report: &Report) -> u64 {
    report.errors.iter().filter(|row| row.kind == kind).map(|row| row.count).sum()
}

/// What a change did: numbers of two runs, before and after it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Effect {
    /// What is judged.
    pub judged: Symptom,
    /// How much of it there was: requests, or connect() calls.
    pub subject: (u64, u64),
    /// Requests that arrived. A closed load makes more of them when answers come sooner.
    pub offered: (u64, u64),
    /// Requests that failed at all.
    pub failed: (u64, u64),
    /// Requests that had no outcome when the run ended: nobody was spared who still waits.
    pub in_flight: (u64, u64),
    /// 99th percentile of the answered requests, in milliseconds; `None` where none was answered.
    pub p99_ms: (Option<f64>, Option<f64>),
    /// The other class that grew most, and its failures before and after: what the error may now be called.
    pub instead: Option<(ErrorKind, u64, u64)>,
}

/// An effect in one word, the worst first.
///
/// What is judged, and failures, after the change are taken per request that arrived before it, and the first rule that
/// fits is the verdict. The limits are conventions, not statistics: two runs of one seed are no experiment. Slow
/// answers and dials are no failures: of these rules, those about failures are left out then, all but the first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// More requests fail than before: whatever became of what is judged, callers are worse off.
    Harms,
    /// Less than half of it is gone: whoever makes the change will see it again.
    Useless,
    /// Half of it or more is gone, but not its failures. Fewer than half of these requests are spared, or more than a
    /// tenth of them, and more than ten, fail in other ways or still wait at the end.
    Renames,
    /// Half of it or more is gone, and its requests are answered.
    Helps,
    /// Less than a twentieth is left, its requests are answered, and fewer requests fail, however many arrived.
    Cures,
}

impl Effect {
    /// Compares the report of a run with that of the changed run.
    pub fn between(subject: Symptom, before: &Report, after: &Report) -> Effect {
        let both = |number: fn(&Report) -> u64| (number(before), number(after));
        let p99 = |report: &Report| (report.latency_ms.count > 0).then_some(report.latency_ms.p99);
        Effect {
            judged: subject,
            subject: (subject.amount(before), subject.amount(after)),
            offered: both(|report| report.requests.offered),
            failed: both(|report| report.requests.failed),
            in_flight: both(|report| report.requests.in_flight),
            p99_ms: (p99(before), p99(after)),
            instead: instead(subject, before, after),
        }
    }

    /// A number of the second run, for as many requests as the first one had.
    fn per_request(&self, after: u64) -> u64 {
        let (before, now) = self.offered;
        let scaled = u128::from(after) * u128::from(before) / u128::from(now.max(1));
        u64::try_from(scaled).unwrap_or(u64::MAX)
    }

    /// In one word.
    pub fn verdict(&self) -> Verdict {
        let (had, left) = (self.subject.0, self.per_request(self.subject.1));
        let failed = self.per_request(self.failed.1);
        let gone = had.saturating_sub(left);
        let spared = self.failed.0.saturating_sub(failed);
        let waiting = self.in_flight.1.saturating_sub(self.in_flight.0);
        // Ten: so many may be under way, or fail in other ways, in any run.
        let is_much = |requests: u64| requests > gone / 10 + 10;
        match () {
            () if failed > self.failed.0 => Verdict::Harms,
            () if gone == 0 || gone * 2 < had => Verdict::Useless,
            () if is_much(waiting) => Verdict::Renames,
            () if !self.judged.is_failure() && left * 20 >= had => Verdict::Helps,
            () if !self.judged.is_failure() => Verdict::Cures,
            () if spared * 2 < gone || is_much(gone.saturating_sub(spared)) => Verdict::Renames,
            () if left * 20 >= had || self.failed.1 >= self.failed.0 => Verdict::Helps,
            () => Verdict::Cures,
        }
    }

    /// The verdict in words: `cures it`.
    pub fn words(&self) -> &'static str {
        match self.verdict() {
            Verdict::Harms => "more requests fail",
            Verdict::Useless if self.per_request(self.subject.1) * 20 < self.subject.0 * 19 => "hardly helps",
            Verdict::Useless => "does not help",
            Verdict::Renames if self.fails_instead().is_some() => "other errors instead",
            Verdict::Renames => "still waiting instead",
            Verdict::Helps => "helps",
            Verdict::Cures => "cures it",
        }
    }

    /// The class that takes the place of this one, or comes on top of it, and how many more requests fail with it.
    fn fails_instead(&self) -> Option<(ErrorKind, u64)> {
        let is_worth_saying = matches!(self.verdict(), Verdict::Renames | Verdict::Harms);
        let (kind, before, after) = self.instead.filter(|_| is_worth_saying)?;
        Some((kind, after - before))
    }

    /// What became of the requests that were not spared: `instead 4,906 × reset by peer`.
    pub fn note(&self) -> Option<String> {
        match self.fails_instead() {
            Some((kind, more)) => Some(format!("instead {} × {}", count(more), kind.spec().label)),
            None => (self.verdict() == Verdict::Renames)
                .then(|| format!("still waiting at the end {}", change(self.in_flight))),
        }
    }

    /// `this error 15,663 → 70, all failures 15,663 → 4,976; instead 4,906 × reset by peer`.
    pub fn numbers(&self) -> String {
        let (words, failures) = (self.judged.words(), change(self.failed));
        let mut text = format!("{words} {}, all failures {failures}", change(self.subject));
        if self.offered.0.abs_diff(self.offered.1) * 50 > self.offered.0 {
            text += &format!(" of {} requests", change(self.offered));
        }
        self.note().map_or(text.clone(), |note| format!("{text}; {note}"))
    }
}

/// The class that grew most, apart from the one that is judged.
fn instead(subject: Symptom, before: &Report, after: &Report) -> Option<(ErrorKind, u64, u64)> {
    let others = ERRORS.iter().map(|spec| spec.kind).filter(|kind| subject != Symptom::Errors(*kind));
    let numbers = others.map(|kind| (kind, of_class(kind, before), of_class(kind, after)));
    numbers.filter(|(_, before, after)| after > before).max_by_key(|(_, before, after)| after - before)
}

/// `4,387 → 0`.
pub fn change((before, after): (u64, u64)) -> String {
    format!("{} → {}", count(before), count(after))
}
