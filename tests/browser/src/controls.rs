//! Every control is a new link and a new run.

use anyhow::{Result, ensure};
use thirtyfour::Key;

use crate::browser::with_page;
use crate::native;
use crate::page::Shown;

fn assert_native(shown: &Shown) -> Result<()> {
    let native = native::run(&shown.hash)?.fingerprint;
    ensure!(shown.fingerprint == native, "{shown:?}, but natively {native}");
    Ok(())
}

#[tokio::test]
async fn an_arrow_key_on_a_slider_runs_a_new_link() -> Result<()> {
    with_page(async |page| {
        let before = page.open("p=two-idle").await?;
        page.press_on_slider("idle", Key::Right).await?;
        let after = page.moved_on_from(&before).await?;
        ensure!(after.hash.contains("idle="), "{after:?}");
        assert_native(&after)
    })
    .await
}

#[tokio::test]
async fn dragging_a_slider_runs_a_new_link_and_moves_its_number() -> Result<()> {
    with_page(async |page| {
        let before = page.open("p=two-idle").await?;
        let number = page.number("idle").await?;
        page.drag_slider("idle", 0.75).await?;
        let after = page.moved_on_from(&before).await?;
        ensure!(after.hash.contains("idle="), "{after:?}");
        ensure!(page.number("idle").await? != number, "the number box still says {number}");
        assert_native(&after)
    })
    .await
}

#[tokio::test]
async fn charts_keep_their_place_while_a_slider_is_held() -> Result<()> {
    with_page(async |page| {
        const HEIGHT: &str = "document.querySelector('.marks').offsetHeight";
        let before = page.open("p=incident").await?;
        let height: f64 = page.js(HEIGHT).await?;
        page.hold_slider("workers", 1.0).await?;
        let held = page.moved_on_from(&before).await?;
        ensure!(page.js::<f64>(HEIGHT).await? == height, "the lane of errors has shrunk during a drag to {held:?}");
        page.let_go().await?;
        page.wait_for("the lane to fit", &format!("{HEIGHT} < {height}")).await
    })
    .await
}

#[tokio::test]
async fn a_typed_number_runs_a_new_link_and_back_undoes_it() -> Result<()> {
    with_page(async |page| {
        let before = page.open("p=healthy").await?;
        let number = page.number("workers").await?;
        page.type_number("workers", "3").await?;
        let after = page.moved_on_from(&before).await?;
        ensure!(after.hash.contains("workers=3"), "{after:?}");
        ensure!(page.number("workers").await? == "3", "the number box forgot what was typed");
        assert_native(&after)?;

        page.driver.back().await?;
        page.comes_to_show(&before).await?;
        ensure!(page.number("workers").await? == number, "the number box did not go back");
        page.driver.forward().await?;
        page.comes_to_show(&after).await
    })
    .await
}
