//! Files as browsers ask for them, compressed once and for all: a static host sends what lies beside.

use std::fs;
use std::io::Write;
use std::path::Path;

use anyhow::Result;
use flate2::{Compression, write::GzEncoder};

use crate::build::files_in;

/// How the names of compressed files end, and what HTTP calls them; the better one first.
pub const CODINGS: [(&str, &str); 2] = [(".br", "br"), (".gz", "gzip")];

/// What is smaller for it; pictures and archives are not.
const TEXT: [&str; 4] = [".css", ".html", ".js", ".wasm"];

/// How hard brotli tries: as hard as it can.
const BEST: u32 = 11;

/// Writes each file of `dist` once more as brotli and as gzip.
pub fn write(dist: &Path) -> Result<()> {
    for file in files_in(dist)?.iter().filter(|file| TEXT.iter().any(|end| file.ends_with(end))) {
        let content = fs::read(dist.join(file))?;
        fs::write(dist.join(format!("{file}.gz")), gzip(&content)?)?;
        fs::write(dist.join(format!("{file}.br")), brotli(&content)?)?;
    }
    Ok(())
}

/// These bytes as gzip.
pub fn gzip(content: &[u8]) -> Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(content)?;
    Ok(encoder.finish()?)
}

fn brotli(content: &[u8]) -> Result<Vec<u8>> {
    let mut encoder = brotli::CompressorWriter::new(Vec::new(), 4096, BEST, 22);
    encoder.write_all(content)?;
    Ok(encoder.into_inner())
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use super::*;

    #[test]
    fn what_lies_beside_a_file_is_the_same_file() {
        let dist = tempfile::tempdir().expect("a folder");
        let text = "the same line, again and again\n".repeat(100);
        for name in ["app.js", "picture.png"] {
            fs::write(dist.path().join(name), &text).expect("written");
        }
        write(dist.path()).expect("compressed");
        let file = |name: &str| fs::File::open(dist.path().join(name));
        let (mut gz, mut br) = (String::new(), String::new());
        flate2::read::GzDecoder::new(file("app.js.gz").expect("gzip")).read_to_string(&mut gz).expect("text");
        brotli::Decompressor::new(file("app.js.br").expect("brotli"), 4096).read_to_string(&mut br).expect("text");
        assert_eq!((&gz, &br), (&text, &text));
        assert!(file("picture.png.gz").is_err(), "a picture is compressed already");
    }
}
