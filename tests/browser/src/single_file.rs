//! The page as one file, opened from a disk in three engines.

use std::fs;
use std::path::Path;

use anyhow::{Result, ensure};
use serde_json::json;

use crate::browser::{dist, with_page};
use crate::engines::{FIREFOX, WEBKIT, with_page_in};
use crate::native;
use crate::page::Page;
use crate::sharing::Downloads;
use crate::workers;

/// The same browser, with a file instead of the served page.
fn opened_at(page: &Page, file: &Path) -> Page {
    Page::new(page.driver.clone(), format!("file://{}", file.display()))
}

/// With the page that the build wrote as one file.
async fn as_one_file(page: &Page, test: impl AsyncFnOnce(&Page) -> Result<()>) -> Result<()> {
    test(&opened_at(page, &dist()?.canonicalize()?.join("connlab.html"))).await
}

/// A worker computes, the run is the native one, and another worker explains it.
async fn everything_is_inside(page: &Page) -> Result<()> {
    workers::open(page, "p=healthy&duration=1s").await?;
    for link in ["v=1&p=incident&duration=25s", "v=1&p=incident&duration=25s&workers=5"] {
        let shown = page.follow(link).await?;
        ensure!(shown.fingerprint == native::run(link)?.fingerprint, "{shown:?}");
    }
    page.wait_for("an explanation", "document.querySelector('[data-testid=why] li')").await?;
    page.wait_for("the scene", "document.querySelector('.scene canvas')?.clientHeight > 100").await?;
    let links: usize = page.js("document.querySelectorAll('.documents')[0].getClientRects().length").await?;
    ensure!(links == 0, "links to documents that are not there");
    let loaded: Vec<String> = page
        .js("performance.getEntriesByType('resource').map(entry => entry.name)
                .filter(name => !/^(data|blob):/.test(name))")
        .await?;
    ensure!(loaded.is_empty(), "from elsewhere: {loaded:?}");
    Ok(())
}

#[tokio::test]
async fn one_file_has_everything_inside() -> Result<()> {
    with_page(async |page| as_one_file(page, everything_is_inside).await).await
}

#[tokio::test]
async fn one_file_has_everything_inside_in_firefox() -> Result<()> {
    with_page_in(&FIREFOX, async |page| as_one_file(page, everything_is_inside).await).await
}

#[tokio::test]
async fn one_file_has_everything_inside_in_webkit() -> Result<()> {
    with_page_in(&WEBKIT, async |page| as_one_file(page, everything_is_inside).await).await
}

#[tokio::test]
async fn where_no_worker_is_made_the_file_shows_its_run_and_says_what_is_missing() -> Result<()> {
    with_page(async |page| {
        let lost = "window.Worker = class { constructor() { throw new Error('not here'); } };";
        page.driver.cdp().send_raw("Page.addScriptToEvaluateOnNewDocument", json!({ "source": lost })).await?;
        as_one_file(page, async |page| {
            page.open("p=healthy&duration=1s").await?;
            for link in ["p=incident&duration=25s", "p=incident&duration=25s&seed=3"] {
                let shown = page.follow(link).await?;
                ensure!(shown.fingerprint == native::run(link)?.fingerprint, "{shown:?}");
            }
            page.wait_for("the reason", "document.body.innerText.includes('could not be loaded')").await
        })
        .await
    })
    .await
}

#[tokio::test]
async fn a_saved_copy_opens_with_its_link_and_can_be_saved_again() -> Result<()> {
    with_page(async |page| {
        let downloads = Downloads::of(page).await?;
        let folder = tempfile::tempdir()?;
        let file = folder.path().join("lesson.html");
        page.open("p=incident&duration=25s").await?;
        let mut saved_from = opened_at(page, &file);
        for (round, link) in ["p=incident&duration=25s&idle=9", "p=incident&duration=25s&idle=3"].iter().enumerate() {
            let from = if round == 0 { page } else { &saved_from };
            let shown = from.follow(link).await?;
            let button = "document.querySelector('#save-copy')";
            from.wait_for("the script", &format!("{button} && document.querySelector('[data-testid=why] li')")).await?;
            from.js::<()>(&format!("{button}.click()")).await?;
            let copy = downloads.take("connlab.html").await?;
            fs::write(&file, &copy)?;
            saved_from = opened_at(page, &file);
            let opened = saved_from.open("").await?;
            ensure!(opened == shown, "{opened:?} was saved as {shown:?}");
        }
        Ok(())
    })
    .await
}
