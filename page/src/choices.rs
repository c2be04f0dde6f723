//! What a link chooses to show to others, on a wall or within another page: which settings, which charts, how large.
//! Pure.

use connlab::chart::Chart;
use connlab::lesson::{self, LESSONS, Lesson};
use connlab::params::{ParamId, names};
use connlab::teaching::{PARTS, Part};
use connlab::words::shown;

use crate::state::{Action, Page};

/// The smallest text on a wall, in pixels of a window of 1280x720; from here to [`SIZE_MAX`] in steps of [`SIZE_STEP`].
pub const SIZE_MIN: u32 = 18;
/// Capitals of this size are fifteen minutes of arc high from eight metres away, in a picture that is two metres wide:
/// comfortable to read.
pub const SIZE_MAX: u32 = 32;
/// How much one press of a key changes.
pub const SIZE_STEP: u32 = 2;

/// The keys that name charts: a wall's and an embedded page's, which mean the same.
const CHART_KEYS: [&str; 2] = ["show", "chart"];

/// Something that a link can show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Picture {
    /// Where everything is at the playhead.
    Scene,
    /// A chart.
    Chart(Chart),
}

impl Picture {
    /// By its name in a link.
    fn named(name: &str) -> Option<Picture> {
        let chart = Chart::ALL.into_iter().find(|chart| chart.id() == name);
        chart.map(Picture::Chart).or((name == "scene").then_some(Picture::Scene))
    }
}

/// The settings that the link names, by their index in the table; empty if it names none.
pub fn settings(page: &Page) -> Vec<ParamId> {
    read(page.key("set"), setting).0
}

/// What stands in a list of settings for all of them.
const ALL: &str = "all";

/// Whether the link locks this setting, or its lesson does.
pub fn locks(page: &Page, param: ParamId) -> bool {
    let lists = |key, param| read(page.key(key), lockable).0.iter().any(|one| one.is_none_or(|one| one == param));
    (lists("lock", param) || page.is_taught(param)) && !lists("unlock", param)
}

/// The setting with this name; none for all of them.
fn lockable(name: &str) -> Option<Option<ParamId>> {
    setting(name).map(Some).or((name == ALL).then_some(None))
}

/// Whether the link hides this part.
pub fn hides(page: &Page, part: Part) -> bool {
    read(page.key("hide"), Part::named).0.contains(&part)
}

/// Those of these charts that the link does not hide.
pub fn visible(page: &Page, charts: &[Chart]) -> Vec<Chart> {
    let is_hidden = |chart: &Chart| Part::named(chart.id()).is_some_and(|part| hides(page, part));
    charts.iter().copied().filter(|chart| !is_hidden(chart)).collect()
}

/// The pictures that the link names; empty if it names none.
pub fn pictures(page: &Page) -> Vec<Picture> {
    let [mut pictures, mut others] = CHART_KEYS.map(|key| read(page.key(key), Picture::named).0);
    pictures.append(&mut others);
    pictures
}

/// The charts among them, or these.
pub fn charts(page: &Page, otherwise: &[Chart]) -> Vec<Chart> {
    let chart = |picture: Picture| if let Picture::Chart(chart) = picture { Some(chart) } else { None };
    let named: Vec<Chart> = pictures(page).into_iter().filter_map(chart).collect();
    visible(page, if named.is_empty() { otherwise } else { &named })
}

/// How large the smallest text on a wall is.
pub fn size(page: &Page) -> u32 {
    page.key("size").parse().unwrap_or(SIZE_MIN).clamp(SIZE_MIN, SIZE_MAX)
}

/// The text one step larger or smaller.
pub fn resized(page: &Page, larger: bool) -> Action {
    let size = size(page);
    let size = if larger { size + SIZE_STEP } else { size - SIZE_STEP };
    let size = size.clamp(SIZE_MIN, SIZE_MAX);
    Action::Key("size", if size == SIZE_MIN { String::new() } else { size.to_string() })
}

/// Whether an embedded page shows the scene, if there is room: unless the link names something else.
pub fn has_scene(page: &Page) -> bool {
    let named = pictures(page);
    !hides(page, Part::Scene) && (named.is_empty() || named.contains(&Picture::Scene))
}

/// What in these keys cannot be used, as parts of the link and sentences about them.
pub fn faults(page: &Page) -> Vec<(String, String)> {
    let mut faults = Vec::new();
    let mut left_out = |key: &str, unknown: Vec<&str>, what: &dyn Fn(&str) -> String| {
        for name in unknown {
            faults.push((
                format!("{key}={}", shown(page.key(key))),
                format!("`{key}={}` is not {} It is left out.", shown(name), what(name)),
            ));
        }
    };
    let ended = |what: &str, meant: String| what.to_owned() + if meant.is_empty() { "." } else { &meant };
    let parameter = |name: &str| ended("a parameter", names::did_you_mean_row(name, &[]));
    left_out("set", read(page.key("set"), setting).1, &parameter);
    for key in ["lock", "unlock"] {
        left_out(key, read(page.key(key), lockable).1, &parameter);
    }
    let parts = || PARTS.iter().map(|(_, part, _)| *part);
    let part = |name: &str| ended("a part of the page", names::did_you_mean(name, parts()));
    left_out("hide", read(page.key("hide"), Part::named).1, &part);
    let pictures = |_: &str| format!("one of scene, {}.", Chart::ALL.map(Chart::id).join(", "));
    for key in CHART_KEYS {
        left_out(key, read(page.key(key), Picture::named).1, &pictures);
    }
    let lessons = || LESSONS.iter().map(|lesson| lesson.id);
    let lesson = |name: &str| ended("a lesson", names::did_you_mean(name, lessons()));
    let known = |id: &str| Lesson::named(id).map(|lesson| lesson.id);
    left_out(lesson::KEY, read(page.key(lesson::KEY), known).1, &lesson);
    let unlocked = page.key("unlock");
    if !unlocked.is_empty() && !page.has_locks() {
        let part = format!("unlock={}", shown(unlocked));
        faults.push((part.clone(), format!("`{part}` has no effect: the link locks nothing.")));
    }
    let given = page.key("size");
    if !given.is_empty() && given != size(page).to_string() {
        let message = format!(
            "`size={}` is not a size of text from {SIZE_MIN} to {SIZE_MAX} pixels. Using {}.",
            shown(given),
            size(page)
        );
        faults.push((format!("size={}", shown(given)), message));
    }
    faults
}

fn setting(name: &str) -> Option<ParamId> {
    names::param(name)
}

/// What the names of a list mean, each once; and the names that mean nothing.
fn read<T: PartialEq>(list: &str, named: impl Fn(&str) -> Option<T>) -> (Vec<T>, Vec<&str>) {
    let (mut known, mut unknown) = (Vec::new(), Vec::new());
    for name in list.split(',').map(str::trim).filter(|name| !name.is_empty()) {
        match named(name) {
            Some(one) if !known.contains(&one) => known.push(one),
            Some(_) => {}
            None => unknown.push(name),
        }
    }
    (known, unknown)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(link: &str) -> Page {
        Page::new(&format!("https://example.org/#{link}"), false)
    }

    fn faults_of(link: &str) -> Vec<String> {
        page(link).warnings.into_iter().map(|warning| warning.message).collect()
    }

    #[test]
    fn a_link_names_settings_and_charts_in_its_own_order() {
        let page = page("p=incident&set=workers,service,workers&show=queues,latency");
        let keys: Vec<&str> = settings(&page).into_iter().map(|param| param.spec().key).collect();
        assert_eq!(keys, ["workers", "service"]);
        assert_eq!(charts(&page, &Chart::ALL), [Chart::Queues, Chart::Latency]);
        assert!(page.warnings.is_empty(), "{:?}", page.warnings);
        assert!(setting("workers").is_some());
    }

    #[test]
    fn an_embedded_page_says_the_same_with_another_key() {
        assert_eq!(charts(&page("chart=sockets"), &Chart::ALL), [Chart::Sockets]);
        assert_eq!(pictures(&page("chart=scene,sockets")), [Picture::Scene, Picture::Chart(Chart::Sockets)]);
        assert_eq!(charts(&page("chart=scene"), &Chart::ALL), Chart::ALL, "a scene is no chart");
    }

    #[test]
    fn the_scene_is_there_unless_the_link_names_something_else() {
        let has = |link: &str| has_scene(&page(link));
        assert!(has("view=embed") && has("view=embed&chart=scene,latency"));
        assert!(!has("view=embed&chart=latency"));
    }

    #[test]
    fn names_that_mean_nothing_are_told() {
        assert_eq!(
            faults_of("set=worker,idle"),
            ["`set=worker` is not a parameter: did you mean workers? It is left out."]
        );
        assert_eq!(
            faults_of("show=latenz"),
            ["`show=latenz` is not one of scene, outcomes, latency, queues, sockets. It is left out."]
        );
        assert_eq!(faults_of("size=99"), ["`size=99` is not a size of text from 18 to 32 pixels. Using 32."]);
        assert_eq!(faults_of("size=big"), ["`size=big` is not a size of text from 18 to 32 pixels. Using 18."]);
        assert_eq!(settings(&page("set=worker,idle")).len(), 1, "the others stand");
    }

    #[test]
    fn a_link_that_chooses_nothing_leaves_the_choice_to_the_view() {
        let page = page("p=incident");
        assert_eq!((settings(&page).len(), pictures(&page).len(), size(&page)), (0, 0, SIZE_MIN));
        assert_eq!(charts(&page, &[Chart::Latency]), [Chart::Latency]);
    }
}
