//! The engines that are not Chromium's: the page in Firefox and in WebKitGTK, where they are installed.

use std::env;
use std::io::{BufRead, BufReader, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};
use thirtyfour::{Capabilities, WebDriver};
use xtask::static_server::StaticServer;

use crate::browser::{MOUNT, dist};
use crate::page::Page;

/// Another engine, and what drives it.
pub struct Engine {
    name: &'static str,
    webdriver: &'static str,
    /// What must be there besides its WebDriver.
    also: &'static str,
    /// Where all of that comes from.
    packages: &'static str,
    /// It has no mode without a display, so it gets one that nobody sees.
    needs_display: bool,
    /// What to ask the WebDriver for.
    options: fn() -> Value,
}

pub const FIREFOX: Engine = Engine {
    name: "Firefox",
    webdriver: "geckodriver",
    also: "firefox",
    packages: "Debian's firefox-esr and the crate geckodriver",
    needs_display: false,
    options: || json!({ "moz:firefoxOptions": { "args": ["-headless"] } }),
};

pub const WEBKIT: Engine = Engine {
    name: "WebKitGTK",
    webdriver: "WebKitWebDriver",
    also: "Xvfb",
    packages: "Debian's webkit2gtk-driver and xvfb",
    needs_display: true,
    options: || json!({}),
};

/// Runs `test` on a page in a fresh browser of this engine. Where it is not installed, says so and does nothing.
pub async fn with_page_in(engine: &Engine, test: impl AsyncFnOnce(&Page) -> Result<()>) -> Result<()> {
    if let Some(missing) = [engine.webdriver, engine.also].into_iter().find(|program| !is_installed(program)) {
        let Engine { name, packages, .. } = engine;
        // Past what the test harness captures: a test that passes without having run must say so.
        writeln!(std::io::stderr(), "{name}: skipped, for there is no {missing}. It comes with {packages}.")?;
        return Ok(());
    }
    let site = StaticServer::start(&dist()?, MOUNT, 0)?;
    let display = if engine.needs_display { Some(Display::start()?) } else { None };
    let webdriver = Webdriver::start(engine.webdriver, display.as_ref())?;
    let Value::Object(options) = (engine.options)() else { bail!("options are an object") };
    let driver = WebDriver::new(&webdriver.url, Capabilities::from(options))
        .await
        .with_context(|| format!("{} did not start", engine.name))?;
    let page = Page::new(driver.clone(), site.url().to_owned());
    let outcome = test(&page).await;
    driver.quit().await?;
    outcome
}

fn is_installed(program: &str) -> bool {
    let folders = env::var_os("PATH").unwrap_or_default();
    env::split_paths(&folders).any(|folder| folder.join(program).is_file())
}

/// A process that ends when dropped.
struct Process(Child);

impl Process {
    fn start(command: &mut Command) -> Result<Self> {
        let child = command.stdin(Stdio::null()).stderr(Stdio::null()).spawn();
        Ok(Self(child.with_context(|| format!("{} does not start", command.get_program().display()))?))
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// An X server without a screen.
struct Display {
    _process: Process,
    /// As `DISPLAY` has it.
    name: String,
}

impl Display {
    /// On a number that it chose itself, which it prints when it is ready.
    fn start() -> Result<Self> {
        let arguments = ["-displayfd", "1", "-nolisten", "tcp", "-screen", "0", "1280x720x24"];
        let mut process = Process::start(Command::new("Xvfb").args(arguments).stdout(Stdio::piped()))?;
        let mut number = String::new();
        BufReader::new(process.0.stdout.take().context("stdout is piped")?).read_line(&mut number)?;
        Ok(Self { _process: process, name: format!(":{}", number.trim()) })
    }
}

/// How often to look whether a WebDriver listens: ten seconds long.
const LOOKS: u32 = 200;

struct Webdriver {
    _process: Process,
    url: String,
}

impl Webdriver {
    fn start(program: &str, display: Option<&Display>) -> Result<Self> {
        // Not all of them print the port that they chose, so they get one that was free a moment ago.
        let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port();
        let mut command = Command::new(program);
        command.arg(format!("--port={port}")).stdout(Stdio::null());
        if let Some(display) = display {
            command.env("DISPLAY", &display.name).env_remove("WAYLAND_DISPLAY");
        }
        let process = Process::start(&mut command)?;
        for _ in 0..LOOKS {
            if TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_ok() {
                return Ok(Self { _process: process, url: format!("http://127.0.0.1:{port}") });
            }
            thread::sleep(Duration::from_millis(50));
        }
        bail!("{program} does not listen on port {port}")
    }
}
