//! What the page holds, counted by the browser after it has thrown away what it could.

use std::time::Duration;

use anyhow::{Context, Result};
use serde_json::{Value, json};

use super::visitor::Visitor;

/// How often garbage is collected: what one collection finalises is let go of in the next.
const COLLECTIONS: usize = 4;

/// Between two of them, so that finalisers can run.
const PAUSE: Duration = Duration::from_millis(100);

const WASM: &str = "bytes of wasm";
const JAVASCRIPT: &str = "bytes of JavaScript";

/// What an allocator leaves in holes differs by some hundred KiB from one time to the next, in bytes.
const HOLES: u64 = 512 << 10;

/// So does what the engine compiles of a script and keeps: the page's own heap is 1.4 MB, and was seen to differ by 190
/// KB between two equal states. A leak of more than 260 bytes an action shows.
const COMPILED: u64 = 256 << 10;

/// Numbers of things, by what they are. Nodes are not among them: of those that have left the page a browser keeps some
/// hundred for a while, now these, now those. What the page itself holds on to has an object in one of the heaps.
#[derive(Clone, Debug)]
pub struct Memory([(&'static str, u64); 3]);

impl Memory {
    /// What is held now.
    pub async fn of(visitor: &Visitor<'_>) -> Result<Self> {
        let cdp = visitor.page.driver.cdp();
        for _ in 0..COLLECTIONS {
            cdp.send_raw("HeapProfiler.collectGarbage", json!({})).await?;
            tokio::time::sleep(PAUSE).await;
        }
        let heap = cdp.send_raw("Runtime.getHeapUsage", json!({})).await?;
        let counters = cdp.send_raw("Memory.getDOMCounters", json!({})).await?;
        let number = |of: &Value, key| of[key].as_f64().map(|n| n as u64).with_context(|| format!("no {key} in {of}"));
        Ok(Self([
            (JAVASCRIPT, number(&heap, "usedSize")?),
            ("listeners", number(&counters, "jsEventListeners")?),
            (WASM, visitor.ask("wasm", json!([])).await?),
        ]))
    }

    /// What there is by over a tenth more of than before, and of memory with holes in it by more than those.
    pub fn grown_since(&self, before: &Self) -> Vec<String> {
        let pairs = before.0.iter().zip(&self.0);
        pairs
            .filter(|((what, before), (_, after))| {
                let allowed = match *what {
                    WASM => HOLES,
                    JAVASCRIPT => COMPILED,
                    _ => 0,
                };
                *after > before + (before / 10).max(allowed)
            })
            .map(|((what, before), (_, after))| format!("{before} {what}, then {after}"))
            .collect()
    }
}
