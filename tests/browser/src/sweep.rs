//! A map of many runs, in place of the charts.

use anyhow::{Result, ensure};
use thirtyfour::Key;

use crate::browser::with_page;
use crate::native;
use crate::sharing::{Downloads, png_size};

const LINK: &str = "p=incident&duration=22s&x.workers=8,16,32&y.service=20ms,30ms&n=5";

/// All runs of the map are there.
const WHOLE: &str = "document.querySelector('[data-topic=sweep][aria-busy=false] [data-testid=heat]')";

/// The numbers in the cells, by their places.
const CELLS: &str = "Object.fromEntries([...document.querySelectorAll('.heat [data-do=cell]')]\
    .map(cell => [cell.dataset.with, cell.querySelector('b').innerText]))";

#[tokio::test]
async fn a_map_is_in_the_link_and_its_numbers_are_those_of_the_command_line() -> Result<()> {
    with_page(async |page| {
        page.open(LINK).await?;
        page.wait_for("the map", WHOLE).await?;
        let cells: std::collections::BTreeMap<String, String> = page.js(CELLS).await?;
        let table = native::map(LINK)?;
        ensure!(cells.len() == 6 && table.len() == 6, "{cells:?}");
        for (place, share) in ["0,0", "0,1", "1,0", "1,1", "2,0", "2,1"].into_iter().zip(&table) {
            let percent = format!("{:.1}", share * 100.0);
            ensure!(cells[place] == percent, "{place}: {} is not {percent}", cells[place]);
        }
        let now: String = page.js("document.querySelector('.heat .own').dataset.with").await?;
        ensure!(now == "1,1", "the run itself is {now}");
        ensure!(page.js::<bool>("document.querySelector('.heat .edge-r') !== null").await?, "where the threshold runs");
        Ok(())
    })
    .await
}

#[tokio::test]
async fn arrow_keys_go_from_cell_to_cell_enter_opens_one_and_back_is_the_map_at_once() -> Result<()> {
    with_page(async |page| {
        let before = page.open(LINK).await?;
        page.wait_for("the map", WHOLE).await?;
        page.focus(".heat [tabindex='0']").await?;
        for key in [Key::Right, Key::Down, Key::Right] {
            page.press(key).await?;
        }
        let settings = "document.querySelector('[data-testid=cell] .settings')?.innerText";
        page.wait_for("the cell at the edge", &format!("{settings} === 'workers 32, service time 20ms'")).await?;
        let says: String = page.js("document.querySelector('[data-testid=cell] .verdict').innerText").await?;
        ensure!(says.contains("workers=32 instead of 16") && says.contains("of 5 seeds agree"), "{says}");
        page.press(Key::Enter).await?;
        let after = page.moved_on_from(&before).await?;
        ensure!(after.hash == "#v=1&p=incident&duration=22s&workers=32&service=20ms", "{after:?}");
        page.wait_for("the charts", "document.querySelector('[data-topic=sweep]') === null").await?;
        page.driver.back().await?;
        page.wait_for("the map as it was", WHOLE).await
    })
    .await
}

/// Chooses a value in a control.
fn chosen(testid: &str, value: &str) -> String {
    format!(
        "(control => {{
            control.value = '{value}';
            control.dispatchEvent(new Event('change', {{ bubbles: true }}));
        }})(document.querySelector('[data-testid={testid}]'))"
    )
}

#[tokio::test]
async fn a_map_can_be_opened_changed_stopped_and_closed() -> Result<()> {
    with_page(async |page| {
        page.open("p=incident").await?;
        page.wait_for("what cures it", "document.querySelector('[data-topic=cure][aria-busy=false]')").await?;
        page.click("sweep").await?;
        page.wait_for("a map that is being filled", "document.querySelector('[data-testid=progress]')").await?;
        let link: String = page.js("location.hash").await?;
        ensure!(link.contains("&x.workers=") && link.contains("&y.") && link.ends_with("&n=5"), "{link}");
        page.click("stop").await?;
        page.wait_for("that it stands", "document.querySelector('.stopped [data-testid=heat]')").await?;
        let there: f64 = page.js("document.querySelectorAll('.heat [data-do=cell]').length").await?;
        ensure!(there > 0.0, "what was there stays");
        page.js::<()>(&chosen("values-x", "8, 32")).await?;
        page.wait_for("other values", "location.hash.includes('&x.workers=8,32&')").await?;
        page.js::<()>(&chosen("axis-y", "")).await?;
        page.wait_for("a line", &format!("{WHOLE} && document.querySelector('.plot .mean')")).await?;
        let cells: f64 = page.js("document.querySelectorAll('.heat [data-do=cell]').length").await?;
        ensure!(cells == 2.0, "{cells} cells");
        page.click("sweep").await?;
        page.wait_for("the charts", "!location.hash.includes('x.') && document.querySelector('.transport')").await
    })
    .await
}

#[tokio::test]
async fn what_cannot_be_swept_is_named() -> Result<()> {
    with_page(async |page| {
        page.open("p=incident&x.seed=1,2&n=5").await?;
        page.wait_for("a sentence", "document.querySelector('.sweep .fault')?.innerText.includes('cannot be swept')")
            .await?;
        page.open("p=incident&x.workers=&y.rps=&n=40").await?;
        let says = "document.querySelector('[data-topic=sweep] .wait')?.innerText.includes('10,000 at most')";
        page.wait_for("how many there may be", says).await
    })
    .await
}

#[tokio::test]
async fn a_map_can_be_taken_away_as_the_command_line_writes_it() -> Result<()> {
    with_page(async |page| {
        let downloads = Downloads::of(page).await?;
        page.open(LINK).await?;
        page.wait_for("the map", WHOLE).await?;
        for name in ["map.csv", "map.svg", "map-slide.png"] {
            page.js::<()>(&format!("document.querySelector('[data-with=\"{name}\"]').click()")).await?;
            let file = downloads.wait_for(&format!("-{name}")).await?;
            match name {
                "map-slide.png" => ensure!(png_size(&file)? == (1920, 1080), "the size of a slide"),
                _ => ensure!(file == native::map_file(LINK, name)?, "{name} is not what the command line writes"),
            }
        }
        Ok(())
    })
    .await
}
