//! Pictures of the page for those who review a change, in `target/screenshots/`.

use anyhow::Result;

use crate::browser::with_page;

#[tokio::test]
async fn the_page_has_its_picture_taken() -> Result<()> {
    with_page(async |page| {
        for (name, width, height, view) in [
            ("desktop-light", 1280, 720, "theme=light"),
            ("desktop-dark", 1280, 720, "theme=dark"),
            ("phone-light", 390, 844, "theme=light"),
            ("phone-dark", 390, 844, "theme=dark"),
            ("projector", 1280, 720, "view=projector"),
        ] {
            page.resize(width, height).await?;
            page.open(&format!("p=incident&{view}")).await?;
            page.wait_for("why", "document.querySelector('[data-testid=why]')").await?;
            if width > 640 && !view.contains("projector") {
                page.wait_for("the cure", "document.querySelector('[data-testid=fix]')").await?;
            }
            page.screenshot(name).await?;
        }
        for theme in ["light", "dark"] {
            page.resize(1280, 720).await?;
            page.open(&format!("p=incident&theme={theme}")).await?;
            for (tab, topic) in [("Sockets", "sockets"), ("Summary", "summary")] {
                page.js::<()>(&format!("document.querySelector('#panel-{tab}').click()")).await?;
                page.wait_for(tab, &format!("document.querySelector('[data-topic={topic}][aria-busy=false]')")).await?;
                page.screenshot(&format!("{topic}-{theme}")).await?;
            }
            page.js::<()>("document.querySelector('#panel-Errors').click()").await?;
            page.wait_for("its button", "document.querySelector('#story')").await?;
            page.click("story-button").await?;
            page.wait_for("the story", "document.querySelector('[data-topic=story][aria-busy=false] svg')").await?;
            page.screenshot(&format!("story-{theme}")).await?;
        }
        for (name, width, height, theme) in [
            ("model-card-light", 1280, 720, "light"),
            ("model-card-dark", 1280, 720, "dark"),
            ("model-card-phone", 390, 844, "light"),
        ] {
            page.resize(width, height).await?;
            page.open(&format!("p=retry-storm&theme={theme}")).await?;
            if width < 640 {
                page.js::<()>("document.querySelectorAll('.panes button')[1].click()").await?;
                page.wait_for("the settings", "document.querySelector('.left').clientWidth > 0").await?;
            }
            page.click("model-card-button").await?;
            page.wait_for("the model card", "document.querySelector('[data-testid=model-card]')").await?;
            page.screenshot(name).await?;
        }
        Ok(())
    })
    .await
}
