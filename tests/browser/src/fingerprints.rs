//! Same link, same run: in wasm as natively.

use anyhow::{Result, ensure};

use crate::browser::with_page;
use crate::native;
use crate::page::Page;

/// Every layer of the model, each with settings that take it off the beaten path.
const LINKS: [&str; 12] = [
    "rps=700&idle=2&duration=20s",
    "load=closed&callers=50&think=20ms&think-dist=lognormal&think-cv=2&duration=20s",
    "load=burst&burst=300&backlog=20&workers=4&keepalive=off&duration=20s",
    "loss=1%&rtt=30ms&rtt-jitter=10ms&seed=3&duration=20s",
    "go=1.4&rps=900&timeout=300ms&duration=20s",
    "server=go&workers=4&rps=500&timeout=200ms&retries=3&jitter=decorrelated&duration=20s",
    "5s.rps=1200&8s.rps=400&backlog=64&duration=20s",
    "rps=200&5s.listening=off&6s.listening=on&retries=2&retry-budget=10%&duration=20s",
    "rps=900&keepalive=off&backlog=4&abort-on-overflow=on&duration=20s",
    "rps=300&keepalive=off&ports=500&duration=20s",
    "method=POST&max-requests=20&server-idle-timeout=50ms&rps=50&duration=20s",
    "service-dist=lognormal&service-cv=2&clients=5&seed=9007199254740991&duration=20s",
];

#[tokio::test]
async fn every_preset_runs_as_natively() -> Result<()> {
    with_page(async |page| {
        page.open("").await?;
        let presets: Vec<String> = page
            .js("[...document.querySelectorAll('[data-testid=preset] option')]
                    .map(option => option.value).filter(value => /^[a-z-]+$/.test(value) && value !== 'custom')")
            .await?;
        ensure!(presets.iter().any(|name| name == "incident"), "no incident in {presets:?}");
        ensure!(presets.iter().any(|name| name == "healthy"), "no healthy in {presets:?}");
        let links: Vec<String> = presets.iter().map(|name| format!("p={name}")).collect();
        assert_native(page, &links).await
    })
    .await
}

#[tokio::test]
async fn every_layer_runs_as_natively() -> Result<()> {
    with_page(async |page| assert_native(page, &LINKS).await).await
}

/// Compares all before it complains: which links differ says where to look.
async fn assert_native(page: &Page, links: &[impl AsRef<str>]) -> Result<()> {
    let mut different = Vec::new();
    for link in links {
        let link = link.as_ref();
        let in_browser = page.open(link).await?.fingerprint;
        let native = native::run(link)?.fingerprint;
        if in_browser != native {
            different.push(format!("{link}: {in_browser} in the browser, {native} natively"));
        }
    }
    ensure!(different.is_empty(), "different runs: {different:#?}");
    Ok(())
}
