//! What axe-core can tell: contrast, names, roles, structure.

use std::env;
use std::fs;

use anyhow::{Context, Result, ensure};

use crate::browser::with_page;
use crate::page::Page;

const SIZES: [(u32, u32); 2] = [(1280, 720), (390, 844)];
const VIEWS: [&str; 3] = ["theme=light", "theme=dark", "theme=light&view=projector"];

#[tokio::test]
async fn axe_finds_nothing_serious_at_any_size_in_any_theme() -> Result<()> {
    with_page(async |page| {
        let mut found = Vec::new();
        for (width, height) in SIZES {
            page.resize(width, height).await?;
            for view in VIEWS {
                page.open(&format!("p=incident&{view}")).await?;
                for violation in violations(page).await? {
                    found.push(format!("{width}x{height} {view}: {violation}"));
                }
                if width > 640 && !view.contains("projector") {
                    page.wait_for("the remedies", "document.querySelector('[data-testid=fix]')").await?;
                    for (tab, topic) in [("Sockets", "sockets"), ("Summary", "summary"), ("Errors", "cure")] {
                        page.js::<()>(&format!("document.querySelector('#panel-{tab}').click()")).await?;
                        let is_there = format!("document.querySelector('[data-topic={topic}][aria-busy=false]')");
                        page.wait_for(tab, &is_there).await?;
                        for violation in violations(page).await? {
                            found.push(format!("{width}x{height} {view}, {tab}: {violation}"));
                        }
                    }
                    page.click("shortcuts").await?;
                    page.wait_for("the keys", "document.querySelector('#shortcuts').matches(':popover-open')").await?;
                    for violation in violations(page).await? {
                        found.push(format!("{width}x{height} {view}, keys: {violation}"));
                    }
                    page.press(thirtyfour::Key::Escape).await?;
                    page.click("model-card-button").await?;
                    page.wait_for("the model card", "document.querySelector('[data-testid=model-card]')").await?;
                    for violation in violations(page).await? {
                        found.push(format!("{width}x{height} {view}, model card: {violation}"));
                    }
                }
            }
        }
        ensure!(found.is_empty(), "barriers: {found:#?}");
        Ok(())
    })
    .await
}

/// Maps of two settings and of one, with cells that are hatched and a threshold between others.
const MAPS: [&str; 2] = [
    "p=incident&duration=22s&x.workers=1,8,16,32&y.service=20ms,30ms&n=5",
    "p=incident&duration=22s&x.workers=8,16,32&n=5&z=p99_ms",
];

#[tokio::test]
async fn axe_finds_nothing_serious_in_a_map_and_in_questions_of_many_runs() -> Result<()> {
    with_page(async |page| {
        let mut found = Vec::new();
        for (width, height) in SIZES {
            page.resize(width, height).await?;
            for (map, theme) in MAPS.into_iter().zip(["light", "dark"]).chain(MAPS.into_iter().zip(["dark", "light"])) {
                page.open(&format!("{map}&theme={theme}")).await?;
                page.wait_for("the map", "document.querySelector('[data-topic=sweep][aria-busy=false] .said')").await?;
                for violation in violations(page).await? {
                    found.push(format!("{width}x{height} {theme}, {map}: {violation}"));
                }
            }
        }
        page.resize(1280, 720).await?;
        page.open("p=incident&duration=22s&theme=dark").await?;
        page.wait_for("a cure", "document.querySelector('#late summary')").await?;
        page.js::<()>("document.querySelectorAll('.tried > summary').forEach(summary => summary.click())").await?;
        for topic in ["matters", "late", "enough"] {
            let is_there = format!("document.querySelector('[data-topic={topic}][aria-busy=false]')");
            page.wait_for(topic, &is_there).await?;
        }
        for violation in violations(page).await? {
            found.push(format!("questions: {violation}"));
        }
        ensure!(found.is_empty(), "barriers: {found:#?}");
        Ok(())
    })
    .await
}

#[tokio::test]
async fn the_theme_of_the_link_is_the_theme_of_the_page() -> Result<()> {
    with_page(async |page| {
        let mut backgrounds = Vec::new();
        for theme in ["light", "dark"] {
            page.open(&format!("p=healthy&theme={theme}")).await?;
            let background: String = page.js("getComputedStyle(document.body).backgroundColor").await?;
            backgrounds.push(background);
        }
        ensure!(backgrounds[0] != backgrounds[1], "light and dark are both {}", backgrounds[0]);
        Ok(())
    })
    .await
}

#[tokio::test]
async fn the_first_stop_of_the_tab_key_leads_past_the_settings_to_the_errors() -> Result<()> {
    with_page(async |page| {
        page.open("p=incident&duration=25s").await?;
        page.press(thirtyfour::Key::Tab).await?;
        let first: String =
            page.js("document.activeElement.dataset.testid ?? document.activeElement.outerHTML").await?;
        ensure!(first == "skip", "{first}");
        page.press(thirtyfour::Key::Enter).await?;
        page.press(thirtyfour::Key::Tab).await?;
        let is_there: bool = page.js("document.querySelector('.right').contains(document.activeElement)").await?;
        ensure!(is_there, "{}", page.js::<String>("document.activeElement.outerHTML").await?);
        Ok(())
    })
    .await
}

pub async fn violations(page: &Page) -> Result<Vec<String>> {
    let axe = env::var_os("CONNLAB_AXE")
        .context("CONNLAB_AXE names no axe.min.js: run `cargo xtask test`, which installs it")?;
    page.driver.execute(fs::read_to_string(axe)?, vec![]).await?;
    // A colour halfway through its transition is nobody's fault.
    let run = "const done = arguments[0];
        const serious = violation => ['serious', 'critical'].includes(violation.impact);
        const described = ({ impact, id, help, nodes }) =>
            `${impact}: ${help} (${id}) at ${nodes.slice(0, 8).map(node => node.target.join(' ')).join(', ')}`
            + ` ${nodes.length > 8 ? `and ${nodes.length - 8} more` : ''} ${nodes[0].failureSummary}`;
        setTimeout(() => axe.run(document, { resultTypes: ['violations'] }).then(
            result => done(result.violations.filter(serious).map(described)),
            error => done([String(error)])), 400);";
    Ok(page.driver.execute_async(run, vec![]).await?.convert()?)
}
