//! Rules of the house that the compiler does not know: who may name whom, how long lines and files are.

use std::path::{Path, PathBuf};

/// Chars in a line of source.
const LINE_MAX: usize = 120;
/// Lines in a file: from here on it is time to split it by life-cycle stage.
const FILE_LONG: usize = 450;
/// Lines in a file: no further.
const FILE_MAX: usize = 600;

pub struct Source {
    /// From the root of the repository, with `/` between its parts.
    pub path: String,
    pub text: String,
}

/// All Rust files below these folders.
pub fn sources(folders: &[&str]) -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = Vec::new();
    let mut folders: Vec<PathBuf> = folders.iter().map(|folder| root.join(folder)).collect();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display())) {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = std::fs::read_to_string(&path).expect("UTF-8");
                let parts = path.strip_prefix(root).expect("below the root").iter();
                let path = parts.map(|part| part.to_string_lossy()).collect::<Vec<_>>().join("/");
                found.push(Source { path, text });
            }
        }
    }
    found.sort_by(|a, b| a.path.cmp(&b.path));
    assert!(found.len() > 10, "the sources are found");
    found
}

fn code() -> Vec<Source> {
    sources(&["model/src", "src"])
}

fn everything() -> Vec<Source> {
    sources(&[
        "benches",
        "explainer",
        "fuzz/fuzz_targets",
        "fuzz/src",
        "model",
        "npm",
        "page",
        "src",
        "tests",
        "turns",
        "xtask",
    ])
}

/// Every place in these sources where a line breaks a rule: `src/a.rs:12: the line`.
fn places(sources: &[Source], breaks: impl Fn(&Source, &str) -> bool) -> Vec<String> {
    let lines = |source: &Source| {
        let numbered = (1..).zip(source.text.lines()).filter(|(_, line)| breaks(source, line));
        numbered.map(|(number, line)| format!("{}:{number}: {}", source.path, line.trim())).collect::<Vec<_>>()
    };
    sources.iter().flat_map(lines).collect()
}

fn none(what: &str, places: Vec<String>) {
    assert!(places.is_empty(), "{what}:\n{}", places.join("\n"));
}

/// Whether `word` stands in `line` with no letter, digit or `_` on either side.
fn names(line: &str, word: &str) -> bool {
    let is_part = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_');
    line.match_indices(word)
        .any(|(i, _)| !is_part(line[..i].chars().next_back()) && !is_part(line[i + word.len()..].chars().next()))
}

/// The part of a line that the compiler reads; good enough for code without `//` in its texts.
fn before_comment(line: &str) -> &str {
    line.split("//").next().unwrap_or_default()
}

#[test]
fn the_rules_below_see_what_they_look_for() {
    assert!(names("use super::client;", "client") && names("client::on_event()", "client"));
    assert!(!names("let clients = 3;", "client") && !names("client_fds", "client"));
    assert_eq!(before_comment("let x = 1; // the client"), "let x = 1; ");
}

/// Rows that are read across, one entry a line, and texts for people, which nobody should have to break by hand.
const TABLES: &[&str] = &[
    "model/src/params.rs",
    "model/src/params/synonyms.rs",
    "model/src/sim/error.rs",
    "src/preset.rs",
    "src/experiment/measure.rs",
    "src/diagnosis/table/",
    "src/remedy/table.rs",
    "src/risk/table.rs",
];

#[test]
fn lines_are_at_most_120_characters_long() {
    let too_long = |source: &Source, line: &str| {
        line.chars().count() > LINE_MAX && !TABLES.iter().any(|table| source.path.starts_with(table))
    };
    none("too long", places(&everything(), too_long));
}

#[test]
fn files_are_short_enough_to_read() {
    for source in everything() {
        let lines = source.text.lines().count();
        assert!(lines <= FILE_MAX, "{} has {lines} lines: split it by life-cycle stage", source.path);
        if lines > FILE_LONG {
            println!("{} has {lines} lines: soon time to split it", source.path);
        }
    }
}

#[test]
fn every_file_begins_by_saying_what_it_is_for() {
    // A file that others include is no module: its one item says it.
    let speaks = |source: &Source| ["//! ", "/// "].iter().any(|begin| source.text.starts_with(begin));
    let silent = everything().into_iter().filter(|source| !speaks(source));
    none("no documentation on the first line", silent.map(|source| source.path).collect());
}

#[test]
fn nothing_is_left_to_be_done() {
    // In two parts, so that this file does not break its own rule.
    let words = [("TO", "DO"), ("FIX", "ME"), ("XX", "X"), ("unimplemented", "!"), ("todo", "!"), ("dbg", "!")];
    let words = words.map(|(a, b)| format!("{a}{b}"));
    none("unfinished", places(&everything(), |_, line| words.iter().any(|word| line.contains(word))));
}

#[test]
fn files_are_named_after_what_they_hold() {
    for Source { path, .. } in everything() {
        let name = path.rsplit('/').next().expect("a name");
        assert_ne!(name, "mod.rs", "{path}: `foo.rs` beside `foo/`");
        for vague in ["util", "helper", "common", "misc"] {
            assert!(!name.contains(vague), "{path}: {vague} says nothing");
        }
    }
}

/// Which modules of its crate a file must not name in its code: whoever stands left in the chain of dependencies does
/// not know who stands right. The model knows nothing that is said about a run: it is another crate.
const MUST_NOT_NAME: &[(&str, &[&str])] = &[
    ("model/src/time.rs", &["params", "scenario", "sim"]),
    ("model/src/quantity.rs", &["params", "scenario", "sim"]),
    ("model/src/arena.rs", &["params", "scenario", "sim"]),
    ("model/src/rng.rs", &["params", "scenario", "sim"]),
    ("model/src/params", &["scenario", "sim"]),
    ("model/src/scenario.rs", &["sim"]),
    ("src/preset.rs", &["scenario", "link", "sim", "chart"]),
    ("src/link", &["sim", "chart", "lesson"]),
    ("src/lesson", &["chart", "diagnosis", "remedy", "takeaway"]),
    ("src/checks", &["link", "preset", "chart", "why", "sockets", "summary", "diagnosis", "remedy", "takeaway"]),
    ("src/why", &["link", "preset", "chart", "sockets", "summary", "diagnosis", "remedy", "takeaway"]),
    ("src/chart", &["link", "preset", "scenario", "params"]),
    ("src/sockets.rs", &["params", "scenario", "link", "preset", "chart", "summary"]),
    ("src/risk", &["preset", "chart", "why", "remedy", "diagnosis", "takeaway", "sentence"]),
    ("src/sentence", &["link", "preset", "chart", "why", "remedy", "diagnosis", "takeaway"]),
    ("src/summary.rs", &["params", "scenario", "link", "preset", "chart", "sockets"]),
    ("src/experiment/measure.rs", &["params", "scenario", "link", "preset", "chart"]),
    ("src/experiment", &["preset", "chart", "why", "sockets", "summary", "diagnosis", "remedy", "takeaway"]),
    ("src/facts", &["chart", "sockets", "summary", "diagnosis", "remedy", "takeaway", "why"]),
    ("src/diagnosis", &["chart", "remedy", "takeaway"]),
    ("src/remedy", &["chart", "diagnosis", "takeaway"]),
    ("src/takeaway", &["chart", "diagnosis", "remedy"]),
];

#[test]
fn modules_know_only_what_stands_before_them() {
    for (prefix, forbidden) in MUST_NOT_NAME {
        let files: Vec<_> = code().into_iter().filter(|source| source.path.starts_with(prefix)).collect();
        assert!(!files.is_empty(), "no file is {prefix}");
        for module in *forbidden {
            let named = format!("crate::{module}");
            none(&format!("{prefix} names {module}"), places(&files, |_, line| names(before_comment(line), &named)));
        }
    }
}

/// What the rules here say of `crate::sim` and the like is said of the model, whose modules have these names in the
/// library.
#[test]
fn the_library_names_the_model_by_its_own_modules() {
    let library: Vec<_> = sources(&["src"]).into_iter().filter(|source| source.path != "src/lib.rs").collect();
    none("`crate::sim`, not `connlab_model::sim`", places(&library, |_, line| names(line, "connlab_model")));
}

/// What those may name of the model who show or explain a run: what has been reported, and never the world itself.
const SEES_OF_THE_MODEL: &[(&str, &[&str])] = &[
    ("src/chart", &["crate::sim::report", "crate::sim::error"]),
    ("src/checks", &["crate::sim::report"]),
    ("src/sockets.rs", &["crate::sim::snapshot", "crate::sim::report"]),
    ("src/summary.rs", &["crate::sim::report"]),
    ("src/experiment/measure.rs", &["crate::sim::report"]),
    ("src/facts/rank.rs", &["crate::sim::report", "crate::sim::error"]),
    ("src/risk", &["crate::sim::report", "crate::sim::error"]),
    ("src/sentence", &["crate::sim::report", "crate::sim::error"]),
    ("src/diagnosis", &["crate::sim::report", "crate::sim::error"]),
    ("src/remedy", &["crate::sim::report", "crate::sim::error"]),
    ("src/takeaway", &["crate::sim::report", "crate::sim::error"]),
];

#[test]
fn who_shows_a_run_sees_plain_data_and_nothing_else_of_the_model() {
    let looks_further = |allowed: &[&str], line: &str| {
        let mut rest = before_comment(line);
        while let Some(i) = rest.find("crate::sim") {
            rest = &rest[i..];
            if !allowed.iter().any(|allowed| rest.starts_with(allowed)) {
                return true;
            }
            rest = &rest["crate::sim".len()..];
        }
        false
    };
    for (prefix, allowed) in SEES_OF_THE_MODEL {
        let files: Vec<_> = code().into_iter().filter(|source| source.path.starts_with(prefix)).collect();
        assert!(!files.is_empty(), "no file is {prefix}");
        none(&format!("{prefix} looks into the model"), places(&files, |_, line| looks_further(allowed, line)));
    }
}

/// A kernel wakes programs through events and calls none of the client's.
#[test]
fn tcp_knows_no_client_program() {
    let tcp: Vec<_> = code().into_iter().filter(|source| source.path.starts_with("model/src/sim/tcp")).collect();
    assert!(tcp.len() >= 4);
    let calls = |line: &str| {
        let code = before_comment(line);
        let imports =
            code.trim_start().starts_with("use ") && ["client", "load", "retry"].iter().any(|m| names(code, m));
        imports
            || ["client::", "load::", "retry::", "pool::acquire", "go::get_connection"]
                .iter()
                .any(|call| code.contains(call))
    };
    none("tcp calls the client", places(&tcp, |_, line| calls(line)));
}

/// Programs reach their kernel by the calls on sockets, and see of TCP only its words (`Side`, `State`, `Message`).
#[test]
fn programs_use_sockets_and_nothing_else_of_tcp() {
    const PROGRAMS: [&str; 4] = ["client.rs", "load.rs", "pool", "server"];
    const INSIDE: [&str; 8] =
        [".kernel", ".end(", ".end_mut(", ".incoming(", ".orphan", ".client.state", ".server.state", ".reader_runs_at"];
    const LAYERS: [&str; 8] = ["close", "data", "input_queue", "listener", "ports", "stream", "timers", "wire"];
    let of_sim = |source: &Source| source.path.strip_prefix("model/src/sim/").map(str::to_owned);
    let is_program =
        |source: &Source| of_sim(source).is_some_and(|path| PROGRAMS.iter().any(|program| path.starts_with(program)));
    let programs: Vec<_> = code().into_iter().filter(is_program).collect();
    assert!(programs.len() >= 10);
    let reaches_inside = |line: &str| {
        let code = before_comment(line);
        let of_tcp = code.trim_start().starts_with("use ") && names(code, "tcp");
        (of_tcp && LAYERS.iter().any(|layer| names(code, layer))) || INSIDE.iter().any(|part| code.contains(part))
    };
    none("a program reaches into the kernel", places(&programs, |_, line| reaches_inside(line)));
}

/// clippy.toml forbids them too, but clippy is not always run.
#[test]
fn nothing_iterates_in_a_random_order_or_reads_a_clock() {
    let library: Vec<_> = code().into_iter().filter(|source| !source.path.starts_with("src/bin/")).collect();
    let forbidden = ["HashMap", "HashSet", "Instant", "SystemTime"];
    none(
        "differs from run to run",
        places(&library, |_, line| forbidden.iter().any(|name| names(before_comment(line), name))),
    );
}

/// The page's policy lets no style and no script run that stands in HTML: an attribute would be ignored, with a report
/// in the console. A property (`~style`) goes through the object model, and is allowed.
#[test]
fn no_html_carries_styles_or_scripts() {
    let pages = sources(&["page/src", "explainer/src"]);
    let parts = [" style=", "(style=", "< {style}", "<script", "<style"];
    let is_inline = |line: &str| {
        let code = before_comment(line).replace("<i ", "< ").replace("<li ", "< ").replace("<div ", "< ");
        parts.iter().any(|part| code.contains(part))
    };
    assert!(is_inline("<i style={wide}>") && is_inline("<li {style}>") && !is_inline("<i ~style={wide}>"));
    none("the page's policy forbids it", places(&pages, |_, line| is_inline(line)));
}

/// Files of the page that decide: [`App`](../../page/src/app.rs) and its parts.
const PURE: &[&str] = &[
    "page/src/app",
    "page/src/asked.rs",
    "page/src/choices.rs",
    "page/src/history.rs",
    "page/src/jobs",
    "page/src/panel",
    "page/src/player.rs",
    "page/src/playhead",
    "page/src/shown.rs",
    "page/src/state",
    "page/src/timetable.rs",
    "page/src/typed.rs",
    "page/src/views",
];

#[test]
fn the_page_decides_without_a_browser() {
    let page = sources(&["page/src"]);
    for pure in PURE {
        let files: Vec<_> = page.iter().filter(|source| source.path.starts_with(pure)).collect();
        assert!(!files.is_empty(), "no file is {pure}");
        for source in files {
            let code = source.text.lines().map(before_comment);
            let browser = ["web_sys", "js_sys", "wasm_bindgen", "gloo", "now_ms()"];
            let named = code.filter(|line| browser.iter().any(|name| line.contains(name)));
            assert_eq!(named.collect::<Vec<_>>(), [""; 0], "{} needs a browser", source.path);
        }
    }
}

/// What writes a float in the page brings the standard library's way to write any number of digits: 5 KB.
#[test]
fn the_page_writes_its_numbers_with_its_own_words() {
    let page = sources(&["page/src", "src/chart", "src/sentence"]);
    let writes_float = |line: &str| (0..=9).any(|digits| before_comment(line).contains(&format!(":.{digits}}}")));
    assert!(writes_float("format!(\"{share:.2}\")") && !writes_float("fixed(share, 2)"));
    none("`words::fixed` is lighter", places(&page, |_, line| writes_float(line)));
}
