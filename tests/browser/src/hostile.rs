//! Nothing gets in: what links, pastes and files bring is shown as text, and the page's policy is never even asked.

use anyhow::{Result, ensure};
use serde_json::json;

use crate::browser::with_page;
use crate::page::Page;

/// What would set a mark if anything ran it, or stand in the page as an element if anything parsed it.
const PAYLOADS: [&str; 5] = [
    "<img src=x onerror=window.owned=1>",
    "\"><script>window.owned=1</script>",
    "'><svg onload=window.owned=1>",
    "<iframe srcdoc='<script>parent.owned=1</script>'></iframe>",
    "</textarea><style>*{display:none}</style><a href=javascript:window.owned=1>x</a>",
];

/// Where a link takes a value, or a key.
const PLACES: [&str; 9] = ["p", "seed", "rps", "t", "view", "theme", "lock", "20s.rps", ""];

/// Remembers what the policy forbids from now on.
const WATCH: &str = "(window.reports = [], document.addEventListener('securitypolicyviolation',
    event => window.reports.push(`${event.effectiveDirective} ${event.blockedURI} ${event.sample}`)), null)";

/// What got in.
const INTRUDERS: &str = "[window.owned ? 'a script ran' : '', ...window.reports,
    ...[...document.querySelectorAll('img, iframe, object, embed, style, base, [onerror], [onload], [srcdoc]')]
        .map(element => element.outerHTML),
    ...[...document.querySelectorAll('script')].filter(script => !script.src).map(script => script.outerHTML),
    ...[...document.querySelectorAll('a')].filter(link => link.protocol === 'javascript:').map(link => link.href),
].filter(Boolean)";

async fn nothing_is_in(page: &Page, after: &str) -> Result<()> {
    let intruders: Vec<String> = page.js(INTRUDERS).await?;
    ensure!(intruders.is_empty(), "after {after}: {intruders:#?}");
    Ok(())
}

fn escaped(payload: &str) -> String {
    payload.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

#[tokio::test]
async fn hostile_links_open_as_text_in_every_view() -> Result<()> {
    with_page(async |page| {
        for view in ["", "view=start", "view=projector", "view=embed"] {
            for (i, place) in PLACES.iter().enumerate() {
                let payload = PAYLOADS[i % PAYLOADS.len()];
                let value = if i % 2 == 0 { escaped(payload) } else { payload.replace(' ', "%20") };
                let part = if place.is_empty() { format!("{value}=1") } else { format!("{place}={value}") };
                page.open(&format!("duration=1s&{view}&{part}")).await?;
                page.js::<()>(WATCH).await?;
                nothing_is_in(page, &part).await?;
            }
        }
        // As an instruction of the open page, where the policy is watched from the beginning.
        page.open("p=healthy&duration=1s").await?;
        page.js::<()>(WATCH).await?;
        for payload in PAYLOADS {
            page.driver
                .execute(format!("location.hash = {}", json!(format!("duration=1s&p={payload}"))), vec![])
                .await?;
            page.wait_for("the run", "document.body.dataset.run === 'done' && document.querySelector('.notice')")
                .await?;
            nothing_is_in(page, payload).await?;
        }
        Ok(())
    })
    .await
}

#[tokio::test]
async fn hostile_lines_and_files_are_read_as_text() -> Result<()> {
    with_page(async |page| {
        for view in ["p=healthy&duration=1s", "view=start"] {
            page.open(view).await?;
            page.js::<()>(WATCH).await?;
            for payload in PAYLOADS {
                let url = format!("Get \"http://a/{payload}\": read tcp 1.2.3.4:5->{payload}");
                let line = format!("{payload} {url}: read: connection reset by peer");
                page.js::<()>(&format!(
                    "(box => {{ box.value = {}; box.dispatchEvent(new Event('input', {{ bubbles: true }})); }})
                        (document.querySelector('#pasted'))",
                    json!(line)
                ))
                .await?;
                page.wait_for("an answer", "document.querySelector('[data-topic=diagnosis][aria-busy=false]')").await?;
                nothing_is_in(page, &line).await?;
                drop_file(page, payload, &line).await?;
                let name = json!(&payload[..12]);
                let is_named = format!("document.querySelector('.paste .file')?.innerText.includes({name})");
                page.wait_for("the file's name", &is_named).await?;
                page.wait_for("its answer", "document.querySelector('[data-topic=diagnosis][aria-busy=false]')")
                    .await?;
                nothing_is_in(page, &format!("a file called {payload}")).await?;
            }
        }
        Ok(())
    })
    .await
}

/// Every view does its own work within the policy: no style, script or request of the page is refused.
#[tokio::test]
async fn the_page_itself_never_breaks_its_policy() -> Result<()> {
    with_page(async |page| {
        for view in ["view=start", "view=workbench", "view=projector", "view=embed"] {
            page.open(&format!("p=incident&duration=25s&{view}")).await?;
            page.js::<()>(WATCH).await?;
            if view == "view=workbench" {
                page.wait_for("the remedies", "document.querySelector('[data-testid=fix]')").await?;
                for tab in ["Sockets", "Summary", "Errors"] {
                    page.js::<()>(&format!("document.querySelector('#panel-{tab}').click()")).await?;
                    page.wait_for(tab, "document.querySelector('#panel-panel .answer[aria-busy=false]')").await?;
                }
                page.click("story-button").await?;
                page.wait_for("the story", "document.querySelector('[data-testid=story]')").await?;
            }
            nothing_is_in(page, view).await?;
            // The console would have said what happened before anybody listened; it is looked at in the end.
        }
        let policy: String =
            page.js("document.querySelector('meta[http-equiv=Content-Security-Policy]').content").await?;
        for part in ["default-src 'none'", "connect-src 'self'", "base-uri 'none'", "form-action 'none'"] {
            ensure!(policy.contains(part), "no {part} in {policy}");
        }
        for part in ["unsafe-inline", "'unsafe-eval'", "*", "http:", "https:", "frame-ancestors"] {
            ensure!(!policy.contains(part), "{part} in {policy}");
        }
        Ok(())
    })
    .await
}

/// Something that stands in HTML, as an attacker would have it, is not run: the policy is in force.
#[tokio::test]
async fn what_is_put_into_the_page_by_force_is_not_run() -> Result<()> {
    with_page(async |page| {
        page.open("p=healthy&duration=1s").await?;
        page.js::<()>(
            "(window.reports = 0, document.addEventListener('securitypolicyviolation', () => window.reports++),
                document.body.insertAdjacentHTML('beforeend',
                    '<b id=forced style=\"color:red\" onclick=\"window.owned=1\"></b>'),
                document.querySelector('#forced').click(), null)",
        )
        .await?;
        page.wait_for("a report", "window.reports >= 2").await?;
        ensure!(page.js::<bool>("!window.owned").await?, "a handler of the page's HTML ran");
        // Its reports are errors of the console, which this test alone expects.
        page.driver.browser_log().await?;
        Ok(())
    })
    .await
}

/// Drops a file on the middle of the page.
pub async fn drop_file(page: &Page, name: &str, content: &str) -> Result<()> {
    page.js::<()>(&format!(
        "((name, content) => {{
            const data = new DataTransfer();
            data.items.add(new File([content], name));
            const target = document.querySelector('.mid');
            for (const type of ['dragover', 'drop']) {{
                target.dispatchEvent(new DragEvent(type, {{ bubbles: true, cancelable: true, dataTransfer: data }}));
            }}
        }})({}, {})",
        json!(name),
        json!(content)
    ))
    .await
}
