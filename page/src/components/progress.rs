//! A run that takes long says how far it is, and can be cancelled.

use yew::prelude::*;

use super::{Props, sends};
use crate::state::{Action, Run};

/// A strip beside the headline; nothing for a run that is quick enough.
pub fn progress(props: &Props) -> Html {
    match props.page.run {
        Run::Done | Run::Busy { progress: None } => Html::default(),
        Run::Busy { progress: Some(share) } => {
            let percent = libm::floor(share * 100.0);
            html! {
                <div class="progress">
                    <label for="progress">{format!("Computing, {percent} %")}</label>
                    <progress id="progress" max="100" value={percent.to_string()}></progress>
                    <button class="btn line" onclick={sends(&props.act, Action::Cancel)}>{"Cancel"}</button>
                </div>
            }
        }
        Run::Cancelled => html! {
            <div class="progress">
                <span>{"Cancelled: this run is not shown to its end"}</span>
                <button class="btn line" onclick={sends(&props.act, Action::Rerun)}>{"Compute it"}</button>
            </div>
        },
    }
}
