//! Same link, same run: in wasm as natively.

use anyhow::{Context, Result, ensure};

use crate::browser::with_page;
use crate::engines::{FIREFOX, WEBKIT, with_page_in};
use crate::page::Page;

/// A fingerprint, a number of events and a link a line. The native tests and those in node hold themselves to it, too.
const GOLDEN: &str = include_str!("../../data/golden.txt");

#[tokio::test]
async fn every_golden_link_runs_as_natively() -> Result<()> {
    with_page(every_golden_link_has_its_fingerprint).await
}

#[tokio::test]
async fn every_golden_link_runs_in_firefox_as_natively() -> Result<()> {
    with_page_in(&FIREFOX, every_golden_link_has_its_fingerprint).await
}

#[tokio::test]
async fn every_golden_link_runs_in_webkit_as_natively() -> Result<()> {
    with_page_in(&WEBKIT, every_golden_link_has_its_fingerprint).await
}

/// Compares all before it complains: which links differ says where to look.
async fn every_golden_link_has_its_fingerprint(page: &Page) -> Result<()> {
    let mut different = Vec::new();
    // Any other run, so that each golden one is a new one.
    let mut shown = page.open("duration=1s").await?;
    for line in GOLDEN.lines().filter(|line| !line.starts_with('#')) {
        let (golden, link) = line.split_once(' ').context("no fingerprint")?;
        let link = link.split_once(' ').context("no number of events")?.1;
        page.follow(link).await?;
        shown = page.moved_on_from(&shown).await?;
        if shown.fingerprint != golden {
            different.push(format!("{link}: {}, golden is {golden}", shown.fingerprint));
        }
    }
    ensure!(different.is_empty(), "different runs: {different:#?}");
    Ok(())
}
