//! Colours, by theme: the same values as the custom properties of `static/style.css` and
//! `static/explainer.css`, which a test compares.

use plotters::style::RGBColor;

use crate::sim::error::Family;

macro_rules! themes {
    ($($(#[doc = $doc:literal])+ $field:ident, $token:literal: $light:literal, $dark:literal;)+) => {
        /// The colours of one theme.
        #[derive(Debug)]
        pub struct Theme { $($(#[doc = $doc])+ pub $field: RGBColor,)+ }

        impl Theme {
            /// Ink on paper.
            pub const LIGHT: Theme = Theme { $($field: rgb($light),)+ };
            /// The other way round.
            pub const DARK: Theme = Theme { $($field: rgb($dark),)+ };
            /// The custom property of each colour, with its light and its dark value.
            pub const TOKENS: &[(&str, u32, u32)] = &[$(($token, $light, $dark),)+];
        }
    };
}

const fn rgb(hex: u32) -> RGBColor {
    RGBColor((hex >> 16) as u8, (hex >> 8) as u8, hex as u8)
}

themes! {
    /// Behind data.
    surface, "surface-0": 0xFFFFFF, 0x16181D;
    /// Behind what is not data.
    panel, "surface-1": 0xF7F7F4, 0x1C1F25;
    /// Between regions.
    line, "line": 0xE1E0DA, 0x2E333C;
    /// Hairlines of the grid.
    grid, "grid": 0xECEBE6, 0x262A31;
    /// Baselines.
    edge, "edge": 0x85888C, 0x757D88;
    /// Neutral data, strong.
    ink, "ink": 0x1A1C20, 0xE9EBEE;
    /// Neutral data, weaker.
    ink_2, "ink-2": 0x565B63, 0xA5ADB8;
    /// Neutral data, faint.
    ink_3, "ink-3": 0x6C7178, 0x8B94A0;
    /// Under a neutral line.
    fill, "fill": 0xE7E7E8, 0x2A2C31;
    /// Requests that ended well: the line.
    ok, "ok": 0x0072B2, 0x56BFF5;
    /// Requests that ended well: the area.
    ok_tint, "ok-tint": 0xCFE3F1, 0x1E3A4C;
    /// RST.
    reset, "reset": 0xBF4312, 0xE8572A;
    /// Time ran out.
    timeout, "timeout": 0xC27A00, 0xF0AB3A;
    /// FIN before the answer.
    eof, "eof": 0x91377B, 0xCE6BA7;
    /// Closed by our own side.
    closed, "closed": 0x111318, 0xFFFFFF;
    /// A local resource ran out.
    ports, "ports": 0x464603, 0xFFE638;
    /// Turned away.
    refused, "refused": 0x422818, 0xB9A794;
    /// A map's cells with the least of it.
    heat_0, "heat-0": 0xF7F5F0, 0x1D2027;
    /// The next step.
    heat_1, "heat-1": 0xF7E6D3, 0x33291F;
    /// The next step.
    heat_2, "heat-2": 0xF3CFA9, 0x4F3620;
    /// The middle step.
    heat_3, "heat-3": 0xEBAE78, 0x70421D;
    /// The next step.
    heat_4, "heat-4": 0xD98547, 0x98541C;
    /// The next step.
    heat_5, "heat-5": 0xA8501A, 0xD67E35;
    /// Those with the most.
    heat_6, "heat-6": 0x6E2E0C, 0xF6B878;
    /// On the last two steps of a map.
    far_ink, "far-ink": 0xFFFFFF, 0x16181D;
}

impl Theme {
    /// A cell of a map, by the step of its ramp, and what is written on it.
    pub fn heat(&self, step: usize) -> (RGBColor, RGBColor) {
        let ramp = [self.heat_0, self.heat_1, self.heat_2, self.heat_3, self.heat_4, self.heat_5, self.heat_6];
        let step = step.min(ramp.len() - 1);
        (ramp[step], if step + 2 < ramp.len() { self.ink } else { self.far_ink })
    }

    /// The colour of a family of failures.
    pub fn failure(&self, family: Family) -> RGBColor {
        match family {
            Family::Reset => self.reset,
            Family::Timeout => self.timeout,
            Family::Eof => self.eof,
            Family::Closed => self.closed,
            Family::Ports => self.ports,
            Family::Refused => self.refused,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_are_those_of_the_style_sheet() {
        let css = concat!(include_str!("../../static/style.css"), include_str!("../../static/explainer.css"));
        let css = css.split_whitespace().collect::<Vec<_>>().join(" ");
        for (token, light, dark) in Theme::TOKENS {
            let rule = format!("--{token}: light-dark(#{light:06X}, #{dark:06X})");
            assert!(css.contains(&rule), "the style sheets lack `{rule}`");
        }
    }
}
