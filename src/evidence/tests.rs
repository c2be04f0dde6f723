//! Pictures, read back with another library than writes them.

use roxmltree::Document;

use super::*;
use crate::chart::Chart;
use crate::experiment::design::Design;
use crate::link;
use crate::sentence::Sentence;
use crate::sim::Sim;

const LINK: &str = "p=incident&duration=25s&idle=20&pin.idle=2";

/// All charts of a link's run in this form, with its fingerprint and its whole link.
fn pictures(given: &str, form: Form, theme: &'static Theme) -> (String, String, Vec<String>) {
    let design = Design::of(&link::decode(given)).design;
    let run = |recipe: &link::Recipe| {
        let mut sim = Sim::new(&recipe.scenario);
        sim.run();
        (sim.report(), sim.series())
    };
    let (report, series) = run(&design.recipe);
    let a = design.pinned.as_ref().map(|pinned| run(pinned).1);
    let (sentence, link) = (Sentence::of(&design.recipe.scenario, &report, &series), design.encode());
    let (report, series, a) = (&report, &series, a.as_ref());
    let run = Pictured { preset: design.recipe.preset, sentence: &sentence, link: &link, report, series, a };
    let all = Chart::ALL.into_iter().map(|one| chart(one, &run, form, theme)).collect();
    (report.fingerprint.clone(), link.to_string(), all)
}

/// All that is written in a picture, a line for each text.
fn words(document: &Document<'_>) -> Vec<String> {
    let texts = document.descendants().filter(|node| node.has_tag_name(("http://www.w3.org/2000/svg", "text")));
    texts.filter_map(|node| node.text()).map(str::to_string).collect()
}

#[test]
fn every_chart_is_a_document_that_tells_programs_and_people_where_it_comes_from() {
    for theme in [&Theme::LIGHT, &Theme::DARK] {
        let (fingerprint, link, all) = pictures(LINK, Form::Document, theme);
        assert!(link.contains("&pin.idle=2"), "{link}");
        for (chart, svg) in Chart::ALL.into_iter().zip(&all) {
            let document = Document::parse(svg).expect("valid XML");
            let run = document.descendants().find(|node| node.has_tag_name(("urn:connlab", "run"))).expect("metadata");
            assert_eq!((run.attribute("link"), run.attribute("fingerprint")), (Some(&*link), Some(&*fingerprint)));
            let words = words(&document);
            let all = words.concat();
            for part in [chart.title(), chart.unit(), "; dashed: A", "25 s", "not measured", &fingerprint, &link] {
                assert!(all.contains(part), "{}: no {part} in {words:?}", chart.id());
            }
            assert!(svg.contains(&hex(theme.surface)), "{}: its own ground", chart.id());
        }
    }
}

#[test]
fn the_pinned_run_is_drawn_too() {
    let dashes = |given: &str| {
        pictures(given, Form::Document, &Theme::LIGHT).2.into_iter().map(|svg| svg.matches("<polyline").count())
    };
    let (alone, both) = (dashes("p=incident&duration=25s&idle=20"), dashes(LINK));
    for (chart, (alone, both)) in Chart::ALL.into_iter().zip(alone.into_iter().zip(both)) {
        assert!(both > alone + 50, "{}: {both} lines with A, {alone} without", chart.id());
    }
}

#[test]
fn a_thumbnail_is_sixteen_to_nine_with_few_and_large_words() {
    let (fingerprint, link, all) = pictures(LINK, Form::Thumbnail, &Theme::DARK);
    for svg in all {
        let document = Document::parse(&svg).expect("valid XML");
        let root = document.root_element();
        let [width, height] = ["width", "height"].map(|size| root.attribute(size).unwrap().parse::<i32>().unwrap());
        assert_eq!(width * 9, height * 16);
        let sizes = document.descendants().filter_map(|node| node.attribute("font-size"));
        assert!(sizes.map(|size| size.parse::<i32>().unwrap()).all(|size| size >= 17), "{svg}");
        let words = words(&document);
        assert!(words.iter().any(|line| line.contains(&fingerprint)), "{words:?}");
        assert!(!words.concat().contains("idle="), "a link is not read from afar: {words:?}");
        assert!(words.concat().split(' ').count() < 60, "{words:?}");
        assert!(svg.contains(&escaped(&link)), "but it is there");
    }
}

#[test]
fn whatever_is_written_the_document_stays_xml_and_within_its_width() {
    let link = format!("v=1&{}", "20s.service=250ms&".repeat(40));
    let frame = Frame {
        title: "<b> & \"c\" \u{0}\u{FFFF}",
        sentence: &"words ".repeat(60),
        description: "]]>",
        link: &link,
        fingerprint: "0123",
        form: Form::Document,
        theme: &Theme::LIGHT,
    };
    let svg = frame.around(10, "<path d=\"M0 0h9\"/>\n");
    let document = Document::parse(&svg).expect("valid XML");
    let words = words(&document);
    assert_eq!(words[0].trim_end(), "<b> & \"c\"");
    assert_eq!(words.concat().matches("20s.service=250ms&").count(), 40, "{words:?}");
    assert!(words.len() > 8 && words.iter().all(|line| line.len() < 145), "{words:?}");
}
