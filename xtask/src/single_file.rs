//! The page as one HTML file, which opens from a disk, a stick or a mail, without a server.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use base64::{Engine, prelude::BASE64_STANDARD};
use sha2::{Digest, Sha256};

use crate::build;
use crate::compress::gzip;
use crate::machine::Machine;

/// Its name, beside the page.
pub const NAME: &str = "connlab.html";

/// Styles, in their order. Documents are not in the file, so it has no links to them.
const STYLES: [&str; 2] = ["style.css", "explainer.css"];
const NO_DOCUMENTS: &str = ".documents{display:none}";

/// What stands in the file, each as an element with its name: first what the scripts that run look for, then those.
/// `static/app_loader.js` finds it.
const ELEMENTS: [(&str, As); 7] = [
    ("app_bg.wasm", As::Packed),
    ("explainer_bg.wasm", As::Packed),
    ("explainer.js", As::Text),
    ("worker_loader.js", As::Text),
    ("app.js", As::Script),
    ("app_loader.js", As::Script),
    ("later.js", As::Script),
];

/// How a file stands in the page.
#[derive(Clone, Copy, PartialEq, Eq)]
enum As {
    /// As base64 of gzip.
    Packed,
    /// As text that does not run here, but in workers.
    Text,
    /// As a script that runs.
    Script,
}

/// How to write it.
#[derive(clap::Args)]
pub struct SingleFileOptions {
    /// Where to write it.
    #[arg(short, long, default_value = NAME)]
    output: PathBuf,
    /// As `serve --fast` builds it: soon there, and larger.
    #[arg(long)]
    fast: bool,
}

/// Builds the page and writes it as one file.
pub fn run(machine: &Machine, options: &SingleFileOptions) -> Result<()> {
    if options.fast { build::quick(machine) } else { build::lean(machine) }?;
    let output = &options.output;
    let bytes = fs::copy(machine.dist().join(NAME), output)
        .with_context(|| format!("{} could not be written", output.display()))?;
    println!("{} is the whole page in {bytes} bytes: open it in a browser", output.display());
    Ok(())
}

/// The whole page as one document: `html` with all files of `dist` that it loads, now or later.
pub fn document(html: &str, dist: &Path, licence: &str) -> Result<String> {
    let read = |file: &str| fs::read_to_string(dist.join(file)).with_context(|| format!("no {file}"));
    let style = format!("{}{}{NO_DOCUMENTS}", read(STYLES[0])?, read(STYLES[1])?);
    ensure!(!style.contains("</"), "a style would end too early");
    let mut elements = String::new();
    let mut hashes = String::new();
    for (name, kind) in ELEMENTS {
        let text = match kind {
            As::Packed => {
                BASE64_STANDARD.encode(gzip(&fs::read(dist.join(name)).with_context(|| format!("no {name}"))?)?)
            }
            As::Text | As::Script => format!("\n{}\n", read(name)?),
        };
        ensure!(!text.contains("</script") && !text.contains("<!--"), "{name} would end too early");
        let kind = if kind == As::Script {
            hashes += &format!("{} ", hash(&text));
            ""
        } else {
            " type=\"text/plain\""
        };
        elements += &format!("<script id=\"{name}\"{kind}>{text}</script>\n");
    }
    let policy = format!(
        "default-src 'none'; script-src {hashes}'wasm-unsafe-eval'; style-src {}; img-src data:; connect-src data:; \
         worker-src blob:; base-uri 'none'; form-action 'none'",
        hash(&style)
    );
    let mut text = html.to_owned();
    for (begin, end, instead) in [
        ("<!doctype html>", "\n", format!("<!doctype html>\n<!--\n{licence}-->\n")),
        ("<meta http-equiv=", ">\n", format!("<meta http-equiv=\"Content-Security-Policy\" content=\"{policy}\">\n")),
        ("<link rel=\"stylesheet\"", ">\n", format!("<style>{style}</style>\n")),
        ("<link rel=\"preload\"", ">\n", String::new()),
        ("<script defer src=\"app.js\"", "</script>\n", String::new()),
        ("<script defer src=\"app_loader.js\"", "</script>\n", String::new()),
        ("</body>", "\n", format!("{elements}</body>\n")),
    ] {
        text = replaced(&text, begin, end, &instead).with_context(|| format!("index.html has no {begin}"))?;
    }
    Ok(text)
}

/// The text with something else for its part from `begin` to `end`.
fn replaced(text: &str, begin: &str, end: &str, instead: &str) -> Option<String> {
    let from = text.find(begin)?;
    let to = from + text[from..].find(end)? + end.len();
    Some(format!("{}{instead}{}", &text[..from], &text[to..]))
}

/// How the policy of a page names a script or a style that stands in it.
fn hash(text: &str) -> String {
    format!("'sha256-{}'", BASE64_STANDARD.encode(Sha256::digest(text)))
}

#[cfg(test)]
mod tests {
    use super::*;

    const INDEX: &str = include_str!("../../index.html");

    /// The document of a page whose files have their names in them.
    fn written(app: &str) -> Result<String> {
        let dist = tempfile::tempdir().expect("a folder");
        for name in STYLES.into_iter().chain(ELEMENTS.map(|(name, _)| name)) {
            fs::write(dist.path().join(name), if name == "app.js" { app } else { name }).expect("written");
        }
        document(INDEX, dist.path(), "As you like.\n")
    }

    #[test]
    fn one_file_asks_for_no_other_and_names_each_script_that_runs() {
        let text = written("let a = 1;").expect("all files are there");
        for part in ["src=\"", "rel=\"stylesheet\"", "rel=\"preload\"", "'self'", "unsafe-inline"] {
            assert!(!text.contains(part), "{part}");
        }
        assert!(text.contains(&hash("\nlet a = 1;\n")) && text.contains("As you like."), "{text}");
        assert_eq!(text.matches("'sha256-").count(), 4, "three scripts and a style");
        assert_eq!(text.matches("<script").count(), ELEMENTS.len());
    }

    #[test]
    fn a_script_that_would_end_in_its_middle_is_refused() {
        let error = written("'</script>'").expect_err("it would");
        assert!(error.to_string().contains("app.js"), "{error}");
    }

    #[test]
    fn a_hash_is_what_browsers_compute() {
        // The example of the specification of Content Security Policy.
        assert_eq!(hash("alert('Hello, world.');"), "'sha256-qznLcsROx4GACP2dm0UCKCzCG+HiZ1guq6ZZDob/Tng='");
    }
}
