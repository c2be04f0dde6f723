//! What the links of the page open: documents, licences and the source of the same commit. A run does not need them.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use flate2::{Compression, write::GzEncoder};
use ignore::WalkBuilder;
use pulldown_cmark::{CowStr, Event, Options, Parser, Tag, html};

/// Their folder, beside the page.
pub const FOLDER: &str = "docs";

/// The source, as an archive.
pub const SOURCE: &str = "source.tar.gz";

/// Writes all of them into `dist/docs/`.
pub fn write(root: &Path, dist: &Path) -> Result<()> {
    let folder = dist.join(FOLDER);
    fs::create_dir_all(&folder)?;
    fs::copy(root.join("static/document.css"), folder.join("document.css"))?;
    let documents = documents(root)?;
    ensure!(documents.len() > 4, "the documents are not where they were");
    for document in &documents {
        let (name, text) = (stem(document), fs::read_to_string(document)?);
        fs::write(folder.join(format!("{name}.html")), page(&name, &body(&text)))?;
    }
    for picture in files_with(&root.join("docs"), "png")? {
        fs::copy(&picture, folder.join(picture.file_name().context("a file has a name")?))?;
    }
    fs::write(folder.join("licence.html"), page("Licence", &licences(root)?))?;
    archive(root, &folder.join(SOURCE))
}

/// The Markdown of the root and of `docs/`.
fn documents(root: &Path) -> Result<Vec<PathBuf>> {
    Ok([files_with(root, "md")?, files_with(&root.join("docs"), "md")?].concat())
}

fn files_with(folder: &Path, extension: &str) -> Result<Vec<PathBuf>> {
    let entries = fs::read_dir(folder).with_context(|| format!("no {}", folder.display()))?;
    let mut files: Vec<PathBuf> = entries.map(|entry| Ok(entry?.path())).collect::<Result<_>>()?;
    files.retain(|path| path.extension().is_some_and(|found| found == extension));
    files.sort();
    Ok(files)
}

fn stem(path: &Path) -> String {
    path.file_stem().unwrap_or_default().to_string_lossy().into_owned()
}

/// Markdown as HTML, with links to where documents and pictures lie beside the page.
fn body(markdown: &str) -> String {
    let events = Parser::new_ext(markdown, Options::ENABLE_TABLES).map(|event| match event {
        Event::Start(Tag::Link { link_type, dest_url, title, id }) => {
            Event::Start(Tag::Link { link_type, dest_url: moved(dest_url), title, id })
        }
        Event::Start(Tag::Image { link_type, dest_url, title, id }) => {
            Event::Start(Tag::Image { link_type, dest_url: moved(dest_url), title, id })
        }
        other => other,
    });
    let mut body = String::new();
    html::push_html(&mut body, events);
    body
}

/// The link to a document: `docs/errors.md` is `errors.html` here. Links to other sites are unchanged.
fn moved(link: CowStr<'_>) -> CowStr<'_> {
    if link.contains("://") || link.starts_with('#') {
        return link;
    }
    let name = link.rsplit('/').next().unwrap_or_default();
    name.replace(".md", ".html").into()
}

fn licences(root: &Path) -> Result<String> {
    let mut body = "<h1>MIT or Apache-2.0, as you like</h1>".to_string();
    for file in ["LICENSE-MIT", "LICENSE-APACHE"] {
        body += &format!("<pre>{}</pre>", escaped(&fs::read_to_string(root.join(file))?));
    }
    Ok(body)
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;")
}

fn page(title: &str, body: &str) -> String {
    let policy = "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'";
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"{policy}\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n<title>{title} – ConnLab</title>\n\
         <link rel=\"stylesheet\" href=\"document.css\">\n\
         <nav><a href=\"../\">ConnLab</a> <a href=\"README.html\">Read me</a> <a href=\"MODEL.html\">Model</a> \
         <a href=\"parameters.html\">Parameters</a> <a href=\"errors.html\">Errors</a> \
         <a href=\"validation.html\">Validation</a> <a href=\"ARCHITECTURE.html\">Architecture</a> \
         <a href=\"{SOURCE}\">Source</a> <a href=\"licence.html\">Licence</a></nav>\n<main>\n{body}</main>\n</html>\n"
    )
}

/// All files that git does not ignore, in a fixed order and without dates: the same source gives the same archive.
fn archive(root: &Path, path: &Path) -> Result<()> {
    let mut archive = tar::Builder::new(GzEncoder::new(Vec::new(), Compression::best()));
    for file in sources(root)? {
        let content = fs::read(root.join(&file))?;
        let mut header = tar::Header::new_gnu();
        header.set_size(content.len() as u64);
        header.set_mode(0o644);
        archive.append_data(&mut header, Path::new("connlab").join(&file), content.as_slice())?;
    }
    fs::File::create(path)?.write_all(&archive.into_inner()?.finish()?)?;
    Ok(())
}

fn sources(root: &Path) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    let walk = WalkBuilder::new(root)
        .standard_filters(false)
        .git_ignore(true)
        .require_git(false)
        .filter_entry(|entry| entry.file_name() != ".git")
        .build();
    for entry in walk {
        let entry = entry?;
        if entry.file_type().is_some_and(|kind| kind.is_file()) {
            files.push(entry.path().strip_prefix(root)?.to_path_buf());
        }
    }
    files.sort();
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn root() -> &'static Path {
        Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the workspace")
    }

    #[test]
    fn links_between_documents_lead_to_their_pages() {
        let html = body("[a](docs/errors.md) [b](MODEL.md) [c](https://go.dev/x.md)\n\n| a |\n|---|\n| b |\n");
        for part in ["href=\"errors.html\"", "href=\"MODEL.html\"", "href=\"https://go.dev/x.md\"", "<td>b</td>"] {
            assert!(html.contains(part), "{part}: {html}");
        }
    }

    #[test]
    fn every_link_of_every_document_leads_somewhere() {
        let dist = tempfile::tempdir().expect("a folder");
        write(root(), dist.path()).expect("the documents");
        let folder = dist.path().join(FOLDER);
        for page in files_with(&folder, "html").expect("pages") {
            let html = fs::read_to_string(&page).expect("UTF-8");
            let targets = ["href=\"", "src=\""].into_iter().flat_map(|name| html.split(name).skip(1));
            for target in targets.map(|rest| rest.split(['"', '#']).next().unwrap_or_default()) {
                let leads = target.contains("://") || folder.join(target).exists();
                assert!(leads, "{}: {target}", page.display());
            }
        }
    }

    #[test]
    fn the_archive_has_the_source_and_nothing_that_was_built() {
        let files = sources(root()).expect("files");
        let has = |path: &str| files.contains(&PathBuf::from(path));
        assert!(has("src/lib.rs") && has("Cargo.lock") && has(".cargo/config.toml") && has("LICENSE-MIT"));
        assert!(files.iter().all(|file| !file.starts_with("target") && !file.starts_with(".git/")), "{files:?}");
    }
}
