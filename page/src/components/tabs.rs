//! Tabs: one of a few, chosen by click or arrow key.

use wasm_bindgen::JsCast;
use web_sys::HtmlElement;
use yew::prelude::*;

use crate::address;

/// A list of tabs. The one with the name `n` has the id `<id>-n`; all of them control `<id>-panel`.
pub fn tabs<T: Copy + PartialEq + 'static>(
    id: &'static str,
    label: &'static str,
    all: &'static [T],
    chosen: T,
    name: fn(T) -> &'static str,
    choose: Callback<T>,
) -> Html {
    let here = all.iter().position(|tab| *tab == chosen).unwrap_or(0);
    let onkeydown = {
        let choose = choose.clone();
        Callback::from(move |event: KeyboardEvent| {
            let to = match &*event.key() {
                "ArrowLeft" => (here + all.len() - 1) % all.len(),
                "ArrowRight" => (here + 1) % all.len(),
                "Home" => 0,
                "End" => all.len() - 1,
                _ => return,
            };
            event.prevent_default();
            choose.emit(all[to]);
            let tab = address::document().get_element_by_id(&format!("{id}-{}", name(all[to])));
            if let Some(tab) = tab.and_then(|tab| tab.dyn_into::<HtmlElement>().ok()) {
                let _ = tab.focus();
            }
        })
    };
    let tab = |tab: T| {
        let is_chosen = tab == chosen;
        html! {
            <button role="tab" id={format!("{id}-{}", name(tab))} aria-selected={is_chosen.to_string()}
                aria-controls={format!("{id}-panel")} tabindex={if is_chosen { "0" } else { "-1" }}
                onclick={choose.reform(move |_: MouseEvent| tab)}>{name(tab)}</button>
        }
    };
    html! {
        <div class="tabs" role="tablist" aria-label={label} {onkeydown}>{for all.iter().map(|one| tab(*one))}</div>
    }
}
