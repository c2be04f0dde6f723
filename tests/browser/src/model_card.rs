//! The model card: reached, read, left, and about the run that is shown.

use anyhow::{Context, Result, ensure};
use serde::Deserialize;
use thirtyfour::Key;

use crate::browser::with_page;
use crate::native;
use crate::page::Page;

#[derive(Debug, Deserialize)]
struct Row {
    check: String,
    verdict: String,
    text: String,
}

const ROWS: &str = "[...document.querySelectorAll('[data-testid=model-card] [data-check]')].map(row =>
    ({ check: row.dataset.check, verdict: row.dataset.verdict, text: row.innerText }))";
const IS_OPEN: &str = "document.querySelector('[data-testid=model-card]')";
const FOCUSED: &str = "document.activeElement.dataset.testid ?? document.activeElement.ariaLabel ?? ''";

async fn open_card(page: &Page) -> Result<Vec<Row>> {
    page.click("model-card-button").await?;
    page.wait_for("the model card", IS_OPEN).await?;
    page.js(ROWS).await
}

#[tokio::test]
async fn the_card_shows_the_checks_of_the_run_as_the_command_line_has_them() -> Result<()> {
    with_page(async |page| {
        for link in ["p=incident", "p=retry-storm"] {
            let shown = page.open(link).await?;
            let rows = open_card(page).await?;
            let native = native::run(&shown.hash)?.checks;
            ensure!(native.len() > 8 && rows.len() == native.len(), "{link}: {rows:?}");
            for check in &native {
                let row = rows.iter().find(|row| row.check == check.id).with_context(|| format!("no {}", check.id))?;
                ensure!(row.verdict == check.verdict, "{link}: {row:?}, but natively {}", check.verdict);
                ensure!(row.text.contains(&check.title), "{row:?} lacks its title");
                // Told in words, not by a colour.
                let word = if row.verdict == "not-applicable" { "does not apply" } else { &row.verdict };
                ensure!(row.text.contains(word), "{row:?} does not say {word}");
            }
        }
        let text = page.text("model-card").await?;
        ensure!(text.contains("Not modelled") && text.contains("Congestion control"), "what is left out: {text}");
        Ok(())
    })
    .await
}

#[tokio::test]
async fn the_card_opens_and_closes_by_keyboard_and_gives_the_focus_back() -> Result<()> {
    with_page(async |page| {
        page.open("p=healthy").await?;
        page.focus("[data-testid=model-card-button]").await?;
        page.press(Key::Enter).await?;
        page.wait_for("the model card", IS_OPEN).await?;
        ensure!(page.js::<String>(FOCUSED).await? == "Close", "the focus is not in the card");
        page.press(Key::Escape).await?;
        page.wait_for("the page without the card", &format!("!{IS_OPEN}")).await?;
        let focused: String = page.js(FOCUSED).await?;
        ensure!(focused == "model-card-button", "the focus is on {focused:?}");
        Ok(())
    })
    .await
}

#[tokio::test]
async fn the_card_fits_a_phone() -> Result<()> {
    with_page(async |page| {
        page.resize(390, 844).await?;
        page.open("p=incident").await?;
        page.js::<()>(
            "[...document.querySelectorAll('.panes button')].find(tab => tab.innerText === 'Change').click()",
        )
        .await?;
        page.wait_for("the settings", "document.querySelector('.left').clientWidth > 0").await?;
        open_card(page).await?;
        let wide: u32 = page
            .js("Math.max(...[...document.querySelectorAll('[data-testid=model-card] *')]
                    .map(element => Math.ceil(element.getBoundingClientRect().right)))")
            .await?;
        ensure!(wide <= 390, "something ends at {wide} pixels");
        Ok(())
    })
    .await
}
