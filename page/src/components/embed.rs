//! A run within another page: what it is, the way to the workbench, scene and charts.

use connlab::chart::Chart;
use yew::prelude::*;

use super::headline::{headline, title};
use super::progress::progress;
use super::{Props, glyph};
use crate::choices::{self, Picture};
use crate::state::Page;

/// Which charts it shows; as many of all as there is room for, unless the link names some.
pub fn charts(page: &Page) -> Vec<Chart> {
    choices::charts(page, &Chart::ALL)
}

/// Whether it shows the scene, if there is room: unless the link names something else.
pub fn has_scene(page: &Page) -> bool {
    let named = choices::pictures(page);
    named.is_empty() || named.contains(&Picture::Scene)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_scene_is_there_unless_the_link_names_something_else() {
        let has = |link: &str| has_scene(&Page::new(&format!("https://example.org/#{link}"), false));
        assert!(has("view=embed") && has("view=embed&chart=scene,latency"));
        assert!(!has("view=embed&chart=latency"));
    }
}
