//! What the summary of a load generator says, and what it does not: one rule for each way in which its numbers mislead.
//!
//! The rules were measured: each tool was run for 10 s with 20 connections against servers that stall, reset, close,
//! refuse or answer late, and what it printed was compared with the server's count.

mod blind;
mod numbers;

use super::tools::Tool;
use super::{Key, Values};
use crate::facts::{Fact, Severity};

/// A summary to which rules are applied.
struct Summary<'a> {
    tool: &'static Tool,
    values: &'a Values,
}

impl Summary<'_> {
    fn get(&self, key: Key) -> Option<f64> {
        self.values.get(key)
    }

    fn count(&self, key: Key) -> f64 {
        self.values.count(key)
    }

    fn is(&self, names: &[&str]) -> bool {
        names.contains(&self.tool.name)
    }

    /// Whether requests are sent at a rate, whatever becomes of those before them.
    fn is_open(&self) -> bool {
        match self.get(Key::AskedRate) {
            Some(rate) => rate > 0.0,
            None => self.count(Key::Dropped) > 0.0 || self.tool.is_open && !self.values.has(Key::Command),
        }
    }

    fn caution(&self, label: &'static str, says: String) -> Fact {
        Fact::new(self.tool.name, label, Severity::Caution, says)
    }

    fn trouble(&self, label: &'static str, says: String) -> Fact {
        Fact::new(self.tool.name, label, Severity::Trouble, says)
    }

    /// Requests that were tried, as far as the tool counts them.
    fn tried(&self) -> f64 {
        let answered = self.count(Key::Good) + self.count(Key::Bad);
        let failed = self.failed();
        match self.tool.name {
            // Errors are not among the requests.
            "wrk" | "wrk2" | "siege" => self.count(Key::Requests) + failed,
            "hey" | "oha" | "bombardier" | "httperf" | "molotov" => answered + failed,
            _ => self.get(Key::Requests).unwrap_or(answered + failed).max(failed),
        }
    }

    /// Requests that failed without a status, as far as the tool counts them.
    fn failed(&self) -> f64 {
        let named = [Key::Resets, Key::Closes, Key::Refused, Key::TimedOut].map(|key| self.count(key));
        let sum: f64 = named.iter().sum();
        match self.tool.name {
            // Read errors are connections; late answers are answers.
            "wrk" | "wrk2" => self.count(Key::Connect) + self.count(Key::Write),
            // All others that it counts are counted here too, or are answers of another length.
            "ab" if self.count(Key::Read) > 0.0 => self.count(Key::Read),
            "ab" => self.count(Key::Length),
            "h2load" => self.count(Key::Failed) + self.count(Key::TimedOut),
            _ => self.get(Key::Failed).unwrap_or(sum).max(sum),
        }
    }

    /// The share of failures; none if nothing was tried.
    fn failed_share(&self) -> Option<f64> {
        let tried = self.tried();
        (tried > 0.0).then(|| (self.failed() / tried).min(1.0))
    }
}

/// A rule: what a summary says, if it says it.
type Rule = fn(&Summary) -> Option<Fact>;

/// The rules, in the order in which they are told.
const RULES: [Rule; 27] = [
    numbers::overview,
    blind::late_answers_of_wrk,
    blind::dead_server,
    blind::refused_in_the_rate,
    blind::writes_of_wrk,
    blind::reads_of_wrk,
    blind::sent_again,
    blind::stopped_at_the_first_reset,
    blind::ended_in_the_warm_up,
    blind::failures_of_ab,
    blind::stood_still,
    blind::climbing_latency,
    blind::timed_out,
    blind::time_out_without_effect,
    blind::stall_of_a_closed_loop,
    blind::catching_up,
    blind::never_sent,
    blind::connect_time,
    blind::longer_than_asked,
    blind::availability,
    blind::means_of_the_tail,
    blind::statuses_are_no_failures,
    blind::one_name_for_all,
    blind::request_rate_of_artillery,
    blind::cut_off,
    blind::sockets,
    numbers::server_errors,
];

/// All that a summary says.
pub(super) fn facts(tool: &'static Tool, values: &Values) -> Vec<Fact> {
    let summary = Summary { tool, values };
    let mut facts: Vec<Fact> = RULES.iter().filter_map(|rule| rule(&summary)).collect();
    facts.extend(numbers::shares(&summary));
    facts
}
