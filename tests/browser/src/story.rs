//! The story of a request: in place of the charts, as a chart and as a table, with the keyboard.

use anyhow::{Result, ensure};
use thirtyfour::Key;

use crate::accessibility::violations;
use crate::browser::with_page;
use crate::native;
use crate::page::Page;

/// What has the focus is an event, and the playhead stands at its instant.
const FOLLOWS: &str = "document.activeElement.dataset.instant !== undefined && 0.001 > Math.abs(\
    document.querySelector('[data-testid=playhead]').valueAsNumber - document.activeElement.dataset.instant / 1e6)";

async fn open(page: &Page) -> Result<()> {
    page.wait_for("a request to explain", "document.querySelector('[data-testid=story-button]')").await?;
    page.click("story-button").await?;
    page.wait_for("the story", "document.querySelector('[data-testid=story]')").await
}

#[tokio::test]
async fn it_opens_from_the_row_and_escape_gives_the_focus_back() -> Result<()> {
    with_page(async |page| {
        for (width, height) in [(1280, 720), (390, 844)] {
            page.resize(width, height).await?;
            page.open("p=incident").await?;
            if width < 640 {
                page.js::<()>("[...document.querySelectorAll('.panes button')].at(-1).click()").await?;
            }
            open(page).await?;
            page.wait_for("the focus in it", "document.activeElement.id === 'story-back'").await?;
            let figures: usize = page.js("document.querySelectorAll('figure').length").await?;
            ensure!(figures == 0, "{figures} charts beside the story");
            page.press(Key::Escape).await?;
            let is_back =
                "document.activeElement.dataset.testid === 'story-button' && !document.querySelector('.tale')";
            page.wait_for("the focus where it was", is_back).await?;
        }
        Ok(())
    })
    .await
}

#[tokio::test]
async fn chart_and_table_have_the_packets_of_the_history() -> Result<()> {
    with_page(async |page| {
        for link in ["p=incident", "p=restart", "p=retry-storm", "p=two-idle", "p=accept-queue"] {
            let shown = page.open(link).await?;
            open(page).await?;
            let request: String = page.js("document.querySelector('[data-testid=story]').dataset.request").await?;
            let packets = native::packets(&shown.hash, &request)?;
            ensure!(packets > 0, "{link}: no packets");
            for form in [".sequence", ".events"] {
                let drawn: Vec<String> = page
                    .js(&format!("[...document.querySelectorAll('{form} [data-packet]')].map(e => e.dataset.packet)"))
                    .await?;
                ensure!(drawn.len() == packets, "{link}, {form}: {} of {packets}", drawn.len());
            }
            page.screenshot(&format!("story-{}", link.trim_start_matches("p="))).await?;
        }
        Ok(())
    })
    .await
}

#[tokio::test]
async fn arrow_keys_go_from_event_to_event_and_the_playhead_with_them() -> Result<()> {
    with_page(async |page| {
        page.open("p=incident").await?;
        open(page).await?;
        for form in [".sequence", ".events"] {
            if form == ".events" {
                page.click("story-form").await?;
            }
            page.focus(&format!("{form} [data-instant][tabindex='0']")).await?;
            page.press(Key::Home).await?;
            page.wait_for("the first event", FOLLOWS).await?;
            let mut before: f64 = page.js("Number(document.activeElement.dataset.instant)").await?;
            for key in [Key::Down, Key::Right, Key::Down] {
                page.press(key).await?;
                page.wait_for("the next event", FOLLOWS).await?;
                let at: f64 = page.js("Number(document.activeElement.dataset.instant)").await?;
                ensure!(at >= before, "{form}: {at} after {before}");
                before = at;
            }
            page.press(Key::End).await?;
            page.wait_for("the last event", FOLLOWS).await?;
            let here =
                format!("[...document.querySelectorAll('{form} [data-instant]')].indexOf(document.activeElement)");
            let (last, all): (usize, usize) = (
                page.js(&here).await?,
                page.js(&format!("document.querySelectorAll('{form} [data-instant]').length")).await?,
            );
            ensure!(last + 1 == all, "{form}: {last} of {all}");
            page.press(Key::Up).await?;
            page.wait_for("the event before", &format!("{here} === {}", last - 1)).await?;
            let stops: usize =
                page.js(&format!("document.querySelectorAll('{form} [tabindex=\"0\"][data-instant]').length")).await?;
            ensure!(stops == 1, "{form}: {stops} tab stops");
        }
        Ok(())
    })
    .await
}

#[tokio::test]
async fn axe_finds_nothing_serious_in_it() -> Result<()> {
    with_page(async |page| {
        let mut found = Vec::new();
        for (width, height) in [(1280, 720), (390, 844)] {
            page.resize(width, height).await?;
            for theme in ["light", "dark"] {
                page.open(&format!("p=incident&theme={theme}")).await?;
                if width < 640 {
                    page.js::<()>("[...document.querySelectorAll('.panes button')].at(-1).click()").await?;
                }
                open(page).await?;
                for form in ["chart", "table"] {
                    let violations = violations(page).await?;
                    found.extend(
                        violations.into_iter().map(|found| format!("{width}x{height} {theme} {form}: {found}")),
                    );
                    page.screenshot(&format!("story-{width}-{theme}-{form}")).await?;
                    page.click("story-form").await?;
                }
            }
        }
        ensure!(found.is_empty(), "barriers: {found:#?}");
        Ok(())
    })
    .await
}

/// A story may be screens long.
#[tokio::test]
async fn it_opens_at_its_root_and_has_ways_to_root_and_end() -> Result<()> {
    with_page(async |page| {
        for link in ["p=phantoms", "p=retry-storm"] {
            page.open(link).await?;
            open(page).await?;
            for (form, root) in [(".sequence", ".sequence .root"), (".events", ".events .root")] {
                let in_view = |event: &str| {
                    format!(
                        "((event, box) => event.top >= box.top && event.bottom <= box.bottom)(
                            document.querySelector('{event}').getBoundingClientRect(),
                            document.querySelector('.tale .answer').getBoundingClientRect())"
                    )
                };
                page.wait_for(&format!("{link}: the root of {form}"), &in_view(root)).await?;
                for (name, event) in [("End", format!("{form} [data-outcome]")), ("Root", root.to_string())] {
                    page.js::<()>(&format!(
                        "[...document.querySelectorAll('.tale header button')]
                            .find(button => button.innerText === '{name}').click()"
                    ))
                    .await?;
                    page.wait_for(&format!("{link}: {name}"), &in_view(&event)).await?;
                    page.wait_for("the playhead there", FOLLOWS).await?;
                }
                page.click("story-form").await?;
            }
        }
        Ok(())
    })
    .await
}
