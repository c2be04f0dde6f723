//! The page as its contract describes it: `data-testid`, `data-run`, one named control per parameter.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use serde::de::DeserializeOwned;
use serde_json::json;
use thirtyfour::{Key, WebDriver};

/// How long a visitor would wait at most.
const PATIENCE: Duration = Duration::from_secs(20);

/// The page in one browser.
pub struct Page {
    pub driver: WebDriver,
    url: String,
}

/// Which run the page shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shown {
    /// `location.hash`, the link.
    pub hash: String,
    /// Of the run.
    pub fingerprint: String,
}

impl Page {
    pub fn new(driver: WebDriver, url: String) -> Self {
        Self { driver, url }
    }

    /// Opens the page anew at `link` (with or without its `#`; empty: without one) and waits for its run.
    pub async fn open(&self, link: &str) -> Result<Shown> {
        // Between two links of the same page a browser would not load anything.
        self.driver.goto("about:blank").await?;
        self.follow(link).await
    }

    /// Opens the built page as a file, without a server.
    pub async fn open_as_file(&self) -> Result<()> {
        let index = crate::browser::dist()?.canonicalize()?.join("index.html");
        Ok(self.driver.goto(format!("file://{}", index.display())).await?)
    }

    /// Goes to `link` as if it were pasted into the address bar of the open page.
    pub async fn follow(&self, link: &str) -> Result<Shown> {
        self.paste(link).await?;
        self.wait_for(&format!("the run of '{link}'"), "document.body.dataset.run === 'done'").await?;
        self.shown().await
    }

    /// The same, without waiting for the run.
    pub async fn paste(&self, link: &str) -> Result<()> {
        let link = link.trim_start_matches('#');
        let fragment = if link.is_empty() { String::new() } else { format!("#{link}") };
        Ok(self.driver.goto(format!("{}{fragment}", self.url)).await?)
    }

    /// What the page shows now.
    pub async fn shown(&self) -> Result<Shown> {
        Ok(Shown { hash: self.js("location.hash").await?, fingerprint: self.text("fingerprint").await? })
    }

    /// Waits until the page shows another run of another link than `before`.
    pub async fn moved_on_from(&self, before: &Shown) -> Result<Shown> {
        let Shown { hash, fingerprint } = before;
        let fingerprint_now = text_of("fingerprint");
        self.wait_for("a new link", &format!("location.hash !== {}", json!(hash))).await?;
        self.wait_for(
            "the run of the new link",
            &format!("document.body.dataset.run === 'done' && {fingerprint_now} !== {}", json!(fingerprint)),
        )
        .await?;
        self.shown().await
    }

    /// Waits until the page shows exactly `expected`.
    pub async fn comes_to_show(&self, expected: &Shown) -> Result<()> {
        let Shown { hash, fingerprint } = expected;
        let fingerprint_now = text_of("fingerprint");
        let condition = format!(
            "document.body.dataset.run === 'done' && location.hash === {} && {fingerprint_now} === {}",
            json!(hash),
            json!(fingerprint)
        );
        self.wait_for(&format!("{expected:?}"), &condition).await
    }

    /// The visible text of an element of the contract.
    pub async fn text(&self, testid: &str) -> Result<String> {
        self.js(&text_of(testid)).await
    }

    /// The value in the number box of a parameter.
    pub async fn number(&self, key: &str) -> Result<String> {
        self.js(&format!("document.querySelector({}).value", json!(number_box(key)))).await
    }

    /// Types a value into a parameter's number box and leaves it, as a visitor does.
    pub async fn type_number(&self, key: &str, value: &str) -> Result<()> {
        self.focus(&number_box(key)).await?;
        self.js::<()>("document.activeElement.select()").await?;
        self.press(value).await?;
        self.press(Key::Tab).await
    }

    /// Presses an arrow key on a parameter's slider.
    pub async fn press_on_slider(&self, key: &str, arrow: Key) -> Result<()> {
        self.focus(&slider(key)).await?;
        self.press(arrow).await
    }

    /// Drags a parameter's slider to a share (0 to 1) of its range and lets it go.
    pub async fn drag_slider(&self, key: &str, share: f64) -> Result<()> {
        self.hold_slider(key, share).await?;
        self.let_go().await
    }

    /// Lets the slider go that is held.
    pub async fn let_go(&self) -> Result<()> {
        self.js("void document.activeElement.dispatchEvent(new Event('change', { bubbles: true }))").await
    }

    /// Drags a parameter's slider to a share (0 to 1) of its range and holds it there.
    pub async fn hold_slider(&self, key: &str, share: f64) -> Result<()> {
        self.focus(&slider(key)).await?;
        self.js(&format!(
            "(slider => {{
                const [min, max] = [Number(slider.min || 0), Number(slider.max || 100)];
                // Past any wrapper that a framework put around the property.
                const value = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value');
                value.set.call(slider, String(min + (max - min) * {share}));
                slider.dispatchEvent(new Event('input', {{ bubbles: true }}));
            }})(document.activeElement)"
        ))
        .await
    }

    /// Clicks an element of the contract.
    pub async fn click(&self, testid: &str) -> Result<()> {
        let selector = format!("[data-testid={testid}]");
        self.focus(&selector).await?;
        Ok(self.driver.find(thirtyfour::By::Css(selector)).await?.click().await?)
    }

    /// Evaluates a JavaScript expression in the page.
    pub async fn js<T: DeserializeOwned>(&self, expression: &str) -> Result<T> {
        let result = self.driver.execute(format!("return ({expression})"), vec![]).await;
        Ok(result.with_context(|| format!("in the page: {expression}"))?.convert()?)
    }

    /// Waits until a JavaScript expression holds.
    pub async fn wait_for(&self, what: &str, condition: &str) -> Result<()> {
        let poll = async {
            while !self.js::<bool>(&format!("Boolean({condition})")).await? {
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
            anyhow::Ok(())
        };
        tokio::time::timeout(PATIENCE, poll)
            .await
            .with_context(|| format!("waited {PATIENCE:?} in vain for {what}: {condition}"))?
    }

    /// Gives the page a viewport of exactly this size; below 640 pixels that of a phone.
    pub async fn resize(&self, width: u32, height: u32) -> Result<()> {
        let metrics = json!({
            "width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 640,
        });
        self.driver.cdp().send_raw("Emulation.setDeviceMetricsOverride", metrics).await?;
        Ok(())
    }

    /// Has the network lose everything whose address is like this.
    pub async fn block(&self, pattern: &str) -> Result<()> {
        let cdp = self.driver.cdp();
        cdp.send_raw("Network.enable", json!({})).await?;
        cdp.send_raw("Network.setBlockedURLs", json!({ "urls": [pattern] })).await?;
        Ok(())
    }

    /// Writes what the page looks like to `target/screenshots/<name>.png`.
    pub async fn screenshot(&self, name: &str) -> Result<()> {
        let folder = env::var_os("CONNLAB_SCREENSHOTS")
            .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/screenshots"), PathBuf::from);
        fs::create_dir_all(&folder)?;
        let picture = self.driver.screenshot_as_png().await?;
        Ok(fs::write(folder.join(format!("{name}.png")), picture)?)
    }

    /// Fails when the console shows an error, the page asked another host for something, or the name of a part of the
    /// page stands in the document instead of the part.
    pub async fn assert_quiet(&self) -> Result<()> {
        let log = self.driver.browser_log().await?;
        let errors: Vec<_> = log.iter().filter(|entry| entry.level == "SEVERE").map(|entry| &entry.message).collect();
        ensure!(errors.is_empty(), "errors in the browser's console: {errors:#?}");

        let foreign: Vec<String> = self
            .js("performance.getEntriesByType('resource').map(entry => entry.name)
                    .filter(name => !/^(data|blob):/.test(name) && new URL(name).origin !== location.origin)")
            .await?;
        ensure!(foreign.is_empty(), "requests to other hosts: {foreign:#?}");

        const NAMED: &str = "[...document.querySelectorAll('wbr[data-part]')].map(part => part.dataset.part)";
        let missing: Vec<String> = self.js(NAMED).await?;
        ensure!(missing.is_empty(), "parts of the page that are only named: {missing:?}");
        Ok(())
    }

    /// Forgets what the console showed: of a page that is not meant to start.
    pub async fn forget_errors(&self) -> Result<()> {
        Ok(self.driver.browser_log().await.map(drop)?)
    }

    /// Leaves a picture of the failure, named like the test.
    pub async fn keep_failure(&self) {
        let test = thread::current().name().unwrap_or("test").replace("::", "-");
        match self.screenshot(&format!("failed-{test}")).await {
            Ok(()) => eprintln!("target/screenshots/failed-{test}.png shows the page"),
            Err(error) => eprintln!("no picture of the failure: {error:#}"),
        }
    }

    /// Gives an element the focus, unfolding what it stands in.
    pub async fn focus(&self, selector: &str) -> Result<()> {
        let focused: bool = self
            .js(&format!(
                "(element => {{
                    if (!element) return false;
                    for (let group = element; group; group = group.parentElement?.closest('details')) {{
                        if (group.tagName === 'DETAILS') group.open = true;
                    }}
                    element.scrollIntoView({{ block: 'center' }});
                    element.focus();
                    return document.activeElement === element;
                }})(document.querySelector({}))",
                json!(selector)
            ))
            .await?;
        if !focused {
            bail!("nothing to focus at {selector}");
        }
        Ok(())
    }

    /// Types into whatever has the focus.
    pub async fn press(&self, keys: impl Into<thirtyfour::TypingData>) -> Result<()> {
        Ok(self.driver.action_chain().send_keys(keys).perform().await?)
    }
}

fn text_of(testid: &str) -> String {
    format!("(document.querySelector('[data-testid={testid}]')?.innerText ?? '').trim()")
}

fn number_box(key: &str) -> String {
    format!("input[name=\"{key}\"]:not([type=range]):not([type=checkbox])")
}

fn slider(key: &str) -> String {
    format!("input[type=range][name=\"{key}\"]")
}
