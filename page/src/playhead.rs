//! The playhead: which instant of the run the page shows, and how it moves. Pure, without any web type.

use connlab::sim::error::ErrorKind;
use connlab::sim::replay::{Breakpoint, Goal, Moment};
use connlab::sim::report::Series;
use connlab::time::{SimDuration, SimTime};
use connlab::words::count;

use crate::shown::Shown;

/// The instant that the page shows.
#[derive(Clone, Debug, PartialEq)]
pub struct Playhead {
    /// Which instant.
    pub at: SimTime,
    /// The end of the run.
    pub end: SimTime,
    /// Whether it belongs to the link: the link named it, or the visitor moved it.
    chosen: bool,
    /// Whether it moves by itself.
    pub playing: bool,
    /// How fast it does.
    pub speed: Speed,
    /// The run at the playhead, or at the last place where it was known.
    pub moment: Option<Moment>,
    /// What the visitor is told when the playhead has come to rest.
    pub note: String,
    /// What it is on its way to.
    way: Way,
}

/// Why the replay is on its way.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
enum Way {
    /// Nobody asked: a new run begins at its first failure.
    #[default]
    Opening,
    /// The playhead moves, and the replay follows.
    Following,
    /// The playhead was put somewhere.
    Put,
    /// A step was asked for; the playhead goes where the replay arrives.
    Step(Step),
}

/// A step to something that happens.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Step {
    /// The next instant at which it happens.
    Next(Breakpoint),
    /// The last one before.
    Previous(Breakpoint),
    /// The first one of a stretch of time: of a cluster on the lane.
    FirstFrom(Breakpoint, SimTime),
}

/// Simulated milliseconds in a second of the visitor's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Speed {
    /// Slow where failures begin, else fast.
    Auto,
    /// Always this.
    Fixed(u32),
}

/// What happened to the playhead.
#[derive(Clone, Debug, PartialEq)]
pub enum Motion {
    /// A run is there.
    Shown,
    /// It is moved, and not yet let go.
    Drag(SimTime),
    /// It is let go where it is.
    Drop,
    /// It is put there.
    Put(SimTime),
    /// It is moved by milliseconds, backwards if negative.
    By(i64),
    /// To something that happens.
    Step(Step),
    /// Play or pause.
    Play(bool),
    /// Another speed.
    Speed(Speed),
    /// The next slower (-1) or faster (1) one.
    Faster(i32),
    /// So many of the visitor's milliseconds passed while it plays.
    Frame(f64),
    /// The replay is at its goal, or found none.
    Arrived(Moment, bool),
}

/// What has to happen outside after a [`Motion`].
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct PlayheadEffects {
    /// Where the replay goes.
    pub seek: Option<Goal>,
    /// Whether the link says the playhead now.
    pub link: bool,
}

/// A key that moves the playhead this far.
pub const KEY_MS: i64 = 100;

/// Failures of one class that are closer than this are one cluster.
pub const CLUSTER_S: f64 = 0.9;

const NANOSECOND: SimDuration = SimDuration::from_nanos(1);

impl Speed {
    /// What can be chosen, slowest first.
    pub const ALL: [Speed; 7] = [
        Speed::Fixed(1),
        Speed::Fixed(5),
        Speed::Fixed(20),
        Speed::Fixed(100),
        Speed::Fixed(1_000),
        Speed::Fixed(5_000),
        Speed::Auto,
    ];
    /// Near a failure.
    const SLOW: u32 = 20;
    /// Elsewhere.
    const FAST: u32 = 1_000;

    /// In words: `50× slower`.
    pub fn words(self) -> String {
        match self {
            Speed::Auto => "auto".into(),
            Speed::Fixed(ms) if ms < 1_000 => format!("{}× slower", count(u64::from(1_000 / ms))),
            Speed::Fixed(1_000) => "real time".into(),
            Speed::Fixed(ms) => format!("{}× faster", ms / 1_000),
        }
    }
}

impl Playhead {
    /// As the link says; without a word in it, wherever the run is worth a look.
    pub fn new(link: Option<SimTime>) -> Playhead {
        Playhead {
            at: link.unwrap_or_default(),
            end: SimTime::ZERO,
            chosen: link.is_some(),
            playing: false,
            speed: Speed::Auto,
            moment: None,
            note: String::new(),
            way: Way::Opening,
        }
    }

    /// Does what happened; returns what is left to do outside.
    pub fn apply(&mut self, motion: Motion, shown: &Shown) -> PlayheadEffects {
        match motion {
            Motion::Shown => return self.open(shown),
            Motion::Drag(at) => {
                self.playing = false;
                return self.go(at, Way::Following);
            }
            Motion::Drop => return self.put(self.at),
            Motion::Put(at) => return self.put(at),
            Motion::By(ms) => {
                let by = ms.unsigned_abs() * 1_000_000;
                let ns = self.at.as_nanos();
                let ns = if ms < 0 { ns.saturating_sub(by) } else { ns + by };
                return self.put(SimTime::from_nanos(ns));
            }
            Motion::Step(step) => return self.step(step),
            Motion::Play(playing) => return self.play(playing),
            Motion::Speed(speed) => self.speed = speed,
            Motion::Faster(by) => {
                let now = Speed::Fixed(self.rate(shown));
                let i = Speed::ALL.iter().position(|speed| *speed == now).unwrap_or(0) as i32;
                self.speed = Speed::ALL[(i + by).clamp(0, Speed::ALL.len() as i32 - 2) as usize];
            }
            Motion::Frame(passed_ms) => return self.advance(passed_ms, shown),
            Motion::Arrived(moment, found) => return self.arrive(moment, found),
        }
        PlayheadEffects::default()
    }

    fn open(&mut self, shown: &Shown) -> PlayheadEffects {
        self.end = SimTime::ZERO + shown.series.duration;
        self.playing = false;
        self.moment = None;
        self.note.clear();
        if self.chosen {
            return self.go(self.at, Way::Opening);
        }
        self.at = opening(shown);
        self.way = Way::Opening;
        let seek = match commonest(shown) {
            Some((kind, bucket)) => Goal::First(Breakpoint::Failure(Some(kind)), shown.series.bucket_start(bucket)),
            None => Goal::At(self.at),
        };
        PlayheadEffects { seek: Some(seek), ..PlayheadEffects::default() }
    }

    fn go(&mut self, at: SimTime, way: Way) -> PlayheadEffects {
        self.at = at.min(self.end);
        self.way = way;
        self.chosen |= way != Way::Opening;
        PlayheadEffects { seek: Some(Goal::At(self.at)), link: false }
    }

    fn step(&mut self, step: Step) -> PlayheadEffects {
        self.playing = false;
        self.way = Way::Step(step);
        let seek = match step {
            Step::Next(what) => Goal::First(what, self.at + NANOSECOND),
            Step::Previous(what) => Goal::Last(what, self.at),
            Step::FirstFrom(what, from) => Goal::First(what, from),
        };
        PlayheadEffects { seek: Some(seek), ..PlayheadEffects::default() }
    }

    fn play(&mut self, playing: bool) -> PlayheadEffects {
        self.playing = playing;
        if !playing {
            return self.put(self.at);
        }
        self.note.clear();
        if self.at >= self.end {
            self.at = SimTime::ZERO;
        }
        self.go(self.at, Way::Following)
    }

    fn put(&mut self, at: SimTime) -> PlayheadEffects {
        self.playing = false;
        let effects = PlayheadEffects { link: true, ..self.go(at, Way::Put) };
        // What is known already is not asked for again, and so does not arrive.
        if let Some(moment) = self.moment.filter(|_| self.is_known()) {
            self.note = sentence(&moment);
        }
        effects
    }

    /// Another run is computed.
    pub fn wait(&mut self) {
        self.playing = false;
        self.moment = None;
    }

    /// Simulated milliseconds in one of the visitor's seconds, here.
    pub fn rate(&self, shown: &Shown) -> u32 {
        match self.speed {
            Speed::Fixed(ms) => ms,
            Speed::Auto if fails_first(&shown.series, shown.series.bucket_at(self.at + NANOSECOND)) => Speed::SLOW,
            Speed::Auto => Speed::FAST,
        }
    }

    fn advance(&mut self, passed_ms: f64, shown: &Shown) -> PlayheadEffects {
        let series = &shown.series;
        let by = SimDuration::from_secs_f64(passed_ms / 1e3 * f64::from(self.rate(shown)) / 1e3);
        let mut to = (self.at + by).min(self.end);
        if self.speed == Speed::Auto {
            // Not past the beginning of what is to be seen slowly.
            let buckets = series.bucket_at(self.at + NANOSECOND) + 1..=series.bucket_at(to);
            if let Some(bucket) = buckets.into_iter().find(|bucket| fails_first(series, *bucket)) {
                to = series.bucket_start(bucket);
            }
        }
        if to >= self.end {
            return self.put(self.end);
        }
        self.go(to, Way::Following)
    }

    fn arrive(&mut self, moment: Moment, found: bool) -> PlayheadEffects {
        self.moment = Some(moment);
        let mut link = false;
        match self.way {
            Way::Following => return PlayheadEffects::default(),
            Way::Opening => self.at = moment.at.min(self.end),
            Way::Put => self.note = sentence(&moment),
            Way::Step(step) if found => {
                link = true;
                self.at = moment.at;
                self.chosen = true;
                self.note = format!("{}{}", name_of(step), sentence(&moment));
            }
            Way::Step(step) => self.note = format!("{}. {}", absence(step), sentence(&moment)),
        }
        self.way = Way::Put;
        PlayheadEffects { link, ..PlayheadEffects::default() }
    }

    /// Whether it neither plays nor is dragged.
    pub fn rests(&self) -> bool {
        !self.playing && self.way != Way::Following
    }

    /// Whether the run at the playhead is known.
    pub fn is_known(&self) -> bool {
        self.moment.is_some_and(|moment| moment.at == self.at)
    }

    /// As the link writes it: exact, in the largest unit that is.
    pub fn link(&self) -> String {
        self.at.since(SimTime::ZERO).to_string()
    }
}

/// The link's `t`, empty for none: the instant, and what is wrong with the text and what is used instead.
pub fn read(text: &str, end: SimTime) -> (Option<SimTime>, Option<String>) {
    if text.is_empty() {
        return (None, None);
    }
    match SimDuration::parse(text).map(|at| SimTime::ZERO + at) {
        Some(at) if at <= end => (Some(at), None),
        Some(_) => {
            let message = format!("`t={text}` is after the end of the run. Using {}.", end.since(SimTime::ZERO));
            (Some(end), Some(message))
        }
        None => {
            let message = format!("`t={text}` is not a time such as 250ms. It is left out.");
            (None, Some(message))
        }
    }
}

/// `3.228 s`: to the millisecond.
pub fn clock(at: SimTime) -> String {
    let ms = (at.as_nanos() + 500_000) / 1_000_000;
    format!("{}.{:03} s", ms / 1_000, ms % 1_000)
}

/// The run at an instant, in a sentence.
pub fn sentence(moment: &Moment) -> String {
    let Moment { requests, accept_queue, busy_workers, .. } = moment;
    let of = |(value, limit): (u32, u32)| format!("{} of {}", count(value.into()), count(limit.into()));
    format!(
        "{}: {} ok, {} failed so far, {} in flight; accept queue {}, workers {}.",
        clock(moment.at),
        count(requests.ok),
        count(requests.failed),
        count(requests.in_flight),
        of(*accept_queue),
        of(*busy_workers),
    )
}

fn name_of(step: Step) -> String {
    let (Step::Next(what) | Step::Previous(what) | Step::FirstFrom(what, _)) = step;
    match what {
        Breakpoint::Event => String::new(),
        Breakpoint::Outcome => "An outcome at ".into(),
        Breakpoint::Failure(None) => "An error at ".into(),
        Breakpoint::Failure(Some(kind)) => format!("{} at ", kind.spec().label),
        Breakpoint::Overflow => "The accept queue overflows at ".into(),
    }
}

fn absence(step: Step) -> String {
    let (which, what) = match step {
        Step::Next(what) => ("later", what),
        Step::Previous(what) => ("earlier", what),
        Step::FirstFrom(what, _) => ("such", what),
    };
    let thing = match what {
        Breakpoint::Event => "event",
        Breakpoint::Outcome => "outcome",
        Breakpoint::Failure(_) => "error",
        Breakpoint::Overflow => "overflow",
    };
    format!("No {which} {thing}")
}

/// Where a run is worth a look: at its first failure, or without one at the highest p99.
fn opening(shown: &Shown) -> SimTime {
    if let Some(first_ms) = shown.report.errors.first().map(|row| row.first_ms) {
        return SimTime::ZERO + SimDuration::from_secs_f64(first_ms / 1e3);
    }
    let stretch = shown.series.bucket * Series::LATENCY_BUCKETS as u64;
    let p99 = |i: usize| shown.series.latency[i].map_or(0.0, |point| point.p99_ms);
    let worst = (0..shown.series.latency.len()).reduce(|worst, i| if p99(i) > p99(worst) { i } else { worst });
    let end = SimTime::ZERO + shown.series.duration;
    worst.map_or(SimTime::ZERO, |i| (SimTime::ZERO + stretch * (i as u64 + 1)).min(end))
}

/// Failures of any class in a bucket.
fn failures(series: &Series, bucket: usize) -> u32 {
    series.errors.iter().filter_map(|errors| errors.count.get(bucket)).sum()
}

/// The commonest class of errors, and the bucket of its first failure.
fn commonest(shown: &Shown) -> Option<(ErrorKind, usize)> {
    let kind = shown.report.errors.first()?.kind;
    let errors = shown.series.errors.iter().find(|errors| errors.kind == kind)?;
    Some((kind, errors.count.iter().position(|count| *count > 0)?))
}

/// Whether something fails in a bucket after nothing did for a while.
fn fails_first(series: &Series, bucket: usize) -> bool {
    let calm = buckets_in(series, CLUSTER_S);
    failures(series, bucket) > 0 && (bucket.saturating_sub(calm)..bucket).all(|before| failures(series, before) == 0)
}

fn buckets_in(series: &Series, seconds: f64) -> usize {
    libm::ceil(seconds / series.bucket.as_secs_f64().max(1e-9)) as usize
}

/// Failures of one class that came close to each other.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Cluster {
    /// The class.
    pub kind: ErrorKind,
    /// The first bucket with one.
    pub from: usize,
    /// The last bucket with one.
    pub to: usize,
    /// How many.
    pub count: u64,
    /// Whether it has the first of its class.
    pub is_first: bool,
}

/// The failures of a run as clusters, by time; those of one class are at least `apart_s` from each other.
pub fn clusters(series: &Series, apart_s: f64) -> Vec<Cluster> {
    let apart = buckets_in(series, apart_s);
    let mut clusters: Vec<Cluster> = Vec::new();
    for errors in &series.errors {
        let mut last: Option<Cluster> = None;
        let failing = errors.count.iter().enumerate().filter(|(_, count)| **count > 0);
        for (bucket, count) in failing.map(|(bucket, count)| (bucket, u64::from(*count))) {
            match &mut last {
                Some(last) if bucket - last.to < apart => (last.to, last.count) = (bucket, last.count + count),
                last => {
                    let next = Cluster { kind: errors.kind, from: bucket, to: bucket, count, is_first: last.is_none() };
                    last.replace(next).into_iter().for_each(|done| insert(&mut clusters, done));
                }
            }
        }
        last.into_iter().for_each(|done| insert(&mut clusters, done));
    }
    clusters
}

/// Few enough to be put in order one by one.
fn insert(clusters: &mut Vec<Cluster>, cluster: Cluster) {
    let i = clusters.partition_point(|before| before.from <= cluster.from);
    clusters.insert(i, cluster);
}

/// The bucket in which the accept queue first had no place.
pub fn first_overflow(series: &Series) -> Option<usize> {
    series.overflows.iter().position(|count| *count > 0)
}

#[cfg(test)]
mod tests;
