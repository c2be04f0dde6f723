//! The files to take away: complete, as gofmt formats them, free of what `go vet` warns of.
//!
//! `cargo xtask test` says where Go is (CONNLAB_GO). Without that, and without a `go` on the PATH, only the structure
//! of the files is checked.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use connlab::link::{self, Recipe};
use connlab::preset::PRESETS;
use connlab::sim::error::ERRORS;
use connlab::takeaway::{Takeaway, takeaway, watch};
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::TestRunner;

use crate::{lab, links};

/// Every branch of the generator, by hand; then the presets, then random links.
const BRANCHES: &[&str] = &[
    "retries=3",
    "retries=3&jitter=none",
    "retries=3&jitter=equal&backoff=fixed",
    "retries=3&jitter=decorrelated",
    "retries=3&jitter=decorrelated&backoff=fixed&retry-budget=10%",
    "retries=20&backoff=none&deadline=1s",
    "retries=3&backoff-base=0s&backoff-cap=0s",
    "breaker=50%",
    "breaker=33.3%&retries=2&retry-budget=0.5%&breaker-open=1500ms",
    "method=POST&rewindable=off&idempotency-key=on&retries=1",
    "idempotency-key=on&deadline=7ms&timeout=0s",
    "keepalive=off&idle=0&max-idle=0&max-conns=10&idle-timeout=0s&dial-timeout=0s&header-timeout=1ns",
    "go=1.4&idle=100&max-idle=100&max-conns=7&idle-timeout=30s",
    "server=go",
    "server=go&checks-context=on&stop=shutdown",
    "checks-context=on",
    "stop=shutdown&backlog=128",
    "backlog=128&write-timeout=2s&read-header-timeout=1s&server-idle-timeout=75s&max-requests=100",
    "service=0s&os=bsd&server-fds=100&client-fds=100&ports=100&tw-reuse=1&tw-buckets=5&nic-rate=1000&syncookies=0",
];

fn recipes() -> Vec<Recipe> {
    let mut all = vec![Recipe::default()];
    all.extend(BRANCHES.iter().map(|text| {
        let decoded = link::decode(text);
        assert_eq!(decoded.warnings, [], "{text}");
        decoded.recipe
    }));
    all.extend(PRESETS.iter().map(Recipe::of));
    let mut runner = TestRunner::new(links::cases(1));
    let any = links::scenarios(&[]);
    all.extend((0..20).map(|_| any.new_tree(&mut runner).expect("a scenario").current().0.into()));
    all
}

/// What holds for every Go file, whoever formats it.
fn has_the_structure_of_go(source: &str) {
    assert!(source.starts_with("// Command ") && source.contains("\npackage main\n\nimport (\n"), "{source}");
    assert!(source.contains("\nfunc main() {\n") && source.ends_with("}\n"), "{source}");
    let count = |c: char| source.matches(c).count();
    assert_eq!((count('{'), count('(')), (count('}'), count(')')), "{source}");
    assert!(!source.contains("\n\n\n") && !source.lines().any(|line| line.ends_with([' ', '\t'])), "{source}");
    let imports = source.split_once("import (\n").and_then(|(_, rest)| rest.split_once(")\n")).expect("imports");
    let paths: Vec<&str> = imports.0.lines().map(|line| line.split('"').nth(1).expect("a path")).collect();
    assert!(paths.is_sorted(), "{paths:?}");
    for path in paths {
        let name = match path {
            "crypto/rand" => "cryptorand",
            "math/rand/v2" => "rand",
            path => path.rsplit('/').next().expect("a name"),
        };
        assert!(imports.1.contains(&format!("{name}.")), "{path} is imported and not used:\n{source}");
    }
}

/// A folder that exists as long as the test.
struct Folder(PathBuf);

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// The go command: where `cargo xtask test` says, or on the PATH.
fn go() -> Option<PathBuf> {
    if let Some(path) = std::env::var_os("CONNLAB_GO") {
        return Some(path.into());
    }
    let starts = Command::new("go").arg("version").output().is_ok_and(|output| output.status.success());
    starts.then(|| "go".into())
}

/// Nothing on either stream, and success.
fn is_silent(command: &mut Command) {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    let text = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && text.is_empty(), "{command:?}:\n{text}");
}

#[test]
fn the_code_is_complete_formatted_and_vetted() {
    let sources: BTreeSet<String> = (recipes().iter())
        .flat_map(|recipe| {
            let Takeaway { client, server, .. } = takeaway(recipe);
            [client, server]
        })
        .collect();
    sources.iter().for_each(|source| has_the_structure_of_go(source));
    let Some(go) = go() else { return eprintln!("no Go: its own tools have not looked at the code") };

    let folder = Folder(std::env::temp_dir().join(format!("connlab-takeaway-{}", std::process::id())));
    // The link stands in a comment: programs that differ in nothing else are vetted once.
    let code = |source: &str| source.lines().skip(2).collect::<Vec<_>>().join("\n");
    let mut seen = BTreeSet::new();
    for (number, source) in sources.iter().enumerate().filter(|(_, source)| seen.insert(code(source))) {
        let package = folder.0.join(format!("p{number}"));
        fs::create_dir_all(&package).expect("a folder");
        fs::write(package.join("main.go"), source).expect("a file");
    }
    fs::write(folder.0.join("go.mod"), "module connlab.example/takeaway\n\ngo 1.24\n").expect("a file");
    let root = Command::new(&go).args(["env", "GOROOT"]).output().expect("go env").stdout;
    let root = String::from_utf8(root).expect("a path");
    let gofmt = Path::new(root.trim()).join("bin").join(format!("gofmt{}", std::env::consts::EXE_SUFFIX));
    is_silent(Command::new(gofmt).arg("-d").arg(&folder.0));
    let local = [("GOTOOLCHAIN", "local"), ("GOFLAGS", "-mod=mod"), ("GOWORK", "off"), ("CGO_ENABLED", "0")];
    is_silent(Command::new(&go).args(["vet", "./..."]).current_dir(&folder.0).envs(local));
}

/// The whole text for two links. A stale file is rewritten, and the test fails once, so that the change is seen.
#[test]
fn the_default_and_the_incident_as_text() {
    for (name, link) in [("default.txt", ""), ("incident.txt", "p=incident")] {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/takeaway").join(name);
        let text = takeaway(&link::decode(link).recipe).to_string();
        if !fs::read_to_string(&path).is_ok_and(|old| old == text) {
            fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
            fs::write(&path, text).expect("a file");
            panic!("{name} was stale; it is up to date now: look at the change and commit it");
        }
    }
}

#[test]
fn settings_reach_their_lines() {
    let of = |text: &str| takeaway(&link::decode(text).recipe).to_string();
    for (text, line) in [
        ("idle=64", "\ttransport.MaxIdleConnsPerHost = 64 // default 2\n"),
        ("idle=0", "\ttransport.MaxIdleConnsPerHost = -1 // keeps none; default 2\n"),
        ("timeout=1500us", "\treturn &http.Client{Transport: transport, Timeout: 1500 * time.Microsecond}\n"),
        ("keepalive=off", "\ttransport.DisableKeepAlives = true"),
        ("breaker=33.3%", "b.failures >= 34 {\n"),
        ("retries=1&retry-budget=10%", "\tb.tokens = min(b.tokens+0.1, 1000)\n"),
        ("backlog=64", "\tif err := setBacklog(listener, 64); err != nil {\n"),
        ("workers=9", "make(chan struct{}, 9)"),
        ("somaxconn=1024", "net.core.somaxconn = 1024\n"),
        ("abort-on-overflow=on", "net.ipv4.tcp_abort_on_overflow = 1\n"),
        ("ports=100", "net.ipv4.ip_local_port_range = 60900 60999\n"),
        ("tw-reuse=1", "net.ipv4.tcp_tw_reuse = 1\n"),
    ] {
        assert!(of(text).contains(line), "{text}: no {line:?} in\n{}", of(text));
        assert!(!of("").contains(line), "{line:?} is there without {text}");
    }
    assert!(of("").contains("net.core.somaxconn = 4096\n"), "it decides the accept queue, whatever it is");
}

/// Commands for every class, with counters that the report knows.
#[test]
fn every_class_can_be_watched() {
    let report = serde_json::to_value(lab::run("duration=1s")).expect("JSON");
    let counters = report["nstat"].as_object().expect("counters");
    for spec in ERRORS {
        let text = watch(spec.kind);
        assert!(text.ends_with('\n') && text.lines().all(|line| line.chars().count() <= 120), "{text}");
        for word in text.split_whitespace().filter(|word| word.starts_with("Tcp")) {
            assert!(counters.contains_key(word), "{}: no counter {word}", spec.class);
        }
    }
}
