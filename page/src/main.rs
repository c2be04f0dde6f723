//! The page: a workbench around one run.
//!
//! [`state`] decides, without any web type; [`driver`] computes in slices between two frames; [`address`] keeps the
//! location and the link the same; [`root`] joins them, and `components` show the result.

mod address;
mod canvas;
mod components;
mod driver;
mod root;
mod state;
mod words;

fn main() {
    let page = address::document();
    match page.get_element_by_id("app") {
        Some(host) => yew::Renderer::<root::Root>::with_root(host).render(),
        None => yew::Renderer::<root::Root>::new().render(),
    };
}
