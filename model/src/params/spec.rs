//! What a parameter is: its kind, its text form, its range and its slider.

use std::fmt;

use super::{ParamId, Params, names};
use crate::prose::Prose;
use crate::quantity::{Decimal, Percent, Rate};
use crate::reading::{self, Fit, Reading, Unread};
use crate::time::SimDuration;

/// A parameter's value, whatever its type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Value {
    /// A length of time.
    Duration(SimDuration),
    /// A whole number.
    Count(u64),
    /// Events per second.
    Rate(Rate),
    /// A share.
    Percent(Percent),
    /// A plain decimal number.
    Decimal(Decimal),
    /// On or off.
    Switch(bool),
    /// One of the names of its [`Kind::Choice`].
    Choice(&'static str),
}

/// The text form used in links: `250ms`, `400`, `0.5%`, `on`, `linux`.
impl fmt::Display for Value {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Value::Duration(d) => d.fmt(f),
            Value::Count(n) => n.fmt(f),
            Value::Rate(r) => r.fmt(f),
            Value::Percent(p) => p.fmt(f),
            Value::Decimal(d) => d.fmt(f),
            Value::Switch(on) => f.write_str(if *on { "on" } else { "off" }),
            Value::Choice(name) => f.write_str(name),
        }
    }
}

/// The type and range of a parameter. Ranges include both ends.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Kind {
    /// A length of time; the slider's smallest step above zero is `step`.
    Duration {
        /// Smallest legal value.
        min: SimDuration,
        /// Largest legal value.
        max: SimDuration,
        /// Smallest slider stop above zero.
        step: SimDuration,
    },
    /// A whole number.
    Count {
        /// Smallest legal value.
        min: u64,
        /// Largest legal value.
        max: u64,
    },
    /// Events per second.
    Rate {
        /// Smallest legal value.
        min: Rate,
        /// Largest legal value.
        max: Rate,
    },
    /// A share.
    Percent {
        /// Largest legal value; the smallest is zero.
        max: Percent,
    },
    /// A plain decimal number.
    Decimal {
        /// Largest legal value; the smallest is zero.
        max: Decimal,
    },
    /// `on` or `off`.
    Switch,
    /// One of these names.
    Choice(&'static [&'static str]),
}

/// Who owns a parameter: whom to ask for the change. In the order of a request's path.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Group {
    /// How the run itself goes.
    Run,
    /// Who asks for what, and how often.
    Load,
    /// The program that calls `http.Client`.
    Client,
    /// Go's `http.Transport`: the pool.
    Transport,
    /// The client hosts' kernels.
    ClientKernel,
    /// Everything between the hosts.
    Network,
    /// The server host's kernel.
    ServerKernel,
    /// The program that calls `accept()`.
    Server,
}

impl Group {
    /// All groups, in order.
    pub const ALL: [Group; 8] = [
        Group::Run,
        Group::Load,
        Group::Client,
        Group::Transport,
        Group::ClientKernel,
        Group::Network,
        Group::ServerKernel,
        Group::Server,
    ];

    /// Heading on the page and in the documents.
    #[inline]
    pub fn title(self) -> &'static str {
        match self {
            Group::Run => "Run",
            Group::Load => "Load",
            Group::Client => "Your client code",
            Group::Transport => "http.Transport",
            Group::ClientKernel => "Client kernel",
            Group::Network => "Network",
            Group::ServerKernel => "Server kernel",
            Group::Server => "Server program",
        }
    }
}

/// One row of the parameter table.
pub struct ParamSpec {
    /// Which parameter it is.
    pub id: ParamId,
    /// The link key: an interface, never renamed.
    pub key: &'static str,
    /// The name the real world knows it by: `MaxIdleConnsPerHost`.
    pub label: &'static str,
    /// That name in full, where it has one: `http.Transport.MaxIdleConnsPerHost`.
    pub full_name: &'static str,
    /// Short words for the unit or meaning, shown under the control.
    pub unit: &'static str,
    /// Who owns it.
    pub group: Group,
    /// Type and range.
    pub kind: Kind,
    /// Whether it may change during the run (`20s.rps=1200`).
    pub live: bool,
    /// Whether the page shows it, where it does something, without unfolding its group.
    pub prominent: bool,
    /// What zero means where that is not obvious: `off`, `no limit`, `never`; else empty.
    pub zero: &'static str,
    /// The tooltip and the text of the documents.
    pub doc: Prose,
    pub(super) get: fn(&Params) -> Value,
    pub(super) set: fn(&mut Params, Value),
}

/// A value that could not be used as it was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Rejected {
    /// Not a value of this kind, or not clearly one; holds what is wrong, as the end of a sentence.
    Malformed(String),
    /// Outside the range; holds the nearest legal value.
    Clamped(Value),
    /// Finer than can be held; holds the nearest value.
    Rounded(Value),
}

impl ParamSpec {
    /// Its value in `params`.
    #[inline]
    pub fn get(&self, params: &Params) -> Value {
        (self.get)(params)
    }

    /// Sets it in `params`. The value must come from [`ParamSpec::parse`] or [`ParamSpec::stops`] of the same row.
    #[inline]
    pub fn set(&self, params: &mut Params, value: Value) {
        (self.set)(params, value);
    }

    /// Its value in the defaults.
    #[inline]
    pub fn default_value(&self) -> Value {
        self.get(&Params::default())
    }

    /// Reads a value as links have it, and as people write it.
    ///
    /// # Errors
    /// [`Rejected`] if the text is no value of this kind, is finer than can be held, or is outside its range.
    #[inline]
    pub fn parse(&self, text: &str) -> Result<Value, Rejected> {
        let reading = match self.kind {
            _ if self.is_word_for_zero(text) => Ok(Reading { value: self.zero_value(), fit: Fit::Exact }),
            Kind::Duration { .. } => SimDuration::read(text).map(|read| read.map(Value::Duration)),
            Kind::Count { .. } => reading::large(text, 1).map(|read| read.map(Value::Count)),
            Kind::Rate { .. } => Rate::read(text).map(|read| read.map(Value::Rate)),
            Kind::Percent { .. } => Percent::read(text).map(|read| read.map(Value::Percent)),
            Kind::Decimal { .. } => Decimal::read(text).map(|read| read.map(Value::Decimal)),
            Kind::Switch | Kind::Choice(_) => return self.parse_word(text),
        };
        let Reading { value, fit } = reading.map_err(|unread| {
            Rejected::Malformed(match unread {
                Unread::NotANumber => format!("is not {}", self.expected()),
                Unread::Ambiguous(what) => what,
            })
        })?;
        let legal = self.clamp(value);
        match fit {
            _ if legal != value => Err(Rejected::Clamped(legal)),
            Fit::Exact => Ok(value),
            Fit::Rounded => Err(Rejected::Rounded(value)),
            Fit::Below => Err(Rejected::Clamped(value)),
        }
    }

    /// Reads one of a few words, in capitals or not.
    #[inline]
    fn parse_word(&self, text: &str) -> Result<Value, Rejected> {
        let word = text.trim().to_ascii_lowercase();
        let position = ["on", "true", "yes", "1", "off", "false", "no", "0"].iter().position(|known| *known == word);
        let is_on = position.map(|position| position < 4);
        let (value, words) = match self.kind {
            Kind::Choice(names) => {
                // A sysctl of the values 0, 1 and 2 is also on or off.
                let word = is_on.filter(|_| names[0] == "0").map_or(&*word, |on| if on { "1" } else { "0" });
                (names.iter().find(|name| name.eq_ignore_ascii_case(word)).map(|name| Value::Choice(name)), names)
            }
            _ => (is_on.map(Value::Switch), &["on", "off"][..]),
        };
        value.ok_or_else(|| {
            Rejected::Malformed(format!(
                "is not {}{}",
                self.expected(),
                names::did_you_mean(&word, words.iter().copied())
            ))
        })
    }

    /// Whether this is a word for what zero means: `off`, `never`, `no-limit`.
    #[inline]
    fn is_word_for_zero(&self, text: &str) -> bool {
        let word = text.trim().to_ascii_lowercase().replace(['-', '_'], " ");
        match self.zero {
            "" => false,
            "off" | "never" => matches!(&*word, "off" | "never" | "none"),
            "no limit" => matches!(&*word, "no limit" | "unlimited"),
            zero => word == zero,
        }
    }

    #[inline]
    fn zero_value(&self) -> Value {
        match self.kind {
            Kind::Duration { .. } => Value::Duration(SimDuration::ZERO),
            Kind::Rate { .. } => Value::Rate(Rate::per_second(0)),
            Kind::Percent { .. } => Value::Percent(Percent::ZERO),
            Kind::Decimal { .. } => Value::Decimal(Decimal::from_milli(0)),
            Kind::Count { .. } | Kind::Switch | Kind::Choice(_) => Value::Count(0),
        }
    }

    /// The nearest legal value.
    #[inline]
    fn clamp(&self, value: Value) -> Value {
        match (self.kind, value) {
            (Kind::Duration { min, max, .. }, Value::Duration(d)) => Value::Duration(d.clamp(min, max)),
            (Kind::Count { min, max }, Value::Count(n)) => Value::Count(n.clamp(min, max)),
            (Kind::Rate { min, max }, Value::Rate(r)) => Value::Rate(r.clamp(min, max)),
            (Kind::Percent { max }, Value::Percent(p)) => Value::Percent(p.min(max)),
            (Kind::Decimal { max }, Value::Decimal(d)) => Value::Decimal(d.min(max)),
            _ => value,
        }
    }

    /// What a legal value looks like, for messages: `a time such as 250ms or 2s`.
    #[inline]
    pub fn expected(&self) -> String {
        match self.kind {
            Kind::Duration { .. } => "a time such as 250ms or 2s".into(),
            Kind::Count { .. } => "a whole number".into(),
            Kind::Rate { .. } => "a number per second".into(),
            Kind::Percent { .. } => "a percentage such as 0.5%".into(),
            Kind::Decimal { .. } => "a number such as 0.5".into(),
            Kind::Switch => "on or off".into(),
            Kind::Choice(names) => format!("one of {}", names.join(", ")),
        }
    }

    /// The legal range in words: `1s..600s`, `on, off`.
    #[inline]
    pub fn range(&self) -> String {
        match self.kind {
            Kind::Duration { min, max, .. } => format!("{min}..{max}"),
            Kind::Count { min, max } => format!("{min}..{max}"),
            Kind::Rate { min, max } => format!("{min}..{max} per second"),
            Kind::Percent { max } => format!("0%..{max}"),
            Kind::Decimal { max } => format!("0..{max}"),
            Kind::Switch => "on, off".into(),
            Kind::Choice(names) => names.join(", "),
        }
    }

    /// The value in words for people: a zero that means something says so (`no limit`).
    #[inline]
    pub fn describe(&self, value: Value) -> String {
        if self.is_word(value) { self.zero.to_string() } else { value.to_string() }
    }

    /// Whether the value is a zero that means something else than a small number (`no limit`).
    #[inline]
    pub fn is_word(&self, value: Value) -> bool {
        !self.zero.is_empty() && Self::is_zero(value)
    }

    #[inline]
    fn is_zero(value: Value) -> bool {
        match value {
            Value::Duration(d) => d.is_zero(),
            Value::Count(n) => n == 0,
            Value::Rate(r) => r.as_milli() == 0,
            Value::Percent(p) => p.as_ppm() == 0,
            Value::Decimal(d) => d.as_milli() == 0,
            Value::Switch(_) | Value::Choice(_) => false,
        }
    }

    /// The slider's stops, ascending: even steps in a narrow range, and where max/min exceeds 100 about ten to a
    /// decade (1, 1.2, 1.5, 2, ...). Always has both ends of the range. Empty for switches and choices.
    #[inline]
    pub fn stops(&self) -> Vec<Value> {
        match self.kind {
            Kind::Duration { min, max, step } => scale_stops(min.as_nanos(), max.as_nanos(), step.as_nanos())
                .map(|ns| Value::Duration(SimDuration::from_nanos(ns)))
                .collect(),
            Kind::Count { min, max } => scale_stops(min, max, 1).map(Value::Count).collect(),
            Kind::Rate { min, max } => scale_stops(min.as_milli(), max.as_milli(), 100)
                .map(|milli| Value::Rate(Rate::from_milli(milli)))
                .collect(),
            Kind::Percent { max } => scale_stops(0, u64::from(max.as_ppm()), 1_000)
                .map(|ppm| Value::Percent(Percent::from_ppm(ppm as u32)))
                .collect(),
            Kind::Decimal { max } => scale_stops(0, u64::from(max.as_milli()), 100)
                .map(|milli| Value::Decimal(Decimal::from_milli(milli as u32)))
                .collect(),
            Kind::Switch | Kind::Choice(_) => Vec::new(),
        }
    }

    /// The index of the stop nearest to `value` (the last one not above it).
    #[inline]
    pub fn nearest_stop(&self, value: Value) -> usize {
        self.stops().partition_point(|stop| self.size(*stop) <= self.size(value)).saturating_sub(1)
    }

    /// The index of the first stop that is at least so large, as [`ParamSpec::size`] has it.
    #[inline]
    pub fn first_stop_from(&self, size: u64) -> usize {
        let stops = self.stops();
        stops.partition_point(|stop| self.size(*stop) < size).min(stops.len() - 1)
    }

    /// The value as a whole number of the smallest unit that its kind knows; a switch and a choice have no size.
    #[inline]
    pub fn size(&self, value: Value) -> u64 {
        match value {
            Value::Duration(d) => d.as_nanos(),
            Value::Count(n) => n,
            Value::Rate(r) => r.as_milli(),
            Value::Percent(p) => u64::from(p.as_ppm()),
            Value::Decimal(d) => u64::from(d.as_milli()),
            Value::Switch(_) | Value::Choice(_) => 0,
        }
    }
}

/// Ten mantissas to a decade, times ten.
const MANTISSAS: [u64; 10] = [10, 12, 15, 20, 25, 30, 40, 50, 60, 80];

#[inline]
fn scale_stops(min: u64, max: u64, step: u64) -> impl Iterator<Item = u64> {
    let low = min.max(step);
    let mut stops = vec![min];
    if max / low <= 100 {
        stops.extend((1..).map(|i| min + i * step).take_while(|stop| *stop < max));
    } else {
        let grid = (0..17).flat_map(|k| MANTISSAS.map(|mantissa| mantissa * 10u64.pow(k)));
        // Only whole numbers are stops: no half connections.
        let whole = grid.filter(|tenfold| tenfold % 10 == 0).map(|tenfold| tenfold / 10);
        stops.extend(whole.filter(|stop| *stop > min && (low..max).contains(stop)));
    }
    stops.push(max);
    stops.into_iter()
}
