//! Few things, large: for a lecture room.

use connlab::chart::Chart;
use connlab::params::ParamId;
use connlab::question::Topic;
use connlab::sentence::{Trouble, troubles};
use connlab::sim::report::ErrorRow;
use connlab::words::count;
use yew::prelude::*;

use super::answer::answer;
use super::headline::{headline, title};
use super::notice::notice;
use super::progress::progress;
use super::setting;
use super::settings::fingerprint;
use super::{Props, escaped, glyph, markup, sends};
use crate::choices;
use crate::panel::Panel;
use crate::shown::Shown;
use crate::state::{Action, Page, View};

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
pub fn projector(props: &Props, panel: &Panel) -> Html {
    html! {
        <>
            {header(props)}
            {notice(props)}
            <aside class="left" aria-label="Settings and errors">
                {for settings(&props.page, panel).into_iter().map(|param| setting::alone(props, param))}
                if let Some(shown) = props.page.shown() { {failures(shown, panel)} }
            </aside>
        </>
    }
}

/// What is shown, in a sentence; text size, and the way out.
fn header(props: &Props) -> Html {
    let size = choices::size(&props.page);
    let resize = |larger: bool, label: &'static str, text: &'static str, end: u32| {
        let resized = choices::resized(&props.page, larger);
        html! {
            <button class="btn" title={label} aria-label={format!("{text}: {label}")} disabled={size == end}
                onclick={sends(&props.act, resized)}>{text}</button>
        }
    };
    html! {
        <header>
            <div class="head">
                {title(&props.page)}
                {headline(&props.page)}
            </div>
            {progress(props)}
            <div class="tools">
                {resize(false, "Smaller text", "A−", choices::SIZE_MIN)}
                {resize(true, "Larger text", "A+", choices::SIZE_MAX)}
                <button class="btn icon" data-testid="leave" title="Back to the workbench (Esc)"
                    aria-label="Back to the workbench"
                    onclick={sends(&props.act, Action::view(View::Workbench))}>
                    {glyph::icon(glyph::CLOSE)}
                </button>
            </div>
        </header>
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

fn failures(shown: &Shown, panel: &Panel) -> Html {
    let report = &shown.report;
    let class = |error: &ErrorRow| {
        let (spec, n, text) = (error.kind.spec(), error.count, escaped(&error.text));
        let (class, shape, label, count) = (error.class, glyph::failure(spec.family), spec.label, count(n));
        format!("<li data-class={class} data-count={n} title=\"{text}\">{shape}<span>{label}</span><b>{count}</b>")
    };
    let classes: String = report.errors.iter().take(5).map(class).collect();
    let failed = count(report.requests.failed);
    html! {
        <>
            {markup(format!(
                "<p class=figure><b>{failed}</b> failed</p><ul class=errors data-testid=errors>{classes}</ul>"
            ))}
            // Of the chain only the root cause is seen: a wall has room for one sentence.
            if !report.errors.is_empty() || panel.remarkable("").is_some() {
                <div class="why">
                    <h2>{"Why?"}</h2>{answer(panel, Topic::Why)}
                    {answer(panel, Topic::Cure)}
                </div>
            }
            <p class="run">{fingerprint(Some(shown))}</p>
        </>
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::panel::{Ask, Told};
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
