//! What a link may take out of a page for a class, and whose run it is.

use crate::params::{ParamId, Value};
use crate::prose::Prose;

/// A part of the page that a link can hide (`hide=cure,why`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// The sentence about the run.
    Headline,
    /// The choice of a preset.
    Presets,
    /// All settings.
    Settings,
    /// What failed.
    Errors,
    /// Why.
    Why,
    /// What cures it.
    Cure,
    /// One request, packet by packet.
    Story,
    /// What the last change did.
    Difference,
    /// The same with other seeds.
    Seeds,
    /// What may fail beside that.
    Risks,
    /// Questions that take many runs.
    Matters,
    /// A visitor's own error.
    Paste,
    /// The picture of the run at an instant.
    Scene,
    /// A chart.
    Outcomes,
    /// A chart.
    Latency,
    /// A chart.
    Queues,
    /// A chart, and the tab beside it.
    Sockets,
    /// The run as load generators print it.
    Summary,
    /// Maps of many runs.
    Sweep,
}

/// The parts, by their names in a link, and what each of them hides.
pub const PARTS: &[(Part, &str, Prose)] = &[
    (Part::Headline, "headline", Prose::new("the run in one sentence")),
    (Part::Presets, "presets", Prose::new("the menu of presets; the name of the run stays")),
    (Part::Settings, "settings", Prose::new("all settings, and changes during the run")),
    (
        Part::Errors,
        "errors",
        Prose::new("what failed: the list with all that it explains, and its marks over time and below the scene"),
    ),
    (Part::Why, "why", Prose::new("why a request failed, or was slow")),
    (Part::Cure, "cure", Prose::new("what cures it")),
    (Part::Story, "story", Prose::new("the way to the packets of one request")),
    (Part::Difference, "difference", Prose::new("what the last change did")),
    (Part::Seeds, "seeds", Prose::new("what it does with other seeds")),
    (Part::Risks, "risks", Prose::new("what the settings make possible, beside the errors of the run")),
    (Part::Matters, "matters", Prose::new("*What matters here?*, *When was it too late?*, *How large should it be?*")),
    (Part::Paste, "paste", Prose::new("the box for an error of one's own")),
    (Part::Scene, "scene", Prose::new("the picture of where everything is")),
    (Part::Outcomes, "outcomes", Prose::new("the chart *How many requests succeed and fail?*")),
    (Part::Latency, "latency", Prose::new("the chart *How long do callers wait?*")),
    (Part::Queues, "queues", Prose::new("the chart *What is full?*")),
    (Part::Sockets, "sockets", Prose::new("the chart *Which sockets exist?* and the tab *Sockets*")),
    (Part::Summary, "summary", Prose::new("the tab *Summary*")),
    (Part::Sweep, "sweep", Prose::new("the button *Sweep*")),
];

impl Part {
    /// The part with this name in a link.
    pub fn named(name: &str) -> Option<Part> {
        PARTS.iter().find(|(_, known, _)| known.eq_ignore_ascii_case(name)).map(|(part, ..)| *part)
    }

    /// Whether it may say what somebody has to predict: it tries changes, or explains the run.
    pub fn tells(self) -> bool {
        !matches!(
            self,
            Part::Headline
                | Part::Presets
                | Part::Settings
                | Part::Scene
                | Part::Outcomes
                | Part::Latency
                | Part::Queues
                | Part::Sockets
        )
    }
}

/// What a link says in place of a seed where everybody has one of their own: the page asks who runs it.
pub const WHO: &str = "who";

/// Seeds of names are up to this one: short enough to be read aloud.
const SEEDS_OF_NAMES: u64 = 1_000_000;

/// The seed of who runs it: a number is the seed itself; a name, in capitals (A to Z) or not and however it is spaced,
/// always has the same one, from 1 to 1,000,000 (FNV-1a of 64 bits). None of nobody.
pub fn seed_of(who: &str) -> Option<u64> {
    // The tables for all other letters would be 7 KB of the page.
    let name = who.split_whitespace().collect::<Vec<_>>().join(" ").to_ascii_lowercase();
    if name.is_empty() {
        return None;
    }
    if let Ok(Value::Count(seed)) = ParamId::seed.spec().parse(&name) {
        return Some(seed);
    }
    let hash = name
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325, |hash: u64, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3));
    Some(1 + hash % SEEDS_OF_NAMES)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_the_seed_itself_and_a_name_always_has_the_same() {
        assert_eq!((seed_of("17"), seed_of(" 0 "), seed_of(" ")), (Some(17), Some(0), None));
        assert_eq!(seed_of("Ada Lovelace"), Some(ADA));
        assert_eq!(seed_of("  ada   LOVELACE "), Some(ADA));
        assert_ne!(seed_of("Ada"), seed_of("Bob"));
        assert!(seed_of("99999999999999999999").is_some_and(|seed| seed <= SEEDS_OF_NAMES), "no seed: a name");
    }

    /// A link that was handed out gives this run for ever.
    const ADA: u64 = 76_767;

    #[test]
    fn names_of_parts_are_found_in_capitals_or_not() {
        assert_eq!((Part::named("Cure"), Part::named("cures")), (Some(Part::Cure), None));
    }
}
