//! A lesson in a learning platform, which a stub stands for.

use std::fs;

use anyhow::{Result, ensure};
use serde_json::{Value, json};
use xtask::scorm::{Lesson, files};
use xtask::static_server::StaticServer;

use crate::browser::{MOUNT, dist, with_page};
use crate::page::Page;

/// A platform: keeps what it is told, and notes each call.
const PLATFORM: &str = "<!doctype html><link rel=icon href=data:,><script>
    const values = { 'cmi.suspend_data': sessionStorage.kept ?? '' };
    const calls = [];
    const note = (name, answer) => (...given) => { calls.push([name, ...given]); return answer(...given); };
    window.API = {
        LMSInitialize: note('LMSInitialize', () => 'true'),
        LMSGetValue: note('LMSGetValue', name => values[name] ?? ''),
        LMSSetValue: note('LMSSetValue', (name, value) => {
            values[name] = value;
            if (name === 'cmi.suspend_data') sessionStorage.kept = value;
            return 'true';
        }),
        LMSCommit: note('LMSCommit', () => 'true'),
        LMSFinish: note('LMSFinish', () => 'true'),
        LMSGetLastError: () => '0', LMSGetErrorString: () => '', LMSGetDiagnostic: () => '',
    };
</script><iframe src=index.html width=1200 height=700></iframe>";

/// The page in the frame of the package.
const INSIDE: &str = "document.querySelector('iframe').contentDocument.querySelector('iframe').contentWindow";

#[tokio::test]
async fn a_platform_is_told_what_a_learner_did_and_gives_it_back() -> Result<()> {
    with_page(async |page| {
        let folder = tempfile::tempdir()?;
        let lesson = Lesson { id: "two-idle".into(), title: "Two idle connections".into() };
        for (name, content) in files(&dist()?, &lesson)? {
            fs::write(folder.path().join(name), content)?;
        }
        fs::write(folder.path().join("platform.html"), PLATFORM)?;
        let site = StaticServer::start(folder.path(), MOUNT, 0)?;
        let platform = Page::new(page.driver.clone(), format!("{}platform.html", site.url()));
        platform.paste("").await?;
        let status = "values['cmi.core.lesson_status']";
        platform.wait_for("the begin", &format!("{status} === 'incomplete'")).await?;
        let first: Value = platform.js("calls[0]").await?;
        ensure!(first == json!(["LMSInitialize", ""]), "{first}");
        let begun: String = platform.js("values['cmi.suspend_data']").await?;
        ensure!(begun.contains("lesson=two-idle"), "{begun}");
        platform.wait_for("the lesson", &format!("{INSIDE}.document.body.dataset.run === 'done'")).await?;

        // What locking in a prediction, and explaining in one's own words, makes of the link.
        platform
            .js::<()>(&format!("void ({INSIDE}.location.hash = {INSIDE}.location.hash + '&said=50,2&learned=idle')"))
            .await?;
        platform.wait_for("the end", &format!("{status} === 'completed' && calls.at(-1)[0] === 'LMSCommit'")).await?;
        platform.js::<()>("document.querySelector('iframe').remove()").await?;
        platform.wait_for("the last call", "calls.at(-1)[0] === 'LMSFinish'").await?;
        let time: String = platform.js("values['cmi.core.session_time']").await?;
        ensure!(time.starts_with("0000:00:"), "{time}");

        // The learner comes back.
        page.driver.goto("about:blank").await?;
        platform.paste("").await?;
        let kept = format!("{INSIDE}.location.hash.includes('learned=idle')");
        platform.wait_for("where the learner was", &kept).await
    })
    .await
}
