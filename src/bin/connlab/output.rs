//! A file, a pipe or standard output: a regular file takes its name when it is complete.

use std::fs::{self, File};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};

/// What something is written as, by the end of the file's name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    Svg,
    Png,
    Csv,
    Json,
}

impl Format {
    /// That of a file, which is one of these; without a file, `usual`.
    pub fn of(path: Option<&Path>, what: &str, all: &[Format], usual: Format) -> Result<Format, String> {
        let Some(path) = path else { return Ok(usual) };
        let end = path.extension().and_then(|end| end.to_str()).unwrap_or_default();
        all.iter().copied().find(|format| format.end() == end).ok_or_else(|| {
            let ends: Vec<String> = all.iter().map(|format| format!(".{}", format.end())).collect();
            format!("{}: {what} is written into a file that ends in {}", path.display(), ends.join(" or "))
        })
    }

    fn end(self) -> &'static str {
        match self {
            Format::Svg => "svg",
            Format::Png => "png",
            Format::Csv => "csv",
            Format::Json => "json",
        }
    }
}

/// Where bytes go.
pub struct Output<'a> {
    /// `None` for standard output.
    path: Option<&'a Path>,
    /// What is being written, and its own path: a regular file takes its name when it is complete.
    file: Option<(File, PathBuf)>,
    /// Nobody reads on.
    closed: bool,
}

impl<'a> Output<'a> {
    /// Nothing is opened yet.
    pub fn new(path: Option<&'a Path>) -> Self {
        Output { path, file: None, closed: false }
    }

    /// Writes on.
    pub fn write(&mut self, bytes: &[u8]) -> Result<(), String> {
        let Some(path) = self.path else { return self.print(bytes) };
        let file = match &mut self.file {
            Some((file, _)) => file,
            none => &mut none.insert(begin(path).map_err(|error| unwritable(path, &error))?).0,
        };
        file.write_all(bytes).map_err(|error| {
            self.abandon();
            unwritable(path, &error)
        })
    }

    /// A reader that has seen enough (`| head`) is no error.
    fn print(&mut self, bytes: &[u8]) -> Result<(), String> {
        match io::stdout().write_all(bytes) {
            _ if self.closed => Ok(()),
            Err(error) if error.kind() == ErrorKind::BrokenPipe => {
                self.closed = true;
                Ok(())
            }
            result => result.map_err(|error| format!("cannot write to standard output: {error}")),
        }
    }

    /// All is written: a file takes its name.
    pub fn finish(self) -> Result<(), String> {
        let (Some(path), Some((_, written))) = (self.path, &self.file) else { return Ok(()) };
        if written == path {
            return Ok(());
        }
        fs::rename(written, path).map_err(|error| {
            self.abandon();
            unwritable(path, &error)
        })
    }

    /// What is only a part is not left behind.
    fn abandon(&self) {
        if let Some((_, written)) = self.file.as_ref().filter(|(_, written)| Some(written.as_path()) != self.path) {
            let _ = fs::remove_file(written);
        }
    }
}

/// Opens a pipe or a device as it is; for a regular file, one beside it.
fn begin(path: &Path) -> io::Result<(File, PathBuf)> {
    let is_special = fs::metadata(path).is_ok_and(|data| !data.is_file());
    if is_special {
        return Ok((File::options().write(true).open(path)?, path.into()));
    }
    let mut part = path.as_os_str().to_owned();
    part.push(".part");
    Ok((File::create(&part)?, part.into()))
}

fn unwritable(path: &Path, error: &io::Error) -> String {
    format!("cannot write {}: {error}", path.display())
}
