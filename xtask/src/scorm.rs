//! A lesson as a package for learning platforms: SCORM 1.2, around the page as one file.

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use zip::write::{SimpleFileOptions, ZipWriter};

use crate::build;
use crate::machine::Machine;
use crate::single_file;

/// The list of lessons, which the tests of the library write from its table.
const LESSONS: &str = "docs/lessons.md";

/// What a package says of itself, and where a platform looks for it.
const MANIFEST: (&str, &str) = ("imsmanifest.xml", include_str!("scorm/imsmanifest.xml"));

/// What stands around the page: the document that a platform opens, its style, and its calls of the platform.
const AROUND: [(&str, &str); 3] = [
    ("index.html", include_str!("scorm/index.html")),
    ("scorm.css", include_str!("scorm/scorm.css")),
    ("scorm.js", include_str!("scorm/scorm.js")),
];

/// Which lesson, and where to.
#[derive(clap::Args)]
pub struct ScormOptions {
    /// The lesson, as links name it: `two-idle`.
    lesson: String,
    /// Where to write the package [default: connlab-LESSON.zip]
    #[arg(short, long)]
    output: Option<PathBuf>,
    /// With the page as `serve --fast` builds it: soon there, and larger.
    #[arg(long)]
    fast: bool,
}

/// Builds the page and writes the package.
pub fn run(machine: &Machine, options: &ScormOptions) -> Result<()> {
    let lessons = fs::read_to_string(machine.root().join(LESSONS))?;
    let lesson = named(&lessons, &options.lesson)?;
    if options.fast { build::quick(machine) } else { build::lean(machine) }?;
    let output = options.output.clone().unwrap_or_else(|| format!("connlab-{}.zip", lesson.id).into());
    write(&machine.dist(), &lesson, &output)?;
    println!("{} is the lesson \"{}\" as SCORM 1.2", output.display(), lesson.title);
    Ok(())
}

/// A lesson: what links call it, and people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lesson {
    /// The value of `lesson=`.
    pub id: String,
    /// Its title.
    pub title: String,
}

/// All lessons of the list.
fn lessons(list: &str) -> Vec<Lesson> {
    let section = |section: &str| {
        let (heading, rest) = section.split_once('\n')?;
        let (_, title) = heading.split_once(". ")?;
        let (_, rest) = rest.split_once("`#lesson=")?;
        Some(Lesson { id: rest.split_once('`')?.0.to_owned(), title: title.to_owned() })
    };
    list.split("\n## ").skip(1).filter_map(section).collect()
}

fn named(list: &str, id: &str) -> Result<Lesson> {
    let lessons = lessons(list);
    let ids = || lessons.iter().map(|lesson| &*lesson.id).collect::<Vec<_>>().join(", ");
    let found = lessons.iter().find(|lesson| lesson.id == id).cloned();
    found.with_context(|| format!("there is no lesson `{id}`: it is one of {}", ids()))
}

/// Writes a lesson of the page in `dist`, as a package.
pub fn write(dist: &Path, lesson: &Lesson, package: &Path) -> Result<()> {
    let create = || File::create(package).with_context(|| format!("{} could not be written", package.display()));
    let mut zip = ZipWriter::new(create()?);
    for (name, content) in files(dist, lesson)? {
        zip.start_file(name, SimpleFileOptions::default())?;
        zip.write_all(&content)?;
    }
    zip.finish()?;
    Ok(())
}

/// What is in the package, the manifest first.
pub fn files(dist: &Path, lesson: &Lesson) -> Result<Vec<(&'static str, Vec<u8>)>> {
    let page = fs::read(dist.join(single_file::NAME)).with_context(|| format!("no {}", single_file::NAME))?;
    let names = AROUND.iter().map(|(name, _)| *name).chain([single_file::NAME]);
    let listed: String = names.map(|name| format!("      <file href=\"{name}\"/>\n")).collect();
    let filled = |text: &str| {
        let title = lesson.title.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;");
        text.replace("LESSON", &lesson.id).replace("TITLE", &title).replace("FILES", &listed).into_bytes()
    };
    let texts = [MANIFEST].into_iter().chain(AROUND).map(|(name, text)| (name, filled(text)));
    Ok(texts.chain([(single_file::NAME, page)]).collect())
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::*;

    const LIST: &str = include_str!("../../docs/lessons.md");

    fn dist() -> tempfile::TempDir {
        let dist = tempfile::tempdir().expect("a folder");
        fs::write(dist.path().join(single_file::NAME), "the page").expect("written");
        dist
    }

    #[test]
    fn every_lesson_of_the_list_has_a_name_and_a_title() {
        let lessons = lessons(LIST);
        assert_eq!(lessons.len(), LIST.matches("\n## ").count());
        let two_idle = named(LIST, "two-idle").expect("a lesson");
        assert_eq!(two_idle, Lesson { id: "two-idle".into(), title: "Two idle connections".into() });
    }

    #[test]
    fn a_lesson_that_does_not_exist_is_refused_with_those_that_do() {
        let error = named(LIST, "two-idel").expect_err("no such lesson").to_string();
        assert!(error.contains("`two-idel`") && error.contains("two-idle, "), "{error}");
    }

    #[test]
    fn a_package_has_what_its_manifest_lists() {
        let (dist, lesson) = (dist(), named(LIST, "two-idle").expect("a lesson"));
        let package = dist.path().join("lesson.zip");
        write(dist.path(), &lesson, &package).expect("written");
        let zip = zip::ZipArchive::new(File::open(&package).expect("a package")).expect("a zip");
        let mut inside: Vec<String> = zip.file_names().map(|name| name.expect("UTF-8").into_owned()).collect();
        inside.sort_unstable();
        assert_eq!(inside, ["connlab.html", MANIFEST.0, "index.html", "scorm.css", "scorm.js"]);
        let files = files(dist.path(), &lesson).expect("files");
        let manifest = String::from_utf8(files[0].1.clone()).expect("UTF-8");
        for name in inside.into_iter().filter(|name| *name != MANIFEST.0) {
            assert!(manifest.contains(&format!("<file href=\"{name}\"/>")), "{name}: {manifest}");
        }
    }

    #[test]
    fn the_manifest_of_every_lesson_keeps_to_the_schemas_of_ims_and_adl() {
        if Command::new("xmllint").arg("--version").output().is_err() {
            eprintln!("skipped, for there is no xmllint. It comes with Debian's libxml2-utils.");
            return;
        }
        let dist = dist();
        for lesson in lessons(LIST) {
            let manifest = dist.path().join(MANIFEST.0);
            fs::write(&manifest, &files(dist.path(), &lesson).expect("files")[0].1).expect("written");
            let validated = Command::new("xmllint")
                .args(["--nonet", "--noout", "--schema", "src/scorm/schema/scorm12.xsd"])
                .arg(&manifest)
                .current_dir(env!("CARGO_MANIFEST_DIR"))
                .output()
                .expect("it runs");
            assert!(validated.status.success(), "{}: {}", lesson.id, String::from_utf8_lossy(&validated.stderr));
        }
    }
}
