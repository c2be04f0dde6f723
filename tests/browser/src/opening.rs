//! The first ten seconds.

use anyhow::{Context, Result, ensure};
use serde::Deserialize;
use serde_json::json;

use crate::browser::{with_page, with_page_at};
use crate::native;

#[derive(Deserialize)]
struct ErrorRow {
    class: String,
    count: u64,
    text: String,
}

#[tokio::test]
async fn the_first_view_is_the_incident_already_run() -> Result<()> {
    with_page(async |page| {
        let shown = page.open("").await?;
        ensure!(shown.hash.contains("p=incident"), "not the incident: {shown:?}");
        ensure!(!page.text("headline").await?.is_empty(), "no headline");
        Ok(())
    })
    .await
}

#[tokio::test]
async fn the_errors_are_the_native_ones_with_their_exact_go_text() -> Result<()> {
    with_page(async |page| {
        let shown = page.open("p=incident").await?;
        let rows: Vec<ErrorRow> = page
            .js("[...document.querySelectorAll('[data-testid=errors] [data-class]')].map(row =>
                    ({ class: row.dataset.class, count: Number(row.dataset.count), text: row.innerText }))")
            .await?;
        let report = native::run(&shown.hash)?;
        ensure!(!report.errors.is_empty(), "an incident without errors");
        for error in &report.errors {
            let row =
                rows.iter().find(|row| row.class == error.class).with_context(|| format!("no row for {error:?}"))?;
            ensure!(row.count == error.count, "{} is not the count of {error:?}", row.count);
            let cause = error.text.rsplit(": ").next().unwrap_or_default();
            ensure!(row.text.contains(cause), "`{}` lacks `{cause}`", row.text);
        }
        let failed: u64 = rows.iter().map(|row| row.count).sum();
        ensure!(failed == report.requests.failed, "the rows add up to {failed}: {report:?}");
        for (testid, count) in [("ok-count", report.requests.ok), ("failed-count", report.requests.failed)] {
            let text = page.text(testid).await?;
            let digits: String = text.chars().filter(char::is_ascii_digit).collect();
            ensure!(digits == count.to_string(), "{testid} shows {text}, not {count}");
        }
        Ok(())
    })
    .await
}

#[tokio::test]
async fn the_page_also_runs_at_the_root_of_its_host() -> Result<()> {
    with_page_at("/", &[], async |page| page.open("p=healthy").await.map(drop)).await
}

#[tokio::test]
async fn opened_as_a_file_it_says_why_nothing_happens() -> Result<()> {
    with_page(async |page| {
        page.open_as_file().await?;
        let text: String = page.js("document.body.innerText").await?;
        ensure!(text.contains("does not start") && text.contains("web server"), "it says: {text}");
        page.forget_errors().await?;
        page.open("p=healthy").await?;
        let text: String = page.js("document.body.innerText").await?;
        ensure!(!text.contains("does not start"), "the page that started says: {text}");
        Ok(())
    })
    .await
}

#[tokio::test]
async fn an_engine_that_is_not_there_is_said_to_be_missing() -> Result<()> {
    with_page(async |page| {
        page.block("*.wasm").await?;
        page.paste("p=healthy").await?;
        page.wait_for("the reason", "document.body.innerText.includes('could not be loaded')").await?;
        page.forget_errors().await
    })
    .await
}

#[tokio::test]
async fn without_the_explainer_there_is_a_run_and_the_scene_says_why_it_is_empty() -> Result<()> {
    with_page(async |page| {
        // What a worker loads is not the page's to block.
        let lost = "window.Worker = class extends Worker { constructor() { super('nowhere.js'); } };";
        page.driver.cdp().send_raw("Page.addScriptToEvaluateOnNewDocument", json!({ "source": lost })).await?;
        page.open("p=incident").await?;
        let said = "document.elementFromPoint(...(box => [box.x + box.width / 2, box.y + box.height * .34])
            (document.querySelector('.scene').getBoundingClientRect()))?.innerText ?? ''";
        page.wait_for("the reason, in its place", &format!("({said}).includes('could not be loaded')")).await?;
        let charts: usize = page.js("document.querySelectorAll('.charts .chart canvas').length").await?;
        ensure!(charts == 4, "{charts} charts");
        page.forget_errors().await
    })
    .await
}
