//! Chromium and its driver: started, watched, and ended whatever the test does.

use std::env;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;

use anyhow::{Context, Result, ensure};
use thirtyfour::{ChromiumLikeCapabilities, DesiredCapabilities, LoggingPrefsLogLevel, WebDriver};
use xtask::static_server::StaticServer;

use crate::page::Page;

/// Where the tests find the page: below a path, as on most static hosts.
pub const MOUNT: &str = "/some/path/";

/// Runs `test` on a page at 1280x720 in a fresh browser. Fails also when the console shows an error or the page asked
/// another host for something.
pub async fn with_page<T>(test: impl AsyncFnOnce(&Page) -> Result<T>) -> Result<T> {
    with_page_at(MOUNT, &[], test).await
}

/// As [`with_page`], for a visitor who has asked the system for less motion.
pub async fn with_calm_page<T>(test: impl AsyncFnOnce(&Page) -> Result<T>) -> Result<T> {
    with_page_at(MOUNT, &["--force-prefers-reduced-motion"], test).await
}

/// As [`with_page`], with the page at another path of its host, and more arguments to the browser.
pub async fn with_page_at<T>(mount: &str, arguments: &[&str], test: impl AsyncFnOnce(&Page) -> Result<T>) -> Result<T> {
    let site = StaticServer::start(&dist()?, mount, 0)?;
    let profile = tempfile::tempdir()?;
    let chromedriver = Chromedriver::start()?;
    let driver = WebDriver::new(&chromedriver.url, capabilities(profile.path(), arguments)?)
        .await
        .context("the browser did not start")?;

    let url = site.url().to_owned();
    let outcome = driver
        .run_and_quit(async |driver| {
            let page = Page::new(driver, url);
            page.resize(1280, 720).await?;
            let result = test(&page).await;
            let quiet = page.assert_quiet().await;
            if result.is_err() || quiet.is_err() {
                page.keep_failure().await;
            }
            // A broken page explains a failed test better than the test does.
            match (result, quiet) {
                (Err(failure), Err(noise)) => Err(failure.context(noise)),
                (result, quiet) => quiet.and(result),
            }
        })
        .await;
    outcome.map_err(|error| match error {
        thirtyfour::WebDriverRunError::Body(failure) => failure,
        other => anyhow::anyhow!("{other}"),
    })
}

/// The built page. Never skipped: a missing page is a failed test.
pub fn dist() -> Result<PathBuf> {
    let dist = env::var_os("CONNLAB_DIST")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../dist"), PathBuf::from);
    ensure!(
        dist.join("index.html").is_file(),
        "no built page in {}: run `cargo xtask test`, which builds it first",
        dist.display()
    );
    Ok(dist)
}

fn capabilities(profile: &Path, arguments: &[&str]) -> Result<thirtyfour::ChromeCapabilities> {
    let mut capabilities = DesiredCapabilities::chrome();
    for argument in [
        "--headless",
        // Chromium refuses its sandbox to root, as CI often is; only our own page is opened.
        "--no-sandbox",
        "--disable-dev-shm-usage",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--lang=en-US",
        "--window-size=1280,720",
    ] {
        capabilities.add_arg(argument)?;
    }
    for argument in arguments {
        capabilities.add_arg(argument)?;
    }
    capabilities.add_arg(&format!("--user-data-dir={}", profile.display()))?;
    capabilities.set_browser_log_level(LoggingPrefsLogLevel::All)?;
    Ok(capabilities)
}

/// A chromedriver on a port that it chose itself; ends with its browser when dropped.
struct Chromedriver {
    process: Child,
    url: String,
}

/// Drivers that may end before they listen, one after another, before a test gives up.
const STARTS: usize = 5;

impl Chromedriver {
    /// A driver that listens. It takes a port that is free for IPv6 and ends if another process has the same one for
    /// IPv4, which happens now and then where many tests start at once: then the next one is tried.
    fn start() -> Result<Self> {
        let mut attempts = (0..STARTS).map(|_| Self::start_once());
        attempts.find_map(Result::transpose).context("chromedriver ended before it listened, every time")?
    }

    /// `None` if it ended before it listened.
    fn start_once() -> Result<Option<Self>> {
        let mut process = Command::new("chromedriver")
            .arg("--port=0")
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .context("no chromedriver: run `cargo xtask test`, which installs it")?;
        let mut lines = BufReader::new(process.stdout.take().context("stdout is piped")?).lines();
        let port = loop {
            let Some(line) = lines.next().transpose()? else {
                process.wait()?;
                return Ok(None);
            };
            if let Some((_, port)) = line.split_once("started successfully on port ") {
                break port.trim_end_matches('.').parse::<u16>()?;
            }
        };
        // It must never wait for a reader.
        thread::spawn(move || lines.for_each(drop));
        Ok(Some(Self { process, url: format!("http://127.0.0.1:{port}") }))
    }
}

impl Drop for Chromedriver {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
