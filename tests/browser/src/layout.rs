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
        Ok(())
    })
    .await
}
