//! The right column: why, what cures it, sockets, summary, and a visitor's own error.

use anyhow::{Result, ensure};
use serde_json::json;
use thirtyfour::Key;

use crate::browser::with_page;
use crate::native;
use crate::page::Page;

/// The run at the playhead is known.
const KNOWN: &str = "document.querySelector('.transport').ariaBusy === 'false'";

/// The instants of the chain, in milliseconds.
const CHAIN: &str = "[...document.querySelectorAll('[data-testid=why] li')].map(event => Number(event.dataset.atMs))";

/// Where the playhead stands, in milliseconds.
const AT_MS: &str = "document.querySelector('[data-testid=playhead]').valueAsNumber";

async fn wait_for_chain(page: &Page) -> Result<Vec<f64>> {
    page.wait_for("the chain", "document.querySelector('[data-testid=why] li')").await?;
    page.js(CHAIN).await
}

async fn wait_for_fix(page: &Page) -> Result<()> {
    page.wait_for("the remedies", "document.querySelector('[data-testid=fix]')").await
}

async fn click_on(page: &Page, selector: &str) -> Result<()> {
    page.js(&format!("document.querySelector({}).click()", json!(selector))).await
}

#[tokio::test]
async fn every_class_of_the_incident_has_a_chain_that_ends_at_its_error() -> Result<()> {
    with_page(async |page| {
        let shown = page.open("p=incident").await?;
        let report = native::run(&shown.hash)?;
        for (i, error) in report.errors.iter().enumerate() {
            if i > 0 {
                click_on(page, &format!(".err[data-class={}] > button", error.class)).await?;
            }
            let is_open = format!("document.querySelector('.err.sel')?.dataset.class === '{}'", error.class);
            page.wait_for("its row", &is_open).await?;
            let chain = wait_for_chain(page).await?;
            ensure!((3..=8).contains(&chain.len()), "{}: {chain:?}", error.class);
            ensure!(chain.is_sorted(), "{}: {chain:?}", error.class);
            let last = chain[chain.len() - 1];
            ensure!((last - error.first_ms).abs() < 0.001, "{}: {last} is not {}", error.class, error.first_ms);
            let roots: usize = page.js("document.querySelectorAll('[data-testid=why] .root').length").await?;
            ensure!(roots == 1, "{}: {roots} root causes", error.class);
        }
        Ok(())
    })
    .await
}

#[tokio::test]
async fn an_event_moves_the_playhead_and_the_stepper_goes_to_another_failure() -> Result<()> {
    with_page(async |page| {
        page.open("p=incident").await?;
        let chain = wait_for_chain(page).await?;
        click_on(page, "[data-testid=why] li:first-child button").await?;
        page.wait_for("the first event", &format!("Math.abs({AT_MS} - {}) < 0.001 && {KNOWN}", chain[0])).await?;
        click_on(page, ".ask [aria-label='Next failure']").await?;
        let is_later = format!("{CHAIN}.length && {CHAIN}.at(-1) > {}", chain[chain.len() - 1]);
        page.wait_for("the next chain", &is_later).await?;
        let chain: Vec<f64> = page.js(CHAIN).await?;
        page.wait_for("its error", &format!("Math.abs({AT_MS} - {}) < 0.001", chain[chain.len() - 1])).await
    })
    .await
}

#[tokio::test]
async fn trying_the_cure_is_a_new_link_with_fewer_failures() -> Result<()> {
    with_page(async |page| {
        let before = page.open("p=incident").await?;
        let failed = native::run(&before.hash)?.requests.failed;
        wait_for_fix(page).await?;
        let promised = page.text("fix").await?;
        page.click("try").await?;
        let after = page.moved_on_from(&before).await?;
        let left = native::run(&after.hash)?.requests.failed;
        ensure!(left < failed, "{failed} before, {left} after");
        let digits: String = promised.chars().filter(|c| *c != ',').collect();
        ensure!(digits.contains(&format!("all failures {failed} → {left}")), "{promised}");
        page.driver.back().await?;
        page.comes_to_show(&before).await
    })
    .await
}

#[tokio::test]
async fn the_sockets_are_those_at_the_playhead() -> Result<()> {
    with_page(async |page| {
        page.open("p=incident&t=1s").await?;
        page.focus("#panel-Errors").await?;
        page.press(Key::Right).await?;
        let sockets = "document.querySelector('[data-testid=sockets]')?.textContent ?? ''";
        page.wait_for("the sockets", &format!("({sockets}).includes('LISTEN')")).await?;
        let server: String = page.js(sockets).await?;
        page.focus("[data-testid=playhead]").await?;
        page.press(Key::Right).await?;
        page.wait_for("other sockets", &format!("{KNOWN} && ({sockets}) !== {}", json!(server))).await?;
        page.js::<()>(
            "(host => { host.value = '0'; host.dispatchEvent(new Event('change', { bubbles: true })); })
                (document.querySelector('[data-testid=host]'))",
        )
        .await?;
        let are_clients = format!("({sockets}).includes('ESTAB') && !({sockets}).includes('LISTEN ')");
        page.wait_for("the client's", &are_clients).await
    })
    .await
}

#[tokio::test]
async fn the_summary_is_that_of_the_run() -> Result<()> {
    with_page(async |page| {
        let shown = page.open("p=incident").await?;
        page.focus("#panel-Errors").await?;
        page.press(Key::End).await?;
        page.wait_for("the summary", "document.querySelector('[data-testid=summary]')").await?;
        let text: String = page.js("document.querySelector('[data-testid=summary]').textContent").await?;
        let report = native::run(&shown.hash)?;
        ensure!(text.contains(&format!("[200]\t{} responses", report.requests.ok)), "{text}");
        ensure!(text.contains("Thresholds:"), "{text}");
        Ok(())
    })
    .await
}

#[tokio::test]
async fn a_pasted_line_opens_a_run_that_shows_it_and_nonsense_does_not() -> Result<()> {
    with_page(async |page| {
        let before = page.open("p=healthy").await?;
        page.focus("#pasted").await?;
        page.press("hello").await?;
        page.wait_for("an answer", "document.querySelector('[data-testid=diagnosis]').textContent").await?;
        ensure!(page.text("diagnosis").await?.starts_with("Not recognised."), "{}", page.text("diagnosis").await?);
        page.js::<()>("document.activeElement.select()").await?;
        page.press("read tcp 10.0.0.1:4->10.0.1.1:80: read: connection reset by peer").await?;
        page.wait_for("a cause", "document.querySelector('[data-testid=diagnosis] button')").await?;
        let class: String = page.js("document.querySelector('[data-testid=diagnosis] li').dataset.class").await?;
        click_on(page, "[data-testid=diagnosis] button").await?;
        let after = page.moved_on_from(&before).await?;
        ensure!(native::run(&after.hash)?.errors.iter().any(|error| error.class == class), "{after:?} has no {class}");
        Ok(())
    })
    .await
}
