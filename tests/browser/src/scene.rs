//! The scene shows the world at the playhead, drawn, in a sentence and as a table.

use anyhow::{Result, ensure};

use crate::browser::with_page;
use crate::native;
use crate::page::Page;

/// The scene shows the run at the playhead.
const DRAWN: &str =
    "document.querySelector('.transport').ariaBusy === 'false' && document.querySelector('[data-chart=scene] canvas')";

/// A row of its table: the number, and the limit if there is one.
async fn row(page: &Page, name: &str) -> Result<Vec<String>> {
    page.js(&format!(
        "[...[...document.querySelectorAll('[data-chart=scene] tbody tr')]
            .find(row => row.cells[0].textContent === '{name}').cells].slice(1).map(cell => cell.textContent)"
    ))
    .await
}

/// How many colours the canvas has: one if it is blank.
async fn colours(page: &Page) -> Result<u32> {
    page.js("(canvas => new Set(new Uint32Array(canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height)
            .data.buffer)).size)(document.querySelector('[data-chart=scene] canvas'))")
        .await
}

#[tokio::test]
async fn at_the_first_failure_the_accept_queue_is_at_the_reports_peak() -> Result<()> {
    with_page(async |page| {
        let shown = page.open("p=incident").await?;
        page.wait_for("the scene", DRAWN).await?;
        let peaks = native::run(&shown.hash)?.peaks;
        ensure!(peaks.accept_queue == 129 && peaks.busy_workers == 16, "{peaks:?}");
        let queue = row(page, "Server kernel: accept queue").await?;
        ensure!(queue == [peaks.accept_queue.to_string(), "129".into()], "{queue:?}");
        let workers = row(page, "Server program: workers").await?;
        ensure!(workers == [peaks.busy_workers.to_string(), "16".into()], "{workers:?}");
        let sentence: String = page.js("document.querySelector('[data-chart=scene] canvas').ariaLabel").await?;
        ensure!(sentence.contains("accept queue 129 of 129"), "{sentence}");
        Ok(())
    })
    .await
}

#[tokio::test]
async fn it_is_drawn_anew_for_another_instant_theme_and_size() -> Result<()> {
    with_page(async |page| {
        const PICTURE: &str = "document.querySelector('[data-chart=scene] canvas').toDataURL()";
        let mut pictures: Vec<String> = Vec::new();
        for link in ["p=incident&theme=light", "p=incident&theme=dark", "p=incident&theme=dark&t=10s"] {
            page.open(link).await?;
            page.wait_for("the scene", DRAWN).await?;
            page.wait_for("a picture", &format!("{PICTURE}.length > 9000")).await?;
            ensure!(colours(page).await? > 20, "{link} is blank");
            pictures.push(page.js(PICTURE).await?);
        }
        page.resize(390, 844).await?;
        page.wait_for("another width", "document.querySelector('[data-chart=scene] canvas').width < 400").await?;
        ensure!(colours(page).await? > 20, "a phone's is blank");
        pictures.push(page.js(PICTURE).await?);
        pictures.sort();
        pictures.dedup();
        ensure!(pictures.len() == 4, "only {} of 4 pictures differ", pictures.len());
        Ok(())
    })
    .await
}
