//! Builds the page again when its source is saved, and has the browser show it.

use std::fs;
use std::path::PathBuf;
use std::thread;
use std::time::{Duration, Instant, SystemTime};

use anyhow::{Context, Result};
use ignore::Walk;

use crate::machine::Machine;
use crate::page::{self, Edition};

/// What the page is made of.
const SOURCES: [&str; 8] = ["Cargo.lock", "Cargo.toml", "MODEL.md", "explainer", "index.html", "page", "src", "static"];

/// Between two looks at the files.
const PAUSE: Duration = Duration::from_millis(300);

/// The file of `dist/` that says which build this is, and the script that asks for it: all that a page needs to come
/// back as it was is in its address.
const BUILD: &str = "build.txt";
const SCRIPT: &str = "reload.js";
const RELOAD: &str = include_str!("watch/reload.js");

/// A page that follows its source.
pub struct Watch<'a> {
    machine: &'a Machine,
    seen: Vec<(PathBuf, SystemTime)>,
}

impl<'a> Watch<'a> {
    /// From the page on that lies in `dist/`.
    pub fn begin(machine: &'a Machine) -> Result<Self> {
        let watch = Self { machine, seen: sources(machine) };
        watch.has_page_reload()?;
        Ok(watch)
    }

    /// Builds after every change, for ever.
    pub fn follow(mut self) {
        loop {
            thread::sleep(PAUSE);
            let now = sources(self.machine);
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
        self.has_page_reload()
    }

    /// Puts the script into the page, with the time of its build.
    fn has_page_reload(&self) -> Result<()> {
        let dist = self.machine.dist();
        let index = fs::read_to_string(dist.join("index.html"))?;
        let (head, body) = index.split_once("</head>").context("index.html has a head")?;
        fs::write(dist.join("index.html"), format!("{head}<script defer src=\"{SCRIPT}\"></script>\n</head>{body}"))?;
        let build = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH)?.as_millis().to_string();
        fs::write(dist.join(SCRIPT), RELOAD.replace("BUILD", &build))?;
        Ok(fs::write(dist.join(BUILD), build)?)
    }

    fn short(&self, path: &std::path::Path) -> String {
        path.strip_prefix(self.machine.root()).unwrap_or(path).display().to_string()
    }
}

/// All files that the page is made of, with the time of their last change.
fn sources(machine: &Machine) -> Vec<(PathBuf, SystemTime)> {
    let files = SOURCES.iter().flat_map(|name| Walk::new(machine.root().join(name))).flatten();
    let files = files.filter(|entry| entry.file_type().is_some_and(|kind| kind.is_file()));
    let mut files: Vec<_> =
        files.filter_map(|entry| Some((entry.path().to_path_buf(), entry.metadata().ok()?.modified().ok()?))).collect();
    files.sort();
    files
}
