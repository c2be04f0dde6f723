//! Changes during the run, as a visitor writes and moves them. Pure, without any web type.

use connlab::link::{self, LinkWarning};
use connlab::params::ParamId;
use connlab::scenario::{Change, Scenario};
use connlab::time::{SimDuration, SimTime};
use connlab::words::exact;

use crate::typed;

/// A change as it stands in the fields of its form.
#[derive(Clone, Debug)]
pub struct Written {
    /// The name of the change that it takes the place of; `None` for a new one.
    pub change: Option<String>,
    /// Of which setting a new one is, by its index in the table.
    pub param: Option<ParamId>,
    /// When.
    pub at: String,
    /// The value from then on.
    pub value: String,
}

/// The setting, by its index in the table, that a new change is of until another one is chosen.
pub fn usual() -> Option<ParamId> {
    Some(ParamId::service)
}

/// The time of a new change until another one is written.
pub fn suggested(scenario: &Scenario) -> SimTime {
    SimTime::ZERO + SimDuration::from_secs(scenario.params.duration.as_secs() / 3)
}

/// What an arrow key moves a change by, and what a dragged one is rounded to: the power of ten that is about a pixel.
pub fn step(end: SimTime) -> SimDuration {
    let pixel = end.as_nanos() / 500;
    let powers = std::iter::successors(Some(1), |ns| Some(ns * 10));
    SimDuration::from_nanos(powers.take_while(|ns| *ns <= pixel).last().unwrap_or(1))
}

/// The change at another time: within the run, and where no other change of the same setting stands.
pub fn moved(scenario: &Scenario, change: Change, to: SimTime) -> Change {
    let step = step(scenario.end()).as_nanos();
    let last = (scenario.end().as_nanos() / step).saturating_sub(1);
    let steps = (to.as_nanos() + step / 2) / step;
    let at = |steps: u64| SimTime::from_nanos(steps.min(last) * step);
    let is_free = |at: SimTime| !scenario.course(change.param).any(|other| *other != change && other.at == at);
    let on = (0..=scenario.timetable.len() as u64).map(|n| at(steps + n)).find(|at| is_free(*at));
    Change { at: on.unwrap_or(change.at), ..change }
}

/// Where a key takes a change; `None` for a key that does not move it.
pub fn keyed(scenario: &Scenario, change: Change, key: &str, shift: bool) -> Option<Change> {
    let step = step(scenario.end()).as_nanos();
    let far = if shift { 10 } else { 1 };
    let by = |steps: u64| SimTime::from_nanos(change.at.as_nanos() + steps * step);
    let back = |steps: u64| SimTime::from_nanos(change.at.as_nanos().saturating_sub(steps * step));
    let to = match key {
        "ArrowRight" | "ArrowUp" => by(far),
        "ArrowLeft" | "ArrowDown" => back(far),
        "PageUp" => by(10),
        "PageDown" => back(10),
        "Home" => SimTime::ZERO,
        "End" => scenario.end(),
        _ => return None,
    };
    Some(moved(scenario, change, to))
}

/// Reads what was typed, as a link would say it: a change, if it can be made, and what is wrong with it. A time without
/// its unit is in seconds, a value has the unit of the one before.
pub fn read(scenario: &Scenario, at: &str, param: ParamId, value: &str) -> (Option<Change>, Vec<LinkWarning>) {
    let spec = param.spec();
    let plain = |text: &str| text.replace(['&', '#', '?', '='], " ").split_whitespace().collect::<String>();
    let mut at = plain(at);
    if at.ends_with(|c: char| c.is_ascii_digit()) {
        at += "s";
    }
    let value = typed::with_unit(spec, spec.get(&scenario.params), &plain(value));
    let params = &scenario.params;
    let run = format!("duration={}&tail={}", params.duration, params.tail);
    let read = link::decode(&format!("{run}&{at}.{}={value}", spec.key));
    (read.recipe.scenario.timetable.into_iter().next(), read.warnings)
}

/// Every change with a name that it keeps while it is moved, in the order of these names.
pub fn named(scenario: &Scenario) -> Vec<(String, Change)> {
    let changes = &scenario.timetable;
    let name = |(i, change): (usize, &Change)| {
        let same = |other: &&Change| (other.param, other.value) == (change.param, change.value);
        let before = changes[..i].iter().filter(same).count();
        (format!("{}-{}-{before}", change.spec().key, change.value), *change)
    };
    let mut named: Vec<_> = changes.iter().enumerate().map(name).collect();
    named.sort_by(|a, b| a.0.cmp(&b.0));
    named
}

/// The change with this name.
pub fn find(scenario: &Scenario, name: &str) -> Option<Change> {
    named(scenario).into_iter().find(|(other, _)| other == name).map(|(_, change)| change)
}

/// `service 50 ms from 20 s`.
pub fn words(change: &Change) -> String {
    format!("{} {} from {}", change.spec().key, spaced(&change.value.to_string()), spaced(&exact(change.at)))
}

/// A space between a number and its unit.
fn spaced(text: &str) -> String {
    let unit = text.find(|c: char| c.is_ascii_alphabetic()).filter(|at| *at > 0);
    unit.map_or_else(|| text.to_string(), |at| format!("{} {}", &text[..at], &text[at..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scenario(text: &str) -> Scenario {
        link::scenario(text)
    }

    fn param(key: &str) -> ParamId {
        ParamId::with_key(key).unwrap()
    }

    #[test]
    fn a_step_is_a_power_of_ten_near_a_pixel() {
        let steps = [1, 25, 60, 600].map(|s| step(SimTime::from_nanos(s * 1_000_000_000)).to_string());
        assert_eq!(steps, ["1ms", "10ms", "100ms", "1s"]);
    }

    #[test]
    fn a_change_is_moved_by_whole_steps_and_stays_within_the_run() {
        let scenario = scenario("20s.service=50ms");
        let change = scenario.timetable[0];
        let to = |ms: u64| words(&moved(&scenario, change, SimTime::ZERO + SimDuration::from_millis(ms)));
        assert_eq!(to(15_049), "service 50 ms from 15 s");
        assert_eq!(to(99_000), "service 50 ms from 59.9 s", "at the end it would do nothing");
        let keys = [("ArrowLeft", false), ("ArrowRight", true), ("Home", false), ("End", false)];
        let after = keys.map(|(key, shift)| keyed(&scenario, change, key, shift).unwrap().at.as_millis_f64());
        assert_eq!(after, [19_900.0, 21_000.0, 0.0, 59_900.0]);
        assert_eq!(keyed(&scenario, change, "x", false), None);
    }

    #[test]
    fn a_change_does_not_take_the_place_of_another_one_of_its_setting() {
        let scenario = scenario("20s.service=50ms&21s.service=30ms&21s.rps=500");
        let at = |change: Change| moved(&scenario, change, SimTime::from_nanos(21_000_000_000)).at.as_millis_f64();
        assert_eq!(at(scenario.timetable[0]), 21_100.0);
        assert_eq!(at(scenario.timetable[1]), 21_000.0, "where it is nobody else is");
    }

    #[test]
    fn what_is_typed_is_read_as_in_a_link_with_the_same_words() {
        let scenario = scenario("duration=30s");
        let typed = |at: &str, key: &str, value: &str| {
            let (change, warnings) = read(&scenario, at, param(key), value);
            (
                change.map(|change| words(&change)),
                warnings.into_iter().map(|warning| warning.message).collect::<Vec<_>>(),
            )
        };
        let good = |text: &str| (Some(text.to_string()), Vec::new());
        assert_eq!(typed("20", "service", "50"), good("service 50 ms from 20 s"));
        assert_eq!(typed(" 500 ms", "rps", "1200"), good("rps 1200 from 0.5 s"));
        assert_eq!(typed("2s", "accepting", "off"), good("accepting off from 2 s"));
        for (at, key, value) in [("soon", "service", "50ms"), ("5s", "service", "fast"), ("5s&p=ports", "rps", "9")] {
            let (change, warnings) = typed(at, key, value);
            assert_eq!((change, warnings.len()), (None, 1), "{at} {key} {value}");
        }
        let (change, warnings) = typed("5s", "loss", "80%");
        assert_eq!(change.as_deref(), Some("loss 50% from 5 s"));
        assert_eq!(warnings, ["`5s.loss=80%` is outside 0%..50%. Using 50%."]);
    }

    #[test]
    fn a_change_keeps_its_name_while_it_is_moved() {
        let names = |text: &str| named(&scenario(text)).into_iter().map(|(name, _)| name).collect::<Vec<_>>();
        let before = names("10s.accepting=off&12s.accepting=on&20s.service=50ms&30s.accepting=off");
        assert_eq!(before, ["accepting-off-0", "accepting-off-1", "accepting-on-0", "service-50ms-0"]);
        assert_eq!(names("5s.service=50ms&10s.accepting=off&12s.accepting=on&30s.accepting=off"), before);
    }
}
