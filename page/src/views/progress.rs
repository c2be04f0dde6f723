//! A run that takes long says how far it is, and can be cancelled.

use maud::{Markup, html};

use crate::state::{Page, Run};

/// A strip beside the headline; nothing for a run that is quick enough.
pub fn progress(page: &Page) -> Markup {
    let (says, button, does) = match page.run {
        Run::Done | Run::Busy { progress: None } => return Markup::default(),
        Run::Busy { progress: Some(share) } => (computing((share * 100.0) as u32), "Cancel", "cancel"),
        Run::Cancelled => (html! { span { "Cancelled: this run is not shown to its end" } }, "Compute it", "rerun"),
    };
    html! { div.progress { (says) button.btn.line data-do=(does) { (button) } } }
}

fn computing(percent: u32) -> Markup {
    html! {
        label for="progress" { "Computing, " (percent) " %" }
        progress id="progress" max="100" value=(percent) {}
    }
}
