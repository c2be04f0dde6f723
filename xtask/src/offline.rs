//! What the page's service worker keeps: all that a visit needs, each file by its hash.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use base64::{Engine, prelude::BASE64_STANDARD};
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use crate::build::files_in;
use crate::documents;
use crate::single_file;

/// The worker's script.
pub const SCRIPT: &str = "sw.js";

/// What is not kept: the worker itself, the way out of it, the page once more, and what is heavy, source and pictures.
fn is_kept(file: &str) -> bool {
    let is_heavy = file.ends_with(documents::SOURCE) || file.ends_with(".png");
    ![SCRIPT, "nosw.js", single_file::NAME].contains(&file) && !is_heavy
}

/// Writes before the worker's script which files of `dist` it keeps. Another file, or another content, makes another
/// version: browsers compare the script byte for byte.
pub fn write(dist: &Path) -> Result<()> {
    let script = fs::read_to_string(dist.join(SCRIPT)).with_context(|| format!("no {SCRIPT}"))?;
    let files = hashes(dist)?;
    let version = Sha256::digest(files.to_string());
    let version: String = version[..8].iter().map(|byte| format!("{byte:02x}")).collect();
    Ok(fs::write(dist.join(SCRIPT), format!("const VERSION={};\nconst FILES={files};\n{script}", json!(version)))?)
}

/// A worker that removes itself, for who works on the page: what was just built is to be seen.
pub fn leave_out(dist: &Path) -> Result<()> {
    Ok(fs::write(dist.join(SCRIPT), "skipWaiting();\nonactivate = () => registration.unregister();\n")?)
}

/// The hash of each file by its name, as browsers write it; the page itself has the name of its folder: none.
fn hashes(dist: &Path) -> Result<Value> {
    let mut hashes = Map::new();
    for file in files_in(dist)?.into_iter().filter(|file| is_kept(file)) {
        let hash = BASE64_STANDARD.encode(Sha256::digest(fs::read(dist.join(&file))?));
        let name = if file == "index.html" { String::new() } else { file };
        hashes.insert(name, json!(format!("sha256-{hash}")));
    }
    hashes.sort_keys();
    Ok(Value::Object(hashes))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(page: &str) -> String {
        let dist = tempfile::tempdir().expect("a folder");
        fs::create_dir(dist.path().join("docs")).expect("a folder");
        for file in
            ["index.html", "app.js", SCRIPT, "nosw.js", single_file::NAME, "docs/README.html", "docs/source.tar.gz"]
        {
            fs::write(dist.path().join(file), if file == "index.html" { page } else { file }).expect("written");
        }
        write(dist.path()).expect("all files are there");
        fs::read_to_string(dist.path().join(SCRIPT)).expect("UTF-8")
    }

    #[test]
    fn the_worker_keeps_the_page_and_its_documents_by_their_hashes() {
        let text = written("page");
        let files = text.split("FILES=").nth(1).and_then(|rest| rest.split(";\n").next()).expect("a list");
        let files: Map<String, Value> = serde_json::from_str(files).expect("an object");
        assert_eq!(files.keys().collect::<Vec<_>>(), ["", "app.js", "docs/README.html"]);
        let hash = format!("sha256-{}", BASE64_STANDARD.encode(Sha256::digest("page")));
        assert_eq!(files[""], hash);
        assert!(text.ends_with(SCRIPT), "the script itself: {text}");
    }

    #[test]
    fn another_page_is_another_version_and_the_same_one_is_not() {
        assert_eq!(written("page"), written("page"));
        let version = |text: String| text.lines().next().map(str::to_owned);
        assert_ne!(version(written("page")), version(written("another page")));
    }
}
