//! A run that takes long says how far it is, and can be cancelled.

use yew::prelude::*;

use crate::state::{Action, Run};

/// What to show.
#[derive(Clone, PartialEq, Properties)]
pub struct Props {
    /// How far the run is.
    pub run: Run,
    /// Whom to tell.
    pub act: Callback<Action>,
}

/// A strip beside the headline; nothing for a run that is quick enough.
#[component]
pub fn Progress(props: &Props) -> Html {
    match props.run {
        Run::Done | Run::Busy { progress: None } => Html::default(),
        Run::Busy { progress: Some(share) } => {
            let percent = libm::floor(share * 100.0);
            html! {
                <div class="progress">
                    <label for="progress">{format!("Computing, {percent} %")}</label>
                    <progress id="progress" max="100" value={percent.to_string()}></progress>
                    <button class="btn line" onclick={props.act.reform(|_| Action::Cancel)}>{"Cancel"}</button>
                </div>
            }
        }
        Run::Cancelled => html! {
            <div class="progress">
                <span>{"Cancelled: this run is not shown to its end"}</span>
                <button class="btn line" onclick={props.act.reform(|_| Action::Rerun)}>{"Compute it"}</button>
            </div>
        },
    }
}
