//! A run within another page: what it is, the way to the workbench, scene and charts.

use connlab::chart::Chart;
use yew::prelude::*;

use super::headline::{headline, title};
use super::progress::progress;
use super::{Props, glyph};
use crate::choices;
use crate::state::Page;

/// Which charts it shows; as many of all as there is room for, unless the link names some.
pub fn charts(page: &Page) -> Vec<Chart> {
    choices::charts(page, &Chart::ALL)
}

/// What stands above the pictures.
pub fn header(props: &Props) -> Html {
    // From the page itself, wherever it is: the same run, in everything.
    let workbench = format!("#{}", props.page.link_in(""));
    html! {
        <header>
            {title(&props.page)}
            {progress(props)}
            <a class="btn line" href={workbench} target="_blank" rel="noopener" data-testid="playground"
                title="This run in the playground">
                {glyph::icon(glyph::LINK)}<span class="sr">{"Open in "}</span>{"ConnLab"}
            </a>
            {headline(&props.page)}
        </header>
    }
}
