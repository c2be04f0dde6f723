//! What can be taken away from the page, and the views for others.

use std::fs;
use std::time::Duration;

use anyhow::{Result, bail, ensure};
use serde_json::json;
use tempfile::TempDir;
use thirtyfour::Key;

use crate::browser::with_page;
use crate::native;
use crate::page::Page;

/// The clipboard, as the page uses it: a test looks at what was put there.
const TAKEN: &str = "(() => {
    navigator.clipboard.writeText = text => { window.copied = text; return Promise.resolve(); };
    return null;
})()";

/// A folder into which the browser puts what is downloaded.
pub struct Downloads(TempDir);

impl Downloads {
    pub async fn of(page: &Page) -> Result<Downloads> {
        let folder = tempfile::tempdir()?;
        let allow = json!({ "behavior": "allow", "downloadPath": folder.path() });
        page.driver.cdp().send_raw("Browser.setDownloadBehavior", allow).await?;
        Ok(Downloads(folder))
    }

    /// What is in the file whose name ends so, once it is there.
    pub async fn wait_for(&self, end: &str) -> Result<Vec<u8>> {
        for _ in 0..200 {
            for file in fs::read_dir(self.0.path())? {
                let path = file?.path();
                // Until a download is complete it has another name.
                if path.to_string_lossy().ends_with(end) {
                    return Ok(fs::read(path)?);
                }
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        bail!("no file that ends in {end} was downloaded")
    }

    /// The same; afterwards it is not there any more.
    pub async fn take(&self, name: &str) -> Result<Vec<u8>> {
        let content = self.wait_for(name).await?;
        fs::remove_file(self.0.path().join(name))?;
        Ok(content)
    }
}

/// Width and height of a PNG.
pub fn png_size(bytes: &[u8]) -> Result<(u32, u32)> {
    ensure!(bytes.starts_with(b"\x89PNG\r\n\x1A\n") && bytes.len() > 20_000, "{} bytes are no picture", bytes.len());
    let number = |at: usize| bytes[at..at + 4].iter().fold(0, |number, byte| number << 8 | u32::from(*byte));
    Ok((number(16), number(20)))
}

async fn press_in_menu(page: &Page, item: &str) -> Result<()> {
    let item = json!(format!("#shares [data-testid='{item}']"));
    page.wait_for(&format!("{item}"), &format!("document.querySelector({item})?.disabled === false")).await?;
    page.js(&format!("document.querySelector({item}).click()")).await
}

#[tokio::test]
async fn a_key_opens_the_menu_and_a_ticket_is_copied_from_it() -> Result<()> {
    with_page(async |page| {
        let shown = page.open("p=incident").await?;
        page.js::<()>(TAKEN).await?;
        page.wait_for("the chain", "document.querySelector('[data-testid=why] li')").await?;
        page.wait_for("the cure", "document.querySelector('[data-testid=try]')").await?;
        page.focus("[data-testid=playhead]").await?;
        page.press("s").await?;
        page.wait_for("the menu", "document.querySelector('#shares').matches(':popover-open')").await?;
        press_in_menu(page, "ticket").await?;
        page.wait_for("the ticket", "window.copied").await?;
        let ticket: String = page.js("window.copied").await?;
        let report = native::run(&shown.hash)?;
        for part in ["simulated, not measured", "Why did #", &shown.hash, &shown.fingerprint, "| Error | Count |"] {
            ensure!(ticket.contains(part), "no {part} in {ticket}");
        }
        ensure!(ticket.replace(',', "").contains(&format!("| {} |", report.errors[0].count)), "{ticket}");
        let place: String = page.js("location.href.split('#')[0] + '#'").await?;
        ensure!(ticket.replace(&place, "") == native::markdown(&shown.hash)?, "{ticket}");
        press_in_menu(page, "embed").await?;
        page.wait_for("the code", "window.copied.includes('view=embed')").await?;
        press_in_menu(page, "document").await?;
        let picture = format!("connlab-incident-{}-picture.png", &shown.fingerprint[..8]);
        page.wait_for("Markdown", &format!("window.copied.includes(']({picture})]({place}v=1&p=incident')")).await?;
        page.press(Key::Escape).await?;
        page.wait_for("no menu", "!document.querySelector('#shares').matches(':popover-open')").await
    })
    .await
}

#[tokio::test]
async fn files_are_those_of_the_command_line() -> Result<()> {
    with_page(async |page| {
        let shown = page.open("p=restart&duration=25s").await?;
        let downloads = Downloads::of(page).await?;
        page.wait_for("the chain", "document.querySelector('[data-testid=why] li')").await?;
        page.click("share-menu").await?;
        let of_request: String = page.js("document.querySelector('[data-with^=request-]').dataset.with").await?;
        let request = of_request.trim_start_matches("request-").trim_end_matches(".pcapng");
        for (item, arguments) in [
            ("series.csv", &["run", "--csv", "series"][..]),
            ("requests.csv", &["run", "--csv", "requests"]),
            ("report.json", &["run", "--json"]),
            ("run.pcapng", &["pcap"]),
            (&of_request, &["pcap", "--request", request]),
        ] {
            press_in_menu(page, item).await?;
            let file = downloads.wait_for(item).await?;
            ensure!(file == native::file(&shown.hash, arguments)?, "{item} differs");
        }
        press_in_menu(page, "picture").await?;
        let (width, height) = png_size(&downloads.wait_for("picture.png").await?)?;
        ensure!(width == 1920 && height > 1000, "{width}x{height} has no room for four charts");
        Ok(())
    })
    .await
}

#[tokio::test]
async fn a_chart_is_handed_out_with_what_is_pinned_and_as_pixels_for_a_slide() -> Result<()> {
    with_page(async |page| {
        let shown = page.open("p=incident&duration=25s&pin.idle=9").await?;
        let downloads = Downloads::of(page).await?;
        page.js::<()>("document.querySelector('[data-table=latency] summary').click()").await?;
        for (name, arguments) in [("latency.svg", &[][..]), ("latency-dark.svg", &["--dark"])] {
            let button = format!("document.querySelector('[data-table=latency] [data-with=\"{name}\"]')");
            page.wait_for(name, &button).await?;
            page.js::<()>(&format!("{button}.click()")).await?;
            let svg = downloads.wait_for(name).await?;
            let same = native::file(&shown.hash, &[&["chart", "latency"], arguments].concat())?;
            ensure!(svg == same, "{name} differs");
        }
        for (name, size) in [("latency.png", None), ("latency-slide.png", Some((1920, 1080)))] {
            page.js::<()>(&format!("document.querySelector('[data-with=\"{name}\"]').click()")).await?;
            let (width, height) = png_size(&downloads.wait_for(name).await?)?;
            ensure!(width == 1920 && size.is_none_or(|size| size == (width, height)), "{name}: {width}x{height}");
        }
        Ok(())
    })
    .await
}

#[tokio::test]
async fn what_cannot_be_captured_is_said_in_the_menu() -> Result<()> {
    with_page(async |page| {
        // Twenty at once, of which one has the only connection until all give up.
        page.open("load=burst&burst=20&burst-every=1s&max-conns=1&timeout=90ms&service=900ms&duration=1s").await?;
        page.wait_for("the chain", "document.querySelector('[data-testid=why] li')").await?;
        page.click("share-menu").await?;
        // The first one had it, the second one takes it over.
        for item in ["request-2.pcapng", "request-3.pcapng"] {
            page.js::<()>("[...document.querySelectorAll('[data-do=case]:not([disabled])')].at(-1).click()").await?;
            page.wait_for(item, &format!("document.querySelector('[data-with=\"{item}\"]')")).await?;
        }
        press_in_menu(page, "request-3.pcapng").await?;
        page.wait_for("why", "document.querySelector('#shares').innerText.includes('never had a connection')").await
    })
    .await
}

#[tokio::test]
async fn thresholds_are_typed_and_stand_in_the_link() -> Result<()> {
    with_page(async |page| {
        page.open("p=incident").await?;
        page.js::<()>("document.querySelector('#panel-Summary').click()").await?;
        page.wait_for("the summary", "document.querySelector('[data-testid=summary]')").await?;
        page.focus("[data-testid=slo]").await?;
        page.press("max:2s, p98:1s").await?;
        page.press(Key::Tab).await?;
        page.wait_for("the link", "location.hash.includes('&slo=max:2s,p98:1s')").await?;
        let says = "document.querySelector('[data-testid=summary]').innerText";
        page.wait_for("the verdict", &format!("{says}.includes(\"'max<=2000'\")")).await?;
        ensure!(page.js::<String>(says).await?.contains("p98 is not one of fail"), "the unknown one is named");
        let text: String = page.js("document.querySelector('[data-testid=summary] pre').textContent").await?;
        ensure!(text == native::summary(&page.shown().await?.hash)?, "{text}");
        Ok(())
    })
    .await
}

#[tokio::test]
async fn a_projector_has_a_title_larger_text_a_remote_and_a_way_out() -> Result<()> {
    with_page(async |page| {
        page.open("p=incident&view=projector").await?;
        let title: String = page.js("document.querySelector('.projector h1').innerText").await?;
        ensure!(title.starts_with("The incident"), "{title}");
        page.wait_for("the cure", "document.querySelector('.projector [data-testid=try]')?.clientHeight > 0").await?;
        page.wait_for("its slider", "document.querySelector('.projector [name=workers]')").await?;
        let height = "document.querySelector('.projector h1').getBoundingClientRect().height";
        let before: f64 = page.js(height).await?;
        page.focus("[data-testid=playhead]").await?;
        page.press("+").await?;
        page.wait_for("larger text", &format!("{height} > {before} && location.hash.includes('size=20')")).await?;
        let at = "document.querySelector('[data-testid=playhead]').valueAsNumber";
        let first: f64 = page.js(at).await?;
        page.press(Key::PageDown).await?;
        page.wait_for("the next event", &format!("{at} > {first}")).await?;
        page.press(Key::PageUp).await?;
        page.wait_for("the event before", &format!("{at} <= {first}")).await?;
        page.press(Key::Escape).await?;
        page.wait_for("the workbench", "document.querySelector('.app') && !location.hash.includes('view=')").await
    })
    .await
}

#[tokio::test]
async fn an_embedded_page_has_room_for_a_chart_and_leads_to_the_playground() -> Result<()> {
    with_page(async |page| {
        page.resize(480, 320).await?;
        page.open("p=incident&view=embed&chart=latency").await?;
        let plot: f64 = page.js("document.querySelector('.chart-latency .plot').clientHeight").await?;
        ensure!(plot > 60.0, "{plot} pixels are no chart");
        ensure!(page.js::<usize>("document.querySelectorAll('.chart').length").await? == 1, "only what is named");
        let ends: f64 = page.js("document.querySelector('.axis').getBoundingClientRect().bottom").await?;
        ensure!(ends <= 320.5, "the axis ends at {ends}");
        let link: String = page.js("document.querySelector('[data-testid=playground]').getAttribute('href')").await?;
        ensure!(link.contains("p=incident") && !link.contains("view="), "{link}");
        page.resize(900, 760).await?;
        page.open("p=incident&view=embed").await?;
        page.wait_for("the scene", "document.querySelector('.embed .scene canvas')?.clientHeight > 100").await?;
        page.wait_for("the playhead", "document.querySelector('.embed .now')").await
    })
    .await
}

/// Everything that can be pressed and is seen, but does not fit into the window's width.
const CUT: &str = "[...document.querySelectorAll('button, a, select, input, summary')].filter(one => {
    const box = one.getBoundingClientRect();
    const isSeen = box.width > 1 && box.height > 1 && !one.closest('.tale .answer, .sheet');
    return isSeen && (box.right > innerWidth + 1 || box.left < -1);
}).map(one => one.outerHTML.slice(0, 80))";

#[tokio::test]
async fn on_small_screens_nothing_that_can_be_pressed_is_cut_and_a_story_has_room() -> Result<()> {
    with_page(async |page| {
        for (width, height) in [(320, 568), (390, 844), (640, 360), (844, 390)] {
            page.resize(width, height).await?;
            page.open("p=incident").await?;
            page.wait_for("the chain", "document.querySelector('[data-testid=why] li')").await?;
            for pane in 0..if width <= 640 { 3 } else { 1 } {
                page.js::<()>(&format!("document.querySelectorAll('.panes button')[{pane}]?.click()")).await?;
                let cut: Vec<String> = page.js(CUT).await?;
                ensure!(cut.is_empty(), "at {width}x{height}, part {pane}: {cut:?}");
            }
            page.js::<()>("document.querySelector('#story').click()").await?;
            page.wait_for("the story", "document.querySelector('[data-topic=story][aria-busy=false] svg')").await?;
            let room: f64 = page.js("document.querySelector('.tale .answer').clientHeight").await?;
            ensure!(room > 200.0, "at {width}x{height} a story has {room} pixels");
        }
        Ok(())
    })
    .await
}

#[tokio::test]
async fn the_port_of_a_peer_is_in_view_and_the_sockets_are_copied_as_they_are() -> Result<()> {
    with_page(async |page| {
        page.open("p=incident").await?;
        page.js::<()>(TAKEN).await?;
        page.js::<()>("document.querySelector('#panel-Sockets').click()").await?;
        page.wait_for("the sockets", "document.querySelector('[data-testid=sockets] .ends')").await?;
        let widest: f64 = page
            .js("Math.max(...[...document.querySelectorAll('[data-testid=sockets] .ends')].slice(0, 20).map(ends => {
                    const range = document.createRange(); range.selectNodeContents(ends);
                    return range.getBoundingClientRect().right; }))")
            .await?;
        ensure!(widest <= 1280.0, "a socket ends at {widest}");
        page.js::<()>("document.querySelector('[data-topic=sockets] [data-copy]').click()").await?;
        page.wait_for(
            "the copied text",
            "window.copied === document.querySelector('[data-testid=sockets]').textContent",
        )
        .await
    })
    .await
}
