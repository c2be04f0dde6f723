//! Few things, large: for a lecture room.

use connlab::chart::Chart;
use connlab::params::ParamId;
use connlab::question::Topic;
use connlab::sentence::{Trouble, troubles};
use connlab::teaching::Part;
use connlab::words::count;
use maud::{Markup, html};

use super::answer::answer;
use super::headline::{headline, title};
use super::notice::notice;
use super::parts::Parts;
use super::progress::progress;
use super::settings::fingerprint;
use super::{code, glyph, setting};
use crate::app::App;
use crate::choices;
use crate::panel::Panel;
use crate::shown::Shown;
use crate::state::Page;

/// The two charts that show cause and effect.
const CHARTS: [Chart; 2] = [Chart::Outcomes, Chart::Queues];

/// For how many settings there is room beside what failed, where the link names none.
const SETTINGS: usize = 2;

/// Which charts it shows: where nothing fails, those that carry what is remarkable.
pub fn charts(page: &Page) -> Vec<Chart> {
    let calm = page.shown().filter(|shown| shown.report.errors.is_empty());
    let trouble = calm.and_then(|shown| troubles(&shown.report).first().copied());
    choices::charts(
        page,
        match trouble {
            Some(Trouble::Slow) => &[Chart::Latency, Chart::Queues],
            Some(Trouble::Dials) => &[Chart::Sockets, Chart::Latency],
            None => &CHARTS,
        },
    )
}

/// What stands around the charts.
pub fn projector(app: &App, parts: &mut Parts) -> Markup {
    let page = &app.page;
    html! {
        (header(page)) (notice(page))
        aside.left aria-label="Settings and errors" {
            @if !page.hides(Part::Settings) {
                @for param in settings(page, &app.panel) { (setting::alone(page, param, parts)) }
            }
            @if let Some(shown) = page.shown().filter(|_| !page.hides(Part::Errors)) {
                (failures(page, shown, &app.panel, parts))
            }
        }
    }
}

/// What is shown, in a sentence; text size, and the way out.
fn header(page: &Page) -> Markup {
    let size = choices::size(page);
    let resize = |does: &str, label: &str, text: &str, end: u32| {
        html! {
            button.btn title=(label) aria-label={ (text) ": " (label) } disabled[size == end]
                data-do=(does) { (text) }
        }
    };
    html! {
        header {
            div.head { (title(page)) (headline(page)) }
            (progress(page))
            div.tools {
                (resize("smaller", "Smaller text", "A−", choices::SIZE_MIN))
                (resize("larger", "Larger text", "A+", choices::SIZE_MAX))
                (code::button())
                button.btn.icon data-testid="leave" title="Back to the workbench (Esc)"
                    aria-label="Back to the workbench" data-do="view" data-with="workbench" {
                    (glyph::icon(glyph::CLOSE))
                }
            }
        }
    }
}

/// Those that the link names. Otherwise those that cure the preset and, beside them, those that differ from their
/// defaults, prominent ones first.
fn settings(page: &Page, panel: &Panel) -> Vec<ParamId> {
    let mut chosen = choices::settings(page);
    if !chosen.is_empty() {
        return chosen;
    }
    let params = &page.recipe.scenario.params;
    chosen.extend(panel.levers(page.recipe.preset).iter().take(SETTINGS));
    let rank = |param: &ParamId| {
        let spec = param.spec();
        (
            !spec.prominent,
            spec.get(params) == spec.default_value(),
            ![ParamId::idle, ParamId::somaxconn].contains(param),
        )
    };
    while chosen.len() < SETTINGS {
        let left =
            ParamId::ALL.iter().copied().filter(|param| !param.spec().stops().is_empty() && !chosen.contains(param));
        chosen.extend(left.min_by_key(rank));
    }
    chosen
}

fn failures(page: &Page, shown: &Shown, panel: &Panel, parts: &mut Parts) -> Markup {
    let report = &shown.report;
    html! {
        p.figure { b { (count(report.requests.failed)) } " failed" }
        ul.errors data-testid="errors" {
            @for error in report.errors.iter().take(5) {
                li data-class=(error.class) data-count=(error.count) title=(error.text) {
                    (glyph::failure(error.kind.spec().family))
                    span { (error.kind.spec().label) } b { (count(error.count)) }
                }
            }
        }
        // Of a comparison, the verdict.
        @if page.other().is_some() && !page.hides(Part::Seeds) {
            div.why { h2 { "A against B" } (answer(panel, parts, Topic::Seeds)) }
        }
        // Of the chain only the root cause is seen: a wall has room for one sentence.
        @if !report.errors.is_empty() || panel.remarkable("").is_some() {
            div.why {
                @if !page.hides(Part::Why) { h2 { "Why?" } (answer(panel, parts, Topic::Why)) }
                @if !page.hides(Part::Cure) { (answer(panel, parts, Topic::Cure)) }
            }
        }
        p.run { (fingerprint(Some(shown))) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::panel::{Ask, Told};
    use crate::state::Action;
    use connlab::question::Question;
    use connlab::sim::error::ErrorKind;

    fn page(link: &str) -> Page {
        Page::new(&format!("https://example.org/#{link}"), false)
    }

    fn keys(link: &str, panel: &Panel) -> Vec<&'static str> {
        settings(&page(link), panel).into_iter().map(|param| param.spec().key).collect()
    }

    /// A panel that was told what cures a run.
    fn told(link: &str, proposes: &str) -> Panel {
        let mut panel = Panel::default();
        panel.apply(Ask::Told(Told {
            question: Question::cure(ErrorKind::Reset, link.into()),
            html: "".into(),
            says: String::new(),
            proposes: proposes.into(),
            is_whole: true,
        }));
        panel
    }

    #[test]
    fn its_settings_are_those_of_the_link_or_else_those_of_the_cure() {
        let panel = told("v=1&p=incident", "v=1&p=incident&workers=30");
        assert_eq!(keys("p=incident&set=rps,abort-on-overflow,idle", &panel), ["rps", "abort-on-overflow", "idle"]);
        assert_eq!(keys("p=incident", &panel)[0], "workers");
        assert_eq!(keys("p=incident", &panel).len(), SETTINGS);
        assert_ne!(keys("p=ports", &panel)[0], "workers", "that is the cure of another preset");
        assert_eq!(keys("p=ports", &Panel::default()).len(), SETTINGS);
    }

    #[test]
    fn a_cure_that_was_tried_keeps_its_setting_on_the_wall() {
        let mut panel = told("v=1&p=incident", "v=1&p=incident&workers=30");
        let later = told("v=1&p=incident&workers=20", "v=1&p=incident&workers=20&service=10ms");
        panel.apply(Ask::Told(later.told(Topic::Cure).unwrap().as_ref().clone()));
        assert_eq!(keys("p=incident&workers=20", &panel)[0], "workers");
    }

    #[test]
    fn text_grows_in_steps_between_its_limits() {
        let size = |link: &str, larger| match choices::resized(&page(link), larger) {
            Action::Key("size", size) => size,
            other => panic!("{other:?}"),
        };
        assert_eq!([size("", true), size("size=20", false), size("size=32", true)], ["20", "", "32"]);
    }
}
