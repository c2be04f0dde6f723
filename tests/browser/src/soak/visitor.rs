//! The visitor's hands: a script in the page.

use anyhow::{Context, Result, bail};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::page::Page;

/// Calls the functions of `visitor.js` with arguments. Written into expressions, each would be another script to the
/// browser, of which some bytes stay in the page's heap.
pub struct Visitor<'a> {
    pub page: &'a Page,
    /// The browser's name for the object with the functions.
    object: String,
}

impl<'a> Visitor<'a> {
    /// Puts the script into the open page; a reload, which nothing may cause, takes it away.
    pub async fn enter(page: &'a Page) -> Result<Self> {
        let script = json!({ "expression": concat!(include_str!("visitor.js"), "window.visitor") });
        let answer = page.driver.cdp().send_raw("Runtime.evaluate", script).await?;
        let object = answer["result"]["objectId"].as_str().with_context(|| format!("no visitor: {answer}"))?;
        Ok(Self { page, object: object.to_owned() })
    }

    /// Has it do something; waits if that takes a while.
    pub async fn ask<T: DeserializeOwned>(&self, what: &str, arguments: Value) -> Result<T> {
        let call = json!({
            "functionDeclaration": "function (what, arguments) { return this[what](...arguments) }",
            "objectId": self.object,
            "arguments": [{ "value": what }, { "value": arguments }],
            "awaitPromise": true,
            "returnByValue": true,
            "userGesture": true,
        });
        let answer = self.page.driver.cdp().send_raw("Runtime.callFunctionOn", call).await;
        let answer = answer.with_context(|| format!("{what}{arguments}: was the page loaded anew?"))?;
        if let Some(exception) = answer.get("exceptionDetails") {
            bail!("{what}{arguments}: {exception}");
        }
        Ok(serde_json::from_value(answer["result"].get("value").cloned().unwrap_or_default())?)
    }
}
