//! The first view: what this is, a finished run, and three doors into it.

use anyhow::{Result, ensure};
use serde::Deserialize;
use serde_json::json;

use crate::accessibility::violations;
use crate::browser::with_page;
use crate::native;
use crate::page::Page;

/// Words that are seen, and places where Tab stops.
#[derive(Debug, Deserialize)]
struct Load {
    words: usize,
    stops: usize,
}

const LOAD: &str = "({
    words: document.body.innerText.trim().split(/\\s+/).length,
    stops: [...document.querySelectorAll('a[href], button, input, select, textarea, summary, [tabindex]')].filter(
        element => element.tabIndex >= 0 && !element.disabled && element.checkVisibility()).length,
})";

/// Which part of the page is there.
const VIEW: &str = "document.documentElement.dataset.view";

async fn click_on(page: &Page, selector: &str) -> Result<()> {
    page.js(&format!("document.querySelector({}).click()", json!(selector))).await
}

#[tokio::test]
async fn without_a_link_the_page_says_what_it_is_in_few_words_over_a_finished_run() -> Result<()> {
    with_page(async |page| {
        let shown = page.open("").await?;
        ensure!(native::run(&shown.hash)?.fingerprint == shown.fingerprint, "not the run of {shown:?}");
        let text: String = page.js("document.body.innerText").await?;
        for part in ["A simulator of Go’s HTTP client", "Nothing leaves your browser", "Not your system"] {
            ensure!(text.contains(part), "no “{part}” in {text}");
        }
        let load: Load = page.js(LOAD).await?;
        ensure!(load.words <= 150 && load.stops <= 25, "{load:?}: {text}");
        let link = page.open("p=incident").await?;
        ensure!(link.fingerprint == shown.fingerprint, "another run");
        ensure!(page.js::<String>(VIEW).await? == "workbench", "a link leads to the workbench");
        Ok(())
    })
    .await
}

#[tokio::test]
async fn every_symptom_leads_to_its_preset_and_back_leads_to_the_doors() -> Result<()> {
    with_page(async |page| {
        let start = page.open("").await?;
        let presets: Vec<String> =
            page.js("[...document.querySelectorAll('.symptoms button')].map(row => row.dataset.preset)").await?;
        ensure!(presets.len() >= 13, "{presets:?}");
        for preset in [&presets[0], &presets[1], &presets[presets.len() - 1]] {
            click_on(page, &format!(".symptoms [data-preset={preset}]")).await?;
            let is_there = format!("{VIEW} === 'workbench' && document.body.dataset.run === 'done'");
            page.wait_for(preset, &is_there).await?;
            let shown = page.shown().await?;
            ensure!(shown.hash.contains(&format!("p={preset}")), "{shown:?}");
            ensure!(native::run(&shown.hash)?.fingerprint == shown.fingerprint, "not the run of {shown:?}");
            page.driver.back().await?;
            page.comes_to_show(&start).await?;
            ensure!(
                page.js::<String>(VIEW).await? == "start",
                "Back leads to {}",
                page.js::<String>("location.hash").await?
            );
        }
        page.driver.refresh().await?;
        page.comes_to_show(&start).await
    })
    .await
}

#[tokio::test]
async fn the_sliders_of_the_first_view_change_its_run_and_the_door_opens_it_with_what_matters() -> Result<()> {
    with_page(async |page| {
        let before = page.open("").await?;
        page.press_on_slider("workers", thirtyfour::Key::Right).await?;
        let moved = page.moved_on_from(&before).await?;
        ensure!(native::run(&moved.hash)?.fingerprint == moved.fingerprint, "not the run of {moved:?}");
        page.click("enter").await?;
        page.wait_for("the workbench", &format!("{VIEW} === 'workbench'")).await?;
        ensure!(page.shown().await?.fingerprint == moved.fingerprint, "another run behind the door");
        let few: usize = page.js("document.querySelectorAll('.left .row').length").await?;
        ensure!((1..=7).contains(&few), "{few} settings");
        page.click("all-settings").await?;
        page.wait_for("all of them", "document.querySelectorAll('.left .row').length > 60").await
    })
    .await
}

#[tokio::test]
async fn the_first_view_has_no_barriers_and_its_documents_are_there() -> Result<()> {
    with_page(async |page| {
        let mut found = Vec::new();
        for (width, height) in [(1280, 720), (390, 844)] {
            page.resize(width, height).await?;
            for theme in ["theme=light", "theme=dark"] {
                page.open(theme).await?;
                ensure!(page.js::<String>(VIEW).await? == "start", "{theme} is no link");
                for violation in violations(page).await? {
                    found.push(format!("{width}x{height} {theme}: {violation}"));
                }
            }
            let wide: bool = page.js("document.documentElement.scrollWidth > innerWidth").await?;
            ensure!(!wide, "{width}: scrolls sideways");
        }
        ensure!(found.is_empty(), "barriers: {found:#?}");
        let links: Vec<String> =
            page.js("[...document.querySelectorAll('.documents a')].map(link => link.getAttribute('href'))").await?;
        ensure!(links.len() == 4 && links.iter().all(|link| link.starts_with("docs/")), "{links:?}");
        for link in links {
            let fetched = format!(
                "const done = arguments[0];
                fetch({}).then(answer => done(answer.status), error => done(String(error)))",
                json!(link)
            );
            let status = page.driver.execute_async(fetched, vec![]).await?.json().clone();
            ensure!(status == json!(200), "{link}: {status}");
        }
        Ok(())
    })
    .await
}
