//! Changes during the run: added, dragged, moved by keys, edited and removed; each is one link and one step of undo.

use anyhow::{Result, ensure};
use serde_json::json;
use thirtyfour::{By, Key};

use crate::accessibility::violations;
use crate::browser::with_page;
use crate::native;
use crate::page::{Page, Shown};

/// What the handles say of themselves.
async fn handles(page: &Page) -> Result<Vec<String>> {
    page.js("[...document.querySelectorAll('[data-testid=handle]')].map(handle => handle.ariaValueText)").await
}

/// Waits for the run of a link that says this, which is the run of the command line.
async fn says(page: &Page, part: &str) -> Result<Shown> {
    let there = format!("document.body.dataset.run === 'done' && location.hash.includes({})", json!(part));
    page.wait_for(&format!("a link with {part}"), &there).await?;
    let shown = page.shown().await?;
    let native = native::run(&shown.hash)?.fingerprint;
    ensure!(shown.fingerprint == native, "{shown:?}, but natively {native}");
    Ok(shown)
}

#[tokio::test]
async fn a_change_is_dragged_along_the_axis_in_one_step_and_compared_with_the_run_before() -> Result<()> {
    with_page(async |page| {
        let before = page.open("p=healthy&duration=10s&workers=10&5s.service=50ms").await?;
        ensure!(handles(page).await? == ["service 50 ms from 5 s"], "{:?}", handles(page).await?);
        let handle = page.driver.find(By::Css("[data-testid=handle]")).await?;
        let a_tenth: f64 = page.js("document.querySelector('.handles').getBoundingClientRect().width / 10").await?;
        let drag = page.driver.action_chain().move_to_element_center(&handle).click_and_hold();
        drag.move_by_offset(-(a_tenth as i64), 0).move_by_offset(-(a_tenth as i64), 0).release().perform().await?;
        // A pixel is about 16 ms.
        page.wait_for("the drop", "/&(3s|30[0-2]0ms|29[89]0ms).service=50ms/.test(location.hash)").await?;
        let after = says(page, ".service=50ms").await?;
        ensure!(!after.hash.contains("5s.service"), "{after:?}");
        page.wait_for("the difference", "/from 5s 50ms/.test(document.querySelector('.tried')?.innerText)").await?;
        let focus: String = page.js("document.activeElement.dataset.testid").await?;
        ensure!(focus == "handle", "{focus}");
        page.driver.back().await?;
        page.comes_to_show(&before).await
    })
    .await
}

#[tokio::test]
async fn keys_move_a_change_say_where_it_is_and_remove_it() -> Result<()> {
    with_page(async |page| {
        page.open("p=healthy&duration=10s&5s.service=50ms&5s.rps=300").await?;
        page.focus("[data-change^=service]").await?;
        for (key, part, said) in [
            (Key::Right, "&5010ms.service=50ms", "service 50 ms from 5.01 s"),
            (Key::PageUp, "&5110ms.service=50ms", "service 50 ms from 5.11 s"),
            (Key::Home, "&0s.service=50ms", "service 50 ms from 0 s"),
            (Key::End, "&9990ms.service=50ms", "service 50 ms from 9.99 s"),
        ] {
            page.press(key).await?;
            says(page, part).await?;
            let text: String = page.js("document.activeElement.ariaValueText").await?;
            ensure!(text == said, "{text}");
        }
        ensure!(handles(page).await?.contains(&"rps 300 from 5 s".to_string()), "{:?}", handles(page).await?);
        page.press(Key::Delete).await?;
        let left = says(page, "&5s.rps=300").await?;
        ensure!(!left.hash.contains("service"), "{left:?}");
        page.driver.back().await?;
        says(page, "&9990ms.service=50ms").await.map(drop)
    })
    .await
}

#[tokio::test]
async fn a_change_is_added_from_the_axis_edited_and_removed_and_what_cannot_be_read_is_named() -> Result<()> {
    with_page(async |page| {
        let opened = page.open("p=healthy&duration=12s").await?;
        page.click("add-on-axis").await?;
        page.wait_for("the form", "document.activeElement.id === 'draft-at'").await?;
        page.js::<()>("document.activeElement.select()").await?;
        page.press("soon").await?;
        page.press(Key::Enter).await?;
        page.wait_for("a word", "/soon/.test(document.querySelector('.draft [role=alert]')?.innerText)").await?;
        ensure!(page.shown().await? == opened, "a change that cannot be read was made");
        page.js::<()>("document.activeElement.select()").await?;
        page.press("7").await?;
        page.press(Key::Enter).await?;
        says(page, "&7s.service=20ms").await?;
        // What is half scrolled out of its column has no visible label for axe.
        page.js::<()>("void (document.querySelector('.groups').scrollTop = 0)").await?;
        let barriers = violations(page).await?;
        ensure!(barriers.is_empty(), "{barriers:?}");

        const VALUE: &str = "[data-testid=change] .num:nth-of-type(2)";
        page.focus(VALUE).await?;
        page.js::<()>("document.activeElement.select()").await?;
        page.press("80").await?;
        page.press(Key::Enter).await?;
        says(page, "&7s.service=80ms").await?;
        page.js::<()>("document.querySelector('[data-testid=change] [title=Remove]').click()").await?;
        page.comes_to_show(&opened).await?;
        ensure!(handles(page).await?.is_empty(), "{:?}", handles(page).await?);
        Ok(())
    })
    .await
}

#[tokio::test]
async fn a_change_of_a_preset_can_be_removed() -> Result<()> {
    with_page(async |page| {
        let before = page.open("p=incident&duration=25s").await?;
        page.focus("[data-testid=handle]").await?;
        page.press(Key::Delete).await?;
        let after = page.moved_on_from(&before).await?;
        ensure!(after.hash.contains("p=incident") && after.hash.ends_with("&20s.service="), "{after:?}");
        ensure!(native::run(&after.hash)?.fingerprint == after.fingerprint, "{after:?}");
        page.driver.back().await?;
        page.comes_to_show(&before).await
    })
    .await
}

#[tokio::test]
async fn a_setting_that_does_nothing_says_why_and_what_acts_stands_in_its_place() -> Result<()> {
    with_page(async |page| {
        const SEEN: &str = "[...document.querySelectorAll('.left [data-param]')]
            .filter(row => row.checkVisibility()).map(row => row.dataset.param)";
        page.open("p=stale-keepalive&duration=5s").await?;
        let seen: Vec<String> = page.js(SEEN).await?;
        ensure!(seen.starts_with(&["callers".into(), "think".into()]) && !seen.contains(&"rps".into()), "{seen:?}");
        let why: String = page.js("document.querySelector('[data-param=rps] .why').textContent").await?;
        ensure!(why == "not used: load is closed", "{why}");
        page.open("p=jitter&duration=5s").await?;
        let seen: Vec<String> = page.js(SEEN).await?;
        ensure!(seen.starts_with(&["burst".into(), "burst-every".into()]), "{seen:?}");
        Ok(())
    })
    .await
}
