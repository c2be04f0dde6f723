//! Changes of the timetable that are causes: those of a setting on which a step of the chain depends, in the direction
//! that makes the step happen.
//!
//! Rates, service times and workers are not among them: `why/load.rs` compares what is asked with what can be done, and
//! names their changes itself.

use std::collections::BTreeSet;

use super::{ChainBuilder, Need, sentence};
use crate::params::{Group, Kind, ParamId, ParamSpec, Value};
use crate::scenario::{Change, Scenario};
use crate::sim::trace::{Place, Side, Timer, Why};
use crate::time::SimTime;

/// A setting of which it takes more, or less, for a step to happen. "No limit" and "never" are most.
#[derive(Clone, Copy)]
pub(super) enum Takes {
    More(ParamId),
    Less(ParamId),
}

use Takes::{Less, More};

impl Takes {
    /// What it takes for this timer to fire before something else happens.
    pub(super) fn of_timer(timer: Timer) -> &'static [Takes] {
        match timer {
            Timer::ClientTimeout => &[Less(ParamId::timeout)],
            Timer::Deadline => &[Less(ParamId::deadline)],
            Timer::Patience => &[Less(ParamId::patience)],
            Timer::HeaderTimeout => &[Less(ParamId::header_timeout)],
            Timer::DialTimeout => &[Less(ParamId::dial_timeout)],
            Timer::IdleConnTimeout => &[Less(ParamId::idle_timeout)],
            // A client that closes its idle connections earlier does not meet them.
            Timer::ServerIdleTimeout => &[Less(ParamId::server_idle_timeout), More(ParamId::idle_timeout)],
            Timer::ReadHeaderTimeout => &[Less(ParamId::read_header_timeout), More(ParamId::idle_timeout)],
            Timer::WriteTimeout => &[Less(ParamId::write_timeout)],
        }
    }

    /// What it takes for an end to close a connection for this reason.
    pub(super) fn of_close(side: Side, why: Why) -> &'static [Takes] {
        match (side, why) {
            (_, Why::PoolFull) => &[Less(ParamId::idle)],
            (_, Why::TooManyIdle) => &[Less(ParamId::max_idle)],
            (Side::Client, Why::Idle) => Takes::of_timer(Timer::IdleConnTimeout),
            (Side::Server, Why::Idle) => &[Less(ParamId::server_idle_timeout), Less(ParamId::read_header_timeout)],
            (_, Why::MaxRequests(_)) => &[Less(ParamId::max_requests)],
            (_, Why::CallOver) => &[
                Less(ParamId::timeout),
                Less(ParamId::deadline),
                Less(ParamId::patience),
                Less(ParamId::header_timeout),
            ],
            (_, Why::WriteTimeout) => Takes::of_timer(Timer::WriteTimeout),
            (_, Why::Shutdown | Why::NoListener | Why::Killed) => &[Less(ParamId::listening)],
            (_, Why::NoKeepAlive | Why::PeerEnded | Why::Stale) => &[],
        }
    }

    /// Whether this change brings it about, from the value before.
    fn is_met_by(self, before: Value, change: &Change) -> bool {
        let [before, after] = [before, change.value].map(|value| rank(change.spec(), value));
        match self {
            More(_) => after > before,
            Less(_) => after < before,
        }
    }

    fn param(self) -> ParamId {
        match self {
            More(param) | Less(param) => param,
        }
    }
}

/// What orders the values of a setting.
fn rank(spec: &ParamSpec, value: Value) -> u64 {
    match value {
        Value::Switch(on) => on.into(),
        Value::Choice(name) => match spec.kind {
            Kind::Choice(names) => names.iter().position(|it| *it == name).unwrap_or_default() as u64,
            _ => 0,
        },
        value if spec.size(value) == 0 && !spec.zero.is_empty() => u64::MAX,
        value => spec.size(value),
    }
}

/// Where a setting acts.
fn place(group: Group) -> Place {
    match group {
        Group::Run | Group::Load | Group::Client | Group::Transport => Place::App,
        Group::ClientKernel => Place::ClientKernel,
        Group::Network => Place::Network,
        Group::ServerKernel => Place::ServerKernel,
        Group::Server => Place::ServerProgram,
    }
}

/// Tells the changes that brought about what the chain has told so far.
pub(super) fn tell(chain: &mut ChainBuilder) {
    let drafts = std::mem::take(&mut chain.drafts);
    let takes = drafts.iter().flat_map(|draft| draft.takes.iter().map(|takes| (*takes, draft.step.at)));
    let changes: BTreeSet<usize> = takes.filter_map(|(takes, at)| cause(&chain.trace.scenario, takes, at)).collect();
    for number in changes {
        let change = &chain.trace.scenario.timetable[number];
        let text = sentence(&chain.trace.change_words(number));
        chain.add(change.at, place(change.spec().group), Need::Detail, text).names_cause();
    }
    // In one instant a change comes before what it brings about.
    chain.drafts.extend(drafts);
}

/// The last change of this setting before a step, by its number, if it brought the step about.
fn cause(scenario: &Scenario, takes: Takes, step: SimTime) -> Option<usize> {
    let is_of_it = |change: &Change| change.param == takes.param() && change.at <= step;
    let last = scenario.timetable.iter().rposition(is_of_it)?;
    let change = &scenario.timetable[last];
    let before = scenario.timetable[..last].iter().rfind(|change| is_of_it(change));
    let before = before.map_or_else(|| change.spec().get(&scenario.params), |before| before.value);
    takes.is_met_by(before, change).then_some(last)
}
