//! Time in the page: one playhead over all charts, moved by pointer, keys, buttons and link.

use anyhow::{Result, ensure};
use serde_json::json;
use thirtyfour::{By, Key};

use crate::browser::with_page;
use crate::native;
use crate::page::Page;

/// Failures from 2 s on, with calm before.
const STALL: &str = "duration=6s&rps=300&timeout=400ms&backlog=16&abort-on-overflow=on&2s.accepting=off\
     &2900ms.accepting=on";

/// The run at the playhead is known.
const KNOWN: &str = "document.querySelector('.transport').ariaBusy === 'false'";

/// The playhead in milliseconds, exact to where browsers are.
const AT_MS: &str = "document.querySelector('[data-testid=playhead]').valueAsNumber";

/// Everything that is read at the playhead.
async fn readouts(page: &Page) -> Result<Vec<String>> {
    page.js(
        "[...document.querySelectorAll('[data-testid=clock], [data-testid=moment], .readouts')].map(e => e.innerText)",
    )
    .await
}

/// Moves the slider as a drag does: many steps, one end.
pub async fn drag_to(page: &Page, ms: f64) -> Result<()> {
    page.focus("[data-testid=playhead]").await?;
    page.js::<()>(&format!(
        "(playhead => {{
            const value = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value');
            for (const at of [0, {ms} / 2, {ms}]) {{
                value.set.call(playhead, String(at));
                playhead.dispatchEvent(new Event('input', {{ bubbles: true }}));
            }}
            playhead.dispatchEvent(new Event('change', {{ bubbles: true }}));
        }})(document.activeElement)"
    ))
    .await?;
    rests_at(page, ms / 1e3).await
}

/// Waits until the playhead stands there and the run at that instant is known.
async fn rests_at(page: &Page, s: f64) -> Result<()> {
    let says = json!(format!("{s:.3} s"));
    let there = format!("document.querySelector('[data-testid=clock]').innerText === {says} && {KNOWN}");
    page.wait_for(&format!("the playhead at {s} s"), &there).await
}

async fn clock_s(page: &Page) -> Result<f64> {
    Ok(page.text("clock").await?.trim_end_matches(" s").parse()?)
}

/// Requests that have failed at the playhead.
async fn failed(page: &Page) -> Result<u64> {
    let text = page.text("moment").await?;
    Ok(text.split(' ').next().unwrap_or_default().replace(',', "").parse()?)
}

/// Does something that moves the playhead, and waits until it has come to rest somewhere else; in milliseconds.
async fn moved(page: &Page, does: impl AsyncFnOnce() -> Result<()>) -> Result<f64> {
    let before: f64 = page.js(AT_MS).await?;
    does().await?;
    page.wait_for("the playhead at rest elsewhere", &format!("{AT_MS} !== {before} && {KNOWN}")).await?;
    page.js(AT_MS).await
}

#[tokio::test]
async fn a_run_opens_at_its_first_failure_and_the_link_does_not_say_so() -> Result<()> {
    with_page(async |page| {
        let shown = page.open("p=incident").await?;
        page.wait_for("the run at the playhead", KNOWN).await?;
        let report = native::run(&shown.hash)?;
        let first_ms = report.errors.iter().map(|error| error.first_ms).fold(f64::INFINITY, f64::min);
        let at_ms: f64 = page.js(AT_MS).await?;
        ensure!((at_ms - first_ms).abs() < 0.001, "{at_ms} is not {first_ms}");
        ensure!(failed(page).await? == 1, "{}", page.text("moment").await?);
        ensure!(!shown.hash.contains("t="), "{shown:?}");
        Ok(())
    })
    .await
}

#[tokio::test]
async fn away_and_back_reads_the_same() -> Result<()> {
    with_page(async |page| {
        page.open("p=incident").await?;
        drag_to(page, 31_234.0).await?;
        let before = readouts(page).await?;
        ensure!(before.len() == 6, "{before:?}");
        drag_to(page, 2_000.0).await?;
        ensure!(readouts(page).await? != before, "nothing has moved");
        drag_to(page, 55_555.0).await?;
        drag_to(page, 31_234.0).await?;
        let after = readouts(page).await?;
        ensure!(after == before, "{after:?} is not {before:?}");
        Ok(())
    })
    .await
}

#[tokio::test]
async fn next_error_lands_on_the_very_error_and_back_again() -> Result<()> {
    with_page(async |page| {
        page.open(&format!("{STALL}&t=1s")).await?;
        let first = moved(page, async || page.click("next-error").await).await?;
        ensure!(failed(page).await? == 1, "not the first: {}", page.text("moment").await?);
        ensure!((2_000.0..3_000.0).contains(&first), "{first}");
        let second = moved(page, async || page.click("next-error").await).await?;
        let at_second = failed(page).await?;
        ensure!(second > first && at_second > 1, "{at_second} failed at {second} ms");
        let back = moved(page, async || page.click("previous-error").await).await?;
        ensure!(back == first, "{back} is not {first}");
        let before_it = moved(page, async || page.click("step-back").await).await?;
        ensure!(before_it < first && failed(page).await? == 0, "one event earlier nothing had failed");
        moved(page, async || page.click("step").await).await?;
        ensure!(failed(page).await? == 1, "one event on it has");
        page.wait_for("the instant in the link", "/[&]t=2[0-9]+(ns|us|ms)/.test(location.hash)").await
    })
    .await
}

#[tokio::test]
async fn keys_move_it_wherever_the_focus_is_but_not_where_one_types() -> Result<()> {
    with_page(async |page| {
        page.open(&format!("{STALL}&t=1s")).await?;
        ensure!(page.js::<bool>("document.activeElement === document.body").await?, "nothing has the focus yet");
        page.wait_for("the run at the playhead", KNOWN).await?;
        page.press(Key::Right).await?;
        rests_at(page, 1.1).await?;
        for (key, s) in [(Key::Right, 2.1), (Key::Left, 1.1)] {
            let held = page.driver.action_chain().key_down(Key::Shift).send_keys(key).key_up(Key::Shift);
            held.perform().await?;
            rests_at(page, s).await?;
        }
        let error = moved(page, async || page.press("n").await).await?;
        ensure!(failed(page).await? == 1 && error > 2_000.0, "{error}");
        let event = moved(page, async || page.press(".").await).await?;
        ensure!(event > error, "{event} is before {error}");
        moved(page, async || page.press(",").await).await?;
        ensure!(failed(page).await? == 1, "back on the error");

        page.press("?").await?;
        page.wait_for("the sheet", "document.querySelector('#shortcuts').matches(':popover-open')").await?;
        page.press(Key::Escape).await?;
        page.wait_for("no sheet", "!document.querySelector('#shortcuts').matches(':popover-open')").await?;

        page.press(" ").await?;
        page.wait_for("the playhead on its way", "document.querySelector('[aria-label=Pause]')").await?;
        page.press(" ").await?;
        page.wait_for("the playhead at rest", &format!("document.querySelector('[aria-label=Play]') && {KNOWN}"))
            .await?;

        let before = clock_s(page).await?;
        page.press_on_slider("rps", Key::Left).await?;
        page.wait_for("the run", "/rps=/.test(location.hash) && document.body.dataset.run === 'done'").await?;
        ensure!(clock_s(page).await? == before, "an arrow key of a slider moved the playhead");
        page.focus(".find input").await?;
        page.press("n.").await?;
        let search: String = page.js("document.activeElement.value").await?;
        ensure!(search == "n." && clock_s(page).await? == before, "a key in the search moved the playhead");
        Ok(())
    })
    .await
}

#[tokio::test]
async fn keys_of_one_character_stay_switched_off_until_they_are_switched_on_again() -> Result<()> {
    with_page(async |page| {
        page.open(&format!("{STALL}&t=1s")).await?;
        rests_at(page, 1.0).await?;
        press_letters(page).await?;
        for reload in [false, true] {
            if reload {
                page.driver.refresh().await?;
                page.wait_for("the run at the playhead", KNOWN).await?;
            }
            for key in ["n", ".", "?"] {
                page.press(key).await?;
            }
            ensure!(!page.js::<bool>("document.querySelector('#shortcuts').matches(':popover-open')").await?, "`?`");
            rests_at(page, 1.0).await?;
            page.press(Key::Right).await?;
            rests_at(page, 1.1).await?;
            page.press(Key::Left).await?;
            page.wait_for("the link's instant", "location.hash.endsWith('t=1s')").await?;
        }
        rests_at(page, 1.0).await?;
        press_letters(page).await?;
        ensure!(moved(page, async || page.press("n").await).await? > 2_000.0, "they are switched on");
        Ok(())
    })
    .await
}

/// Presses the switch for keys of one character, in their sheet, and closes that.
async fn press_letters(page: &Page) -> Result<()> {
    page.js::<()>("document.querySelector('#help').click()").await?;
    page.wait_for("the sheet", "document.querySelector('#shortcuts').matches(':popover-open')").await?;
    page.js::<()>("document.querySelector('#letters').click()").await?;
    page.press(Key::Escape).await?;
    page.wait_for("no sheet", "!document.querySelector('#shortcuts').matches(':popover-open')").await?;
    page.js::<()>("document.activeElement.blur()").await
}

#[tokio::test]
async fn a_click_on_a_chart_moves_it_and_hovering_only_reads() -> Result<()> {
    with_page(async |page| {
        page.open(&format!("{STALL}&t=1s")).await?;
        rests_at(page, 1.0).await?;
        let at_rest = readouts(page).await?;
        let canvas = page.driver.find(By::Css("[data-chart=queues] canvas")).await?;
        // The middle of the chart is the middle of the run.
        page.driver.action_chain().move_to_element_center(&canvas).perform().await?;
        page.wait_for("the pointer's time", "document.querySelector('.pointer')?.innerText.startsWith('3.0')").await?;
        let hovered = readouts(page).await?;
        ensure!(hovered[0] == at_rest[0] && hovered[1..] != at_rest[1..], "{hovered:?} beside {at_rest:?}");
        let at = moved(page, async || Ok(page.driver.action_chain().click().perform().await?)).await?;
        ensure!((at - 3_000.0).abs() < 20.0, "{at}");
        page.wait_for("the instant in the link", "/[&]t=(3s|29|30)/.test(location.hash)").await?;
        let focus: String = page.js("document.activeElement.dataset.testid ?? ''").await?;
        ensure!(focus == "playhead", "the keys are elsewhere: {focus}");
        Ok(())
    })
    .await
}

#[tokio::test]
async fn a_mark_on_the_lane_goes_to_the_first_of_its_class_and_opens_its_row() -> Result<()> {
    with_page(async |page| {
        let shown = page.open("p=incident&t=1s").await?;
        let report = native::run(&shown.hash)?;
        let rarest = report.errors.last().unwrap_or(&report.errors[0]);
        let marks = "[...document.querySelectorAll('.marks button')]";
        let count = json!(rarest.count.to_string());
        page.js::<()>(&format!("{marks}.find(e => e.innerText.replaceAll(',', '').includes({count})).click()")).await?;
        rests_at(page, rarest.first_ms.round() / 1e3).await?;
        let class = json!(rarest.class);
        page.wait_for("its row", &format!("document.querySelector('.err.sel').dataset.class === {class}")).await
    })
    .await
}

#[tokio::test]
async fn it_plays_pauses_and_says_where() -> Result<()> {
    with_page(async |page| {
        page.open("p=healthy&t=1s").await?;
        page.click("play").await?;
        page.wait_for("time to pass", &format!("{AT_MS} > 1200")).await?;
        let hash: String = page.js("location.hash").await?;
        ensure!(hash.contains("t=1s"), "the link changes while it plays: {hash}");
        page.click("play").await?;
        page.wait_for("a pause", &format!("document.querySelector('[data-testid=play]').title === 'Play' && {KNOWN}"))
            .await?;
        let at = clock_s(page).await?;
        let note: String = page.js("document.querySelector('[data-testid=note]').textContent").await?;
        ensure!(note.starts_with(&format!("{at:.3} s: ")), "{note} at {at}");
        page.wait_for("the instant in the link", "!/[&]t=1s/.test(location.hash)").await?;
        ensure!(clock_s(page).await? == at, "it does not stand still");
        Ok(())
    })
    .await
}

#[tokio::test]
async fn the_links_instant_opens_there_and_is_no_part_of_the_run() -> Result<()> {
    with_page(async |page| {
        let plain = page.open("p=two-idle").await?;
        let there = page.open("p=two-idle&t=12345678us").await?;
        ensure!(there.fingerprint == plain.fingerprint, "{there:?} is another run than {plain:?}");
        ensure!(there.hash == format!("{}&t=12345678us", plain.hash), "{there:?}");
        ensure!(page.text("clock").await? == "12.346 s", "{}", page.text("clock").await?);

        // Another setting, the same instant.
        page.type_number("idle", "7").await?;
        let other = page.moved_on_from(&there).await?;
        ensure!(other.hash.contains("t=12345678us"), "{other:?}");
        ensure!(page.text("clock").await? == "12.346 s", "{}", page.text("clock").await?);

        page.open("p=two-idle&t=later").await?;
        let notice = page.text("notice").await?;
        ensure!(notice.contains("t=later"), "{notice}");
        Ok(())
    })
    .await
}

#[tokio::test]
async fn a_phone_has_the_playhead_in_a_bar_that_stays() -> Result<()> {
    with_page(async |page| {
        page.resize(390, 844).await?;
        page.open("p=incident").await?;
        for scroll in [0, 300] {
            page.js::<()>(&format!("void scrollTo(0, {scroll})")).await?;
            let seen: bool = page
                .js("['playhead', 'play', 'next-error'].every(id => {
                        const box = document.querySelector(`[data-testid=${id}]`).getBoundingClientRect();
                        return box.height >= 40 && box.top > 600 && box.bottom <= innerHeight;
                    })")
                .await?;
            ensure!(seen, "not in the bar at the bottom when scrolled by {scroll}");
        }
        drag_to(page, 40_000.0).await
    })
    .await
}

#[tokio::test]
async fn the_scene_fits_above_the_bar() -> Result<()> {
    with_page(async |page| {
        page.open("p=incident").await?;
        let scene: f64 = page.js("document.querySelector('.scene').getBoundingClientRect().height").await?;
        ensure!(scene == 262.0, "the scene is {scene} high");
        let plots: Vec<f64> = page.js("[...document.querySelectorAll('.plot')].map(plot => plot.clientHeight)").await?;
        let axis: f64 = page.js("document.querySelector('.axis').getBoundingClientRect().bottom").await?;
        ensure!(plots.iter().all(|height| *height >= 24.0) && axis <= 720.0, "{plots:?}, the axis ends at {axis}");
        Ok(())
    })
    .await
}
