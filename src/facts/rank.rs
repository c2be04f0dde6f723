//! Facts compared with runs: which presets show the same.

use super::{Facts, Trials};
use crate::preset::Preset;
use crate::sim::error::Family;
use crate::sim::report::Report;
use crate::words;

/// What a fact and a run can be compared in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Measure {
    /// Connections in the accept queue, as a share of its room.
    AcceptQueue,
    /// Ports of one host towards one address that are in use or in TIME_WAIT, as a share of all.
    Ports,
    /// Sockets in TIME_WAIT on one host.
    TimeWait,
    /// Sockets in CLOSE_WAIT on one host.
    CloseWait,
    /// Handshakes in the SYN queue.
    SynRecv,
    /// Sockets in SYN_SENT on the clients.
    SynSent,
    /// `TcpExtListenOverflows`.
    ListenOverflows,
    /// `TcpExtListenDrops`.
    ListenDrops,
    /// `TcpExtSyncookiesSent`.
    Syncookies,
    /// `TcpExtTCPSynRetrans`.
    SynRetrans,
    /// `TcpExtTCPAbortOnData`.
    AbortOnData,
    /// `TcpExtTCPAbortOnClose`.
    AbortOnClose,
    /// Requests that failed, as a share of those that ended.
    Failed,
    /// Resets, in the same way.
    Resets,
    /// Closes without an answer.
    Closes,
    /// Refused connects.
    Refused,
    /// Time-outs.
    TimedOut,
    /// The longest answer, in milliseconds.
    Slowest,
}

/// What decides whether two values of a measure are alike.
enum Alike {
    /// Both are zero, or neither is: counters since boot and shares of runs of any length say no more.
    Both,
    /// Within a factor of [`FACTOR`].
    Size,
    /// On the same side of this value.
    Side(f64),
}

/// Presets are no copies of anybody's system: what is within this factor is alike.
const FACTOR: f64 = 3.0;

/// Presets that are told of.
pub const SHOWN_MAX: usize = 4;

/// What a run shows at its worst.
#[derive(Clone, Debug)]
pub struct Observed {
    /// The preset that was run.
    pub preset: &'static Preset,
    /// What was reported when the run ended.
    pub report: Report,
    /// Most sockets in CLOSE_WAIT on one host at the end of a second.
    pub close_wait: u64,
    /// Most sockets in SYN_SENT at the end of a second.
    pub syn_sent: u64,
    /// Ports that one client host has.
    pub ports: u32,
    /// Room in the accept queue, backlog + 1.
    pub accept_queue_limit: u64,
}

/// How well a preset's run agrees with the facts of a paste.
#[derive(Clone, Debug)]
pub struct Agreement {
    /// The preset.
    pub preset: &'static Preset,
    /// Facts that the run shows too.
    pub agrees: usize,
    /// Facts that a run can be compared with.
    pub of: usize,
    /// Where they differ: `your TIME_WAIT is 9 times as many`.
    pub differs: Vec<String>,
    /// Whether it shows each, what tells most first.
    shows: Vec<bool>,
    /// How far the sizes are apart: the sum of the logarithms of their ratios.
    distance: f64,
}

impl Agreement {
    /// `agrees with 3 of 4 facts; your TIME_WAIT is 9 times as many`.
    pub fn says(&self) -> String {
        let noun = if self.of == 1 { "fact" } else { "facts" };
        let agrees = format!("agrees with {} of {} {noun}", self.agrees, self.of);
        std::iter::once(agrees).chain(self.differs.iter().cloned()).collect::<Vec<_>>().join("; ")
    }
}

/// The presets that agree with at least one fact that is trouble: the closest first, and then who shows what those
/// before it do not.
pub fn rank(facts: &Facts, runs: &[Observed]) -> Vec<Agreement> {
    let mut rest: Vec<Agreement> = runs.iter().filter_map(|run| compare(facts, run)).collect();
    rest.sort_by(|a, b| {
        (b.agrees, &b.shows).cmp(&(a.agrees, &a.shows)).then_with(|| a.distance.total_cmp(&b.distance))
    });
    let mut ranked: Vec<Agreement> = Vec::new();
    while !rest.is_empty() {
        let is_new = |fact: usize| ranked.iter().all(|earlier: &Agreement| !earlier.shows[fact]);
        let news =
            |agreement: &Agreement| (0..agreement.of).filter(|fact| agreement.shows[*fact] && is_new(*fact)).count();
        let most = rest.iter().map(news).max().unwrap_or_default();
        let next = rest.iter().position(|agreement| news(agreement) == most).unwrap_or_default();
        ranked.push(rest.remove(next));
    }
    ranked
}

/// The presets that agree with a paste, as text, and their links; nothing if there is nothing to compare.
pub fn agreement(facts: &Facts) -> String {
    if !facts.can_be_ranked() {
        return String::new();
    }
    let ranked = rank(facts, &Trials::default().run());
    let line =
        |found: &Agreement| format!("- {}: {}.\n   Open: p={}\n", found.preset.title, found.says(), found.preset.name);
    let lines: String = ranked.iter().take(SHOWN_MAX).map(line).collect();
    if lines.is_empty() { lines } else { format!("Presets that show the same:\n{lines}") }
}

/// `None` if no trouble of the paste is in the run.
fn compare(facts: &Facts, run: &Observed) -> Option<Agreement> {
    let (preset, differs, shows) = (run.preset, Vec::new(), Vec::new());
    let mut agreement = Agreement { preset, agrees: 0, of: 0, differs, shows, distance: 0.0 };
    let mut shows_some = false;
    for (measure, yours) in facts.measures() {
        let simulated = measure.of(run);
        let is_alike = measure.alike(yours, simulated);
        agreement.of += 1;
        agreement.shows.push(is_alike);
        if is_alike {
            agreement.agrees += 1;
            shows_some |= measure.is_trouble(yours);
        } else {
            agreement.differs.push(measure.difference(yours, simulated));
        }
        agreement.distance += libm::fabs(libm::log((yours + 1.0) / (simulated + 1.0)));
    }
    shows_some.then_some(agreement)
}

impl Facts {
    /// What runs can be compared in: the worst value of each measure.
    fn measures(&self) -> Vec<(Measure, f64)> {
        let mut worst = std::collections::BTreeMap::new();
        for (measure, value) in self.found.iter().filter_map(|fact| fact.measure) {
            let kept = worst.entry(measure).or_insert(value);
            *kept = value.max(*kept);
        }
        worst.into_iter().collect()
    }

    /// Whether there is trouble that a preset's run may show too.
    pub fn can_be_ranked(&self) -> bool {
        self.measures().into_iter().any(|(measure, value)| measure.is_trouble(value))
    }
}

impl Measure {
    /// Its name in a sentence, and the noun of its zero.
    fn name(self) -> &'static str {
        match self {
            Measure::AcceptQueue => "accept queue",
            Measure::Ports | Measure::TimeWait => "TIME_WAIT",
            Measure::CloseWait => "CLOSE_WAIT",
            Measure::SynRecv => "SYN-RECV",
            Measure::SynSent => "SYN-SENT",
            Measure::ListenOverflows => "listen overflows",
            Measure::ListenDrops => "dropped SYNs",
            Measure::Syncookies => "SYN cookies",
            Measure::SynRetrans => "SYNs sent again",
            Measure::AbortOnData => "resets on late data",
            Measure::AbortOnClose => "resets on early close",
            Measure::Failed => "failures",
            Measure::Resets => "resets",
            Measure::Closes => "EOFs",
            Measure::Refused => "refused connects",
            Measure::TimedOut => "time-outs",
            Measure::Slowest => "longest answer",
        }
    }

    fn rule(self) -> Alike {
        match self {
            Measure::AcceptQueue => Alike::Side(0.999),
            Measure::Ports => Alike::Side(0.8),
            Measure::ListenOverflows
            | Measure::ListenDrops
            | Measure::Syncookies
            | Measure::SynRetrans
            | Measure::AbortOnData
            | Measure::AbortOnClose
            | Measure::Resets
            | Measure::Closes
            | Measure::Refused
            | Measure::TimedOut => Alike::Both,
            _ => Alike::Size,
        }
    }

    /// Whether so much of it is trouble at all.
    fn is_trouble(self, value: f64) -> bool {
        match self {
            Measure::AcceptQueue => value >= 0.999,
            Measure::Ports => value >= 0.8,
            Measure::TimeWait => value >= 1_000.0,
            Measure::CloseWait | Measure::SynRecv | Measure::SynSent => value >= 10.0,
            Measure::Slowest => value >= 1_000.0,
            _ => value > 0.0,
        }
    }

    /// How much of it a run shows.
    fn of(self, run: &Observed) -> f64 {
        let Observed { report, .. } = run;
        let (nstat, peaks) = (&report.nstat, &report.peaks);
        let count = |n: u64| n as f64;
        match self {
            Measure::AcceptQueue => peaks.accept_queue as f64 / run.accept_queue_limit.max(1) as f64,
            Measure::Ports => peaks.ports as f64 / f64::from(run.ports.max(1)),
            Measure::TimeWait => count(peaks.time_wait_client.max(peaks.time_wait_server)),
            Measure::CloseWait => count(run.close_wait),
            Measure::SynRecv => count(peaks.syn_queue),
            Measure::SynSent => count(run.syn_sent),
            Measure::ListenOverflows => count(nstat.TcpExtListenOverflows),
            Measure::ListenDrops => count(nstat.TcpExtListenDrops),
            Measure::Syncookies => count(nstat.TcpExtSyncookiesSent),
            Measure::SynRetrans => count(nstat.TcpExtTCPSynRetrans),
            Measure::AbortOnData => count(nstat.TcpExtTCPAbortOnData),
            Measure::AbortOnClose => count(nstat.TcpExtTCPAbortOnClose),
            Measure::Failed => share(report, |_| true),
            Measure::Resets => share(report, |family| family == Family::Reset),
            Measure::Closes => share(report, |family| family == Family::Eof),
            Measure::Refused => share(report, |family| family == Family::Refused),
            Measure::TimedOut => share(report, |family| family == Family::Timeout),
            Measure::Slowest => report.latency_ms.max,
        }
    }

    fn alike(self, yours: f64, simulated: f64) -> bool {
        match self.rule() {
            Alike::Both => (yours > 0.0) == (simulated > 0.0),
            Alike::Side(limit) => (yours >= limit) == (simulated >= limit),
            Alike::Size if !self.is_trouble(yours) => !self.is_trouble(simulated),
            Alike::Size => simulated > 0.0 && yours / simulated <= FACTOR && simulated / yours <= FACTOR,
        }
    }

    fn difference(self, yours: f64, simulated: f64) -> String {
        let name = self.name();
        if let Measure::AcceptQueue = self {
            let (your, its) = if yours > simulated { ("is full", "never") } else { ("has room", "full at its worst") };
            return format!("your {name} {your}, its own is {its}");
        }
        let (of, size) = match self {
            Measure::Slowest => ("", "as long"),
            Measure::Failed | Measure::Resets | Measure::Closes | Measure::Refused | Measure::TimedOut => {
                ("share of ", "as large")
            }
            _ => ("", "as many"),
        };
        match (yours > 0.0, simulated > 0.0) {
            (true, true) if yours >= simulated => {
                format!("your {of}{name} is {} times {size}", times(yours / simulated))
            }
            (true, true) => format!("its {of}{name} is {} times {size}", times(simulated / yours)),
            (true, false) => format!("it has no {name}"),
            _ => format!("it has {name}, you have none"),
        }
    }
}

/// A ratio as one would say it.
fn times(ratio: f64) -> String {
    if ratio < 10.0 { format!("{:.0}", ratio) } else { words::count(ratio as u64) }
}

/// Failed requests of some families, as a share of those that ended.
fn share(report: &Report, wanted: impl Fn(Family) -> bool) -> f64 {
    let failed: u64 = report.errors.iter().filter(|row| wanted(row.kind.spec().family)).map(|row| row.count).sum();
    let ended = report.requests.ok + report.requests.failed;
    if ended == 0 { 0.0 } else { failed as f64 / ended as f64 }
}
