//! Values of a limit that give the very same run: nothing has to be computed to know it.
//!
//! A limit that turned nothing away could be any larger, and smaller down to what was needed at once
//! ([`crate::sim::needs`]). Exact: the fingerprint of every value within the zone is that of the run, and below
//! it something would have been turned away.

use crate::params::{ParamId, Params, Value};
use crate::scenario::Scenario;
use crate::sim::needs::{Need, Needs};
use crate::sim::report::{Report, Series};
use crate::words::count;

/// A limit with such values.
struct Rule {
    param: ParamId,
    /// What was asked of it.
    need: fn(&Needs) -> Need,
    /// Zero: there is no limit.
    zero_is_none: bool,
    /// The queues hold one more than the parameter says, or than the other one if that is smaller (T-2, T-3).
    other: Option<ParamId>,
}

const fn limit(param: ParamId, need: fn(&Needs) -> Need) -> Rule {
    Rule { param, need, zero_is_none: false, other: None }
}

const fn limit_or_none(param: ParamId, need: fn(&Needs) -> Need) -> Rule {
    Rule { param, need, zero_is_none: true, other: None }
}

const fn queue_limit(param: ParamId, other: ParamId) -> Rule {
    Rule { param, need: |needs| needs.queue_limit, zero_is_none: false, other: Some(other) }
}

/// The limits, in the order of the parameters.
static RULES: [Rule; 11] = [
    limit(ParamId::retries, |needs| needs.retries),
    limit(ParamId::idle, |needs| needs.idle),
    limit_or_none(ParamId::max_idle, |needs| needs.max_idle),
    limit_or_none(ParamId::max_conns, |needs| needs.max_conns),
    limit_or_none(ParamId::client_fds, |needs| needs.client_fds),
    limit(ParamId::nic_queue, |needs| needs.nic_queue),
    queue_limit(ParamId::backlog, ParamId::somaxconn),
    queue_limit(ParamId::somaxconn, ParamId::backlog),
    limit(ParamId::syn_max, |needs| needs.syn_max),
    limit(ParamId::workers, |needs| needs.workers),
    limit_or_none(ParamId::server_fds, |needs| needs.server_fds),
];

/// The parameters that may have a dead zone.
pub fn params() -> impl Iterator<Item = ParamId> {
    RULES.iter().map(|rule| rule.param)
}

/// Values of a parameter that give the same run as the present one does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DeadZone {
    /// From this one on, all.
    pub from: u64,
    /// Zero, too: it means that there is no limit.
    pub has_zero: bool,
    /// Why.
    pub because: Because,
}

/// Why values make no difference.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Because {
    /// So many places were taken at most, of so many (zero: no limit).
    Reached(u64, u64),
    /// Another parameter is the smaller one, and decides.
    Other(ParamId),
}

impl DeadZone {
    /// The zone of a parameter in the run of this scenario that has come to its end; none if the parameter changes
    /// during the run, or turned something away.
    #[inline]
    pub fn of(scenario: &Scenario, report: &Report, param: ParamId) -> Option<DeadZone> {
        let rule = RULES.iter().find(|rule| rule.param == param)?;
        let is_constant = scenario.course(param).next().is_none();
        if !is_constant || !report.is_whole(scenario) {
            return None;
        }
        let (need, value) = ((rule.need)(&report.needs), value_of(param, &scenario.params));
        if let Some(other) = rule.other {
            let decides = value_of(other, &scenario.params);
            if need.was_reached {
                let zone = DeadZone { from: decides, has_zero: false, because: Because::Other(other) };
                return (decides <= value).then_some(zone);
            }
            let because = Because::Reached(need.least, scenario.params.queue_limit().into());
            return Some(DeadZone { from: need.least.saturating_sub(1), has_zero: false, because });
        }
        let because = Because::Reached(need.least, value);
        let zone = DeadZone { from: need.least, has_zero: rule.zero_is_none, because };
        // With a limit, its smallest value is one.
        let from = if rule.zero_is_none { zone.from.max(1) } else { zone.from };
        (!need.was_reached).then_some(DeadZone { from, ..zone })
    }

    /// Whether this value is in it.
    #[inline]
    pub fn has(&self, value: Value) -> bool {
        matches!(value, Value::Count(n) if n >= self.from || n == 0 && self.has_zero)
    }

    /// Why, and where it begins: `Reached 7 of 128: any value from 6 gives this very run`.
    #[inline]
    pub fn words(&self) -> String {
        let from = count(self.from);
        match self.because {
            Because::Reached(0, _) => "Not needed in this run: any value gives this very run".into(),
            Because::Reached(most, 0) => format!("Reached {}: any value from {from} gives this very run", count(most)),
            Because::Reached(most, limit) => {
                format!("Reached {} of {}: any value from {from} gives this very run", count(most), count(limit))
            }
            Because::Other(other) => {
                format!("{} is the smaller one: any value from {from} gives this very run", other.spec().label)
            }
        }
    }
}

#[inline]
fn value_of(param: ParamId, params: &Params) -> u64 {
    param.spec().size(param.spec().get(params))
}

/// What a run says of its limits where it is that of another scenario, which differs in a limit within its dead zone.
#[inline]
pub fn follow(scenario: &Scenario, report: &mut Report, series: &mut Series) {
    let params = &scenario.params;
    (series.accept_queue_limit, series.syn_queue_limit) = (params.queue_limit(), params.queue_limit());
    if scenario.course(ParamId::workers).next().is_none() {
        series.workers.fill(params.workers);
        report.follow_workers(params.workers);
    }
}
