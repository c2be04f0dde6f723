//! What a teacher's link does.

use anyhow::{Result, ensure};

use crate::browser::with_page;

#[tokio::test]
async fn what_a_link_locks_says_so_and_cannot_be_moved() -> Result<()> {
    with_page(async |page| {
        page.open("p=accept-queue&idle=7&lock=all&unlock=workers").await?;
        let inert: bool = page
            .js("[...document.querySelectorAll('.row')].filter(row => row.dataset.param !== 'workers').every(row =>
                    row.matches('.locked') && row.querySelector('.lock') && !row.querySelector('.reset') &&
                    [...row.querySelectorAll('input, select')].every(control => control.disabled))")
            .await?;
        ensure!(inert, "something that is locked can be changed");
        let free: bool = page
            .js("!document.querySelector('[data-param=workers]').matches('.locked') &&
                !document.querySelector('[data-param=workers] input').disabled")
            .await?;
        ensure!(free, "workers are locked");
        let rest: [f64; 4] = page
            .js("['[data-do=seed]', '.handle', '[data-do=remove]', '[data-testid=locked-change]']
                    .map(selector => document.querySelectorAll(selector).length)")
            .await?;
        ensure!(rest[..3] == [0.0; 3] && rest[3] > 0.0, "{rest:?}");
        let before = page.shown().await?;
        page.type_number("workers", "3").await?;
        let after = page.moved_on_from(&before).await?;
        ensure!(after.hash.contains("workers=3") && after.hash.contains("idle=7"), "{after:?}");
        ensure!(after.hash.ends_with("&lock=all&unlock=workers"), "{after:?}");
        Ok(())
    })
    .await
}

#[tokio::test]
async fn a_cure_that_would_change_what_is_locked_says_why_it_cannot_be_tried() -> Result<()> {
    with_page(async |page| {
        page.open("p=incident&lock=all&unlock=idle").await?;
        page.wait_for("a cure", "!!document.querySelector('[data-testid=try]')").await?;
        page.wait_for("all changes tried", "document.querySelectorAll('[data-testid=trials] [data-link]').length > 2")
            .await?;
        let said: Vec<(bool, String)> = page
            .js("[...document.querySelectorAll('.answer [data-link]')].map(button => [button.disabled, button.title])")
            .await?;
        ensure!(said.iter().any(|(disabled, why)| *disabled && why.contains("is locked in this link")), "{said:?}");
        let presets: [f64; 2] = page
            .js("[':disabled', ':not(:disabled)'].map(state =>
                    document.querySelectorAll(`[data-testid=preset] option${state}`).length)")
            .await?;
        ensure!(presets[0] > presets[1], "{presets:?}");
        Ok(())
    })
    .await
}
