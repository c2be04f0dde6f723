//! It fits the window.

use anyhow::{Result, ensure};
use serde::Deserialize;

use crate::browser::with_page;

#[derive(Debug, Deserialize)]
struct Extent {
    width: u32,
    height: u32,
}

/// The document's extent, scrolled parts included.
const EXTENT: &str = "({
    width: Math.max(document.documentElement.scrollWidth, document.body.scrollWidth),
    height: Math.max(document.documentElement.scrollHeight, document.body.scrollHeight),
})";

#[tokio::test]
async fn a_laptop_shows_everything_without_scrolling() -> Result<()> {
    with_page(async |page| {
        page.open("").await?;
        let extent: Extent = page.js(EXTENT).await?;
        ensure!(extent.width <= 1280 && extent.height <= 720, "{extent:?}");
        Ok(())
    })
    .await
}

#[tokio::test]
async fn a_phone_never_scrolls_sideways() -> Result<()> {
    with_page(async |page| {
        page.resize(390, 844).await?;
        page.open("").await?;
        let extent: Extent = page.js(EXTENT).await?;
        ensure!(extent.width <= 390, "{extent:?}");
        // A map wider than the screen scrolls within its own box.
        page.open("p=healthy&duration=1s&x.workers=1,2,3,4,5,6,7,8,9,10&y.idle=1,2&n=1").await?;
        page.wait_for("a map", "document.querySelector('[data-topic=sweep][aria-busy=false] .heat')").await?;
        let extent: Extent = page.js(EXTENT).await?;
        ensure!(extent.width <= 390, "with a map: {extent:?}");
        Ok(())
    })
    .await
}

/// Few processors at both ends: each has a row in *What is full?*.
const FIVE_ROWS: &str = "p=cpu&client-cores=2&client-cpu=100us";

#[tokio::test]
async fn five_rows_of_queues_have_their_names_and_leave_the_outcomes_a_scale() -> Result<()> {
    with_page(async |page| {
        for view in ["", "&view=projector"] {
            page.open(&format!("{FIVE_ROWS}{view}")).await?;
            let names = "document.querySelectorAll('.chart-queues .at-left').length";
            page.wait_for("five names", &format!("{names} === 5")).await?;
            let numbers: usize = page.js("document.querySelectorAll('.chart-outcomes .at-left').length").await?;
            ensure!(numbers >= 2, "{numbers} numbers beside the outcomes: {view}");
        }
        Ok(())
    })
    .await
}
