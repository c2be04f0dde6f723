//! Summaries of load generators: one table of tools, whose rows say which number of which line is what.

mod command;
mod rules;
mod tools;

use std::collections::BTreeMap;

use super::line::{Line, Quantity, Unit, captures};
use super::{Fact, Section};
use tools::{TOOLS, Tool};

/// What a number of a summary is. Times are in milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Key {
    /// Nothing that is used.
    Skip,
    /// Requests that the tool counts.
    Requests,
    /// Answers with a good status.
    Good,
    /// Answers with another status.
    Bad,
    /// Failures of any kind, as the tool counts them.
    Failed,
    /// Share of good ones, in per cent.
    Success,
    /// Requests per second.
    Rate,
    Duration,
    Min,
    Mean,
    P50,
    P90,
    P95,
    P99,
    Max,
    /// Resets, closes without an answer, refused connects and time-outs that are named.
    Resets,
    Closes,
    Refused,
    TimedOut,
    /// Requests cut off by the end of the run.
    CutOff,
    /// Failed connects, reads and writes of wrk.
    Connect,
    Read,
    Write,
    /// Requests that were due and not sent.
    Dropped,
    /// Connections opened, and those that perfect keep-alive needs.
    Sockets,
    SocketsPerfect,
    /// The longest iteration of k6, connecting included.
    IterationMax,
    /// ab: failures by the length of the answer; requests on kept connections.
    Length,
    Kept,
    /// Requests completed before ab gave up.
    Completed,
    /// siege stopped early.
    Aborted,
    Started,
    /// Asked for: connections, requests a second in all, length, time-out.
    Callers,
    AskedRate,
    AskedDuration,
    Timeout,
    /// Options without a number: keep-alive on, latency corrected, POST.
    KeepAlive,
    Corrected,
    Post,
    /// A command line was seen.
    Command,
}

impl Key {
    fn is_time(self) -> bool {
        use Key::{AskedDuration, Duration, IterationMax, Max, Mean, Min, P50, P90, P95, P99, Timeout};
        matches!(self, AskedDuration | Duration | IterationMax | Max | Mean | Min | P50 | P90 | P95 | P99 | Timeout)
    }
}

/// The numbers of the summary that is under way.
#[derive(Clone, Debug, Default)]
struct Values {
    of: BTreeMap<Key, f64>,
    /// The link of a run of ConnLab.
    link: Option<String>,
}

impl Values {
    fn get(&self, key: Key) -> Option<f64> {
        self.of.get(&key).copied()
    }

    /// Zero if it was not printed.
    fn count(&self, key: Key) -> f64 {
        self.get(key).unwrap_or_default()
    }

    fn has(&self, key: Key) -> bool {
        self.of.contains_key(&key)
    }

    fn add(&mut self, key: Key, value: f64) {
        *self.of.entry(key).or_default() += value;
    }

    /// Sets a number; a time without a unit is in the tool's own one.
    fn set(&mut self, key: Key, quantity: Quantity, bare_ms: f64) {
        let scale = if key.is_time() && quantity.unit == Unit::Bare { bare_ms } else { 1.0 };
        // A share of one, as older versions of oha print it.
        let percent = key == Key::Success && quantity.unit == Unit::Bare && quantity.value <= 1.0;
        let scale = if percent { 100.0 } else { scale };
        if key != Key::Skip {
            self.of.insert(key, quantity.value * scale);
        }
    }

    /// Answers by status.
    fn status(&mut self, code: f64, count: f64) {
        match code as i64 {
            0 => {}
            100..400 => self.add(Key::Good, count),
            _ => self.add(Key::Bad, count),
        }
    }

    /// Of a list that is cut, or has each message once: with one kind in it, all failures are of that kind; with
    /// several, how many are of which is not known.
    fn settle(&mut self) {
        const KINDS: [Key; 4] = [Key::Resets, Key::Closes, Key::Refused, Key::TimedOut];
        let named: Vec<Key> = KINDS.into_iter().filter(|key| self.count(*key) > 0.0).collect();
        let sum: f64 = named.iter().map(|key| self.count(*key)).sum();
        let failed = self.count(Key::Failed);
        if sum >= failed {
            return;
        }
        match named[..] {
            [only] => _ = self.of.insert(only, failed),
            _ => named.iter().for_each(|key| _ = self.of.remove(key)),
        }
    }

    /// Whether anything has been measured, and not only announced.
    fn is_measured(&self) -> bool {
        use Key::{Aborted, Completed, Good, Mean, P50, Rate, Requests};
        [Aborted, Completed, Good, Mean, P50, Rate, Requests].iter().any(|key| self.has(*key))
    }
}

/// What is done with the numbers of a line.
enum Then {
    /// They are these, in order.
    Keys(&'static [Key]),
    /// The same, unless they are known already.
    First(&'static [Key]),
    /// A status and how many answers had it.
    Status,
    /// Answers with 2xx, 3xx, 4xx, 5xx.
    Classes,
    /// Read the words of the line.
    Words(fn(&mut Values, &[&str])),
}

/// A line of a summary.
struct Row {
    pattern: &'static str,
    then: Then,
}

/// The section of load generators.
#[derive(Default)]
pub(super) struct Load {
    tool: Option<&'static Tool>,
    values: Values,
}

impl Section for Load {
    fn line(&mut self, line: &Line, facts: &mut Vec<Fact>) -> bool {
        let words = line.words();
        if let Some((tool, values)) = command::read(line, &words) {
            self.finish(facts);
            (self.tool, self.values) = (Some(tool), values);
            return true;
        }
        if line.is_command {
            self.finish(facts);
            return false;
        }
        self.open(&words, facts);
        let Some(tool) = self.tool else { return false };
        self.read(tool, &words) || self.count_error(tool, &line.text)
    }

    fn finish(&mut self, facts: &mut Vec<Fact>) {
        let mut values = std::mem::take(&mut self.values);
        if let Some(tool) = self.tool.take().filter(|_| values.is_measured()) {
            if tool.lists_some {
                values.settle();
            }
            facts.extend(rules::facts(tool, &values));
        }
    }
}

impl Load {
    /// A line that only one tool prints opens its summary, or says whose the open one is.
    fn open(&mut self, words: &[&str], facts: &mut Vec<Fact>) {
        let is_in = |patterns: &[&str]| patterns.iter().any(|pattern| captures(pattern, words).is_some());
        if let Some(tool) = TOOLS.iter().find(|tool| is_in(tool.takes_over)) {
            self.tool = Some(tool);
        } else if let Some(tool) = TOOLS.iter().find(|tool| is_in(tool.opens)) {
            let is_same = self.tool.is_some_and(|open| open.name == tool.name || open.family == tool.name);
            if self.values.is_measured() && (!is_same || is_in(tool.begins)) {
                self.finish(facts);
            }
            self.tool = Some(self.tool.filter(|_| is_same).unwrap_or(tool));
        }
    }

    fn read(&mut self, tool: &Tool, words: &[&str]) -> bool {
        for row in tool.rows {
            let Some(found) = captures(row.pattern, words) else { continue };
            match row.then {
                Then::Keys(keys) => {
                    keys.iter().zip(found).for_each(|(key, quantity)| self.values.set(*key, quantity, tool.bare_ms));
                }
                Then::First(keys) => {
                    let new = keys.iter().zip(found).filter(|(key, _)| !self.values.has(**key)).collect::<Vec<_>>();
                    new.into_iter().for_each(|(key, quantity)| self.values.set(*key, quantity, tool.bare_ms));
                }
                Then::Status => self.values.status(found[0].value, found[1].value),
                Then::Classes => {
                    let count = |range: std::ops::Range<usize>| found[range].iter().map(|q| q.value).sum();
                    self.values.add(Key::Good, count(0..2));
                    self.values.add(Key::Bad, count(2..4));
                }
                Then::Words(read) => read(&mut self.values, words),
            }
            return true;
        }
        false
    }

    /// Counts an error message of the tool's own list. The message is for who classifies messages.
    fn count_error(&mut self, tool: &Tool, text: &str) -> bool {
        const NAMES: [(&str, Key); 18] = [
            ("aborted due to deadline", Key::CutOff),
            ("refused", Key::Refused),
            ("ECONNREFUSED", Key::Refused),
            ("(Connect)", Key::Refused),
            ("reset by peer", Key::Resets),
            ("ECONNRESET", Key::Resets),
            ("ConnectionResetError", Key::Resets),
            ("connection error", Key::Resets),
            ("Transport endpoint is not connected", Key::Resets),
            ("EOF", Key::Closes),
            ("connection closed", Key::Closes),
            ("Remote end closed", Key::Closes),
            ("closed connection before", Key::Closes),
            ("ETIMEDOUT", Key::TimedOut),
            ("timeout", Key::TimedOut),
            ("Timeout", Key::TimedOut),
            ("deadline exceeded", Key::TimedOut),
            ("timed out", Key::TimedOut),
        ];
        let found = NAMES.iter().find(|(name, _)| text.contains(name));
        // A log behind the summary has no counts of this form.
        let count = repetitions(text).or(tool.lists_some.then_some(1.0));
        if let (Some((_, key)), Some(count)) = (found.filter(|_| tool.lists_errors), count) {
            self.values.add(*key, count);
        }
        false
    }
}

/// How often a message of a list came: `[919] text`, `919 text`, `text - 919`, `errors.NAME: ...... 919`.
fn repetitions(text: &str) -> Option<f64> {
    let number = |word: &str| word.trim_matches(['[', ']']).replace(',', "").parse::<u64>().ok();
    let (first, mark) = (text.split_whitespace().next(), if text.starts_with("errors.") { " " } else { " - " });
    let last = text.rsplit_once(mark).map(|(_, last)| last);
    first.and_then(number).or_else(|| last.and_then(number)).map(|count| count as f64)
}
