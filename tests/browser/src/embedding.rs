//! The page within another page.

use std::fs;

use anyhow::{Result, ensure};
use serde::Deserialize;
use xtask::static_server::StaticServer;

use crate::browser::{MOUNT, dist, with_page};
use crate::offline::copy;
use crate::page::Page;

/// A page around it that does as docs/embedding.md says.
const HOST: &str = include_str!("../../../docs/embedding.md");

/// The first example of the document: a frame, and a script that gives it its height.
fn example() -> &'static str {
    HOST.split("```html\n").nth(1).and_then(|rest| rest.split("```").next()).unwrap_or_default()
}

#[derive(Debug, Deserialize)]
struct Frame {
    height: f64,
    /// Where the last thing in it ends.
    ends: f64,
    /// Of each chart that is seen.
    charts: Vec<f64>,
    has_scene: bool,
}

const FRAME: &str = "(frame => {
    const all = selector => [...frame.contentDocument.querySelectorAll(selector)];
    return {
        height: frame.clientHeight,
        ends: all('.axis')[0].getBoundingClientRect().bottom,
        charts: all('.chart .plot').map(plot => plot.clientHeight).filter(height => height > 0),
        has_scene: all('.scene').some(scene => scene.clientHeight > 0),
    };
})(document.querySelector('iframe'))";

#[tokio::test]
async fn a_frame_that_takes_the_height_it_is_told_shows_all_that_its_link_names() -> Result<()> {
    with_page(async |page| {
        let folder = tempfile::tempdir()?;
        copy(&dist()?, folder.path())?;
        let site = StaticServer::start(folder.path(), MOUNT, 0)?;
        for (width, shows, charts, has_scene) in [
            (320, "&show=outcomes,queues", 2, false),
            (480, "&show=latency", 1, false),
            (720, "", 4, true),
            (1200, "&show=scene,outcomes", 1, true),
        ] {
            let link = format!("{}#p=incident&view=embed{shows}", site.url());
            let example = example().replace("https://example.org/connlab/#p=incident&view=embed", &link);
            ensure!(example.contains(&link), "{example}");
            let host = format!(
                "<!doctype html><link rel=icon href=data:,><body style=\"width: {width}px; margin: 0\">{example}"
            );
            fs::write(folder.path().join("host.html"), host)?;
            let around = Page::new(page.driver.clone(), format!("{}host.html", site.url()));
            around.paste("").await?;
            around.wait_for("its height", "document.querySelector('iframe').style.height").await?;
            around.wait_for("its style", &format!("{FRAME}.charts.length === {charts}")).await?;
            let frame: Frame = around.js(FRAME).await?;
            ensure!(frame.has_scene == has_scene, "{width} {shows}: {frame:?}");
            ensure!(frame.ends <= frame.height + 0.5, "{width} {shows}: {frame:?}");
            ensure!(frame.charts.iter().all(|height| *height > 35.0), "{width} {shows}: {frame:?}");
        }
        Ok(())
    })
    .await
}

#[tokio::test]
async fn an_embedded_page_follows_the_theme_that_its_link_names() -> Result<()> {
    with_page(async |page| {
        for (theme, surface) in [("dark", "rgb(22, 24, 29)"), ("light", "rgb(255, 255, 255)")] {
            page.open(&format!("p=healthy&view=embed&theme={theme}")).await?;
            let [is, background]: [String; 2] = page
                .js("[document.documentElement.dataset.theme,
                      getComputedStyle(document.querySelector('.embed')).backgroundColor]")
                .await?;
            ensure!((is, background) == (theme.to_owned(), surface.to_owned()), "{theme}");
        }
        Ok(())
    })
    .await
}
