//! The right column: why, what cures it, sockets, summary, and a visitor's own error.

use anyhow::{Result, ensure};
use serde_json::json;
use thirtyfour::Key;

use crate::browser::with_page;
use crate::hostile::drop_file;
use crate::native;
use crate::page::Page;

/// The run at the playhead is known.
const KNOWN: &str = "document.querySelector('.transport').ariaBusy === 'false'";

/// The instants of the chain, in milliseconds.
const CHAIN: &str = "[...document.querySelectorAll('[data-testid=why] li')].map(event => Number(event.dataset.atMs))";

/// Where the playhead stands, in milliseconds.
const AT_MS: &str = "document.querySelector('[data-testid=playhead]').valueAsNumber";

async fn wait_for_chain(page: &Page) -> Result<Vec<f64>> {
    page.wait_for("the chain", "document.querySelector('[data-testid=why] li')").await?;
    page.js(CHAIN).await
}

async fn wait_for_fix(page: &Page) -> Result<()> {
    page.wait_for("the remedies", "document.querySelector('[data-testid=fix]')").await
}

async fn click_on(page: &Page, selector: &str) -> Result<()> {
    page.js(&format!("document.querySelector({}).click()", json!(selector))).await
}

#[tokio::test]
async fn an_answer_is_whole_wherever_it_comes_to_stand() -> Result<()> {
    with_page(async |page| {
        page.open("p=incident&duration=25s").await?;
        wait_for_chain(page).await?;
        // From row to row, faster than anything is explained: what was said before stands in the next one meanwhile.
        page.js::<()>(
            "[0, 1, 2].forEach(() => document.querySelectorAll('.err > button').forEach(row => row.click()))",
        )
        .await?;
        page.wait_for("one open row with its chain", "document.querySelector('.err.sel [data-testid=why] li')").await
    })
    .await
}

#[tokio::test]
async fn every_class_of_every_preset_has_a_chain_that_ends_at_its_error() -> Result<()> {
    with_page(async |page| {
        let presets = native::presets()?;
        ensure!(presets.len() > 10, "{presets:?}");
        for preset in presets {
            let shown = page.open(&format!("p={preset}")).await?;
            let report = native::run(&shown.hash)?;
            for error in &report.errors {
                let class = &error.class;
                let row = format!(".err[data-class={class}] > button");
                page.js::<()>(&format!("document.querySelector('{row}[aria-expanded=false]')?.click()")).await?;
                let is_its =
                    format!("document.querySelector('.err.sel [data-testid=why]')?.dataset.error === '{class}'");
                page.wait_for(&format!("{preset}: the chain of {class}"), &is_its).await?;
                let chain: Vec<f64> = page.js(CHAIN).await?;
                ensure!((3..=8).contains(&chain.len()), "{preset}: {class}: {chain:?}");
                ensure!(chain.is_sorted(), "{preset}: {class}: {chain:?}");
                let last = chain[chain.len() - 1];
                ensure!((last - error.first_ms).abs() < 0.001, "{preset}: {class}: {last} is not {}", error.first_ms);
                let roots: usize = page.js("document.querySelectorAll('[data-testid=why] .root').length").await?;
                ensure!(roots == 1, "{preset}: {class}: {roots} root causes");
            }
        }
        Ok(())
    })
    .await
}

#[tokio::test]
async fn an_event_moves_the_playhead_and_the_stepper_goes_to_another_failure() -> Result<()> {
    with_page(async |page| {
        page.open("p=incident").await?;
        let chain = wait_for_chain(page).await?;
        click_on(page, "[data-testid=why] li:first-child button").await?;
        page.wait_for("the first event", &format!("Math.abs({AT_MS} - {}) < 0.001 && {KNOWN}", chain[0])).await?;
        click_on(page, ".ask [aria-label='Next failure']").await?;
        let is_later = format!("{CHAIN}.length && {CHAIN}.at(-1) > {}", chain[chain.len() - 1]);
        page.wait_for("the next chain", &is_later).await?;
        let chain: Vec<f64> = page.js(CHAIN).await?;
        page.wait_for("its error", &format!("Math.abs({AT_MS} - {}) < 0.001", chain[chain.len() - 1])).await
    })
    .await
}

#[tokio::test]
async fn trying_the_cure_is_a_new_link_with_fewer_failures() -> Result<()> {
    with_page(async |page| {
        let before = page.open("p=incident").await?;
        let failed = native::run(&before.hash)?.requests.failed;
        wait_for_fix(page).await?;
        let promised = page.text("fix").await?;
        page.click("try").await?;
        let after = page.moved_on_from(&before).await?;
        let report = native::run(&after.hash)?;
        let left = report.requests.failed;
        ensure!(left < failed, "{failed} before, {left} after");
        let digits: String = promised.chars().filter(|c| *c != ',').collect();
        ensure!(digits.contains(&format!("all failures {failed} → {left}")), "{promised}");
        page.wait_for("the difference", "document.querySelector('[data-testid=difference]')").await?;
        let difference: Vec<String> = page
            .js("[...document.querySelectorAll('[data-testid=difference] tr:nth-child(3) td')]
                    .map(cell => cell.innerText.replaceAll(',', ''))")
            .await?;
        ensure!(difference[..2] == [failed.to_string(), left.to_string()], "{difference:?}");
        page.driver.back().await?;
        page.comes_to_show(&before).await?;
        page.wait_for("no difference", "!document.querySelector('[data-testid=difference]')").await
    })
    .await
}

#[tokio::test]
async fn the_sockets_are_those_of_the_command_line_at_the_playhead() -> Result<()> {
    with_page(async |page| {
        let shown = page.open("p=incident&t=1s").await?;
        page.focus("#panel-Errors").await?;
        page.press(Key::Right).await?;
        let says = async |at: &str, of: &[&str]| {
            let expected = json!(native::sockets(&shown.hash, at, of)?);
            let sockets = "document.querySelector('[data-testid=sockets]')?.textContent";
            page.wait_for(&format!("the sockets of {of:?} at {at}"), &format!("{sockets} === {expected}")).await
        };
        says("1s", &["--server"]).await?;
        page.focus("[data-testid=playhead]").await?;
        page.press(Key::Right).await?;
        says("1100ms", &["--server"]).await?;
        page.js::<()>(
            "(host => { host.value = '0'; host.dispatchEvent(new Event('change', { bubbles: true })); })
                (document.querySelector('[data-testid=host]'))",
        )
        .await?;
        // The command line prints the counters of the kernel behind both hosts, or behind the one that is asked.
        says("1100ms", &["--client", "1"]).await
    })
    .await
}

#[tokio::test]
async fn the_summary_is_that_of_the_run() -> Result<()> {
    with_page(async |page| {
        let shown = page.open("p=incident").await?;
        page.focus("#panel-Errors").await?;
        page.press(Key::End).await?;
        page.wait_for("the summary", "document.querySelector('[data-testid=summary]')").await?;
        let text: String = page.js("document.querySelector('[data-testid=summary] pre').textContent").await?;
        ensure!(text == native::summary(&shown.hash)?, "{text}");
        let report = native::run(&shown.hash)?;
        let seen = page.text("summary").await?.replace(',', "");
        for number in [report.requests.ok, report.requests.failed, report.errors[0].count] {
            ensure!(seen.contains(&number.to_string()), "no {number} in {seen}");
        }
        ensure!(seen.contains("✗ http_req_failed"), "{seen}");
        Ok(())
    })
    .await
}

#[tokio::test]
async fn a_pasted_line_opens_a_run_that_shows_it_and_nonsense_does_not() -> Result<()> {
    with_page(async |page| {
        let before = page.open("p=healthy").await?;
        page.focus("#pasted").await?;
        page.press("hello").await?;
        let says = "document.querySelector('[data-testid=diagnosis]').innerText";
        page.wait_for("that it is not known", &format!("{says}.startsWith('Not recognised.')")).await?;
        page.js::<()>("document.activeElement.select()").await?;
        page.press("read tcp 10.0.0.1:4->10.0.1.1:80: read: connection reset by peer").await?;
        page.wait_for("a cause", "document.querySelector('[data-testid=diagnosis] button')").await?;
        let class: String = page.js("document.querySelector('[data-testid=diagnosis] li').dataset.class").await?;
        click_on(page, "[data-testid=diagnosis] button").await?;
        let after = page.moved_on_from(&before).await?;
        ensure!(native::run(&after.hash)?.errors.iter().any(|error| error.class == class), "{after:?} has no {class}");
        Ok(())
    })
    .await
}

#[tokio::test]
async fn a_copied_text_is_that_of_the_chosen_form() -> Result<()> {
    with_page(async |page| {
        page.open("p=incident").await?;
        wait_for_fix(page).await?;
        for (form, has) in [("sysctl", "needs no kernel setting"), ("go", "package main"), ("ss", "ss -lnt")] {
            click_on(page, &format!(".snippet [value={form}]")).await?;
            let copy = "[...document.querySelectorAll('.snippet [data-copy]')].filter(button => button.clientHeight)";
            let visible: usize = page.js(&format!("{copy}.length")).await?;
            ensure!(visible == 1, "{form}: {visible} buttons");
            page.js::<()>(
                "(navigator.clipboard.writeText = text => { window.copied = text; return Promise.resolve(); }, null)",
            )
            .await?;
            page.js::<()>(&format!("{copy}[0].click()")).await?;
            page.wait_for("the copied text", &format!("window.copied?.includes('{has}')")).await?;
        }
        Ok(())
    })
    .await
}

/// What is said to those who do not see the page.
const SAID: &str = "document.querySelector('[data-testid=note]').textContent";

#[tokio::test]
async fn one_live_region_tells_the_run_the_selection_and_the_diagnosis() -> Result<()> {
    with_page(async |page| {
        page.open("p=healthy").await?;
        let regions: usize =
            page.js("document.querySelectorAll('[aria-live], [role=status], [role=alert]').length").await?;
        ensure!(regions == 1, "{regions} live regions");
        page.wait_for("the run in a sentence", &format!("/ok, 0 failed.*\\.$/.test({SAID})")).await?;
        page.focus("#pasted").await?;
        page.press("EOF").await?;
        page.wait_for("the diagnosis in a sentence", &format!("{SAID}.startsWith('Likely causes: ')")).await?;
        page.follow("p=incident").await?;
        click_on(page, ".err:not(.sel) > button").await?;
        page.wait_for("the selection in a sentence", &format!("/^Why did #\\d+ fail\\? Root cause: /.test({SAID})"))
            .await
    })
    .await
}

#[tokio::test]
async fn a_projector_shows_the_root_cause_in_one_sentence() -> Result<()> {
    with_page(async |page| {
        page.open("p=incident&view=projector").await?;
        page.wait_for("the chain", "document.querySelector('[data-testid=why] li')").await?;
        let text: String =
            page.js("document.querySelector('.projector .why').innerText.replaceAll('\\n', ' ')").await?;
        ensure!(text.starts_with("Why? ") && text.contains("meet room for 320/s"), "{text}");
        Ok(())
    })
    .await
}

/// The box grows with what it holds, and its answer can be seen.
#[tokio::test]
async fn many_lines_can_be_pasted_and_the_answer_is_in_view() -> Result<()> {
    with_page(async |page| {
        page.open("p=healthy").await?;
        let first: bool = page
            .js("document.querySelector('#panel-panel').firstElementChild.contains(document.querySelector('#pasted'))")
            .await?;
        ensure!(first, "the box does not stand first");
        page.js::<()>(
            "(box => { box.value = 'one\\ntwo\\nread: connection reset by peer\\nfour\\nfive\\nsix';
                box.dispatchEvent(new Event('input', { bubbles: true })); })(document.querySelector('#pasted'))",
        )
        .await?;
        page.wait_for("a cause", "document.querySelector('[data-testid=diagnosis] button')").await?;
        let lines: bool = page.js("document.querySelector('#pasted').clientHeight >= 90").await?;
        ensure!(lines, "six lines are not to be seen");
        let seen: bool = page
            .js("document.querySelector('[data-testid=diagnosis] li').getBoundingClientRect().top < innerHeight")
            .await?;
        ensure!(seen, "the answer is not in view");
        // Behind the answer stands a run; its row is what is in view then.
        // An element's scrollTo() answers with a promise in newer browsers.
        page.js::<()>("void document.querySelector('#panel-panel').scrollTo(0, 1e6)").await?;
        click_on(page, "[data-testid=diagnosis] [data-link]").await?;
        let in_view = "(row => row && row.top >= 0 && row.top < innerHeight - 40)
            (document.querySelector('.err.sel')?.getBoundingClientRect())";
        page.wait_for("the row of the error", in_view).await
    })
    .await
}

#[tokio::test]
async fn a_file_is_read_wherever_it_is_dropped_and_a_program_is_refused_by_name() -> Result<()> {
    with_page(async |page| {
        for view in ["p=healthy&duration=1s", "view=start"] {
            page.open(view).await?;
            let says = "document.querySelector('[data-testid=diagnosis]').innerText";
            // The line that tells stands behind what one slice holds.
            let log = "ok\n".repeat(100_000) + "read: connection reset by peer\n";
            drop_file(page, "access.log", &log).await?;
            page.wait_for("its causes", "document.querySelector('[data-testid=diagnosis] [data-link]')").await?;
            ensure!(page.text("diagnosis").await?.contains("reset"), "{}", page.text("diagnosis").await?);
            drop_file(page, "a.out", "\u{7f}ELF\0\0").await?;
            page.wait_for("the refusal", &format!("{says}.includes('“a.out, 6 bytes” is not a text')")).await?;
            click_on(page, ".paste .file button").await?;
            page.wait_for("an empty box", &format!("{says}.trim() === '' && !document.querySelector('.paste .file')"))
                .await?;
        }
        Ok(())
    })
    .await
}

/// While the first run is computed, nothing is said that its end may prove wrong.
#[tokio::test]
async fn a_run_that_is_not_there_yet_is_told_as_one() -> Result<()> {
    with_page(async |page| {
        page.open("p=healthy&duration=1s").await?;
        page.paste("p=incident&rps=20000&workers=800&duration=600s").await?;
        page.wait_for("the progress", "document.querySelector('.so-far')").await?;
        let row: bool = page.js("Boolean(document.querySelector('.err.sel'))").await?;
        ensure!(!row, "a row is open before anything is known about it");
        let text: String = page.js("document.querySelector('#panel-panel').innerText").await?;
        ensure!(text.contains("So far:") && !text.contains("No request failed"), "{text}");
        Ok(())
    })
    .await
}
