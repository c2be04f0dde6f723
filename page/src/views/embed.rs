//! A run within another page: what it is, the way to the workbench, scene and charts.

use connlab::chart::Chart;
use maud::{Markup, html};

use super::glyph;
use super::headline::{headline, title};
use super::progress::progress;
use crate::choices;
use crate::state::Page;

/// Which charts it shows; as many of all as there is room for, unless the link names some.
pub fn charts(page: &Page) -> Vec<Chart> {
    choices::charts(page, &Chart::ALL)
}

/// What stands above the pictures.
pub fn header(page: &Page) -> Markup {
    html! {
        header {
            (title(page)) (progress(page))
            // From the page itself, wherever it is: the same run, in everything.
            a.btn.line href={ "#" (page.link_in("")) } target="_blank" rel="noopener" data-testid="playground"
                title="This run in the playground" {
                (glyph::icon(glyph::LINK)) span.sr { "Open in " } "ConnLab"
            }
            (headline(page))
        }
    }
}
