//! `connlab diagnose`: what log lines mean.

use std::io::Read;
use std::process::ExitCode;

use connlab::{diagnosis, facts};

use crate::print;

/// What a text says, or standard input; status 1 where nothing is recognised.
pub fn diagnose(text: &str) -> Result<ExitCode, String> {
    let mut reader = diagnosis::LogReader::new();
    let source: &mut dyn Read = if text == "-" { &mut std::io::stdin().lock() } else { &mut text.as_bytes() };
    std::io::copy(source, &mut reader).map_err(|error| format!("cannot read standard input: {error}"))?;
    let reading = reader.finish();
    print(&reading.to_string());
    print(&facts::agreement(&reading.facts));
    Ok(ExitCode::from(u8::from(!reading.is_recognised())))
}
