//! What a teacher's link does.

use anyhow::{Result, ensure};
use thirtyfour::Key;

use crate::browser::with_page;
use crate::native;

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

#[tokio::test]
async fn what_a_link_hides_is_not_there_in_any_view() -> Result<()> {
    with_page(async |page| {
        page.open("p=incident&hide=cure,headline,presets,settings,latency,sockets,seeds,sweep,paste,story").await?;
        page.wait_for("a reason", "!!document.querySelector('[data-topic=why] li')").await?;
        const GONE: &str = "['[data-topic=cure]', '.headline', '[data-testid=preset]', '.left', '.chart-latency',
            '.chart-sockets', '#panel-Sockets', '[data-testid=sweep]', '.paste', '[data-testid=story-button]']
                .filter(selector => document.querySelector(selector))";
        let there: Vec<String> = page.js(GONE).await?;
        ensure!(there.is_empty(), "{there:?}");
        let wide: bool = page.js("document.querySelector('.app .mid').getBoundingClientRect().left === 0").await?;
        ensure!(wide, "there is a gap where the settings were");

        page.open("p=incident&hide=errors,sockets,summary,scene,outcomes").await?;
        let there: Vec<String> = page
            .js("['.right', '.scene', '.marks li', '.chart-outcomes'].filter(it => document.querySelector(it))")
            .await?;
        ensure!(there.is_empty(), "{there:?}");

        page.open("p=incident&view=projector&hide=why,cure,errors").await?;
        let there: Vec<String> =
            page.js("['.projector .why', '.projector .errors'].filter(it => document.querySelector(it))").await?;
        ensure!(there.is_empty(), "{there:?}");
        Ok(())
    })
    .await
}

#[tokio::test]
async fn everybody_gets_a_run_of_their_own_by_their_name() -> Result<()> {
    with_page(async |page| {
        const LINK: &str = "p=healthy&duration=2s&seed=who&lock=all&unlock=workers";
        page.paste(LINK).await?;
        page.wait_for("the question", "document.activeElement?.id === 'who'").await?;
        ensure!(page.js::<bool>("document.body.dataset.run !== 'done'").await?, "it has run already");
        page.press("Ada Lovelace").await?;
        page.press(Key::Enter + "").await?;
        page.wait_for("the run", "document.body.dataset.run === 'done'").await?;
        let shown = page.shown().await?;
        ensure!(shown.hash.contains("seed=76767") && shown.hash.contains("who=Ada%20Lovelace"), "{shown:?}");
        let whose: String = page.js("document.querySelector('[data-testid=whose]').innerText").await?;
        ensure!(whose == "Ada Lovelace, seed 76767", "{whose}");
        let there = page.open(&shown.hash).await?;
        ensure!(there == shown, "{there:?}, but it was {shown:?}");
        ensure!(native::run(&shown.hash)?.fingerprint == shown.fingerprint, "natively it is another run");
        Ok(())
    })
    .await
}

#[tokio::test]
async fn one_key_shows_the_link_as_a_code_over_everything_and_escape_closes_it() -> Result<()> {
    with_page(async |page| {
        for view in ["", "&view=projector"] {
            page.open(&format!("p=healthy&duration=2s{view}")).await?;
            page.press("q").await?;
            page.wait_for("the code", "!!document.querySelector('#code:popover-open .qr svg')").await?;
            let says: Vec<String> = page
                .js("[document.querySelector('#code .qr svg').getAttribute('aria-label'),
                        document.querySelector('#code .address').innerText, location.href]")
                .await?;
            ensure!(says[0].ends_with(&says[2]) && says[1] == says[2], "{says:?}");
            let height: f64 = page.js("document.querySelector('#code .qr svg').getBoundingClientRect().height").await?;
            ensure!(height > 400.0, "it is {height} pixels high");
            page.press(Key::Escape + "").await?;
            page.wait_for("it to close", "!document.querySelector('#code:popover-open')").await?;
        }
        Ok(())
    })
    .await
}

#[tokio::test]
async fn a_sheet_has_a_code_for_each_group() -> Result<()> {
    with_page(async |page| {
        page.open("p=healthy&duration=2s&seed=4&groups=5").await?;
        page.press("q").await?;
        page.wait_for("the sheet", "document.querySelectorAll('.sheet-of-codes svg').length === 5").await?;
        let said: String = page.js("document.querySelector('.sheet-of-codes li:last-child').innerText").await?;
        ensure!(said.starts_with("Group 5") && said.contains("seed=5&who=5") && !said.contains("seed=4"), "{said}");
        Ok(())
    })
    .await
}

#[tokio::test]
async fn a_wall_can_be_read_from_the_back_row() -> Result<()> {
    with_page(async |page| {
        const LINK: &str =
            "p=incident&workers=17&pin.workers=16&set=workers,service&show=latency,queues&view=projector";
        page.open(LINK).await?;
        page.wait_for("a cure", "!!document.querySelector('.projector .cure')").await?;
        page.wait_for("the verdict", "!!document.querySelector('.projector .verdict')").await?;
        const SMALL: &str = "[...document.querySelectorAll('.projector *')].filter(it => it.checkVisibility() &&
            [...it.childNodes].some(node => node.nodeType === 3 && node.nodeValue.trim()) &&
            !it.closest('.sr, option') && it.getBoundingClientRect().width > 2 &&
            parseFloat(getComputedStyle(it).fontSize) * it.currentCSSZoom < 17.9)
            .map(it => `${it.tagName}.${it.className} ${getComputedStyle(it).fontSize} ${it.innerText.slice(0, 30)}`)";
        let small: Vec<String> = page.js(SMALL).await?;
        ensure!(small.is_empty(), "smaller than 18 pixels: {small:?}");
        let settings: Vec<String> =
            page.js("[...document.querySelectorAll('.projector .row')].map(row => row.dataset.param)").await?;
        ensure!(settings == ["workers", "service"], "{settings:?}");
        let charts: Vec<String> =
            page.js("[...document.querySelectorAll('.projector figure.chart')].map(it => it.dataset.chart)").await?;
        ensure!(charts == ["latency", "queues"], "{charts:?}");
        let stroke: String = page.js("getComputedStyle(document.documentElement).getPropertyValue('--stroke')").await?;
        ensure!(stroke.trim() == "3px", "{stroke}");
        let clock: String = page.js("document.querySelector('.clock b').innerText").await?;
        page.press(Key::PageDown + "").await?;
        let moves = format!("document.querySelector('.clock b').innerText !== '{clock}'");
        page.wait_for("the next error", &moves).await?;
        page.press(Key::Escape + "").await?;
        page.wait_for("the workbench", "!!document.querySelector('.app')").await
    })
    .await
}
