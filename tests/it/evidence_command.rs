//! What the command line hands out for others: charts as pictures, the report in Markdown.

use std::fs;
use std::io::BufReader;
use std::process::Command;

use connlab::chart::Chart;
use roxmltree::Document;

use super::command_line::{Temporary, connlab, json, refusal, stderr, stdout};

const LINK: &str = "p=incident&duration=5s&pin.idle=9";

#[test]
fn every_chart_is_printed_as_svg_with_its_link_and_fingerprint() {
    let run = json("p=incident&duration=5s");
    for chart in Chart::ALL {
        let output = connlab(&["chart", LINK, chart.id()]);
        assert!(output.status.success() && output.stderr.is_empty(), "{}", stderr(&output));
        let document = Document::parse(stdout(&output)).expect("valid XML");
        let metadata = document.descendants().find(|node| node.has_tag_name(("urn:connlab", "run"))).expect("metadata");
        assert_eq!(metadata.attribute("link"), Some("v=1&p=incident&duration=5s&pin.idle=9"));
        assert_eq!(metadata.attribute("fingerprint"), run["fingerprint"].as_str());
    }
}

#[test]
fn a_png_has_the_pixels_of_its_form_and_the_same_texts_as_the_svg() {
    let file = Temporary::new("chart.png", "");
    let output = connlab(&["chart", LINK, "latency", "--dark", "--thumbnail", "-o", file.path()]);
    if stderr(&output).contains("needs a font") {
        return println!("skipped: this machine has no font");
    }
    assert!(output.status.success(), "{}", stderr(&output));
    let decoder = png::Decoder::new(BufReader::new(fs::File::open(file.path()).expect("a file")));
    let mut reader = decoder.read_info().expect("a PNG");
    let mut pixels = vec![0; reader.output_buffer_size().expect("a size")];
    reader.next_frame(&mut pixels).expect("pixels");
    let info = reader.info();
    assert_eq!((info.width, info.height), (1920, 1080));
    let texts: Vec<_> = info.utf8_text.iter().map(|text| (&*text.keyword, text.get_text().expect("a text"))).collect();
    assert!(texts.contains(&("Link", "v=1&p=incident&duration=5s&pin.idle=9".to_string())), "{texts:?}");
    let fingerprint = json("p=incident&duration=5s")["fingerprint"].as_str().expect("a text").to_string();
    assert!(texts.contains(&("Fingerprint", fingerprint)), "{texts:?}");
    // Letters are there: the title's line has light pixels on the dark ground.
    let title = pixels.chunks(1920 * 4).skip(60).take(40).flatten().filter(|part| **part > 200).count();
    assert!(title > 40 * 1920 + 2_000, "{title} bright parts, opacity among them");
}

#[test]
fn a_picture_that_cannot_be_made_is_one_clear_line_and_no_file() {
    let message = refusal(&["chart", LINK, "queue"]);
    assert_eq!(message, "no chart is queue: outcomes, latency, queues, sockets");
    let message = refusal(&["chart", LINK, "queues", "-o", "queues.jpg"]);
    assert_eq!(message, "queues.jpg: a chart is written into a file that ends in .svg or .png");
    let message = refusal(&["chart", LINK, "queues", "-o", "/no/such/folder/queues.svg"]);
    assert!(message.starts_with("cannot write /no/such/folder/queues.svg: "), "{message}");
}

#[cfg(target_os = "linux")]
#[test]
fn a_png_without_a_font_is_refused_and_not_written_without_letters() {
    let fonts =
        Temporary::new("fonts.conf", "<?xml version=\"1.0\"?><fontconfig><dir>/no/such/folder</dir></fontconfig>");
    let target = std::env::temp_dir().join(format!("connlab-{}-fontless.png", std::process::id()));
    let output = Command::new(env!("CARGO_BIN_EXE_connlab"))
        .args(["chart", LINK, "queues", "-o", target.to_str().expect("a printable path")])
        .env("FONTCONFIG_FILE", fonts.path())
        .output()
        .expect("the program starts");
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).starts_with("connlab: a PNG needs a font"), "{}", stderr(&output));
    assert!(!target.exists());
}

#[test]
fn a_capture_of_recorded_arrivals_has_their_packets() {
    let arrivals = Temporary::new("capture.jsonl", "{\"at_ms\": 10}\n{\"at_ms\": 500}\n{\"at_ms\": 9000}\n");
    let output = connlab(&["pcap", "duration=2s&rps=1000", "--arrivals", arrivals.path()]);
    assert!(output.status.success(), "{}", stderr(&output));
    assert!(stderr(&output).contains("1 recorded arrivals are at or after duration=2s"), "{}", stderr(&output));
    let requests = output.stdout.windows(4).filter(|part| part == b"GET ").count();
    assert_eq!(requests, 2, "one for each arrival within the load");
}

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
