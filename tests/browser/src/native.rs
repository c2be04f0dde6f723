//! The command line of the same commit: what the page must agree with.

use std::collections::BTreeSet;
use std::env;
use std::process::Command;

use anyhow::{Context, Result, ensure};
use serde::Deserialize;

/// The part of a JSON report that the page shows as well.
#[derive(Debug, Deserialize)]
pub struct Report {
    pub fingerprint: String,
    #[serde(default)]
    pub requests: Requests,
    #[serde(default)]
    pub errors: Vec<ErrorClass>,
    #[serde(default)]
    pub checks: Vec<Check>,
    #[serde(default)]
    pub peaks: Peaks,
}

#[derive(Debug, Default, Deserialize)]
pub struct Peaks {
    pub accept_queue: u64,
    pub busy_workers: u64,
}

#[derive(Debug, Default, Deserialize)]
pub struct Requests {
    pub ok: u64,
    pub failed: u64,
}

#[derive(Debug, Deserialize)]
pub struct ErrorClass {
    pub class: String,
    pub count: u64,
    pub first_ms: f64,
    pub text: String,
}

#[derive(Debug, Deserialize)]
pub struct Check {
    pub id: String,
    pub title: String,
    pub verdict: String,
}

/// `connlab run <link> --json`.
pub fn run(link: &str) -> Result<Report> {
    serde_json::from_slice(&connlab(&["run", link, "--json"])?).context("the report is not what the contract says")
}

/// `connlab ss <link> --at <at>`, of the server or of the first client.
pub fn sockets(link: &str, at: &str, of: &[&str]) -> Result<String> {
    Ok(String::from_utf8(connlab(&[&["ss", link, "--at", at], of].concat())?)?)
}

/// `connlab run <link> --summary`.
pub fn summary(link: &str) -> Result<String> {
    Ok(String::from_utf8(connlab(&["run", link, "--summary"])?)?)
}

/// `connlab report <link>`.
pub fn markdown(link: &str) -> Result<String> {
    Ok(String::from_utf8(connlab(&["report", link])?)?)
}

/// `connlab compare <a> <b> --looks`: two links, after as many seeds as it takes.
pub fn comparison(a: &str, b: &str) -> Result<String> {
    Ok(String::from_utf8(connlab(&["compare", a, b, "--looks"])?)?)
}

/// `connlab map <link>`: the mean of each cell, of two settings the first one slowest.
pub fn map(link: &str) -> Result<Vec<f64>> {
    let table = String::from_utf8(connlab(&["map", link])?)?;
    table.lines().skip(1).map(|line| Ok(line.split(',').nth(3).context("a mean")?.parse()?)).collect()
}

/// What a subcommand writes of a link, with further arguments.
pub fn file(link: &str, arguments: &[&str]) -> Result<Vec<u8>> {
    let (command, further) = arguments.split_first().context("a subcommand")?;
    connlab(&[&[command, link], further].concat())
}

/// `connlab map <link> -o <name>`.
pub fn map_file(link: &str, name: &str) -> Result<Vec<u8>> {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join(name);
    connlab(&["map", link, "-o", path.to_str().context("a path")?])?;
    Ok(std::fs::read(path)?)
}

/// How many packets there are in `connlab why <link> --request <request> --history`.
pub fn packets(link: &str, request: &str) -> Result<usize> {
    let history = String::from_utf8(connlab(&["why", link, "--request", request, "--history"])?)?;
    // Behind the place: the number of the packet, if the line is about one.
    let packet = |line: &str| line.get(37..41).and_then(|number| number.trim().parse::<u32>().ok());
    Ok(history.lines().filter_map(packet).collect::<BTreeSet<u32>>().len())
}

/// The names of `connlab presets`.
pub fn presets() -> Result<Vec<String>> {
    let table = String::from_utf8(connlab(&["presets"])?)?;
    let names = table.lines().filter(|line| !line.starts_with(' ')).filter_map(|line| line.split(' ').next());
    Ok(names.map(String::from).collect())
}

fn connlab(arguments: &[&str]) -> Result<Vec<u8>> {
    let program = env::var_os("CONNLAB_BIN")
        .context("CONNLAB_BIN names no connlab program: run `cargo xtask test`, which builds it")?;
    let output = Command::new(&program)
        .args(arguments)
        .output()
        .with_context(|| format!("{} does not start", program.display()))?;
    ensure!(output.status.success(), "connlab {arguments:?} failed: {}", String::from_utf8_lossy(&output.stderr));
    Ok(output.stdout)
}
