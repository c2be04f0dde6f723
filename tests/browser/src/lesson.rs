//! A lesson, as a learner goes through it: with the keyboard alone.

use anyhow::{Result, ensure};
use thirtyfour::Key;

use crate::browser::with_page;

/// Whether the lesson is at this step, as an expression.
fn at(step: &str) -> String {
    format!("!!document.querySelector('[data-step={step}]')")
}

#[tokio::test]
async fn a_prediction_is_locked_in_compared_and_explained_by_keyboard_and_all_of_it_is_in_the_link() -> Result<()> {
    with_page(async |page| {
        page.open("lesson=two-idle&seed=7").await?;
        page.wait_for("the questions", &at("Predict")).await?;
        let hidden: [f64; 3] = page
            .js("['.chart', '#panel-Errors', '[data-testid=lock-in]:enabled']
                    .map(selector => document.querySelectorAll(selector).length)")
            .await?;
        ensure!(hidden == [0.0; 3], "something is to be seen before anything is predicted: {hidden:?}");
        page.focus("[data-testid=question-0] input").await?;
        page.press("40").await?;
        page.press(Key::Tab).await?;
        page.press(" ").await?;
        page.press(Key::Down).await?;
        page.press(Key::Tab).await?;
        page.press("Two fit in & no more.").await?;
        page.wait_for("an answer to each question", "!document.querySelector('[data-testid=lock-in]').disabled")
            .await?;
        page.press(Key::Tab).await?;
        page.press(Key::Enter).await?;
        page.wait_for("both runs", &at("Compare")).await?;
        let table: String = page.js("document.querySelector('.said').innerText").await?;
        ensure!(table.contains("40 of 100") && table.contains("About half as many"), "{table}");
        let charts: f64 = page.js("document.querySelectorAll('.chart').length").await?;
        ensure!(charts == 4.0, "all charts are there");
        page.focus("[data-testid=learned]").await?;
        page.press("We closed them.").await?;
        page.press(Key::Tab).await?;
        page.press(Key::Enter).await?;
        page.wait_for("what to notice", &at("Explain")).await?;
        page.focus("[data-step=Explain] .lock button").await?;
        page.press(Key::Enter).await?;
        page.wait_for("the commands", &at("For-real")).await?;
        let link: String = page.js("location.hash").await?;
        for part in ["idle=50", "pin.idle=2", "lesson=two-idle", "said=40,2", "because=Two_fit_in_~26_no_more~2e"] {
            ensure!(link.contains(part), "no {part} in {link}");
        }
        ensure!(link.contains("learned=We_closed_them~2e"), "{link}");
        page.open(&link[1..]).await?;
        page.wait_for("the answers of the link", &at("Compare")).await?;
        let lesson = page.text("lesson").await?;
        ensure!(lesson.contains("“Two fit in & no more.”"), "{lesson}");
        page.assert_quiet().await
    })
    .await
}

#[tokio::test]
async fn settings_of_a_lesson_stay_until_the_prediction_is_locked_in_and_then_those_that_it_names_move() -> Result<()> {
    with_page(async |page| {
        page.open("lesson=two-idle").await?;
        page.wait_for("the questions", &at("Predict")).await?;
        let free = "[...document.querySelectorAll('.row:not(.locked)')].map(row => row.dataset.param).sort()";
        let before: Vec<String> = page.js(free).await?;
        ensure!(before.is_empty(), "{before:?}");
        page.click("unpredicted").await?;
        page.wait_for("both runs", &at("Compare")).await?;
        let after: Vec<String> = page.js(free).await?;
        let moves = |key: &str| after.iter().any(|free| free == key);
        ensure!(moves("idle") && moves("think") && !moves("workers"), "{after:?}");
        page.assert_quiet().await
    })
    .await
}

#[tokio::test]
async fn a_line_in_the_chart_is_the_number_that_is_predicted_and_stays_drawn() -> Result<()> {
    with_page(async |page| {
        page.open("lesson=ports").await?;
        page.wait_for(
            "the line's handle",
            "document.querySelector('.guess-handle') && document.querySelector('[data-step=Predict]')",
        )
        .await?;
        page.focus(".guess-handle").await?;
        page.press(Key::Up).await?;
        let number = "document.querySelector('[data-testid=question-0] input').value";
        page.wait_for("the number of the line", &format!("{number} !== ''")).await?;
        let before: f64 = page.js(&format!("Number({number})")).await?;
        page.press(Key::PageUp).await?;
        page.wait_for("a larger number", &format!("Number({number}) > {before}")).await?;
        page.focus("[data-testid=question-0] input").await?;
        page.js::<()>("document.activeElement.select()").await?;
        page.press("777").await?;
        page.wait_for(
            "the line of the number",
            "document.querySelector('[data-testid=guess]').innerText.includes('777')",
        )
        .await?;
        page.click("unpredicted").await?;
        page.wait_for("both runs", &at("Compare")).await?;
        let (line, handle): (String, bool) = page
            .js("[document.querySelector('[data-testid=guess]').innerText, !!document.querySelector('.guess-handle')]")
            .await?;
        ensure!(line.contains("777") && !handle, "{line}, {handle}");
        page.assert_quiet().await
    })
    .await
}
