//! The scene shows the world at the playhead, drawn, in a sentence and as a table.

use anyhow::{Result, ensure};

use crate::browser::{with_calm_page, with_page};
use crate::native;
use crate::page::Page;
use crate::playhead::drag_to;

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

/// What it says to those who do not see it.
const SENTENCE: &str = "document.querySelector('[data-chart=scene] canvas').ariaLabel";

/// The classes below the zones: class, failed so far, failed in the whole run.
const TALLIES: &str = "[...document.querySelectorAll('[data-tally]')].map(tally => [
    tally.dataset.tally,
    ...tally.querySelector('i').textContent.split(' of ').map(number => Number(number.replaceAll(',', ''))),
])";

/// Pixels of a response's colour between the hosts.
const RESPONSES: &str = "(canvas => {
    const [from, to] = [canvas.width * .26, canvas.width * .46];
    const pixels = canvas.getContext('2d').getImageData(from, 0, to - from, canvas.height * .8).data;
    let n = 0;
    for (let i = 0; i < pixels.length; i += 4) {
        n += pixels[i] === 0 && pixels[i + 1] === 0x72 && pixels[i + 2] === 0xB2;
    }
    return n;
})(document.querySelector('[data-chart=scene] canvas'))";

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
        let sentence: String = page.js(SENTENCE).await?;
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

#[tokio::test]
async fn at_the_end_the_tallies_are_the_reports_counts() -> Result<()> {
    with_page(async |page| {
        for link in ["p=restart&duration=25s&t=25s", "p=incident&duration=30s&t=30s", "p=ports&duration=46s&t=46s"] {
            let shown = page.open(link).await?;
            page.wait_for("the scene", DRAWN).await?;
            let report = native::run(&shown.hash)?;
            let tallies: Vec<(String, u64, u64)> = page.js(TALLIES).await?;
            ensure!(!report.errors.is_empty(), "{link} fails nowhere");
            for error in &report.errors {
                let expected = (error.class.clone(), error.count, error.count);
                ensure!(tallies.contains(&expected), "{link}: {expected:?} is not in {tallies:?}");
            }
            let sum: u64 = tallies.iter().map(|(_, so_far, _)| so_far).sum();
            ensure!(sum == report.requests.failed, "{link}: {tallies:?} of {}", report.requests.failed);
        }
        Ok(())
    })
    .await
}

#[tokio::test]
async fn a_tally_is_a_button_that_selects_its_class() -> Result<()> {
    with_page(async |page| {
        page.open("p=restart&duration=25s").await?;
        page.wait_for("the scene", DRAWN).await?;
        let open = "document.querySelector('[data-testid=errors] [aria-expanded=true]').closest('li').dataset.class";
        ensure!(page.js::<String>(open).await? == "refused", "the commonest");
        page.js::<()>("document.querySelectorAll('.right [role=tab]')[1].click()").await?;
        page.wait_for("another tab", "!document.querySelector('[data-testid=errors]')").await?;
        page.focus("[data-tally=eof] button").await?;
        page.press(thirtyfour::Key::Enter).await?;
        page.wait_for("the row", &format!("{open} === 'eof'")).await?;
        page.wait_for("the mark", "document.querySelector('[data-tally=eof] button').ariaPressed === 'true'").await
    })
    .await
}

#[tokio::test]
async fn away_and_back_the_scene_is_the_same() -> Result<()> {
    with_page(async |page| {
        page.open("p=incident&t=24500ms").await?;
        page.wait_for("the scene", DRAWN).await?;
        let read = async || -> Result<(String, String)> {
            Ok((page.js(SENTENCE).await?, page.js(&format!("JSON.stringify({TALLIES})")).await?))
        };
        let before = read().await?;
        drag_to(page, 41_000.0).await?;
        let elsewhere = read().await?;
        ensure!(elsewhere.0.starts_with("At 41 s") && elsewhere.1 != before.1, "{elsewhere:?}");
        drag_to(page, 24_500.0).await?;
        let after = read().await?;
        ensure!(before == after, "{before:?} became {after:?}");
        Ok(())
    })
    .await
}

#[tokio::test]
async fn a_calm_scene_steps_and_shows_nothing_on_its_way() -> Result<()> {
    const LINK: &str = "p=healthy&rtt=50ms&theme=light&t=2s";
    with_page(async |page| {
        page.open(LINK).await?;
        page.wait_for("the scene", DRAWN).await?;
        page.wait_for("a response between the hosts", &format!("{RESPONSES} > 0")).await
    })
    .await?;
    with_calm_page(async |page| {
        page.open(LINK).await?;
        page.wait_for("the scene", DRAWN).await?;
        page.wait_for("a picture", "document.querySelector('[data-chart=scene] canvas').toDataURL().length > 9000")
            .await?;
        ensure!(page.js::<u32>(RESPONSES).await? == 0, "a response is drawn between the hosts");
        page.js::<()>(&format!(
            "(speed => {{
                speed.selectedIndex = [...speed.options].findIndex(option => option.text === '1 s per s');
                speed.dispatchEvent(new Event('change', {{ bubbles: true }}));
                const clock = document.querySelector('[data-testid=clock]');
                [window.clocks, window.sentences] = [[], []];
                new MutationObserver(() => {{ clocks.push(clock.innerText); sentences.push({SENTENCE}); }})
                    .observe(clock, {{ subtree: true, childList: true, characterData: true }});
            }})(document.querySelector('[data-testid=speed]'))"
        ))
        .await?;
        let rested: String = page.js(SENTENCE).await?;
        page.click("play").await?;
        page.wait_for("three steps", "clocks.length >= 3").await?;
        page.click("play").await?;
        let clocks: Vec<String> = page.js("clocks").await?;
        // As far as half a second goes at this speed, however slow the machine is.
        for (clock, step) in clocks.iter().zip(1..) {
            let expected = format!("{:.3} s", 2.0 + 0.5 * f64::from(step));
            ensure!(*clock == expected, "{clocks:?} has not {expected}");
        }
        let sentences: Vec<String> = page.js("sentences.slice(0, 3)").await?;
        ensure!(sentences.iter().all(|sentence| *sentence == rested), "it speaks while it plays: {sentences:?}");
        page.wait_for("another sentence", &format!("{SENTENCE} !== {}", serde_json::json!(rested))).await
    })
    .await
}
