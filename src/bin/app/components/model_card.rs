//! The model card: does theory agree with this run, what is modelled, and what is not.

use connlab::link;
use connlab::model_card::{self, Row};
use connlab::sim::checks::{self, Check, Comparison, Finding};
use web_sys::HtmlDialogElement;
use yew::prelude::*;

use super::notice::marked;
use super::{Same, glyph};
use crate::state::Shown;
use crate::words;

/// What to show.
#[derive(Clone, PartialEq, Properties)]
pub struct Props {
    /// The run; none while the first one is computed.
    pub shown: Option<Same<Shown>>,
}

/// A button, and while it is open a dialog with the card. The browser closes it on Escape and gives the focus back.
#[component]
pub fn ModelCardButton(props: &Props) -> Html {
    let open = use_state_eq(|| false);
    let dialog = use_node_ref();
    {
        let dialog = dialog.clone();
        use_effect_with(*open, move |_| {
            if let Some(dialog) = dialog.cast::<HtmlDialogElement>() {
                // It fails only for one that is open already.
                let _ = dialog.show_modal();
            }
        });
    }
    let set = |value: bool| {
        let open = open.clone();
        Callback::from(move |_: Event| open.set(value))
    };
    let close = {
        let dialog = dialog.clone();
        Callback::from(move |_: MouseEvent| {
            if let Some(dialog) = dialog.cast::<HtmlDialogElement>() {
                dialog.close();
            }
        })
    };
    html! {
        <>
            <button class="new" data-testid="model-card-button" aria-haspopup="dialog"
                onclick={set(true).reform(|event: MouseEvent| event.into())}>
                {"model card"}
            </button>
            if *open {
                <dialog ref={dialog} class="card-dialog" aria-labelledby="model-card" closedby="any"
                    onclose={set(false)}>
                    <header>
                        <h2 id="model-card">{"Model card"}</h2>
                        <span>{format!("model v{}", link::VERSION)}</span>
                        <button class="btn icon" aria-label="Close" title="Close" onclick={close}>
                            {glyph::icon(glyph::CLOSE)}
                        </button>
                    </header>
                    <div class="card-body" tabindex="0" role="region" aria-label="Model card">
                        <ModelCard shown={props.shown.clone()} />
                    </div>
                </dialog>
            }
        </>
    }
}

/// The card itself, for a place of any width.
#[component]
pub fn ModelCard(props: &Props) -> Html {
    html! {
        <div class="card" data-testid="model-card">
            if let Some(shown) = &props.shown { {self::checks(&shown.report.checks)} }
            <h3>{"Modelled"}</h3>
            {table(model_card::modelled())}
            <h3>{"Not modelled"}</h3>
            {table(model_card::not_modelled())}
        </div>
    }
}

/// Those that apply, then the others with their reasons.
fn checks(checks: &[Check]) -> Html {
    let (absent, present): (Vec<_>, Vec<_>) =
        checks.iter().partition(|check| matches!(check.finding, Finding::NotApplicable { .. }));
    html! {
        <>
            <h3>{"This run against theory"}</h3>
            <p class="lead">{checks::summary(checks)}</p>
            <ul class="checks">{for present.into_iter().chain(absent).map(check)}</ul>
        </>
    }
}

fn check(check: &Check) -> Html {
    let (sign, words) = match &check.finding {
        Finding::Holds(_) => ("✓", "holds"),
        Finding::Outside(_) => ("✗", "outside"),
        Finding::NotApplicable { .. } => ("–", "does not apply"),
    };
    let found = match &check.finding {
        Finding::Holds(comparison) | Finding::Outside(comparison) => numbers(comparison, check.unit),
        Finding::NotApplicable { reason } => html! { <p class="how">{reason}</p> },
    };
    html! {
        <li data-check={check.id} data-verdict={check.finding.verdict()}>
            <h4>{check.title}</h4>
            <p class="verdict"><span aria-hidden="true">{sign}</span>{" "}{words}</p>
            <p class="formula">{check.formula}<span>{check.source}</span></p>
            {found}
        </li>
    }
}

fn numbers(comparison: &Comparison, unit: &str) -> Html {
    let Comparison { expected, simulated, low, high, tolerance } = comparison;
    let number = |value: f64| words::quantity(value, unit);
    let allowed = match () {
        () if low == high => "exactly this".to_string(),
        () if *low == 0.0 && high == expected => format!("up to {}", number(*high)),
        () => format!("{} to {}", words::quantity(*low, ""), number(*high)),
    };
    let cells = [("Expected", number(*expected)), ("Simulated", number(*simulated)), ("Allowed", allowed)];
    html! {
        <>
            <dl>{for cells.map(|(name, value)| html! { <div><dt>{name}</dt><dd>{value}</dd></div> })}</dl>
            <p class="how">{tolerance}</p>
        </>
    }
}

fn table(rows: Vec<Row>) -> Html {
    let row = |(what, text): Row| html! { <tr><th scope="row">{marked(what)}</th><td>{marked(text)}</td></tr> };
    html! { <table><tbody>{for rows.into_iter().map(row)}</tbody></table> }
}
