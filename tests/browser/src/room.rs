//! A room of thirty learners who open the page at once, on one line of 1 Mbit/s.
//!
//! Thirty browsers are more than a machine of two cores can be asked for. So two learners are browsers, which show
//! their runs, and the others do what a browser does on the line: they load the page, then at once all that it names
//! for its first run. All of them share the line.

use std::io::Write;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use futures::future::{join, try_join, try_join_all};
use tokio::io::{AsyncReadExt, AsyncWriteExt, copy};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Barrier;
use xtask::static_server::StaticServer;

use crate::browser::{MOUNT, dist, with_page};
use crate::native;
use crate::page::Page;

const LEARNERS: usize = 30;
const BROWSERS: usize = 2;

/// What the first run may cost a learner, with everything that HTTP adds.
const BYTES_PER_LEARNER: usize = 260_000;

const BITS_PER_SECOND: f64 = 1e6;

/// What is sent at once: the bytes of a packet.
const PACKET: usize = 1460;

/// For how long a learner waits.
const PATIENCE: Duration = Duration::from_secs(110);

const LINK: &str = "v=1&p=incident&duration=25s";

/// A line between learners and a site.
struct Line {
    /// The page's address, on this side of it.
    url: String,
    shared: Arc<Shared>,
}

struct Shared {
    site: String,
    /// When all that was sent so far has arrived.
    free: Mutex<Instant>,
    is_slow: AtomicBool,
    is_cut: AtomicBool,
}

impl Line {
    async fn to(site: &StaticServer) -> Result<Line> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let host = site.url().trim_start_matches("http://").trim_end_matches(MOUNT);
        let url = format!("http://{}{MOUNT}", listener.local_addr()?);
        let shared = Arc::new(Shared {
            site: host.to_owned(),
            free: Mutex::new(Instant::now()),
            is_slow: AtomicBool::new(true),
            is_cut: AtomicBool::new(false),
        });
        let within = Arc::clone(&shared);
        tokio::spawn(async move {
            while let Ok((learner, _)) = listener.accept().await {
                tokio::spawn(Arc::clone(&within).connect(learner));
            }
        });
        Ok(Line { url, shared })
    }
}

impl Shared {
    /// Carries a connection. An end that closes it is no error of the line.
    async fn connect(self: Arc<Self>, learner: TcpStream) -> Option<()> {
        if self.is_cut.load(Ordering::Relaxed) {
            return None;
        }
        let site = TcpStream::connect(&self.site).await.ok()?;
        let ((mut from_learner, mut to_learner), (mut from_site, mut to_site)) =
            (learner.into_split(), site.into_split());
        let up = async {
            let _ = copy(&mut from_learner, &mut to_site).await;
            let _ = to_site.shutdown().await;
        };
        let down = async {
            let mut packet = [0; PACKET];
            while let Ok(length @ 1..) = from_site.read(&mut packet).await {
                self.pass(length).await;
                if self.is_cut.load(Ordering::Relaxed) || to_learner.write_all(&packet[..length]).await.is_err() {
                    break;
                }
            }
            let _ = to_learner.shutdown().await;
        };
        join(up, down).await;
        Some(())
    }

    /// Returns when so many bytes have passed, behind those of everybody who came before.
    async fn pass(&self, length: usize) {
        if !self.is_slow.load(Ordering::Relaxed) {
            return;
        }
        let arrives = {
            let mut free = self.free.lock().expect("nobody panics with it");
            *free = (*free).max(Instant::now()) + Duration::from_secs_f64(length as f64 * 8.0 / BITS_PER_SECOND);
            *free
        };
        tokio::time::sleep_until(arrives.into()).await;
    }
}

/// What comes for this path, head and body.
async fn get(url: &str, name: &str) -> Result<Vec<u8>> {
    let (host, path) = url.trim_start_matches("http://").split_once('/').context("a path")?;
    let mut stream = TcpStream::connect(host).await?;
    let head =
        format!("GET /{path}{name} HTTP/1.1\r\nHost: {host}\r\nAccept-Encoding: gzip\r\nConnection: close\r\n\r\n");
    stream.write_all(head.as_bytes()).await?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await?;
    ensure!(
        answer.starts_with(b"HTTP/1.1 200"),
        "{name}: {}",
        String::from_utf8_lossy(&answer[..answer.len().min(80)])
    );
    Ok(answer)
}

/// Loads what the first run needs, as a browser does; how many bytes that were.
async fn load(url: &str, names: &[String]) -> Result<usize> {
    let page = get(url, "").await?.len();
    let files = try_join_all(names.iter().map(|name| get(url, name))).await?;
    Ok(page + files.iter().map(Vec::len).sum::<usize>())
}

/// The files that the page names with a checksum.
fn named(index: &str) -> Vec<String> {
    let is_named = |text: &&str| text.split_once('?').is_some_and(|(_, sum)| sum.len() == 8);
    index.split('"').filter(is_named).map(str::to_owned).collect()
}

/// The page in a browser, for learners who wait longer than a visitor does.
async fn comes_to_show_its_run(page: &Page) -> Result<()> {
    let shown = async {
        while !page.js::<bool>("document.body?.dataset.run === 'done'").await? {
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
        let shown = page.shown().await?;
        ensure!(shown.fingerprint == native::run(LINK)?.fingerprint, "{shown:?}");
        Ok(())
    };
    tokio::time::timeout(PATIENCE, shown).await.context("no run in time")?
}

/// A learner with a browser: sees the first run when the others do, and another one later, without a network.
async fn learn(line: &Line, everybody: &Barrier) -> Result<Duration> {
    with_page(async |page| {
        let visit = Page::new(page.driver.clone(), line.url.clone());
        everybody.wait().await;
        let begin = Instant::now();
        visit.paste(LINK).await?;
        comes_to_show_its_run(&visit).await?;
        let took = begin.elapsed();
        // Explanations, and what is kept, have the time of the lesson, which nobody waits for here.
        everybody.wait().await;
        visit.wait_for("all of it", "document.documentElement.dataset.offline === 'ready'").await?;
        everybody.wait().await;
        visit.open("about").await?;
        visit.paste(LINK).await?;
        comes_to_show_its_run(&visit).await?;
        visit.forget_errors().await?;
        Ok(took)
    })
    .await
}

#[tokio::test]
async fn thirty_learners_on_a_slow_line_see_their_first_run_and_need_no_line_afterwards() -> Result<()> {
    let folder = dist()?;
    if !folder.join("app.js.gz").is_file() {
        writeln!(std::io::stderr(), "a room of thirty: skipped, for the page was built without compressed files")?;
        return Ok(());
    }
    let names = named(&std::fs::read_to_string(folder.join("index.html"))?);
    ensure!(names.len() == 4, "{names:?}");
    let site = StaticServer::start(&folder, MOUNT, 0)?;
    let line = Line::to(&site).await?;
    // The browsers and the room.
    let everybody = Barrier::new(BROWSERS + 1);
    let room = async {
        everybody.wait().await;
        let begin = Instant::now();
        let sizes = try_join_all((BROWSERS..LEARNERS).map(|_| load(&line.url, &names))).await?;
        let took = begin.elapsed();
        everybody.wait().await;
        line.shared.is_slow.store(false, Ordering::Relaxed);
        everybody.wait().await;
        line.shared.is_cut.store(true, Ordering::Relaxed);
        anyhow::Ok((sizes[0], took))
    };
    let browsers = try_join_all((0..BROWSERS).map(|_| learn(&line, &everybody)));
    let ((bytes, took), browsers) = try_join(room, browsers).await?;
    let slowest = browsers.into_iter().max().unwrap_or_default().max(took);
    writeln!(
        std::io::stderr(),
        "a room of {LEARNERS} on 1 Mbit/s: {bytes} bytes per learner, the last first run after {:.0} s",
        slowest.as_secs_f64()
    )?;
    ensure!(bytes <= BYTES_PER_LEARNER, "{bytes} bytes per learner");
    Ok(())
}
