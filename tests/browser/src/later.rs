//! What comes after the first run, when it is there or somebody asks: texts, and the tables behind the charts.

use anyhow::{Result, ensure};

use crate::browser::with_page;
use crate::native;

/// The first numbers of a column of the open table, added up.
fn sum(column: &str) -> String {
    format!(
        "(table => (at => [...table.tBodies[0].rows].reduce((sum, row) =>
            sum + Number(row.cells[at].innerText.replaceAll(',', '')), 0))
            ([...table.tHead.rows[0].cells].findIndex(cell => cell.innerText === '{column}')))
            (document.querySelector('.chart .sheet table'))"
    )
}

/// Presses the word *Table* of a chart.
fn press(chart: &str) -> String {
    format!("document.querySelector('.chart-{chart} summary').click()")
}

#[tokio::test]
async fn the_numbers_behind_a_chart_are_those_of_the_run() -> Result<()> {
    with_page(async |page| {
        for link in ["p=incident", "p=incident&view=embed"] {
            let shown = page.open(link).await?;
            let report = native::run(&shown.hash)?;
            let is_there = |chart: &str| format!("document.querySelector('.chart-{chart} .sheet tbody tr')");
            page.js::<()>(&press("outcomes")).await?;
            page.wait_for("the table", &is_there("outcomes")).await?;
            let [ok, arrived] = [page.js::<u64>(&sum("ok")).await?, page.js::<u64>(&sum("arrived")).await?];
            ensure!((ok, arrived >= ok) == (report.requests.ok, true), "{ok} of {arrived}, not {report:?}");
            page.js::<()>(
                "(navigator.clipboard.writeText = text => { window.copied = text; return Promise.resolve(); }, null)",
            )
            .await?;
            page.js::<()>("document.querySelector('.chart .sheet [data-copy]').click()").await?;
            page.wait_for("a copy with tabs", "window.copied?.includes('arrived\\tok')").await?;
            page.js::<()>(&press("latency")).await?;
            page.wait_for("the other one", &is_there("latency")).await?;
            let open: usize = page.js("document.querySelectorAll('.chart details[open]').length").await?;
            ensure!(open == 1, "{open} tables over each other");
            page.js::<()>(&press("latency")).await?;
            page.wait_for("no table", "!document.querySelector('.chart .sheet table')").await?;
        }
        Ok(())
    })
    .await
}

#[tokio::test]
async fn the_table_of_the_scene_covers_what_is_below_it_in_an_embedded_page_too() -> Result<()> {
    with_page(async |page| {
        page.open("p=incident&view=embed").await?;
        page.wait_for("the scene", "document.querySelector('.scene summary')").await?;
        page.js::<()>("document.querySelector('.scene summary').click()").await?;
        let is_opaque = "getComputedStyle(document.querySelector('.scene .sheet')).position === 'absolute'";
        page.wait_for("its style", is_opaque).await
    })
    .await
}

#[tokio::test]
async fn what_settings_presets_and_errors_mean_comes_after_the_run() -> Result<()> {
    with_page(async |page| {
        page.open("p=phantoms").await?;
        page.wait_for("what happens in it", "document.querySelector('.about p')?.innerText !== undefined").await?;
        let story: String = page.js("document.querySelector('.about p').textContent").await?;
        ensure!(story.contains("workers for 400"), "{story}");
        let tip: String = page.js("document.querySelector('#tip-backlog').textContent").await?;
        ensure!(tip.contains("min(backlog, somaxconn) + 1") && tip.ends_with("Default: 4,096."), "{tip}");
        let described: String = page
            .js("document.querySelector('input[type=range][name=backlog]').getAttribute('aria-describedby')")
            .await?;
        ensure!(described == "tip-backlog", "{described}");
        let general: String = page.js("document.querySelector('.err.sel .detail').textContent").await?;
        ensure!(general.contains("In general"), "{general}");
        Ok(())
    })
    .await
}
