//! What the page holds, counted by the browser after it has thrown away what it could.

use std::time::Duration;

use anyhow::{Context, Result};
use serde_json::{Value, json};

use super::visitor::Visitor;

/// How often garbage is collected: what one collection finalises is let go of in the next.
const COLLECTIONS: usize = 4;

/// Between two of them, so that finalisers can run.
const PAUSE: Duration = Duration::from_millis(100);

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
            ("bytes of JavaScript", number(&heap, "usedSize")?),
            ("listeners", number(&counters, "jsEventListeners")?),
            ("bytes of wasm", visitor.ask("wasm", json!([])).await?),
        ]))
    }

    /// What there is by over a tenth more of than before.
    pub fn grown_since(&self, before: &Self) -> Vec<String> {
        let pairs = before.0.iter().zip(&self.0);
        pairs
            .filter(|((_, before), (_, after))| *after > before + before / 10)
            .map(|((what, before), (_, after))| format!("{before} {what}, then {after}"))
            .collect()
    }
}
