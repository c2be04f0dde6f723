//! What is swept, and what is looked at: controls that the page knows.

use connlab::experiment::design::{Axis, Design};
use connlab::experiment::measure::{MEASURES, Measure};
use connlab::params::{Group, Kind, PARAMS, ParamId, ParamSpec};
use maud::{Markup, html};

/// Numbers of seeds to choose from.
const SEEDS: [u64; 5] = [1, 5, 10, 20, 40];

/// The controls of a design.
pub fn form(design: &Design) -> Markup {
    form_of(design, design.measure())
}

/// The same, with this measure.
pub fn form_of(design: &Design, measure: &Measure) -> Markup {
    html! {
        div.design {
            (axis("x", "Across", design.axes.first()))
            (axis("y", "Up", design.axes.get(1)))
            label { "What " select data-testid="measure" data-in="z" { @for row in &MEASURES {
                option value=(row.key) selected[row == measure] { (row.head()) }
            } } }
            label { "Seeds " select data-testid="replications" data-in="n" { @for n in replications(design) {
                option value=(n) selected[n == design.seeds().count] { (n) }
            } } }
        }
    }
}

/// A setting, and the values that it takes.
fn axis(letter: &str, name: &str, axis: Option<&Axis>) -> Markup {
    let chosen = axis.map(Axis::param);
    html! {
        fieldset {
            label {
                (name) " "
                select data-in="axis" data-with=(letter) data-testid={ "axis-" (letter) } {
                    option value="" selected[chosen.is_none()] { "nothing" }
                    @for group in Group::ALL {
                        optgroup label=(group.title()) {
                            @for spec in swept(group) {
                                option value=(spec.key) selected[chosen == Some(spec.id)] { (spec.label) }
                            }
                        }
                    }
                }
            }
            @if let Some(axis) = axis {
                input.text type="text" spellcheck="false" autocomplete="off" aria-label={ "Values of " (axis.title()) }
                    title="1,2,5 or 64..4096; nothing for all stops of the slider" placeholder="all stops"
                    data-in="values" data-with=(letter) data-testid={ "values-" (letter) } data-value=(axis.text());
            }
        }
    }
}

/// What can be swept: whatever has stops or names to go through, but the seed.
fn swept(group: Group) -> impl Iterator<Item = &'static ParamSpec> {
    let has_values =
        |spec: &&ParamSpec| matches!(spec.kind, Kind::Switch | Kind::Choice(_)) || !spec.stops().is_empty();
    PARAMS.iter().filter(move |spec| spec.group == group && spec.id != ParamId::seed).filter(has_values)
}

fn replications(design: &Design) -> Vec<u64> {
    let mut all = SEEDS.to_vec();
    all.push(design.seeds().count);
    all.sort_unstable();
    all.dedup();
    all
}
