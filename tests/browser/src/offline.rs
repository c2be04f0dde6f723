//! The page without a network, after a visit with one.

use std::fs;
use std::path::Path;

use anyhow::{Result, ensure};
use xtask::offline;
use xtask::static_server::StaticServer;

use crate::browser::{MOUNT, dist, with_page};
use crate::native;
use crate::page::Page;

const LINK: &str = "p=incident&duration=25s";

/// What is said at the foot of the settings.
const SAID: &str = "document.querySelector('.offline').innerText.trim()";

async fn comes_to_say(page: &Page, text: &str) -> Result<()> {
    page.wait_for(text, &format!("{SAID} === '{text}'")).await
}

/// In a browser that has visited the page at `site` and keeps it.
async fn visited(page: &Page, site: &StaticServer) -> Result<Page> {
    let visit = Page::new(page.driver.clone(), site.url().to_owned());
    visit.open(LINK).await?;
    comes_to_say(&visit, "Ready for offline use").await?;
    Ok(visit)
}

#[tokio::test]
async fn after_a_visit_run_explanation_and_documents_are_there_without_a_network() -> Result<()> {
    with_page(async |page| {
        let site = StaticServer::start(&dist()?, MOUNT, 0)?;
        let visit = visited(page, &site).await?;
        let document = format!("{}docs/errors.html", site.url());
        drop(site);
        page.driver.goto(document).await?;
        let title: String = page.js("document.querySelector('h1').innerText").await?;
        ensure!(!title.is_empty(), "no document");
        let link = "v=1&p=incident&duration=25s&seed=4";
        let shown = visit.open(link).await?;
        ensure!(shown.fingerprint == native::run(link)?.fingerprint, "{shown:?}");
        visit.wait_for("an explanation", "document.querySelector('[data-testid=why] li')").await?;
        visit.wait_for("the scene", "document.querySelector('.scene canvas')?.clientHeight > 100").await?;
        comes_to_say(&visit, "Ready for offline use").await?;
        // Nobody answers where the browser asks for a newer version.
        visit.forget_errors().await
    })
    .await
}

/// A copy of the page, to be changed: without compressed files, which would not follow.
pub fn copy(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let path = entry?.path();
        let to = to.join(path.file_name().unwrap_or_default());
        if path.is_dir() {
            copy(&path, &to)?;
        } else if path.extension().is_none_or(|end| end != "br" && end != "gz") {
            fs::copy(&path, &to)?;
        }
    }
    Ok(())
}

/// Another build in the same place, which says so in its body.
fn change(dist: &Path) -> Result<()> {
    let index = dist.join("index.html");
    fs::write(&index, fs::read_to_string(&index)?.replace("<body", "<body data-build=\"next\""))?;
    fs::write(dist.join("sw.js"), include_str!("../../../static/sw.js"))?;
    offline::write(dist)
}

#[tokio::test]
async fn a_new_version_is_announced_and_waits_until_the_only_visit_asks_for_it() -> Result<()> {
    with_page(async |page| {
        let folder = tempfile::tempdir()?;
        copy(&dist()?, folder.path())?;
        let site = StaticServer::start(folder.path(), MOUNT, 0)?;
        let visit = visited(page, &site).await?;
        change(folder.path())?;
        let shown = visit.open(LINK).await?;
        let is_next = "document.body.dataset.build === 'next'";
        let announced = "A new version is there: reload to use it";
        comes_to_say(&visit, announced).await?;
        ensure!(!page.js::<bool>(is_next).await?, "swapped under a visit");

        let first = page.driver.window().await?;
        let second = page.driver.new_tab().await?;
        page.driver.switch_to_window(second).await?;
        visit.open(LINK).await?;
        ensure!(!page.js::<bool>(is_next).await?, "two versions at once");
        comes_to_say(&visit, announced).await?;
        page.js::<()>("document.querySelector('#renew').click()").await?;
        comes_to_say(&visit, "A new version is there: close the other tabs with this page first").await?;
        page.driver.close_window().await?;
        page.driver.switch_to_window(first).await?;

        page.js::<()>("document.querySelector('#renew').click()").await?;
        visit.wait_for("the new version", &format!("{is_next} && document.body.dataset.run === 'done'")).await?;
        ensure!(visit.shown().await? == shown, "not the run of the visit");
        comes_to_say(&visit, "Ready for offline use").await
    })
    .await
}

#[tokio::test]
async fn a_word_in_the_address_removes_what_is_kept() -> Result<()> {
    with_page(async |page| {
        let site = StaticServer::start(&dist()?, MOUNT, 0)?;
        let visit = visited(page, &site).await?;
        page.driver.goto(format!("{}?nosw#{LINK}", site.url())).await?;
        let nothing = "Nothing is kept for offline use now";
        visit.wait_for("the way out", &format!("document.querySelector('.offline') && {SAID} === '{nothing}'")).await?;
        visit.wait_for("the run", "document.body.dataset.run === 'done'").await?;
        visit.wait_for("no worker", "navigator.serviceWorker.controller === null").await?;
        let left = "Promise.all([caches.keys(), navigator.serviceWorker.getRegistrations()])
            .then(([kept, workers]) => kept.length + workers.length)";
        ensure!(page.js::<usize>(left).await? == 0, "something is kept");
        ensure!(page.js::<bool>("!document.querySelector('[data-testid=notice]')").await?, "the word is no key");
        let shown = visit.shown().await?;
        ensure!(shown.hash.contains(LINK), "{shown:?}");
        Ok(())
    })
    .await
}
