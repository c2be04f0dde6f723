//! `docs/parameters.md`, `docs/errors.md`, `docs/risks.md` and `docs/lessons.md` are written from the tables. A stale
//! page is rewritten, and the test fails once, so that the change is seen and committed.

use std::fmt::Write;
use std::path::Path;

use connlab::lesson::{LESSONS, Lesson};
use connlab::link;
use connlab::params::{Group, PARAMS};
use connlab::preset::PRESETS;
use connlab::risk::{self, HAZARDS};
use connlab::sim::error::ERRORS;
use connlab::teaching::{PARTS, Part};

use crate::presets::promise;

const NOTE: &str = "<!-- Written by `cargo test`, from the tables in the source. Change it there. -->\n";

/// How a link may be written; the tests of these forms are those of `links`.
const FORMS: &str = "\
Links are read as people write them, and written in one form. Keys go by their real names, too, in capitals or not
(`MaxIdleConnsPerHost=100`, `http.Server.IdleTimeout=5s`, `net.core.somaxconn=128`, `DisableKeepAlives=true`,
`ip_local_port_range=32768 60999`), and a link that a mail or chat program has escaped (`p%3Dincident%26idle%3D2`,
`&amp;`) or put into brackets opens as before.

| kind | forms | not guessed |
|---|---|---|
| time | `250ms`, `1.5s`, `5 S`, `500µs`, `1m30s`, `2h`; `off`, `never` where 0 is that | `5` (ms or s?), `1,5s` |
| number | `1000`, `1_000`, `1,000`, `1e3`, `10k`, `2M`; `no-limit` where 0 means that | `1,5` |
| rate | as numbers, also `0.5`, `400/s`, `400 rps` | |
| percentage | `0.5%`, `0.5 %`, `0.5` | |
| switch | `on`, `off`, `true`, `false`, `yes`, `no`, `1`, `0` | |

What is finer than can be held (a nanosecond, a thousandth, a ten-thousandth of a percent) is rounded, and says so. What
cannot be read is named, with the nearest word that can.
";

/// A cell of a table: no line breaks, no bars.
fn cell(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").replace('|', "\\|")
}

fn parameters() -> String {
    let mut page = format!("# Parameters\n{NOTE}\nKeys are what links carry: `#v=1&p=incident&idle=100`. ");
    page +=
        "*Live* ones may change during a run: `20s.rps=1200`. A value outside its range is clamped, and says so.\n\n";
    page += FORMS;
    for group in Group::ALL {
        write!(page, "\n## {}\n\n", group.title()).unwrap();
        page += "| key | real name | default | range | live | meaning |\n|---|---|---|---|---|---|\n";
        for spec in PARAMS.iter().filter(|spec| spec.group == group) {
            let default = spec.default_value();
            let meaning = if spec.zero.is_empty() { String::new() } else { format!(" 0: {}.", spec.zero) };
            let (label, range, doc) = (cell(spec.label), spec.range(), cell(spec.doc.text()));
            let live = if spec.live { "yes" } else { "" };
            writeln!(page, "| `{}` | {label} | {default} | {range} | {live} | {doc}{meaning} |", spec.key).unwrap();
        }
    }
    page += "\n# Presets\n\n";
    for preset in PRESETS {
        let (story, promise) = (cell(preset.story.text()), cell(promise(preset.name).text));
        write!(page, "## `p={}`: {}\n\n{story}\n\nShows: {promise}\n\n", preset.name, preset.title).unwrap();
        write!(page, "`{}`\n\n", preset.link).unwrap();
    }
    page.trim_end().to_string() + "\n"
}

fn errors() -> String {
    let mut page = format!("# Errors\n{NOTE}\n`{{L}}` and `{{R}}` are the local and the remote address. ");
    page += "All but the circuit breaker's stand behind `Get \"http://10.0.1.1:80/\": ` (without quotes in Go 1.4).\n";
    for spec in ERRORS {
        write!(page, "\n## `{}`: {}\n\n", spec.class, spec.label).unwrap();
        write!(page, "- Go 1.27: `{}`\n- Go 1.4: `{}`\n", spec.text, spec.text_1_4).unwrap();
        if !spec.text_connect_1_22.is_empty() {
            writeln!(page, "- Go 1.22, during connect(): `{}`", spec.text_connect_1_22).unwrap();
        }
        write!(page, "- Rule: {}\n\n", spec.rule).unwrap();
        write!(page, "{}\n\n**Cure.** {}\n", cell(spec.cause.text()), cell(spec.cure.text())).unwrap();
    }
    page
}

fn risks() -> String {
    let mut page = format!("# Risks\n{NOTE}\nWhat settings make possible that a run of a minute need not show: ");
    page +=
        "`connlab risks LINK`, and on the page below the errors. The number is that of the example; the rules stand\n";
    page +=
        "in [MODEL.md](../MODEL.md). *Make it happen* is a run with more callers, or values next to the limit, that\n";
    page += "shows it; tests hold its rate against the formula.\n";
    for row in HAZARDS {
        let example = link::decode(row.example).recipe;
        let all = risk::risks(&example.scenario);
        let risk = all.iter().find(|risk| risk.hazard.id == row.id).expect("its example has it");
        let (cured, magnified) =
            (link::encode(&example.with(&risk.cured)), link::encode(&risk.magnified.clone().into()));
        write!(page, "\n## `{}`: {}\n\n- Formula: {}\n- Rule: {}\n", row.id, row.title, row.formula, row.rule).unwrap();
        write!(page, "- Example: `{}`: {}.\n- Make it happen: `{magnified}`\n", row.example, risk.text).unwrap();
        writeln!(page, "- Cure: {} `{cured}`", row.cure).unwrap();
    }
    page
}

/// What there is to know about all lessons.
const LESSONS_HEAD: &str = "\
For who prepares a lesson. Each takes about 20 minutes. A learner sees a run, predicts what a change does to it, locks
the prediction in, sees both, explains the difference in words, and gets the commands that show the same on a real
machine. What a lesson shows holds with at least 18 of the seeds 1 to 20, and its texts have the numbers of the
learner's own runs: give each pair a seed of its own (`#lesson=two-idle&seed=7`).
";

fn lessons() -> String {
    let mut page = format!("# Lessons\n{NOTE}\n{LESSONS_HEAD}");
    for lesson in LESSONS {
        page += &lesson_section(lesson);
    }
    page
}

fn lesson_section(lesson: &Lesson) -> String {
    let script = lesson.script();
    let unlocked: Vec<String> = lesson.unlock.iter().map(|param| format!("`{}`", param.spec().key)).collect();
    let mut section = format!("\n## {}. {}\n\n`#lesson={}`\n\n", lesson.number(), lesson.title, lesson.id);
    writeln!(section, "- Starts with: `{}`", lesson.start).unwrap();
    writeln!(section, "- Changed: `{}`; from then on may be moved: {}", lesson.change, unlocked.join(", ")).unwrap();
    for (name, change) in script.others {
        writeln!(section, "- Looked at as well: {name}: `{change}`").unwrap();
    }
    for question in script.questions {
        writeln!(section, "- To predict: {}", question.text).unwrap();
    }
    writeln!(section, "- Shows: {}\n- Rule: {}\n- To talk about: {}", script.shows, script.rule, script.talk).unwrap();
    section
}

fn check(name: &str, page: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs").join(name);
    if std::fs::read_to_string(&path).is_ok_and(|old| old == page) {
        return;
    }
    std::fs::write(&path, page).expect("docs/ can be written");
    panic!("docs/{name} was stale; it is up to date now: look at the change and commit it");
}

#[test]
fn the_parameter_page_is_up_to_date() {
    check("parameters.md", &parameters());
}

#[test]
fn the_error_page_is_up_to_date() {
    check("errors.md", &errors());
}

#[test]
fn the_document_for_teachers_has_all_parts_that_a_link_can_hide() {
    let mut table = "| `hide=` | what it hides |\n|---|---|\n".to_string();
    for (_, name, what) in PARTS {
        writeln!(table, "| `{name}` | {} |", what.text()).unwrap();
    }
    let document = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/teaching.md");
    let document = std::fs::read_to_string(document).expect("a document for teachers");
    assert!(document.contains(&format!("{table}\n")), "docs/teaching.md lacks the table\n{table}");
}

#[test]
fn the_links_of_the_document_for_teachers_can_be_used_as_they_stand() {
    let document = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/teaching.md");
    let document = std::fs::read_to_string(document).expect("a document for teachers");
    let links: Vec<&str> = document.split('`').skip(1).step_by(2).filter(|code| code.starts_with('#')).collect();
    assert!(links.len() > 8, "{links:?}");
    for link in links {
        let decoded = link::decode(link);
        let warnings: Vec<_> = decoded.warnings.iter().filter(|warning| warning.given != "seed=who").collect();
        assert!(warnings.is_empty(), "{link}: {warnings:?}");
        for (_, lesson) in decoded.page.iter().filter(|(key, _)| key == "lesson") {
            assert!(LESSONS.iter().any(|it| it.id == lesson), "{link}");
        }
        for (_, hidden) in decoded.page.iter().filter(|(key, _)| key == "hide") {
            assert!(hidden.split(',').all(|name| Part::named(name).is_some()), "{link}");
        }
    }
}

/// What the first view offers is what the README lists, in the same order.
#[test]
fn the_symptoms_of_the_readme_are_those_of_the_presets() {
    let mut table = "| you see | preset | try |\n|---|---|---|\n".to_string();
    for preset in PRESETS.iter().filter(|preset| !preset.symptom.is_empty()) {
        writeln!(table, "| {} | `{}` | {} |", preset.symptom, preset.name, preset.advice.text()).unwrap();
    }
    let readme = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md")).expect("a README");
    assert!(readme.contains(&format!("{table}\n")), "the README lacks the table\n{table}");
}

#[test]
fn the_risk_page_is_up_to_date() {
    check("risks.md", &risks());
}

#[test]
fn the_lesson_page_is_up_to_date() {
    check("lessons.md", &lessons());
}
