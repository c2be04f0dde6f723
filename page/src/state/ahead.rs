//! What a drag may ask for next.

use connlab::link::Recipe;
use connlab::params::{ParamId, Value};

use super::Page;

/// How many stops in the direction of a drag may be computed before it is there.
const AHEAD: usize = 3;

/// The runs of the stops around the slider's thumb, which was at another value before: first those in the direction in
/// which it moves, then the one on the other side.
pub fn ahead(page: &Page, param: ParamId, before: Value) -> Vec<Recipe> {
    let (spec, recipe) = (param.spec(), &page.recipe);
    let at = |value| spec.nearest_stop(value);
    let (stops, now) = (spec.stops(), spec.get(&recipe.scenario.params));
    let (from, thumb) = (at(before), at(now));
    // What is known without being computed is not.
    let zone = page.dead_zone(param);
    let is_new = |value: &&Value| !zone.is_some_and(|zone| zone.has(**value));
    let beyond = stops.iter().skip(thumb + 1).filter(is_new);
    let below = stops[..thumb.min(stops.len())].iter().rev().filter(is_new);
    let next: Vec<&Value> = match thumb >= from {
        true => beyond.take(AHEAD).chain(below.take(1)).collect(),
        false => below.take(AHEAD).chain(beyond.take(1)).collect(),
    };
    let with = |value: &&Value| {
        let mut recipe = recipe.clone();
        spec.set(&mut recipe.scenario.params, **value);
        recipe
    };
    next.iter().map(with).collect()
}
