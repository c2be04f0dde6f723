//! A visitor who presses whatever there is: nothing of it may leave an error behind.

use anyhow::{Context, Result, ensure};
use thirtyfour::Key;

use crate::browser::with_page;
use crate::native;
use crate::page::Page;

/// What can be pressed, moved or typed into, and is to be seen; not what leaves the page or its clipboard.
const THINGS: &str = "[...document.querySelectorAll('button, input, select, summary, [role=slider]')]
    .filter(thing => thing.checkVisibility() && !thing.disabled && thing.dataset.testid !== 'share'
        && !('copy' in thing.dataset))";

/// Does something with the n-th thing; says what it was.
async fn touch(page: &Page, n: u64) -> Result<String> {
    page.js(&format!(
        "((things, n) => {{
            const thing = things[n % things.length];
            const set = (prototype, value) => {{
                Object.getOwnPropertyDescriptor(prototype, 'value').set.call(thing, value);
                for (const type of ['input', 'change']) thing.dispatchEvent(new Event(type, {{ bubbles: true }}));
            }};
            if (thing.type === 'range') {{
                set(HTMLInputElement.prototype, String(Number(thing.min) + n % 97 / 97 * (thing.max - thing.min)));
            }} else if (thing.tagName === 'SELECT') {{
                set(HTMLSelectElement.prototype, thing.options[n % thing.options.length].value);
            }} else if (thing.tagName === 'INPUT' && !['checkbox', 'radio'].includes(thing.type)) {{
                set(HTMLInputElement.prototype, ['', '7', 'EOF', '-1', '1e9', 'lorem'][n % 6]);
            }} else {{
                thing.click();
            }}
            return `${{thing.tagName}} ${{thing.name || thing.id || thing.ariaLabel || thing.innerText}}`;
        }})({THINGS}, {n})"
    ))
    .await
}

/// The same numbers every time, so that a failure can be repeated: Knuth's MMIX generator, its upper bits.
fn numbers(seed: u64) -> impl Iterator<Item = u64> {
    let next =
        |state: &u64| Some(state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407));
    std::iter::successors(Some(seed), next).skip(1).map(|state| state >> 33)
}

#[tokio::test]
async fn fifty_random_interactions_leave_a_quiet_page_that_still_agrees_with_the_command_line() -> Result<()> {
    with_page(async |page| {
        for (seed, width, height) in [(1, 1280, 720), (2, 390, 844)] {
            page.resize(width, height).await?;
            page.open("p=incident&duration=10s").await?;
            let mut touched = Vec::new();
            for n in numbers(seed).take(50) {
                touched.push(touch(page, n).await.with_context(|| format!("after {touched:?}"))?);
                if n % 5 == 0 {
                    page.press(Key::Escape).await?;
                }
            }
            page.assert_quiet().await.with_context(|| format!("after {touched:?}"))?;
            let shown = page.follow("p=healthy&duration=5s").await?;
            ensure!(shown.fingerprint == native::run(&shown.hash)?.fingerprint, "{shown:?} after {touched:?}");
        }
        Ok(())
    })
    .await
}
