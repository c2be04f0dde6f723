//! Workers that compute runs: that they do, that one that dies is replaced, and that a hidden page rests.

use anyhow::{Result, ensure};
use serde::Deserialize;

use crate::browser::with_page;
use crate::native;
use crate::page::Page;

/// Keeps the workers that compute runs, and what each is told, in `window.told`; to be evaluated once.
const LISTEN: &str = "(() => {
    window.told = [];
    const { postMessage } = Worker.prototype;
    Worker.prototype.postMessage = function (message, ...rest) {
        // A task is its number and a link; one without is to stop.
        if (Array.isArray(message) && (message.length === 0 || typeof message[0] === 'number')) {
            window.told.push({ worker: this, link: message[1] });
        }
        return postMessage.call(this, message, ...rest);
    };
})()";

/// The links that workers were told to compute.
const LINKS: &str = "window.told.filter(({ link }) => link).map(({ link }) => link)";

/// Opens a page whose next run a worker computes.
pub async fn open(page: &Page, link: &str) -> Result<()> {
    page.open(link).await?;
    page.js::<()>(LISTEN).await?;
    have_worked(page, 1).await
}

/// Waits until so many workers have computed a run. One is there soon after the first run, and listens a moment later;
/// until then the page computes itself.
async fn have_worked(page: &Page, workers: usize) -> Result<()> {
    for seed in 100..160 {
        page.follow(&format!("duration=1s&seed={seed}")).await?;
        if page.js::<usize>("new Set(window.told.map(({ worker }) => worker)).size").await? >= workers {
            return Ok(());
        }
    }
    anyhow::bail!("not {workers} workers have computed a run")
}

#[tokio::test]
async fn a_worker_computes_the_run_of_a_change_and_it_is_that_of_the_command_line() -> Result<()> {
    with_page(async |page| {
        open(page, "p=healthy&duration=1s").await?;
        for link in ["v=1&p=incident&duration=25s", "v=1&p=incident&duration=25s&workers=5"] {
            let shown = page.follow(link).await?;
            ensure!(page.js::<String>(&format!("{LINKS}.at(-1)")).await? == link);
            let report = native::run(link)?;
            ensure!(shown.fingerprint == report.fingerprint, "{shown:?}");
            let failed: u64 = page.text("failed-count").await?.replace([',', ' '], "").replace("failed", "").parse()?;
            ensure!(failed == report.requests.failed, "{failed}");
        }
        let tasks: usize = page.js(&format!("{LINKS}.length")).await?;
        page.follow("v=1&p=incident&duration=25s").await?;
        ensure!(page.js::<usize>(&format!("{LINKS}.length")).await? == tasks, "it was known");
        Ok(())
    })
    .await
}

#[tokio::test]
async fn a_worker_that_dies_is_replaced_and_its_run_is_computed_again() -> Result<()> {
    with_page(async |page| {
        open(page, "p=healthy&duration=1s").await?;
        // In the instant in which it is told to compute this one.
        page.js::<()>(
            "(() => {
                const { postMessage } = Worker.prototype;
                Worker.prototype.postMessage = function (message, ...rest) {
                    if (message?.[1]?.includes?.('seed=77')) {
                        Worker.prototype.postMessage = postMessage;
                        this.terminate();
                        this.dispatchEvent(new Event('error'));
                        return;
                    }
                    return postMessage.call(this, message, ...rest);
                };
            })()",
        )
        .await?;
        let shown = page.follow("p=healthy&duration=1s&seed=77").await?;
        ensure!(shown.fingerprint == native::run("p=healthy&duration=1s&seed=77")?.fingerprint, "{shown:?}");
        have_worked(page, 2).await
    })
    .await
}

#[tokio::test]
async fn a_hidden_page_computes_nothing_until_it_is_seen() -> Result<()> {
    with_page(async |page| {
        open(page, "p=healthy&duration=1s").await?;
        let hide = |hidden| {
            format!(
                "(Object.defineProperty(document, 'hidden', {{ configurable: true, value: {hidden} }}), \
                 document.dispatchEvent(new Event('visibilitychange')), null)"
            )
        };
        page.js::<()>(&hide(true)).await?;
        page.paste("p=healthy&duration=1s&seed=78").await?;
        tokio::time::sleep(std::time::Duration::from_millis(500)).await;
        ensure!(page.js::<String>("document.body.dataset.run").await? == "busy");
        page.js::<()>(&hide(false)).await?;
        page.wait_for("the run", "document.body.dataset.run === 'done'").await
    })
    .await
}

/// What was seen of a drag.
#[derive(Debug, Deserialize)]
struct Drag {
    /// Steps after which, in the frame in which the thumb was there, the page did not show the run of its link.
    late: usize,
    steps: usize,
    tasks: usize,
}

#[tokio::test]
async fn a_drag_through_a_dead_zone_computes_nothing_and_shows_each_step_in_its_frame() -> Result<()> {
    with_page(async |page| {
        open(page, "p=healthy&duration=1s").await?;
        page.follow("p=healthy&duration=10s").await?;
        let zone = "[data-param=workers] .zone";
        page.wait_for("the zone", &format!("document.querySelector('{zone}') !== null")).await?;
        let drag: Drag = page
            .js("(async () => {
                 const slider = document.querySelector('input[type=range][name=workers]');
                 const [from, last] = [Number(slider.value), Number(slider.max)];
                 const before = window.told.length;
                 let late = 0;
                 for (let at = from; at <= last; at++) {
                     slider.value = at;
                     slider.dispatchEvent(new InputEvent('input', { bubbles: true }));
                     await new Promise(requestAnimationFrame);
                     late += document.querySelector('.charts').ariaBusy !== 'false';
                 }
                 slider.dispatchEvent(new Event('change', { bubbles: true }));
                 const tasks = window.told.slice(before).filter(({ link }) => link).length;
                 return { late, steps: last - from + 1, tasks };
                 })()")
            .await?;
        ensure!(drag.late == 0 && drag.steps > 10, "{drag:?}");
        let shown = page.shown().await?;
        ensure!(shown.hash.ends_with("workers=10000"), "{shown:?}");
        ensure!(shown.fingerprint == native::run(&shown.hash)?.fingerprint, "{shown:?}");
        ensure!(drag.tasks <= 1, "what lies on the other side of the thumb may have been foreseen: {drag:?}");
        Ok(())
    })
    .await
}
