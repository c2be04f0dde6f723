//! The limits that a run shall keep, as the link has them.

use maud::{Markup, html};

use crate::state::Page;

/// A box for them; empty means the usual ones. What is wrong with them is said where they are judged.
pub fn thresholds(page: &Page) -> Markup {
    let slo = page.key("slo");
    html! {
        label.slo {
            "Thresholds"
            // What is typed stays, whatever draws the page anew meanwhile. Another text in the link is another box.
            input.text data-testid="slo" autocomplete="off" spellcheck="false" data-key=(slo) data-in="slo"
                placeholder="fail:1%,p95:200ms,p99:500ms" value=(slo);
        }
    }
}
