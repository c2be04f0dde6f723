//! Every control is a new link and a new run.

use anyhow::{Result, ensure};
use thirtyfour::Key;

use crate::browser::with_page;
use crate::native;
use crate::page::{Page, Shown};

fn assert_native(shown: &Shown) -> Result<()> {
    let native = native::run(&shown.hash)?.fingerprint;
    ensure!(shown.fingerprint == native, "{shown:?}, but natively {native}");
    Ok(())
}

#[tokio::test]
async fn an_arrow_key_on_a_slider_runs_a_new_link() -> Result<()> {
    with_page(async |page| {
        let before = page.open("p=two-idle").await?;
        page.press_on_slider("idle", Key::Right).await?;
        let after = page.moved_on_from(&before).await?;
        ensure!(after.hash.contains("idle="), "{after:?}");
        assert_native(&after)
    })
    .await
}

#[tokio::test]
async fn dragging_a_slider_runs_a_new_link_and_moves_its_number() -> Result<()> {
    with_page(async |page| {
        let before = page.open("p=two-idle").await?;
        let number = page.number("idle").await?;
        page.drag_slider("idle", 0.75).await?;
        let after = page.moved_on_from(&before).await?;
        ensure!(after.hash.contains("idle="), "{after:?}");
        ensure!(page.number("idle").await? != number, "the number box still says {number}");
        assert_native(&after)
    })
    .await
}

#[tokio::test]
async fn charts_keep_their_place_while_a_slider_is_held() -> Result<()> {
    with_page(async |page| {
        const HEIGHT: &str = "document.querySelector('.marks').offsetHeight";
        let before = page.open("p=incident").await?;
        let height: f64 = page.js(HEIGHT).await?;
        page.hold_slider("workers", 1.0).await?;
        let held = page.moved_on_from(&before).await?;
        ensure!(page.js::<f64>(HEIGHT).await? == height, "the lane of errors has shrunk during a drag to {held:?}");
        page.let_go().await?;
        page.wait_for("the lane to fit", &format!("{HEIGHT} < {height}")).await
    })
    .await
}

#[tokio::test]
async fn a_typed_number_runs_a_new_link_and_back_undoes_it() -> Result<()> {
    with_page(async |page| {
        let before = page.open("p=healthy").await?;
        let number = page.number("workers").await?;
        page.type_number("workers", "3").await?;
        let after = page.moved_on_from(&before).await?;
        ensure!(after.hash.contains("workers=3"), "{after:?}");
        ensure!(page.number("workers").await? == "3", "the number box forgot what was typed");
        assert_native(&after)?;

        page.driver.back().await?;
        page.comes_to_show(&before).await?;
        ensure!(page.number("workers").await? == number, "the number box did not go back");
        page.driver.forward().await?;
        page.comes_to_show(&after).await
    })
    .await
}

/// Presses Ctrl and a key, with Shift or without.
async fn press_ctrl(page: &Page, key: &str, shift: bool) -> Result<()> {
    let chain = page.driver.action_chain().key_down(Key::Control);
    let chain = if shift { chain.key_down(Key::Shift) } else { chain };
    Ok(chain.send_keys(key).key_up(Key::Shift).key_up(Key::Control).perform().await?)
}

#[tokio::test]
async fn undo_takes_a_drag_back_from_anywhere_and_redo_makes_it_again() -> Result<()> {
    with_page(async |page| {
        let before = page.open("p=healthy&duration=2s").await?;
        page.drag_slider("workers", 0.2).await?;
        let after = page.moved_on_from(&before).await?;
        press_ctrl(page, "z", false).await?;
        page.comes_to_show(&before).await?;
        page.js::<()>("document.activeElement.blur()").await?;
        press_ctrl(page, "Z", true).await?;
        page.comes_to_show(&after).await?;
        press_ctrl(page, "z", false).await?;
        page.comes_to_show(&before).await?;
        press_ctrl(page, "z", false).await?;
        page.wait_for("a word", "/no change/.test(document.querySelector('[data-testid=note]').innerText)").await?;
        ensure!(page.shown().await? == before, "undo has left the page");
        Ok(())
    })
    .await
}

#[tokio::test]
async fn in_a_box_undo_first_takes_back_what_was_typed_and_then_the_change() -> Result<()> {
    with_page(async |page| {
        let before = page.open("p=healthy&duration=2s").await?;
        page.type_number("workers", "3").await?;
        let after = page.moved_on_from(&before).await?;
        page.focus("input.num[name=workers]").await?;
        page.js::<()>("document.activeElement.select()").await?;
        page.press("12").await?;
        press_ctrl(page, "z", false).await?;
        ensure!(page.number("workers").await? == "3", "the box says {}", page.number("workers").await?);
        ensure!(page.shown().await? == after, "the run has changed with a text that nobody entered");
        press_ctrl(page, "z", false).await?;
        page.comes_to_show(&before).await?;
        ensure!(page.number("workers").await? == "64", "the box says {}", page.number("workers").await?);
        Ok(())
    })
    .await
}

/// The table of the last change: name, before, now.
async fn difference(page: &Page) -> Result<Vec<[String; 3]>> {
    page.js("[...document.querySelectorAll('[data-testid=difference] [data-row]')]
            .map(row => [...row.cells].slice(0, 3).map(cell => cell.innerText))")
        .await
}

#[tokio::test]
async fn a_change_by_hand_is_compared_with_the_run_before_and_back_brings_the_table_back() -> Result<()> {
    with_page(async |page| {
        const THERE: &str = "document.querySelector('[data-topic=difference][aria-busy=false]')";
        let opened = page.open("p=incident&duration=25s").await?;
        page.wait_for("the chain", "document.querySelector('[data-testid=why]')").await?;
        ensure!(difference(page).await?.is_empty(), "nobody has changed anything");
        page.type_number("somaxconn", "4096").await?;
        let first = page.moved_on_from(&opened).await?;
        page.wait_for("the difference", THERE).await?;
        let table = difference(page).await?;
        let failed = async |link: &str| {
            let failed = native::run(link)?.requests.failed.to_string();
            anyhow::Ok(failed)
        };
        let of = |table: &[[String; 3]], name: &str| {
            table.iter().find(|row| row[0] == name).map(|[_, was, is]| [was.replace(',', ""), is.replace(',', "")])
        };
        let expected = Some([failed(&opened.hash).await?, failed(&first.hash).await?]);
        ensure!(of(&table, "failed") == expected, "{table:?}, not {expected:?}");
        page.drag_slider("workers", 0.9).await?;
        let second = page.moved_on_from(&first).await?;
        page.wait_for("the next difference", THERE).await?;
        let next = difference(page).await?;
        let expected = Some([failed(&first.hash).await?, failed(&second.hash).await?]);
        ensure!(of(&next, "failed") == expected, "{next:?}, not {expected:?}");
        page.driver.back().await?;
        page.comes_to_show(&first).await?;
        page.wait_for("the table of that change", THERE).await?;
        ensure!(difference(page).await? == table, "{:?}, not {table:?}", difference(page).await?);
        page.driver.back().await?;
        page.comes_to_show(&opened).await?;
        page.wait_for("no table", "!document.querySelector('[data-testid=difference]')").await
    })
    .await
}

/// Where the box for a search is, whatever it finds.
const FIND: &str = "document.querySelector('.find input').getBoundingClientRect().top";

#[tokio::test]
async fn the_search_stays_where_it_is_and_knows_what_people_call_things() -> Result<()> {
    with_page(async |page| {
        page.open("p=healthy").await?;
        let top: f64 = page.js(FIND).await?;
        page.focus(".find input").await?;
        for (typed, finds) in [("con", "workers"), ("currency", "max-conns"), ("", "callers")] {
            page.press(typed).await?;
            page.wait_for(finds, &format!("document.querySelector('.left [data-param={finds}]')")).await?;
            ensure!(page.js::<f64>(FIND).await? == top, "it moved after “{typed}”");
        }
        page.js::<()>("document.activeElement.select()").await?;
        page.press("tls").await?;
        page.wait_for("that it is not modelled", "document.querySelector('.find').innerText.includes('not modelled')")
            .await?;
        ensure!(page.js::<f64>(FIND).await? == top, "it moved");
        Ok(())
    })
    .await
}

#[tokio::test]
async fn what_a_setting_means_covers_nothing() -> Result<()> {
    with_page(async |page| {
        page.open("p=incident").await?;
        page.focus("input[type=range][name=workers]").await?;
        page.press(Key::Right).await?;
        page.wait_for("its meaning", "[...document.querySelectorAll('.left .tip')].some(tip => tip.clientHeight)")
            .await?;
        let covered: Vec<String> = page
            .js("(tip => [...document.querySelectorAll('.left :is(.setfoot *, .find *, .row:focus-within *)')]
                .filter(one => one.clientHeight && !one.closest('.tip') && (box =>
                    box.bottom > tip.top && box.top < tip.bottom)(one.getBoundingClientRect()))
                .map(one => one.outerHTML))([...document.querySelectorAll('.left .tip')]
                    .find(tip => tip.clientHeight).getBoundingClientRect())")
            .await?;
        ensure!(covered.is_empty(), "under it: {covered:#?}");
        Ok(())
    })
    .await
}

#[tokio::test]
async fn a_change_is_judged_with_other_seeds_and_its_verdict_is_that_of_the_command_line() -> Result<()> {
    with_page(async |page| {
        let before = page.open("p=incident").await?;
        page.type_number("somaxconn", "256").await?;
        let after = page.moved_on_from(&before).await?;
        page.wait_for("the verdict", "document.querySelector('[data-topic=seeds][aria-busy=false]')").await?;
        let verdict = page.text("verdict").await?;
        let told = native::comparison(&before.hash, &after.hash)?;
        ensure!(told.contains(&verdict), "{verdict} is not in {told}");
        ensure!(verdict.contains("95 % interval") && verdict.contains("seeds agree"), "{verdict}");
        let parted: u64 = page.js("Number(document.querySelector('.tried [data-instant]').dataset.instant)").await?;
        page.js::<()>("document.querySelector('.tried [data-instant]').click()").await?;
        let s = format!("{:.3} s", parted as f64 / 1e9);
        page.wait_for(
            "the playhead there",
            &format!("document.querySelector('[data-testid=clock]').innerText === '{s}'"),
        )
        .await
    })
    .await
}

#[tokio::test]
async fn a_pinned_run_is_compared_with_whatever_comes_and_a_colleague_gets_both() -> Result<()> {
    with_page(async |page| {
        let a = page.open("p=incident&duration=25s").await?;
        page.press("b").await?;
        page.wait_for("the pin", "document.querySelector('.tried h3').innerText === 'A is pinned'").await?;
        page.type_number("somaxconn", "256").await?;
        let b = page.moved_on_from(&a).await?;
        ensure!(b.hash.ends_with("&pin.somaxconn=128"), "{b:?}");
        page.type_number("workers", "18").await?;
        let b = page.moved_on_from(&b).await?;
        const THERE: &str = "document.querySelector('[data-topic=difference][aria-busy=false] table')";
        page.wait_for("the comparison", THERE).await?;
        let changes = "document.querySelector('[data-topic=difference] p').innerText";
        let compared: String = page.js(changes).await?;
        ensure!(compared == "net.core.somaxconn 128 → 256, workers 16 → 18", "{compared}");
        let table = difference(page).await?;
        page.open(&b.hash).await?;
        page.wait_for("the same comparison", THERE).await?;
        ensure!(difference(page).await? == table, "a colleague sees the same");
        page.js::<()>("document.querySelector('[data-do=swap]').click()").await?;
        page.wait_for("A as B", &format!("{changes} === 'net.core.somaxconn 256 → 128, workers 18 → 16'")).await?;
        page.click("pin").await?;
        page.wait_for("the link of one run", "!location.hash.includes('pin.')").await
    })
    .await
}

#[tokio::test]
async fn who_asks_what_matters_gets_an_order_and_can_try_the_first() -> Result<()> {
    with_page(async |page| {
        let before = page.open("p=incident&duration=25s").await?;
        page.js::<()>("document.querySelector('#matters summary').click()").await?;
        page.wait_for("the order", "document.querySelector('[data-topic=matters][aria-busy=false] table')").await?;
        let first = "document.querySelector('[data-testid=matters] [data-link]')";
        let link: String = page.js(&format!("{first}.dataset.link")).await?;
        page.js::<()>(&format!("{first}.click()")).await?;
        let after = page.moved_on_from(&before).await?;
        ensure!(after.hash.starts_with(&format!("#{link}&pin.")), "{after:?} is not {link}");
        Ok(())
    })
    .await
}

#[tokio::test]
async fn who_asks_when_it_was_too_late_is_told_for_the_cure_that_was_found() -> Result<()> {
    with_page(async |page| {
        page.open("p=incident&duration=25s").await?;
        page.wait_for("a cure", "document.querySelector('#late summary')").await?;
        page.js::<()>("document.querySelector('#late summary').click()").await?;
        page.wait_for("the verdict", "document.querySelector('[data-testid=deadline]')").await?;
        let verdict: String = page.js("document.querySelector('[data-testid=deadline]').innerText").await?;
        ensure!(verdict.starts_with("workers=") && verdict.contains("(12 seeds)"), "{verdict}");
        let rows: u64 = page.js("document.querySelectorAll('[data-testid=late] [data-link]').length").await?;
        ensure!(rows == 25, "{rows} instants");
        Ok(())
    })
    .await
}

#[tokio::test]
async fn who_asks_how_large_it_should_be_chooses_the_setting_and_can_try_the_answer() -> Result<()> {
    with_page(async |page| {
        let before = page.open("p=healthy&duration=2s").await?;
        page.js::<()>("document.querySelector('#enough summary').click()").await?;
        page.wait_for("a choice", "document.querySelector('[data-testid=sized] [value=workers]')").await?;
        let choose = "document.querySelectorAll('[data-testid=sized]').forEach(select => { select.value = 'workers'; \
                      select.dispatchEvent(new Event('change', { bubbles: true })) })";
        page.js::<()>(choose).await?;
        const VERDICT: &str = "document.querySelector('[data-testid=size]')?.innerText";
        page.wait_for("the answer", &format!("{VERDICT}?.startsWith('workers ')")).await?;
        let verdict: String = page.js(VERDICT).await?;
        ensure!(verdict.contains(" is enough: ") && verdict.contains("72 of 72 seeds"), "{verdict}");
        page.js::<()>("document.querySelector('#enough .btn[data-link]').click()").await?;
        let after = page.moved_on_from(&before).await?;
        ensure!(after.hash.contains("workers=") && after.hash.contains("pin.workers=64"), "{after:?}");
        Ok(())
    })
    .await
}
