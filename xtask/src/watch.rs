//! Rebuilds the page when its source is saved, and makes the browser reload it.

use std::fs;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant, SystemTime};

use anyhow::{Context, Result};
use ignore::Walk;

use crate::machine::Machine;
use crate::offline;
use crate::page::{self, Edition};

/// What the page is made of.
const SOURCES: [&str; 10] =
    ["Cargo.lock", "Cargo.toml", "MODEL.md", "explainer", "index.html", "model", "page", "src", "static", "turns"];

/// The interval at which the files are checked.
const PAUSE: Duration = Duration::from_millis(300);

/// The file of `dist/` that identifies the build, and the script that reloads the page when it changes. A reloaded page
/// is as it was before, because its whole state is in its address.
const BUILD: &str = "build.txt";
const SCRIPT: &str = "reload.js";
const RELOAD: &str = include_str!("watch/reload.js");

/// Rebuilds the page when its source changes.
pub struct Watch<'a> {
    machine: &'a Machine,
    seen: Vec<(PathBuf, SystemTime)>,
}

impl<'a> Watch<'a> {
    /// Starts from the page that is in `dist/`.
    pub fn begin(machine: &'a Machine) -> Result<Self> {
        let watch = Self { machine, seen: sources(machine.root()) };
        watch.has_page_reload()?;
        Ok(watch)
    }

    /// Rebuilds after every change; never returns.
    pub fn follow(mut self) {
        loop {
            thread::sleep(PAUSE);
            let now = sources(self.machine.root());
            if now == self.seen {
                continue;
            }
            let changed = now.iter().find(|file| !self.seen.contains(file));
            let changed = changed.map_or_else(|| "a file".into(), |(path, _)| self.short(path));
            self.seen = now;
            let begin = Instant::now();
            match self.build() {
                Ok(()) => println!("{changed}: shown after {:.1} s", begin.elapsed().as_secs_f64()),
                Err(error) => eprintln!("{changed}: {error:#}; the page stays as it was"),
            }
        }
    }

    fn build(&self) -> Result<()> {
        page::build(self.machine, Edition::Quick)?;
        offline::leave_out(&self.machine.dist())?;
        self.has_page_reload()
    }

    /// Puts the script into the page, with the time of its build.
    fn has_page_reload(&self) -> Result<()> {
        let dist = self.machine.dist();
        let index = fs::read_to_string(dist.join("index.html"))?;
        fs::write(dist.join("index.html"), reloading(&index)?)?;
        let build = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH)?.as_millis().to_string();
        fs::write(dist.join(SCRIPT), RELOAD.replace("BUILD", &build))?;
        Ok(fs::write(dist.join(BUILD), build)?)
    }

    fn short(&self, path: &Path) -> String {
        path.strip_prefix(self.machine.root()).unwrap_or(path).display().to_string()
    }
}

/// The HTML with the script that reloads it.
fn reloading(html: &str) -> Result<String> {
    let (head, body) = html.split_once("</head>").context("index.html has a head")?;
    Ok(format!("{head}<script defer src=\"{SCRIPT}\"></script>\n</head>{body}"))
}

/// All files that the page is made of, with the time of their last change.
fn sources(root: &Path) -> Vec<(PathBuf, SystemTime)> {
    let files = SOURCES.iter().flat_map(|name| Walk::new(root.join(name))).flatten();
    let files = files.filter(|entry| entry.file_type().is_some_and(|kind| kind.is_file()));
    let mut files: Vec<_> =
        files.filter_map(|entry| Some((entry.path().to_path_buf(), entry.metadata().ok()?.modified().ok()?))).collect();
    files.sort();
    files
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_is_saved_is_seen_and_nothing_else() {
        let root = tempfile::tempdir().expect("a folder");
        let write = |file: &str| fs::write(root.path().join(file), file).expect("written");
        for folder in ["page/src", "static", "target"] {
            fs::create_dir_all(root.path().join(folder)).expect("a folder");
        }
        write("index.html");
        write("page/src/root.rs");
        let first = sources(root.path());
        assert_eq!(first.len(), 2);
        write("target/app.wasm");
        assert_eq!(first, sources(root.path()));
        write("static/style.css");
        let second = sources(root.path());
        assert_ne!(first, second);
        let later = SystemTime::now() + Duration::from_secs(1);
        let file = fs::File::options().append(true).open(root.path().join("page/src/root.rs")).expect("a file");
        file.set_modified(later).expect("a time");
        assert_ne!(second, sources(root.path()));
    }

    #[test]
    fn everything_that_the_page_is_made_of_is_watched() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the workspace");
        let seen = sources(root);
        for file in [
            "index.html",
            "static/style.css",
            "page/src/root.rs",
            "explainer/src/main.rs",
            "src/why.rs",
            "model/src/sim.rs",
        ] {
            assert!(seen.iter().any(|(path, _)| *path == root.join(file)), "{file}");
        }
    }

    #[test]
    fn the_page_asks_which_build_it_is() {
        let html = reloading(include_str!("../../index.html")).expect("a head");
        assert!(html.contains("<script defer src=\"reload.js\"></script>\n</head>"), "{html}");
        assert!(RELOAD.contains(BUILD) && RELOAD.contains("\"BUILD\""), "{RELOAD}");
    }
}
