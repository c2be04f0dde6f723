//! What the command line hands out for others: the report in Markdown.

use super::command_line::{connlab, json, stderr, stdout};

#[test]
fn a_report_says_what_failed_why_what_helps_and_how_to_look_for_it() {
    let report = |link: &str| {
        let output = connlab(&["report", link]);
        assert!(output.status.success() && output.stderr.is_empty(), "{link}: {}", stderr(&output));
        stdout(&output).to_string()
    };
    let text = report("p=incident&duration=25s");
    let run = json("p=incident&duration=25s");
    let why = connlab(&["why", "p=incident&duration=25s", "--class", "reset"]);
    let marked = stdout(&why).lines().find(|line| line.contains("s * ")).expect("a root");
    let root = text.lines().find_map(|line| line.strip_prefix("- **Why did #")?.strip_suffix("**")).expect("a root");
    assert!(marked.ends_with(root.split_once("s: ").expect("when, what").1), "{marked}\n{root}");
    for part in [
        "**The incident: reset by peer under load** (simulated, not measured): ",
        "connection reset by peer` | ",
        "What helps: `workers 30`: all failures ",
        "\n```sh\nss -lnt ",
        &format!("run `{}`, model v1\n", run["fingerprint"].as_str().expect("a text")),
    ] {
        assert!(text.contains(part), "no {part} in:\n{text}");
    }
    assert!(text.ends_with("\n\nv=1&p=incident&duration=25s\n"), "{text}");
    let dials = report("p=two-idle&duration=10s");
    assert!(dials.contains("What helps: `MaxIdleConnsPerHost 100`: dials 1,"), "{dials}");
    assert!(!dials.contains("| Error |") && !dials.contains("```"), "nothing failed: {dials}");
    assert!(!report("p=healthy&duration=2s").contains("What helps"));
}
