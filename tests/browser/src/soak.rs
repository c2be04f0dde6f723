//! The soak: a visitor who does two thousand things, whatever comes to hand, and a page that has to bear it.
//!
//! Most are done while a run is still being computed or explanations are still being written.

mod memory;
mod visitor;

use std::collections::VecDeque;
use std::env;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use serde_json::json;
use thirtyfour::Key;

use crate::browser::with_page;
use crate::native;
use memory::Memory;
use visitor::Visitor;

/// All actions.
const ACTIONS: usize = 2_000;

/// From here on memory may hardly grow: by then everything that loads when it is first needed has been needed, and what
/// the browser compiles when it is often needed is compiled.
const WARM_UP: usize = 1_000;

/// Actions between two looks at what the page shows.
const STRETCH: usize = 20;

/// Links of all kinds, with a fingerprint and a number of events before each.
const GOLDEN: &str = include_str!("../../data/golden.txt");

/// What people paste by accident.
const GARBAGE: &[&str] = &[
    "&",
    "=&=&&=",
    "p=nothing&v=99",
    "rps=NaN&idle=-1&backlog=12x",
    "idle=2&idle=3&t=soon",
    "999s.rps=1&-1s.rps=1&1s.nothing=1",
    "view=cinema&theme=sepia&t=99h",
    "%F0%9F%98%80=%00&duration=%32s",
    "seed=18446744073709551616&duration=1e9s",
];

/// Too long to wait for.
const LONG: &str = "duration=600s&rps=3000&workers=200";

/// Beside the keys of the page, some that mean nothing, or something to the browser.
const KEYS: &[&str] = &[
    " ",
    ",",
    ".",
    "n",
    "N",
    "ArrowLeft",
    "ArrowRight",
    "ArrowUp",
    "ArrowDown",
    "[",
    "]",
    "?",
    "Home",
    "End",
    "Enter",
    "Escape",
    "x",
];

const SIZES: [(u32, u32); 3] = [(1280, 720), (390, 844), (800, 600)];

/// The same numbers every time, so that a failure can be repeated: Knuth's MMIX generator, its upper bits.
struct Dice(u64);

impl Dice {
    fn throw(&mut self) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize
    }

    fn pick<T: Clone>(&mut self, all: &[T]) -> T {
        all[self.throw() % all.len()].clone()
    }
}

/// Does one thing; says what it was.
async fn act(visitor: &Visitor<'_>, dice: &mut Dice) -> Result<String> {
    let page = visitor.page;
    let n = dice.throw();
    match dice.throw() % 100 {
        0..46 => visitor.ask("touch", json!([n])).await,
        46..58 => visitor.ask("drag", json!([n])).await,
        58..70 => visitor.ask("key", json!([n, dice.pick(KEYS), n % 4 == 1])).await,
        70..74 => {
            let key = dice.pick(&[Key::Tab, Key::Space, Key::Left, Key::Right, Key::Up, Key::Enter, Key::Escape]);
            page.press(key.clone()).await?;
            Ok(format!("presses {key:?}"))
        }
        74..79 => point(visitor, dice).await,
        79..88 => {
            let link = if n.is_multiple_of(4) { dice.pick(GARBAGE).to_owned() } else { link(dice) };
            page.paste(&link).await?;
            Ok(format!("opens '{link}'"))
        }
        88..92 => visitor.ask("travel", json!([if n.is_multiple_of(3) { 1 } else { -1 }])).await,
        92..94 => {
            let (width, height) = dice.pick(&SIZES);
            page.resize(width, height).await?;
            Ok(format!("resizes to {width}x{height}"))
        }
        94..97 => {
            let key = dice.pick(&["view=projector", "view=embed", "view=workbench", "theme=dark", "theme=light"]);
            let link: String = visitor.ask("link", json!([])).await?;
            page.paste(&format!("{link}&{key}")).await?;
            Ok(format!("adds {key}"))
        }
        97..99 => {
            visitor.ask::<()>("play", json!([])).await?;
            Ok("presses play".into())
        }
        _ => {
            page.paste(LONG).await?;
            let then: String = visitor.ask("cancel", json!([n.is_multiple_of(2)])).await?;
            Ok(format!("opens {LONG}, {then}"))
        }
    }
}

/// Presses a real mouse button somewhere, and now and then moves the mouse before it is released.
async fn point(visitor: &Visitor<'_>, dice: &mut Dice) -> Result<String> {
    let (width, height): (usize, usize) = visitor.ask("size", json!([])).await?;
    let mut somewhere = || ((dice.throw() % width) as i64, (dice.throw() % height) as i64);
    let (from, to) = (somewhere(), somewhere());
    let mouse = visitor.page.driver.action_chain_with_delay(None, Some(Duration::ZERO)).move_to(from.0, from.1);
    if (from.0 + to.0) % 2 == 0 {
        mouse.click().perform().await?;
        return Ok(format!("clicks at {from:?}"));
    }
    mouse.click_and_hold().move_to(to.0, to.1).release().perform().await?;
    Ok(format!("drags the mouse from {from:?} to {to:?}"))
}

/// A link that somebody has sent, now and then with a part that does not change the run, or with its end missing.
fn link(dice: &mut Dice) -> String {
    let links = GOLDEN.lines().filter_map(|line| line.splitn(3, ' ').nth(2)).filter(|link| link.starts_with("v="));
    let link = dice.pick(&links.collect::<Vec<_>>());
    match dice.throw() % 6 {
        0 => link[..=dice.throw() % link.len()].to_owned(),
        1 => format!("{link}&view=projector"),
        2 => format!("{link}&view=embed"),
        3 => format!("{link}&t={}ms", dice.throw() % 5_000),
        _ => link.to_owned(),
    }
}

/// Has the page show the run of wherever the visitor is, and compares it with the command line's.
async fn agree(visitor: &Visitor<'_>, dice: &mut Dice) -> Result<()> {
    let link: String = visitor.ask("link", json!([])).await?;
    visitor.page.paste(&shortened(&link, 1 + dice.throw() % 4)).await?;
    let (link, fingerprint): (String, String) = visitor.ask("arrive", json!([])).await?;
    let natively = native::run(&link)?.fingerprint;
    ensure!(fingerprint == natively, "{link} has {fingerprint}, but on the command line {natively}");
    visitor.page.assert_quiet().await
}

/// The same link with a run of so many seconds, in a view that shows the fingerprint.
fn shortened(link: &str, seconds: usize) -> String {
    let parts = link.split('&').filter(|part| *part != "view=embed" && !part.starts_with("duration="));
    format!("{}&duration={seconds}s", parts.collect::<Vec<_>>().join("&"))
}

/// The memory of the page in a state that is always the same.
async fn at_rest(visitor: &Visitor<'_>) -> Result<Memory> {
    visitor.page.resize(1280, 720).await?;
    visitor.page.paste("v=1").await?;
    visitor.ask::<(String, String)>("arrive", json!([])).await?;
    visitor.ask::<()>("tidy", json!([])).await?;
    visitor.ask::<(String, String)>("arrive", json!([])).await?;
    visitor.ask::<()>("hear", json!([])).await?;
    // The browser holds on to what was last pressed, be it on the page or not.
    visitor.page.driver.action_chain_with_delay(None, Some(Duration::ZERO)).move_to(2, 2).click().perform().await?;
    Memory::of(visitor).await
}

#[tokio::test]
async fn two_thousand_random_actions_leave_no_error_no_leak_and_no_other_fingerprint() -> Result<()> {
    let seed = env::var("CONNLAB_SOAK_SEED").map_or(Ok(1), |seed| seed.parse())?;
    with_page(async |page| {
        page.open("p=incident&duration=10s").await?;
        let visitor = Visitor::enter(page).await?;
        let mut dice = Dice(seed);
        let mut before = None;
        let mut done = VecDeque::new();
        for i in 0..ACTIONS {
            if i == WARM_UP {
                before = Some(at_rest(&visitor).await?);
            }
            let story = || format!("seed {seed}, action {i}, after {done:#?}");
            let what = act(&visitor, &mut dice).await.with_context(story)?;
            done.push_back(what);
            if done.len() > 2 * STRETCH {
                done.pop_front();
            }
            if i % STRETCH == STRETCH - 1 {
                agree(&visitor, &mut dice)
                    .await
                    .with_context(|| format!("seed {seed}, action {i}, after {done:#?}"))?;
            }
        }
        let (before, after) = (before.context("the warm-up is shorter than the soak")?, at_rest(&visitor).await?);
        let grown = after.grown_since(&before);
        ensure!(grown.is_empty(), "seed {seed}: memory has grown: {grown:#?}");
        println!("seed {seed}: {before:?}, then {after:?}");
        Ok(())
    })
    .await
}
