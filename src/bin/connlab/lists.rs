//! `connlab presets` and `connlab params`: what there is to choose from.

use connlab::params::{Group, PARAMS};
use connlab::preset::PRESETS;

pub fn presets() -> String {
    PRESETS.iter().map(|preset| format!("{:<14} {}\n{:<14} {}\n", preset.name, preset.title, "", preset.link)).collect()
}

pub fn params() -> String {
    let mut text = String::new();
    for group in Group::ALL {
        text += &format!("{}\n", group.title());
        for spec in PARAMS.iter().filter(|spec| spec.group == group) {
            let live = if spec.live { " live" } else { "" };
            let default = spec.describe(spec.default_value());
            text += &format!("  {:<20} {:<28} {default} ({}){live}\n", spec.key, spec.label, spec.range());
        }
    }
    text
}
