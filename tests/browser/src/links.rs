//! The link is the run: shared, pasted, and broken ones.

use anyhow::{Context, Result, ensure};
use serde_json::json;

use crate::browser::with_page;
use crate::native;

#[tokio::test]
async fn a_copied_link_shows_the_same_run_to_somebody_else() -> Result<()> {
    let shown = with_page(async |page| {
        let before = page.open("p=two-idle").await?;
        page.type_number("idle", "7").await?;
        page.moved_on_from(&before).await
    })
    .await?;
    let theirs = with_page(async |page| page.open(&shown.hash).await).await?;
    ensure!(theirs == shown, "{theirs:?} is not {shown:?}");
    Ok(())
}

#[tokio::test]
async fn a_link_pasted_into_the_open_page_runs() -> Result<()> {
    with_page(async |page| {
        let before = page.open("p=healthy").await?;
        page.driver.execute("location.hash = '#v=1&p=ports'", vec![]).await?;
        let pasted = page.moved_on_from(&before).await?;
        let opened = page.open("#v=1&p=ports").await?;
        ensure!(pasted == opened, "{pasted:?} is not {opened:?}");
        Ok(())
    })
    .await
}

#[tokio::test]
async fn share_puts_the_link_on_the_clipboard() -> Result<()> {
    with_page(async |page| {
        page.open("p=ports").await?;
        let allowed = json!({ "permissions": ["clipboardReadWrite", "clipboardSanitizedWrite"] });
        page.driver.cdp().send_raw("Browser.grantPermissions", allowed).await?;
        page.click("share").await?;
        let read = "const done = arguments[0];
            setTimeout(() => navigator.clipboard.readText().then(done, error => done(String(error))), 300);";
        let copied: String = page.driver.execute_async(read, vec![]).await?.convert()?;
        let link: String = page.js("location.href").await?;
        ensure!(copied == link, "copied `{copied}`, not `{link}`");
        Ok(())
    })
    .await
}

#[tokio::test]
async fn each_fault_of_a_link_is_named_and_the_rest_runs() -> Result<()> {
    with_page(async |page| {
        let shown = page.open("idle=abc&foo=1&rps=999999999&duration=1s&workers=5").await?;
        ensure!(shown.fingerprint.len() == 16, "no run: {shown:?}");
        ensure!(page.number("workers").await? == "5", "the good part of the link was lost");
        let notices: Vec<String> = page
            .js("[...document.querySelectorAll('[data-testid=notice] li')].map(notice => notice.innerText)")
            .await?;
        for key in ["idle", "foo", "rps"] {
            notices
                .iter()
                .find(|notice| notice.contains(key))
                .with_context(|| format!("nothing about {key} in {notices:?}"))?;
        }
        ensure!(notices.len() == 3, "one notice per fault, not {notices:?}");
        Ok(())
    })
    .await
}

/// Chromium ignores all but two hundred changes of the location in ten seconds.
#[tokio::test]
async fn the_location_says_the_link_in_the_end_also_after_more_changes_than_a_browser_takes() -> Result<()> {
    with_page(async |page| {
        page.open("p=healthy&duration=1s").await?;
        page.js::<()>(
            "(slider => {
                for (let step = 1; step <= 150; step++) {
                    slider.value = step % 2 + 3;
                    for (const type of ['input', 'change']) slider.dispatchEvent(new Event(type, { bubbles: true }));
                }
            })(document.querySelector('input[type=range][name=idle]'))",
        )
        .await?;
        page.wait_for("the run", "document.body.dataset.run === 'done'").await?;
        let shown = page.shown().await?;
        ensure!(shown.hash.contains("&idle="), "{shown:?}");
        ensure!(native::run(&shown.hash)?.fingerprint == shown.fingerprint, "not the run of {shown:?}");
        Ok(())
    })
    .await
}
