//! A run that takes long says how far it is, and can be cancelled.

use yew::prelude::*;

use super::{Props, markup, sends};
use crate::state::{Action, Run};

/// A strip beside the headline; nothing for a run that is quick enough.
pub fn progress(props: &Props) -> Html {
    let (says, button, action) = match props.page.run {
        Run::Done | Run::Busy { progress: None } => return Html::default(),
        Run::Busy { progress: Some(share) } => (computing(share), "Cancel", Action::Cancel),
        Run::Cancelled => {
            ("<span>Cancelled: this run is not shown to its end</span>".into(), "Compute it", Action::Rerun)
        }
    };
    html! {
        <div class="progress">
            {markup(says)}<button class="btn line" onclick={sends(&props.act, action)}>{button}</button>
        </div>
    }
}

fn computing(share: f64) -> String {
    let percent = (share * 100.0) as u32;
    format!(
        "<label for=progress>Computing, {percent} %</label><progress id=progress max=100 value={percent}></progress>"
    )
}
